import assert from "node:assert/strict";
import { decimate } from "../../../src/engine/decimate";
import type { Detector, RawFinding } from "../../../src/engine/detectors/detector";
import { detect, type Findings } from "../../../src/engine/detectors/detect";
import type { CaptureStore } from "../../../src/engine/captureStore";
import { pictureOf } from "../../../src/engine/findingGraph";
import { Unwrapper } from "../../../src/engine/streamGraph";
import { GraphMark, MAX_GRAPH_POINTS, type FindingGraph } from "../../../src/shared/findingGraph";
import type { DetectorId } from "../../../src/shared/findings";
import { NO_FOCUS } from "../../../src/shared/selection";
import { readAttack } from "../../support/attacks";
import { analyzeText } from "../../support/capture";

const HEAD =
  "frame.number,frame.time_epoch,ip.src,ip.dst,tcp.srcport,tcp.dstport,tcp.stream,tcp.seq,tcp.ack,tcp.len,tcp.flags,tcp.window_size";

interface Line {
  from?: "a" | "b";
  seq: number;
  ack?: number;
  len?: number;
  flags?: number;
  window?: number | "";
  time?: number | "";
  stream?: number;
}

const [FIN, SYN, RST, ACK] = [1, 2, 4, 16];

/** A file of packets between 10.0.0.1:1000 and 10.0.0.2:80, a tenth of a second apart. */
const csvOf = (lines: readonly Line[], head = HEAD): string =>
  [
    head,
    ...lines.map(({ from = "a", seq, ack = 0, len = 0, flags = ACK, window = 8192, time, stream = 0 }, i) => {
      const ends = from === "a" ? "10.0.0.1,10.0.0.2,1000,80" : "10.0.0.2,10.0.0.1,80,1000";
      const at = time ?? (1_700_000_000 + i / 10).toFixed(6);
      return `${i + 1},${at},${ends},${head.includes("tcp.stream") ? stream : ""},${seq},${ack},${len},${flags},${window}`;
    }),
  ].join("\n") + "\n";

interface Wanted {
  detector?: DetectorId;
  rows: readonly number[];
  strongest?: number;
  source?: string | null;
  target?: string | null;
}

/** A run of one detector with one finding. */
async function find(capture: CaptureStore, wanted: Wanted): Promise<Findings> {
  const { detector: id = "sequence-jump", rows, strongest = rows[0] ?? 0, source = null, target = null } = wanted;
  const raw: RawFinding = {
    key: "x",
    kind: "test",
    severity: "note",
    confidence: "high",
    title: "Title",
    explanation: "Explanation.",
    technique: null,
    count: rows.length,
    source,
    target,
    rows: Uint32Array.from(rows),
    strongest,
  };
  const detector: Detector = {
    id,
    title: "",
    needs: [],
    thresholds: [],
    innocentCauses: [],
    run: () => Promise.resolve({ findings: [raw], unjudged: [] }),
  };
  return detect(capture, { sensitivity: "medium", pause: () => Promise.resolve(), detectors: [detector] });
}

async function graphOf(
  text: string,
  wanted: Wanted,
  query: { stream?: number; direction?: 0 | 1; filter?: string } = {},
): Promise<FindingGraph> {
  const capture = await analyzeText(text);
  const findings = await find(capture, wanted);
  const finding = findings.report.findings[0]?.id ?? "";
  const { stream = null, direction = null, filter = "" } = query;
  const focus = { filter, range: null };
  await capture.prepare(focus);
  const picture = pictureOf(capture, findings, { finding, stream, direction, focus });
  assert.ok(picture);
  return picture.graph;
}

function expectKind<T extends FindingGraph["kind"]>(graph: FindingGraph, kind: T): Extract<FindingGraph, { kind: T }> {
  assert.equal(graph.kind, kind);
  return graph as Extract<FindingGraph, { kind: T }>;
}

const TRANSFER: readonly Line[] = [
  { seq: 0, flags: SYN },
  { from: "b", seq: 0, ack: 1, flags: SYN | ACK, window: 5000 },
  { seq: 1, ack: 1, len: 100 },
  { seq: 201, ack: 1, len: 100 },
  { from: "b", seq: 1, ack: 101, window: 4000 },
  { seq: 101, ack: 1, len: 100 },
  { from: "b", seq: 1, ack: 301, window: 4000 },
  { seq: 301, ack: 1, flags: FIN | ACK },
];

