/** The fast reader on bytes in memory, with chunks of one's choice. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CaptureStore } from "../../src/engine/captureStore";
import type { ReadAt } from "../../src/engine/chunkScan";
import { compileKernel } from "../../src/engine/csv/kernel";
import { readFast } from "../../src/worker/readFast";
import { DEFAULT_LABEL_FIELDS, type CapturePart } from "../../src/shared/model";
import { ROOT } from "./capture";
import { MODULES } from "./modules";

/** The kernel as it was built. */
export const KERNEL = compileKernel(readFileSync(join(ROOT, "dist", "kernel.wasm")));

/** Bytes in memory, read as a file is. */
export const readerOf =
  (bytes: Uint8Array): ReadAt =>
  (offset, target) => {
    const part = bytes.subarray(offset, offset + target.length);
    target.set(part);
    return part.length;
  };

/** Reads bytes in one thread, all columns. "sequential": the fast reader leaves this file to the sequential one. */
export async function readFastFrom(
  bytes: Uint8Array,
  options: {
    chunkBytes?: number;
    overlapBytes?: number;
    labelFields?: readonly string[];
    part?: CapturePart;
    memoryLimitBytes?: number;
  } = {},
  readAt?: ReadAt,
): Promise<CaptureStore | "sequential"> {
  const capture = await readFast({
    name: "test.csv",
    labelFields: DEFAULT_LABEL_FIELDS,
    size: bytes.length,
    fd: -1,
    module: KERNEL,
    modules: MODULES,
    workerPath: undefined,
    now: () => 0,
    readAt: readAt ?? readerOf(bytes),
    ...options,
  });
  if (capture !== "sequential") await capture.whenComplete;
  return capture;
}
