/**
 * Rows grouped by a number they hold: several threads can each do a range of the sequence numbers. And a radix sort.
 */
import { Valid, type PacketColumns } from "./columns";
import { finish, type Steps } from "./steps";

const RADIX_BITS = 11;
const RADIX = 1 << RADIX_BITS;

/** Rows that lie together and in file order. */
export interface Segment {
  readonly first: number;
  readonly rows: number;
}

/** Columns that rows are grouped by. */
export type GroupKey = "seq" | "stream";

/** What grouping looks at. */
export type GroupColumns = Pick<PacketColumns, "rows" | "valid" | GroupKey>;

/** Numbers of a range, ascending, and where the rows of each begin in the list of all. */
export interface RowGroups {
  readonly values: Uint32Array<ArrayBuffer>;
  readonly starts: Uint32Array<ArrayBuffer>;
  /** Where the rows of the last number end. */
  readonly end: number;
}

/*
 * Sequence numbers are put into buckets that ascend with them: one for each number below 512, 256 for every doubling above.
 * Of a usual capture a bucket has some hundred rows, however its numbers are spread; those are sorted where they lie, in
 * the caches. Sorting all at once moved every row four times, over 48 MB that had to be there first (3 M rows, two
 * threads: 250 ms; with buckets 200, and 36 MB less before the first answer).
 */
const MANTISSA_BITS = 8;
const BUCKETS = (32 - MANTISSA_BITS + 1) << MANTISSA_BITS;

function bucketOf(number: number): number {
  const shift = Math.max(0, 31 - MANTISSA_BITS - Math.clz32(number));
  return (shift << MANTISSA_BITS) + (number >>> shift);
}

/** Bits of a number that its bucket does not tell. */
const restBitsOf = (bucket: number): number => Math.max(0, (bucket >>> MANTISSA_BITS) - 1);

/** Rows per bucket. */
export type BucketCounts = Uint32Array;

/** The sequence numbers of some buckets, in the order of all of them. */
export interface BucketRange {
  readonly first: number;
  readonly end: number;
  /** Rows of lower numbers. */
  readonly before: number;
}

/** All rows with a number, in one go, into a list that has a place for each. */
export function groupAll(columns: GroupColumns, segments: readonly Segment[], target: Uint32Array): RowGroups[] {
  const counts = countBuckets(columns, 0, columns.rows);
  return divideBuckets(counts, 1).map((range) => groupRange(columns, segments, counts, range, target));
}

/** How many rows from `first` up to `end` have a number of each bucket. */
export function countBuckets({ valid, seq }: GroupColumns, first: number, end: number): BucketCounts {
  const counts = new Uint32Array(BUCKETS);
  for (let row = first; row < end; row++) {
    if ((valid[row] & Valid.seq) === 0) continue;
    counts[bucketOf(seq[row])]++;
  }
  return counts;
}

/** All numbers in at most `parts` ranges that hold about equally many rows each. */
export function divideBuckets(counts: BucketCounts, parts: number): BucketRange[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const ranges: BucketRange[] = [];
  let first = 0;
  let before = 0;
  let here = 0;
  counts.forEach((count, bucket) => {
    here += count;
    const isLast = bucket === counts.length - 1;
    if (!isLast && (ranges.length === parts - 1 || before + here < ((ranges.length + 1) * total) / parts)) return;
    ranges.push({ first, end: bucket + 1, before });
    first = bucket + 1;
    before += here;
    here = 0;
  });
  return ranges;
}

/** How many rows have a number in a column. */
export function countKeys({ valid, rows }: Pick<GroupColumns, "rows" | "valid">, key: GroupKey): number {
  const bit = Valid[key];
  let count = 0;
  for (let row = 0; row < rows; row++) if (valid[row] & bit) count++;
  return count;
}

/** Whether any row has a number in a column. */
export function hasKey({ valid, rows }: Pick<GroupColumns, "rows" | "valid">, key: GroupKey): boolean {
  const bit = Valid[key];
  for (let row = 0; row < rows; row++) if (valid[row] & bit) return true;
  return false;
}

