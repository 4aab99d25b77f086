/** The chart of timelines as Chart.js draws it: numbers compared, one in parts, all packets behind, bursts marked. Words come from compareText.ts. */
import type { ChartConfiguration, ChartDataset, Scale, ScriptableLineSegmentContext } from "chart.js";
import type { AnnotationOptions } from "chartjs-plugin-annotation";
import type { Timelines } from "../src/shared/timelines";
import { timeRange } from "./axes";
import { MARKED_AT_MOST, type MarkedBurst } from "./bursts";
import { CROSSHAIR, font, makeCommonOptions, makeCountAxis, type ChartPoint, type ChartSpec, type CountScale } from "./charts";
import { labelTicks, timeTicks, timeTitle, type ChartClock } from "./clock";
import { chartTitle, pointFacts, seriesFacts } from "./compareText";
import { ratioText } from "./burstText";
import { styleOf, type Series } from "./series";
import { fade, type Theme } from "./theme";
import { bucketSec, packetsTitle, type Fact } from "./timelineText";
import * as l10n from "./l10n";
import type { SplitBy } from "../src/shared/timelines";
import type { Stretch } from "./zoomRange";

/** What the chart is drawn from. */
export interface TimelineChart {
  readonly timelines: Timelines;
  /** Those that are drawn, all packets last. */
  readonly series: readonly Series[];
  readonly split: SplitBy | null;
  readonly clock: ChartClock;
  readonly labelField: string | null;
  readonly scale: CountScale;
  /** What was zoomed to; null for all buckets. */
  readonly range: Stretch | null;
  readonly bursts: readonly MarkedBurst[];
}

type LineDataset = ChartDataset<"line", ChartPoint[]>;

/** With more points than this they run into one another, and only some of them are marked. */
const MAX_MARKED_POINTS = 60;
/** Marks of a line with more points. */
const SPREAD_MARKS = 9;
/** With more points than this none is marked: a mark for each would slow the chart down. */
const MOST_POINTS_WITH_MARKS = 1500;

/** Stacked parts, each on top of those before; in proportion, since parts add up. */
const isStacked = (series: readonly Series[]): boolean => series.some(({ kind }) => kind === "part" || kind === "rest");

