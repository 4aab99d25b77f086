/** What a run says of the rows of every finding, of which there may be as many as the capture has: in short loops, a block at a time. */
import { Valid, type PacketColumns } from "../columns";
import { gather16, gather32 } from "../packetBatch";
import type { StreamColumns } from "../streams";

/** Rows looked up at a time: they lie far apart in memory, and in loops of their own the processor waits for many at once. */
const BLOCK_ROWS = 1024;
/** A bit for every stream number up to the largest, while those are no more than so many per row. */
const BITS_PER_ROW = 32;

/** Times of a block's rows. */
interface TimeBlock {
  readonly valid: Uint16Array;
  readonly seconds: Float64Array;
  readonly nanos: Uint32Array;
}

interface Span {
  first: number;
  last: number;
}

/** The earliest row, of equal ones the first, and the latest, of equal ones the last; -1 without times. */
export function spanOf(columns: Pick<PacketColumns, "valid" | "seconds" | "nanos">, rows: Uint32Array): Readonly<Span> {
  const { valid, seconds, nanos } = columns;
  const block: TimeBlock = {
    valid: new Uint16Array(BLOCK_ROWS),
    seconds: new Float64Array(BLOCK_ROWS),
    nanos: new Uint32Array(BLOCK_ROWS),
  };
  const span = { first: -1, last: -1 };
  for (let at = 0; at < rows.length; at += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, rows.length - at);
    gather16(block.valid, valid, rows, at, count);
    gather64(block.seconds, seconds, rows, at, count);
    gather32(block.nanos, nanos, rows, at, count);
    widen(span, columns, block, rows, at, count);
  }
  return span;
}

function gather64(target: Float64Array, source: Float64Array, rows: Uint32Array, first: number, count: number): void {
  for (let i = 0; i < count; i++) target[i] = source[rows[first + i]];
}

/** By the block's rows, which begin at a place of the list. */
function widen(
  span: Span,
  { seconds, nanos }: Pick<PacketColumns, "seconds" | "nanos">,
  block: TimeBlock,
  rows: Uint32Array,
  at: number,
  count: number,
): void {
  let { first, last } = span;
  for (let i = 0; i < count; i++) {
    if ((block.valid[i] & Valid.time) === 0) continue;
    const second = block.seconds[i];
    const nano = block.nanos[i];
    if (first < 0 || second < seconds[first] || (second === seconds[first] && nano < nanos[first])) first = rows[at + i];
    if (last < 0 || second > seconds[last] || (second === seconds[last] && nano >= nanos[last])) last = rows[at + i];
  }
  span.first = first;
  span.last = last;
}

/** How many streams rows belong to, and the lowest numbers of those, ascending, at most `most`. */
export function streamsOf({ valid, stream }: StreamColumns, rows: Uint32Array, most: number): { count: number; least: number[] } {
  const numbers = new Uint32Array(rows.length);
  gather32(numbers, stream, rows, 0, rows.length);
  const all = numbers.subarray(0, keepNumbered(numbers, valid, rows));
  const largest = largestOf(all);
  return largest < BITS_PER_ROW * all.length + 1024 ? countInBits(all, largest, most) : countSorted(all.sort(), most);
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

function countInBits(numbers: Uint32Array, largest: number, most: number): { count: number; least: number[] } {
  const bits = new Uint32Array((largest >>> 5) + 1);
  let count = 0;
  for (let i = 0; i < numbers.length; i++) {
    const word = numbers[i] >>> 5;
    const bit = 1 << (numbers[i] & 31);
    if ((bits[word] & bit) === 0) count++;
    bits[word] |= bit;
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
