/** From a source to a capture in memory, in whatever thread it is called: the analysis thread's and the command line's one way in. */
import { existsSync, readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { basename, join } from "node:path";
import { performance } from "node:perf_hooks";
import { analyze, type AnalyzeOptions } from "../engine/analyze";
import { MemorySource } from "../engine/bytes";
import type { CaptureStore } from "../engine/captureStore";
import { canRunKernel, compileKernel, type KernelModule } from "../engine/csv/kernel";
import { compileFollower } from "../engine/follow/follower";
import type { EngineModules } from "../engine/modules";
import { compileSorter } from "../engine/sort/rowBatches";
import { createScalarScanner } from "../engine/csv/scalarScanner";
import { sniffEncoding } from "../engine/textReader";
import { encodeUtf8 } from "../engine/utf8";
import { AnalysisError } from "../shared/errors";
import type { AnalysisOptions, AnalysisProgress, CaptureSource } from "../shared/model";
import { CompressedSource, sniffCompression } from "./compressedSource";
import { FileByteSource } from "./fileByteSource";
import { readFast } from "./readFast";
import { createReferenceReader } from "./referenceReader";

/** Who is told, and with what means. */
export interface ReadHooks {
  readonly onProgress?: (progress: AnalysisProgress) => void;
  /** Folder of kernel.wasm, follower.wasm, sorter.wasm and scanWorker.js; default: that of the running bundle. */
  readonly distPath?: string;
  /** At most so many threads; default: one per core. */
  readonly threads?: number;
  /** Read with csv-parse, to compare. */
  readonly isReference?: boolean;
}

const SCALAR = { kind: "scalar", create: createScalarScanner } as const;
const REFERENCE = { kind: "csv-parse", create: createReferenceReader } as const;

/** What reads rows on this machine. */
export function chooseReader({ distPath, isReference }: Pick<ReadHooks, "distPath" | "isReference">): AnalyzeOptions["reader"] {
  if (isReference) return REFERENCE;
  const module = loadKernel(distPath ?? __dirname);
  return module ? { kind: "simd", module } : SCALAR;
}

/**
 * Reads a capture until it can answer; its `whenComplete` settles when all columns are there. Throws AnalysisError.
 */
export async function readCapture(source: CaptureSource, options: AnalysisOptions, hooks: ReadHooks = {}): Promise<CaptureStore> {
  const reader = chooseReader(hooks);
  const memoryLimitBytes = memoryLimit(options.memoryLimitMB ?? 0);
  const modules = loadModules(hooks.distPath ?? __dirname);
  const engineOptions = { ...options, ...hooks, memoryLimitBytes, reader, modules, now: () => performance.now() };
  if (source.kind === "text") return analyze(new MemorySource(encodeUtf8(source.text)), { ...engineOptions, name: source.name });
  const file = await FileByteSource.open(source.path);
  let capture: CaptureStore | undefined;
  try {
    capture = await readFile(file, { ...engineOptions, name: basename(source.path) }, hooks);
    await file.checkUnchanged();
    capture.fileVersion = file.version;
    return capture;
  } finally {
    const close = (): Promise<void> => file.close();
    if (capture) capture.whenComplete.then(close, close).catch(() => undefined);
    else await close();
  }
}

/** The limit, bytes; for 0 MB half of the machine's memory, or of what this process may take. */
export function memoryLimit(limitMB: number): number {
  if (limitMB > 0) return limitMB * 1e6;
  // 0 where nothing constrains the process; also Node says more than there is then.
  const constrained = process.constrainedMemory();
  return (constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()) / 2;
}

/** A plain UTF-8 file by several threads where the kernel runs, anything else as a stream. */
async function readFile(
  file: FileByteSource,
  options: Parameters<typeof analyze>[1],
  { distPath = __dirname, threads }: ReadHooks,
): Promise<CaptureStore> {
  const head = await file.head();
  const compression = sniffCompression(head);
  if (compression) return readCompressed(new CompressedSource(file, compression), options);
  const { reader } = options;
  if (reader.kind === "simd" && file.size > 0 && sniffEncoding(head).encoding === "utf-8") {
    const capture = await readFast({
      ...options,
      size: file.size,
      fd: file.fd,
      module: reader.module,
      checkUnchanged: () => file.checkUnchanged(),
      readAt: (offset, target) => file.readSync(offset, target),
      workerPath: scanWorkerPath(distPath),
      ...(threads === undefined ? {} : { threads }),
    });
    if (capture !== "sequential") return capture;
  }
  return analyze(file, options);
}

/** What can be decompressed of a damaged file is analysed, and the report says so, unless it is too little to be a packet CSV. */
async function readCompressed(source: CompressedSource, options: Parameters<typeof analyze>[1]): Promise<CaptureStore> {
  try {
    return await analyze(source, options);
  } catch (error) {
    const isTooLittle = error instanceof AnalysisError && (error.code === "emptyFile" || error.code === "missingColumns");
    if (!isTooLittle || source.damage === undefined || source.damage === "trailingBytes") throw error;
    const { name } = options;
    const test = source.kind === "gzip" ? "gzip -t" : "zstd -t";
    const sentence = `${name} cannot be decompressed: it is cut off or damaged. Check it with ${test}, or get it again.`;
    throw new AnalysisError("notDecompressed", sentence, [name, test], { cause: error });
  } finally {
    await source.close();
  }
}

/** The bundle that further threads run; undefined where there is none. */
export function scanWorkerPath(distPath = __dirname): string | undefined {
  const path = join(distPath, "scanWorker.js");
  return existsSync(path) ? path : undefined;
}

let kernel: KernelModule | undefined;

/** The compiled kernel; undefined where WebAssembly lacks SIMD. */
function loadKernel(distPath: string): KernelModule | undefined {
  if (kernel) return kernel;
  const bytes = readFileSync(join(distPath, "kernel.wasm"));
  if (canRunKernel(bytes)) kernel = compileKernel(bytes);
  return kernel;
}

let modules: EngineModules | undefined;

/** Throws when there is no such file. */
export function loadModules(distPath: string): EngineModules {
  const bytesOf = (name: keyof EngineModules): Uint8Array => readFileSync(join(distPath, `${name}.wasm`));
  return (modules ??= { follower: compileFollower(bytesOf("follower")), sorter: compileSorter(bytesOf("sorter")) });
}
