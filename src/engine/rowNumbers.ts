/** Rows by their number in the file. */
import { Valid, type PacketColumns } from "./columns";
import type { Segment } from "./rowGroups";

/** Rows of a block of `ordinals`, as a power of two. */
const BLOCK_BITS = 6;

/** For a row, how many rows stand before it in the file. */
export function ordinals(segments: readonly Segment[]): (row: number) => number {
  let before = 0;
  const byPlace = segments
    .filter(({ rows }) => rows > 0)
    .map(({ first, rows }) => {
      const place = { first, end: first + rows, shift: before - first };
      before += rows;
      return place;
    })
    .sort((a, b) => a.first - b.first);
  const ends = Float64Array.from(byPlace, ({ end }) => end);
  const shifts = Float64Array.from(byPlace, ({ shift }) => shift);
  // Which segment the first row of a block lies in: from there it is a step or two.
  const blocks = new Uint32Array(((byPlace.at(-1)?.end ?? 0) >>> BLOCK_BITS) + 1);
  for (let block = 0, segment = 0; block < blocks.length; block++) {
    while (segment < ends.length - 1 && ends[segment] <= block * (1 << BLOCK_BITS)) segment++;
    blocks[block] = segment;
  }
  return (row) => {
    let segment = blocks[row >>> BLOCK_BITS];
    while (ends[segment] <= row) segment++;
    return row + shifts[segment];
  };
}

function hasNoRow(valid: Uint16Array, rows: number): boolean {
  let seen = 0;
  for (let row = 0; row < rows; row++) seen |= valid[row];
  return (seen & Valid.noRow) !== 0;
}

/** Places from `first` up to `end` that hold no row: few. */
function rowsWithout(valid: Uint16Array, first: number, end: number): readonly number[] {
  const places: number[] = [];
  for (let row = first; row < end; row++) if ((valid[row] & Valid.noRow) !== 0) places.push(row);
  return places;
}

/** Data rows counted from 1 in the order of the file. Repeated headers, blank lines and rows that were left out do not count. */
export class RowNumbers {
  readonly #ordinalOf: (row: number) => number;
  /** How many rows stand before each place that holds no row, ascending. */
  readonly #gaps: Float64Array;

  constructor({ valid, rows }: Pick<PacketColumns, "valid" | "rows">, segments: readonly Segment[]) {
    this.#ordinalOf = ordinals(segments);
    const gaps: number[] = [];
    // Hardly any file has some, and one loop over all rows is sooner done than one per segment.
    for (const segment of hasNoRow(valid, rows) ? segments : [])
      for (const row of rowsWithout(valid, segment.first, Math.min(rows, segment.first + segment.rows))) gaps.push(this.#ordinalOf(row));
    this.#gaps = Float64Array.from(gaps).sort();
  }

  of(row: number): number {
    const ordinal = this.#ordinalOf(row);
    let low = 0;
    let high = this.#gaps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#gaps[middle] < ordinal) low = middle + 1;
      else high = middle;
    }
    return ordinal - low + 1;
  }
}
