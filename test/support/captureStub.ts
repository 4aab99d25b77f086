/** A capture in memory for tests of what shows it. */
import type { CaptureSummary } from "../../src/shared/model";
import type { Capture } from "../../src/worker/client";

/** A small, faultless summary. */
export const summary: CaptureSummary = {
  name: "capture.csv",
  bytes: 1_234_567,
  rows: { read: 1000, tcp: 900, repeatedHeaders: 1, withoutSeq: 99, badSeq: 0, leftOut: 0, badTime: 0, extraCells: 0, missingCells: 0 },
  time: {
    first: { seconds: 1_685_877_780, nanos: 466_544_000 },
    last: { seconds: 1_685_883_120, nanos: 1 },
    zone: { label: "EDT", offsetMinutes: -240 },
    zoneCount: 1,
    isUtcKnown: true,
    isRelative: false,
    source: "frame.time",
  },
  distinct: 120,
  seqField: "tcp.seq",
  labelField: "alert",
  completeness: { frames: 1000, span: 2000, share: 0.5 },
  problems: [],
  elapsedMs: 1234,
};

/** Answers with numbers 0, 1, 2, … of falling count; records how many were asked for, and whether it was closed. */
export class CaptureStub implements Capture {
  readonly summary: CaptureSummary;
  readonly asked: number[] = [];
  isDisposed = false;

  constructor(changes: Partial<CaptureSummary> = {}) {
    this.summary = { ...summary, ...changes };
  }

  listSequences({ from, count }: { from: number; count: number }): ReturnType<Capture["listSequences"]> {
    this.asked.push(count);
    const length = Math.max(0, Math.min(count, this.summary.distinct - from));
    return Promise.resolve(Array.from({ length }, (_, index) => ({ seq: from + index, count: 1000 - from - index })));
  }

  describeSequence(seq: number): ReturnType<Capture["describeSequence"]> {
    const labels = [
      { label: "[benign](command:x)\u202e\n$(bug)", count: 1 },
      { label: null, count: 1 },
    ];
    return Promise.resolve({
      seq,
      count: 2,
      share: 0.5,
      first: { seconds: 0, nanos: 0 },
      last: { seconds: 1, nanos: 5 },
      streams: 1,
      labels,
    });
  }

  getTimeline(): never {
    throw new Error("not asked for in these tests");
  }

  getDistribution(): never {
    throw new Error("not asked for in these tests");
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

/** A log that swallows everything. */
export const silentLog = new Proxy({}, { get: () => () => undefined }) as unknown as import("vscode").LogOutputChannel;
