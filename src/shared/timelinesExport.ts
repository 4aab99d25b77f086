/** The data of a chart of timelines, to take away: CSV for spreadsheets, JSON for programs. Knows no vscode, no node, no DOM. */
import { csvCell } from "./findingsExport/csv";
import { formatSeconds } from "./format";
import type { CaptureSummary, CaptureTime, Clock, Timeline } from "./model";
import type { ChartQuery } from "./panelProtocol";
import type { Timelines } from "./timelines";

/** What is exported. */
export interface ExportedTimelines {
  /** Name of the capture's file. */
  readonly file: string;
  readonly summary: Pick<CaptureSummary, "seqField" | "labelField" | "time">;
  /** What the data was asked for with. */
  readonly query: ChartQuery;
  readonly timelines: Timelines;
}

/** Packets per bucket: of a number, of a part of it, or of all packets. */
interface Column {
  readonly kind: "number" | "part" | "rest" | "all";
  /** Head of the column. */
  readonly name: string;
  readonly seq: number | null;
  /** Value that the part's packets have in common; null where they have none. */
  readonly value: string | null;
  readonly counts: Uint32Array;
}

/**
 * A moment with its offset from UTC, `2023-06-04T11:23:00-04:00` or `…Z`; without one where the file does not say it, or has
 * several; seconds since the start where it has no dates. `seconds` on the query's clock.
 */
export function absoluteTime(
  seconds: number,
  { clock, alignMinutes }: { clock: Clock; alignMinutes: number },
  time: CaptureTime | null,
): string {
  if (time?.isRelative) return String(seconds);
  if (clock === "utc")
    return alignMinutes === 0 ? `${formatSeconds(seconds)}Z` : formatSeconds(seconds + alignMinutes * 60) + isoOffset(alignMinutes);
  const offset = time === null || time.zoneCount > 1 ? null : time.zone.offsetMinutes;
  return offset === null ? formatSeconds(seconds) : formatSeconds(seconds) + isoOffset(offset);
}

const pad2 = (value: number): string => String(value).padStart(2, "0");

function isoOffset(minutes: number): string {
  if (minutes === 0) return "Z";
  const absolute = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${pad2(Math.floor(absolute / 60))}:${pad2(absolute % 60)}`;
}

function columnsOf({ query, summary, timelines }: ExportedTimelines): Column[] {
  const columns: Column[] = timelines.timelines.map(({ seq, counts }) => ({
    kind: "number",
    name: `${summary.seqField} ${String(seq)}`,
    seq,
    value: null,
    counts,
  }));
  for (const { kind, name, counts } of timelines.parts ?? []) {
    const value = kind === "rest" ? null : name;
    const head = kind === "rest" ? `other ${query.split ?? ""}` : name === null || name === "" ? `no ${query.split ?? ""}` : name;
    columns.push({ kind: kind === "rest" ? "rest" : "part", name: head, seq: query.seqs[0], value, counts });
  }
  if (timelines.backdrop) columns.push({ kind: "all", name: "all packets", seq: null, value: null, counts: timelines.backdrop });
  return columns;
}

/** Left edges of the buckets, seconds. */
const startsOf = (timeline: Timeline | undefined): number[] =>
  timeline === undefined ? [] : Array.from(timeline.counts, (_count, i) => timeline.startSec + i * timeline.bucketSeconds);

const textAt = (names: readonly string[], code: number | undefined): string | null => (code === undefined ? null : (names[code] ?? null));

/** A row per bucket: its start and size, then a column per number, part, and all packets; label and protocols of a single number. */
export function timelinesCsv(exported: ExportedTimelines): string {
  const { query, summary, timelines } = exported;
  const first = timelines.timelines[0] as Timeline | undefined;
  const columns = columnsOf(exported);
  const single = timelines.timelines.length === 1 ? first : undefined;
  const heads = [summary.time?.isRelative ? "start_seconds" : "start", "bucket_seconds", ...columns.map(({ name }) => name)];
  if (single && summary.labelField !== null) heads.push(summary.labelField);
  if (single) heads.push("frame.protocols");
  const lines = startsOf(first).map((seconds, i) => {
    const cells: (string | number | null)[] = [absoluteTime(seconds, query, summary.time), first?.bucketSeconds ?? null];
    for (const { counts } of columns) cells.push(counts[i] ?? 0);
    if (single && summary.labelField !== null) cells.push(textAt(single.labelNames, single.labels[i]));
    if (single) cells.push(textAt(single.protocolNames, single.protocols[i]));
    return cells;
  });
  return [heads, ...lines].map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("");
}

/** One object; a field without a value is null. The i-th count of every series is of the bucket that starts at the i-th of `starts`. */
export function timelinesJson(exported: ExportedTimelines): string {
  const { file, query, summary, timelines } = exported;
  const first = timelines.timelines[0] as Timeline | undefined;
  const { time } = summary;
  const timeOf = (seconds: number): string | number => (time?.isRelative ? seconds : absoluteTime(seconds, query, time));
  const { range, filter } = query.focus;
  // A range stands on its own clock, which may be another one.
  const edge = (seconds: number): string | number =>
    time?.isRelative ? seconds : absoluteTime(seconds, { clock: range?.clock ?? query.clock, alignMinutes: 0 }, time);
  const whole = {
    file: { name: file, zone: time === null || time.isRelative ? null : time.zone.label, isTimeRelative: time?.isRelative ?? false },
    seqField: summary.seqField,
    filter: filter === "" ? null : filter,
    range: range && { from: edge(range.fromSec), to: edge(range.toSec) },
    split: timelines.parts === null ? null : query.split,
    bucketSeconds: first?.bucketSeconds ?? null,
    starts: startsOf(first).map(timeOf),
    series: columnsOf(exported).map(({ kind, seq, value, counts }) => ({ kind, seq, value, counts: Array.from(counts) })),
  };
  return `${JSON.stringify(whole, null, 1)}\n`;
}
