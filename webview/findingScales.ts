/** Which part of a graph is drawn. Pure. */
import { GraphMark, type StreamGraph } from "../src/shared/findingGraph";

/** Ends of both axes. */
export interface GraphRange {
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
}

/** Left around what is drawn, as a share of it. */
const PADDING = 0.05;
/** Around the finding's packets, as a share of the time they take, and of the whole stream's. */
const AROUND = 0.5;
const AROUND_WHOLE = 0.1;
/** How far a packet that may have any number, or the window, may reach beyond the others, as a share of their range. */
const BEYOND = 0.6;

/** A growing interval. */
class Span {
  low = Infinity;
  high = -Infinity;

  add(value: number): void {
    if (value < this.low) this.low = value;
    if (value > this.high) this.high = value;
  }

  get isEmpty(): boolean {
    return this.low > this.high;
  }
}

/** Ends with some room; a range of no length gets some. */
function padded({ low, high }: Span): [number, number] {
  const room = (high - low) * PADDING || 0.5;
  return [low - room, high + room];
}

/**
 * All of a stream, or what lies around the finding's packets. Numbers of resets and of the finding itself may be anything: those far from
 * all others are not in the range, so that what is regular can be seen; see `clampTo`.
 */
export function streamRange(graph: StreamGraph, range: "all" | "finding"): GraphRange {
  const { times, ackTimes } = graph;
  const part = range === "finding" ? aroundFinding(graph) : undefined;
  const isShown = (at: number): boolean => !part || (at >= part[0] && at <= part[1]);
  const time = new Span();
  const numbers = new Span();
  const window = new Span();
  const others: number[] = [];
  for (let i = 0; i < times.length; i++) {
    if (!isShown(times[i])) continue;
    time.add(times[i]);
    // Around the finding its own numbers are what is looked for.
    const isOwn = (graph.marks[i] & GraphMark.inFinding) !== 0;
    if (range === "finding" ? !isOwn && (graph.marks[i] & GraphMark.reset) !== 0 : isOwn || (graph.marks[i] & GraphMark.reset) !== 0) {
      others.push(graph.seqs[i], graph.seqs[i] + graph.lengths[i]);
      continue;
    }
    numbers.add(graph.seqs[i]);
    numbers.add(graph.seqs[i] + graph.lengths[i]);
    if (!Number.isNaN(graph.expected[i])) others.push(graph.expected[i]);
  }
  for (let i = 0; i < ackTimes.length; i++) {
    if (!isShown(ackTimes[i])) continue;
    time.add(ackTimes[i]);
    numbers.add(graph.acks[i]);
    if (!Number.isNaN(graph.windowEnds[i])) window.add(graph.windowEnds[i]);
  }
  if (numbers.isEmpty) for (const number of others) numbers.add(number);
  if (numbers.isEmpty) numbers.add(0);
  if (time.isEmpty) time.add(0);
  extend(numbers, others, window);
  const [from, to] = part ?? padded(time);
  const [low, high] = padded(numbers);
  return { from, to, low, high };
}

/** Takes in what is not too far away. */
function extend(numbers: Span, others: readonly number[], window: Span): void {
  const reach = Math.max(1, numbers.high - numbers.low) * BEYOND;
  const [lowest, highest] = [numbers.low - reach, numbers.high + reach];
  for (const number of others) if (number >= lowest && number <= highest) numbers.add(number);
  if (!window.isEmpty && window.low <= highest) numbers.add(Math.min(window.high, highest));
}

/** The time around the finding's packets; undefined where there are none. */
function aroundFinding({ times, marks }: StreamGraph): [number, number] | undefined {
  const own = new Span();
  const all = new Span();
  for (let i = 0; i < times.length; i++) {
    all.add(times[i]);
    if (marks[i] & GraphMark.inFinding) own.add(times[i]);
  }
  if (own.isEmpty) return undefined;
  const around = Math.max((own.high - own.low) * AROUND, (all.high - all.low) * AROUND_WHOLE) || 0.5;
  return [own.low - around, own.high + around];
}

/** Where a number is drawn: itself, or the edge when it lies outside; -1, 0 or 1 says where it lies. */
export function clampTo({ low, high }: Pick<GraphRange, "low" | "high">, number: number): { at: number; side: -1 | 0 | 1 } {
  if (number < low) return { at: low, side: -1 };
  return number > high ? { at: high, side: 1 } : { at: number, side: 0 };
}

/** Whether any of the window's ends lies in the range; true where the file has no window. */
export function isWindowDrawn({ windowEnds }: StreamGraph, { high }: GraphRange): boolean {
  return windowEnds.every(Number.isNaN) || windowEnds.some((end) => end <= high);
}

/** How many segments stand at the edge for a number outside, at times that are drawn. */
export function countOutside(graph: StreamGraph, range: GraphRange): number {
  let count = 0;
  for (let i = 0; i < graph.times.length; i++)
    if (graph.times[i] >= range.from && graph.times[i] <= range.to && clampTo(range, graph.seqs[i]).side !== 0) count++;
  return count;
}
