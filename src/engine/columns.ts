/**
 * The packets of a capture as columns: one typed array per field, one place per row, rows in file order. Text is kept
 * once in a dictionary and by code in the column.
 */
import { ByteDictionary } from "./dictionary";
import type { HeaderMap } from "./fields";
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
  /** All cells of the row were read one by one, and what was wrong with them is in the import report. */
  noted: 1 << 10,
  checksum: 1 << 11,
  seqRaw: 1 << 12,
  tsVal: 1 << 13,
  /** A place without a row: a header in the middle of the file, say. */
  noRow: 1 << 14,
} as const;

/**
 * Columns of plain numbers, named as their fields, with the bits of their array and their bit of `valid`: both readers go
 * by this list. Without a bit, 0 stands for a missing value.
 */
export const NUMBER_COLUMNS = [
  { name: "frame", bits: 32, valid: Valid.frame },
  { name: "stream", bits: 32, valid: Valid.stream },
  { name: "len", bits: 32, valid: Valid.len },
  { name: "ack", bits: 32, valid: Valid.ack },
  { name: "window", bits: 32, valid: Valid.window },
  { name: "flags", bits: 16, valid: Valid.flags },
  { name: "srcPort", bits: 16, valid: Valid.srcPort },
  { name: "dstPort", bits: 16, valid: Valid.dstPort },
  { name: "checksum", bits: 16, valid: Valid.checksum },
  { name: "seqRaw", bits: 32, valid: Valid.seqRaw },
  { name: "tsVal", bits: 32, valid: Valid.tsVal },
  { name: "tsEcr", bits: 32, valid: 0 },
  { name: "ttl", bits: 16, valid: 0 },
  { name: "ipLen", bits: 16, valid: 0 },
  { name: "headerLen", bits: 16, valid: 0 },
] as const;

/** Those of them that a file has. */
export const numberColumnsOf = ({ columns }: HeaderMap): readonly (typeof NUMBER_COLUMNS)[number][] =>
  // Where the file has only raw numbers, they are the sequence numbers themselves.
  NUMBER_COLUMNS.filter(({ name }) => columns.has(name) && (name !== "seqRaw" || columns.has("seq")));

/** Columns of codes. */
const TEXT_COLUMNS = ["protocols", "label", "src", "dst"] as const;
/** Columns in which 0 means that there is no value. */
const ZERO_COLUMNS = [...TEXT_COLUMNS, ...NUMBER_COLUMNS.filter(({ valid }) => valid === 0).map(({ name }) => name)] as const;

/** Largest number of so many bits. */
export const largestOf = (bits: number): number => 2 ** bits - 1;

/** The columns with their array types. */
export const COLUMN_TYPES = {
  valid: Uint16Array,
  seq: Uint32Array,
  seconds: Float64Array,
  nanos: Uint32Array,
  zone: Uint8Array,
  protocols: Uint32Array,
  label: Uint32Array,
  frame: Uint32Array,
  stream: Uint32Array,
  len: Uint32Array,
  ack: Uint32Array,
  window: Uint32Array,
  flags: Uint16Array,
  srcPort: Uint16Array,
  dstPort: Uint16Array,
  src: Uint32Array,
  dst: Uint32Array,
  checksum: Uint16Array,
  seqRaw: Uint32Array,
  tsVal: Uint32Array,
  tsEcr: Uint32Array,
  ttl: Uint16Array,
  ipLen: Uint16Array,
  headerLen: Uint16Array,
  offset: Uint32Array,
} as const;

/** Name of a column. */
export type ColumnName = keyof typeof COLUMN_TYPES;

/**
 * Columns read first that take half of their memory where what they hold is as usual: dates of 1970 to 2106, and at most 65,536 texts.
 * Memory that is touched for the first time costs time: 8 bytes less of 27 are 4 % of a first answer, and 24 MB (3 M rows, two threads).
 */
const NARROW_TYPES = { ...COLUMN_TYPES, seconds: Uint32Array, protocols: Uint16Array, label: Uint16Array } as const;

/** Texts that a narrow column has codes for. */
export const NARROW_CODES = 1 << 16;

