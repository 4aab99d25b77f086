/** What a call asks for, and what both outputs say alike. */
import type { CaptureStore } from "../engine/captureStore";
import type { RankedBurst } from "../engine/bursts";
import { formatOffset } from "../shared/format";
import type { Sensitivity } from "../shared/findings";
import type { CapturePart, CaptureTime, Timeline } from "../shared/model";
import { NO_FOCUS } from "../shared/selection";

/** What a call asks for. */
export interface AnalyzeCall {
  readonly file: string;
  /** Empty: the most frequent. */
  readonly seqs: readonly number[];
  readonly bucketSeconds: number;
  readonly top: number;
  readonly labelFields: readonly string[];
  /** Undefined: the whole file. */
  readonly part: CapturePart | undefined;
  /** 0: half of the machine's. */
  readonly memoryLimitMB: number;
  readonly sensitivity: Sensitivity;
  readonly isJson: boolean;
  readonly isReference: boolean;
}

/** Above this many buckets the empty ones are left out, and the timeline says so. */
const MAX_DENSE_BUCKETS = 100_000;

/** Asks the capture for the timeline of one number as the command line shows it: the capture's own wall clock. */
export function timelineOf(capture: CaptureStore, seq: number, bucketSeconds: number): Timeline {
  return capture.getTimeline({ seq, bucketSeconds, clock: "capture", maxBuckets: MAX_DENSE_BUCKETS, whenTooMany: "sparse" });
}

/** The numbers with the strongest bursts, each with its strongest, on the capture's own wall clock. */
export const listBursts = (capture: CaptureStore, count: number): readonly RankedBurst[] => capture.findBurstsNow(NO_FOCUS).slice(0, count);

/** Zone of the capture's wall clock; null where it is missing or stands for several. */
export function zoneName({ zone }: CaptureTime): string | null {
  return zone.offsetMinutes === null ? null : (zone.label ?? formatOffset(zone.offsetMinutes));
}
