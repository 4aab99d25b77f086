/**
 * Packets of one number per bucket of time, as the notebook's `resample`: every bucket from the first to the last
 * packet, empty ones included, each with the last non-empty label and protocols by time, ties by file order.
 */
import { type Timeline, type TimelineQuery } from "../shared/model";
import { NO_TEXT, type PacketColumns, type CodesColumn } from "./columns";
import type { ByteDictionary } from "./dictionary";
import { chooseBucket, gridOver, shiftsOf, slotsOf, timesOf, type TimedRows, type TimeGrid } from "./timeGrid";

/**
 * Buckets the given rows (those of query.seq, in file order). `isAllDated`: every row has a time. Throws `zoneUnknown` for
 * UTC without known offsets.
 */
export function buildTimeline(columns: PacketColumns, rows: Uint32Array, query: TimelineQuery, isAllDated: boolean): Timeline {
  const shifts = shiftsOf(columns, query.clock, query.alignMinutes ?? 0);
  const timed = timesOf(columns, rows, shifts, isAllDated);
  const grid = gridOver(timed.first, timed.last, chooseBucket(timed.first, timed.last, query), shifts);
  if (grid.bucketCount <= query.maxBuckets) return fillTimeline(columns, timed, slotsOf(timed, grid), grid, grid.bucketCount, query);
  const { index, slots } = listBuckets(timed.times, grid);
  return { ...fillTimeline(columns, timed, slots, grid, index.length, query), index };
}

/** Packets that lie in buckets: `slots` says in which of the `listed` ones each does. */
export function fillTimeline(
  columns: PacketColumns,
  timed: TimedRows,
  slots: Uint32Array,
  { bucketSeconds, bucketCount, startSec }: TimeGrid,
  listed: number,
  query: Pick<TimelineQuery, "seq" | "clock" | "bucketSeconds">,
): Timeline {
  const { label, protocols, nanos } = columns;
  const counts = new Uint32Array(listed);
  countSlots(slots, counts);
  const packets: BucketedPackets = { ...timed, slots, nanos };
  return {
    seq: query.seq,
    clock: query.clock,
    bucketSeconds,
    requestedBucketSeconds: query.bucketSeconds,
    startSec,
    bucketCount,
    index: null,
    counts,
    ...named("label", label, lastRows(packets, label, listed), columns.labelNames),
    ...named("protocol", protocols, lastRows(packets, protocols, listed), columns.protocolNames),
    undated: timed.undated,
  };
}

// Loops over all packets of a number stand in functions of their own: timeGrid.ts says why.

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
function lastRows({ rows, times, slots, nanos }: BucketedPackets, codes: CodesColumn, slotCount: number): Int32Array {
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
  codes: CodesColumn,
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

/** The buckets that have packets, ascending, and which of them each packet is in. */
function listBuckets(times: Float64Array, { bucketSeconds, firstBucket }: TimeGrid): { index: Float64Array; slots: Uint32Array } {
  const buckets = times.map((time) => Math.floor(time / bucketSeconds) - firstBucket);
  const index = Float64Array.from(new Set(buckets)).sort();
  const slotOf = new Map(Array.from(index, (bucket, slot) => [bucket, slot]));
  return { index, slots: Uint32Array.from(buckets, (bucket) => slotOf.get(bucket)!) };
}

/** Codes of the values found per bucket, renumbered from 0, with their names: few, whatever the capture holds. */
function named(kind: "label", codes: CodesColumn, rows: Int32Array, names: ByteDictionary): { labels: Int32Array; labelNames: string[] };
function named(
  kind: "protocol",
  codes: CodesColumn,
  rows: Int32Array,
  names: ByteDictionary,
): { protocols: Int32Array; protocolNames: string[] };
function named(kind: "label" | "protocol", codes: CodesColumn, rows: Int32Array, names: ByteDictionary): object {
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
