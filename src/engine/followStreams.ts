/** All that following streams packet by packet needs, made once for everybody who does: streams, order of capture, labels, connections, overlaps. */
import type { PacketColumns } from "./columns";
import { StreamCompletenessMeter, type StreamCompleteness } from "./completeness";
import { Connections } from "./connections";
import { HeaderScreen } from "./headerTraits";
import { OverlapFinder, type Overlaps } from "./overlaps";
import { partSorter, visitPackets } from "./packetBatch";
import { SegmentLabels } from "./segmentLabels";
import { finish, type Steps } from "./steps";
import type { StreamOrder } from "./streamOrder";
import { numberStreams, orderStreams, type StreamColumns } from "./streams";
import { walkFacts, walkSteps, type StreamWalk } from "./streamWalk";

/** Takes 7 bytes a row, 27 a stream and 8 an overlap (8 MB at most), and 14 more a row where the file does not name its streams. */
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

/** `order`: that of the file's own streams; `known`: of an earlier time, whose labels are written over with the same. */
export function* followSteps(columns: PacketColumns, order: StreamOrder, known?: KnownStreams): Steps<FollowedStreams> {
  const numbers = known?.numbers ?? numberStreams(columns, order.segments);
  const own = known?.order ?? (numbers === columns ? order : orderStreams(columns, numbers, order.segments));
  yield;
  const sorter = partSorter(columns, own.rows);
  const walk = yield* walkSteps(columns, own, walkFacts({ rows: columns.rows, valid: numbers.valid }, own), sorter);
  yield;
  const labels = known?.labels ?? new Uint16Array(columns.rows);
  const segments = new SegmentLabels(columns, own, walk);
  const meter = new StreamCompletenessMeter(own, walk);
  const connections = new Connections(columns, walk);
  const overlaps = new OverlapFinder(walk);
  const screen = new HeaderScreen(columns, walk);
  yield* visitPackets(columns, walk.rows, [segments, meter, connections, overlaps, screen], labels, sorter);
  return {
    numbers,
    order: own,
    walk,
    labels,
    completeness: meter.finish(),
    connections: connections.finish(),
    overlaps,
    isMixed: screen.isMixed,
  };
}

/** Only the labels of followSteps: bits of SegmentLabel per row. */
export function* labelSteps(columns: PacketColumns, order: StreamOrder): Steps<Uint16Array> {
  const numbers = numberStreams(columns, order.segments);
  const own = numbers === columns ? order : orderStreams(columns, numbers, order.segments);
  yield;
  const sorter = partSorter(columns, own.rows);
  const walk = yield* walkSteps(columns, own, walkFacts({ rows: columns.rows, valid: numbers.valid }, own), sorter);
  yield;
  const labels = new Uint16Array(columns.rows);
  yield* visitPackets(columns, walk.rows, [new SegmentLabels(columns, own, walk)], labels, sorter);
  return labels;
}

/** followSteps, all at once. */
export const followStreams = (columns: PacketColumns, order: StreamOrder): FollowedStreams => finish(followSteps(columns, order));
