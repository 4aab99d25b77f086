/**
 * What a packet's header shows without its payload, and streams with packets whose headers differ from those of others of their direction:
 * somebody else's come from another distance, and seldom carry timestamps. Knows no findings.
 */
import { BARE_HEADER, headerLengthOf, TIMESTAMP_HEADER } from "./checksums";
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

/** Without these nothing can be compared. */
const NUMBERED = Valid.seq | Valid.len;

/** Bits of Trait of a row. */
export function traitsOf(columns: TraitColumns, row: number): number {
  const { ttl, flags, len, valid } = columns;
  let bits = ttl[row] & Trait.ttl;
  const header = headerLengthOf(columns, row);
  if (header === BARE_HEADER) bits |= Trait.bare;
  else if (header >= TIMESTAMP_HEADER) bits |= Trait.optioned;
  if (flags[row] & (TcpFlag.syn | TcpFlag.rst)) bits |= Trait.control;
  if (len[row] > 1 && (valid[row] & NUMBERED) === NUMBERED) bits |= Trait.data;
  return bits;
}

/** Finds the streams of a walk whose headers differ within a direction. */
export class HeaderScreen implements PacketVisitor {
  /** 1 per stream of the walk that is one. */
  readonly isMixed: Uint8Array;
  readonly #columns: TraitColumns;
  readonly #walk: StreamWalk;
  /** Those of the part at hand, which begins at a place of the walk. */
  readonly #traits: Uint16Array;
  #first = 0;
  #stream = -1;
  #nextStart = 0;
  /** Of the first packet each way; -1 before it. */
  #one = -1;
  #other = -1;

  constructor(columns: TraitColumns, walk: StreamWalk) {
    this.#columns = columns;
    this.#walk = walk;
    this.#traits = new Uint16Array(Math.min(walk.rows.length, PART_PACKETS));
    this.isMixed = new Uint8Array(walk.streams.length);
  }

  takePart({ rows, places, count }: RowSorter, first: number): void {
    this.#first = first;
    fillTraits(this.#traits, this.#columns, rows, places, count);
  }

  take(_batch: TimedBatch, first: number, count: number): void {
    const { directions, starts } = this.#walk;
    const traits = this.#traits;
    const partFirst = this.#first;
    let [one, other, next] = [this.#one, this.#other, this.#nextStart];
    for (let place = first; place < first + count; place++) {
      if (place === next) {
        next = starts[++this.#stream + 1];
        one = other = -1;
      }
      const bits = traits[place - partFirst];
      if (bits & Trait.control) continue;
      const key = bits & (Trait.ttl | Trait.bare);
      if (directions[place] === 0) {
        if (one < 0) one = key;
        else if (key !== one) this.isMixed[this.#stream] = 1;
      } else {
        if (other < 0) other = key;
        else if (key !== other) this.isMixed[this.#stream] = 1;
      }
    }
    this.#one = one;
    this.#other = other;
    this.#nextStart = next;
  }
}

function fillTraits(target: Uint16Array, columns: TraitColumns, rows: Uint32Array, places: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) target[places[i]] = traitsOf(columns, rows[i]);
}
