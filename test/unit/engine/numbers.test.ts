import assert from "node:assert/strict";
import { EMPTY, isMissing, NumberReader, UNREADABLE } from "../../../src/engine/numbers";
import { encodeUtf8 } from "../../../src/engine/utf8";

const reader = new NumberReader();
/** What stands behind a cell must not matter: it is read twice, once with a further value there. */
function read(text: string): number {
  const [value, again] = ["#", ",1"].map((behind) => {
    const bytes = encodeUtf8(`#${text}${behind}`);
    return reader.read(bytes, 1, bytes.length - behind.length);
  });
  assert.equal(again, value, `${text} before a comma`);
  return value;
}

describe("NumberReader", () => {
  it("reads numbers as tshark, pandas and Excel write them", () => {
    const cases: [string, number][] = [
      ["0", 0],
      ["1449", 1449],
      ["4294967295", 4294967295],
      ["1449.0", 1449],
      ["22340.000", 22340],
      [" 7 ", 7],
      ["1\r", 1],
      ["0x0012", 18],
      ["0x00000012", 18],
      ["0XfF", 255],
      ["True", 1],
      ["False", 0],
      ["TRUE", 1],
      ["1.449E+03", 1449],
      ["1,449e3", 1449],
      ["007", 7],
    ];
    for (const [text, value] of cases) assert.equal(read(text), value, text);
  });

  it("takes the first of several values and says so", () => {
    for (const [text, value] of [
      ["0,1", 0],
      ["1449\\,1", 1449],
      ["0x0012,0x0010", 18],
      ["5;6", 5],
      ["1.0,2.0", 1],
    ] as const) {
      assert.equal(read(text), value, text);
      assert.equal(reader.isMultiple, true, text);
    }
    read("1449");
    assert.equal(reader.isMultiple, false);
  });

  it("says when digits may be lost", () => {
    assert.equal(read("1.23457E+09"), 1234570000);
    assert.equal(reader.isLossy, true);
  });

  it("knows empty cells and refuses the rest", () => {
    for (const text of ["", " ", "NaN", "nan", "NULL", "N/A", "None"]) assert.equal(read(text), EMPTY, text);
    for (const text of [
      "-1",
      "1.5",
      "x",
      "0x",
      "0xg",
      "1e",
      "1 2",
      "1,x",
      "tcp.seq",
      "99999999999999999999",
      "１",
      "233\\",
      "0x12\\",
      "5.0\\",
    ])
      assert.equal(read(text), UNREADABLE, text);
  });
});

describe("isMissing", () => {
  it("knows the words that pandas reads as missing, and no others", () => {
    for (const word of ["", "NaN", "null", "#N/A", "<NA>", "1.#QNAN", "n/a"])
      assert.equal(isMissing(encodeUtf8(word), 0, word.length), true, word);
    for (const word of ["NAN", "Null", "benign", "0", "nano", "none"])
      assert.equal(isMissing(encodeUtf8(word), 0, word.length), false, word);
  });
});
