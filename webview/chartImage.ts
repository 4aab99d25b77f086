/** The chart as a file: the same specification drawn once more, with title and legend, as PNG or SVG. DOM for the PNG's canvas alone. */
import { BasicPlatform, Chart, type LegendItem } from "chart.js";
import type { ChartPoint, ChartSpec } from "./charts";
import { SvgContext } from "./svgContext";
import type { Theme } from "./theme";

/** What a picture is made of. */
export interface ImageOptions {
  /** Made for the picture: Chart.js keeps what it has drawn from. */
  readonly spec: ChartSpec;
  readonly theme: Theme;
  /** Pixels of the page. */
  readonly width: number;
  readonly height: number;
  /** For screen readers. */
  readonly title: string;
  readonly description: string;
}

/** Device pixels of a PNG per pixel of the page: sharp in print, too. */
const PNG_SCALE = 2;

type AnyChart = Chart<"line" | "bar" | "scatter", ChartPoint[]>;

/** Options of a chart that stands still: its size is given, it has a legend, and nothing is under a pointer. */
function standStill({ spec, theme, width, height }: ImageOptions, pixelRatio: number): ChartSpec["config"] {
  const { config } = spec;
  const options = config.options ?? {};
  Object.assign(options, {
    responsive: false,
    maintainAspectRatio: false,
    devicePixelRatio: pixelRatio,
    events: [],
    aspectRatio: width / height,
  });
  Object.assign(options, { layout: { padding: 16 } });
  const plugins = options.plugins ?? {};
  const hasLegend = config.data.datasets.length > 1;
  Object.assign(plugins, {
    legend: {
      display: hasLegend,
      position: "bottom",
      labels: {
        color: theme.foreground,
        usePointStyle: true,
        pointStyleWidth: 32,
        font: { family: theme.fontFamily, size: theme.fontSize - 1 },
        sort: byPosition,
      },
    },
    tooltip: { enabled: false },
  });
  return config;
}

const byPosition = (a: LegendItem, b: LegendItem): number => (a.datasetIndex ?? 0) - (b.datasetIndex ?? 0);

/** A real vector drawing: paths and texts. `measure`: as SvgContext has it. */
export function drawSvg(options: ImageOptions, measure: (text: string, font: string) => number): string {
  const context = new SvgContext(options.width, options.height, measure);
  const config = standStill(options, 1);
  // Lines with segment options are drawn step by step, not by a Path2D, which cannot be read.
  for (const dataset of config.data.datasets) if (!("segment" in dataset)) Object.assign(dataset, { segment: {} });
  const chart: AnyChart = new Chart<"line" | "bar" | "scatter", ChartPoint[]>(context as unknown as CanvasRenderingContext2D, {
    ...(config as ChartSpec["config"] & { type: "line" }),
    platform: BasicPlatform,
  });
  chart.draw();
  const svg = context.toSvg({ title: options.title, description: options.description, background: options.theme.background });
  chart.destroy();
  return svg;
}

/** A picture on the theme's background. */
export async function drawPng(options: ImageOptions): Promise<Uint8Array> {
  const canvas = document.createElement("canvas");
  canvas.width = options.width;
  canvas.height = options.height;
  const config = standStill(options, PNG_SCALE);
  const background = {
    id: "background",
    beforeDraw: ({ ctx, width, height }: AnyChart): void => {
      ctx.save();
      ctx.fillStyle = options.theme.background;
      ctx.fillRect(0, 0, width, height);
      ctx.restore();
    },
  };
  const chart: AnyChart = new Chart<"line" | "bar" | "scatter", ChartPoint[]>(canvas, {
    ...(config as ChartSpec["config"] & { type: "line" }),
    platform: BasicPlatform,
    plugins: [...((config.plugins ?? []) as never[]), background],
  });
  chart.draw();
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  chart.destroy();
  if (!blob) throw new Error("The chart could not be made into a picture.");
  return new Uint8Array(await blob.arrayBuffer());
}

/** Measures with a canvas that is nowhere shown. */
export function makeMeasure(): (text: string, font: string) => number {
  const context = document.createElement("canvas").getContext("2d");
  return (text, font) => {
    if (!context) return text.length * 7;
    context.font = font;
    return context.measureText(text).width;
  };
}