describe("the graph of a stream", () => {
  it("has the segments of one direction, and what the other acknowledged", async () => {
    const graph = expectKind(await graphOf(csvOf(TRANSFER), { rows: [5] }), "stream");
    assert.deepEqual(graph.ends, ["10.0.0.1:1000", "10.0.0.2:80"]);
    assert.equal(graph.direction, 0);
    assert.deepEqual([...graph.seqs], [0, 1, 201, 101, 301]);
    assert.deepEqual([...graph.lengths], [0, 100, 100, 100, 0]);
    assert.deepEqual([...graph.frames], [1, 3, 4, 6, 8]);
    assert.deepEqual([...graph.acks], [1, 101, 301]);
    assert.deepEqual([...graph.windowEnds], [5001, 4101, 4301]);
    assert.deepEqual(
      Array.from(graph.times, (time) => Number(time.toFixed(6))),
      [0, 0.2, 0.3, 0.5, 0.7],
    );
    assert.deepEqual(graph.start, { seconds: 1_700_000_000, nanos: 0 });
  });

  it("marks SYN, FIN, gaps with what was expected, late segments, and what the finding is about", async () => {
    const graph = expectKind(await graphOf(csvOf(TRANSFER), { rows: [5] }), "stream");
    const [syn, , gap, late, fin] = graph.marks;
    assert.equal(syn, GraphMark.syn);
    assert.equal(gap, GraphMark.gap);
    assert.equal(graph.expected[2], 101);
    assert.ok(late & GraphMark.inFinding);
    assert.ok(late & (GraphMark.retransmission | GraphMark.outOfOrder));
    assert.equal(fin, GraphMark.fin);
    assert.deepEqual([graph.counts.gap, graph.counts.inFinding, graph.counts.conflict], [1, 1, 0]);
  });

  it("says which of them carry other bytes when that is what was found", async () => {
    const graph = expectKind(await graphOf(csvOf(TRANSFER), { detector: "payload-conflict", rows: [2, 5] }), "stream");
    assert.equal(graph.counts.conflict, 2);
  });

  it("begins with the direction of the packet that says most, and turns to the other", async () => {
    const text = csvOf(TRANSFER);
    const own = expectKind(await graphOf(text, { rows: [2, 4], strongest: 4 }), "stream");
    assert.equal(own.direction, 1);
    assert.deepEqual([...own.frames], [2, 5, 7]);
    assert.equal(expectKind(await graphOf(text, { rows: [2, 4], strongest: 4 }, { direction: 0 }), "stream").direction, 0);
  });

  it("turns to another stream of the finding, and to none that does not exist", async () => {
    const text = csvOf([...TRANSFER, { seq: 7, len: 3, stream: 4 }]);
    const graph = expectKind(await graphOf(text, { rows: [5, 8] }, { stream: 4 }), "stream");
    assert.deepEqual([graph.stream, ...graph.seqs], [4, 7]);
    const capture = await analyzeText(text);
    const findings = await find(capture, { rows: [5] });
    const finding = findings.report.findings[0]?.id ?? "";
    assert.equal(pictureOf(capture, findings, { finding, stream: 99, direction: null, focus: NO_FOCUS }), null);
    assert.equal(pictureOf(capture, findings, { finding: "none", stream: null, direction: null, focus: NO_FOCUS }), null);
  });

  it("goes on behind 2^32, ACKs and windows too", async () => {
    const graph = expectKind(
      await graphOf(
        csvOf([
          { seq: 4294967200, ack: 1, len: 50 },
          { from: "b", seq: 1, ack: 4294967250, window: 100 },
          { seq: 4294967250, ack: 1, len: 100 },
          { from: "b", seq: 1, ack: 54, window: 100 },
          { seq: 54, ack: 1, len: 100 },
        ]).replace("tcp.seq,tcp.ack", "tcp.seq_raw,tcp.ack_raw"),
        { rows: [2] },
      ),
      "stream",
    );
    assert.equal(graph.base, 4294967200);
    assert.deepEqual([...graph.seqs], [0, 50, 150]);
    assert.deepEqual([...graph.acks], [50, 150]);
    assert.deepEqual([...graph.windowEnds], [150, 250]);
  });

  it("does not lose count when resets have any number", () => {
    const unwrapper = new Unwrapper(true);
    assert.equal(unwrapper.of(100), 100);
    for (const wild of [2 ** 31 + 99, 2 ** 31 - 1, 2 ** 32 - 1]) unwrapper.of(wild, false);
    assert.equal(unwrapper.of(200), 200);
    assert.equal(new Unwrapper(true).of(2 ** 32 - 1), -1);
    assert.equal(new Unwrapper(true).of(3_000_000_000), 3_000_000_000);
  });

  it("counts packets where there are no times, and knows no window where the file has none", async () => {
    const text = csvOf(TRANSFER.map((line) => ({ ...line, window: "" as const }))).replace("frame.time_epoch", "comment");
    const graph = expectKind(await graphOf(text, { rows: [5] }), "stream");
    assert.equal(graph.start, null);
    assert.deepEqual([...graph.times], [0, 2, 3, 5, 7]);
    assert.ok(graph.windowEnds.every(Number.isNaN));
  });

  it("draws streams that were made of addresses and ports, and says so", async () => {
    const text = csvOf(TRANSFER, HEAD.replace("tcp.stream", "comment"));
    const capture = await analyzeText(text);
    const findings = await find(capture, { rows: [5] });
    const picture = pictureOf(capture, findings, {
      finding: findings.report.findings[0]?.id ?? "",
      stream: null,
      direction: null,
      focus: NO_FOCUS,
    });
    assert.equal(picture?.hasOwnStreams, false);
    assert.deepEqual([...expectKind(picture.graph, "stream").seqs], [0, 1, 201, 101, 301]);
  });

  it("is bounded, and keeps every marked segment", async () => {
    const lines: Line[] = Array.from({ length: 12_000 }, (_, i) => ({ seq: 1 + i * 10, ack: 1, len: 10 }));
    lines[7000] = { seq: 5, ack: 1, flags: RST };
    const graph = expectKind(await graphOf(csvOf(lines), { rows: [3000] }), "stream");
    assert.equal(graph.total, 12_000);
    assert.ok(graph.times.length <= MAX_GRAPH_POINTS && graph.times.length > MAX_GRAPH_POINTS / 2);
    assert.ok([7001, 3001].every((frame) => graph.frames.includes(frame)));
    assert.equal(graph.counts.reset, 1);
  });
});

