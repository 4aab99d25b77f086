/** Chart.js configurations of the graphs of findings. Shapes come from signs.ts, words from findingText.ts. */
import type { Chart, ChartConfiguration, ChartOptions, Plugin } from "chart.js";
import {
  GraphMark,
  PROBE_OUTCOMES,
  type FindingGraph,
  type GraphMarkName,
  type NumberGraph,
  type ProbeGraph,
  type RateGraph,
  type StreamGraph,
} from "../src/shared/findingGraph";
import { formatCount } from "../src/shared/format";
import type { CaptureTime } from "../src/shared/model";
import { CROSSHAIR, font, makeCommonOptions, makeCountAxis, type ChartPoint, type ChartSpec } from "./charts";
import { clampTo, streamRange, type GraphRange } from "./findingScales";
import { binName, endpointName, formatSecondsShort, formatSeqTick, graphFacts, graphTimeTitle, graphTitle } from "./findingText";
import * as l10n from "./l10n";
import { beam, drawArrow, drawSign, signColor, type SignName } from "./signs";
import type { Theme } from "./theme";
import type { Fact } from "./timelineText";

/** What is drawn. */
export interface GraphChart {
  readonly graph: FindingGraph;
  /** Of the capture, for its zone. */
  readonly time: CaptureTime | null;
  readonly range: "all" | "finding";
}

type Scales = NonNullable<ChartOptions<"scatter">["scales"]>;
type ScaleOptions = NonNullable<Scales[string]>;

/** Marks in the order in which they are drawn: what counts most comes last. */
const DRAWN_MARKS: readonly GraphMarkName[] = [
  "keepAlive",
  "outOfOrder",
  "gap",
  "retransmission",
  "syn",
  "fin",
  "reset",
  "conflict",
  "inFinding",
];
/** With more of the finding's packets than this rings around them would hide them. */
const MAX_HALOS = 200;
/** A beam shorter than this is drawn as a short tick, pixels. */
const SHORTEST_BEAM = 2;
/** Hosts that are named on an axis at most. */
const MAX_NAMED = 40;
const MAX_HOST_NAME = 24;

/** The specification for any graph. */
export function makeGraphSpec(chart: GraphChart, theme: Theme): ChartSpec {
  const { graph } = chart;
  switch (graph.kind) {
    case "stream":
      return makeStreamSpec(graph, chart, theme);
    case "probes":
      return makeProbeSpec(graph, chart, theme);
    case "rates":
      return makeRateSpec(graph, chart, theme);
    case "numbers":
      return makeNumberSpec(graph, chart, theme);
  }
}

/** What the graph's legend explains: only what occurs. */
export function legendOf(graph: FindingGraph): SignName[] {
  switch (graph.kind) {
    case "stream": {
      const marks = DRAWN_MARKS.filter((name) => graph.counts[name] > 0 && (name !== "inFinding" || hasHalos(graph)));
      const hasWindow = graph.windowEnds.some((end) => !Number.isNaN(end));
      return ["segment", ...(graph.acks.length > 0 ? ["ack" as const] : []), ...(hasWindow ? ["window" as const] : []), ...marks];
    }
    case "probes":
      return [...PROBE_OUTCOMES].filter((_, code) => graph.outcomes.includes(code));
    case "rates":
      return ["syns", "completed"];
    case "numbers": {
      const has = (name: GraphMarkName): boolean => graph.marks.some((marks) => (marks & GraphMark[name]) !== 0);
      return ["packet", ...(["syn", "fin", "reset", "retransmission"] as const).filter(has)];
    }
  }
}

/** Rings say nothing where nearly everything has one. */
const hasHalos = ({ counts, total }: StreamGraph): boolean => counts.inFinding <= Math.min(MAX_HALOS, Math.ceil(total / 2));

/** Marks that say less than another one of the same segment. */
const HIDDEN_BY_CONFLICT = GraphMark.retransmission | GraphMark.outOfOrder;

function makeStreamSpec(graph: StreamGraph, chart: GraphChart, theme: Theme): ChartSpec {
  const range = streamRange(graph, chart.range);
  const shown = Array.from(graph.times, (_, i) => i).filter((i) => graph.times[i] >= range.from && graph.times[i] <= range.to);
  const points: ChartPoint[] = shown.map((i) => ({ x: graph.times[i], y: clampTo(range, graph.seqs[i] + graph.lengths[i] / 2).at }));
  const title = graph.base === 0 ? l10n.t("Sequence number") : l10n.t("Sequence number from {0}", String(graph.base));
  return makeScatter(graph, theme, {
    points,
    shown,
    scales: {
      x: secondsAxis(graph, chart, theme, [range.from, range.to]),
      y: numberAxis(theme, title, [range.low, range.high], formatSeqTick),
    },
    draw: (drawn) => drawStream(drawn, graph, range, theme),
  });
}

