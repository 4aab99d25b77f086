/**
 * From the columns of all rows to a capture that answers questions: settles the times, builds the index, and sums up.
 */
import { AnalysisError } from "../shared/errors";
import type { CapturePart, CaptureSummary, CaptureTime } from "../shared/model";
import { suggestTsharkCommand } from "../shared/tsharkCommand";
import { CaptureStore } from "./captureStore";
import type { PacketColumns } from "./columns";
import { measureCompleteness } from "./completeness";
import type { FileHead } from "./csv/dialect";
import type { HeaderMap } from "./fields";
import type { EngineModules } from "./modules";
import { SequenceIndex } from "./frequency";
import { measureTimes, settleDates, type DateNotes, type TimesByZone } from "./rowDates";
import { RangeFilter } from "./timeRange";
import type { RowTally } from "./rowDecoder";
import { RowOffsets, type RowRun } from "./rowOffsets";
import { countKeys } from "./rowGroups";
import { groupAll } from "./sort/numberSorter";
import { ALL_STREAMS, orderRange, StreamOrder } from "./streamOrder";

/** What reading a file has given, apart from the rows' columns. */
export interface ReadFacts {
  readonly head: FileHead;
  readonly hasTimes: boolean;
  readonly name: string;
  readonly bytes: number;
  readonly part?: CapturePart | undefined;
  readonly compression?: CaptureSummary["compression"];
  readonly reader: CaptureSummary["reader"];
  readonly toFileOffset: (textOffset: number) => Promise<number>;
  /** All rows, as they lie in the text. */
  readonly runs: readonly RowRun[];
  /** Length of a byte order mark of UTF-8 that the runs do not count. */
  readonly markBytes: number;
  /** Milliseconds since the run began. */
  readonly elapsed: () => number;
}

/** The columns read first, of all rows. */
export interface ReadRows {
  readonly columns: PacketColumns;
  readonly index: SequenceIndex;
  readonly time: CaptureTime | null;
  /** Rows whose time says nothing, as settleDates gave it. */
  readonly lost: number;
  readonly tally: RowTally;
}

/** Sums up; `isComplete`: all columns are there. */
export async function summarize(facts: ReadFacts, rows: ReadRows, isComplete: boolean): Promise<CaptureSummary> {
  const { header } = facts.head;
  const { columns, index, tally } = rows;
  const labelColumn = header.columns.get("label");
  return {
    name: facts.name,
    bytes: facts.bytes,
    compression: facts.compression ?? null,
    rows: tally.counts(facts.hasTimes, rows.lost),
    part: facts.part ?? null,
    time: rows.time,
    distinct: index.values.length,
    seqField: !header.columns.has("seq") && header.columns.has("seqRaw") ? "tcp.seq_raw" : "tcp.seq",
    labelField: labelColumn === undefined ? null : header.names[labelColumn],
    completeness: isComplete ? measureCompleteness(columns) : null,
    problems: await tally.report.finish(facts.toFileOffset),
    reader: facts.reader,
    isComplete,
    elapsedMs: facts.elapsed(),
  };
}

/** A capture of which all columns are read, by one thread, in order. */
export async function buildStore(
  facts: ReadFacts,
  columns: PacketColumns,
  tally: RowTally,
  notes: DateNotes,
  modules: EngineModules,
): Promise<CaptureStore> {
  const { time, lost } = settleTimes(facts, columns, measureTimes(columns, 0, columns.rows), notes, tally);
  const segments = [{ first: 0, rows: columns.rows }];
  const rows = new Uint32Array(tally.tcp);
  const index = new SequenceIndex(segments, rows, groupAll(modules.sorter, columns, segments, rows));
  const streamRows = new Uint32Array(countKeys(columns, "stream"));
  const order = new StreamOrder(streamRows, [orderRange(modules.sorter, columns, segments, ALL_STREAMS, streamRows)], segments);
  const summary = await summarize(facts, { columns, index, time, lost, tally }, true);
  const rowOffsets = new RowOffsets(columns.offset, facts.runs, facts.markBytes);
  return new CaptureStore({ summary, columns, index, rowOffsets, head: facts.head, modules }, Promise.resolve({ summary, order }));
}

/** settleDates, of a time range too: rows on one clock at last may prove to lie outside. `times`: those of all rows. */
export function settleTimes(
  { head: { header }, part }: Pick<ReadFacts, "head" | "part">,
  columns: PacketColumns,
  times: TimesByZone,
  notes: DateNotes,
  tally: RowTally,
): ReturnType<typeof settleDates> {
  const settled = settleDates(columns, times, notes, tally.sources);
  if (part?.kind !== "time") return settled;
  tally.moveOutside(new RangeFilter(part, header).settle(columns));
  const { time } = settleDates(columns, measureTimes(columns, 0, columns.rows), notes, tally.sources);
  return { time: time && { ...time, isRelative: settled.time?.isRelative ?? false }, lost: settled.lost, fits: settled.fits };
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
