/**
 * Sequence numbers that stand far above their neighbours in the whole capture: a part of the detector sequencePattern.ts, whose header
 * says when. Finds them, and says what explains each.
 */
import { Valid, type PacketColumns } from "../columns";
import type { FollowedStreams } from "../followStreams";
import type { SequenceIndex } from "../frequency";
import { lastNotAbove } from "../search";
import { seqAdd } from "../seq";
import { SegmentLabel } from "../segmentLabels";
import { endpointOf } from "../streams";
import { TcpFlag } from "../tcpFlags";
import type { DetectorContext } from "./detector";

/** A number with many more packets than those beside it. */
export interface Peak {
  readonly value: number;
  readonly count: number;
  /** Modified z-score: how many deviations it is above its neighbours' median. Infinity where all of them are alike. */
  readonly deviation: number;
}

/** What explains a peak; `none` when nothing does. */
export type PeakFamily = "handshake" | "full-segments" | "one-stream" | "same-content" | "none";

/** Who is behind a peak, by a sample of its packets. */
export interface PeakDetails {
  readonly family: PeakFamily;
  /** Streams and sources of the sample, and how large that was. */
  readonly streams: number;
  readonly sources: number;
  readonly sampled: number;
  /** Share of the source, and of the direction, that sends most of it, 0..1; a row of each. */
  readonly topSource: number;
  readonly topSourceRow: number;
  readonly topDirection: number;
  /** Share of packets without payload, 0..1, and of those whose number the flow does not explain. */
  readonly empty: number;
  readonly off: number;
}

/** Neighbours on each side that a number is compared with. */
const NEIGHBOURS = 16;
/** Peaks that are looked at: those of most packets. */
const MAX_PEAKS = 256;
/** Packets of a peak that are looked at, at most. */
const MAX_SAMPLE = 128;
/**
 * Iglewicz and Hoaglin (1993), How to Detect and Handle Outliers: 0.6745 × (x - median) / MAD, the median absolute deviation; where that
 * is 0, (x - median) / (1.253314 × mean absolute deviation).
 */
const MAD_FACTOR = 0.6745;
const MEAN_FACTOR = 1.253314;

/** Peaks, most packets first. */
export function findPeaks({ values, starts }: SequenceIndex, minCount: number, minDeviation: number): Peak[] {
  const { length } = values;
  const counts = new Uint32Array(length);
  let candidates = 0;
  for (let at = 0; at < length; at++) {
    counts[at] = starts[at + 1] - starts[at];
    if (counts[at] >= minCount) candidates++;
  }
  const places = new Uint32Array(candidates);
  let count = 0;
  for (let at = 0; at < length; at++) if (counts[at] >= minCount) places[count++] = at;
  places.sort((a, b) => counts[b] - counts[a]);
  const peaks: Peak[] = [];
  for (const at of places) {
    const deviation = deviationOf(counts, at);
    if (deviation < minDeviation) continue;
    peaks.push({ value: values[at], count: counts[at], deviation });
    if (peaks.length === MAX_PEAKS) break;
  }
  return peaks;
}

/** The modified z-score of a count among its neighbours. */
function deviationOf(counts: Uint32Array, at: number): number {
  const first = Math.max(0, at - NEIGHBOURS);
  const end = Math.min(counts.length, at + NEIGHBOURS + 1);
  const around = new Float64Array(end - first - 1);
  let size = 0;
  for (let i = first; i < end; i++) if (i !== at) around[size++] = counts[i];
  if (size === 0) return 0;
  const median = middleOf(around.sort());
  const above = counts[at] - median;
  let sum = 0;
  for (let i = 0; i < size; i++) {
    around[i] = Math.abs(around[i] - median);
    sum += around[i];
  }
  const deviation = middleOf(around.sort());
  if (deviation > 0) return (MAD_FACTOR * above) / deviation;
  if (sum > 0) return above / ((MEAN_FACTOR * sum) / size);
  return above > 0 ? Infinity : 0;
}