/** See the file header. */
export function makeTimelineSpec(chart: TimelineChart, theme: Theme): ChartSpec {
  const { timelines, series, clock, labelField, scale } = chart;
  const [first] = timelines.timelines;
  if (!first) throw new Error("There is no timeline to draw.");
  const factsAt = (i: number): Fact[] => pointFacts(chart, labelField, i);
  const lineFacts = (dataset: number, i: number): Fact[] => seriesFacts(chart, labelField, dataset, i);
  const whole = timeRange(first.startSec, first.bucketSeconds, first.bucketCount);
  const axis = chart.range ?? whole;
  const stacked = isStacked(series);
  const usedScale = stacked ? "linear" : scale;
  const inFront = series.filter(({ kind }) => kind !== "backdrop");
  const behind = series.find(({ kind }) => kind === "backdrop");
  const common = makeCommonOptions(theme, chartTitle(chart), factsAt, lineFacts);
  const marks = Object.fromEntries(
    chart.bursts.slice(0, MARKED_AT_MOST).map((burst, i) => [`burst${String(i)}`, markOf(burst, chart, axis, theme)]),
  );
  const config: ChartConfiguration<"line", ChartPoint[]> = {
    type: "line",
    data: {
      datasets: series.map((each, i) =>
        each.kind === "backdrop" ? backdropOf(each, chart, theme) : lineOf(each, i, { chart, theme, stacked }),
      ),
    },
    options: {
      ...common,
      plugins: {
        ...common.plugins,
        tooltip: { ...common.plugins.tooltip, displayColors: series.length > 1 },
        annotation: { annotations: marks },
      },
      scales: {
        x: {
          type: "time",
          min: axis.fromSec * 1000,
          max: axis.toSec * 1000,
          adapters: { date: { zone: clock.kind === "local" ? "local" : "utc" } },
          time: { minUnit: "second" },
          title: { display: true, text: timeTitle(clock), color: theme.muted, font: font(theme) },
          grid: { color: theme.grid, display: theme.isHighContrast },
          border: { color: theme.axis },
          afterBuildTicks: (scale) => {
            const mostTicks = Math.max(2, Math.floor(scale.width / 88));
            const shown = { fromSec: scale.min / 1000, toSec: scale.max / 1000 };
            scale.ticks = timeTicks(clock, shown, mostTicks).map((seconds) => ({ value: seconds * 1000 }));
          },
          ticks: {
            color: theme.muted,
            font: font(theme),
            maxRotation: 0,
            autoSkipPadding: 16,
            callback: (_value, index, ticks) => labelTicks(clock, valuesOf(ticks))[index] ?? "",
          },
          // The day stands where it changes among the ticks that are left, so labels are made again after skipping.
          beforeFit: (scale: Scale) => {
            const labels = labelTicks(clock, valuesOf(scale.ticks));
            scale.ticks.forEach((tick, i) => (tick.label = labels[i] ?? ""));
          },
        },
        y: {
          ...makeCountAxis(theme, packetsTitle(first.bucketSeconds, usedScale), usedScale, highestOf(inFront, stacked)),
          ...(stacked ? { stacked: true } : {}),
        },
        ...(behind
          ? {
              backdrop: {
                ...makeCountAxis(theme, l10n.t("All TCP packets (grey)"), usedScale, highestOf([behind], false)),
                position: "right",
                grid: { drawOnChartArea: false, tickLength: 0 },
              },
            }
          : {}),
      },
    },
    plugins: [CROSSHAIR],
  };
  // Chart.js keeps the sums of stacked series longer than their data.
  const kind = stacked ? null : "timeline";
  return { kind, config, pointCount: series.length === 0 ? 0 : first.counts.length, factsAt };
}

const valuesOf = (ticks: readonly { readonly value: number }[]): number[] => ticks.map(({ value }) => value);

/** The highest count of any bucket; of parts, the highest sum. */
function highestOf(series: readonly Series[], isSum: boolean): number {
  let highest = 0;
  const length = series[0]?.counts.length ?? 0;
  for (let i = 0; i < length; i++) {
    let value = 0;
    for (const { counts } of series) value = isSum ? value + (counts[i] ?? 0) : Math.max(value, counts[i] ?? 0);
    highest = Math.max(highest, value);
  }
  return highest;
}

function pointsOf({ counts }: Series, { timelines }: TimelineChart): ChartPoint[] {
  const [first] = timelines.timelines;
  return Array.from(counts, (y, i) => ({ x: first ? bucketSec(first, i) * 1000 : 0, y }));
}

interface Drawing {
  readonly chart: TimelineChart;
  readonly theme: Theme;
  readonly stacked: boolean;
}

/** A number, with a faint area below where it is alone; or a part, an area on top of the one before. */
function lineOf(series: Series, i: number, { chart, theme, stacked }: Drawing): LineDataset {
  const data = pointsOf(series, chart);
  const isAlone = chart.timelines.timelines.length === 1 && !stacked;
  const { color, dash, mark } = styleOf(series.style, theme);
  const isMarked = data.length <= MAX_MARKED_POINTS;
  return {
    label: series.name,
    data,
    yAxisID: "y",
    borderColor: color,
    borderWidth: theme.isHighContrast ? 2 : 1.5,
    borderDash: [...dash],
    borderJoinStyle: isMarked ? "round" : "bevel",
    backgroundColor: isAlone ? areaBelow(series, theme) : fade(color, theme.isHighContrast ? 0.45 : 0.35),
    fill: isAlone ? "start" : stacked ? (i === 0 ? "origin" : "-1") : false,
    clip: 8, // the marker of a 0 lies half below the axis
    pointStyle: mark,
    pointRadius: isAlone ? (isMarked ? 2.5 : 0) : stacked ? partRadii(series.counts) : radii(data.length, series.style),
    ...(stacked ? { segment: { borderColor: (segment) => hideEmpty(series.counts, segment) } } : {}),
    pointBackgroundColor: color,
    pointBorderColor: color,
    pointBorderWidth: hasOutlineOnly(mark) ? 1.5 : 0,
    pointHoverRadius: 5,
    pointHoverBackgroundColor: color,
    pointHoverBorderColor: hasOutlineOnly(mark) ? color : theme.background,
    pointHoverBorderWidth: 2,
  };
}

