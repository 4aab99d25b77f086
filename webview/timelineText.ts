/**
 * Everything the timeline says in words: title, tooltip, announcement, summary, notes, table rows. Pure, no DOM.
 * Text that comes from the capture goes through `cleanText`.
 */
import { formatCount, formatDuration } from "../src/shared/format";
import type { CaptureSummary, Timeline } from "../src/shared/model";
import { MAX_CHART_BUCKETS } from "../src/shared/panelProtocol";
import { UNSHOWABLE } from "../src/shared/shownText";
import { formatDay, formatTime, formatTimeAndZone, formatTimeOfDay, formatZoneAt, hasUtc, timeTitle, type ChartClock } from "./clock";
import * as l10n from "./l10n";

/** One line of a tooltip: what, and its value. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** Longest text from a capture in a tooltip, and in a table cell. Cells can be 100 kB. */
const MAX_TOOLTIP_TEXT = 144;
const MAX_CELL_TEXT = 300;
/** Characters in a line of a tooltip. */
const TOOLTIP_LINE = 56;

/** Shown for a value that is not there. */
export const NOTHING = "–";

/** Text from a capture as it may be shown: one line, at most `longest` characters, invisible characters made visible. */
export function cleanText(text: string, longest: number): string {
  const start = text.slice(0, longest + 1).replace(UNSHOWABLE, "\ufffd");
  return start.length > longest ? `${start.slice(0, longest - 1)}…` : start;
}

/** Title of the chart. The number is not grouped: that is how Wireshark prints it. */
export const timelineTitle = (seq: number): string => l10n.t("TCP Sequence Number {0} Occurrences Over Time", String(seq));

/** Left edge of the i-th listed bucket, seconds on the timeline's clock. */
export const bucketSec = (timeline: Timeline, i: number): number =>
  timeline.startSec + (timeline.index === null ? i : (timeline.index[i] ?? i)) * timeline.bucketSeconds;

/** `42 packets`. */
export const countPackets = (count: number): string => (count === 1 ? l10n.t("1 packet") : l10n.t("{0} packets", formatCount(count)));

const nameAt = (names: readonly string[], index: number | undefined, longest: number): string => {
  const name = index === undefined || index < 0 ? undefined : names[index];
  return name === undefined || name === "" ? NOTHING : cleanText(name, longest);
};

/** What is known of one bucket, in the order of the tooltip. The label line is missing when the file has no label column. */
export function bucketFacts(timeline: Timeline, clock: ChartClock, labelField: string | null, i: number): Fact[] {
  const facts: Fact[] = [
    { label: l10n.t("Time"), value: formatTimeAndZone(clock, bucketSec(timeline, i)) },
    { label: l10n.t("Count"), value: formatCount(timeline.counts[i] ?? 0) },
    { label: l10n.t("Seq"), value: String(timeline.seq) },
  ];
  if (labelField !== null) {
    facts.push({ label: cleanText(labelField, 32), value: nameAt(timeline.labelNames, timeline.labels[i], MAX_TOOLTIP_TEXT) });
  }
  facts.push({ label: l10n.t("Protocols"), value: nameAt(timeline.protocolNames, timeline.protocols[i], MAX_TOOLTIP_TEXT) });
  return facts;
}

const sayFact = ({ label, value }: Fact): string => `${label}: ${value}`;

/** Text in lines of at most `longest` characters, broken after a colon, comma or space where there is one. */
function wrap(text: string, longest: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > longest) {
    const head = rest.slice(0, longest);
    const breakAt = Math.max(head.lastIndexOf(":"), head.lastIndexOf(","), head.lastIndexOf(" ")) + 1;
    const end = breakAt > longest / 2 ? breakAt : longest;
    lines.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end);
  }
  return [...lines, rest];
}

/** Lines of a tooltip: `Count: 31,918`; long ones are broken, since a canvas cuts off what is wider than itself. */
export const tooltipLines = (facts: readonly Fact[]): string[] => facts.flatMap((fact) => wrap(sayFact(fact), TOOLTIP_LINE));

/** The same in one line, for the live region. */
export const announcement = (facts: readonly Fact[]): string => facts.map(sayFact).join(", ");

/** `31,918 in the minute of 11:25`. */
export function describePeak(timeline: Timeline, clock: ChartClock, i: number): string {
  const { bucketSeconds } = timeline;
  const seconds = bucketSec(timeline, i);
  const count = formatCount(timeline.counts[i] ?? 0);
  const time = formatTimeOfDay(clock, seconds, bucketSeconds);
  if (clock.isRelative) return l10n.t("peak {0} in the {1} from {2}", count, formatDuration(bucketSeconds), time);
  if (bucketSeconds === 1) return l10n.t("peak {0} in the second of {1}", count, time);
  if (bucketSeconds === 60) return l10n.t("peak {0} in the minute of {1}", count, time);
  if (bucketSeconds === 3600) return l10n.t("peak {0} in the hour of {1}", count, time);
  if (bucketSeconds % 86400 === 0)
    return l10n.t("peak {0} in the {1} from {2}", count, formatDuration(bucketSeconds), formatDay(clock, seconds));
  return l10n.t("peak {0} in the {1} from {2}", count, formatDuration(bucketSeconds), time);
}

/** Sum and the position of the first highest bucket. */
function totals(timeline: Timeline): { sum: number; peak: number } {
  let sum = 0;
  let peak = 0;
  timeline.counts.forEach((count, i) => {
    sum += count;
    if (count > (timeline.counts[peak] ?? 0)) peak = i;
  });
  return { sum, peak };
}

