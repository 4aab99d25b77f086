import assert from "node:assert/strict";
import { RowScale } from "../../../webview/rowScale";

const near = (actual: number, expected: number, by: number): void =>
  assert.ok(Math.abs(actual - expected) <= by, `${String(actual)} is not ${String(expected)}`);

describe("RowScale", () => {
  it("is as tall as its rows while a browser can make them, a pixel for a pixel", () => {
    const scale = new RowScale(1000, 26, 520);
    assert.deepEqual([scale.height, scale.isExact, scale.viewRows, scale.maxTop], [26_000, true, 20, 980]);
    for (const top of [0, 1, 500.5, 980]) near(scale.scrollTopOf(top), top * 26, 1e-6);
    near(scale.topOf(13_000), 500, 1e-6);
  });

  it("reaches every one of millions of rows with a scroll bar that browsers can make", () => {
    const scale = new RowScale(3_000_000, 26, 520);
    assert.ok(scale.height <= 10_000_000 && !scale.isExact);
    for (const top of [0, 1, 1_234_567, scale.maxTop]) near(scale.topOf(scale.scrollTopOf(top)), top, 1e-6);
    assert.equal(scale.topOf(scale.height - 520), 3_000_000 - 20);
    assert.equal(scale.topOf(1e9), scale.maxTop);
  });

  it("takes a row for whole that lacks a fraction of a pixel", () => {
    assert.deepEqual(
      [519.4, 518.9, 494.1, 493].map((height) => new RowScale(1000, 26, height).viewRows),
      [20, 19, 19, 19],
    );
    assert.equal(new RowScale(5, 27.1, 135).viewRows, 5);
  });

  it("scrolls no list that is seen whole", () => {
    const scale = new RowScale(5, 26, 520);
    assert.deepEqual([scale.maxTop, scale.topOf(100), scale.scrollTopOf(3)], [0, 0, 0]);
    assert.equal(new RowScale(0, 26, 520).topOf(1), 0);
  });

  it("goes no further than it must to show a row", () => {
    const scale = new RowScale(1000, 26, 520);
    assert.equal(scale.reveal(100, 105), 100);
    assert.equal(scale.reveal(100.5, 100), 100);
    assert.equal(scale.reveal(100, 119), 100);
    assert.equal(scale.reveal(100, 120), 101);
    assert.equal(scale.reveal(100, 999), 980);
  });
});
