/** What the chart of several timelines says in words: titles, points, summary, table. Pure, no DOM. */
import { formatCount, formatDuration, formatShare } from "../src/shared/format";
import type { SplitBy, Timelines } from "../src/shared/timelines";
import { burstSummary } from "./burstText";
import type { MarkedBurst } from "./bursts";
import { formatDay, formatTime, formatTimeAndZone, formatTimeOfDay, formatZoneAt, timeTitle, type ChartClock } from "./clock";
import * as l10n from "./l10n";
import type { Series } from "./series";
import {
  bucketFacts,
  bucketSec,
  cleanText,
  countPackets,
  describePeak,
  timelineHeads,
  timelineRow,
  timelineSummary,
  timelineTitle,
  type Fact,
} from "./timelineText";
import type { Stretch } from "./zoomRange";

/** What is put into words. */
export interface ShownTimelines {
  readonly timelines: Timelines;
  /** Those that are drawn, all packets last. */
  readonly series: readonly Series[];
  readonly split: SplitBy | null;
  readonly clock: ChartClock;
}

/** Longest filter that a sentence repeats. */
const MAX_FILTER = 120;

/** Name of a split, as the choice says it. */
export function splitName(split: SplitBy | null): string {
  switch (split) {
    case null:
      return l10n.t("None");
    case "label":
      return l10n.t("Label");
    case "protocols":
      return l10n.t("Protocols");
    case "source":
      return l10n.t("Source");
    case "destination":
      return l10n.t("Destination");
  }
}

/** Title of the chart: one number, one in parts, or several. */
export function chartTitle({ timelines: { timelines, parts }, split }: Pick<ShownTimelines, "timelines" | "split">): string {
  const seqs = timelines.map(({ seq }) => seq);
  const [first = 0] = seqs;
  if (seqs.length === 1) {
    return parts && split ? l10n.t("{0}, by {1}", timelineTitle(first), splitName(split)) : timelineTitle(first);
  }
  return l10n.t("TCP Sequence Numbers {0} Occurrences Over Time", seqs.map(String).join(", "));
}

const isSingle = ({ timelines: { timelines, parts } }: Pick<ShownTimelines, "timelines">): boolean =>
  timelines.length === 1 && parts === null;

const countOf = ({ name, counts }: Series, i: number): Fact => ({ label: name, value: formatCount(counts[i] ?? 0) });

/** What is known of a bucket. Of a number in parts, only those it has packets of. */
export function pointFacts(shown: ShownTimelines, labelField: string | null, i: number): Fact[] {
  const [first] = shown.timelines.timelines;
  if (!first) return [];
  const others = shown.series.filter(({ kind }) => kind === "backdrop");
  if (isSingle(shown)) return [...bucketFacts(first, shown.clock, labelField, i), ...others.map((each) => countOf(each, i))];
  const facts: Fact[] = [{ label: l10n.t("Time"), value: formatTimeAndZone(shown.clock, bucketSec(first, i)) }];
  if (shown.timelines.parts) facts.push({ label: l10n.t("Count"), value: formatCount(first.counts[i] ?? 0) });
  const drawn = shown.series.filter(({ kind, counts }) => kind === "number" || kind === "backdrop" || (counts[i] ?? 0) > 0);
  return [...facts, ...drawn.map((each) => countOf(each, i))];
}

/** Lines of a tooltip that belong to one series; none of an empty part. */
export function seriesFacts(shown: ShownTimelines, labelField: string | null, dataset: number, i: number): Fact[] {
  const series = shown.series[dataset];
  const [first] = shown.timelines.timelines;
  if (!series || !first) return [];
  if (series.kind === "number" && isSingle(shown)) return bucketFacts(first, shown.clock, labelField, i).slice(1);
  const isPart = series.kind === "part" || series.kind === "rest";
  return isPart && (series.counts[i] ?? 0) === 0 ? [] : [countOf(series, i)];
}

/** A stretch of time: `2023-06-04 11:23:00 to 11:40:00 EDT`. */
export function stretchText({ fromSec, toSec }: Stretch, clock: ChartClock): string {
  if (clock.isRelative) return l10n.t("{0} to {1}", formatTime(clock, fromSec), formatTime(clock, toSec));
  const isSameDay = formatDay(clock, fromSec) === formatDay(clock, toSec);
  const end = isSameDay ? formatTimeOfDay(clock, toSec, 1) : formatTime(clock, toSec);
  const zone = formatZoneAt(clock, toSec);
  return l10n.t("{0} to {1}", formatTime(clock, fromSec), zone === null ? end : `${end} ${zone}`);
}

/** How long a stretch is: `17 min`, `90 s`. */
export const lengthText = ({ fromSec, toSec }: Stretch): string => formatDuration(Math.max(1, Math.round(toSec - fromSec)));

const sumOf = (counts: Uint32Array): number => counts.reduce((sum, count) => sum + count, 0);

/** Position of the highest count. */
const peakOf = (counts: Uint32Array): number => counts.reduce((peak, count, i) => (count > (counts[peak] ?? 0) ? i : peak), 0);

