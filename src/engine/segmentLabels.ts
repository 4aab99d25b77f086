/**
 * What Wireshark says of every segment: retransmission, out of order, lost before it, and so on, as a bit mask per row. The follower
 * (follow/assembly) makes it by the rules of Wireshark 4.0's sequence analysis; docs/DETECTORS.md states them, and where a CSV
 * cannot tell what a capture can.
 */

/** Bits of a row's labels. A fast or spurious retransmission is a retransmission too, as with Wireshark's own fields. */
export const SegmentLabel = {
  retransmission: 1 << 0,
  fastRetransmission: 1 << 1,
  spuriousRetransmission: 1 << 2,
  outOfOrder: 1 << 3,
  /** Previous segment not captured. */
  lostSegment: 1 << 4,
  /** ACKed a segment that was not captured. */
  ackLostSegment: 1 << 5,
  duplicateAck: 1 << 6,
  keepAlive: 1 << 7,
  keepAliveAck: 1 << 8,
  zeroWindow: 1 << 9,
  windowUpdate: 1 << 10,
  windowFull: 1 << 11,
  reusedPorts: 1 << 12,
  zeroWindowProbe: 1 << 13,
  zeroWindowProbeAck: 1 << 14,
} as const;

/** Name of a label. */
export type SegmentLabelName = keyof typeof SegmentLabel;

/** The labels that are shown, under the names of Wireshark's `tcp.analysis.*` fields, in the order of their bits. */
export const LABEL_FIELDS: readonly { readonly name: SegmentLabelName; readonly field: string }[] = [
  { name: "retransmission", field: "retransmission" },
  { name: "fastRetransmission", field: "fast_retransmission" },
  { name: "spuriousRetransmission", field: "spurious_retransmission" },
  { name: "outOfOrder", field: "out_of_order" },
  { name: "lostSegment", field: "lost_segment" },
  { name: "ackLostSegment", field: "ack_lost_segment" },
  { name: "duplicateAck", field: "duplicate_ack" },
  { name: "keepAlive", field: "keep_alive" },
  { name: "keepAliveAck", field: "keep_alive_ack" },
  { name: "zeroWindow", field: "zero_window" },
  { name: "windowUpdate", field: "window_update" },
  { name: "windowFull", field: "window_full" },
  { name: "reusedPorts", field: "reused_ports" },
];
