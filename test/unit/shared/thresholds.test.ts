import assert from "node:assert/strict";
import { checkThresholds, thresholdNames } from "../../../src/shared/thresholds";
import { DESCRIPTIONS } from "../../support/findings";

describe("thresholds that are set alone", () => {
  it("are taken when a detector has them, and named when none has or when they are no number", () => {
    const value = { "port-scan.minPorts": 20, "port-scan.windowS": "5", "syn-flood.minSyns": -1, "port-scan.minPort": 3, __proto__x: 1 };
    assert.deepEqual(checkThresholds(value, DESCRIPTIONS), {
      thresholds: { "port-scan.minPorts": 20 },
      unknown: ["port-scan.minPort", "__proto__x"],
      unreadable: ["port-scan.windowS", "syn-flood.minSyns"],
    });
  });

  it("are none when the setting is no object", () => {
    for (const value of [null, undefined, 3, "x", ["port-scan.minPorts"]])
      assert.deepEqual(checkThresholds(value, DESCRIPTIONS), { thresholds: {}, unknown: [], unreadable: [] });
  });

  it("are called by detector and name", () =>
    assert.deepEqual(thresholdNames(DESCRIPTIONS), ["port-scan.minPorts", "port-scan.windowS", "syn-flood.minSyns"]));
});
