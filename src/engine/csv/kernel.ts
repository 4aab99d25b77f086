/**
 * The WebAssembly kernel with its memory. Lays the memory out, declares who writes where, and offers the kernel's
 * functions with positions in the text instead of addresses. One per thread; private memory, no shared state.
 *
 *   region      size                written by
 *   text        textBytes + 64      the caller (block of text); the kernel only reads
 *   masks       text / 4 + 64       findRows
 *   cells       4 * (text + 136)    findRows
 *   lines       4 * (text + 72)     findRows
 *   misses      12 * maxRows        decode
 *   columns     91 * maxRows        decode, and the caller for rows it reads itself
 *   caches      4 * CACHE_BYTES     the caller through `remember`
 *   days, zones, plans  small       the caller
 *
 * Between any two regions lie GUARD_BYTES that nobody writes; `guardsAreIntact` says whether that holds.
 */
import { COLUMN_TYPES, PacketColumns, type ColumnName } from "../columns";
import { canRun, compile, instantiate, newMemory, PAGE_BYTES, type WasmModule } from "../webAssembly";
import type { Dialect } from "./dialect";

/** A compiled kernel. */
export type KernelModule = WasmModule;

interface KernelExports {
  findRows(...args: number[]): number;
  countLines(start: number, end: number, newline: number): number;
  decode(plan: number, step: number, rows: number, first: number, base: number): number;
  remember(cache: number, slots: number, at: number, length: number, code: number): void;
}

/** Bytes of a chunk: with its lists it has to fit the core's second-level cache. 128 and 256 kB measured best. */
export const CHUNK_BYTES = 1 << 18;
/** Text read behind a chunk for the row that ends there. A longer row is read by itself. */
export const OVERLAP_BYTES = 1 << 13;
/** Text at hand at most. */
export const TEXT_BYTES = 1 + CHUNK_BYTES + OVERLAP_BYTES;
const GUARD_BYTES = 64;
const GUARD = 0xa5;
/** Slots of a cache of texts; half of them are used at most. */
const CACHE_SLOTS = 1 << 14;
/** Bytes of the values in a cache. */
const CACHE_TEXT_BYTES = 1 << 19;
const DAY_BYTES = 40;
const DAY_SLOTS = 64;
const MAX_PREFIX = 24;
const ZONE_BYTES = 88;
const MAX_ZONES = 4;
const MAX_SUFFIX = 72;
const PLAN_BYTES = 32;
const STEP_BYTES = 80;
const MAX_PLANS = 4;
const MAX_STEPS = 32;

/** Why findRows stopped. */
export const enum Stop {
  done = 0,
  needsText = 1,
  irregular = 2,
}

/** Rows that findRows found. Positions are in the text region. */
export interface FoundRows {
  readonly rows: number;
  readonly stop: Stop;
  /** Where the first row begins that was not delivered. */
  readonly next: number;
}

type NameOf<T> = { [N in ColumnName]: (typeof COLUMN_TYPES)[N] extends T ? N : never }[ColumnName];

/** What is to be done with one column of the rows found. */
export type Step =
  /** Where the rows begin. */
  | { readonly kind: "offsets" }
  /** Whole numbers of 0..max, with their bit of `valid`, if they have one. */
  | {
      readonly kind: "numbers";
      readonly column: number;
      readonly max: number;
      readonly bit: number;
      readonly name: NameOf<Uint32ArrayConstructor>;
    }
  | {
      readonly kind: "shorts";
      readonly column: number;
      readonly max: number;
      readonly bit: number;
      readonly name: NameOf<Uint16ArrayConstructor>;
    }
  /** Dates by the prefixes and suffixes learnt; epochColumn -1 for none. */
  | { readonly kind: "dates"; readonly column: number; readonly epochColumn: number; readonly bit: number }
  /** Seconds since 1970 or since the start; every row gets the zone. */
  | { readonly kind: "epochs"; readonly column: number; readonly bit: number; readonly zoneCode: number }
  /** Text by a cache. `onlyMissing`: in a column that an earlier step has filled, the places that are still empty. */
  | {
      readonly kind: "texts";
      readonly column: number;
      readonly name: "src" | "dst" | "protocols" | "label";
      readonly cache: number;
      readonly onlyMissing: boolean;
    };

/** Steps as the kernel does them, for rows of which the first `needed` cells are found. */
export interface Plan {
  readonly address: number;
  readonly length: number;
  readonly needed: number;
}

