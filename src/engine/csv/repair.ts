/**
 * Rows with another number of cells than the header. Too many come from separators inside unquoted cells (the comma of
 * `Jun  4, 2023`, several addresses in one field, a user agent); too few from a torn line. A cell is given to a column
 * only where nothing else is possible; nothing is ever shifted on a guess.
 */
import type { CellShape } from "../fields";
import { NumberReader, UNREADABLE } from "../numbers";
import { TimeReader } from "../time";

/** Cells beyond the header's number above which a row is not tried, and the most ways that are looked at: about 1 ms. */
const MAX_EXTRA = 64;
const MAX_WAYS = 1 << 15;

/** Where the columns of a row are. `first[c]` and `last[c]` name the cells of column c, -1 where that is not certain. */
export interface Alignment {
  readonly first: Int32Array;
  readonly last: Int32Array;
}

/** Cells of one row as the record reader describes them. */
export interface Cells {
  readonly count: number;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

const numbers = new NumberReader();
const times = new TimeReader();

/** True when text[start, end) may stand in a column of that shape, as one cell. Empty always may. */
function fitsShape(text: Uint8Array, start: number, end: number, shape: CellShape): boolean {
  if (start >= end) return true;
  switch (shape) {
    case "anything":
      return true;
    case "number":
      return (numbers.read(text, start, end) !== UNREADABLE && !numbers.isMultiple) || times.readSeconds(text, start, end);
    case "numbers":
      return numbers.read(text, start, end) !== UNREADABLE;
    case "time":
      return times.readDate(text, start, end);
    case "addresses":
      return isMadeOf(text, start, end, isAddressByte);
    case "protocols":
      return isMadeOf(text, start, end, isProtocolByte);
  }
}

const isDigitOrLower = (byte: number): boolean => (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a);
/** Hexadecimal digits and `.:,%/-`. */
const isAddressByte = (byte: number): boolean =>
  (byte >= 0x2c && byte <= 0x3a) || (byte >= 0x61 && byte <= 0x66) || (byte >= 0x41 && byte <= 0x46) || byte === 0x25 || byte === 0x5c;
const isProtocolByte = (byte: number): boolean =>
  isDigitOrLower(byte) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  byte === 0x3a ||
  byte === 0x5f ||
  byte === 0x2d ||
  byte === 0x2e ||
  byte === 0x2f;

function isMadeOf(text: Uint8Array, start: number, end: number, isAllowed: (byte: number) => boolean): boolean {
  for (let at = start; at < end; at++) if (!isAllowed(text[at])) return false;
  return true;
}

/** True when cells [first, last] of the row, joined by their separators, may be one cell of that shape. */
function fitsJoined(text: Uint8Array, cells: Cells, first: number, last: number, shape: CellShape): boolean {
  const start = cells.starts[first];
  const end = cells.ends[last];
  if (first === last) return fitsShape(text, start, end, shape);
  switch (shape) {
    case "anything":
      return true;
    case "time":
      return times.readDate(text, start, end);
    case "number":
    case "protocols":
      return false;
    case "numbers":
    case "addresses":
      for (let cell = first; cell <= last; cell++) {
        if (cells.starts[cell] === cells.ends[cell] || !fitsShape(text, cells.starts[cell], cells.ends[cell], shape)) return false;
      }
      return true;
  }
}

/**
 * Gives the cells of a row with too many of them to columns. Undefined when no way fits. O(columns * extra^2).
 * `timeColumn` is the column of frame.time, -1 without one: its comma is by far the most frequent cause.
 */
export function alignExtraCells(text: Uint8Array, cells: Cells, shapes: readonly CellShape[], timeColumn: number): Alignment | undefined {
  const columns = shapes.length;
  const extra = cells.count - columns;
  if (extra < 1 || extra > MAX_EXTRA || columns * (extra + 1) ** 2 > MAX_WAYS) return undefined;
  if (
    extra === 1 &&
    timeColumn >= 0 &&
    !fitsJoined(text, cells, timeColumn, timeColumn, "time") &&
    fitsJoined(text, cells, timeColumn, timeColumn + 1, "time")
  )
    return joinAt(columns, timeColumn);

  // canStart[c][s]: columns before c can be made of the first c + s cells. canEnd: those from c on of the rest.
  const width = extra + 1;
  const canStart = new Uint8Array((columns + 1) * width);
  const canEnd = new Uint8Array((columns + 1) * width);
  const fits = new Uint8Array(columns * width * width);
  canStart[0] = 1;
  for (let column = 0; column < columns; column++) {
    for (let shift = 0; shift < width; shift++) {
      if (canStart[column * width + shift] === 0) continue;
      for (let joined = 0; shift + joined < width; joined++) {
        if (!fitsJoined(text, cells, column + shift, column + shift + joined, shapes[column])) continue;
        fits[(column * width + shift) * width + joined] = 1;
        canStart[(column + 1) * width + shift + joined] = 1;
      }
    }
  }
  if (canStart[columns * width + extra] === 0) return undefined;
  canEnd[columns * width + extra] = 1;
  const first = new Int32Array(columns).fill(-1);
  const last = new Int32Array(columns).fill(-1);
  for (let column = columns - 1; column >= 0; column--) {
    let ways = 0;
    for (let shift = 0; shift < width; shift++) {
      for (let joined = 0; shift + joined < width; joined++) {
        if (fits[(column * width + shift) * width + joined] === 0 || canEnd[(column + 1) * width + shift + joined] === 0) continue;
        canEnd[column * width + shift] = 1;
        ways++;
        first[column] = column + shift;
        last[column] = column + shift + joined;
      }
    }
    if (ways !== 1) first[column] = last[column] = -1;
  }
  return { first, last };
}

/** True when every cell fits the column at its place: cells are missing, or superfluous, at the end only. */
export function isPrefix(text: Uint8Array, cells: Cells, shapes: readonly CellShape[]): boolean {
  const count = Math.min(cells.count, shapes.length);
  for (let cell = 0; cell < count; cell++) if (!fitsShape(text, cells.starts[cell], cells.ends[cell], shapes[cell])) return false;
  return true;
}

function joinAt(columns: number, joinedColumn: number): Alignment {
  const first = new Int32Array(columns);
  const last = new Int32Array(columns);
  for (let column = 0; column < columns; column++) {
    first[column] = column <= joinedColumn ? column : column + 1;
    last[column] = column < joinedColumn ? column : column + 1;
  }
  return { first, last };
}
