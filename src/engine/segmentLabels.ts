/**
 * What Wireshark says of every segment: retransmission, out of order, lost before it, and so on, as a bit mask per row. Follows
 * the rules of Wireshark 4.0's sequence analysis (docs/DETECTORS.md states them, and where a CSV cannot tell what a capture can).
 * Each direction of a stream has a state; a packet is judged by that of both, then changes them. Knows no options: no
 * SACK, no MPTCP, no window scale but the one that `tcp.window_size` holds already.
 */
import { Valid, type PacketColumns } from "./columns";
import type { PacketVisitor, TimedBatch } from "./packetBatch";
import { seqAddSigned, seqDiff, seqGt, seqLeq, seqLt } from "./seq";
import type { StreamOrder } from "./streamOrder";
import { findReusedTuples } from "./streams";
import type { StreamWalk } from "./streamWalk";
import { TcpFlag } from "./tcpFlags";

/** Bits of a row's labels. A fast or spurious retransmission is a retransmission too, as with Wireshark's own fields. */
export const SegmentLabel = {
  retransmission: 1 << 0,
  fastRetransmission: 1 << 1,
  spuriousRetransmission: 1 << 2,
  outOfOrder: 1 << 3,
  /** Previous segment not captured. */
  lostSegment: 1 << 4,
  /** ACKed a segment that was not captured. */
  ackLostSegment: 1 << 5,
  duplicateAck: 1 << 6,
  keepAlive: 1 << 7,
  keepAliveAck: 1 << 8,
  zeroWindow: 1 << 9,
  windowUpdate: 1 << 10,
  windowFull: 1 << 11,
  reusedPorts: 1 << 12,
  zeroWindowProbe: 1 << 13,
  zeroWindowProbeAck: 1 << 14,
} as const;

/** Name of a label. */
export type SegmentLabelName = keyof typeof SegmentLabel;

/** The labels that are shown, under the names of Wireshark's `tcp.analysis.*` fields, in the order of their bits. */
export const LABEL_FIELDS: readonly { readonly name: SegmentLabelName; readonly field: string }[] = [
  { name: "retransmission", field: "retransmission" },
  { name: "fastRetransmission", field: "fast_retransmission" },
  { name: "spuriousRetransmission", field: "spurious_retransmission" },
  { name: "outOfOrder", field: "out_of_order" },
  { name: "lostSegment", field: "lost_segment" },
  { name: "ackLostSegment", field: "ack_lost_segment" },
  { name: "duplicateAck", field: "duplicate_ack" },
  { name: "keepAlive", field: "keep_alive" },
  { name: "keepAliveAck", field: "keep_alive_ack" },
  { name: "zeroWindow", field: "zero_window" },
  { name: "windowUpdate", field: "window_update" },
  { name: "windowFull", field: "window_full" },
  { name: "reusedPorts", field: "reused_ports" },
];

/** What labels need besides batches. */
export type LabelColumns = Pick<PacketColumns, "rows" | "src" | "dst" | "srcPort" | "dstPort">;

/** A resent segment this soon after the ACK that asks for it is a fast retransmission, ns. Wireshark. */
const FAST_NS = 20e6;
/** A segment this soon after the highest one is out of order, ns, where the initial round trip is not known. Wireshark. */
const OUT_OF_ORDER_NS = 3e6;
/** Segments without an ACK that are remembered per direction. Wireshark's TCP_MAX_UNACKED_SEGMENTS. */
const MAX_UNACKED = 1000;
/**
 * Count of repeated ACKs behind one for something unseen: as good as any number of them, until one is repeated. (Wireshark
 * counts -1 there, in a number without a sign.)
 */
const UNSEEN = -1;
/** Window of a direction that has sent nothing yet: no packet has it. */
const NO_WINDOW = -1;
/** None of these is a keep-alive, an ACK that repeats another, or a window update. */
const CONTROL = TcpFlag.syn | TcpFlag.fin | TcpFlag.rst;
/** Each of these takes a sequence number. */
const COUNTED = TcpFlag.syn | TcpFlag.fin;

