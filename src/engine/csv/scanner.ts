/**
 * The interface of the readers that take the regular rows, and the batch they fill. A scanner proves of every row it
 * delivers that it has the header's number of cells; at the first row of which it cannot, it stops, and the record
 * reader takes over for that row.
 */
import type { Dialect } from "./dialect";

/** A piece of the text. Its end may fall anywhere, also in the middle of a character. */
export interface TextBlock {
  readonly text: Uint8Array;
  /** Where the next row begins. */
  readonly start: number;
  readonly end: number;
  /** There is no more behind `end`. */
  readonly isLast: boolean;
}

/** Why a scanner stopped: no whole row is left in the block, or the next one is not regular. */
export interface ScanResult {
  /** Where the first row that was not delivered begins. */
  readonly position: number;
  readonly stop: "needsText" | "irregular";
}

/** See the file header. Made for one dialect and one choice of columns. */
export interface CsvScanner {
  /** Appends rows from block.start on to the batch. */
  scan(block: TextBlock, batch: RowBatch): ScanResult;
}

/** Makes a scanner that delivers the cells of `columns` (positions in the header, any order) of every row. */
export type CreateScanner = (dialect: Dialect, columns: readonly number[]) => CsvScanner;

/** The wanted cells of some rows, as content without quotes. Cell w of row r is text[starts[r * width + w], ends[…]). */
export class RowBatch {
  /** Wanted cells per row. */
  readonly width: number;
  rows = 0;
  /** Position of the row in the block it was read from. */
  positions = new Uint32Array(1024);
  starts: Uint32Array<ArrayBuffer>;
  ends: Uint32Array<ArrayBuffer>;
  text = new Uint8Array(1 << 16);
  /** Bytes of text in use. */
  length = 0;

  constructor(width: number) {
    this.width = width;
    this.starts = new Uint32Array(1024 * width);
    this.ends = new Uint32Array(1024 * width);
  }

  clear(): void {
    this.rows = 0;
    this.length = 0;
  }

  /** Begins a row; its cells are to be written with setCell. Cells not set are empty. Returns the row. */
  addRow(position: number): number {
    const row = this.rows++;
    if (row === this.positions.length) {
      this.positions = grow(this.positions, 2 * row);
      this.starts = grow(this.starts, 2 * row * this.width);
      this.ends = grow(this.ends, 2 * row * this.width);
    }
    this.positions[row] = position;
    this.starts.fill(0, row * this.width, (row + 1) * this.width);
    this.ends.fill(0, row * this.width, (row + 1) * this.width);
    return row;
  }

  /** Room for `bytes` more of text, at `length`. */
  reserve(bytes: number): void {
    if (this.length + bytes <= this.text.length) return;
    const larger = new Uint8Array(Math.max(2 * this.text.length, this.length + bytes));
    larger.set(this.text.subarray(0, this.length));
    this.text = larger;
  }

  /** Declares text[length, end) the content of a cell. */
  setCell(row: number, wanted: number, end: number): void {
    this.starts[row * this.width + wanted] = this.length;
    this.ends[row * this.width + wanted] = end;
    this.length = end;
  }
}

function grow(array: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length);
  larger.set(array);
  return larger;
}
