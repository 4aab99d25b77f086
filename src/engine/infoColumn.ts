/**
 * Wireshark's own "Export Packet Dissections → As CSV" has no field columns: ports, flags and numbers stand in the Info
 * text of TCP packets, `443 → 51234 [SYN, ACK] Seq=0 Ack=1 Win=65535 Len=0 MSS=1460`, older versions with `>`.
 * Only a text of that form is read; what a higher protocol wrote into Info (a URL with `Seq=5`) is not.
 */
import { decodeUtf8 } from "./utf8";

/** What Info says of one segment; null for what it does not say. */
export interface TcpInfo {
  readonly seq: number;
  readonly ack: number | null;
  readonly window: number | null;
  readonly len: number | null;
  readonly srcPort: number | null;
  readonly dstPort: number | null;
  /** tcp.flags, as far as Info names them. */
  readonly flags: number;
}

/** `[TCP Retransmission] 443 → 51234 [SYN, ACK] Seq=0 ...`; a port may be named: `https(443)`. */
const TCP_INFO = /^(?:\[[^\]]*\]\s*)*([^\s\u2192>]+) ?(?:\u2192|->|>) ?(\S+) \[([A-Za-z<>, ]*)\] Seq=(\d{1,10})(?=\s|$)(.*)$/;
const FLAG_BITS = new Map(
  Object.entries({
    FIN: 1,
    SYN: 2,
    RST: 4,
    PSH: 8,
    ACK: 16,
    URG: 32,
    ECE: 64,
    CWR: 128,
    ECN: 64,
    NS: 256,
    AE: 256,
  }),
);

/** Reads text[start, end); undefined when it is not the Info of a TCP segment. */
export function readTcpInfo(text: Uint8Array, start: number, end: number): TcpInfo | undefined {
  // Info that tells the numbers is short; a long one is some other protocol's.
  const match = TCP_INFO.exec(decodeUtf8(text.subarray(start, Math.min(end, start + 512))));
  if (!match) return undefined;
  const seq = Number(match[4]);
  if (seq > 0xffffffff) return undefined;
  const rest = match[5];
  const find = (name: string): number | null => {
    const value = new RegExp(`(?:^|\\s)${name}=(\\d{1,10})(?=\\s|$)`).exec(rest);
    return value && Number(value[1]) <= 0xffffffff ? Number(value[1]) : null;
  };
  let flags = 0;
  for (const name of match[3].split(",")) flags |= FLAG_BITS.get(name.trim()) ?? 0;
  return { seq, ack: find("Ack"), window: find("Win"), len: find("Len"), srcPort: readPort(match[1]), dstPort: readPort(match[2]), flags };
}

function readPort(text: string): number | null {
  const match = /^(?:(\d{1,5})|[^()]*\((\d{1,5})\))$/.exec(text);
  const port = Number(match?.[1] ?? match?.[2] ?? NaN);
  return port <= 65535 ? port : null;
}
