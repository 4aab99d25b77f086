import assert from "node:assert/strict";
import { Valid } from "../../../src/engine/columns";
import { RowNumbers } from "../../../src/engine/rowNumbers";
import { randomOf } from "../../support/random";

describe("row numbers", () => {
  for (const seed of [1, 2, 3])
    it(`count rows in the order of the file, and neither places without a row nor those between segments, seed ${String(seed)}`, () => {
      const random = randomOf(seed);
      const below = (end: number): number => Math.floor(random() * end);
      const valid = Uint16Array.from({ length: 3000 }, () => (below(10) === 0 ? Valid.noRow : Valid.seq));
      const segments: { first: number; rows: number }[] = [];
      for (let first = below(5); first < valid.length - 200; first += below(10)) {
        const rows = below(150);
        segments.push({ first, rows });
        first += rows;
      }
      segments.sort(() => random() - 0.5);
      const numbers = new RowNumbers({ valid, rows: valid.length }, segments);
      let number = 0;
      for (const { first, rows } of segments)
        for (let row = first; row < first + rows; row++) if ((valid[row] & Valid.noRow) === 0) assert.equal(numbers.of(row), ++number);
      assert.ok(number > 1000);
    });

  it("are those of the places where every place holds a row", () => {
    const numbers = new RowNumbers({ valid: new Uint16Array(4).fill(Valid.seq), rows: 4 }, [
      { first: 2, rows: 2 },
      { first: 0, rows: 2 },
    ]);
    assert.deepEqual([2, 3, 0, 1].map(numbers.of.bind(numbers)), [1, 2, 3, 4]);
  });
});
