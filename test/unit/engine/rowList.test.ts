/** Lists of rows, against rows that are written down. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Valid } from "../../../src/engine/columns";
import { RowBits } from "../../../src/engine/rowBits";
import type { Segment } from "../../../src/engine/rowGroups";
import { BLOCK_ROWS, CaptureRows, WrittenRows, type RowList } from "../../../src/engine/rowList";

/** A number from a row, as if by chance. */
const mixed = (row: number, seed: number): number => Math.imul(row + seed, 2654435761) >>> 16;

/** Segments of some lengths, in an order of their own, with places between them that no segment has. */
function segmentsOf(lengths: readonly number[], isTurned: boolean): Segment[] {
  let first = 0;
  const segments = lengths.map((rows) => {
    const segment = { first, rows };
    first += rows + 3;
    return segment;
  });
  return isTurned ? segments.reverse() : segments;
}

function check(list: RowList, expected: readonly number[], asked: readonly (readonly [number, number])[]): void {
  assert.equal(list.length, expected.length);
  const all: number[] = [];
  for (const block of list.blocks()) {
    assert.ok(block.length > 0 && block.length <= BLOCK_ROWS);
    all.push(...block);
  }
  assert.deepEqual(all, expected);
  for (const [from, count] of asked) {
    const first = Math.min(from, expected.length);
    const end = Math.min(first + count, expected.length);
    if (first < end) assert.deepEqual([...list.slice(first, end)], expected.slice(first, end));
  }
  const rows = new Set(expected);
  const sample = [...list.sample()];
  assert.ok(sample.every((row) => rows.has(row)));
  assert.equal(new Set(sample).size, sample.length);
}

describe("lists of rows", () => {
  const lengths = fc.array(fc.oneof(fc.constant(0), fc.nat(3), fc.nat(900), fc.nat(6000)), { maxLength: 6 });
  const asked = fc.array(fc.tuple(fc.nat(20_000), fc.nat(5000)), { maxLength: 5 });
  /** Of 8 rows, how many are there. */
  const share = fc.constantFrom(0, 1, 7, 8);

  it("have the rows of a capture with a number, all or those of a set, in the order of the file", () => {
    fc.assert(
      fc.property(lengths, fc.boolean(), share, fc.option(share), asked, (all, isTurned, numbered, chosen, places) => {
        const segments = segmentsOf(all, isTurned);
        const rows = all.reduce((sum, length) => sum + length + 3, 0);
        const valid = Uint16Array.from({ length: rows }, (_, row) => (mixed(row, 0) % 8 < numbered ? Valid.seq : 0) | Valid.time);
        const bits = chosen === null ? undefined : new RowBits(rows);
        for (let row = 0; row < rows; row++) if (mixed(row, 7) % 8 < (chosen ?? 0)) bits?.add(row);
        const inFile = segments.flatMap((segment) => Array.from({ length: segment.rows }, (_, i) => segment.first + i));
        const withNumber = inFile.filter((row) => (valid[row] & Valid.seq) !== 0);
        const expected = withNumber.filter((row) => bits?.has(row) ?? true);
        check(new CaptureRows({ segments, valid, numbered: withNumber.length }, bits), expected, places);
      }),
      { numRuns: 60 },
    );
  });

  it("have rows that are written down", () => {
    fc.assert(
      fc.property(fc.nat(10_000), asked, (length, places) => {
        const rows = Uint32Array.from({ length }, (_, i) => 3 * (length - i));
        check(new WrittenRows(rows), [...rows], places);
      }),
      { numRuns: 30 },
    );
  });

  it("have a sample from all over", () => {
    const sample = new CaptureRows({
      segments: [{ first: 0, rows: 100_000 }],
      valid: new Uint16Array(100_000).fill(1),
      numbered: 100_000,
    }).sample();
    assert.ok(sample.length > 3900 && sample.length < 4200, String(sample.length));
    assert.ok(sample[0] < 100 && sample[sample.length - 1] > 99_900);
    const written = new WrittenRows(Uint32Array.from({ length: 100_000 }, (_, i) => i)).sample();
    assert.ok(written.length > 3900 && written[written.length - 1] > 99_900);
  });
});
