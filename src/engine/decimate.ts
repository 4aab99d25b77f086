/** Fewer points that look the same. */

/** What is thinned out: a place per point, in any order of `x`. */
export interface Points {
  readonly x: ArrayLike<number>;
  /** What a point covers, vertically; NaN for nothing. */
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  /** Points that stay as long as there is place for them. */
  readonly isKept: (i: number) => boolean;
}

/**
 * Places of at most `limit` points, ascending. Points to be kept stay; when they alone are too many, every n-th of them does. What
 * place is left goes to the others: of each slice of x the lowest and the highest one.
 */
export function decimate(points: Points, count: number, limit: number): Uint32Array {
  const all = Uint32Array.from({ length: count }, (_, i) => i);
  if (count <= limit) return all;
  const kept = all.filter(points.isKept);
  if (kept.length >= limit) return everyNth(kept, limit);
  const slices = Math.floor((limit - kept.length) / 2);
  if (slices === 0) return kept;
  const chosen = new Set(kept);
  for (const i of extremes(points, all, slices)) chosen.add(i);
  return Uint32Array.from(chosen).sort();
}

/** `limit` of a list, the first and the last among them. */
const everyNth = (list: Uint32Array, limit: number): Uint32Array =>
  Uint32Array.from({ length: limit }, (_, i) => list[limit === 1 ? 0 : Math.round((i * (list.length - 1)) / (limit - 1))]);

function* extremes({ x, low, high, isKept }: Points, all: Uint32Array, slices: number): Generator<number> {
  let from = Infinity;
  let to = -Infinity;
  for (const i of all) {
    from = Math.min(from, x[i]);
    to = Math.max(to, x[i]);
  }
  const width = (to - from) / slices || 1;
  const lowest = new Int32Array(slices).fill(-1);
  const highest = new Int32Array(slices).fill(-1);
  for (const i of all) {
    if (isKept(i)) continue;
    const slice = Math.min(slices - 1, Math.floor((x[i] - from) / width));
    if (lowest[slice] < 0 || low[i] < low[lowest[slice]]) lowest[slice] = i;
    if (highest[slice] < 0 || high[i] > high[highest[slice]]) highest[slice] = i;
  }
  for (let slice = 0; slice < slices; slice++) {
    if (lowest[slice] < 0) continue;
    yield lowest[slice];
    yield highest[slice];
  }
}
