/**
 * The grammar of packet CSV, one record at a time and without hurry: what the fast scanners cannot prove comes here.
 * This file alone defines how an irregular row is read.
 *
 * A record is tried in this order, and the first reading with the header's number of cells is taken:
 *   1. RFC 4180: a cell that begins with a quote ends at the next single quote, `""` is a quote, line ends may stand inside.
 *      A quote inside an unquoted cell is an ordinary character.
 *   2. Likewise, with `\` before a separator taking away its meaning (tshark 4.4 without quotes).
 *   3. tshark up to 4.2: inner quotes are not doubled, but all cells that are not empty are quoted. So a quoted cell ends
 *      at a quote that is followed by the line's end, or by a separator and then a quote, a separator or the line's end.
 *      The record ends with its line.
 *   4. Likewise, with bare cells among the quoted ones (a label column that somebody added): a quoted cell ends at a quote
 *      that a separator or the line's end follows.
 *   5. As pandas does: what stands between a closing quote and the next separator still belongs to the cell.
 * When none has that number, the record is the line as RFC 4180 reads it if that works, else as tshark writes it: a stray
 * quote costs its own row and not those behind it. The caller repairs or counts it.
 */
import { BACKSLASH, CR, LF, QUOTE, type Dialect } from "./dialect";

/** A record longer than this is no packet: it is left out. Far above the longest cells seen (100 kB). */
export const MAX_RECORD_BYTES = 1 << 24;

type Reading = "rfc" | "backslash" | "tshark" | "tsharkWithBareCells" | "loose";

const isRfc = (reading: Reading): boolean => reading === "rfc" || reading === "backslash";

/** Reads a record; its cells stay described here until the next one. */
export class RecordReader {
  /** Cells of the record. */
  count = 0;
  /** Position of cell i's content in the text: [starts[i], ends[i]), without the quotes around it. */
  starts = new Uint32Array(256);
  ends = new Uint32Array(256);
  /** Where the next record begins. */
  next = 0;
  /** The record was read by tshark's rule, because RFC 4180 does not fit. */
  hasBrokenQuotes = false;
  /** The text ended before the record did: no line end, or a quote still open. */
  isUnfinished = false;
  /** The record ended inside quotes that nothing closes. */
  isQuoteOpen = false;

