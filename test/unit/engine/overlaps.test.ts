import assert from "node:assert/strict";
import { overlapOf } from "../../../src/engine/overlaps";
import { follow, HANDSHAKE } from "../../support/packets";

/** Pairs of packets of one direction, in the order found; packets count from 0. */
function pairsOf(segments: readonly (readonly [seq: number, len: number])[]): string[] {
  const { count, earlier, later } = follow(segments.map(([seq, len], i) => ({ seq, len, ack: 1, frame: i + 1 }))).overlaps;
  return Array.from({ length: count }, (_, pair) => `${String(earlier[pair])}-${String(later[pair])}`);
}

describe("bytes that come again", () => {
  it("names who brought a byte first, whatever its segment's borders", () => {
    assert.deepEqual(
      pairsOf([
        [100, 10],
        [110, 10],
        [105, 10],
      ]),
      ["0-2", "1-2"],
    );
    assert.deepEqual(
      pairsOf([
        [100, 10],
        [120, 10],
        [100, 30],
      ]),
      ["0-2", "1-2"],
    );
    assert.deepEqual(
      pairsOf([
        [100, 10],
        [90, 10],
        [110, 10],
      ]),
      [],
    );
    // The third compares with the first two only where they were first.
    assert.deepEqual(
      pairsOf([
        [100, 10],
        [100, 20],
        [115, 2],
      ]),
      ["0-1", "1-2"],
    );
  });

  it("goes on across 2^32, and keeps numbers 4 GiB apart apart", () => {
    const near = 2 ** 32 - 5;
    assert.deepEqual(
      pairsOf([
        [near, 10],
        [5, 10],
        [2, 6],
      ]),
      ["0-2", "1-2"],
    );
    const around: [number, number][] = Array.from({ length: 9 }, (_, i) => [(i * 2 ** 29) % 2 ** 32, 10]);
    assert.deepEqual(pairsOf(around), []);
  });

  it("agrees with a table of bytes, seed 7", () => {
    let state = 7;
    const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 200; round++) {
      const base = 2 ** 32 - random(400);
      const segments = Array.from({ length: 40 }, () => [(base + random(600)) % 2 ** 32, 2 + random(60)] as const);
      const owners = new Map<number, number>();
      const expected = new Set<string>();
      segments.forEach(([seq, len], packet) => {
        for (let i = 0; i < len; i++) {
          const at = (seq + i - base + 2 ** 33) % 2 ** 32;
          const owner = owners.get(at);
          if (owner === undefined) owners.set(at, packet);
          else expected.add(`${String(owner)}-${String(packet)}`);
        }
      });
      assert.deepEqual([...new Set(pairsOf(segments))].sort(), [...expected].sort());
    }
  });

  it("forgets the lowest of very many, and says so", () => {
    const many = Array.from({ length: 20_000 }, (_, i) => [i * 10, 10] as const);
    assert.deepEqual(pairsOf([...many, [199_000, 10], [100, 10]]), ["19900-20000"]);
    const { overlaps } = follow(many.map(([seq, len], i) => ({ seq, len, ack: 1, frame: i + 1 })));
    assert.deepEqual([overlaps.count, overlaps.isForgetful], [0, true]);
    assert.equal(follow([{ seq: 1, len: 10 }]).overlaps.isForgetful, false);
  });
});

describe("overlaps of streams", () => {
  it("are looked for per direction and stream, without resets and single bytes", () => {
    const { overlaps, order } = follow([
      ...HANDSHAKE,
      { seq: 1, ack: 1, len: 10 },
      { from: "b", seq: 1, ack: 11, len: 10 },
      { seq: 1, ack: 11, len: 10 },
      { seq: 10, ack: 11, len: 1 },
      { seq: 1, ack: 11, len: 10, flags: "RA" },
      { seq: 1, ack: 11, len: 10, stream: 1 },
    ]);
    assert.equal(overlaps.count, 1);
    assert.deepEqual([order.rows[overlaps.earlier[0]], order.rows[overlaps.later[0]]], [3, 5]);
  });

  it("begin behind the number of a SYN that brings data", () => {
    const { overlaps } = follow([
      { seq: 0, flags: "S", len: 10 },
      { seq: 11, ack: 1, len: 10 },
      { seq: 1, ack: 1, len: 10 },
      { seq: 10, ack: 1, len: 11 },
    ]);
    assert.deepEqual(
      Array.from({ length: overlaps.count }, (_, pair) => [overlaps.earlier[pair], overlaps.later[pair]]),
      [
        [0, 2],
        [0, 3],
        [1, 3],
      ],
    );
  });
});

describe("overlapOf", () => {
  it("says where two segments have bytes in common", () => {
    assert.deepEqual(overlapOf(100, 10, 105, 10), { first: 5, second: 0, bytes: 5 });
    assert.deepEqual(overlapOf(105, 10, 100, 10), { first: 0, second: 5, bytes: 5 });
    assert.deepEqual(overlapOf(2 ** 32 - 4, 10, 2, 2), { first: 6, second: 0, bytes: 2 });
    assert.equal(overlapOf(100, 10, 110, 10).bytes, 0);
  });
});
