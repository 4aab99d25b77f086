/**
 * `npm run bench -- FILE [--runs N]`: times the analysis of a packet CSV in fresh processes, and checks the answers
 * before it reports a time. What every run has to answer stands in FILE.expected.json (written by `npm run bench:data`);
 * without one, in the first run.
 */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs, promisify } from "node:util";
import { formatCount } from "../../src/shared/format";
import type { RunResult } from "./oneRun";

const runFile = promisify(execFile);

/** The part of a run that has to be right. */
type Answers = Pick<RunResult, "distinct" | "top" | "buckets"> & { rows: number; rowsTcp: number };

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];
const answersOf = ({ rows, distinct, top, buckets }: RunResult): Answers => ({
  rows: rows.read,
  rowsTcp: rows.tcp,
  distinct,
  top,
  buckets,
});

/** What the generator of the file counted itself; undefined when nobody did. */
function readExpected(file: string): Answers | undefined {
  if (!existsSync(`${file}.expected.json`)) return undefined;
  const expected = JSON.parse(readFileSync(`${file}.expected.json`, "utf8")) as Omit<Answers, "buckets"> & {
    timelines: { buckets: Answers["buckets"] }[];
  };
  const { rows, rowsTcp, distinct, top, timelines } = expected;
  return { rows, rowsTcp, distinct, top, buckets: timelines[0].buckets };
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { runs: { type: "string", default: "3" } } });
  const file = resolve(positionals[0] ?? "bench-data/attack-sample-3m.csv");
  if (!existsSync(file)) {
    console.error(`${file} does not exist. Make it with: npm run bench:data`);
    return 2;
  }
  let expected = readExpected(file);
  console.log(
    expected ? "Answers are checked against the generator's own counts." : "No expected answers: every run is checked against the first.",
  );
  const machine = `${cpus()[0].model}, ${String(cpus().length)} cores, ${(totalmem() / 1e9).toFixed(0)} GB`;
  console.log(`${machine}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`);

  const results: RunResult[] = [];
  const wcMs: number[] = [];
  for (let i = 1; i <= Number(values.runs); i++) {
    const begin = performance.now();
    execFileSync("wc", ["-l", file]);
    wcMs.push(performance.now() - begin);
    const { stdout } = await runFile(process.execPath, ["--import=tsx", join(__dirname, "oneRun.ts"), file], { maxBuffer: 1 << 28 });
    const result = JSON.parse(stdout) as RunResult;
    expected ??= answersOf(result);
    assert.deepEqual(answersOf(result), expected, "A run gave a wrong answer: its time means nothing.");
    results.push(result);
    console.log(`run ${String(i)}: ${(result.elapsedMs / 1000).toFixed(1)} s, right`);
  }

  const of = (key: "elapsedMs" | "clickTopMs" | "clickRareMs"): number => median(results.map((result) => result[key]));
  const worst = (key: "peakBytes" | "longestBlockMs"): number => Math.max(...results.map((result) => result[key]));
  const { bytes, rows } = results[0];
  const ms = of("elapsedMs");
  const lines: [string, string][] = [
    ["time", `${(ms / 1000).toFixed(2)} s, median of ${String(results.length)} runs`],
    ["throughput", `${(bytes / 1000 / ms).toFixed(0)} MB/s, ${formatCount(Math.round((rows.read / ms) * 1000))} rows/s`],
    ["against wc -l", `${(ms / median(wcMs)).toFixed(1)} times its time`],
    ["peak memory", `${(worst("peakBytes") / 1e6).toFixed(0)} MB, whole process`],
    ["longest block of the host's event loop", `${worst("longestBlockMs").toFixed(1)} ms`],
    ["click on the most frequent number", `${of("clickTopMs").toFixed(2)} ms`],
    ["click on a rare one", `${of("clickRareMs").toFixed(2)} ms`],
  ];
  for (const [name, value] of lines) console.log(`${name.padEnd(40)}${value}`);
  return 0;
}

void main().then((code) => (process.exitCode = code));
