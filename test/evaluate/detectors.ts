/**
 * The detectors against captures that others made and judged: what has to be found in each at medium sensitivity, and where
 * nothing of severity `warn` or above may be. Each capture is judged from the users' columns, and, where NAME.analysis.csv has them, once
 * more with payload and raw sequence numbers.
 */
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse";
import type { DetectorId, Finding, Severity } from "../../src/shared/findings";
import { DETECTOR_IDS, SEVERITIES } from "../../src/shared/findings";
import { findIn } from "../support/findIn";

/** What the captures are known for (their manifest says by whom). `needs`: columns that only the second way has. */
interface Expectation {
  readonly must: readonly DetectorId[];
  /** What may be found, too, at any severity. */
  readonly may?: readonly DetectorId[];
  readonly needs?: "payload" | "seqRaw";
}

/** Captures that are not named here are clean, or only lossy. */
const EXPECTATIONS: Readonly<Record<string, Expectation>> = {
  "zeek-reassembly": { must: ["payload-conflict"], needs: "payload" },
  "zeek-qi-internet": { must: ["payload-conflict"], needs: "payload" },
  "zeek-rst-inject-rae": { must: ["rst-misfit"] },
  "sgr-skypeirc": { must: ["rst-misfit"], may: ["sequence-pattern"] },
  "snort-reject": { must: ["rst-misfit"] },
  "packets-synscan": { must: ["port-scan"], may: ["sequence-pattern"] },
  "sgr-portscan-10000": { must: ["port-scan"], may: ["sequence-pattern"] },
  "sgr-synpingsweep": { must: ["port-scan"], may: ["sequence-pattern"] },
  "stopddos-synflood-spoofed": { must: ["syn-flood"], may: ["sequence-pattern"] },
  "learnitgirl-synflood": { must: ["syn-flood"], may: ["sequence-pattern"] },
  "mitnick-failed": { must: ["rst-misfit"], may: ["sequence-pattern"] },
  "mitnick-success": { must: [], may: ["rst-misfit", "sequence-pattern", "sequence-jump", "payload-conflict"] },
};

const isGrave = ({ severity }: Finding): boolean => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf("warn");

/** One capture, judged one way. */
export interface Judgement {
  readonly capture: string;
  readonly columns: "users'" | "with payload";
  /** Worst severity and number of findings per detector. */
  readonly found: ReadonlyMap<DetectorId, { readonly worst: Severity; readonly count: number }>;
  readonly missed: readonly DetectorId[];
  /** Grave findings that nobody expects. */
  readonly wrong: readonly Finding[];
}

/** Judges NAME.csv of a directory, from the users' columns, or with those of `analysis`, if it has payload. */
export async function judge(directory: string, capture: string, analysis?: string): Promise<Judgement | undefined> {
  const path = join(directory, `${capture}.csv`);
  if (analysis === undefined) return judgeFile(path, capture, "users'");
  const folder = mkdtempSync(join(tmpdir(), "tcp-seq-evaluate-"));
  try {
    const joined = join(folder, `${capture}.csv`);
    return (await joinColumns(path, analysis, joined)) ? await judgeFile(joined, capture, "with payload") : undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function judgeFile(path: string, capture: string, columns: Judgement["columns"]): Promise<Judgement> {
  const { report } = await findIn(path);
  const { must, may = [], needs }: Expectation = EXPECTATIONS[capture] ?? { must: [] };
  const found = new Map<DetectorId, { worst: Severity; count: number }>();
  for (const finding of report.findings) {
    // Worst first.
    const entry = found.get(finding.detector) ?? { worst: finding.severity, count: 0 };
    found.set(finding.detector, { ...entry, count: entry.count + 1 });
  }
  const grave = report.findings.filter(isGrave);
  const due = needs !== undefined && columns === "users'" ? [] : must;
  return {
    capture,
    columns,
    found,
    missed: due.filter((id) => !grave.some(({ detector }) => detector === id)),
    wrong: grave.filter(({ detector }) => !must.includes(detector) && !may.includes(detector)),
  };
}

/** Adds payload and raw numbers to the users' columns, joined by frame. False when there is no payload. */
async function joinColumns(path: string, analysis: string, target: string): Promise<boolean> {
  const extra = new Map<string, string[]>();
  const names = ["tcp.seq_raw", "tcp.payload"];
  for await (const record of createReadStream(analysis).pipe(parse({ columns: true })) as AsyncIterable<Record<string, string>>) {
    if (!("tcp.payload" in record)) return false;
    extra.set(
      record["frame.number"],
      names.map((name) => record[name]),
    );
  }
  const out = createWriteStream(target);
  const rows = createReadStream(path).pipe(parse({ relax_quotes: true, relax_column_count: true })) as AsyncIterable<string[]>;
  let isHeader = true;
  for await (const cells of rows) {
    const more = isHeader ? names : (extra.get(cells[0]) ?? names.map(() => ""));
    isHeader = false;
    out.write(`${[...cells, ...more].map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",")}\n`);
  }
  out.end();
  await once(out, "close");
  return true;
}

/** The judgements as a table in Markdown. */
export function judgementTable(judgements: readonly Judgement[]): string[] {
  const cell = ({ found, missed }: Judgement, id: DetectorId): string => {
    const entry = found.get(id);
    return entry ? `${entry.worst}${entry.count > 1 ? ` × ${String(entry.count)}` : ""}` : missed.includes(id) ? "**missed**" : "";
  };
  return [
    `| capture | columns | ${DETECTOR_IDS.join(" | ")} | as expected |`,
    `| --- | --- |${" --- |".repeat(DETECTOR_IDS.length)} --- |`,
    ...judgements.map((each) => {
      const cells = DETECTOR_IDS.map((id) => cell(each, id)).join(" | ");
      return `| ${each.capture} | ${each.columns} | ${cells} | ${each.missed.length + each.wrong.length === 0 ? "yes" : "**no**"} |`;
    }),
  ];
}
