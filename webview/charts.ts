/**
 * Chart.js: only the parts in use, what charts have in common, and the configuration of the distribution. Colours come from the
 * theme, words from distributionText.ts.
 */
import {
  BarController,
  BarElement,
  Chart,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  TimeScale,
  Title,
  Tooltip,
  type ChartConfiguration,
  type ChartOptions,
  type ChartType,
  type Plugin,
  type Scale,
  type TooltipPositionerFunction,
} from "chart.js";
import "chartjs-adapter-luxon";
import Annotation from "chartjs-plugin-annotation";
import { formatCount } from "../src/shared/format";
import type { Distribution } from "../src/shared/model";
import { formatShort, logAxis, LOG_FLOOR } from "./axes";
import { binFacts, distributionTitle, measureTitle, type Measure } from "./distributionText";
import * as l10n from "./l10n";
import type { Theme } from "./theme";
import { tooltipLines, type Fact } from "./timelineText";

Chart.register(
  Annotation,
  BarController,
  BarElement,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
  TimeScale,
  Title,
  Tooltip,
);

/** A point as Chart.js takes it without parsing. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

/** A chart ready to be drawn, and what is known of its points. */
export interface ChartSpec {
  /** One chart is changed into another of its kind, which keeps its canvas as it is; null where each is made anew. */
  readonly kind: "timeline" | null;
  readonly config:
    ChartConfiguration<"line", ChartPoint[]> | ChartConfiguration<"bar", ChartPoint[]> | ChartConfiguration<"scatter", ChartPoint[]>;
  readonly pointCount: number;
  readonly factsAt: (i: number) => Fact[];
}

/** How counts are drawn: in proportion, or so that small and large ones are seen together. */
export type CountScale = "linear" | "log";

type Scales = NonNullable<ChartOptions<"line">["scales"]>;
type ScaleOptions = NonNullable<Scales[string]>;

/** Of an axis, or bold of a title. */
export const font = (theme: Theme, weight?: "bold"): { family: string; size: number; weight?: "bold" } => ({
  family: theme.fontFamily,
  size: theme.fontSize - (weight === undefined ? 1 : 0),
  ...(weight === undefined ? {} : { weight }),
});

/** A vertical line through the point the tooltip is about. */
export const CROSSHAIR: Plugin<"line" | "bar" | "scatter", { readonly color: string }> = {
  id: "crosshair",
  afterDatasetsDraw(chart, _args, { color }): void {
    const active = chart.getActiveElements()[0];
    if (!active) return;
    const { ctx, chartArea } = chart;
    const x = Math.round(active.element.x) + 0.5;
    ctx.save();
    ctx.beginPath();
    ctx.strokeStyle = color;
    ctx.lineWidth = 1;
    ctx.setLineDash([4, 4]);
    ctx.moveTo(x, chartArea.top);
    ctx.lineTo(x, chartArea.bottom);
    ctx.stroke();
    ctx.restore();
  },
};

declare module "chart.js" {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- as Chart.js declares it
  interface PluginOptionsByType<TType extends ChartType> {
    crosshair: { readonly color: string };
  }
  interface TooltipPositionerMap {
    insideArea: TooltipPositionerFunction<"line" | "bar" | "scatter">;
  }
}

/** Beside the point, at half the height of the chart: there a tooltip covers no axis, and does not jump from point to point. */
Tooltip.positioners.insideArea = function (items) {
  const { top, bottom } = this.chart.chartArea;
  const x = items[0]?.element.x;
  return x === undefined ? false : { x, y: (top + bottom) / 2 };
};

/** The vertical axis of both charts: counts from 0. */
export function makeCountAxis(theme: Theme, title: string, scale: CountScale, maxCount: number): ScaleOptions {
  const shared = {
    title: { display: true, text: title, color: theme.muted, font: font(theme) },
    grid: { color: theme.grid, tickLength: 0 },
    border: { display: theme.isHighContrast, color: theme.axis },
  };
  const ticks = { color: theme.muted, font: font(theme), padding: 8 };
  if (scale === "linear") {
    return {
      type: "linear",
      beginAtZero: true,
      suggestedMax: 1,
      ...shared,
      ticks: { ...ticks, precision: 0, maxTicksLimit: 8, callback: (value) => formatCount(Number(value)) },
    };
  }
  const axis = logAxis(maxCount);
  return {
    type: "logarithmic",
    min: axis.min,
    max: axis.max,
    ...shared,
    afterBuildTicks: (built: Scale): void => {
      built.ticks = axis.ticks.map((value) => ({ value }));
    },
    ticks: { ...ticks, callback: (value) => (Number(value) === LOG_FLOOR ? "0" : formatCount(Number(value))) },
  };
}

