/** Several threads over shared memory against one thread and against what the generator counted, on a real file. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CaptureStore } from "../../src/engine/captureStore";
import { makeFilterMeans } from "../../src/worker/columnReader";
import { readCapture } from "../../src/worker/readCapture";
import { readTexts } from "../../src/worker/readFast";
import { createScalarScanner } from "../../src/engine/csv/scalarScanner";
import type { CapturePart } from "../../src/shared/model";
import { allCounts, analyzeText, ROOT } from "../support/capture";
import { describeCapture } from "../support/describe";
import { KERNEL } from "../support/fastReader";

describe("threads", function () {
  this.timeout(120_000);
  let folder: string;
  let path: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "tcp-seq-threads-"));
    path = join(folder, "large.csv");
    execFileSync(process.execPath, [join(ROOT, "scripts", "makeBenchData.mjs"), "--rows", "160000", "--out", path], { stdio: "ignore" });
  });
  after(() => rmSync(folder, { recursive: true }));

  async function read(threads: number, part?: CapturePart): Promise<CaptureStore> {
    const options = { labelFields: ["alert"], ...(part ? { part } : {}) };
    const capture = await readCapture({ kind: "file", path }, options, { distPath: join(ROOT, "dist"), threads });
    await capture.whenComplete;
    return capture;
  }

  it("give the answer of one thread, which is the generator's", async () => {
    const one = await read(1);
    assert.deepEqual(one.summary.reader, { kind: "simd", threads: 1 });
    const expected = JSON.parse(readFileSync(`${path}.expected.json`, "utf8")) as {
      rows: number;
      rowsTcp: number;
      distinct: number;
      top: unknown;
    };
    assert.equal(one.summary.rows.read, expected.rows);
    assert.equal(one.summary.rows.tcp, expected.rowsTcp);
    assert.equal(one.summary.distinct, expected.distinct);
    assert.deepEqual(one.listSequences({ order: "count", from: 0, count: 20 }), expected.top);
    const described = describeCapture(one);
    for (let run = 0; run < 3; run++) {
      const several = await read(4);
      assert.deepEqual(several.summary.reader, { kind: "simd", threads: 4 });
      assert.equal(describeCapture(several), described);
    }
  });

  it("read the columns of text that a filter names as one does", async () => {
    const capture = await read(4);
    const { names } = capture.head.header;
    const wanted = ["http.host", "eth.src", "frame.len"].map((name) => names.indexOf(name));
    const readBy = async (count: number): Promise<string[]> => {
      const progress: number[] = [];
      const options = { labelFields: ["alert"] };
      const means = makeFilterMeans(capture, { kind: "file", path }, options, { distPath: join(ROOT, "dist"), threads: count });
      const loaded = await means.readColumns(wanted, { onProgress: ({ bytesRead, bytesTotal }) => progress.push(bytesRead / bytesTotal) });
      assert.ok(progress.length > 4 && progress.every((share, i) => share <= 1 && share >= (progress[i - 1] ?? 0)));
      return loaded.map(({ codes, dictionary }) => Array.from(codes, (code) => dictionary.valueOf(code)).join("\n"));
    };
    const one = await readBy(1);
    assert.equal(new Set(one[0].split("\n")).size > 3 && new Set(one[1].split("\n")).size > 3, true);
    for (let run = 0; run < 3; run++) assert.deepEqual(await readBy(4), one);
  });

  it("end all of them when one fails to read a column, and say why", async () => {
    const capture = await read(2);
    const good = readFileSync(path);
    // The further thread reads another file, of which no row is where it was; this one goes on and on.
    const other = join(folder, "other.csv");
    writeFileSync(other, Buffer.from(good).fill(0x20));
    const fd = openSync(other, "r");
    let reads = 0;
    const readAt = (offset: number, target: Uint8Array): number => {
      reads++;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
      return good.copy(target, 0, offset, offset + target.length);
    };
    const run = { size: good.length, fd, readAt, module: KERNEL, workerPath: join(ROOT, "dist", "scanWorker.js"), threads: 2 };
    const chunks = capture.chunks ?? assert.fail();
    try {
      await assert.rejects(readTexts(capture, chunks, [0], run), { code: "fileChanged" });
      // Five words a chunk: most of them are not read any more.
      assert.ok(reads < chunks.table.length / 5 / 2, String(reads));
    } finally {
      closeSync(fd);
    }
  });

  it("read again where only all of them together have more labels than 16 bits tell apart", async () => {
    // Every row has a label of its own, and none of four threads reads two thirds of the rows.
    const rows = 90_000;
    const filling = "x".repeat(800);
    const text = Array.from({ length: rows }, (_, i) => `${String(i % 5)},label ${String(i)},${filling}`);
    const file = join(folder, "labels.csv");
    writeFileSync(file, ["tcp.seq,alert,filling", ...text, ""].join("\n"));
    const capture = await readCapture(
      { kind: "file", path: file },
      { labelFields: ["alert"] },
      { distPath: join(ROOT, "dist"), threads: 4 },
    );
    await capture.whenComplete;
    assert.deepEqual(capture.summary.reader, { kind: "simd", threads: 4 });
    const { columns, index } = capture;
    const labels = Array.from(index.rows, (row) => columns.labelNames.valueOf(columns.label[row]));
    const expected = Array.from({ length: rows }, (_, i) => i).sort((a, b) => (a % 5) - (b % 5) || a - b);
    assert.deepEqual(
      labels,
      expected.map((i) => `label ${String(i)}`),
    );
  });

  it("agree on the first rows and on a time range", async () => {
    const text = readFileSync(path, "latin1").split("\n");
    for (const rows of [1, 777, 50_000, 159_999]) {
      const expected = await analyzeText(Buffer.from(`${text.slice(0, rows + 1).join("\n")}\n`, "latin1"), {
        createScanner: createScalarScanner,
      });
      for (const threads of [1, 4]) {
        const part = await read(threads, { kind: "rows", rows });
        assert.equal(part.summary.rows.read, rows);
        const same = { name: part.summary.name, bytes: part.summary.bytes, part: part.summary.part };
        assert.deepEqual({ ...part.summary, elapsedMs: 0, reader: null }, { ...expected.summary, ...same, elapsedMs: 0, reader: null });
        assert.deepEqual(allCounts(part), allCounts(expected));
      }
    }
    const { first } = (await read(1)).summary.time!;
    const range = {
      kind: "time",
      from: { ...first, seconds: first.seconds + 60 },
      to: { ...first, seconds: first.seconds + 600 },
    } as const;
    const one = await read(1, range);
    assert.ok(one.summary.rows.tcp > 0 && one.summary.rows.outsideRange > 0);
    assert.equal(describeCapture(await read(4, range)), describeCapture(one));
  });
});
