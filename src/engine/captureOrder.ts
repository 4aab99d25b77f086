/** Rows in the order in which their packets were captured, whatever the order of the file. */
import { Valid, type PacketColumns } from "./columns";
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
export function sortByCapture(columns: TimedColumns, rows: Uint32Array<ArrayBuffer>): Uint32Array {
  const { valid, frame } = columns;
  let hasFrames = true;
  for (let i = 0; i < rows.length && hasFrames; i++) hasFrames = (valid[rows[i]] & Valid.frame) !== 0;
  return hasFrames ? sortBy(rows, (row) => frame[row]) : sortByTime(columns, rows);
}

function sortByTime({ valid, seconds, nanos }: TimedColumns, rows: Uint32Array<ArrayBuffer>): Uint32Array {
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
  const byNanos = sortBy(rows, (row) => (isTimed(row) ? nanos[row] % SECOND_NANOS : 0));
  return sortBy(byNanos, (row) => (isTimed(row) ? Math.min(seconds[row] - earliest, most) : 0xffffffff));
}

/** Stably by a number of 32 bits. */
function sortBy(rows: Uint32Array<ArrayBuffer>, keyOf: (row: number) => number): Uint32Array<ArrayBuffer> {
  const keys = new Uint32Array(rows.length);
  let isInOrder = true;
  for (let i = 0; i < rows.length; i++) {
    keys[i] = keyOf(rows[i]);
    if (i > 0 && keys[i] < keys[i - 1]) isInOrder = false;
  }
  if (isInOrder) return rows;
  const lists: Lists = [keys, rows.slice(), new Uint32Array(rows.length), new Uint32Array(rows.length)];
  return radixSort(lists, rows.length).rows as Uint32Array<ArrayBuffer>;
}