/**
 * Sorts the rows with a sequence number of the range into their place in `target`, the list of all rows with a number:
 * grouped by number, in file order within each. `segments`: the rows in the order of the file; `counts`: of all rows.
 */
export function groupRange(
  { valid, seq }: GroupColumns,
  segments: readonly Segment[],
  counts: BucketCounts,
  range: BucketRange,
  target: Uint32Array,
): RowGroups {
  const ends = startsOf(counts, range);
  for (const { first, rows } of segments) fillBuckets(valid, seq, first, first + rows, range, target, ends);
  const list = new GroupList();
  const sorter = new BucketSorter(seq, target);
  let start = range.before;
  for (let bucket = range.first; bucket < range.end; bucket++) {
    const end = ends[bucket - range.first];
    if (end > start) sorter.sort(start, end, restBitsOf(bucket), list);
    start = end;
  }
  return { ...list.groups(), end: start };
}

/** Where the rows of each bucket of a range begin. */
function startsOf(counts: BucketCounts, { first, end, before }: BucketRange): Uint32Array {
  const starts = new Uint32Array(end - first);
  let sum = before;
  for (let bucket = first; bucket < end; bucket++) {
    starts[bucket - first] = sum;
    sum += counts[bucket];
  }
  return starts;
}

/*
 * Every loop over rows stands in a small function of its own: compiled while it runs, a larger one is given up again where
 * the loop ends, and its next loop begins uncompiled (a quarter of the time of sorting 3 M rows).
 */

/** Puts the rows from `first` up to `last` into their buckets; `places`: where the next of each goes. */
function fillBuckets(
  valid: Uint16Array,
  seq: Uint32Array,
  first: number,
  last: number,
  range: BucketRange,
  target: Uint32Array,
  places: Uint32Array,
): void {
  const { first: lowest } = range;
  const count = range.end - lowest;
  for (let row = first; row < last; row++) {
    const bucket = bucketOf(seq[row]) - lowest;
    if (bucket >= 0 && bucket < count && (valid[row] & Valid.seq) !== 0) target[places[bucket]++] = row;
  }
}

/** Numbers and where they begin, as many as there turn out to be. */
class GroupList {
  #values = new Uint32Array(1024);
  #starts = new Uint32Array(1024);
  #length = 0;

  add(value: number, start: number): void {
    if (this.#length === this.#values.length) {
      this.#values = twice(this.#values);
      this.#starts = twice(this.#starts);
    }
    this.#values[this.#length] = value;
    this.#starts[this.#length++] = start;
  }

  groups(): { values: Uint32Array<ArrayBuffer>; starts: Uint32Array<ArrayBuffer> } {
    return { values: this.#values.slice(0, this.#length), starts: this.#starts.slice(0, this.#length) };
  }
}

function twice(list: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * list.length);
  larger.set(list);
  return larger;
}

/** Sorts the rows of one bucket after the other. */
class BucketSorter {
  readonly #seq: Uint32Array;
  readonly #target: Uint32Array;
  /** Numbers and rows of a bucket, and room for as many. */
  #lists = listsOf(1024);
  /** Where the next number with each digit goes. */
  readonly #places = new Uint32Array(DIGITS);

  constructor(seq: Uint32Array, target: Uint32Array) {
    this.#seq = seq;
    this.#target = target;
  }