/** What is known of one direction of a stream. Sequence numbers are signed, and mean nothing before their `has…` is set. */
class Flow {
  /** Highest number behind a segment, and when it came, ns as TimedBatch has it. */
  hasNext = false;
  nextSeq = 0;
  nextSeqNs = NaN;
  /** End of what was seen without a gap: an ACK above it covers something that was not captured. */
  hasAckable = false;
  ackable = 0;
  /** What this side acknowledged last, and when its last packet came. */
  hasAck = false;
  lastAck = 0;
  lastNs = NaN;
  window = NO_WINDOW;
  /** ACKs in a row that repeat the one before, or UNSEEN. */
  duplicateAcks = 0;
  lastLabels = 0;
  /** First number, and whether a reset gave it, which need not know it. */
  hasBase = false;
  base = 0;
  isBaseOfReset = false;
  /** A SYN was seen: `tcp.window_size` holds the window, scaled if it is to be. */
  isScaleKnown = false;
  /** Ends of segments without an ACK, ascending: unacked[firstUnacked, firstUnacked + unackedCount). */
  readonly unacked = new Int32Array(2 * MAX_UNACKED);
  firstUnacked = 0;
  unackedCount = 0;

  reset(): void {
    this.hasNext = this.hasAckable = this.hasAck = this.hasBase = this.isBaseOfReset = this.isScaleKnown = false;
    this.nextSeqNs = this.lastNs = NaN;
    this.window = NO_WINDOW;
    this.duplicateAcks = this.lastLabels = this.firstUnacked = this.unackedCount = 0;
  }

  /** False when there are too many already. */
  addUnacked(end: number): boolean {
    if (this.unackedCount >= MAX_UNACKED) return false;
    const { unacked } = this;
    if (this.firstUnacked + this.unackedCount === unacked.length) {
      unacked.copyWithin(0, this.firstUnacked, unacked.length);
      this.firstUnacked = 0;
    }
    let at = this.firstUnacked + this.unackedCount++;
    for (; at > this.firstUnacked && seqGt(unacked[at - 1], end); at--) unacked[at] = unacked[at - 1];
    unacked[at] = end;
    return true;
  }

  /** Forgets the segments that an ACK covers. */
  dropUnacked(ack: number): void {
    const { unacked } = this;
    while (this.unackedCount > 0 && seqLeq(unacked[this.firstUnacked], ack)) {
      this.firstUnacked++;
      this.unackedCount--;
    }
    if (this.unackedCount === 0) this.firstUnacked = 0;
  }
}

/** Labels the packets of every batch: bits of SegmentLabel; 0 for such without a sequence number or length. */
export class SegmentLabels implements PacketVisitor {
  readonly #walk: StreamWalk;
  /** Per stream, whether an earlier one had the same endpoints. */
  readonly #reused: Uint8Array;
  readonly #labeler = new Labeler();
  #stream = -1;
  #nextStart = 0;

  /** `order`: the one that was walked. */
  constructor(columns: LabelColumns, order: StreamOrder, walk: StreamWalk) {
    this.#walk = walk;
    this.#reused = findReusedTuples(columns, order);
  }

  take(batch: TimedBatch, first: number, count: number): void {
    const { directions, starts } = this.#walk;
    const { labels, valid } = batch;
    const labeler = this.#labeler;
    for (let i = 0; i < count; i++) {
      const place = first + i;
      if (place === this.#nextStart) {
        this.#stream++;
        this.#nextStart = starts[this.#stream + 1];
        labeler.begin(this.#reused[this.#stream] !== 0);
      }
      labels[i] = (valid[i] & SEGMENT_BITS) === SEGMENT_BITS ? labeler.label(batch, i, directions[place]) : 0;
    }
  }
}

/** What a row needs to be judged: IP fragments, and TCP headers that ICMP quotes, have no length. */
const SEGMENT_BITS = Valid.seq | Valid.len;

/** The state of the stream at hand. */
class Labeler {
  readonly #flows = [new Flow(), new Flow()] as const;
  #isFirst = true;
  #isReused = false;
  /** When the last SYN came, and how long after it the first ACK, ns; NaN while unknown. */
  #synNs = NaN;
  #firstRttNs = NaN;

  /** Begins a stream. `isReused`: an earlier one had the same endpoints. */
  begin(isReused: boolean): void {
    this.#flows[0].reset();
    this.#flows[1].reset();
    this.#isFirst = true;
    this.#isReused = isReused;
    this.#synNs = NaN;
    this.#firstRttNs = NaN;
  }

