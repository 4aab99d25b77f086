import assert from "node:assert/strict";
import { FilterSession } from "../../../src/panel/filterSession";
import { FocusAnswers } from "../../../src/panel/focusAnswers";
import { AnalysisError } from "../../../src/shared/errors";
import type { FilterTarget, PanelReply } from "../../../src/shared/panelProtocol";
import { NO_FOCUS, type Focus } from "../../../src/shared/selection";
import { makeTime } from "../webview/samples";
import { panelFocus } from "./panelFocus";

const target: FilterTarget = { key: "file:///a.csv", name: "a.csv", focus: NO_FOCUS, time: makeTime() };
const other: FilterTarget = { ...target, key: "file:///b.csv", name: "b.csv" };

function start(first: FilterTarget | null) {
  const posted: PanelReply[] = [];
  const refused: unknown[] = [];
  const asked: unknown[][] = [];
  const state = { target: first };
  const set = (key: string, focus: Focus): Promise<void> => {
    asked.push(["set", key, focus]);
    return key === "" ? Promise.reject(new AnalysisError("captureClosed", "…")) : Promise.resolve();
  };
  const session = new FilterSession({
    focus: {
      get: () => NO_FOCUS,
      set,
      count: (key) => Promise.resolve(void asked.push(["count", key])).then(() => ({ packets: 3, total: 10 })),
      check: (key, text) => Promise.resolve(void asked.push(["check", key, text])).then(() => ({ kind: "valid", packets: 3 })),
      typing: (key, text) => void asked.push(["typing", key, text]),
      complete: (key, text, position) =>
        Promise.resolve(void asked.push(["complete", key, text, position])).then(() => ({ span: { start: 0, end: 1 }, items: [] })),
      recent: () => ["tcp"],
      forgetRecent: () => Promise.resolve(void asked.push(["forget"])),
    },
    readTarget: () => state.target,
    post: (reply) => posted.push(reply),
    l10nBundle: { Filter: "Filter" },
    describeFailure: (error, name) => `Sorry: ${error.code} ${name}`,
    onRefused: (message) => refused.push(message),
  });
  const ask = async (message: unknown): Promise<PanelReply | undefined> => {
    await session.receive(message);
    return posted.at(-1);
  };
  return { session, posted, refused, asked, state, ask };
}

describe("FilterSession", () => {
  it("tells the page which capture it acts on, or that there is none", async () => {
    const l10n = { Filter: "Filter" };
    assert.deepEqual(await start(target).ask({ type: "panel/ready", id: 1 }), { type: "filter/init", id: 1, target, l10n });
    assert.deepEqual(await start(null).ask({ type: "panel/ready", id: 2 }), { type: "filter/init", id: 2, target: null, l10n });
  });

  it("answers what the bar asks, of that capture", async () => {
    const { ask, asked } = start(target);
    await ask({ type: "panel/ready", id: 1 });
    const focus = { filter: "tcp", range: null };
    assert.deepEqual(await ask({ type: "focus/set", id: 2, focus }), { type: "request/done", id: 2 });
    assert.deepEqual(await ask({ type: "focus/count", id: 3 }), { type: "focus/counted", id: 3, packets: 3, total: 10 });
    assert.deepEqual(await ask({ type: "filter/check", id: 4, text: "tcp" }), {
      type: "filter/checked",
      id: 4,
      check: { kind: "valid", packets: 3 },
    });
    assert.deepEqual(await ask({ type: "filter/complete", id: 5, text: "t", position: 1 }), {
      type: "filter/completed",
      id: 5,
      completion: { span: { start: 0, end: 1 }, items: [] },
    });
    assert.deepEqual(await ask({ type: "filter/recall", id: 6 }), { type: "filter/recalled", id: 6, filters: ["tcp"] });
    assert.deepEqual(await ask({ type: "filter/forget", id: 7 }), { type: "request/done", id: 7 });
    assert.deepEqual(asked, [
      ["set", target.key, focus],
      ["count", target.key],
      ["typing", target.key, "tcp"],
      ["check", target.key, "tcp"],
      ["complete", target.key, "t", 1],
      ["forget"],
    ]);
  });

  it("tells how far the reading for a filter has come, and ends it for the next filter, when the bar says so and with the page", async () => {
    const progress = { pass: "all", bytesRead: 1, bytesTotal: 4, rows: 2 } as const;
    const signals: AbortSignal[] = [];
    const typed: unknown[] = [];
    const posted: PanelReply[] = [];
    const answers = new FocusAnswers(
      panelFocus({
        check: (_key, _text, { onProgress, signal } = {}) => {
          signals.push(signal!);
          onProgress?.(progress);
          return Promise.resolve({ kind: "valid", packets: 1 });
        },
        typing: (key, text) => void typed.push([key, text, signals.at(-1)?.aborted]),
      }),
      (reply) => posted.push(reply),
    );
    await answers.answer("a", { type: "filter/check", id: 1, text: "http" });
    assert.deepEqual(posted, [{ type: "filter/progress", id: 1, progress }]);
    await answers.answer("a", { type: "filter/check", id: 2, text: "http2" });
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, false],
    );
    assert.deepEqual(await answers.answer("a", { type: "filter/stop", id: 3 }), { type: "request/done", id: 3 });
    assert.equal(signals[1]?.aborted, true);
    await answers.answer("a", { type: "filter/check", id: 4, text: "http3" });
    await answers.answer("b", { type: "filter/check", id: 5, text: "http4" });
    answers.stop();
    assert.equal(signals[3]?.aborted, true);
    // What is typed is told before the check before it ends, and of one capture at a time.
    assert.deepEqual(typed, [
      ["a", "http", undefined],
      ["a", "http2", false],
      ["a", "", false],
      ["a", "http3", true],
      ["a", "", false],
      ["b", "http4", false],
      ["b", "", false],
    ]);
  });

  it("acts on the capture that the page shows, until the page is told of another", async () => {
    const { session, ask, asked, state, posted } = start(target);
    await ask({ type: "panel/ready", id: 1 });
    state.target = other;
    await ask({ type: "focus/count", id: 2 });
    session.targetChanged();
    assert.deepEqual(posted.at(-1), { type: "filter/target", target: other });
    await ask({ type: "focus/count", id: 3 });
    assert.deepEqual(asked, [
      ["count", target.key],
      ["count", other.key],
    ]);
  });

  it("tells nothing to a page that has not asked, and refuses what is no request of a bar", async () => {
    const { session, ask, posted, refused } = start(target);
    session.targetChanged();
    await ask({ type: "capture/open", id: 1 });
    assert.deepEqual(posted, [{ type: "request/failed", id: 1, code: "internal", message: "Sorry: internal " }]);
    assert.deepEqual(refused, [{ type: "capture/open", id: 1 }]);
  });

  it("settles a request that nobody can answer", async () => {
    const { ask } = start(null);
    await ask({ type: "panel/ready", id: 1 });
    assert.deepEqual(await ask({ type: "focus/set", id: 2, focus: NO_FOCUS }), {
      type: "request/failed",
      id: 2,
      code: "captureClosed",
      message: "Sorry: captureClosed ",
    });
  });
});
