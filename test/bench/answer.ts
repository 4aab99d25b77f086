/** What every contestant of the benchmark has to answer, and how answers are compared. */
import { existsSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { formatSeconds } from "../../src/shared/format";

/** One minute of a timeline. */
export interface Bucket {
  readonly start: string;
  readonly count: number;
  /** The last by time, of equal times the lower in the file; null where there is none. */
  readonly alert: string | null;
  readonly protocols: string | null;
}

/** The small query: counts of all numbers, and the timeline of the most frequent one. */
export interface Answer {
  readonly rowsTcp: number;
  readonly distinct: number;
  /** The 20 most frequent numbers; of equal counts the one that comes first in the file. */
  readonly top: readonly { readonly seq: number; readonly count: number }[];
  readonly buckets: readonly Bucket[];
}

/** How many numbers are listed. */
export const TOP = 20;

/** The only line that a contestant's process prints, as JSON. */
export interface Run {
  readonly elapsedMs: number;
  /** Largest resident size of the process; null where it is unknown. */
  readonly peakBytes: number | null;
  readonly answer: Answer | null;
}

/** Minutes from the first to the last, those without packets included. `starts` are seconds of the capture's own clock. */
export function fillMinutes(minutes: readonly (Omit<Bucket, "start"> & { startSec: number })[]): Bucket[] {
  const sorted = [...minutes].sort((a, b) => a.startSec - b.startSec);
  const buckets: Bucket[] = [];
  for (const { startSec, count, alert, protocols } of sorted) {
    const gap = (startSec - sorted[0].startSec) / 60;
    while (buckets.length < gap)
      buckets.push({ start: formatSeconds(sorted[0].startSec + 60 * buckets.length), count: 0, alert: null, protocols: null });
    buckets.push({ start: formatSeconds(startSec), count, alert, protocols });
  }
  return buckets;
}

/** What the generator of the file counted itself, from FILE.expected.json; undefined when nobody did. */
export function readExpected(file: string): Answer | undefined {
  if (!existsSync(`${file}.expected.json`)) return undefined;
  const expected = JSON.parse(readFileSync(`${file}.expected.json`, "utf8")) as NotebookAnswer;
  return fromNotebook(expected);
}

/** The shape in which scripts/notebook.py and the generator answer. */
export interface NotebookAnswer extends Omit<Answer, "buckets"> {
  readonly timelines: readonly { readonly buckets: readonly Bucket[] }[];
}

export const fromNotebook = ({ rowsTcp, distinct, top, timelines }: NotebookAnswer): Answer => ({
  rowsTcp,
  distinct,
  top,
  buckets: timelines[0].buckets,
});

/** The first thing in which an answer is not the expected one; undefined when it is right. */
export function findDifference(actual: Answer, expected: Answer): string | undefined {
  for (const key of ["rowsTcp", "distinct", "top", "buckets"] as const) {
    const [is, should] = [actual[key], expected[key]];
    if (isDeepStrictEqual(is, should)) continue;
    if (typeof is === "number" || typeof should === "number") return `${key} is ${JSON.stringify(is)}, not ${JSON.stringify(should)}`;
    if (is.length !== should.length) return `${key} has ${is.length} entries, not ${should.length}`;
    const at = is.findIndex((entry, i) => !isDeepStrictEqual(entry, should[i]));
    return `${key}[${at}] is ${JSON.stringify(is[at])}, not ${JSON.stringify(should[at])}`;
  }
  return undefined;
}
