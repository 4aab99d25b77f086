/** The answer as data: the one object of `tcp-seq analyze --json`. Its shape is public, see the README. */
import type { CaptureStore } from "../engine/captureStore";
import { formatMoment, formatOffset, formatSeconds } from "../shared/format";
import type { CaptureTime, Timeline } from "../shared/model";
import type { AnalyzeCall } from "./main";

/** Above this many buckets the empty ones are left out, and the timeline says so. */
export const MAX_DENSE_BUCKETS = 100_000;

/** Asks the capture for the timeline of one number as the command line shows it: the capture's own wall clock. */
export function timelineOf(capture: CaptureStore, seq: number, bucketSeconds: number): Timeline {
  return capture.getTimeline({ seq, bucketSeconds, clock: "capture", maxBuckets: MAX_DENSE_BUCKETS, whenTooMany: "sparse" });
}

/** Zone of the capture's wall clock; null where it is missing or stands for several. */
export function zoneName({ zone }: CaptureTime): string | null {
  return zone.offsetMinutes === null ? null : (zone.label ?? formatOffset(zone.offsetMinutes));
}

/** What `--json` prints. A field that the file does not have is null. */
export function toJson(call: AnalyzeCall, capture: CaptureStore, seqs: readonly number[]): unknown {
  const { summary } = capture;
  const { read, tcp, repeatedHeaders, withoutSeq, badSeq, badTime, extraCells, missingCells } = summary.rows;
  return {
    file: call.file,
    bytes: summary.bytes,
    rows: { read, tcp, repeatedHeaders, withoutSeq, badSeq, badTime, extraCells, missingCells },
    time: {
      first: summary.time && formatMoment(summary.time.first),
      last: summary.time && formatMoment(summary.time.last),
      zone: summary.time && zoneName(summary.time),
    },
    sequences: { distinct: summary.distinct, top: capture.listSequences({ order: "count", from: 0, count: call.top }) },
    timelines: seqs.map((seq) => {
      const timeline = timelineOf(capture, seq, call.bucketSeconds);
      const buckets = Array.from(timeline.counts, (count, i) => ({
        start: formatSeconds(timeline.startSec + (timeline.index ? timeline.index[i] : i) * timeline.bucketSeconds),
        count,
        alert: timeline.labelNames[timeline.labels[i]] ?? null,
        protocols: timeline.protocolNames[timeline.protocols[i]] ?? null,
      }));
      return { seq, bucketSeconds: timeline.bucketSeconds, ...(timeline.index ? { sparse: true } : {}), buckets };
    }),
    elapsedMs: Math.round(summary.elapsedMs),
  };
}
