/** Which graph shows a finding, and what it is drawn from. */
import type { FindingGraph, FindingPicture, GraphQuery } from "../shared/findingGraph";
import type { CaptureStore } from "./captureStore";
import { Valid } from "./columns";
import type { Findings } from "./detectors/detect";
import { focusedRows } from "./pointFocus";
import { makeNumberGraph, makeProbeGraph, makeRateGraph, type ScanGraphParts } from "./scanGraphs";
import { makeStreamGraph } from "./streamGraph";
import { placeOfStream, walkStream } from "./streamOf";

/** The picture of a finding; null when the report has no such finding, or the finding no such stream. Throws as `bitsOf`. */
export function pictureOf(capture: CaptureStore, findings: Findings, query: GraphQuery): FindingPicture | null {
  const finding = findings.report.findings.find(({ id }) => id === query.finding);
  if (!finding) return null;
  const rows = findings.rowsOf(finding.id);
  const number = finding.evidence.find(({ role }) => role === "strongest")?.row;
  const strongest = rows.find((row) => findings.numbers.of(row) === number) ?? rows.at(0) ?? 0;
  const { streams, labels } = findings;
  const focused = focusedRows(query.focus, (focus) => capture.bitsOf(focus));
  const graph = makeGraph(findings, { capture, streams, labels, finding, rows, strongest, focused }, query);
  return graph && { graph, hasOwnStreams: streams.numbers.valid === capture.columns.valid };
}

function makeGraph(findings: Findings, parts: ScanGraphParts, query: GraphQuery): FindingGraph | null {
  const { capture, finding, rows, strongest, focused } = parts;
  switch (finding.detector) {
    case "port-scan":
      return makeProbeGraph(parts);
    case "syn-flood":
      return makeRateGraph(parts);
    case "sequence-pattern":
      if (finding.streamCount !== 1) return makeNumberGraph(parts);
      break;
    default:
      if (finding.streamCount === 0) return makeNumberGraph(parts);
  }
  const { numbers } = findings.streams;
  const streamOf = (row: number): number | undefined => (numbers.valid[row] & Valid.stream ? numbers.stream[row] : undefined);
  const stream = query.stream ?? streamOf(strongest) ?? finding.streams[0];
  if (stream === undefined || placeOfStream(findings.streams, stream) < 0) return null;
  const inFinding = new Set<number>();
  for (const row of rows) if (streamOf(row) === stream) inFinding.add(row);
  const own = inFinding.has(strongest) ? strongest : inFinding.values().next().value;
  return makeStreamGraph({
    capture,
    streams: findings.streams,
    labels: findings.labels,
    stream,
    direction: query.direction ?? directionOf(parts, stream, own),
    isInFinding: (row) => inFinding.has(row),
    isConflict: finding.detector === "payload-conflict",
    focused,
  });
}

function directionOf({ capture, streams }: ScanGraphParts, stream: number, row: number | undefined): 0 | 1 {
  const walk = walkStream(capture.columns, streams, stream);
  return row !== undefined && walk.directions[walk.rows.indexOf(row)] === 1 ? 1 : 0;
}
