/**
 * The numbers that connections begin with, as they are on the wire: a part of the detector sequencePattern.ts, whose header says when.
 * Judges them per source as Nmap does (https://nmap.org/book/osdetect-methods.html: GCD, ISR, SP), and of all sources of a target
 * together. Knows no thresholds of its own.
 */
import { sortByCapture } from "../captureOrder";
import { NO_TEXT, Valid, type PacketColumns } from "../columns";
import { SegmentLabel } from "../segmentLabels";
import { endpointOf, TupleTable } from "../streams";
import { TcpFlag } from "../tcpFlags";
import type { DetectorContext } from "./detector";
import { gcd, isDivisorTold } from "./strides";

/** How a connection's side began. */
export const Beginning = { other: 0, syn: 1, synAck: 2 } as const;

/** First numbers in the order of capture, one per direction of a 4-tuple: a SYN that is sent again counts once. */
export interface InitialNumbers {
  readonly rows: Uint32Array;
  /** As on the wire. */
  readonly values: Uint32Array;
  /** Of Beginning. `other`: the capture has no SYN of it, or there was none. */
  readonly beginnings: Uint8Array;
}

/** Places of InitialNumbers, grouped: those of group i are places[starts[i], starts[i + 1]), in the order of capture. */
export interface PlaceGroups {
  readonly places: Uint32Array;
  readonly starts: Uint32Array;
}

/** What is known of the numbers of one source, or one target. */
export interface NumberJudgement {
  /** Greatest common divisor of the differences; 0 for none. */
  readonly divisor: number;
  /** 8 × binary logarithm of the mean increase per second, as Nmap's ISR; 0 when it cannot be told. */
  readonly rate: number;
  /** Nmap's SP: 8 × binary logarithm of the deviation of the rates, or of the steps where those deviate less; 0 is a counter. */
  readonly predictability: number;
  /** The same by steps instead of rates was the smaller one. */
  readonly isByStep: boolean;
  /** Differences that were judged. */
  readonly differences: number;
}

const TWO_32 = 2 ** 32;
/** Nmap sends its probes 100 ms apart; numbers further apart in time say nothing, since a clock may have gone round in between. */
const MAX_APART_S = 10;
/** Closer ones say nothing about a rate: the times are not that exact. */
const MIN_APART_S = 1e-3;

/**
 * Where the numbers on the wire are: undefined where the file has relative ones alone. A file with `tcp.seq` only may have been made
 * without relative numbers: then most SYNs have one that is not 0.
 */
export function rawNumbersOf({ columns, fields }: DetectorContext): { readonly numbers: Uint32Array; readonly bit: number } | undefined {
  const { seq, seqRaw, flags, valid, rows } = columns;
  if (fields.has("seqRaw") && !fields.has("seq")) return { numbers: seq, bit: Valid.seq };
  if (fields.has("seqRaw") && hasAny(columns, Valid.seqRaw)) return { numbers: seqRaw, bit: Valid.seqRaw };
  let syns = 0;
  let others = 0;
  const bits = Valid.seq | Valid.flags;
  for (let row = 0; row < rows; row++) {
    if ((flags[row] & TcpFlag.syn) === 0 || (valid[row] & bits) !== bits) continue;
    syns++;
    if (seq[row] !== 0) others++;
  }
  return 2 * others > syns ? { numbers: seq, bit: Valid.seq } : undefined;
}

/** Whether some row has a value there: a column can be empty. */
function hasAny({ valid, rows }: PacketColumns, bit: number): boolean {
  for (let row = 0; row < rows; row++) if (valid[row] & bit) return true;
  return false;
}

/**
 * The first packet of every direction, but for resets: their number is another's. Streams with the endpoints of an earlier one are left
 * out. `raw`: as rawNumbersOf says.
 */
