/** Where a list of rows of one height is scrolled to, however long it is: browsers make no element of more than some 33 million pixels. Pure. */

/** Tallest content, pixels: a third of what browsers make, for screens with three pixels for one. */
const MAX_HEIGHT = 10_000_000;

/** See the file header. All heights are in pixels; `top`: rows above the view, with a fraction for a row that is partly above it. */
export class RowScale {
  readonly #total: number;
  readonly #rowHeight: number;
  readonly #viewHeight: number;

  /** `viewHeight`: what is seen of the rows. */
  constructor(total: number, rowHeight: number, viewHeight: number) {
    this.#total = total;
    this.#rowHeight = rowHeight;
    this.#viewHeight = viewHeight;
  }

  /** Height of the content that is scrolled. */
  get height(): number {
    return Math.min(this.#total * this.#rowHeight, MAX_HEIGHT);
  }

  /** False where a pixel of the scroll bar is more than a pixel of the rows. */
  get isExact(): boolean {
    return this.#total * this.#rowHeight <= MAX_HEIGHT;
  }

  /** Rows that are seen whole; browsers say heights in whole pixels. */
  get viewRows(): number {
    return Math.max(1, Math.floor((this.#viewHeight + 1) / this.#rowHeight));
  }

  /** Largest `top`. */
  get maxTop(): number {
    return Math.max(0, this.#total - this.#viewHeight / this.#rowHeight);
  }

  get #maxScroll(): number {
    return Math.max(0, this.height - this.#viewHeight);
  }

  topOf(scrollTop: number): number {
    return this.#maxScroll === 0 ? 0 : this.clamp((scrollTop / this.#maxScroll) * this.maxTop);
  }

  scrollTopOf(top: number): number {
    return this.maxTop === 0 ? 0 : (this.clamp(top) / this.maxTop) * this.#maxScroll;
  }

  clamp(top: number): number {
    return Math.max(0, Math.min(top, this.maxTop));
  }

  /** The `top` nearest to the one there is at which a row is seen whole. */
  reveal(top: number, row: number): number {
    if (row < top) return this.clamp(row);
    const rows = this.#viewHeight / this.#rowHeight;
    return row + 1 > top + rows ? this.clamp(row + 1 - rows) : this.clamp(top);
  }
}
