/** What the programs of this folder share: how the time is taken and the answer printed. */
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { performance } from "node:perf_hooks";
import type { Answer, Run } from "../answer";

/**
 * A library of test/bench/package.json. It need not be installed for the types to be checked: the caller declares the few
 * members it uses.
 */
export const loadPeer = (name: string): unknown => createRequire(resolve("test/bench/package.json"))(name);

/** Times the work, from the file's path to the answer, and prints the run. What was loaded before does not count. */
export async function report(work: (file: string) => Promise<Answer>): Promise<void> {
  const started = performance.now();
  const answer = await work(process.argv[2]);
  print({ elapsedMs: performance.now() - started, peakBytes: process.resourceUsage().maxRSS * 1024, answer });
}

/** Prints what a process has to say, and ends it. */
export function print(run: Run): void {
  process.stdout.write(JSON.stringify(run), () => process.exit(0));
}
