/**
 * Reads a UTF-8 file with the kernel, by several threads, over memory they share. The answer is the sequential
 * reader's (src/engine/analyze.ts), in the order of the file, however many threads there were.
 */
import { availableParallelism } from "node:os";
import { checkColumns, buildStore } from "../engine/buildStore";
import type { CaptureStore } from "../engine/captureStore";
import { ChunkDecoder } from "../engine/chunkDecoder";
import {
  chainChunks,
  ChunkScanner,
  CONTROL_BYTES,
  countChunks,
  countHeadLines,
  ScanControl,
  type ReadAt,
  type ScannedChunk,
  type SharedScan,
} from "../engine/chunkScan";
import { PacketColumns, shareColumns } from "../engine/columns";
import { readHead, type FileHead } from "../engine/csv/dialect";
import { CHUNK_BYTES, OVERLAP_BYTES, type KernelModule } from "../engine/csv/kernel";
import { FROM_START, type DateNotes } from "../engine/rowDates";
import { RowTally } from "../engine/rowDecoder";
import type { AnalysisOptions, AnalysisProgress, ZoneInfo } from "../shared/model";
import { codesOf, startScanThread, takeChunks, type ThreadCodes, type ThreadResult } from "./scanThreads";

const MAX_THREADS = 8;
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
  /** Bundle that a further thread runs; undefined: this thread alone. */
  readonly workerPath: string | undefined;
  /** At most so many threads; default: one per core, at most 8. */
  readonly threads?: number;
  /** Only for tests: see SharedScan. */
  readonly chunkBytes?: number;
  readonly overlapBytes?: number;
  readonly onProgress?: (progress: AnalysisProgress) => void;
  readonly now: () => number;
}

/**
 * Reads a capture. "sequential" when the file is one that only the sequential
 * reader judges right. Throws AnalysisError.
 */
