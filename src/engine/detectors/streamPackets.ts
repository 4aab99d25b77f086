/**
 * Packets of a few streams, for detectors that look at streams one by one: the streams that hold anything of interest are found by
 * reading rows as they lie in memory, and only their packets are looked up.
 */
import { Valid, type PacketColumns } from "../columns";
import type { FollowedStreams } from "../followStreams";
import { BATCH_PACKETS, gather16, LookedUpBatch, PacketPart, type PacketBatch } from "../packetBatch";
import { lastNotAbove } from "../search";
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
    marks[streams ? lastNotAbove(streams, stream[row]) : stream[row]] = 1;
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

/** Packets looked at between two pauses: 20 to 50 ms of work. */
export const PAUSE_PACKETS = 1 << 17;
/** From this share of all packets on, those of all streams are read as they lie in memory instead of looking up the ones wanted. */
const DENSE_SHARE = 1 / 8;

/** The packets of some streams, batch by batch: those are in `batch`. */
export class StreamPackets {
  batch: PacketBatch;
  readonly ttl = new Uint16Array(BATCH_PACKETS);
  readonly #columns: PacketColumns;
  readonly #rows: Uint32Array;
  readonly #lookUp: LookedUpBatch;
  readonly #part: PacketPart | undefined;
  readonly #withTtl: boolean;

  /** `places`: those of the streams to be looked at, in the order of the walk. */
  constructor(columns: PacketColumns, { walk }: FollowedStreams, places: ArrayLike<number>, withTtl: boolean) {
    const { starts, rows } = walk;
    this.#columns = columns;
    this.#rows = rows;
    this.#withTtl = withTtl;
    this.#lookUp = new LookedUpBatch(columns, rows);
    this.batch = this.#lookUp.batch;
    let packets = 0;
    for (let i = 0; i < places.length; i++) packets += starts[places[i] + 1] - starts[places[i]];
    const isDense = packets > DENSE_SHARE * rows.length;
    if (isDense) walk.listAll();
    else for (let i = 0; i < places.length; i++) walk.list(places[i]);
    this.#part = isDense ? new PacketPart(columns, rows) : undefined;
  }

  /** Takes the packets at the places [first, first + count) of the walk, at most BATCH_PACKETS of them. */
  load(first: number, count: number): void {
    if (this.#withTtl) gather16(this.ttl, this.#columns.ttl, this.#rows, first, count);
    this.batch = this.#part ? this.#part.take(first, count) : this.#lookUp.load(first, count);
  }

  /** Time from one row to another, ns; NaN unless both have one. */
  between(from: number, to: number): number {
    const { valid, seconds, nanos } = this.#columns;
    if ((valid[from] & valid[to] & Valid.time) === 0) return NaN;
    return (seconds[to] - seconds[from]) * 1e9 + nanos[to] - nanos[from];
  }
}
