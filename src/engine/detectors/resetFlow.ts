/**
 * What is known of one direction of a stream when a reset comes in its name: which numbers it may carry. Knows no findings.
 */
import * as l10n from "@vscode/l10n";
import { seqDiff, seqGeq, seqGt, seqLeq, seqLt } from "../seq";

/** How the number of a reset fits, in ascending strangeness. */
export const Fit = {
  /** Nothing is known to compare with. */
  unknown: 0,
  /** The next number, or one the peer has acknowledged or asked for: RFC 9293 3.5.2 makes a reset of the ACK it answers. */
  exact: 1,
  /** Where this side has been already. A receiver ignores it. */
  stale: 2,
  /** Above the next number, in the receiver's window: RFC 5961 3.2 answers it with a challenge ACK. */
  inWindow: 3,
  /** Below all that this side sent, or above the receiver's window: ignored. */
  outside: 4,
} as const;
export type Fit = (typeof Fit)[keyof typeof Fit];

/** Last different ACKs of the peer that are remembered. */
const ACKS = 64;
/** Different TTLs of a direction that are told apart; with more its route is no help. */
const TTLS = 4;
/** Largest window without scaling, and the largest scale (RFC 7323 2.3). */
const MAX_SCALE = 1 << 14;

/** One direction. Resets change nothing here. */
export class ResetFlow {
  /** Packets other than resets. */
  packets = 0;
  hasSyn = false;
  hasNext = false;
  /** Behind the highest segment; lowest number seen. */
  next = 0;
  base = 0;
  /** The peer's highest ACK, and its largest window. */
  hasAcked = false;
  acked = 0;
  window = 0;
  readonly #acks = new Uint32Array(ACKS);
  #ackCount = 0;
  readonly #ttls = new Uint16Array(TTLS);
  #ttlCount = 0;
  #ttlPackets = 0;

  reset(): void {
    this.packets = this.window = this.#ackCount = this.#ttlCount = this.#ttlPackets = 0;
    this.hasSyn = this.hasNext = this.hasAcked = false;
  }

  /** Any packet of this side but a reset. */
  send(seq: number, end: number, ttl: number): void {
    this.packets++;
    if (!this.hasNext) {
      this.hasNext = true;
      this.base = seq;
      this.next = end;
    } else {
      if (seqGt(end, this.next)) this.next = end;
      if (seqLt(seq, this.base)) this.base = seq;
    }
    if (ttl !== 0) this.#addTtl(ttl);
  }

  #addTtl(ttl: number): void {
    this.#ttlPackets++;
    for (let i = 0; i < this.#ttlCount; i++) if (this.#ttls[i] === ttl) return;
    if (this.#ttlCount < TTLS) this.#ttls[this.#ttlCount] = ttl;
    if (this.#ttlCount <= TTLS) this.#ttlCount++;
  }

  /** The peer acknowledges all below `ack`; `window`: 0 where the file has none. */
  acknowledge(ack: number, window: number): void {
    if (window > this.window) this.window = window;
    if (this.#ackCount > 0 && this.#acks[(this.#ackCount - 1) % ACKS] === ack) return;
    this.#acks[this.#ackCount++ % ACKS] = ack;
    if (this.hasAcked && !seqGt(ack, this.acked)) return;
    this.hasAcked = true;
    this.acked = ack;
  }

  /** True when the peer sent this ACK lately. */
  isAck(ack: number): boolean {
    const count = Math.min(this.#ackCount, ACKS);
    for (let i = 0; i < count; i++) if (this.#acks[i] === ack) return true;
    return false;
  }

  /** Highest number that this side is known to have reached. */
  get highest(): number {
    return this.hasAcked && (!this.hasNext || seqGt(this.acked, this.next)) ? this.acked : this.next;
  }

  /** How a reset's number fits by what is known now. `isScaled`: windows are scaled as they have to be. `isWhole`: no packets are missing. */
  fitOf(seq: number, isScaled: boolean, isWhole: boolean): Fit {
    if (!this.hasNext && !this.hasAcked) return Fit.unknown;
    if ((this.hasNext && seq === this.next) || this.isAck(seq)) return Fit.exact;
    const { highest } = this;
    const lowest = this.hasAcked && (!this.hasNext || seqLt(this.acked, this.base)) ? this.acked : this.base;
    const room = isScaled ? this.window : Math.max(this.window, 1) * MAX_SCALE;
    if (seqGt(seq, highest)) {
      // The window counts from what is acknowledged; data on its way may lie above that.
      const expected = this.hasAcked && isWhole ? this.acked : highest;
      return seqDiff(seq, expected) < room ? Fit.inWindow : Fit.outside;
    }
    if (seqGeq(seq, lowest))
      return this.hasAcked && this.hasNext && seqGeq(seq, this.acked) && seqLeq(seq, this.next) ? Fit.exact : Fit.stale;
    // Without the SYN, this side may have been there before the capture began.
    return this.hasSyn || seqDiff(lowest, seq) > room ? Fit.outside : Fit.stale;
  }

  /** True when this side's other packets, at least `minPackets` of them, have TTLs and none has this one. */
  isForeignTtl(ttl: number, minPackets: number): boolean {
    if (ttl === 0 || this.#ttlPackets < minPackets || this.#ttlCount > TTLS) return false;
    for (let i = 0; i < this.#ttlCount; i++) if (this.#ttls[i] === ttl) return false;
    return this.#ttlCount > 0;
  }

  /** The TTLs of this side's other packets, as text: `64`, `64 or 63`. */
  get ttlText(): string {
    const [first = "", ...others] = Array.from(this.#ttls.subarray(0, Math.min(this.#ttlCount, TTLS)), String);
    return others.reduce((text, ttl) => l10n.t("{0} or {1}", text, ttl), first);
  }
}
