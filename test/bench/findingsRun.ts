/** One run of all detectors in a fresh process, as the extension host asks for it: the bundled thread, asked through the client. */
import { resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { analyzeInWorker } from "../../src/worker/client";
import type { FindingsRun } from "./findings";
import { print } from "./peers/peer";

const peakBytes = (): number => process.resourceUsage().maxRSS * 1024;

async function run(path: string): Promise<FindingsRun> {
  const outcome = await analyzeInWorker({
    workerPath: resolve("dist/analyzeWorker.js"),
    source: { kind: "file", path },
    options: { labelFields: ["alert", "label"] },
  });
  if (outcome.kind !== "done") throw new Error("The run was cancelled.");
  const { capture } = outcome;
  await capture.complete;
  const query = { sensitivity: "medium", thresholds: {} } as const;
  const timed = async (): Promise<{ ms: number; found: FindingsRun["found"] }> => {
    const begin = performance.now();
    const { findings, labels } = await capture.getFindings(query);
    const ms = performance.now() - begin;
    return { ms, found: { labels, findings: findings.map(({ id, severity, count, packets }) => ({ id, severity, count, packets })) } };
  };
  const before = peakBytes();
  const first = await timed();
  const peak = peakBytes();
  const again = await timed();
  capture.dispose();
  return {
    elapsedMs: first.ms,
    peakBytes: peak,
    answer: null,
    completeBytes: before,
    againMs: again.ms,
    againBytes: peakBytes(),
    found: first.found,
    foundAgain: again.found,
  };
}

void run(process.argv[2]).then(print);
