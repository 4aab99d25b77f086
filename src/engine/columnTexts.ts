/**
 * Columns of the file that are not in memory, read for all rows at once: text by code, in the places of PacketColumns. Here the file is
 * read from the front as it was first, so that the same rows come, and each is found again by where it stands in the text; one that was read
 * by chunks, worker/readFast.ts reads by these.
 */
import { AnalysisError } from "../shared/errors";
import { TEXT_PLACES } from "./chunkScan";
import { readAgain, type AnalyzeOptions } from "./analyze";
import type { ByteSource } from "./bytes";
import type { CaptureStore } from "./captureStore";
import { Valid, type ColumnName, type PacketColumns, type CodesColumn } from "./columns";
import type { FieldKey, HeaderMap } from "./fields";
import type { LoadedColumn } from "./filter/captureFields";

/** Rows as a pass over the file gives them. */
export interface RowColumns {
  readonly columns: PacketColumns;
  /** Length of a byte order mark that `columns.offset` does not count. */
  readonly markBytes: number;
}

/** So many columns are read by one pass. */
export const COLUMNS_PER_PASS = TEXT_PLACES.length;

/** A header with only the columns that are wanted, as if they were others, and what tells that a row is one. */
export function headerFor({ names, columns: all }: HeaderMap, wanted: readonly number[]): HeaderMap {
  if (wanted.length > COLUMNS_PER_PASS) throw new RangeError("Columns are read a few at a time.");
  const keep: FieldKey[] = ["seq", "seqRaw", "info"];
  const columns = new Map<FieldKey, number>();
  // What a row is depends on its sequence number: a header in the middle has none.
  const seqKey = keep.find((key) => all.has(key));
  if (seqKey) columns.set(seqKey, all.get(seqKey)!);
  wanted.forEach((column, i) => columns.set(TEXT_PLACES[i], column));
  return { names, columns };
}

/** What was read into the columns of text, in that order; `codesOf`: of one of them, in the places of a capture. */
export const loadedColumns = (
  columns: Pick<PacketColumns, "labelNames" | "protocolNames">,
  wanted: readonly number[],
  codesOf: (place: (typeof TEXT_PLACES)[number]) => Uint32Array,
): LoadedColumn[] =>
  wanted.map((_, i) => ({
    codes: codesOf(TEXT_PLACES[i]),
    dictionary: TEXT_PLACES[i] === "label" ? columns.labelNames : columns.protocolNames,
  }));

/**
 * Reads up to COLUMNS_PER_PASS columns, by their positions in the header. The capture has to be complete. Throws what reading throws, and
 * `fileChanged` when its rows are not those of the capture.
 */
export async function readColumnTexts(
  source: ByteSource,
  capture: Pick<CaptureStore, "columns" | "head" | "order" | "rowOffsets" | "summary">,
  wanted: readonly number[],
  options: Pick<AnalyzeOptions, "reader" | "labelFields" | "onProgress" | "now">,
): Promise<LoadedColumn[]> {
  const { head, summary, order } = capture;
  if (!order) throw new RangeError("Columns are read when all others are.");
  const header = headerFor(head.header, wanted);
  const present = new Set<ColumnName>(["valid", "offset", ...TEXT_PLACES.slice(0, wanted.length)]);
  // Of a time range all rows are read again, of first rows only those.
  const part = summary.part?.kind === "rows" ? { part: summary.part } : {};
  const read = await readAgain(source, { ...options, ...part, name: summary.name }, header, present);
  const from = findRows(capture.columns, order.segments, capture.rowOffsets, read);
  return loadedColumns(read.columns, wanted, (place) => gather(read.columns[place], from));
}

/** For every place of the capture's columns the row just read that stands at the same offset; MISSING for a place without a row. */
function findRows(
  columns: PacketColumns,
  segments: readonly { readonly first: number; readonly rows: number }[],
  rowOffsets: CaptureStore["rowOffsets"],
  read: RowColumns,
): Uint32Array {
  const from = new Uint32Array(columns.rows).fill(MISSING);
  // Offsets are compared without their upper halves: both are ascending, and none is 4 GB behind the one before.
  const first = segments.find(({ rows }) => rows > 0)?.first ?? 0;
  const own = columns.rows > 0 ? (rowOffsets.of(first) - columns.offset[first]) >>> 0 : 0;
  const shift = (own - read.markBytes) | 0;
  let next = 0;
  for (const segment of segments) next = matchSegment(columns, segment, read.columns, shift, next, from);
  return from;
}

/** No row. */
const MISSING = 0xffff_ffff;

function matchSegment(
  { valid, offset }: PacketColumns,
  { first, rows }: { readonly first: number; readonly rows: number },
  read: PacketColumns,
  shift: number,
  next: number,
  from: Uint32Array,
): number {
  const offsets = read.offset;
  for (let row = first; row < first + rows; row++) {
    if ((valid[row] & Valid.noRow) !== 0) continue;
    const wanted = (offset[row] + shift) >>> 0;
    while (next < read.rows && offsets[next] !== wanted) next++;
    if (next >= read.rows) throw new AnalysisError("fileChanged", "The file is not the one that was analysed any more. Analyse it again.");
    from[row] = next++;
  }
  return next;
}

function gather(codes: CodesColumn, from: Uint32Array): Uint32Array {
  const gathered = new Uint32Array(from.length);
  for (let row = 0; row < from.length; row++) if (from[row] !== MISSING) gathered[row] = codes[from[row]];
  return gathered;
}