export function collectInitialNumbers(
  { columns, streams }: DetectorContext,
  { numbers, bit }: { readonly numbers: Uint32Array; readonly bit: number },
): InitialNumbers {
  const { valid, flags, src } = columns;
  const { labels } = streams;
  const { rows: ordered, starts, turns } = streams.order;
  const firsts = new Uint32Array(2 * turns.length);
  let count = 0;
  for (let i = 0; i < turns.length; i++) {
    const one = turns[i] > starts[i] ? ordered[starts[i]] : NO_ROW;
    const other = turns[i] < starts[i + 1] ? ordered[turns[i]] : NO_ROW;
    if ((one !== NO_ROW && isReused(labels, flags, one)) || (other !== NO_ROW && isReused(labels, flags, other))) continue;
    if (one !== NO_ROW) firsts[count++] = one;
    if (other !== NO_ROW) firsts[count++] = other;
  }
  const needed = bit | Valid.flags;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const row = firsts[i];
    if ((valid[row] & needed) === needed && (flags[row] & TcpFlag.rst) === 0 && src[row] !== NO_TEXT) firsts[kept++] = row;
  }
  const rows = sortByCapture(columns, firsts.slice(0, kept));
  const values = new Uint32Array(kept);
  const beginnings = new Uint8Array(kept);
  for (let i = 0; i < kept; i++) {
    const bits = flags[rows[i]];
    values[i] = numbers[rows[i]];
    beginnings[i] = (bits & TcpFlag.syn) === 0 ? Beginning.other : bits & TcpFlag.ack ? Beginning.synAck : Beginning.syn;
  }
  return { rows, values, beginnings };
}

const NO_ROW = 0xffffffff;

/** A SYN of endpoints that an earlier stream had: RFC 6528 lets its number follow from that one's by the clock. */
const isReused = (labels: Uint16Array, flags: Uint16Array, row: number): boolean =>
  (labels[row] & SegmentLabel.reusedPorts) !== 0 && (flags[row] & (TcpFlag.syn | TcpFlag.ack)) === TcpFlag.syn;

/** By the address that sent them. */
export function groupBySource({ rows }: InitialNumbers, { src, addresses }: PacketColumns): PlaceGroups {
  const groups = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) groups[i] = src[rows[i]];
  return groupPlaces(groups, addresses.size);
}

/** SYNs by the address and port they ask. */
export function groupByTarget({ rows, beginnings }: InitialNumbers, { dst, dstPort }: PacketColumns): PlaceGroups {
  const table = new TupleTable();
  const groups = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++)
    groups[i] = beginnings[i] === Beginning.syn ? table.placeOf(0, endpointOf(dst[rows[i]], dstPort[rows[i]])) : -1;
  return groupPlaces(groups, table.count);
}

/** Stably; places whose group is below 0 are left out. */
function groupPlaces(groupOf: Int32Array, groups: number): PlaceGroups {
  const starts = new Uint32Array(groups + 1);
  for (const group of groupOf) if (group >= 0) starts[group + 1]++;
  for (let group = 0; group < groups; group++) starts[group + 1] += starts[group];
  const places = new Uint32Array(starts[groups]);
  const next = starts.slice();
  for (let place = 0; place < groupOf.length; place++) {
    const group = groupOf[place];
    if (group >= 0) places[next[group]++] = place;
  }
  return { places, starts };
}

/** Distance of two numbers, whichever way is shorter, as Nmap takes it. */
const distanceOf = (a: number, b: number): number => Math.min((a - b) >>> 0, (b - a) >>> 0);

/** Judges numbers in the order of capture. `seconds`: when each was sent, NaN where that is not known. */
export function judgeNumbers(values: Uint32Array, seconds: Float64Array): NumberJudgement {
  let divisor = 0;
  const steps = new Float64Array(Math.max(0, values.length - 1));
  const allRates = new Float64Array(steps.length);
  let rated = 0;
  for (let i = 1; i < values.length; i++) {
    const step = distanceOf(values[i], values[i - 1]);
    divisor = gcd(divisor, step);
    steps[i - 1] = step;
    const apart = seconds[i] - seconds[i - 1];
    if (apart >= MIN_APART_S && apart <= MAX_APART_S) allRates[rated++] = step / apart;
  }
  const rates = allRates.subarray(0, rated);
  // Nmap divides by larger divisors only: smaller ones are chance.
  const unit = divisor > 9 ? divisor : 1;
  const bySteps = indexOf(deviationOf(steps) / unit);
  const hasRates = 2 * rates.length >= steps.length && rates.length >= 3;
  const byRates = hasRates ? indexOf(deviationOf(rates) / unit) : Infinity;
  return {
    divisor,
    rate: hasRates ? indexOf(meanOf(rates)) : 0,
    predictability: Math.min(bySteps, byRates),
    isByStep: bySteps < byRates,
    differences: steps.length,
  };
}

