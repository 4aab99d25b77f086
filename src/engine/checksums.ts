/**
 * What TCP checksums say of payloads that the file does not have. A checksum is the complement of a ones' complement sum over addresses,
 * header, options and payload (RFC 9293 3.1), so arithmetic modulo 65,535: of two copies of a segment, whatever their headers do
 * not explain of the difference is in their options or payloads.
 */
import { Valid, type PacketColumns } from "./columns";
import { seqDiff } from "./seq";
import { TcpFlag } from "./tcpFlags";

/** `same`: options and payloads sum the same. `different`: payloads differ. `unknown`: the checksums do not tell. */
export type ChecksumVerdict = "same" | "different" | "unknown";

const MODULUS = 65535;
/** Headers without options, and with timestamps (10 bytes and 2 of padding) alone. */
export const BARE_HEADER = 20;
export const TIMESTAMP_HEADER = 32;
const MAX_HEADER = 60;
/** IPv4 without options. */
const IP_HEADER = 20;
/** Larger packets were put together, or are still to be cut, by a network card: their checksum is not that of what was on the wire. */
const MAX_PACKET = 1500;
const PROTOCOL_TCP = 6;
/** What both packets need. */
const NEEDED = Valid.seq | Valid.len | Valid.ack | Valid.flags | Valid.window | Valid.checksum;

const modulo = (value: number): number => ((value % MODULUS) + MODULUS) % MODULUS;

type HeaderColumns = Pick<PacketColumns, "has" | "headerLen" | "ipLen" | "len">;

/** Length of a row's TCP header, bytes, from tcp.hdr_len, else ip.len less an IPv4 header and payload; 0 for unknown. */
export function headerLengthOf(columns: HeaderColumns, row: number): number {
  // Reading here and there in a column that was never written costs a page each.
  const given = columns.has("headerLen") ? columns.headerLen[row] : 0;
  const bytes = given !== 0 ? given : columns.ipLen[row] - IP_HEADER - columns.len[row];
  return bytes >= BARE_HEADER && bytes <= MAX_HEADER && bytes % 4 === 0 ? bytes : 0;
}

/** Compares two segments of one direction with the same number and length by their checksums. */
export class ChecksumComparer {
  readonly #columns: PacketColumns;
  /** Sum over an address by its code. */
  readonly #addressSums = new Map<number, number>();

  constructor(columns: PacketColumns) {
    this.#columns = columns;
  }

  /**
   * `one` and `other`: rows. Unknown unless headers are equally long and without options, or with timestamps alone that the file has, and
   * windows are alike: as `tcp.window_size` shows them scaled, alike within a direction means alike on the wire.
   */
  compare(one: number, other: number): ChecksumVerdict {
    const columns = this.#columns;
    const { valid, window, flags, checksum, ack, tsVal, tsEcr, len } = columns;
    if ((valid[one] & valid[other] & NEEDED) !== NEEDED) return "unknown";
    const header = headerLengthOf(columns, one);
    if (header === 0 || header !== headerLengthOf(columns, other) || window[one] !== window[other]) return "unknown";
    // Without ACK or with URG there are numbers in the header that the file does not have.
    if ((flags[one] & flags[other] & TcpFlag.ack) === 0 || ((flags[one] | flags[other]) & TcpFlag.urg) !== 0) return "unknown";
    const acks = seqDiff(ack[one], ack[other]);
    let explained = acks + flags[one] - flags[other];
    let hasOtherHeader = acks !== 0 || flags[one] !== flags[other];
    let isAligned = true;
    let times = 0;
    if (header !== BARE_HEADER) {
      if (header !== TIMESTAMP_HEADER || (valid[one] & valid[other] & Valid.tsVal) === 0) {
        // Everything alike, the checksum too: the same packet twice, or a copy of it.
        return !hasOtherHeader && checksum[one] === checksum[other] ? "same" : "unknown";
      }
      times = tsVal[one] - tsVal[other] + tsEcr[one] - tsEcr[other];
      hasOtherHeader ||= tsVal[one] !== tsVal[other] || tsEcr[one] !== tsEcr[other];
      explained += times;
      isAligned = false;
    }
    const rest = modulo(checksum[one] - checksum[other] + explained);
    if (isExplained(rest, acks)) return "same";
    // A timestamp may begin at an odd byte: then its bytes count the other way round.
    if (!isAligned && isExplained(modulo(rest + 255 * times), acks)) return "same";
    // One checksum for different headers was put there before the network card filled in the right one.
    if (hasOtherHeader && checksum[one] === checksum[other]) return "unknown";
    if (checksum[one] === 0 || checksum[other] === 0) return "unknown";
    if (IP_HEADER + header + len[one] > MAX_PACKET) return "unknown";
    if (this.#isPartial(one, header) || this.#isPartial(other, header)) return "unknown";
    return "different";
  }

  /** The checksum is the sum over addresses, protocol and length that a system leaves for the network card to go on from. */
  #isPartial(row: number, header: number): boolean {
    const { src, dst, len, checksum } = this.#columns;
    const addresses = this.#sumOf(src[row]) + this.#sumOf(dst[row]) + PROTOCOL_TCP;
    const found = modulo(checksum[row]);
    return found === modulo(addresses + header + len[row]) || found === modulo(addresses);
  }

  #sumOf(code: number): number {
    let sum = this.#addressSums.get(code);
    if (sum === undefined) this.#addressSums.set(code, (sum = addressSum(this.#columns.addresses.valueOf(code))));
    return sum;
  }
}

/**
 * Nothing is left, or what the counter of ACKs itself leaves: raw numbers are relative ones plus a number that is not known, so if they
 * pass 2^32 between the two, their difference is one of 2^32 less or more, and that is 1 modulo 65,535.
 */
const isExplained = (rest: number, acks: number): boolean => rest === 0 || (acks !== 0 && modulo(rest - Math.sign(acks)) === 0);

/** Sum of the 16-bit words of an address as text, IPv4 or IPv6, modulo 65,535; 0 for anything else. */
export function addressSum(address: string): number {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(address)) {
    const [a, b, c, d] = address.split(".").map(Number);
    return modulo(a * 256 + b + c * 256 + d);
  }
  if (!/^[\da-f:]+$/i.test(address)) return 0;
  let sum = 0;
  for (const word of address.split(":")) sum += word === "" ? 0 : parseInt(word, 16);
  return modulo(sum);
}
