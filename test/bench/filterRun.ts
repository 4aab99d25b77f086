/** How long a filter takes in the process's own thread: `FILE`. Answers are checked against a loop over the rows, cell by cell. */
import { resolve } from "node:path";
import { performance } from "node:perf_hooks";
import type { CaptureStore } from "../../src/engine/captureStore";
import { Valid } from "../../src/engine/columns";
import { makeFilterMeans } from "../../src/worker/columnReader";
import { readCapture } from "../../src/worker/readCapture";

/** What one filter took. */
export interface FilterRun {
  readonly filter: string;
  /** Reading what the filter names and is not in memory; once per column. */
  readonly prepareMs: number;
  /** Compiling, evaluating and counting, each time anew; ascending. */
  readonly runMs: readonly number[];
  readonly rows: number;
}

/** Times of each filter: the median is of so many. */
const RUNS = 15;

/** Whether a row passes, looked up value by value. */
type Naive = (capture: CaptureStore, row: number) => boolean;

const port = ({ columns }: CaptureStore, row: number): number => ((columns.valid[row] & Valid.dstPort) === 0 ? -1 : columns.dstPort[row]);
const FILTERS: readonly { readonly filter: string; readonly naive: Naive }[] = [
  {
    filter: 'ip.src == 10.20.30.101 && tcp.dstport in {80, 443} && tcp.flags.reset == 1 && alert == "suspicious"',
    naive: (capture, row) => {
      const { columns } = capture;
      return (
        columns.addresses.valueOf(columns.src[row]) === "10.20.30.101" &&
        [80, 443].includes(port(capture, row)) &&
        (columns.valid[row] & Valid.flags) !== 0 &&
        (columns.flags[row] & 4) !== 0 &&
        columns.labelNames.valueOf(columns.label[row]) === "suspicious"
      );
    },
  },
  {
    filter: "tcp.seq > 1000000 || !(tcp.port == 80)",
    naive: (capture, row) => {
      const { valid, seq, srcPort } = capture.columns;
      const isWeb = port(capture, row) === 80 || ((valid[row] & Valid.srcPort) !== 0 && srcPort[row] === 80);
      return ((valid[row] & Valid.seq) !== 0 && seq[row] > 1_000_000) || !isWeb;
    },
  },
  {
    filter: 'ip.addr == 10.0.0.0/8 && frame.protocols contains "http"',
    naive: ({ columns }, row) =>
      [columns.src, columns.dst].some((codes) => columns.addresses.valueOf(codes[row]).startsWith("10.")) &&
      columns.protocolNames.valueOf(columns.protocols[row]).includes("http"),
  },
  { filter: "http.host", naive: (capture, row) => capture.filters.fields.find("http.host")!.open().valuesAt(row).length > 0 },
];

/** Runs all. Throws where an answer is wrong. */
export async function runFilters(path: string): Promise<FilterRun[]> {
  const options = { labelFields: ["alert", "label"] };
  const source = { kind: "file", path } as const;
  const distPath = resolve("dist");
  const capture = await readCapture(source, options, { distPath });
  await capture.whenComplete;
  capture.filters.means = makeFilterMeans(capture, source, options, { distPath });
  const results: FilterRun[] = [];
  for (const { filter, naive } of FILTERS) {
    const from = performance.now();
    await capture.filters.prepare(filter);
    const prepareMs = performance.now() - from;
    const runMs: number[] = [];
    let bits = capture.filters.run(filter);
    for (let i = 0; i < RUNS; i++) {
      const start = performance.now();
      bits = capture.filters.run(filter);
      bits.count();
      runMs.push(performance.now() - start);
    }
    const { rows, valid } = capture.columns;
    for (let row = 0; row < rows; row++)
      if (bits.has(row) !== ((valid[row] & Valid.noRow) === 0 && naive(capture, row)))
        throw new Error(`wrong answer: ${filter}, row at place ${String(row)}`);
    results.push({ filter, prepareMs, runMs: runMs.sort((a, b) => a - b), rows: bits.count() });
  }
  return results;
}

if (require.main === module)
  void runFilters(process.argv[2]).then(
    (results) => process.stdout.write(`${JSON.stringify(results)}\n`),
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
