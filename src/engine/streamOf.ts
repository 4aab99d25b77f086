/** One stream at a time, without what following all of them takes. */
import type { PacketColumns } from "./columns";
import type { FollowedStreams } from "./followStreams";
import { ordinals } from "./rowNumbers";
import { lastNotAbove } from "./search";
import { walkStreams, type StreamWalk } from "./streamWalk";

/** Which row is of which stream, and the rows of each: what is kept of FollowedStreams. */
export type StreamMap = Pick<FollowedStreams, "numbers" | "order">;

/** Place of a stream in its order; -1 for none. */
export function placeOfStream({ order: { streams } }: StreamMap, stream: number): number {
  const place = lastNotAbove(streams, stream);
  return streams[place] === stream ? place : -1;
}

/** Packets of a stream as they were captured, with their direction; none when there is no such stream. */
export function walkStream(columns: PacketColumns, map: StreamMap, stream: number): Pick<StreamWalk, "rows" | "directions"> {
  const place = placeOfStream(map, stream);
  if (place < 0) return { rows: new Uint32Array(0), directions: new Uint8Array(0) };
  const { rows, starts, turns, segments } = map.order;
  const start = starts[place];
  const own = rows.subarray(start, starts[place + 1]);
  return walkStreams(
    columns,
    {
      rows: own,
      streams: Uint32Array.of(stream),
      starts: Uint32Array.of(0, own.length),
      turns: Uint32Array.of(turns[place] - start),
    },
    // Whether all rows of the capture have a frame number is not asked for one stream: its own are.
    { hasAllFrames: false, ordinalOf: ordinals(segments) },
  );
}
