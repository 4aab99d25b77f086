/** Rows in the order in which their packets were captured, whatever the order of the file. */
import { Valid, type PacketColumns } from "./columns";
import { gather32 } from "./packetBatch";
import { radixSort, type Lists, type Segment } from "./rowGroups";

/** What orders packets. */
export type TimedColumns = Pick<PacketColumns, "valid" | "frame" | "seconds" | "nanos">;

/** Nanoseconds of a second. */
const SECOND_NANOS = 1e9;

/** All rows in the order of the file. `segments`: as the file has them. */
export function rowsInFileOrder(segments: readonly Segment[]): Uint32Array<ArrayBuffer> {
  const list = new Uint32Array(segments.reduce((sum, { rows }) => sum + rows, 0));
  let at = 0;
  for (const { first, rows } of segments) for (let row = first; row < first + rows; row++) list[at++] = row;
  return list;
}

/**
 * The rows given, in capture order: by `frame.number` if all of them have one, else by time, those without a time last. Equal ones keep the
 * order they are given in. Returns the list itself where it is in order, as in most captures.
 */
export function sortByCapture(columns: TimedColumns, rows: Uint32Array): Uint32Array {
  const { valid, frame } = columns;
  if (!haveFrames(valid, rows)) return sortByTime(columns, rows);
  const keys = new Uint32Array(rows.length);
  gather32(keys, frame, rows, 0, rows.length);
  return sortByKeys(rows, keys);
}

/** The first and the last of some rows in capture order, of which there has to be one: without sorting them where each has a frame number. */
export function endsByCapture(columns: TimedColumns, rows: Uint32Array): { first: number; last: number } {
  const { valid, frame } = columns;
  if (!haveFrames(valid, rows)) {
    const sorted = sortByTime(columns, rows);
    return { first: sorted[0], last: sorted[sorted.length - 1] };
  }
  let first = rows[0];
  let last = rows[0];
  for (let i = 1; i < rows.length; i++) {
    if (frame[rows[i]] < frame[first]) first = rows[i];
    if (frame[rows[i]] >= frame[last]) last = rows[i];
  }
  return { first, last };
}

function haveFrames(valid: Uint16Array, rows: Uint32Array): boolean {
  for (let i = 0; i < rows.length; i++) if ((valid[rows[i]] & Valid.frame) === 0) return false;
  return true;
}

function sortByTime({ valid, seconds, nanos }: TimedColumns, rows: Uint32Array): Uint32Array {
  const isTimed = (row: number): boolean => (valid[row] & Valid.time) !== 0;
  let earliest = Infinity;
  let latest = -Infinity;
  let isInOrder = true;
  let lastSecond = -Infinity;
  let lastNanos = 0;
  for (const row of rows) {
    const second = isTimed(row) ? seconds[row] : Infinity;
    if (second < lastSecond || (second === lastSecond && second !== Infinity && nanos[row] < lastNanos)) isInOrder = false;
    lastSecond = second;
    lastNanos = nanos[row];
    if (second === Infinity) continue;
    earliest = Math.min(earliest, second);
    latest = Math.max(latest, second);
  }
  if (isInOrder) return rows;
  // Least significant first. A capture of more than 136 years is cut off there: its rows behind keep the order they had.
  const most = Math.min(latest - earliest, 0xfffffffe);
  const nanoKeys = keysOf(rows, (row) => (isTimed(row) ? nanos[row] % SECOND_NANOS : 0));
  const byNanos = sortByKeys(rows, nanoKeys);
  const secondKeys = keysOf(byNanos, (row) => (isTimed(row) ? Math.min(seconds[row] - earliest, most) : 0xffffffff));
  return sortByKeys(byNanos, secondKeys);
}

function keysOf(rows: Uint32Array, keyOf: (row: number) => number): Uint32Array<ArrayBuffer> {
  const keys = new Uint32Array(rows.length);
  for (let i = 0; i < rows.length; i++) keys[i] = keyOf(rows[i]);
  return keys;
}

/** Stably by the number of 32 bits that each row has; overwrites those. */
function sortByKeys(rows: Uint32Array, keys: Uint32Array<ArrayBuffer>): Uint32Array {
  if (isAscending(keys)) return rows;
  const lists: Lists = [keys, rows.slice(), new Uint32Array(rows.length), new Uint32Array(rows.length)];
  return radixSort(lists, rows.length).rows;
}

function isAscending(keys: Uint32Array): boolean {
  for (let i = 1; i < keys.length; i++) if (keys[i] < keys[i - 1]) return false;
  return true;
}