export async function readFast(options: FastOptions): Promise<CaptureStore | "sequential"> {
  const started = options.now();
  const opened = readFileHead(options);
  if (!opened) return "sequential";
  const { head, text } = opened;
  checkColumns(head.header, options.name);
  let capacity = estimateRows(options, head);
  for (;;) {
    const shared: SharedScan = {
      control: new SharedArrayBuffer(CONTROL_BYTES),
      columns: shareColumns(capacity),
      capacity,
      size: options.size,
      head,
      chunkBytes: options.chunkBytes ?? CHUNK_BYTES,
      overlapBytes: options.overlapBytes ?? OVERLAP_BYTES,
    };
    const read = await scanFile(options, shared);
    if (read === "full") {
      capacity *= 2;
      continue;
    }
    if (read === "sequential") return read;
    const tally = new RowTally();
    let lines = countHeadLines(text, head);
    for (const chunk of read.chunks) {
      tally.add(chunk.tally, lines);
      lines += chunk.lines;
    }
    return buildStore({
      columns: read.columns,
      segments: read.chunks.map(({ segment }) => segment),
      tally,
      dateNotes: read.dateNotes,
      hasTimes: read.hasTimes,
      header: head.header,
      name: options.name,
      bytes: options.size,
      reader: { kind: "simd", threads: read.threads },
      toFileOffset: (offset) => Promise.resolve(offset),
      elapsed: () => options.now() - started,
    });
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

/** Rows that the file will have, by the line ends of its beginning, and half as many more: pages not used take no room. */
function estimateRows({ size, readAt }: FastOptions, { dataStart, dialect }: FileHead): number {
  const sample = new Uint8Array(Math.min(SAMPLE_BYTES, size - dataStart));
  const length = readAt(dataStart, sample);
  let rows = 1;
  for (let at = 0; at < length; at++) if (sample[at] === dialect.newline) rows++;
  return Math.ceil((1.5 * rows * Math.max(1, size - dataStart)) / Math.max(1, length)) + 1024;
}

interface ReadFile {
  readonly columns: PacketColumns;
  /** In the order of the file. */
  readonly chunks: readonly ScannedChunk[];
  readonly dateNotes: DateNotes;
  readonly hasTimes: boolean;
  readonly threads: number;
}

async function scanFile(options: FastOptions, shared: SharedScan): Promise<ReadFile | "full" | "sequential"> {
  const { module, fd, readAt, size, workerPath } = options;
  const chunks = countChunks(shared);
  const control = new ScanControl(shared.control);
  const limit = Math.min(options.threads ?? availableParallelism(), MAX_THREADS, Math.ceil(size / BYTES_PER_THREAD));
  const others: Promise<ThreadResult>[] = [];
  for (let thread = 1; thread < limit && workerPath !== undefined; thread++)
    others.push(startScanThread(workerPath, { role: "scan", module, shared, fd, thread, chunks }));
  const scanner = new ChunkScanner(module, shared, readAt, 0);
  const progress = (): void => options.onProgress?.({ bytesRead: Math.min(control.bytesDone, size), bytesTotal: size, rows: control.rows });
  let results: ThreadResult[];
  try {
    const here = { chunks: takeChunks(scanner, control, chunks, progress), codes: codesOf(scanner) };
    results = [here, ...(await Promise.all(others))];
  } catch (error) {
    control.stop();
    await Promise.allSettled(others);
    throw error;
  }
  if (control.hasOverflowed) return "full";
  const columns = new PacketColumns();
  columns.useShared(shared.columns);
  progress();

  const inOrder = results.flatMap((result) => result.chunks).sort((a, b) => a.chunk - b.chunk);
  const chain = chainChunks(inOrder, shared, (chunk, start) => scanner.scan(chunk, start));
  if (!chain) return "full";
  columns.rows = control.rows;
  // What was read from a wrong beginning counts for nothing.
  const kept = new Set(chain);
  for (const chunk of inOrder) if (!kept.has(chunk)) columns.clear(chunk.segment.first, chunk.segment.first + chunk.segment.rows);

  // After the chain is whole: reading again may have brought new texts.
  const codes = [codesOf(scanner), ...results.slice(1).map((result) => result.codes)];
  const dateNotes: DateNotes = { start: undefined };
  if (!translate(columns, chain, codes)) return "sequential";
  if (shared.head.header.columns.has("timeRelative")) findStart(options, shared, columns, dateNotes);
  return { columns, chunks: chain, dateNotes, hasTimes: scanner.decoder.decoder.hasTimes, threads: results.length };
}

/** Gives all rows the codes of one dictionary, and one list of zones. False when there are more zones than a code can name. */
function translate(columns: PacketColumns, chain: readonly ScannedChunk[], codes: readonly ThreadCodes[]): boolean {
  const maps = codes.map(({ addresses, protocols, labels, zones }) => ({
    addresses: columns.addresses.addAll(addresses),
    protocols: columns.protocolNames.addAll(protocols),
    labels: columns.labelNames.addAll(labels),
    zones: Uint8Array.from({ length: 256 }, (_, code) => (code < zones.length ? zoneCode(columns.zones, zones[code]) : code)),
  }));
  if (columns.zones.length > MAX_ZONES) return false;
  for (const { segment, thread } of chain) {
    if (thread === 0) continue; // its codes came first and are the dictionary's own
    const { first, rows } = segment;
    const map = maps[thread];
    translateColumn(columns.src, map.addresses, first, first + rows);
    translateColumn(columns.dst, map.addresses, first, first + rows);
    translateColumn(columns.protocols, map.protocols, first, first + rows);
    translateColumn(columns.label, map.labels, first, first + rows);
    for (let row = first; row < first + rows; row++) columns.zone[row] = map.zones[columns.zone[row]];
  }
  return true;
}

function translateColumn(column: Int32Array, map: Int32Array, first: number, end: number): void {
  for (let row = first; row < end; row++) {
    const code = column[row];
    if (code >= 0) column[row] = map[code];
  }
}

function zoneCode(zones: ZoneInfo[], zone: ZoneInfo): number {
  const known = zones.findIndex(({ label, offsetMinutes }) => label === zone.label && offsetMinutes === zone.offsetMinutes);
  return known >= 0 ? known : zones.push(zone) - 1;
}

/**
 * When rows say only how long after the start they came, beside others that have a date: the start, by the first row that
 * says both.
 */
function findStart({ module, readAt, size }: FastOptions, { head }: SharedScan, columns: PacketColumns, notes: DateNotes): void {
  if (!columns.zone.subarray(0, columns.rows).includes(FROM_START)) return;
  const decoder = new ChunkDecoder(module, head, true);
  const { kernel } = decoder;
  let position = head.dataStart;
  while (position < size && decoder.decoder.dateNotes.start === undefined) {
    const length = readAt(position, kernel.text.subarray(0, Math.min(CHUNK_BYTES, size - position)));
    kernel.text.fill(0, length, length + 64);
    const isLast = position + length >= size;
    const text = { start: 0, end: length, stopAt: length, isLast, textOffset: position, rowsBefore: 0, linesBefore: 0 };
    const { next } = decoder.decode(text);
    if (next === 0) break;
    position += next;
  }
  const { start } = decoder.decoder.dateNotes;
  if (start) notes.start = { ...start, zone: zoneCode(columns.zones, kernel.columns.zones[start.zone]) };
}