describe("the graph of a scan", () => {
  it("tells open, closed and silent ports apart", async () => {
    const capture = await analyzeText(readAttack("scan-syn"));
    const { columns } = capture;
    const probes = Array.from({ length: columns.rows }, (_, row) => row).filter((row) => columns.flags[row] === SYN);
    const findings = await find(capture, { detector: "port-scan", rows: probes, source: "10.20.0.66", target: "10.20.0.10" });
    const picture = pictureOf(capture, findings, {
      finding: findings.report.findings[0]?.id ?? "",
      stream: null,
      direction: null,
      focus: NO_FOCUS,
    });
    assert.ok(picture);
    const graph = expectKind(picture.graph, "probes");
    assert.equal(graph.axis, "ports");
    assert.deepEqual(graph.counts, { open: 3, closed: 120, silent: 0 });
    assert.deepEqual([graph.portCount, graph.hostCount], [123, 1]);
    const open = [...graph.ports].filter((_, i) => graph.outcomes[i] === 0).sort((a, b) => a - b);
    assert.deepEqual(open, [80, 2222, 8080]);
  });

  it("shows hosts where one port of many was probed", async () => {
    const head = `${HEAD}\n`;
    const probe = (host: number, i: number) => `${i + 1},${1_700_000_000 + i},10.0.0.1,10.0.0.${host},1000,445,${i},0,0,0,2,1024\n`;
    const graph = expectKind(
      await graphOf(head + [12, 2, 7].map(probe).join(""), { detector: "port-scan", rows: [0, 1, 2], source: "10.0.0.1" }),
      "probes",
    );
    assert.equal(graph.axis, "hosts");
    assert.deepEqual(graph.hostNames, ["10.0.0.2", "10.0.0.7", "10.0.0.12"]);
    assert.deepEqual([...graph.hosts], [2, 0, 1]);
    assert.deepEqual(graph.counts, { open: 0, closed: 0, silent: 3 });
  });
});

describe("the graph of a flood", () => {
  it("counts SYNs once and handshakes when their third packet comes", async () => {
    const at = (seconds: number) => 1_700_000_000 + seconds;
    const lines: Line[] = [
      { seq: 0, flags: SYN, time: at(0), stream: 0 },
      { from: "b", seq: 0, ack: 1, flags: SYN | ACK, time: at(0.1), stream: 0 },
      { seq: 1, ack: 1, time: at(0.2), stream: 0 },
      ...Array.from({ length: 30 }, (_, i): Line => ({ seq: 0, flags: SYN, time: at(10 + i), stream: 1 + i })),
      { seq: 0, flags: SYN, time: at(40), stream: 1 },
    ];
    const rows = Array.from({ length: 30 }, (_, i) => 3 + i);
    const graph = expectKind(await graphOf(csvOf(lines), { detector: "syn-flood", rows, target: "10.0.0.2:80" }), "rates");
    assert.equal(graph.binSeconds, 1);
    assert.equal(
      graph.syns.reduce((sum, count) => sum + count, 0),
      30,
    );
    assert.equal(graph.total, graph.syns.length);
    // The handshake was ten seconds before, further than what is shown around.
    assert.equal(
      graph.completed.reduce((sum, count) => sum + count, 0),
      0,
    );
    assert.deepEqual(graph.start, { seconds: at(10), nanos: 0 });
  });

  it("has the handshakes around it", async () => {
    const lines: Line[] = [
      { seq: 0, flags: SYN, stream: 0 },
      { from: "b", seq: 0, ack: 1, flags: SYN | ACK, stream: 0 },
      { seq: 1, ack: 1, stream: 0 },
      { seq: 0, flags: SYN, stream: 1 },
      { seq: 0, flags: SYN, stream: 2 },
    ];
    const graph = expectKind(await graphOf(csvOf(lines), { detector: "syn-flood", rows: [3, 4], target: "10.0.0.2:80" }), "rates");
    assert.equal(
      graph.syns.reduce((sum, count) => sum + count, 0),
      3,
    );
    assert.equal(
      graph.completed.reduce((sum, count) => sum + count, 0),
      1,
    );
  });
});

