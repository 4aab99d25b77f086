/**
 * One run, from bytes to a capture in memory: wires the stages. Rows are taken in file order; the answer does not
 * depend on where blocks end.
 */
import { AnalysisError } from "../shared/errors";
import type { AnalysisOptions, AnalysisProgress, ReaderKind, RowPlace } from "../shared/model";
import type { ByteSource } from "./bytes";
import { buildStore, checkColumns } from "./buildStore";
import type { CaptureStore } from "./captureStore";
import { ChunkDecoder, type DecodedChunk } from "./chunkDecoder";
import { FIRST_COLUMNS, PacketColumns, presentColumns, REST_COLUMNS, type ColumnName } from "./columns";
import { LF, readHead, type FileHead } from "./csv/dialect";
import { CHUNK_BYTES, TEXT_BYTES, type KernelModule } from "./csv/kernel";
import type { EngineModules } from "./modules";
import { MAX_RECORD_BYTES, RecordReader } from "./csv/records";
import { RowBatch, type CreateScanner } from "./csv/scanner";
import { checkMemory } from "./memoryNeed";
import type { HeaderMap } from "./fields";
import type { RowColumns } from "./columnTexts";
import { RowDecoder } from "./rowDecoder";
import { TextReader } from "./textReader";
import { RangeFilter } from "./timeRange";

/** Bytes read at a time. */
const DEFAULT_BLOCK_BYTES = 1 << 20;

/** Bytes of a run of rows. */
const MAX_RUN_BYTES = 2 ** 31;

/** What a run needs besides the bytes. */
export interface AnalyzeOptions extends AnalysisOptions {
  /** For the summary. */
  readonly name: string;
  /** What reads regular rows, with its name for the summary: the kernel, or a scanner. */
  readonly reader:
    | { readonly kind: "simd"; readonly module: KernelModule }
    | { readonly kind: Exclude<ReaderKind, "simd">; readonly create: CreateScanner };
  readonly onProgress?: (progress: AnalysisProgress) => void;
  /** Milliseconds from any fixed moment, for `elapsedMs`: the engine has no clock. */
  readonly now: () => number;
  /** Bytes of memory that the capture may take; default: no limit. */
  readonly memoryLimitBytes?: number;
  /** Only for tests: bytes per block. */
  readonly blockBytes?: number;
}

/** Reads a capture. Throws AnalysisError: `emptyFile`, `missingColumns`, `tooLarge`, and what the source throws. */
export async function analyze(source: ByteSource, options: AnalyzeOptions & { readonly modules: EngineModules }): Promise<CaptureStore> {
  const started = options.now();
  if (source.size === 0) throw new AnalysisError("emptyFile", `${options.name} is empty.`, [options.name]);
  const run = new Run(source, options, await TextReader.open(source));
  await run.readAll();
  return run.finish(started, options.modules);
}

/**
 * Reads a file once more for columns that are not in memory. `header`: says which, as if they were others; repair goes by the file's own.
 * The result has all rows that reading from the front finds, headers in the middle perhaps too, with `present` columns only.
 */
export async function readAgain(
  source: ByteSource,
  options: AnalyzeOptions,
  header: HeaderMap,
  present: ReadonlySet<ColumnName>,
): Promise<RowColumns> {
  const run = new Run(source, options, await TextReader.open(source), { header, present });
  await run.readAll();
  return run.finishAgain();
}

/** State of one run: the text at hand and what has been made of the text before it. */
class Run {
  readonly #source: ByteSource;
  readonly #options: AnalyzeOptions;
  readonly #reader: TextReader;
  readonly #blockBytes: number;
  /** Text at hand: buffer[position, end) is not yet read into rows. */
  #buffer: Uint8Array<ArrayBuffer>;
  #position = 0;
  #end = 0;
  #isLast = false;
  /** Offset in the text of buffer[0], and lines before buffer[#counted]. */
  #textOffset = 0;
  #counted = 0;
  #lines = 0;
  /** Within a record that is too long to be one: up to its end everything is dropped. */
  #isSkipping = false;
  #isReserved = false;
  /** The rows so far, in runs that a lower half of an offset is enough for. */
  readonly #runs: { first: number; rows: number; start: number }[] = [];
  #newline: number = LF;
  #head!: FileHead;
  #columns!: PacketColumns;
  #decoder!: RowDecoder;
  /** The kernel, with columns of its own that are copied to the run's after every piece of text. */
  #chunks: ChunkDecoder | undefined;
  /** Rows that are wanted, and the time range, if any. */
  readonly #most: number;
  #range: RangeFilter | undefined;

