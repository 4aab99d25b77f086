/** What a run says of the rows of every finding, of which there may be as many as the capture has: in short loops, a block at a time. */
import { Valid, type PacketColumns, type SecondsColumn } from "../columns";
import { gather32 } from "../packetBatch";
import type { StreamColumns } from "../streams";

/** Rows looked up at a time: they lie far apart in memory, and in loops of their own the processor waits for many at once. */
const BLOCK_ROWS = 1024;
/** A bit for every stream number up to the largest, while those are no more than so many per row. */
const BITS_PER_ROW = 32;

interface Span {
  first: number;
  last: number;
}

/** The earliest row, of equal ones the first, and the latest, of equal ones the last; -1 without times. */
export function spanOf(columns: Pick<PacketColumns, "valid" | "seconds" | "nanos">, rows: Uint32Array): Readonly<Span> {
  const block = new Float64Array(BLOCK_ROWS);
  const span = { first: -1, last: -1 };
  for (let at = 0; at < rows.length; at += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, rows.length - at);
    gather64(block, columns.seconds, rows, at, count);
    widen(span, columns, block, rows, at, count);
  }
  return span;
}

function gather64(target: Float64Array, source: SecondsColumn, rows: Uint32Array, first: number, count: number): void {
  for (let i = 0; i < count; i++) target[i] = source[rows[first + i]];
}

/** By the block's seconds, whose rows begin at a place of the list. Few rows are early or late enough to look at more. */
function widen(
  span: Span,
  { valid, seconds, nanos }: Pick<PacketColumns, "valid" | "seconds" | "nanos">,
  block: Float64Array,
  rows: Uint32Array,
  at: number,
  count: number,
): void {
  let { first, last } = span;
  let least = first < 0 ? Infinity : seconds[first];
  let most = last < 0 ? -Infinity : seconds[last];
  for (let i = 0; i < count; i++) {
    const second = block[i];
    if (second > least && second < most) continue;
    const row = rows[at + i];
    if ((valid[row] & Valid.time) === 0) continue;
    if (first < 0 || second < least || (second === least && nanos[row] < nanos[first])) {
      first = row;
      least = second;
    }
    if (last < 0 || second > most || (second === most && nanos[row] >= nanos[last])) {
      last = row;
      most = second;
    }
  }
  span.first = first;
  span.last = last;
}

/** How many streams rows belong to, and the lowest numbers of those, ascending, at most `most`. */
export function streamsOf({ valid, stream }: StreamColumns, rows: Uint32Array, most: number): { count: number; least: number[] } {
  const numbers = new Uint32Array(rows.length);
  gather32(numbers, stream, rows, 0, rows.length);
  const largest = largestOf(numbers);
  if (largest < BITS_PER_ROW * rows.length + 1024) return countInBits(numbers, valid, rows, largest, most);
  return countSorted(numbers.subarray(0, keepNumbered(numbers, valid, rows)).sort(), most);
}

/** Moves the numbers of rows with one to the front; how many these are. */
function keepNumbered(numbers: Uint32Array, valid: Uint16Array, rows: Uint32Array): number {
  let found = 0;
  for (let i = 0; i < rows.length; i++) if (valid[rows[i]] & Valid.stream) numbers[found++] = numbers[i];
  return found;
}

function largestOf(numbers: Uint32Array): number {
  let largest = 0;
  for (let i = 0; i < numbers.length; i++) if (numbers[i] > largest) largest = numbers[i];
  return largest;
}

/** Whether a row has its number is only looked up when it would be a new one. */
function countInBits(
  numbers: Uint32Array,
  valid: Uint16Array,
  rows: Uint32Array,
  largest: number,
  most: number,
): { count: number; least: number[] } {
  const bits = new Uint32Array((largest >>> 5) + 1);
  let count = 0;
  for (let i = 0; i < numbers.length; i++) {
    const word = numbers[i] >>> 5;
    const bit = 1 << (numbers[i] & 31);
    if ((bits[word] & bit) !== 0 || (valid[rows[i]] & Valid.stream) === 0) continue;
    bits[word] |= bit;
    count++;
  }
  const least: number[] = [];
  for (let number = 0; number <= largest && least.length < most; number++)
    if ((bits[number >>> 5] >>> (number & 31)) & 1) least.push(number);
  return { count, least };
}

function countSorted(numbers: Uint32Array, most: number): { count: number; least: number[] } {
  const least: number[] = [];
  let count = 0;
  for (let i = 0; i < numbers.length; i++) {
    if (i > 0 && numbers[i] === numbers[i - 1]) continue;
    count++;
    if (least.length < most) least.push(numbers[i]);
  }
  return { count, least };
}
