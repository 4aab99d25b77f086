/** All that following streams packet by packet needs, made once for everybody who does: streams, order of capture, labels, connections, overlaps. */
import { Valid, type ColumnName, type PacketColumns } from "./columns";
import { streamCompleteness, type StreamCompleteness } from "./completeness";
import { Connections } from "./connections";
import { Follower, StreamFact, type FollowerModule } from "./follow/follower";
import { OverlapList, type Overlaps } from "./overlaps";
import { PART_PACKETS } from "./packetBatch";
import { RowSorter } from "./rowSorter";
import { finish, type Steps } from "./steps";
import type { StreamOrder } from "./streamOrder";
import { findReusedTuples, numberStreams, orderStreams, type StreamColumns } from "./streams";
import { endOfPart, StreamMerger, StreamWalk, walkFacts } from "./streamWalk";

/** Takes 2 bytes a row, 5 a packet that the walk lists, 27 a stream and 8 an overlap (8 MB at most), and 14 more a row where the file does not name its streams. */
export interface FollowedStreams {
  /** Which row is of which stream: the file's own columns, or made of addresses and ports. */
  readonly numbers: StreamColumns;
  /** The order that was given, or that of the streams made. */
  readonly order: StreamOrder;
  readonly walk: StreamWalk;
  /** Bits of SegmentLabel per row. */
  readonly labels: Uint16Array;
  readonly completeness: StreamCompleteness;
  readonly connections: Connections;
  readonly overlaps: Overlaps;
  /** 1 per stream of the walk with packets whose headers differ from those of others of their direction. */
  readonly isMixed: Uint8Array;
}

/** What following the same streams again need not make again. */
export type KnownStreams = Pick<FollowedStreams, "numbers" | "order" | "labels">;

/** Packets between two steps: 20 ms on a busy machine, and ten times that where each brings bytes in front of thousands of gaps. */
const STEP_PACKETS = 1 << 16;

/**
 * `order`: that of the file's own streams; `known`: of an earlier time, whose labels are written over with the same; `partPackets`: looked at
 * together, which changes nothing but the time it takes.
 */
export function* followSteps(
  module: FollowerModule,
  columns: PacketColumns,
  order: StreamOrder,
  { known, partPackets = PART_PACKETS }: { readonly known?: KnownStreams | undefined; readonly partPackets?: number } = {},
): Steps<FollowedStreams> {
  const numbers = known?.numbers ?? numberStreams(columns, order.segments);
  const own = known?.order ?? (numbers === columns ? order : orderStreams(columns, numbers, order.segments));
  yield;
  const { streams, starts, rows } = own;
  const merger = new StreamMerger(columns, own, walkFacts({ rows: columns.rows, valid: numbers.valid }, own));
  const walk = new StreamWalk(own, merger);
  const labels = known?.labels ?? new Uint16Array(columns.rows);
  const isMixed = new Uint8Array(streams.length);
  const connections = new Connections(columns, streams.length);
  const overlaps = new OverlapList();
  const sorter = new RowSorter(columns.rows, Math.min(rows.length, partPackets));
  const follower = new Follower(module, sorter.capacity, (earlier, later) => overlaps.add(earlier, later));
  const source = new PartSource(columns, follower, sorter);
  const isReused = findReusedTuples(columns, own);
  yield;

  /** Follows packets whose rows the sorter holds, from a place of the walk on: of the streams from `stream` on. `rowAt`: by place from there. */
  function* followPart(first: number, stream: number, rowAt: (at: number) => number): Steps<void> {
    source.load();
    yield;
    const { count } = sorter;
    const last = endOfStreams(starts, stream, first + count);
    setFacts(follower, own, isReused, stream, last);
    const known = overlaps.count;
    let ended = 0;
    for (let from = 0; from < count; from += STEP_PACKETS) {
      ended = follower.follow(first, from, Math.min(from + STEP_PACKETS, count), ended);
      yield;
    }
    connections.take(stream, ended, follower, (place) => rowAt(place - first));
    isMixed.set(follower.isMixed.subarray(0, ended), stream);
    sorter.putBack16(labels, follower.labels);
    // Streams that somebody will ask for, while their order is at hand.
    for (let pair = known; pair < overlaps.count; pair++)
      walk.take(walk.streamAt(overlaps.later[pair]), first, follower.sources, follower.directions);
    for (let i = follower.isMixed.indexOf(1); i >= 0 && i < ended; i = follower.isMixed.indexOf(1, i + 1))
      walk.take(stream + i, first, follower.sources, follower.directions);
  }

  for (let stream = 0; stream < streams.length;) {
    const first = starts[stream];
    const end = endOfPart(starts, stream, sorter.capacity);
    const count = starts[end] - first;
    if (count <= sorter.capacity) {
      sorter.sort(rows, first, first + count);
      merger.merge(stream, end, follower.sources, follower.directions, sorter);
      yield;
      yield* followPart(first, stream, (at) => rows[first + follower.sources[at]]);
    } else {
      // A stream longer than a part is followed as the walk lists it.
      walk.list(stream);
      yield;
      for (let at = first; at < first + count; at += sorter.capacity) {
        const behind = Math.min(at + sorter.capacity, first + count);
        const from = at;
        sorter.sort(walk.rows, from, behind);
        follower.directions.set(walk.directions.subarray(from, behind));
        for (let i = 0; i < behind - from; i++) follower.sources[i] = i;
        yield* followPart(from, stream, (place) => walk.rows[from + place]);
      }
    }
    stream = end;
  }
  overlaps.isForgetful = follower.hasForgotten;
  return {
    numbers,
    order: own,
    walk,
    labels,
    completeness: streamCompleteness(follower.counts, streams.length),
    connections,
    overlaps,
    isMixed,
  };
}

