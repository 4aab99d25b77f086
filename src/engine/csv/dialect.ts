/**
 * How a file separates cells and rows, found from its first lines: the separator that yields the most known field
 * names, or the one that Excel's `sep=;` line names.
 */
import { mapHeader, type HeaderMap } from "../fields";
import { decodeUtf8 } from "../utf8";
import { RecordReader } from "./records";

/** Byte values that matter to the grammar. */
export const LF = 0x0a;
export const CR = 0x0d;
export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;

/** Separators that are tried, most usual first. */
const DELIMITERS = [",", "\t", ";", "|"].map((delimiter) => delimiter.charCodeAt(0));

/** How one file is written. */
export interface Dialect {
  /** Byte between cells. */
  readonly delimiter: number;
  /** Byte that ends rows: LF (with or without a CR before it), or CR in a file without any LF. */
  readonly newline: typeof LF | typeof CR;
  /** Cells of the header, and so of every proper row. */
  readonly cellCount: number;
}

/** What stands before the first data row. */
export interface FileHead {
  readonly dialect: Dialect;
  readonly header: HeaderMap;
  /** Offset of the first data row in the text. */
  readonly dataStart: number;
}

/**
 * Reads the head of a file. `text` holds its beginning; `isWhole` says that there is no more. Undefined when the header
 * line is not complete yet. Any text gives an answer; whether the columns suffice is for the caller to say.
 */
export function readHead(text: Uint8Array, isWhole: boolean, labelFields: readonly string[]): FileHead | undefined {
  const newline = findNewline(text, isWhole);
  if (newline === undefined) return undefined;
  let start = skipBlankLines(text, 0);
  const named = readSepLine(text, start, newline);
  if (named) start = skipBlankLines(text, named.next);
  let best: FileHead | undefined;
  for (const delimiter of named ? [named.delimiter] : DELIMITERS) {
    const record = new RecordReader({ delimiter, newline, cellCount: 0 });
    if (!record.readFirst(text, start, text.length, isWhole)) return undefined;
    const names: string[] = [];
    for (let cell = 0; cell < record.count; cell++) names.push(decodeUtf8(record.copyCell(text, cell)));
    const header = mapHeader(names, labelFields);
    if (!best || header.columns.size > best.header.columns.size)
      best = { dialect: { delimiter, newline, cellCount: record.count }, header, dataStart: record.next };
  }
  return best;
}

/** So much of a file decides how its lines end: a fixed length, so that the answer does not depend on how it is read. */
const LINE_END_BYTES = 1 << 16;

/** The byte that ends lines: LF unless there is none in the beginning, but a CR (old Macintosh). Undefined when the text is too short to say. */
function findNewline(text: Uint8Array, isWhole: boolean): typeof LF | typeof CR | undefined {
  if (text.length < LINE_END_BYTES && !isWhole) return undefined;
  const beginning = text.subarray(0, LINE_END_BYTES);
  return !beginning.includes(LF) && beginning.includes(CR) ? CR : LF;
}

function skipBlankLines(text: Uint8Array, start: number): number {
  while (text[start] === LF || text[start] === CR) start++;
  return start;
}

/** `sep=;` as Excel writes and reads it. */
function readSepLine(text: Uint8Array, start: number, newline: number): { delimiter: number; next: number } | undefined {
  const line = decodeUtf8(text.subarray(start, start + 8));
  const match = /^"?sep=(.)"?(?=[\r\n]|$)/i.exec(line);
  if (!match) return undefined;
  const end = text.indexOf(newline, start);
  return { delimiter: match[1].charCodeAt(0), next: end < 0 ? text.length : end + 1 };
}