/** Windows, ACKs, segments, and marks above them. */
function drawStream(chart: Chart, graph: StreamGraph, range: GraphRange, theme: Theme): void {
  const { ctx, chartArea, scales } = chart;
  const x = (value: number): number => scales.x.getPixelForValue(value);
  const y = (value: number): number => scales.y.getPixelForValue(value);
  ctx.save();
  ctx.beginPath();
  ctx.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
  ctx.clip();
  ctx.lineWidth = theme.isHighContrast ? 1.5 : 1;
  ctx.setLineDash([3, 3]);
  ctx.strokeStyle = signColor("window", theme);
  steps(ctx, graph.ackTimes, graph.windowEnds, x, y);
  ctx.setLineDash([]);
  ctx.strokeStyle = signColor("ack", theme);
  steps(ctx, graph.ackTimes, graph.acks, x, y);
  ctx.strokeStyle = signColor("segment", theme);
  const half = graph.times.length > 1000 ? 1.5 : 3;
  const segment = (i: number): void => {
    const [at, bottom, top] = [x(graph.times[i]), y(graph.seqs[i]), y(graph.seqs[i] + graph.lengths[i])];
    if (bottom - top >= SHORTEST_BEAM) beam(ctx, at, top, bottom, half);
    else {
      ctx.moveTo(at - half, bottom);
      ctx.lineTo(at + half, bottom);
    }
  };
  faintFirst(ctx, graph, (isDrawn) => {
    ctx.beginPath();
    for (let i = 0; i < graph.times.length; i++) if (isDrawn(i)) segment(i);
    ctx.stroke();
  });
  const canvas = { ctx, graph, range, x, y, theme };
  faintFirst(ctx, graph, (isDrawn) => drawGaps(canvas, isDrawn));
  ctx.restore();
  ctx.save();
  faintFirst(ctx, graph, (isDrawn) => drawMarks(canvas, isDrawn));
  ctx.restore();
}

interface StreamCanvas {
  readonly ctx: CanvasRenderingContext2D;
  readonly graph: StreamGraph;
  readonly range: GraphRange;
  readonly x: Scaled;
  readonly y: Scaled;
  readonly theme: Theme;
}

function drawMarks({ ctx, graph, range, x, y, theme }: StreamCanvas, isDrawn: IsDrawn): void {
  for (const name of DRAWN_MARKS) {
    if (name === "inFinding" && !hasHalos(graph)) continue;
    for (let i = 0; i < graph.times.length; i++) {
      if (!isDrawn(i)) continue;
      if ((graph.marks[i] & GraphMark[name]) === 0 || graph.times[i] < range.from || graph.times[i] > range.to) continue;
      if (graph.marks[i] & GraphMark.conflict && GraphMark[name] & HIDDEN_BY_CONFLICT) continue;
      const { at, side } = clampTo(range, graph.seqs[i] + (name === "gap" ? 0 : graph.lengths[i] / 2));
      const point = { x: x(graph.times[i]), y: y(at) + side * 14 };
      drawSign(ctx, name, point, theme);
      if (side !== 0 && name !== "inFinding") drawArrow(ctx, point.x, point.y - side * 8, side, signColor(name, theme));
    }
  }
}

type IsDrawn = (i: number) => boolean;

/** How strongly points are drawn that do not pass a filter. */
const FAINT = 0.25;

/** Draws points that do not pass a filter, and upon them those that do. */
function faintFirst(ctx: CanvasRenderingContext2D, { focused }: FindingGraph, draw: (isDrawn: IsDrawn) => void): void {
  if (!focused) {
    draw(() => true);
    return;
  }
  const { isOutside } = focused;
  ctx.save();
  ctx.globalAlpha = FAINT;
  draw((i) => isOutside[i] === 1);
  ctx.restore();
  draw((i) => isOutside[i] !== 1);
}

/** Dashes from the number that was expected to that which came. */
function drawGaps({ ctx, graph, x, y, theme }: StreamCanvas, isDrawn: IsDrawn): void {
  ctx.beginPath();
  ctx.setLineDash([2, 3]);
  ctx.strokeStyle = signColor("gap", theme);
  for (let i = 0; i < graph.times.length; i++) {
    if (Number.isNaN(graph.expected[i]) || !isDrawn(i)) continue;
    ctx.moveTo(x(graph.times[i]), y(graph.expected[i]));
    ctx.lineTo(x(graph.times[i]), y(graph.seqs[i]));
  }
  ctx.stroke();
}

type Scaled = (value: number) => number;

