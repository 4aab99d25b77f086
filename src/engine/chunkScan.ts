/**
 * A file in chunks that threads take in any order. A chunk holds the rows that begin in it. Where the first of them
 * begins cannot be known without reading all before it (a line end may stand inside quotes), so it is guessed; when all
 * chunks are read, the chain is checked: every chunk has to begin where the one before it ended, else it is read again
 * from there. So the rows are those that reading from the front gives, whatever was guessed.
 *
 * Chunks are read twice: first for the columns that the list of numbers and the timelines need, then, when the chain is
 * known, for the others.
 */
import { AnalysisError } from "../shared/errors";
import { FIRST_BITS, FIRST_COLUMNS, PacketColumns, presentColumns, REST_COLUMNS, shareBytes, Valid, type ColumnBuffers } from "./columns";
import type { CapturePart } from "../shared/model";
import { ChunkDecoder, type Pass } from "./chunkDecoder";
import { LF, type FileHead } from "./csv/dialect";
import type { HeaderMap } from "./fields";
import { TEXT_BYTES, type KernelModule } from "./csv/kernel";
import { MAX_RECORD_BYTES, RecordReader } from "./csv/records";
import type { Segment } from "./rowGroups";
import { type RowTally } from "./rowDecoder";
import { RangeFilter } from "./timeRange";

/** Fills `target` from byte `offset` of the file on; returns the bytes written. */
export type ReadAt = (offset: number, target: Uint8Array) => number;

/** What threads share besides the columns. */
export interface SharedScan {
  readonly control: SharedArrayBuffer;
  readonly columns: ColumnBuffers;
  /** Rows that the columns have place for. */
  readonly capacity: number;
  /** The columns are narrow, see PacketColumns. */
  readonly isNarrow: boolean;
  readonly size: number;
  readonly head: FileHead;
  /** Bytes of a chunk, and of the text behind it that is read with it; CHUNK_BYTES and OVERLAP_BYTES but for tests. */
  readonly chunkBytes: number;
  readonly overlapBytes: number;
  /** Only these rows are wanted. */
  readonly part?: CapturePart | undefined;
  /** The file's own header, by which rows are repaired; undefined: that of `head`. */
  readonly whole?: HeaderMap;
}

const NEXT_CHUNK = 0;
const NEXT_ROW = 1;
const STOP = 2;
const OVERFLOW = 3;
const ROWS_READ = 4;
const NOT_NARROW = 5;
/** Bytes of `control`. */
export const CONTROL_BYTES = 24;

/** A chunk that has been read. */
export interface ScannedChunk {
  readonly chunk: number;
  /** Offset in the file of its first row, and of the first row behind its last; equal when no row begins in it. */
  readonly start: number;
  readonly next: number;
  /** Rows that begin from here on are not wanted; undefined: the chunk's end. */
  readonly stop?: number | undefined;
  /** Its rows in the columns. */
  readonly segment: Segment;
  /** Line ends from start to next. */
  readonly lines: number;
  readonly tally: RowTally;
  /** Which thread's codes its columns hold. */
  readonly thread: number;
}

/** What the second pass says of a chunk. */
export interface RestOfChunk {
  readonly chunk: number;
  readonly tally: RowTally;
}

/** The chunks of a chain in memory that threads share. */
export class ChunkTable {
  /** Per chunk: its number, the offset of its first row, the one no row begins behind (0: the chunk's end), and the first and number of its rows in the columns. */
  readonly words: Float64Array;

  constructor(words: Float64Array) {
    this.words = words;
  }

  static of(chain: readonly ScannedChunk[]): ChunkTable {
    const words = new Float64Array(shareBytes(chain.length * 40));
    chain.forEach(({ chunk, start, stop = 0, segment }, at) => words.set([chunk, start, stop, segment.first, segment.rows], 5 * at));
    return new ChunkTable(words);
  }

  get length(): number {
    return this.words.length / 5;
  }

