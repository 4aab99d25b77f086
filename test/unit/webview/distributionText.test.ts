import assert from "node:assert/strict";
import {
  binFacts,
  distributionHeads,
  distributionSummary,
  distributionTitle,
  formatBin,
  makeDistributionRow,
  measureTitle,
} from "../../../webview/distributionText";
import { NO_FOCUS } from "../../../src/shared/selection";
import { tooltipLines } from "../../../webview/timelineText";
import { distribution } from "./samples";

describe("distribution", () => {
  it("has its title", () => assert.equal(distributionTitle(), "Distribution of TCP Sequence Numbers"));

  it("names a bin by its first and last number", () => {
    assert.equal(formatBin(distribution, 1), "1");
    assert.equal(formatBin(distribution, 3), "1,024–4,294,967,295");
  });

  it("says numbers, packets and share in the tooltip", () => {
    assert.deepEqual(tooltipLines(binFacts(distribution, 1)), ["Sequence numbers: 1", "Packets: 200 (50.00 %)", "Different numbers: 1"]);
  });

  it("sums up in one sentence, of either measure", () => {
    assert.equal(
      distributionSummary(distribution, "packets", NO_FOCUS),
      "400 packets with 50 different sequence numbers; the most packets, 200, have number 1.",
    );
    assert.equal(
      distributionSummary(distribution, "distinct", NO_FOCUS),
      "400 packets with 50 different sequence numbers; the most different numbers, 48, lie in 1,024 to 4,294,967,295.",
    );
  });

  it("says that there is nothing to draw", () => {
    const empty = { edges: new Float64Array(1), packets: new Float64Array(0), distinct: new Float64Array(0) };
    assert.equal(distributionSummary(empty, "packets", NO_FOCUS), "The capture has no packets with a sequence number.");
    assert.equal(distributionSummary(empty, "packets", { filter: "udp", range: null }), "No packets pass the filter.");
    const range = { clock: "capture", fromSec: 0, toSec: 1 } as const;
    assert.equal(distributionSummary(empty, "packets", { filter: "udp", range }), "No packets in this range.");
  });

  it("has a row for every bin, empty ones too", () => {
    const rowAt = makeDistributionRow(distribution);
    assert.equal(distributionHeads().length, rowAt(0).length);
    assert.deepEqual(rowAt(2), ["2–1,023", "0", "0.00 %", "0"]);
  });

  it("names its vertical axis", () => {
    assert.equal(measureTitle("packets", "linear"), "Packets");
    assert.equal(measureTitle("distinct", "log"), "Different sequence numbers (log scale, base line 0)");
  });
});
