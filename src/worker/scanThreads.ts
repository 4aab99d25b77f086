/**
 * Threads that work on one file. The calling thread does a share too; the others are started for the run and end with
 * it, or with the calling thread, if that is ended. What each has to do is a ScanJob, done by its ScanWork.
 */
import { readSync } from "node:fs";
import { Worker, type MessagePort } from "node:worker_threads";
import {
  ChunkScanner,
  ChunkTable,
  ScanControl,
  type ReadAt,
  type RestOfChunk,
  type ScannedChunk,
  type SharedScan,
} from "../engine/chunkScan";
import type { DictionaryValues } from "../engine/dictionary";
import type { KernelModule } from "../engine/csv/kernel";
import type { CodesColumn } from "../engine/columns";
import { countBuckets, type BucketCounts, type BucketRange, type RowGroups, type Segment } from "../engine/rowGroups";
import { groupRange } from "../engine/sort/numberSorter";
import type { SorterModule } from "../engine/sort/rowBatches";
import { orderRange, type StreamGroups, type StreamRange } from "../engine/streamOrder";
import { measureTimes, TIME_SOURCES, type TimesByZone } from "../engine/rowDates";
import { RowTally } from "../engine/rowDecoder";
import type { ProblemKind, TimeSource, ZoneInfo } from "../shared/model";
import { AnalysisError, fromPlainError, toPlainError, type PlainError } from "../shared/errors";
import { THREAD_OPTIONS } from "./threadOptions";

/** What a thread is started with. */
export interface ScanThreadData {
  readonly module: KernelModule;
  readonly sorter: SorterModule;
  readonly shared: SharedScan;
  /** Open file descriptor; they are the process's, not the thread's. */
  readonly fd: number;
  readonly thread: number;
}

/** Codes of one thread, to be translated. */
export interface ThreadCodes {
  readonly addresses: DictionaryValues;
  readonly protocols: DictionaryValues;
  readonly labels: DictionaryValues;
  readonly zones: readonly ZoneInfo[];
}

/** Codes that all threads share, for each code of a thread. */
export interface CodeMaps {
  readonly addresses: Uint32Array;
  readonly protocols: Uint32Array;
  readonly labels: Uint32Array;
  readonly zones: Uint8Array;
}

/** One step of a run, in the order in which a thread does them. */
export type ScanJob =
  /** Read chunks' first columns until none is left. */
  | { readonly kind: "first"; readonly chunks: number }
  /** Translate the codes of the own chunks. */
  | { readonly kind: "codes"; readonly maps: CodeMaps }
  /** Sum up the times and numbers of the rows from `first` up to `end`. */
  | { readonly kind: "measure"; readonly first: number; readonly end: number }
  /** Sort the rows of a range of numbers into the list of all. */
  | (GroupJob<BucketRange> & { readonly kind: "numbers"; readonly counts: BucketCounts })
  /** The same with a range of streams. */
  | (GroupJob<StreamRange> & { readonly kind: "streams" })
  /** Read the other columns of chunks until none is left. */
  | { readonly kind: "rest"; readonly table: Float64Array }
  /** Translate the addresses of the chunks of the second pass. */
  | { readonly kind: "addresses"; readonly map: Uint32Array }
  /** Read columns of text of chunks until none is left. */
  | { readonly kind: "texts"; readonly table: Float64Array }
  /** Translate their codes; not those of the asking thread, which are the common ones. */
  | { readonly kind: "textCodes"; readonly maps: Pick<CodeMaps, "protocols" | "labels"> | undefined };

interface GroupJob<Range> {
  readonly table: Float64Array;
  /** Undefined: there are fewer ranges than threads. */
  readonly range: Range | undefined;
  readonly rows: Uint32Array;
  /** Rows in the columns. */
  readonly placed: number;
}

/** What the jobs give. */
export interface ScanResults {
  first: { readonly chunks: readonly ScannedChunk[]; readonly codes: ThreadCodes };
  codes: undefined;
  measure: { readonly times: TimesByZone; readonly counts: BucketCounts };
  numbers: RowGroups | undefined;
  streams: StreamGroups | undefined;
  rest: { readonly chunks: readonly RestOfChunk[]; readonly addresses: DictionaryValues };
  addresses: undefined;
  /** Undefined of the asking thread: its dictionaries are at hand. */
  texts: Pick<ThreadCodes, "protocols" | "labels"> | undefined;
  textCodes: undefined;
}

type ResultOf<J extends ScanJob> = ScanResults[J["kind"]];

/** Called now and then between chunks. */
export type Pause = () => Promise<void> | undefined;

