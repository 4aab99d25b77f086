/** Columns that filters name, read from the file that a capture came from. Knows files; the engine knows what a row is. */
import { performance } from "node:perf_hooks";
import type { CaptureStore } from "../engine/captureStore";
import { COLUMNS_PER_PASS, readColumnTexts } from "../engine/columnTexts";
import type { LoadedColumn } from "../engine/filter/captureFields";
import type { FilterMeans } from "../engine/filter/captureFilters";
import type { AnalysisOptions, AnalysisProgress, CaptureSource } from "../shared/model";
import { chooseReader, memoryLimit } from "./readCapture";
import { withBytes } from "./rowReader";

/** What the filters of a capture read columns by. `distPath`: see ReadHooks. */
export function makeFilterMeans(
  capture: CaptureStore,
  source: CaptureSource,
  { labelFields, memoryLimitMB }: AnalysisOptions,
  { distPath, onProgress }: { readonly distPath?: string; readonly onProgress?: (progress: AnalysisProgress) => void } = {},
): FilterMeans {
  return {
    memoryLimitBytes: memoryLimit(memoryLimitMB ?? 0),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    readColumns: async (columns) => {
      const isReference = capture.summary.reader.kind === "csv-parse";
      const reader = chooseReader({ isReference, ...(distPath === undefined ? {} : { distPath }) });
      const options = { reader, labelFields, now: () => performance.now(), ...(onProgress ? { onProgress } : {}) };
      const read: LoadedColumn[] = [];
      for (let at = 0; at < columns.length; at += COLUMNS_PER_PASS) {
        const some = columns.slice(at, at + COLUMNS_PER_PASS);
        read.push(...(await withBytes(capture, source, (bytes) => readColumnTexts(bytes, capture, some, options))));
      }
      return read;
    },
  };
}