const middleOf = (sorted: Float64Array): number => (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;

/** Sizes below this one are no full segments: 536 bytes is what every host takes (RFC 9293 3.7.1). */
const MIN_FULL = 536;
/** A size is usual if so large a share of all segments with payload has it. */
const USUAL_SHARE = 0.01;

/** Payload sizes of full segments: the usual ones, largest first. */
export function fullSizesOf({ columns }: DetectorContext): number[] {
  const counts = new Uint32Array(65536);
  const total = countSizes(columns, counts);
  const sizes: number[] = [];
  for (let bytes = counts.length - 1; bytes >= MIN_FULL; bytes--) if (counts[bytes] > USUAL_SHARE * total) sizes.push(bytes);
  // Of the usual ones, those that most segments have.
  return sizes.sort((a, b) => counts[b] - counts[a]).slice(0, 8);
}

/** How many segments have each size, in all. */
function countSizes({ len, valid, rows }: PacketColumns, counts: Uint32Array): number {
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const bytes = len[row];
    if (bytes === 0 || bytes > 65535 || (valid[row] & Valid.len) === 0) continue;
    counts[bytes]++;
    total++;
  }
  return total;
}

/** Rows of a stream that are looked at. */
const MAX_STREAM = 4096;

/** Whether a packet's number follows from its stream: no gap before it, and a reset's is where its side was, or what the peer asked for. */
function isInFlow(columns: PacketColumns, { labels, numbers, order }: FollowedStreams, row: number): boolean {
  const { seq, ack, len, flags, src, srcPort, valid } = columns;
  if ((flags[row] & TcpFlag.rst) === 0) return (labels[row] & SegmentLabel.lostSegment) === 0;
  const place = lastNotAbove(order.streams, numbers.stream[row]);
  const end = Math.min(order.starts[place + 1], order.starts[place] + MAX_STREAM);
  for (let i = order.starts[place]; i < end; i++) {
    const other = order.rows[i];
    const bits = flags[other];
    if ((valid[other] & Valid.seq) === 0 || bits & TcpFlag.rst) continue;
    const isOwn = src[other] === src[row] && srcPort[other] === srcPort[row];
    const next = seqAdd(seq[other], len[other] + (bits & TcpFlag.syn ? 1 : 0) + (bits & TcpFlag.fin ? 1 : 0));
    if (isOwn ? next === seq[row] || seq[other] === seq[row] : (bits & TcpFlag.ack) !== 0 && ack[other] === seq[row]) return true;
  }
  return false;
}

/** Says what explains a peak. `isSampled`: gaps are the sampling's. `isRaw`: numbers are those on the wire. */
export function explainPeak(
  { columns, streams, index }: DetectorContext,
  { value, count }: Peak,
  { isRaw, isSampled, fullSizes }: { readonly isRaw: boolean; readonly isSampled: boolean; readonly fullSizes: readonly number[] },
): PeakDetails {
  const { src, srcPort, dst, dstPort, len } = columns;
  const { stream, valid } = streams.numbers;
  const rows = index.rowsOf(value);
  const step = Math.ceil(count / MAX_SAMPLE);
  const byDirection = new Map<number, number>();
  const bySource = new Map<number, { rows: number; first: number }>();
  const streamsSeen = new Set<number>();
  let sampled = 0;
  let empty = 0;
  let off = 0;
  for (let i = 0; i < rows.length; i += step) {
    const row = rows[i];
    if ((valid[row] & Valid.stream) === 0) continue;
    sampled++;
    streamsSeen.add(stream[row]);
    const isHigher = endpointOf(src[row], srcPort[row]) > endpointOf(dst[row], dstPort[row]);
    const direction = 2 * stream[row] + (isHigher ? 1 : 0);
    byDirection.set(direction, (byDirection.get(direction) ?? 0) + 1);
    const source = bySource.get(src[row]);
    if (source) source.rows++;
    else bySource.set(src[row], { rows: 1, first: row });
    if (len[row] === 0) empty++;
    if (!isSampled && !isInFlow(columns, streams, row)) off++;
  }
  const share = (part: number): number => (sampled === 0 ? 0 : part / sampled);
  const topSource = [...bySource.values()].reduce((top, each) => (each.rows > top.rows ? each : top), { rows: 0, first: -1 });
  const topDirection = share(Math.max(0, ...byDirection.values()));
  let family: PeakFamily = "none";
  if (!isRaw && value <= 1) family = "handshake";
  else if (share(off) >= 0.5) family = "none";
  else if (topDirection >= 0.5) family = "one-stream";
  else if (!isRaw && fullSizes.some((size) => (value - 1) % size === 0)) family = "full-segments";
  else if (!isRaw) family = "same-content";
  return {
    family,
    streams: streamsSeen.size,
    sources: bySource.size,
    sampled,
    topSource: share(topSource.rows),
    topSourceRow: topSource.first,
    topDirection,
    empty: share(empty),
    off: share(off),
  };
}
