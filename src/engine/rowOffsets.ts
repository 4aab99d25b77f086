/**
 * Where rows begin in the text. Columns keep the lower half of an offset (4 bytes a row); the upper half follows from the
 * run of rows it stands in.
 */

/** Rows that lie together in the columns and in the text, the first of them at or behind `start`, none 4 GB behind it. */
export interface RowRun {
  readonly first: number;
  readonly rows: number;
  /** Offset in the text. */
  readonly start: number;
}

/** See the file header. */
export class RowOffsets {
  readonly #offset: Uint32Array;
  /** By their place in the columns. */
  readonly #runs: readonly RowRun[];
  readonly #markBytes: number;

  /** `offset`: PacketColumns.offset. `markBytes`: length of a byte order mark that the runs do not count and `of` does. */
  constructor(offset: Uint32Array, runs: readonly RowRun[], markBytes: number) {
    this.#offset = offset;
    this.#markBytes = markBytes;
    this.#runs = runs.filter(({ rows }) => rows > 0).sort((a, b) => a.first - b.first);
  }

  /**
   * Offset of a row's first byte: of UTF-8 that in the file (of a compressed one, in what it holds), of UTF-16 that in its text as
   * UTF-8, without the byte order mark.
   */
  of(row: number): number {
    let low = 0;
    let high = this.#runs.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#runs[middle].first <= row) low = middle;
      else high = middle;
    }
    const { start } = this.#runs[low];
    return this.#markBytes + start + ((this.#offset[row] - start) >>> 0);
  }
}
