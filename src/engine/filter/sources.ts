/**
 * Where the values of a field stand, and which rows have values that pass a test. All write bits into words as RowBits has them.
 * Loops over all rows stand in small functions of their own, see src/engine/timeline.ts.
 */
import type { CodesColumn, SecondsColumn } from "../columns";
import type { ByteDictionary } from "../dictionary";
import type { Quantifier } from "./parser";
import type { Cell } from "./values";

/** Which values pass. */
export interface Test {
  readonly holds: (cell: Cell) => boolean;
  /** Of numbers, the same as ascending [first, last, first, last, …]; undefined where it is no such thing. */
  readonly ranges?: readonly number[] | undefined;
}

/** Values of a field, of all rows. */
export interface Source {
  /** Adds the rows with a value. */
  exists(words: Uint32Array): void;
  /** Adds the rows of which any value passes, or that have values, and all pass. */
  select(test: Test, quantifier: Quantifier, words: Uint32Array): void;
  valuesAt(row: number): readonly Cell[];
}

const NONE: readonly Cell[] = [];

/** Numbers up to which a table says which pass. */
const TABLE_SIZE = 1 << 16;

/** One number a row at most. A row has one where `valid` has one of the bits of `mask`. */
export class NumberSource implements Source {
  readonly #values: Uint32Array | Uint16Array;
  readonly #valid: Uint16Array;
  readonly #mask: number;
  readonly #rows: number;
  /** What the field makes of the column's number: a flag out of several. */
  readonly #map: ((value: number) => number) | undefined;

  constructor(values: Uint32Array | Uint16Array, valid: Uint16Array, mask: number, rows: number, map?: (value: number) => number) {
    this.#values = values;
    this.#valid = valid;
    this.#mask = mask;
    this.#rows = rows;
    this.#map = map;
  }

