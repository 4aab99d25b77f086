// One analysis in a fresh process, as the extension host runs it: the bundled thread, asked through the client. Prints
// one JSON object: time, peak memory, the longest time this process's event loop stood still, and the answers.
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { resolve } from "node:path";
import { tsImport } from "tsx/esm/api";

/** @type {typeof import("../../src/worker/client")} */
const { analyzeInWorker } = await tsImport("../../src/worker/client.ts", import.meta.url);

const [file = ""] = process.argv.slice(2);
const root = resolve(import.meta.dirname, "..", "..");

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const started = performance.now();
const outcome = await analyzeInWorker({
  workerPath: resolve(root, "dist", "analyzeWorker.js"),
  source: { kind: "file", path: file },
  options: { labelFields: ["alert", "label"] },
});
if (outcome.kind !== "done") throw new Error("The run was cancelled.");
const { capture } = outcome;
const top = await capture.listSequences({ order: "count", from: 0, count: 20 });
const elapsedMs = performance.now() - started;

/** Median milliseconds of asking for a timeline, thread and back. @param {number} seq */
async function clickMs(seq) {
  const times = [];
  for (let i = 0; i < 7; i++) {
    const begin = performance.now();
    await capture.getTimeline({ seq, bucketSeconds: 60, clock: "capture", maxBuckets: 10_000, whenTooMany: "coarsen" });
    times.push(performance.now() - begin);
  }
  return times.sort((a, b) => a - b)[3];
}

const [rarest] = await capture.listSequences({ order: "count", from: capture.summary.distinct - 1, count: 1 });
const timeline = await capture.getTimeline({
  seq: top[0]?.seq ?? 0,
  bucketSeconds: 60,
  clock: "capture",
  maxBuckets: 100_000,
  whenTooMany: "sparse",
});
const result = {
  elapsedMs,
  clickTopMs: await clickMs(top[0]?.seq ?? 0),
  clickRareMs: await clickMs(rarest?.seq ?? 0),
  longestBlockMs: delay.max / 1e6,
  peakBytes: process.resourceUsage().maxRSS * 1024,
  bytes: capture.summary.bytes,
  rows: capture.summary.rows,
  distinct: capture.summary.distinct,
  top,
  buckets: Array.from(timeline.counts, (count, i) => ({
    start: timeline.startSec + (timeline.index?.[i] ?? i) * timeline.bucketSeconds,
    count,
    alert: timeline.labelNames[timeline.labels[i] ?? -1] ?? null,
    protocols: timeline.protocolNames[timeline.protocols[i] ?? -1] ?? null,
  })),
};
process.stdout.write(JSON.stringify(result), () => process.exit(0));
