/** Packets as tables show them. */
import type { PacketPlaces, PacketRow } from "../shared/packets";
import type { CaptureStore } from "./captureStore";
import { NO_TEXT, Valid, type PacketColumns } from "./columns";
import type { Findings } from "./detectors/detect";
import { rowEndpoint } from "./endpoints";
import type { RowNumbers } from "./rowNumbers";
import { LABEL_FIELDS, SegmentLabel } from "./segmentLabels";

/** Names of a row's labels, as `tcp.analysis.*` has them. `bits`: of SegmentLabel. */
export const analysisOf = (bits: number): string[] =>
  LABEL_FIELDS.filter(({ name }) => (bits & SegmentLabel[name]) !== 0).map(({ field }) => field);

/** The packet at a place of the columns. `labels`: bits of SegmentLabel per row; undefined where they are not known. */
export function packetRow(columns: PacketColumns, numbers: RowNumbers, labels: Uint16Array | undefined, row: number): PacketRow {
  const { valid, protocolNames, labelNames } = columns;
  const number = (name: "frame" | "stream" | "flags" | "seq" | "ack" | "len" | "window"): number | null =>
    valid[row] & Valid[name] ? columns[name][row] : null;
  return {
    place: row,
    row: numbers.of(row),
    frame: number("frame"),
    time: valid[row] & Valid.time ? { seconds: columns.seconds[row], nanos: columns.nanos[row] } : null,
    source: rowEndpoint(columns, row, "src"),
    target: rowEndpoint(columns, row, "dst"),
    stream: number("stream"),
    flags: number("flags"),
    seq: number("seq"),
    ack: number("ack"),
    len: number("len"),
    window: number("window"),
    analysis: labels ? analysisOf(labels[row]) : [],
    protocols: columns.protocols[row] === NO_TEXT ? null : protocolNames.valueOf(columns.protocols[row]),
    label: columns.label[row] === NO_TEXT ? null : labelNames.valueOf(columns.label[row]),
  };
}

/** Frames, row numbers and stream of the given rows. */
export function placesOf(
  { columns, head }: Pick<CaptureStore, "columns" | "head">,
  numbers: RowNumbers,
  rows: Uint32Array,
): Omit<PacketPlaces, "total"> {
  const { valid, frame, stream } = columns;
  const first = rows.length > 0 && valid[rows[0]] & Valid.stream ? stream[rows[0]] : null;
  const isOneStream = head.header.columns.has("stream") && rows.every((row) => valid[row] & Valid.stream && stream[row] === first);
  return {
    frames: rows.length > 0 && rows.every((row) => valid[row] & Valid.frame) ? distinctAscending(rows.map((row) => frame[row])) : null,
    rows: rows.map((row) => numbers.of(row)).sort(),
    stream: isOneStream ? first : null,
  };
}

/** Places in the columns of the evidence of findings, by EvidencePacket.row; those that are not there have none. */
export function evidencePlaces(findings: Findings, ids: ReadonlySet<string>): Map<number, number> {
  const places = new Map<number, number>();
  for (const { id, evidence } of findings.report.findings) {
    if (!ids.has(id)) continue;
    const wanted = new Set(evidence.map(({ row }) => row));
    for (const place of findings.rowsOf(id)) {
      if (wanted.size === 0) break;
      const row = findings.numbers.of(place);
      if (wanted.delete(row)) places.set(row, place);
    }
  }
  return places;
}

function distinctAscending(values: Uint32Array): Uint32Array {
  values.sort();
  let kept = 0;
  for (let i = 0; i < values.length; i++) if (i === 0 || values[i] !== values[kept - 1]) values[kept++] = values[i];
  return values.slice(0, kept);
}
