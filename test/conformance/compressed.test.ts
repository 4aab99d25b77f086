/** Every fixture compressed: the same answers as of the plain file, but for what says how it is stored. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { CaptureStore } from "../../src/engine/captureStore";
import { DEFAULT_LABEL_FIELDS } from "../../src/shared/model";
import { readCapture } from "../../src/worker/readCapture";
import { analyzeText, CSV_FIXTURES, problem, ROOT } from "../support/capture";
import { describeRun } from "../support/describe";
import { zstdOf } from "../support/zstd";

describe("compressed files", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "tcp-seq-compressed-"))));
  after(() => rmSync(folder, { recursive: true }));

  function read(name: string, bytes: Uint8Array, isReference = false): Promise<CaptureStore> {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return readCapture({ kind: "file", path }, { labelFields: DEFAULT_LABEL_FIELDS }, { distPath: join(ROOT, "dist"), isReference });
  }
  /** Without what differs by design: name, sizes, kind of compression. */
  const describeContent = async (run: Promise<CaptureStore>): Promise<string> =>
    (await describeRun(run)).replace(/^ {2}"(name|bytes)": .*\n/gm, "").replace(/^ {2}"compression": (null|\{[^}]*\}),\n/m, "");

  const fixtures = readdirSync(CSV_FIXTURES).filter((name) => /\.[ct]sv$/.test(name));
  for (const file of [...fixtures.map((name) => join(CSV_FIXTURES, name)), join(ROOT, "media", "sample.csv")]) {
    const bytes = readFileSync(file);
    it(`say the same as the plain file: ${file.slice(ROOT.length + 1)}`, async () => {
      const expected = await describeContent(read("plain.csv", bytes));
      const middle = bytes.length >> 1;
      const members = Buffer.concat([gzipSync(bytes.subarray(0, middle)), gzipSync(bytes.subarray(middle))]);
      // The name says nothing: what is in the file does.
      for (const name of ["one.csv.gz", "one.csv"]) assert.equal(await describeContent(read(name, gzipSync(bytes))), expected);
      assert.equal(await describeContent(read("two.csv.gz", members)), expected);
      assert.equal(await describeContent(read("reference.csv.gz", members, true)), expected);
      assert.equal(await describeContent(read("one.csv.zst", zstdOf(bytes))), expected);
      assert.equal(await describeContent(read("plain.csv.gz", bytes)), expected);
    });
  }

  it("are told by their size on the disk and the size of their text", async () => {
    const bytes = readFileSync(join(ROOT, "media", "sample.csv"));
    const stored = gzipSync(bytes);
    const { summary } = await read("sample.csv.gz", stored);
    assert.equal(summary.bytes, stored.length);
    assert.deepEqual(summary.compression, { kind: "gzip", bytes: bytes.length });
    assert.equal(summary.problems.length, (await read("sample.csv", bytes)).summary.problems.length);
    assert.equal((await read("sample.csv", bytes)).summary.compression, null);
  });

  it("tell how far they are by their bytes on the disk", async () => {
    const path = join(folder, "long.csv.gz");
    const stored = gzipSync(
      `tcp.seq,alert\n${Array.from({ length: 500_000 }, (_, i) => `${String((i * 48_271) % 65_537)},benign\n`).join("")}`,
    );
    writeFileSync(path, stored);
    const seen: number[] = [];
    const hooks = {
      distPath: join(ROOT, "dist"),
      onProgress: ({ bytesRead, bytesTotal }: { bytesRead: number; bytesTotal: number }) => {
        assert.equal(bytesTotal, stored.length);
        seen.push(bytesRead);
      },
    };
    await readCapture({ kind: "file", path }, { labelFields: [] }, hooks);
    assert.ok(seen.length > 3);
    assert.deepEqual(
      seen,
      [...seen].sort((a, b) => a - b),
    );
    assert.equal(seen.at(-1), stored.length);
  });

  const rows = Array.from({ length: 20_000 }, (_, i) => `${String((i * 48_271) % 65_537)},benign\n`).join("");
  const text = `tcp.seq,alert\n${rows}`;

  it("are analysed up to where they break off, and the report says where", async () => {
    const stored = gzipSync(text);
    const capture = await read("cut.csv.gz", stored.subarray(0, stored.length >> 1));
    const { count, lines, byteOffsets } = problem(capture, "compressionCutOff");
    assert.equal(count, 1);
    const { compression, rows: read_ } = capture.summary;
    assert.deepEqual(byteOffsets, [compression?.bytes]);
    assert.deepEqual(lines, [read_.read + 1]);
    const expected = await analyzeText(text.slice(0, byteOffsets[0]));
    assert.deepEqual(capture.summary.rows, expected.summary.rows);
    assert.ok(read_.read > 5000 && read_.read < 15_000);
  });

  it("are analysed when their check sum is wrong or something follows, and the report says so", async () => {
    const stored = gzipSync(text);
    stored[stored.length - 8] ^= 1;
    const wrong = await read("wrong.csv.gz", stored);
    assert.equal(wrong.summary.rows.tcp, 20_000);
    assert.deepEqual(wrong.summary.problems, [
      { kind: "compressionDamaged", count: 1, examples: [{ line: 20_002, byteOffset: text.length }] },
    ]);
    const more = await read("more.csv.gz", Buffer.concat([gzipSync(text), Buffer.from("more")]));
    assert.deepEqual(
      more.summary.problems.map(({ kind }) => kind),
      ["trailingBytes"],
    );
  });

  it("find places in UTF-16 again, whose text is longer than its UTF-8", async () => {
    const odd = Array.from({ length: 40_000 }, (_, i) => (i % 9_000 === 5_000 ? "odd,ü\n" : "1,ä\n")).join("");
    const bytes = Buffer.from(`\ufefftcp.seq,alert\n${odd}x`, "utf16le");
    const expected = await describeContent(read("plain.csv", bytes));
    assert.match(expected, /"badSeq"/);
    assert.equal(await describeContent(read("utf16.csv.gz", gzipSync(bytes))), expected);
    assert.equal(await describeContent(read("utf16.csv.zst", zstdOf(bytes))), expected);
  });

  it("are refused with a sentence when too little can be decompressed, when they are empty, and when they hold something else", async () => {
    const stored = gzipSync(text);
    await assert.rejects(read("head.csv.gz", stored.subarray(0, 9)), { name: "AnalysisError", code: "notDecompressed" });
    await assert.rejects(read("head.csv.zst", Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x55, 1, 2, 3, 4, 5, 6, 7])), {
      code: "notDecompressed",
    });
    stored.fill(0xff, 10);
    await assert.rejects(read("damaged.csv.gz", stored), /damaged\.csv\.gz cannot be decompressed: .*gzip -t/);
    await assert.rejects(read("empty.csv.gz", gzipSync("")), { code: "emptyFile" });
    await assert.rejects(read("nothing.csv.gz", Buffer.alloc(0)), { code: "emptyFile" });
    await assert.rejects(read("other.csv.gz", gzipSync("a,b\n1,2\n")), { code: "missingColumns" });
    await assert.rejects(read("other.csv.gz", Buffer.concat([gzipSync("a,b\n1,2\n"), Buffer.from("more")])), { code: "missingColumns" });
  });
});
