/**
 * The sorter with its memory: WebAssembly that puts the rows of streams in order (assembly/sorter.ts). Lays the memory out and
 * declares who writes where. One per run and thread; private memory, no shared state: rows are handed over in batches.
 *
 *   region          size                                 written by
 *   batch           30 bytes * BATCH_ROWS                the caller; a list of the rows wanted by the sorter
 *   starts          4 bytes * (slots + 1)                the sorter
 *   states          16 bytes * slots                     the sorter, for slots with rows
 *   rows, times     12 bytes * rows of a part            the sorter
 *   others          12 bytes * rows of the largest slot  the sorter
 *   buckets         16 kB                                the sorter
 *   lists           12 bytes * slots with rows           the sorter
 *
 * Compiled code is there from the first row on: the same loops in TypeScript ran a third of their time uncompiled, or being compiled
 * (3 M rows, two threads: 0.5 s, now 0.25).
 */
import type { PacketColumns } from "../columns";
import type { Segment } from "../rowGroups";

/** The few members of WebAssembly that are used; TypeScript declares them only with the DOM types. */
// eslint-disable-next-line @typescript-eslint/no-namespace -- it is one
declare namespace WebAssembly {
  class Memory {
    constructor(limits: { initial: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: object);
    readonly exports: unknown;
  }
}

/** A compiled sorter; threads may share it. */
export type SorterModule = WebAssembly.Module;

/** Compiles the sorter: some milliseconds. */
export const compileSorter = (bytes: Uint8Array): SorterModule => new WebAssembly.Module(bytes);

interface SorterExports {
  layBatch(...addresses: number[]): void;
  measure(count: number, least: number, most: number): void;
  below(): number;
  within(): number;
  low(): number;
  high(): number;
  first(): number;
  last(): number;
  laySlots(least: number, count: number, starts: number, states: number): void;
  countRows(count: number): void;
  sumRows(): void;
  used(): number;
  largest(): number;
  endOfPart(slot: number, most: number): number;
  layPart(...addresses: number[]): void;
  fill(from: number, to: number, row: number, firstSlot: number, endSlot: number): void;
  sort(firstSlot: number, endSlot: number): number;
  listSlots(before: number, slots: number, starts: number, turns: number): void;
}

/** What packets are ordered by. */
export type OrderColumns = Pick<PacketColumns, "rows" | "valid" | "stream" | "src" | "srcPort" | "seconds" | "nanos">;

/** Rows handed over at a time: half of a second-level cache. */
const BATCH_ROWS = 1 << 14;
const PAGE_BYTES = 65536;
/** Of times; as the sorter has it. */
const MAX_BUCKETS = 4096;

/** What one look at all rows tells: those of streams below a range, and in it; its streams that occur; and the seconds of all rows. */
export interface Extent {
  readonly below: number;
  readonly within: number;
  readonly low: number;
  readonly high: number;
  readonly firstSecond: number;
  readonly lastSecond: number;
}

/** Streams with rows by their slots, ascending: where their rows begin in the list of all, and those of direction 1. */
export interface SlotList {
  readonly slots: Uint32Array<ArrayBuffer>;
  readonly starts: Uint32Array<ArrayBuffer>;
  readonly turns: Uint32Array<ArrayBuffer>;
}

const BATCH_COLUMNS = ["valid", "stream", "src", "srcPort", "seconds", "nanos"] as const;
type BatchColumn = (typeof BATCH_COLUMNS)[number];
type Values = Uint16Array | Uint32Array | Float64Array;

/** See the file header. */
export class Sorter {
  readonly #columns: OrderColumns;
  readonly #memory = new WebAssembly.Memory({ initial: 1 });
  readonly #exports: SorterExports;
  readonly #batchAt: Readonly<Record<BatchColumn, number>>;
  readonly #bucketsAt: number;
  #end = 1024;
  /** The batch in memory as it is now. */
  #batch: Record<BatchColumn, Values>;
  /** Slot of every row, before the least one is taken off: its stream, or what `laySlots` was told. */
  #slotOf: Uint32Array;
  #slots = 0;
  #largest = 0;
  #used = 0;
  #rowsAt = 0;

  constructor(module: SorterModule, columns: OrderColumns) {
    this.#columns = columns;
    this.#slotOf = columns.stream;
    this.#exports = new WebAssembly.Instance(module, { env: { memory: this.#memory } }).exports as SorterExports;
    const region = (name: BatchColumn): number => this.#region(BATCH_ROWS * columns[name].BYTES_PER_ELEMENT);
    const addresses = BATCH_COLUMNS.map(region);
    this.#batchAt = Object.fromEntries(BATCH_COLUMNS.map((name, i) => [name, addresses[i]])) as Record<BatchColumn, number>;
    const foundAt = this.#region(4 * BATCH_ROWS);
    this.#exports.layBatch(...addresses, foundAt, columns.seconds instanceof Uint32Array ? 1 : 0);
    this.#bucketsAt = this.#region(4 * (MAX_BUCKETS + 1));
    this.#batch = this.#viewBatch();
  }

