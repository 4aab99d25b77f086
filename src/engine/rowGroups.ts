/**
 * Rows grouped by a number they hold: how sequence numbers are divided, so that several threads can each do a range of them (see
 * sort/numberSorter.ts). And a radix sort.
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
 * Of a usual capture a bucket has some hundred rows, however its numbers are spread; those are sorted by themselves, in
 * the caches. Sorting all at once moved every row four times, over 48 MB that had to be there first (3 M rows, two
 * threads: 250 ms; with buckets 200, and 36 MB less before the first answer; by the sorter 150).
 */
const MANTISSA_BITS = 8;
const BUCKETS = (32 - MANTISSA_BITS + 1) << MANTISSA_BITS;

function bucketOf(number: number): number {
  const shift = Math.max(0, 31 - MANTISSA_BITS - Math.clz32(number));
  return (shift << MANTISSA_BITS) + (number >>> shift);
}

/** Rows per bucket. */
export type BucketCounts = Uint32Array;

/** The sequence numbers of some buckets, in the order of all of them. */
export interface BucketRange {
  readonly first: number;
  readonly end: number;
  /** Rows of lower numbers. */
  readonly before: number;
}

/** How many rows from `first` up to `end` have a number of each bucket. */
export function countBuckets({ valid, seq }: Pick<GroupColumns, "valid" | "seq">, first: number, end: number): BucketCounts {
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
