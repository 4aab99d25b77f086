import assert from "node:assert/strict";
import type { CaptureTime, Distribution, Timeline } from "../../../src/shared/model";
import { makeDistributionSpec, type ChartSpec } from "../../../webview/charts";
import { makeClock } from "../../../webview/clock";
import { legendOf, makeGraphSpec } from "../../../webview/findingCharts";
import { seriesOf } from "../../../webview/series";
import { signShape } from "../../../webview/signs";
import type { Theme } from "../../../webview/theme";
import { makeTimelineSpec } from "../../../webview/timelineChart";
import { GraphMark, type FindingGraph, type GraphMarkName, type NumberGraph } from "../../../src/shared/findingGraph";
import { makeStreamGraph, probes, rates } from "./findings";

const colors = [
  "foreground",
  "muted",
  "background",
  "grid",
  "axis",
  "series",
  "seriesFill",
  "red",
  "orange",
  "yellow",
  "green",
  "teal",
] as const;
const more = [
  "purple",
  "crosshair",
  "tooltipBackground",
  "tooltipForeground",
  "tooltipBorder",
  "backdrop",
  "backdropFill",
  "mark",
  "markFill",
] as const;
const theme: Theme = {
  isHighContrast: false,
  ...(Object.fromEntries([...colors, ...more].map((name) => [name, "#808080"])) as Record<(typeof colors | typeof more)[number], string>),
  fontFamily: "sans-serif",
  fontSize: 13,
};
const time: CaptureTime = {
  first: { seconds: 0, nanos: 0 },
  last: { seconds: 60, nanos: 0 },
  zone: { label: null, offsetMinutes: null },
  ...{ zoneCount: 1, isUtcKnown: false, isRelative: false, source: "frame.time" },
};
const timeline: Timeline = {
  ...{ seq: 1, clock: "capture", bucketSeconds: 60, requestedBucketSeconds: null, startSec: 0, bucketCount: 1, index: null },
  counts: Uint32Array.of(1),
  labels: Int32Array.of(-1),
  ...{ labelNames: [], protocols: Int32Array.of(-1), protocolNames: [], undated: 0 },
};
const distribution: Distribution = { edges: Float64Array.of(0, 1), packets: Float64Array.of(1), distinct: Float64Array.of(1) };

const everyMark = (Object.keys(GraphMark) as GraphMarkName[]).map((name, i) => [i, i * 100, 50, GraphMark[name]] as const);
const numbers: NumberGraph = {
  ...{ kind: "numbers", start: null, total: everyMark.length, field: "tcp.seq" },
  times: Float64Array.from(everyMark, ([at]) => at),
  seqs: Float64Array.from(everyMark, ([, seq]) => seq),
  marks: Uint16Array.from(everyMark, ([, , , mark]) => mark),
  frames: new Uint32Array(everyMark.length),
};
/** Every kind of graph with everything that it can show. */
const graphs: readonly FindingGraph[] = [makeStreamGraph([...everyMark, [20, 1, 1]], [[1, 2, 3]]), probes, rates, numbers];

const clock = makeClock(time, "capture", { zoneName: "UTC", offsetMinutesAt: () => 0 });
const timelines = { timelines: [timeline], parts: null, backdrop: null, splits: [] };
const chart = {
  ...{ timelines, series: seriesOf(timelines, [timeline.seq], []), split: null, clock, labelField: null, range: null, bursts: [] },
  scale: "linear",
} as const;
const specs: readonly (readonly [string, () => ChartSpec])[] = [
  ["the timeline", () => makeTimelineSpec(chart, theme)],
  ["the distribution", () => makeDistributionSpec({ distribution, measure: "packets", scale: "linear" }, theme)],
  ...graphs.map((graph) => [`the graph of ${graph.kind}`, () => makeGraphSpec({ graph, time, range: "all" }, theme)] as const),
];

describe("charts", () => {
  for (const [name, make] of specs) {
    it(`do not move: ${name} is drawn at once`, () => assert.equal(make().config.options?.animation, false));

    it(`tell every point in words: ${name}`, () => {
      const { pointCount, factsAt } = make();
      assert.ok(pointCount > 0);
      for (let i = 0; i < pointCount; i++) for (const { label, value } of factsAt(i)) assert.ok(label !== "" && value !== "");
    });
  }

  for (const graph of graphs) {
    it(`can be read without colours: signs of the graph of ${graph.kind} differ in shape`, () => {
      const shapes = legendOf(graph).map(signShape);
      assert.deepEqual(shapes, [...new Set(shapes)]);
    });
  }
});
