import assert from "node:assert/strict";
import { MAX_RECORD_BYTES, RecordReader } from "../../../../src/engine/csv/records";
import { decodeUtf8, encodeUtf8 } from "../../../../src/engine/utf8";

/** Cells and place of the next record, or "more" when the reader asks for more text. */
function read(
  text: string,
  cellCount: number,
  options: { isLast?: boolean; delimiter?: string } = {},
): { cells: string[]; next: number; broken: boolean } | "more" {
  const bytes = encodeUtf8(text);
  const record = new RecordReader({ delimiter: (options.delimiter ?? ",").charCodeAt(0), newline: 0x0a, cellCount });
  if (!record.read(bytes, 0, bytes.length, options.isLast ?? true)) return "more";
  return {
    cells: Array.from({ length: record.count }, (_, cell) => decodeUtf8(record.copyCell(bytes, cell))),
    next: record.next,
    broken: record.hasBrokenQuotes,
  };
}

describe("RecordReader", () => {
  it("reads RFC 4180: quotes, doubled quotes, line ends inside quotes, CRLF", () => {
    assert.deepEqual(read('1,"a ""b"", c",\r\n2,,', 3), { cells: ["1", 'a "b", c', ""], next: 17, broken: false });
    assert.deepEqual(read('1,"two\nlines",3\n', 3), { cells: ["1", "two\nlines", "3"], next: 16, broken: false });
  });

  it("takes a quote inside an unquoted cell as it is", () => {
    assert.deepEqual(read('1,5" disk,3\n', 3), { cells: ["1", '5" disk', "3"], next: 12, broken: false });
  });

  it("reads quotes that tshark 4.0 did not double", () => {
    assert.deepEqual(read('"1","text/xml; charset="UTF-8"","x"\n', 3), {
      cells: ["1", 'text/xml; charset="UTF-8"', "x"],
      next: 36,
      broken: true,
    });
    assert.deepEqual(read('"/a"b,c","2"\n', 2), { cells: ['/a"b,c', "2"], next: 13, broken: true });
    assert.deepEqual(read('"""","2"\n"3","4"\n', 2), { cells: ['"', "2"], next: 9, broken: false });
    assert.deepEqual(read('"a"",,\n"next","row","x"\n', 3), { cells: ['a"', "", ""], next: 7, broken: true });
  });

  it("tells an inner quote before a comma from the end of a cell, where all cells are quoted", () => {
    const agent = 'Lab "quoted", client/1.0';
    assert.deepEqual(read(`"1","${agent}",,"x"\n`, 4), { cells: ["1", agent, "", "x"], next: 36, broken: true });
    assert.deepEqual(read('"1","a "b"",benign\n', 3), { cells: ["1", 'a "b"', "benign"], next: 19, broken: true });
  });

  it("reads separators that tshark 4.4 took the meaning of with a backslash", () => {
    assert.deepEqual(read("1,Jun  4\\, 2023,3\n", 3), { cells: ["1", "Jun  4, 2023", "3"], next: 18, broken: false });
    assert.deepEqual(
      read("1,C:\\,3\n", 3),
      { cells: ["1", "C:\\", "3"], next: 8, broken: false },
      "a backslash at the end of a cell is no escape where the cells are right without",
    );
  });

  it("lets a stray quote cost its own row only", () => {
    assert.deepEqual(read('1,"abc,3\n4,5,6\n"7","8","9"\n', 3), { cells: ["1", "abc,3"], next: 9, broken: true });
    assert.deepEqual(read('1,"abc,3\n4,5,6\n', 3), { cells: ["1", "abc,3"], next: 9, broken: true });
  });

  it("asks for more text while a record may go on", () => {
    for (const text of ["1,2", '1,"a', '1,"a"', '1,"a\nb', '1,"a"\r']) assert.equal(read(text, 2, { isLast: false }), "more", text);
    assert.notEqual(read("1,2\n", 2, { isLast: false }), "more");
    assert.notEqual(read(`1,${"x".repeat(MAX_RECORD_BYTES)}`, 2, { isLast: false }), "more", "but not for ever");
  });
});
