/**
 * What detectors look at that follow single streams, packet by packet, side by side in memory. The packets of a stream lie anywhere in a
 * file, and a row of many columns is many places in memory. So packets are taken column by column, in short loops that do nothing
 * else: a few streams' directly, a part of the capture with its rows read as they lie in memory, which is four times as fast again
 * (3 million rows in random order).
 */
import { Valid, type PacketColumns } from "./columns";
import { RowSorter } from "./rowSorter";
import { TcpFlag } from "./tcpFlags";

/** Columns that batches are made of. */
export type BatchColumns = Pick<PacketColumns, "rows" | "valid" | "seq" | "ack" | "len" | "window" | "flags">;

/** Window of rows that name none: equal to each other, and not zero. */
export const UNKNOWN_WINDOW = 1;

/** Packets that a batch holds at most. */
export const BATCH_PACKETS = 4096;

/** Some packets, column by column; places from 0. */
export interface PacketBatch {
  readonly seq: Uint32Array;
  /** 0 without one. */
  readonly ack: Uint32Array;
  readonly len: Uint32Array;
  /** UNKNOWN_WINDOW without one. */
  readonly window: Uint32Array;
  /** `tcp.flags`; the ACK bit only where the row has a number to it, and by that alone where it has no flags. */
  readonly flags: Uint16Array;
  /** Bits of Valid. */
  readonly valid: Uint16Array;
}

const makeBatch = (packets: number): PacketBatch => ({
  seq: new Uint32Array(packets),
  ack: new Uint32Array(packets),
  len: new Uint32Array(packets),
  window: new Uint32Array(packets),
  flags: new Uint16Array(packets),
  valid: new Uint16Array(packets),
});

/** Some of a batch's packets. */
const cut = ({ seq, ack, len, window, flags, valid }: PacketBatch, first: number, end: number): PacketBatch => ({
  seq: seq.subarray(first, end),
  ack: ack.subarray(first, end),
  len: len.subarray(first, end),
  window: window.subarray(first, end),
  flags: flags.subarray(first, end),
  valid: valid.subarray(first, end),
});

/** What a packet without a value has. */
function settle({ valid, flags, ack, window }: PacketBatch, count: number): void {
  for (let i = 0; i < count; i++) {
    const bits = valid[i];
    const hasAck = (bits & Valid.ack) !== 0;
    // Without flags whoever names a number acknowledges it.
    if ((bits & Valid.flags) === 0) flags[i] = hasAck && ack[i] !== 0 ? TcpFlag.ack : 0;
    else if (!hasAck) flags[i] &= ~TcpFlag.ack;
    if (!hasAck) ack[i] = 0;
    if ((bits & Valid.window) === 0) window[i] = UNKNOWN_WINDOW;
  }
}

// ---------------------------------------------------------------------------------------------------
// A few packets

/** A batch that is looked up row by row. */
export class LookedUpBatch {
  readonly batch = makeBatch(BATCH_PACKETS);
  readonly #columns: BatchColumns;
  readonly #rows: Uint32Array;

  /** `rows`: the packets, in the order of a walk. */
  constructor(columns: BatchColumns, rows: Uint32Array) {
    this.#columns = columns;
    this.#rows = rows;
  }

  /** Takes the packets at the places [first, first + count) of the walk, at most BATCH_PACKETS of them. */
  load(first: number, count: number): PacketBatch {
    const { batch } = this;
    const { valid, flags, seq, ack, len, window } = this.#columns;
    const rows = this.#rows;
    gather16(batch.valid, valid, rows, first, count);
    gather16(batch.flags, flags, rows, first, count);
    gather32(batch.seq, seq, rows, first, count);
    gather32(batch.ack, ack, rows, first, count);
    gather32(batch.len, len, rows, first, count);
    gather32(batch.window, window, rows, first, count);
    settle(batch, count);
    return batch;
  }
}

/** target[i] = source[rows[first + i]]. */
export function gather16(target: Uint16Array, source: Uint16Array, rows: Uint32Array, first: number, count: number): void {
  for (let i = 0; i < count; i++) target[i] = source[rows[first + i]];
}

export function gather32(target: Uint32Array, source: Uint32Array, rows: Uint32Array, first: number, count: number): void {
  for (let i = 0; i < count; i++) target[i] = source[rows[first + i]];
}

// ---------------------------------------------------------------------------------------------------
// Many packets

/**
 * Packets that are copied at a time, at most: 30 bytes each with what sorting takes. Looking 3 million in random order up in batches of 1,024
 * took almost five times as long as half a million at a time.
 */
export const PART_PACKETS = 3 << 17;

/** The packets of a walk, a part at hand at a time. */
export class PacketPart {
  readonly #columns: BatchColumns;
  readonly #rows: Uint32Array;
  readonly #sorter: RowSorter;
  readonly #all: PacketBatch;
  /** Places that are at hand. */
  #first = 0;
  #end = 0;

  /** `rows`: the packets, in the order of the walk. */
  constructor(columns: BatchColumns, rows: Uint32Array) {
    this.#columns = columns;
    this.#rows = rows;
    this.#sorter = new RowSorter(columns.rows, Math.min(rows.length, PART_PACKETS));
    this.#all = makeBatch(this.#sorter.capacity);
  }

  get first(): number {
    return this.#first;
  }

  /** Packets at hand from `first` on. */
  get count(): number {
    return this.#end - this.#first;
  }

  /** The packets at the places [first, first + count) of the walk; what it holds is overwritten by the next call. Forwards it is fast. */
  take(first: number, count: number): PacketBatch {
    if (first < this.#first || first + count > this.#end) this.load(first);
    return cut(this.#all, first - this.#first, first - this.#first + count);
  }

  /** Takes a part, from a place of the walk on. */
  load(first: number): void {
    const { valid, flags, seq, ack, len, window } = this.#columns;
    const all = this.#all;
    this.#first = first;
    this.#end = Math.min(this.#rows.length, first + PART_PACKETS);
    const sorter = this.#sorter;
    sorter.sort(this.#rows, first, this.#end);
    sorter.fill16(all.valid, valid);
    sorter.fill16(all.flags, flags);
    sorter.fill32(all.seq, seq);
    sorter.fill32(all.ack, ack);
    sorter.fill32(all.len, len);
    sorter.fill32(all.window, window);
    settle(all, this.count);
  }
}
