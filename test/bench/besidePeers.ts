/** The first table: the analysis beside its peers; and the clicks in the engine. */
import { createReadStream, statSync } from "node:fs";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { formatCount } from "../../src/shared/format";
import { readExpected } from "./answer";
import { CONTESTANTS } from "./contestants";
import type { OurRun } from "./ours";
import { isOurs, median, runRounds, type BenchOptions, type Result } from "./rounds";
import { formatTable, megabytes, milliseconds, seconds } from "./table";

/** A line of the table: name, and what was measured in each run. */
interface Line {
  readonly name: string;
  readonly times: readonly number[];
  readonly peaks: readonly (number | null)[];
}

export async function benchPeers(file: string, options: BenchOptions): Promise<void> {
  const contestants = CONTESTANTS.filter(({ id }) => options.only?.includes(id) ?? true);
  await warm(file);
  const results = await runRounds(contestants, file, readExpected(file), options);

  const bytes = statSync(file).size;
  const medianOf = (id: string): number => median(results.find(({ contestant }) => contestant.id === id)?.runs.map(timeOf) ?? []);
  const [wc, duckdb] = [medianOf("wc"), medianOf("duckdb")];
  const rows = [["", "runs", "time", "fastest to slowest", "x wc -l", "x DuckDB", "MB/s", "peak memory"]];
  for (const { name, times, peaks } of results.flatMap(linesOf)) {
    const ms = median(times);
    rows.push([
      name,
      String(times.length),
      seconds(ms),
      `${(Math.min(...times) / 1000).toFixed(2)}-${(Math.max(...times) / 1000).toFixed(2)}`,
      ratio(ms, wc),
      ratio(ms, duckdb),
      (bytes / 1000 / ms).toFixed(0),
      megabytes(peaks.some((peak) => peak === null) ? null : Math.max(...(peaks as number[]))),
    ]);
  }
  console.log(`\n${formatTable(rows, options.isMarkdown)}`);
  console.log(
    "\nTime: median, from the request to the answer; threads started by it included, loading a library not. Memory: the largest.",
  );
  for (const { contestant, runs, problem } of results) if (runs.length === 0) console.log(`${contestant.name}: ${problem ?? "not run"}`);
  printClicks(results.filter(isOurs), options.isMarkdown);
}

const timeOf = ({ elapsedMs }: { elapsedMs: number }): number => elapsedMs;
const ratio = (ms: number, base: number): string => (Number.isNaN(base) ? "" : (ms / base).toFixed(2));

function linesOf(result: Result): Line[] {
  const { contestant, runs } = result;
  if (runs.length === 0) return [];
  const all = { name: contestant.name, times: runs.map(timeOf), peaks: runs.map(({ peakBytes }) => peakBytes) };
  if (contestant.id !== "ours" || !isOurs(result)) return [all];
  const first = result.runs.map((run) => run.first);
  return [
    { name: "ours, first answer", times: first.map(timeOf), peaks: first.map(({ peakBytes }) => peakBytes) },
    { ...all, name: "ours, everything" },
  ];
}

/** Reads the file once, so that no contestant has to wait for the disk. */
async function warm(file: string): Promise<void> {
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), new Writable({ write: (_chunk, _encoding, done) => done() }));
}

function printClicks(results: readonly Result<OurRun>[], isMarkdown: boolean): void {
  if (results.length === 0) return;
  const rows = [["timeline of", "most frequent number", "a rare one", "bursts of all numbers", "longest block of the asking thread"]];
  for (const { contestant, runs } of results) {
    const blocks = runs.flatMap(({ longestBlockMs }) => longestBlockMs ?? []);
    rows.push([
      contestant.id === "ours" ? "ours, asked across threads" : contestant.name,
      milliseconds(median(runs.map(({ clickTopMs }) => clickTopMs))),
      milliseconds(median(runs.map(({ clickRareMs }) => clickRareMs))),
      milliseconds(median(runs.map(({ burstsMs }) => burstsMs))),
      blocks.length === 0 ? "" : milliseconds(Math.max(...blocks)),
    ]);
  }
  console.log(`\n${formatTable(rows, isMarkdown)}`);
  printPackets(results, isMarkdown);
  console.log(`\n${formatCount(results[0].runs[0].rows)} rows.`);
}

function printPackets(results: readonly Result<OurRun>[], isMarkdown: boolean): void {
  const rows = [["page of packets", "first", "anywhere", "next"]];
  for (const { contestant, runs } of results)
    for (const [what, key] of [
      ["of the most frequent number", "packetsTop"],
      ["of all, latest first", "packetsByTime"],
      ["of all, longest first", "packetsByLength"],
    ] as const)
      rows.push([
        `${contestant.id === "ours" ? "ours, asked across threads" : contestant.name}: ${what}`,
        milliseconds(median(runs.map((run) => run[key].firstMs))),
        milliseconds(median(runs.map((run) => run[key].anywhereMs))),
        milliseconds(median(runs.map((run) => run[key].nextMs))),
      ]);
  console.log(`\n${formatTable(rows, isMarkdown)}`);
}
