/**
 * A run of the detectors over a capture: prepares what they share, asks each, and keeps the packets of every finding.
 */
import * as l10n from "@vscode/l10n";
import {
  CONFIDENCES,
  MAX_STREAMS,
  SEVERITIES,
  type CaptureCoverage,
  type EvidencePacket,
  type EvidenceRole,
  type Finding,
  type FindingsReport,
  type LabelAgreement,
  type NotRun,
  type Sensitivity,
} from "../../shared/findings";
import { formatCount } from "../../shared/format";
import { isBenignLabel } from "../../shared/labels";
import type { Moment } from "../../shared/model";
import type { CaptureStore } from "../captureStore";
import { endsByCapture, sortByCapture } from "../captureOrder";
import { NO_TEXT, Valid, type PacketColumns, type CodesColumn } from "../columns";
import { followSteps, type FollowedStreams } from "../followStreams";
import { RowBits } from "../rowBits";
import { RowNumbers } from "../rowNumbers";
import { finishWith } from "../steps";
import type { StreamMap } from "../streamOf";
import { isOneSided, SAMPLED_SHARE, UNSEEN_SHARE } from "./coverage";
import type { Detector, DetectorContext, RawFinding } from "./detector";
import { spanOf, streamsOf } from "./findingRows";
import { DETECTORS } from "./index";

export { isOneSided, isSampled } from "./coverage";

/** How a run is made. */
export interface DetectOptions {
  readonly sensitivity: Sensitivity;
  /** Thresholds that differ from the preset: `port-scan.minPorts`. */
  readonly thresholds?: Readonly<Record<string, number>>;
  readonly readPayloads?: DetectorContext["readPayloads"];
  readonly pause: () => Promise<void>;
  /** An earlier run over the same capture: what does not change is taken from it, and takes no memory twice. */
  readonly earlier?: Findings | undefined;
  /** Only for tests: other detectors than those of the registry. */
  readonly detectors?: readonly Detector[];
}

/** What findings are ordered by. */
type Weight = Pick<Finding, "severity" | "confidence" | "count">;

/** What is kept of a run, beside what it says. */
type FindingsParts = Pick<Findings, "labels" | "numbers" | "streams">;

/** What a run says, and which rows each finding is made of. */
export class Findings {
  readonly report: FindingsReport;
  /** Bits of SegmentLabel per row. */
  readonly labels: Uint16Array;
  readonly numbers: RowNumbers;
  /** Takes memory of its own only where the file does not name its streams: 10 bytes a row. */
  readonly streams: StreamMap;
  /** Rows by finding; those of `#unsorted` are not in order yet. */
  readonly #rows: Map<string, Uint32Array>;
  readonly #unsorted: Set<string>;
  readonly #columns: PacketColumns;

  constructor(
    report: FindingsReport,
    { rows, unsorted, columns }: { rows: Map<string, Uint32Array>; unsorted: Set<string>; columns: PacketColumns },
    { labels, numbers, streams }: FindingsParts,
  ) {
    this.report = report;
    this.labels = labels;
    this.numbers = numbers;
    this.streams = streams;
    this.#rows = rows;
    this.#unsorted = unsorted;
    this.#columns = columns;
  }

