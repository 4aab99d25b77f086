/** Bursts as docs/BURSTS.md defines them, with a table of every bucket and without any short cut: what the engine is compared with. */
import assert from "node:assert/strict";

/** A packet with a number; `time` in whole seconds, null for none. */
export interface TimedPacket {
  readonly seq: number;
  readonly time: number | null;
}

/** A burst by what can be counted. */
export interface NaiveBurst {
  startSec: number;
  endSec: number;
  peakSec: number;
  peakCount: number;
  count: number;
  baseline: number;
  strength: number;
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2;
};
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** log10 of the chance of `count` or more, term by term. */
function logTail(count: number, rate: number): number {
  let logFactorial = 0;
  for (let i = 2; i <= count; i++) logFactorial += Math.log(i);
  const first = count * Math.log(rate) - rate - logFactorial;
  let tail = 0;
  let log = first;
  for (let i = count + 1; log - first > -40; i++) {
    tail += Math.exp(log - first);
    log += Math.log(rate / i);
  }
  return (first + Math.log(tail)) / Math.LN10;
}

/** The size of buckets and the ones that were observed, ascending. */
export function naiveBuckets(packets: readonly TimedPacket[]): { size: number; observed: number[] } {
  const times = packets.flatMap(({ time }) => (time === null ? [] : [time]));
  if (times.length === 0) return { size: 1, observed: [] };
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const span = last - first + 1;
  let size = span / 60 >= 20 ? 60 : span / 10 >= 20 ? 10 : 1;
  while (Math.floor(last / size) - Math.floor(first / size) + 1 > 2 ** 22) size += 60;
  const filled = [...new Set(times.map((time) => Math.floor(time / size)))].sort((a, b) => a - b);
  const observed: number[] = [];
  filled.forEach((bucket, i) => {
    const before = i === 0 ? bucket - 1 : filled[i - 1];
    if (bucket - before - 1 <= 60) for (let empty = before + 1; empty < bucket; empty++) observed.push(empty);
    observed.push(bucket);
  });
  return { size, observed };
}

/** Bursts of one number, strongest first. `passes`: packets that count for it; all make the buckets. */
export function naiveBursts(
  packets: readonly TimedPacket[],
  seq: number,
  passes: (packet: TimedPacket) => boolean = () => true,
): NaiveBurst[] {
  const { size, observed } = naiveBuckets(packets);
  const numbers = new Set(packets.map((packet) => packet.seq)).size;
  if (observed.length < 5) return [];
  const own = packets.filter((packet) => packet.seq === seq && passes(packet) && packet.time !== null);
  const counts = observed.map((bucket) => own.filter(({ time }) => Math.floor(time! / size) === bucket).length);
  const middle = median(counts);
  const deviations = counts.map((count) => Math.abs(count - middle));
  const mad = median(deviations);
  const spread = mad > 0 ? mad / 0.6745 : (1.253314 * sum(deviations)) / counts.length;
  const sigma = Math.max(spread, Math.sqrt(Math.max(middle, 1)));
  const rate = Math.max(middle, sum(counts) / counts.length);
  const strengthOf = (count: number): number => -logTail(count, rate) - Math.log10(numbers * observed.length);
  const isOut = (count: number): boolean =>
    count >= 10 &&
    count >= 2 * Math.max(middle, 1) &&
    count >= middle + 3.5 * sigma &&
    count > rate &&
    strengthOf(count) >= -Math.log10(0.05);
  const bursts: NaiveBurst[] = [];
  counts.forEach((count, i) => {
    if (!isOut(count)) return;
    const startSec = observed[i] * size;
    let burst = bursts.at(-1);
    if (burst?.endSec !== startSec) {
      burst = { startSec, endSec: 0, peakSec: startSec, peakCount: count, count: 0, baseline: middle, strength: strengthOf(count) };
      bursts.push(burst);
    }
    burst.endSec = startSec + size;
    burst.count += count;
    if (count > burst.peakCount) Object.assign(burst, { peakSec: startSec, peakCount: count, strength: strengthOf(count) });
  });
  return bursts.sort((a, b) => b.strength - a.strength || a.startSec - b.startSec);
}

/** Fails unless bursts are the same; strengths, which are sums of logarithms, to six decimals. */
export function assertSameBursts(found: readonly Readonly<NaiveBurst>[], expected: readonly NaiveBurst[], message = ""): void {
  const counted = (bursts: readonly Readonly<NaiveBurst>[]): unknown[] =>
    bursts.map(({ startSec, endSec, peakSec, peakCount, count, baseline }) => ({ startSec, endSec, peakSec, peakCount, count, baseline }));
  assert.deepEqual(counted(found), counted(expected), message);
  found.forEach(({ strength }, i) =>
    assert.ok(
      Math.abs(strength - expected[i].strength) < 1e-6,
      `${message} strength ${String(strength)}, not ${String(expected[i].strength)}`,
    ),
  );
}