  /** Only these columns, under the names that `header` gives them. */
  readonly #again: { readonly header: HeaderMap; readonly present: ReadonlySet<ColumnName> } | undefined;

  constructor(
    source: ByteSource,
    options: AnalyzeOptions,
    reader: TextReader,
    again?: { header: HeaderMap; present: ReadonlySet<ColumnName> },
  ) {
    this.#again = again;
    this.#source = source;
    this.#options = options;
    this.#reader = reader;
    this.#most = options.part?.kind === "rows" ? options.part.rows : Infinity;
    this.#blockBytes = options.blockBytes ?? DEFAULT_BLOCK_BYTES;
    this.#buffer = new Uint8Array(this.#blockBytes);
  }

  /** Reads head and rows. */
  async readAll(): Promise<void> {
    let head: FileHead | undefined;
    do {
      await this.#fill();
      head = readHead(this.#buffer.subarray(0, this.#end), this.#isLast || this.#end > MAX_RECORD_BYTES, this.#options.labelFields);
    } while (!head);
    const { header: whole } = head;
    if (this.#again) head = { ...head, header: this.#again.header };
    this.#head = head;
    this.#newline = head.dialect.newline;
    checkColumns(whole, this.#options.name);
    const { reader } = this.#options;
    this.#columns = new PacketColumns(this.#again?.present ?? presentColumns(head.header));
    if (reader.kind === "simd") {
      // As UTF-8, text takes at most half as much again as in the file.
      const mostText = this.#source.compression ? TEXT_BYTES : 2 * this.#source.size;
      this.#chunks = new ChunkDecoder(reader.module, head, Math.min(TEXT_BYTES, mostText), whole);
      this.#decoder = this.#chunks.decoder;
    } else {
      this.#decoder = new RowDecoder(head.header, this.#columns, whole);
    }
    this.#position = head.dataStart;
    const { part } = this.#options;
    this.#range = part?.kind === "time" ? new RangeFilter(part, head.header) : undefined;

    const scanner = reader.kind === "simd" ? undefined : reader.create(head.dialect, this.#decoder.wanted);
    const batch = new RowBatch(this.#decoder.wanted.length);
    const record = new RecordReader(head.dialect);
    for (;;) {
      const { rows } = this.#columns;
      const start = this.#textOffset + this.#position;
      this.#readRows(scanner, batch, record);
      this.#dropOutside(rows);
      this.#addToRuns(start);
      this.#reserveRows();
      const bytesRead = this.#source.compression?.storedBytesRead ?? this.#reader.bytesRead;
      this.#options.onProgress?.({ pass: "all", bytesRead, bytesTotal: this.#source.size, rows: this.#decoder.tally.read });
      if ((this.#isLast && this.#position >= this.#end) || this.#decoder.tally.read >= this.#most) break;
      await this.#fill();
    }
    const damage = this.#source.compression?.damage;
    if (damage) this.#decoder.tally.report.add(damage, () => this.#place(this.#end));
  }

  /** All columns with their dictionaries. */
  #takeCodes(): PacketColumns {
    const columns = this.#columns;
    if (this.#chunks) {
      // Into empty dictionaries: codes stay what they are.
      const own = this.#chunks.kernel.columns;
      columns.addresses.addAll(own.addresses.export());
      columns.protocolNames.addAll(own.protocolNames.export());
      columns.labelNames.addAll(own.labelNames.export());
      columns.zones.push(...own.zones);
    }
    return columns;
  }

  finishAgain(): RowColumns {
    const columns = this.#takeCodes();
    return { columns, markBytes: this.#reader.encoding === "utf-8" ? this.#reader.bomLength : 0 };
  }

  finish(started: number, modules: EngineModules): Promise<CaptureStore> {
    const { tally, dateNotes, hasTimes } = this.#decoder;
    const columns = this.#takeCodes();
    const { compression } = this.#source;
    const facts = {
      hasTimes,
      head: this.#head,
      part: this.#options.part,
      name: this.#options.name,
      bytes: this.#source.size,
      compression: compression ? { kind: compression.kind, bytes: this.#reader.bytesRead } : null,
      reader: { kind: this.#options.reader.kind, threads: 1 },
      toFileOffset: (offset: number) => this.#reader.toFileOffset(offset),
      runs: this.#runs,
      markBytes: this.#reader.encoding === "utf-8" ? this.#reader.bomLength : 0,
      elapsed: () => this.#options.now() - started,
    };
    return buildStore(facts, columns, tally, dateNotes, modules);
  }

  /** Moves what is left to the front of the buffer and reads on behind it; the buffer grows when it is full, and shrinks again. */
  async #fill(): Promise<void> {
    this.#countLines(this.#position);
    const rest = this.#end - this.#position;
    if (rest === this.#buffer.length) {
      const larger = new Uint8Array(2 * this.#buffer.length);
      larger.set(this.#buffer);
      this.#buffer = larger;
    } else if (this.#buffer.length > this.#blockBytes && rest < this.#blockBytes) {
      const smaller = new Uint8Array(this.#blockBytes);
      smaller.set(this.#buffer.subarray(this.#position, this.#end));
      this.#buffer = smaller;
    } else {
      this.#buffer.copyWithin(0, this.#position, this.#end);
    }
    this.#textOffset += this.#position;
    this.#counted -= this.#position;
    this.#position = 0;
    this.#end = rest;
    while (this.#end < this.#buffer.length && !this.#isLast) {
      const length = await this.#reader.read(this.#buffer.subarray(this.#end));
      this.#end += length;
      this.#isLast = length === 0;
    }
  }

  /** Takes the rows from `first` on that are outside of the time range out of the columns. */
  #dropOutside(first: number): void {
    if (!this.#range) return;
    const columns = this.#columns;
    const { tally } = this.#decoder;
    const { kept, outside } = this.#range.drop(columns, first, columns.rows);
    columns.rows = first + kept;
    tally.moveOutside(outside);
    // How many rows a range has, only reading says.
    checkMemory(this.#options.name, columns.rows, this.#options.memoryLimitBytes);
  }

  /** The rows that have come since the last call begin at or behind `start`. */
  #addToRuns(start: number): void {
    const { rows } = this.#columns;
    const last = this.#runs.at(-1);
    const first = last ? last.first + last.rows : 0;
    if (last && this.#textOffset + this.#end - last.start < MAX_RUN_BYTES) last.rows = rows - last.first;
    else this.#runs.push({ first, rows: rows - first, start });
  }

  /** Makes place for all rows at once, judged by the first block: growing step by step would hold columns twice. */
  #reserveRows(): void {
    const columns = this.#columns;
    if (this.#isReserved || this.#range || columns.rows === 0) return;
    this.#isReserved = true;
    const { compression, size } = this.#source;
    const expected = Math.ceil((columns.rows / this.#reader.bytesRead) * (compression?.expectedBytes ?? size));
    checkMemory(this.#options.name, Math.min(expected, this.#most), this.#options.memoryLimitBytes);
    columns.reserve(Math.ceil(Math.min(expected * 1.05, this.#most)));
  }

  /** All whole rows at hand. */
  #readRows(scanner: ReturnType<CreateScanner> | undefined, batch: RowBatch, record: RecordReader): void {
    const decoder = this.#decoder;
    const placeOf = (position: number): RowPlace => this.#place(position);
    while (this.#position < this.#end && decoder.tally.read < this.#most) {
      if (this.#isSkipping) {
        const newline = this.#buffer.subarray(0, this.#end).indexOf(this.#newline, this.#position);
        this.#isSkipping = newline < 0;
        this.#position = newline < 0 ? this.#end : newline + 1;
        continue;
      }
      batch.clear();
      // So much text at hand means that its first record is extremely long, perhaps too long.
      if (!scanner) {
        if (this.#decodeText()) continue;
      } else if (this.#end - this.#position <= MAX_RECORD_BYTES) {
        const { position, stop } = scanner.scan({ text: this.#buffer, start: this.#position, end: this.#end, isLast: this.#isLast }, batch);
        const isEnough = decoder.tally.read + batch.rows >= this.#most;
        if (isEnough) batch.rows = this.#most - decoder.tally.read;
        decoder.addBatch(batch, this.#textOffset, placeOf);
        this.#position = position;
        if (isEnough || stop === "needsText") return;
      }
      if (!record.read(this.#buffer, this.#position, this.#end, this.#isLast)) return;
      const start = this.#position;
      const isEndOfText = this.#isLast && record.next === this.#end;
      const target = decoder.columns;
      target.rows = scanner ? target.rows : 0;
      const row = target.addRow();
      target.offset[row] = this.#textOffset + start;
      const fate = decoder.readRecord(record, this.#buffer, start, isEndOfText, row, () => placeOf(start));
      if (fate !== "row") target.rows--;
      else if (!scanner) this.#append(1);
      this.#isSkipping = fate === "tooLong";
      this.#position = record.next;
    }
  }

  /** Reads a piece of the text at hand with the kernel. False when its first record needs more text than the kernel takes. */
  #decodeText(): boolean {
    const chunks = this.#chunks!;
    const { text } = chunks.kernel;
    const from = this.#position;
    const length = Math.min(chunks.kernel.textBytes, this.#end - from);
    text.set(this.#buffer.subarray(from, from + length));
    text.fill(0, length, length + 64);
    this.#countLines(from);
    // Whatever only the first row that has both an absolute and a relative time can tell is looked for row by row.
    const needsStart = this.#head.header.columns.has("timeRelative") && chunks.decoder.dateNotes.start === undefined;
    const decodeTo = (stopAt: number): DecodedChunk =>
      chunks.decode({
        start: 0,
        end: length,
        stopAt,
        isLast: this.#isLast && from + length === this.#end,
        textOffset: this.#textOffset + from,
        rowsBefore: 0,
        linesBefore: this.#lines,
        pass: "all",
        isRowByRow: needsStart,
      });
    const { decoder } = chunks;
    const before = decoder.startTally();
    const wanted = this.#most - before.read;
    let decoded = decodeTo(Math.min(length, CHUNK_BYTES));
    if (decoder.tally.read > wanted) {
      // The least position that so many rows begin before.
      let least = 0;
      let most = decoded.next;
      while (least + 1 < most) {
        const middle = (least + most) >> 1;
        decoder.startTally();
        decodeTo(middle);
        if (decoder.tally.read >= wanted) most = middle;
        else least = middle;
      }
      decoder.startTally();
      decoded = decodeTo(most);
    }
    before.add(decoder.tally, 0);
    decoder.tally = before;
    this.#append(decoded.rows);
    this.#lines = chunks.linesBefore(decoded.next);
    this.#position = this.#counted = from + decoded.next;
    this.#isSkipping = decoded.isTooLong;
    return decoded.next > 0;
  }

  /** The kernel's first rows, behind those there are. */
  #append(rows: number): void {
    const columns = this.#columns;
    const first = columns.rows;
    if (first + rows > columns.valid.length) columns.reserve(Math.ceil(1.25 * (first + rows)));
    const own = this.#chunks!.kernel.columns;
    columns.copyFrom(own, FIRST_COLUMNS, rows, first);
    columns.copyFrom(own, REST_COLUMNS, rows, first);
    columns.rows += rows;
  }

  /** Line and offset in the text of a position of the buffer. Positions must not go back behind the last one by more than this block. */
  #place(position: number): RowPlace {
    this.#countLines(position);
    return { line: this.#lines + 1, byteOffset: this.#textOffset + position };
  }

  #countLines(position: number): void {
    if (position < this.#counted) {
      for (let at = position; at < this.#counted; at++) if (this.#buffer[at] === this.#newline) this.#lines--;
    } else {
      for (let at = this.#counted; at < position; at++) if (this.#buffer[at] === this.#newline) this.#lines++;
    }
    this.#counted = position;
  }
}
