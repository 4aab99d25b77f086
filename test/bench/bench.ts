/**
 * `npm run bench -- [FILE] [flags]`: how long the analysis takes beside its peers, how it grows with the file, and how long
 * a click takes. Every run is a process of its own, and no time is shown of a run whose answer is wrong.
 *
 *   --runs N        rounds, in each of which every contestant runs once (default 5)
 *   --slow-runs N   rounds of those that take half a minute (default 1)
 *   --only A,B      only these contestants
 *   --scale         instead: files of 0.3, 1, 3 and 10 million rows
 *   --findings      instead: all detectors
 *   --vscode        instead: clicks in a real VS Code
 *   --all           all four
 *   --markdown      tables for the documentation
 */
import { existsSync, statSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readExpected } from "./answer";
import { buildPrograms } from "./contestants";
import { benchClicksInVscode } from "./inVscode";
import { benchPeers } from "./besidePeers";
import { benchFilters } from "./filters";
import { benchFindings } from "./findings";
import type { BenchOptions } from "./rounds";
import { benchScale } from "./scale";

function readCall(): { file: string; isScale: boolean; isVscode: boolean; isPeers: boolean; isFindings: boolean; options: BenchOptions } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: "string", default: "5" },
      "slow-runs": { type: "string", default: "1" },
      only: { type: "string" },
      scale: { type: "boolean", default: false },
      findings: { type: "boolean", default: false },
      vscode: { type: "boolean", default: false },
      all: { type: "boolean", default: false },
      markdown: { type: "boolean", default: false },
    },
  });
  return {
    file: resolve(positionals[0] ?? "bench-data/attack-sample-3m.csv"),
    isScale: values.scale || values.all,
    isVscode: values.vscode || values.all,
    isPeers: values.all || (!values.scale && !values.vscode && !values.findings),
    isFindings: values.findings || values.all || (!values.scale && !values.vscode && values.only === undefined),
    options: {
      runs: Number(values.runs),
      slowRuns: Number(values["slow-runs"]),
      only: values.only?.split(","),
      isMarkdown: values.markdown,
      log: (line) => console.error(line),
    },
  };
}

async function main(): Promise<number> {
  const { file, isScale, isVscode, isPeers, isFindings, options } = readCall();
  process.chdir(join(__dirname, "..", ".."));
  if ((isPeers || isFindings || isVscode) && !existsSync(file)) {
    console.error(`${file} does not exist. Make it with: npm run bench:data`);
    return 2;
  }
  await buildPrograms();
  const machine = `${cpus()[0].model}, ${availableParallelism()} cores, ${(totalmem() / 1e9).toFixed(0)} GB`;
  console.log(`${machine}, Node ${process.version}, ${process.platform}, ${new Date().toISOString().slice(0, 10)}`);
  if (isPeers || isFindings || isVscode) {
    console.log(`${basename(file)}, ${(statSync(file).size / 1e6).toFixed(0)} MB, page cache warm`);
    console.log(`Answers are checked against ${readExpected(file) ? "the generator's own counts" : "those of the first run"}.`);
  }
  if (isPeers) await benchPeers(file, options);
  if (isPeers) await benchFilters(file);
  if (isFindings) await benchFindings(file, options);
  if (isScale) await benchScale(options);
  if (isVscode) await benchClicksInVscode(file, options);
  return 0;
}

void main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
