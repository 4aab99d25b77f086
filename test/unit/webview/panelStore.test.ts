import assert from "node:assert/strict";
import { DEFAULT_PACKET_COLUMNS } from "../../../src/shared/packets";
import type { PanelReply, PanelState } from "../../../src/shared/panelProtocol";
import { makeFindingState, makeState, PanelStore } from "../../../webview/panelStore";

const init: Extract<PanelReply, { type: "panel/init" }> = {
  type: "panel/init",
  id: 1,
  key: "file:///capture.csv",
  name: "capture.csv",
  target: { view: "timeline", seq: 7 },
  capture: "open",
  settings: { bucketSeconds: 300, clock: "utc" },
  columns: DEFAULT_PACKET_COLUMNS,
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

describe("makeFindingState", () => {
  const shown = {
    type: "finding/init",
    id: 1,
    key: "file:///capture.csv",
    name: "capture.csv",
    finding: "a/b/c",
    title: "Title",
    capture: "open",
    columns: DEFAULT_PACKET_COLUMNS,
    l10n: null,
  } as const;
  const fresh = makeFindingState(undefined, shown);

  it("begins with the finding's own stream and all of it", () => {
    assert.deepEqual([fresh.stream, fresh.direction, fresh.range], [null, null, "all"]);
  });
  it("keeps what the user chose for this finding, and forgets it for another", () => {
    const kept = {
      ...fresh,
      stream: 3,
      direction: 1,
      range: "finding",
      packetSort: { column: "len", isDescending: true },
      title: "Older",
    } as const;
    assert.deepEqual(makeFindingState(kept, shown), { ...kept, title: "Title" });
    assert.deepEqual(makeFindingState({ ...kept, finding: "x" }, shown), fresh);
    assert.deepEqual(makeFindingState({ ...kept, range: 1 }, shown), fresh);
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
