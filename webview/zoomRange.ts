/** Arithmetic of zooming: stretches of time in seconds. Pure. */
import type { CaptureTime, Clock } from "../src/shared/model";
import type { TimeSpan } from "../src/shared/selection";

/** From `fromSec` up to `toSec`, seconds. While the wheel turns they may have decimals. */
export interface Stretch {
  readonly fromSec: number;
  readonly toSec: number;
}

/** The shortest time that can be zoomed to, seconds. */
export const MIN_ZOOM_SECONDS = 2;

/** How much a step of a key or a button zooms. */
export const ZOOM_STEP = 2;

/** Pixels of the wheel in which the stretch halves. */
const WHEEL_HALVING = 300;

/** Of `whole`, where both ends stay within; the same length where it fits. */
export function within({ fromSec, toSec }: Stretch, whole: Stretch): Stretch {
  const length = toSec - fromSec;
  if (length >= whole.toSec - whole.fromSec) return whole;
  const from = Math.min(Math.max(fromSec, whole.fromSec), whole.toSec - length);
  return { fromSec: from, toSec: from + length };
}

/** `factor` < 1 zooms in; the moment `aroundSec` stays where it is. */
export function zoomed({ fromSec, toSec }: Stretch, factor: number, aroundSec: number, whole: Stretch): Stretch {
  const length = Math.max(MIN_ZOOM_SECONDS, (toSec - fromSec) * factor);
  const share = toSec > fromSec ? (aroundSec - fromSec) / (toSec - fromSec) : 0.5;
  const from = aroundSec - share * length;
  return within({ fromSec: from, toSec: from + length }, whole);
}

/** How much `deltaY` pixels of the wheel zoom. With Ctrl come the small ones of a pinch, and the large ones of a wheel, a step each. */
export function wheelFactor(deltaY: number, hasCtrl: boolean): number {
  const pixels = Math.abs(deltaY);
  const counted = hasCtrl ? Math.min(10 * pixels, Math.max(WHEEL_HALVING, pixels)) : pixels;
  return 2 ** ((Math.sign(deltaY) * counted) / WHEEL_HALVING);
}

/** Moved by a share of its length; to the left where `share` is negative. */
export function moved({ fromSec, toSec }: Stretch, share: number, whole: Stretch): Stretch {
  const by = (toSec - fromSec) * share;
  return within({ fromSec: fromSec + by, toSec: toSec + by }, whole);
}

/** In whole seconds, outwards, of the least length; within `whole`. */
export function settled({ fromSec, toSec }: Stretch, whole: Stretch): Stretch {
  const from = Math.floor(fromSec);
  return within({ fromSec: from, toSec: Math.max(Math.ceil(toSec), from + MIN_ZOOM_SECONDS) }, whole);
}

/** Nothing of `whole` is outside. */
export const covers = (stretch: Stretch, whole: Stretch): boolean => stretch.fromSec <= whole.fromSec && stretch.toSec >= whole.toSec;

/** A span on another clock; as it is where the file does not say how far its clock is from UTC. */
export function onClock(span: TimeSpan, clock: Clock, time: CaptureTime): TimeSpan {
  if (span.clock === clock) return span;
  const offset = (time.zone.offsetMinutes ?? 0) * 60 * (clock === "utc" ? -1 : 1);
  return { clock, fromSec: span.fromSec + offset, toSec: span.toSec + offset };
}

/** The capture's own time on a clock, in whole seconds. */
export function wholeCapture(time: CaptureTime, clock: Clock): Stretch {
  const { fromSec, toSec } = onClock({ clock: "capture", fromSec: time.first.seconds, toSec: time.last.seconds + 1 }, clock, time);
  return { fromSec, toSec: Math.max(toSec, fromSec + MIN_ZOOM_SECONDS) };
}
