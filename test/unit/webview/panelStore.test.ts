import assert from "node:assert/strict";
import type { PanelReply, PanelState } from "../../../src/shared/panelProtocol";
import { makeState, PanelStore } from "../../../webview/panelStore";

const init: Extract<PanelReply, { type: "panel/init" }> = {
  type: "panel/init",
  id: 1,
  key: "file:///capture.csv",
  name: "capture.csv",
  target: { view: "timeline", seq: 7 },
  capture: "open",
  settings: { bucketSeconds: 300, clock: "utc" },
  l10n: null,
};

describe("makeState", () => {
  const fresh = makeState(undefined, init);

  it("begins with the settings", () => {
    assert.equal(fresh.bucketSeconds, 300);
    assert.equal(fresh.clock, "utc");
  });
  it("keeps what the user chose, but shows what the host says", () => {
    const kept: PanelState = { ...fresh, bucketSeconds: 1, scale: "log", seq: 3, view: "distribution" };
    assert.deepEqual(makeState(kept, init), { ...kept, seq: 7, view: "timeline" });
  });
  it("forgets the state of another capture, and a broken one", () => {
    assert.deepEqual(makeState({ ...fresh, key: "file:///other.csv", scale: "log" }, init), fresh);
    assert.deepEqual(makeState({ ...fresh, scale: 1 }, init), fresh);
  });
});

describe("PanelStore", () => {
  it("hands every state to the editor, the first one too", () => {
    const kept: PanelState[] = [];
    const store = new PanelStore({ setState: (state) => kept.push(state) }, makeState(undefined, init));
    store.update({ scale: "log" });
    assert.deepEqual(
      kept.map(({ scale }) => scale),
      ["linear", "log"],
    );
    assert.equal(store.state.scale, "log");
  });
});
