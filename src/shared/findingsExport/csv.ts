/** Findings as CSV (RFC 4180), a row each, for spreadsheets and scripts. */
import { rangesOf, rangeText } from "../frameRanges";
import { exportedTime, type ExportedFindings } from "./exportedFindings";

const HEADER = [
  "id",
  "severity",
  "confidence",
  "detector",
  "kind",
  "title",
  "explanation",
  "technique",
  "count",
  "packets",
  "first",
  "last",
  "source",
  "target",
  "streams",
  "stream_count",
  "frames",
  "rows",
  "dismissed",
] as const;

/** What spreadsheets take for the beginning of a formula, full-width forms too, and what hides one from a look at the cell. */
const RUNS_IN_SPREADSHEETS = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * The same in the middle of a text: where numbers have a decimal comma, spreadsheets split a row at semicolons, or at tabs and line breaks,
 * and take no notice of quotes there.
 */
const RUNS_BEHIND_A_SEPARATOR = /([;\t\r\n]"*)(?=[=+\-@＝＋－＠])/g;

/** A cell that no spreadsheet runs, in quotes where it needs them. */
export function csvCell(value: string | number | null): string {
  if (value === null) return "";
  const text = typeof value === "string" ? defused(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const defused = (text: string): string => (RUNS_IN_SPREADSHEETS.test(text) ? `'${text}` : text).replace(RUNS_BEHIND_A_SEPARATOR, "$1'");

/** Header and rows with CR LF. Frames and rows as `3..9 12`, which no spreadsheet takes for a date. */
export function findingsCsv({ file, findings }: ExportedFindings): string {
  const listOf = (numbers: Uint32Array): string => rangesOf(numbers).map(rangeText).join(" ");
  const rows = findings.map(({ finding, places, isDismissed }): Record<(typeof HEADER)[number], string | number | null> => {
    const { id, severity, confidence, detector, kind, title, explanation, technique, count, packets, source, target } = finding;
    return {
      ...{ id, severity, confidence, detector, kind, title, explanation, technique, count, packets, source, target },
      first: exportedTime(finding.first, file.time),
      last: exportedTime(finding.last, file.time),
      streams: finding.streams.join(" "),
      stream_count: finding.streamCount,
      frames: places.frames && listOf(places.frames),
      rows: listOf(places.rows),
      dismissed: isDismissed ? "yes" : "no",
    };
  });
  const lines = [HEADER.join(","), ...rows.map((row) => HEADER.map((name) => csvCell(row[name])).join(","))];
  return `${lines.join("\r\n")}\r\n`;
}
