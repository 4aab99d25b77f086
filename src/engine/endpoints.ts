/** Endpoints as text: what tables, findings and graphs call the two ends of a packet. */
import { NO_TEXT, Valid, type PacketColumns } from "./columns";

/** Address with port: `10.0.0.1:80`, `[fd00::1]:80`; the address alone without a port, null without an address. */
export function endpointText(address: string, port: number | null): string | null {
  if (address === "") return null;
  const host = address.includes(":") ? `[${address}]` : address;
  return port === null ? address : `${host}:${String(port)}`;
}

/** An end of a row's packet, as endpointText; null where the row has no address. */
export function rowEndpoint(
  { addresses, valid, src, dst, srcPort, dstPort }: Pick<PacketColumns, "addresses" | "valid" | "src" | "dst" | "srcPort" | "dstPort">,
  row: number,
  end: "src" | "dst",
): string | null {
  const code = (end === "src" ? src : dst)[row];
  if (code === NO_TEXT) return null;
  const hasPort = (valid[row] & (end === "src" ? Valid.srcPort : Valid.dstPort)) !== 0;
  return endpointText(addresses.valueOf(code), hasPort ? (end === "src" ? srcPort : dstPort)[row] : null);
}
