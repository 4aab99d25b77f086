/** Small captures as the webview gets to see them. The numbers are those of the sample capture where they fit. */
import type { CaptureSummary, CaptureTime, Distribution, Timeline } from "../../../src/shared/model";
import type { ChartQuery } from "../../../src/shared/panelProtocol";
import { NO_FOCUS } from "../../../src/shared/selection";
import type { Timelines } from "../../../src/shared/timelines";
import type { MarkedBurst } from "../../../webview/bursts";
import type { ChartClock, Viewer } from "../../../webview/clock";

/** 2023-06-04T11:23:00 on the wall clock of the sample, EDT. */
export const START_SEC = 1685877780;

export const berlin: Viewer = { zoneName: "Europe/Berlin", offsetMinutesAt: () => 120 };

export function makeTime(changes: Partial<CaptureTime> = {}): CaptureTime {
  return {
    first: { seconds: START_SEC + 33, nanos: 466544000 },
    last: { seconds: START_SEC + 89 * 60, nanos: 0 },
    zone: { label: "EDT", offsetMinutes: -240 },
    zoneCount: 1,
    isUtcKnown: true,
    isRelative: false,
    source: "frame.time",
    ...changes,
  };
}

export function makeSummary(changes: Partial<CaptureSummary> = {}): CaptureSummary {
  return {
    name: "capture.csv",
    bytes: 1000,
    compression: null,
    part: null,
    rows: {
      read: 10,
      tcp: 10,
      repeatedHeaders: 0,
      withoutSeq: 0,
      badSeq: 0,
      leftOut: 0,
      outsideRange: 0,
      badTime: 0,
      extraCells: 0,
      missingCells: 0,
    },
    time: makeTime(),
    distinct: 3,
    seqField: "tcp.seq",
    labelField: "alert",
    completeness: null,
    problems: [],
    reader: { kind: "simd", threads: 2 },
    isComplete: true,
    elapsedMs: 5,
    ...changes,
  };
}

/** Four minutes: 3 benign, none, 31,918 suspicious, 1 without label. */
export function makeTimeline(changes: Partial<Timeline> = {}): Timeline {
  return {
    seq: 1,
    clock: "capture",
    bucketSeconds: 60,
    requestedBucketSeconds: 60,
    startSec: START_SEC,
    bucketCount: 4,
    index: null,
    counts: Uint32Array.of(3, 0, 31918, 1),
    labels: Int32Array.of(0, -1, 1, -1),
    labelNames: ["benign", "suspicious"],
    protocols: Int32Array.of(0, -1, 1, 0),
    protocolNames: ["eth:ethertype:ip:tcp", "eth:ethertype:ip:tcp:http"],
    undated: 0,
    ...changes,
  };
}

/** Those numbers over the same four minutes: each a packet more per bucket than the one before. */
export function makeTimelines(seqs: readonly number[], changes: Partial<Timelines> = {}): Timelines {
  const { counts } = makeTimeline();
  return {
    timelines: seqs.map((seq, i) => makeTimeline({ seq, counts: counts.map((count) => count + i) })),
    parts: null,
    backdrop: null,
    splits: ["label", "protocols"],
    ...changes,
  };
}

/** A number in two parts and the rest. */
export const splitTimelines: Timelines = makeTimelines([1], {
  parts: [
    { name: "suspicious", kind: "value", counts: Uint32Array.of(0, 0, 31000, 0), total: 31000 },
    { name: null, kind: "value", counts: Uint32Array.of(3, 0, 0, 1), total: 4 },
    { name: null, kind: "rest", counts: Uint32Array.of(0, 0, 918, 0), total: 918 },
  ],
});

/** Of the third minute. */
export function makeBurst(changes: Partial<MarkedBurst> = {}): MarkedBurst {
  return {
    seq: 1,
    startSec: START_SEC + 120,
    endSec: START_SEC + 180,
    peakSec: START_SEC + 120,
    peakCount: 31918,
    count: 31918,
    baseline: 3,
    ratio: 31918 / 3,
    strength: 10,
    labels: [
      { label: "suspicious", count: 31000 },
      { label: null, count: 918 },
    ],
    sources: [{ address: "10.0.0.5", count: 31918 }],
    sourceCount: 1,
    isLabelled: true,
    ...changes,
  };
}

/** What a chart of a number asks for. */
export const chartQuery = (seq: number): ChartQuery => ({
  ...{ seqs: [seq], split: null, hasBackdrop: false, focus: NO_FOCUS },
  ...{ bucketSeconds: 60, clock: "capture", alignMinutes: 0 },
});

export const captureClock: ChartClock = { kind: "capture", isRelative: false, captureZone: "EDT", viewer: berlin };
export const relativeClock: ChartClock = { kind: "capture", isRelative: true, captureZone: null, viewer: berlin };

export const distribution: Distribution = {
  edges: Float64Array.of(0, 1, 2, 1024, 4294967296),
  packets: Float64Array.of(100, 200, 0, 100),
  distinct: Float64Array.of(1, 1, 0, 48),
};
