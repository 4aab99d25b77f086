/**
 * The connections of a capture: per stream who opened it, with what packet, how far it came, and how much went each way. What
 * detectors ask that look at many connections and not into one. Knows no sequence analysis.
 */
import { NO_TEXT, Valid, type PacketColumns } from "./columns";
import type { PacketVisitor, TimedBatch } from "./packetBatch";
import type { StreamWalk } from "./streamWalk";
import { TcpFlag } from "./tcpFlags";

/**
 * What a stream begins with. All but `syn` and `other` only where it holds nothing else: packets like the first without payload, from
 * one side, and at most resets from the other. Names as Nmap's scans have them.
 */
export const ConnectionKind = { other: 0, syn: 1, fin: 2, null: 3, xmas: 4, ack: 5, maimon: 6 } as const;

/** How far a connection came: bits. */
export const ConnectionBit = {
  /** The originator's SYN is in the file. */
  syn: 1 << 0,
  /** The responder's SYN-ACK is. */
  synAck: 1 << 1,
  /** The originator acknowledged behind it, or either side sent payload, or the responder closed: the handshake took place. */
  completed: 1 << 2,
  resetByResponder: 1 << 3,
  resetByOriginator: 1 << 4,
  /** The responder sent any packet. */
  answered: 1 << 5,
  /** The originator's SYN came again with the same number, at least RESENT_NS later. */
  resent: 1 << 6,
  /** The originator is the one that StreamWalk calls direction 1. */
  isSecond: 1 << 7,
  /** `row` was sent by the responder. */
  isReversed: 1 << 8,
} as const;

/** A SYN that comes again sooner is a copy (a mirror port gives two), ns: no stack waits less (Linux at least 200 ms, RFC 6298 1 s). */
const RESENT_NS = 200e6;

/** Bits of one side of the stream at hand. */
const Side = {
  sent: 1 << 0,
  syn: 1 << 1,
  synAck: 1 << 2,
  reset: 1 << 3,
  /** An ACK that is neither SYN-ACK nor reset. */
  ack: 1 << 4,
  fin: 1 << 5,
  /** A packet unlike the stream's first one. */
  differs: 1 << 6,
} as const;

const CONTROL = TcpFlag.fin | TcpFlag.syn | TcpFlag.rst | TcpFlag.psh | TcpFlag.ack | TcpFlag.urg;
const XMAS = TcpFlag.fin | TcpFlag.psh | TcpFlag.urg;

/** The kind of a stream that begins with these flags, 0..0x3f. */
function kindOf(control: number): number {
  if ((control & (TcpFlag.syn | TcpFlag.ack | TcpFlag.rst)) === TcpFlag.syn) return ConnectionKind.syn;
  switch (control) {
    case 0:
      return ConnectionKind.null;
    case TcpFlag.fin:
      return ConnectionKind.fin;
    case XMAS:
      return ConnectionKind.xmas;
    case TcpFlag.ack:
      return ConnectionKind.ack;
    case TcpFlag.fin | TcpFlag.ack:
      return ConnectionKind.maimon;
    default:
      return ConnectionKind.other;
  }
}

type EndpointColumns = Pick<PacketColumns, "src" | "dst" | "srcPort" | "dstPort" | "seq" | "seqRaw" | "valid">;

/**
 * One entry per stream, in the order of the walk: 27 bytes each, and 8 when addresses are asked for. The originator is the side that sent the SYN, else the one that did not
 * send the SYN-ACK, else the one that was seen first; as in Zeek. Addresses, ports and numbers are those of one row, looked up when first asked for.
 */
export class Connections implements PacketVisitor {
  readonly count: number;
  /** Values of ConnectionKind. */
  readonly kind: Uint8Array;
  /** Bits of ConnectionBit. */
  readonly bits: Uint16Array;
  /** The originator's SYN; without one the first packet, which the responder sent where the bit isReversed says so. */
  readonly row: Uint32Array;
  /** When that packet came, ns since the capture's earliest second as in TimedBatch; NaN without a time. */
  readonly ns: Float64Array;
  /** From there to the last packet; NaN without times. */
  readonly seconds: Float32Array;
  /** Payload each way, resent bytes included, SYNs not; at most 2^32-1. */
  readonly originatorBytes: Uint32Array;
  readonly responderBytes: Uint32Array;
  readonly walk: StreamWalk;
  readonly #columns: EndpointColumns;
  #originators: Uint32Array | undefined;
  #responders: Uint32Array | undefined;

