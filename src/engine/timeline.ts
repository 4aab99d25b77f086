/**
 * Packets of one number per bucket of time, as the notebook's `resample`: every bucket from the first to the last
 * packet, empty ones included, each with the last non-empty label and protocols by time, ties by file order.
 */
import { AnalysisError } from "../shared/errors";
import { BUCKET_CHOICES, type Timeline, type TimelineQuery } from "../shared/model";
import { NO_TEXT, Valid, type PacketColumns } from "./columns";
import type { ByteDictionary } from "./dictionary";

const NO_TEXTS = { labels: new Int32Array(0), labelNames: [], protocols: new Int32Array(0), protocolNames: [] };

/** Bucket sizes in seconds, from the user's choices up to 30 days, for "auto" and for spans that need a larger one. */
const LADDER: readonly number[] = [...BUCKET_CHOICES, 6 * 3600, 86400, 7 * 86400, 30 * 86400];
/** "auto" takes the smallest size that gives at most this many buckets: a chart's width at some four pixels each. */
const AUTO_BUCKETS = 300;

/**
 * Buckets the given rows (those of query.seq, in file order). `isAllDated`: every row has a time. Throws `zoneUnknown` for
 * UTC without known offsets.
 */
export function buildTimeline(columns: PacketColumns, rows: Uint32Array, query: TimelineQuery, isAllDated: boolean): Timeline {
  const { valid, seconds, nanos, zone } = columns;
  const offsets = columns.zones.map(({ offsetMinutes }) => {
    if (query.clock === "utc" && offsetMinutes === null) return NaN;
    return query.clock === "utc" ? offsetMinutes! * 60 : 0;
  });
  const align = (query.alignMinutes ?? 0) * 60;
  // Mostly all zones have the same: then no row's zone has to be looked up.
  const sameOffset = offsets.every((offset) => offset === offsets[0]) ? (offsets[0] ?? 0) : undefined;

  // Times on the asked clock, shifted so that bucket edges are multiples of the size.
  const dated = isAllDated ? rows : rows.filter((row) => (valid[row] & Valid.time) !== 0);
  const count = dated.length;
  const times = new Float64Array(count);
  if (sameOffset === undefined) for (let i = 0; i < count; i++) times[i] = seconds[dated[i]] + align - offsets[zone[dated[i]]];
  else takeTimes(dated, seconds, align - sameOffset, times);
  const [first, last] = rangeOf(times);
  if (Number.isNaN(first))
    throw new AnalysisError("zoneUnknown", "The capture's time zone is not known, so its times cannot be shown in UTC.");
  const bucketSeconds = chooseBucket(first, last, query);
  const common = {
    seq: query.seq,
    clock: query.clock,
    bucketSeconds,
    requestedBucketSeconds: query.bucketSeconds,
    undated: rows.length - count,
  };
  if (count === 0) return { ...common, startSec: 0, bucketCount: 0, index: null, counts: new Uint32Array(0), ...NO_TEXTS };

  const firstBucket = Math.floor(first / bucketSeconds);
  const bucketCount = Math.floor(last / bucketSeconds) - firstBucket + 1;
  const index = bucketCount > query.maxBuckets ? listBuckets(times, bucketSeconds, firstBucket) : null;
  const slotOf = index && new Map(Array.from(index, (bucket, slot) => [bucket, slot]));
  const listed = index ? index.length : bucketCount;
  const slots = new Uint32Array(count);
  if (slotOf) for (let i = 0; i < count; i++) slots[i] = slotOf.get(Math.floor(times[i] / bucketSeconds) - firstBucket)!;
  else takeSlots(times, bucketSeconds, firstBucket, slots);
  const counts = new Uint32Array(listed);
  countSlots(slots, counts);
  const packets: BucketedPackets = { rows: dated, times, slots, nanos };
  const { label, protocols } = columns;
  return {
    ...common,
    startSec: firstBucket * bucketSeconds - align,
    bucketCount,
    index,
    counts,
    ...named("label", label, lastRows(packets, label, listed), columns.labelNames),
    ...named("protocol", protocols, lastRows(packets, protocols, listed), columns.protocolNames),
  };
}

