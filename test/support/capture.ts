/** Captures for unit tests: text through the same path as a file, with block sizes of one's choice. */
import { join } from "node:path";
import { analyze } from "../../src/engine/analyze";
import { MemorySource } from "../../src/engine/bytes";
import type { CaptureStore } from "../../src/engine/captureStore";
import type { KernelModule } from "../../src/engine/csv/kernel";
import type { CreateScanner } from "../../src/engine/csv/scanner";
import { encodeUtf8 } from "../../src/engine/utf8";
import { DEFAULT_LABEL_FIELDS, type CapturePart, type ProblemKind, type Timeline } from "../../src/shared/model";
import { createReferenceReader } from "../../src/worker/referenceReader";
import { MODULES } from "./modules";

/** Root of the checkout. */
export const ROOT = join(__dirname, "..", "..");
/** Real exports in every shape; its README says how each was made. */
export const CSV_FIXTURES = join(ROOT, "test", "fixtures", "csv");

/** Analyses text or bytes. */
export async function analyzeText(
  text: string | Uint8Array,
  options: {
    blockBytes?: number;
    labelFields?: readonly string[];
    createScanner?: CreateScanner;
    kernel?: KernelModule;
    part?: CapturePart;
    memoryLimitBytes?: number;
  } = {},
): Promise<CaptureStore> {
  const bytes = typeof text === "string" ? encodeUtf8(text) : text;
  const capture = await analyze(new MemorySource(bytes), {
    name: "test.csv",
    labelFields: options.labelFields ?? DEFAULT_LABEL_FIELDS,
    reader: options.kernel
      ? { kind: "simd", module: options.kernel }
      : { kind: "csv-parse", create: options.createScanner ?? createReferenceReader },
    modules: MODULES,
    now: () => 0,
    ...(options.memoryLimitBytes === undefined ? {} : { memoryLimitBytes: options.memoryLimitBytes }),
    ...(options.part ? { part: options.part } : {}),
    ...(options.blockBytes === undefined ? {} : { blockBytes: options.blockBytes }),
  });
  await capture.whenComplete;
  return capture;
}

/** All numbers with their counts, most frequent first, as [seq, count]. */
export const allCounts = (capture: CaptureStore): [number, number][] =>
  capture.listSequences({ order: "count", from: 0, count: 1_000_000 }).map(({ seq, count }) => [seq, count]);

/** Timeline of one number on the capture's clock, every bucket listed. */
export const timelineOf = (capture: CaptureStore, seq: number, bucketSeconds = 60): Timeline =>
  capture.getTimeline({ seq, bucketSeconds, clock: "capture", maxBuckets: 100_000, whenTooMany: "sparse" });

/** Count and first lines of a kind of the import report. */
export function problem(capture: CaptureStore, kind: ProblemKind): { count: number; lines: number[]; byteOffsets: number[] } {
  const found = capture.summary.problems.find((each) => each.kind === kind);
  return {
    count: found?.count ?? 0,
    lines: found?.examples.map(({ line }) => line) ?? [],
    byteOffsets: found?.examples.map(({ byteOffset }) => byteOffset) ?? [],
  };
}
