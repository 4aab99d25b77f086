/**
 * Packets of a few streams, for detectors that look at streams one by one: the streams that hold anything of interest are found by
 * reading rows as they lie in memory, and only their packets are looked up.
 */
import { Valid, type PacketColumns } from "../columns";
import type { FollowedStreams } from "../followStreams";
import { BATCH_PACKETS, PacketBatch, UNKNOWN_WINDOW } from "../packetRecords";
import { TcpFlag } from "../tcpFlags";
import type { StreamColumns } from "../streams";

/** Rows between two pauses. */
const PART_ROWS = 1 << 22;
/** A mark for every stream number up to the largest, while those are no more than so many per row. */
const MARKS_PER_ROW = 4;

/** Bits to look for in a column: flags or labels. */
export interface Wanted {
  readonly values: Uint16Array;
  readonly mask: number;
}

/** Places in the walk's streams of those with a row that has any of the wanted bits, ascending. */
export async function findStreams(
  { numbers, walk }: FollowedStreams,
  wanted: readonly Wanted[],
  rows: number,
  pause: () => Promise<void>,
): Promise<Uint32Array> {
  const { streams } = walk;
  const most = streams.length === 0 ? 0 : streams[streams.length - 1];
  const isDense = most < MARKS_PER_ROW * rows + 1024;
  const marks = new Uint8Array(isDense ? most + 1 : streams.length);
  for (let first = 0; first < rows; first += PART_ROWS) {
    for (const each of wanted) mark(marks, isDense ? undefined : streams, numbers, each, first, Math.min(rows, first + PART_ROWS));
    await pause();
  }
  return collect(marks, isDense, streams);
}

/** By stream number, or by place among `streams` where those are given. */
function mark(
  marks: Uint8Array,
  streams: Uint32Array | undefined,
  { valid, stream }: StreamColumns,
  { values, mask }: Wanted,
  first: number,
  end: number,
): void {
  for (let row = first; row < end; row++) {
    if ((values[row] & mask) === 0 || (valid[row] & Valid.stream) === 0) continue;
    marks[streams ? placeOfNumber(streams, stream[row]) : stream[row]] = 1;
  }
}

function collect(marks: Uint8Array, isDense: boolean, streams: Uint32Array): Uint32Array {
  let count = 0;
  for (let place = 0; place < streams.length; place++) count += marks[isDense ? streams[place] : place];
  const found = new Uint32Array(count);
  let at = 0;
  for (let place = 0; place < streams.length; place++) if (marks[isDense ? streams[place] : place] !== 0) found[at++] = place;
  return found;
}

/** Place of a number among ascending ones that hold it. */
export function placeOfNumber(numbers: Uint32Array, wanted: number): number {
  let least = 0;
  let most = numbers.length;
  while (least + 1 < most) {
    const middle = (least + most) >> 1;
    if (numbers[middle] <= wanted) least = middle;
    else most = middle;
  }
  return least;
}

/** Packets looked at between two pauses: 20 to 50 ms of work. */
export const PAUSE_PACKETS = 1 << 17;
/** From this share of all packets on, records of all packets are made instead of looking packets up, which lie anywhere in memory. */
const DENSE_SHARE = 1 / 8;

/** The packets of some streams, batch by batch: those are in `batch`, but for their times. */
export class StreamPackets {
  readonly batch = new PacketBatch();
  readonly ttl = new Uint16Array(BATCH_PACKETS);
  readonly #columns: PacketColumns;
  readonly #streams: FollowedStreams;
  readonly #isDense: boolean;
  readonly #withTtl: boolean;

  /** `places`: those of the streams to be looked at, in the order of the walk. */
  constructor(columns: PacketColumns, streams: FollowedStreams, places: Uint32Array, withTtl: boolean) {
    this.#columns = columns;
    this.#streams = streams;
    this.#withTtl = withTtl;
    const { starts, rows } = streams.walk;
    let packets = 0;
    for (const place of places) packets += starts[place + 1] - starts[place];
    this.#isDense = packets > DENSE_SHARE * rows.length;
  }

  /** Takes the packets at the places [first, first + count) of the walk, at most BATCH_PACKETS of them. Short loops: the processor can wait for many rows at once. */
  load(first: number, count: number): void {
    const { batch } = this;
    const { rows } = this.#streams.walk;
    const columns = this.#columns;
    if (this.#withTtl) gather16(this.ttl, columns.ttl, rows, first, count);
    if (this.#isDense) {
      batch.load(this.#streams.records, first, count);
      return;
    }
    gather16(batch.valid, columns.valid, rows, first, count);
    gather16(batch.flags, columns.flags, rows, first, count);
    gather32(batch.seq, columns.seq, rows, first, count);
    gather32(batch.ack, columns.ack, rows, first, count);
    gather32(batch.len, columns.len, rows, first, count);
    gather32(batch.window, columns.window, rows, first, count);
    this.#correct(count);
  }

  /** As PacketRecords has them. */
  #correct(count: number): void {
    const { flags, ack, valid, window } = this.batch;
    for (let i = 0; i < count; i++) {
      const bits = valid[i];
      const hasAck = (bits & Valid.ack) !== 0;
      if ((bits & Valid.flags) === 0) flags[i] = hasAck && ack[i] !== 0 ? TcpFlag.ack : 0;
      else if (!hasAck) flags[i] &= ~TcpFlag.ack;
      if ((bits & Valid.window) === 0) window[i] = UNKNOWN_WINDOW;
    }
  }

  /** Time from one row to another, ns; NaN unless both have one. */
  between(from: number, to: number): number {
    const { valid, seconds, nanos } = this.#columns;
    if ((valid[from] & valid[to] & Valid.time) === 0) return NaN;
    return (seconds[to] - seconds[from]) * 1e9 + nanos[to] - nanos[from];
  }
}

function gather16(target: Uint16Array, source: Uint16Array, rows: Uint32Array, first: number, count: number): void {
  for (let i = 0; i < count; i++) target[i] = source[rows[first + i]];
}

function gather32(target: Uint32Array, source: Uint32Array, rows: Uint32Array, first: number, count: number): void {
  for (let i = 0; i < count; i++) target[i] = source[rows[first + i]];
}