/** followSteps, all at once. */
export const followStreams = (...call: Parameters<typeof followSteps>): FollowedStreams => finish(followSteps(...call));

/** Streams from `stream` on that begin before a place of the walk: up to the one returned. */
function endOfStreams(starts: Uint32Array, stream: number, place: number): number {
  let last = stream;
  while (last < starts.length - 1 && starts[last] < place) last++;
  return last;
}

function setFacts({ ends, facts }: Follower, { starts, turns }: StreamOrder, isReused: Uint8Array, first: number, end: number): void {
  for (let stream = first; stream < end; stream++) {
    const isBothSided = turns[stream] > starts[stream] && turns[stream] < starts[stream + 1];
    ends[stream - first] = starts[stream + 1];
    facts[stream - first] = (isReused[stream] === 0 ? 0 : StreamFact.isReused) | (isBothSided ? StreamFact.isBothSided : 0);
  }
}

/** Brings what the follower looks at from the columns of a capture. */
class PartSource {
  readonly #columns: PacketColumns;
  readonly #follower: Follower;
  readonly #sorter: RowSorter;
  /** The capture's earliest second, and whether all rows have a time. */
  readonly #earliest: number;
  readonly #hasAllTimes: boolean;

  constructor(columns: PacketColumns, follower: Follower, sorter: RowSorter) {
    this.#columns = columns;
    this.#follower = follower;
    this.#sorter = sorter;
    const { valid, seconds, rows } = columns;
    let earliest = Infinity;
    let timed = 0;
    for (let row = 0; row < rows; row++) {
      if ((valid[row] & Valid.time) === 0) continue;
      timed++;
      if (seconds[row] < earliest) earliest = seconds[row];
    }
    this.#earliest = earliest;
    this.#hasAllTimes = timed === rows;
  }

  /** Those of the rows that the sorter holds. Columns that the file lacks are left alone: nobody writes there. */
  load(): void {
    const [columns, follower, sorter] = [this.#columns, this.#follower, this.#sorter];
    const present = <Name extends ColumnName>(name: Name): PacketColumns[Name] | undefined =>
      columns.has(name) ? columns[name] : undefined;
    sorter.fillFours(follower.numbers, [present("seq"), present("ack"), present("len"), present("window")]);
    sorter.fillFours(follower.halves, [present("valid"), present("flags"), present("ttl"), present("ipLen")]);
    if (columns.has("headerLen")) sorter.fill16(follower.headerLen, columns.headerLen);
    fillTimes(follower.ns, columns, this.#earliest, sorter);
    if (!this.#hasAllTimes) forgetTimes(follower, sorter.count);
  }
}

function fillTimes(
  ns: Float64Array,
  { seconds, nanos }: Pick<PacketColumns, "seconds" | "nanos">,
  earliest: number,
  { rows, places, count }: RowSorter,
): void {
  for (let i = 0; i < count; i++) ns[places[i]] = (seconds[rows[i]] - earliest) * 1e9 + nanos[rows[i]];
}

/** Of packets without one. */
function forgetTimes({ ns, halves }: Follower, count: number): void {
  for (let i = 0; i < count; i++) if ((halves[4 * i] & Valid.time) === 0) ns[i] = NaN;
}
