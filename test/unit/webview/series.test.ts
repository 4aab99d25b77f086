import assert from "node:assert/strict";
import { assignPartStyles, assignStyles, seriesOf } from "../../../webview/series";
import { makeTimelines, splitTimelines } from "./samples";

describe("the styles of compared numbers", () => {
  it("are given in the order of the numbers", () => assert.deepEqual(assignStyles([], [7, 1, 9]), [7, 1, 9]));
  it("stay when a number before them is removed, and a new number takes the free one", () => {
    const left = assignStyles([7, 1, 9], [1, 9]);
    assert.deepEqual(left, [null, 1, 9]);
    assert.deepEqual(assignStyles(left, [1, 9, 20]), [20, 1, 9]);
    assert.deepEqual(assignStyles(left, [1, 9, 20, 30]), [20, 1, 9, 30]);
  });
  it("begin anew with another number", () => {
    assert.deepEqual(assignStyles(assignStyles([null, 1], [3]), [3]), [3, null]);
  });
  it("are no more than there are numbers, however often they change", () => {
    let styles: readonly (number | null)[] = [];
    for (let seq = 0; seq < 100; seq++) styles = assignStyles(styles, [seq, seq + 1, seq + 2]);
    assert.equal(styles.length, 3);
  });
  it("are those of the series, whatever their order; parts have their own", () => {
    const styleBySeq = seriesOf(makeTimelines([1, 7]), [null, 7, 1], []).map(({ seq, style }) => [seq, style]);
    assert.deepEqual(styleBySeq, [
      [1, 2],
      [7, 1],
    ]);
    assert.deepEqual(
      seriesOf(splitTimelines, [null, 1], assignPartStyles([], splitTimelines)).map(({ style }) => style),
      [0, 1, 2],
    );
  });
  it("stay with the parts, whatever their ranks", () => {
    const { parts } = splitTimelines;
    const later = { ...splitTimelines, parts: [...(parts ?? [])].reverse() };
    const first = assignPartStyles([], splitTimelines);
    const idsAndStyles = seriesOf(splitTimelines, [1], first).map(({ id, style }) => [id, style]);
    const again = seriesOf(later, [1], assignPartStyles(first, later)).map(({ id, style }) => [id, style]);
    assert.deepEqual(again, [...idsAndStyles].reverse());
    assert.equal(new Set(again.map(([id]) => id)).size, 3);
  });
});
