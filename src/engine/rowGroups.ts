/**
 * Rows grouped by a number they hold, by a radix sort of which several threads can each do a range of numbers.
 */
import { Valid, type PacketColumns } from "./columns";
import { finish, type Steps } from "./steps";

const RADIX_BITS = 11;
const RADIX = 1 << RADIX_BITS;
const MAX_U32 = 0xffffffff;
/** Numbers looked at to divide them among threads. */
const SAMPLES = 4096;

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

/** A range of numbers, both ends included. */
export interface KeyRange {
  readonly least: number;
  readonly most: number;
}

/** Every number. */
export const ALL_KEYS: KeyRange = { least: 0, most: MAX_U32 };

/** All numbers in at most `parts` ranges that hold about equally many rows each, by a sample. */
export function divideKeys(columns: GroupColumns, key: GroupKey, parts: number): KeyRange[] {
  const { valid, rows } = columns;
  const step = Math.max(1, Math.floor(rows / SAMPLES));
  const sample: number[] = [];
  for (let row = 0; row < rows; row += step) if (valid[row] & Valid[key]) sample.push(columns[key][row]);
  sample.sort((a, b) => a - b);
  const ranges: KeyRange[] = [];
  let least = 0;
  for (let part = 1; part <= parts && least <= MAX_U32; part++) {
    const most = part === parts ? MAX_U32 : (sample[Math.floor((part * sample.length) / parts)] ?? MAX_U32);
    if (most < least) continue;
    ranges.push({ least, most });
    least = most + 1;
  }
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
 * grouped by number, in file order within each. `segments`: the rows in the order of the file. `spare`: memory nobody
 * else uses now, with a place for every row; threads that do other ranges use other places of it.
 */
export function groupRange(
  { valid, seq, rows: allRows }: PacketColumns,
  segments: readonly Segment[],
  { least, most }: KeyRange,
  target: Uint32Array,
  spare?: SpareLists,
): RowGroups {
  const { before, total } = countRange(valid, seq, allRows, least, most);
  const list = (at: 0 | 1 | 2): Uint32Array => spare?.[at].subarray(before, before + total) ?? new Uint32Array(total);
  const own = target.subarray(before, before + total);
  const lists: Lists = [list(0), list(1), list(2), own];
  const [foundKeys, foundRows] = lists;
  let found = 0;
  for (const { first, rows } of segments) found = collect(valid, seq, first, first + rows, least, most, foundKeys, foundRows, found);
  const { rows, keys } = radixSort(lists, total);
  if (rows !== own) own.set(rows);
  return { ...groupsOf(keys, before), end: before + total };
}

/*
 * Every loop over rows stands in a small function of its own: compiled while it runs, a larger one is given up again where
 * the loop ends, and its next loop begins uncompiled (a quarter of the time of sorting 3 M rows).
 */

/** How many rows have a number below the range, and how many one of it. */
function countRange(valid: Uint16Array, seq: Uint32Array, rows: number, least: number, most: number): { before: number; total: number } {
  let before = 0;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const number = seq[row];
    if ((valid[row] & Valid.seq) === 0 || number > most) continue;
    if (number < least) before++;
    else total++;
  }
  return { before, total };
}

/** Adds the rows from `first` up to `end` with a number of the range to the `found` there are; returns how many there are then. */
function collect(
  valid: Uint16Array,
  seq: Uint32Array,
  first: number,
  end: number,
  least: number,
  most: number,
  keys: Uint32Array,
  rows: Uint32Array,
  found: number,
): number {
  for (let row = first; row < end; row++) {
    const number = seq[row];
    if ((valid[row] & Valid.seq) === 0 || number < least || number > most) continue;
    rows[found] = row;
    keys[found++] = number;
  }
  return found;
}

/** Each of ascending keys, and where it begins, `before` places further on. */
function groupsOf(keys: Uint32Array, before: number): { values: Uint32Array<ArrayBuffer>; starts: Uint32Array<ArrayBuffer> } {
  let distinct = 0;
  for (let i = 0; i < keys.length; i++) if (i === 0 || keys[i] !== keys[i - 1]) distinct++;
  const values = new Uint32Array(distinct);
  const starts = new Uint32Array(distinct);
  let at = 0;
  for (let i = 0; i < keys.length; i++) {
    if (i > 0 && keys[i] === keys[i - 1]) continue;
    values[at] = keys[i];
    starts[at++] = before + i;
  }
  return { values, starts };
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

/** Memory for a sort of all rows: 12 bytes each. */
export type SpareLists = readonly [Uint32Array, Uint32Array, Uint32Array];

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