/*
 * The loops over all packets of a number stand in functions of their own, with nothing that the compiler has not seen
 * happen: within a larger one the compiled code was given up at every click (11 ms instead of 3, 148,000 packets).
 */

function takeTimes(rows: Uint32Array, seconds: Float64Array, shift: number, times: Float64Array): void {
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

function countSlots(slots: Uint32Array, counts: Uint32Array): void {
  for (let i = 0; i < slots.length; i++) counts[slots[i]]++;
}

interface BucketedPackets {
  readonly rows: Uint32Array;
  /** By the asked clock, whole seconds. */
  readonly times: Float64Array;
  readonly slots: Uint32Array;
  /** Of all rows. */
  readonly nanos: Uint32Array;
}

/** Per slot, the row that has the last text by time, ties by file order; -1 for none. */
function lastRows({ rows, times, slots, nanos }: BucketedPackets, codes: Uint32Array, slotCount: number): Int32Array {
  const best = new Int32Array(slotCount).fill(-1);
  const bestTimes = new Float64Array(slotCount).fill(-Infinity);
  takeLast(rows, times, slots, nanos, codes, best, bestTimes);
  return best;
}

function takeLast(
  rows: Uint32Array,
  times: Float64Array,
  slots: Uint32Array,
  nanos: Uint32Array,
  codes: Uint32Array,
  best: Int32Array,
  bestTimes: Float64Array,
): void {
  for (let i = 0; i < rows.length; i++) {
    const slot = slots[i];
    const time = times[i];
    if (time < bestTimes[slot]) continue;
    const row = rows[i];
    if (codes[row] === NO_TEXT || (time === bestTimes[slot] && nanos[row] < nanos[best[slot]])) continue;
    best[slot] = row;
    bestTimes[slot] = time;
  }
}

/** The size asked for, or the next larger one where that gives too many buckets and `whenTooMany` says so. */
function chooseBucket(first: number, last: number, query: TimelineQuery): number {
  const bucketsAt = (size: number): number => Math.floor(last / size) - Math.floor(first / size) + 1;
  const asked = query.bucketSeconds;
  if (!(first <= last)) return asked ?? LADDER[0];
  if (asked !== null && (query.whenTooMany === "sparse" || bucketsAt(asked) <= query.maxBuckets)) return asked;
  const limit = asked === null ? Math.min(AUTO_BUCKETS, query.maxBuckets) : query.maxBuckets;
  const step = LADDER.find((size) => size > (asked ?? 0) && bucketsAt(size) <= limit);
  // Spans of decades: whole multiples of 30 days.
  return step ?? Math.ceil((last - first + 1) / limit / LADDER.at(-1)! + 1) * LADDER.at(-1)!;
}

/** The buckets that have packets, ascending. */
function listBuckets(times: Float64Array, bucketSeconds: number, firstBucket: number): Float64Array {
  const seen = new Set<number>();
  for (const time of times) seen.add(Math.floor(time / bucketSeconds) - firstBucket);
  return Float64Array.from(seen).sort();
}

/** Codes of the values found per bucket, renumbered from 0, with their names: few, whatever the capture holds. */
function named(kind: "label", codes: Uint32Array, rows: Int32Array, names: ByteDictionary): { labels: Int32Array; labelNames: string[] };
function named(
  kind: "protocol",
  codes: Uint32Array,
  rows: Int32Array,
  names: ByteDictionary,
): { protocols: Int32Array; protocolNames: string[] };
function named(kind: "label" | "protocol", codes: Uint32Array, rows: Int32Array, names: ByteDictionary): object {
  const used = new Map<number, number>();
  const result = rows.map((row) => {
    if (row < 0) return -1;
    const code = codes[row];
    if (!used.has(code)) used.set(code, used.size);
    return used.get(code)!;
  });
  const texts = [...used.keys()].map((code) => names.valueOf(code));
  return kind === "label" ? { labels: result, labelNames: texts } : { protocols: result, protocolNames: texts };
}
