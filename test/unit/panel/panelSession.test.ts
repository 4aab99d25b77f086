import assert from "node:assert/strict";
import { PanelSession, type SessionOptions } from "../../../src/panel/panelSession";
import { AnalysisError } from "../../../src/shared/errors";
import { MAX_CHART_BUCKETS, type PanelReply, type PanelTarget } from "../../../src/shared/panelProtocol";
import { DEFAULT_PACKET_COLUMNS } from "../../../src/shared/packets";
import { NO_FOCUS, type Focus } from "../../../src/shared/selection";
import type { TimelinesQuery } from "../../../src/shared/timelines";
import type { Capture } from "../../../src/worker/client";
import { captureOf } from "./capture";
import { panelFocus } from "./panelFocus";
import { chartQuery, makeTimelines } from "../webview/samples";

/** A capture that answers at once and remembers what it was asked. */
const makeCapture = (asked: TimelinesQuery[] = []): Capture =>
  captureOf({
    listSequences: () => Promise.resolve([{ seq: 1449, count: 10 }]),
    getBursts: ({ seq, focus }) =>
      Promise.resolve({ seq, bucketSeconds: focus.filter === "" && focus.range === null ? 60 : 1, bursts: [] }),
    getTimelines: (query) => {
      asked.push(query);
      return Promise.resolve(makeTimelines(query.seqs));
    },
    getDistribution: () => Promise.resolve({ edges: Float64Array.of(0, 1), packets: Float64Array.of(1), distinct: Float64Array.of(1) }),
  });

const query = chartQuery(7);

interface Options {
  capture?: Capture | undefined;
  open?: () => Promise<Capture | undefined>;
  target?: PanelTarget;
  isStale?: boolean;
  focus?: Focus;
  /** What the user chooses in the editor's dialogs. */
  picked?: number;
  format?: "png" | "csv";
}

function start({ capture, open, target = { view: "timeline", seq: 1 }, isStale = false, focus = NO_FOCUS, picked, format }: Options) {
  const saved: { name: string; format: string; bytes: Uint8Array }[] = [];
  const pickedFrom: (readonly number[])[] = [];
  const posted: PanelReply[] = [];
  const refused: unknown[] = [];
  const targets: PanelTarget[] = [];
  const again: string[] = [];
  const focused: [string, Focus][] = [];
  const options: SessionOptions = {
    key: "file:///capture.csv",
    name: "capture.csv",
    target,
    captures: {
      get: () => capture,
      find: () => (capture ? { isStale } : undefined),
      open: open ?? (() => Promise.resolve(capture)),
      analyzeAgain: (key) => {
        again.push(key);
        return Promise.resolve();
      },
    },
    focus: panelFocus({ get: () => focus, set: (key, next) => Promise.resolve(void focused.push([key, next])) }),
    dialogs: {
      pickNumber: (_capture, shown) => {
        pickedFrom.push(shown);
        return Promise.resolve(picked);
      },
      pickFormat: () => Promise.resolve(format),
      save: (name, how, bytes) => Promise.resolve(void saved.push({ name, format: how, bytes })),
    },
    post: (reply) => posted.push(reply),
    readSettings: () => ({ bucketSeconds: 60, clock: "capture" }),
    columns: { get: () => DEFAULT_PACKET_COLUMNS, set: () => Promise.resolve() },
    openLine: () => Promise.resolve(),
    copy: () => Promise.resolve(),
    l10nBundle: undefined,
    describeFailure: (error) => `Sorry: ${error.code}`,
    onRefused: (message) => refused.push(message),
    onTarget: (next) => targets.push(next),
  };
  const session = new PanelSession(options);
  const ask = async (message: unknown): Promise<PanelReply | undefined> => {
    await session.receive(message);
    return posted.at(-1);
  };
  return { focused, saved, pickedFrom, session, posted, refused, targets, again, ask };
}

