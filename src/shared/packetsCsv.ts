/** Packets as CSV (RFC 4180), a row each, for spreadsheets and scripts. Knows no vscode, no node, no DOM. */
import { csvCell } from "./findingsExport/csv";
import { exportedTime } from "./findingsExport/exportedFindings";
import type { CaptureTime } from "./model";
import type { PacketColumn, PacketRow } from "./packets";

/** Header and rows with CR LF. Flags as the file's `0x018`, labels of a packet joined by a blank. */
export function packetsCsv(packets: readonly PacketRow[], columns: readonly PacketColumn[], time: CaptureTime | null): string {
  const lines = packets.map((packet) => columns.map((column) => csvCell(valueOf(packet, column, time))).join(","));
  return `${[columns.join(","), ...lines].join("\r\n")}\r\n`;
}

function valueOf(packet: PacketRow, column: PacketColumn, time: CaptureTime | null): string | number | null {
  switch (column) {
    case "time":
      return exportedTime(packet.time, time);
    case "flags":
      return packet.flags === null ? null : `0x${packet.flags.toString(16).padStart(3, "0")}`;
    case "analysis":
      return packet.analysis.join(" ");
    default:
      return packet[column];
  }
}
