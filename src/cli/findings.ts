/** `tcp-seq findings`: what the detectors say, as data and for people. */
import type { CaptureStore } from "../engine/captureStore";
import { Valid } from "../engine/columns";
import type { Findings } from "../engine/detectors/detect";
import { formatCount, formatMoment, formatShare } from "../shared/format";
import type { Finding, LabelAgreement } from "../shared/findings";
import { printable } from "./text";

/** Frames that `--json` lists of a finding at most; `packets` says how many there are. */
const MAX_FRAMES = 100_000;

/** What `--json` prints. A field that the file does not have is null; times are on the capture's clock. */
export function findingsJson(file: string, capture: CaptureStore, findings: Findings): unknown {
  const { completeness } = capture.summary;
  const { report } = findings;
  return {
    file,
    completeness,
    sensitivity: report.sensitivity,
    coverage: report.coverage,
    caveats: report.caveats,
    findings: report.findings.map((finding) => ({
      detector: finding.detector,
      kind: finding.kind,
      severity: finding.severity,
      confidence: finding.confidence,
      title: finding.title,
      explanation: finding.explanation,
      technique: finding.technique,
      count: finding.count,
      first: finding.first && formatMoment(finding.first),
      last: finding.last && formatMoment(finding.last),
      streams: finding.streams,
      streamCount: finding.streamCount,
      source: finding.source,
      target: finding.target,
      packets: finding.packets,
      frames: framesOf(capture, findings.rowsOf(finding.id)),
      evidence: finding.evidence,
    })),
    notRun: report.notRun,
    labels: report.labels,
  };
}

/** Frame numbers of rows, in the order of capture; those without one are left out. */
function framesOf({ columns: { valid, frame } }: CaptureStore, rows: Uint32Array): number[] {
  const frames: number[] = [];
  for (const row of rows.subarray(0, MAX_FRAMES)) if ((valid[row] & Valid.frame) !== 0) frames.push(frame[row]);
  return frames;
}

/** What is printed without `--json`: worst first, each with why. */
export function findingsText({ summary }: CaptureStore, { report }: Findings): string {
  const { findings, caveats, notRun, labels } = report;
  const count = `${formatCount(findings.length)} ${findings.length === 1 ? "finding" : "findings"}`;
  const lines = [`${printable(summary.name)}  ${count}, sensitivity ${report.sensitivity}`, ...caveats];
  for (const finding of findings) lines.push("", ...describe(finding));
  if (notRun.length > 0) lines.push("");
  for (const { detector, reason, tshark } of notRun)
    lines.push(`not judged: ${detector}: ${printable(reason)}${tshark === "" ? "" : ` Add to the tshark command: ${tshark}`}`);
  if (labels) lines.push("", agreementText(labels));
  return lines.join("\n");
}

function describe(finding: Finding): string[] {
  const { severity, confidence, title, explanation, technique, first, last, evidence } = finding;
  const frames = evidence.map(({ role, frame, row }) => `${role} ${frame === null ? `row ${String(row)}` : `frame ${String(frame)}`}`);
  const span = first && last ? `${formatMoment(first)} to ${formatMoment(last)}; ` : "";
  return [
    `${severity} (${confidence})  ${printable(title)}`,
    `  ${printable(explanation)}`,
    `  ${span}${frames.join(", ")}; ${finding.detector}${technique === null ? "" : `, ${technique}`}`,
  ];
}

/** How findings and labels agree, in a sentence. */
export function agreementText({ field, inFindings, suspiciousInFindings, suspicious }: LabelAgreement): string {
  const share = (part: number, whole: number): string => (whole === 0 ? "none" : formatShare(part / whole));
  return `${printable(field)}: of ${formatCount(inFindings)} packets in findings ${share(suspiciousInFindings, inFindings)} are labelled suspicious; of ${formatCount(suspicious)} suspicious packets ${share(suspiciousInFindings, suspicious)} are in findings`;
}
