/**
 * The report of a capture as Markdown: what was read, its most frequent numbers with their timelines, what was found. All text of the
 * capture is escaped; pictures are data of the document itself, so that it can be moved anywhere.
 */
import * as vscode from "vscode";
import { packetsText } from "../analysis/countTexts";
import type { FindingsResult } from "../analysis/captureFindings";
import type { Burst, BurstDetails, BurstsOfNumber } from "../shared/bursts";
import { SEVERITIES, type DetectorId, type Finding } from "../shared/findings";
import { formatBytes, formatCount, formatDuration, formatRatio, formatSeconds, formatShare } from "../shared/format";
import type { CaptureSummary, CaptureTime, SequenceDetails, Timeline } from "../shared/model";
import { describeMoment, describeSpan, describeZone } from "./captureTimes";
import { completenessText } from "./completenessText";
import { confidenceName, coverageText, detectorTitle, findingFacts, labelAgreementText, roleName, severityName } from "./findingTexts";
import { partText } from "./partText";
import { codeCell, codeSpan, markdownTable, markdownText } from "./plainText";
import { isGrave, problemText } from "./problemTexts";
import { svgAddress, timelineSvg, type MarkedSpan } from "./timelineSvg";

/** What a report is made of. */
export interface ReportContent {
  readonly tool: { readonly name: string; readonly version: string };
  readonly summary: CaptureSummary;
  /** The most frequent numbers, most frequent first. */
  readonly numbers: readonly SequenceDetails[];
  /** Of the first of them. */
  readonly timelines: readonly DrawnTimeline[];
  readonly bursts: ReportBursts;
  /** Or why there are none, as a sentence. */
  readonly findings: FindingsResult | string;
}

/** A timeline, every bucket listed, with the bursts that are marked in its picture. */
export interface DrawnTimeline {
  readonly timeline: Timeline;
  readonly bursts: readonly Burst[];
}

/** Bursts of the numbers that stand out most. */
export interface ReportBursts {
  /** Strongest first; all times on the capture's clock. */
  readonly numbers: readonly BurstsOfNumber[];
  /** Numbers that have a burst, listed or not. */
  readonly total: number;
}

/** Findings that are told at length; the view lists all. */
export const MAX_FINDINGS = 50;
/** Fullest buckets that stand below a picture. */
const FULLEST = 5;
/** Labels of a number that are named, and sources of a burst. */
const MAX_LABELS = 3;
const MAX_SOURCES = 3;
/** Bursts of a number that are listed. */
const MAX_BURSTS = 3;

/** The whole document. */
export function captureReport(content: ReportContent): string {
  const pictures: string[] = [];
  const { tool, summary, findings } = content;
  const parts = [
    `# ${vscode.l10n.t("Report")}: ${codeSpan(summary.name)}`,
    vscode.l10n.t("Made by {0} {1} of the whole capture: filters of the views make no difference here.", tool.name, tool.version),
    `## ${vscode.l10n.t("Summary")}`,
    markdownTable([vscode.l10n.t("What"), vscode.l10n.t("Value")], summaryFacts(content)),
    ...problems(summary),
    `## ${vscode.l10n.t("Most frequent sequence numbers")}`,
    ...numbers(content),
    ...timelines(content, pictures),
    `## ${vscode.l10n.t("Bursts")}`,
    ...bursts(content),
    `## ${vscode.l10n.t("Findings")}`,
    ...(typeof findings === "string" ? [markdownText(findings)] : foundParts(findings, summary.time)),
    // Last, since they are long and nobody reads them.
    ...(pictures.length > 0 ? [pictures.join("\n")] : []),
  ];
  return `${parts.join("\n\n")}\n`;
}