describe("PanelSession", () => {
  it("tells the page what to show and whether the capture is in memory", async () => {
    const open = start({ capture: makeCapture() });
    assert.deepEqual(await open.ask({ type: "panel/ready", id: 1 }), {
      type: "panel/init",
      id: 1,
      key: "file:///capture.csv",
      name: "capture.csv",
      target: { view: "timeline", seq: 1 },
      capture: "open",
      settings: { bucketSeconds: 60, clock: "capture" },
      columns: DEFAULT_PACKET_COLUMNS,
      l10n: null,
    });
    const reply = await start({}).ask({ type: "panel/ready", id: 2 });
    assert.equal(reply?.type === "panel/init" && reply.capture, "toRead");
  });

  it("says that a closed capture is gone instead of reading it again unasked", async () => {
    const { session, ask } = start({});
    session.captureChanged("closed");
    const reply = await ask({ type: "panel/ready", id: 1 });
    assert.equal(reply?.type === "panel/init" && reply.capture, "gone");
  });

  it("finds the most frequent number when none was chosen", async () => {
    const { session, targets, ask } = start({ capture: makeCapture(), target: { view: "distribution", seq: null } });
    const reply = await ask({ type: "capture/open", id: 1 });
    assert.equal(reply?.type === "capture/opened" && reply.seq, 1449);
    assert.deepEqual(session.target, { view: "distribution", seq: 1449 });
    assert.deepEqual(targets, [{ view: "distribution", seq: 1449 }]);
  });

  it("says what is in focus, and sets what the page asks for", async () => {
    const range = { clock: "utc", fromSec: 10, toSec: 20 } as const;
    const { ask, focused } = start({ capture: makeCapture(), focus: { filter: "tcp.len > 0", range } });
    const reply = await ask({ type: "capture/open", id: 1 });
    assert.deepEqual(reply?.type === "capture/opened" && reply.focus, { filter: "tcp.len > 0", range });
    assert.deepEqual(await ask({ type: "focus/set", id: 2, focus: { filter: "tcp", range: null } }), { type: "request/done", id: 2 });
    assert.deepEqual(focused, [["file:///capture.csv", { filter: "tcp", range: null }]]);
  });

  it("tells the page what is in focus now, once it has asked, and not while its capture is closed", async () => {
    const { session, posted, ask } = start({ capture: makeCapture() });
    const focus = { filter: "tcp", range: null };
    session.focusChanged(focus);
    await ask({ type: "panel/ready", id: 1 });
    session.focusChanged(focus);
    session.captureChanged("closed");
    session.focusChanged(NO_FOCUS);
    assert.deepEqual(posted.slice(1), [{ type: "focus/changed", focus }, { type: "panel/gone" }]);
  });

  it("says whether the file has changed since", async () => {
    const reply = await start({ capture: makeCapture(), isStale: true }).ask({ type: "capture/open", id: 1 });
    assert.equal(reply?.type === "capture/opened" && reply.isStale, true);
  });

  it("answers a cancelled run as cancelled, and a failed one with its sentence", async () => {
    assert.deepEqual(await start({}).ask({ type: "capture/open", id: 5 }), { type: "capture/cancelled", id: 5 });
    const open = (): Promise<never> => Promise.reject(new AnalysisError("notFound", "…"));
    assert.deepEqual(await start({ open }).ask({ type: "capture/open", id: 6 }), {
      type: "request/failed",
      id: 6,
      code: "notFound",
      message: "Sorry: notFound",
    });
  });

  it("settles a request that met a bug", async () => {
    const open = (): Promise<never> => Promise.reject(new TypeError("undefined is not a function"));
    const reply = await start({ open }).ask({ type: "capture/open", id: 6 });
    assert.equal(reply?.type === "request/failed" && reply.code, "internal");
  });

  it("asks for no more buckets than a chart takes, whatever the page says", async () => {
    const asked: TimelinesQuery[] = [];
    const { ask } = start({ capture: makeCapture(asked) });
    await ask({ type: "timelines/get", id: 1, query: { ...query, maxBuckets: 1e9 } });
    assert.deepEqual(asked, [{ ...query, maxBuckets: MAX_CHART_BUCKETS }]);
  });

  it("fails when the capture was closed in between", async () => {
    const reply = await start({}).ask({ type: "timelines/get", id: 1, query });
    assert.equal(reply?.type === "request/failed" && reply.code, "captureClosed");
  });

  it("adds numbers up to eight, each once, and shows its timeline", async () => {
    const { session, posted, targets, ask } = start({ capture: makeCapture(), target: { view: "distribution", seq: 1 } });
    await ask({ type: "panel/ready", id: 1 });
    assert.ok(session.add(2));
    assert.deepEqual(posted.at(-1), { type: "panel/show", target: { view: "timeline", seq: 1, compared: [2] } });
    assert.ok(session.add(2));
    assert.deepEqual(session.target.compared, [2]);
    for (const seq of [3, 4, 5, 6, 7, 8]) assert.ok(session.add(seq));
    const before = targets.length;
    assert.equal(session.add(9), false);
    assert.ok(session.add(8), "one that is there already");
    assert.equal(targets.length, before + 1);
    assert.deepEqual(session.target.compared, [2, 3, 4, 5, 6, 7, 8]);
  });

  it("tells a page that was hidden which numbers it compares, and forgets them with another number", async () => {
    const { session, ask } = start({ capture: makeCapture() });
    session.add(2);
    const init = await ask({ type: "panel/ready", id: 1 });
    assert.deepEqual(init?.type === "panel/init" && init.target, { view: "timeline", seq: 1, compared: [2] });
    session.show({ view: "distribution", seq: null });
    assert.deepEqual(session.target, { view: "distribution", seq: 1, compared: [2] });
    session.show({ view: "timeline", seq: 5 });
    assert.deepEqual(session.target, { view: "timeline", seq: 5 });
  });

  it("asks for the bursts of every number, over all of the time, among what passes the filter", async () => {
    const { ask } = start({ capture: makeCapture() });
    assert.deepEqual(await ask({ type: "bursts/get", id: 1, seqs: [7, 8], filter: "", clock: "utc" }), {
      type: "bursts/data",
      id: 1,
      bursts: [7, 8].map((seq) => ({ seq, bucketSeconds: 60, bursts: [] })),
    });
    const filtered = await ask({ type: "bursts/get", id: 2, seqs: [7], filter: "tcp.len > 0", clock: "utc" });
    assert.equal(filtered?.type === "bursts/data" && filtered.bursts[0].bucketSeconds, 1);
  });

  it("asks for another number before the page does, as the page asked for the one before, and gives what was found once", async () => {
    const asked: TimelinesQuery[] = [];
    const bursts: number[] = [];
    const capture = makeCapture(asked);
    const { session, ask } = start({
      capture: {
        ...capture,
        getBursts: (burstsQuery) => {
          bursts.push(burstsQuery.seq);
          return capture.getBursts(burstsQuery);
        },
      },
    });
    const seqsAsked = (): (readonly number[])[] => asked.map(({ seqs }) => seqs);
    await ask({ type: "panel/ready", id: 1 });
    session.show({ view: "timeline", seq: 8 });
    assert.deepEqual(asked, [], "nothing is known of how the page asks");
    await ask({ type: "bursts/get", id: 2, seqs: [7], filter: "", clock: "utc" });
    await ask({ type: "timelines/get", id: 3, query });
    session.show({ view: "timeline", seq: 8 });
    assert.deepEqual(
      [seqsAsked(), bursts],
      [
        [[7], [8]],
        [7, 8],
      ],
    );
    const reply = await ask({ type: "timelines/get", id: 4, query: { ...query, seqs: [8] } });
    const marks = await ask({ type: "bursts/get", id: 5, seqs: [8], filter: "", clock: "utc" });
    assert.deepEqual(reply, { type: "timelines/data", id: 4, timelines: makeTimelines([8]) });
    assert.deepEqual(marks?.type === "bursts/data" && marks.bursts.map(({ seq }) => seq), [8]);
    assert.deepEqual(
      [seqsAsked(), bursts],
      [
        [[7], [8]],
        [7, 8],
      ],
      "it was asked already",
    );
    await ask({ type: "timelines/get", id: 6, query: { ...query, seqs: [8] } });
    assert.deepEqual(seqsAsked(), [[7], [8], [8]], "the next time it is asked anew");
  });

  it("does not give what was asked with another filter, and asks nothing for a page that shows something else", async () => {
    const asked: TimelinesQuery[] = [];
    const options: Options = { capture: makeCapture(asked) };
    const { session, ask } = start(options);
    await ask({ type: "panel/ready", id: 1 });
    await ask({ type: "timelines/get", id: 2, query });
    session.show({ view: "timeline", seq: 8 });
    const filtered = { ...query, seqs: [8], focus: { filter: "tcp.len > 0", range: null } };
    await ask({ type: "timelines/get", id: 3, query: filtered });
    assert.deepEqual(asked.map(({ seqs, focus }) => [seqs, focus.filter]).slice(1), [
      [[8], ""],
      [[8], "tcp.len > 0"],
    ]);
    session.show({ view: "timeline", seq: 9 });
    session.show({ view: "distribution", seq: null });
    assert.equal(asked.length, 4);
  });

  it("takes the number that the user picks, of those that are not shown", async () => {
    const { session, pickedFrom, ask } = start({ capture: makeCapture(), picked: 9 });
    assert.deepEqual(await ask({ type: "numbers/add", id: 4 }), { type: "request/done", id: 4 });
    assert.deepEqual(session.target, { view: "timeline", seq: 1, compared: [9] });
    await ask({ type: "numbers/changed", id: 5, seqs: [9] });
    assert.deepEqual(session.target, { view: "timeline", seq: 9 });
    const left = start({ capture: makeCapture() });
    await left.ask({ type: "numbers/add", id: 4 });
    assert.deepEqual(left.session.target, { view: "timeline", seq: 1 });
    assert.deepEqual([...pickedFrom, ...left.pickedFrom], [[1], [1]]);
  });

  it("hands pictures and data to the dialog that saves them, and writes nothing itself", async () => {
    const { saved, ask } = start({ capture: makeCapture(), target: { view: "timeline", seq: 7, compared: [8] }, format: "csv" });
    assert.deepEqual(await ask({ type: "save/choose", id: 1 }), { type: "save/chosen", id: 1, format: "csv" });
    const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
    await ask({ type: "image/save", id: 2, format: "png", bytes: png });
    await ask({ type: "data/save", id: 3, format: "csv", query: { ...query, seqs: [7, 8] } });
    await ask({ type: "data/save", id: 4, format: "json", query });
    assert.deepEqual(
      saved.map(({ name, format }) => [name, format]),
      [
        ["capture.csv.seq-7-8", "png"],
        ["capture.csv.seq-7-8", "csv"],
        ["capture.csv.seq-7-8", "json"],
      ],
    );
    assert.deepEqual(saved[0].bytes, png);
    const [head] = new TextDecoder().decode(saved[1].bytes).split("\r\n");
    assert.equal(head, "start,bucket_seconds,tcp.seq 7,tcp.seq 8");
    const left = await start({ capture: makeCapture() }).ask({ type: "save/choose", id: 1 });
    assert.deepEqual(left, { type: "save/chosen", id: 1, format: null });
  });

  it("refuses what is no request, and settles it", async () => {
    const { posted, refused, ask } = start({ capture: makeCapture() });
    await ask({ type: "commands/run", id: 1 });
    assert.deepEqual(posted, [{ type: "request/failed", id: 1, code: "internal", message: "Sorry: internal" }]);
    assert.deepEqual(refused, [{ type: "commands/run", id: 1 }]);
  });

  it("sends news only to a page that has asked, and keeps the target for one that will", async () => {
    const { session, posted, ask } = start({ capture: makeCapture() });
    session.show({ view: "timeline", seq: 9 });
    session.captureChanged("stale");
    assert.deepEqual(posted, []);
    const reply = await ask({ type: "panel/ready", id: 1 });
    assert.deepEqual(reply?.type === "panel/init" && reply.target, { view: "timeline", seq: 9 });
    session.show({ view: "distribution", seq: null });
    session.captureChanged("replaced");
    session.captureChanged("closed");
    assert.deepEqual(posted.slice(1), [
      { type: "panel/show", target: { view: "distribution", seq: 9 } },
      { type: "capture/replaced" },
      { type: "panel/gone" },
    ]);
  });

  it("brings the page back when a closed capture has been read again", async () => {
    const { session, posted, ask } = start({ capture: makeCapture() });
    await ask({ type: "panel/ready", id: 1 });
    session.captureOpened();
    session.captureChanged("closed");
    session.captureOpened();
    session.captureOpened();
    assert.deepEqual(
      posted.slice(1).map(({ type }) => type),
      ["panel/gone", "capture/replaced"],
    );
  });

  it("follows the page to another tab", async () => {
    const { session, ask } = start({ capture: makeCapture() });
    assert.deepEqual(await ask({ type: "view/changed", id: 1, view: "distribution" }), { type: "request/done", id: 1 });
    assert.deepEqual(session.target, { view: "distribution", seq: 1 });
  });

  it("analyses an open capture again, and leaves a closed one to capture/open", async () => {
    const open = start({ capture: makeCapture() });
    await open.ask({ type: "panel/analyzeAgain", id: 1 });
    assert.deepEqual(open.again, ["file:///capture.csv"]);
    const closed = start({});
    assert.deepEqual(await closed.ask({ type: "panel/analyzeAgain", id: 1 }), { type: "request/done", id: 1 });
    assert.deepEqual(closed.again, []);
  });
});