/** Numbers of the kinds in the kernel. */
const KINDS: Readonly<Record<Step["kind"], number>> = { offsets: 0, numbers: 1, shorts: 2, dates: 3, epochs: 4, texts: 5 };

/** A cache of texts and their codes. */
class TextCache {
  readonly address: number;
  #textAt: number;
  readonly #textEnd: number;
  #size = 0;

  constructor(address: number) {
    this.address = address;
    this.#textAt = address + CACHE_SLOTS * 16;
    this.#textEnd = this.#textAt + CACHE_TEXT_BYTES;
  }

  /** Place for a value of so many bytes; undefined when the cache is full, which only costs time. */
  allocate(length: number): number | undefined {
    // Eight readable bytes behind every value: the kernel compares eight at a time.
    if (this.#size >= CACHE_SLOTS / 2 || this.#textAt + length + 8 > this.#textEnd) return undefined;
    this.#size++;
    const at = this.#textAt;
    this.#textAt += length + 8;
    return at;
  }
}

/** True when this machine's WebAssembly has what the kernel needs. */
export const canRunKernel = canRun;

/** Compiles the kernel, once for all threads. */
export const compileKernel: (bytes: Uint8Array) => KernelModule = compile;

/** See the file header. */
export class Kernel {
  /** Bytes of text at hand at most. */
  readonly textBytes: number;
  /** Rows of a chunk at most: none is shorter than a character and a line end. */
  readonly maxRows: number;
  /** The text region: `textBytes` of it are the caller's, the rest is padding. */
  readonly text: Uint8Array<ArrayBuffer>;
  /** Columns of the chunk at hand; `maxRows` places. */
  readonly columns: PacketColumns;
  /** 1 for a row with a cell that the kernel leaves to the caller. */
  readonly slow: Uint8Array<ArrayBuffer>;
  /** Values that `decode` stopped for: row, position in `bytes`, length. */
  readonly misses: Uint32Array<ArrayBuffer>;
  /** The whole memory. */
  readonly bytes: Uint8Array<ArrayBuffer>;

  readonly #exports: KernelExports;
  readonly #view: DataView;
  readonly #dialect: Dialect;
  readonly #guards: number[] = [];
  readonly #textAt: number;
  readonly #masksAt: number;
  readonly #cellsAt: number;
  readonly #linesAt: number;
  readonly #missesAt: number;
  readonly #resultAt: number;
  readonly #daysAt: number;
  readonly #zonesAt: number;
  readonly #plansAt: number;
  readonly #caches: TextCache[] = [];
  #plans = 0;
  #prefixLength = 0;
  #zoneCount = 0;
  #rows = 0;

