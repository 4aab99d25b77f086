/** A set of rows: one bit per place in the columns. */

/** See the file header. */
export class RowBits {
  /** Bit `row & 31` of word `row >>> 5`; bits from `rows` on are 0. */
  readonly words: Uint32Array<ArrayBuffer>;
  /** Places in the columns. */
  readonly rows: number;

  /** No row at first. */
  constructor(rows: number) {
    this.rows = rows;
    this.words = new Uint32Array((rows + 31) >>> 5);
  }

  has(row: number): boolean {
    return ((this.words[row >>> 5] >>> (row & 31)) & 1) !== 0;
  }

  add(row: number): void {
    this.words[row >>> 5] |= 1 << (row & 31);
  }

  /** Leaves only the rows that are also in `other`. */
  keep(other: RowBits): void {
    const { words } = this;
    for (let i = 0; i < words.length; i++) words[i] &= other.words[i];
  }

  /** How many rows there are. */
  count(): number {
    let count = 0;
    for (const word of this.words) {
      let bits = word - ((word >>> 1) & 0x5555_5555);
      bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
      count += (((bits + (bits >>> 4)) & 0x0f0f_0f0f) * 0x0101_0101) >>> 24;
    }
    return count;
  }
}
