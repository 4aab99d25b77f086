import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { analyzeInWorker, type AnalysisOutcome, type AnalyzeRequest, type Capture } from "../../../src/worker/client";
import type { AnalysisProgress } from "../../../src/shared/model";
import { NO_FOCUS, packetsOfFinding } from "../../../src/shared/selection";
import { readBundle } from "../../../scripts/lib/l10n.mjs";
import { ATTACK_FIXTURES } from "../../support/attacks";
import { ROOT } from "../../support/capture";
import { zstdOf } from "../../support/zstd";

const workerPath = join(ROOT, "dist", "analyzeWorker.js");
const options = { labelFields: ["alert"] };

describe("analyzeInWorker", function () {
  this.timeout(20_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "tcp-seq-client-"))));
  after(() => rmSync(folder, { recursive: true }));

  const analyzeText = (text: string, more: Partial<AnalyzeRequest> = {}): Promise<AnalysisOutcome> =>
    analyzeInWorker({ workerPath, options, source: { kind: "text", name: "untitled", text }, ...more });
  async function open(text: string): Promise<Capture> {
    const outcome = await analyzeText(text);
    assert.equal(outcome.kind, "done");
    return (outcome as { capture: Capture }).capture;
  }

  it("answers every question about a capture", async () => {
    const capture = await open("frame.time,tcp.seq,alert\n2023-06-04 11:23:00,1,benign\n2023-06-04 11:24:00,1,x\n");
    try {
      assert.equal(capture.summary.rows.tcp, 2);
      assert.deepEqual(await capture.listSequences({ order: "count", from: 0, count: 5 }), [{ seq: 1, count: 2 }]);
      assert.equal((await capture.describeSequence(1)).labels.length, 2);
      const timeline = await capture.getTimeline({ seq: 1, bucketSeconds: 60, clock: "capture", maxBuckets: 10, whenTooMany: "coarsen" });
      assert.deepEqual([...timeline.counts], [1, 1]);
      const compared = { seqs: [1], split: "label", hasBackdrop: true, focus: NO_FOCUS, bucketSeconds: 60, clock: "capture" } as const;
      const { timelines, parts, backdrop } = await capture.getTimelines({ ...compared, alignMinutes: 0, maxBuckets: 10 });
      assert.deepEqual(timelines, [timeline]);
      assert.deepEqual(
        parts!.map(({ name, counts }) => [name, ...counts]),
        [
          ["benign", 1, 0],
          ["x", 0, 1],
        ],
      );
      assert.deepEqual([...backdrop!], [1, 1]);
      assert.deepEqual([...(await capture.getDistribution({ bins: 10, scale: "linear" })).packets], [0, 2]);
    } finally {
      capture.dispose();
    }
  });

  it("says what it finds, and what filters may name, in the language of the translations it got", async () => {
    const source = { kind: "file", path: join(ATTACK_FIXTURES, "scan-syn.csv") } as const;
    const l10n = readBundle("source", "de");
    const outcome = await analyzeInWorker({ workerPath, options, source, l10n });
    assert.equal(outcome.kind, "done");
    const { capture } = outcome as { capture: Capture };
    try {
      const detectors = await capture.describeDetectors();
      assert.equal(detectors.find(({ id }) => id === "port-scan")?.title, "Portscans");
      const { findings } = await capture.getFindings({ sensitivity: "medium", thresholds: {} });
      const [scan] = findings.filter(({ detector }) => detector === "port-scan");
      assert.match(scan?.title ?? "", /^\S+ fragte \d+ Ports auf \S+ in \S+ s mit Paketen der Art SYN an: /);
      assert.match(scan?.explanation ?? "", /Der Schwellenwert liegt bei 15 Ports eines Hosts/);
      const { items } = await capture.completeFilter("tcp.l", 5);
      assert.deepEqual(items[0], { text: "tcp.len", detail: "Zahl" });
    } finally {
      capture.dispose();
    }
  });

  it("says what the detectors are, what they find, and where packets of findings stand", async () => {
    const capture = await open("frame.number,tcp.stream,tcp.seq\n1,0,1\n2,0,2\n");
    try {
      const detectors = await capture.describeDetectors();
      assert.equal(new Set(detectors.map(({ id }) => id)).size, detectors.length);
      const report = await capture.getFindings({ sensitivity: "high", thresholds: {} });
      assert.equal(report.sensitivity, "high");
      assert.equal(report.coverage.share, 1);
      const none = { total: 0, frames: null, rows: new Uint32Array(0), stream: null };
      assert.deepEqual(await capture.getPacketPlaces({ selection: packetsOfFinding("no such finding"), most: null }), none);
    } finally {
      capture.dispose();
    }
  });

  describe("reading columns for a filter", () => {
    // Two columns are read by one pass over the file.
    const columns = Array.from({ length: 24 }, (_, i) => `x.c${String(i)}`);
    const filter = columns.join(" || ");
    const path = (): string => join(folder, "wide.csv");
    const openWide = async (): Promise<Capture> => {
      const outcome = await analyzeInWorker({ workerPath, options, source: { kind: "file", path: path() } });
      assert.equal(outcome.kind, "done");
      return (outcome as { capture: Capture }).capture;
    };
    let capture: Capture;
    before(async () => {
      const row = `0,1,${columns.map((name) => name.repeat(4)).join(",")}\n`;
      writeFileSync(path(), `tcp.stream,tcp.seq,${columns.join(",")}\n${row.repeat(50_000)}`);
      capture = await openWide();
    });
    after(() => capture.dispose());

    it("ends when nobody wants them any more, and other questions go on", async () => {
      const stop = new AbortController();
      const stopped = capture.checkFilter(filter, { signal: stop.signal, onProgress: () => stop.abort() });
      const other = capture.checkFilter("x.c0");
      await assert.rejects(stopped, { code: "superseded" });
      assert.deepEqual(await other, { kind: "valid", packets: 50_000 });
      await assert.rejects(capture.checkFilter(filter, { signal: AbortSignal.abort() }), { code: "superseded" });
    });

    it("tells how far it has come, of all passes together", async () => {
      const shares: number[] = [];
      const onProgress = ({ bytesRead, bytesTotal }: AnalysisProgress): void => void shares.push(bytesRead / bytesTotal);
      assert.deepEqual(await capture.checkFilter(filter, { onProgress }), { kind: "valid", packets: 50_000 });
      assert.ok(shares.length > 0);
      assert.deepEqual(
        shares,
        [...shares].sort((a, b) => a - b),
      );
      assert.ok(shares.every((share) => share >= 0 && share <= 1));
    });

    it("tells nothing of columns that are there", async () => {
      let told = 0;
      await capture.checkFilter(`${filter} || tcp.seq == 1`, { onProgress: () => told++ });
      assert.equal(told, 0);
    });

    it("reads on while a filter is typed that names them, and has them when it is one", async () => {
      const other = await openWide();
      const stop = new AbortController();
      let isTyped = false;
      const onProgress = (): void => {
        if (isTyped) return;
        isTyped = true;
        other.typing(`${filter} == "x`);
        stop.abort();
      };
      await assert.rejects(other.checkFilter(filter, { signal: stop.signal, onProgress }), { code: "superseded" });
      let told = 0;
      assert.deepEqual(await other.checkFilter(filter, { onProgress: () => told++ }), { kind: "valid", packets: 50_000 });
      assert.equal(told, 0);
      other.dispose();
    });
  });

  it("lists packets in any order, and says where they stand", async () => {
    const capture = await open("frame.number,tcp.stream,tcp.seq,tcp.len\n1,0,1,5\n2,0,2,6\n3,0,1,7\n");
    try {
      const selection = { ...NO_FOCUS, seq: 1, finding: null };
      const sort = { column: "len", isDescending: true } as const;
      const page = await capture.getPackets({ selection, sort, from: 0, count: 10, showing: null });
      assert.deepEqual([page.total, page.packets.map(({ frame }) => frame)], [2, [3, 1]]);
      const { total, frames } = await capture.getPacketPlaces({ selection, most: 1 });
      assert.deepEqual([total, frames], [2, Uint32Array.of(1)]);
    } finally {
      capture.dispose();
    }
  });

  it("counts the packets in a range of time, of the capture and of every finding", async () => {
    const path = join(ROOT, "media", "sample.csv");
    const outcome = await analyzeInWorker({ workerPath, options, source: { kind: "file", path } });
    assert.ok(outcome.kind === "done");
    const { capture } = outcome;
    try {
      await capture.complete;
      const { time, rows } = capture.summary;
      assert.ok(time);
      const middle = Math.floor((time.first.seconds + time.last.seconds) / 2);
      const all = { filter: "", range: null };
      const early = { filter: "", range: { clock: "capture", fromSec: time.first.seconds, toSec: middle } } as const;
      const late = { filter: "", range: { clock: "capture", fromSec: middle, toSec: time.last.seconds + 1 } } as const;
      assert.deepEqual(await capture.countFindings(early), new Map(), "there is no report yet");
      const { findings } = await capture.getFindings({ sensitivity: "medium", thresholds: {} });
      const expected = new Map<string, number>();
      for (const { id } of findings) {
        let count = 0;
        for (let from = 0, total = 1; from < total; from += 500) {
          const page = await capture.getPackets({ selection: packetsOfFinding(id), sort: null, from, count: 500, showing: null });
          total = page.total;
          count += page.packets.filter((packet) => packet.time !== null && packet.time.seconds < middle).length;
        }
        expected.set(id, count);
      }
      assert.ok(
        findings.some(({ id, packets }) => expected.get(id) !== 0 && expected.get(id) !== packets),
        "a finding lies in both halves",
      );
      assert.deepEqual(await capture.countFindings(early), expected);
      assert.deepEqual(await capture.countFindings(all), new Map(findings.map(({ id, packets }) => [id, packets])));
      assert.equal((await capture.countFocus(all)).packets, rows.tcp);
      const counts = [(await capture.countFocus(early)).packets, (await capture.countFocus(late)).packets];
      assert.ok(counts.every((count) => count > 0));
      assert.equal(counts[0] + counts[1], rows.tcp);
    } finally {
      capture.dispose();
    }
  });

  it("gives a row as the file has it", async () => {
    const capture = await open('frame.time,tcp.seq,note\n2023-06-04 11:23:00,1,"a, b"\n2023-06-04 11:24:00,7,second,more\n');
    try {
      assert.deepEqual(await capture.getRow(0), {
        names: ["frame.time", "tcp.seq", "note"],
        cells: ["2023-06-04 11:23:00", "1", "a, b"],
        byteOffset: 24,
        line: 2,
      });
      const { names, cells } = await capture.getRow(1);
      assert.deepEqual([names.at(-1), cells.at(-1)], ["", "more"]);
      await assert.rejects(capture.getRow(2), { code: "internal" });
    } finally {
      capture.dispose();
    }
  });

  it("says on which lines the evidence of findings begins, also behind cells with line ends and blank lines", async () => {
    const probe = (i: number): string =>
      `${String(i)},${String(i)},0,0,0,0x0002,10.0.0.5,10.0.0.9,40000,${String(i)},2023-06-04 11:23:00,${i % 2 === 0 ? '"a\nb"' : "x"}`;
    const header = "frame.number,tcp.stream,tcp.seq,tcp.ack,tcp.len,tcp.flags,ip.src,ip.dst,tcp.srcport,tcp.dstport,frame.time,note";
    const text = [header, "", ...Array.from({ length: 40 }, (_, i) => probe(i)), ""].join("\n");
    const capture = await open(text);
    try {
      const { findings } = await capture.getFindings({ sensitivity: "high", thresholds: {} });
      const scan = findings.find(({ detector }) => detector === "port-scan");
      assert.ok(scan);
      const lines = await capture.getFindingLines([scan.id, "no such finding"]);
      const lineOf = (frame: number): number => text.slice(0, text.indexOf(`\n${probe(frame)}`) + 1).split("\n").length;
      assert.ok(scan.evidence.length > 1);
      assert.deepEqual(
        [...lines].sort(([a], [b]) => a - b),
        scan.evidence.map(({ row, frame }) => [row, lineOf(frame!)]).sort(([a], [b]) => a - b),
      );
      assert.deepEqual(await capture.getFindingLines([]), new Map());
    } finally {
      capture.dispose();
    }
  });

  it("compares payloads that it reads again", async () => {
    const rows = ["1,1,1,2,0,6162", "2,1,1,2,0,6163"].map((row) => `${row},10.0.0.1,10.0.0.2,5,6`);
    const header = "frame.number,tcp.seq,tcp.ack,tcp.len,tcp.stream,tcp.payload,ip.src,ip.dst,tcp.srcport,tcp.dstport";
    const capture = await open([header, ...rows, ""].join("\n"));
    try {
      const { findings } = await capture.getFindings({ sensitivity: "medium", thresholds: {} });
      assert.deepEqual(
        findings.map(({ kind, packets }) => [kind, packets]),
        [["bytes-differ", 2]],
      );
    } finally {
      capture.dispose();
    }
  });

  it("rejects with the reason, and one failed question leaves the capture usable", async () => {
    await assert.rejects(analyzeText("a,b\n1,2\n"), { name: "AnalysisError", code: "missingColumns" });
    await assert.rejects(analyzeInWorker({ workerPath, options, source: { kind: "file", path: join(folder, "gone.csv") } }), {
      code: "notFound",
    });
    const capture = await open("frame.time,tcp.seq\n2023-06-04 11:23:00,1\n");
    await assert.rejects(capture.getTimeline({ seq: 1, bucketSeconds: 60, clock: "utc", maxBuckets: 10, whenTooMany: "coarsen" }), {
      code: "zoneUnknown",
    });
    assert.equal((await capture.listSequences({ order: "count", from: 0, count: 5 })).length, 1);
    capture.dispose();
  });

  it("cancels before and in the middle of a run", async () => {
    const early = new AbortController();
    early.abort();
    assert.equal((await analyzeText("tcp.seq\n1\n", { signal: early.signal })).kind, "cancelled");

    const path = join(folder, "long.csv");
    writeFileSync(path, `tcp.seq,alert\n${"1,benign\n".repeat(3_000_000)}`);
    const late = new AbortController();
    let seen = 0;
    const outcome = await analyzeInWorker({
      workerPath,
      options,
      source: { kind: "file", path },
      signal: late.signal,
      onProgress: ({ rows }) => {
        seen = rows;
        late.abort();
      },
    });
    assert.equal(outcome.kind, "cancelled");
    assert.ok(seen > 0 && seen < 3_000_000, `stopped after ${String(seen)} rows`);
  });

  for (const kind of ["gzip", "zstd"] as const) {
    it(`cancels while a file is decompressed: ${kind}`, async () => {
      const path = join(folder, `long.csv.${kind}`);
      const text = Buffer.from(`tcp.seq,alert\n${"1,benign\n".repeat(3_000_000)}`);
      writeFileSync(path, kind === "gzip" ? gzipSync(text, { level: 1 }) : zstdOf(text));
      const abort = new AbortController();
      let seen = 0;
      const onProgress = ({ rows }: { rows: number }): void => {
        seen = rows;
        abort.abort();
      };
      const outcome = await analyzeInWorker({ workerPath, options, source: { kind: "file", path }, signal: abort.signal, onProgress });
      assert.equal(outcome.kind, "cancelled");
      assert.ok(seen > 0 && seen < 3_000_000, `stopped after ${String(seen)} rows`);
    });
  }

  it("settles what is still asked when the capture is closed", async () => {
    const capture = await open("tcp.seq\n1\n");
    const question = capture.listSequences({ order: "count", from: 0, count: 5 });
    capture.dispose();
    await assert.rejects(question, { code: "captureClosed" });
    await assert.rejects(capture.describeSequence(1), { code: "captureClosed" });
  });

  it("rejects when the thread cannot start", async () => {
    await assert.rejects(analyzeText("tcp.seq\n1\n", { workerPath: join(folder, "no-thread.js") }), {
      name: "AnalysisError",
      code: "internal",
    });
  });

  it("notices a file that changes while it is read", async () => {
    const path = join(folder, "growing.csv");
    writeFileSync(path, `tcp.seq,alert\n${"1,benign\n".repeat(500_000)}`);
    let grown = false;
    await assert.rejects(
      analyzeInWorker({
        workerPath,
        options,
        source: { kind: "file", path },
        onProgress: () => {
          if (!grown) writeFileSync(path, "2,x\n", { flag: "a" });
          grown = true;
        },
      }),
      { code: "fileChanged" },
    );
  });
});
