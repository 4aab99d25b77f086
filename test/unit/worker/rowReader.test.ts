import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { CaptureStore } from "../../../src/engine/captureStore";
import { parsePayload } from "../../../src/engine/payload";
import { DEFAULT_LABEL_FIELDS, type CaptureSource } from "../../../src/shared/model";
import { readCapture } from "../../../src/worker/readCapture";
import { makeReadPayloads, RowReader } from "../../../src/worker/rowReader";
import { ROOT } from "../../support/capture";
import { zstdOf } from "../../support/zstd";

const HEADER = "frame.number,frame.time,tcp.seq,http.user_agent";
const RECORDS = [
  "1,2023-06-04 11:23:00,100,plain",
  '"2","Jun  4, 2023 11:23:01.5 UTC","200","a ""quoted"", and\na second line"',
  "3,Jun  4, 2023 11:23:02.5 UTC,300,one cell more",
  "4,2023-06-04 11:23:03,400",
  "5,2023-06-04 11:23:04,500,Grüße 👋",
  "6,2023-06-04 11:23:05,600,tail,,",
  "7,2023-06-04 11:23:06,700,",
  "8,2023-06-04 11:23:07,800,last",
];
const CELLS = [
  ["1", "2023-06-04 11:23:00", "100", "plain"],
  ["2", "Jun  4, 2023 11:23:01.5 UTC", "200", 'a "quoted", and\na second line'],
  ["3", "Jun  4", " 2023 11:23:02.5 UTC", "300", "one cell more"],
  ["4", "2023-06-04 11:23:03", "400"],
  ["5", "2023-06-04 11:23:04", "500", "Grüße 👋"],
  ["6", "2023-06-04 11:23:05", "600", "tail", "", ""],
  ["7", "2023-06-04 11:23:06", "700", ""],
  ["8", "2023-06-04 11:23:07", "800", "last"],
];
const NAMES = HEADER.split(",");

