/**
 * The scanner in plain TypeScript, byte by byte: for texts the kernel does not read (UTF-16, unsaved documents) and for
 * machines whose WebAssembly lacks SIMD. Delivers rows of RFC 4180 with the header's number of cells, stops at any other.
 */
import { CR, LF, QUOTE, type Dialect } from "./dialect";
import type { CreateScanner, CsvScanner, RowBatch, ScanResult, TextBlock } from "./scanner";

class ScalarScanner implements CsvScanner {
  readonly #dialect: Dialect;
  readonly #columns: readonly number[];
  /** Content of the cells of the row at hand; a quoted one without its quotes. */
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  /** 1 for a quoted cell with doubled quotes inside. */
  readonly #isDoubled: Uint8Array;

  constructor(dialect: Dialect, columns: readonly number[]) {
    this.#dialect = dialect;
    this.#columns = columns;
    this.#starts = new Uint32Array(dialect.cellCount);
    this.#ends = new Uint32Array(dialect.cellCount);
    this.#isDoubled = new Uint8Array(dialect.cellCount);
  }

  scan({ text, start, end, isLast }: TextBlock, batch: RowBatch): ScanResult {
    const { newline } = this.#dialect;
    let position = start;
    for (;;) {
      // Blank lines are no rows; a CR is one only before its LF.
      while (position < end) {
        if (text[position] === newline) position++;
        else if (newline === LF && text[position] === CR && position + 1 < end && text[position + 1] === LF) position += 2;
        else break;
      }
      if (position >= end) return { position, stop: "needsText" };
      const next = this.#readRow(text, position, end, isLast);
      if (next === NEEDS_TEXT) return { position, stop: "needsText" };
      if (next === IRREGULAR) return { position, stop: "irregular" };
      this.#deliver(text, position, batch);
      position = next;
    }
  }

  /** Where the row behind the one at `start` begins, or one of the two answers below. */
  #readRow(text: Uint8Array, start: number, end: number, isLast: boolean): number {
    const { delimiter, newline, cellCount } = this.#dialect;
    // In a file of one column a line that may be blank is for the record reader.
    if (cellCount === 1 && text[start] <= 0x20) return IRREGULAR;
    let at = start;
    for (let cell = 0; cell < cellCount; cell++) {
      this.#isDoubled[cell] = 0;
      if (at < end && text[at] === QUOTE) {
        const from = ++at;
        for (;;) {
          while (at < end && text[at] !== QUOTE) at++;
          if (at + 1 >= end && !isLast) return NEEDS_TEXT;
          if (at >= end) return IRREGULAR;
          if (text[at + 1] !== QUOTE || at + 1 >= end) break;
          this.#isDoubled[cell] = 1;
          at += 2;
        }
        this.#starts[cell] = from;
        this.#ends[cell] = at++;
        if (newline === LF && at < end && text[at] === CR) {
          if (at + 1 >= end && !isLast) return NEEDS_TEXT;
          if (at + 1 >= end || text[at + 1] === LF) at++;
        }
      } else {
        const from = at;
        while (at < end && text[at] !== delimiter && text[at] !== newline) {
          if (text[at] === QUOTE) return IRREGULAR;
          at++;
        }
        this.#starts[cell] = from;
        const isCrlf = newline === LF && at < end && text[at] === LF && at > from && text[at - 1] === CR;
        this.#ends[cell] = isCrlf ? at - 1 : at;
      }
      const isLastCell = cell === cellCount - 1;
      if (at >= end) return !isLast ? NEEDS_TEXT : isLastCell ? end : IRREGULAR;
      if (text[at] !== (isLastCell ? newline : delimiter)) return IRREGULAR;
      at++;
    }
    return at;
  }

  #deliver(text: Uint8Array, position: number, batch: RowBatch): void {
    const row = batch.addRow(position);
    this.#columns.forEach((column, wanted) => {
      const from = this.#starts[column];
      const to = this.#ends[column];
      batch.reserve(to - from);
      let at = batch.length;
      for (let i = from; i < to; i++) {
        if (this.#isDoubled[column] === 1 && text[i] === QUOTE) i++;
        batch.text[at++] = text[i];
      }
      batch.setCell(row, wanted, at);
    });
  }
}

const NEEDS_TEXT = -1;
const IRREGULAR = -2;

/** Makes a scalar scanner. */
export const createScalarScanner: CreateScanner = (dialect, columns) => new ScalarScanner(dialect, columns);
