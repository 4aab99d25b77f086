/**
 * Which stream a packet belongs to: `tcp.stream` where the file has it, else by addresses and ports, as Wireshark makes
 * conversations. Knows no labels and no order within streams.
 */
import { sortByCapture, rowsInFileOrder } from "./captureOrder";
import { Valid, type PacketColumns } from "./columns";
import { countKeys, hasKey, type Segment } from "./rowGroups";
import { seqAdd } from "./seq";
import type { SorterModule } from "./sort/rowBatches";
import { ALL_STREAMS, orderRange, StreamOrder } from "./streamOrder";
import { TcpFlag } from "./tcpFlags";

/** The columns that say of which stream a row is; only Valid.stream of `valid` need be right. */
export type StreamColumns = Pick<PacketColumns, "valid" | "stream">;

/** What a stream can be told by. */
type TupleColumns = Pick<PacketColumns, "src" | "dst" | "srcPort" | "dstPort">;

/** Ports are 16 bits. */
const PORTS = 65536;

/** Address and port as one number, below 2^48. */
export const endpointOf = (address: number, port: number): number => address * PORTS + port;

/** Numbers by pairs of endpoints, the same in both directions: a hash table with open addressing, without an object per entry. */
export class TupleTable {
  /** Places found so far: 0..count - 1, in the order in which they were first asked for. */
  count = 0;
  #lower: Float64Array;
  #higher: Float64Array;
  /** Place + 1 per slot, of which there is a power of 2; 0 for an empty one. */
  #slots: Uint32Array;

