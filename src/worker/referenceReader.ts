/**
 * The reference reader: csv-parse, strict, behind the scanner interface. It takes the rows that are proper RFC 4180
 * with the header's number of cells; at any other it stops, as every scanner does.
 */
import { parse } from "csv-parse/sync";
import { CR, LF, type Dialect } from "../engine/csv/dialect";
import type { CreateScanner, CsvScanner, RowBatch, ScanResult, TextBlock } from "../engine/csv/scanner";

/** Thrown through csv-parse to end it at a row with another number of cells. */
class IrregularRow extends Error {}

class ReferenceReader implements CsvScanner {
  readonly #dialect: Dialect;
  readonly #columns: readonly number[];

  constructor(dialect: Dialect, columns: readonly number[]) {
    this.#dialect = dialect;
    this.#columns = columns;
  }

  scan(block: TextBlock, batch: RowBatch): ScanResult {
    const { text, start, isLast } = block;
    const lastNewline = text.subarray(start, block.end).lastIndexOf(this.#dialect.newline);
    let end = isLast ? block.end : start + lastNewline + 1;
    if (end <= start) return { position: start, stop: "needsText" };
    // csv-parse takes a NUL behind a closing quote for the end of its input: such a line is not for it.
    const strange = Buffer.from(text.buffer, text.byteOffset + start, end - start).indexOf('"\0');
    if (strange >= 0) {
      end = start + text.subarray(start, start + strange).lastIndexOf(this.#dialect.newline) + 1;
      if (end === start) return { position: start, stop: "irregular" };
    }
    let position = start;
    // Latin-1 maps every byte to one character and back, so that cells keep their bytes whatever they hold.
    const input = Buffer.from(text.buffer, text.byteOffset + start, end - start);
    try {
      parse(input, {
        delimiter: Buffer.of(this.#dialect.delimiter),
        quote: '"',
        escape: '"',
        encoding: "latin1",
        record_delimiter: this.#dialect.newline === LF ? ["\r\n", "\n"] : ["\r"],
        relax_column_count: true,
        skip_empty_lines: true,
        on_record: (cells: string[], info: { bytes: number }) => {
          if (cells.length !== this.#dialect.cellCount || (cells.length === 1 && isBlank(cells[0]))) throw new IrregularRow();
          position = this.#skipBlankLines(text, position);
          this.#add(cells, position, batch);
          position = start + info.bytes;
          return null;
        },
      });
    } catch (error) {
      if (!(error instanceof IrregularRow) && !isSyntaxError(error)) throw error;
      return { position, stop: "irregular" };
    }
    return { position: end, stop: strange >= 0 ? "irregular" : "needsText" };
  }

  #skipBlankLines(text: Uint8Array, position: number): number {
    const { newline } = this.#dialect;
    for (;;) {
      if (text[position] === newline) position++;
      else if (newline === LF && text[position] === CR && text[position + 1] === LF) position += 2;
      else return position;
    }
  }

  #add(cells: readonly string[], position: number, batch: RowBatch): void {
    const row = batch.addRow(position);
    this.#columns.forEach((column, wanted) => {
      const cell = cells[column];
      batch.reserve(cell.length);
      const target = Buffer.from(batch.text.buffer, batch.length, cell.length);
      batch.setCell(row, wanted, batch.length + target.write(cell, "latin1"));
    });
  }
}

/** In a file of one column, a line that may be blank. */
// eslint-disable-next-line no-control-regex -- control characters count as blank
const isBlank = (cell: string): boolean => /^[\u0000-\u0020]*$/.test(cell);

const SYNTAX_ERRORS = new Set([
  "CSV_INVALID_CLOSING_QUOTE",
  "INVALID_OPENING_QUOTE",
  "CSV_QUOTE_NOT_CLOSED",
  "CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE",
]);

/** True for what csv-parse throws about the text, false for a wrong option or a bug. */
function isSyntaxError(error: unknown): boolean {
  return error instanceof Error && "code" in error && SYNTAX_ERRORS.has(String(error.code));
}

/** Makes the reference reader. */
export const createReferenceReader: CreateScanner = (dialect, columns) => new ReferenceReader(dialect, columns);
