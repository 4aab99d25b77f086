/**
 * Sequence numbers walked in equal strides: a part of the detector sequencePattern.ts, whose header says when. Follows every direction
 * of a stream; knows no thresholds of its own.
 */
import { Valid, type PacketColumns } from "../columns";
import { BATCH_PACKETS, LookedUpBatch } from "../packetBatch";
import { SegmentLabel } from "../segmentLabels";
import { lastNotAbove } from "../search";
import { seqAdd, seqDiff, seqGeq, seqGt, seqLeq } from "../seq";
import type { StreamColumns } from "../streams";
import { TcpFlag } from "../tcpFlags";
import type { DetectorContext } from "./detector";
import { StreamPackets } from "./streamPackets";

/** A direction of a stream that walks. */
export interface StrideRun {
  /** Number of the stream, and its direction. */
  readonly stream: number;
  readonly direction: number;
  /** Distance of two numbers that follow each other, bytes, not 0; of a sample what all distances are multiples of, above 0. */
  readonly stride: number;
  /** Packets with different numbers. */
  readonly packets: number;
  readonly isReset: boolean;
  /** Rows in the order of capture: repeats of a number too. */
  readonly rows: Uint32Array<ArrayBuffer>;
}

/** Two resets of one direction, one behind the other, of which one at least has a number the flow does not explain. */
export interface ResetPair {
  /** Place of the stream in the walk. */
  readonly place: number;
  /** Distance of their numbers, bytes, above 1. */
  readonly distance: number;
  readonly first: number;
  readonly second: number;
}

/** What walking all streams found. */
export interface Strides {
  readonly runs: readonly StrideRun[];
  /** Of streams that are in no run. */
  readonly pairs: readonly ResetPair[];
}

/** What a packet is to the run at hand. */
const Step = { none: 0, begins: 1, repeats: 2, turns: 3, extends: 4 } as const;

/** More pairs than these are not kept: what they say is said by then. */
const MAX_PAIRS = 200_000;
/** Greatest common divisors up to this one come by chance: Nmap's bound. */
const CHANCE_DIVISOR = 9;
/** Bits of chance: that distances are multiples of one number by accident is less likely than 1 in 2^40. */
const CHANCE_BITS = 40;

/** Greatest common divisor of whole numbers of at least 0. */
export function gcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/** Whether `count` numbers that chance made would hardly all be multiples of `divisor`. */
export const isDivisorTold = (divisor: number, count: number): boolean =>
  divisor > CHANCE_DIVISOR && (count - 1) * Math.log2(divisor) >= CHANCE_BITS;

/** Numbers of one direction, of one sort, that the flow does not explain. */
class Chain {
  run = 0;
  stride = 0;
  /** How many of the run are off the flow. */
  off = 0;
  last = 0;
  end = 0;
  isLastOff = false;
  best = 0;
  bestStride = 0;
  bestOff = 0;
  /** Over all steps off the flow. */
  divisor = 0;
  steps = 0;

  reset(): void {
    this.run = 0;
    this.stride = 0;
    this.off = 0;
    this.last = 0;
    this.end = 0;
    this.isLastOff = false;
    this.best = 0;
    this.bestStride = 0;
    this.bestOff = 0;
    this.divisor = 0;
    this.steps = 0;
  }

  /** Ends the run, and keeps what was the best. */
  stop(): void {
    this.run = 0;
    this.stride = 0;
    this.off = 0;
  }

  add(seq: number, len: number, isOff: boolean): number {
    const distance = seqDiff(seq, this.last);
    if (this.run > 0 && distance === 0) return Step.repeats;
    const wasOff = this.isLastOff;
    let step: number = Step.extends;
    if (this.run === 0 || (len > 0 && distance % len === 0)) {
      // Whole segments left out, or sent one behind the other, explain the distance.
      this.run = 1;
      this.stride = 0;
      this.off = isOff ? 1 : 0;
      step = Step.begins;
    } else if (distance === this.stride) {
      this.run++;
      if (isOff) this.off++;
    } else {
      this.run = 2;
      this.stride = distance;
      this.off = (isOff ? 1 : 0) + (wasOff ? 1 : 0);
      step = Step.turns;
    }
    if (step !== Step.begins && (isOff || wasOff)) {
      this.divisor = gcd(this.divisor, Math.abs(distance));
      this.steps++;
    }
    this.last = seq;
    this.end = seqAdd(seq, len);
    this.isLastOff = isOff;
    if (this.run > this.best) {
      this.best = this.run;
      this.bestStride = this.stride;
      this.bestOff = this.off;
    }
    return step;
  }
}

/** One direction: which numbers its payload explains, and chains of those it does not. */
class Side {
  readonly resets = new Chain();
  readonly others = new Chain();
  /** Numbers from `start` to `next` were sent, or acknowledged by the peer. */
  hasStart = false;
  start = 0;
  next = 0;

  reset(): void {
    this.hasStart = false;
    this.start = 0;
    this.next = 0;
    if (this.resets.run > 0 || this.resets.best > 0) this.resets.reset();
    if (this.others.run > 0 || this.others.best > 0) this.others.reset();
  }