function summaryFacts({ summary, findings }: ReportContent): [string, string][] {
  const { rows, time, completeness, labelField, part, compression } = summary;
  const facts: [string, string | undefined][] = [
    [vscode.l10n.t("File"), codeCell(summary.name)],
    [vscode.l10n.t("Only a part"), part ? partText(part, summary) : undefined],
    [vscode.l10n.t("Size"), compression ? `${formatBytes(summary.bytes)}, ${compression.kind}` : formatBytes(summary.bytes)],
    [vscode.l10n.t("Rows read"), formatCount(rows.read)],
    [vscode.l10n.t("TCP packets counted"), formatCount(rows.tcp)],
    [vscode.l10n.t("Different sequence numbers"), formatCount(summary.distinct)],
    [vscode.l10n.t("Sequence field"), codeSpan(summary.seqField)],
    [vscode.l10n.t("Time span"), time ? markdownText(describeSpan(time, "nanoseconds")) : vscode.l10n.t("no readable times")],
    [vscode.l10n.t("Time zone"), time ? markdownText(describeZone(time, { withLabel: true })) : undefined],
    [
      vscode.l10n.t("Completeness"),
      completeness
        ? vscode.l10n.t(
            "{0} of {1} frames, {2}",
            formatCount(completeness.frames),
            formatCount(completeness.span),
            completenessText(completeness),
          )
        : vscode.l10n.t("unknown"),
    ],
    [vscode.l10n.t("Label column"), labelField === null ? vscode.l10n.t("none") : markdownText(labelField)],
    [vscode.l10n.t("Findings"), typeof findings === "string" ? vscode.l10n.t("unknown") : countsBySeverity(findings.report.findings)],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
}

/** `12: 1 error, 11 notes`, worst first. */
function countsBySeverity(findings: readonly Finding[]): string {
  const parts = [...SEVERITIES].reverse().flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count > 0 ? [`${severityName(severity)}: ${formatCount(count)}`] : [];
  });
  return parts.length > 0 ? parts.join(" · ") : vscode.l10n.t("none");
}

function problems({ problems: found }: CaptureSummary): string[] {
  const rows = found.map(({ kind, count }) => [`${isGrave(kind) ? "⚠️ " : ""}${problemText(kind).title}`, formatCount(count)]);
  return [
    `### ${vscode.l10n.t("Problems")}`,
    rows.length > 0 ? markdownTable([vscode.l10n.t("Kind"), vscode.l10n.t("Count")], rows, 1) : vscode.l10n.t("None. Every row was read."),
  ];
}

function numbers({ summary, numbers: listed }: ReportContent): string[] {
  if (listed.length === 0) return [vscode.l10n.t("The capture has no packets with a sequence number.")];
  const { time, labelField } = summary;
  const header = [
    codeSpan(summary.seqField),
    vscode.l10n.t("Packets"),
    vscode.l10n.t("Share"),
    ...(time ? [vscode.l10n.t("First"), vscode.l10n.t("Last")] : []),
    ...(labelField === null ? [] : [vscode.l10n.t("Labels")]),
  ];
  const rows = listed.map(({ seq, count, share, first, last, labels }) => [
    String(seq),
    formatCount(count),
    formatShare(share),
    ...(time ? [first, last].map((moment) => (moment ? markdownText(describeMoment(moment, time)) : "–")) : []),
    ...(labelField === null ? [] : [labels.length > 0 ? labelsText(labels) : "–"]),
  ]);
  const rest = summary.distinct - listed.length;
  return [markdownTable(header, rows), ...(rest > 0 ? [moreNumbersText(rest)] : [])];
}

const moreNumbersText = (rest: number): string =>
  rest === 1
    ? vscode.l10n.t("The capture has 1 more number, which is no more frequent.")
    : vscode.l10n.t("The capture has {0} more numbers, none of them more frequent.", formatCount(rest));

const moreFindingsText = (rest: number): string =>
  rest === 1
    ? vscode.l10n.t("1 more finding is in the view Findings.")
    : vscode.l10n.t("{0} more findings are in the view Findings.", formatCount(rest));

const labelsText = (labels: SequenceDetails["labels"]): string =>
  [
    ...labels
      .slice(0, MAX_LABELS)
      .map(({ label, count }) => `${label === null ? vscode.l10n.t("no label") : markdownText(label.slice(0, 60))} ${formatCount(count)}`),
    ...(labels.length > MAX_LABELS ? ["…"] : []),
  ].join(", ");

