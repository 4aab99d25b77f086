import assert from "node:assert/strict";
import { lastNotAbove } from "../../../src/engine/search";

describe("lastNotAbove", () => {
  it("finds the last of equal ones, and those between", () => {
    const numbers = Uint32Array.of(2, 5, 5, 9, 4_294_967_295);
    assert.deepEqual(
      [2, 4, 5, 6, 9, 4_294_967_294, 4_294_967_295].map((wanted) => lastNotAbove(numbers, wanted)),
      [0, 0, 2, 2, 3, 3, 4],
    );
  });

  it("has the first where all are above, and 0 of none", () => {
    assert.equal(lastNotAbove([7, 8], 1), 0);
    assert.equal(lastNotAbove([], 1), 0);
  });
});
