/**
 * One analysis in a fresh process, as the extension host runs it: the bundled thread, asked through the client. Prints
 * one RunResult as JSON.
 */
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { join } from "node:path";
import { formatSeconds } from "../../src/shared/format";
import type { RowCounts, SequenceCount } from "../../src/shared/model";
import { analyzeInWorker, type Capture } from "../../src/worker/client";

/** What a run answered and what it took. */
export interface RunResult {
  /** From the request to the list of the most frequent numbers, thread start included. */
  readonly elapsedMs: number;
  /** Timeline of the most frequent and of the rarest number, asked across the thread: median of seven. */
  readonly clickTopMs: number;
  readonly clickRareMs: number;
  /** Longest time this process's event loop stood still. */
  readonly longestBlockMs: number;
  /** Largest resident size of the whole process. */
  readonly peakBytes: number;
  readonly bytes: number;
  readonly rows: RowCounts;
  readonly distinct: number;
  readonly top: readonly SequenceCount[];
  readonly buckets: readonly { start: string; count: number; alert: string | null; protocols: string | null }[];
}

async function clickMs(capture: Capture, seq: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 7; i++) {
    const begin = performance.now();
    await capture.getTimeline({ seq, bucketSeconds: 60, clock: "capture", maxBuckets: 10_000, whenTooMany: "coarsen" });
    times.push(performance.now() - begin);
  }
  return times.sort((a, b) => a - b)[3];
}

async function run(path: string): Promise<RunResult> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const started = performance.now();
  const outcome = await analyzeInWorker({
    workerPath: join(__dirname, "..", "..", "dist", "analyzeWorker.js"),
    source: { kind: "file", path },
    options: { labelFields: ["alert", "label"] },
  });
  if (outcome.kind !== "done") throw new Error("The run was cancelled.");
  const { capture } = outcome;
  const top = await capture.listSequences({ order: "count", from: 0, count: 20 });
  const elapsedMs = performance.now() - started;
  const [rarest] = await capture.listSequences({ order: "count", from: capture.summary.distinct - 1, count: 1 });
  const timeline = await capture.getTimeline({
    seq: top[0].seq,
    bucketSeconds: 60,
    clock: "capture",
    maxBuckets: 100_000,
    whenTooMany: "sparse",
  });
  return {
    elapsedMs,
    clickTopMs: await clickMs(capture, top[0].seq),
    clickRareMs: await clickMs(capture, rarest.seq),
    longestBlockMs: delay.max / 1e6,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    bytes: capture.summary.bytes,
    rows: capture.summary.rows,
    distinct: capture.summary.distinct,
    top,
    buckets: Array.from(timeline.counts, (count, i) => ({
      start: formatSeconds(timeline.startSec + (timeline.index?.[i] ?? i) * timeline.bucketSeconds),
      count,
      alert: timeline.labels[i] < 0 ? null : timeline.labelNames[timeline.labels[i]],
      protocols: timeline.protocols[i] < 0 ? null : timeline.protocolNames[timeline.protocols[i]],
    })),
  };
}

void run(process.argv[2]).then((result) => process.stdout.write(JSON.stringify(result), () => process.exit(0)));
