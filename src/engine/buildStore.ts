/**
 * From the columns of all rows to a capture that answers questions: settles the times, builds the index, and sums up.
 */
import { AnalysisError } from "../shared/errors";
import type { CaptureSummary, Completeness } from "../shared/model";
import { CaptureStore } from "./captureStore";
import { Valid, type PacketColumns } from "./columns";
import { suggestTsharkCommand, type HeaderMap } from "./fields";
import { SequenceIndex, type Segment } from "./frequency";
import { settleDates, type DateNotes } from "./rowDates";
import type { RowTally } from "./rowDecoder";

/** All that reading a file has given. */
export interface ReadRows {
  readonly columns: PacketColumns;
  /** The rows in the order of the file. */
  readonly segments: readonly Segment[];
  readonly tally: RowTally;
  readonly dateNotes: DateNotes;
  readonly hasTimes: boolean;
  readonly header: HeaderMap;
  /** For the summary. */
  readonly name: string;
  readonly bytes: number;
  readonly compression?: CaptureSummary["compression"];
  readonly reader: CaptureSummary["reader"];
  readonly toFileOffset: (textOffset: number) => Promise<number>;
  /** Milliseconds since the run began. */
  readonly elapsed: () => number;
}

/** See the file header. */
export async function buildStore(read: ReadRows): Promise<CaptureStore> {
  const { columns, segments, tally, header } = read;
  const { time, lost } = settleDates(columns, read.dateNotes, tally.sources);
  const index = new SequenceIndex(columns, segments);
  const labelColumn = header.columns.get("label");
  const summary: CaptureSummary = {
    name: read.name,
    bytes: read.bytes,
    compression: read.compression ?? null,
    rows: tally.counts(read.hasTimes, lost),
    time,
    distinct: index.values.length,
    seqField: !header.columns.has("seq") && header.columns.has("seqRaw") ? "tcp.seq_raw" : "tcp.seq",
    labelField: labelColumn === undefined ? null : header.names[labelColumn],
    completeness: measureCompleteness(columns),
    problems: await tally.report.finish(read.toFileOffset),
    reader: read.reader,
    elapsedMs: read.elapsed(),
  };
  return new CaptureStore(summary, columns, index);
}

/** Throws `missingColumns` unless the header is that of a packet CSV, `emptyFile` when there is no header. */
export function checkColumns({ columns, names }: HeaderMap, name: string): void {
  if (names.length === 1 && names[0] === "") throw new AnalysisError("emptyFile", `${name} is empty.`, [name]);
  if (columns.has("seq") || columns.has("seqRaw")) return;
  // Wireshark's own export: Info speaks for the missing columns, if enough of the other six are there to be sure.
  if (columns.has("info") && columns.size >= 4) return;
  const missing = ["tcp.seq"];
  if (!(["time", "timeUtc", "timeEpoch", "timeRelative"] as const).some((key) => columns.has(key))) missing.push("frame.time");
  const command = suggestTsharkCommand();
  throw new AnalysisError(
    "missingColumns",
    `${name} is not a packet CSV this tool can analyse: it has no column ${missing.join(", no column ")}. Export it with: ${command}`,
    [name, missing.join(", "), command],
  );
}

/** How much of the capture the file holds; null without frame numbers. */
function measureCompleteness({ rows, valid, frame }: PacketColumns): Completeness | null {
  let least = Infinity;
  let most = -Infinity;
  let known = 0;
  for (let row = 0; row < rows; row++) {
    if ((valid[row] & Valid.frame) === 0) continue;
    known++;
    least = Math.min(least, frame[row]);
    most = Math.max(most, frame[row]);
  }
  if (known === 0) return null;
  const span = most - least + 1;
  let frames = 0;
  // One bit per frame while that is no more than the numbers themselves take; else sorted.
  if (span <= 32 * known + 1024) {
    const seen = new Uint32Array(Math.ceil(span / 32));
    for (let row = 0; row < rows; row++) {
      if ((valid[row] & Valid.frame) === 0) continue;
      const at = frame[row] - least;
      const bit = 1 << (at & 31);
      if ((seen[at >>> 5] & bit) !== 0) continue;
      seen[at >>> 5] |= bit;
      frames++;
    }
  } else {
    const sorted = frame
      .slice(0, rows)
      .filter((_, row) => (valid[row] & Valid.frame) !== 0)
      .sort();
    for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) frames++;
  }
  return { frames, span, share: frames / span };
}
