/**
 * Threads that read chunks of one file. The calling thread reads too; the others are started for the run and end with it,
 * or with the calling thread, if that is ended.
 */
import { readSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { ChunkScanner, ScanControl, type ReadAt, type ScannedChunk, type SharedScan } from "../engine/chunkScan";
import type { DictionaryValues } from "../engine/dictionary";
import type { KernelModule } from "../engine/csv/kernel";
import { RowTally, type PlainTally } from "../engine/rowDecoder";
import type { ZoneInfo } from "../shared/model";
import { AnalysisError, fromPlainError, type PlainError } from "../shared/errors";

/** What a scan thread is started with. */
export interface ScanThreadData {
  readonly role: "scan";
  readonly module: KernelModule;
  readonly shared: SharedScan;
  /** Open file descriptor; they are the process's, not the thread's. */
  readonly fd: number;
  readonly thread: number;
  readonly chunks: number;
}

/** Codes of one thread, to be translated. */
export interface ThreadCodes {
  readonly addresses: DictionaryValues;
  readonly protocols: DictionaryValues;
  readonly labels: DictionaryValues;
  readonly zones: readonly ZoneInfo[];
}

/** All that one thread has read. */
export interface ThreadResult {
  readonly chunks: readonly ScannedChunk[];
  readonly codes: ThreadCodes;
}

interface PlainResult {
  readonly chunks: readonly (Omit<ScannedChunk, "tally"> & { tally: PlainTally })[];
  readonly codes: ThreadCodes;
}
type ScanMessage = { readonly type: "done"; readonly result: PlainResult } | { readonly type: "failed"; readonly error: PlainError };

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

/** Codes of a scanner's columns. */
export function codesOf({ decoder }: ChunkScanner): ThreadCodes {
  const { columns } = decoder.decoder;
  return {
    addresses: columns.addresses.export(),
    protocols: columns.protocolNames.export(),
    labels: columns.labelNames.export(),
    zones: columns.zones,
  };
}

/** Reads chunks until there are none left, telling after each. */
export function takeChunks(scanner: ChunkScanner, control: ScanControl, chunks: number, onChunk: () => void): ScannedChunk[] {
  const done: ScannedChunk[] = [];
  while (!control.isStopped) {
    const chunk = control.takeChunk();
    if (chunk >= chunks) break;
    const scanned = scanner.scan(chunk);
    if (!scanned) break;
    control.addDone(scanned.next - scanned.start);
    done.push(scanned);
    onChunk();
  }
  return done;
}

/** The body of a scan thread. */
export function scanInThread({ module, shared, fd, thread, chunks }: ScanThreadData): PlainResult {
  const scanner = new ChunkScanner(module, shared, readerOf(fd, "The file"), thread);
  const done = takeChunks(scanner, new ScanControl(shared.control), chunks, () => undefined);
  return { chunks: done.map((scanned) => ({ ...scanned, tally: scanned.tally.toPlain() })), codes: codesOf(scanner) };
}

/** Starts a thread (this very bundle, see analyzeWorker.ts); settles when it has read its chunks, or died. */
export function startScanThread(workerPath: string, data: ScanThreadData): Promise<ThreadResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerPath, { name: "tcp-seq-scan", workerData: data });
    worker.on("message", (message: ScanMessage) => {
      void worker.terminate();
      if (message.type === "failed") reject(fromPlainError(message.error));
      else
        resolve({
          chunks: message.result.chunks.map((chunk) => ({ ...chunk, tally: new RowTally(chunk.tally) })),
          codes: message.result.codes,
        });
    });
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new AnalysisError("workerStopped", `A scan thread has ended (exit code ${String(code)}).`)));
  });
}
