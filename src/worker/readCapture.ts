/** From a source to a capture in memory, in whatever thread it is called: the analysis thread's and the command line's one way in. */
import { basename } from "node:path";
import { performance } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { analyze } from "../engine/analyze";
import { MemorySource, type ByteSource, type CancelSignal } from "../engine/bytes";
import type { CaptureStore } from "../engine/captureStore";
import { encodeUtf8 } from "../engine/utf8";
import type { AnalysisOptions, AnalysisProgress, CaptureSource } from "../shared/model";
import { FileByteSource } from "./fileByteSource";
import { canRunKernel, compileKernel, type KernelModule } from "../engine/csv/kernel";
import { sniffEncoding } from "../engine/textReader";
import { readFast } from "./readFast";
import { createReferenceReader } from "./referenceReader";

/** Who is told, and who may stop it. */
export interface ReadHooks {
  readonly onProgress?: (progress: AnalysisProgress) => void;
  readonly signal?: CancelSignal;
  /** Folder of the bundles, where kernel.wasm and analyzeWorker.js lie. */
  readonly distPath?: string;
  /** At most so many threads. */
  readonly threads?: number;
}

/** Reads a capture; undefined when cancelled. Throws AnalysisError. */
export async function readCapture(
  source: CaptureSource,
  options: AnalysisOptions,
  hooks: ReadHooks = {},
): Promise<CaptureStore | undefined> {
  const engineOptions = { ...options, ...hooks, createScanner: createReferenceReader, now: () => performance.now() };
  if (source.kind === "text") return analyze(pausing(new MemorySource(encodeUtf8(source.text))), { ...engineOptions, name: source.name });
  const file = await FileByteSource.open(source.path);
  try {
    const capture = await readFile(file, { ...engineOptions, name: basename(source.path) }, hooks);
    if (capture) await file.checkUnchanged();
    return capture;
  } finally {
    await file.close();
  }
}

async function readFile(file: FileByteSource, options: Parameters<typeof analyze>[1], hooks: ReadHooks): Promise<CaptureStore | undefined> {
  const module = loadKernel(hooks.distPath ?? __dirname);
  if (module && file.size > 0 && sniffEncoding(await file.head()).encoding === "utf-8") {
    const { fd, size } = file;
    const workerPath = join(hooks.distPath ?? __dirname, "analyzeWorker.js");
    const capture = await readFast({
      ...options,
      size,
      fd,
      module,
      readAt: (offset, target) => file.readSync(offset, target),
      workerPath: existsSync(workerPath) ? workerPath : undefined,
      ...(hooks.threads === undefined ? {} : { threads: hooks.threads }),
    });
    if (capture === "cancelled") return undefined;
    if (capture !== "sequential") return capture;
  }
  return analyze(file, options);
}

let kernel: KernelModule | undefined;

/** The compiled kernel; undefined where WebAssembly or its SIMD is missing. */
function loadKernel(distPath: string): KernelModule | undefined {
  if (kernel) return kernel;
  const bytes = readFileSync(join(distPath, "kernel.wasm"));
  if (!canRunKernel(bytes)) return undefined;
  kernel = compileKernel(bytes);
  return kernel;
}

/** Lets the event loop turn before every read, so that a cancel can arrive. Files do so by themselves. */
function pausing(source: ByteSource): ByteSource {
  return {
    size: source.size,
    read: async (offset, target) => {
      await setImmediate();
      return source.read(offset, target);
    },
  };
}