  /** Labels of the packet at a place of the batch; the state is that behind it then. */
  label(batch: TimedBatch, i: number, direction: number): number {
    const own = this.#flows[direction];
    const peer = this.#flows[1 - direction];
    const seq = seqAddSigned(batch.seq[i], 0);
    const ack = seqAddSigned(batch.ack[i], 0);
    const len = batch.len[i];
    const flags = batch.flags[i];
    const window = batch.window[i];
    const ns = batch.ns[i];
    const hasAck = (flags & TcpFlag.ack) !== 0;

    let labels = this.#handshakeLabels(own, seq, flags);
    this.#isFirst = false;
    if (!own.hasBase) {
      own.hasBase = true;
      own.base = flags & TcpFlag.syn ? seq : seqAddSigned(seq, -1);
      own.isBaseOfReset = (flags & TcpFlag.rst) !== 0;
    }
    if (hasAck && !peer.hasBase) {
      peer.hasBase = true;
      peer.base = seqAddSigned(ack, -1);
    }

    labels |= lookLabels(own, peer, seq, ack, len, flags, window, hasAck);
    if (!hasAck || !own.hasAck || ack !== own.lastAck) {
      if (hasAck || own.hasAck) own.duplicateAcks = 0;
    }
    if (hasAck) labels |= ackLabels(peer, ack);
    if ((labels & SegmentLabel.keepAlive) === 0 && (len > 0 || (flags & COUNTED) !== 0))
      labels |= this.#resentLabels(own, peer, seq, len, flags, ns);

    let nextSeq = seqAddSigned(seq, len);
    if (len > 0 || (flags & COUNTED) !== 0) {
      const end = flags & COUNTED ? seqAddSigned(nextSeq, 1) : nextSeq;
      if (own.addUnacked(end)) nextSeq = end;
    }
    if ((labels & SegmentLabel.zeroWindowProbe) === 0 && !isResetWithoutNumber(own, seq, flags)) {
      if (!own.hasNext || seqGt(nextSeq, own.nextSeq)) {
        own.hasNext = true;
        own.nextSeq = nextSeq;
        own.nextSeqNs = ns;
      }
      if (!own.hasAckable || seq === own.ackable) {
        own.hasAckable = true;
        own.ackable = own.nextSeq;
      }
    }
    own.window = window;
    own.hasAck = hasAck;
    own.lastAck = ack;
    own.lastNs = ns;
    own.lastLabels = labels;
    if (hasAck) peer.dropUnacked(ack);
    this.#followHandshake(own, flags, ns);
    return labels;
  }

  /** Ports used again; and what a SYN that is sent again means for what is expected. */
  #handshakeLabels(own: Flow, seq: number, flags: number): number {
    if ((flags & TcpFlag.syn) === 0) return 0;
    if ((flags & TcpFlag.ack) === 0) {
      if (own.hasBase) {
        // A reset may have taken the number the peer acknowledged, and so moved the next one expected.
        own.hasNext = own.hasAckable;
        own.nextSeq = own.ackable;
      }
      return this.#isFirst && this.#isReused ? SegmentLabel.reusedPorts : 0;
    }
    // Relative numbers count a SYN-ACK from its own number, whatever was the first: only a reset shows that it was another.
    if (!own.hasBase || (own.base === seq && !own.isBaseOfReset)) return 0;
    own.base = seq;
    own.isBaseOfReset = false;
    return SegmentLabel.reusedPorts;
  }

