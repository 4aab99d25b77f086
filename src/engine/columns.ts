/**
 * The packets of a capture as columns: one typed array per field, one place per row, rows in file order. Text is kept
 * once in a dictionary and by code in the column.
 */
import { ByteDictionary } from "./dictionary";
import type { ZoneInfo } from "../shared/model";

/** Bits of PacketColumns.valid: the row has a value in that column. */
export const Valid = {
  seq: 1 << 0,
  time: 1 << 1,
  frame: 1 << 2,
  stream: 1 << 3,
  len: 1 << 4,
  ack: 1 << 5,
  flags: 1 << 6,
  window: 1 << 7,
  srcPort: 1 << 8,
  dstPort: 1 << 9,
} as const;

/** Code of text columns for an empty cell. */
export const NO_TEXT = -1;

/**
 * See the file header. Only places below `rows` mean anything, and those of a number column only where its bit of
 * `valid` is set. 64 bytes per row.
 */
export class PacketColumns {
  rows = 0;
  /** Bits of Valid. */
  valid = new Uint32Array(0);
  /** Sequence number, relative or raw as the file says; 0..2^32-1. */
  seq = new Uint32Array(0);
  /** Whole seconds since 1970-01-01T00:00:00 on the capture's clock, floored. */
  seconds = new Float64Array(0);
  /** Nanoseconds within the second. */
  nanos = new Uint32Array(0);
  /** Index into `zones`. */
  zone = new Uint8Array(0);
  /** frame.number. */
  frame = new Uint32Array(0);
  /** tcp.stream. */
  stream = new Uint32Array(0);
  /** tcp.len: payload bytes. */
  len = new Uint32Array(0);
  /** tcp.ack, relative or raw as the file says. */
  ack = new Uint32Array(0);
  /** tcp.window_size, bytes. */
  window = new Uint32Array(0);
  /** tcp.flags, the 12 bits of the header. */
  flags = new Uint16Array(0);
  srcPort = new Uint16Array(0);
  dstPort = new Uint16Array(0);
  /** Codes into `addresses`, IPv4 and IPv6 alike; NO_TEXT for none. Under tunnels the inner address. */
  src = new Int32Array(0);
  dst = new Int32Array(0);
  /** Codes into `protocolNames`: frame.protocols. */
  protocols = new Int32Array(0);
  /** Codes into `labelNames`. */
  label = new Int32Array(0);

  readonly addresses = new ByteDictionary();
  readonly protocolNames = new ByteDictionary();
  readonly labelNames = new ByteDictionary();
  /** The zones that occur; Columns.zone points here. */
  readonly zones: ZoneInfo[] = [];

  /** Makes place for `rows` rows in all, keeping those there are. */
  reserve(rows: number): void {
    if (rows <= this.valid.length) return;
    this.valid = resize(this.valid, new Uint32Array(rows));
    this.seq = resize(this.seq, new Uint32Array(rows));
    this.seconds = resize(this.seconds, new Float64Array(rows));
    this.nanos = resize(this.nanos, new Uint32Array(rows));
    this.zone = resize(this.zone, new Uint8Array(rows));
    this.frame = resize(this.frame, new Uint32Array(rows));
    this.stream = resize(this.stream, new Uint32Array(rows));
    this.len = resize(this.len, new Uint32Array(rows));
    this.ack = resize(this.ack, new Uint32Array(rows));
    this.window = resize(this.window, new Uint32Array(rows));
    this.flags = resize(this.flags, new Uint16Array(rows));
    this.srcPort = resize(this.srcPort, new Uint16Array(rows));
    this.dstPort = resize(this.dstPort, new Uint16Array(rows));
    this.src = resize(this.src, new Int32Array(rows));
    this.dst = resize(this.dst, new Int32Array(rows));
    this.protocols = resize(this.protocols, new Int32Array(rows));
    this.label = resize(this.label, new Int32Array(rows));
  }

  /** Begins a row with nothing in it; returns its place. */
  addRow(): number {
    const row = this.rows++;
    if (row >= this.valid.length) this.reserve(Math.max(1024, Math.ceil(row * 1.25)));
    this.valid[row] = 0;
    this.src[row] = this.dst[row] = this.protocols[row] = this.label[row] = NO_TEXT;
    return row;
  }
}

function resize<T extends Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
