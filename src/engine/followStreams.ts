/** All that following streams packet by packet needs, made once for everybody who does: streams, order of capture, records, labels. */
import type { PacketColumns } from "./columns";
import { StreamCompletenessMeter, type StreamCompleteness } from "./completeness";
import { Connections } from "./connections";
import { OverlapFinder, type Overlaps } from "./overlaps";
import { PacketRecords, visitPackets } from "./packetRecords";
import { SegmentLabels } from "./segmentLabels";
import { finish, type Steps } from "./steps";
import type { StreamOrder } from "./streamOrder";
import { numberStreams, orderStreams, type StreamColumns } from "./streams";
import { walkStreams, type StreamWalk } from "./streamWalk";

/** Takes 11 bytes a row, 27 a stream, 37 MB and 8 bytes an overlap (8 MB at most), and 14 more a row where the file does not name its streams. */
export interface FollowedStreams {
  /** Which row is of which stream: the file's own columns, or made of addresses and ports. */
  readonly numbers: StreamColumns;
  /** The order that was given, or that of the streams made. */
  readonly order: StreamOrder;
  readonly walk: StreamWalk;
  readonly records: PacketRecords;
  /** Bits of SegmentLabel per row. */
  readonly labels: Uint16Array;
  readonly completeness: StreamCompleteness;
  readonly connections: Connections;
  readonly overlaps: Overlaps;
}

/** `order`: that of the file's own streams. */
export function* followSteps(columns: PacketColumns, order: StreamOrder): Steps<FollowedStreams> {
  const numbers = numberStreams(columns, order.segments);
  const own = numbers === columns ? order : orderStreams(columns, numbers, order.segments);
  yield;
  const { rows, frame, seconds, nanos } = columns;
  const walk = walkStreams({ rows, frame, seconds, nanos, valid: numbers.valid }, own);
  yield;
  const records = new PacketRecords(columns, walk.rows);
  const segments = new SegmentLabels(columns, own, walk);
  const meter = new StreamCompletenessMeter(own, walk, segments.labels);
  const connections = new Connections(columns, walk);
  const overlaps = new OverlapFinder(walk);
  yield* visitPackets(records, [segments, meter, connections, overlaps]);
  return {
    numbers,
    order: own,
    walk,
    records,
    labels: segments.labels,
    completeness: meter.finish(),
    connections: connections.finish(),
    overlaps,
  };
}

/** Only the labels of followSteps: bits of SegmentLabel per row. */
export function* labelSteps(columns: PacketColumns, order: StreamOrder): Steps<Uint16Array> {
  const numbers = numberStreams(columns, order.segments);
  const own = numbers === columns ? order : orderStreams(columns, numbers, order.segments);
  yield;
  const { rows, frame, seconds, nanos } = columns;
  const walk = walkStreams({ rows, frame, seconds, nanos, valid: numbers.valid }, own);
  yield;
  const segments = new SegmentLabels(columns, own, walk);
  yield* visitPackets(new PacketRecords(columns, walk.rows), [segments]);
  return segments.labels;
}

/** followSteps, all at once. */
export const followStreams = (columns: PacketColumns, order: StreamOrder): FollowedStreams => finish(followSteps(columns, order));
