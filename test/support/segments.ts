/** Segments by hand with headers and payloads: their checksums are computed as a stack computes them, from numbers on the wire. */
import { Valid, type PacketColumns } from "../../src/engine/columns";
import { measureCompleteness } from "../../src/engine/completeness";
import type { DetectorContext, Detector, RawFinding, Unjudged } from "../../src/engine/detectors/detector";
import { thresholdsOf } from "../../src/engine/detectors/detect";
import type { FieldKey } from "../../src/engine/fields";
import { followStreams } from "../../src/engine/followStreams";
import type { CaptureCoverage, Sensitivity } from "../../src/shared/findings";
import { indexOf, columnsOf, orderOf, type Packet } from "./packets";
import { MODULES } from "./modules";

export interface Segment extends Packet {
  /** One character a byte; its length is `len`. */
  payload?: string | undefined;
  /** Default 64. */
  ttl?: number;
  /** Timestamps; a header without them has no options, unless `options` says how many bytes of others. */
  ts?: readonly [number, number] | undefined;
  options?: number;
  /** The checksum is the sum over addresses and length, which a system leaves for the network card. */
  isPartial?: boolean;
  /** Instead of the right one. */
  checksum?: number;
}

/** First numbers on the wire of the two sides: relative numbers are counted from there. */
export interface FirstNumbers {
  a?: number;
  b?: number;
}

const wordsOf = (value: number): number[] => [Math.floor(value / 65536) % 65536, value % 65536];

/** Columns of segments, the file having what `Segment` names; `hasTimestamps`: also tsval and tsecr. */
export function segmentColumns(segments: readonly Segment[], first: FirstNumbers = {}, hasTimestamps = true): PacketColumns {
  const columns = columnsOf(segments.map((segment) => ({ len: segment.payload?.length ?? 0, ...segment })));
  segments.forEach((segment, row) => {
    const header = 20 + (segment.ts ? 12 : (segment.options ?? 0));
    const source = columns.addresses.valueOf(columns.src[row]);
    const isV4 = !source.includes(":");
    columns.ttl[row] = segment.ttl ?? 64;
    if (isV4) columns.ipLen[row] = 20 + header + columns.len[row];
    if (segment.ts && hasTimestamps) {
      [columns.tsVal[row], columns.tsEcr[row]] = segment.ts;
      columns.valid[row] |= Valid.tsVal;
    }
    columns.checksum[row] = segment.checksum ?? checksumOf(columns, row, segment, header, first);
    columns.valid[row] |= Valid.checksum;
  });
  return columns;
}

function checksumOf(columns: PacketColumns, row: number, segment: Segment, header: number, { a = 0, b = 0 }: FirstNumbers): number {
  const { src, dst, addresses, srcPort, dstPort, seq, ack, flags, window } = columns;
  const [own, peer] = segment.from === "b" ? [b, a] : [a, b];
  const payload = segment.payload ?? "\0".repeat(columns.len[row]);
  const addressWords = (address: string): number[] => {
    const [one, two, three, four] = address.split(".").map(Number);
    return [one * 256 + two, three * 256 + four];
  };
  const partial = [...addressWords(addresses.valueOf(src[row])), ...addressWords(addresses.valueOf(dst[row])), 6, header + payload.length];
  const words = [
    ...partial,
    srcPort[row],
    dstPort[row],
    ...wordsOf((seq[row] + own) % 2 ** 32),
    ...((flags[row] & 16) !== 0 ? wordsOf((ack[row] + peer) % 2 ** 32) : [0]),
    (header / 4) * 4096 + flags[row],
    window[row] % 65536,
    ...(segment.ts ? [0x0101, 0x080a, ...wordsOf(segment.ts[0]), ...wordsOf(segment.ts[1])] : []),
    ...Array.from({ length: Math.ceil(payload.length / 2) }, (_, i) => {
      const low = payload.charCodeAt(2 * i + 1);
      return payload.charCodeAt(2 * i) * 256 + (Number.isNaN(low) ? 0 : low);
    }),
  ];
  const fold = (all: readonly number[]): number => {
    let sum = all.reduce((total, word) => total + word, 0);
    while (sum > 65535) sum = (sum % 65536) + Math.floor(sum / 65536);
    return sum;
  };
  return segment.isPartial ? fold(partial) : 65535 - fold(words);
}

export interface SegmentRun {
  findings: readonly RawFinding[];
  unjudged: readonly Unjudged[];
  /** Kind, severity, confidence, and frames of every finding. */
  said: string[];
}

/** What a detector says of segments. */
export async function judge(
  detector: Detector,
  segments: readonly Segment[],
  options: {
    first?: FirstNumbers;
    /** The file has tcp.payload, or what reading it gives. */
    payload?: boolean | DetectorContext["readPayloads"];
    hasTimestamps?: boolean;
    sensitivity?: Sensitivity;
    thresholds?: Record<string, number>;
    coverage?: Partial<CaptureCoverage>;
    change?: (columns: PacketColumns) => void;
  } = {},
): Promise<SegmentRun> {
  const { payload = false, hasTimestamps = true } = options;
  const columns = segmentColumns(segments, options.first, hasTimestamps);
  options.change?.(columns);
  const readAll: DetectorContext["readPayloads"] = (rows) =>
    Promise.resolve(
      Array.from(rows, (row) => {
        const text = segments[row].payload;
        return text === undefined ? undefined : Uint8Array.from(text, (letter) => letter.charCodeAt(0));
      }),
    );
  const streams = followStreams(MODULES, columns, orderOf(columns));
  const fields = new Set<FieldKey>(["len", "stream", "srcPort", "checksum"]);
  if (payload !== false) fields.add("payload");
  const { findings, unjudged } = await detector.run({
    columns,
    index: indexOf(columns),
    streams,
    coverage: {
      share: measureCompleteness(columns)?.share ?? null,
      unseenAcks: 0,
      oneSided: 0,
      ...options.coverage,
    },
    fields,
    thresholds: thresholdsOf(detector, options.sensitivity ?? "medium", options.thresholds),
    readPayloads: payload === false ? undefined : payload === true ? readAll : payload,
    pause: () => Promise.resolve(),
  });
  const said = findings.map(
    ({ kind, severity, confidence, rows }) =>
      `${kind} ${severity} ${confidence}: ${Array.from(rows, (row) => columns.frame[row]).join(" ")}`,
  );
  return { findings, unjudged, said };
}
