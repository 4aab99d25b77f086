import assert from "node:assert/strict";
import { recordAt } from "../../../src/worker/recordAt";

/** What stands where `|` is. */
function at(marked: string) {
  const offset = marked.indexOf("|");
  return recordAt(marked.replace("|", ""), offset);
}
const row = (text: string) => ({ kind: "row", text }) as const;

describe("recordAt", () => {
  it("gives the row under the cursor with the header, wherever in the row the cursor is", () => {
    for (const text of ["tcp.seq,x\n|1,a\n2,b\n", "tcp.seq,x\n1,|a\n2,b\n", "tcp.seq,x\n1,a|\n2,b\n"])
      assert.deepEqual(at(text), row("tcp.seq,x\n1,a\n"));
    assert.deepEqual(at("tcp.seq,x\n1,a\n|2,b\n"), row("tcp.seq,x\n2,b\n"));
  });

  it("takes a row over several lines whole, from any of its lines", () => {
    const rows = 'tcp.seq,x\n1,"a\nb\nc"\n2,d\n';
    for (const place of ["1,", "a\n", "b\n", 'c"\n']) {
      const marked = rows.replace(place, `|${place}`);
      assert.deepEqual(at(marked), row('tcp.seq,x\n1,"a\nb\nc"\n'), place);
    }
    assert.deepEqual(at('tcp.seq,x\n1,"a\nb"\n|2,d\n'), row("tcp.seq,x\n2,d\n"));
  });

  it("reads a quoted line end before the cursor as part of its row, with doubled quotes in it", () => {
    assert.deepEqual(at('tcp.seq,x\n1,"a ""\n7,b"\n2,|c\n'), row("tcp.seq,x\n2,c\n"));
  });

  it("finds the separator as the engine does, and honours sep=", () => {
    assert.deepEqual(at("frame.number\ttcp.seq\n1\t7\n2\t|8\n"), row("frame.number\ttcp.seq\n2\t8\n"));
    assert.deepEqual(at("sep=;\nframe.number;tcp.seq\n1;|7\n"), row("sep=;\nframe.number;tcp.seq\n1;7\n"));
  });

  it("takes the last row without a line end", () => assert.deepEqual(at("tcp.seq\n1\n2|"), row("tcp.seq\n2")));

  it("counts characters, not bytes", () => assert.deepEqual(at("tcp.seq,x\n1,ä€😀\n2,|ß\n"), row("tcp.seq,x\n2,ß\n")));

  it("keeps lines that end with CR and LF", () => assert.deepEqual(at("tcp.seq\r\n1\r\n|2\r\n"), row("tcp.seq\r\n2\r\n")));

  it("says when the cursor is in the header, in a blank line or behind the last row", () => {
    assert.deepEqual(at("tcp.|seq\n1\n"), { kind: "header" });
    assert.deepEqual(at("|\ntcp.seq\n1\n"), { kind: "header" });
    assert.deepEqual(at("tcp.seq\n1\n|\n2\n"), { kind: "nothing" });
    assert.deepEqual(at("tcp.seq\n1\n|"), { kind: "nothing" });
    assert.deepEqual(at("tcp.seq|"), { kind: "header" });
    assert.deepEqual(at("|"), { kind: "header" });
  });
});