describe("RowReader", function () {
  this.timeout(30_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "tcp-seq-rows-"))));
  after(() => rmSync(folder, { recursive: true }));

  async function open(source: CaptureSource, isReference = false): Promise<{ capture: CaptureStore; reader: RowReader }> {
    const capture = await readCapture(source, { labelFields: DEFAULT_LABEL_FIELDS }, { distPath: join(ROOT, "dist"), isReference });
    await capture.whenComplete;
    return { capture, reader: new RowReader(capture, source) };
  }
  function file(name: string, content: string | Uint8Array): CaptureSource & { path: string } {
    const path = join(folder, name);
    writeFileSync(path, content);
    return { kind: "file", path };
  }

  /** What the file has, row by row, with blank lines and a header in the middle between. */
  const textOf = (lineEnd: string): string =>
    [HEADER, RECORDS[0], "", RECORDS[1], HEADER, ...RECORDS.slice(2)].join("\n").replaceAll("\n", lineEnd) + lineEnd;
  const LINES = [2, 4, 7, 8, 9, 10, 11, 12];
  const utf16 = (text: string, isBig: boolean): Buffer => {
    const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
    return isBig ? bytes.swap16() : bytes;
  };

  const encodings: [string, (text: string) => Uint8Array][] = [
    ["utf-8", (text) => Buffer.from(text)],
    ["utf-8 with a mark", (text) => Buffer.from(`\ufeff${text}`)],
    ["utf-16le", (text) => utf16(text, false)],
    ["utf-16be", (text) => utf16(text, true)],
  ];
  const stores: [string, ((bytes: Uint8Array) => Uint8Array) | undefined][] = [
    ["plain", undefined],
    ["gzip", gzipSync],
    ["zstd", zstdOf],
  ];
  for (const lineEnd of ["\n", "\r\n"])
    for (const [encoding, encode] of encodings)
      for (const [store, pack] of stores)
        for (const isReference of [false, true])
          it(`gives every row as it stands: ${encoding}, ${store}, ${lineEnd === "\n" ? "LF" : "CRLF"}${isReference ? ", csv-parse" : ""}`, async () => {
            const text = textOf(lineEnd);
            const bytes = encode(text);
            const source = file("rows.csv", pack ? pack(bytes) : bytes);
            const { capture, reader } = await open(source, isReference);
            const places = Array.from({ length: capture.columns.rows }, (_, row) => row).filter(
              (row) => (capture.columns.valid[row] & (1 << 14)) === 0,
            );
            assert.equal(places.length, RECORDS.length);
            // Last row first: the answer is in the order of the question.
            const rows = await reader.readRows([...places].reverse());
            rows.reverse();
            assert.deepEqual(
              rows.map(({ cells }) => cells),
              CELLS.map((cells) => cells.map((cell) => cell.replaceAll("\n", lineEnd))),
            );
            assert.deepEqual(
              rows.map(({ line }) => line),
              LINES,
            );
            assert.deepEqual(
              rows.map(({ names }) => names),
              CELLS.map((cells) => [...NAMES, ...cells.slice(NAMES.length).map(() => "")]),
            );
            // Where the record really begins in the file (in what a compressed one holds).
            const starts = RECORDS.map((record) => {
              const before = text.slice(0, text.indexOf(record.replaceAll("\n", lineEnd)));
              return encode(before).length;
            });
            assert.deepEqual(
              rows.map(({ byteOffset }) => byteOffset),
              starts,
            );
            // One row alone, after another, before another.
            for (const i of [7, 0, 4]) {
              const [row] = await reader.readRows([places[i]]);
              assert.deepEqual(row, rows[i]);
            }
          });

  it("reads what stands in an editor, with or without a mark", async () => {
    for (const mark of ["", "\ufeff"]) {
      const { capture, reader } = await open({ kind: "text", name: "untitled", text: mark + textOf("\n") });
      const [row] = await reader.readRows([capture.columns.seq.indexOf(500)]);
      assert.deepEqual([row.cells, row.line, row.byteOffset], [CELLS[4], LINES[4], Buffer.from(mark + textOf("\n")).indexOf(RECORDS[4])]);
    }
  });

  it("finds rows far apart, long ones, and lines through marks", async () => {
    const long = "x".repeat(100_000);
    const lines = Array.from(
      { length: 300_000 },
      (_, i) => `${String(i)},2023-06-04 11:23:00,${String(i)},${i % 50_000 === 7 ? long : "row"}`,
    );
    const text = `${HEADER}\n${lines.join("\n")}`;
    const { capture, reader } = await open(file("far.csv", text));
    const frames = [299_999, 7, 150_007, 8, 0, 250_007, 7];
    const rowOf = (frame: number): number => capture.columns.frame.subarray(0, capture.columns.rows).indexOf(frame);
    for (let again = 0; again < 2; again++) {
      const rows = await reader.readRows(frames.map(rowOf));
      assert.deepEqual(
        rows.map(({ cells, line }) => [cells.join(","), line]),
        frames.map((frame) => [lines[frame], frame + 2]),
      );
    }
    const [last] = await reader.readRows([rowOf(200_000)]);
    assert.equal(last.line, 200_002);
  });

  it("refuses a file that is not the one that was read, and places without a row", async () => {
    const source = file("changing.csv", textOf("\n"));
    const { reader } = await open(source);
    await assert.rejects(reader.readRows([1000]), RangeError);
    assert.equal((await reader.readRows([0])).length, 1);
    const when = new Date(2001, 1, 1);
    utimesSync(source.path, when, when);
    await assert.rejects(reader.readRows([0]), { code: "fileChanged" });
    const longer = file("longer.csv", textOf("\n"));
    const opened = await open(longer);
    appendFileSync(longer.path, "9,2023-06-04 11:23:07,900,more\n");
    await assert.rejects(opened.reader.readRows([0]), { code: "fileChanged" });
    rmSync(longer.path);
    await assert.rejects(opened.reader.readRows([0]), { code: "notFound" });
  });

  it("reads payloads of rows in any order, also of repaired ones", async () => {
    const header = "frame.time,tcp.seq,tcp.len,tcp.payload";
    const rows = [
      "Jun  4, 2023 11:23:00 UTC,1,3,616263",
      '"Jun  4, 2023 11:23:01 UTC",4,2,"64:65"',
      "2023-06-04 11:23:00,6,0,",
      "2023-06-04 11:23:00,6,2",
    ];
    const text = `${header}\n${rows.join("\n")}\n`;
    for (const source of [file("payload.csv", text), file("payload.csv.gz", gzipSync(text)), file("payload16.csv", utf16(text, false))]) {
      const { capture, reader } = await open(source);
      const readPayloads = makeReadPayloads(capture, reader);
      const payloads = await readPayloads!(Uint32Array.of(3, 1, 0, 2, 1));
      assert.deepEqual(
        payloads.map((bytes) => bytes && Buffer.from(bytes).toString()),
        [undefined, "de", "abc", undefined, "de"],
      );
    }
    const { capture, reader } = await open(file("none.csv", textOf("\n")));
    assert.equal(makeReadPayloads(capture, reader), undefined);
  });
});

describe("parsePayload", () => {
  const parse = (cell: string, len: number): string | undefined => {
    const bytes = parsePayload(Buffer.from(cell), len);
    return bytes && Buffer.from(bytes).toString("latin1");
  };
  it("reads digits with and without colons", () => {
    assert.equal(parse("48656C6c6f", 5), "Hello");
    assert.equal(parse("48:65:6c:6c:6f", 5), "Hello");
  });
  it("takes of several values the one of the segment's length", () => {
    assert.equal(parse("6162,636465", 3), "cde");
    assert.equal(parse("6162\\,636465", 3), "cde");
    assert.equal(parse("616263,646566", 3), "abc");
    assert.equal(parse("6162,6364", 3), undefined);
  });
  it("takes the beginning of what was cut short, and nothing that is no payload", () => {
    assert.equal(parse("4865", 5), "He");
    assert.equal(parse("48656…", 5), "He");
    assert.equal(parse("", 5), undefined);
    assert.equal(parse("616263", 2), undefined);
    assert.equal(parse("hello", 5), undefined);
    assert.equal(parse("", 0), undefined);
  });
});
