/**
 * Several timelines over the same buckets, for one chart: numbers side by side, one number in parts, all packets behind
 * them. Each timeline is made as timeline.ts makes one.
 */
import type { Focus } from "../shared/selection";
import { MAX_PARTS, SPLITS, type SplitBy, type TimelinePart, type Timelines, type TimelinesQuery } from "../shared/timelines";
import { NO_TEXT, presentColumns, type PacketColumns, type CodesColumn, type SecondsColumn } from "./columns";
import type { ByteDictionary } from "./dictionary";
import type { HeaderMap } from "./fields";
import type { SequenceIndex } from "./frequency";
import type { RowBits } from "./rowBits";
import {
  chooseBucket,
  DATED,
  gridOver,
  rangeOfAll,
  shiftsOf,
  slotsOf,
  spanOf,
  timesOf,
  zoneUnknown,
  type ClockShifts,
  type ShiftedSpan,
  type TimedRows,
  type TimeGrid,
} from "./timeGrid";
import { fillTimeline } from "./timeline";

/** What timelines are made from. */
export interface TimelinesSource {
  readonly columns: PacketColumns;
  readonly index: SequenceIndex;
  readonly header: HeaderMap;
  /** Every row has a time. */
  readonly isAllDated: boolean;
  /** Rows that a focus lets through; undefined for all. */
  readonly bitsOf: (focus: Focus) => RowBits | undefined;
  readonly backdrops: Backdrops;
}

/** Timelines as asked for. Needs all columns for a filter, and to split by an address. Throws `badFilter`, `zoneUnknown`. */
export function buildTimelines(source: TimelinesSource, query: TimelinesQuery): Timelines {
  const { columns, index, isAllDated } = source;
  const { clock, focus, bucketSeconds, maxBuckets } = query;
  const shifts = shiftsOf(columns, clock, query.alignMinutes);
  const span = focus.range && spanOf(focus.range, clock, columns, shifts);
  // While somebody zooms every range is a new one: its times are compared for the packets shown, not for all there are.
  const bits = source.bitsOf(span?.isExact ? { ...focus, range: null } : focus);
  const numbers = query.seqs.map((seq) => {
    const rows = index.rowsOf(seq);
    const timed = timesOf(columns, bits ? rows.filter((row) => bits.has(row)) : rows, shifts, isAllDated);
    return { seq, timed: span ? within(timed, span) : timed };
  });
  const { first, last } = span ?? {
    first: Math.min(...numbers.map(({ timed }) => timed.first)),
    last: Math.max(...numbers.map(({ timed }) => timed.last)),
  };
  const grid = gridOver(first, last, chooseBucket(first, last, { bucketSeconds, maxBuckets, whenTooMany: "coarsen" }), shifts);
  const slots = numbers.map(({ timed }) => slotsOf(timed, grid));
  return {
    timelines: numbers.map(({ seq, timed }, i) =>
      fillTimeline(columns, timed, slots[i], grid, grid.bucketCount, { seq, clock, bucketSeconds }),
    ),
    parts: query.split === null ? null : partsOf(source, query.split, numbers[0].timed.rows, slots[0], grid.bucketCount),
    backdrop: query.hasBackdrop ? source.backdrops.of(bits, shifts, grid, span) : null,
    splits: SPLITS.filter((split) => codesOf(source, split) !== undefined),
  };
}

/** Those of the rows that are in a span; rows without a time are in none. */
function within(timed: TimedRows, { first, last }: ShiftedSpan): TimedRows {
  const { times } = timed;
  const rows = timed.rows.filter((_, i) => times[i] >= first && times[i] <= last);
  return { ...timed, rows, times: times.filter((time) => time >= first && time <= last), undated: 0 };
}

