/**
 * Reads a UTF-8 file with the kernel, by several threads, over memory they share. The answer is the sequential
 * reader's (src/engine/analyze.ts), in the order of the file, however many threads there were. Columns of text that
 * somebody asks for later are read likewise, by the chunks that are known then.
 */
import { availableParallelism } from "node:os";
import { checkColumns, settleTimes, summarize, type ReadFacts, type ReadRows } from "../engine/buildStore";
import { CaptureStore, type CompleteCapture } from "../engine/captureStore";
import { ChunkDecoder } from "../engine/chunkDecoder";
import {
  chainChunks,
  ChunkTable,
  CONTROL_BYTES,
  countChunks,
  countHeadLines,
  ScanControl,
  type CaptureChunks,
  type ReadAt,
  type ScannedChunk,
  type SharedScan,
} from "../engine/chunkScan";
import { canShareMemory, NARROW_CODES, PacketColumns, presentColumns, shareBytes, shareColumns } from "../engine/columns";
import { readHead, type FileHead } from "../engine/csv/dialect";
import { CHUNK_BYTES, OVERLAP_BYTES, type KernelModule } from "../engine/csv/kernel";
import { SequenceIndex } from "../engine/frequency";
import { addTimes, FROM_START, type DateNotes } from "../engine/rowDates";
import { RowTally } from "../engine/rowDecoder";
import { headerFor, loadedColumns } from "../engine/columnTexts";
import type { LoadedColumn } from "../engine/filter/captureFields";
import { throwUnwanted, type ColumnHooks } from "../engine/filter/captureFilters";
import { checkMemory, rowsWithin } from "../engine/memoryNeed";
import { countBuckets, countKeys, divideBuckets, type BucketCounts, type RowGroups } from "../engine/rowGroups";
import type { EngineModules } from "../engine/modules";
import { RowOffsets } from "../engine/rowOffsets";
import { divideStreams, StreamOrder, type StreamGroups } from "../engine/streamOrder";
import type { AnalysisOptions, AnalysisProgress, ZoneInfo } from "../shared/model";
import { ScanThreads, type CodeMaps, type ScanResults, type ScanWork, type ThreadCodes } from "./scanThreads";

const MAX_THREADS = 8;
/** Places for rows that are read beyond the part asked for: by chunks that are read at the same time, and read again. */
const SPARE_ROWS = 1 << 20;
/** A further thread takes some 40 ms to start: not worth it for less. */
const BYTES_PER_THREAD = 16 << 20;
/** Zones a row's code can name; above, the sequential reader's rule has to decide. */
const MAX_ZONES = 250;
/** From here on the rows per byte are counted, to judge how many there are in all. */
const SAMPLE_BYTES = 1 << 20;

/** What a run needs. */
export interface FastOptions extends AnalysisOptions {
  readonly name: string;
  readonly size: number;
  readonly fd: number;
  readonly readAt: ReadAt;
  readonly module: KernelModule;
  readonly modules: EngineModules;
  /** Bundle that a further thread runs; undefined: this thread alone. */
  readonly workerPath: string | undefined;
  /** At most so many threads; default: one per core, at most 8. */
  readonly threads?: number;
  /** Only for tests: see SharedScan. */
  readonly chunkBytes?: number;
  readonly overlapBytes?: number;
  readonly onProgress?: (progress: AnalysisProgress) => void;
  /** Throws when the file is not the one that was opened any more. */
  readonly checkUnchanged?: () => Promise<void>;
  /** Bytes of memory that the capture may take; default: no limit. */
  readonly memoryLimitBytes?: number;
  readonly now: () => number;
}

/**
 * Reads a capture: answers when the columns of the list of numbers and the timelines are there, and completes the
 * capture then. "sequential" when the file is one that only the sequential reader judges right. Throws AnalysisError;
 * `tooLarge` before anything is read, but for a time range: how many rows it has, only reading says.
 */
