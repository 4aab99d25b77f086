/** From a source to a capture in memory, in whatever thread it is called: the analysis thread's and the command line's one way in. */
import { basename } from "node:path";
import { performance } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import { analyze } from "../engine/analyze";
import { MemorySource, type ByteSource, type CancelSignal } from "../engine/bytes";
import type { CaptureStore } from "../engine/captureStore";
import { encodeUtf8 } from "../engine/utf8";
import type { AnalysisOptions, AnalysisProgress, CaptureSource } from "../shared/model";
import { FileByteSource } from "./fileByteSource";
import { createReferenceReader } from "./referenceReader";

/** Who is told, and who may stop it. */
export interface ReadHooks {
  readonly onProgress?: (progress: AnalysisProgress) => void;
  readonly signal?: CancelSignal;
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
    const capture = await analyze(file, { ...engineOptions, name: basename(source.path) });
    if (capture) await file.checkUnchanged();
    return capture;
  } finally {
    await file.close();
  }
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
