/** Findings in words: grades, coverage, labels, tooltips, and as Markdown. Text from a capture stays plain text. */
import * as vscode from "vscode";
import { packetsText } from "../analysis/countTexts";
import type { FindingsResult } from "../analysis/captureFindings";
import type {
  CaptureCoverage,
  Confidence,
  DetectorDescription,
  DetectorId,
  EvidenceRole,
  Finding,
  LabelAgreement,
  Sensitivity,
  Severity,
} from "../shared/findings";
import { isNoFilter, type FindingFilter } from "../shared/findingFilter";
import { formatCount, formatShare } from "../shared/format";
import type { CaptureTime } from "../shared/model";
import { describeMoment } from "./captureTimes";
import { codeSpan, markdownTable, markdownText, oneLine } from "./plainText";

/** Characters of a title in a list or tooltip. */
const TITLE_CHARS = 200;

export function severityName(severity: Severity): string {
  switch (severity) {
    case "error":
      return vscode.l10n.t("Error");
    case "warn":
      return vscode.l10n.t("Warning");
    case "note":
      return vscode.l10n.t("Note");
    case "chat":
      return vscode.l10n.t("Chat");
  }
}

export function confidenceName(confidence: Confidence): string {
  switch (confidence) {
    case "certain":
      return vscode.l10n.t("certain");
    case "high":
      return vscode.l10n.t("high confidence");
    case "medium":
      return vscode.l10n.t("medium confidence");
    case "low":
      return vscode.l10n.t("low confidence");
  }
}

export function sensitivityName(sensitivity: Sensitivity): string {
  switch (sensitivity) {
    case "low":
      return vscode.l10n.t("low sensitivity");
    case "medium":
      return vscode.l10n.t("medium sensitivity");
    case "high":
      return vscode.l10n.t("high sensitivity");
  }
}

/** Why a packet stands for its finding. */
export function roleName(role: EvidenceRole): string {
  switch (role) {
    case "strongest":
      return vscode.l10n.t("says most");
    case "first":
      return vscode.l10n.t("first");
    case "last":
      return vscode.l10n.t("last");
  }
}

/** As VS Code marks problems. */
export function severityIcon(severity: Severity): vscode.ThemeIcon {
  switch (severity) {
    case "error":
      return new vscode.ThemeIcon("error", new vscode.ThemeColor("problemsErrorIcon.foreground"));
    case "warn":
      return new vscode.ThemeIcon("warning", new vscode.ThemeColor("problemsWarningIcon.foreground"));
    case "note":
      return new vscode.ThemeIcon("info", new vscode.ThemeColor("problemsInfoIcon.foreground"));
    case "chat":
      return new vscode.ThemeIcon("comment");
  }
}

/** `1 finding`, `12 findings`. */
export const findingsText = (count: number): string =>
  count === 1 ? vscode.l10n.t("1 finding") : vscode.l10n.t("{0} findings", formatCount(count));

/** The question of a detector; its id when nobody describes it. */
export const detectorTitle = (detectors: readonly DetectorDescription[], id: DetectorId): string =>
  detectors.find((each) => each.id === id)?.title ?? id;

/** The filter in a few words; undefined when there is none. */
export function filterText(filter: FindingFilter, detectors: readonly DetectorDescription[]): string | undefined {
  if (isNoFilter(filter)) return undefined;
  const { severity, confidence, detectors: ids, address } = filter;
  const parts = [
    severity === null ? undefined : vscode.l10n.t("{0} and worse", severityName(severity)),
    confidence === null ? undefined : vscode.l10n.t("{0} and surer", confidenceName(confidence)),
    ids === null ? undefined : ids.map((id) => detectorTitle(detectors, id)).join(", "),
    address === null ? undefined : oneLine(address, 40),
  ];
  return parts.filter((part) => part !== undefined).join(" · ");
}

/** How complete the capture is. */
export function coverageText({ share, unseenAcks, oneSided }: CaptureCoverage): string {
  const parts = [
    share === null
      ? vscode.l10n.t("frames unknown without frame.number")
      : vscode.l10n.t("{0} of the frames", share < 1 && share > 0.9999 ? ">99.99 %" : formatShare(share)),
    vscode.l10n.t("{0} of the ACKs for bytes not seen", formatShare(unseenAcks)),
    vscode.l10n.t("{0} of the streams one-sided", formatShare(oneSided)),
  ];
  return parts.join(" · ");
}

/** One line; says so where a share of nothing is asked for. */
export function labelAgreementText({ inFindings, suspiciousInFindings, suspicious }: LabelAgreement): string {
  const percent = (part: number, whole: number): string => `${String(Math.round((part / whole) * 100))} %`;
  if (suspicious === 0) return vscode.l10n.t("No packet is labelled suspicious.");
  if (inFindings === 0) return vscode.l10n.t("None of the packets labelled suspicious is in a finding.");
  return vscode.l10n.t(
    "Of the packets in findings, {0} are labelled suspicious; of the suspicious, {1} are in findings.",
    percent(suspiciousInFindings, inFindings),
    percent(suspiciousInFindings, suspicious),
  );
}

