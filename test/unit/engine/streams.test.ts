import assert from "node:assert/strict";
import { Valid } from "../../../src/engine/columns";
import { findReusedTuples, numberStreams } from "../../../src/engine/streams";
import { columnsOf, orderOf, type Packet } from "../../support/packets";

/** Stream per row, null for none. */
function streamsOf(packets: readonly Packet[], segments?: { first: number; rows: number }[]): (number | null)[] {
  const columns = columnsOf(packets.map((packet) => ({ stream: null, ...packet })));
  const { stream, valid } = numberStreams(columns, segments ?? [{ first: 0, rows: columns.rows }]);
  return packets.map((_, row) => (valid[row] & Valid.stream ? stream[row] : null));
}

describe("streams", () => {
  it("are the file's own where it has some", () => {
    const columns = columnsOf([
      { seq: 1, stream: 9 },
      { seq: 1, stream: null },
    ]);
    assert.equal(numberStreams(columns, [{ first: 0, rows: 2 }]), columns);
  });

  it("have two endpoints, whichever sends, and are numbered as they begin", () => {
    const packets: Packet[] = [
      { seq: 1, ack: 1 },
      { from: "10.0.0.3:5", to: "10.0.0.1:1000", seq: 1, ack: 1 },
      { from: "b", seq: 1, ack: 1 },
      { from: "10.0.0.1:1000", to: "10.0.0.3:5", seq: 1, ack: 1 },
      { from: "10.0.0.1:80", to: "10.0.0.2:1000", seq: 1, ack: 1 },
    ];
    assert.deepEqual(streamsOf(packets), [0, 1, 0, 1, 2]);
  });

  it("begin anew at a SYN with another number on the wire, not at the same SYN again", () => {
    const packets: Packet[] = [
      { seq: 4000000000, flags: "S" },
      { seq: 4000000000, flags: "S" },
      { from: "b", seq: 70, ack: 4000000001, flags: "SA" },
      { seq: 4000000001, ack: 71 },
      { seq: 4000000000, flags: "S" },
      { seq: 123, flags: "S" },
      { from: "b", seq: 90, ack: 124, flags: "SA" },
    ];
    assert.deepEqual(streamsOf(packets), [0, 0, 0, 0, 0, 1, 1]);
    // The number that an ACK gives away counts too.
    assert.deepEqual(
      streamsOf([
        { from: "b", seq: 70, ack: 501, flags: "SA" },
        { seq: 500, flags: "S" },
        { seq: 400, flags: "S" },
      ]),
      [0, 0, 1],
    );
  });

  it("begin anew, where every SYN is 0, at one behind more than a handshake", () => {
    const syn: Packet = { seq: 0, flags: "S" };
    const reset: Packet = { from: "b", seq: 1, ack: 1, flags: "RA" };
    assert.deepEqual(streamsOf([syn, reset, syn, reset]), [0, 0, 0, 0]);
    assert.deepEqual(streamsOf([syn, { from: "b", seq: 0, ack: 1, flags: "SA" }, { seq: 1, ack: 1 }, syn, syn]), [0, 0, 0, 1, 1]);
  });

  it("are those of the capture's order, whatever the file's", () => {
    const syn: Packet = { seq: 0, flags: "S" };
    const packets: Packet[] = [
      { ...syn, frame: 4 },
      { seq: 1, ack: 1, frame: 3 },
      { from: "b", seq: 0, ack: 1, flags: "SA", frame: 2 },
      { ...syn, frame: 1 },
    ];
    assert.deepEqual(streamsOf(packets), [1, 0, 0, 0]);
    const byTime = packets.map(({ frame, ...packet }) => ({ ...packet, frame: null, time: frame! }));
    assert.deepEqual(streamsOf(byTime), [1, 0, 0, 0]);
    const byPlace = packets.map((packet) => ({ ...packet, frame: null, time: null }));
    const backwards = [3, 2, 1, 0].map((first) => ({ first, rows: 1 }));
    assert.deepEqual(streamsOf(byPlace, backwards), [1, 0, 0, 0]);
  });

  it("take no rows without number, ports or flags", () => {
    assert.deepEqual(streamsOf([{ seq: 1, ack: 1 }, { seq: 1, flags: null }, { ack: 5 }]), [0, null, null]);
    assert.deepEqual(
      streamsOf([
        { seq: 1, flags: null },
        { from: "b", seq: 1, flags: null },
      ]),
      [0, 0],
    );
  });

  it("are told apart by the hundred thousand", () => {
    const packets = Array.from({ length: 20_000 }, (_, i): Packet => ({
      from: `10.0.${String(i >> 13)}.1:${String(1024 + (i % 8192))}`,
      to: "b",
      seq: 1,
      ack: 1,
    }));
    assert.deepEqual(
      streamsOf([...packets, ...packets]),
      [...packets, ...packets].map((_, i) => i % 20_000),
    );
  });

  it("reuse endpoints when an earlier one had them", () => {
    const columns = columnsOf([
      { seq: 1, stream: 8 },
      { from: "b", seq: 1, stream: 2 },
      { from: "10.0.0.9:9", seq: 1, stream: 5 },
    ]);
    assert.deepEqual([...findReusedTuples(columns, orderOf(columns))], [0, 0, 1]);
  });
});
