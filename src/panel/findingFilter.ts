/** Wireshark display filters for findings. Knows no vscode. */
import type { Finding } from "../shared/findings";

/** One packet. */
export const frameFilter = (frame: number): string => `frame.number == ${String(frame)}`;

/**
 * All packets of a finding, and little else: by its streams where the file has Wireshark's own numbers of them and the finding lists them
 * all, else by its endpoints. Undefined when neither is known.
 */
export function findingFilter(finding: Finding, hasOwnStreams: boolean): string | undefined {
  const { streams, streamCount, source, target } = finding;
  if (hasOwnStreams && streamCount === 1) return `tcp.stream == ${String(streams[0])}`;
  if (hasOwnStreams && streamCount > 0 && streamCount === streams.length && source === null) return `tcp.stream in {${streams.join(", ")}}`;
  const ends = [endpointFilter(source), endpointFilter(target)].filter((part) => part !== undefined);
  return ends.length > 0 ? `tcp && ${ends.join(" && ")}` : undefined;
}

/** Packets from or to an endpoint as Finding.source has it. Undefined for text that is no address: it could be anything. */
function endpointFilter(endpoint: string | null): string | undefined {
  const parts = /^(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)|([0-9A-Fa-f:.]+))(?::(\d{1,5}))?$/.exec(endpoint ?? "");
  const address = parts?.[1] ?? parts?.[2] ?? parts?.[3];
  if (address === undefined) return undefined;
  const field = address.includes(":") ? "ipv6.addr" : "ip.addr";
  const port = parts?.[4];
  return port === undefined ? `${field} == ${address}` : `${field} == ${address} && tcp.port == ${port}`;
}