  /** The rows target[start, end), of which the lowest `bits` bits of their numbers may differ; adds their groups. */
  sort(start: number, end: number, bits: number, list: GroupList): void {
    const total = end - start;
    const [first] = this.#lists;
    if (total > first.length) this.#lists = listsOf(2 * total);
    let [keys, rows, otherKeys, otherRows] = this.#lists;
    const differing = gather(this.#seq, this.#target, start, keys, rows, total);
    for (let shift = 0; shift < bits; shift += DIGIT_BITS) {
      if (((differing >>> shift) & (DIGITS - 1)) === 0) continue;
      scatterDigit(keys, rows, otherKeys, otherRows, total, shift, this.#places);
      [keys, rows, otherKeys, otherRows] = [otherKeys, otherRows, keys, rows];
    }
    if (differing !== 0) put(rows, this.#target, start, total);
    addGroups(keys, total, start, list);
  }
}

const listsOf = (length: number): Lists => [
  new Uint32Array(length),
  new Uint32Array(length),
  new Uint32Array(length),
  new Uint32Array(length),
];

const DIGIT_BITS = 8;
const DIGITS = 1 << DIGIT_BITS;

/** Rows of a bucket with their numbers; returns the bits in which these differ. */
function gather(seq: Uint32Array, target: Uint32Array, start: number, keys: Uint32Array, rows: Uint32Array, total: number): number {
  const one = seq[target[start]];
  let differing = 0;
  for (let i = 0; i < total; i++) {
    const row = target[start + i];
    const key = seq[row];
    rows[i] = row;
    keys[i] = key;
    differing |= key ^ one;
  }
  return differing;
}

function scatterDigit(
  keys: Uint32Array,
  rows: Uint32Array,
  sortedKeys: Uint32Array,
  sortedRows: Uint32Array,
  total: number,
  shift: number,
  places: Uint32Array,
): void {
  places.fill(0);
  for (let i = 0; i < total; i++) places[(keys[i] >>> shift) & (DIGITS - 1)]++;
  let sum = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const here = places[digit];
    places[digit] = sum;
    sum += here;
  }
  for (let i = 0; i < total; i++) {
    const at = places[(keys[i] >>> shift) & (DIGITS - 1)]++;
    sortedKeys[at] = keys[i];
    sortedRows[at] = rows[i];
  }
}

function put(rows: Uint32Array, target: Uint32Array, start: number, total: number): void {
  for (let i = 0; i < total; i++) target[start + i] = rows[i];
}

function addGroups(keys: Uint32Array, total: number, start: number, list: GroupList): void {
  let last = -1;
  for (let i = 0; i < total; i++) {
    if (keys[i] === last) continue;
    last = keys[i];
    list.add(last, start + i);
  }
}

/** Keys ascending, each with its row. */
export interface Sorted {
  readonly rows: Uint32Array;
  readonly keys: Uint32Array;
}

/** How often each of the three digits has each value. */
function histogramsOf(keys: Uint32Array): Uint32Array[] {
  const low = new Uint32Array(RADIX);
  const middle = new Uint32Array(RADIX);
  const high = new Uint32Array(RADIX);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    low[key & (RADIX - 1)]++;
    middle[(key >>> RADIX_BITS) & (RADIX - 1)]++;
    high[key >>> (2 * RADIX_BITS)]++;
  }
  return [low, middle, high];
}

/** Keys, their rows, and room for as many of both. */
export type Lists = readonly [keys: Uint32Array, rows: Uint32Array, otherKeys: Uint32Array, otherRows: Uint32Array];

/** The first `total` keys ascending, each with its row; equal keys keep their order. Least digit first; overwrites all lists. */
export const radixSort = (lists: Lists, total: number): Sorted => finish(radixSteps(lists, total));

/** The same, a digit a step. */
export function* radixSteps(lists: Lists, total: number): Steps<Sorted> {
  const [keys, rows, otherKeys, otherRows] = lists.map((list) =>
    list.length === total ? list : list.subarray(0, total),
  ) as unknown as Lists;
  let from: Sorted = { keys, rows };
  let to: Sorted = { keys: otherKeys, rows: otherRows };
  for (const [digitPlace, offsets] of histogramsOf(keys).entries()) {
    // A digit that all numbers share moves nothing.
    if (offsets.includes(total)) continue;
    yield;
    let sum = 0;
    for (let digit = 0; digit < RADIX; digit++) {
      const here = offsets[digit];
      offsets[digit] = sum;
      sum += here;
    }
    scatter(from, to, offsets, digitPlace * RADIX_BITS);
    [from, to] = [to, from];
  }
  return from;
}

/** One pass of the radix sort, in a function of its own for the optimising compiler. */
function scatter(from: Sorted, to: Sorted, offsets: Uint32Array, shift: number): void {
  const { keys, rows } = from;
  const { keys: sortedKeys, rows: sortedRows } = to;
  for (let i = 0; i < keys.length; i++) {
    const target = offsets[(keys[i] >>> shift) & (RADIX - 1)]++;
    sortedKeys[target] = keys[i];
    sortedRows[target] = rows[i];
  }
}
