/**
 * What a packet's header shows without its payload: somebody else's packets come from another distance, and seldom carry timestamps. Knows no
 * findings. Streams with packets whose headers differ within a direction the follower finds (FollowedStreams.isMixed).
 */
import { BARE_HEADER, headerLengthOf, TIMESTAMP_HEADER } from "./checksums";
import { Valid, type PacketColumns } from "./columns";
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

type TraitColumns = Pick<PacketColumns, "has" | "ttl" | "headerLen" | "ipLen" | "len" | "flags" | "valid">;

/** Without these nothing can be compared. */
const NUMBERED = Valid.seq | Valid.len;

/** Bits of Trait of a row. */
export function traitsOf(columns: TraitColumns, row: number): number {
  const ttl = columns.ttl[row];
  const header = headerLengthOf(columns, row);
  return (
    (ttl & Trait.ttl) |
    (header === BARE_HEADER ? Trait.bare : header >= TIMESTAMP_HEADER ? Trait.optioned : 0) |
    ((columns.flags[row] & (TcpFlag.syn | TcpFlag.rst)) !== 0 ? Trait.control : 0) |
    (columns.len[row] > 1 && (columns.valid[row] & NUMBERED) === NUMBERED ? Trait.data : 0)
  );
}