  // The stream at hand.
  #stream = -1;
  #nextStart = 0;
  #kind = 0;
  #control = 0;
  #firstSide = 0;
  /** The side whose SYN was seen, or -1. */
  #synSide = -1;
  #synSeq = 0;
  #isResent = false;
  #lastNs = NaN;
  readonly #sides = new Uint8Array(2);
  readonly #bytes = new Float64Array(2);

  /** Has to be shown all packets of the walk, then `finish` be called. */
  constructor(columns: EndpointColumns, walk: StreamWalk) {
    this.#columns = columns;
    this.walk = walk;
    const count = (this.count = walk.streams.length);
    this.kind = new Uint8Array(count);
    this.bits = new Uint16Array(count);
    this.row = new Uint32Array(count);
    this.ns = new Float64Array(count);
    this.seconds = new Float32Array(count);
    this.originatorBytes = new Uint32Array(count);
    this.responderBytes = new Uint32Array(count);
  }

  /** Codes of addresses; NO_TEXT where the file has none. */
  get originators(): Uint32Array {
    return (this.#originators ??= this.#codes("src", "dst"));
  }

  get responders(): Uint32Array {
    return (this.#responders ??= this.#codes("dst", "src"));
  }

  /** 0 where the file has none. */
  originatorPortOf(connection: number): number {
    return this.#isReversed(connection) ? this.#columns.dstPort[this.row[connection]] : this.#columns.srcPort[this.row[connection]];
  }

  responderPortOf(connection: number): number {
    return this.#isReversed(connection) ? this.#columns.srcPort[this.row[connection]] : this.#columns.dstPort[this.row[connection]];
  }

  /** Number of the connection's `row` on the wire, else as the file has it: relative ones are 0 in every SYN. */
  seqOf(connection: number): number {
    const row = this.row[connection];
    const { valid, seq, seqRaw } = this.#columns;
    return valid[row] & Valid.seqRaw ? seqRaw[row] : seq[row];
  }

  /** Whether it has both addresses and both ports. */
  hasEndpoints(connection: number): boolean {
    const both = Valid.srcPort | Valid.dstPort;
    if (this.originators[connection] === NO_TEXT || this.responders[connection] === NO_TEXT) return false;
    return (this.#columns.valid[this.row[connection]] & both) === both;
  }

  take(batch: TimedBatch, first: number, count: number): void {
    const { directions } = this.walk;
    for (let i = 0; i < count; i++) {
      const place = first + i;
      const side = directions[place];
      if (place === this.#nextStart) {
        this.#settle();
        this.#begin(batch, i, place, side);
      }
      this.#follow(batch, i, place, side);
    }
  }

  /** When all packets were shown. */
  finish(): this {
    this.#settle();
    this.#stream = -1;
    return this;
  }

  /** One after the other: the rows lie far apart in memory, and the processor can wait for many at once. */
  #codes(name: "src" | "dst", ofReversed: "src" | "dst"): Uint32Array {
    const { row, bits, count } = this;
    const [codes, reversed] = [this.#columns[name], this.#columns[ofReversed]];
    const list = new Uint32Array(count);
    for (let i = 0; i < count; i++) list[i] = codes[row[i]];
    for (let i = 0; i < count; i++) if (bits[i] & ConnectionBit.isReversed) list[i] = reversed[row[i]];
    return list;
  }

  #isReversed(connection: number): boolean {
    return (this.bits[connection] & ConnectionBit.isReversed) !== 0;
  }

  #begin(batch: TimedBatch, i: number, place: number, side: number): void {
    const stream = ++this.#stream;
    this.#nextStart = this.walk.starts[stream + 1];
    this.row[stream] = this.walk.rows[place];
    this.ns[stream] = batch.ns[i];
    this.#control = batch.flags[i] & CONTROL;
    this.#kind = (batch.valid[i] & Valid.flags) === 0 ? ConnectionKind.other : kindOf(this.#control);
    this.#firstSide = side;
    this.#synSide = -1;
    this.#isResent = false;
    this.#lastNs = NaN;
    this.#sides.fill(0);
    this.#bytes.fill(0);
  }

  #follow(batch: TimedBatch, i: number, place: number, side: number): void {
    const control = batch.flags[i] & CONTROL;
    const len = (batch.valid[i] & Valid.len) === 0 ? 0 : batch.len[i];
    const { syn, ack, rst, fin } = TcpFlag;
    let seen = Side.sent | (control & rst ? Side.reset : 0) | (control & fin ? Side.fin : 0);
    if ((control & (syn | rst)) === syn) {
      if (control & ack) seen |= Side.synAck;
      else {
        seen |= Side.syn;
        this.#followSyn(batch, i, place, side);
      }
    } else {
      if ((control & (ack | rst)) === ack) seen |= Side.ack;
      if ((control & rst) === 0) this.#bytes[side] += len;
    }
    if (control !== this.#control || len > 0) seen |= Side.differs;
    this.#sides[side] |= seen;
    this.#lastNs = batch.ns[i];
  }

  /** A SYN names the originator, unless a conversation is under way already. */
  #followSyn(batch: TimedBatch, i: number, place: number, side: number): void {
    const stream = this.#stream;
    if (this.#synSide === side) {
      if (batch.seq[i] === this.#synSeq && batch.ns[i] - this.ns[stream] >= RESENT_NS) this.#isResent = true;
      return;
    }
    const isUnderWay = ((this.#sides[0] | this.#sides[1]) & Side.ack) !== 0;
    if (this.#synSide >= 0 || isUnderWay) return;
    this.#synSide = side;
    this.#synSeq = batch.seq[i];
    this.#kind = ConnectionKind.syn;
    this.row[stream] = this.walk.rows[place];
    this.ns[stream] = batch.ns[i];
  }

  #settle(): void {
    const stream = this.#stream;
    if (stream < 0) return;
    const first = this.#firstSide;
    const synSide = this.#synSide;
    // Whoever begins with a SYN-ACK answers.
    const isReversed = synSide < 0 && (this.#control & (TcpFlag.syn | TcpFlag.ack)) === (TcpFlag.syn | TcpFlag.ack);
    const originator = synSide >= 0 ? synSide : isReversed ? 1 - first : first;
    const own = this.#sides[originator];
    const peer = this.#sides[1 - originator];
    const ownBytes = this.#bytes[originator];
    const peerBytes = this.#bytes[1 - originator];
    let bits = (originator === 1 ? ConnectionBit.isSecond : 0) | (isReversed ? ConnectionBit.isReversed : 0);
    if (synSide >= 0) bits |= ConnectionBit.syn;
    if (peer & Side.synAck) bits |= ConnectionBit.synAck;
    if (peer & Side.sent) bits |= ConnectionBit.answered;
    if (peer & Side.reset) bits |= ConnectionBit.resetByResponder;
    if (own & Side.reset) bits |= ConnectionBit.resetByOriginator;
    if (this.#isResent) bits |= ConnectionBit.resent;
    if ((synSide >= 0 || (peer & Side.synAck) !== 0) && ((own & Side.ack) !== 0 || ownBytes + peerBytes > 0 || (peer & Side.fin) !== 0))
      bits |= ConnectionBit.completed;
    this.bits[stream] = bits;
    const isSyn = this.#kind === ConnectionKind.syn;
    const isAlone = (own & Side.differs) === 0 && (peer & ~(Side.sent | Side.reset | Side.differs)) === 0;
    const hasOnlyResets = (peer & Side.sent) === 0 || (peer & Side.reset) !== 0;
    this.kind[stream] = isSyn || (isAlone && hasOnlyResets) ? this.#kind : ConnectionKind.other;
    this.seconds[stream] = (this.#lastNs - this.ns[stream]) / 1e9;
    this.originatorBytes[stream] = Math.min(ownBytes, 0xffffffff);
    this.responderBytes[stream] = Math.min(peerBytes, 0xffffffff);
  }
}
