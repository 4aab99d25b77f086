/** Parts of an order, however few packets are sorted at once, against sorting that anybody can see is right. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { PacketOrder, type SortKey } from "../../../src/engine/packetOrder";
import { WrittenRows } from "../../../src/engine/rowList";
import { finish } from "../../../src/engine/steps";

/** Values of all sizes, many of them alike. */
const someValue = fc.oneof(fc.nat(2), fc.constant(7), fc.nat(100), fc.constantFrom(2 ** 31, 2 ** 32 - 1), fc.nat(2 ** 32 - 1));
const someRows = fc.array(fc.tuple(someValue, someValue, someValue), { maxLength: 200 });
const someKeys = fc.subarray([0, 1, 2], { minLength: 0 });

type Row = readonly number[];
const keyOf = (rows: readonly Row[], at: number): SortKey => ({
  fill: (list, target) => list.forEach((row, i) => (target[i] = rows[row][at])),
});

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
          new WrittenRows(list),
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
          new WrittenRows(list),
          keys.map((key) => keyOf(rows, key)),
          { sortedAtOnce: most },
        );
        for (const row of list) assert.equal(finish(order.placeOf(row)), expected.indexOf(row));
      }),
    );
  });

  it("has the same where the sample says little of the packets", () => {
    const length = 3 * (1 << 12);
    const list = Uint32Array.from({ length }, (_, i) => i);
    // Of these, every third is in the sample: it knows no value, one, the small ones, the large ones, none of the few others.
    const valuesOf: Record<string, (row: number) => number> = {
      one: () => 5,
      small: (row) => (row % 3 === 0 ? row % 7 : 4_000_000_000 - row),
      large: (row) => (row % 3 === 0 ? 4_000_000_000 + (row % 7) : (row * 7919) % 10_007),
      few: (row) => (row % 3 !== 1 ? 100 : row % 300 === 1 ? 0xffff_ffff : row % 300 === 4 ? 0 : 100),
      ends: (row) => (row % 3 === 0 ? (row % 2 === 0 ? 0 : 0xffff_ffff) : (row * 2_654_435_761) % 2 ** 32),
    };
    for (const [name, valueOf] of Object.entries(valuesOf))
      for (const isSampled of [true, false]) {
        const keys = [valueOf, (row: number): number => row % 11].map((value): SortKey => ({
          fill: (rows, target) => rows.forEach((row, i) => (target[i] = value(row))),
        }));
        const expected = [...list].sort((a, b) => valueOf(a) - valueOf(b) || (a % 11) - (b % 11) || a - b);
        const rows = new WrittenRows(list);
        rows.sample = () => list.filter((row) => isSampled && row % 3 === 0);
        for (const first of [0, 5000, length - 100]) {
          const order = new PacketOrder(rows, keys, { sortedAtOnce: 512 });
          for (const from of [first, 0, 9000, first])
            assert.deepEqual([...finish(order.part(from, from + 100))], expected.slice(from, from + 100), `${name}, ${from}`);
          assert.equal(finish(order.placeOf(7)), expected.indexOf(7), name);
        }
      }
  });

  it("looks at all packets few times, also where every n-th of them, and of the others, and so on, is smaller than all else", () => {
    // Made so that the smallest ones are sampled, again and again, by whoever takes every n-th.
    const valueOf = new Uint32Array(200_000).fill(1000);
    for (let left = Array.from(valueOf.keys()), round = 0; round < 60; round++) {
      const step = Math.ceil(left.length / 4096);
      left.forEach((row, i) => i % step === 0 && (valueOf[row] = round));
      left = left.filter((_, i) => i % step !== 0);
    }
    let filled = 0;
    const key: SortKey = {
      fill: (rows, target) => {
        filled += rows.length;
        rows.forEach((row, i) => (target[i] = valueOf[row]));
      },
    };
    const list = Uint32Array.from(valueOf.keys());
    const order = new PacketOrder(new WrittenRows(list), [key], { sortedAtOnce: 8192 });
    const last = finish(order.part(list.length - 10, list.length));
    assert.deepEqual([...last], [...[...list].sort((a, b) => valueOf[a] - valueOf[b] || a - b).slice(-10)]);
    assert.ok(filled < 8 * list.length, String(filled));
  });

  it("looks at all packets once for each place far away, and sorts only what is asked for", () => {
    let filled = 0;
    const list = Uint32Array.from({ length: 100_000 }, (_, i) => i);
    const valueOf = (row: number): number => (row * 7919) % 100_003;
    const expected = [...list].sort((a, b) => valueOf(a) - valueOf(b));
    const key: SortKey = {
      fill: (rows, target) => {
        filled += rows.length;
        rows.forEach((row, i) => (target[i] = valueOf(row)));
      },
    };
    const order = new PacketOrder(new WrittenRows(list), [key]);
    const filledFor = (first: number, count: number): number => {
      const before = filled;
      assert.deepEqual([...finish(order.part(first, first + count))], expected.slice(first, first + count));
      return filled - before;
    };
    for (const first of [50_000, 0, 90_000, 99_990, 20_000]) {
      const once = filledFor(first, 10);
      assert.ok(once >= list.length && once < 1.25 * list.length, `${first}: ${once}`);
      assert.equal(filledFor(Math.max(0, first - 1000), 10), 0, "beside it");
    }
  });

  it("has the last one of the list first when it is reversed", () => {
    const list = Uint32Array.of(3, 5, 8, 13);
    const order = new PacketOrder(new WrittenRows(list), [], { isReversed: true });
    assert.deepEqual([...finish(order.part(0, 3))], [13, 8, 5]);
    assert.deepEqual([...finish(order.part(3, 9))], [3]);
    assert.equal(finish(order.placeOf(1)), 2);
    assert.deepEqual([...list], [3, 5, 8, 13]);
  });
});
