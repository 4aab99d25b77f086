/** A finding and its graphs as the webview gets to see them. */
import { GraphMark, type GraphMarkName, type ProbeGraph, type RateGraph, type StreamGraph } from "../../../src/shared/findingGraph";
import type { Finding } from "../../../src/shared/findings";
import type { PacketRow } from "../../../src/shared/packets";

export function makeFinding(changes: Partial<Finding> = {}): Finding {
  return {
    id: "payload-conflict/overlap/3",
    detector: "payload-conflict",
    kind: "overlap",
    severity: "error",
    confidence: "high",
    title: "2 segments with other bytes in stream 3",
    explanation: "Explanation.",
    technique: "T1557",
    count: 2,
    first: { seconds: 1685877813, nanos: 466544000 },
    last: { seconds: 1685877814, nanos: 0 },
    streams: [3],
    streamCount: 1,
    source: "10.0.0.1:1000",
    target: "10.0.0.2:80",
    packets: 2,
    evidence: [
      { role: "strongest", frame: 24, row: 24 },
      { role: "first", frame: 20, row: 20 },
    ],
    ...changes,
  };
}

export function makePacket(changes: Partial<PacketRow> = {}): PacketRow {
  return {
    place: 19,
    row: 20,
    frame: 20,
    time: { seconds: 1685877813, nanos: 466544000 },
    source: "10.0.0.1:1000",
    target: "10.0.0.2:80",
    stream: 3,
    flags: 0x18,
    seq: 361,
    ack: 161,
    len: 120,
    window: 65536,
    analysis: ["retransmission", "spurious_retransmission"],
    protocols: "eth:ethertype:ip:tcp",
    label: null,
    ...changes,
  };
}

const names = Object.keys(GraphMark) as GraphMarkName[];

/** Segments given as [time, seq, len, marks]; ACKs as [time, ack, window end]. */
export function makeStreamGraph(
  segments: readonly (readonly [number, number, number, number?])[],
  acks: readonly (readonly [number, number, number])[] = [],
): StreamGraph {
  const marks = Uint16Array.from(segments, ([, , , mark = 0]) => mark);
  return {
    kind: "stream",
    start: { seconds: 1685877813, nanos: 0 },
    total: segments.length,
    stream: 3,
    direction: 0,
    ends: ["10.0.0.1:1000", "10.0.0.2:80"],
    base: 0,
    times: Float64Array.from(segments, ([time]) => time),
    seqs: Float64Array.from(segments, ([, seq]) => seq),
    lengths: Uint32Array.from(segments, ([, , length]) => length),
    marks,
    expected: new Float64Array(segments.length).fill(NaN),
    frames: Uint32Array.from(segments, (_, i) => i + 1),
    ackTimes: Float64Array.from(acks, ([time]) => time),
    acks: Float64Array.from(acks, ([, ack]) => ack),
    windowEnds: Float64Array.from(acks, ([, , end]) => end),
    totalAcks: acks.length,
    counts: Object.fromEntries(names.map((name) => [name, marks.filter((bits) => (bits & GraphMark[name]) !== 0).length])) as Record<
      GraphMarkName,
      number
    >,
  };
}

export const probes: ProbeGraph = {
  kind: "probes",
  start: { seconds: 1685877813, nanos: 0 },
  total: 3,
  axis: "ports",
  times: Float64Array.of(0, 1, 2),
  ports: Uint16Array.of(22, 80, 443),
  hosts: Uint32Array.of(0, 0, 0),
  hostNames: ["10.0.0.2"],
  portCount: 3,
  hostCount: 1,
  outcomes: Uint8Array.of(0, 1, 2),
  frames: Uint32Array.of(1, 2, 0),
  counts: { open: 1, closed: 1, silent: 1 },
};

export const rates: RateGraph = {
  kind: "rates",
  start: { seconds: 1685877813, nanos: 0 },
  total: 2,
  binSeconds: 0.1,
  syns: Uint32Array.of(1000, 500),
  completed: Uint32Array.of(0, 2),
  inFinding: Uint8Array.of(1, 1),
};
