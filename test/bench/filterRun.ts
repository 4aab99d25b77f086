/**
 * How long a filter takes in the process's own thread: `FILE`, once what it names is in memory, and when it is typed. Answers are checked
 * against a loop over the rows, cell by cell.
 */
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
  /** Processor time of one of them, the mean: what a quiet machine takes. */
  readonly cpuMs: number;
  readonly rows: number;
}

/** What came of all filters. */
export interface FilterRuns {
  readonly filters: readonly FilterRun[];
  /** From the last key to the answer for columns that nobody asked for before, their names typed PAUSE_MS before; ascending. */
  readonly typedMs: readonly number[];
}

/** Columns that are typed. */
const TYPED = ["http.request.uri", "http.user_agent", "http.referer", "dns.qry.name", "http.content_type"];
/** For a value and its quotation marks: few type it sooner. */
const PAUSE_MS = 1000;

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
export async function runFilters(path: string): Promise<FilterRuns> {
  const options = { labelFields: ["alert", "label"] };
  const source = { kind: "file", path } as const;
  const distPath = resolve("dist");
  const capture = await readCapture(source, options, { distPath });
  await capture.whenComplete;
  capture.filters.means = makeFilterMeans(capture, source, options, { distPath });
  const results: FilterRun[] = [];
  for (const { filter, naive } of FILTERS) {
    const from = performance.now();
    await capture.filters.prepare(filter, {}, () => undefined);
    const prepareMs = performance.now() - from;
    const runMs: number[] = [];
    let bits = capture.filters.run(filter);
    const used = process.cpuUsage();
    for (let i = 0; i < RUNS; i++) {
      const start = performance.now();
      bits = capture.filters.run(filter);
      bits.count();
      runMs.push(performance.now() - start);
    }
    const { user, system } = process.cpuUsage(used);
    const cpuMs = (user + system) / 1000 / RUNS;
    const { rows, valid } = capture.columns;
    for (let row = 0; row < rows; row++)
      if (bits.has(row) !== ((valid[row] & Valid.noRow) === 0 && naive(capture, row)))
        throw new Error(`wrong answer: ${filter}, row at place ${String(row)}`);
    results.push({ filter, prepareMs, cpuMs, runMs: runMs.sort((a, b) => a - b), rows: bits.count() });
  }
  const typedMs: number[] = [];
  for (const name of TYPED) {
    capture.filters.typing(`${name} contains`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const start = performance.now();
    const check = await capture.checkFilter(`${name} contains "a"`);
    typedMs.push(performance.now() - start);
    const cells = capture.filters.fields.find(name)!.open();
    let packets = 0;
    for (let row = 0; row < capture.columns.rows; row++)
      if ((capture.columns.valid[row] & Valid.seq) !== 0 && cells.valuesAt(row).some((cell) => String(cell).includes("a"))) packets++;
    if (check.kind !== "valid" || check.packets !== packets) throw new Error(`wrong answer: ${name}: ${JSON.stringify(check)}`);
  }
  return { filters: results, typedMs: typedMs.sort((a, b) => a - b) };
}

if (require.main === module)
  void runFilters(process.argv[2]).then(
    (results) => process.stdout.write(`${JSON.stringify(results)}\n`),
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