  /** `caches`: how many columns of text will be decoded. `textBytes`: see the field; the memory for a small file is small. */
  constructor(module: KernelModule, dialect: Dialect, caches: number, textBytes: number) {
    this.#dialect = dialect;
    this.textBytes = textBytes;
    this.maxRows = (textBytes >> 1) + 2;
    let end = 1024;
    const region = (bytes: number): number => {
      this.#guards.push(end);
      const at = end + GUARD_BYTES;
      end = (at + bytes + 63) & ~63;
      return at;
    };
    this.#textAt = region(textBytes + 64);
    this.#masksAt = region((textBytes >> 2) + 64);
    this.#cellsAt = region(4 * (textBytes + 136));
    this.#linesAt = region(4 * (textBytes + 72));
    this.#missesAt = region(12 * this.maxRows);
    this.#resultAt = region(8);
    this.#daysAt = region(8 + DAY_SLOTS * DAY_BYTES);
    this.#zonesAt = region(8 + MAX_ZONES * ZONE_BYTES + 8);
    this.#plansAt = region(MAX_PLANS * (PLAN_BYTES + MAX_STEPS * STEP_BYTES));
    const columnAt = Object.fromEntries(
      Object.entries(COLUMN_TYPES).map(([name, type]) => [name, region(type.BYTES_PER_ELEMENT * this.maxRows)]),
    ) as Record<ColumnName, number>;
    const slowAt = region(this.maxRows);
    for (let i = 0; i < caches; i++) this.#caches.push(new TextCache(region(CACHE_SLOTS * 16 + CACHE_TEXT_BYTES)));
    this.#guards.push(end);
    end += GUARD_BYTES;

    // Untouched pages are free: the memory is as large as the worst chunk needs, and used as far as the real one goes.
    const memory = newMemory(Math.ceil(end / PAGE_BYTES));
    this.#exports = instantiate(module, memory) as KernelExports;
    const { buffer } = memory;
    this.bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
    this.text = new Uint8Array(buffer, this.#textAt, textBytes + 64);
    this.misses = new Uint32Array(buffer, this.#missesAt, 3 * this.maxRows);
    this.slow = new Uint8Array(buffer, slowAt, this.maxRows);
    this.columns = new PacketColumns();
    this.columns.useMemory(buffer, columnAt, this.maxRows);
    for (const guard of this.#guards) this.bytes.fill(GUARD, guard, guard + GUARD_BYTES);
    this.#columnAt = columnAt;
    this.#slowAt = slowAt;
  }

  readonly #columnAt: Readonly<Record<ColumnName, number>>;
  readonly #slowAt: number;

  /**
   * Finds the regular rows that begin in text[start, stopAt), of the text up to `end`. Only the first `needed` cells and
   * the last one of each row can be decoded then.
   */
  findRows(start: number, end: number, stopAt: number, maxRows: number, needed: number): FoundRows {
    const { delimiter, newline, cellCount } = this.#dialect;
    const base = this.#textAt;
    const rows = this.#exports.findRows(
      base + start,
      base + end,
      base + stopAt,
      cellCount,
      needed,
      maxRows,
      delimiter,
      newline,
      this.#masksAt,
      this.#cellsAt,
      this.#linesAt,
      this.#resultAt,
    );
    this.#rows = rows;
    const stop = this.#view.getUint32(this.#resultAt, true) as Stop;
    return { rows, stop, next: this.#view.getUint32(this.#resultAt + 4, true) - base };
  }

  /** Line ends in text[start, end). */
  countLines(start: number, end: number): number {
    return this.#exports.countLines(this.#textAt + start, this.#textAt + end, this.#dialect.newline);
  }

  /** Where row r of the rows found begins. */
  startOfRow(row: number): number {
    return this.#view.getUint32(this.#linesAt + 4 * row, true) + 1 - this.#textAt;
  }

  /** Makes a plan. `needed`: cells of a row that are found, beside the last one. */
  plan(needed: number, steps: readonly Step[]): Plan {
    if (this.#plans === MAX_PLANS || steps.length > MAX_STEPS) throw new RangeError("There is no room for this plan.");
    const address = this.#plansAt + this.#plans++ * (PLAN_BYTES + MAX_STEPS * STEP_BYTES);
    const found = Math.min(needed, this.#dialect.cellCount - 1);
    this.#write(address, [steps.length, this.#columnAt.valid, this.#slowAt, this.#linesAt, this.#resultAt]);
    steps.forEach((step, at) => this.#write(address + PLAN_BYTES + at * STEP_BYTES, this.#wordsOf(step, found)));
    return { address, length: steps.length, needed: found };
  }

  #write(at: number, words: readonly number[]): void {
    words.forEach((word, i) => this.#view.setUint32(at + 4 * i, word, true));
  }

  /** A step as assembly/kernel.ts describes it. */
  #wordsOf(step: Step, needed: number): number[] {
    const at = this.#columnAt;
    const kind = KINDS[step.kind];
    if (step.kind === "offsets") return [kind, ...NO_CELLS, at.offset, 0];
    const cells = this.#cellsOf(step.column, needed);
    switch (step.kind) {
      case "numbers":
      case "shorts": {
        const size = step.kind === "numbers" ? 4 : 2;
        return [kind, ...cells, at[step.name], step.bit === 0 ? size : 0, step.max, step.bit];
      }
      case "dates": {
        const epoch = step.epochColumn < 0 ? NO_CELLS : this.#cellsOf(step.epochColumn, needed);
        return [kind, ...cells, at.seconds, 0, ...epoch, step.bit, this.#daysAt, this.#zonesAt, at.nanos, at.zone];
      }
      case "epochs":
        return [kind, ...cells, at.seconds, 0, step.bit, step.zoneCode, at.nanos, at.zone];
      case "texts": {
        const cache = this.#caches[step.cache].address;
        return [kind, ...cells, at[step.name], step.onlyMissing ? 0 : 4, step.onlyMissing ? 1 : 0, cache, CACHE_SLOTS, this.#missesAt];
      }
    }
  }

  /**
   * Does the steps of a plan from `step` on for the rows found with its `needed`, to places `first` and on; `textOffset`: of position 0
   * in the text. Returns the step it stopped at, since `missed` values are not in its cache, to go on with the next one; the plan's
   * length when it is done.
   */
  decode({ address }: Plan, step: number, first: number, textOffset: number): number {
    return this.#exports.decode(address, step, this.#rows, first, textOffset - this.#textAt);
  }

  /** How many values `decode` stopped for. */
  get missed(): number {
    return this.#view.getUint32(this.#resultAt, true);
  }

  /** Keeps a value (bytes[at, at + length)) with its code in a cache, while there is room. */
  remember(cache: number, at: number, length: number, code: number): void {
    const target = this.#caches[cache];
    const place = target.allocate(length);
    if (place === undefined) return;
    this.bytes.copyWithin(place, at, at + length);
    this.#exports.remember(target.address, CACHE_SLOTS, place, length, code);
  }

  /**
   * Learns from a date that was read: what stands before and behind the clock time, the day it names, and the zone.
   * `offsetSeconds` is what the epoch confirmed (anything without an epoch column). Forms that do not fit are not learnt.
   */
  learnDate(date: { prefix: Uint8Array; daySeconds: number; suffix: Uint8Array; zoneCode: number; offsetSeconds: number }): void {
    const { prefix, daySeconds, suffix, zoneCode, offsetSeconds } = date;
    if (prefix.length === 0 || prefix.length > MAX_PREFIX || suffix.length > MAX_SUFFIX - 8) return;
    if (this.#prefixLength === 0) this.#prefixLength = prefix.length;
    if (prefix.length !== this.#prefixLength) return;
    this.#view.setUint32(this.#daysAt, prefix.length, true);
    // The newest day takes the slot that its hash gives; the kernel computes the same hash.
    const slot = this.#daysAt + 8 + DAY_BYTES * (hashOf(prefix) & (DAY_SLOTS - 1));
    this.#view.setUint32(slot, prefix.length, true);
    this.#view.setFloat64(slot + 8, daySeconds, true);
    this.bytes.fill(0, slot + 16, slot + 16 + MAX_PREFIX);
    this.bytes.set(prefix, slot + 16);
    for (let i = 0; i < this.#zoneCount; i++) {
      const entry = this.#zonesAt + 8 + ZONE_BYTES * i;
      const known = this.bytes.subarray(entry + 16, entry + 16 + this.#view.getUint32(entry, true));
      if (equal(known, suffix) && this.#view.getFloat64(entry + 8, true) === offsetSeconds) return;
    }
    if (this.#zoneCount === MAX_ZONES) return;
    const entry = this.#zonesAt + 8 + ZONE_BYTES * this.#zoneCount++;
    this.#view.setUint32(this.#zonesAt, this.#zoneCount, true);
    this.#view.setUint32(entry, suffix.length, true);
    this.#view.setUint32(entry + 4, zoneCode, true);
    this.#view.setFloat64(entry + 8, offsetSeconds, true);
    this.bytes.set(suffix, entry + 16);
  }

  /** False when anybody wrote between the regions. */
  guardsAreIntact(): boolean {
    return this.#guards.every((guard) => this.bytes.subarray(guard, guard + GUARD_BYTES).every((byte) => byte === GUARD));
  }

  /** Where the kernel finds the cells of a column. */
  #cellsOf(column: number, needed: number): CellsOf {
    const stride = 4 * (needed + 1);
    const isLast = column === this.#dialect.cellCount - 1;
    if (!isLast && column >= needed) throw new RangeError(`Cell ${String(column)} was not asked for.`);
    const separator = this.#cellsAt + 4 * (isLast ? needed : column - 1);
    const before: [number, number] = column === 0 ? [this.#linesAt, 4] : [separator, stride];
    const behind: [number, number] = isLast ? [this.#linesAt + 4, 4] : [this.#cellsAt + 4 * column, stride];
    return [...before, ...behind, isLast ? 1 : 0];
  }
}

type CellsOf = readonly [before: number, beforeStep: number, behind: number, behindStep: number, isLast: number];
const NO_CELLS: CellsOf = [0, 0, 0, 0, 0];

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** The kernel's hash. */
function hashOf(bytes: Uint8Array): number {
  const MULTIPLIER = 0x9e3779b97f4a7c15n;
  const mask = 0xffffffffffffffffn;
  let hash = BigInt(bytes.length);
  for (let at = 0; at < bytes.length; at += 8) {
    let word = 0n;
    for (let i = Math.min(8, bytes.length - at) - 1; i >= 0; i--) word = (word << 8n) | BigInt(bytes[at + i]);
    hash = ((hash ^ word) * MULTIPLIER) & mask;
    hash ^= hash >> 29n;
  }
  return Number((hash ^ (hash >> 32n)) & 0xffffffffn);
}