/** Columns that the list of numbers and their timelines need: read first. */
export const FIRST_COLUMNS = ["valid", "seq", "seconds", "nanos", "zone", "protocols", "label"] as const;
/** All other columns but `valid`, which holds bits of both. */
export const REST_COLUMNS = [...NUMBER_COLUMNS.map(({ name }) => name), "src", "dst", "offset"] as const;
/** Bits of `valid` that come with the columns read first. */
export const FIRST_BITS = Valid.seq | Valid.time | Valid.noted;

/** Whole seconds, and codes of few texts, in columns that may be narrow. */
export type SecondsColumn = Float64Array | Uint32Array;
export type CodesColumn = Uint32Array | Uint16Array;
type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** Memory of columns, as it crosses threads. */
export type ColumnBuffers = Readonly<Record<ColumnName, SharedArrayBuffer>>;

const columnNames = Object.keys(COLUMN_TYPES) as ColumnName[];

/** Code of text columns for an empty cell: that of the empty text in every dictionary. */
export const NO_TEXT = 0;

/** Columns that a file with this header can fill; the others take no memory. */
export function presentColumns(header: HeaderMap): Set<ColumnName> {
  const { columns } = header;
  const present = new Set<ColumnName>(["valid", "seq", "seconds", "nanos", "zone", "offset"]);
  const hasNumbers = columns.has("seq") || columns.has("seqRaw");
  for (const { name } of numberColumnsOf(header)) present.add(name);
  // Wireshark's Info text names these.
  if (!hasNumbers && columns.has("info"))
    for (const name of ["ack", "window", "len", "flags", "srcPort", "dstPort"] as const) present.add(name);
  if (columns.has("protocols")) present.add("protocols");
  if (columns.has("label")) present.add("label");
  if (columns.has("srcV4") || columns.has("srcV6")) present.add("src");
  if (columns.has("dstV4") || columns.has("dstV6")) present.add("dst");
  return present;
}

/**
 * See the file header. Only places below `rows` mean anything, and those of a number column only where its bit of
 * `valid` is set. At most 91 bytes per row; 71 with the columns of a usual export, 62 where they can be narrow.
 */
export class PacketColumns {
  rows = 0;
  /** Bits of Valid. */
  valid = new Uint16Array(0);
  /** Sequence number, relative or raw as the file says; 0..2^32-1. */
  seq = new Uint32Array(0);
  /** Whole seconds since 1970-01-01T00:00:00 on the capture's clock, floored. */
  seconds: SecondsColumn = new Float64Array(0);
  /** Nanoseconds within the second. */
  nanos = new Uint32Array(0);
  /** Index into `zones`. */
  zone = new Uint8Array(0);
  /** Codes into `protocolNames`: frame.protocols. */
  protocols: CodesColumn = new Uint32Array(0);
  /** Codes into `labelNames`. */
  label: CodesColumn = new Uint32Array(0);
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
  src = new Uint32Array(0);
  dst = new Uint32Array(0);
  /** tcp.checksum, as it stands in the packet. */
  checksum = new Uint16Array(0);
  /** tcp.seq_raw, where the file has relative numbers beside it. */
  seqRaw = new Uint32Array(0);
  /** tcp.options.timestamp.tsval and, 0 for none, tsecr. */
  tsVal = new Uint32Array(0);
  tsEcr = new Uint32Array(0);
  /** ip.ttl, or the hop limit of IPv6; 0 for none. */
  ttl = new Uint16Array(0);
  /** ip.len, bytes; 0 for none (also for segments that the network card still has to cut). */
  ipLen = new Uint16Array(0);
  /** tcp.hdr_len, bytes; 0 for none. */
  headerLen = new Uint16Array(0);
  /** Offset of the row's first byte in the text, its lower 32 bits; RowOffsets knows the others. */
  offset = new Uint32Array(0);

  readonly addresses = new ByteDictionary();
  readonly protocolNames = new ByteDictionary();
  readonly labelNames = new ByteDictionary();
  /** The zones that occur; Columns.zone points here. */
  readonly zones: ZoneInfo[] = [];
  readonly #present: ReadonlySet<ColumnName>;
  readonly #isNarrow: boolean;

  /** `present`: the columns that will be written; all others stay 0. `isNarrow`: see NARROW_TYPES. */
  constructor(present: ReadonlySet<ColumnName> = new Set(columnNames), isNarrow = false) {
    this.#present = present;
    this.#isNarrow = isNarrow;
  }

