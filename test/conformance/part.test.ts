/** Parts of a file: the first rows, which are those of the file cut behind them, and the rows of a time range. */
import assert from "node:assert/strict";
import { createScalarScanner } from "../../src/engine/csv/scalarScanner";
import { memoryFor, rowsWithin } from "../../src/engine/memoryNeed";
import type { CaptureStore } from "../../src/engine/captureStore";
import type { CapturePart } from "../../src/shared/model";
import { analyzeText } from "../support/capture";
import { describeCapture } from "../support/describe";
import { KERNEL, readFastFrom } from "../support/fastReader";

const HEADER = "frame.number,frame.time,tcp.seq,tcp.len,tcp.stream,ip.src,alert\n";
const date = (second: number): string =>
  `"Jun  4, 2023 11:${String(Math.floor(second / 60)).padStart(2, "0")}:${String(second % 60).padStart(2, "0")}.500000000 EDT"`;

/** Rows of every kind, one a second, a few of them without a time. */
const ROWS = Array.from({ length: 240 }, (_, i) => {
  const time = i % 23 === 5 ? "never" : date((i * 7) % 240);
  if (i % 41 === 40) return HEADER;
  if (i % 37 === 36) return `${String(i)},${time},"",x\n`;
  if (i % 31 === 30) return `${String(i)},${time},1,2,3,10.0.0.1,y,z,z,z\n`;
  if (i % 29 === 28) return `${String(i)},${time},0x1z,2,3,10.0.0.1,y\n`;
  if (i % 19 === 18) return `${String(i)},${time},"${String(i % 5)}","2","3","10.0.0.1,10.0.0.2","a\n""b"""\n`;
  if (i % 17 === 16) return `${String(i)},${time},7,many,3,10.0.0.1,y\n\n\n`;
  return `${String(i)},${time},${String(i % 9)},${String(i)},${String(i % 3)},10.0.0.${String(i % 7)},${["x", "y", ""][i % 3]}\n`;
});
const TEXT = HEADER + ROWS.join("");

/** All that a capture says, but which part it is and how large the file was. */
function describePart(capture: CaptureStore): string {
  const { summary, ...rest } = JSON.parse(describeCapture(capture)) as { summary: Record<string, unknown> };
  return JSON.stringify({ ...rest, summary: { ...summary, part: undefined, bytes: undefined } }, undefined, 1);
}

async function* read(text: string, part: CapturePart): AsyncGenerator<[reader: string, capture: CaptureStore]> {
  yield ["csv-parse", await analyzeText(text, { part })];
  for (const blockBytes of [50, 999, 1 << 16])
    yield [
      `scalar, blocks of ${String(blockBytes)} bytes`,
      await analyzeText(text, { part, blockBytes, createScanner: createScalarScanner }),
    ];
  for (const blockBytes of [50, 999, 1 << 16])
    yield [`kernel as a stream, ${String(blockBytes)} bytes at a time`, await analyzeText(text, { part, blockBytes, kernel: KERNEL })];
  for (const chunkBytes of [1, 7, 300, 5000, 1 << 17]) {
    const fast = await readFastFrom(Buffer.from(text), { part, chunkBytes, overlapBytes: 4096 });
    if (fast === "sequential") assert.fail();
    yield [`kernel, chunks of ${String(chunkBytes)} bytes`, fast];
  }
}

