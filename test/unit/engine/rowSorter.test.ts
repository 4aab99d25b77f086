import assert from "node:assert/strict";
import { RowSorter } from "../../../src/engine/rowSorter";
import { randomOf } from "../../support/random";

/** Numbers below `count`, each once, in random order. */
function shuffled(count: number, seed: number): Uint32Array {
  const random = randomOf(seed);
  const list = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [list[i], list[other]] = [list[other], list[i]];
  }
  return list;
}

describe("RowSorter", () => {
  for (const [rows, capacity] of [
    [1, 1],
    [7, 3],
    [1000, 64],
    [1000, 1000],
    [100_000, 333],
  ] as const)
    it(`puts columns of ${String(rows)} rows into the order of a list, ${String(capacity)} at a time`, () => {
      const list = shuffled(rows, rows + capacity);
      const words = Uint32Array.from({ length: rows }, (_, row) => 4_000_000_000 - row);
      const halves = Uint16Array.from({ length: rows }, (_, row) => row);
      const sorter = new RowSorter(rows, capacity);
      const [allWords, allHalves] = [new Uint32Array(rows), new Uint16Array(rows)];
      const [wordFours, halfFours] = [new Uint32Array(4 * rows), new Uint16Array(4 * rows)];
      const [someWords, someHalves] = [new Uint32Array(4 * rows), new Uint16Array(4 * rows)];
      const otherWords = words.map((word) => word >>> 1);
      const otherHalves = halves.map((half) => half >>> 1);
      const back = new Uint16Array(rows);
      for (let first = 0; first < rows; first += capacity) {
        const end = Math.min(rows, first + capacity);
        sorter.sort(list, first, end);
        assert.equal(sorter.count, end - first);
        sorter.fill32(allWords.subarray(first), words);
        sorter.fill16(allHalves.subarray(first), halves);
        sorter.putBack16(back, allHalves.subarray(first));
        sorter.fillFours(wordFours.subarray(4 * first), [words, otherWords, words, otherWords]);
        sorter.fillFours(halfFours.subarray(4 * first), [halves, otherHalves, halves, otherHalves]);
        sorter.fillFours(someWords.subarray(4 * first), [undefined, words, undefined, otherWords]);
        sorter.fillFours(someHalves.subarray(4 * first), [halves, undefined, otherHalves, undefined]);
      }
      assert.deepEqual(
        allWords,
        list.map((row) => words[row]),
      );
      assert.deepEqual(
        allHalves,
        Uint16Array.from(list, (row) => halves[row]),
      );
      assert.deepEqual(back, halves);
      // Four columns side by side; 0 stands for those that have no values.
      const fours = (...columns: readonly (ArrayLike<number> | 0)[]): number[] => {
        const all: number[] = [];
        for (const row of list) for (const column of columns) all.push(column === 0 ? 0 : column[row]);
        return all;
      };
      assert.deepEqual(wordFours, Uint32Array.from(fours(words, otherWords, words, otherWords)));
      assert.deepEqual(halfFours, Uint16Array.from(fours(halves, otherHalves, halves, otherHalves)));
      assert.deepEqual(someWords, Uint32Array.from(fours(0, words, 0, otherWords)));
      assert.deepEqual(someHalves, Uint16Array.from(fours(halves, 0, otherHalves, 0)));
    });

  it("reads rows nearly in the order of memory", () => {
    const list = shuffled(100_000, 1);
    const sorter = new RowSorter(100_000, 50_000);
    sorter.sort(list, 0, 50_000);
    let highest = 0;
    let back = 0;
    for (const row of sorter.rows) {
      back = Math.max(back, highest - row);
      highest = Math.max(highest, row);
    }
    assert.ok(back < 32, `goes back by ${String(back)} rows`);
  });

  it("takes rows that are far fewer than the capture has", () => {
    const sorter = new RowSorter(4_000_000_000, 4);
    const list = Uint32Array.of(3_999_999_999, 5, 2_000_000_000);
    sorter.sort(list, 0, 3);
    assert.deepEqual(
      Array.from(sorter.rows.subarray(0, 3), (row, i) => [row, sorter.places[i]]),
      [
        [5, 1],
        [2_000_000_000, 2],
        [3_999_999_999, 0],
      ],
    );
  });
});