/** A line that keeps its height until the next point; broken where there is none. */
function steps(ctx: CanvasRenderingContext2D, times: Float64Array, values: Float64Array, x: Scaled, y: Scaled): void {
  ctx.beginPath();
  let last: number | undefined;
  for (let i = 0; i < times.length; i++) {
    if (Number.isNaN(values[i])) {
      last = undefined;
      continue;
    }
    const [at, height] = [x(times[i]), y(values[i])];
    if (last === undefined) ctx.moveTo(at, height);
    else ctx.lineTo(at, last);
    ctx.lineTo(at, height);
    last = height;
  }
  ctx.stroke();
}

function makeProbeSpec(graph: ProbeGraph, chart: GraphChart, theme: Theme): ChartSpec {
  const isPorts = graph.axis === "ports";
  const heights = isPorts ? graph.ports.map((port) => Math.max(1, port)) : graph.hosts;
  const points: ChartPoint[] = Array.from(graph.times, (x, i) => ({ x, y: heights[i] }));
  const y = isPorts
    ? portAxis(graph, theme)
    : {
        ...numberAxis(theme, l10n.t("Host"), [-0.7, graph.hostNames.length - 0.3], (value) => hostName(graph, value)),
        ...(graph.hostNames.length <= MAX_NAMED ? { afterBuildTicks: everyHost(graph) } : {}),
      };
  return makeScatter(graph, theme, {
    points,
    scales: { x: secondsAxis(graph, chart, theme, endsOf(graph.times)), y },
    draw: (drawn) =>
      faintFirst(drawn.ctx, graph, (isDrawn) => {
        // Open ports last: they count most, and are few.
        for (const outcome of [2, 1, 0])
          for (let i = 0; i < points.length; i++)
            if (graph.outcomes[i] === outcome && isDrawn(i))
              drawAt(drawn, PROBE_OUTCOMES[outcome] ?? "silent", points[i], theme, points.length > 2000 ? 2 : 3);
      }),
  });
}

/** From this ratio on high ports would push low ones, which most services have, into one line. */
const WIDE_PORTS = 20;

function portAxis({ ports }: ProbeGraph, theme: Theme): ScaleOptions {
  const least = ports.reduce((lowest, port) => Math.min(lowest, Math.max(1, port)), 65535);
  const most = ports.reduce((highest, port) => Math.max(highest, port), 1);
  if (most / least < WIDE_PORTS) return numberAxis(theme, l10n.t("Port"), endsOf(ports), String);
  const axis = numberAxis(theme, l10n.t("Port (logarithmic)"), [least / 1.3, most * 1.3], String);
  const ticks = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000].filter((port) => port >= least / 1.3 && port <= most * 1.3);
  return {
    ...axis,
    type: "logarithmic",
    afterBuildTicks: (built: { ticks: { value: number }[] }): void => {
      built.ticks = ticks.map((value) => ({ value }));
    },
  } as ScaleOptions;
}

const hostName = ({ hostNames }: ProbeGraph, value: number): string => {
  const name = Number.isInteger(value) ? hostNames[value] : undefined;
  if (name === undefined) return "";
  const text = endpointName(name);
  return text.length > MAX_HOST_NAME ? `${text.slice(0, MAX_HOST_NAME - 1)}…` : text;
};

const everyHost =
  ({ hostNames }: ProbeGraph) =>
  (axis: { ticks: { value: number }[] }): void => {
    axis.ticks = hostNames.map((_, value) => ({ value }));
  };

function makeNumberSpec(graph: NumberGraph, chart: GraphChart, theme: Theme): ChartSpec {
  const points: ChartPoint[] = Array.from(graph.times, (x, i) => ({ x, y: graph.seqs[i] }));
  return makeScatter(graph, theme, {
    points,
    scales: {
      x: secondsAxis(graph, chart, theme, endsOf(graph.times)),
      y: numberAxis(theme, graph.field, endsOf(graph.seqs), formatSeqTick),
    },
    draw: (drawn) =>
      faintFirst(drawn.ctx, graph, (isDrawn) => {
        points.forEach((point, i) => {
          if (!isDrawn(i)) return;
          const marks = (["syn", "fin", "reset", "retransmission"] as const).filter((name) => (graph.marks[i] & GraphMark[name]) !== 0);
          for (const name of marks.length > 0 ? marks : (["packet"] as const)) drawAt(drawn, name, point, theme, 3);
        });
      }),
  });
}

