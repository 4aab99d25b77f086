/** Who takes part in the benchmark, and how one run of each is started. */
import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import type { Run } from "./answer";
import type { OurRun } from "./ours";

const runFile = promisify(execFile);
/** Bundled, so that no compiler takes memory in the processes that are measured. */
const PROGRAMS = resolve("out/test/bench");
const PYTHON = "/usr/bin/python3";
const NOTEBOOK = "peers/notebook.py";

/** See the file header. */
export interface Contestant {
  readonly id: string;
  readonly name: string;
  /** Takes so long that few runs must do. */
  readonly isSlow?: boolean;
  /** Package of test/bench/package.json that it needs. */
  readonly needs?: string;
  readonly program: string;
  readonly args?: readonly string[];
}

export const CONTESTANTS: readonly Contestant[] = [
  { id: "ours", name: "ours", program: "oneRun" },
  { id: "ours-2", name: "ours, 2 threads, in process", program: "inProcess", args: ["2"] },
  { id: "ours-1", name: "ours, 1 thread, in process", program: "inProcess", args: ["1"] },
  { id: "ours-scalar", name: "ours, plain TypeScript, 1 thread", program: "inProcess", args: ["scalar"] },
  { id: "wc", name: "wc -l", program: "peers/wc" },
  { id: "duckdb", name: "DuckDB", program: "peers/duckdb", needs: "@duckdb/node-api" },
  { id: "polars", name: "polars", program: "peers/polars", needs: "nodejs-polars" },
  { id: "udsv", name: "uDSV", program: "peers/udsv", needs: "udsv" },
  { id: "papaparse", name: "papaparse", program: "peers/papaparse", needs: "papaparse", isSlow: true },
  { id: "csv-parse", name: "csv-parse", program: "peers/csvParse", isSlow: true },
  { id: "pandas", name: "pandas, the notebook", program: NOTEBOOK, isSlow: true },
  { id: "pandas-lean", name: "pandas, only the four columns", program: NOTEBOOK, args: ["--lean"], isSlow: true },
];

/** Why a contestant cannot run here; undefined when it can. */
export function whyMissing({ needs, program }: Contestant): string | undefined {
  if (needs !== undefined && !existsSync(join("test/bench/node_modules", needs))) return "not installed: npm install --prefix test/bench";
  if (program === NOTEBOOK && !hasPandas()) return "not installed: apt-get install python3-pandas";
  return undefined;
}

function hasPandas(): boolean {
  try {
    execFileSync(PYTHON, ["-c", "import pandas"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Bundles the programs. */
export async function buildPrograms(): Promise<void> {
  const programs = CONTESTANTS.map(({ program }) => program).filter((program) => program !== NOTEBOOK);
  await bundle([...new Set([...programs, "findingsRun"])]);
}

/** Bundles what measures the extension host from inside; returns its path. */
export async function buildProbe(): Promise<string> {
  await bundle(["eventLoopProbe"]);
  return join(PROGRAMS, "eventLoopProbe.js");
}

async function bundle(programs: readonly string[]): Promise<void> {
  await build({
    entryPoints: programs.map((program) => ({ in: `test/bench/${program}.ts`, out: program })),
    outdir: PROGRAMS,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "warning",
  });
}

/** One run in a process of its own. */
export async function runOnce({ program, args = [] }: Pick<Contestant, "program" | "args">, file: string): Promise<Run | OurRun> {
  const command =
    program === NOTEBOOK
      ? [PYTHON, join("test/bench", program), file, ...args]
      : [process.execPath, join(PROGRAMS, `${program}.js`), file, ...args];
  const { stdout } = await runFile(command[0], command.slice(1), { maxBuffer: 1 << 28 });
  return JSON.parse(stdout) as Run | OurRun;
}
