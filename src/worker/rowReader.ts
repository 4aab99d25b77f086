/**
 * Rows of a capture read again from where it came from: all cells of one for whoever looks at it, payloads of many for a detector.
 * Columns keep only what is counted.
 */
import { MemorySource, type ByteSource } from "../engine/bytes";
import type { CaptureStore } from "../engine/captureStore";
import { Valid } from "../engine/columns";
import type { RecordReader } from "../engine/csv/records";
import { alignExtraCells, isPrefix } from "../engine/csv/repair";
import { cellShapes } from "../engine/fields";
import { parsePayload } from "../engine/payload";
import { ForwardText, LineMarks, readRecords, type FoundRecord } from "../engine/rowText";
import { TextReader } from "../engine/textReader";
import { decodeUtf8, encodeUtf8 } from "../engine/utf8";
import type { CaptureSource, CsvRow } from "../shared/model";
import { CompressedSource, sniffCompression } from "./compressedSource";
import { FileByteSource } from "./fileByteSource";

/** The text of a source while rows are read from it. */
interface OpenText {
  readonly source: ByteSource;
  /** From what RowOffsets says. */
  readonly toFileOffset: (offset: number) => Promise<number>;
}

/** See the file header. For a capture of which all columns are read. */
export class RowReader {
  readonly #capture: CaptureStore;
  readonly #source: CaptureSource;
  readonly #marks = new LineMarks();

  constructor(capture: CaptureStore, source: CaptureSource) {
    this.#capture = capture;
    this.#source = source;
  }

  /**
   * Rows by their place in the columns, in the order asked for; all in one pass. Plain UTF-8 is read where the rows stand, after counting
   * lines once up to there; anything else from the front. Throws AnalysisError: `fileChanged` when the file is not the one that was
   * analysed, and what opening and reading throw. RangeError for a place without a row.
   */
  async readRows(rows: readonly number[]): Promise<CsvRow[]> {
    const { names } = this.#capture.head.header;
    const found = new Map<number, CsvRow>();
    await this.#withText(async ({ source, toFileOffset }) => {
      const sorted = this.#sort(rows);
      const texts: Omit<CsvRow, "byteOffset">[] = [];
      await this.#read(source, sorted.offsets, (_, { record, text, line }) => texts.push({ ...cellsOf(record, text, names), line }), true);
      for (const [i, row] of sorted.rows.entries()) found.set(row, { ...texts[i], byteOffset: await toFileOffset(sorted.offsets[i]) });
    });
    return rows.map((row) => found.get(row)!);
  }

  /** The line on which each row begins, by its place in the columns, as readRows says it; reads no cells. All in one pass; throws as readRows. */
  async readLines(rows: readonly number[]): Promise<Map<number, number>> {
    const lines = new Map<number, number>();
    if (rows.length === 0) return lines;
    await this.#withText(async ({ source }) => {
      const sorted = this.#sort(rows);
      await this.#read(source, sorted.offsets, (i, { line }) => lines.set(sorted.rows[i], line), true);
    });
    return lines;
  }

  /** Payloads in the order of the rows, which is any; undefined where the row has none that can be read. All in one pass; throws as readRows. */
  async readPayloads(rows: Uint32Array): Promise<(Uint8Array | undefined)[]> {
    const { head, columns } = this.#capture;
    const column = head.header.columns.get("payload");
    const payloads = new Map<number, Uint8Array>();
    if (column !== undefined) {
      const shapes = cellShapes(head.header);
      const timeColumn = head.header.columns.get("time") ?? -1;
      await this.#withText(async ({ source }) => {
        const sorted = this.#sort(rows);
        await this.#read(source, sorted.offsets, (i, { record, text }) => {
          const row = sorted.rows[i];
          const cell = cellOfColumn(record, text, column, shapes, timeColumn);
          const payload = cell && parsePayload(cell, columns.len[row]);
          if (payload) payloads.set(row, payload);
        });
      });
    }
    return Array.from(rows, (row) => payloads.get(row));
  }

  async #read(
    source: ByteSource,
    offsets: Float64Array,
    visit: (index: number, found: FoundRecord) => void,
    hasLines = false,
  ): Promise<void> {
    await readRecords(source, this.#capture.head.dialect, offsets, visit, hasLines ? this.#marks : undefined);
  }

  /** Each row once, by its offset. */
  #sort(rows: ArrayLike<number>): { rows: number[]; offsets: Float64Array } {
    const { rowOffsets, columns } = this.#capture;
    const places = [...new Set(Array.from(rows))];
    for (const row of places)
      if (!(row >= 0 && row < columns.rows) || (columns.valid[row] & Valid.noRow) !== 0)
        throw new RangeError(`There is no row at place ${String(row)}.`);
    const pairs = places.map((row) => ({ row, offset: rowOffsets.of(row) })).sort((a, b) => a.offset - b.offset);
    return { rows: pairs.map(({ row }) => row), offsets: Float64Array.from(pairs, ({ offset }) => offset) };
  }

  #withText(use: (text: OpenText) => Promise<void>): Promise<void> {
    return withBytes(this.#capture, this.#source, async (source) => use(await openText(source)));
  }
}

