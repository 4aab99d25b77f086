/**
 * The follower with its memory: WebAssembly that looks at the packets of streams one after the other (assembly/follower.ts). Lays the
 * memory out and declares who writes where. One per run; private memory, no shared state.
 *
 *   region                  size                     written by
 *   packets                 41 bytes * capacity      the caller, for a part of the packets; `labels` by the follower
 *   ends, facts             5 bytes * capacity       the caller, for the streams of the part
 *   results of streams      28 bytes * capacity      the follower
 *   flows                   a few 100 kB             the follower: the state of the stream at hand
 *
 * Pages that nobody touches take no memory: there are far fewer streams than packets.
 */

import { compile, instantiate, newMemory, PAGE_BYTES, type WasmModule } from "../webAssembly";

/** A compiled follower. */
export type FollowerModule = WasmModule;

/** Compiles the follower: some milliseconds. */
export const compileFollower: (bytes: Uint8Array) => FollowerModule = compile;

interface FollowerExports {
  flowBytes(): number;
  layPackets(...addresses: number[]): void;
  layStreams(...addresses: number[]): void;
  follow(first: number, from: number, to: number, stream: number): number;
  ackCount(): number;
  unseenAckCount(): number;
  oneSidedCount(): number;
  unansweredCount(): number;
  hasForgotten(): number;
}

/** What is known of a stream before it is followed: bits of `Follower.facts`. */
export const StreamFact = {
  /** An earlier one has the same endpoints. */
  isReused: 1 << 0,
  /** Both sides sent a packet. */
  isBothSided: 1 << 1,
} as const;

/** Called for every two packets that hold some of the same bytes of a direction, by their places in the walk: who brought them first, and who again. */
export type OnOverlap = (earlier: number, later: number) => void;

/** See the file header. */
export class Follower {
  /** Packets of a part at most. */
  readonly capacity: number;

  // Packets of the part at hand, in any order. Missing values as the columns of a capture have them.
  /** Four per packet: seq, ack, len, window. */
  readonly numbers: Uint32Array<ArrayBuffer>;
  /** Four per packet: valid, flags, ttl, ipLen. */
  readonly halves: Uint16Array<ArrayBuffer>;
  readonly headerLen: Uint16Array<ArrayBuffer>;
  /** Since any moment; NaN without a time. */
  readonly ns: Float64Array<ArrayBuffer>;
  /** Bits of SegmentLabel. */
  readonly labels: Uint16Array<ArrayBuffer>;

  // The order in which they are looked at: where in the columns each one stands, and its direction, 0 or 1.
  readonly sources: Uint32Array<ArrayBuffer>;
  readonly directions: Uint8Array<ArrayBuffer>;

  // Streams of the part at hand: place of the walk behind each, and bits of StreamFact.
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly facts: Uint8Array<ArrayBuffer>;

  // What was found of those that ended: see Connections. `places`: of the packet that it is told by.
  readonly kinds: Uint8Array<ArrayBuffer>;
  readonly bits: Uint16Array<ArrayBuffer>;
  readonly places: Uint32Array<ArrayBuffer>;
  readonly firstNs: Float64Array<ArrayBuffer>;
  readonly seconds: Float32Array<ArrayBuffer>;
  readonly originatorBytes: Uint32Array<ArrayBuffer>;
  readonly responderBytes: Uint32Array<ArrayBuffer>;
  /** 1 where headers within a direction differ. */
  readonly isMixed: Uint8Array<ArrayBuffer>;

  readonly #exports: FollowerExports;

  constructor(module: FollowerModule, capacity: number, onOverlap: OnOverlap) {
    this.capacity = capacity;
    const memory = newMemory(1);
    const exports = (this.#exports = instantiate(module, memory, { overlap: onOverlap }) as FollowerExports);
    let end = 1024;
    const region = (bytes: number): number => {
      const at = end;
      end = (at + bytes + 63) & ~63;
      return at;
    };
    const of = (bytes: number): number => region(bytes * capacity);
    const packets = [16, 8, 2, 8, 2, 4, 1].map(of);
    const streams = [4, 1, 1, 2, 4, 8, 4, 4, 4, 1].map(of);
    const flows = region(exports.flowBytes());
    memory.grow(Math.ceil(end / PAGE_BYTES) - 1);
    const { buffer } = memory;
    const u8 = (at: number): Uint8Array<ArrayBuffer> => new Uint8Array(buffer, at, capacity);
    const u16 = (at: number): Uint16Array<ArrayBuffer> => new Uint16Array(buffer, at, capacity);
    const u32 = (at: number): Uint32Array<ArrayBuffer> => new Uint32Array(buffer, at, capacity);
    const f64 = (at: number): Float64Array<ArrayBuffer> => new Float64Array(buffer, at, capacity);
    this.numbers = new Uint32Array(buffer, packets[0], 4 * capacity);
    this.halves = new Uint16Array(buffer, packets[1], 4 * capacity);
    this.headerLen = u16(packets[2]);
    this.ns = f64(packets[3]);
    this.labels = u16(packets[4]);
    this.sources = u32(packets[5]);
    this.directions = u8(packets[6]);
    exports.layPackets(...packets);
    this.ends = u32(streams[0]);
    [this.facts, this.kinds] = streams.slice(1, 3).map(u8);
    this.bits = u16(streams[3]);
    this.places = u32(streams[4]);
    this.firstNs = f64(streams[5]);
    this.seconds = new Float32Array(buffer, streams[6], capacity);
    [this.originatorBytes, this.responderBytes] = streams.slice(7, 9).map(u32);
    this.isMixed = u8(streams[9]);
    exports.layStreams(...streams, flows);
  }

  /**
   * Looks at the packets with the numbers [from, to) of the part at hand, whose first one has the place `first` of the walk. `stream`: the number
   * of the stream at hand, by the part's; returns what it is then. A stream may go on in the next part.
   */
  follow(first: number, from: number, to: number, stream: number): number {
    return this.#exports.follow(first, from, to, stream) >>> 0;
  }

  /** Of all streams that ended, see StreamCompleteness. */
  get counts(): { acks: number; unseenAcks: number; oneSided: number; unanswered: number } {
    const exports = this.#exports;
    return {
      acks: exports.ackCount() >>> 0,
      unseenAcks: exports.unseenAckCount() >>> 0,
      oneSided: exports.oneSidedCount() >>> 0,
      unanswered: exports.unansweredCount() >>> 0,
    };
  }

  /** In some direction bytes far behind the newest were forgotten: who brought those again was not told. */
  get hasForgotten(): boolean {
    return this.#exports.hasForgotten() !== 0;
  }
}
