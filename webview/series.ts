/**
 * What a chart of timelines draws: its series with names, colours, dashes and marks. A series is told by its dash and mark
 * as well as by its colour, so that nobody needs the colours. Pure but for the theme's type.
 */
import { formatCount, formatShare } from "../src/shared/format";
import type { TimelinePart, Timelines } from "../src/shared/timelines";
import * as l10n from "./l10n";
import type { Theme } from "./theme";
import { cleanText, countPackets } from "./timelineText";

/** Marks as Chart.js names them. */
export type Mark = "circle" | "rect" | "triangle" | "rectRot" | "star" | "cross" | "crossRot" | "rectRounded";

/** How a line is drawn. */
export interface LineStyle {
  readonly color: string;
  /** Lengths of strokes and gaps, pixels; empty for a whole line. */
  readonly dash: readonly number[];
  readonly mark: Mark;
}

/** One line or area. */
export interface Series {
  /** Stays the same while the chart is asked for anew: `1449`, `part:=benign`, `backdrop`. */
  readonly id: string;
  readonly kind: "number" | "part" | "rest" | "backdrop";
  /** As legend, tooltip and table say it. */
  readonly name: string;
  /** Of a number. */
  readonly seq: number | null;
  readonly counts: Uint32Array;
  readonly total: number;
  /** Position among the styles. */
  readonly style: number;
}

/** Strokes and gaps, in the order of the series; no two alike. */
const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2], [14, 4], [2, 6], [8, 3, 2, 3, 2, 3]];
const MARKS: readonly Mark[] = ["circle", "rect", "triangle", "rectRot", "cross", "star", "crossRot", "rectRounded"];

/** Longest text of a capture in a legend. */
const MAX_NAME = 60;

/** The look of the i-th series. */
export function styleOf(i: number, theme: Theme): LineStyle {
  const colors = [theme.series, theme.orange, theme.green, theme.purple, theme.red, theme.yellow, theme.teal, theme.foreground];
  return {
    color: colors[i % colors.length] ?? theme.series,
    dash: DASHES[i % DASHES.length] ?? [],
    mark: MARKS[i % MARKS.length] ?? "circle",
  };
}

const sumOf = (counts: Uint32Array): number => counts.reduce((sum, count) => sum + count, 0);

/** Name of a part: its value, what stands for none, or that it is the rest. */
export function partName(name: string | null, kind: "value" | "rest"): string {
  if (kind === "rest") return l10n.t("Others");
  return name === null || name === "" ? l10n.t("(none)") : cleanText(name, MAX_NAME);
}

/** Which number has the i-th style; null where it is free. */
export type NumberStyles = readonly (number | null)[];
/** Likewise which part, by its id. */
export type PartStyles = readonly (string | null)[];

/** Styles of the numbers or parts of a chart: who had one keeps it, others take the first that is free. */
export function assignStyles<T extends number | string>(earlier: readonly (T | null)[], shown: readonly T[]): readonly (T | null)[] {
  const styles: (T | null)[] = earlier.map((each) => (each !== null && shown.includes(each) ? each : null));
  for (const each of shown) {
    if (styles.includes(each)) continue;
    const free = styles.indexOf(null);
    styles[free < 0 ? styles.length : free] = each;
  }
  return styles;
}

/** Not by rank: another stretch of time has other ranks. */
const partId = ({ kind, name }: TimelinePart): string => (kind === "rest" ? "part:rest" : name === null ? "part:none" : `part:=${name}`);

/** Styles of the parts of a chart, likewise. */
export const assignPartStyles = (earlier: PartStyles, { parts }: Timelines): PartStyles => assignStyles(earlier, (parts ?? []).map(partId));

/** All series, drawn or not: numbers in their order, or the number's parts from the largest on; all packets last. */
export function seriesOf({ timelines, parts, backdrop }: Timelines, styles: NumberStyles, partStyles: PartStyles): Series[] {
  const series: Series[] = parts
    ? parts.map((part) => ({
        id: partId(part),
        kind: part.kind === "rest" ? "rest" : "part",
        name: partName(part.name, part.kind),
        seq: null,
        counts: part.counts,
        total: part.total,
        style: Math.max(0, partStyles.indexOf(partId(part))),
      }))
    : timelines.map(({ seq, counts }) => ({
        id: String(seq),
        kind: "number",
        name: String(seq),
        seq,
        counts,
        total: sumOf(counts),
        style: Math.max(0, styles.indexOf(seq)),
      }));
  if (backdrop) {
    const name = l10n.t("All TCP packets");
    series.push({ id: "backdrop", kind: "backdrop", name, seq: null, counts: backdrop, total: sumOf(backdrop), style: -1 });
  }
  return series;
}

/** `1,203 packets`, of a part `1,203 · 12.30 %`, its share of the number. */
export function legendCount({ total, kind }: Series, numberTotal: number): string {
  const isPart = kind === "part" || kind === "rest";
  return isPart ? `${formatCount(total)} · ${formatShare(numberTotal === 0 ? 0 : total / numberTotal)}` : countPackets(total);
}