/** Of a number that is left alone in its own colour, too. */
const areaBelow = ({ style }: Series, theme: Theme): string =>
  style === 0 ? theme.seriesFill : fade(styleOf(style, theme).color, theme.isHighContrast ? 0.3 : 0.16);

const hasOutlineOnly = (mark: string): boolean => mark === "cross" || mark === "crossRot" || mark === "star";

/** Of many points only some have their mark, other ones in every series, so that marks do not cover one another. */
function radii(pointCount: number, style: number): number | number[] {
  if (pointCount <= MAX_MARKED_POINTS) return 3.5;
  if (pointCount > MOST_POINTS_WITH_MARKS) return 0;
  const every = Math.ceil(pointCount / SPREAD_MARKS);
  const offset = Math.floor((every * ((style * 3) % 8)) / 8);
  return Array.from({ length: pointCount }, (_, i) => (i % every === offset ? 4 : 0));
}

/** Of a part, the points where it has packets; where it has none it lies on the part below. */
function partRadii(counts: Uint32Array): number | number[] {
  return counts.length > MAX_MARKED_POINTS ? 0 : Array.from(counts, (count) => (count > 0 ? 3 : 0));
}

/** No line where a part has no packets: it would cover that of the part below. */
const hideEmpty = (counts: Uint32Array, { p0DataIndex: from, p1DataIndex: to }: ScriptableLineSegmentContext): string | undefined =>
  (counts[from] ?? 0) === 0 && (counts[to] ?? 0) === 0 ? "transparent" : undefined;

function backdropOf(series: Series, chart: TimelineChart, theme: Theme): LineDataset {
  return {
    label: series.name,
    data: pointsOf(series, chart),
    yAxisID: "backdrop",
    stack: "backdrop",
    borderColor: theme.backdrop,
    borderWidth: 1,
    backgroundColor: theme.backdropFill,
    fill: "start",
    pointStyle: "rect",
    pointRadius: 0,
    pointBackgroundColor: theme.backdrop,
    pointHoverRadius: 3,
    pointHoverBackgroundColor: theme.backdrop,
    pointHoverBorderWidth: 0,
  };
}

/** A box around the burst's points, which stand at the left edges of their buckets. */
function markOf(burst: MarkedBurst, { timelines, series }: TimelineChart, axis: Stretch, theme: Theme): AnnotationOptions<"box"> {
  const half = (timelines.timelines[0]?.bucketSeconds ?? 0) / 2;
  const own = timelines.timelines.length > 1 ? series.find(({ seq }) => seq === burst.seq) : undefined;
  const color = own ? styleOf(own.style, theme).color : theme.mark;
  return {
    type: "box",
    xScaleID: "x",
    yScaleID: "y",
    xMin: Math.max(axis.fromSec, burst.startSec - half) * 1000,
    xMax: Math.min(axis.toSec, Math.max(burst.endSec - half, burst.startSec + half)) * 1000,
    backgroundColor: own ? fade(color, 0.12) : theme.markFill,
    borderColor: color,
    borderWidth: 1,
    borderDash: [3, 3],
    drawTime: "beforeDatasetsDraw",
    label: {
      display: burst.isLabelled,
      content: ratioText(burst),
      position: { x: "center", y: "start" },
      color: theme.foreground,
      font: font(theme),
      padding: 2,
      drawTime: "afterDatasetsDraw",
    },
  };
}
