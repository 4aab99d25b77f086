import assert from "node:assert/strict";
import { PacketColumns, Valid } from "../../../src/engine/columns";
import { BATCH_PACKETS, LookedUpBatch, PART_PACKETS, PacketPart, UNKNOWN_WINDOW } from "../../../src/engine/packetBatch";
import { TcpFlag } from "../../../src/engine/tcpFlags";
import { randomOf } from "../../support/random";

const BITS = [Valid.seq, Valid.time, Valid.len, Valid.ack, Valid.flags, Valid.window];

/** Rows with random numbers, of which any may be missing, and a random half of them in random order. */
function randomCapture(rows: number, seed: number): { columns: PacketColumns; list: Uint32Array } {
  const random = randomOf(seed);
  const below = (end: number): number => Math.floor(random() * end);
  const columns = new PacketColumns();
  columns.reserve(rows);
  columns.rows = rows;
  const list = new Uint32Array(rows >> 1);
  for (let row = 0; row < rows; row++) {
    for (const bit of BITS) if (random() < 0.9) columns.valid[row] |= bit;
    for (const name of ["seq", "len", "window", "nanos"] as const) columns[name][row] = below(1e9);
    columns.ack[row] = below(3);
    columns.seconds[row] = 1_700_000_000 + below(1000);
    columns.flags[row] = below(0x1000);
  }
  for (let i = 0; i < list.length; i++) list[i] = (i * 7919) % rows;
  return { columns, list };
}

/** What a batch has to hold of a row. */
function expected({ valid, seq, ack, len, window, flags }: PacketColumns, row: number): number[] {
  const has = (bit: number): boolean => (valid[row] & bit) !== 0;
  const withoutAck = flags[row] & ~TcpFlag.ack;
  const implied = has(Valid.ack) && ack[row] !== 0 ? TcpFlag.ack : 0;
  return [
    seq[row],
    has(Valid.ack) ? ack[row] : 0,
    len[row],
    has(Valid.window) ? window[row] : UNKNOWN_WINDOW,
    has(Valid.flags) ? (has(Valid.ack) ? flags[row] : withoutAck) : implied,
    valid[row],
  ];
}

describe("packets side by side", () => {
  // More than one part, so that parts join.
  const rows = 2 * (PART_PACKETS + 3 * BATCH_PACKETS + 5);
  const { columns, list } = randomCapture(rows, 42);

  it("has of every packet what its row says", () => {
    const lookUp = new LookedUpBatch(columns, list);
    for (let first = 0; first < list.length; first += 50 * BATCH_PACKETS) {
      const count = Math.min(BATCH_PACKETS, list.length - first);
      const { seq, ack, len, window, flags, valid } = lookUp.load(first, count);
      for (let i = 0; i < count; i++)
        assert.deepEqual([seq[i], ack[i], len[i], window[i], flags[i], valid[i]], expected(columns, list[first + i]));
    }
  });

  it("shows any stretch of a part as if it were looked up", () => {
    const part = new PacketPart(columns, list);
    const lookUp = new LookedUpBatch(columns, list);
    for (const [first, count] of [
      [0, 5],
      [3, BATCH_PACKETS],
      [PART_PACKETS - 2, 4],
      [10, 1],
      [list.length - 1, 1],
    ]) {
      const one = part.take(first, count);
      const other = lookUp.load(first, count);
      for (const name of ["seq", "ack", "len", "window", "flags", "valid"] as const)
        assert.deepEqual([...one[name]], [...other[name].subarray(0, count)], name);
    }
  });
});
