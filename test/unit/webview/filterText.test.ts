import assert from "node:assert/strict";
import { matchText, passingText } from "../../../webview/filterText";

describe("how many packets pass a filter", () => {
  it("is said with the noun and the verb that the number takes", () => {
    assert.equal(passingText(0, 1), "0 of 1 packet");
    assert.equal(passingText(1, 1203), "1 of 1,203 packets");
    assert.equal(matchText(1, undefined), "1 packet matches. Enter applies the filter.");
    assert.equal(matchText(1203, undefined), "1,203 packets match. Enter applies the filter.");
    assert.equal(matchText(0, 1), "0 of 1 packet matches. Enter applies the filter.");
    assert.equal(matchText(1, 1203), "1 of 1,203 packets matches. Enter applies the filter.");
    assert.equal(matchText(2, 1203), "2 of 1,203 packets match. Enter applies the filter.");
  });
});
