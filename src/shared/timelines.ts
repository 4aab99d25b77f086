/** Several timelines over the same buckets: numbers compared, one number split by what its packets are, all packets behind them. Plain data. */
import type { Clock, Timeline } from "./model";
import type { Focus } from "./selection";

/** Numbers that one chart compares at most. */
export const MAX_COMPARED = 8;

/** What a number's packets can be split by. */
export const SPLITS = ["label", "protocols", "source", "destination"] as const;
export type SplitBy = (typeof SPLITS)[number];

/** Parts that a split shows at most; the rest is one more part. */
export const MAX_PARTS = 7;

/** What a chart is asked for. */
export interface TimelinesQuery {
  /** 1 to MAX_COMPARED different numbers; exactly one where `split` is set. */
  readonly seqs: readonly number[];
  readonly split: SplitBy | null;
  /** Also all packets with a sequence number. */
  readonly hasBackdrop: boolean;
  /** Buckets reach over `range` where there is one, else from the first to the last packet of `seqs`. */
  readonly focus: Focus;
  /** As TimelineQuery has them. */
  readonly bucketSeconds: number | null;
  readonly clock: Clock;
  readonly alignMinutes: number;
  readonly maxBuckets: number;
}

/** Packets per bucket of one part of a number. */
export interface TimelinePart {
  /** The label, protocols or address; null for packets without one. */
  readonly name: string | null;
  /** "rest": all parts that are not shown by themselves. */
  readonly kind: "value" | "rest";
  readonly counts: Uint32Array;
  readonly total: number;
}

/** All timelines have the same startSec, bucketSeconds, bucketCount, and `index` null. */
export interface Timelines {
  /** In the order of the query's seqs. */
  readonly timelines: readonly Timeline[];
  /** Largest first, the rest last; they sum up to the number's counts. Null without a split, and where the file lacks the column. */
  readonly parts: readonly TimelinePart[] | null;
  /** All packets with a sequence number that pass the filter; null where not asked for. */
  readonly backdrop: Uint32Array | null;
  /** What the file has the columns for. */
  readonly splits: readonly SplitBy[];
}
