/** The answer as data: the one object of `tcp-seq analyze --json`. Its shape is public, see the README. */
import type { CaptureStore } from "../engine/captureStore";
import { formatMoment, formatSeconds } from "../shared/format";
import { listBursts, timelineOf, zoneName, type AnalyzeCall } from "./call";

/** What `--json` prints. A field that the file does not have is null. */
export function toJson(call: AnalyzeCall, capture: CaptureStore, seqs: readonly number[]): unknown {
  const { summary } = capture;
  const { part } = summary;
  const top = capture.listSequences({ order: "count", from: 0, count: call.top }).map(({ seq, count }) => ({ seq, count }));
  const { outsideRange, read, tcp, repeatedHeaders, withoutSeq, badSeq, badTime, extraCells, missingCells } = summary.rows;
  return {
    file: call.file,
    bytes: summary.bytes,
    rows: { read, tcp, repeatedHeaders, withoutSeq, badSeq, badTime, extraCells, missingCells },
    ...(part && {
      part: part.kind === "rows" ? { rows: part.rows } : { from: formatMoment(part.from), to: formatMoment(part.to), outsideRange },
    }),
    time: {
      first: summary.time && formatMoment(summary.time.first),
      last: summary.time && formatMoment(summary.time.last),
      zone: summary.time && zoneName(summary.time),
    },
    sequences: { distinct: summary.distinct, top },
    bursts: listBursts(capture, call.top).map(({ seq, burst }) => ({
      seq,
      start: formatSeconds(burst.startSec),
      end: formatSeconds(burst.endSec),
      peak: formatSeconds(burst.peakSec),
      peakCount: burst.peakCount,
      baseline: burst.baseline,
      ratio: burst.ratio,
      strength: burst.strength,
    })),
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