  addReset(seq: number): number {
    return this.resets.add(seq, 0, !this.hasStart || !seqGeq(seq, this.start) || !seqLeq(seq, this.next));
  }

  /** Any packet but a reset. `isSampled`: every gap is the sampling's. */
  addSegment(seq: number, len: number, flags: number, isSampled: boolean): number {
    const end = seqAdd(seq, len + (flags & TcpFlag.syn ? 1 : 0) + (flags & TcpFlag.fin ? 1 : 0));
    if (flags & TcpFlag.syn || !this.hasStart) {
      this.hasStart = true;
      this.start = seq;
      this.next = end;
      this.others.stop();
      return Step.none;
    }
    if (seq === this.next) {
      this.next = end;
      return Step.none;
    }
    if (isSampled || (seqGeq(seq, this.start) && seqLeq(seq, this.next))) {
      if (seqGt(end, this.next)) this.next = end;
      return Step.none;
    }
    const { others } = this;
    if (others.run > 0 && seq === others.end && (end !== seq || others.end !== others.last)) {
      // The flow goes on there: what is between was lost.
      this.next = end;
      others.stop();
      return Step.none;
    }
    return others.add(seq, len, true);
  }

  /** What the peer acknowledges was sent. */
  addAck(ack: number): void {
    if (!this.hasStart) {
      this.hasStart = true;
      this.start = ack;
      this.next = ack;
    } else if (seqGt(ack, this.next)) this.next = ack;
  }
}

/** Walks the streams that can hold something. `minRun`: packets of a run. */
export async function findStrides(context: DetectorContext, minRun: number, isSampled: boolean): Promise<Strides> {
  const { pause } = context;
  const suspects = await findSuspects(context, minRun, isSampled);
  const walker = new Walker(context, suspects, minRun, isSampled);
  let walked = 0;
  for (const place of suspects) {
    walked += walker.walkStream(place);
    if (walked < PART_PACKETS) continue;
    walked = 0;
    await pause();
  }
  return walker;
}

/** Packets between two pauses: about 20 ms of work. */
const PART_PACKETS = 1 << 18;
/** Rows between two pauses of counting. */
const PART_ROWS = 1 << 22;
/** A counter for every stream number up to the largest, while those are no more than so many per row. */
const COUNTERS_PER_ROW = 2;

/** Packets that the order of a stream does not simply go on with. */
const OUT_OF_LINE = SegmentLabel.lostSegment | SegmentLabel.retransmission | SegmentLabel.outOfOrder;

/**
 * Places of streams with two resets, or as many packets out of line as a run takes: hardly any stream of a whole capture is one, and
 * counting reads rows in the order of memory. Walking all streams instead took 450 ms of 3 million rows in random order.
 */
async function findSuspects({ columns, streams, pause }: DetectorContext, minRun: number, isSampled: boolean): Promise<number[]> {
  const { rows, flags } = columns;
  const { numbers, labels, walk } = streams;
  const { length } = walk.streams;
  const most = length === 0 ? 0 : walk.streams[length - 1];
  const isDense = most < COUNTERS_PER_ROW * rows + 1024;
  const counters: Counters = {
    streams: isDense ? undefined : walk.streams,
    resets: new Uint8Array(isDense ? most + 1 : length),
    others: new Uint8Array(isDense ? most + 1 : length),
    mask: isSampled ? 0 : OUT_OF_LINE,
  };
  for (let first = 0; first < rows; first += PART_ROWS) {
    countOutOfLine(counters, numbers, flags, labels, first, Math.min(rows, first + PART_ROWS));
    await pause();
  }
  const suspects: number[] = [];
  for (let place = 0; place < length; place++) {
    const at = isDense ? walk.streams[place] : place;
    if (counters.resets[at] >= 2 || counters.others[at] + 1 >= minRun) suspects.push(place);
  }
  return suspects;
}

/** By stream number, or by place among `streams` where those are given. Counts end at 255. */
interface Counters {
  readonly streams: Uint32Array | undefined;
  readonly resets: Uint8Array;
  readonly others: Uint8Array;
  /** Labels that count. */
  readonly mask: number;
}

function countOutOfLine(
  { streams, resets, others, mask }: Counters,
  { stream, valid }: StreamColumns,
  flags: Uint16Array,
  labels: Uint16Array,
  first: number,
  end: number,
): void {
  for (let row = first; row < end; row++) {
    const isReset = (flags[row] & TcpFlag.rst) !== 0;
    if ((!isReset && (labels[row] & mask) === 0) || (valid[row] & Valid.stream) === 0) continue;
    const at = streams ? lastNotAbove(streams, stream[row]) : stream[row];
    if (isReset) {
      if (resets[at] < 255) resets[at]++;
    } else if (others[at] < 255) others[at]++;
  }
}

class Walker implements Strides {
  readonly runs: StrideRun[] = [];
  readonly pairs: ResetPair[] = [];
  readonly #columns: PacketColumns;
  readonly #streams: DetectorContext["streams"];
  readonly #minRun: number;
  readonly #isSampled: boolean;
  readonly #sides = [new Side(), new Side()] as const;
  readonly #packets: StreamPackets;
  /** Last reset of each side; its row. */
  readonly #lastReset = new Uint32Array(2);
  #stream = -1;

