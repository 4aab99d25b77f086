/** Rows by their number in the file. */
import { Valid, type PacketColumns } from "./columns";
import type { Segment } from "./rowGroups";
import { lastNotAbove } from "./search";

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

/** Places that hold no row: few. One loop over all is sooner done than one per segment. */
function placesWithout(valid: Uint16Array, rows: number): readonly number[] {
  const places: number[] = [];
  for (let row = 0; row < rows; row++) if ((valid[row] & Valid.noRow) !== 0) places.push(row);
  return places;
}

/** Whether a segment holds a place. `sorted`: by their first places. */
function isInSegment(sorted: readonly Segment[], firsts: Float64Array, place: number): boolean {
  const segment = sorted.at(lastNotAbove(firsts, place));
  return segment !== undefined && place >= segment.first && place < segment.first + segment.rows;
}

/** Data rows counted from 1 in the order of the file. Repeated headers, blank lines and rows that were left out do not count. */
export class RowNumbers {
  readonly #ordinalOf: (row: number) => number;
  /** How many rows stand before each place that holds no row, ascending. */
  readonly #gaps: Float64Array;

  constructor({ valid, rows }: Pick<PacketColumns, "valid" | "rows">, segments: readonly Segment[]) {
    this.#ordinalOf = ordinals(segments);
    const sorted = segments.filter((segment) => segment.rows > 0).sort((a, b) => a.first - b.first);
    const firsts = Float64Array.from(sorted, ({ first }) => first);
    const gaps = placesWithout(valid, rows).filter((place) => isInSegment(sorted, firsts, place));
    this.#gaps = Float64Array.from(gaps, this.#ordinalOf).sort();
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
