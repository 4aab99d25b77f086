/**
 * What the graph of a finding is drawn from. Three kinds: the sequence numbers of one direction of a stream over time, as Wireshark's
 * tcptrace graph; the probes of a scan; SYNs and handshakes per unit of time. Plain data with typed arrays that survives structured
 * clone; at most MAX_GRAPH_POINTS of anything.
 */
import type { Moment } from "./model";
import type { Focus } from "./selection";

/** Points of a kind that are sent and drawn at most. */
export const MAX_GRAPH_POINTS = 10_000;

/** Bits of a packet's marks. */
export const GraphMark = {
  syn: 1 << 0,
  fin: 1 << 1,
  reset: 1 << 2,
  /** Sent again, for whatever reason. */
  retransmission: 1 << 3,
  outOfOrder: 1 << 4,
  /** Something before it was not captured. */
  gap: 1 << 5,
  /** Other bytes under numbers that were sent before. */
  conflict: 1 << 6,
  keepAlive: 1 << 7,
  /** Belongs to the finding. */
  inFinding: 1 << 8,
} as const;

/** Name of a mark. */
export type GraphMarkName = keyof typeof GraphMark;

/** What became of a probe. */
export const PROBE_OUTCOMES = ["open", "closed", "silent"] as const;
export type ProbeOutcome = (typeof PROBE_OUTCOMES)[number];

/** Which graph is asked for. */
export interface GraphQuery {
  /** Finding.id of the last report. */
  readonly finding: string;
  /** One of Finding.streams; null: that of the packet which says most. */
  readonly stream: number | null;
  /** Null: that of the packet which says most. */
  readonly direction: 0 | 1 | null;
  /** What is told apart in the graph, which shows all packets anyhow. */
  readonly focus: Focus;
}

/** What a focus lets through of the packets of a graph. */
export interface GraphFocus {
  readonly focus: Focus;
  /** How many of `packets` pass, those that were left out of the drawing included. */
  readonly passing: number;
  readonly packets: number;
  /** 1 for each point that does not pass; empty where points are no packets. */
  readonly isOutside: Uint8Array;
}

/** What all graphs have in common. */
interface GraphBase {
  /** When x is 0, on the capture's clock; null when x counts packets, because the file has no times. */
  readonly start: Moment | null;
  /** How many points there would be; more than are listed when some were left out. */
  readonly total: number;
  /** Left out where all packets are looked at. */
  readonly focused?: GraphFocus;
}

/**
 * One direction of a stream, and what the other side says of it. Numbers are unwrapped: they go on behind 2^32. Arrays of segments
 * have one place per segment, in the order of capture, those of ACKs one per packet of the other side.
 */
export interface StreamGraph extends GraphBase {
  readonly kind: "stream";
  readonly stream: number;
  readonly direction: 0 | 1;
  /** Senders of direction 0 and 1, address and port; null where the file does not say. */
  readonly ends: readonly [string | null, string | null];
  /** The number that y is counted from, 0 with relative numbers. */
  readonly base: number;
  /** Seconds since `start`. */
  readonly times: Float64Array;
  readonly seqs: Float64Array;
  /** Payload bytes. */
  readonly lengths: Uint32Array;
  /** Bits of GraphMark. */
  readonly marks: Uint16Array;
  /** Number that was expected where the mark `gap` is set, else NaN. */
  readonly expected: Float64Array;
  /** frame.number, 0 where the file does not say. */
  readonly frames: Uint32Array;
  readonly ackTimes: Float64Array;
  readonly acks: Float64Array;
  /** ACK + window; NaN where the file has no window. */
  readonly windowEnds: Float64Array;
  /** How many ACKs there would be. */
  readonly totalAcks: number;
  /** Marks of all segments, those that were left out included, by name. */
  readonly counts: Readonly<Record<GraphMarkName, number>>;
}

/** Probes of a scan over time: one place per probe. */
export interface ProbeGraph extends GraphBase {
  readonly kind: "probes";
  /** What y stands for: ports of targets, or targets. */
  readonly axis: "ports" | "hosts";
  readonly times: Float64Array;
  readonly ports: Uint16Array;
  /** Places in `hostNames`. */
  readonly hosts: Uint32Array;
  readonly hostNames: readonly string[];
  /** Places in PROBE_OUTCOMES. */
  readonly outcomes: Uint8Array;
  /** frame.number, 0 where the file does not say. */
  readonly frames: Uint32Array;
  readonly portCount: number;
  readonly hostCount: number;
  /** Different targets with their ports, by the best that came of any probe of them. */
  readonly counts: Readonly<Record<ProbeOutcome, number>>;
}

/** SYNs and completed handshakes per bin. Bin i begins at i * binSeconds behind `start`. */
export interface RateGraph extends GraphBase {
  readonly kind: "rates";
  readonly binSeconds: number;
  /** SYNs; those that were sent again count once. */
  readonly syns: Uint32Array;
  /** Handshakes whose third packet came in this bin. */
  readonly completed: Uint32Array;
  /** Whether the finding's own packets lie in a bin. */
  readonly inFinding: Uint8Array;
}

/** Numbers of packets of many streams over time, as they are: initial ones, say. */
export interface NumberGraph extends GraphBase {
  readonly kind: "numbers";
  readonly field: "tcp.seq" | "tcp.seq_raw";
  readonly times: Float64Array;
  readonly seqs: Float64Array;
  readonly marks: Uint16Array;
  readonly frames: Uint32Array;
}

export type FindingGraph = StreamGraph | ProbeGraph | RateGraph | NumberGraph;

/** A finding's graph, and what else its page has to know of its packets. */
export interface FindingPicture {
  readonly graph: FindingGraph;
  /** False when streams were made of addresses and ports, so that their numbers are not Wireshark's. */
  readonly hasOwnStreams: boolean;
}