/** Reads by position, all that is there. Throws AnalysisError `readFailed`. */
export const readerOf =
  (fd: number, path: string): ReadAt =>
  (offset, target) => {
    try {
      let length = 0;
      while (length < target.length) {
        const read = readSync(fd, target, length, target.length - length, offset + length);
        if (read === 0) break;
        length += read;
      }
      return length;
    } catch (cause) {
      throw new AnalysisError("readFailed", `${path} could not be read.`, [path], { cause });
    }
  };

/** One thread's share of a run. */
export class ScanWork {
  readonly scanner: ChunkScanner;
  readonly #control: ScanControl;
  /** Rows of the file after which no more chunks are taken. */
  readonly #enough: number;
  readonly #own: ScannedChunk[] = [];
  /** Places in the table of the chunks that were read again: of the second pass, or of columns of text. */
  readonly #ownRest: number[] = [];
  readonly #sorter: SorterModule;
  readonly #thread: number;
  #table: ChunkTable | undefined;

  constructor({ module, sorter, shared, thread }: Omit<ScanThreadData, "fd">, readAt: ReadAt) {
    this.scanner = new ChunkScanner(module, shared, readAt, thread);
    this.#thread = thread;
    this.#sorter = sorter;
    this.#control = new ScanControl(shared.control);
    this.#enough = shared.part?.kind === "rows" ? shared.part.rows : Infinity;
  }