/**
 * What both charts have in common. `title` stands above the chart; the tooltip's first fact is its heading, below it stand those of
 * each data set, by default the rest of the first.
 */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- a literal that options of every kind of chart take
export function makeCommonOptions(
  theme: Theme,
  title: string,
  factsAt: (i: number) => Fact[],
  lineFacts: (dataset: number, i: number) => Fact[] = (_dataset, i) => factsAt(i).slice(1),
) {
  return {
    animation: false,
    parsing: false,
    normalized: true,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: "index", intersect: false, axis: "x" },
    layout: { padding: { top: 0, right: 16, bottom: 0, left: 0 } },
    plugins: {
      legend: { display: false },
      annotation: { annotations: {} },
      crosshair: { color: theme.crosshair },
      title: {
        display: true,
        text: title,
        align: "start",
        color: theme.foreground,
        font: font(theme, "bold"),
        padding: { top: 4, bottom: 16 },
      },
      tooltip: {
        position: "insideArea",
        displayColors: false,
        usePointStyle: true,
        multiKeyBackground: theme.tooltipBackground,
        boxPadding: 4,
        backgroundColor: theme.tooltipBackground,
        titleColor: theme.tooltipForeground,
        bodyColor: theme.tooltipForeground,
        borderColor: theme.tooltipBorder,
        borderWidth: 1,
        cornerRadius: 3,
        padding: 8,
        caretSize: 0,
        caretPadding: 12,
        titleFont: font(theme, "bold"),
        titleMarginBottom: 4,
        bodyFont: font(theme),
        bodySpacing: 4,
        callbacks: {
          title: (items: { dataIndex: number }[]) => (items[0] ? (factsAt(items[0].dataIndex)[0]?.value ?? "") : ""),
          label: (item: { datasetIndex: number; dataIndex: number }) => tooltipLines(lineFacts(item.datasetIndex, item.dataIndex)),
        },
      },
    },
  } as const;
}

/** What the histogram is drawn from. */
export interface DistributionChart {
  readonly distribution: Distribution;
  readonly measure: Measure;
  readonly scale: CountScale;
}

/** Packets or different numbers per bin: bars of equal width, the horizontal axis labelled at the bins' edges. */
export function makeDistributionSpec({ distribution, measure, scale }: DistributionChart, theme: Theme): ChartSpec {
  const values = distribution[measure];
  const points: ChartPoint[] = Array.from(values, (y, i) => ({ x: i + 0.5, y }));
  const factsAt = (i: number): Fact[] => binFacts(distribution, i);
  const maxCount = values.reduce((highest, value) => Math.max(highest, value), 0);
  const config: ChartConfiguration<"bar", ChartPoint[]> = {
    type: "bar",
    data: {
      datasets: [
        {
          data: points,
          backgroundColor: theme.series,
          hoverBackgroundColor: theme.series,
          borderColor: theme.background,
          borderWidth: 0,
          barPercentage: 0.9,
          categoryPercentage: 1,
          ...(scale === "log" ? { base: LOG_FLOOR } : {}),
        },
      ],
    },
    options: {
      ...makeCommonOptions(theme, distributionTitle(), factsAt),
      scales: {
        x: {
          type: "linear",
          min: 0,
          max: Math.max(1, values.length),
          offset: false,
          title: { display: true, text: l10n.t("Sequence number"), color: theme.muted, font: font(theme) },
          grid: { color: theme.grid, display: theme.isHighContrast, offset: false },
          border: { color: theme.axis },
          ticks: {
            color: theme.muted,
            font: font(theme),
            maxRotation: 0,
            autoSkipPadding: 24,
            stepSize: Math.max(1, Math.round(values.length / 16)),
            callback: (value) => formatShort(distribution.edges[Number(value)] ?? 0),
          },
        },
        y: makeCountAxis(theme, measureTitle(measure, scale), scale, maxCount),
      },
    },
    plugins: [CROSSHAIR],
  };
  return { kind: null, config, pointCount: points.length, factsAt };
}
