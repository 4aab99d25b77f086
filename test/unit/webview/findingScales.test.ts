import assert from "node:assert/strict";
import { GraphMark } from "../../../src/shared/findingGraph";
import { clampTo, countOutside, isWindowDrawn, streamRange } from "../../../webview/findingScales";
import { makeStreamGraph } from "./findings";

const { reset, inFinding } = GraphMark;

/** A transfer of 1,000 bytes in ten seconds, with a reset far above it that the finding is about. */
const graph = makeStreamGraph(
  [...Array.from({ length: 10 }, (_, i) => [i, 1 + i * 100, 100] as const), [5.5, 5_000_000, 0, reset | inFinding]],
  [[1, 101, 1100]],
);

describe("streamRange", () => {
  it("shows what is regular, and leaves a far number at the edge", () => {
    const range = streamRange(graph, "all");
    assert.ok(range.from < 0 && range.to > 9 && range.to < 10);
    assert.ok(range.low < 1 && range.high > 1100 && range.high < 2000);
    assert.deepEqual(clampTo(range, 5_000_000), { at: range.high, side: 1 });
    assert.equal(countOutside(graph, range), 1);
  });

  it("shows all numbers of the finding when asked for what lies around it", () => {
    const range = streamRange(graph, "finding");
    assert.ok(range.high > 5_000_000);
    assert.equal(countOutside(graph, range), 0);
    assert.ok(range.from > 4 && range.from < 5 && range.to < 7);
    assert.ok(range.low < 501);
  });

  it("takes in a number that is not far away", () => {
    const near = makeStreamGraph([
      [0, 0, 100],
      [1, 150, 0, reset],
    ]);
    assert.equal(countOutside(near, streamRange(near, "all")), 0);
  });

  it("has some room where there is one point, or none, or only resets", () => {
    for (const few of [makeStreamGraph([]), makeStreamGraph([[3, 7, 0]]), makeStreamGraph([[3, 7, 0, reset]])]) {
      const { from, to, low, high } = streamRange(few, "all");
      assert.ok(from < to && low < high);
    }
  });

  it("leaves out a window that would press everything else together", () => {
    const wide = makeStreamGraph([[0, 0, 100]], [[1, 100, 65_000]]);
    const range = streamRange(wide, "all");
    assert.ok(range.high < 200);
    assert.equal(isWindowDrawn(wide, range), false);
    assert.equal(isWindowDrawn(graph, streamRange(graph, "all")), true);
  });
});

describe("clampTo", () => {
  it("says on which side a number lies", () => {
    assert.deepEqual(clampTo({ low: 0, high: 10 }, -1), { at: 0, side: -1 });
    assert.deepEqual(clampTo({ low: 0, high: 10 }, 5), { at: 5, side: 0 });
  });
});
