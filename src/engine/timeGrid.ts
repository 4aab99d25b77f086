/**
 * Times of rows on a clock, and the grid of buckets they fall into: what every chart over time shares. Times are whole
 * seconds, shifted so that bucket edges are multiples of the size.
 */
import { AnalysisError } from "../shared/errors";
import { BUCKET_CHOICES, type Clock } from "../shared/model";
import type { TimeSpan } from "../shared/selection";
import { Valid, type PacketColumns, type SecondsColumn } from "./columns";

/** Bucket sizes in seconds, from the user's choices up to 30 days, for "auto" and for spans that need a larger one. */
const LADDER: readonly number[] = [...BUCKET_CHOICES, 6 * 3600, 86400, 7 * 86400, 30 * 86400];
/** "auto" takes the smallest size that gives at most this many buckets: a chart's width at some four pixels each. */
const AUTO_BUCKETS = 300;

/** Packets that charts over time count. */
export const DATED = Valid.seq | Valid.time;

/** What to add to the seconds of a row. */
export interface ClockShifts {
  /** By the row's zone; NaN where its offset is not known and matters. */
  readonly byZone: Float64Array;
  /** Mostly all zones have the same: then no row's zone has to be looked up. */
  readonly same: number | undefined;
  /** Seconds by which all times are later than the clock says. */
  readonly align: number;
}

/** Shifts of a capture's times to a clock, with bucket edges on multiples of the size plus so many minutes. */
export function shiftsOf({ zones }: PacketColumns, clock: Clock, alignMinutes: number): ClockShifts {
  const align = alignMinutes * 60;
  const shifts = zones.map(({ offsetMinutes }) => {
    if (clock === "capture") return align;
    return offsetMinutes === null ? NaN : align - offsetMinutes * 60;
  });
  const [first = align] = shifts;
  const byZone = new Float64Array(256).fill(first);
  byZone.set(shifts);
  return { byZone, same: shifts.every((shift) => shift === first) ? first : undefined, align };
}

/** The error of a clock that times cannot be read on. */
export const zoneUnknown = (): AnalysisError =>
  new AnalysisError("zoneUnknown", "The capture's time zone is not known, so its times cannot be shown in UTC.");

/** Rows that have a time, with it. */
export interface TimedRows {
  readonly rows: Uint32Array;
  /** Shifted; one per row. */
  readonly times: Float64Array;
  /** Least and largest of them; Infinity and -Infinity without rows. */
  readonly first: number;
  readonly last: number;
  /** Rows that were given and have none. */
  readonly undated: number;
}

/** Times of the given rows. `isAllDated`: every row has one. Throws `zoneUnknown` for UTC without known offsets. */
export function timesOf(columns: PacketColumns, rows: Uint32Array, shifts: ClockShifts, isAllDated: boolean): TimedRows {
  const { valid, seconds, zone } = columns;
  const dated = isAllDated ? rows : rows.filter((row) => (valid[row] & Valid.time) !== 0);
  const times = new Float64Array(dated.length);
  if (shifts.same === undefined) for (let i = 0; i < dated.length; i++) times[i] = seconds[dated[i]] + shifts.byZone[zone[dated[i]]];
  else takeTimes(dated, seconds, shifts.same, times);
  const [first, last] = rangeOf(times);
  if (Number.isNaN(first)) throw zoneUnknown();
  return { rows: dated, times, first, last, undated: rows.length - dated.length };
}

/** A range in shifted times: its first and its last second. */
export interface ShiftedSpan {
  readonly first: number;
  readonly last: number;
  /** False for one chosen on the other clock where the capture has several zones: wide enough for each of them. */
  readonly isExact: boolean;
}

/** A range on a clock that times were shifted to. Throws `zoneUnknown`. */
export function spanOf({ clock: own, fromSec, toSec }: TimeSpan, clock: Clock, columns: PacketColumns, shifts: ClockShifts): ShiftedSpan {
  const first = Math.ceil(fromSec) + shifts.align;
  const last = Math.ceil(toSec) - 1 + shifts.align;
  if (own === clock || columns.zones.length === 0) return { first, last, isExact: true };
  const offsets = columns.zones.map(({ offsetMinutes }) => (offsetMinutes ?? NaN) * 60);
  const [least, most] = [Math.min(...offsets), Math.max(...offsets)];
  if (Number.isNaN(least)) throw zoneUnknown();
  const isExact = least === most;
  return clock === "utc" ? { first: first - most, last: last - least, isExact } : { first: first + least, last: last + most, isExact };
}

