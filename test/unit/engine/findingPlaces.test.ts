import assert from "node:assert/strict";
import { placesOf } from "../../../src/engine/packetRows";
import { RowNumbers } from "../../../src/engine/rowNumbers";
import { columnsOf, type Packet } from "../../support/packets";

/** Places of the given rows; `fields` are the columns of the file. */
function places(packets: readonly Packet[], rows: readonly number[], fields: readonly string[] = ["stream"]) {
  const columns = columnsOf(packets);
  const numbers = new RowNumbers(columns, [{ first: 0, rows: columns.rows }]);
  const head = { header: { columns: new Map(fields.map((name, i) => [name, i])) } } as unknown as Parameters<typeof placesOf>[0]["head"];
  return placesOf({ columns, head }, numbers, Uint32Array.from(rows));
}

describe("where the packets of a finding stand", () => {
  it("is said by frames, each once and ascending, by rows, and by their stream", () => {
    const packets = [
      { seq: 1, frame: 9, stream: 5 },
      { seq: 2, frame: 3, stream: 5 },
      { seq: 3, frame: 9, stream: 5 },
      { seq: 4, frame: 1, stream: 6 },
    ];
    assert.deepEqual(places(packets, [2, 0, 1]), { frames: Uint32Array.of(3, 9), rows: Uint32Array.of(1, 2, 3), stream: 5 });
    assert.equal(places(packets, [0, 3]).stream, null);
  });

  it("has no frames when one packet has none, and no stream that the file does not name", () => {
    const packets = [
      { seq: 1, frame: 1 },
      { seq: 2, frame: null },
    ];
    assert.deepEqual(places(packets, [0, 1], []), { frames: null, rows: Uint32Array.of(1, 2), stream: null });
    assert.deepEqual(places(packets, []), { frames: null, rows: new Uint32Array(0), stream: null });
  });
});