const indexOf = (value: number): number => (value <= 1 ? 0 : Math.round(8 * Math.log2(value)));

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function deviationOf(values: Float64Array): number {
  const mean = meanOf(values);
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / Math.max(1, values.length - 1));
}

/** The numbers at places. */
export function valuesAt({ values }: InitialNumbers, places: Uint32Array): Uint32Array {
  const picked = new Uint32Array(places.length);
  for (let i = 0; i < places.length; i++) picked[i] = values[places[i]];
  return picked;
}

/** Numbers of several sources that ask one target. */
export interface SharedNumbers {
  /** Numbers that at least three sources begin with, and how many sources do. Two can be one host before and behind a NAT. */
  readonly repeatedValues: number;
  readonly repeatedSources: number;
  /** What all differences are multiples of; 0 when chance does as much. */
  readonly divisor: number;
  /** Size of the range that holds all of them, where chance would hardly stay in one so small; else 0. */
  readonly range: number;
}

/** Sources that have to share a number before it is told: two are a connection before and behind a NAT. */
const SHARERS = 3;
/** Ranges above this one are not called narrow. */
const NARROW = 2 ** 24;
/** As for divisors: less likely than 1 in 2^40. */
const CHANCE_BITS = 40;

/** `values`: one per source, in any order. */
export function judgeShared(values: Uint32Array): SharedNumbers {
  const sorted = values.slice().sort();
  const { length } = sorted;
  let repeatedValues = 0;
  let repeatedSources = 0;
  let divisor = 0;
  let widest = length > 0 ? sorted[0] + TWO_32 - sorted[length - 1] : 0;
  for (let first = 0; first < length;) {
    let end = first + 1;
    while (end < length && sorted[end] === sorted[first]) end++;
    if (end - first >= SHARERS) {
      repeatedValues++;
      repeatedSources += end - first;
    }
    if (first > 0) {
      const step = sorted[first] - sorted[first - 1];
      divisor = gcd(divisor, step);
      widest = Math.max(widest, step);
    }
    first = end;
  }
  const range = TWO_32 - widest + 1;
  const isNarrow = range <= NARROW && (length - 1) * (32 - Math.log2(range)) - Math.log2(length) >= CHANCE_BITS;
  return {
    repeatedValues,
    repeatedSources,
    divisor: isDivisorTold(divisor, length - 1) ? divisor : 0,
    range: isNarrow ? range : 0,
  };
}

/** Below this one a number is small: none of the upper 16 bits is set. */
const SMALL = 65536;
/** Whoever writes a number down writes zeros. */
const ROUND = 1_000_000;

/** Whether a number looks as if somebody had chosen it; by chance one in 60,000 does. */
export const isHandPicked = (value: number): boolean => value < SMALL || value % ROUND === 0;

/** Share of numbers that are so by chance. */
const HAND_PICKED_SHARE = SMALL / TWO_32 + 1 / ROUND;

/** How likely it is that at least `found` of `count` numbers look hand-picked by chance (Poisson). */
export function handPickedChance(found: number, count: number): number {
  const expected = count * HAND_PICKED_SHARE;
  let term = Math.exp(-expected);
  let below = 0;
  for (let k = 0; k < found; k++) {
    below += term;
    term *= expected / (k + 1);
  }
  // Where rounding eats the difference, the first term of the rest is what is left.
  return below < 1 - 1e-12 ? 1 - below : term;
}
