/**
 * The import report as Markdown. Only numbers, fixed sentences and the file name (in a code span) reach it;
 * labels, zone names and column names from the capture never do.
 */
import * as vscode from "vscode";
import { formatBytes, formatCount } from "../shared/format";
import type { AnalysisError } from "../shared/errors";
import type { CaptureSummary, ImportProblem } from "../shared/model";
import { completenessText } from "./completenessText";
import { describeSpan, describeZone } from "./captureTimes";
import { codeSpan } from "./plainText";
import { isGrave, problemText } from "./problemTexts";
import { partText } from "./partText";
import { restErrorText } from "./restErrorText";

/** The whole document. `restError`: why the columns of the second pass could not be read, if so. */
export function importReport(summary: CaptureSummary, restError?: AnalysisError): string {
  const name = codeSpan(summary.name);
  const parts = [
    `# ${vscode.l10n.t("Import report")}: ${name}`,
    ...whatWasRead(summary, restError),
    `## ${vscode.l10n.t("Problems")}`,
    ...restNotes(summary, restError, name),
    ...problemSections(summary),
  ];
  return `${parts.join("\n\n")}\n`;
}

function whatWasRead(summary: CaptureSummary, restError: AnalysisError | undefined): string[] {
  const { rows, time, completeness } = summary;
  const seconds = (summary.elapsedMs / 1000).toFixed(2);
  const facts: [string, string][] = [
    [vscode.l10n.t("Rows read"), formatCount(rows.read)],
    [vscode.l10n.t("TCP packets counted"), formatCount(rows.tcp)],
    [vscode.l10n.t("Without a sequence number"), formatCount(rows.withoutSeq)],
    [vscode.l10n.t("Unreadable sequence number"), formatCount(rows.badSeq)],
    [vscode.l10n.t("Repeated header lines"), formatCount(rows.repeatedHeaders)],
    [vscode.l10n.t("Left out"), formatCount(rows.leftOut)],
    [vscode.l10n.t("Different sequence numbers"), formatCount(summary.distinct)],
    [vscode.l10n.t("Sequence field"), codeSpan(summary.seqField)],
    [vscode.l10n.t("Time span"), time ? describeSpan(time, "nanoseconds") : vscode.l10n.t("no readable times")],
    [vscode.l10n.t("Time column"), time ? codeSpan(time.source) : "–"],
    [vscode.l10n.t("Time zone"), time ? describeZone(time, { withLabel: false }) : "–"],
  ];
  if (summary.part) facts.unshift([vscode.l10n.t("Only a part"), partText(summary.part, summary)]);
  if (completeness) {
    const { frames, span } = completeness;
    facts.push([
      vscode.l10n.t("Completeness"),
      vscode.l10n.t("{0} of {1} frames, {2}", formatCount(frames), formatCount(span), completenessText(completeness)),
    ]);
  } else if (!summary.isComplete) {
    facts.push([vscode.l10n.t("Completeness"), restError ? vscode.l10n.t("unknown") : vscode.l10n.t("reading…")]);
  }
  return [
    `## ${vscode.l10n.t("What was read")}`,
    summary.compression
      ? vscode.l10n.t(
          "{0}, compressed with {1}, were read in {2} s: {3} of text.",
          formatBytes(summary.bytes),
          summary.compression.kind,
          seconds,
          formatBytes(summary.compression.bytes),
        )
      : vscode.l10n.t("{0} were read in {1} s.", formatBytes(summary.bytes), seconds),
    table([vscode.l10n.t("What"), vscode.l10n.t("How much")], facts),
    ...(completeness && completeness.share < 1
      ? [
          vscode.l10n.t(
            "The file does not hold every frame between its first and its last: counts and timelines are those of the part it holds.",
          ),
        ]
      : []),
  ];
}

/** That the problems may not be all, and why. */
function restNotes({ isComplete }: CaptureSummary, restError: AnalysisError | undefined, name: string): string[] {
  if (restError) {
    const { title, reason, meaning } = restErrorText(restError, name);
    return [`⚠️ **${title}.** ${reason}`, meaning];
  }
  return isComplete ? [] : [vscode.l10n.t("The other columns are still being read. What is found in them will be added here.")];
}

function problemSections({ problems, compression, isComplete }: CaptureSummary): string[] {
  if (problems.length === 0) return isComplete ? [vscode.l10n.t("None. Every row was read.")] : [];
  const rows = problems.map(({ kind, count }): [string, string] => [
    `${isGrave(kind) ? "⚠️ " : ""}${problemText(kind).title}`,
    formatCount(count),
  ]);
  return [
    table([vscode.l10n.t("Kind"), vscode.l10n.t("Count")], rows),
    ...(compression ? [vscode.l10n.t("Lines and byte offsets are those of the decompressed text.")] : []),
    ...problems.flatMap(problemSection),
  ];
}

function problemSection({ kind, count, examples }: ImportProblem): string[] {
  const { title, meaning, advice } = problemText(kind);
  const places = examples.map(({ line, byteOffset }): [string, string] => [formatCount(line), formatCount(byteOffset)]);
  return [
    `### ${title}: ${formatCount(count)}`,
    meaning,
    `**${vscode.l10n.t("What to do:")}** ${advice}`,
    ...(places.length > 0 ? [vscode.l10n.t("First places:"), table([vscode.l10n.t("Line"), vscode.l10n.t("Byte offset")], places)] : []),
  ];
}

/** Cells hold no text from outside but code spans without a pipe, so nothing needs escaping here. */
const table = (header: [string, string], rows: readonly [string, string][]): string =>
  [header, ["---", "---:"], ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
