/** Columns of text that are read when a filter names them: by chunks, wherever these end, against the reference that reads from the front. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { MemorySource } from "../../src/engine/bytes";
import type { CaptureStore } from "../../src/engine/captureStore";
import { Valid } from "../../src/engine/columns";
import { COLUMNS_PER_PASS, readColumnTexts } from "../../src/engine/columnTexts";
import type { LoadedColumn } from "../../src/engine/filter/captureFields";
import { AnalysisError } from "../../src/shared/errors";
import { DEFAULT_LABEL_FIELDS, type CapturePart } from "../../src/shared/model";
import { readTexts, type TextOptions } from "../../src/worker/readFast";
import { createReferenceReader } from "../../src/worker/referenceReader";
import { CSV_FIXTURES, ROOT } from "../support/capture";
import { KERNEL, readerOf, readFastFrom } from "../support/fastReader";
import { randomCsv } from "../support/randomCsv";

/** So many passes over a file. */
const MOST_PASSES = 6;

/** Texts of all rows, in the order of the file. */
function textsOf({ columns, order }: CaptureStore, { codes, dictionary }: LoadedColumn): string[] {
  const texts: string[] = [];
  for (const { first, rows } of order!.segments)
    for (let row = first; row < first + rows; row++)
      if ((columns.valid[row] & Valid.noRow) === 0) texts.push(dictionary.valueOf(codes[row]));
  return texts;
}

async function read(bytes: Uint8Array, chunkBytes: number, part?: CapturePart): Promise<CaptureStore | undefined> {
  const capture = await readFastFrom(bytes, { chunkBytes, overlapBytes: 100, ...(part ? { part } : {}) });
  return capture === "sequential" ? undefined : capture;
}

const runOf = (bytes: Uint8Array): TextOptions => ({
  size: bytes.length,
  fd: -1,
  readAt: readerOf(bytes),
  module: KERNEL,
  workerPath: undefined,
});

/** Reads columns both ways: all of them, but of many only some from all over the header, and the last one. */
async function compare(bytes: Uint8Array, capture: CaptureStore): Promise<void> {
  const last = capture.head.header.names.length - 1;
  const step = Math.max(COLUMNS_PER_PASS, Math.ceil(last / MOST_PASSES));
  for (let column = 0; column <= last; column += step) {
    const isLast = column + step > last;
    const wanted = [...new Set([column, isLast ? last : column + 1])].filter((each) => each <= last);
    const fast = await readTexts(capture, capture.chunks!, wanted, runOf(bytes));
    const reader = { kind: "csv-parse", create: createReferenceReader } as const;
    const options = { reader, labelFields: DEFAULT_LABEL_FIELDS, now: () => 0 };
    const expected = await readColumnTexts(new MemorySource(bytes), capture, wanted, options);
    wanted.forEach((each, i) =>
      assert.deepEqual(
        textsOf(capture, fast[i]),
        textsOf(capture, expected[i]),
        `column ${String(each)}: ${capture.head.header.names[each]}`,
      ),
    );
  }
}

describe("columns of text, read by chunks", function () {
  this.timeout(120_000);
  const files = readdirSync(CSV_FIXTURES)
    .filter((name) => /\.[ct]sv$/.test(name) && !/^(utf16|empty|no-|not-)|noheader/.test(name))
    .map((name) => join(CSV_FIXTURES, name));

  for (const file of files)
    it(`are those of the reference: ${file.slice(ROOT.length + 1)}`, async () => {
      const bytes = readFileSync(file);
      const capture = await read(bytes, bytes.length > 100_000 ? 1 << 17 : 333);
      await compare(bytes, capture ?? assert.fail());
    });

  it("are those of the first rows, where only these are there", async () => {
    const bytes = readFileSync(join(CSV_FIXTURES, "tshark40-comma.csv"));
    const capture = (await read(bytes, 1000, { kind: "rows", rows: 7 })) ?? assert.fail();
    assert.equal(capture.summary.rows.read, 7);
    await compare(bytes, capture);
  });

  it("are read from the front of a time range: its chunks have rows without a place", async () => {
    const bytes = readFileSync(join(CSV_FIXTURES, "tshark40-comma.csv"));
    const capture =
      (await read(bytes, 1000, { kind: "time", from: { seconds: 0, nanos: 0 }, to: { seconds: 1e10, nanos: 0 } })) ?? assert.fail();
    assert.equal(capture.chunks, undefined);
  });

  it("are those of the reference of random files", async () => {
    const numRuns = Math.ceil(Number(process.env.CASES ?? 2000) / 20);
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(randomCsv, fc.constantFrom(7, 64, 1000), async (bytes, chunkBytes) => {
        // Some are no packet CSV.
        const capture = await read(bytes, chunkBytes).catch((error: unknown) => {
          if (!(error instanceof AnalysisError)) throw error;
        });
        if (!capture) return;
        compared++;
        await compare(bytes, capture);
      }),
      { numRuns },
    );
    assert.ok(compared > numRuns / 2, String(compared));
  });

  it("say how much their texts take, and end when that is too much", async () => {
    const bytes = Buffer.from(`tcp.seq,x\n${Array.from({ length: 3000 }, (_, i) => `1,${"text".repeat(20)}${String(i)}\n`).join("")}`);
    const capture = (await read(bytes, 1000)) ?? assert.fail();
    const told: number[] = [];
    const [column] = await readTexts(capture, capture.chunks!, [1], { ...runOf(bytes), checkTexts: (texts) => told.push(texts) });
    assert.ok(told.every((texts, i) => texts >= (told[i - 1] ?? 0)));
    assert.ok(told.at(-1)! > 3000 * 80 && told.at(-1)! < 2 * column.dictionary.byteLength, String(told.at(-1)));
    const checkTexts = (texts: number): void => {
      if (texts > 100_000) throw new AnalysisError("tooLarge", "");
    };
    await assert.rejects(readTexts(capture, capture.chunks!, [1], { ...runOf(bytes), checkTexts }), { code: "tooLarge" });
  });

  it("end when nobody wants them any more, and when the file has changed", async () => {
    const text = `tcp.seq,x\n${"1,abc\n".repeat(1000)}`;
    const bytes = Buffer.from(text);
    const capture = (await read(bytes, 100)) ?? assert.fail();
    const changed = Buffer.from(`tcp.seq,x\n${"1,abcdefghi\n".repeat(500)}`);
    let asked = 0;
    const tired = { ...runOf(bytes), isWanted: () => ++asked < 3 };
    await assert.rejects(readTexts(capture, capture.chunks!, [1], tired), { code: "superseded" });
    assert.equal(asked, 3);
    await assert.rejects(readTexts(capture, capture.chunks!, [1], { ...runOf(changed), size: bytes.length }), { code: "fileChanged" });
  });
});