/** `1 (4,409 packets), 1449 (12 packets); 1 has the highest peak, peak 31,918 in the minute of 11:25.` */
function compareSentence({ timelines: { timelines }, clock }: ShownTimelines): string {
  const counted = timelines.map(({ seq, counts }) => `${String(seq)} (${countPackets(sumOf(counts))})`);
  const highest = timelines.reduce((best, each) =>
    (each.counts[peakOf(each.counts)] ?? 0) > (best.counts[peakOf(best.counts)] ?? 0) ? each : best,
  );
  const numbers = l10n.t("{0} numbers compared: {1}", formatCount(timelines.length), counted.join(", "));
  if (sumOf(highest.counts) === 0) return l10n.t("{0}.", numbers);
  return l10n.t("{0}; the highest is {1}, {2}.", numbers, String(highest.seq), describePeak(highest, clock, peakOf(highest.counts)));
}

/** `By Label: benign 98.20 %, suspicious 1.80 %.` */
function splitSentence({ timelines: { timelines, parts }, series, split }: ShownTimelines): string | null {
  const total = timelines[0] ? sumOf(timelines[0].counts) : 0;
  if (!parts || !split || total === 0) return null;
  const shares = series.filter(({ kind }) => kind !== "backdrop").map((each) => `${each.name} ${formatShare(each.total / total)}`);
  return l10n.t("By {0}: {1}.", splitName(split), shares.join(", "));
}

/** What else the chart shows than timelines. */
export interface ChartContext {
  readonly range: Stretch | null;
  readonly filter: string;
  /** Null where they are not marked. */
  readonly bursts: readonly MarkedBurst[] | null;
}

/** The whole chart in a few words: the numbers, their parts, what was zoomed to, the filter, bursts, all packets. */
export function chartSummary(shown: ShownTimelines, { range, filter, bursts }: ChartContext): string {
  const { timelines, clock } = shown;
  const [first] = timelines.timelines;
  if (!first) return "";
  const isEmpty = timelines.timelines.every(({ counts }) => sumOf(counts) === 0);
  const single = timelines.timelines.length === 1;
  const main =
    isEmpty && range
      ? l10n.t("No packets in this range.")
      : isEmpty && filter !== ""
        ? l10n.t("No packets pass the filter.")
        : single
          ? timelineSummary(trimmed(first), clock)
          : compareSentence(shown);
  const zoom = range && l10n.t("Zoomed to {0}, {1}.", lengthText(range), stretchText(range, clock));
  const filtered = filter === "" ? null : l10n.t("Only packets that pass the filter {0}.", cleanText(filter, MAX_FILTER));
  const behind = timelines.backdrop && l10n.t("In the background, all TCP packets: {0}.", countPackets(sumOf(timelines.backdrop)));
  return [main, splitSentence(shown), zoom, filtered, burstSummary(bursts, clock), behind].filter((part) => part !== null).join(" ");
}

/** Without the empty buckets at either end, which a range has: a number's packets are from the first to the last. */
export function trimmed<T extends Timelines["timelines"][number]>(timeline: T): T {
  const { counts } = timeline;
  let from = 0;
  let to = counts.length;
  while (from < to && counts[from] === 0) from++;
  while (to > from && counts[to - 1] === 0) to--;
  if (from === 0 && to === counts.length) return timeline;
  if (from === to) return timeline;
  return {
    ...timeline,
    startSec: timeline.startSec + from * timeline.bucketSeconds,
    bucketCount: to - from,
    counts: counts.subarray(from, to),
    labels: timeline.labels.subarray(from, to),
    protocols: timeline.protocols.subarray(from, to),
  };
}

/** Heads of the data table: every number or part is a column. */
export function tableHeads(
  { timelines, series, clock }: ShownTimelines & { series: readonly Series[] },
  labelField: string | null,
): string[] {
  const behind = series.filter(({ kind }) => kind === "backdrop").map(({ name }) => name);
  if (timelines.timelines.length === 1 && !timelines.parts) return [...timelineHeads(clock, labelField), ...behind];
  const columns = series.filter(({ kind }) => kind !== "backdrop").map(({ name }) => name);
  return [timeTitle(clock), ...(timelines.parts ? [l10n.t("Packets")] : []), ...columns, ...behind];
}

/** Cells of a row, in the order of `tableHeads`. */
export function tableRow({ timelines, series, clock }: ShownTimelines, labelField: string | null, i: number): string[] {
  const [first] = timelines.timelines;
  if (!first) return [];
  const countsOf = (isBehind: boolean): string[] =>
    series.filter(({ kind }) => (kind === "backdrop") === isBehind).map(({ counts }) => formatCount(counts[i] ?? 0));
  if (timelines.timelines.length === 1 && !timelines.parts) return [...timelineRow(first, clock, labelField, i), ...countsOf(true)];
  const total = timelines.parts ? [formatCount(first.counts[i] ?? 0)] : [];
  return [formatTime(clock, bucketSec(first, i)), ...total, ...countsOf(false), ...countsOf(true)];
}

/** Columns of numbers, which are aligned right: all but time, label and protocols. */
export function numberColumns({ timelines, series }: ShownTimelines, heads: readonly string[]): number[] {
  const behind = series.filter(({ kind }) => kind === "backdrop").length;
  if (timelines.timelines.length === 1 && !timelines.parts) return behind > 0 ? [1, heads.length - 1] : [1];
  return heads.map((_, i) => i).slice(1);
}
