import assert from "node:assert/strict";
import { formatShort, logAxis, LOG_FLOOR, timeRange } from "../../../webview/axes";

describe("logAxis", () => {
  it("begins with a tick for 0 below 1", () => {
    const { min, ticks } = logAxis(50);
    assert.equal(min, LOG_FLOOR);
    assert.deepEqual(ticks.slice(0, 4), [LOG_FLOOR, 1, 2, 5]);
  });
  it("ends at a round number just above few decades", () => {
    assert.deepEqual(logAxis(130), { min: 0.5, max: 200, ticks: [0.5, 1, 2, 5, 10, 20, 50, 100, 200] });
  });
  it("has powers of ten and a little room above many decades", () => {
    const { max, ticks } = logAxis(31918);
    assert.deepEqual(ticks, [0.5, 1, 10, 100, 1000, 10000]);
    assert.ok(max > 31918 && max < 50000);
  });
  it("holds the highest count and every tick, from nothing to 2^32", () => {
    for (let count = 0; count <= 2 ** 32; count = count * 3 + 1) {
      const { min, max, ticks } = logAxis(count);
      assert.ok(max >= count && max > min, String(count));
      assert.ok(ticks.every((tick) => tick >= min && tick <= max));
      assert.ok(ticks.length >= 2 && ticks.length <= 12, `${String(ticks.length)} ticks for ${String(count)}`);
    }
  });
});

describe("timeRange", () => {
  it("spans the buckets' left edges", () => assert.deepEqual(timeRange(100, 60, 3), { fromSec: 100, toSec: 220 }));
  it("gives a single bucket room", () => assert.deepEqual(timeRange(100, 60, 1), { fromSec: 40, toSec: 160 }));
});

describe("formatShort", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0"],
    [999, "999"],
    [1000, "1k"],
    [1449, "1.45k"],
    [65536, "65.5k"],
    [999_999, "1M"],
    [67_108_864, "67.1M"],
    [4_294_967_296, "4.29G"],
  ];
  for (const [value, text] of cases) it(`writes ${String(value)} as ${text}`, () => assert.equal(formatShort(value), text));
});
