import assert from "node:assert/strict";
import { walkStream } from "../../../src/engine/streamOf";
import { captureFacts, walkStreams } from "../../../src/engine/streamWalk";
import { columnsOf, orderOf, type Packet } from "../../support/packets";

/** Rows of every stream in capture order, `+` for direction 0 and `-` for 1. */
function walkOf(packets: readonly Packet[], segments?: { first: number; rows: number }[]): Record<number, string> {
  const columns = columnsOf(packets);
  const order = orderOf(columns, segments);
  const { rows, directions, streams, starts } = walkStreams(columns, order, captureFacts(columns, order));
  const said = Array.from(rows, (row, place) => `${directions[place] === 0 ? "+" : "-"}${String(row)}`);
  streams.forEach((stream, i) => {
    const alone = walkStream(columns, { numbers: columns, order }, stream);
    assert.deepEqual(alone.rows, rows.slice(starts[i], starts[i + 1]));
    assert.deepEqual(alone.directions, directions.slice(starts[i], starts[i + 1]));
  });
  return Object.fromEntries(Array.from(streams, (stream, i) => [stream, said.slice(starts[i], starts[i + 1]).join(" ")]));
}

describe("walk along streams", () => {
  it("puts both directions into one order, every stream for itself", () => {
    const packets: Packet[] = [
      { seq: 1 },
      { seq: 1, stream: 7, from: "b" },
      { seq: 1, from: "b" },
      { seq: 2 },
      { seq: 2, stream: 7 },
      { seq: 5, stream: null },
    ];
    assert.deepEqual(walkOf(packets), { 0: "+0 -2 +3", 7: "+1 -4" });
  });

  it("goes by frame numbers where time says otherwise", () => {
    const packets: Packet[] = [
      { seq: 1, frame: 30, time: 1 },
      { seq: 2, frame: 10, time: 2 },
      { seq: 3, from: "b", frame: 20, time: 9 },
      { seq: 4, from: "b", frame: 25, time: 3 },
    ];
    assert.deepEqual(walkOf(packets), { 0: "+1 -2 -3 +0" });
  });

  it("goes by time where a packet of the stream has no frame number, then by the file", () => {
    const packets: Packet[] = [
      { seq: 1, frame: 3, time: 5.000000002 },
      { seq: 2, from: "b", frame: 2, time: 5.000000001 },
      { seq: 3, from: "b", frame: null, time: null },
      { seq: 4, frame: 1, time: 5.000000001 },
      { seq: 5, frame: 9, time: null },
    ];
    assert.deepEqual(walkOf(packets), { 0: "-1 +3 +0 -2 +4" });
    // The file has the rows of the second segment first.
    const segments = [
      { first: 3, rows: 2 },
      { first: 0, rows: 3 },
    ];
    assert.deepEqual(walkOf(packets, segments), { 0: "+3 -1 +0 +4 -2" });
  });

  it("sorts long streams, short ones, and many, as a plain sort does", () => {
    let state = 1;
    const random = (below: number): number => (state = (state * 48271) % 0x7fffffff) % below;
    for (const [count, streams] of [
      [30, 1],
      [5000, 1],
      [6000, 700],
      [9000, 2],
    ]) {
      const packets = Array.from({ length: count }, (_, i): Packet => ({
        seq: i,
        stream: random(streams),
        from: random(2) === 0 ? "a" : "b",
        frame: 1 + ((i * 7919) % 10_007),
        time: random(50),
      }));
      const columns = columnsOf(packets);
      const order = orderOf(columns);
      const walk = walkStreams(columns, order, captureFacts(columns, order));
      const wanted = packets
        .map((_, row) => row)
        .sort((a, b) => columns.stream[a] - columns.stream[b] || columns.frame[a] - columns.frame[b]);
      assert.deepEqual([...walk.rows], wanted);
      walk.streams.forEach((_, i) => {
        const places = wanted.slice(walk.starts[i], walk.starts[i + 1]);
        const own = packets[Math.min(...places)].from;
        const directions = places.map((row) => (packets[row].from === own ? 0 : 1));
        assert.deepEqual([...walk.directions.subarray(walk.starts[i], walk.starts[i + 1])], directions);
      });
    }
  });
});
