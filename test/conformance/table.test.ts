/**
 * One table of byte strings through the reference, the scalar scanner and the kernel, with a chunk beginning at every
 * offset (chunks of one byte) and a block ending at every offset. What the rows are is written beside each.
 */
import assert from "node:assert/strict";
import { createScalarScanner } from "../../src/engine/csv/scalarScanner";
import { allCounts, analyzeText } from "../support/capture";
import { describeRun } from "../support/describe";
import { readFastFrom } from "../support/fastReader";

const HEADER = "tcp.seq,frame.protocols,alert\n";
const LONG = "x".repeat(100_000);

/** Name, bytes, and the numbers that are counted, in order of their count. */
const CASES: readonly [name: string, text: string | Buffer, seqs: readonly number[]][] = [
  ["nothing behind the header", HEADER, []],
  ["a header without its line end", HEADER.trim(), []],
  ["plain rows", `${HEADER}1,a,x\n2,b,y\n`, [1, 2]],
  ["no line end at the end", `${HEADER}1,a,x\n2,b,y`, [1, 2]],
  ["CRLF", `${HEADER}1,a,x\n2,b,y\n`.replaceAll("\n", "\r\n"), [1, 2]],
  ["CR alone", `${HEADER}1,a,x\n2,b,y\n`.replaceAll("\n", "\r"), [1, 2]],
  ["CRLF and LF mixed", `${HEADER}1,a,x\r\n2,b,y\n3,c,z\r\n`, [1, 2, 3]],
  ["a CR inside a cell", `${HEADER}1,a\rb,x\n2,b,y\n`, [1, 2]],
  ["a byte order mark", `\ufeff${HEADER}1,a,x\n`, [1]],
  ["quoted cells", `${HEADER}"1","a","x"\n"2","b","y"\n`, [1, 2]],
  ["quoted cells and CRLF", `${HEADER}"1","a","x"\r\n"2","b","y"\r\n`, [1, 2]],
  ["doubled quotes", `${HEADER}1,"a ""b""",x\n2,"""",y\n3,"""""",z\n`, [1, 2, 3]],
  ["a quoted separator", `${HEADER}1,"a,b",x\n2,b,y\n`, [1, 2]],
  ["a quoted line end", `${HEADER}1,"a\nb",x\n2,"a\r\nb",y\n`, [1, 2]],
  ["a quoted row that looks like rows", `${HEADER}1,"a,x\n7,b,y\n8,c",z\n2,b,y\n`, [1, 2]],
  ["a quoted header", `${HEADER}1,"\n${HEADER}",x\n2,b,y\n`, [1, 2]],
  ["empty cells", `${HEADER},,\n1,,\n"","",""\n2,"",\n`, [1, 2]],
  ["quotes that tshark did not double", `${HEADER}"1","text; charset="UTF-8"","x"\n"2","/a"b,c","y"\n`, [1, 2]],
  ["a quote inside a bare cell", `${HEADER}1,5" disk,x\n2,"b",y\n`, [1, 2]],
  ["a stray quote", `${HEADER}1,"a,x\n2,b,y\n3,c,z\n`, [2, 3]],
  ["a stray quote before a quoted row", `${HEADER}1,"a,x\n"2","b","y"\n`, [2]],
  ["a quote open at the end", `${HEADER}1,a,x\n2,b,"y`, [1, 2]],
  ["text behind a closing quote", `${HEADER}1,"a"b,x\n2,b,y\n`, [1, 2]],
  ["a NUL behind a closing quote", `${HEADER}1,"a"\0,x\n2,b,y\n`, [1, 2]],
  ["a space before a quote", `${HEADER}1, "a",x\n2,b,y\n`, [1, 2]],
  ["escaped separators", `${HEADER}1,a\\,b,x\n2,b,y\n`, [1, 2]],
  ["NULs", `${HEADER}1,a\0b,x\n\0\0\n2\0,b,y\n`, [1, 2]],
  ["blank lines", `${HEADER}\n1,a,x\n\n\r\n  \n2,b,y\n\n`, [1, 2]],
  ["one column", "tcp.seq\n1\n\n2\n  \n3", [1, 2, 3]],
  ["a repeated header", `${HEADER}1,a,x\n${HEADER}TCP.SEQ,frame.protocols,alert\n2,b,y\n`, [1, 2]],
  ["cells too many and too few", `${HEADER}1,a,x,y\n2\n3,b\n4,c,z\n,,,,,,,\n`, [1, 2, 3, 4]],
  ["separators at every line's end", `${HEADER.trim()},\n1,a,x,\n2,b,y,\n`, [1, 2]],
  ["a line that breaks off in the number", `tcp.len,tcp.seq,alert\n0,1449,x\n0,14`, [1449]],
  ["text of several bytes a character", `${HEADER}1,é→𝄞,ü\n2,𝄞𝄞𝄞,ß\n`, [1, 2]],
  ["invalid UTF-8", Buffer.concat([Buffer.from(`${HEADER}1,`), Buffer.from([0xff, 0xc3, 0x28, 0x80]), Buffer.from(",x\n2,b,y\n")]), [1, 2]],
  ["tabs", `${HEADER}1,a,x\n2,b,y\n`.replaceAll(",", "\t"), [1, 2]],
  ["sep=;", `sep=;\n${HEADER}1,a,x\n2,b,y\n`.replaceAll(",", ";"), [1, 2]],
  ["a number in every form", `${HEADER}1,a,x\n1.0,a,x\n0x1,a,x\nTrue,a,x\n" 1 ",a,x\n1.,a,x\n`, [1]],
];

