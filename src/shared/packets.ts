/** Pages of packets, of any selection, in any order: the shapes of the packets table. */
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

/** How packets are ordered: null is the order of capture (frame number, else time, else file). Ties are in that order, whichever way. */
export type PacketSort = { readonly column: PacketColumn; readonly isDescending: boolean } | null;

/** A page of packets. */
export interface PacketsQuery {
  readonly selection: PacketSelection;
  readonly sort: PacketSort;
  readonly from: number;
  readonly count: number;
}