  /** `pairs`: about so many; more cost time. */
  constructor(pairs = 1024) {
    this.#lower = new Float64Array(pairs);
    this.#higher = new Float64Array(pairs);
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * pairs + 1)));
  }

  /** The place of a pair; a new one, `count` before the call, for a pair that was not asked for yet. */
  placeOf(one: number, other: number): number {
    const lower = Math.min(one, other);
    const higher = Math.max(one, other);
    const mask = this.#slots.length - 1;
    let slot = hash(lower, higher) & mask;
    for (;;) {
      const place = this.#slots[slot] - 1;
      if (place < 0) return this.#add(slot, lower, higher);
      if (this.#lower[place] === lower && this.#higher[place] === higher) return place;
      slot = (slot + 1) & mask;
    }
  }

  #add(slot: number, lower: number, higher: number): number {
    const place = this.count++;
    if (place === this.#lower.length) this.#grow();
    this.#lower[place] = lower;
    this.#higher[place] = higher;
    if (2 * place >= this.#slots.length) this.#rehash();
    else this.#slots[slot] = place + 1;
    return place;
  }

  #grow(): void {
    const [lower, higher] = [this.#lower, this.#higher];
    this.#lower = new Float64Array(2 * lower.length);
    this.#higher = new Float64Array(2 * lower.length);
    this.#lower.set(lower);
    this.#higher.set(higher);
  }

  /** Twice as many slots, for all places. */
  #rehash(): void {
    this.#slots = new Uint32Array(2 * this.#slots.length);
    const mask = this.#slots.length - 1;
    for (let place = 0; place < this.count; place++) {
      let slot = hash(this.#lower[place], this.#higher[place]) & mask;
      while (this.#slots[slot] > 0) slot = (slot + 1) & mask;
      this.#slots[slot] = place + 1;
    }
  }
}

function hash(lower: number, higher: number): number {
  let mixed = Math.imul(lower | 0, 0x9e3779b1) ^ Math.imul((lower / 0x100000000) | 0, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) ^ Math.imul(higher | 0, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0x297a2d39) ^ Math.imul((higher / 0x100000000) | 0, 0x27d4eb2f);
  return mixed ^ (mixed >>> 16);
}

const TUPLE_BITS = Valid.seq | Valid.srcPort | Valid.dstPort;

/** What is known of the stream that a pair of endpoints has at the moment. */
const State = {
  /** The first sequence number of the lower endpoint, or of the higher one, is known. */
  lowerBase: 1 << 0,
  higherBase: 1 << 1,
  /** Something came after the handshake: a further SYN begins a new stream. */
  isUnderWay: 1 << 2,
  isSeen: 1 << 3,
} as const;

/**
 * The stream of every row. Where a row of the file has one, the file's own columns: its rows without one are no segments (ICMP
 * errors quote a TCP header). Else streams are numbered from 0 in the order in which they begin: a stream has two endpoints, and another
 * begins between them at a SYN with another first number, as in Wireshark. Relative numbers make every first number 0: then it begins at
 * a SYN after something that was not part of a handshake. Rows without sequence number, ports or flags are in no stream.
 * `segments`: the rows in the order of the file.
 */
export function numberStreams(columns: PacketColumns, segments: readonly Segment[]): StreamColumns {
  if (hasKey(columns, "stream")) return columns;
  const { rows, valid, seq, ack, flags } = columns;
  const { tcpRows, tuples, kinds, count, isRaw } = readTuples(columns, segments);
  const stream = new Uint32Array(rows);
  const streamValid = valid.slice(0, rows);
  const current = new Uint32Array(count);
  const states = new Uint8Array(count);
  const bases = new Uint32Array(isRaw ? 2 * count : 0);
  let next = 0;
  for (const row of sortByCapture(columns, tcpRows)) {
    const tuple = tuples[row];
    const kind = kinds[row];
    const own = kind & RowKind.isHigher;
    const ownBit = own === 0 ? State.lowerBase : State.higherBase;
    let state = states[tuple];
    if (state === 0) current[tuple] = next++;
    if (kind & RowKind.isSyn) {
      const isNew = isRaw ? (state & ownBit) !== 0 && bases[2 * tuple + own] !== seq[row] : (state & State.isUnderWay) !== 0;
      if (isNew) {
        current[tuple] = next++;
        state = 0;
      }
    }
    if (isRaw) {
      if ((state & ownBit) === 0) bases[2 * tuple + own] = flags[row] & TcpFlag.syn ? seq[row] : seqAdd(seq[row], -1);
      state |= ownBit;
      const isPeerKnown = (state & (State.lowerBase | State.higherBase)) !== ownBit;
      if (!isPeerKnown && (flags[row] & TcpFlag.ack) !== 0) {
        bases[2 * tuple + 1 - own] = seqAdd(ack[row], -1);
        state |= State.lowerBase | State.higherBase;
      }
    }
    states[tuple] = state | State.isSeen | (kind & RowKind.isUnderWay ? State.isUnderWay : 0);
    stream[row] = current[tuple];
    streamValid[row] |= Valid.stream;
  }
  return { stream, valid: streamValid };
}

/** What a row is to the stream of its endpoints. */
const RowKind = {
  /** Sent by the higher of the two. */
  isHigher: 1 << 0,
  /** A SYN, not a SYN-ACK. */
  isSyn: 1 << 1,
  /** Comes behind the handshake. A reset may as well answer a SYN. */
  isUnderWay: 1 << 2,
} as const;

interface Tuples {
  /** Rows that are TCP segments for all that their cells say, in file order. */
  readonly tcpRows: Uint32Array<ArrayBuffer>;
  /** Number of each row's pair of endpoints, below `count`, and bits of RowKind; nothing for other rows. */
  readonly tuples: Uint32Array;
  readonly kinds: Uint8Array;
  readonly count: number;
  /** Some SYN has another number than 0, so numbers are those on the wire. */
  readonly isRaw: boolean;
}

/** All that can be read in the order of memory. */
function readTuples(columns: PacketColumns, segments: readonly Segment[]): Tuples {
  const { rows, valid, seq, flags, src, srcPort, dst, dstPort } = columns;
  let seen = 0;
  for (let row = 0; row < rows; row++) seen |= valid[row];
  // Where the file has no flags at all, no row can be told by them.
  const needed = TUPLE_BITS | (seen & Valid.flags);
  const tcpRows = rowsInFileOrder(segments);
  const tuples = new Uint32Array(rows);
  const kinds = new Uint8Array(rows);
  const table = new TupleTable();
  let count = 0;
  let isRaw = false;
  for (const row of tcpRows) {
    if ((valid[row] & needed) !== needed) continue;
    tcpRows[count++] = row;
    const from = endpointOf(src[row], srcPort[row]);
    const to = endpointOf(dst[row], dstPort[row]);
    tuples[row] = table.placeOf(from, to);
    const bits = flags[row];
    const control = bits & (TcpFlag.syn | TcpFlag.ack | TcpFlag.rst);
    const isSyn = (control & ~TcpFlag.rst) === TcpFlag.syn;
    const isUnderWay = (bits & TcpFlag.fin) !== 0 || control === TcpFlag.ack;
    kinds[row] = (from > to ? RowKind.isHigher : 0) | (isSyn ? RowKind.isSyn : 0) | (isUnderWay ? RowKind.isUnderWay : 0);
    isRaw ||= isSyn && seq[row] !== 0;
  }
  return { tcpRows: tcpRows.subarray(0, count), tuples, kinds, count: table.count, isRaw };
}

/** Packets by the streams that numberStreams has given them. `segments`: the rows in the order of the file. */
export function orderStreams(
  module: SorterModule,
  columns: PacketColumns,
  { valid, stream }: StreamColumns,
  segments: readonly Segment[],
): StreamOrder {
  const { src, srcPort, seconds, nanos, rows: total } = columns;
  const numbered = { src, srcPort, seconds, nanos, rows: total, valid, stream };
  const rows = new Uint32Array(countKeys(numbered, "stream"));
  return new StreamOrder(rows, [orderRange(module, numbered, segments, ALL_STREAMS, rows)], segments);
}

/**
 * 1 for every stream of the order that has the endpoints of an earlier one, that is of one with a lower number; else 0.
 */
export function findReusedTuples(columns: TupleColumns, order: Pick<StreamOrder, "streams" | "starts" | "rows">): Uint8Array {
  const { length } = order.streams;
  const table = new TupleTable(Math.max(1, length));
  const isReused = new Uint8Array(length);
  // Rows lie far apart in memory: looked up in loops of their own, the processor waits for many at once.
  const froms = new Float64Array(BLOCK_STREAMS);
  const tos = new Float64Array(BLOCK_STREAMS);
  for (let first = 0; first < length; first += BLOCK_STREAMS) {
    const count = Math.min(BLOCK_STREAMS, length - first);
    readEndpoints(columns, "src", "srcPort", order, first, count, froms);
    readEndpoints(columns, "dst", "dstPort", order, first, count, tos);
    for (let i = 0; i < count; i++) {
      const known = table.count;
      table.placeOf(froms[i], tos[i]);
      if (table.count === known) isReused[first + i] = 1;
    }
  }
  return isReused;
}

/** Streams whose endpoints are looked up at a time. */
const BLOCK_STREAMS = 1024;

/** One end of the first rows of `count` streams. */
function readEndpoints(
  columns: TupleColumns,
  address: "src" | "dst",
  port: "srcPort" | "dstPort",
  { rows, starts }: Pick<StreamOrder, "starts" | "rows">,
  first: number,
  count: number,
  target: Float64Array,
): void {
  const [addresses, ports] = [columns[address], columns[port]];
  for (let i = 0; i < count; i++) {
    const row = rows[starts[first + i]];
    target[i] = endpointOf(addresses[row], ports[row]);
  }
}
