/**
 * What following streams looks at, packet by packet, side by side in memory. The packets of a stream lie anywhere in a file, and a
 * row of many columns is many places in memory: looked up one by one, labels take three times as long (3 million rows in
 * random order). Records are made of the columns as these lie, for a million packets at a time: 36 MB instead of 32 bytes a row.
 * Each time that reads all columns once, so whoever looks at packets does it with all others, batch by batch.
 */
import { Valid, type PacketColumns } from "./columns";
import type { Steps } from "./steps";
import { TcpFlag } from "./tcpFlags";

/** Columns that records are made of. */
export type RecordColumns = Pick<
  PacketColumns,
  "rows" | "valid" | "seq" | "ack" | "len" | "window" | "flags" | "frame" | "seconds" | "nanos"
>;

/** Window of rows that name none: equal to each other, and not zero. */
export const UNKNOWN_WINDOW = 1;

const RECORD_BYTES = 32;
/** Records made at a time. A quarter of that took 0.2 s more for 3 million rows. */
const PART_PACKETS = 1 << 20;

// Places in a record, in units of the view.
const WORDS = 8;
const [SEQ, ACK, LEN, WINDOW, FRAME] = [0, 1, 2, 3, 5];
const HALVES = 16;
const [FLAGS, VALID] = [8, 9];
const DOUBLES = 4;
const NS = 3;

/** Records of the packets of a walk. Made for a run of detectors, and dropped behind it. */
export class PacketRecords {
  /** The packets, in the order of the walk. */
  readonly rows: Uint32Array;
  readonly words: Uint32Array;
  readonly halves: Uint16Array;
  readonly doubles: Float64Array;
  readonly #columns: RecordColumns;
  readonly #earliest: number;
  /** Per row its place in the walk; NO_PLACE for rows of no stream. */
  readonly #placeOf: Uint32Array;
  /** Places that records are at hand of. */
  #first = 0;
  #end = 0;

  constructor(columns: RecordColumns, rows: Uint32Array) {
    this.#columns = columns;
    this.rows = rows;
    const buffer = new ArrayBuffer(RECORD_BYTES * Math.min(rows.length, PART_PACKETS));
    this.words = new Uint32Array(buffer);
    this.halves = new Uint16Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.#placeOf = new Uint32Array(columns.rows).fill(NO_PLACE);
    invert(rows, this.#placeOf);
    this.#earliest = earliestOf(columns);
  }

  /** Has the records of the packets at the places [first, first + count) of the walk at hand; returns where the first one is. */
  need(first: number, count: number): number {
    if (first < this.#first || first + count > this.#end) {
      this.#first = first;
      this.#end = Math.min(this.rows.length, first + PART_PACKETS);
      this.#make();
    }
    return first - this.#first;
  }

  #make(): void {
    const { rows, valid, seq, ack, len, window, flags, frame, seconds, nanos } = this.#columns;
    const { words, halves, doubles } = this;
    const placeOf = this.#placeOf;
    const earliest = this.#earliest;
    const first = this.#first;
    const count = this.#end - first;
    for (let row = 0; row < rows; row++) {
      const place = placeOf[row] - first;
      if (place < 0 || place >= count) continue;
      const bits = valid[row];
      const word = place * WORDS;
      const hasAck = (bits & Valid.ack) !== 0;
      words[word + SEQ] = seq[row];
      words[word + ACK] = hasAck ? ack[row] : 0;
      words[word + LEN] = len[row];
      words[word + WINDOW] = bits & Valid.window ? window[row] : UNKNOWN_WINDOW;
      words[word + FRAME] = frame[row];
      // Without flags whoever names a number acknowledges it.
      if ((bits & Valid.flags) === 0) halves[place * HALVES + FLAGS] = hasAck && ack[row] !== 0 ? TcpFlag.ack : 0;
      else halves[place * HALVES + FLAGS] = hasAck ? flags[row] : flags[row] & ~TcpFlag.ack;
      halves[place * HALVES + VALID] = bits;
      doubles[place * DOUBLES + NS] = bits & Valid.time ? (seconds[row] - earliest) * 1e9 + nanos[row] : NaN;
    }
  }
}

const NO_PLACE = 0xffffffff;

function invert(rows: Uint32Array, placeOf: Uint32Array): void {
  for (let place = 0; place < rows.length; place++) placeOf[rows[place]] = place;
}

function earliestOf({ rows, valid, seconds }: RecordColumns): number {
  let earliest = Infinity;
  for (let row = 0; row < rows; row++) if (valid[row] & Valid.time && seconds[row] < earliest) earliest = seconds[row];
  return earliest;
}

/** Looks at the packets of a walk, one batch after the other. */
export interface PacketVisitor {
  /** The packets at the places [first, first + count) of the walk. */
  take(batch: PacketBatch, first: number, count: number): void;
}

/** Packets that a batch holds. */
export const BATCH_PACKETS = 1024;

/** Some packets, column by column; places from 0. */
export class PacketBatch {
  readonly seq = new Uint32Array(BATCH_PACKETS);
  /** 0 without one. */
  readonly ack = new Uint32Array(BATCH_PACKETS);
  readonly len = new Uint32Array(BATCH_PACKETS);
  /** UNKNOWN_WINDOW without one. */
  readonly window = new Uint32Array(BATCH_PACKETS);
  readonly frame = new Uint32Array(BATCH_PACKETS);
  /** `tcp.flags`; the ACK bit only where the row has a number to it, and by that alone where it has no flags. */
  readonly flags = new Uint16Array(BATCH_PACKETS);
  /** Bits of Valid. */
  readonly valid = new Uint16Array(BATCH_PACKETS);
  /** Since the capture's earliest second; NaN without a time. Exact over 104 days, to 32 ns over four years. */
  readonly ns = new Float64Array(BATCH_PACKETS);

  /** Takes the packets at the places [first, first + count) of the records' walk, at most BATCH_PACKETS of them. */
  load(records: PacketRecords, first: number, count: number): void {
    const { seq, ack, len, window, frame, flags, valid, ns } = this;
    const { words, halves, doubles } = records;
    const start = records.need(first, count);
    for (let i = 0; i < count; i++) {
      const word = (start + i) * WORDS;
      seq[i] = words[word + SEQ];
      ack[i] = words[word + ACK];
      len[i] = words[word + LEN];
      window[i] = words[word + WINDOW];
      frame[i] = words[word + FRAME];
      flags[i] = halves[(start + i) * HALVES + FLAGS];
      valid[i] = halves[(start + i) * HALVES + VALID];
      ns[i] = doubles[(start + i) * DOUBLES + NS];
    }
  }
}

/** Batches between two steps. */
const STEP_BATCHES = 64;

/** Shows all packets of a walk to visitors, each batch to all of them in their order. */
export function* visitPackets(records: PacketRecords, visitors: readonly PacketVisitor[]): Steps<void> {
  const batch = new PacketBatch();
  const total = records.rows.length;
  for (let first = 0, batches = 0; first < total; first += BATCH_PACKETS) {
    const count = Math.min(BATCH_PACKETS, total - first);
    batch.load(records, first, count);
    for (const visitor of visitors) visitor.take(batch, first, count);
    if (++batches % STEP_BATCHES === 0) yield;
  }
}
