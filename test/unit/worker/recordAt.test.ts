import assert from "node:assert/strict";
import { recordAt } from "../../../src/worker/recordAt";

/** What stands where `|` is. */
function at(marked: string) {
  const offset = marked.indexOf("|");
  return recordAt(marked.replace("|", ""), offset);
}
const row = (text: string) => ({ kind: "row", text }) as const;

describe("recordAt", () => {
  it("gives the row under the cursor with the header, wherever in the row the cursor is", async () => {
    for (const text of ["tcp.seq,x\n|1,a\n2,b\n", "tcp.seq,x\n1,|a\n2,b\n", "tcp.seq,x\n1,a|\n2,b\n"])
      assert.deepEqual(await at(text), row("tcp.seq,x\n1,a\n"));
    assert.deepEqual(await at("tcp.seq,x\n1,a\n|2,b\n"), row("tcp.seq,x\n2,b\n"));
  });

  it("takes a row over several lines whole, from any of its lines", async () => {
    const rows = 'tcp.seq,x\n1,"a\nb\nc"\n2,d\n';
    for (const place of ["1,", "a\n", "b\n", 'c"\n']) {
      const marked = rows.replace(place, `|${place}`);
      assert.deepEqual(await at(marked), row('tcp.seq,x\n1,"a\nb\nc"\n'), place);
    }
    assert.deepEqual(await at('tcp.seq,x\n1,"a\nb"\n|2,d\n'), row("tcp.seq,x\n2,d\n"));
  });

  it("reads a quoted line end before the cursor as part of its row, with doubled quotes in it", async () => {
    assert.deepEqual(await at('tcp.seq,x\n1,"a ""\n7,b"\n2,|c\n'), row("tcp.seq,x\n2,c\n"));
  });

  it("finds the separator as the engine does, and honours sep=", async () => {
    assert.deepEqual(await at("frame.number\ttcp.seq\n1\t7\n2\t|8\n"), row("frame.number\ttcp.seq\n2\t8\n"));
    assert.deepEqual(await at("sep=;\nframe.number;tcp.seq\n1;|7\n"), row("sep=;\nframe.number;tcp.seq\n1;7\n"));
  });

  it("takes the last row without a line end", async () => assert.deepEqual(await at("tcp.seq\n1\n2|"), row("tcp.seq\n2")));

  it("counts characters, not bytes", async () => assert.deepEqual(await at("tcp.seq,x\n1,ä€😀\n2,|ß\n"), row("tcp.seq,x\n2,ß\n")));

  it("keeps lines that end with CR and LF", async () => assert.deepEqual(await at("tcp.seq\r\n1\r\n|2\r\n"), row("tcp.seq\r\n2\r\n")));

  it("says when the cursor is in the header, in a blank line or behind the last row", async () => {
    assert.deepEqual(await at("tcp.|seq\n1\n"), { kind: "header" });
    assert.deepEqual(await at("|\ntcp.seq\n1\n"), { kind: "header" });
    assert.deepEqual(await at("tcp.seq\n1\n|\n2\n"), { kind: "nothing" });
    assert.deepEqual(await at("tcp.seq\n1\n|"), { kind: "nothing" });
    assert.deepEqual(await at("tcp.seq|"), { kind: "header" });
    assert.deepEqual(await at("|"), { kind: "header" });
  });

  it("finds a row far behind, whatever is cut where, and lets others have their turn meanwhile", async () => {
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    // An odd number of units before the pairs: some border between two parts lies in the middle of one.
    for (const shift of ["", "x"]) {
      const filler = `1,${shift}${"😀".repeat(200_000)}\n2,"ä\n€"\n`;
      assert.deepEqual(await at(`tcp.seq,x\n${filler.repeat(5)}7,|ß\n${filler}`), row("tcp.seq,x\n7,ß\n"));
    }
    isOver = true;
    assert.ok(turns > 10, `${turns} turns`);
  });
});
