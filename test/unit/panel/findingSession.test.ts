import assert from "node:assert/strict";
import { FindingSession } from "../../../src/panel/findingSession";
import { AnalysisError } from "../../../src/shared/errors";
import type { FindingPicture, GraphQuery } from "../../../src/shared/findingGraph";
import type { Finding, FindingsReport } from "../../../src/shared/findings";
import type { CaptureSummary } from "../../../src/shared/model";
import { DEFAULT_PACKET_COLUMNS, type PacketsQuery } from "../../../src/shared/packets";
import type { PanelReply } from "../../../src/shared/panelProtocol";
import { NO_FOCUS, packetsOfFinding } from "../../../src/shared/selection";
import type { Capture } from "../../../src/worker/client";
import { makeFinding, makePacket, makeStreamGraph } from "../webview/findings";
import { captureOf } from "./capture";
import { panelFocus } from "./panelFocus";
import { makeSummary } from "../webview/samples";

const finding = makeFinding();
const report: FindingsReport = {
  sensitivity: "medium",
  coverage: { share: 1, unseenAcks: 0, oneSided: 0 },
  caveats: ["This file holds 48 % of the frames of its capture."],
  findings: [finding],
  notRun: [],
  labels: null,
};
const picture: FindingPicture = { graph: makeStreamGraph([[0, 1, 100]]), hasOwnStreams: true };

/** A capture that answers at once and remembers what it was asked. */
const makeCapture = (asked: (GraphQuery | PacketsQuery)[] = [], summary: CaptureSummary = makeSummary()): Capture =>
  captureOf({
    summary,
    getFindings: () => Promise.resolve(report),
    getPackets: (query) => {
      asked.push(query);
      return Promise.resolve({ total: 1, from: 0, packets: [makePacket()], shown: null });
    },
    getFindingGraph: (query) => {
      asked.push(query);
      return Promise.resolve(picture);
    },
  });

const withRows = (capture: Capture): Capture => ({
  ...capture,
  getRow: (place) => Promise.resolve({ names: ["tcp.seq"], cells: ["361"], byteOffset: 99, line: place + 2 }),
});

interface Options {
  capture?: Capture | undefined;
  reports?: () => Promise<FindingsReport | undefined>;
  id?: string;
}

function start({ capture, reports = () => Promise.resolve(report), id = finding.id }: Options) {
  const posted: PanelReply[] = [];
  const refused: unknown[] = [];
  const titles: string[] = [];
  const copied: string[] = [];
  const lines: number[] = [];
  const again: string[] = [];
  const session = new FindingSession({
    key: "file:///capture.csv",
    name: "capture.csv",
    finding: id,
    title: "Finding",
    captures: {
      get: () => capture,
      find: () => (capture ? { isStale: true } : undefined),
      open: () => Promise.resolve(capture),
      analyzeAgain: (key) => {
        again.push(key);
        return Promise.resolve();
      },
    },
    reports: { get: reports },
    focus: panelFocus({ get: () => NO_FOCUS }),
    post: (reply) => posted.push(reply),
    columns: { get: () => DEFAULT_PACKET_COLUMNS, set: () => Promise.resolve() },
    openLine: (line) => {
      lines.push(line);
      return Promise.resolve();
    },
    copy: (text) => {
      copied.push(text);
      return Promise.resolve();
    },
    l10nBundle: undefined,
    describeFailure: (error) => `Sorry: ${error.code}`,
    onRefused: (message) => refused.push(message),
    onTitle: (title) => titles.push(title),
  });
  const ask = async (message: unknown): Promise<PanelReply | undefined> => {
    await session.receive(message);
    return posted.at(-1);
  };
  return { session, posted, refused, titles, copied, lines, again, ask };
}

