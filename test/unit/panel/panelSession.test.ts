import assert from "node:assert/strict";
import { PanelSession, type SessionOptions } from "../../../src/panel/panelSession";
import { AnalysisError } from "../../../src/shared/errors";
import type { TimelineQuery } from "../../../src/shared/model";
import { MAX_CHART_BUCKETS, type PanelReply, type PanelTarget } from "../../../src/shared/panelProtocol";
import type { Capture } from "../../../src/worker/client";
import { makeSummary, makeTimeline } from "../webview/samples";

/** A capture that answers at once and remembers what it was asked. */
function makeCapture(asked: TimelineQuery[] = []): Capture {
  return {
    summary: makeSummary(),
    complete: Promise.resolve(makeSummary()),
    listSequences: () => Promise.resolve([{ seq: 1449, count: 10 }]),
    describeSequence: () => Promise.reject(new Error("not asked for")),
    getTimeline: (query) => {
      asked.push(query);
      return Promise.resolve(makeTimeline({ seq: query.seq }));
    },
    getDistribution: () => Promise.resolve({ edges: Float64Array.of(0, 1), packets: Float64Array.of(1), distinct: Float64Array.of(1) }),
    getFindings: () => Promise.reject(new Error("not asked for")),
    getFindingGraph: () => Promise.resolve(null),
    getFindingPackets: () => Promise.reject(new Error("not asked for")),
    getRow: () => Promise.reject(new Error("not asked for")),
    getFindingPlaces: () => Promise.reject(new Error("not asked for")),
    getFindingLines: () => Promise.reject(new Error("not asked for")),
    describeDetectors: () => Promise.reject(new Error("not asked for")),
    dispose: () => undefined,
  };
}

interface Options {
  capture?: Capture | undefined;
  open?: () => Promise<Capture | undefined>;
  target?: PanelTarget;
  isStale?: boolean;
}

function start({ capture, open, target = { view: "timeline", seq: 1 }, isStale = false }: Options) {
  const posted: PanelReply[] = [];
  const refused: unknown[] = [];
  const targets: PanelTarget[] = [];
  const again: string[] = [];
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
    post: (reply) => posted.push(reply),
    readSettings: () => ({ bucketSeconds: 60, clock: "capture" }),
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
  return { session, posted, refused, targets, again, ask };
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
    const asked: TimelineQuery[] = [];
    const { ask } = start({ capture: makeCapture(asked) });
    await ask({ type: "timeline/get", id: 1, seq: 7, bucketSeconds: 1, clock: "utc", alignMinutes: 120, maxBuckets: 1e9 });
    assert.deepEqual(asked, [
      { seq: 7, bucketSeconds: 1, clock: "utc", alignMinutes: 120, maxBuckets: MAX_CHART_BUCKETS, whenTooMany: "coarsen" },
    ]);
  });

  it("fails when the capture was closed in between", async () => {
    const reply = await start({}).ask({ type: "timeline/get", id: 1, seq: 7, bucketSeconds: null, clock: "capture", alignMinutes: 0 });
    assert.equal(reply?.type === "request/failed" && reply.code, "workerStopped");
  });

  it("does not answer what is no request", async () => {
    const { posted, refused, ask } = start({ capture: makeCapture() });
    await ask({ type: "commands/run", id: 1 });
    assert.deepEqual(posted, []);
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