  /** Looks at all rows, for a range of streams (both ends included). */
  measure(least: number, most: number): Extent {
    const sorter = this.#exports;
    this.#eachBatch(["valid", "stream", "seconds"], (count) => sorter.measure(count, least, most));
    return {
      below: sorter.below() >>> 0,
      within: sorter.within() >>> 0,
      low: sorter.low() >>> 0,
      high: sorter.high() >>> 0,
      firstSecond: sorter.first(),
      lastSecond: sorter.last(),
    };
  }

  /** `count` slots: that of a row is `slotOf[row] - least`; a row where that is none of them has none. */
  laySlots(slotOf: Uint32Array, least: number, count: number): void {
    const sorter = this.#exports;
    this.#slotOf = slotOf;
    this.#slots = count;
    const startsAt = this.#region(4 * (count + 1));
    const statesAt = this.#region(16 * count);
    sorter.laySlots(least, count, startsAt, statesAt);
    this.#batch = this.#viewBatch();
    this.#eachBatch(["valid", "stream"], (rows) => sorter.countRows(rows));
    sorter.sumRows();
    this.#largest = sorter.largest() >>> 0;
    this.#used = sorter.used() >>> 0;
  }

  /**
   * Sorts all rows with a slot into `target`, about `most` at a time. `segments`: the rows in the order of the file; `isCoarse`: by
   * whole seconds, where a Float64 cannot hold all their nanoseconds.
   */
  sortInto(target: Uint32Array, segments: readonly Segment[], most: number, isCoarse: boolean): void {
    const sorter = this.#exports;
    const capacity = Math.max(most, this.#largest);
    this.#rowsAt = this.#region(4 * capacity);
    const timesAt = this.#region(8 * capacity);
    const otherRowsAt = this.#region(4 * this.#largest);
    const otherTimesAt = this.#region(8 * this.#largest);
    sorter.layPart(this.#rowsAt, timesAt, otherRowsAt, otherTimesAt, this.#bucketsAt, isCoarse ? 1 : 0);
    this.#batch = this.#viewBatch();
    const runs = joinSegments(segments);
    let done = 0;
    for (let slot = 0; slot < this.#slots;) {
      const end = sorter.endOfPart(slot, most);
      for (const { first, rows } of runs) this.#fill(first, first + rows, slot, end);
      const sorted = sorter.sort(slot, end) >>> 0;
      target.set(new Uint32Array(this.#memory.buffer, this.#rowsAt, sorted), done);
      done += sorted;
      slot = end;
    }
  }

  /** `before`: where the first row of all stands. */
  listSlots(before: number): SlotList {
    const at = [0, 1, 2].map(() => this.#region(4 * this.#used));
    this.#exports.listSlots(before, at[0], at[1], at[2]);
    const [slots, starts, turns] = at.map((address) => new Uint32Array(this.#memory.buffer, address, this.#used).slice());
    return { slots, starts, turns };
  }

  #fill(first: number, end: number, firstSlot: number, endSlot: number): void {
    for (let from = first; from < end;) {
      // V8 copies from shared memory eight bytes at a time where both sides are aligned, else byte by byte.
      const aligned = from & ~7;
      const to = Math.min(end, aligned + BATCH_ROWS);
      this.#load(BATCH_COLUMNS, aligned, to);
      this.#exports.fill(from - aligned, to - aligned, aligned, firstSlot, endSlot);
      from = to;
    }
  }

  #eachBatch(names: readonly BatchColumn[], look: (count: number) => void): void {
    const { rows } = this.#columns;
    for (let first = 0; first < rows; first += BATCH_ROWS) {
      const end = Math.min(rows, first + BATCH_ROWS);
      this.#load(names, first, end);
      look(end - first);
    }
  }

  #load(names: readonly BatchColumn[], first: number, end: number): void {
    for (const name of names) {
      const column = name === "stream" ? this.#slotOf : this.#columns[name];
      this.#batch[name].set(column.subarray(first, end));
    }
  }

  #region(bytes: number): number {
    const at = this.#end;
    this.#end = Math.ceil((at + bytes) / 64) * 64;
    const missing = Math.ceil((this.#end - this.#memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) this.#memory.grow(missing);
    return at;
  }

  /** Memory that has grown is another buffer. */
  #viewBatch(): Record<BatchColumn, Values> {
    const { buffer } = this.#memory;
    const at = this.#batchAt;
    const seconds = this.#columns.seconds instanceof Uint32Array ? Uint32Array : Float64Array;
    return {
      valid: new Uint16Array(buffer, at.valid, BATCH_ROWS),
      stream: new Uint32Array(buffer, at.stream, BATCH_ROWS),
      src: new Uint32Array(buffer, at.src, BATCH_ROWS),
      srcPort: new Uint16Array(buffer, at.srcPort, BATCH_ROWS),
      seconds: new seconds(buffer, at.seconds, BATCH_ROWS),
      nanos: new Uint32Array(buffer, at.nanos, BATCH_ROWS),
    };
  }
}

/** Segments that follow each other in memory too as one: fewer batches. */
function joinSegments(segments: readonly Segment[]): Segment[] {
  const runs: Segment[] = [];
  for (const segment of segments) {
    const last = runs.at(-1);
    if (last && last.first + last.rows === segment.first) runs[runs.length - 1] = { first: last.first, rows: last.rows + segment.rows };
    else runs.push(segment);
  }
  return runs;
}