describe("the graph of many streams' numbers", () => {
  it("shows them as they are, raw ones where there are any", async () => {
    const lines: Line[] = [1, 2, 3].map((stream) => ({ seq: stream * 1_000_000_000, flags: SYN, stream }));
    const graph = expectKind(await graphOf(csvOf(lines), { detector: "sequence-pattern", rows: [0, 1, 2] }), "numbers");
    assert.deepEqual([...graph.seqs], [1_000_000_000, 2_000_000_000, 3_000_000_000]);
    assert.equal(graph.field, "tcp.seq");
    assert.ok(graph.marks.every((marks) => marks === GraphMark.syn));
  });
});

describe("a graph with a filter", () => {
  const focusedOf = (graph: FindingGraph) => {
    assert.ok(graph.focused);
    const { passing, packets, isOutside } = graph.focused;
    return { passing, packets, isOutside: [...isOutside] };
  };

  it("has all segments of the stream and says which of them do not pass", async () => {
    const graph = await graphOf(csvOf(TRANSFER), { rows: [5] }, { filter: "tcp.len > 0 && tcp.seq != 201" });
    assert.equal(graph.total, 5);
    assert.deepEqual(focusedOf(graph), { passing: 2, packets: 5, isOutside: [1, 0, 1, 0, 1] });
    assert.equal(graph.focused?.focus.filter, "tcp.len > 0 && tcp.seq != 201");
    assert.equal((await graphOf(csvOf(TRANSFER), { rows: [5] })).focused, undefined);
  });

  it("has few packets that pass among many that had to be left out", async () => {
    const lines: Line[] = Array.from({ length: 12_000 }, (_, i) => ({ seq: 1 + i * 10, ack: 1, len: 10 }));
    const graph = await graphOf(csvOf(lines), { rows: [3000] }, { filter: "frame.number in {500, 7500..7502}" });
    const { passing, packets, isOutside } = focusedOf(graph);
    assert.deepEqual([passing, packets, isOutside.filter((outside) => outside === 0).length], [4, 12_000, 4]);
  });

  it("tells probes and numbers of many streams apart, and counts of a flood, whose bins are no packets", async () => {
    const text = csvOf([1, 2, 3].map((stream) => ({ seq: stream, flags: SYN, stream })));
    const query = { filter: "tcp.stream == 2" };
    const rows = [0, 1, 2];
    const probes = await graphOf(text, { detector: "port-scan", rows, source: "10.0.0.1" }, query);
    assert.deepEqual([probes.kind, focusedOf(probes)], ["probes", { passing: 1, packets: 3, isOutside: [1, 0, 1] }]);
    const numbers = await graphOf(text, { detector: "sequence-pattern", rows }, query);
    assert.deepEqual([numbers.kind, focusedOf(numbers)], ["numbers", { passing: 1, packets: 3, isOutside: [1, 0, 1] }]);
    const rates = await graphOf(text, { detector: "syn-flood", rows }, query);
    assert.deepEqual([rates.kind, focusedOf(rates)], ["rates", { passing: 1, packets: 3, isOutside: [] }]);
  });
});

describe("decimate", () => {
  const x = Array.from({ length: 1000 }, (_, i) => i);
  const points = { x, low: x, high: x.map((value) => value % 97), isKept: (i: number) => i % 100 === 50 };

  it("leaves few points alone", () => assert.equal(decimate(points, 1000, 1000).length, 1000));
  it("keeps what is to be kept, in order, within the limit", () => {
    const chosen = decimate(points, 1000, 60);
    assert.ok(chosen.length <= 60);
    for (let i = 50; i < 1000; i += 100) assert.ok(chosen.includes(i));
    assert.deepEqual(
      [...chosen],
      [...chosen].sort((a, b) => a - b),
    );
  });
  it("thins out what is to be kept when that alone is too much", () => {
    const chosen = decimate({ ...points, isKept: () => true }, 1000, 10);
    assert.deepEqual([chosen.length, chosen[0], chosen[9]], [10, 0, 999]);
  });
});
