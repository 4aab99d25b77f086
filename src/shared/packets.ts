/** Pages of packets, of any selection, in any order: the shapes of the packets table. */
import type { Moment } from "./model";
import type { PacketSelection } from "./selection";

/** Columns of the packets table, named as their fields. `analysis`: Wireshark's labels. `label`: the file's own. */
export const PACKET_COLUMNS = [
  "row",
  "frame",
  "time",
  "source",
  "target",
  "stream",
  "flags",
  "seq",
  "ack",
  "len",
  "window",
  "analysis",
  "protocols",
  "label",
] as const;
export type PacketColumn = (typeof PACKET_COLUMNS)[number];

/** Columns that are shown until the user chooses others. */
export const DEFAULT_PACKET_COLUMNS: readonly PacketColumn[] = PACKET_COLUMNS.filter(
  (column) => column !== "row" && column !== "protocols",
);

/** A column, whatever the value is. */
export const isPacketColumn = (value: unknown): value is PacketColumn => (PACKET_COLUMNS as readonly unknown[]).includes(value);

/** Some columns, each once. */
export const isPacketColumns = (value: unknown): value is readonly PacketColumn[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= PACKET_COLUMNS.length &&
  value.every(isPacketColumn) &&
  new Set(value).size === value.length;

/**
 * How packets are ordered: null is the order of capture (frame number where every packet has one, else time, else file). Ties are in that
 * order, and packets without a value come last, whichever way. Addresses of IPv4 go by their numbers, other text by its characters.
 */
export type PacketSort = { readonly column: PacketColumn; readonly isDescending: boolean } | null;

/** The sort a value from outside is, made anew; undefined when it is none. */
export function parsePacketSort(value: unknown): PacketSort | undefined {
  if (value === null) return null;
  if (typeof value !== "object") return undefined;
  const { column, isDescending } = value as Record<string, unknown>;
  return isPacketColumn(column) && typeof isDescending === "boolean" ? { column, isDescending } : undefined;
}

/** A page of packets. */
export interface PacketsQuery {
  readonly selection: PacketSelection;
  readonly sort: PacketSort;
  /** Packets before the page. */
  readonly from: number;
  readonly count: number;
  /** PacketRow.row of a packet that the page is to hold; `from` counts where the selection does not have it. Null for any. */
  readonly showing: number | null;
}

/** A packet as a table shows it. A value the file does not have is null. */
export interface PacketRow {
  /** Place in the columns: what `getRow` takes. */
  readonly place: number;
  /** As EvidencePacket.row. */
  readonly row: number;
  readonly frame: number | null;
  /** On the capture's clock. */
  readonly time: Moment | null;
  /** Address and port: `10.20.30.101:443`. */
  readonly source: string | null;
  readonly target: string | null;
  readonly stream: number | null;
  /** tcp.flags. */
  readonly flags: number | null;
  readonly seq: number | null;
  readonly ack: number | null;
  readonly len: number | null;
  readonly window: number | null;
  /** Wireshark's labels, as `tcp.analysis.*` names them; none until the detectors have run. */
  readonly analysis: readonly string[];
  /** frame.protocols. */
  readonly protocols: string | null;
  readonly label: string | null;
}

/** Packets of a selection, and how many there are in all. */
export interface PacketPage {
  readonly total: number;
  /** Packets before the page. */
  readonly from: number;
  readonly packets: readonly PacketRow[];
  /** Where the packet asked for with `showing` stands; null when the selection does not have it. */
  readonly shown: number | null;
}

/** Where packets stand. */
export interface PlacesQuery {
  readonly selection: PacketSelection;
  /** More packets than these are not told, in the order of capture; null for all. */
  readonly most: number | null;
}

/** Where packets of a selection stand, for filters and exports. */
export interface PacketPlaces {
  /** How many packets the selection has; the other members are about the first `most` of them. */
  readonly total: number;
  /** frame.number of the packets, ascending, each once; null unless all of them have one. */
  readonly frames: Uint32Array | null;
  /** Their rows as EvidencePacket.row, ascending. */
  readonly rows: Uint32Array;
  /** The stream all of them belong to, as the file's tcp.stream says; null where there are several, or no such column. */
  readonly stream: number | null;
}
