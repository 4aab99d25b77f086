/**
 * Forward gaps of one direction of a stream, and what becomes of each: filled, acknowledged, or neither. Knows no findings.
 */
import { seqAdd, seqDiff, seqGeq, seqGt, seqLeq, seqLt } from "../seq";

/** What becomes of the bytes of a gap. */
export const Cause = { resent: 0, reordered: 1, unseen: 2, left: 3 } as const;
export type Cause = (typeof Cause)[keyof typeof Cause];

/** Open gaps of one direction that are followed; of more, the oldest counts as it is. */
const MAX_OPEN = 256;

/** A forward gap of a direction, from when it was seen on. */
export interface Gap {
  /** 0 or 1. */
  readonly direction: number;
  /** The segment behind the gap, and how far above the number expected it began. */
  readonly row: number;
  readonly jump: number;
  /** True when the segment ends further above the receiver's window than allowed. */
  readonly isBeyond: boolean;
  /** Bytes by Cause, `left` when the stream is over. */
  readonly bytes: [number, number, number, number];
}

/** One direction. `null` numbers are not known yet. */
export class JumpFlow {
  readonly #direction: number;
  hasNext = false;
  /** Behind the highest segment. Resets do not move it: anybody can send one. */
  next = 0;
  hasBase = false;
  base = 0;
  /** Highest number that the peer acknowledged. */
  hasAcked = false;
  acked = 0;
  /** Right edge of the peer's window, the furthest it ever was, and the largest window. */
  hasEdge = false;
  edge = 0;
  largestWindow = 0;
  /** A SYN of this side was seen: its windows are scaled as they have to be, if the other's was seen too. */
  hasSyn = false;
  /** The row in which this side acknowledged something last; -1 before. */
  lastAckRow = -1;
  /** Open parts of gaps, ascending: [from, to) of gaps[of]. */
  readonly #from = new Uint32Array(MAX_OPEN);
  readonly #to = new Uint32Array(MAX_OPEN);
  readonly #of: Gap[] = [];
  #open = 0;

  constructor(direction: number) {
    this.#direction = direction;
  }

  reset(): void {
    this.hasNext = this.hasBase = this.hasAcked = this.hasEdge = this.hasSyn = false;
    this.largestWindow = 0;
    this.lastAckRow = -1;
    this.#open = 0;
    this.#of.length = 0;
  }

  /** The peer acknowledges all below `ack`. */
  acknowledge(ack: number): void {
    if (this.hasAcked && !seqGt(ack, this.acked)) return;
    this.hasAcked = true;
    this.acked = ack;
    if (this.#open > 0 && seqLt(this.#from[0], ack)) this.#cover(this.#from[0], ack, Cause.unseen);
  }

  /** The peer's window reaches up to `edge`. */
  allow(edge: number, window: number): void {
    if (window > this.largestWindow) this.largestWindow = window;
    if (this.hasEdge && !seqGt(edge, this.edge)) return;
    this.hasEdge = true;
    this.edge = edge;
  }

  /** True when there are gaps that this segment may fill. */
  get hasOpen(): boolean {
    return this.#open > 0;
  }

  /** Opens the gap from the number expected up to `seq`; `end`: behind the segment. What is acknowledged already was not captured. */
  open(seq: number, end: number, row: number, isBeyond: boolean): Gap {
    // What lies beyond the window is measured as the receiver does, which another such segment before did not move.
    const expected = isBeyond && this.hasAcked && seqLt(this.acked, this.next) ? this.acked : this.next;
    const jump = seqDiff(seq, expected);
    const gap: Gap = { direction: this.#direction, row, jump, isBeyond, bytes: [0, 0, 0, 0] };
    let from = this.next;
    if (this.hasAcked && seqGt(this.acked, from)) {
      const known = seqLt(this.acked, seq) ? this.acked : seq;
      gap.bytes[Cause.unseen] = seqDiff(known, from);
      from = known;
    }
    if (from !== seq) this.#add(from, seq, gap);
    this.next = end;
    return gap;
  }

  /** A segment below the next number expected. */
  fill(seq: number, end: number, isReordered: boolean): void {
    this.#cover(seq, end, isReordered ? Cause.reordered : Cause.resent);
  }

  /** What is open when the stream is over was neither filled nor acknowledged. */
  finish(): void {
    for (let i = 0; i < this.#open; i++) this.#of[i].bytes[Cause.left] += seqDiff(this.#to[i], this.#from[i]);
    this.#open = 0;
    this.#of.length = 0;
  }

  #add(from: number, to: number, gap: Gap): void {
    if (this.#open === MAX_OPEN) this.#settleFirst();
    this.#from[this.#open] = from;
    this.#to[this.#open] = to;
    this.#of[this.#open++] = gap;
  }

  #settleFirst(): void {
    this.#of[0].bytes[Cause.left] += seqDiff(this.#to[0], this.#from[0]);
    this.#remove(0, 1);
  }

  #remove(at: number, count: number): void {
    this.#from.copyWithin(at, at + count, this.#open);
    this.#to.copyWithin(at, at + count, this.#open);
    this.#of.splice(at, count);
    this.#open -= count;
  }

  /** Explains the open bytes of [first, end). */
  #cover(first: number, end: number, cause: Cause): void {
    const from = this.#from;
    const to = this.#to;
    let at = this.#firstBehind(first);
    while (at < this.#open && seqLt(from[at], end)) {
      const low = seqGeq(from[at], first) ? from[at] : first;
      const high = seqLeq(to[at], end) ? to[at] : end;
      this.#of[at].bytes[cause] += seqDiff(high, low);
      if (low === from[at] && high === to[at]) this.#remove(at, 1);
      else if (low === from[at]) from[at++] = high;
      else if (high === to[at]) to[at++] = low;
      else {
        this.#split(at, low, high);
        return;
      }
    }
  }

  #split(at: number, low: number, high: number): void {
    if (this.#open === MAX_OPEN) {
      // No room for one more part: the lower one is left as it is.
      this.#of[at].bytes[Cause.left] += seqDiff(low, this.#from[at]);
      this.#from[at] = high;
      return;
    }
    this.#from.copyWithin(at + 1, at, this.#open);
    this.#to.copyWithin(at + 1, at, this.#open);
    this.#of.splice(at, 0, this.#of[at]);
    this.#open++;
    this.#to[at] = low;
    this.#from[at + 1] = high;
  }

  /** The first open part that ends above a number. */
  #firstBehind(number: number): number {
    let least = 0;
    let most = this.#open;
    while (least < most) {
      const middle = (least + most) >> 1;
      if (seqGt(this.#to[middle], number)) most = middle;
      else least = middle + 1;
    }
    return least;
  }
}

/** Behind a segment: SYN and FIN take a number each. */
export const endOf = (seq: number, len: number, counted: number): number => seqAdd(seq, len + counted);