describe("a part of a file", function () {
  this.timeout(119_000);

  for (const count of [1, 2, 17, 29, 31, 37, 41, 100, 200, 239, 240, 241, 10_000]) {
    it(`is its first ${String(count)} rows`, async () => {
      const part = { kind: "rows", rows: count } as const;
      const expected = await analyzeText(HEADER + ROWS.slice(0, count).join(""));
      assert.equal(expected.summary.rows.read, Math.min(count, ROWS.length));
      for await (const [reader, capture] of read(TEXT, part)) {
        assert.equal(describePart(capture), describePart(expected), reader);
        assert.deepEqual(capture.summary.part, part);
      }
    });
  }

  it("is its first rows, where a chunk cannot tell where rows begin", async () => {
    const quoted = `1,${date(1)},"5","6","7","a,b\n8,${date(2).replaceAll('"', '""')},3,3,3,3,3\n",x\n`;
    const text = HEADER + quoted.repeat(200);
    for (const rows of [1, 50, 199]) {
      const expected = await analyzeText(HEADER + quoted.repeat(rows));
      for await (const [reader, capture] of read(text, { kind: "rows", rows }))
        assert.equal(describePart(capture), describePart(expected), reader);
    }
  });

  it("is its first rows, before one that is longer than any row can be", async () => {
    const rows = `1,${date(1)},5,6,7,a,x\n2,${date(2)},5,6,7,a,x\n`;
    const text = `${HEADER}${rows}${"\0".repeat(40 << 20)}\n${rows}`;
    for (const [count, cut] of [
      [1, rows.slice(0, rows.indexOf("\n") + 1)],
      [2, rows],
    ] as const) {
      const fast = await readFastFrom(Buffer.from(text), { part: { kind: "rows", rows: count } });
      if (fast === "sequential") assert.fail();
      assert.equal(describePart(fast), describePart(await analyzeText(HEADER + cut)));
    }
    for (const count of [3, 4]) {
      const part = { kind: "rows", rows: count } as const;
      const fast = await readFastFrom(Buffer.from(text), { part });
      if (fast === "sequential") assert.fail();
      assert.equal(describePart(fast), describePart(await analyzeText(text, { part, createScanner: createScalarScanner })));
      assert.equal(fast.summary.rows.leftOut, 1);
    }
  });

  const start = Date.UTC(2023, 5, 4, 11) / 1000;
  const range = (from: number, to: number): CapturePart => ({
    kind: "time",
    from: { seconds: from, nanos: 500_000_000 },
    to: { seconds: to, nanos: 500_000_000 },
  });

  it("is a time range: from its beginning up to before its end, on the capture's clock", async () => {
    const whole = await analyzeText(TEXT);
    for (const [from, to] of [
      [0, 1],
      [10, 60],
      [100, 240],
      [0, 1000],
      [500, 600],
    ]) {
      const part = range(start + from, start + to);
      let expected: string | undefined;
      for await (const [reader, capture] of read(TEXT, part)) {
        const { rows, time } = capture.summary;
        assert.equal(rows.read, rows.tcp + rows.repeatedHeaders + rows.withoutSeq + rows.badSeq + rows.leftOut + rows.outsideRange, reader);
        assert.equal(rows.tcp + rows.outsideRange, whole.summary.rows.tcp, reader);
        assert.deepEqual(capture.summary.problems, whole.summary.problems, reader);
        if (time) assert.ok(time.first.seconds >= start + from && time.last.seconds < start + to, reader);
        else assert.equal(rows.tcp, 0, reader);
        expected ??= describePart(capture);
        assert.equal(describePart(capture), expected, reader);
      }
    }
  });

  it("is a time range in UTC, or in seconds since the start, where the file says nothing else", async () => {
    const lines = (field: string, base: number): string =>
      `${field},tcp.seq\n${Array.from({ length: 100 }, (_, i) => `${String(base + i)}.5,${String(i)}\n`).join("")}`;
    for (const [field, base] of [
      ["frame.time_epoch", start],
      ["frame.time_relative", 0],
    ] as const) {
      for await (const [reader, capture] of read(lines(field, base), range(base + 10, base + 20))) {
        assert.equal(capture.summary.rows.tcp, 10, `${field}, ${reader}`);
        assert.deepEqual(capture.summary.time?.first, { seconds: base + 10, nanos: 500_000_000 });
        assert.equal(capture.summary.time.isRelative, field === "frame.time_relative");
      }
    }
  });

  it("is a time range also of rows whose clock only the others tell", async () => {
    // Every third row has the epoch only, every fifth the seconds since the start; the clock is four hours behind UTC.
    const rows = Array.from({ length: 100 }, (_, i) => {
      const epoch = String(start + 4 * 3600 + i);
      if (i % 3 === 2) return `,${epoch}.5,,${String(i)}\n`;
      return i % 5 === 4 ? `,,${String(i)},${String(i)}\n` : `${date(i)},${epoch}.5,${String(i)},${String(i)}\n`;
    });
    const text = `frame.time,frame.time_epoch,frame.time_relative,tcp.seq\n${rows.join("")}`;
    for await (const [reader, capture] of read(text, range(start + 10, start + 20))) {
      const numbers = capture.listSequences({ order: "number", from: 0, count: 100 }).map(({ seq }) => seq);
      assert.deepEqual(numbers, [10, 11, 12, 13, 14, 15, 16, 17, 18, 19], reader);
      assert.equal(capture.summary.rows.outsideRange, 90, reader);
    }
  });
});

describe("a file that would not fit", () => {
  const lines = `tcp.seq\n${"1\n".repeat(19_000)}`;
  const tooLarge = (rows: number) => (error: { code: string; details: string[] }) => {
    assert.equal(error.code, "tooLarge");
    assert.equal(error.details[0], "test.csv");
    assert.deepEqual(error.details.slice(1, 3), [String(Math.ceil(memoryFor(rows) / 1e6)), "91"]);
    assert.ok(Math.abs(Number(error.details[3]) - rows) < 0.01 * rows);
    return true;
  };

  it("is told before it is read, with what it would need", async () => {
    await assert.rejects(readFastFrom(Buffer.from(lines), { memoryLimitBytes: 91e6 }), tooLarge(19_000));
    await assert.rejects(analyzeText(lines, { memoryLimitBytes: 91e6 }), tooLarge(19_000));
  });

  it("is told of a time range too, when it turns out to have too many rows", async () => {
    const text = `frame.time_epoch,tcp.seq\n${"5,1\n".repeat(100_000)}`;
    const part = { kind: "time", from: { seconds: 0, nanos: 0 }, to: { seconds: 9, nanos: 0 } } as const;
    const isTooLarge = { code: "tooLarge" };
    await assert.rejects(readFastFrom(Buffer.from(text), { memoryLimitBytes: 91e6, part }), isTooLarge);
    await assert.rejects(analyzeText(text, { memoryLimitBytes: 91e6, part }), isTooLarge);
  });

  it("is read in part", async () => {
    const rows = rowsWithin(91e6);
    assert.ok(rows > 1000 && rows < 19_000);
    const part = { kind: "rows", rows } as const;
    const fast = await readFastFrom(Buffer.from(lines), { memoryLimitBytes: 91e6, part });
    if (fast === "sequential") assert.fail();
    assert.equal(fast.summary.rows.tcp, rows);
    assert.equal((await analyzeText(lines, { memoryLimitBytes: 91e6, part })).summary.rows.tcp, rows);
  });
});
