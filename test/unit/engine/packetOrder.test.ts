/** Parts of an order, however few packets are sorted at once, against sorting that anybody can see is right. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { KeySpace, PacketOrder, type SortKey } from "../../../src/engine/packetOrder";
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
          new KeySpace(),
          most,
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
      fc.property(someRows, someKeys, (rows, keys) => {
        const list = Uint32Array.from(rows.keys());
        const expected = sorted(rows, list, keys);
        const order = new PacketOrder(
          list,
          keys.map((key) => keyOf(rows, key)),
          new KeySpace(),
        );
        for (const row of list) assert.equal(finish(order.placeOf(row)), expected.indexOf(row));
      }),
    );
  });

  it("sorts only what is asked for, once", () => {
    let filled = 0;
    const list = Uint32Array.from({ length: 100_000 }, (_, i) => i);
    const key: SortKey = (rows, target) => {
      filled += rows.length;
      rows.forEach((row, i) => (target[i] = (row * 7919) % 100_003));
    };
    const order = new PacketOrder(list, [key], new KeySpace());
    const part = finish(order.part(50_000, 50_100));
    assert.ok(filled < 150_000, String(filled));
    assert.ok(part.every((row, i) => i === 0 || (row * 7919) % 100_003 > (part[i - 1] * 7919) % 100_003));
    const before = filled;
    finish(order.part(50_100, 50_300));
    assert.equal(filled, before);
  });

  it("goes by the keys that are counted already, unless another order has taken their place", () => {
    const list = Uint32Array.from({ length: 100_000 }, (_, i) => i);
    const space = new KeySpace();
    const fills = [0, 0];
    const [one, other] = [7919, 104_729].map((factor, which) => {
      const key: SortKey = (rows, target) => {
        if (rows.length === list.length) fills[which]++;
        rows.forEach((row, i) => (target[i] = (row * factor) % 100_003));
      };
      return { order: new PacketOrder(list, [key], space), keyAt: (row: number) => (row * factor) % 100_003 };
    });
    const check = ({ order, keyAt }: typeof one, first: number): void => {
      const keys = [...list].map(keyAt).sort((a, b) => a - b);
      assert.deepEqual([...finish(order.part(first, first + 50))].map(keyAt), keys.slice(first, first + 50));
    };
    check(one, 0);
    check(one, 90_000);
    check(one, 40_000);
    assert.deepEqual(fills, [1, 0]);
    check(other, 40_000);
    check(one, 70_000);
    check(other, 10);
    assert.deepEqual(fills, [2, 2]);
  });
});