export async function readFast(options: FastOptions): Promise<CaptureStore | "sequential"> {
  const opened = readFileHead(options);
  if (!opened) return "sequential";
  const { head, text } = opened;
  const { name, part, memoryLimitBytes } = options;
  checkColumns(head.header, name);
  const expected = estimateRows(options, head);
  const wanted = part?.kind === "rows" ? Math.min(part.rows, expected) : expected;
  if (part?.kind !== "time") checkMemory(name, wanted, memoryLimitBytes);
  const spare = part?.kind === "rows" ? SPARE_ROWS : SPARE_ROWS >> 4;
  const most = Math.min(part?.kind === "rows" ? part.rows : Infinity, rowsWithin(memoryLimitBytes ?? Infinity)) + spare;
  // Half as many rows more than expected: pages not used take no room.
  let capacity = Math.min(Math.ceil(1.5 * expected) + 1024, most);
  let isNarrow = true;
  for (;;) {
    const run = new FastRun(options, head, countHeadLines(text, head), capacity, isNarrow);
    const store = await run.readFirst();
    if (store === "wide") {
      isNarrow = false;
      continue;
    }
    if (store !== "full") return store;
    // More rows than the beginning suggested, or than a time range may have.
    checkMemory(name, Math.min(2 * capacity, part?.kind === "rows" ? part.rows : Infinity), capacity < most ? undefined : memoryLimitBytes);
    capacity = capacity < most ? Math.min(2 * capacity, most) : 2 * capacity;
  }
}

/** The head, with offsets in the file; undefined when it is not within the first 16 MB. */
function readFileHead({ size, readAt, labelFields }: FastOptions): { head: FileHead; text: Uint8Array } | undefined {
  for (let bytes = 1 << 16; bytes <= 1 << 24; bytes *= 4) {
    const buffer = new Uint8Array(Math.min(bytes, size));
    const length = readAt(0, buffer);
    const bom = buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf ? 3 : 0;
    const text = buffer.subarray(bom, length);
    const head = readHead(text, length >= size, labelFields);
    if (head) return { head: { ...head, dataStart: head.dataStart + bom }, text: buffer };
  }
  return undefined;
}

/** How many threads read a file. */
function threadsFor({ size, threads }: Pick<FastOptions, "size" | "threads">): number {
  const most = canShareMemory ? Math.min(threads ?? availableParallelism(), MAX_THREADS) : 1;
  return Math.min(most, Math.ceil(size / BYTES_PER_THREAD));
}

/** Rows that the file will have, by the line ends of its beginning. */
function estimateRows({ size, readAt }: FastOptions, { dataStart, dialect }: FileHead): number {
  const sample = new Uint8Array(Math.min(SAMPLE_BYTES, size - dataStart));
  const length = readAt(dataStart, sample);
  let rows = 1;
  for (let at = 0; at < length; at++) if (sample[at] === dialect.newline) rows++;
  return Math.ceil((rows * Math.max(1, size - dataStart)) / Math.max(1, length));
}

/** What the second pass can find in rows that the first one took as plain. */
const REST_KINDS = ["badNumber", "multipleValues", "lostPrecision"] as const;

/** One attempt at a file, with place for a number of rows. */
class FastRun {
  readonly #options: FastOptions;
  readonly #shared: SharedScan;
  readonly #threads: ScanThreads;
  readonly #control: ScanControl;
  readonly #columns: PacketColumns;
  /** Line ends before the first row. */
  readonly #headLines: number;
  readonly #started: number;
  #pass: AnalysisProgress["pass"] = "first";

