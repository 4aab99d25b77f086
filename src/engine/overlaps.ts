/**
 * Segments of a direction that hold the same bytes again. As a receiver would put them together: what came first stands, and what comes
 * again is compared with it. Positions are counted from the direction's first segment without ever wrapping, so that two numbers
 * 4 GiB apart are two.
 */
import { Valid } from "./columns";
import type { PacketVisitor, TimedBatch } from "./packetBatch";
import { seqAdd, seqDiff } from "./seq";
import type { StreamWalk } from "./streamWalk";
import { TcpFlag } from "./tcpFlags";

/** Pieces that are remembered per direction; beyond, those with the lowest positions are forgotten, half of all at a time. */
const MAX_PIECES = 1 << 14;

/** Called for every earlier packet that holds some of a segment's bytes; twice in a row never for the same. */
export type OnOverlap = (earlier: number, later: number) => void;

/** The bytes of one direction, and which packet brought each first. Packets are named by numbers of the caller's. */
export class FirstCopies {
  /** Pieces by position, without overlaps: [starts[i], ends[i]) was brought by owners[i]. */
  readonly #starts = new Float64Array(MAX_PIECES);
  readonly #ends = new Float64Array(MAX_PIECES);
  readonly #owners = new Uint32Array(MAX_PIECES);
  #count = 0;
  #isFirst = true;
  #lastSeq = 0;
  #lastPosition = 0;
  /** Some were forgotten before they were cleared. */
  hasForgotten = false;

  clear(): void {
    this.#count = 0;
    this.#isFirst = true;
    this.#lastPosition = 0;
  }

  /** Takes `len` bytes from `seq` on; in the order of capture. */
  add(seq: number, len: number, packet: number, onOverlap: OnOverlap): void {
    const position = this.#isFirst ? 0 : this.#lastPosition + seqDiff(seq, this.#lastSeq);
    this.#isFirst = false;
    this.#lastSeq = seq;
    this.#lastPosition = position;
    if (this.#count === 0 || position >= this.#ends[this.#count - 1]) this.#insert(this.#count, position, position + len, packet);
    else this.#addBack(position, position + len, packet, onOverlap);
  }

  #addBack(position: number, end: number, packet: number, onOverlap: OnOverlap): void {
    let at = this.#find(position);
    let last = -1;
    while (position < end) {
      if (at < this.#count && this.#starts[at] <= position) {
        const owner = this.#owners[at];
        if (owner !== last) onOverlap(owner, packet);
        last = owner;
        position = this.#ends[at++];
      } else {
        const gapEnd = at < this.#count ? Math.min(this.#starts[at], end) : end;
        at = this.#insert(at, position, gapEnd, packet) + 1;
        position = gapEnd;
      }
    }
  }

  /** The first piece that ends above a position. */
  #find(position: number): number {
    const ends = this.#ends;
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ends[middle] <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Puts a piece before the one at a place; returns where it is then. */
  #insert(at: number, start: number, end: number, packet: number): number {
    if (this.#count === MAX_PIECES) {
      const half = MAX_PIECES >> 1;
      for (const list of [this.#starts, this.#ends, this.#owners]) list.copyWithin(0, half, MAX_PIECES);
      this.#count -= half;
      this.hasForgotten = true;
      if (at < half) return -1;
      at -= half;
    }
    if (at < this.#count) for (const list of [this.#starts, this.#ends, this.#owners]) list.copyWithin(at + 1, at, this.#count);
    this.#starts[at] = start;
    this.#ends[at] = end;
    this.#owners[at] = packet;
    this.#count++;
    return at;
  }
}

/** Overlaps that are kept: 8 bytes each. */
const MAX_OVERLAPS = 1 << 20;

/** Pairs of packets of one direction that hold some of the same bytes, by their places in the walk; in the order of the later ones. */
export interface Overlaps {
  readonly count: number;
  /** Who brought the bytes first, and who brought them again: the first `count` places mean something. */
  readonly earlier: Uint32Array;
  readonly later: Uint32Array;
  /** There were more than could be kept. */
  readonly isFull: boolean;
  /** In some direction bytes far behind the newest were forgotten: who brought those again is not among them. */
  readonly isForgetful: boolean;
}

/** A segment without these holds no bytes that could be told. */
const NUMBERED = Valid.seq | Valid.len;

/**
 * Finds the overlaps of a walk's packets. Single bytes are left out: keep-alives and probes of a closed window repeat a byte of any
 * value; and so are resets, whose bytes are a text about them.
 */
export class OverlapFinder implements PacketVisitor, Overlaps {
  count = 0;
  earlier = new Uint32Array(1024);
  later = new Uint32Array(1024);
  isFull = false;
  isForgetful = false;
  readonly #walk: StreamWalk;
  readonly #one = new FirstCopies();
  readonly #other = new FirstCopies();
  #stream = -1;
  #nextStart = 0;
  readonly #onOverlap: OnOverlap = (earlier, later) => this.#add(earlier, later);

  constructor(walk: StreamWalk) {
    this.#walk = walk;
  }

  take({ seq, len, flags, valid }: TimedBatch, first: number, count: number): void {
    const { directions, starts } = this.#walk;
    const [one, other, onOverlap] = [this.#one, this.#other, this.#onOverlap];
    for (let i = 0; i < count; i++) {
      const place = first + i;
      if (place === this.#nextStart) {
        this.#nextStart = starts[++this.#stream + 1];
        one.clear();
        other.clear();
      }
      if (len[i] <= 1 || (valid[i] & NUMBERED) !== NUMBERED || (flags[i] & TcpFlag.rst) !== 0) continue;
      const start = flags[i] & TcpFlag.syn ? seqAdd(seq[i], 1) : seq[i];
      (directions[place] === 0 ? one : other).add(start, len[i], place, onOverlap);
    }
    this.isForgetful ||= one.hasForgotten || other.hasForgotten;
  }

  #add(earlier: number, later: number): void {
    if (this.count === MAX_OVERLAPS) {
      this.isFull = true;
      return;
    }
    if (this.count === this.earlier.length) {
      this.earlier = grown(this.earlier);
      this.later = grown(this.later);
    }
    this.earlier[this.count] = earlier;
    this.later[this.count++] = later;
  }
}

function grown(list: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * list.length);
  larger.set(list);
  return larger;
}

/** Bytes that two segments have in common: from `first` on in the one, from `second` on in the other. */
export interface Overlap {
  readonly first: number;
  readonly second: number;
  readonly bytes: number;
}

/** What two segments of a direction have in common, by number and length; their distance has to be below 2^31. */
export function overlapOf(seq: number, len: number, otherSeq: number, otherLen: number): Overlap {
  const shift = seqDiff(otherSeq, seq);
  const first = Math.max(0, shift);
  return { first, second: first - shift, bytes: Math.max(0, Math.min(len, shift + otherLen) - first) };
}
