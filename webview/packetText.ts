/** Everything a table of packets says in words. Pure, no DOM. Text that comes from the capture goes through `cleanText`. */
import { formatCount } from "../src/shared/format";
import type { CaptureSummary } from "../src/shared/model";
import { PACKET_COLUMNS, type PacketColumn, type PacketRow } from "../src/shared/packets";
import type { CanOpenRow, CopyFormat } from "../src/shared/panelProtocol";
import { endpointName, formatFullTime, timeHead } from "./findingText";
import * as l10n from "./l10n";
import { cleanText, countPackets, NOTHING } from "./timelineText";

/** Longest texts from a capture here. */
const MAX_LABEL = 64;
const MAX_PROTOCOLS = 120;
export const MAX_ROW_CELL = 2000;

/** What heads and cells are made with. */
export type TableCapture = Pick<CaptureSummary, "time" | "labelField">;

/** Columns of numbers, aligned right. The first of a table names its row, and is not among them. */
const NUMBER_COLUMNS: readonly PacketColumn[] = ["row", "frame", "stream", "seq", "ack", "len", "window"];
export const isNumberColumn = (column: PacketColumn): boolean => NUMBER_COLUMNS.includes(column);

/** Columns that a capture can have. */
export const columnsOf = ({ labelField }: TableCapture): readonly PacketColumn[] =>
  PACKET_COLUMNS.filter((column) => column !== "label" || labelField !== null);

/** Head of a column. */
export function columnHead(column: PacketColumn, { time, labelField }: TableCapture): string {
  switch (column) {
    case "row":
      return l10n.t("Row");
    case "frame":
      return l10n.t("Frame");
    case "time":
      return timeHead(time);
    case "source":
      return l10n.t("Source");
    case "target":
      return l10n.t("Destination");
    case "stream":
      return l10n.t("Stream");
    case "flags":
      return l10n.t("Flags");
    case "seq":
      return l10n.t("Seq");
    case "ack":
      return l10n.t("Ack");
    case "len":
      return l10n.t("Len");
    case "window":
      return l10n.t("Window");
    case "analysis":
      return l10n.t("Analysis");
    case "protocols":
      return l10n.t("Protocols");
    case "label":
      return labelField === null ? l10n.t("Label") : cleanText(labelField, 32);
  }
}

/** A cell of a packet. Its numbers are not grouped: that is how Wireshark prints them. */
export function cellText(packet: PacketRow, column: PacketColumn, { time }: TableCapture): string {
  switch (column) {
    case "time":
      return formatFullTime(packet.time, time);
    case "source":
    case "target":
      return endpointName(packet[column]);
    case "flags":
      return flagLetters(packet.flags);
    case "analysis":
      return packet.analysis.length === 0 ? NOTHING : packet.analysis.map((name) => name.replaceAll("_", " ")).join(", ");
    case "protocols":
      return packet.protocols === null ? NOTHING : cleanText(packet.protocols, MAX_PROTOCOLS);
    case "label":
      return packet.label === null ? NOTHING : cleanText(packet.label, MAX_LABEL);
    default: {
      const value = packet[column];
      return value === null ? NOTHING : String(value);
    }
  }
}

/** What a packet is called: by its frame, else by its row. */
export const packetName = ({ frame, row }: PacketRow): string =>
  frame === null ? l10n.t("Row {0}", String(row)) : l10n.t("Frame {0}", String(frame));

/** tcp.flags as Wireshark's tcp.flags.str: `·······AP···`. */
const FLAG_LETTERS = "FSRPAUECN";
export function flagLetters(flags: number | null): string {
  if (flags === null) return NOTHING;
  let text = "";
  for (let bit = 11; bit >= 0; bit--) text += flags & (1 << bit) ? (FLAG_LETTERS[bit] ?? "R") : "·";
  return text;
}

/** The same as they are spoken: `ACK, PSH`. */
const FLAG_NAMES = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"];
export function flagNames(flags: number | null): string {
  if (flags === null) return l10n.t("unknown");
  const names = FLAG_NAMES.filter((_, bit) => (flags & (1 << bit)) !== 0);
  return names.length > 0 ? names.join(", ") : l10n.t("none");
}

/** Why the editor cannot open the file at a row; null when it can. */
export function cannotOpenText(canOpen: CanOpenRow): string | null {
  switch (canOpen) {
    case "yes":
      return null;
    case "compressed":
      return l10n.t("The file is compressed: the editor cannot show its rows.");
    case "tooLarge":
      return l10n.t("The file is larger than 50 MB: the editor cannot open it at a row.");
  }
}

/** What is seen of how many packets: places from `first` up to `end`. */
export function shownText(first: number, end: number, total: number): string {
  if (total === 0) return l10n.t("No packets");
  return l10n.t("Packets {0} to {1} of {2}", formatCount(first + 1), formatCount(end), formatCount(total));
}

/** What became of copying. */
export function copiedText(format: CopyFormat, copied: number, asked: number): string {
  if (asked === 0) return l10n.t("Nothing is selected.");
  if (copied === 0)
    return format === "filter" ? l10n.t("The file has no frame numbers to filter by.") : l10n.t("These packets are no longer there.");
  if (copied === asked) return l10n.t("{0} copied.", countPackets(copied));
  return format === "filter"
    ? l10n.t(
        "{0} of {1} are in the filter: the others have no frame number, or would make it too long.",
        formatCount(copied),
        countPackets(asked),
      )
    : l10n.t("The first {0} of {1} are copied: more are too many to paste.", formatCount(copied), countPackets(asked));
}
