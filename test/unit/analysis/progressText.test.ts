import assert from "node:assert/strict";
import { progressIncrement, progressValues } from "../../../src/analysis/progressText";

const MB = 1e6;

describe("progress in words", () => {
  it("counts in the unit of the total", () => {
    const values = progressValues({ pass: "first", rows: 1_200_000, bytesRead: 412 * MB, bytesTotal: 967 * MB });
    assert.deepEqual(values, { rows: "1,200,000", done: "412", total: "967 MB" });
    assert.deepEqual(progressValues({ pass: "first", rows: 0, bytesRead: 0, bytesTotal: 967 * MB }), {
      rows: "0",
      done: "0",
      total: "967 MB",
    });
  });

  it("keeps a decimal while the total is small in its unit", () => {
    assert.deepEqual(progressValues({ pass: "first", rows: 1, bytesRead: 412 * MB, bytesTotal: 2340 * MB }), {
      rows: "1",
      done: "0.4",
      total: "2.3 GB",
    });
    assert.deepEqual(progressValues({ pass: "first", rows: 1, bytesRead: 12, bytesTotal: 900 }), { rows: "1", done: "12", total: "900 B" });
  });

  it("says the same of every pass", () => {
    const state = { rows: 1000, bytesRead: 412 * MB, bytesTotal: 967 * MB };
    const [first, rest, all] = (["first", "rest", "all"] as const).map((pass) => progressValues({ pass, ...state }));
    assert.deepEqual(rest, { rows: "1,000", done: "412", total: "967 MB" });
    assert.deepEqual([first, all], [rest, rest]);
  });

  it("gives increments that add up to 100 and never go back", () => {
    const states = [10, 40, 30, 100].map((bytesRead) => ({ pass: "first" as const, rows: 0, bytesRead, bytesTotal: 100 }));
    const increments = states.map((state, index) => progressIncrement(states[index - 1], state));
    assert.deepEqual(increments, [10, 30, 0, 70]);
    assert.equal(progressIncrement(undefined, { pass: "first", rows: 0, bytesRead: 0, bytesTotal: 0 }), 0);
  });
});
