import assert from "node:assert/strict";
import { FirstCopies, overlapOf } from "../../../src/engine/overlaps";
import { follow, HANDSHAKE } from "../../support/packets";

/** Pairs of packets, in the order found; packets count from 0. */
function pairsOf(segments: readonly (readonly [seq: number, len: number])[]): string[] {
  const copies = new FirstCopies();
  const pairs: string[] = [];
  segments.forEach(([seq, len], packet) => copies.add(seq, len, packet, (one, other) => pairs.push(`${String(one)}-${String(other)}`)));
  return pairs;
}

describe("FirstCopies", () => {
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
        [115, 1],
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
      const segments = Array.from({ length: 40 }, () => [(base + random(600)) % 2 ** 32, 1 + random(60)] as const);
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
    const copies = new FirstCopies();
    const found: number[] = [];
    const add = (seq: number, packet: number): void => copies.add(seq, 10, packet, (one) => found.push(one));
    for (let i = 0; i < 20_000; i++) add(i * 10, i);
    assert.equal(copies.hasForgotten, true);
    add(199_000, 20_000);
    add(100, 20_001);
    assert.deepEqual(found, [19_900]);
  });
});

describe("overlaps of streams", () => {
  it("are looked for per direction and stream, without resets and single bytes", () => {
    const { overlaps, walk } = follow([
      ...HANDSHAKE,
      { seq: 1, ack: 1, len: 10 },
      { from: "b", seq: 1, ack: 11, len: 10 },
      { seq: 1, ack: 11, len: 10 },
      { seq: 10, ack: 11, len: 1 },
      { seq: 1, ack: 11, len: 10, flags: "RA" },
      { seq: 1, ack: 11, len: 10, stream: 1 },
    ]);
    assert.equal(overlaps.count, 1);
    assert.deepEqual([walk.rows[overlaps.earlier[0]], walk.rows[overlaps.later[0]]], [3, 5]);
  });

  it("begin behind the number of a SYN that brings data", () => {
    const { overlaps } = follow([
      { seq: 0, flags: "S", len: 10 },
      { seq: 11, ack: 1, len: 10 },
      { seq: 1, ack: 1, len: 10 },
    ]);
    assert.equal(overlaps.count, 1);
    assert.equal(overlaps.earlier[0], 0);
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
