/**
 * Several timelines over the same buckets, for one chart: numbers side by side, one number in parts, all packets behind
 * them. Each timeline is made as timeline.ts makes one.
 */
import type { Clock } from "../shared/model";
import type { TimeSpan } from "../shared/selection";
import { MAX_PARTS, SPLITS, type SplitBy, type TimelinePart, type Timelines, type TimelinesQuery } from "../shared/timelines";
import { NO_TEXT, presentColumns, Valid, type PacketColumns } from "./columns";
import type { ByteDictionary } from "./dictionary";
import type { HeaderMap } from "./fields";
import type { SequenceIndex } from "./frequency";
import type { RowBits } from "./rowBits";
import { chooseBucket, gridOver, shiftsOf, slotsOf, timesOf, zoneUnknown, type ClockShifts, type TimeGrid } from "./timeGrid";
import { fillTimeline } from "./timeline";

/** What timelines are made from. */
export interface TimelinesSource {
  readonly columns: PacketColumns;
  readonly index: SequenceIndex;
  readonly header: HeaderMap;
  /** Every row has a time. */
  readonly isAllDated: boolean;
  /** Rows that the query's focus lets through; undefined for all. */
  readonly bits: RowBits | undefined;
  readonly backdrops: Backdrops;
}

/** Timelines as asked for. `split` by an address needs all columns. Throws `zoneUnknown`. */
export function buildTimelines(source: TimelinesSource, query: TimelinesQuery): Timelines {
  const { columns, index, bits, isAllDated } = source;
  const { clock, focus, bucketSeconds, maxBuckets } = query;
  const shifts = shiftsOf(columns, clock, query.alignMinutes);
  const numbers = query.seqs.map((seq) => {
    const rows = index.rowsOf(seq);
    return { seq, timed: timesOf(columns, bits ? rows.filter((row) => bits.has(row)) : rows, shifts, isAllDated) };
  });
  const [first, last] = focus.range
    ? timesWithin(focus.range, clock, columns, shifts)
    : [Math.min(...numbers.map(({ timed }) => timed.first)), Math.max(...numbers.map(({ timed }) => timed.last))];
  const grid = gridOver(first, last, chooseBucket(first, last, { bucketSeconds, maxBuckets, whenTooMany: "coarsen" }), shifts);
  const slots = numbers.map(({ timed }) => slotsOf(timed, grid));
  return {
    timelines: numbers.map(({ seq, timed }, i) =>
      fillTimeline(columns, timed, slots[i], grid, grid.bucketCount, { seq, clock, bucketSeconds }),
    ),
    parts: query.split === null ? null : partsOf(source, query.split, numbers[0].timed.rows, slots[0], grid.bucketCount),
    backdrop: query.hasBackdrop ? source.backdrops.of(bits, shifts, grid) : null,
    splits: SPLITS.filter((split) => codesOf(source, split) !== undefined),
  };
}

/**
 * Shifted times of the first and the last second of a range. Where it was chosen on the other clock and the capture has
 * several zones, wide enough for each of them.
 */
function timesWithin(
  { clock: own, fromSec, toSec }: TimeSpan,
  clock: Clock,
  columns: PacketColumns,
  shifts: ClockShifts,
): [number, number] {
  const from = Math.ceil(fromSec) + shifts.align;
  const to = Math.ceil(toSec) - 1 + shifts.align;
  if (own === clock || columns.zones.length === 0) return [from, to];
  const offsets = columns.zones.map(({ offsetMinutes }) => (offsetMinutes ?? NaN) * 60);
  const [least, most] = [Math.min(...offsets), Math.max(...offsets)];
  if (Number.isNaN(least)) throw zoneUnknown();
  return clock === "utc" ? [from - most, to - least] : [from + least, to + most];
}

/** Codes of what a number is split by; undefined where the file has none. */
function codesOf({ columns, header }: TimelinesSource, split: SplitBy): { codes: Uint32Array; names: ByteDictionary } | undefined {
  const column = ({ label: "label", protocols: "protocols", source: "src", destination: "dst" } as const)[split];
  if (!presentColumns(header).has(column)) return undefined;
  const names = { label: columns.labelNames, protocols: columns.protocolNames, src: columns.addresses, dst: columns.addresses };
  return { codes: columns[column], names: names[column] };
}

