import assert from "node:assert/strict";
import { PacketColumns, Valid } from "../../../src/engine/columns";
import {
  BATCH_PACKETS,
  LookedUpBatch,
  PART_PACKETS,
  PacketPart,
  partSorter,
  UNKNOWN_WINDOW,
  visitPackets,
  type PacketVisitor,
} from "../../../src/engine/packetBatch";
import { finish } from "../../../src/engine/steps";
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
function expected({ valid, seq, ack, len, window, flags, seconds, nanos }: PacketColumns, row: number, earliest: number): number[] {
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
    has(Valid.time) ? (seconds[row] - earliest) * 1e9 + nanos[row] : NaN,
  ];
}

describe("packets side by side", () => {
  // More than one part, so that parts join.
  const rows = 2 * (PART_PACKETS + 3 * BATCH_PACKETS + 5);
  const { columns, list } = randomCapture(rows, 42);
  const earliest = columns.seconds
    .subarray(0, rows)
    .reduce((least, each, row) => (columns.valid[row] & Valid.time ? Math.min(least, each) : least), Infinity);

  it("shows every packet once, in the order of the walk, as its row says", function () {
    this.timeout(20_000);
    let next = 0;
    let wrong = 0;
    const visitor: PacketVisitor = {
      take({ seq, ack, len, window, flags, valid, ns }, first, count) {
        assert.equal(first, next);
        next += count;
        for (let i = 0; i < count; i++) {
          const should = expected(columns, list[first + i], earliest);
          if (![seq[i], ack[i], len[i], window[i], flags[i], valid[i], ns[i]].every((is, at) => Object.is(is, should[at]))) wrong++;
        }
      },
    };
    finish(visitPackets(columns, list, [visitor], new Uint16Array(rows), partSorter(columns, list)));
    assert.equal(next, list.length);
    assert.equal(wrong, 0);
  });

  it("brings labels back to their rows, and to whoever looks behind", function () {
    this.timeout(20_000);
    const labels = new Uint16Array(rows);
    let seen = 0;
    const maker: PacketVisitor = {
      take({ labels: made, seq }, _first, count) {
        for (let i = 0; i < count; i++) made[i] = seq[i] & 0xffff;
      },
    };
    const reader: PacketVisitor = {
      take({ labels: made, seq }, _first, count) {
        for (let i = 0; i < count; i++) if (made[i] === (seq[i] & 0xffff)) seen++;
      },
    };
    finish(visitPackets(columns, list, [maker, reader], labels, partSorter(columns, list)));
    assert.equal(seen, list.length);
    const isListed = new Uint8Array(rows);
    for (const row of list) isListed[row] = 1;
    for (let row = 0; row < rows; row++) if (labels[row] !== (isListed[row] ? columns.seq[row] & 0xffff : 0)) assert.fail(String(row));
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
