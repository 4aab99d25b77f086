// `npm run bench -- FILE [--runs N]`: times the analysis of a packet CSV in fresh processes and checks its answers
// before it reports a time. FILE.expected.json (written by `npm run bench:data`) or, without one, the first run's own
// answers are what every run has to give.
import { execFile, execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import assert from "node:assert/strict";

const run = promisify(execFile);
const { values, positionals } = parseArgs({ allowPositionals: true, options: { runs: { type: "string", default: "3" } } });
const file = resolve(positionals[0] ?? "bench-data/attack-sample-3m.csv");
if (!existsSync(file)) {
  console.error(`${file} does not exist. Make it with: npm run bench:data`);
  process.exit(2);
}

/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
/** @param {number} seconds since 1970, wall clock */
const stamp = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 19);

/** @typedef {{ rows: number, rowsTcp: number, distinct: number, top: unknown, buckets: unknown }} Answers */

/** Answers of one run in the shape of the expected file. @returns {Answers} @param {any} result */
function answersOf(result) {
  return {
    rows: result.rows.read,
    rowsTcp: result.rows.tcp,
    distinct: result.distinct,
    top: result.top,
    buckets: result.buckets.map((/** @type {any} */ bucket) => ({ ...bucket, start: stamp(bucket.start) })),
  };
}

/** @returns {Answers | undefined} */
function readExpected() {
  if (!existsSync(`${file}.expected.json`)) return undefined;
  const expected = JSON.parse(readFileSync(`${file}.expected.json`, "utf8"));
  return {
    rows: expected.rows,
    rowsTcp: expected.rowsTcp,
    distinct: expected.distinct,
    top: expected.top,
    buckets: expected.timelines[0].buckets,
  };
}

let expected = readExpected();
console.log(
  expected ? "Answers are checked against the generator's own counts." : "No expected file: every run is checked against the first.",
);
console.log(
  `${cpus()[0]?.model ?? "?"}, ${cpus().length} cores, ${(totalmem() / 1e9).toFixed(0)} GB, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`,
);
const results = [];
const wc = [];
for (let i = 0; i < Number(values.runs); i++) {
  const begin = performance.now();
  execFileSync("wc", ["-l", file]);
  wc.push(performance.now() - begin);
  const { stdout } = await run(process.execPath, [resolve(import.meta.dirname, "oneRun.mjs"), file], { maxBuffer: 1 << 28 });
  const result = JSON.parse(stdout);
  expected ??= answersOf(result);
  assert.deepEqual(answersOf(result), expected, "a run gave a wrong answer: its time means nothing");
  results.push(result);
  console.log(`run ${i + 1}: ${(result.elapsedMs / 1000).toFixed(1)} s, right`);
}

const ms = median(results.map((result) => result.elapsedMs));
const { bytes, rows } = results[0];
console.table({
  "time, median": `${(ms / 1000).toFixed(2)} s (${results.length} runs)`,
  throughput: `${(bytes / 1e3 / ms).toFixed(0)} MB/s, ${Math.round((rows.read / ms) * 1000).toLocaleString("en-US")} rows/s`,
  "to wc -l": `${(ms / median(wc)).toFixed(1)} times`,
  "peak memory": `${(Math.max(...results.map((result) => result.peakBytes)) / 1e6).toFixed(0)} MB, whole process`,
  "longest block of the host's event loop": `${Math.max(...results.map((result) => result.longestBlockMs)).toFixed(1)} ms`,
  "click on the largest number": `${median(results.map((result) => result.clickTopMs)).toFixed(2)} ms`,
  "click on a rare one": `${median(results.map((result) => result.clickRareMs)).toFixed(2)} ms`,
});
