import assert from "node:assert/strict";
import { isNoFilter, matchesFilter, namesAddress, NO_FILTER, type FindingFilter } from "../../../src/shared/findingFilter";
import { makeFinding } from "../../support/findings";

const matches = (filter: Partial<FindingFilter>): boolean => matchesFilter(makeFinding(), { ...NO_FILTER, ...filter });

describe("the filter of findings", () => {
  it("lets everything through when it says nothing", () => {
    assert.equal(matches({}), true);
    assert.equal(isNoFilter(NO_FILTER), true);
    assert.equal(isNoFilter({ ...NO_FILTER, address: "10." }), false);
  });

  it("takes a severity and worse, a confidence and surer", () => {
    assert.deepEqual(
      (["chat", "note", "warn", "error"] as const).map((severity) => matches({ severity })),
      [true, true, true, false],
    );
    assert.deepEqual(
      (["low", "medium", "high", "certain"] as const).map((confidence) => matches({ confidence })),
      [true, true, true, false],
    );
  });

  it("takes the questions that were chosen, and all conditions together", () => {
    assert.equal(matches({ detectors: ["port-scan", "syn-flood"] }), true);
    assert.equal(matches({ detectors: ["syn-flood"] }), false);
    assert.equal(matches({ detectors: ["port-scan"], severity: "error" }), false);
  });

  it("finds an address in source, target and title", () => {
    assert.equal(matches({ address: "10.0.0.9" }), true);
    assert.equal(matches({ address: "10.0.0.8" }), false);
  });

  for (const [text, address, expected] of [
    ["10.0.0.5", "10.0.0.5", true],
    ["10.0.0.5:443", "10.0.0.5", true],
    ["10.0.0.5:443", "10.0.0.5:443", true],
    ["10.0.0.5:4433", "10.0.0.5:443", false],
    ["10.0.0.50", "10.0.0.5", false],
    ["110.0.0.5", "10.0.0.5", false],
    ["10.0.0.50 and 10.0.0.5", "10.0.0.5", true],
    ["10.0.7.5", "10.0.", true],
    ["[FD00::1]:443", "fd00::1", true],
    ["1fd00::1", "fd00::1", false],
    ["anything", "  ", true],
  ] as const)
    it(`says ${String(expected)} for ${address} in ${text}`, () => assert.equal(namesAddress(text, address), expected));
});