  /** Spurious, fast, out of order, plain: the first that applies. */
  #resentLabels(own: Flow, peer: Flow, seq: number, len: number, flags: number, ns: number): number {
    const { retransmission, fastRetransmission, spuriousRetransmission, outOfOrder } = SegmentLabel;
    if (len > 0 && peer.hasAck && seqLeq(seqAddSigned(seq, len), peer.lastAck)) return retransmission | spuriousRetransmission;
    // More than one byte from the last one on may follow a probe of a zero window, and is new then.
    if (!own.hasNext || !seqLt(seq, own.nextSeq) || (len > 1 && seqDiff(own.nextSeq, seq) === 1)) return 0;
    const sinceAck = ns - peer.lastNs;
    if (
      (peer.duplicateAcks >= 2 || peer.duplicateAcks === UNSEEN) &&
      peer.hasAck &&
      peer.lastAck === seq &&
      sinceAck >= 0 &&
      sinceAck < FAST_NS
    )
      return retransmission | fastRetransmission;
    const sinceHighest = ns - own.nextSeqNs;
    const threshold = this.#firstRttNs !== 0 && !Number.isNaN(this.#firstRttNs) ? this.#firstRttNs : OUT_OF_ORDER_NS;
    const end = seqAddSigned(seq, len + (flags & COUNTED ? 1 : 0));
    if (sinceHighest >= 0 && (sinceHighest < threshold || threshold < 0) && end !== own.nextSeq) return outOfOrder;
    return retransmission;
  }

  /** The initial round trip: from the last SYN to the first ACK behind it. */
  #followHandshake(own: Flow, flags: number, ns: number): void {
    if (flags & TcpFlag.syn) {
      own.isScaleKnown = true;
      if ((flags & TcpFlag.ack) === 0) this.#synNs = ns;
    } else if (flags & TcpFlag.ack && !Number.isNaN(this.#synNs) && (Number.isNaN(this.#firstRttNs) || this.#firstRttNs === 0)) {
      this.#firstRttNs = ns - this.#synNs;
    }
  }
}

/** The reset that answers a SYN to a closed port has number 0 on the wire, which Wireshark takes for none. */
const isResetWithoutNumber = (own: Flow, seq: number, flags: number): boolean =>
  own.isBaseOfReset && (seq === 0 || seq === 1) && (flags & (TcpFlag.rst | TcpFlag.ack)) === (TcpFlag.rst | TcpFlag.ack);

/** Labels by what this side and the peer last said: probes, gaps, keep-alives, windows, repeated ACKs. */
function lookLabels(own: Flow, peer: Flow, seq: number, ack: number, len: number, flags: number, window: number, hasAck: boolean): number {
  const { hasNext, nextSeq } = own;
  const isNext = hasNext && seq === nextSeq;
  if (len === 1 && isNext && peer.window === 0) return SegmentLabel.zeroWindowProbe;
  let labels = window === 0 && (flags & CONTROL) === 0 ? SegmentLabel.zeroWindow : 0;
  if (hasNext && seqGt(seq, nextSeq) && (flags & TcpFlag.rst) === 0) labels |= SegmentLabel.lostSegment;
  if ((flags & CONTROL) !== 0) return labels;
  if (len <= 1 && hasNext && seqDiff(nextSeq, seq) === 1) labels |= SegmentLabel.keepAlive;
  if (len > 0) {
    if (peer.isScaleKnown && peer.hasAck && seqAddSigned(seq, len) === seqAddSigned(peer.lastAck, peer.window))
      labels |= SegmentLabel.windowFull;
    return labels;
  }
  if (!isNext || hasAck !== own.hasAck || ack !== own.lastAck) return labels;
  if (window !== own.window) return window === 0 ? labels : labels | SegmentLabel.windowUpdate;
  if (window === 0) return (peer.lastLabels & SegmentLabel.zeroWindowProbe) !== 0 ? labels | SegmentLabel.zeroWindowProbeAck : labels;
  if ((peer.lastLabels & SegmentLabel.keepAlive) !== 0) return labels | SegmentLabel.keepAliveAck;
  own.duplicateAcks = own.duplicateAcks === UNSEEN ? 1 : own.duplicateAcks + 1;
  return labels | SegmentLabel.duplicateAck;
}

/**
 * Whether an ACK covers something of the peer's that was not captured: said once per gap that was seen; where nothing came
 * behind what is missing, once until the peer acknowledges something else.
 */
function ackLabels(peer: Flow, ack: number): number {
  if (!peer.hasAckable || !seqGt(ack, peer.ackable)) return 0;
  if (seqLt(peer.ackable, peer.nextSeq)) {
    peer.ackable = peer.nextSeq;
    return SegmentLabel.ackLostSegment;
  }
  const isFirst = peer.duplicateAcks === 0;
  peer.duplicateAcks = UNSEEN;
  return isFirst ? SegmentLabel.ackLostSegment : 0;
}