/** Codes of what a number is split by; undefined where the file has none. */
function codesOf({ columns, header }: TimelinesSource, split: SplitBy): { codes: CodesColumn; names: ByteDictionary } | undefined {
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

function countCodes(rows: Uint32Array, codes: CodesColumn, size: number): Uint32Array {
  const totals = new Uint32Array(size);
  for (let i = 0; i < rows.length; i++) totals[codes[rows[i]]]++;
  return totals;
}

function countParts(rows: Uint32Array, slots: Uint32Array, codes: CodesColumn, partOf: Uint8Array, counts: readonly Uint32Array[]): void {
  for (let i = 0; i < rows.length; i++) counts[partOf[codes[rows[i]]]][slots[i]]++;
}

/** Sets of packets for which the counts per second are kept, and the seconds that they may reach over: 12 days, 4 MB. */
const MOST_KEPT = 4;
const MOST_SECONDS = 2 ** 20;

/** Packets of every second from a first one on. */
interface SecondCounts {
  readonly first: number;
  readonly counts: Uint32Array;
}

/**
 * All packets with a sequence number per bucket. One per capture. Counts per second are kept, so that another grid or
 * range takes no look at the packets; of captures that are too long for that, all packets are counted anew.
 */
export class Backdrops {
  readonly #columns: PacketColumns;
  readonly #kept: { bits: RowBits | undefined; shifts: string; seconds: SecondCounts | undefined }[] = [];

  constructor(columns: PacketColumns) {
    this.#columns = columns;
  }

  /** Counts of the rows in `bits`, all where undefined, and in `span` where there is one. Throws `zoneUnknown`. */
  of(bits: RowBits | undefined, shifts: ClockShifts, grid: TimeGrid, span: ShiftedSpan | null): Uint32Array {
    const { bucketSeconds, firstBucket, bucketCount } = grid;
    const start = firstBucket * bucketSeconds;
    const first = Math.max(start, span?.first ?? -Infinity);
    const end = Math.min(start + bucketCount * bucketSeconds, span ? span.last + 1 : Infinity);
    const counts = new Uint32Array(bucketCount);
    const known = this.#secondsOf(bits, shifts);
    if (!known) {
      countRows(this.#columns, bits, shifts.byZone, { first, end, start, bucketSeconds }, counts);
      return counts;
    }
    const lastKnown = Math.min(end, known.first + known.counts.length);
    for (let second = Math.max(first, known.first); second < lastKnown; second++)
      counts[Math.floor((second - start) / bucketSeconds)] += known.counts[second - known.first];
    return counts;
  }

  #secondsOf(bits: RowBits | undefined, { byZone }: ClockShifts): SecondCounts | undefined {
    const shifts = byZone.subarray(0, this.#columns.zones.length).join();
    const known = this.#kept.find((each) => each.bits === bits && each.shifts === shifts);
    if (known) return known.seconds;
    const [first, last] = rangeOfAll(this.#columns, byZone);
    if (Number.isNaN(first)) throw zoneUnknown();
    let seconds: SecondCounts | undefined;
    if (!(last - first >= MOST_SECONDS)) {
      seconds = { first, counts: new Uint32Array(Math.max(0, last - first + 1)) };
      countRows(this.#columns, bits, byZone, { first, end: last + 1, start: first, bucketSeconds: 1 }, seconds.counts);
    }
    this.#kept.push({ bits, shifts, seconds });
    if (this.#kept.length > MOST_KEPT) this.#kept.shift();
    return seconds;
  }
}

/** Packets from `first` to before `end`, in buckets from `start` on. */
interface Counting {
  readonly first: number;
  readonly end: number;
  readonly start: number;
  readonly bucketSeconds: number;
}

function countRows(columns: PacketColumns, bits: RowBits | undefined, byZone: Float64Array, counting: Counting, counts: Uint32Array): void {
  const { valid, seconds, zone, rows } = columns;
  if (bits) countSome(valid, seconds, zone, byZone, counting, counts, bits.words);
  else countAll(valid, seconds, zone, byZone, counting, counts, rows);
}

function countAll(
  valid: Uint16Array,
  seconds: SecondsColumn,
  zone: Uint8Array,
  byZone: Float64Array,
  { first, end, start, bucketSeconds }: Counting,
  counts: Uint32Array,
  rows: number,
): void {
  for (let row = 0; row < rows; row++) {
    const time = seconds[row] + byZone[zone[row]];
    if (time >= first && time < end && (valid[row] & DATED) === DATED) counts[Math.floor((time - start) / bucketSeconds)]++;
  }
}

function countSome(
  valid: Uint16Array,
  seconds: SecondsColumn,
  zone: Uint8Array,
  byZone: Float64Array,
  { first, end, start, bucketSeconds }: Counting,
  counts: Uint32Array,
  words: Uint32Array,
): void {
  for (let at = 0; at < words.length; at++) {
    for (let word = words[at]; word !== 0; word &= word - 1) {
      const row = (at << 5) + 31 - Math.clz32(word & -word);
      const time = seconds[row] + byZone[zone[row]];
      if (time >= first && time < end && (valid[row] & DATED) === DATED) counts[Math.floor((time - start) / bucketSeconds)]++;
    }
  }
}
