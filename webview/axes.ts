/** Ranges and ticks of the charts' axes. Pure. */

/** Where 0 is drawn on a logarithmic axis, which has no place for it: half a step below 1. */
export const LOG_FLOOR = 0.5;

/** A logarithmic axis that starts at LOG_FLOOR; the tick there stands for 0. */
export interface LogAxis {
  readonly min: number;
  readonly max: number;
  /** Ascending; the first is LOG_FLOOR. */
  readonly ticks: readonly number[];
}

/** Logarithmic axis for counts of 0..maxCount: 1-2-5 steps on up to three decades, powers of ten on more. */
export function logAxis(maxCount: number): LogAxis {
  const top = Math.max(1, maxCount);
  const decades = Math.ceil(Math.log10(top));
  const steps = decades <= 3 ? [1, 2, 5] : [1];
  const ticks = [LOG_FLOOR];
  for (let exponent = 0; exponent <= decades; exponent++) for (const step of steps) ticks.push(step * 10 ** exponent);
  const last = ticks.findIndex((tick) => tick >= top);
  const shown = ticks.slice(0, last < 0 ? ticks.length : last + 1);
  // Below the next power of ten the top tick would leave much empty: end a little above the highest count instead.
  const end = steps.length > 1 ? (shown[shown.length - 1] ?? 1) : top * 1.3;
  return { min: LOG_FLOOR, max: Math.max(end, 2), ticks: shown.filter((tick) => tick <= Math.max(end, 2)) };
}

/** Seconds a time axis spans: from the first bucket to the last; a single bucket gets one of its size on either side. */
export function timeRange(startSec: number, bucketSeconds: number, bucketCount: number): { fromSec: number; toSec: number } {
  if (bucketCount <= 1) return { fromSec: startSec - bucketSeconds, toSec: startSec + bucketSeconds };
  return { fromSec: startSec, toSec: startSec + (bucketCount - 1) * bucketSeconds };
}

/** A count in few characters for an axis: `0`, `950`, `1.5k`, `67.1M`, `4.29G` (powers of 1000, as SI names them). */
export function formatShort(value: number): string {
  let rest = value;
  let unit = "";
  for (const next of ["k", "M", "G", "T"]) {
    if (rest < 1000) break;
    rest = Number((rest / 1000).toPrecision(3));
    unit = next;
  }
  return `${String(rest)}${unit}`;
}