  chunk(at: number): number {
    return this.words[5 * at];
  }

  start(at: number): number {
    return this.words[5 * at + 1];
  }

  /** See ScannedChunk. */
  stop(at: number): number | undefined {
    return this.words[5 * at + 2] || undefined;
  }

  segment(at: number): Segment {
    return { first: this.words[5 * at + 3], rows: this.words[5 * at + 4] };
  }

  /** The rows in the order of the file. */
  segments(): Segment[] {
    return Array.from({ length: this.length }, (_, at) => this.segment(at));
  }
}

/** Which chunks a capture was read in. `table`: see ChunkTable. */
export interface CaptureChunks extends Pick<SharedScan, "chunkBytes" | "overlapBytes"> {
  readonly table: Float64Array;
}

/** Line ends tried as a chunk's beginning before the first one is taken on trust. */
const GUESSES = 16;

/** Which chunk and which rows are next, and how far everybody is. */
export class ScanControl {
  readonly #words: Int32Array;

  constructor(control: SharedArrayBuffer) {
    this.#words = new Int32Array(control);
  }

  /** The next chunk that nobody has taken. */
  takeChunk(): number {
    return Atomics.add(this.#words, NEXT_CHUNK, 1);
  }

  /** Begins with the first chunk again. */
  startOver(): void {
    Atomics.store(this.#words, NEXT_CHUNK, 0);
  }

  /** Chunks that somebody has taken. */
  get chunks(): number {
    return Atomics.load(this.#words, NEXT_CHUNK);
  }

  /** Places for so many rows; undefined when there are not enough, and everybody stops. */
  takeRows(rows: number, capacity: number): number | undefined {
    // Unsigned: four thousand million rows are more than memory holds.
    const first = Atomics.add(this.#words, NEXT_ROW, rows) >>> 0;
    if (first + rows <= capacity) return first;
    Atomics.store(this.#words, OVERFLOW, 1);
    this.stop();
    return undefined;
  }

  stop(): void {
    Atomics.store(this.#words, STOP, 1);
  }

  get isStopped(): boolean {
    return Atomics.load(this.#words, STOP) === 1;
  }

  /** The columns were too small: the scan has to be done again with larger ones. */
  get hasOverflowed(): boolean {
    return Atomics.load(this.#words, OVERFLOW) === 1;
  }

  /** A value does not fit into a narrow column: everybody stops. */
  needWide(): void {
    Atomics.store(this.#words, NOT_NARROW, 1);
    this.stop();
  }

  /** The scan has to be done again with columns that are not narrow. */
  get needsWide(): boolean {
    return Atomics.load(this.#words, NOT_NARROW) === 1;
  }

  get rows(): number {
    return Atomics.load(this.#words, NEXT_ROW) >>> 0;
  }

  /** Rows of the file that have been read, wanted or not. */
  get rowsRead(): number {
    return Atomics.load(this.#words, ROWS_READ) >>> 0;
  }

  addRead(rows: number): void {
    Atomics.add(this.#words, ROWS_READ, rows);
  }
}

const hasChanged = (): AnalysisError =>
  new AnalysisError("fileChanged", "The file changed while it was read. Analyse it again when it is complete.");

/** What any columns of text can be read into. */
export const TEXT_PLACES = ["label", "protocols"] as const;

const BUT_ZONE = FIRST_COLUMNS.filter((name) => name !== "zone");

function isZero(values: Uint8Array, count: number): boolean {
  let all = 0;
  for (let i = 0; i < count; i++) all |= values[i];
  return all === 0;
}

/** Reads chunks in one thread. */
export class ChunkScanner {
  readonly decoder: ChunkDecoder;
  readonly #shared: SharedScan;
  readonly #control: ScanControl;
  readonly #columns: PacketColumns;
  /** What the first pass fills: where all rows are read one by one, everything. */
  readonly #pass: "first" | "all";
  readonly #readAt: ReadAt;
  readonly #thread: number;
  readonly #range: RangeFilter | undefined;
  /** Rows of a chunk behind which nothing long is looked at. */
  readonly #enough: number;

  constructor(module: KernelModule, shared: SharedScan, readAt: ReadAt, thread: number) {
    this.#shared = shared;
    this.#control = new ScanControl(shared.control);
    const textBytes = Math.min(1 + shared.chunkBytes + shared.overlapBytes, 1 + shared.size);
    this.decoder = new ChunkDecoder(module, shared.head, textBytes, shared.whole);
    this.#columns = new PacketColumns(presentColumns(shared.head.header), shared.isNarrow);
    this.#columns.useShared(shared.columns);
    const { part, head } = shared;
    this.#range = part?.kind === "time" ? new RangeFilter(part, head.header) : undefined;
    this.#enough = part?.kind === "rows" ? part.rows : Infinity;
    // Rows that are not wanted have no place that a second pass could fill.
    this.#pass = this.decoder.isAllSlow || this.#range ? "all" : "first";
    this.#readAt = readAt;
    this.#thread = thread;
  }

  /** The columns that all threads share. */
  get columns(): PacketColumns {
    return this.#columns;
  }

  /** A second pass is needed. */
  get hasRest(): boolean {
    return this.#pass === "first";
  }

  /**
   * Reads a chunk's first columns, from the row that begins at `start`, or from where one seems to begin, up to the last that
   * begins before `stop`. Undefined when the columns are full, or too narrow.
   */
  scan(chunk: number, start?: number, stop?: number): ScannedChunk | undefined {
    const read = this.#read(chunk, this.#pass, start, stop);
    const { start: begin, next, lines } = read;
    const tally = this.decoder.decoder.startTally();
    this.#control.addRead(tally.read);
    const rows = this.#dropOutside(read.rows, tally);
    const place = this.#control.takeRows(rows, this.#shared.capacity);
    if (place === undefined) return undefined;
    const local = this.decoder.kernel.columns;
    // Mostly there is one zone, with the code that fresh memory holds: a page for every 4096 rows is not touched.
    const names = isZero(local.zone, rows) ? BUT_ZONE : FIRST_COLUMNS;
    if (!this.#columns.copyFrom(local, names, rows, place)) {
      this.#control.needWide();
      return undefined;
    }
    if (!this.hasRest) this.#columns.copyFrom(local, REST_COLUMNS, rows, place);
    return { chunk, start: begin, next, stop: read.stop, segment: { first: place, rows }, lines, tally, thread: this.#thread };
  }

  /** A chunk again, with its first `rows` rows only. Undefined when the columns are full. */
  scanRows({ chunk, start, next }: ScannedChunk, rows: number): ScannedChunk | undefined {
    // The least offset that so many rows begin before.
    let least = start;
    let most = next;
    while (least + 1 < most) {
      const middle = Math.floor((least + most) / 2);
      this.#read(chunk, this.#pass, start, middle);
      if (this.decoder.decoder.startTally().read >= rows) most = middle;
      else least = middle;
    }
    return this.scan(chunk, start, most);
  }

  /** Rows of the kernel's columns that stay. */
  #dropOutside(rows: number, tally: RowTally): number {
    if (!this.#range) return rows;
    const { kept, outside } = this.#range.drop(this.decoder.kernel.columns, 0, rows);
    tally.moveOutside(outside);
    return kept;
  }

  /** Reads the other columns of a chunk of the chain. */
  scanRest(table: ChunkTable, at: number): RestOfChunk {
    const chunk = table.chunk(at);
    const { first, rows } = table.segment(at);
    const valid = this.#columns.valid.subarray(first, first + rows);
    const read = this.#read(chunk, "rest", table.start(at), table.stop(at), valid);
    if (read.rows !== rows) throw hasChanged();
    const local = this.decoder.kernel.columns;
    this.#columns.copyFrom(local, REST_COLUMNS, rows, first);
    this.#columns.addBits(local, ~FIRST_BITS, rows, first);
    return { chunk, tally: this.decoder.decoder.startTally() };
  }

  /** Reads columns of text of a chunk of the chain. */
  scanTexts(table: ChunkTable, at: number): void {
    const { first, rows } = table.segment(at);
    const read = this.#read(table.chunk(at), this.#pass, table.start(at), table.stop(at));
    if (read.rows !== rows) throw hasChanged();
    this.#control.addRead(rows);
    this.#columns.copyFrom(this.decoder.kernel.columns, TEXT_PLACES, rows, first);
  }

  /** Decodes a chunk into the kernel's own columns. */
  #read(
    chunk: number,
    pass: Pass,
    start?: number,
    stop?: number,
    firstValid?: Uint16Array,
  ): { start: number; next: number; stop: number | undefined; rows: number; lines: number } {
    const { size, head, chunkBytes } = this.#shared;
    const from = head.dataStart + chunk * chunkBytes;
    const to = Math.min(size, from + chunkBytes, stop ?? Infinity);
    // One byte before the chunk: a line end there means that a row begins at its first byte.
    let text = this.#load((start ?? from) - 1, to);
    const first = start !== undefined || chunk === 0 ? 1 : this.#guessStart(text.end, text.stopAt);
    const begin = text.textOffset + first;
    this.decoder.decoder.startTally();
    let next = begin;
    let rows = 0;
    let lines = 0;
    while (next < to) {
      if (next !== begin) text = this.#load(next - 1, to);
      const rest = firstValid && { firstValid };
      const decoded = this.decoder.decode({ ...text, start: next - text.textOffset, rowsBefore: rows, linesBefore: lines, pass, ...rest });
      rows = decoded.rows;
      lines = this.decoder.linesBefore(decoded.next);
      next = text.textOffset + decoded.next;
      if ((decoded.needsText || decoded.isTooLong) && this.decoder.decoder.tally.read >= this.#enough)
        return { start: begin, next, stop: next, rows, lines };
      if (decoded.needsText) {
        // A long record, or one that looked long because of a stray quote.
        const long = this.#readLong(next, rows, lines, firstValid);
        rows += long.rows;
        lines += long.lines;
        next = long.next;
      } else if (decoded.isTooLong) {
        const skipped = this.#skipLine(next);
        lines += skipped.lines;
        next = skipped.next;
      }
    }
    return { start: begin, next, stop, rows, lines };
  }

  /** Brings text of the file into the kernel's text region, for the rows that begin before `to`. */
  #load(textOffset: number, to: number): { end: number; stopAt: number; isLast: boolean; textOffset: number } {
    const { size } = this.#shared;
    const { text, textBytes } = this.decoder.kernel;
    const end = this.#readWhole(textOffset, text.subarray(0, Math.min(textBytes, size - textOffset)));
    text.fill(0, end, end + 64);
    return { end, stopAt: to - textOffset, isLast: textOffset + end >= size, textOffset };
  }

  /** Fills the target; a file that is shorter now than when it was opened cannot be read on. */
  #readWhole(offset: number, target: Uint8Array): number {
    const length = this.#readAt(offset, target);
    if (length < target.length)
      throw new AnalysisError("fileChanged", "The file became shorter while it was read. Analyse it again when it is complete.");
    return length;
  }

  /** Behind the first line end that a regular row follows, else behind the first one at all, else at stopAt. */
  #guessStart(length: number, stopAt: number): number {
    const { kernel } = this.decoder;
    const { newline } = this.#shared.head.dialect;
    let first = stopAt;
    let at = -1;
    for (let guess = 0; guess < GUESSES; guess++) {
      at = kernel.text.subarray(0, stopAt).indexOf(newline, at + 1);
      if (at < 0 || at + 1 >= stopAt) break;
      if (guess === 0) first = at + 1;
      if (kernel.findRows(at + 1, length, at + 2, 1, 0).rows === 1) return at + 1;
    }
    return first;
  }

  /** Reads one record that is longer than the text region, to place `row` of the chunk's columns. */
  #readLong(offset: number, row: number, linesBefore: number, firstValid?: Uint16Array): { rows: number; lines: number; next: number } {
    const { size, head } = this.#shared;
    const record = new RecordReader(head.dialect);
    const { decoder, kernel } = this.decoder;
    for (let bytes = 4 * TEXT_BYTES; ; bytes *= 2) {
      const text = new Uint8Array(Math.min(bytes, size - offset));
      const length = this.#readWhole(offset, text);
      const isLast = offset + length >= size;
      if (!record.read(text, 0, length, isLast)) continue;
      kernel.columns.clear(row, row + 1);
      kernel.columns.offset[row] = offset;
      const isEndOfText = isLast && record.next === length;
      const place = () => ({ line: linesBefore + 1, byteOffset: offset });
      const fate = this.decoder.readIrregular(firstValid, row, () => decoder.readRecord(record, text, 0, isEndOfText, row, place));
      if (fate !== "row") kernel.columns.clear(row, row + 1);
      kernel.columns.valid[row] |= fate === "row" ? Valid.noted : Valid.noted | Valid.noRow;
      let lines = 0;
      for (let at = 0; at < record.next; at++) if (text[at] === head.dialect.newline) lines++;
      const next = offset + record.next;
      const rows = fate === "row" || fate === "header" ? 1 : 0;
      if (fate !== "tooLong") return { rows, lines, next };
      const skipped = this.#skipLine(next);
      return { rows, lines: lines + skipped.lines, next: skipped.next };
    }
  }

  /** From within a record that is too long to behind the next line end. */
  #skipLine(offset: number): { lines: number; next: number } {
    const { size, head } = this.#shared;
    const text = new Uint8Array(MAX_RECORD_BYTES >> 4);
    for (let at = offset; at < size;) {
      const length = this.#readAt(at, text);
      const newline = text.subarray(0, length).indexOf(head.dialect.newline);
      if (newline >= 0) return { lines: 1, next: at + newline + 1 };
      if (length === 0) break;
      at += length;
    }
    return { lines: 0, next: size };
  }
}

/**
 * The chunks as reading from the front gives them: those that begin where the one before ended as they are, the others
 * read again by `rescan`. `chunks` in order of chunk number; where a part of the file is enough, the last may be missing.
 * Undefined when rescan gave up.
 */
export function chainChunks(
  chunks: readonly ScannedChunk[],
  shared: SharedScan,
  rescan: (chunk: number, start: number) => ScannedChunk | undefined,
): ScannedChunk[] | undefined {
  const { head, size, chunkBytes, part } = shared;
  const chain: ScannedChunk[] = [];
  const most = part?.kind === "rows" ? part.rows : Infinity;
  const count = countChunks(shared);
  let expected = head.dataStart;
  let read = 0;
  for (let at = 0; at < count && read < most; at++) {
    const to = Math.min(size, head.dataStart + (at + 1) * chunkBytes);
    if (expected >= to) continue; // a row that began before goes on behind this chunk
    const chunk = at < chunks.length ? chunks[at] : undefined;
    const right = chunk?.start === expected ? chunk : rescan(at, expected);
    if (!right) return undefined;
    chain.push(right);
    expected = right.next;
    read += right.tally.read;
  }
  return chain;
}

/** How many chunks a file has. */
export const countChunks = ({ head, size, chunkBytes }: SharedScan): number => Math.ceil(Math.max(0, size - head.dataStart) / chunkBytes);

/** Line ends in the head of a file, before its first data row. */
export function countHeadLines(text: Uint8Array, { dialect, dataStart }: FileHead): number {
  let lines = 0;
  for (let at = 0; at < dataStart; at++) if (text[at] === (dialect.newline ?? LF)) lines++;
  return lines;
}
