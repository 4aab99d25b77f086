/** How much memory a capture takes, told before it is read. */
import { AnalysisError } from "../shared/errors";
import { formatBytes } from "../shared/format";

/** What a run takes without any row, bytes. */
const BASE_BYTES = 90e6;
/**
 * Columns, index and order of a row, and what the detectors make of it, bytes: 3 million rows with the columns of a usual export took
 * 342 MB at the peak while they were read by two threads, 344 when the detectors had run, and 347 when they had run again
 * (`npm run bench`, with `--findings`). Files with fewer columns take less, those that cannot be narrow (columns.ts) 9 bytes a row more.
 */
const ROW_BYTES = 100;

/** Memory for so many rows, bytes. */
export const memoryFor = (rows: number): number => BASE_BYTES + ROW_BYTES * rows;

/** Rows that fit into so many bytes. */
export const rowsWithin = (bytes: number): number => Math.max(0, Math.floor((bytes - BASE_BYTES) / ROW_BYTES));

/** Throws `tooLarge` when so many rows need more than the limit, bytes; its details: name, megabytes needed, limit, rows, and rows that fit. */
export function checkMemory(name: string, rows: number, limitBytes = Infinity): void {
  const needed = memoryFor(rows);
  if (needed <= limitBytes) return;
  const [neededMB, limitMB] = [needed, limitBytes].map((bytes) => Math.ceil(bytes / 1e6));
  throw new AnalysisError(
    "tooLarge",
    `${name} needs about ${formatBytes(needed)} of memory, the limit is ${formatBytes(limitBytes)}. Analyse its first rows, a time range, or raise the limit.`,
    [name, String(neededMB), String(limitMB), String(rows), String(rowsWithin(limitBytes))],
  );
}
