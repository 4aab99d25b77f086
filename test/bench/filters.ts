/** Filters over the file, in a process of their own: reading what they name once, then compiling, running and counting. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { median } from "./rounds";
import type { FilterRuns } from "./filterRun";

/** Prints a line for each filter. Rejects where an answer is wrong. */
export async function benchFilters(file: string): Promise<void> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--import=tsx", "test/bench/filterRun.ts", file], { maxBuffer: 1e8 });
  console.log("\nFilters: compile, run and count (median, processor time of one); before that, once, what they name is read");
  const { filters, typedMs } = JSON.parse(stdout) as FilterRuns;
  for (const { filter, prepareMs, runMs, cpuMs, rows } of filters)
    console.log(
      `  ${median(runMs).toFixed(1)} ms  ${cpuMs.toFixed(1)} ms  ${(prepareMs / 1000).toFixed(2)} s  ${String(rows)} rows  ${filter}`,
    );
  console.log(
    `  ${median(typedMs).toFixed(1)} ms from the last key of a filter of a column that is not in memory, its name typed a second before (${typedMs.map((ms) => ms.toFixed(0)).join(", ")})`,
  );
}
