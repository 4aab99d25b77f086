/** The tshark command that makes a file with all that the product uses. Knows no vscode, no node, no DOM. */

/** Its fields, in tshark's usual order. */
const EXPORT_FIELDS = [
  "frame.number",
  "frame.len",
  "frame.time",
  "frame.time_epoch",
  "frame.protocols",
  "ip.src",
  "ip.dst",
  "ip.len",
  "ip.ttl",
  "ipv6.src",
  "ipv6.dst",
  "tcp.stream",
  "tcp.srcport",
  "tcp.dstport",
  "tcp.len",
  "tcp.seq",
  "tcp.seq_raw",
  "tcp.ack",
  "tcp.flags",
  "tcp.window_size",
  "tcp.checksum",
];

/** The command that exports a capture with the columns the product needs, ready to copy. */
export function suggestTsharkCommand(): string {
  return `tshark -r capture.pcapng -T fields -E header=y -E separator=, -E quote=d -E occurrence=f ${EXPORT_FIELDS.map((name) => `-e ${name}`).join(" ")} > packets.csv`;
}
