/** The fast reader against the reference, on every fixture and the sample, wherever chunks end. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { analyzeText, CSV_FIXTURES, ROOT } from "../support/capture";
import { describeRun } from "../support/describe";
import { KERNEL, readFastFrom } from "../support/fastReader";

describe("the fast reader", () => {
  const files = readdirSync(CSV_FIXTURES)
    .filter((name) => /\.[ct]sv$/.test(name) && !/^(utf16|empty)/.test(name))
    .map((name) => join(CSV_FIXTURES, name));

  for (const file of [...files, join(ROOT, "media", "sample.csv")]) {
    const bytes = readFileSync(file);
    it(`says the same as the reference of ${file.slice(ROOT.length + 1)}`, async function () {
      this.timeout(60_000);
      const expected = await describeRun(analyzeText(bytes));
      const isLarge = bytes.length > 100_000;
      for (const blockBytes of isLarge ? [1 << 20, 4096] : [1 << 20, 1000, 64])
        assert.equal(
          await describeRun(analyzeText(bytes, { kernel: KERNEL, blockBytes })),
          expected,
          `as a stream, ${String(blockBytes)} bytes at a time`,
        );
      for (const chunkBytes of isLarge ? [1 << 17, 4096] : [1 << 17, 4096, 1000, 333, 64]) {
        for (const overlapBytes of [8192, 100]) {
          const run = readFastFrom(bytes, { chunkBytes, overlapBytes }).then((capture) => {
            assert.notEqual(capture, "sequential");
            return capture as Exclude<typeof capture, "sequential">;
          });
          assert.equal(await describeRun(run), expected, `chunks of ${String(chunkBytes)} bytes, ${String(overlapBytes)} behind`);
        }
      }
    });
  }

  /** Dates that must not teach the kernel a wrong rule for the rows behind them. */
  for (const [name, odd] of [
    ["a leap second", "2023-06-04T23:59:60.0Z"],
    ["decimals behind a comma", "2023-06-04T12:00:00,500000000Z"],
    ["a date without seconds", "2023-06-04T12:00Z"],
  ] as const) {
    it(`reads the dates behind ${name} right`, async () => {
      const plain = Array.from({ length: 200 }, (_, i) => `2023-06-04T12:00:${String(i % 60).padStart(2, "0")}.25Z\t2`);
      const bytes = Buffer.from(["frame.time\ttcp.seq", `${odd}\t1`, ...plain, `${odd}\t1`, ...plain].join("\n"));
      // In several chunks: what is learnt from the rows of one counts for those behind it.
      const fast = await readFastFrom(bytes, { chunkBytes: 1000 });
      if (fast === "sequential") assert.fail();
      assert.equal(await describeRun(Promise.resolve(fast)), await describeRun(analyzeText(bytes)));
    });
  }

  /** What columns that take half of their memory cannot hold: read again with those that can. */
  for (const [name, header, rowOf] of [
    ["more labels than 16 bits tell apart", "tcp.seq,alert", (i: number) => `${String(i % 7)},label ${String(i)}`],
    ["more protocols than 16 bits tell apart", "tcp.seq,frame.protocols", (i: number) => `${String(i % 7)},eth:ip:${String(i)}`],
    ["a date behind 2106", "tcp.seq,frame.time_epoch", (i: number) => `${String(i)},${String(i === 69_000 ? 2 ** 32 : 1_700_000_000 + i)}`],
    ["a date before 1970", "tcp.seq,frame.time", (i: number) => `${String(i)},${i === 69_000 ? "1969-12-31" : "2023-06-04"}T12:00:00Z`],
    [
      "a date before 1970 by the clock of most rows",
      "tcp.seq,frame.time,frame.time_epoch",
      (i: number) => (i === 69_000 ? `1,,3600.25` : `${String(i)},2023-06-04T12:00:00.000000000-0700,1685905200.000000000`),
    ],
    ["65,536 labels with the empty one", "tcp.seq,alert", (i: number) => `${String(i % 7)},${i % 65_536 === 0 ? "" : String(i % 65_536)}`],
  ] as const) {
    it(`reads ${name} right`, async function () {
      this.timeout(60_000);
      const bytes = Buffer.from([header, ...Array.from({ length: 70_000 }, (_, i) => rowOf(i)), ""].join("\n"));
      const fast = await readFastFrom(bytes);
      if (fast === "sequential") assert.fail();
      assert.equal(await describeRun(Promise.resolve(fast)), await describeRun(analyzeText(bytes)));
    });
  }

  it("says once what is wrong with a row that fits the text at hand in one of the passes", async function () {
    this.timeout(60_000);
    // The second pass knows where a chunk begins, and so has other text at hand than the first; behind a stray quote it looks long.
    for (let before = 0; before < 64; before++)
      for (const length of [100, 110, 120]) {
        const rows = [`1;${"x".repeat(40 + before)};z;1`, '"open', `2;${"y".repeat(length)};"x\r\ny";-1`, "3;1;z;5"];
        const bytes = Buffer.from(`${["tcp.seq;x;y;tcp.stream", ...rows].join("\n")}\n`);
        const fast = readFastFrom(bytes, { chunkBytes: 64, overlapBytes: 64 });
        assert.equal(
          await describeRun(fast.then((capture) => (capture === "sequential" ? assert.fail() : capture))),
          await describeRun(analyzeText(bytes)),
          `${String(before)} before, ${String(length)} long`,
        );
      }
  });

  it("says so when a file becomes shorter while it is read", async () => {
    const bytes = Buffer.from(`tcp.seq,alert\n${"1,x\n".repeat(100_000)}`);
    let reads = 0;
    const run = readFastFrom(bytes, {}, (offset, target) => {
      const part = (++reads > 3 ? bytes.subarray(0, 200_000) : bytes).subarray(offset, offset + target.length);
      target.set(part);
      return part.length;
    });
    await assert.rejects(run, { code: "fileChanged" });
  });
});
