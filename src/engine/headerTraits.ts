/**
 * What a packet's header shows without its payload, and streams with packets whose headers differ from those of others of their direction:
 * somebody else's come from another distance, and seldom carry timestamps. Knows no findings.
 */
import { BARE_HEADER, headerLength, headerLengthOf, TIMESTAMP_HEADER } from "./checksums";
import { Valid, type PacketColumns } from "./columns";
import { PART_PACKETS, type PacketVisitor, type TimedBatch } from "./packetBatch";
import type { RowSorter } from "./rowSorter";
import type { StreamWalk } from "./streamWalk";
import { TcpFlag } from "./tcpFlags";

/** What a packet shows, as bits above its TTL. */
export const Trait = {
  ttl: 0xff,
  /** Its header has no options; or has as many as timestamps take, or more. Neither: not known. */
  bare: 1 << 8,
  optioned: 1 << 9,
  /** SYN or reset: these have headers of their own. */
  control: 1 << 10,
  data: 1 << 11,
} as const;

type TraitColumns = Pick<PacketColumns, "rows" | "ttl" | "headerLen" | "ipLen" | "len" | "flags" | "valid">;

const HEADER_COLUMNS = ["ttl", "ipLen", "headerLen"] as const;
type HeaderColumn = (typeof HEADER_COLUMNS)[number];

/** Without these nothing can be compared. */
const NUMBERED = Valid.seq | Valid.len;

/** Bits of Trait of a row. */
export function traitsOf(columns: TraitColumns, row: number): number {
  const { ttl, flags, len, valid } = columns;
  return traitBits(ttl[row], headerLengthOf(columns, row), flags[row], len[row], valid[row]);
}

function traitBits(ttl: number, header: number, flags: number, len: number, valid: number): number {
  return (
    (ttl & Trait.ttl) |
    (header === BARE_HEADER ? Trait.bare : header >= TIMESTAMP_HEADER ? Trait.optioned : 0) |
    ((flags & (TcpFlag.syn | TcpFlag.rst)) !== 0 ? Trait.control : 0) |
    (len > 1 && (valid & NUMBERED) === NUMBERED ? Trait.data : 0)
  );
}

/** Finds the streams of a walk whose headers differ within a direction. */
export class HeaderScreen implements PacketVisitor {
  /** 1 per stream of the walk that is one. */
  readonly isMixed: Uint8Array;
  readonly #columns: PacketColumns;
  readonly #walk: StreamWalk;
  /** Columns that the file has, and what the packets of the part at hand have there, which begins at a place of the walk. */
  readonly #has: Readonly<Record<HeaderColumn, boolean>>;
  readonly #part: Readonly<Record<HeaderColumn, Uint16Array>>;
  #first = 0;
  #stream = -1;
  #nextStart = 0;
  /** Of the first packet each way; -1 before it. */
  #one = -1;
  #other = -1;

  constructor(columns: PacketColumns, walk: StreamWalk) {
    this.#columns = columns;
    this.#walk = walk;
    const packets = Math.min(walk.rows.length, PART_PACKETS);
    this.#has = { ttl: columns.has("ttl"), ipLen: columns.has("ipLen"), headerLen: columns.has("headerLen") };
    // Nobody touches the lists of columns without values: they take no memory.
    const list = (): Uint16Array => new Uint16Array(packets);
    this.#part = { ttl: list(), ipLen: list(), headerLen: list() };
    this.isMixed = new Uint8Array(walk.streams.length);
  }

  takePart(sorter: RowSorter, first: number): void {
    this.#first = first;
    for (const name of HEADER_COLUMNS) if (this.#has[name]) sorter.fill16(this.#part[name], this.#columns[name]);
  }

  take({ flags, len, valid }: TimedBatch, first: number, count: number): void {
    const { directions, starts } = this.#walk;
    const { ttl, ipLen, headerLen } = this.#part;
    const { isMixed } = this;
    const hasHeader = this.#has.headerLen || this.#has.ipLen;
    const partFirst = this.#first;
    let [one, other, next] = [this.#one, this.#other, this.#nextStart];
    for (let i = 0; i < count; i++) {
      const place = first + i;
      if (place === next) {
        next = starts[++this.#stream + 1];
        one = other = -1;
      }
      if ((flags[i] & (TcpFlag.syn | TcpFlag.rst)) !== 0) continue;
      const at = place - partFirst;
      const header = hasHeader ? headerLength(headerLen[at], ipLen[at], len[i]) : 0;
      const key = traitBits(ttl[at], header, flags[i], len[i], valid[i]) & (Trait.ttl | Trait.bare);
      if (directions[place] === 0) {
        if (one < 0) one = key;
        else if (key !== one) isMixed[this.#stream] = 1;
      } else {
        if (other < 0) other = key;
        else if (key !== other) isMixed[this.#stream] = 1;
      }
    }
    this.#one = one;
    this.#other = other;
    this.#nextStart = next;
  }
}
