import assert from "node:assert/strict";
import { parseFindingState, parsePanelState, type FindingState, type PanelState } from "../../../src/shared/panelProtocol";

const state: PanelState = {
  version: 2,
  key: "file:///capture.csv",
  name: "capture.csv",
  view: "timeline",
  seq: 1,
  bucketSeconds: null,
  scale: "log",
  clock: "local",
  bins: "linear",
  measure: "distinct",
  distributionScale: "linear",
  packetScope: "all",
  packetSort: { column: "len", isDescending: true },
  compared: [2, 1449],
  hidden: [2],
  styles: [1, null, 2, 1449],
  split: null,
  hasBackdrop: true,
  marksBursts: false,
  range: { clock: "utc", fromSec: 10, toSec: 20 },
};

describe("parsePanelState", () => {
  it("takes what was kept", () => {
    assert.deepEqual(parsePanelState(structuredClone(state)), state);
    assert.deepEqual(parsePanelState({ ...state, seq: null }), { ...state, seq: null });
    assert.deepEqual(parsePanelState({ ...state, view: "packets", packetSort: null }), { ...state, view: "packets", packetSort: null });
  });

  it("reads what version 1 kept, and begins anew with what it did not know", () => {
    const {
      compared: _compared,
      hidden: _hidden,
      styles: _styles,
      split: _split,
      hasBackdrop: _backdrop,
      marksBursts: _marks,
      range: _range,
      ...old
    } = state;
    assert.deepEqual(parsePanelState({ ...old, version: 1 }), {
      ...old,
      ...{ version: 2, compared: [], hidden: [], styles: [], split: null, hasBackdrop: false, marksBursts: true, range: null },
    });
  });

  it("keeps the rest when a newer field makes no sense", () => {
    const broken = {
      compared: [1, 1],
      hidden: "2",
      styles: [1, "2"],
      split: "color",
      hasBackdrop: 1,
      marksBursts: null,
      range: { fromSec: 2, toSec: 1 },
    };
    assert.deepEqual(parsePanelState({ ...state, ...broken }), {
      ...state,
      ...{ compared: [], hidden: [], styles: [], split: null, hasBackdrop: false, marksBursts: true, range: null },
    });
    const { packetScope, packetSort } = parsePanelState({
      ...state,
      packetScope: "some",
      packetSort: { column: "color", isDescending: true },
    })!;
    assert.deepEqual([packetScope, packetSort], ["number", null]);
    assert.equal(parsePanelState({ ...state, packetSort: { column: "len" } })?.packetSort, null, "an order without a direction");
    assert.deepEqual(parsePanelState({ ...state, compared: [1] })?.compared, [], "the number itself");
    assert.deepEqual(parsePanelState({ ...state, compared: [2, 3, 4, 5, 6, 7, 8, 9] })?.compared, [], "nine in all");
    assert.deepEqual(parsePanelState({ ...state, styles: [1, null, 1] })?.styles, [], "a number with two styles");
    assert.equal(parsePanelState({ ...state, split: "label" })?.split, null, "parts of several numbers");
    assert.equal(parsePanelState({ ...state, compared: [], split: "label" })?.split, "label");
  });

  it("leaves out what it does not know", () => assert.deepEqual(parsePanelState({ ...state, extra: 1 }), state));

  const broken: Readonly<Record<string, unknown>> = {
    nothing: undefined,
    null: null,
    text: JSON.stringify(state),
    "another version": { ...state, version: 3 },
    "no key": { ...state, key: "" },
    "a key that is no text": { ...state, key: { toString: () => "file:///x" } },
    "no name": { ...state, name: undefined },
    "an unknown view": { ...state, view: "settings" },
    "a number of 33 bits": { ...state, seq: 2 ** 32 },
    "a bucket of no length": { ...state, bucketSeconds: 0 },
    "an unknown scale": { ...state, scale: "sqrt" },
    "an unknown clock": { ...state, clock: "moon" },
    "unknown bins": { ...state, bins: null },
    "an unknown measure": { ...state, measure: "bytes" },
    "an unknown scale of the histogram": { ...state, distributionScale: 1 },
  };
  for (const [what, value] of Object.entries(broken)) {
    it(`refuses ${what}`, () => assert.equal(parsePanelState(value), undefined));
  }
});

describe("parseFindingState", () => {
  const kept: FindingState = {
    version: 1,
    kind: "finding",
    key: "file:///capture.csv",
    name: "capture.csv",
    finding: "port-scan/vertical/10.0.0.1",
    title: "A scan",
    stream: null,
    direction: 1,
    range: "all",
    packetSort: null,
  };
  it("takes what was kept, and leaves out what it does not know", () => {
    assert.deepEqual(parseFindingState({ ...kept, extra: 1 }), kept);
    assert.deepEqual(parseFindingState({ ...kept, stream: 7, direction: null }), { ...kept, stream: 7, direction: null });
  });

  const broken: Readonly<Record<string, unknown>> = {
    nothing: undefined,
    null: null,
    "the state of a timeline": state,
    "another version": { ...kept, version: 2 },
    "no key": { ...kept, key: "" },
    "no finding": { ...kept, finding: "" },
    "an endless id": { ...kept, finding: "x".repeat(5000) },
    "a title that is no text": { ...kept, title: 1 },
    "a stream as text": { ...kept, stream: "7" },
    "a third direction": { ...kept, direction: 2 },
    "an unknown range": { ...kept, range: "none" },
  };
  for (const [what, value] of Object.entries(broken)) {
    it(`refuses ${what}`, () => assert.equal(parseFindingState(value), undefined));
  }
});
