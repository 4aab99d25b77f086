/**
 * Numbers as tshark, pandas and Excel write them, read from bytes: `1449`, `1449.0`, `0x0012`, `True`, `1.449E+03`,
 * and the first of several (`0,1` or `0\,1`).
 */

/** The cell is empty or says so (`NaN`, `NULL`). */
export const EMPTY = -1;
/** The cell holds something else than a whole number of 0..2^53. */
export const UNREADABLE = -2;

const ZERO = 0x30;
const NINE = 0x39;
const COMMA = 0x2c;
const DOT = 0x2e;
const BACKSLASH = 0x5c;

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= NINE;
/** Space, tab, CR and NUL: what surrounds a number without changing it. */
const isPadding = (byte: number): boolean => byte === 0x20 || byte === 9 || byte === 13 || byte === 0;
const hexValue = (byte: number): number => {
  if (isDigit(byte)) return byte - ZERO;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
};

/** What pandas' read_csv takes for a missing value by default, in latin-1. */
const MISSING = new Set([
  "#N/A",
  "#N/A N/A",
  "#NA",
  "-1.#IND",
  "-1.#QNAN",
  "-NaN",
  "-nan",
  "1.#IND",
  "1.#QNAN",
  "<NA>",
  "N/A",
  "NA",
  "NULL",
  "NaN",
  "None",
  "n/a",
  "nan",
  "null",
]);

/** True for an empty cell and for the words that pandas reads as missing. */
export function isMissing(text: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length === 0) return true;
  if (length > 8) return false;
  const first = text[start] | 0x20;
  // Every word above begins with one of # - 1 < N n.
  if (first !== 0x6e && first !== 0x23 && first !== 0x2d && first !== 0x31 && first !== 0x3c) return false;
  let word = "";
  for (let at = start; at < end; at++) word += String.fromCharCode(text[at]);
  return MISSING.has(word);
}

/** Reads one cell at a time; what was special about the last one is in its fields. */
export class NumberReader {
  /** The last cell held several values; the first was returned. */
  isMultiple = false;
  /** The last cell was in E notation: digits may be lost. */
  isLossy = false;

  /** The whole number in text[start, end), 0..2^53, or EMPTY or UNREADABLE. */
  read(text: Uint8Array, start: number, end: number): number {
    this.isMultiple = false;
    this.isLossy = false;
    while (start < end && isPadding(text[start])) start++;
    while (end > start && isPadding(text[end - 1])) end--;
    if (start === end) return EMPTY;
    // Up to nine digits and nothing else: nearly every cell. Nine digits fit a small integer.
    if (end - start <= 9) {
      let value = 0;
      let at = start;
      for (; at < end; at++) {
        const digit = text[at] - ZERO;
        if (digit < 0 || digit > 9) break;
        value = value * 10 + digit;
      }
      if (at === end) return value;
    }
    return this.#readAny(text, start, end);
  }

  #readAny(text: Uint8Array, start: number, end: number): number {
    if (text[start] === ZERO && end - start > 2 && (text[start + 1] | 0x20) === 0x78) return this.#readHex(text, start + 2, end);
    let at = start;
    let value = 0;
    for (; at < end && isDigit(text[at]); at++) value = value * 10 + (text[at] - ZERO);
    const digits = at - start;
    if (digits === 0) return readWord(text, start, end);
    if (at === end) return value <= Number.MAX_SAFE_INTEGER ? value : UNREADABLE;
    if (text[at] === DOT) {
      let zeros = at + 1;
      while (zeros < end && text[zeros] === ZERO) zeros++;
      if (zeros === end) return value;
      if (this.#isListMark(text, zeros, end)) return value;
    }
    const scientific = readScientific(text, start, end);
    if (scientific !== UNREADABLE) {
      this.isLossy = true;
      return scientific;
    }
    return this.#isListMark(text, at, end) ? value : UNREADABLE;
  }

  #readHex(text: Uint8Array, start: number, end: number): number {
    let value = 0;
    for (let at = start; at < end; at++) {
      const digit = hexValue(text[at]);
      if (digit < 0) return at > start && this.#isListMark(text, at, end) ? value : UNREADABLE;
      value = value * 16 + digit;
    }
    return value <= Number.MAX_SAFE_INTEGER ? value : UNREADABLE;
  }

  /** A comma, `\,` or `;` after a value, and something like a further value behind it. */
  #isListMark(text: Uint8Array, at: number, end: number): boolean {
    if (text[at] === BACKSLASH && at + 1 < end) at++;
    if (text[at] !== COMMA && text[at] !== 0x3b) return false;
    if (at + 1 < end && hexValue(text[at + 1]) < 0 && text[at + 1] !== 0x20 && text[at + 1] !== COMMA) return false;
    for (let rest = at + 1; rest < end; rest++) {
      const byte = text[rest];
      if (hexValue(byte) < 0 && byte !== COMMA && byte !== BACKSLASH && byte !== DOT && byte !== 0x78 && byte !== 0x3b && byte !== 0x20)
        return false;
    }
    this.isMultiple = true;
    return true;
  }
}

/** `True` and `False` as 1 and 0; the words for missing as EMPTY. */
function readWord(text: Uint8Array, start: number, end: number): number {
  const matches = (word: string): boolean => {
    if (word.length !== end - start) return false;
    for (let i = 0; i < word.length; i++) if ((text[start + i] | 0x20) !== word.charCodeAt(i)) return false;
    return true;
  };
  if (matches("true")) return 1;
  if (matches("false")) return 0;
  return isMissing(text, start, end) ? EMPTY : UNREADABLE;
}

/** `1.449E+03` or `1,449E+03` as Excel writes large numbers; UNREADABLE for anything else or a fraction. */
function readScientific(text: Uint8Array, start: number, end: number): number {
  if (end - start > 32) return UNREADABLE;
  let word = "";
  for (let at = start; at < end; at++) word += String.fromCharCode(text[at]);
  if (!/^\d+(?:[.,]\d+)?[eE][+-]?\d{1,3}$/.test(word)) return UNREADABLE;
  const value = Number(word.replace(",", "."));
  return Number.isSafeInteger(value) ? value : UNREADABLE;
}