/** Opens what a capture was read from, as it is stored or decompressed, for as long as it is used. Throws as readRows. */
export async function withBytes<T>(capture: CaptureStore, source: CaptureSource, use: (bytes: ByteSource) => Promise<T>): Promise<T> {
  if (source.kind === "text") return use(new MemorySource(encodeUtf8(source.text)));
  const file = await FileByteSource.open(source.path);
  try {
    if (capture.fileVersion) file.checkVersion(capture.fileVersion);
    const compression = sniffCompression(await file.head());
    const compressed = compression && new CompressedSource(file, compression);
    let result: T;
    try {
      result = await use(compressed ?? file);
    } finally {
      await compressed?.close();
    }
    await file.checkUnchanged();
    return result;
  } finally {
    await file.close();
  }
}

/** What a detector reads payloads by; undefined where the file has none. */
export const makeReadPayloads = (capture: CaptureStore, reader: RowReader): RowReader["readPayloads"] | undefined =>
  capture.head.header.columns.has("payload") ? (rows) => reader.readPayloads(rows) : undefined;

async function openText(source: ByteSource): Promise<OpenText> {
  const reader = await TextReader.open(source);
  if (reader.encoding === "utf-8") return { source, toFileOffset: (offset) => Promise.resolve(offset) };
  return { source: new ForwardText(reader, source.size), toFileOffset: (offset) => reader.toFileOffset(offset) };
}

function cellsOf(record: RecordReader, text: Uint8Array, header: readonly string[]): Pick<CsvRow, "names" | "cells"> {
  const cells: string[] = [];
  for (let cell = 0; cell < record.count; cell++) cells.push(decodeUtf8(record.copyCell(text, cell)));
  return { names: Array.from({ length: Math.max(header.length, cells.length) }, (_, i) => header[i] ?? ""), cells };
}

/** All cells beyond the header's are empty, and the others are where they belong. */
function isEmptyBehind(record: RecordReader, text: Uint8Array, shapes: ReturnType<typeof cellShapes>): boolean {
  for (let cell = shapes.length; cell < record.count; cell++) if (record.starts[cell] < record.ends[cell]) return false;
  return isPrefix(text, record, shapes);
}

/** A column's cell, also of a row with too many cells where it is certain which. */
function cellOfColumn(
  record: RecordReader,
  text: Uint8Array,
  column: number,
  shapes: ReturnType<typeof cellShapes>,
  timeColumn: number,
): Uint8Array | undefined {
  if (record.count <= shapes.length || isEmptyBehind(record, text, shapes))
    return column < record.count ? record.copyCell(text, column) : undefined;
  const alignment = alignExtraCells(text, record, shapes, timeColumn);
  const first = alignment?.first[column] ?? -1;
  const last = alignment?.last[column] ?? -1;
  if (first < 0 || last < 0) return undefined;
  return first === last ? record.copyCell(text, first) : text.slice(record.starts[first], record.ends[last]);
}
