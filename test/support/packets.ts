/** Packets by hand: columns of few rows, without a file. */
import { PacketColumns, Valid } from "../../src/engine/columns";
import type { Detector, DetectorContext } from "../../src/engine/detectors/detector";
import type { FieldKey } from "../../src/engine/fields";
import { SequenceIndex } from "../../src/engine/frequency";
import { followStreams, type FollowedStreams } from "../../src/engine/followStreams";
import { countKeys } from "../../src/engine/rowGroups";
import { groupAll } from "../../src/engine/sort/numberSorter";
import { LABEL_FIELDS, SegmentLabel } from "../../src/engine/segmentLabels";
import { ALL_STREAMS, orderRange, StreamOrder } from "../../src/engine/streamOrder";
import { TcpFlag } from "../../src/engine/tcpFlags";
import { MODULES } from "./modules";

/** One packet; what is left out is missing in the file, except where a default stands. */
export interface Packet {
  /** Who sends: "a" (10.0.0.1:1000) unless said otherwise, or address:port, IPv6 without brackets. */
  from?: string;
  /** To whom: "b" (10.0.0.2:80) unless said otherwise; "a" for packets from "b". */
  to?: string;
  seq?: number;
  /** tcp.seq_raw beside a relative one. */
  raw?: number;
  ack?: number;
  /** Default 0. Null: no cell. */
  len?: number | null;
  /** Letters of F, S, R, P, A, U; default "A" with an ack, else none. Null: no cell. */
  flags?: string | null;
  /** Default 8192. Null: no cell. */
  window?: number | null;
  /** Seconds; default: 1 s after the one before. Null: no cell. */
  time?: number | null;
  /** Default: counted from 1. Null: no cell. */
  frame?: number | null;
  /** Default 0. Null: no cell. */
  stream?: number | null;
  /** Number on the wire, beside a relative one. */
  seqRaw?: number;
  /** As `frame.protocols`: `eth:ip:tcp`. */
  protocols?: string;
  /** ip.ttl. */
  ttl?: number;
}

const LETTERS = { F: TcpFlag.fin, S: TcpFlag.syn, R: TcpFlag.rst, P: TcpFlag.psh, A: TcpFlag.ack, U: TcpFlag.urg };
const ENDPOINTS: Record<string, string> = { a: "10.0.0.1:1000", b: "10.0.0.2:80" };

/** Columns with these rows, in this order. */
export function columnsOf(packets: readonly Packet[]): PacketColumns {
  const columns = new PacketColumns();
  let last = 0;
  packets.forEach((packet, i) => {
    const row = columns.addRow();
    const set = (
      name: "seq" | "ack" | "len" | "flags" | "window" | "frame" | "stream" | "seqRaw",
      value: number | null | undefined,
    ): void => {
      if (value === null || value === undefined) return;
      columns[name][row] = value;
      columns.valid[row] |= Valid[name];
    };
    if (packet.raw !== undefined) {
      columns.seqRaw[row] = packet.raw;
      columns.valid[row] |= Valid.seqRaw;
    }
    const { from = "a", seq, ack, len = 0, window = 8192, time = last + 1, frame = i + 1, stream = 0 } = packet;
    const { to = from === "b" ? "a" : "b", flags = ack === undefined ? "" : "A" } = packet;
    set("seq", seq);
    set("ack", ack ?? (flags === null ? null : 0));
    set("len", len);
    set("flags", flags === null ? null : [...flags].reduce((bits, letter) => bits | LETTERS[letter as keyof typeof LETTERS], 0));
    set("window", window);
    set("frame", frame);
    set("stream", stream);
    set("seqRaw", packet.seqRaw);
    const protocols = new TextEncoder().encode(packet.protocols ?? "");
    columns.protocols[row] = columns.protocolNames.intern(protocols, 0, protocols.length);
    columns.ttl[row] = packet.ttl ?? 0;
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
      const endpoint = ENDPOINTS[end] ?? end;
      const colon = endpoint.lastIndexOf(":");
      const [address, port] = [endpoint.slice(0, colon), endpoint.slice(colon + 1)];
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
  return new StreamOrder(rows, [orderRange(MODULES.sorter, columns, segments, ALL_STREAMS, rows)], segments);
}

/** Everything that streams are followed by. */
export function follow(packets: readonly Packet[]): FollowedStreams {
  const columns = columnsOf(packets);
  return followStreams(MODULES, columns, orderOf(columns));
}

/** The index of rows that lie in the order of the file. */
export function indexOf(columns: PacketColumns): SequenceIndex {
  const segments = [{ first: 0, rows: columns.rows }];
  const rows = new Uint32Array(countKeys(columns, "seq"));
  return new SequenceIndex(segments, rows, groupAll(MODULES.sorter, columns, segments, rows));
}

/** What a detector looks at, thresholds as at medium sensitivity: a whole capture with all fields but raw numbers, unless said otherwise. */
export function contextOf(detector: Detector, packets: readonly Packet[], changes: Partial<DetectorContext> = {}): DetectorContext {
  const columns = columnsOf(packets);
  return {
    columns,
    index: indexOf(columns),
    streams: followStreams(MODULES, columns, orderOf(columns)),
    coverage: { share: 1, unseenAcks: 0, oneSided: 0 },
    fields: new Set<FieldKey>([
      "frame",
      "timeEpoch",
      "srcV4",
      "dstV4",
      "srcPort",
      "dstPort",
      "stream",
      "seq",
      "ack",
      "len",
      "flags",
      "window",
    ]),
    thresholds: Object.fromEntries(detector.thresholds.map(({ name, values }) => [name, values.medium])),
    readPayloads: undefined,
    pause: () => Promise.resolve(),
    ...changes,
  };
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