  /** Rows of a finding in the order of capture; empty when there is no such finding. */
  rowsOf(id: string): Uint32Array {
    const rows = this.#rows.get(id) ?? new Uint32Array(0);
    if (!this.#unsorted.delete(id)) return rows;
    const sorted = sortByCapture(this.#columns, rows);
    this.#rows.set(id, sorted);
    return sorted;
  }
}

/** Runs the detectors that the file has the columns for. The capture has to be complete. Rejects with what `pause` throws. */
export async function detect(capture: CaptureStore, options: DetectOptions): Promise<Findings> {
  const { columns, index, order, modules, head, summary } = capture;
  if (!order) throw new RangeError("The capture is not complete.");
  const { sensitivity, pause, readPayloads, earlier, detectors = DETECTORS } = options;
  await pause();
  const streams = await finishWith(
    followSteps(modules, columns, order, { known: earlier && { ...earlier.streams, labels: earlier.labels } }),
    pause,
  );
  const { unseenShare, oneSidedShare } = streams.completeness;
  const coverage: CaptureCoverage = {
    share: summary.completeness?.share ?? null,
    unseenAcks: unseenShare,
    oneSided: oneSidedShare,
  };
  const fields = new Set(head.header.columns.keys());
  const numbers = earlier?.numbers ?? new RowNumbers(columns, order.segments);
  const notRun: NotRun[] = [];
  const rows = new Map<string, Uint32Array>();
  const unsorted = new Set<string>();
  const findings: Finding[] = [];
  for (const detector of detectors) {
    await pause();
    const { id } = detector;
    const missing = detector.needs.filter(({ anyOf }) => !anyOf.some((field) => fields.has(field)));
    if (missing.length > 0) {
      const names = missing.map(({ tshark }) => tshark).join(" ");
      notRun.push({
        detector: id,
        reason: l10n.t("The file lacks columns that this question needs: {0}.", names.replaceAll("-e ", "")),
        tshark: names,
      });
      continue;
    }
    const thresholds = thresholdsOf(detector, sensitivity, options.thresholds);
    const result = await detector.run({ columns, index, streams, coverage, fields, thresholds, readPayloads, pause });
    for (const { reason, tshark } of result.unjudged) notRun.push({ detector: id, reason, tshark });
    const told = gravest(result.findings);
    if (told.length < result.findings.length)
      notRun.push({
        detector: id,
        reason: l10n.t(
          "Only the {0} gravest of {1} findings are listed; higher thresholds, or a part of the capture, leave fewer.",
          formatCount(told.length),
          formatCount(result.findings.length),
        ),
        tshark: "",
      });
    for (const raw of told) {
      const finding = describe(detector, raw, capture, streams, numbers);
      findings.push(finding);
      rows.set(finding.id, raw.rows);
      if (raw.isUnsorted) unsorted.add(finding.id);
    }
  }
  findings.sort(byWeight);
  const labels = compareLabels(capture, findings, rows);
  const report: FindingsReport = { sensitivity, coverage, caveats: caveatsOf(coverage), findings, notRun, labels };
  const { numbers: streamNumbers, order: streamOrder } = streams;
  return new Findings(
    report,
    { rows, unsorted, columns },
    { labels: streams.labels, numbers, streams: { numbers: streamNumbers, order: streamOrder } },
  );
}

/** The preset's values, but for those that were set alone. */
export function thresholdsOf(
  { id, thresholds }: Detector,
  sensitivity: Sensitivity,
  overrides: Readonly<Record<string, number>> = {},
): Record<string, number> {
  return Object.fromEntries(thresholds.map(({ name, values }) => [name, overrides[`${id}.${name}`] ?? values[sensitivity]]));
}

/** Findings of a detector that are told at most: more than anybody reads, few enough for a list, a message and a file of any capture. */
const MAX_FINDINGS = 1000;

/** All, or the first by weight where there are too many. */
const gravest = (findings: readonly RawFinding[]): readonly RawFinding[] =>
  findings.length <= MAX_FINDINGS ? findings : [...findings].sort(byWeight).slice(0, MAX_FINDINGS);

/** Worst first: severity, confidence, count; then as they come. */
function byWeight(a: Weight, b: Weight): number {
  return (
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    CONFIDENCES.indexOf(b.confidence) - CONFIDENCES.indexOf(a.confidence) ||
    b.count - a.count
  );
}

function describe(
  { id: detector }: Detector,
  raw: RawFinding,
  { columns }: CaptureStore,
  { numbers }: FollowedStreams,
  rowNumbers: RowNumbers,
): Finding {
  const { key, rows, isUnsorted = false, strongest, ...common } = raw;
  const { first, last } = spanOf(columns, rows);
  const streams = streamsOf(numbers, rows, MAX_STREAMS);
  const momentOf = (row: number): Moment | null => (row < 0 ? null : { seconds: columns.seconds[row], nanos: columns.nanos[row] });
  const evidence = new Map<number, EvidencePacket>();
  const ends = isUnsorted ? endsByCapture(columns, rows) : { first: rows.at(0), last: rows.at(-1) };
  const roles: [EvidenceRole, number | undefined][] = [
    ["strongest", strongest],
    ["first", ends.first],
    ["last", ends.last],
  ];
  for (const [role, row] of roles) {
    if (row === undefined || evidence.has(row)) continue;
    evidence.set(row, { role, frame: columns.valid[row] & Valid.frame ? columns.frame[row] : null, row: rowNumbers.of(row) });
  }
  return {
    ...common,
    id: `${detector}/${raw.kind}/${key}`,
    detector,
    first: momentOf(first),
    last: momentOf(last),
    streams: streams.least,
    streamCount: streams.count,
    packets: rows.length,
    evidence: [...evidence.values()],
  };
}

const percent = (share: number): string => `${String(Math.round(share * 100))} %`;

function caveatsOf(coverage: CaptureCoverage): string[] {
  const { share, unseenAcks, oneSided } = coverage;
  const caveats: string[] = [];
  if (share !== null && share < SAMPLED_SHARE)
    caveats.push(
      l10n.t(
        "This file holds {0} of the frames of its capture: gaps in sequence numbers cannot be judged, and all other findings are less sure.",
        percent(share),
      ),
    );
  else if (unseenAcks > UNSEEN_SHARE)
    caveats.push(
      l10n.t(
        "{0} of the acknowledgements cover bytes that are not in the file: gaps in sequence numbers cannot be judged, and all other findings are less sure.",
        percent(unseenAcks),
      ),
    );
  if (isOneSided(coverage))
    caveats.push(l10n.t("{0} of the streams hold packets of one side only: that an answer is missing says little.", percent(oneSided)));
  return caveats;
}

function compareLabels(
  { columns, summary }: CaptureStore,
  findings: readonly Finding[],
  rowsOf: ReadonlyMap<string, Uint32Array>,
): LabelAgreement | null {
  if (summary.labelField === null) return null;
  const { label, labelNames, valid, rows } = columns;
  const isSuspicious = new Uint8Array(labelNames.size);
  for (let code = 0; code < isSuspicious.length; code++)
    isSuspicious[code] = code === NO_TEXT || isBenignLabel(labelNames.valueOf(code)) ? 0 : 1;
  const isSeen = new RowBits(rows);
  let inFindings = 0;
  let suspiciousInFindings = 0;
  for (const { id, severity } of findings) {
    if (severity === "chat") continue;
    const found = addRows(isSeen, rowsOf.get(id)!, label, isSuspicious);
    inFindings += found.added;
    suspiciousInFindings += found.suspicious;
  }
  const suspicious = countSuspicious(valid, label, isSuspicious, rows);
  return { field: summary.labelField, inFindings, suspiciousInFindings, suspicious };
}

function countSuspicious(valid: Uint16Array, label: CodesColumn, isSuspicious: Uint8Array, rows: number): number {
  let count = 0;
  for (let row = 0; row < rows; row++) count += valid[row] & Valid.seq ? isSuspicious[label[row]] : 0;
  return count;
}

/** Adds rows to those seen: how many are new, and how many of these are suspicious. */
function addRows(
  { words }: RowBits,
  rows: Uint32Array,
  label: CodesColumn,
  isSuspicious: Uint8Array,
): { added: number; suspicious: number } {
  let added = 0;
  let suspicious = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const word = words[row >>> 5];
    const isNew = ((word >>> (row & 31)) & 1) ^ 1;
    words[row >>> 5] = word | (1 << (row & 31));
    added += isNew;
    suspicious += isNew & isSuspicious[label[row]];
  }
  return { added, suspicious };
}
