/** The answer for people: what was read, the most frequent numbers, and a bar per bucket. */
import type { CaptureStore } from "../engine/captureStore";
import { UNSHOWABLE } from "../shared/shownText";
import { formatBytes, formatCount, formatDuration, formatMoment, formatRatio, formatSeconds, formatShare } from "../shared/format";
import type { Moment, Timeline } from "../shared/model";
import { listBursts, timelineOf, zoneName, type AnalyzeCall } from "./call";
import { PROBLEM_TEXTS } from "./problemTexts";

/** Numbers with bursts that are listed at most. */
const SHOWN_BURSTS = 5;
/** Width of the longest bar. */
const BAR_CELLS = 40;

/** Capture text on a terminal: control characters, which could steer it, and others that are not shown become U+FFFD. */
export const printable = (text: string): string => text.replace(UNSHOWABLE, "\ufffd");

/** Rows of cells as aligned columns; the flagged ones to the right. */
function table(rows: readonly (readonly string[])[], isRight: readonly boolean[]): string[] {
  const widths = isRight.map((_, column) => rows.reduce((widest, row) => Math.max(widest, row[column].length), 0));
  return rows.map((row) =>
    row
      .map((cell, column) => (isRight[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join("  ")
      .trimEnd(),
  );
}

/** What `tcp-seq analyze` prints without `--json`. */
export function toText(call: AnalyzeCall, capture: CaptureStore, seqs: readonly number[]): string {
  const { summary } = capture;
  const { rows, time } = summary;
  const zone = time && (zoneName(time) ?? (time.isRelative ? "since the capture's start" : `${time.zone.label ?? ""} zone unknown`.trim()));
  // Without a date, seconds since the start say more than a day in 1970.
  const say = (moment: Moment): string =>
    time?.isRelative ? `${String(moment.seconds)}.${String(moment.nanos).padStart(9, "0")} s` : formatMoment(moment);
  const { compression, part } = summary;
  const size = `${formatBytes(summary.bytes)}${compression ? ` ${compression.kind} (${formatBytes(compression.bytes)} of text)` : ""}`;
  const lines = [
    `${printable(summary.name)}  ${size}, ${formatCount(rows.read)} rows, ${formatCount(rows.tcp)} with a sequence number, ${formatCount(summary.distinct)} different`,
    time ? `${say(time.first)} to ${say(time.last)} (${printable(zone ?? "")})` : "no readable times",
  ];
  if (part?.kind === "rows") lines.push(`only the first ${formatCount(part.rows)} rows of the file`);
  if (part?.kind === "time") {
    const range = `from ${say(part.from)} to before ${say(part.to)}`;
    lines.push(`only the rows ${range}; ${formatCount(rows.outsideRange)} with a sequence number are outside, or without a time`);
  }
  for (const { kind, count, examples } of summary.problems) {
    const places = examples.map(({ line }) => formatCount(line)).join(", ");
    lines.push(`${formatCount(count)} × ${PROBLEM_TEXTS[kind]} (line ${places}${count > examples.length ? ", …" : ""})`);
  }
  lines.push("");
  const focus = { filter: call.filter, range: null };
  const totals = capture.countFocus(focus);
  if (call.filter.trim() !== "") {
    lines.splice(
      -1,
      0,
      `filter ${printable(call.filter)}: ${formatCount(totals.packets)} packets (${formatShare(totals.packets / Math.max(1, rows.tcp))}), ${formatCount(totals.distinct)} different numbers`,
    );
  }
  const top = capture.listSequences({ order: "count", from: 0, count: call.top, focus });
  if (top.length > 0) {
    const body = top.map(({ seq, count }) => [String(seq), formatCount(count), formatShare(count / totals.packets)]);
    lines.push(...table([[summary.seqField, "packets", "share"], ...body], [true, true, true]), "");
  }
  const bursts = listBursts(capture, focus, Math.min(call.top, SHOWN_BURSTS));
  if (bursts.length > 0) {
    const body = bursts.map(({ seq, burst: { peakSec, peakCount, baseline, ratio } }) => [
      String(seq),
      time?.isRelative ? `${formatCount(peakSec)} s` : formatSeconds(peakSec),
      formatCount(peakCount),
      formatCount(baseline),
      `${formatRatio(ratio)}×`,
    ]);
    const head = ["burst of", "fullest at", "packets", "usual", ""];
    lines.push(...table([head, ...body], [true, false, true, true, true]), "");
  }
  for (const seq of seqs) lines.push(...timelineLines(timelineOf(capture, seq, call), summary.labelField), "");
  return lines.join("\n").trimEnd();
}

function timelineLines(timeline: Timeline, labelField: string | null): string[] {
  const { seq, counts, bucketSeconds, startSec, index } = timeline;
  const head = `Sequence number ${String(seq)}, packets per ${formatDuration(bucketSeconds)}${index ? " (too many buckets: empty ones left out)" : ""}`;
  if (counts.length === 0)
    return [head, timeline.undated > 0 ? `${formatCount(timeline.undated)} packets, none with a time` : "no packets"];
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  const rows = Array.from(counts, (count, i) => {
    const bar = "█".repeat(Math.ceil((count / most) * BAR_CELLS));
    const label = labelField === null ? "" : (timeline.labelNames[timeline.labels[i]] ?? "");
    return [
      formatSeconds(startSec + (index ? index[i] : i) * bucketSeconds),
      formatCount(count),
      bar,
      printable(label),
      printable(timeline.protocolNames[timeline.protocols[i]] ?? ""),
    ];
  });
  return [
    head,
    ...table([["start", "packets", "", printable(labelField ?? ""), "protocols"], ...rows], [false, true, false, false, false]),
  ];
}
