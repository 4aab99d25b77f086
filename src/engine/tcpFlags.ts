/** Bits of PacketColumns.flags: `tcp.flags`, the control bits of RFC 9293 3.1. */
export const TcpFlag = {
  fin: 1 << 0,
  syn: 1 << 1,
  rst: 1 << 2,
  psh: 1 << 3,
  ack: 1 << 4,
  urg: 1 << 5,
} as const;
