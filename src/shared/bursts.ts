/** Bursts: buckets of time in which a sequence number occurs far more often than it usually does. Plain data. */
import type { Clock } from "./model";
import type { Focus } from "./selection";

/** Buckets side by side that stand out from a number's own baseline. */
export interface Burst {
  /** Left edge of the first bucket, right edge of the last one; seconds since 1970-01-01T00:00:00 on the clock asked for. */
  readonly startSec: number;
  readonly endSec: number;
  /** Left edge of the fullest bucket, and its packets. */
  readonly peakSec: number;
  readonly peakCount: number;
  /** Packets of all its buckets. */
  readonly count: number;
  /** Packets per bucket that are usual for the number: the median of its buckets, empty ones included. */
  readonly baseline: number;
  /** peakCount ÷ max(baseline, 1): how many times the baseline. */
  readonly ratio: number;
  /** How much it stands out, comparable between numbers; larger is more. docs/BURSTS.md says how it is computed. */
  readonly strength: number;
}

/** A burst with what is behind it. */
export interface BurstDetails extends Burst {
  /** Most frequent first; empty without a label column. `label` null for packets without one. */
  readonly labels: readonly { readonly label: string | null; readonly count: number }[];
  /** Addresses the packets came from, most frequent first, at most 5; empty without addresses. */
  readonly sources: readonly { readonly address: string; readonly count: number }[];
  readonly sourceCount: number;
}

/** Bursts of one number, strongest first. */
export interface BurstsOfNumber {
  readonly seq: number;
  /** Seconds; the size in which bursts are looked for. */
  readonly bucketSeconds: number;
  readonly bursts: readonly BurstDetails[];
}

/** What the bursts of one number are asked for. */
export interface BurstsQuery {
  readonly seq: number;
  /** Packets that do not pass `filter` are not counted. Of a `range`, bursts that reach into it: the baseline is that of all the time. */
  readonly focus: Focus;
  /** The clock of all times; "utc" throws `zoneUnknown` unless CaptureTime.isUtcKnown. */
  readonly clock: Clock;
}

/** What the list of numbers shows of a number's strongest burst. */
export interface SequenceBurst {
  /** Left edge of the fullest bucket, seconds since 1970-01-01T00:00:00 on the capture's clock. */
  readonly peakSec: number;
  readonly peakCount: number;
  /** As Burst has them. */
  readonly ratio: number;
  readonly strength: number;
}
