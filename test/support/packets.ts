/** Packets by hand: columns of few rows, without a file. */
import { PacketColumns, Valid } from "../../src/engine/columns";
import { followStreams, type FollowedStreams } from "../../src/engine/followStreams";
import { ALL_KEYS, countKeys } from "../../src/engine/rowGroups";
import { LABEL_FIELDS, SegmentLabel } from "../../src/engine/segmentLabels";
import { orderRange, StreamOrder } from "../../src/engine/streamOrder";
import { TcpFlag } from "../../src/engine/tcpFlags";

/** One packet; what is left out is missing in the file, except where a default stands. */
export interface Packet {
  /** Who sends: "a" (10.0.0.1:1000) unless said otherwise, or address:port. */
  from?: string;
  /** To whom: "b" (10.0.0.2:80) unless said otherwise; "a" for packets from "b". */
  to?: string;
  seq?: number;
  ack?: number;
  /** Default 0. Null: no cell. */
  len?: number | null;
  /** Letters of F, S, R, P, A; default "A" with an ack, else none. Null: no cell. */
  flags?: string | null;
  /** Default 8192. Null: no cell. */
  window?: number | null;
  /** Seconds; default: 1 s after the one before. Null: no cell. */
  time?: number | null;
  /** Default: counted from 1. Null: no cell. */
  frame?: number | null;
  /** Default 0. Null: no cell. */
  stream?: number | null;
}

const LETTERS = { F: TcpFlag.fin, S: TcpFlag.syn, R: TcpFlag.rst, P: TcpFlag.psh, A: TcpFlag.ack };
const ENDPOINTS: Record<string, string> = { a: "10.0.0.1:1000", b: "10.0.0.2:80" };

/** Columns with these rows, in this order. */
export function columnsOf(packets: readonly Packet[]): PacketColumns {
  const columns = new PacketColumns();
  let last = 0;
  packets.forEach((packet, i) => {
    const row = columns.addRow();
    const set = (name: "seq" | "ack" | "len" | "flags" | "window" | "frame" | "stream", value: number | null | undefined): void => {
      if (value === null || value === undefined) return;
      columns[name][row] = value;
      columns.valid[row] |= Valid[name];
    };
    const { from = "a", seq, ack, len = 0, window = 8192, time = last + 1, frame = i + 1, stream = 0 } = packet;
    const { to = from === "b" ? "a" : "b", flags = ack === undefined ? "" : "A" } = packet;
    set("seq", seq);
    set("ack", ack ?? (flags === null ? null : 0));
    set("len", len);
    set("flags", flags === null ? null : [...flags].reduce((bits, letter) => bits | LETTERS[letter as keyof typeof LETTERS], 0));
    set("window", window);
    set("frame", frame);
    set("stream", stream);
    if (time !== null) {
      last = time;
      columns.seconds[row] = Math.floor(time);
      columns.nanos[row] = Math.round((time - Math.floor(time)) * 1e9);
      columns.valid[row] |= Valid.time;
    }
    for (const [side, end] of [
      ["src", from],
      ["dst", to],
    ] as const) {
      const [address, port] = (ENDPOINTS[end] ?? end).split(":");
      const bytes = new TextEncoder().encode(address);
      columns[side][row] = columns.addresses.intern(bytes, 0, bytes.length);
      columns[`${side}Port`][row] = Number(port);
      columns.valid[row] |= Valid[`${side}Port`];
    }
  });
  return columns;
}

/** The order of the streams that the packets name. */
export function orderOf(columns: PacketColumns, segments = [{ first: 0, rows: columns.rows }]): StreamOrder {
  const rows = new Uint32Array(countKeys(columns, "stream"));
  return new StreamOrder(rows, [orderRange(columns, segments, ALL_KEYS, rows)], segments);
}

/** Everything that streams are followed by. */
export function follow(packets: readonly Packet[]): FollowedStreams {
  const columns = columnsOf(packets);
  return followStreams(columns, orderOf(columns));
}

/** Labels of a row's bits, joined by a space. */
export const namesOf = (bits: number): string =>
  [...LABEL_FIELDS.map(({ name }) => name), "zeroWindowProbe" as const, "zeroWindowProbeAck" as const]
    .filter((name) => bits & SegmentLabel[name])
    .join(" ");

/** Labels of every packet, in the order given. */
export const labelsOf = (packets: readonly Packet[]): string[] => Array.from(follow(packets).labels, namesOf);

/** The first three packets of a connection, relative numbers. */
export const HANDSHAKE: readonly Packet[] = [
  { seq: 0, flags: "S", time: 0 },
  { from: "b", seq: 0, ack: 1, flags: "SA", time: 0.05 },
  { seq: 1, ack: 1, time: 0.1 },
];
