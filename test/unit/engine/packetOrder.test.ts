/** Parts of an order, however few packets are sorted at once, against sorting that anybody can see is right. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { PacketOrder, type SortKey } from "../../../src/engine/packetOrder";
import { finish } from "../../../src/engine/steps";

/** Values of all sizes, many of them alike. */
const someValue = fc.oneof(fc.nat(2), fc.constant(7), fc.nat(100), fc.constantFrom(2 ** 31, 2 ** 32 - 1), fc.nat(2 ** 32 - 1));
const someRows = fc.array(fc.tuple(someValue, someValue, someValue), { maxLength: 200 });
const someKeys = fc.subarray([0, 1, 2], { minLength: 0 });

type Row = readonly number[];
const keyOf =
  (rows: readonly Row[], at: number): SortKey =>
  (list, target) =>
    list.forEach((row, i) => (target[i] = rows[row][at]));

function sorted(rows: readonly Row[], list: Uint32Array, keys: readonly number[]): number[] {
  return [...list].sort((a, b) => {
    for (const key of keys) if (rows[a][key] !== rows[b][key]) return rows[a][key] - rows[b][key];
    return list.indexOf(a) - list.indexOf(b);
  });
}

describe("PacketOrder", () => {
  const sortedAtOnce = fc.constantFrom(1, 2, 5, 30, 1 << 16);
  const parts = fc.array(fc.tuple(fc.nat(220), fc.nat(60)), { minLength: 1, maxLength: 6 });

  it("has any part as sorting all has it, ties in the order of the list", () => {
    fc.assert(
      fc.property(someRows, someKeys, sortedAtOnce, parts, (rows, keys, most, asked) => {
        // Of the rows, those at odd places, the last one first.
        const list = Uint32Array.from(rows.keys())
          .filter((row) => row % 2 === 1)
          .reverse();
        const expected = sorted(rows, list, keys);
        const order = new PacketOrder(
          list,
          keys.map((key) => keyOf(rows, key)),
          { sortedAtOnce: most },
        );
        for (const [first, count] of asked)
          assert.deepEqual([...finish(order.part(first, first + count))], expected.slice(first, first + count));
        assert.deepEqual([...finish(order.part(0, Infinity))], expected);
      }),
      { numRuns: 500 },
    );
  });

  it("knows where a packet stands", () => {
    fc.assert(
      fc.property(someRows, someKeys, sortedAtOnce, (rows, keys, most) => {
        const list = Uint32Array.from(rows.keys());
        const expected = sorted(rows, list, keys);
        const order = new PacketOrder(
          list,
          keys.map((key) => keyOf(rows, key)),
          { sortedAtOnce: most },
        );
        for (const row of list) assert.equal(finish(order.placeOf(row)), expected.indexOf(row));
      }),
    );
  });

  it("looks at all packets once, and sorts only what is asked for, wherever that is", () => {
    let filled = 0;
    const list = Uint32Array.from({ length: 100_000 }, (_, i) => i);
    const valueOf = (row: number): number => (row * 7919) % 100_003;
    const expected = [...list].sort((a, b) => valueOf(a) - valueOf(b));
    const key: SortKey = (rows, target) => {
      filled += rows.length;
      rows.forEach((row, i) => (target[i] = valueOf(row)));
    };
    const order = new PacketOrder(list, [key]);
    const filledFor = (first: number, count: number): number => {
      const before = filled;
      assert.deepEqual([...finish(order.part(first, first + count))], expected.slice(first, first + count));
      return filled - before;
    };
    const once = filledFor(50_000, 100);
    assert.ok(once > 2 * list.length && once < 3.1 * list.length, String(once));
    assert.equal(filledFor(50_100, 300), 0, "beside it");
    for (const first of [0, 90_000, 99_990, 20_000]) {
      const elsewhere = filledFor(first, 10);
      assert.ok(elsewhere > 0 && elsewhere < 10_000, String(elsewhere));
    }
  });

  it("has the last one of the list first when it is reversed", () => {
    const list = Uint32Array.of(3, 5, 8, 13);
    const order = new PacketOrder(list, [], { isReversed: true });
    assert.deepEqual([...finish(order.part(0, 3))], [13, 8, 5]);
    assert.deepEqual([...finish(order.part(3, 9))], [3]);
    assert.equal(finish(order.placeOf(1)), 2);
    assert.deepEqual([...list], [3, 5, 8, 13]);
  });
});