/** Where numbers occur far more often than they usually do, strongest number first. */
function bursts({ bursts: { numbers: found, total }, summary: { time, seqField, labelField } }: ReportContent): string[] {
  if (!time) return [vscode.l10n.t("Without times there are no bursts to look for.")];
  const [strongest] = found;
  if (!strongest) return [vscode.l10n.t("No number stands out from its own baseline.")];
  const listed = found.flatMap(({ seq, bursts: all }) => all.slice(0, MAX_BURSTS).map((burst) => ({ seq, burst })));
  const hasSources = listed.some(({ burst }) => burst.sourceCount > 0);
  const header = [
    codeSpan(seqField),
    vscode.l10n.t("From"),
    vscode.l10n.t("To"),
    vscode.l10n.t("Peak"),
    vscode.l10n.t("× baseline"),
    vscode.l10n.t("Packets"),
    ...(labelField === null ? [] : [vscode.l10n.t("Labels")]),
    ...(hasSources ? [vscode.l10n.t("Top sources")] : []),
  ];
  const rows = listed.map(({ seq, burst }) => [
    String(seq),
    sayTime(burst.startSec, time),
    sayTime(burst.endSec, time),
    vscode.l10n.t("{0} at {1}", formatCount(burst.peakCount), sayTime(burst.peakSec, time)),
    formatRatio(burst.ratio),
    formatCount(burst.count),
    ...(labelField === null ? [] : [burst.labels.length > 0 ? labelsText(burst.labels) : "–"]),
    ...(hasSources ? [burst.sourceCount > 0 ? sourcesText(burst) : "–"] : []),
  ]);
  const left = found.reduce((sum, { bursts: all }) => sum + Math.max(0, all.length - MAX_BURSTS), 0);
  const rest = total - found.length;
  return [
    vscode.l10n.t(
      "In a burst, a number occurs far more often than it usually does, here in buckets of {0}. That says where to look, and nothing about why.",
      formatDuration(strongest.bucketSeconds),
    ),
    markdownTable(header, rows),
    ...(left > 0 ? [vscode.l10n.t("Weaker bursts of these numbers that are not listed: {0}.", formatCount(left))] : []),
    ...(rest > 0 ? [vscode.l10n.t("More numbers with bursts, none of them stronger: {0}.", formatCount(rest))] : []),
  ];
}

function sourcesText({ sources, sourceCount }: BurstDetails): string {
  const shown = sources.slice(0, MAX_SOURCES).map(({ address, count }) => `${markdownText(address.slice(0, 60))} (${formatCount(count)})`);
  const rest = sourceCount - shown.length;
  return rest > 0 ? vscode.l10n.t("{0} and {1} more", shown.join(", "), formatCount(rest)) : shown.join(", ");
}

const spanOf = ({ startSec, endSec }: Burst): MarkedSpan => ({ fromSec: startSec, toSec: endSec });

/** A picture of each, what it shows in a sentence, and its fullest buckets as a table. */
function timelines({ timelines: drawn, summary: { time } }: ReportContent, pictures: string[]): string[] {
  if (!time) return [];
  return drawn.flatMap(({ timeline, bursts: marked }, i) => {
    const title = vscode.l10n.t("TCP Sequence Number {0} Occurrences Over Time", String(timeline.seq));
    const { sentence, rows } = describeTimeline(timeline, time);
    if (rows.length === 0) return [`### ${title}`, sentence];
    const id = `timeline-${String(i + 1)}`;
    pictures.push(`[${id}]: ${svgAddress(timelineSvg(timeline, time.isRelative, marked.map(spanOf)))}`);
    const size = formatDuration(timeline.bucketSeconds);
    return [
      `### ${title}`,
      `![${markdownText(`${title}. ${sentence}`)}][${id}]`,
      marked.length > 0 ? `${sentence} ${vscode.l10n.t("Dark bars above the line are its bursts.")}` : sentence,
      markdownTable([vscode.l10n.t("Fullest buckets of {0}", size), vscode.l10n.t("Packets")], rows, 1),
    ];
  });
}