/** The chart in one sentence: `147,321 packets from 2023-06-04 11:23 to 12:52 EDT, peak 31,918 in the minute of 11:25.` */
export function timelineSummary(timeline: Timeline, clock: ChartClock): string {
  if (timeline.counts.length === 0) {
    return timeline.undated > 0
      ? l10n.t("None of the {0} of sequence number {1} has a readable time.", countPackets(timeline.undated), String(timeline.seq))
      : l10n.t("Sequence number {0} does not occur in this capture.", String(timeline.seq));
  }
  const { sum, peak } = totals(timeline);
  const first = bucketSec(timeline, 0);
  const last = bucketSec(timeline, timeline.counts.length - 1);
  const timeAt = (seconds: number): string => formatTimeOfDay(clock, seconds, timeline.bucketSeconds);
  const dayAndTime = (seconds: number): string => (clock.isRelative ? timeAt(seconds) : `${formatDay(clock, seconds)} ${timeAt(seconds)}`);
  const zone = formatZoneAt(clock, last);
  const withZone = (text: string): string => (zone === null ? text : `${text} ${zone}`);
  if (first === last) return l10n.t("{0} at {1}.", countPackets(sum), withZone(dayAndTime(first)));
  const isSameDay = clock.isRelative || formatDay(clock, first) === formatDay(clock, last);
  const end = isSameDay ? timeAt(last) : dayAndTime(last);
  return l10n.t("{0} from {1} to {2}, {3}.", countPackets(sum), dayAndTime(first), withZone(end), describePeak(timeline, clock, peak));
}

/** Why the buckets have the size they have; null when it is the size asked for. */
export function bucketNote(timeline: Timeline): string | null {
  const used = formatDuration(timeline.bucketSeconds);
  const { requestedBucketSeconds: requested } = timeline;
  if (timeline.counts.length === 0) return null;
  if (requested === null) return l10n.t("Bucket size chosen automatically: {0}.", used);
  if (requested === timeline.bucketSeconds) return null;
  return l10n.t(
    "Buckets of {0} are shown: {1} would give more than {2} points.",
    used,
    formatDuration(requested),
    formatCount(MAX_CHART_BUCKETS),
  );
}

/** Why UTC and local time cannot be chosen; null when they can. */
export function clockNote(summary: CaptureSummary): string | null {
  const { time } = summary;
  if (time === null || hasUtc(time)) return null;
  if (time.isRelative) {
    return l10n.t("The file gives only seconds since the start of the capture, so there are no dates, and no UTC or local time.");
  }
  return time.zone.label === null
    ? l10n.t("UTC and local time are not available: the file does not say how far its clock is from UTC.")
    : l10n.t(
        "UTC and local time are not available: the file's zone “{0}” does not say how far its clock is from UTC.",
        cleanText(time.zone.label, 40),
      );
}

/** Sentences below the chart, most important first. */
export function timelineNotes(timelines: readonly Timeline[], summary: CaptureSummary, clock: ChartClock): string[] {
  const [first] = timelines;
  const notes: (string | null)[] = [first ? bucketNote(first) : null];
  const undated = timelines.reduce((sum, timeline) => sum + timeline.undated, 0);
  if (undated > 0 && first && first.counts.length > 0) {
    notes.push(
      undated === 1
        ? l10n.t("1 more packet has no readable time and is not in the chart.")
        : l10n.t("{0} more packets have no readable time and are not in the chart.", formatCount(undated)),
    );
  }
  notes.push(clockNote(summary));
  if (clock.kind === "capture" && summary.time !== null && summary.time.zoneCount > 1) {
    notes.push(l10n.t("{0} different zones occur in this file; times are shown as printed.", formatCount(summary.time.zoneCount)));
  }
  return notes.filter((note) => note !== null);
}

/** Title of the vertical axis: `Packets per minute`. */
export function packetsTitle(bucketSeconds: number, scale: "linear" | "log"): string {
  const title =
    bucketSeconds === 1
      ? l10n.t("Packets per second")
      : bucketSeconds === 60
        ? l10n.t("Packets per minute")
        : bucketSeconds === 3600
          ? l10n.t("Packets per hour")
          : l10n.t("Packets per {0}", formatDuration(bucketSeconds));
  return scale === "log" ? logTitle(title) : title;
}

/** Title of a logarithmic axis, which says how zeros are drawn. */
export const logTitle = (title: string): string => l10n.t("{0} (log scale, base line 0)", title);

/** Heads of the data table; the label column is missing when the file has none. */
export function timelineHeads(clock: ChartClock, labelField: string | null): string[] {
  const heads = [timeTitle(clock), l10n.t("Packets")];
  if (labelField !== null) heads.push(cleanText(labelField, MAX_CELL_TEXT));
  return [...heads, l10n.t("Protocols")];
}

/** Cells of one row of the data table, in the order of `timelineHeads`. */
export function timelineRow(timeline: Timeline, clock: ChartClock, labelField: string | null, i: number): string[] {
  const row = [formatTime(clock, bucketSec(timeline, i)), formatCount(timeline.counts[i] ?? 0)];
  if (labelField !== null) row.push(nameAt(timeline.labelNames, timeline.labels[i], MAX_CELL_TEXT));
  return [...row, nameAt(timeline.protocolNames, timeline.protocols[i], MAX_CELL_TEXT)];
}
