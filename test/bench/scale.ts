/** The second table: files of 0.3, 1, 3 and 10 million rows. Time and memory of a row should stay what they are. */
import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { formatCount } from "../../src/shared/format";
import { readExpected } from "./answer";
import { CONTESTANTS } from "./contestants";
import { isOurs, median, runRounds, type BenchOptions, type Result } from "./rounds";
import type { OurRun } from "./ours";
import { formatTable, megabytes, seconds } from "./table";

const MILLIONS = [0.3, 1, 3, 10];
/** A process that reads so little shows what any takes: the fewest of which the flood still stands out most. */
const SMALL_MILLIONS = 0.02;

export async function benchScale(options: BenchOptions): Promise<void> {
  const base = Math.min(
    ...(await runOurs(makeFile(SMALL_MILLIONS, options), { ...options, runs: 3 })).map(({ peakBytes }) => peakBytes ?? 0),
  );
  const rows = [["rows", "file", "first answer", "everything", "ns per row, first", "everything", "peak memory", "bytes per row"]];
  for (const millions of MILLIONS) {
    const file = makeFile(millions, options);
    const runs = await runOurs(file, options);
    const first = median(runs.map((run) => run.first.elapsedMs));
    const all = median(runs.map((run) => run.elapsedMs));
    const peak = median(runs.map(({ peakBytes }) => peakBytes ?? 0));
    const count = runs[0].rows;
    rows.push([
      formatCount(count),
      megabytes(statSync(file).size),
      seconds(first),
      seconds(all),
      ((first * 1e6) / count).toFixed(0),
      ((all * 1e6) / count).toFixed(0),
      megabytes(peak),
      ((peak - base) / count).toFixed(0),
    ]);
  }
  console.log(`\n${formatTable(rows, options.isMarkdown)}`);
  console.log(
    `\nMedians of ${options.runs} runs. Bytes per row: peak memory beyond the ${megabytes(base)} of a process that reads a small file.`,
  );
}

/** The file with so many million rows; made when it is not there, and kept. */
function makeFile(millions: number, { log }: BenchOptions): string {
  const file = `bench-data/attack-sample-${millions}m.csv`;
  // The generator writes its answers last.
  if (!existsSync(`${file}.expected.json`)) {
    log(`making ${file}`);
    execFileSync(process.execPath, ["scripts/makeBenchData.mjs", "--rows", String(millions * 1e6), "--out", file], { stdio: "ignore" });
  }
  return file;
}

async function runOurs(file: string, options: BenchOptions): Promise<readonly OurRun[]> {
  const ours = CONTESTANTS.filter(({ id }) => id === "ours");
  const [result]: Result[] = await runRounds(ours, file, readExpected(file), options);
  if (!isOurs(result)) throw new Error(`${file}: ${result.problem ?? "no run"}`);
  return result.runs;
}
