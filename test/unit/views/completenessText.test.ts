import assert from "node:assert/strict";
import { completenessText } from "../../../src/views/completenessText";

const of = (frames: number, span: number): string => completenessText({ frames, span, share: frames / span });

describe("completeness in words", () => {
  it("says 100 % only when no frame is missing", () => {
    assert.equal(of(200_003, 200_003), "100.00 %");
    assert.equal(of(200_002, 200_003), ">99.99 %");
    assert.equal(of(9_999, 10_000), "99.99 %");
    assert.equal(of(3_000_000, 6_200_000), "48.39 %");
  });
});