function makeRateSpec(graph: RateGraph, chart: GraphChart, theme: Theme): ChartSpec {
  // The end of the last bin is a point of its own.
  const pointsOf = (values: Uint32Array): ChartPoint[] =>
    Array.from({ length: values.length + 1 }, (_, i) => ({ x: i * graph.binSeconds, y: values[Math.min(i, values.length - 1)] ?? 0 }));
  const factsAt = (i: number): Fact[] => graphFacts(graph, Math.min(i, graph.total - 1));
  const peak = [...graph.syns, ...graph.completed].reduce((highest, value) => Math.max(highest, value), 0);
  const common = makeCommonOptions(theme, graphTitle(graph), factsAt);
  const config: ChartConfiguration<"line", ChartPoint[]> = {
    type: "line",
    data: {
      datasets: [
        {
          data: pointsOf(graph.syns),
          borderColor: theme.series,
          backgroundColor: theme.seriesFill,
          borderWidth: theme.isHighContrast ? 2 : 1.5,
          fill: "start",
          stepped: "before",
          pointRadius: 0,
          pointHoverRadius: 5,
          pointHoverBackgroundColor: theme.series,
        },
        {
          data: pointsOf(graph.completed),
          borderColor: theme.green,
          borderWidth: theme.isHighContrast ? 2 : 1.5,
          borderDash: [6, 3],
          stepped: "before",
          pointRadius: 0,
          pointHoverRadius: 0,
        },
      ],
    },
    options: {
      ...common,
      plugins: { ...common.plugins, tooltip: { ...common.plugins.tooltip, filter: ({ datasetIndex }) => datasetIndex === 0 } },
      scales: {
        x: secondsAxis(graph, chart, theme, [0, graph.total * graph.binSeconds]),
        y: makeCountAxis(theme, l10n.t("Per {0}", binName(graph.binSeconds)), "linear", peak),
      },
    },
    plugins: [CROSSHAIR],
  };
  return { kind: null, config, pointCount: graph.total, factsAt };
}

function drawAt({ ctx, scales }: Chart, name: SignName, point: ChartPoint, theme: Theme, radius: number): void {
  drawSign(ctx, name, { x: scales.x.getPixelForValue(point.x), y: scales.y.getPixelForValue(point.y) }, theme, radius);
}

interface ScatterParts {
  readonly points: ChartPoint[];
  /** Which of the graph's points these are; all of them unless said. */
  readonly shown?: readonly number[];
  readonly scales: Scales;
  readonly draw: (chart: Chart) => void;
}

/** Points that only the tooltip needs, and a plugin that draws what they are. */
function makeScatter(graph: FindingGraph, theme: Theme, { points, shown, scales, draw }: ScatterParts): ChartSpec {
  const factsAt = (i: number): Fact[] => graphFacts(graph, shown?.[i] ?? i);
  const drawer: Plugin = { id: "finding", beforeDatasetsDraw: draw };
  const config: ChartConfiguration<"scatter", ChartPoint[]> = {
    type: "scatter",
    data: {
      datasets: [
        {
          data: points,
          pointRadius: 0,
          pointHoverRadius: 6,
          pointHoverBackgroundColor: "transparent",
          pointHoverBorderColor: theme.foreground,
          pointHoverBorderWidth: 2,
          clip: 12,
        },
      ],
    },
    options: {
      ...makeCommonOptions(theme, graphTitle(graph), factsAt),
      // Points of a stream need not be in the order of time.
      normalized: false,
      interaction: { mode: "nearest", intersect: false, axis: "xy" },
      scales,
    },
    plugins: [drawer, CROSSHAIR],
  };
  return { kind: null, config, pointCount: points.length, factsAt };
}

/** Time as seconds since the graph's start. */
function secondsAxis(graph: FindingGraph, { time }: GraphChart, theme: Theme, [min, max]: readonly [number, number]): ScaleOptions {
  return {
    type: "linear",
    min,
    max: max > min ? max : min + 1,
    title: { display: true, text: graphTimeTitle(graph, time), color: theme.muted, font: font(theme) },
    grid: { color: theme.grid, display: theme.isHighContrast },
    border: { color: theme.axis },
    ticks: {
      color: theme.muted,
      font: font(theme),
      maxRotation: 0,
      autoSkipPadding: 24,
      includeBounds: false,
      callback: (value) => (graph.start === null ? formatCount(Number(value)) : formatSecondsShort(Number(value))),
    },
  };
}

function numberAxis(theme: Theme, title: string, [min, max]: readonly [number, number], format: (value: number) => string): ScaleOptions {
  return {
    type: "linear",
    min,
    max: max > min ? max : min + 1,
    title: { display: true, text: title, color: theme.muted, font: font(theme) },
    grid: { color: theme.grid, tickLength: 0 },
    border: { display: theme.isHighContrast, color: theme.axis },
    ticks: {
      color: theme.muted,
      font: font(theme),
      padding: 8,
      precision: 0,
      maxTicksLimit: 8,
      includeBounds: false,
      callback: (value) => format(Number(value)),
    },
  };
}

/** Ends of a list with some room around; 0 and 1 of an empty one. */
function endsOf(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  if (low > high) return [0, 1];
  const room = (high - low) * 0.04 || 0.5;
  return [low - room, high + room];
}