/** Buckets side by side. */
export interface TimeGrid {
  readonly bucketSeconds: number;
  /** Number of the first bucket: its left edge, shifted, is this times the size. */
  readonly firstBucket: number;
  readonly bucketCount: number;
  /** Left edge of the first bucket on the clock; 0 without buckets. */
  readonly startSec: number;
}

/** Buckets of a size from one shifted time to another, both included; none when there is no time between them. */
export function gridOver(first: number, last: number, bucketSeconds: number, { align }: ClockShifts): TimeGrid {
  if (!(first <= last)) return { bucketSeconds, firstBucket: 0, bucketCount: 0, startSec: 0 };
  const firstBucket = Math.floor(first / bucketSeconds);
  const bucketCount = Math.floor(last / bucketSeconds) - firstBucket + 1;
  return { bucketSeconds, firstBucket, bucketCount, startSec: firstBucket * bucketSeconds - align };
}

/** How large buckets are wanted. */
export interface BucketChoice {
  /** Null for "auto". */
  readonly bucketSeconds: number | null;
  readonly maxBuckets: number;
  readonly whenTooMany: "coarsen" | "sparse";
}

/** The size asked for, or the next larger one where that gives too many buckets and `whenTooMany` says so. */
export function chooseBucket(first: number, last: number, { bucketSeconds: asked, maxBuckets, whenTooMany }: BucketChoice): number {
  const bucketsAt = (size: number): number => Math.floor(last / size) - Math.floor(first / size) + 1;
  if (!(first <= last)) return asked ?? LADDER[0];
  if (asked !== null && (whenTooMany === "sparse" || bucketsAt(asked) <= maxBuckets)) return asked;
  const limit = asked === null ? Math.min(AUTO_BUCKETS, maxBuckets) : maxBuckets;
  const step = LADDER.find((size) => size > (asked ?? 0) && bucketsAt(size) <= limit);
  // Spans of decades: whole multiples of 30 days.
  return step ?? Math.ceil((last - first + 1) / limit / LADDER.at(-1)! + 1) * LADDER.at(-1)!;
}

/** Which bucket of the grid each row is in. All times have to be in it. */
export function slotsOf({ times }: TimedRows, { bucketSeconds, firstBucket }: TimeGrid): Uint32Array {
  const slots = new Uint32Array(times.length);
  takeSlots(times, bucketSeconds, firstBucket, slots);
  return slots;
}

/*
 * The loops over all packets of a number stand in functions of their own, with nothing that the compiler has not seen
 * happen: within a larger one the compiled code was given up at every click (11 ms instead of 3, 148,000 packets).
 */

function takeTimes(rows: Uint32Array, seconds: SecondsColumn, shift: number, times: Float64Array): void {
  for (let i = 0; i < rows.length; i++) times[i] = seconds[rows[i]] + shift;
}

/** Least and largest; both NaN when any is. */
function rangeOf(times: Float64Array): [first: number, last: number] {
  let first = Infinity;
  let last = -Infinity;
  let sum = 0;
  for (let i = 0; i < times.length; i++) {
    const time = times[i];
    sum += time;
    if (time < first) first = time;
    if (time > last) last = time;
  }
  return Number.isNaN(sum) ? [NaN, NaN] : [first, last];
}

function takeSlots(times: Float64Array, bucketSeconds: number, firstBucket: number, slots: Uint32Array): void {
  for (let i = 0; i < times.length; i++) slots[i] = Math.floor(times[i] / bucketSeconds) - firstBucket;
}

/** Least and largest shifted time of all packets with a number; both NaN when any is, Infinity and -Infinity when there is none. */
export const rangeOfAll = ({ valid, seconds, zone, rows }: PacketColumns, byZone: Float64Array): [first: number, last: number] =>
  takeRange(valid, seconds, zone, byZone, rows);

function takeRange(valid: Uint16Array, seconds: SecondsColumn, zone: Uint8Array, byZone: Float64Array, rows: number): [number, number] {
  let first = Infinity;
  let last = -Infinity;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    if ((valid[row] & DATED) !== DATED) continue;
    const time = seconds[row] + byZone[zone[row]];
    sum += time;
    if (time < first) first = time;
    if (time > last) last = time;
  }
  return Number.isNaN(sum) ? [NaN, NaN] : [first, last];
}
