import assert from "node:assert/strict";
import { spanOf, streamsOf } from "../../../../src/engine/detectors/findingRows";
import { Valid } from "../../../../src/engine/columns";
import { randomOf } from "../../../support/random";
import { columnsOf } from "../../../support/packets";

describe("the rows of a finding", () => {
  it("span from the earliest to the latest, of equal ones the first and the last of the list", () => {
    const columns = columnsOf([{ time: 5 }, { time: null }, { time: 2.5 }, { time: 2.25 }, { time: 5 }, { time: 2.25 }]);
    assert.deepEqual(spanOf(columns, Uint32Array.of(0, 1, 2, 3, 4, 5)), { first: 3, last: 4 });
    assert.deepEqual(spanOf(columns, Uint32Array.of(5, 4, 3, 2, 1, 0)), { first: 5, last: 0 });
    assert.deepEqual(spanOf(columns, Uint32Array.of(1)), { first: -1, last: -1 });
    assert.deepEqual(spanOf(columns, new Uint32Array(0)), { first: -1, last: -1 });
  });

  it("are counted by stream, whether numbers lie close or far apart, rows without one left out", () => {
    for (const step of [1, 1000, 40_000]) {
      const random = randomOf(step);
      const columns = columnsOf(
        Array.from({ length: 5000 }, () => (random() < 0.1 ? { stream: null } : { stream: step * Math.floor(random() * 3000) })),
      );
      const rows = Uint32Array.from({ length: 5000 }, (_, row) => row).reverse();
      const streams = new Set(Array.from(rows).flatMap((row) => (columns.valid[row] & Valid.stream ? columns.stream[row] : [])));
      const ascending = [...streams].sort((a, b) => a - b);
      assert.deepEqual(streamsOf(columns, rows, 100), { count: streams.size, least: ascending.slice(0, 100) });
      assert.deepEqual(streamsOf(columns, rows, 1e6), { count: streams.size, least: ascending });
    }
  });

  it("may be none", () => {
    assert.deepEqual(streamsOf(columnsOf([{ stream: null }]), Uint32Array.of(0), 100), { count: 0, least: [] });
  });
});