describe("FindingSession", () => {
  it("tells the page which finding it shows and whether the capture is in memory", async () => {
    assert.deepEqual(await start({ capture: makeCapture() }).ask({ type: "panel/ready", id: 1 }), {
      type: "finding/init",
      id: 1,
      key: "file:///capture.csv",
      name: "capture.csv",
      finding: finding.id,
      title: "Finding",
      capture: "open",
      columns: DEFAULT_PACKET_COLUMNS,
      l10n: null,
    });
    const reply = await start({}).ask({ type: "panel/ready", id: 2 });
    assert.equal(reply?.type === "finding/init" && reply.capture, "toRead");
  });

  it("opens the finding with what the coverage means for it, and names the tab after it", async () => {
    const capture = makeCapture();
    const { ask, titles } = start({ capture });
    assert.deepEqual(await ask({ type: "finding/open", id: 1 }), {
      type: "finding/opened",
      id: 1,
      summary: capture.summary,
      finding,
      caveats: report.caveats,
      isStale: true,
      canOpenRow: "yes",
      focus: NO_FOCUS,
    });
    assert.deepEqual(titles, [finding.title]);
  });

  it("says when the finding is not there any more, when reading was cancelled, and when the detectors fail", async () => {
    assert.deepEqual(await start({ capture: makeCapture(), id: "gone" }).ask({ type: "finding/open", id: 1 }), {
      type: "finding/missing",
      id: 1,
    });
    assert.deepEqual(await start({}).ask({ type: "finding/open", id: 2 }), { type: "capture/cancelled", id: 2 });
    const reports = () => Promise.reject(new AnalysisError("superseded", "…"));
    assert.deepEqual(await start({ capture: makeCapture(), reports }).ask({ type: "finding/open", id: 3 }), {
      type: "request/failed",
      id: 3,
      code: "superseded",
      message: "Sorry: superseded",
    });
  });

  it("asks for the graph and the packets of its own finding, whatever the page says", async () => {
    const asked: (GraphQuery | PacketsQuery)[] = [];
    const { ask } = start({ capture: makeCapture(asked) });
    assert.deepEqual(await ask({ type: "graph/get", id: 1, stream: 3, direction: 1, finding: "other" }), {
      type: "graph/data",
      id: 1,
      picture,
    });
    const list = { seq: null, sort: null };
    await ask({ type: "packets/get", id: 2, list, from: 100, count: 50, showing: null, finding: "other" });
    assert.deepEqual(asked, [
      { finding: finding.id, stream: 3, direction: 1, focus: NO_FOCUS },
      { selection: packetsOfFinding(finding.id), sort: null, from: 100, count: 50, showing: null },
    ]);
  });

  it("reads a row, and shows it in the editor", async () => {
    const { ask, lines } = start({ capture: withRows(makeCapture()) });
    const opened = await ask({ type: "finding/open", id: 1 });
    assert.deepEqual(opened?.type === "finding/opened" && opened.canOpenRow, "yes");
    assert.deepEqual(await ask({ type: "row/get", id: 2, place: 5 }), {
      type: "row/data",
      id: 2,
      row: { names: ["tcp.seq"], cells: ["361"], byteOffset: 99, line: 7 },
    });
    assert.deepEqual(await ask({ type: "row/open", id: 3, place: 5 }), { type: "request/done", id: 3 });
    assert.deepEqual(lines, [7]);
    const without = await start({ capture: makeCapture() }).ask({ type: "row/get", id: 4, place: 5 });
    assert.equal(without?.type, "request/failed");
  });

  it("says why the editor cannot open the file", async () => {
    const openedWith = async (changes: Partial<CaptureSummary>) => {
      const reply = await start({ capture: withRows(makeCapture([], makeSummary(changes))) }).ask({ type: "finding/open", id: 1 });
      return reply?.type === "finding/opened" && reply.canOpenRow;
    };
    assert.equal(await openedWith({ compression: { kind: "gzip", bytes: 10 } }), "compressed");
    assert.equal(await openedWith({ bytes: 60e6 }), "tooLarge");
  });

  describe("the filter of the finding", () => {
    const copyWith = async (frames: Uint32Array | null, changes: Partial<Finding> = {}) => {
      const getPacketPlaces = () => Promise.resolve({ total: 3, frames, rows: Uint32Array.of(1, 2, 3), stream: 3 });
      const reports = () => Promise.resolve({ ...report, findings: [makeFinding(changes)] });
      const { ask, copied } = start({ capture: { ...makeCapture(), getPacketPlaces }, reports });
      await ask({ type: "finding/open", id: 1 });
      await ask({ type: "graph/get", id: 2, stream: null, direction: null });
      const reply = await ask({ type: "filter/copy", id: 3, filter: "rm -rf" });
      return [reply?.type === "filter/copied" && reply.scope, ...copied];
    };
    const many = Uint32Array.from({ length: 20_000 }, (_, i) => 2 * i);

    it("is made by the host, for exactly the packets where one filter can name them", async () => {
      assert.deepEqual(await copyWith(Uint32Array.of(4, 5, 9)), ["exact", "tcp.stream eq 3 && frame.number in {4..5, 9}"]);
    });

    it("lets others through where the packets have no frames or are too many, and says so", async () => {
      assert.deepEqual(await copyWith(null), ["wider", "tcp.stream == 3"]);
      assert.deepEqual(await copyWith(many), ["wider", "tcp.stream == 3"]);
    });

    it("says when it is of the first packets only, and when nothing was copied", async () => {
      const unknown = { streams: [], streamCount: 0, source: "a host", target: null };
      const [scope, filter] = await copyWith(many, unknown);
      assert.equal(scope, "part");
      assert.match(String(filter), /^tcp\.stream eq 3 && frame\.number in \{0, 2, /);
      assert.deepEqual(await copyWith(null, unknown), ["none"]);
    });
  });

  it("refuses what a finding's page cannot ask", async () => {
    const { posted, refused, ask } = start({ capture: makeCapture() });
    const timeline = { type: "timeline/get", id: 1, seq: 1, bucketSeconds: null, clock: "capture", alignMinutes: 0 };
    await ask(timeline);
    const failed = { type: "request/failed", id: 1, code: "internal", message: "Sorry: internal" };
    assert.deepEqual([posted, refused], [[failed], [timeline]]);
  });

  it("sends news only to a page that has asked", async () => {
    const { session, posted, ask } = start({ capture: makeCapture() });
    session.captureChanged("stale");
    session.reportChanged();
    assert.deepEqual(posted, []);
    await ask({ type: "panel/ready", id: 1 });
    session.reportChanged();
    session.captureChanged("completed");
    session.captureChanged("stale");
    session.captureChanged("closed");
    session.reportChanged();
    session.captureOpened();
    assert.deepEqual(
      posted.slice(1).map(({ type }) => type),
      ["finding/changed", "panel/stale", "panel/gone", "capture/replaced"],
    );
  });

  it("fails when the capture was closed in between, and leaves reading it again to finding/open", async () => {
    const { ask, again } = start({});
    const reply = await ask({
      type: "packets/get",
      id: 1,
      list: { seq: null, sort: null },
      from: 0,
      count: 10,
      showing: null,
    });
    assert.equal(reply?.type === "request/failed" && reply.code, "captureClosed");
    assert.deepEqual(await ask({ type: "panel/analyzeAgain", id: 2 }), { type: "request/done", id: 2 });
    assert.deepEqual(again, []);
    const open = start({ capture: makeCapture() });
    await open.ask({ type: "panel/analyzeAgain", id: 3 });
    assert.deepEqual(open.again, ["file:///capture.csv"]);
  });
});