/** Grade, place and time in lines of name and value. */
export function findingFacts(finding: Finding, time: CaptureTime | null): [string, string][] {
  const { severity, confidence, technique, packets, streams, streamCount, source, target, first, last } = finding;
  const listed = streams.slice(0, 8).map(String).join(", ");
  const all: [string, string | undefined][] = [
    [vscode.l10n.t("Severity"), severityName(severity)],
    [vscode.l10n.t("Confidence"), confidenceName(confidence)],
    [vscode.l10n.t("MITRE ATT&CK"), technique ?? undefined],
    [vscode.l10n.t("Source"), source === null ? undefined : oneLine(source)],
    [vscode.l10n.t("Target"), target === null ? undefined : oneLine(target)],
    [vscode.l10n.t("Packets"), formatCount(packets)],
    [
      vscode.l10n.t("Streams"),
      streamCount === 0 ? undefined : streamCount > 8 ? vscode.l10n.t("{0}, and {1} more", listed, formatCount(streamCount - 8)) : listed,
    ],
    [vscode.l10n.t("First"), time && first ? describeMoment(first, time) : undefined],
    [vscode.l10n.t("Last"), time && last ? describeMoment(last, time) : undefined],
  ];
  return all.filter((fact): fact is [string, string] => fact[1] !== undefined);
}

/** The title as it is listed. */
export const findingTitle = ({ title }: Finding): string => oneLine(title, TITLE_CHARS);

/** Plain text, so that nothing from the capture can become a link or markup. */
export function findingTooltip(finding: Finding, time: CaptureTime | null): string {
  const lines = findingFacts(finding, time).map(([name, value]) => `${name}: ${value}`);
  return [findingTitle(finding), oneLine(finding.explanation, 2000), "", ...lines].join("\n");
}

/** A read-only document, and what is copied. `title`: the detector's. */
export function findingMarkdown(finding: Finding, about: { title: string; file: string; time: CaptureTime | null }): string {
  const evidence = finding.evidence.map(({ role, frame, row }) => [roleName(role), frame === null ? "–" : String(frame), String(row)]);
  const parts = [
    `# ${markdownText(finding.title)}`,
    markdownText(finding.explanation),
    markdownTable(
      [vscode.l10n.t("What"), vscode.l10n.t("Value")],
      [
        [vscode.l10n.t("Question"), markdownText(about.title)],
        ...findingFacts(finding, about.time).map(([name, value]) => [markdownText(name), markdownText(value)]),
        [vscode.l10n.t("File"), markdownText(about.file)],
        [vscode.l10n.t("Id"), markdownText(finding.id)],
      ],
    ),
    ...(evidence.length > 0
      ? [
          `## ${vscode.l10n.t("Evidence")}`,
          vscode.l10n.t("{0} in all; these decide it:", packetsText(finding.packets)),
          markdownTable([vscode.l10n.t("Packet"), vscode.l10n.t("Frame"), vscode.l10n.t("Row of the file")], evidence),
        ]
      : []),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** What a detector compares, where that comes from, and what else looks like it. */
export function detectorMarkdown(detector: DetectorDescription, { report, thresholds: set }: FindingsResult): string {
  const { id, title, tshark, thresholds, innocentCauses } = detector;
  const rows = thresholds.map(({ name, meaning, unit, values, source }) => {
    const own = Object.hasOwn(set, `${id}.${name}`) ? set[`${id}.${name}`] : undefined;
    return [
      codeSpan(`${id}.${name}`),
      markdownText(meaning),
      markdownText(unit),
      ...[values.low, values.medium, values.high].map(String),
      `**${String(own ?? values[report.sensitivity])}**`,
      markdownText(source),
    ];
  });
  const header = [
    vscode.l10n.t("Threshold"),
    vscode.l10n.t("Meaning"),
    vscode.l10n.t("Unit"),
    vscode.l10n.t("Low"),
    vscode.l10n.t("Medium"),
    vscode.l10n.t("High"),
    vscode.l10n.t("Now"),
    vscode.l10n.t("Source"),
  ];
  const [example] = thresholds;
  const parts = [
    `# ${markdownText(title)}`,
    vscode.l10n.t("A finding says what was seen, against which threshold, and how sure that is. It does not accuse."),
    ...(innocentCauses.length > 0
      ? [`## ${vscode.l10n.t("What else looks like it")}`, innocentCauses.map((cause) => `- ${markdownText(cause)}`).join("\n")]
      : []),
    ...(example
      ? [
          `## ${vscode.l10n.t("Thresholds")}`,
          vscode.l10n.t("The sensitivity chooses a column; the setting changes one number alone:"),
          `\`\`\`json\n"tcpSeq.detection.thresholds": { "${id}.${example.name}": ${String(example.values.medium)} }\n\`\`\``,
          markdownTable(header, rows),
        ]
      : []),
    ...(tshark.length > 0
      ? [`## ${vscode.l10n.t("What it needs")}`, `${vscode.l10n.t("Options of tshark:")} ${tshark.map(codeSpan).join(" ")}`]
      : []),
  ];
  return `${parts.join("\n\n")}\n`;
}