const bytesOf = (text: string | Buffer): Buffer => (typeof text === "string" ? Buffer.from(text) : text);

describe("every reader", function () {
  this.timeout(60_000);

  for (const [name, text, seqs] of CASES) {
    it(`reads ${name}`, async () => {
      const bytes = bytesOf(text);
      const reference = await analyzeText(bytes);
      assert.deepEqual(
        allCounts(reference)
          .map(([seq]) => seq)
          .sort((a, b) => a - b),
        [...seqs].sort((a, b) => a - b),
      );
      const expected = await describeRun(Promise.resolve(reference));
      for (let blockBytes = 1; blockBytes <= bytes.length; blockBytes++) {
        const scalar = analyzeText(bytes, { blockBytes, createScanner: createScalarScanner });
        assert.equal(await describeRun(scalar), expected, `scalar, blocks of ${String(blockBytes)} bytes`);
      }
      for (const chunkBytes of [1, 2, 3, 5, 7, 11, bytes.length]) {
        for (const overlapBytes of [64, 8192]) {
          const fast = await readFastFrom(bytes, { chunkBytes, overlapBytes });
          assert.notEqual(fast, "sequential");
          if (fast === "sequential") continue;
          assert.equal(await describeRun(Promise.resolve(fast)), expected, `kernel, chunks of ${String(chunkBytes)} bytes`);
        }
      }
    });
  }

  it("reads cells of 100 kB", async () => {
    const bytes = bytesOf(`${HEADER}1,${LONG},x\n2,"${LONG},\n${LONG}",y\n3,c,z\n`);
    const expected = await describeRun(analyzeText(bytes));
    for (const chunkBytes of [1000, 99_991, 1 << 17]) {
      const fast = await readFastFrom(bytes, { chunkBytes });
      if (fast === "sequential") assert.fail();
      assert.deepEqual(allCounts(fast), [
        [1, 1],
        [2, 1],
        [3, 1],
      ]);
      assert.equal(await describeRun(Promise.resolve(fast)), expected);
    }
    assert.equal(await describeRun(analyzeText(bytes, { createScanner: createScalarScanner, blockBytes: 5000 })), expected);
  });
});
