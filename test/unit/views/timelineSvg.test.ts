import assert from "node:assert/strict";
import type { Timeline } from "../../../src/shared/model";
import { svgAddress, timelineSvg } from "../../../src/views/timelineSvg";

const timelineOf = (counts: readonly number[], bucketSeconds = 60): Timeline => ({
  seq: 1,
  clock: "capture",
  bucketSeconds,
  requestedBucketSeconds: null,
  startSec: 1_685_877_780, // 2023-06-04 11:23:00
  bucketCount: counts.length,
  index: null,
  counts: Uint32Array.from(counts),
  labels: new Int32Array(counts.length).fill(-1),
  labelNames: ["<script>&"],
  protocols: new Int32Array(counts.length).fill(-1),
  protocolNames: ["eth:<b>"],
  undated: 0,
});

const texts = (svg: string): string[] => [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text = ""]) => text);
/** Points of the line: every place where it turns. */
function points(svg: string): [number, number][] {
  const path = /<path d="([^"]+)" fill="none"/.exec(svg)?.[1] ?? "";
  let [x, y] = [0, 0];
  return [...path.matchAll(/([MHV])([\d.]+)(?: ([\d.]+))?/g)].map(([, command, first, second]) => {
    if (command !== "V") x = Number(first);
    if (command === "V") y = Number(first);
    if (command === "M") y = Number(second);
    return [x, y];
  });
}

describe("a timeline as SVG", () => {
  it("has a step for every change of the counts, at its bucket and in proportion", () => {
    const drawn = points(timelineSvg(timelineOf([2, 2, 4, 0]), false));
    const [left, right] = [drawn[0]?.[0] ?? 0, drawn.at(-1)?.[0] ?? 0];
    const [two, four, none] = [drawn[0]?.[1] ?? 0, drawn[2]?.[1] ?? 0, drawn.at(-1)?.[1] ?? 0];
    assert.equal(drawn[1]?.[0], left + (right - left) / 2); // the third of four buckets
    assert.equal(none - two, two - four); // 2 is halfway up to 4
    assert.ok(four < two && two < none);
  });

  it("names the highest count of its axis, and begin, middle and end with the day once", () => {
    const drawn = texts(timelineSvg(timelineOf([1000, 3000, 0, 0]), false));
    assert.deepEqual(drawn, ["0", "2,000", "4,000", "2023-06-04 11:23:00", "11:25:00", "11:27:00"]);
  });

  it("names the day again where it is another one", () => {
    const drawn = texts(timelineSvg(timelineOf([1, 1], 86_400), false));
    assert.deepEqual(drawn.slice(-3), ["2023-06-04 11:23:00", "2023-06-05 11:23:00", "2023-06-06 11:23:00"]);
  });

  it("counts seconds where the file has no dates", () => {
    const drawn = texts(timelineSvg({ ...timelineOf([1, 1]), startSec: 0 }, true));
    assert.deepEqual(drawn.slice(-3), ["0 s", "60 s", "120 s"]);
  });

  it("has no half packets on its axis", () => {
    assert.deepEqual(texts(timelineSvg(timelineOf([1]), false)).slice(0, 2), ["0", "1"]);
  });

  it("marks stretches with bars above the data, cut off at the edges and never too thin to see", () => {
    const svg = timelineSvg(timelineOf([1, 1, 1, 1]), false, [
      { fromSec: 1_685_877_780 + 60, toSec: 1_685_877_780 + 120 },
      { fromSec: 0, toSec: 1 },
    ]);
    const bars = [...svg.matchAll(/<rect x="([\d.]+)" y="8" width="([\d.]+)"/g)].map(([, x, width]) => [Number(x), Number(width)]);
    const drawn = points(timelineSvg(timelineOf([1, 0, 1, 1]), false));
    assert.deepEqual(bars, [
      [drawn[1]?.[0], 157],
      [drawn[0]?.[0], 3],
    ]);
  });

  it("holds no text of the capture", () => {
    const svg = timelineSvg(timelineOf([3]), false);
    assert.ok(!/script|eth|&/.test(svg));
    assert.deepEqual([...new Set([...svg.matchAll(/<(\w+)/g)].map(([, tag]) => tag))].sort(), ["g", "path", "rect", "svg", "text"]);
  });

  it("is the same when it is taken out of its address", () => {
    const svg = timelineSvg(timelineOf([1, 2]), false);
    const address = svgAddress(svg);
    assert.match(address, /^data:image\/svg\+xml;base64,[A-Za-z0-9+/=]+$/);
    assert.equal(Buffer.from(address.split(",")[1] ?? "", "base64").toString("utf8"), svg);
  });

  it("stays small however many buckets there are", () => {
    const counts = Array.from({ length: 300 }, (_, i) => (i * 7919) % 1000);
    assert.ok(svgAddress(timelineSvg(timelineOf(counts), false)).length < 10_000);
  });

  it("is drawn without a packet", () => assert.deepEqual(texts(timelineSvg(timelineOf([]), false)).slice(0, 2), ["0", "1"]));
});