  /** Whether a column is written at all. One that is not takes no memory while nobody reads it. */
  has(name: ColumnName): boolean {
    return this.#present.has(name);
  }

  /** This object, as a table of columns. */
  get #all(): Record<ColumnName, Column> {
    return this;
  }

  /** Makes place for `rows` rows in all, keeping those there are. */
  reserve(rows: number): void {
    if (rows <= this.valid.length) return;
    for (const name of columnNames) {
      const larger = new COLUMN_TYPES[name](rows);
      // Pages that nobody touches take no memory.
      if (this.#present.has(name)) larger.set(this.#all[name].subarray(0, this.rows));
      this.#all[name] = larger;
    }
  }

  /** Takes memory that is there already: `at` holds the byte offset of every column, each with `rows` places. */
  useMemory(buffer: ArrayBuffer, at: Readonly<Record<ColumnName, number>>, rows: number): void {
    for (const name of columnNames) this.#all[name] = new COLUMN_TYPES[name](buffer, at[name], rows);
  }

  /** Takes memory that other threads share. */
  useShared(buffers: ColumnBuffers): void {
    const types = this.#isNarrow ? NARROW_TYPES : COLUMN_TYPES;
    for (const name of columnNames) this.#all[name] = new (types[name] as new (buffer: SharedArrayBuffer) => Column)(buffers[name]);
  }

  /**
   * Copies the first `count` places of some of another capture's columns, none of them narrow, to places `first` and on.
   * False when a time does not fit into a narrow column. Whether codes do, their dictionary says.
   */
  copyFrom(other: PacketColumns, names: readonly ColumnName[], count: number, first: number): boolean {
    let fits = true;
    for (const name of names) {
      if (!this.#present.has(name)) continue;
      const from = (other as Record<ColumnName, Column>)[name];
      const to = this.#all[name];
      if (name === "seconds" && this.#isNarrow) fits = narrowSeconds(from as Float64Array, to as Uint32Array, count, first);
      else to.set(from.subarray(0, count), first);
    }
    return fits;
  }

  /** Adds bits of another capture's first `count` rows to those of the rows `first` and on. */
  addBits(other: PacketColumns, mask: number, count: number, first: number): void {
    for (let row = 0; row < count; row++) this.valid[first + row] |= other.valid[row] & mask;
  }

  /** Begins a row with nothing in it; returns its place. */
  addRow(): number {
    const row = this.rows++;
    if (row >= this.valid.length) {
      this.rows = row;
      this.reserve(Math.max(1024, Math.ceil(row * 1.25)));
      this.rows = row + 1;
    }
    this.clear(row, row + 1);
    return row;
  }

  /** Copies a row over another. */
  move(from: number, to: number): void {
    for (const name of this.#present) this.#all[name][to] = this.#all[name][from];
  }

  /** Empties the rows from `first` up to `end`. */
  clear(first: number, end: number): void {
    this.valid.fill(0, first, end);
    for (const name of ZERO_COLUMNS) if (this.#present.has(name)) this.#all[name].fill(0, first, end);
  }
}

function narrowSeconds(from: Float64Array, to: Uint32Array, count: number, first: number): boolean {
  let differing = 0;
  for (let i = 0; i < count; i++) {
    const value = from[i];
    to[first + i] = value;
    if (to[first + i] !== value) differing++;
  }
  return differing === 0;
}

/** Memory for so many rows that threads can share, where threads can share any; pages that nobody touches take no room. */
export function shareColumns(rows: number, isNarrow: boolean): ColumnBuffers {
  const types = isNarrow ? NARROW_TYPES : COLUMN_TYPES;
  return Object.fromEntries(
    columnNames.map((name) => [name, shareBytes(rows * types[name].BYTES_PER_ELEMENT)]),
  ) as unknown as ColumnBuffers;
}

/** False where there is no SharedArrayBuffer: then one thread reads, in memory of its own. */
export const canShareMemory = typeof SharedArrayBuffer !== "undefined";

/** Zeroed memory, shared between threads where that is possible. */
export const shareBytes = (bytes: number): SharedArrayBuffer =>
  canShareMemory ? new SharedArrayBuffer(bytes) : (new ArrayBuffer(bytes) as unknown as SharedArrayBuffer);
