/**
 * The index of sequence numbers: for every number its rows, in file order. Counts, ranking and every timeline come from
 * it.
 */
import type { SequenceCount, SequenceOrder } from "../shared/model";
import { radixSort, type RowGroups, type Segment } from "./rowGroups";
import type { RowBits } from "./rowBits";
import { ordinals } from "./rowNumbers";
import { lastNotAbove } from "./search";

/** Numbers with their rows. rows[starts[i], starts[i + 1]) are the rows of number values[i]. */
export class SequenceIndex {
  /** Different numbers, ascending. */
  readonly values: Uint32Array;
  readonly starts: Uint32Array;
  /** All rows with a number, grouped by number, in file order within each. */
  readonly rows: Uint32Array;
  readonly #segments: readonly Segment[];
  /** Places in `values` of the most frequent numbers, by count; equals by first appearance where `#settled` has their count. */
  #byCount = new Uint32Array(0);
  readonly #settled = new Set<number>();
  #ordinalOf: ((row: number) => number) | undefined;

  /** `segments`: the rows in the order of the file; `rows` and `parts`: as groupRange made them, in ascending order. */
  constructor(segments: readonly Segment[], rows: Uint32Array, parts: readonly RowGroups[]) {
    this.#segments = segments;
    this.rows = rows;
    const distinct = parts.reduce((sum, { values }) => sum + values.length, 0);
    this.values = new Uint32Array(distinct);
    this.starts = new Uint32Array(distinct + 1);
    let at = 0;
    for (const { values, starts } of parts) {
      this.values.set(values, at);
      this.starts.set(starts, at);
      at += values.length;
    }
    this.starts[distinct] = rows.length;
  }

  /** Rows of one number, in file order; empty when it does not occur. */
  rowsOf(seq: number): Uint32Array {
    const at = lastNotAbove(this.values, seq);
    if (this.values[at] !== seq) return this.rows.subarray(0, 0);
    return this.rows.subarray(this.starts[at], this.starts[at + 1]);
  }

  /** Rows with a number that are among some. */
  countWithin(bits: RowBits): number {
    return countWithin(this.rows, this.starts, bits.words, new Uint32Array(this.values.length));
  }

  /** The same of some rows only. */
  within(bits: RowBits): SequenceIndex {
    const counts = new Uint32Array(this.values.length);
    const kept = countWithin(this.rows, this.starts, bits.words, counts);
    const rows = new Uint32Array(kept);
    copyWithin(this.rows, bits.words, rows);
    const distinct = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
    const values = new Uint32Array(distinct);
    const starts = new Uint32Array(distinct + 1);
    let to = 0;
    let start = 0;
    for (let at = 0; at < counts.length; at++) {
      if (counts[at] === 0) continue;
      values[to] = this.values[at];
      starts[to++] = start;
      start += counts[at];
    }
    starts[distinct] = start;
    return new SequenceIndex(this.#segments, rows, [{ values, starts, end: start }]);
  }

  /** A page of the numbers with their counts. By count: most frequent first, ties by first appearance in the file. */
  list(order: SequenceOrder, from: number, count: number): SequenceCount[] {
    const items: SequenceCount[] = [];
    const begin = Math.max(0, from);
    const end = Math.min(this.values.length, from + count);
    const places = order === "count" ? this.#ranking(begin, end) : undefined;
    for (let rank = begin; rank < end; rank++) {
      const at = places ? places[rank] : rank;
      items.push({ seq: this.values[at], count: this.#countAt(at) });
    }
    return items;
  }

  /** Places in `values` by count, right for the ranks from `begin` up to `end`. */
  #ranking(begin: number, end: number): Uint32Array {
    if (end > this.#byCount.length) {
      this.#byCount = this.#sortByCount(end);
      this.#settled.clear();
    }
    const places = this.#byCount;
    const { length } = places;
    // Who came first matters among equals that somebody sees: hardly ever among the many that occur once.
    for (let rank = begin; rank < end;) {
      let first = rank;
      const count = this.#countAt(places[rank]);
      while (first > 0 && this.#countAt(places[first - 1]) === count) first--;
      while (rank < length && this.#countAt(places[rank]) === count) rank++;
      if (rank - first < 2 || this.#settled.has(count)) continue;
      this.#settled.add(count);
      const equals = places.slice(first, rank);
      this.#ordinalOf ??= ordinals(this.#segments);
      const keys = equals.map((at) => this.#ordinalOf!(this.rows[this.starts[at]]));
      const spare = (): Uint32Array => new Uint32Array(keys.length);
      places.set(radixSort([keys, equals, spare(), spare()], keys.length).rows, first);
    }
    return places;
  }

  /**
   * The `most` most frequent numbers, and all others that are as frequent as the last of them: 11 ms for the first page of 300,000
   * numbers, where sorting all of them takes 50.
   */
  #sortByCount(most: number): Uint32Array<ArrayBuffer> {
    const { starts } = this;
    const frequencies = new Uint32Array(MAX_TOLD_APART + 1);
    countFrequencies(starts, frequencies);
    let least = MAX_TOLD_APART;
    let total = frequencies[least];
    while (total < most && least > 1) total += frequencies[--least];
    const places = new Uint32Array(total);
    const others = new Uint32Array(total);
    takeFrequent(starts, least, this.rows.length, places, others);
    return radixSort([others, places, new Uint32Array(total), new Uint32Array(total)], total).rows as Uint32Array<ArrayBuffer>;
  }

  #countAt(at: number): number {
    return this.starts[at + 1] - this.starts[at];
  }
}

/** Counts up to here are told apart when the most frequent numbers are chosen. */
const MAX_TOLD_APART = 1 << 14;

/** How many numbers occur how often; the last entry: so often, or more. */
function countFrequencies(starts: Uint32Array, frequencies: Uint32Array): void {
  for (let at = 0; at + 1 < starts.length; at++) frequencies[Math.min(starts[at + 1] - starts[at], MAX_TOLD_APART)]++;
}

/** Places of the numbers that occur at least so often, and how many of all rows are not theirs. */
function takeFrequent(starts: Uint32Array, least: number, rows: number, places: Uint32Array, others: Uint32Array): void {
  let taken = 0;
  for (let at = 0; at + 1 < starts.length; at++) {
    const count = starts[at + 1] - starts[at];
    if (count < least) continue;
    places[taken] = at;
    others[taken++] = rows - count;
  }
}

/** How many rows of every number are among those of the words; returns the sum. */
function countWithin(rows: Uint32Array, starts: Uint32Array, words: Uint32Array, counts: Uint32Array): number {
  let sum = 0;
  for (let at = 0; at < counts.length; at++) {
    let count = 0;
    const end = starts[at + 1];
    for (let i = starts[at]; i < end; i++) {
      const row = rows[i];
      count += (words[row >>> 5] >>> (row & 31)) & 1;
    }
    counts[at] = count;
    sum += count;
  }
  return sum;
}

/** Copies the rows that are among those of the words, in their order. */
function copyWithin(rows: Uint32Array, words: Uint32Array, target: Uint32Array): void {
  let to = 0;
  for (let i = 0; i < rows.length && to < target.length; i++) {
    const row = rows[i];
    target[to] = row;
    to += (words[row >>> 5] >>> (row & 31)) & 1;
  }
}