  readonly #dialect: Dialect;
  #reading: Reading = "rfc";
  #hasViolation = false;
  #spansLines = false;
  #isIncomplete = false;
  #hasQuotedCell = false;
  /** End of the line at hand, found once per reading: looking for every cell would take time that grows with its square. */
  #lineEndAt = -1;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /**
   * Reads the record that begins at `start` of text[.., end). False when it may go on behind `end` (never with isLast):
   * call again with more text. A record of more than MAX_RECORD_BYTES is unfinished, whatever follows.
   */
  read(text: Uint8Array, start: number, end: number, isLast: boolean): boolean {
    // What a record is must not depend on how much text is at hand: nothing behind the limit is looked at.
    const isTooLong = end - start > MAX_RECORD_BYTES;
    if (isTooLong) end = start + MAX_RECORD_BYTES;
    const canWait = !isLast && !isTooLong;
    const wanted = this.#dialect.cellCount;
    this.hasBrokenQuotes = false;

    this.#parse(text, start, end, "rfc");
    if (this.#isIncomplete && canWait) return false;
    const isSound = !this.#hasViolation && !this.isQuoteOpen;
    if (isSound && this.count === wanted) return true;
    const isLine = isSound && !this.#spansLines;
    const rfcNext = this.next;
    const hasQuotedCell = this.#hasQuotedCell;

    if (isLine && this.count > wanted && text.subarray(start, rfcNext).includes(BACKSLASH)) {
      this.#parse(text, start, end, "backslash");
      if (this.count === wanted && this.next === rfcNext) return true;
    }

    // Without a cell that begins with a quote all readings are one.
    if (isLine && !hasQuotedCell) {
      if (this.#reading !== "rfc") this.#parse(text, start, end, "rfc");
      return true;
    }
    this.hasBrokenQuotes = true;
    for (const reading of ["tshark", "tsharkWithBareCells"] as const) {
      this.#parse(text, start, end, reading);
      if (this.#isIncomplete && canWait) return false;
      if (this.count === wanted) return true;
    }
    this.#parse(text, start, this.next, "loose");
    if (this.count === wanted && !this.isQuoteOpen) return true;
    this.hasBrokenQuotes = !isLine;
    this.#parse(text, start, end, isLine ? "rfc" : "tsharkWithBareCells");
    return true;
  }

  /** Reads a record of which the number of cells is not known: the header. False when it may go on behind `end`. */
  readFirst(text: Uint8Array, start: number, end: number, isLast: boolean): boolean {
    this.#parse(text, start, end, "rfc");
    if (this.#isIncomplete && !isLast && end - start <= MAX_RECORD_BYTES) return false;
    if (this.#hasViolation || this.isQuoteOpen) this.#parse(text, start, end, "tsharkWithBareCells");
    return !this.#isIncomplete || isLast || end - start > MAX_RECORD_BYTES;
  }

  /** Content of cell i, with doubled quotes and escaped separators made single. */
  copyCell(text: Uint8Array, cell: number): Uint8Array {
    const target = new Uint8Array(this.ends[cell] - this.starts[cell]);
    return target.subarray(0, this.writeCell(text, cell, target, 0));
  }

  /** Writes the content of cell i to target from `at` on; returns the end. The content is never longer than the cell. */
  writeCell(text: Uint8Array, cell: number, target: Uint8Array, at: number): number {
    const start = this.starts[cell];
    const end = this.ends[cell];
    const isQuoted = start > 0 && text[start - 1] === QUOTE && isRfc(this.#reading);
    for (let from = start; from < end; from++) {
      const byte = text[from];
      if (isQuoted && byte === QUOTE && text[from + 1] === QUOTE && from + 1 < end) from++;
      else if (!isQuoted && this.#reading === "backslash" && byte === BACKSLASH && text[from + 1] === this.#dialect.delimiter) continue;
      target[at++] = byte;
    }
    return at;
  }

  #parse(text: Uint8Array, start: number, end: number, reading: Reading): void {
    const { delimiter, newline, cellCount } = this.#dialect;
    this.count = 0;
    this.#reading = reading;
    this.#hasViolation = false;
    this.#spansLines = false;
    this.#isIncomplete = false;
    this.isQuoteOpen = false;
    this.isUnfinished = false;
    this.#hasQuotedCell = false;
    this.#lineEndAt = -1;
    let at = start;
    for (;;) {
      if (text[at] === QUOTE && at < end) {
        this.#hasQuotedCell = true;
        at =
          isRfc(reading) || reading === "loose"
            ? this.#closeAsRfc(text, at + 1, end)
            : this.#closeAsTshark(text, at + 1, end, reading === "tsharkWithBareCells");
      } else {
        const from = at;
        while (
          at < end &&
          text[at] !== newline &&
          (text[at] !== delimiter || (reading === "backslash" && at > from && text[at - 1] === BACKSLASH))
        )
          at++;
        // The CR of a CRLF belongs to the line end.
        this.#push(from, at < end && text[at] === newline && newline === LF && at > from && text[at - 1] === CR ? at - 1 : at);
      }
      // Over several lines, only a record with exactly the header's cells is taken: with more of them there is no need to
      // read on, perhaps to the end of the file, for every row.
      if (reading === "rfc" && this.#spansLines && cellCount > 0 && this.count > cellCount) {
        this.#hasViolation = true;
        return;
      }
      if (at >= end) {
        this.next = end;
        this.isUnfinished = true;
        this.#isIncomplete = true;
        return;
      }
      if (text[at] === delimiter) {
        at++;
        continue;
      }
      this.next = at + 1;
      return;
    }
  }

  /** From inside a quoted cell to the separator or line end behind it, by RFC 4180. */
  #closeAsRfc(text: Uint8Array, from: number, end: number): number {
    const { delimiter, newline } = this.#dialect;
    let at = from;
    for (;;) {
      while (at < end && text[at] !== QUOTE) {
        if (text[at] === newline) this.#spansLines = true;
        at++;
      }
      if (at >= end) {
        this.isQuoteOpen = true;
        this.#push(from, end);
        return end;
      }
      if (text[at + 1] === QUOTE && at + 1 < end) {
        at += 2;
        continue;
      }
      this.#push(from, at);
      at++;
      if (newline === LF && text[at] === CR && at < end && (text[at + 1] === LF || at + 1 >= end)) at++;
      if (at >= end || text[at] === delimiter || text[at] === newline) return at;
      if (this.#reading === "loose") {
        while (at < end && text[at] !== delimiter && text[at] !== newline) at++;
        this.ends[this.count - 1] = at;
        return at;
      }
      // A quote in the middle: no RFC 4180. Nothing that follows can be trusted.
      this.#hasViolation = true;
      return this.#lineEnd(text, at, end);
    }
  }

  /** From inside a quoted cell to the separator or line end behind it, by tshark's rule. */
  #closeAsTshark(text: Uint8Array, from: number, end: number, hasBareCells: boolean): number {
    const { delimiter } = this.#dialect;
    const lineEnd = this.#lineEnd(text, from, end);
    const contentEnd = lineEnd > from && text[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
    for (let at = from; at < contentEnd; at++) {
      if (text[at] !== QUOTE) continue;
      if (at + 1 === contentEnd) {
        this.#push(from, at);
        return lineEnd;
      }
      if (text[at + 1] !== delimiter) continue;
      if (hasBareCells || at + 2 >= contentEnd || text[at + 2] === QUOTE || text[at + 2] === delimiter) {
        this.#push(from, at);
        return at + 1;
      }
    }
    this.isQuoteOpen = true;
    this.#push(from, contentEnd);
    return lineEnd;
  }

  #lineEnd(text: Uint8Array, from: number, end: number): number {
    if (this.#lineEndAt >= from) return this.#lineEndAt;
    let at = from;
    while (at < end && text[at] !== this.#dialect.newline) at++;
    this.#lineEndAt = at;
    return at;
  }

  #push(start: number, end: number): void {
    if (this.count === this.starts.length) {
      const starts = new Uint32Array(2 * this.count);
      starts.set(this.starts);
      this.starts = starts;
      const ends = new Uint32Array(2 * this.count);
      ends.set(this.ends);
      this.ends = ends;
    }
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.count++;
  }
}