function describeTimeline({ counts, startSec, bucketSeconds }: Timeline, time: CaptureTime): { sentence: string; rows: string[][] } {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return { sentence: vscode.l10n.t("None of its packets has a readable time."), rows: [] };
  const at = (i: number): string => sayTime(startSec + i * bucketSeconds, time);
  const fullest = Array.from(counts, (count, i) => ({ count, i }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || a.i - b.i)
    .slice(0, FULLEST);
  const peak = fullest[0] ?? { count: 0, i: 0 };
  const sentence = vscode.l10n.t(
    "{0} from {1} to {2}; the fullest {3} begin at {4}, with {5}.",
    packetsText(total),
    at(0),
    at(counts.length),
    formatDuration(bucketSeconds),
    at(peak.i),
    packetsText(peak.count),
  );
  return { sentence, rows: fullest.map(({ count, i }) => [at(i), formatCount(count)]) };
}

const sayTime = (sec: number, { isRelative }: CaptureTime): string =>
  isRelative ? `${formatCount(sec)} s` : formatSeconds(sec).replace("T", " ");

function foundParts({ report, detectors, thresholds }: FindingsResult, time: CaptureTime | null): string[] {
  const { findings, notRun, caveats, coverage, labels } = report;
  const told = findings.slice(0, MAX_FINDINGS);
  return [
    vscode.l10n.t("A finding says what was seen, against which threshold, and how sure that is. It does not accuse."),
    `**${vscode.l10n.t("Coverage")}**: ${coverageText(coverage)}`,
    ...caveats.map((caveat) => `⚠️ ${markdownText(caveat)}`),
    ...(labels ? [`**${vscode.l10n.t("Labels ({0})", markdownText(labels.field))}**: ${labelAgreementText(labels)}`] : []),
    ...(findings.length === 0 ? [vscode.l10n.t("Nothing stands out")] : []),
    ...told.flatMap((finding) => findingPart(finding, detectorTitle(detectors, finding.detector), time)),
    ...(told.length < findings.length ? [moreFindingsText(findings.length - told.length)] : []),
    ...(notRun.length > 0 ? [`### ${vscode.l10n.t("Not answered")}`] : []),
    ...(notRun.length > 0
      ? [
          markdownTable(
            [vscode.l10n.t("Question"), vscode.l10n.t("Why?"), vscode.l10n.t("Options of tshark:")],
            notRun.map(({ detector, reason, tshark }) => [
              markdownText(detectorTitle(detectors, detector)),
              markdownText(reason),
              tshark === "" ? "–" : codeSpan(tshark),
            ]),
          ),
        ]
      : []),
    ...thresholdsPart(new Set(told.map(({ detector }) => detector)), { report, detectors, thresholds }),
  ];
}

function findingPart(finding: Finding, question: string, time: CaptureTime | null): string[] {
  const { severity, confidence, evidence } = finding;
  const facts = findingFacts(finding, time).map(([name, value]) => [markdownText(name), markdownText(value)]);
  const frames = evidence.map(({ role, frame, row }) =>
    frame === null
      ? vscode.l10n.t("{0} (row {1})", roleName(role), formatCount(row))
      : vscode.l10n.t("{0} (frame {1}, row {2})", roleName(role), String(frame), formatCount(row)),
  );
  return [
    `### ${severityName(severity)}: ${markdownText(finding.title)}`,
    `${markdownText(question)} · ${confidenceName(confidence)}`,
    markdownText(finding.explanation),
    markdownTable(
      [vscode.l10n.t("What"), vscode.l10n.t("Value")],
      [...facts, ...(frames.length > 0 ? [[vscode.l10n.t("Evidence"), frames.join(" · ")]] : [])],
    ),
  ];
}

/** What the questions with findings compared with, as it was set. */
function thresholdsPart(ids: ReadonlySet<DetectorId>, { report, detectors, thresholds }: FindingsResult): string[] {
  const rows = detectors
    .filter(({ id }) => ids.has(id))
    .flatMap(({ id, thresholds: compared }) =>
      compared.map(({ name, meaning, unit, values, source }) => {
        const key = `${id}.${name}`;
        const value = Object.hasOwn(thresholds, key) ? thresholds[key] : values[report.sensitivity];
        return [codeSpan(key), String(value), markdownText(unit), markdownText(meaning), markdownText(source)];
      }),
    );
  const header = [
    vscode.l10n.t("Threshold"),
    vscode.l10n.t("Value"),
    vscode.l10n.t("Unit"),
    vscode.l10n.t("Meaning"),
    vscode.l10n.t("Source"),
  ];
  return rows.length > 0 ? [`### ${vscode.l10n.t("Thresholds")}`, markdownTable(header, rows)] : [];
}
