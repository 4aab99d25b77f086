/** Cells at the edge of what the kernel decodes by itself: it must say what the row decoder says, or leave them alone. */
import assert from "node:assert/strict";
import { analyzeText } from "../support/capture";
import { describeRun } from "../support/describe";
import { readFastFrom } from "../support/fastReader";

/** A file through the fast reader and the reference. Every row is a chunk: what was learnt from one counts for the next. */
async function compare(rows: readonly (readonly string[])[]): Promise<void> {
  const bytes = Buffer.from(rows.map((cells) => cells.join("\t")).join("\n"));
  const fast = await readFastFrom(bytes, { chunkBytes: 1 });
  if (fast === "sequential") assert.fail();
  assert.equal(await describeRun(Promise.resolve(fast)), await describeRun(analyzeText(bytes)));
}

const NUMBERS = [
  ...["0", "1", "00000000000001", "000000000000001", "12345678901234", "123456789012345"],
  ...["255", "65535", "65536", "4294967295", "4294967296", "0xffff", "0x10000", "0xffffffff", "0x100000000", "0x123456789abcde"],
  ...["0x12", "0X12", "1x12", "00x12", "0x", "x", "0xG", "0xg", "0x/", "0x:", "0x@", "0x`", "0xAF", "0xaf"],
  ...["1.0", "1.00000", "1.", ".0", ".5", "1.5", "1.0 ", "1/", "1:", "1 ", " 1", "-1", "+1", "1e3", "1,2", "1,000", "True", "nan"],
];

/** Clock times and what follows, behind a day that the kernel knows. */
const CLOCKS = [
  ...["23:59:59", "24:00:00", "12:59:59", "12:60:00", "12:00:59", "12:00:60", "12:00:61", "23:59:60", "1:00:00", "012:00:00"],
  ...[
    "12-00:00",
    "12:00-00",
    "12.00.00",
    "1a:00:00",
    "12:a0:00",
    "12:00:0a",
    "12:00:/0",
    "12:00::0",
    "12:00;00",
    "12;00:00",
    "12:00800",
    "12:00",
  ],
  ...["12:00:00.", "12:00:00.1", "12:00:00.12345678", "12:00:00.123456789", "12:00:00.1234567890", "12:00:00.1234567891", "12:00:00,5"],
];

describe("cells", function () {
  this.timeout(60_000);

  for (const cell of NUMBERS) {
    it(`${JSON.stringify(cell)} is the same number to all, or none`, async () => {
      const header = ["tcp.seq", "tcp.len", "tcp.srcport", "tcp.flags", "tcp.stream", "ip.src"];
      const plain = ["1", "2", "3", "0x0010", "4", "a"];
      // One cell after the other, so that a fault in one column cannot hide behind another.
      for (const odd of header)
        await compare([header, plain, plain.map((value, column) => (header[column] === odd ? cell : value)), plain]);
    });
  }

  for (const clock of CLOCKS) {
    it(`${JSON.stringify(clock)} is the same time to all, or none`, async () => {
      for (const [prefix, suffix] of [
        ["Jun  4, 2023 ", " EDT"],
        ["2023-06-04T", "Z"],
        ["2023-06-04 ", ""],
      ]) {
        const plain = `${prefix}12:00:01.000000002${suffix}`;
        const odd = `${prefix}${clock}${suffix}`;
        for (const order of [
          [plain, odd, plain, odd, plain],
          [odd, plain, odd, plain, odd],
        ]) {
          await compare([["frame.time", "tcp.seq"], ...order.map((date, i) => [date, String(i)])]);
          const epochs = ["1685880001.000000002", "1685880000", "1685880001", "1685883601.5", "1685880001.000000002"];
          await compare([["frame.time", "frame.time_epoch", "tcp.seq"], ...order.map((date, i) => [date, epochs[i], String(i)])]);
        }
      }
    });
  }

  for (const cell of [
    "0",
    "1.",
    "1.5",
    ".5",
    "1.0000000001",
    "1.x",
    "1 ",
    "-1",
    "123456789012",
    "1234567890123",
    "1e9",
    "",
    "x",
    "1685880001.12345678912",
  ]) {
    it(`${JSON.stringify(cell)} is the same epoch to all, or none`, async () => {
      for (const name of ["frame.time_epoch", "frame.time_relative"]) {
        const order = ["1685880001.000000002", cell, "1685880000", cell, "2"];
        await compare([[name, "tcp.seq"], ...order.map((epoch, i) => [epoch, String(i)])]);
        const dated = order.map((epoch, i) => ["Jun  4, 2023 12:00:01.000000002 EDT", epoch, String(i)]);
        await compare([["frame.time", name, "tcp.seq"], ...dated]);
      }
    });
  }
});
