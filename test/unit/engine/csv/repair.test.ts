import assert from "node:assert/strict";
import { RecordReader } from "../../../../src/engine/csv/records";
import { alignExtraCells, isPrefix } from "../../../../src/engine/csv/repair";
import { cellShapes, mapHeader } from "../../../../src/engine/fields";
import { encodeUtf8 } from "../../../../src/engine/utf8";

const header = mapHeader(["frame.number", "frame.time", "ip.src", "tcp.seq", "tcp.flags", "http.user_agent", "alert"], ["alert"]);
const shapes = cellShapes(header);

/** Cells of each column joined with a comma, "?" where that is not certain; undefined when nothing fits. */
function align(row: string): string[] | undefined {
  const bytes = encodeUtf8(row);
  const record = new RecordReader({ delimiter: 0x2c, newline: 0x0a, cellCount: 7 });
  record.read(bytes, 0, bytes.length, true);
  const alignment = alignExtraCells(bytes, record, shapes, 1);
  return (
    alignment &&
    Array.from(alignment.first, (first, column) => (first < 0 ? "?" : row.slice(record.starts[first], record.ends[alignment.last[column]])))
  );
}

describe("alignExtraCells", () => {
  it("joins a frame.time torn by its own comma", () => {
    assert.deepEqual(align("1,Jun  4, 2023 12:23:33.4 EDT,10.0.0.1,7,0x0002,,benign"), [
      "1",
      "Jun  4, 2023 12:23:33.4 EDT",
      "10.0.0.1",
      "7",
      "0x0002",
      "",
      "benign",
    ]);
  });

  it("joins several values of one field and a torn time together", () => {
    assert.deepEqual(align("1,Jun  4, 2023 12:23:33.4 EDT,10.0.0.1,10.0.0.2,7,0x0002,,benign")?.slice(0, 5), [
      "1",
      "Jun  4, 2023 12:23:33.4 EDT",
      "10.0.0.1,10.0.0.2",
      "7",
      "0x0002",
    ]);
  });

  it("keeps what is certain when the rest is not", () => {
    assert.deepEqual(align("1,Jun  4, 2023 12:23:33.4 EDT,10.0.0.1,7,0x0002,Mozilla (X11, Linux),benign"), [
      "1",
      "Jun  4, 2023 12:23:33.4 EDT",
      "10.0.0.1",
      "7",
      "0x0002",
      "?",
      "?",
    ]);
  });

  it("never guesses a number", () => {
    assert.equal(align("1,2023-06-04 12:23:33,10.0.0.1,7,8,9,,benign")?.[3], "?");
  });

  it("gives up where nothing fits", () => {
    assert.equal(align("1,no time,10.0.0.1,7,0x0002,,x,y,z"), undefined);
    assert.equal(align(`1${",x".repeat(100)}`), undefined);
  });
});

describe("isPrefix", () => {
  const check = (row: string): boolean => {
    const bytes = encodeUtf8(row);
    const record = new RecordReader({ delimiter: 0x2c, newline: 0x0a, cellCount: 7 });
    record.read(bytes, 0, bytes.length, true);
    return isPrefix(bytes, record, shapes);
  };

  it("accepts a row that lacks cells at its end, and no shifted one", () => {
    assert.equal(check("1,2023-06-04 12:23:33,10.0.0.1,7"), true);
    assert.equal(check("1,10.0.0.1,7,0x0002,,benign"), false);
  });
});