  async do<J extends ScanJob>(job: J, pause: Pause): Promise<ResultOf<J>> {
    switch (job.kind) {
      case "first":
        return (await this.#readFirst(job.chunks, pause)) as ResultOf<J>;
      case "codes":
        this.#translateOwn(job.maps);
        return undefined as ResultOf<J>;
      case "measure": {
        const { columns } = this.scanner;
        return { times: measureTimes(columns, job.first, job.end), counts: countBuckets(columns, job.first, job.end) } as ResultOf<J>;
      }
      case "numbers":
      case "streams": {
        const { columns } = this.scanner;
        columns.rows = job.placed;
        if (!job.range) return undefined as ResultOf<J>;
        const segments = new ChunkTable(job.table).segments();
        const groups =
          job.kind === "numbers"
            ? groupRange(this.#sorter, columns, segments, job.counts, job.range, job.rows)
            : orderRange(this.#sorter, columns, segments, job.range, job.rows);
        return groups as ResultOf<J>;
      }
      case "rest":
        return (await this.#readRest(new ChunkTable(job.table), pause)) as ResultOf<J>;
      case "addresses":
        this.#translateAddresses(job.map, this.#segmentsAgain());
        return undefined as ResultOf<J>;
      case "texts":
        return (await this.#readTexts(new ChunkTable(job.table), pause)) as ResultOf<J>;
      case "textCodes": {
        if (!job.maps) return undefined as ResultOf<J>;
        const { columns } = this.scanner;
        const segments = this.#segmentsAgain();
        translate(columns.protocols, job.maps.protocols, segments);
        translate(columns.label, job.maps.labels, segments);
        return undefined as ResultOf<J>;
      }
    }
  }

  /** Reads a chunk of the chain again, from where it really begins. */
  rescan(chunk: number, start: number): ScannedChunk | undefined {
    const scanned = this.scanner.scan(chunk, start);
    if (scanned) this.#own.push(scanned);
    return scanned;
  }

  /** Reads a chunk of the chain again, only its first rows. */
  cut(chunk: ScannedChunk, rows: number): ScannedChunk | undefined {
    const scanned = this.scanner.scanRows(chunk, rows);
    if (scanned) this.#own.push(scanned);
    return scanned;
  }

  /** Codes of this thread's columns. */
  codes(): ThreadCodes {
    const { columns } = this.scanner.decoder.decoder;
    return {
      addresses: columns.addresses.export(),
      protocols: columns.protocolNames.export(),
      labels: columns.labelNames.export(),
      zones: columns.zones,
    };
  }

  async #readFirst(chunks: number, pause: Pause): Promise<ScanResults["first"]> {
    const control = this.#control;
    // Chunks are taken in their order, and each that is taken is read: those read are the first of the file.
    while (!control.isStopped && control.rowsRead < this.#enough) {
      const chunk = control.takeChunk();
      if (chunk >= chunks) break;
      const scanned = this.scanner.scan(chunk);
      if (!scanned) break;
      this.#own.push(scanned);
      const paused = pause();
      if (paused) await paused;
    }
    return { chunks: [...this.#own], codes: this.codes() };
  }

  async #readRest(table: ChunkTable, pause: Pause): Promise<ScanResults["rest"]> {
    this.#table = table;
    const control = this.#control;
    const chunks: RestOfChunk[] = [];
    while (!control.isStopped) {
      const at = control.takeChunk();
      if (at >= table.length) break;
      const rest = this.scanner.scanRest(table, at);
      this.#ownRest.push(at);
      if (rest.tally.report.problems.size > 0) chunks.push(rest);
      const paused = pause();
      if (paused) await paused;
    }
    return { chunks, addresses: this.scanner.decoder.decoder.columns.addresses.export() };
  }

  #segmentsAgain(): Segment[] {
    return this.#ownRest.map((at) => this.#table!.segment(at));
  }

  async #readTexts(table: ChunkTable, pause: Pause): Promise<ScanResults["texts"]> {
    this.#table = table;
    const control = this.#control;
    while (!control.isStopped) {
      const at = control.takeChunk();
      if (at >= table.length) break;
      this.scanner.scanTexts(table, at);
      this.#ownRest.push(at);
      const paused = pause();
      if (paused) await paused;
    }
    if (this.#thread === 0) return undefined;
    const { protocolNames, labelNames } = this.scanner.decoder.decoder.columns;
    return { protocols: protocolNames.export(), labels: labelNames.export() };
  }

  #translateOwn(maps: CodeMaps): void {
    const { columns, hasRest } = this.scanner;
    const segments = this.#own.map(({ segment }) => segment);
    translate(columns.protocols, maps.protocols, segments);
    translate(columns.label, maps.labels, segments);
    translate(columns.zone, maps.zones, segments);
    if (!hasRest) this.#translateAddresses(maps.addresses, segments);
  }

  #translateAddresses(map: Uint32Array, segments: readonly Segment[]): void {
    const { columns } = this.scanner;
    translate(columns.src, map, segments);
    translate(columns.dst, map, segments);
  }
}

function translate(column: CodesColumn | Uint8Array, map: Uint32Array | Uint8Array, segments: readonly Segment[]): void {
  // The first thread's codes are the common ones, and mostly everybody's.
  if (map.every((to, from) => to === from)) return;
  for (const { first, rows } of segments) for (let row = first; row < first + rows; row++) column[row] = map[column[row]];
}

type ScanMessage = { readonly type: "done"; readonly result: unknown } | { readonly type: "failed"; readonly error: PlainError };

/** The body of a further thread: does jobs in the order in which they come. */
export function serveScanJobs(data: ScanThreadData, port: MessagePort): void {
  const work = new ScanWork(data, readerOf(data.fd, "The file"));
  port.on("message", (job: ScanJob) => {
    work
      .do(job, () => undefined)
      .then(
        (result) =>
          port.postMessage(
            { type: "done", result: pack(job.kind, result) },
            job.kind === "numbers" || job.kind === "streams" || job.kind === "texts" ? buffersOf(result) : [],
          ),
        (error: unknown) => port.postMessage({ type: "failed", error: toPlainError(error) }),
      );
  });
}

/** One further thread, as the calling one sees it. */
class ScanThread {
  readonly #worker: Worker;
  #pending: { resolve: (result: never) => void; reject: (error: unknown) => void } | undefined;
  #failure: Error | undefined;

  constructor(workerPath: string, data: ScanThreadData) {
    this.#worker = new Worker(workerPath, { name: "tcp-seq-scan", workerData: data, ...THREAD_OPTIONS });
    this.#worker.on("message", (message: ScanMessage) => {
      const pending = this.#pending;
      this.#pending = undefined;
      if (message.type === "failed") pending?.reject(fromPlainError(message.error));
      else pending?.resolve(message.result as never);
    });
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", (code) =>
      this.#fail(new AnalysisError("workerStopped", `A scan thread has ended (exit code ${String(code)}).`)),
    );
  }

  do<J extends ScanJob>(job: J): Promise<ResultOf<J>> {
    return new Promise<unknown>((resolve, reject) => {
      this.#pending = { resolve, reject };
      if (this.#failure === undefined) this.#worker.postMessage(job);
      else reject(this.#failure);
    }).then((result) => unpack(job.kind, result) as ResultOf<J>);
  }

  end(): void {
    void this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#pending?.reject(this.#failure);
    this.#pending = undefined;
  }
}

/** All threads of a run. */
export class ScanThreads {
  readonly here: ScanWork;
  readonly #others: ScanThread[] = [];
  readonly #control: ScanControl;
  readonly #pause: Pause;

  /** `pause`: called by this thread between chunks. */
  constructor(run: Omit<ScanThreadData, "thread"> & { readAt: ReadAt; workerPath: string | undefined }, threads: number, pause: Pause) {
    const { module, sorter, shared, fd, readAt, workerPath } = run;
    const data = { module, sorter, shared, fd };
    // First, since nobody would end the others if it failed.
    this.here = new ScanWork({ ...data, thread: 0 }, readAt);
    for (let thread = 1; thread < threads && workerPath !== undefined; thread++)
      this.#others.push(new ScanThread(workerPath, { ...data, thread }));
    this.#control = new ScanControl(shared.control);
    this.#pause = pause;
  }

  get count(): number {
    return this.#others.length + 1;
  }

  /** Every thread does its job; the results by thread. */
  async do<J extends ScanJob>(jobOf: (thread: number) => J): Promise<ResultOf<J>[]> {
    const others = this.#others.map((other, at) => other.do(jobOf(at + 1)));
    // Heard of at once, whenever this thread has its turn: nobody else need go on.
    for (const other of others) other.catch(() => this.#control.stop());
    try {
      return [await this.here.do(jobOf(0), this.#pause), ...(await Promise.all(others))];
    } catch (error) {
      this.#control.stop();
      await Promise.allSettled(others);
      throw error;
    }
  }

  end(): void {
    for (const other of this.#others) other.end();
  }
}

const NUMBERS = 12 + TIME_SOURCES.length;
type Problems = readonly (readonly [at: number, problems: RowTally["report"]["problems"]])[];

/** Thousands of chunks cross threads as one array: as objects they take 25 ms (3 M rows). */
interface PackedChunks {
  readonly numbers: Float64Array;
  readonly problems: Problems;
}

function packChunks(chunks: readonly ScannedChunk[]): PackedChunks {
  const numbers = new Float64Array(chunks.length * NUMBERS);
  const problems: [number, RowTally["report"]["problems"]][] = [];
  chunks.forEach(({ chunk, start, next, segment, lines, tally, thread }, at) => {
    const { read, tcp, outside, extraCells, missingCells, sources, report } = tally;
    const dated = TIME_SOURCES.map((source) => sources.get(source) ?? 0);
    numbers.set(
      [chunk, start, next, segment.first, segment.rows, lines, thread, read, tcp, outside, extraCells, missingCells, ...dated],
      at * NUMBERS,
    );
    if (report.problems.size > 0) problems.push([at, report.problems]);
  });
  return { numbers, problems };
}

function unpackChunks({ numbers, problems }: PackedChunks): ScannedChunk[] {
  const problemsOf = new Map(problems);
  return Array.from({ length: numbers.length / NUMBERS }, (_, at) => {
    const words = numbers.subarray(at * NUMBERS, (at + 1) * NUMBERS);
    const [chunk, start, next, first, rows, lines, thread, read, tcp, outside, extraCells, missingCells] = words;
    const sources = new Map<TimeSource, number>();
    TIME_SOURCES.forEach((source, i) => words[12 + i] > 0 && sources.set(source, words[12 + i]));
    const tally = new RowTally({
      read,
      tcp,
      outside,
      extraCells,
      missingCells,
      sources,
      problems: problemsOf.get(at) ?? new Map<ProblemKind, never>(),
    });
    return { chunk, start, next, segment: { first, rows }, lines, thread, tally };
  });
}

function pack(kind: ScanJob["kind"], result: ScanResults[keyof ScanResults]): unknown {
  if (kind === "first") {
    const { chunks, codes } = result as ScanResults["first"];
    return { chunks: packChunks(chunks), codes };
  }
  if (kind !== "rest") return result;
  const { chunks, addresses } = result as ScanResults["rest"];
  return { chunks: chunks.map(({ chunk, tally }) => ({ chunk, tally: tally.toPlain() })), addresses };
}

/** What a result's lists lie in, to be handed over: copied, they take their room twice. */
function buffersOf(result: object | undefined): ArrayBuffer[] {
  return Object.values(result ?? {}).flatMap((value: unknown) => {
    if (ArrayBuffer.isView(value)) return [value.buffer as ArrayBuffer];
    return typeof value === "object" && value !== null ? buffersOf(value) : [];
  });
}

function unpack(kind: ScanJob["kind"], packed: unknown): unknown {
  if (kind === "first") {
    const { chunks, codes } = packed as { chunks: PackedChunks; codes: ThreadCodes };
    return { chunks: unpackChunks(chunks), codes };
  }
  if (kind !== "rest") return packed;
  const { chunks, addresses } = packed as {
    chunks: readonly { chunk: number; tally: ReturnType<RowTally["toPlain"]> }[];
    addresses: DictionaryValues;
  };
  return { chunks: chunks.map(({ chunk, tally }) => ({ chunk, tally: new RowTally(tally) })), addresses };
}
