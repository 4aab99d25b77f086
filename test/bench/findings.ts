/** The table of the findings: how long all detectors take once everything is read, and what memory the process takes with them. */
import { isDeepStrictEqual } from "node:util";
import type { Finding, LabelAgreement } from "../../src/shared/findings";
import type { Run } from "./answer";
import { runOnce } from "./contestants";
import { median, type BenchOptions } from "./rounds";
import { formatTable, megabytes, seconds } from "./table";

/** What a run found, in numbers. */
interface Found {
  readonly labels: LabelAgreement | null;
  readonly findings: readonly Pick<Finding, "id" | "severity" | "count" | "packets">[];
}

/** What a run of the detectors tells: time and peak from the request to the report. */
export interface FindingsRun extends Run {
  /** Peak while the file was read. */
  readonly completeBytes: number;
  /** A second run, while the report of the first is held. */
  readonly againMs: number;
  readonly againBytes: number;
  readonly found: Found;
  readonly foundAgain: Found;
}

export const FINDINGS = { id: "findings", name: "all detectors", program: "findingsRun" };

/** Every run has to find what the first one found; no time is shown of one that does not. */
export async function benchFindings(file: string, { runs, log, isMarkdown }: BenchOptions): Promise<void> {
  const results: FindingsRun[] = [];
  for (let round = 0; round < runs; round++) {
    const run = (await runOnce(FINDINGS, file)) as FindingsRun;
    const [{ found } = run] = results;
    if (!isDeepStrictEqual(run.found, found) || !isDeepStrictEqual(run.foundAgain, found))
      throw new Error(`Findings: run ${String(round + 1)} found other things than the first.`);
    results.push(run);
    log(`round ${String(round + 1)}: findings ${seconds(run.elapsedMs)}`);
  }
  if (results.length === 0) return;
  const row = (name: string, times: readonly number[], peaks: readonly (number | null)[]): string[] => [
    name,
    times.length === 0 ? "" : seconds(median(times)),
    times.length === 0 ? "" : `${(Math.min(...times) / 1000).toFixed(2)}-${(Math.max(...times) / 1000).toFixed(2)}`,
    megabytes(Math.max(...peaks.map(Number))),
  ];
  const rows = [
    ["findings", "time", "fastest to slowest", "peak memory"],
    row(
      "everything read",
      [],
      results.map((run) => run.completeBytes),
    ),
    row(
      "all detectors",
      results.map((run) => run.elapsedMs),
      results.map((run) => run.peakBytes),
    ),
    row(
      "all detectors again, the first report held",
      results.map((run) => run.againMs),
      results.map((run) => run.againBytes),
    ),
  ];
  console.log(`\n${formatTable(rows, isMarkdown)}`);
  console.log(`\n${String(results[0].found.findings.length)} findings, the same in every run.`);
}
