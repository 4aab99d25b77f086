/** All that following streams packet by packet needs, made once for everybody who does: streams, order of capture, labels, connections, overlaps. */
import { Valid, type ColumnName, type PacketColumns } from "./columns";
import { streamCompleteness, type StreamCompleteness } from "./completeness";
import { Connections } from "./connections";
import { Follower, StreamFact } from "./follow/follower";
import type { EngineModules } from "./modules";
import { OverlapList, type Overlaps } from "./overlaps";
import { PART_PACKETS } from "./packetBatch";
import { RowSorter } from "./rowSorter";
import { finish, type Steps } from "./steps";
import type { StreamOrder } from "./streamOrder";
import { findReusedTuples, numberStreams, orderStreams, type StreamColumns } from "./streams";
import { captureFacts, endOfPart, StreamMerger, StreamWalk, type TimeFacts } from "./streamWalk";

/** Takes 2 bytes a row, 5 a packet that the walk lists, 28 a stream and 8 an overlap (8 MB at most), and 14 more a row where the file does not name its streams. */
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
 * Packets that are followed together, of so many rows: 50 bytes each with what sorting takes. Of an eighth every cache line of a column is read
 * once or twice per part; smaller parts of 3 million rows in random order took a tenth longer, larger ones as long.
 */
const partOf = (rows: number): number => Math.min(PART_PACKETS, Math.max(MIN_PART, rows >>> 3));
const MIN_PART = 1 << 15;

/**
 * `order`: that of the file's own streams; `known`: of an earlier time, whose labels are written over with the same; `partPackets`: looked at
 * together, which changes nothing but the time it takes.
 */
export function* followSteps(
  modules: EngineModules,
  columns: PacketColumns,
  order: StreamOrder,
  { known, partPackets = partOf(columns.rows) }: { readonly known?: KnownStreams | undefined; readonly partPackets?: number } = {},
): Steps<FollowedStreams> {
  const numbers = known?.numbers ?? numberStreams(columns, order.segments);
  const own = known?.order ?? (numbers === columns ? order : orderStreams(modules.sorter, columns, numbers, order.segments));
  yield;
  const { streams, starts, rows } = own;
  const facts = captureFacts({ rows: columns.rows, valid: numbers.valid, seconds: columns.seconds }, own);
  const merger = new StreamMerger(columns, own, facts);
  const labels = known?.labels ?? new Uint16Array(columns.rows);
  const isMixed = new Uint8Array(streams.length);
  const connections = new Connections(columns, streams.length);
  const overlaps = new OverlapList();
  const sorter = new RowSorter(columns.rows, Math.min(rows.length, partPackets));
  const follower = new Follower(modules.follower, sorter.capacity, (earlier, later) => overlaps.add(earlier, later));
  const source = new PartSource(columns, follower, sorter, facts);
  const isReused = findReusedTuples(columns, own);
  yield;

  /** Follows packets whose rows the sorter holds, from a place of the walk on: of the streams from `stream` on. `placeOf`: place of the order, by that of the walk. */
  function* followPart(first: number, stream: number, placeOf: (walked: number) => number): Steps<void> {
    source.load();
    yield;
    const { count } = sorter;
    const last = endOfStreams(starts, stream, first + count);
    setFacts(follower, own, isReused, stream, last);
    let ended = 0;
    for (let from = 0; from < count; from += STEP_PACKETS) {
      ended = follower.follow(first, from, Math.min(from + STEP_PACKETS, count), ended);
      yield;
    }
    connections.take(stream, ended, follower, (walked) => rows[placeOf(walked)]);
    overlaps.place(placeOf);
    isMixed.set(follower.isMixed.subarray(0, ended), stream);
    sorter.putBack16(labels, follower.labels);
  }

  for (let stream = 0; stream < streams.length;) {
    const first = starts[stream];
    const end = endOfPart(starts, stream, sorter.capacity);
    const count = starts[end] - first;
    if (count <= sorter.capacity) {
      sorter.sort(rows, first, first + count);
      // The numbers come later.
      merger.merge(stream, end, follower.sources, follower.directions, { sorter, spare: follower.numbers });
      yield;
      yield* followPart(first, stream, (walked) => first + follower.sources[walked - first]);
    } else {
      const { sources, directions, list } = mergeAlone(merger, own, stream);
      yield;
      for (let from = 0; from < count; from += sorter.capacity) {
        const behind = Math.min(from + sorter.capacity, count);
        sorter.sort(list, from, behind);
        follower.directions.set(directions.subarray(from, behind));
        for (let i = 0; i < behind - from; i++) follower.sources[i] = i;
        yield* followPart(first + from, stream, (walked) => first + sources[walked - first]);
      }
    }
    stream = end;
  }
  overlaps.isForgetful = follower.hasForgotten;
  return {
    numbers,
    order: own,
    // With a merger of its own: the one that was used here holds the follower's memory.
    walk: new StreamWalk(own, new StreamMerger(columns, own, facts)),
    labels,
    completeness: streamCompleteness(follower.counts, streams.length),
    connections,
    overlaps,
    isMixed,
  };
}

/** followSteps, all at once. */
export const followStreams = (...call: Parameters<typeof followSteps>): FollowedStreams => finish(followSteps(...call));

/** A stream longer than a part, as it was captured: where each packet is in the order, counted from the stream's first, its direction, and its row. */
function mergeAlone(
  merger: StreamMerger,
  { rows, starts }: StreamOrder,
  stream: number,
): { sources: Uint32Array; directions: Uint8Array; list: Uint32Array } {
  const first = starts[stream];
  const count = starts[stream + 1] - first;
  const sources = new Uint32Array(count);
  const directions = new Uint8Array(count);
  merger.merge(stream, stream + 1, sources, directions);
  const list = new Uint32Array(count);
  for (let i = 0; i < count; i++) list[i] = rows[first + sources[i]];
  return { sources, directions, list };
}

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
  readonly #facts: TimeFacts;

  constructor(columns: PacketColumns, follower: Follower, sorter: RowSorter, facts: TimeFacts) {
    this.#columns = columns;
    this.#follower = follower;
    this.#sorter = sorter;
    this.#facts = facts;
  }

  /** Those of the rows that the sorter holds. Columns that the file lacks are left alone: nobody writes there. */
  load(): void {
    const [columns, follower, sorter] = [this.#columns, this.#follower, this.#sorter];
    const present = <Name extends ColumnName>(name: Name): PacketColumns[Name] | undefined =>
      columns.has(name) ? columns[name] : undefined;
    sorter.fillFours(follower.numbers, [present("seq"), present("ack"), present("len"), present("window")]);
    sorter.fillFours(follower.halves, [present("valid"), present("flags"), present("ttl"), present("ipLen")]);
    if (columns.has("headerLen")) sorter.fill16(follower.headerLen, columns.headerLen);
    const { earliest, hasAllTimes } = this.#facts;
    fillTimes(follower.ns, columns, earliest, sorter);
    if (!hasAllTimes) forgetTimes(follower, sorter.count);
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
