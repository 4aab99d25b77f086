/**
 * The memory of a sorter: WebAssembly that groups rows and puts them in order (assembly/). Private to a thread and a task, no
 * shared state: rows are handed over in batches, and what is sorted is copied out. Regions follow each other as they are asked for;
 * pages that nobody touches take no memory.
 *
 * Compiled code is there from the first row on: the same loops in TypeScript ran a third of their time uncompiled, or being compiled
 * (3 M rows, two threads).
 */
import type { Segment } from "../rowGroups";
import { compile, instantiate, newMemory, PAGE_BYTES, type WasmModule } from "../webAssembly";

/** A compiled sorter; threads may share it. */
export type SorterModule = WasmModule;

/** Compiles the sorter: some milliseconds. */
export const compileSorter: (bytes: Uint8Array) => SorterModule = compile;

type Values = Uint16Array | Uint32Array | Float64Array;
/** Columns with a value per row, and how many rows there are. */
export type BatchColumns<N extends string> = Readonly<Record<N, Values>> & { readonly rows: number };

/** Rows handed over at a time: what is known of them takes half of a second-level cache. */
export const BATCH_ROWS = 1 << 14;

/** See the file header. `N`: the columns that are handed over. */
export class RowBatches<N extends string> {
  /** The sorter's functions. */
  readonly exports: unknown;
  /** Where each column of the batch is, and room for a list of its rows. */
  readonly at: Readonly<Record<N, number>>;
  readonly foundAt: number;
  readonly #columns: Record<N, Values>;
  readonly #rows: number;
  readonly #memory = newMemory(1);
  #end = 1024;
  /** The batch in memory as it is now; undefined after the memory has grown. */
  #batch: Record<N, Values> | undefined;

  constructor(module: SorterModule, columns: BatchColumns<N>, names: readonly N[]) {
    const values: Record<N, Values> = columns;
    this.#columns = Object.fromEntries(names.map((name) => [name, values[name]])) as Record<N, Values>;
    this.#rows = columns.rows;
    this.exports = instantiate(module, this.#memory);
    this.at = Object.fromEntries(names.map((name) => [name, this.region(BATCH_ROWS * this.#columns[name].BYTES_PER_ELEMENT)])) as Record<
      N,
      number
    >;
    this.foundAt = this.region(4 * BATCH_ROWS);
  }

  /** Address of so many bytes that are 0. Throws RangeError where memory ends: at 4 GB, or earlier. */
  region(bytes: number): number {
    const at = this.#end;
    this.#end = Math.ceil((at + bytes) / 64) * 64;
    const missing = Math.ceil((this.#end - this.#memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) {
      this.#memory.grow(missing);
      this.#batch = undefined;
    }
    return at;
  }

  /** Takes other values for a column from now on, of the same kind. */
  replace(name: N, values: Values): void {
    this.#columns[name] = values;
  }

  /** `length` numbers from an address on, to be used before the next region is asked for. */
  numbers(at: number, length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#memory.buffer, at, length);
  }

  /** All rows as they lie in memory: some columns of a batch, then `look` at it. */
  eachBatch(names: readonly N[], look: (count: number) => void): void {
    this.#eachOf(names, { first: 0, rows: this.#rows }, look);
  }

  /** All rows in the order of the file: some columns of a batch, then `look` at it and at where its first row is in the columns. */
  eachInFile(names: readonly N[], runs: readonly Segment[], look: (count: number, row: number) => void): void {
    for (const run of runs) this.#eachOf(names, run, look);
  }

  /** Further columns of the batch at hand. */
  bring(names: readonly N[], row: number, count: number): void {
    const batch = (this.#batch ??= this.#view());
    for (const name of names) batch[name].set(this.#columns[name].subarray(row, row + count));
  }

  #eachOf(names: readonly N[], { first, rows }: Segment, look: (count: number, row: number) => void): void {
    for (let from = first; from < first + rows; from += BATCH_ROWS) {
      const count = Math.min(first + rows - from, BATCH_ROWS);
      this.bring(names, from, count);
      look(count, from);
    }
  }

  #view(): Record<N, Values> {
    const views = (Object.keys(this.#columns) as N[]).map((name) => {
      const type = this.#columns[name].constructor as new (buffer: ArrayBuffer, at: number, length: number) => Values;
      return [name, new type(this.#memory.buffer, this.at[name], BATCH_ROWS)];
    });
    return Object.fromEntries(views) as Record<N, Values>;
  }
}

/** Segments that follow each other in memory too as one: fewer batches. */
export function joinSegments(segments: readonly Segment[]): Segment[] {
  const runs: Segment[] = [];
  for (const segment of segments) {
    const last = runs.at(-1);
    if (last && last.first + last.rows === segment.first) runs[runs.length - 1] = { first: last.first, rows: last.rows + segment.rows };
    else runs.push(segment);
  }
  return runs;
}
