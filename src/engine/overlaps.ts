/**
 * Segments of a direction that hold the same bytes again. As a receiver would put them together: what came first stands, and what comes
 * again is compared with it. The follower finds them (follow/assembly).
 */
import { seqDiff } from "./seq";

/** Overlaps that are kept: 8 bytes each. */
const MAX_OVERLAPS = 1 << 20;

/** Pairs of packets of one direction that hold some of the same bytes, by their places in the StreamOrder; stream by stream, as the later ones were captured. */
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

/**
 * A list of overlaps. Of single bytes there are none: keep-alives and probes of a closed window repeat a byte of any value; nor of
 * resets, whose bytes are a text about them.
 */
export class OverlapList implements Overlaps {
  count = 0;
  earlier = new Uint32Array(1024);
  later = new Uint32Array(1024);
  #placed = 0;
  isFull = false;
  isForgetful = false;

  add(earlier: number, later: number): void {
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

  /** Those that were added since the last time are given by other places: `placeOf` says which. */
  place(placeOf: (added: number) => number): void {
    for (; this.#placed < this.count; this.#placed++) {
      this.earlier[this.#placed] = placeOf(this.earlier[this.#placed]);
      this.later[this.#placed] = placeOf(this.later[this.#placed]);
    }
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
