/**
 * Groups rows by their sequence number (assembly/numbers.ts). Memory, beside the batch:
 *
 *   region          size                                   written by
 *   pairs           8 bytes * rows of a part               the sorter
 *   others          8 bytes * rows of the largest bucket   the sorter
 *   places          4 bytes * buckets                      the caller, then the sorter
 *   values, starts  8 bytes * rows in all                  the sorter, for each number once
 *   digits          1 kB                                   the sorter
 */
import type { PacketColumns } from "../columns";
import { countBuckets, divideBuckets, type BucketCounts, type BucketRange, type RowGroups, type Segment } from "../rowGroups";
import { joinSegments, RowBatches, type SorterModule } from "./rowBatches";

interface NumberExports {
  layRows(valid: number, key: number, found: number): void;
  layNumbers(...addresses: number[]): void;
  fillNumbers(count: number, row: number, first: number, end: number): void;
  sortNumbers(first: number, end: number, before: number): void;
  groupCount(): number;
}

const NUMBER_COLUMNS = ["valid", "seq"] as const;

/** What rows are grouped by. */
export type NumberColumns = Pick<PacketColumns, (typeof NUMBER_COLUMNS)[number] | "rows">;

/** Rows sorted at a time: 2 MB, or a share of all, since every part takes a pass over all rows. */
const PART_ROWS = 1 << 18;
const PARTS = 16;

/**
 * Sorts the rows with a sequence number of the range into their place in `target`, the list of all rows with a number:
 * grouped by number, in file order within each. `segments`: the rows in the order of the file; `counts`: of all rows.
 */
export function groupRange(
  module: SorterModule,
  columns: NumberColumns,
  segments: readonly Segment[],
  counts: BucketCounts,
  range: BucketRange,
  target: Uint32Array,
): RowGroups {
  const batches = new RowBatches(module, columns, NUMBER_COLUMNS);
  const sorter = batches.exports as NumberExports;
  const inRange = counts.subarray(range.first, range.end);
  const total = inRange.reduce((sum, count) => sum + count, 0);
  if (total === 0) return { values: new Uint32Array(0), starts: new Uint32Array(0), end: range.before };
  const parts = [...divideRange(counts, range, Math.max(PART_ROWS, Math.ceil(total / PARTS)))];
  const mostRows = parts.reduce((most, { rows }) => Math.max(most, rows), 0);
  const largest = inRange.reduce((most, count) => Math.max(most, count), 0);
  const { valid, seq } = batches.at;
  sorter.layRows(valid, seq, batches.foundAt);
  const at = [8 * mostRows, 8 * largest, 4 * counts.length, 4 * total, 4 * total, 1024].map((bytes) => batches.region(bytes));
  const [pairsAt, , placesAt, valuesAt, startsAt] = at;
  sorter.layNumbers(...at);
  const places = batches.numbers(placesAt, counts.length);
  const runs = joinSegments(segments);
  let done = range.before;
  for (const { first, end, rows } of parts) {
    let place = 0;
    for (let bucket = first; bucket < end; bucket++) {
      places[bucket] = place;
      place += counts[bucket];
    }
    batches.eachInFile(NUMBER_COLUMNS, runs, (count, row) => sorter.fillNumbers(count, row, first, end));
    for (let bucket = first, stop = 0; bucket < end; bucket++) {
      stop += counts[bucket];
      if (places[bucket] !== stop) throw new RangeError("The rows of a bucket do not fill its place.");
    }
    sorter.sortNumbers(first, end, done);
    target.set(batches.numbers(pairsAt, rows), done);
    done += rows;
  }
  const groups = sorter.groupCount() >>> 0;
  return { values: batches.numbers(valuesAt, groups).slice(), starts: batches.numbers(startsAt, groups).slice(), end: done };
}

/** All rows with a number, in one go, into a list that has a place for each. */
export function groupAll(module: SorterModule, columns: NumberColumns, segments: readonly Segment[], target: Uint32Array): RowGroups[] {
  const counts = countBuckets(columns, 0, columns.rows);
  return divideBuckets(counts, 1).map((range) => groupRange(module, columns, segments, counts, range, target));
}

/** Buckets of a range, as many together as have no more than `most` rows, but at least one. */
function* divideRange(counts: BucketCounts, range: BucketRange, most: number): Generator<{ first: number; end: number; rows: number }> {
  for (let bucket = range.first; bucket < range.end;) {
    const first = bucket;
    let rows = counts[bucket++];
    while (bucket < range.end && rows + counts[bucket] <= most) rows += counts[bucket++];
    yield { first, end: bucket, rows };
  }
}
