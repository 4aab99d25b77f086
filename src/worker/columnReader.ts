/** Columns that filters name, read from the file that a capture came from. Knows files; the engine knows what a row is. */
import { performance } from "node:perf_hooks";
import type { ByteSource, Compression } from "../engine/bytes";
import type { CaptureStore } from "../engine/captureStore";
import { COLUMNS_PER_PASS, readColumnTexts } from "../engine/columnTexts";
import type { LoadedColumn } from "../engine/filter/captureFields";
import { throwUnwanted, type FilterMeans } from "../engine/filter/captureFilters";
import type { AnalysisOptions, AnalysisProgress, CaptureSource } from "../shared/model";
import { FileByteSource } from "./fileByteSource";
import { chooseReader, memoryLimit, scanWorkerPath } from "./readCapture";
import { readTexts } from "./readFast";
import { withBytes } from "./rowReader";

/** What the filters of a capture read columns by. `distPath`, `threads`: see ReadHooks. */
export function makeFilterMeans(
  capture: CaptureStore,
  source: CaptureSource,
  { labelFields, memoryLimitMB }: AnalysisOptions,
  { distPath, threads }: { readonly distPath?: string; readonly threads?: number } = {},
): FilterMeans {
  return {
    memoryLimitBytes: memoryLimit(memoryLimitMB ?? 0),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    readColumns: async (columns, { onProgress, isWanted = () => true, checkTexts }) => {
      const isReference = capture.summary.reader.kind === "csv-parse";
      const reader = chooseReader({ isReference, ...(distPath === undefined ? {} : { distPath }) });
      const passes = Math.ceil(columns.length / COLUMNS_PER_PASS);
      const read: LoadedColumn[] = [];
      for (let pass = 0; pass < passes; pass++) {
        const some = columns.slice(pass * COLUMNS_PER_PASS, (pass + 1) * COLUMNS_PER_PASS);
        const before = read.reduce((sum, { dictionary }) => sum + dictionary.byteLength, 0);
        const options = {
          ...{ reader, labelFields, now: () => performance.now() },
          onProgress: (progress: AnalysisProgress) => onProgress?.(ofAll(progress, pass, passes)),
        };
        const readSome = (bytes: ByteSource): Promise<LoadedColumn[]> => {
          const { chunks } = capture;
          if (!chunks || reader.kind !== "simd" || !(bytes instanceof FileByteSource))
            return readColumnTexts(new WantedBytes(bytes, isWanted), capture, some, options);
          return readTexts(capture, chunks, some, {
            size: bytes.size,
            fd: bytes.fd,
            readAt: (offset, target) => bytes.readSync(offset, target),
            module: reader.module,
            workerPath: scanWorkerPath(distPath),
            onProgress: options.onProgress,
            isWanted,
            checkTexts: (texts) => checkTexts?.(before + texts),
            ...(threads === undefined ? {} : { threads }),
          });
        };
        read.push(...(await withBytes(capture, source, readSome)));
      }
      return read;
    },
  };
}

/** The progress of one pass as that of all of them: each reads the whole file. */
const ofAll = (progress: AnalysisProgress, pass: number, passes: number): AnalysisProgress => ({
  ...progress,
  bytesRead: pass * progress.bytesTotal + progress.bytesRead,
  bytesTotal: passes * progress.bytesTotal,
});

/** Bytes that end with `superseded` when nobody wants them any more: the only way out of reading a file. */
class WantedBytes implements ByteSource {
  readonly #bytes: ByteSource;
  readonly #isWanted: () => boolean;

  constructor(bytes: ByteSource, isWanted: () => boolean) {
    this.#bytes = bytes;
    this.#isWanted = isWanted;
  }

  get size(): number {
    return this.#bytes.size;
  }

  get compression(): Compression | undefined {
    return this.#bytes.compression;
  }

  async read(offset: number, target: Uint8Array): Promise<number> {
    throwUnwanted(this.#isWanted);
    return this.#bytes.read(offset, target);
  }
}
