/**
 * The connections of a capture: per stream who opened it, with what packet, how far it came, and how much went each way. What
 * detectors ask that look at many connections and not into one. Knows no sequence analysis.
 */
import { NO_TEXT, Valid, type PacketColumns } from "./columns";
import type { Follower } from "./follow/follower";

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

type EndpointColumns = Pick<PacketColumns, "src" | "dst" | "srcPort" | "dstPort" | "seq" | "seqRaw" | "valid">;

/**
 * One entry per stream, in the order of the walk: 27 bytes each, and 8 when addresses are asked for. The originator is the side that sent the SYN, else the one that did not
 * send the SYN-ACK, else the one that was seen first; as in Zeek. Addresses, ports and numbers are those of one row, looked up when first asked for.
 */
export class Connections {
  readonly count: number;
  /** Values of ConnectionKind. */
  readonly kind: Uint8Array;
  /** Bits of ConnectionBit. */
  readonly bits: Uint16Array;
  /** The originator's SYN; without one the first packet, which the responder sent where the bit isReversed says so. */
  readonly row: Uint32Array;
  /** When that packet came, ns since the capture's earliest second; NaN without a time. Exact over 104 days, to 32 ns over four years. */
  readonly ns: Float64Array;
  /** From there to the last packet; NaN without times. */
  readonly seconds: Float32Array;
  /** Payload each way, resent bytes included, SYNs not; at most 2^32-1. */
  readonly originatorBytes: Uint32Array;
  readonly responderBytes: Uint32Array;
  readonly #columns: EndpointColumns;
  #originators: Uint32Array | undefined;
  #responders: Uint32Array | undefined;

  /** Of no streams yet: `take` says what they are. */
  constructor(columns: EndpointColumns, count: number) {
    this.#columns = columns;
    this.count = count;
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

  /** What the follower found of `count` streams, the first of which has the index `stream`. `rowAt`: by place of the walk. */
  take(stream: number, count: number, follower: Follower, rowAt: (place: number) => number): void {
    this.kind.set(follower.kinds.subarray(0, count), stream);
    this.bits.set(follower.bits.subarray(0, count), stream);
    this.ns.set(follower.firstNs.subarray(0, count), stream);
    this.seconds.set(follower.seconds.subarray(0, count), stream);
    this.originatorBytes.set(follower.originatorBytes.subarray(0, count), stream);
    this.responderBytes.set(follower.responderBytes.subarray(0, count), stream);
    for (let i = 0; i < count; i++) this.row[stream + i] = rowAt(follower.places[i]);
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
}
