/**
 * Packets of one number per bucket of time, as the notebook's `resample`: every bucket from the first to the last
 * packet, empty ones included, each with the last non-empty label and protocols by time, ties by file order.
 */
import { AnalysisError } from "../shared/errors";
import { BUCKET_CHOICES, type Timeline, type TimelineQuery } from "../shared/model";
import { NO_TEXT, Valid, type PacketColumns } from "./columns";
import type { ByteDictionary } from "./dictionary";

/** Bucket sizes in seconds, from the user's choices up to 30 days, for "auto" and for spans that need a larger one. */
const LADDER: readonly number[] = [...BUCKET_CHOICES, 6 * 3600, 86400, 7 * 86400, 30 * 86400];
/** "auto" takes the smallest size that gives at most this many buckets: a chart's width at some four pixels each. */
const AUTO_BUCKETS = 300;

/** Buckets the given rows (those of query.seq, in file order). Throws `zoneUnknown` for UTC without known offsets. */
export function buildTimeline(columns: PacketColumns, rows: Uint32Array, query: TimelineQuery): Timeline {
  const { valid, seconds, nanos, zone } = columns;
  const offsets = columns.zones.map(({ offsetMinutes }) => {
    if (query.clock === "utc" && offsetMinutes === null) return NaN;
    return query.clock === "utc" ? offsetMinutes! * 60 : 0;
  });
  const align = (query.alignMinutes ?? 0) * 60;
  // Mostly all zones have the same: then no row's zone has to be looked up.
  const sameOffset = offsets.every((offset) => offset === offsets[0]) ? offsets[0] : undefined;

  // Times on the asked clock, shifted so that bucket edges are multiples of the size.
  const times = new Float64Array(rows.length);
  const dated = new Uint32Array(rows.length);
  let count = 0;
  let first = Infinity;
  let last = -Infinity;
  for (const row of rows) {
    if ((valid[row] & Valid.time) === 0) continue;
    const time = seconds[row] + align - (sameOffset ?? offsets[zone[row]]);
    if (Number.isNaN(time))
      throw new AnalysisError("zoneUnknown", "The capture's time zone is not known, so its times cannot be shown in UTC.");
    times[count] = time;
    dated[count++] = row;
    if (time < first) first = time;
    if (time > last) last = time;
  }
  const bucketSeconds = chooseBucket(first, last, query);
  const common = {
    seq: query.seq,
    clock: query.clock,
    bucketSeconds,
    requestedBucketSeconds: query.bucketSeconds,
    undated: rows.length - count,
  };
  if (count === 0) return { ...common, startSec: 0, bucketCount: 0, index: null, ...emptyBuckets(0), labelNames: [], protocolNames: [] };

  const firstBucket = Math.floor(first / bucketSeconds);
  const bucketCount = Math.floor(last / bucketSeconds) - firstBucket + 1;
  const index = bucketCount > query.maxBuckets ? listBuckets(times, count, bucketSeconds, firstBucket) : null;
  const slotOf = index && new Map(Array.from(index, (bucket, slot) => [bucket, slot]));
  const listed = index ? index.length : bucketCount;
  const buckets = emptyBuckets(listed);
  // Row whose label, or protocols, is the last so far in a bucket.
  const labelRow = new Int32Array(listed).fill(-1);
  const protocolRow = new Int32Array(listed).fill(-1);
  const labelTime = new Float64Array(listed);
  const protocolTime = new Float64Array(listed);
  const { label, protocols } = columns;
  for (let i = 0; i < count; i++) {
    const bucket = Math.floor(times[i] / bucketSeconds) - firstBucket;
    const slot = slotOf ? slotOf.get(bucket)! : bucket;
    const row = dated[i];
    const time = times[i];
    buckets.counts[slot]++;
    // Written out twice: a function here was called twice per packet.
    const labelBest = labelRow[slot];
    if (
      label[row] !== NO_TEXT &&
      (labelBest < 0 || time > labelTime[slot] || (time === labelTime[slot] && nanos[row] >= nanos[labelBest]))
    ) {
      labelRow[slot] = row;
      labelTime[slot] = time;
    }
    const protocolBest = protocolRow[slot];
    if (
      protocols[row] !== NO_TEXT &&
      (protocolBest < 0 || time > protocolTime[slot] || (time === protocolTime[slot] && nanos[row] >= nanos[protocolBest]))
    ) {
      protocolRow[slot] = row;
      protocolTime[slot] = time;
    }
  }
  return {
    ...common,
    startSec: firstBucket * bucketSeconds - align,
    bucketCount,
    index,
    counts: buckets.counts,
    ...named("label", columns.label, labelRow, columns.labelNames),
    ...named("protocol", columns.protocols, protocolRow, columns.protocolNames),
  };
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
function listBuckets(times: Float64Array, count: number, bucketSeconds: number, firstBucket: number): Float64Array {
  const seen = new Set<number>();
  for (let i = 0; i < count; i++) seen.add(Math.floor(times[i] / bucketSeconds) - firstBucket);
  return Float64Array.from(seen).sort();
}

function emptyBuckets(length: number): { counts: Uint32Array; labels: Int32Array; protocols: Int32Array } {
  return { counts: new Uint32Array(length), labels: new Int32Array(length).fill(-1), protocols: new Int32Array(length).fill(-1) };
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
