/**
 * The index of sequence numbers: for every number its rows, in file order. Made once by a radix sort; counts, ranking
 * and every timeline come from it.
 */
import type { SequenceCount, SequenceOrder } from "../shared/model";
import { Valid, type PacketColumns } from "./columns";

const RADIX_BITS = 11;
const RADIX = 1 << RADIX_BITS;

/** Rows that lie together and in file order. */
export interface Segment {
  readonly first: number;
  readonly rows: number;
}

/** Numbers with their rows. rows[starts[i], starts[i + 1]) are the rows of number values[i]. */
export class SequenceIndex {
  /** Different numbers, ascending. */
  readonly values: Uint32Array;
  readonly starts: Uint32Array;
  /** All rows with a number, grouped by number, in file order within each. */
  readonly rows: Uint32Array;
  readonly #segments: readonly Segment[];
  #byCount: Uint32Array | undefined;

  /** `segments`: the rows in the order of the file. */
  constructor(columns: PacketColumns, segments: readonly Segment[]) {
    this.#segments = segments;
    const { rows, keys } = sortBySeq(columns, segments);
    this.rows = rows;
    let distinct = 0;
    for (let i = 0; i < keys.length; i++) if (i === 0 || keys[i] !== keys[i - 1]) distinct++;
    this.values = new Uint32Array(distinct);
    this.starts = new Uint32Array(distinct + 1);
    let at = 0;
    for (let i = 0; i < keys.length; i++) {
      if (i > 0 && keys[i] === keys[i - 1]) continue;
      this.values[at] = keys[i]!;
      this.starts[at++] = i;
    }
    this.starts[distinct] = keys.length;
  }

  /** Rows of one number, in file order; empty when it does not occur. */
  rowsOf(seq: number): Uint32Array {
    let low = 0;
    let high = this.values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.values[middle] < seq) low = middle + 1;
      else high = middle;
    }
    if (this.values[low] !== seq) return this.rows.subarray(0, 0);
    return this.rows.subarray(this.starts[low], this.starts[low + 1]);
  }

  /** A page of the numbers with their counts. By count: most frequent first, ties by first appearance in the file. */
  list(order: SequenceOrder, from: number, count: number): SequenceCount[] {
    const items: SequenceCount[] = [];
    const end = Math.min(this.values.length, from + count);
    for (let rank = Math.max(0, from); rank < end; rank++) {
      const at = order === "count" ? this.#ranking()[rank] : rank;
      items.push({ seq: this.values[at], count: this.starts[at + 1] - this.starts[at] });
    }
    return items;
  }

  /** Places in `values` by count. */
  #ranking(): Uint32Array {
    if (this.#byCount) return this.#byCount;
    const distinct = this.values.length;
    const total = this.rows.length;
    const ordinalOf = fileOrder(this.#segments);
    const ordinals = new Float64Array(distinct);
    for (let at = 0; at < distinct; at++) ordinals[at] = ordinalOf(this.rows[this.starts[at]]);
    // Count and rank of first appearance in one number: exact while rows * distinct numbers < 2^53.
    const byAppearance = sortedPlaces(ordinals);
    const keys = new Float64Array(distinct);
    for (let rank = 0; rank < distinct; rank++) {
      const at = byAppearance[rank];
      keys[rank] = (total - (this.starts[at + 1] - this.starts[at])) * distinct + rank;
    }
    keys.sort();
    this.#byCount = Uint32Array.from(keys, (key) => byAppearance[key % distinct]);
    return this.#byCount;
  }
}

/** For a row, how many rows stand before it in the file. */
function fileOrder(segments: readonly Segment[]): (row: number) => number {
  let before = 0;
  const filled = segments.filter(({ rows }) => rows > 0);
  const placed = filled.map(({ first, rows }) => {
    const segment = { first, before };
    before += rows;
    return segment;
  });
  placed.sort((a, b) => a.first - b.first);
  const firsts = Float64Array.from(placed, ({ first }) => first);
  return (row) => {
    let low = 0;
    let high = firsts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (firsts[middle] <= row) low = middle;
      else high = middle;
    }
    return placed[low].before + row - placed[low].first;
  };
}

/** Places of different whole numbers, ascending by number. */
function sortedPlaces(numbers: Float64Array): Uint32Array {
  const placeOf = new Map<number, number>();
  numbers.forEach((number, place) => placeOf.set(number, place));
  return Uint32Array.from(numbers.slice().sort(), (number) => placeOf.get(number)!);
}

/** Rows that have a number and their numbers, sorted by number; equal ones keep file order. LSD radix, 3 x 11 bits. */
function sortBySeq({ valid, seq }: PacketColumns, segments: readonly Segment[]): { rows: Uint32Array; keys: Uint32Array } {
  let total = 0;
  for (const { first, rows } of segments) for (let row = first; row < first + rows; row++) total += valid[row] & Valid.seq;
  let rows = new Uint32Array(total);
  let keys = new Uint32Array(total);
  let at = 0;
  for (const segment of segments) {
    for (let row = segment.first; row < segment.first + segment.rows; row++) {
      if ((valid[row] & Valid.seq) === 0) continue;
      rows[at] = row;
      keys[at++] = seq[row];
    }
  }
  let otherRows = new Uint32Array(total);
  let otherKeys = new Uint32Array(total);
  for (let shift = 0; shift < 32; shift += RADIX_BITS) {
    const offsets = new Uint32Array(RADIX);
    for (let i = 0; i < total; i++) offsets[(keys[i] >>> shift) & (RADIX - 1)]++;
    let sum = 0;
    for (let digit = 0; digit < RADIX; digit++) {
      const here = offsets[digit];
      offsets[digit] = sum;
      sum += here;
    }
    for (let i = 0; i < total; i++) {
      const target = offsets[(keys[i] >>> shift) & (RADIX - 1)]++;
      otherKeys[target] = keys[i]!;
      otherRows[target] = rows[i]!;
    }
    [rows, otherRows] = [otherRows, rows];
    [keys, otherKeys] = [otherKeys, keys];
  }
  return { rows, keys };
}