  constructor({ columns, streams }: DetectorContext, suspects: readonly number[], minRun: number, isSampled: boolean) {
    this.#columns = columns;
    this.#streams = streams;
    this.#packets = new StreamPackets(columns, streams, suspects, false);
    this.#minRun = minRun;
    this.#isSampled = isSampled;
  }

  /** Returns how many packets the stream at a place has. */
  walkStream(place: number): number {
    const { walk } = this.#streams;
    const start = walk.starts[place];
    const end = walk.starts[place + 1];
    this.#stream = place;
    this.#sides[0].reset();
    this.#sides[1].reset();
    const pairsBefore = this.pairs.length;
    for (let first = start; first < end; first += BATCH_PACKETS) {
      const count = Math.min(BATCH_PACKETS, end - first);
      this.#packets.load(first, count);
      this.#walkBatch(first, count);
    }
    const known = this.runs.length;
    this.#endSide(0);
    this.#endSide(1);
    if (this.runs.length > known) this.pairs.length = pairsBefore;
    return end - start;
  }

  #walkBatch(first: number, count: number): void {
    const { directions, rows } = this.#streams.walk;
    const { seq, ack, len, flags, valid } = this.#packets.batch;
    const isSampled = this.#isSampled;
    for (let i = 0; i < count; i++) {
      if ((valid[i] & (Valid.seq | Valid.len)) !== (Valid.seq | Valid.len)) continue;
      const direction = directions[first + i];
      const side = this.#sides[direction];
      if (flags[i] & TcpFlag.rst) this.#addReset(side, direction, seq[i], rows[first + i]);
      else {
        side.addSegment(seq[i], len[i], flags[i], isSampled);
        if (flags[i] & TcpFlag.ack) this.#sides[1 - direction].addAck(ack[i]);
      }
    }
  }

  #addReset(side: Side, direction: number, seq: number, row: number): void {
    const chain = side.resets;
    const wasOff = chain.isLastOff;
    const last = chain.last;
    const step = side.addReset(seq);
    if (step >= Step.turns && (wasOff || chain.isLastOff) && this.pairs.length < MAX_PAIRS) {
      const distance = Math.abs(seqDiff(seq, last));
      if (distance > 1) this.pairs.push({ place: this.#stream, distance, first: this.#lastReset[direction], second: row });
    }
    this.#lastReset[direction] = row;
  }

  #endSide(direction: 0 | 1): void {
    const { resets, others } = this.#sides[direction];
    const minRun = this.#minRun;
    // Of a sample, numbers in between are missing: no two steps need be equal.
    if (this.#isSampled && resets.steps >= minRun - 1 && isDivisorTold(resets.divisor, resets.steps))
      this.#keep(direction, true, resets.divisor, resets.steps + 1);
    else if (resets.best >= minRun && resets.bestOff >= minRun - 1) this.#keep(direction, true, resets.bestStride, resets.best);
    if (others.best >= minRun) this.#keep(direction, false, others.bestStride, others.best);
  }

  /** Walks the stream once more, for the rows. */
  #keep(direction: 0 | 1, isReset: boolean, stride: number, packets: number): void {
    const { walk } = this.#streams;
    const { starts, directions, streams } = walk;
    const sides = [new Side(), new Side()] as const;
    const lookUp = new LookedUpBatch(this.#columns, walk.rows);
    const found: number[] = [];
    let run: number[] = [];
    const chain = isReset ? sides[direction].resets : sides[direction].others;
    const settle = (): void => {
      // Run by run, those with the stride that the finding names; of a sample all.
      if (run.length > 1) for (const row of run) found.push(row);
      run = [];
    };
    for (let first = starts[this.#stream]; first < starts[this.#stream + 1]; first += BATCH_PACKETS) {
      const count = Math.min(BATCH_PACKETS, starts[this.#stream + 1] - first);
      const batch = lookUp.load(first, count);
      for (let i = 0; i < count; i++) {
        if ((batch.valid[i] & (Valid.seq | Valid.len)) !== (Valid.seq | Valid.len)) continue;
        const side = directions[first + i];
        const flags = batch.flags[i];
        const isThis = (flags & TcpFlag.rst) !== 0;
        const step = isThis
          ? sides[side].addReset(batch.seq[i])
          : sides[side].addSegment(batch.seq[i], batch.len[i], flags, this.#isSampled);
        if (!isThis && flags & TcpFlag.ack) sides[1 - side].addAck(batch.ack[i]);
        if (side !== direction || isThis !== isReset || step === Step.none) continue;
        const row = walk.rows[first + i];
        if (step === Step.begins) {
          settle();
          run = [row];
        } else if (step === Step.turns && (this.#isSampled ? chain.stride % stride : chain.stride - stride) !== 0) {
          settle();
          run = [row];
        } else run.push(row);
      }
    }
    settle();
    this.runs.push({ stream: streams[this.#stream], direction, stride, packets, isReset, rows: Uint32Array.from(found) });
  }
}
