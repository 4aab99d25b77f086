/**
 * Lists of rows that are gone through a block at a time, and take no memory of their own: 3 million rows written down are 12 MB, and where
 * a page of fresh memory costs 15 µs, 45 ms. Knows no order but its own.
 */
import { Valid } from "./columns";
import type { RowBits } from "./rowBits";
import type { Segment } from "./rowGroups";
import { lastNotAbove } from "./search";
import type { KeyPass } from "./sort/keyPass";

/** Rows in an order. */
export interface RowList {
  readonly length: number;
  /** All of them, some after the other, at most BLOCK_ROWS at a time. A block holds until the next one is asked for. */
  blocks(): Iterable<Uint32Array>;
  /** Those at the places [first, end), all of which there are; not to be changed. */
  slice(first: number, end: number): Uint32Array;
  /** Some rows from all over the list, about SAMPLE_ROWS of a long one; may be none. */
  sample(): Uint32Array;
  /** What looks at all of them at once, where they lie as the columns have them. */
  readonly pass?: KeyPass | undefined;
}

/** Rows of a block: 16 kB, which a core's first cache holds beside their keys. */
export const BLOCK_ROWS = 1 << 12;
/** Rows that stand for all where a guess will do. */
const SAMPLE_ROWS = 1 << 12;
/**
 * Places of a sample, ascending: one by chance out of every few. Whoever made a capture cannot know which, else it could hold what no sample
 * shows, and be gone through a thousand times. What is found does not depend on it.
 */
function samplePlaces(total: number): number[] {
  const step = Math.ceil(total / SAMPLE_ROWS);
  return Array.from({ length: Math.floor(total / step) || 0 }, (_, i) => i * step + Math.floor(Math.random() * step));
}

/** Rows looked at for a block at a time. */
const PIECE_ROWS = BLOCK_ROWS >>> 2;

/** Rows that are written down. */
export class WrittenRows implements RowList {
  readonly #rows: Uint32Array;

  constructor(rows: Uint32Array) {
    this.#rows = rows;
  }

  get length(): number {
    return this.#rows.length;
  }

  *blocks(): Iterable<Uint32Array> {
    for (let first = 0; first < this.#rows.length; first += BLOCK_ROWS) yield this.#rows.subarray(first, first + BLOCK_ROWS);
  }

  slice(first: number, end: number): Uint32Array {
    return this.#rows.subarray(first, end);
  }

  sample(): Uint32Array {
    return Uint32Array.from(samplePlaces(this.#rows.length), (place) => this.#rows[place]);
  }
}

/** What a capture is made of: its rows in the order of the file, and which of them have a number. */
export interface CapturePlaces {
  readonly segments: readonly Segment[];
  /** Bits of Valid per row. */
  readonly valid: Uint16Array;
  /** How many rows have a sequence number. */
  readonly numbered: number;
  /** What looks at all of them at once. */
  readonly pass?: KeyPass;
}

/** The rows of a capture with a sequence number, in the order of the file: all, or those of a set. */
export class CaptureRows implements RowList {
  readonly #segments: readonly Segment[];
  readonly #valid: Uint16Array;
  readonly #words: Uint32Array | undefined;
  readonly #numbered: number;
  readonly pass: KeyPass | undefined;
  #known: Float64Array | undefined;

  constructor({ segments, valid, numbered, pass }: CapturePlaces, bits?: RowBits) {
    this.#segments = segments;
    this.#valid = valid;
    this.#numbered = numbered;
    this.#words = bits?.words;
    // It knows no sets.
    this.pass = bits ? undefined : pass;
  }

  get length(): number {
    return this.#words ? this.#starts()[this.#segments.length] : this.#numbered;
  }

  blocks(): Iterable<Uint32Array> {
    return this.#blocksFrom(0);
  }

  slice(first: number, end: number): Uint32Array {
    const starts = this.#starts();
    const segment = lastNotAbove(starts, first);
    return sliceOf(this.#blocksFrom(segment), first - starts[segment], end - starts[segment]);
  }

  sample(): Uint32Array {
    const placed = this.#segments.reduce((sum, { rows }) => sum + rows, 0);
    const sample: number[] = [];
    let segment = 0;
    let before = 0;
    for (const place of samplePlaces(placed)) {
      while (place >= before + this.#segments[segment].rows) before += this.#segments[segment++].rows;
      const row = this.#segments[segment].first + place - before;
      if (this.#has(row)) sample.push(row);
    }
    return Uint32Array.from(sample);
  }

  #has(row: number): boolean {
    const words = this.#words;
    return (this.#valid[row] & Valid.seq) !== 0 && (!words || ((words[row >>> 5] >>> (row & 31)) & 1) !== 0);
  }

  *#blocksFrom(segment: number): Iterable<Uint32Array> {
    const block = new Uint32Array(BLOCK_ROWS);
    let count = 0;
    for (let i = segment; i < this.#segments.length; i++) {
      const { first, rows } = this.#segments[i];
      for (let row = first; row < first + rows; row += PIECE_ROWS) {
        if (count > BLOCK_ROWS - PIECE_ROWS) {
          yield block.subarray(0, count);
          count = 0;
        }
        count = this.#take(row, Math.min(row + PIECE_ROWS, first + rows), block, count);
      }
    }
    if (count > 0) yield block.subarray(0, count);
  }

  /** Adds those of the rows [first, end) that the list has to the `count` taken there are; returns how many there are then. */
  #take(first: number, end: number, taken: Uint32Array, count: number): number {
    const words = this.#words;
    return words ? takeWithin(first, end, this.#valid, words, taken, count) : takeNumbered(first, end, this.#valid, taken, count);
  }

  /** How many rows of the list stand before each segment, and in all. Counted when somebody asks for a place. */
  #starts(): Float64Array {
    if (this.#known) return this.#known;
    const starts = new Float64Array(this.#segments.length + 1);
    const taken = new Uint32Array(PIECE_ROWS);
    for (const [i, { first, rows }] of this.#segments.entries()) {
      let count = starts[i];
      for (let row = first; row < first + rows; row += PIECE_ROWS)
        count += this.#take(row, Math.min(row + PIECE_ROWS, first + rows), taken, 0);
      starts[i + 1] = count;
    }
    return (this.#known = starts);
  }
}

/** The places [first, end) of a list that is given in blocks. */
export function sliceOf(blocks: Iterable<Uint32Array>, first: number, end: number): Uint32Array {
  const slice = new Uint32Array(end - first);
  let at = 0;
  for (const block of blocks) {
    const from = Math.max(0, first - at);
    if (from < block.length) slice.set(block.subarray(from, end - at), Math.max(0, at - first));
    at += block.length;
    if (at >= end) break;
  }
  return slice;
}

/* The loops over rows stand in functions of their own: see timeline.ts. Nothing branches on a row: Valid.seq is the lowest bit. */

function takeNumbered(first: number, end: number, valid: Uint16Array, taken: Uint32Array, from: number): number {
  let count = from;
  for (let row = first; row < end; row++) {
    taken[count] = row;
    count += valid[row] & Valid.seq;
  }
  return count;
}

function takeWithin(first: number, end: number, valid: Uint16Array, words: Uint32Array, taken: Uint32Array, from: number): number {
  let count = from;
  for (let row = first; row < end; row++) {
    taken[count] = row;
    count += (words[row >>> 5] >>> (row & 31)) & valid[row] & Valid.seq;
  }
  return count;
}