  /** The same numbers, changed. */
  mapped(map: (value: number) => number): NumberSource {
    const own = this.#map;
    return new NumberSource(this.#values, this.#valid, this.#mask, this.#rows, own ? (value) => map(own(value)) : map);
  }

  exists(words: Uint32Array): void {
    takeMarked(this.#valid, this.#mask, this.#rows, words);
  }

  select({ holds, ranges }: Test, _: Quantifier, words: Uint32Array): void {
    const map = this.#map;
    if (this.#values instanceof Uint16Array) {
      const table = new Uint8Array(TABLE_SIZE);
      for (let value = 0; value < TABLE_SIZE; value++) if (holds(map ? map(value) : value)) table[value] = 1;
      takeByTable(this.#values, table, this.#valid, this.#mask, this.#rows, words);
    } else if (!ranges || map) {
      takeByTest(this.#values, (value) => holds(map ? map(value) : value), this.#valid, this.#mask, this.#rows, words);
    } else if (ranges.length === 2) {
      takeRange(this.#values, ranges[0], ranges[1], this.#valid, this.#mask, this.#rows, words);
    } else if (ranges.length > 0) {
      takeRanges(this.#values, Float64Array.from(ranges), this.#valid, this.#mask, this.#rows, words);
    }
  }

  valuesAt(row: number): readonly Cell[] {
    if ((this.#valid[row] & this.#mask) === 0) return NONE;
    const value = this.#values[row];
    return [this.#map ? this.#map(value) : value];
  }
}

/** Texts by code; each is none, one or several values. Code 0 is none. */
export class CodeSource implements Source {
  readonly #codes: CodesColumn;
  readonly #dictionary: ByteDictionary;
  readonly #read: (text: string) => readonly Cell[];
  readonly #rows: number;

  constructor(codes: CodesColumn, dictionary: ByteDictionary, rows: number, read: (text: string) => readonly Cell[]) {
    this.#codes = codes;
    this.#dictionary = dictionary;
    this.#rows = rows;
    this.#read = read;
  }

  /** Other values made of the same texts' values. */
  mapped(map: (cells: readonly Cell[]) => readonly Cell[]): CodeSource {
    const read = this.#read;
    return new CodeSource(this.#codes, this.#dictionary, this.#rows, (text) => map(read(text)));
  }

  exists(words: Uint32Array): void {
    this.#take((cells) => cells.length > 0, words);
  }

  select({ holds }: Test, quantifier: Quantifier, words: Uint32Array): void {
    this.#take((cells) => (quantifier === "any" ? cells.some(holds) : cells.length > 0 && cells.every(holds)), words);
  }

  valuesAt(row: number): readonly Cell[] {
    const code = this.#codes[row];
    return code === 0 ? NONE : this.#read(this.#dictionary.valueOf(code));
  }

  #take(passes: (cells: readonly Cell[]) => boolean, words: Uint32Array): void {
    const { size } = this.#dictionary;
    const table = new Uint8Array(size);
    for (let code = 1; code < size; code++) if (passes(this.#read(this.#dictionary.valueOf(code)))) table[code] = 1;
    takeCodes(this.#codes, table, this.#rows, words);
  }
}

/** Several fields as one. */
export class UnionSource implements Source {
  readonly #of: readonly Source[];

  constructor(of: readonly Source[]) {
    this.#of = of;
  }

  exists(words: Uint32Array): void {
    for (const source of this.#of) source.exists(words);
  }

  select(test: Test, quantifier: Quantifier, words: Uint32Array): void {
    if (quantifier === "any") {
      for (const source of this.#of) source.select(test, "any", words);
      return;
    }
    // All pass where there is a value and none that does not.
    const failing = new Uint32Array(words.length);
    const there = new Uint32Array(words.length);
    for (const source of this.#of) {
      source.exists(there);
      source.select({ holds: (cell) => !test.holds(cell) }, "any", failing);
    }
    for (let i = 0; i < words.length; i++) words[i] |= there[i] & ~failing[i];
  }

  valuesAt(row: number): readonly Cell[] {
    return this.#of.flatMap((source) => source.valuesAt(row));
  }
}

/** Values that are made row by row. */
export class RowSource implements Source {
  readonly #rows: number;
  readonly #make: (row: number) => readonly Cell[];

  constructor(rows: number, make: (row: number) => readonly Cell[]) {
    this.#rows = rows;
    this.#make = make;
  }

  exists(words: Uint32Array): void {
    this.#take((cells) => cells.length > 0, words);
  }

  select({ holds }: Test, quantifier: Quantifier, words: Uint32Array): void {
    this.#take((cells) => (quantifier === "any" ? cells.some(holds) : cells.length > 0 && cells.every(holds)), words);
  }

  valuesAt(row: number): readonly Cell[] {
    return this.#make(row);
  }

  #take(passes: (cells: readonly Cell[]) => boolean, words: Uint32Array): void {
    for (let row = 0; row < this.#rows; row++) if (passes(this.#make(row))) words[row >>> 5] |= 1 << (row & 31);
  }
}

/** Rows with one of the bits of `mask`. */
export function takeMarked(valid: Uint16Array, mask: number, rows: number, words: Uint32Array): void {
  for (let row = 0; row < rows; row++) if ((valid[row] & mask) !== 0) words[row >>> 5] |= 1 << (row & 31);
}

function takeByTable(values: Uint16Array, table: Uint8Array, valid: Uint16Array, mask: number, rows: number, words: Uint32Array): void {
  for (let first = 0; first < rows; first += 32) {
    const end = first + 32 < rows ? first + 32 : rows;
    let bits = 0;
    for (let row = first; row < end; row++) if ((valid[row] & mask) !== 0) bits |= table[values[row]] << (row & 31);
    words[first >>> 5] |= bits;
  }
}

function takeRange(
  values: Uint32Array,
  low: number,
  high: number,
  valid: Uint16Array,
  mask: number,
  rows: number,
  words: Uint32Array,
): void {
  for (let row = 0; row < rows; row++) {
    const value = values[row];
    if (value >= low && value <= high && (valid[row] & mask) !== 0) words[row >>> 5] |= 1 << (row & 31);
  }
}

function takeRanges(values: Uint32Array, ranges: Float64Array, valid: Uint16Array, mask: number, rows: number, words: Uint32Array): void {
  const last = (ranges.length >>> 1) - 1;
  for (let row = 0; row < rows; row++) {
    if ((valid[row] & mask) === 0) continue;
    const value = values[row];
    let low = 0;
    let high = last;
    // The last range that begins at or before the value.
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (ranges[2 * middle] <= value) low = middle;
      else high = middle - 1;
    }
    if (value >= ranges[2 * low] && value <= ranges[2 * low + 1]) words[row >>> 5] |= 1 << (row & 31);
  }
}

function takeByTest(
  values: Uint32Array,
  holds: (value: number) => boolean,
  valid: Uint16Array,
  mask: number,
  rows: number,
  words: Uint32Array,
): void {
  for (let row = 0; row < rows; row++) if ((valid[row] & mask) !== 0 && holds(values[row])) words[row >>> 5] |= 1 << (row & 31);
}

function takeCodes(codes: CodesColumn, table: Uint8Array, rows: number, words: Uint32Array): void {
  for (let first = 0; first < rows; first += 32) {
    const end = first + 32 < rows ? first + 32 : rows;
    let bits = 0;
    for (let row = first; row < end; row++) bits |= table[codes[row]] << (row & 31);
    words[first >>> 5] |= bits;
  }
}

/** A stretch of time, both ends within; infinite seconds where it is open. */
export interface MomentRange {
  readonly fromSec: number;
  readonly fromNs: number;
  readonly toSec: number;
  readonly toNs: number;
}

/** Rows whose time lies in a range. `offsets`: seconds that every zone's clock is ahead of the range's. */
export function takeTimes(
  times: { seconds: SecondsColumn; nanos: Uint32Array; zone: Uint8Array; valid: Uint16Array },
  mask: number,
  offsets: Float64Array,
  { fromSec, fromNs, toSec, toNs }: MomentRange,
  rows: number,
  words: Uint32Array,
): void {
  const { seconds, nanos, zone, valid } = times;
  for (let row = 0; row < rows; row++) {
    const time = seconds[row] - offsets[zone[row]];
    if (time < fromSec || time > toSec || (valid[row] & mask) === 0) continue;
    if ((time === fromSec && nanos[row] < fromNs) || (time === toSec && nanos[row] > toNs)) continue;
    words[row >>> 5] |= 1 << (row & 31);
  }
}
