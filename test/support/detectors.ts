/** Detectors over packets by hand, without a file. */
import { measureCompleteness } from "../../src/engine/completeness";
import type { PacketColumns } from "../../src/engine/columns";
import { thresholdsOf } from "../../src/engine/detectors/detect";
import type { Detector, RawFinding, Unjudged } from "../../src/engine/detectors/detector";
import type { FieldKey } from "../../src/engine/fields";
import { followStreams } from "../../src/engine/followStreams";
import type { CaptureCoverage, Sensitivity } from "../../src/shared/findings";
import { columnsOf, orderOf, type Packet, indexOf } from "./packets";
import { makeRandom } from "./thinOut";
import { MODULES } from "./modules";

export interface DetectorRun {
  findings: readonly RawFinding[];
  unjudged: readonly Unjudged[];
  columns: PacketColumns;
  /** Frames of a finding, in its order. */
  framesOf: (finding: RawFinding) => number[];
}

/** What a detector says of packets, which need frame numbers or get them in their order. `coverage`: what differs from what is measured. */
export async function runDetector(
  detector: Detector,
  packets: readonly Packet[],
  options: {
    sensitivity?: Sensitivity;
    thresholds?: Record<string, number>;
    coverage?: Partial<CaptureCoverage>;
    fields?: readonly FieldKey[];
  } = {},
): Promise<DetectorRun> {
  const columns = columnsOf(packets);
  const streams = followStreams(MODULES, columns, orderOf(columns));
  const { unseenShare, oneSidedShare } = streams.completeness;
  const { findings, unjudged } = await detector.run({
    columns,
    index: indexOf(columns),
    streams,
    coverage: {
      share: measureCompleteness(columns)?.share ?? null,
      unseenAcks: unseenShare,
      oneSided: oneSidedShare,
      ...options.coverage,
    },
    fields: new Set<FieldKey>(options.fields ?? ["frame", "timeEpoch", "srcV4", "dstV4", "srcPort", "dstPort", "flags", "seq", "ack"]),
    thresholds: thresholdsOf(detector, options.sensitivity ?? "medium", options.thresholds),
    readPayloads: undefined,
    pause: () => Promise.resolve(),
  });
  return { findings, unjudged, columns, framesOf: ({ rows }) => Array.from(rows, (row) => columns.frame[row]) };
}

/** Packets in the order of their times, with frame numbers from 1. */
export const numbered = (packets: readonly Packet[]): Packet[] =>
  [...packets].sort((a, b) => (a.time ?? 0) - (b.time ?? 0)).map((packet, i) => ({ ...packet, frame: i + 1 }));

/** A random part of numbered packets, in random order; the same for the same seed. */
export function sample(packets: readonly Packet[], seed: number, share = 0.5): Packet[] {
  const random = makeRandom(seed);
  return packets
    .filter(() => random() < share)
    .map((packet) => ({ packet, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ packet }) => packet);
}

/** How an attempt to connect ends. */
export type Ending = "silent" | "refused" | "half-open" | "reset" | "used" | "checked";

/**
 * An attempt: `silent` without an answer; `refused` with a reset; `half-open` with a SYN-ACK that nobody acknowledges; `reset` with one that
 * the asker resets; `checked` with a handshake and nothing behind it; `used` with a question and an answer.
 */
export function attempt(stream: number, from: string, to: string, time: number, ending: Ending, seq = 0): Packet[] {
  const own = { stream, from, to };
  const peer = { stream, from: to, to: from };
  const after = (seconds: number): { time: number } => ({ time: time + seconds });
  const next = (seq + 1) % 2 ** 32;
  const syn: Packet = { ...own, seq, flags: "S", time };
  const synAck: Packet = { ...peer, seq: 0, ack: next, flags: "SA", ...after(0.001) };
  const ack: Packet = { ...own, seq: next, ack: 1, ...after(0.002) };
  switch (ending) {
    case "silent":
      return [syn];
    case "refused":
      return [syn, { ...peer, seq: 1, ack: next, flags: "RA", ...after(0.001) }];
    case "half-open":
      return [syn, synAck];
    case "reset":
      return [syn, synAck, { ...own, seq: next, flags: "R", ...after(0.002) }];
    case "checked":
      return [syn, synAck, ack, { ...own, seq: next, ack: 1, flags: "RA", ...after(0.003) }];
    case "used":
      return [
        syn,
        synAck,
        ack,
        { ...own, seq: next, ack: 1, len: 100, flags: "PA", ...after(0.003) },
        { ...peer, seq: 1, ack: (next + 100) % 2 ** 32, len: 500, flags: "PA", ...after(0.004) },
        { ...own, seq: (next + 100) % 2 ** 32, ack: 501, flags: "FA", ...after(0.005) },
        { ...peer, seq: 501, ack: (next + 101) % 2 ** 32, flags: "FA", ...after(0.006) },
        { ...own, seq: (next + 101) % 2 ** 32, ack: 502, ...after(0.007) },
      ];
  }
}