/** A number's packets by what they are. `slots`: the bucket of each of its rows. */
function partsOf(
  source: TimelinesSource,
  split: SplitBy,
  rows: Uint32Array,
  slots: Uint32Array,
  bucketCount: number,
): TimelinePart[] | null {
  const found = codesOf(source, split);
  if (!found) return null;
  const { codes, names } = found;
  const totals = countCodes(rows, codes, names.size);
  const largest = largestFirst(totals).slice(0, MAX_PARTS);
  // Which part each code is in: the last one for all that have none of their own.
  const partOf = new Uint8Array(names.size).fill(largest.length);
  largest.forEach((code, part) => (partOf[code] = part));
  const counts = [...largest, -1].map(() => new Uint32Array(bucketCount));
  countParts(rows, slots, codes, partOf, counts);
  const parts = largest.map((code, part): TimelinePart => {
    return { name: code === NO_TEXT ? null : names.valueOf(code), kind: "value", counts: counts[part], total: totals[code] };
  });
  const rest = rows.length - parts.reduce((sum, { total }) => sum + total, 0);
  return rest === 0 ? parts : [...parts, { name: null, kind: "rest", counts: counts[largest.length], total: rest }];
}

/** Codes that occur, most frequent first, ties by first appearance in the capture. */
function largestFirst(totals: Uint32Array): number[] {
  const codes: number[] = [];
  for (let code = 0; code < totals.length; code++) if (totals[code] > 0) codes.push(code);
  return codes.sort((a, b) => totals[b] - totals[a] || a - b);
}

// Loops over all packets stand in functions of their own: timeGrid.ts says why.

function countCodes(rows: Uint32Array, codes: Uint32Array, size: number): Uint32Array {
  const totals = new Uint32Array(size);
  for (let i = 0; i < rows.length; i++) totals[codes[rows[i]]]++;
  return totals;
}

function countParts(rows: Uint32Array, slots: Uint32Array, codes: Uint32Array, partOf: Uint8Array, counts: readonly Uint32Array[]): void {
  for (let i = 0; i < rows.length; i++) counts[partOf[codes[rows[i]]]][slots[i]]++;
}

/** Backdrops kept. */
const MOST_KEPT = 8;

/** All packets with a sequence number per bucket, kept for the few grids that were asked for last. One per capture. */
export class Backdrops {
  readonly #columns: PacketColumns;
  readonly #kept: { bits: RowBits | undefined; key: string; counts: Uint32Array }[] = [];

  constructor(columns: PacketColumns) {
    this.#columns = columns;
  }

  /** Counts of the rows in `bits`, all where undefined. Throws `zoneUnknown`. */
  of(bits: RowBits | undefined, shifts: ClockShifts, grid: TimeGrid): Uint32Array {
    const { zones, rows, valid, seconds, zone } = this.#columns;
    const key = `${[...shifts.byZone.subarray(0, zones.length)].join()} ${String(grid.firstBucket)} ${String(grid.bucketSeconds)} ${String(grid.bucketCount)}`;
    const known = this.#kept.find((each) => each.bits === bits && each.key === key);
    if (known) return known.counts;
    if (zones.some((_, code) => Number.isNaN(shifts.byZone[code]))) throw zoneUnknown();
    const counts = new Uint32Array(grid.bucketCount);
    const first = grid.firstBucket * grid.bucketSeconds;
    const end = first + grid.bucketCount * grid.bucketSeconds;
    const { byZone } = shifts;
    if (bits) countSome(valid, seconds, zone, byZone, first, end, grid.bucketSeconds, counts, bits.words);
    else countAll(valid, seconds, zone, byZone, first, end, grid.bucketSeconds, counts, rows);
    this.#kept.push({ bits, key, counts });
    if (this.#kept.length > MOST_KEPT) this.#kept.shift();
    return counts;
  }
}

const COUNTED = Valid.seq | Valid.time;

function countAll(
  valid: Uint16Array,
  seconds: Float64Array,
  zone: Uint8Array,
  byZone: Float64Array,
  first: number,
  end: number,
  bucketSeconds: number,
  counts: Uint32Array,
  rows: number,
): void {
  for (let row = 0; row < rows; row++) {
    const time = seconds[row] + byZone[zone[row]];
    if (time >= first && time < end && (valid[row] & COUNTED) === COUNTED) counts[Math.floor((time - first) / bucketSeconds)]++;
  }
}

function countSome(
  valid: Uint16Array,
  seconds: Float64Array,
  zone: Uint8Array,
  byZone: Float64Array,
  first: number,
  end: number,
  bucketSeconds: number,
  counts: Uint32Array,
  words: Uint32Array,
): void {
  for (let at = 0; at < words.length; at++) {
    for (let word = words[at]; word !== 0; word &= word - 1) {
      const row = (at << 5) + 31 - Math.clz32(word & -word);
      const time = seconds[row] + byZone[zone[row]];
      if (time >= first && time < end && (valid[row] & COUNTED) === COUNTED) counts[Math.floor((time - first) / bucketSeconds)]++;
    }
  }
}