  constructor(options: FastOptions, head: FileHead, headLines: number, capacity: number, isNarrow: boolean) {
    this.#started = options.now();
    this.#options = options;
    this.#headLines = headLines;
    this.#shared = {
      control: shareBytes(CONTROL_BYTES),
      columns: shareColumns(capacity, isNarrow),
      capacity,
      isNarrow,
      size: options.size,
      head,
      chunkBytes: options.chunkBytes ?? CHUNK_BYTES,
      overlapBytes: options.overlapBytes ?? OVERLAP_BYTES,
      part: options.part,
    };
    this.#control = new ScanControl(this.#shared.control);
    this.#columns = new PacketColumns(presentColumns(head.header), isNarrow);
    this.#columns.useShared(this.#shared.columns);
    const threads = threadsFor(options);
    this.#threads = new ScanThreads({ ...options, sorter: options.modules.sorter, shared: this.#shared }, threads, () =>
      this.#betweenChunks(),
    );
  }

  /** The first pass, and a store that the second pass completes. */
  async readFirst(): Promise<CaptureStore | "full" | "wide" | "sequential"> {
    let isOver = true;
    try {
      const chunks = countChunks(this.#shared);
      const results = await this.#threads.do(() => ({ kind: "first", chunks }));
      if (this.#control.isStopped) return this.#why;
      const inOrder = results.flatMap((result) => result.chunks).sort((a, b) => a.chunk - b.chunk);
      const { here } = this.#threads;
      const chain = chainChunks(inOrder, this.#shared, (chunk, start) => here.rescan(chunk, start));
      if (!chain || !this.#cutBehind(chain)) return this.#why;
      const columns = this.#columns;
      columns.rows = this.#control.rows;
      // What was read from a wrong beginning counts for nothing.
      const kept = new Set(chain);
      for (const chunk of inOrder) if (!kept.has(chunk)) columns.clear(chunk.segment.first, chunk.segment.first + chunk.segment.rows);

      // After the chain is whole: reading again may have brought new texts.
      const maps = [here.codes(), ...results.slice(1).map((result) => result.codes)].map((codes) => this.#mapCodes(codes));
      if (columns.zones.length > MAX_ZONES) return "sequential";
      if (this.#shared.isNarrow && Math.max(columns.protocolNames.size, columns.labelNames.size) > NARROW_CODES) return "wide";
      const tally = this.#sum(chain);
      const table = ChunkTable.of(chain);
      await this.#threads.do((thread) => ({ kind: "codes", maps: maps[thread] }));
      const { times, counts } = await this.#measure();
      const dateNotes: DateNotes = { start: undefined };
      const end = this.#options.part?.kind === "rows" ? (chain.at(-1)?.next ?? 0) : this.#options.size;
      if (this.#shared.head.header.columns.has("timeRelative")) findStart(this.#options, this.#shared, columns, dateNotes, end);
      const facts = this.#facts(here.scanner.decoder.decoder.hasTimes, chain);
      const { time, lost, fits } = settleTimes(facts, columns, times, dateNotes, tally);
      if (!fits) return "wide";
      // Rows that prove to lie outside of a time range have no number any more.
      const numbers = this.#options.part?.kind === "time" ? countBuckets(columns, 0, columns.rows) : counts;
      const groups = await this.#groupNumbers(table, numbers, tally.tcp);
      const index = new SequenceIndex(table.segments(), groups.rows, groups.parts);

      const rows = { columns, index, time, lost, tally };
      const summary = await summarize(facts, rows, false);
      isOver = false;
      const rowOffsets = new RowOffsets(columns.offset, facts.runs, facts.markBytes);
      const { chunkBytes, overlapBytes, part } = this.#shared;
      // Of a time range the chunks have rows without a place.
      const places = part?.kind === "time" ? undefined : { table: table.words, chunkBytes, overlapBytes };
      return new CaptureStore(
        { summary, columns, index, rowOffsets, head: facts.head, modules: this.#options.modules, chunks: places },
        this.#readRest(facts, rows, chain, table),
      );
    } finally {
      if (isOver) this.#threads.end();
    }
  }

  /** Why the columns did not take all rows. */
  get #why(): "wide" | "full" {
    return this.#control.needsWide ? "wide" : "full";
  }

  /** Leaves out of a chain's last chunk what is behind the last row wanted. False when the columns are full. */
  #cutBehind(chain: ScannedChunk[]): boolean {
    const { part } = this.#options;
    const last = chain.pop();
    if (!last) return true;
    const before = chain.reduce((sum, { tally }) => sum + tally.read, 0);
    const isCut = part?.kind === "rows" && before + last.tally.read > part.rows;
    const right = isCut ? this.#threads.here.cut(last, part.rows - before) : last;
    if (right) chain.push(right);
    return right !== undefined;
  }

  /** The second pass, and the order of packets by stream. */
  async #readRest(facts: ReadFacts, rows: ReadRows, chain: readonly ScannedChunk[], table: ChunkTable): Promise<CompleteCapture> {
    const { columns } = rows;
    try {
      // Whoever has waited for the first answer gets it first.
      await nextTurn();
      this.#pass = "rest";
      const { hasRest } = this.#threads.here.scanner;
      if (hasRest) {
        this.#control.startOver();
        const results = await this.#threads.do(() => ({ kind: "rest", table: table.words }));
        const maps = results.map(({ addresses }) => columns.addresses.addAll(addresses));
        await this.#threads.do((thread) => ({ kind: "addresses", map: maps[thread] }));
        const restOf = new Map(results.flatMap(({ chunks }) => chunks.map(({ chunk, tally }) => [chunk, tally])));
        for (const { chunk, tally } of chain) {
          const rest = restOf.get(chunk);
          if (rest) tally.report.join(rest.report, REST_KINDS);
        }
      }
      const groups = await this.#groupStreams(table);
      const order = new StreamOrder(groups.rows, groups.parts, table.segments());
      await this.#options.checkUnchanged?.();
      return { summary: await summarize(facts, { ...rows, tally: hasRest ? this.#sum(chain) : rows.tally }, true), order };
    } finally {
      this.#threads.end();
    }
  }

  /** Times of all rows, and how their numbers are spread, each thread an equal share. */
  async #measure(): Promise<ScanResults["measure"]> {
    const share = (thread: number): number => Math.floor((thread * this.#columns.rows) / this.#threads.count);
    const [first, ...others] = await this.#threads.do((thread) => ({ kind: "measure", first: share(thread), end: share(thread + 1) }));
    for (const { times, counts } of others) {
      for (const [zone, zoneTimes] of times) addTimes(first.times, zone, zoneTimes);
      counts.forEach((count, bucket) => (first.counts[bucket] += count));
    }
    return first;
  }

  /** The `total` rows with a number, grouped by it, each thread a part. */
  async #groupNumbers(table: ChunkTable, counts: BucketCounts, total: number): Promise<{ rows: Uint32Array; parts: RowGroups[] }> {
    const ranges = divideBuckets(counts, this.#threads.count);
    const job = this.#groupJob(table, total);
    const parts = await this.#threads.do((thread) => ({ kind: "numbers", ...job, counts, range: ranges[thread] }));
    return { rows: job.rows, parts: parts.filter((part) => part !== undefined) };
  }

  /** The rows with a stream, likewise. */
  async #groupStreams(table: ChunkTable): Promise<{ rows: Uint32Array; parts: StreamGroups[] }> {
    const ranges = divideStreams(this.#columns, this.#threads.count);
    const job = this.#groupJob(table, countKeys(this.#columns, "stream"));
    const parts = await this.#threads.do((thread) => ({ kind: "streams", ...job, range: ranges[thread] }));
    return { rows: job.rows, parts: parts.filter((part) => part !== undefined) };
  }

  #groupJob(table: ChunkTable, total: number): { table: Float64Array; rows: Uint32Array; placed: number } {
    return { table: table.words, rows: new Uint32Array(shareBytes(4 * total)), placed: this.#columns.rows };
  }

  #mapCodes({ addresses, protocols, labels, zones }: ThreadCodes): CodeMaps {
    const columns = this.#columns;
    return {
      addresses: columns.addresses.addAll(addresses),
      protocols: columns.protocolNames.addAll(protocols),
      labels: columns.labelNames.addAll(labels),
      zones: Uint8Array.from({ length: 256 }, (_, code) => (code < zones.length ? zoneCode(columns.zones, zones[code]) : code)),
    };
  }

  #sum(chain: readonly ScannedChunk[]): RowTally {
    const tally = new RowTally();
    let lines = this.#headLines;
    for (const chunk of chain) {
      tally.add(chunk.tally, lines);
      lines += chunk.lines;
    }
    return tally;
  }

  #facts(hasTimes: boolean, chain: readonly ScannedChunk[]): ReadFacts {
    const { name, size, part, now } = this.#options;
    return {
      part,
      head: this.#shared.head,
      hasTimes,
      name,
      bytes: size,
      reader: { kind: "simd", threads: this.#threads.count },
      toFileOffset: (offset) => Promise.resolve(offset),
      markBytes: 0,
      runs: chain.map(({ start, segment }) => ({ ...segment, start })),
      elapsed: () => now() - this.#started,
    };
  }

  #betweenChunks(): Promise<void> | undefined {
    const { size, onProgress } = this.#options;
    const bytesRead = Math.min(this.#control.chunks * this.#shared.chunkBytes, size);
    onProgress?.({ pass: this.#pass, bytesRead, bytesTotal: size, rows: this.#control.rowsRead });
    // In the second pass this thread has questions to answer.
    return this.#pass === "rest" ? nextTurn() : undefined;
  }
}

/** What reading a file again needs. `isWanted`: false ends it, with `superseded`; `checkTexts` by what it throws. */
export interface TextOptions
  extends
    Pick<FastOptions, "size" | "fd" | "readAt" | "module" | "workerPath" | "threads" | "onProgress">,
    Pick<ColumnHooks, "isWanted" | "checkTexts"> {}

/**
 * Columns of text of a capture that was read by chunks, at most COLUMNS_PER_PASS, by their positions in the header, in the places of its
 * rows: what readColumnTexts does of any file, by several threads. Throws `fileChanged`, `superseded`, and what `checkTexts` throws.
 */
export async function readTexts(
  { columns: all, head, modules: { sorter }, order }: CaptureStore,
  { table: words, chunkBytes, overlapBytes }: CaptureChunks,
  wanted: readonly number[],
  options: TextOptions,
): Promise<LoadedColumn[]> {
  if (!order) throw new RangeError("Columns are read when all others are.");
  const { size, onProgress, isWanted = () => true, checkTexts } = options;
  const header = headerFor(head.header, wanted);
  const shared: SharedScan = {
    control: shareBytes(CONTROL_BYTES),
    columns: shareColumns(all.rows, false),
    capacity: all.rows,
    isNarrow: false,
    ...{ size, chunkBytes, overlapBytes },
    head: { ...head, header },
    whole: head.header,
  };
  const control = new ScanControl(shared.control);
  const threads = new ScanThreads({ ...options, sorter, shared }, threadsFor(options), () => {
    throwUnwanted(isWanted);
    // The others have other rows, and as many texts.
    checkTexts?.(threads.count * textBytes(threads.here));
    const bytesRead = Math.min(control.chunks * chunkBytes, size);
    onProgress?.({ pass: "rest", bytesRead, bytesTotal: size, rows: control.rowsRead });
    return nextTurn();
  });
  try {
    const { scanner } = threads.here;
    // This thread's dictionaries are the common ones.
    const { protocolNames, labelNames } = scanner.decoder.decoder.columns;
    const [, ...others] = await threads.do(() => ({ kind: "texts", table: words }));
    const maps = others.map((texts) => ({ protocols: protocolNames.addAll(texts!.protocols), labels: labelNames.addAll(texts!.labels) }));
    await threads.do((thread) => ({ kind: "textCodes", maps: maps[thread - 1] }));
    return loadedColumns({ protocolNames, labelNames }, wanted, (place) => scanner.columns[place] as Uint32Array);
  } finally {
    threads.end();
  }
}

/** Bytes of a thread's texts. */
function textBytes({ scanner }: ScanWork): number {
  const { protocolNames, labelNames } = scanner.decoder.decoder.columns;
  return protocolNames.byteLength + labelNames.byteLength;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function zoneCode(zones: ZoneInfo[], zone: ZoneInfo): number {
  const known = zones.findIndex(({ label, offsetMinutes }) => label === zone.label && offsetMinutes === zone.offsetMinutes);
  return known >= 0 ? known : zones.push(zone) - 1;
}

/**
 * When rows say only how long after the start they came, beside others that have a date: the start, by the first row that
 * says both. Rows from `rowsEnd` on count for nothing.
 */
function findStart(
  { module, readAt, size }: FastOptions,
  { head }: SharedScan,
  columns: PacketColumns,
  notes: DateNotes,
  rowsEnd: number,
): void {
  if (!columns.zone.subarray(0, columns.rows).includes(FROM_START)) return;
  const decoder = new ChunkDecoder(module, head, Math.min(CHUNK_BYTES, size));
  const { kernel } = decoder;
  let position = head.dataStart;
  while (position < rowsEnd && decoder.decoder.dateNotes.start === undefined) {
    const length = readAt(position, kernel.text.subarray(0, Math.min(CHUNK_BYTES, size - position)));
    kernel.text.fill(0, length, length + 64);
    const isLast = position + length >= size;
    const text = {
      start: 0,
      end: length,
      stopAt: Math.min(length, rowsEnd - position),
      isLast,
      textOffset: position,
      rowsBefore: 0,
      linesBefore: 0,
      pass: "all" as const,
      isRowByRow: true,
    };
    const { next } = decoder.decode(text);
    if (next === 0) break;
    position += next;
  }
  const { start } = decoder.decoder.dateNotes;
  if (start) notes.start = { ...start, zone: zoneCode(columns.zones, kernel.columns.zones[start.zone]) };
}
