/**
 * What an analysis says about a capture: the shapes that host, worker, webview and command line share.
 * Plain data that survives structured clone. Knows no vscode, no node, no DOM.
 *
 * Times: a moment is whole seconds since 1970-01-01T00:00:00 and nanoseconds 0..999,999,999, read either on the
 * capture's own wall clock ("capture") or in UTC ("utc"). Seconds and nanoseconds are kept apart because one number
 * cannot hold both exactly: nanoseconds since 1970 need 61 bits, and real captures span years.
 */

import type { SequenceBurst } from "./bursts";

/** The clock a time is read on. "capture": the wall clock of the exporting machine, as the file prints it. */
export type Clock = "capture" | "utc";

/** A moment; see the file header. */
export interface Moment {
  readonly seconds: number;
  readonly nanos: number;
}

/** The zone of a wall clock. */
export interface ZoneInfo {
  /** As the file says it (`EDT`, `Romance Standard Time`, `-04:00`, `UTC`), null when it does not say. */
  readonly label: string | null;
  /** East of UTC, minutes; null when missing or ambiguous (`IST`) and no epoch column settles it. */
  readonly offsetMinutes: number | null;
}

/** The field that gave the times. */
export type TimeSource = "frame.time" | "frame.time_utc" | "frame.time_epoch" | "frame.time_relative" | "_ws.col.time";

/** Time range of the dated TCP rows. */
export interface CaptureTime {
  /** On the capture's clock. With relative times, since 1970-01-01T00:00:00. */
  readonly first: Moment;
  readonly last: Moment;
  /** The most frequent zone. */
  readonly zone: ZoneInfo;
  /** How many different zones occur (2 across a change to summer time). */
  readonly zoneCount: number;
  /** True when every dated row has a known offset, so that UTC and local time can be shown. */
  readonly isUtcKnown: boolean;
  /** True when the file only says seconds since the capture's start: there is no date. */
  readonly isRelative: boolean;
  readonly source: TimeSource;
}

/** The part of a file that is analysed. */
export type CapturePart =
  /** The first rows, as reading from the front counts them (RowCounts.read). */
  | { readonly kind: "rows"; readonly rows: number }
  /**
   * The rows of a time range: at `from` or later, before `to`, on the capture's clock. That is UTC when the file only
   * has times since 1970, and seconds since the capture's start when it only has those.
   */
  | { readonly kind: "time"; readonly from: Moment; readonly to: Moment };

/**
 * Rows by fate. read = tcp + repeatedHeaders + withoutSeq + badSeq + leftOut + outsideRange.
 * badTime, extraCells and missingCells count rows that may also be in tcp or outsideRange.
 */
export interface RowCounts {
  /** Rows after the header line, repeated headers included, blank lines not. */
  readonly read: number;
  /** Rows with a numeric sequence number: those that every count and chart is made of. */
  readonly tcp: number;
  readonly repeatedHeaders: number;
  /** The sequence cell is empty. */
  readonly withoutSeq: number;
  /** The sequence cell holds something that is no number of 0..2^32-1. */
  readonly badSeq: number;
  /** Cells cannot be matched to columns with certainty. */
  readonly leftOut: number;
  /** Rows with a sequence number that are not in the time range asked for, or have no readable time; 0 without a range. */
  readonly outsideRange: number;
  /** No time column could be read; null when the file has none. */
  readonly badTime: number | null;
  /** More cells than the header, repaired or left out. */
  readonly extraCells: number;
  /** Fewer cells than the header. */
  readonly missingCells: number;
}

/** Kinds of the import report, from grave to harmless. */
export type ProblemKind =
  | "compressionCutOff"
  | "compressionDamaged"
  | "leftOut"
  | "cutOffLastLine"
  | "badSeq"
  | "badTime"
  | "missingCells"
  | "lostPrecision"
  | "trailingBytes"
  | "badNumber"
  | "extraCellsRepaired"
  | "brokenQuotes"
  | "timeFallback"
  | "multipleValues"
  | "repeatedHeader"
  | "withoutSeq";

/** Where a problem stands in the file; of a compressed file, in what it decompresses to. */
export interface RowPlace {
  /** Line the row begins in, from 1, as an editor counts them. */
  readonly line: number;
  /** Offset of the row's first byte. */
  readonly byteOffset: number;
}

/** How a file can be compressed. */
export type CompressionKind = "gzip" | "zstd";

/** One kind of the import report. */
export interface ImportProblem {
  readonly kind: ProblemKind;
  readonly count: number;
  /** The first few, in file order. */
  readonly examples: readonly RowPlace[];
}

/** How much of the capture the file holds, by frame numbers. */
export interface Completeness {
  /** Different frame numbers in the file. */
  readonly frames: number;
  /** Highest - lowest frame number + 1. */
  readonly span: number;
  /** frames / span, 0..1. */
  readonly share: number;
}

/** Which program reads rows: the WebAssembly kernel, plain TypeScript, or csv-parse as the reference to compare with. */
export type ReaderKind = "simd" | "scalar" | "csv-parse";

/** What is known of a capture once it is read. */
export interface CaptureSummary {
  /** File name without folder. */
  readonly name: string;
  /** Size of the file, as it is stored. */
  readonly bytes: number;
  /** Null for a plain file. `bytes`: what was decompressed. */
  readonly compression: { readonly kind: CompressionKind; readonly bytes: number } | null;
  readonly rows: RowCounts;
  /** The part that was analysed; null for the whole file. Of a time range, `problems` are those of all rows. */
  readonly part: CapturePart | null;
  /** Null when no row has a readable time. */
  readonly time: CaptureTime | null;
  /** How many different sequence numbers. */
  readonly distinct: number;
  /** `tcp.seq` (relative by tshark's default), or `tcp.seq_raw` when the file has only that. */
  readonly seqField: "tcp.seq" | "tcp.seq_raw";
  /** Name of the label column as the file spells it, null without one. */
  readonly labelField: string | null;
  /** Null without frame.number, and while `isComplete` is false. */
  readonly completeness: Completeness | null;
  readonly problems: readonly ImportProblem[];
  /** How it was read, for the log. */
  readonly reader: { readonly kind: ReaderKind; readonly threads: number };
  /**
   * False while only the columns of sequence numbers, times, labels and protocols are read: counts and timelines are
   * final, `problems` may lack what other columns show.
   */
  readonly isComplete: boolean;
  /** From opening the file to this summary. */
  readonly elapsedMs: number;
}

/** One sequence number with its packets. */
export interface SequenceCount {
  readonly seq: number;
  readonly count: number;
  /** The strongest burst; missing where there is none, or nobody has looked for bursts yet. */
  readonly burst?: SequenceBurst;
}

/**
 * "count": most frequent first, ties by first appearance in the file. "number": ascending. "burst": strongest burst first,
 * then the numbers without one by count.
 */
export type SequenceOrder = "count" | "number" | "burst";

/** A page of the list of sequence numbers. */
export interface SequenceQuery {
  readonly order: SequenceOrder;
  readonly from: number;
  readonly count: number;
}

/** How often a label occurs. `label` is null for packets without one. */
export interface LabelShare {
  readonly label: string | null;
  readonly count: number;
}

/** All that a tooltip says about one number. */
export interface SequenceDetails {
  readonly seq: number;
  /** 0 when the number does not occur. */
  readonly count: number;
  /** Of rows.tcp, 0..1. */
  readonly share: number;
  /** On the capture's clock; null when none of the packets has a time. */
  readonly first: Moment | null;
  readonly last: Moment | null;
  /** Different tcp.stream values; null without that column. */
  readonly streams: number | null;
  /** Most frequent first; empty without a label column. */
  readonly labels: readonly LabelShare[];
}

/** Bucket sizes a user can choose, seconds. */
export const BUCKET_CHOICES = [1, 10, 60, 300, 3600] as const;

/** What a timeline is asked for. */
export interface TimelineQuery {
  readonly seq: number;
  /** Seconds, a positive integer; null lets the engine choose one that gives a readable chart. */
  readonly bucketSeconds: number | null;
  /** "utc" throws `zoneUnknown` unless CaptureTime.isUtcKnown. */
  readonly clock: Clock;
  /** Edges of buckets fall on multiples of the size plus this many minutes: the viewer's own offset for local time. */
  readonly alignMinutes?: number;
  /** Above this many buckets the next larger size is taken (chart), or the empty ones are left out (data). */
  readonly maxBuckets: number;
  /** What to do above maxBuckets. */
  readonly whenTooMany: "coarsen" | "sparse";
}

/**
 * Packets of one number per bucket. The i-th listed bucket starts at startSec + (index ? index[i] : i) * bucketSeconds.
 * All arrays have the length of the listed buckets.
 */
export interface Timeline {
  readonly seq: number;
  readonly clock: Clock;
  /** The size used. */
  readonly bucketSeconds: number;
  /** The size asked for, null for auto; differs from bucketSeconds when that would give too many buckets. */
  readonly requestedBucketSeconds: number | null;
  /** Left edge of the first bucket, seconds since 1970-01-01T00:00:00 on `clock`. */
  readonly startSec: number;
  /** Buckets from the first to the last packet, empty ones included. */
  readonly bucketCount: number;
  /** Null when every bucket is listed; else the positions of the listed ones, ascending. */
  readonly index: Float64Array | null;
  readonly counts: Uint32Array;
  /** Last non-empty label by time (ties by file order) as index into labelNames, -1 for none. */
  readonly labels: Int32Array;
  readonly labelNames: readonly string[];
  /** Last non-empty frame.protocols, likewise. */
  readonly protocols: Int32Array;
  readonly protocolNames: readonly string[];
  /** Packets of this number without a readable time; they are in no bucket. */
  readonly undated: number;
}

/** How packets spread over the range of sequence numbers. */
export interface DistributionQuery {
  readonly bins: number;
  /** Width of bins: equal, or growing by a constant factor. */
  readonly scale: "linear" | "log";
}

/** Histogram of all sequence numbers. Bin i holds edges[i] <= seq < edges[i + 1]. */
export interface Distribution {
  /** bins + 1 ascending integers; the first is 0. */
  readonly edges: Float64Array;
  /** Packets per bin. */
  readonly packets: Float64Array;
  /** Different numbers per bin. */
  readonly distinct: Float64Array;
}

/** A row of the file, cell by cell. */
export interface CsvRow {
  /** The header's names, then an empty one for every cell beyond them. */
  readonly names: readonly string[];
  /** As the file has them, without their quotes; fewer than names where the row ends early. */
  readonly cells: readonly string[];
  /** Of the row's first byte: in the file, or in what a compressed file holds. */
  readonly byteOffset: number;
  /** From 1. */
  readonly line: number;
}

/** How far reading has come. Bytes are those of the file as it is stored. */
export interface AnalysisProgress {
  /** "first": columns of numbers, times, labels and protocols; "rest": the others; "all": both at once. */
  readonly pass: "first" | "rest" | "all";
  readonly bytesRead: number;
  readonly bytesTotal: number;
  readonly rows: number;
}

/** Where a capture comes from: a file, or the text that stands in an editor. */
export type CaptureSource =
  { readonly kind: "file"; readonly path: string } | { readonly kind: "text"; readonly name: string; readonly text: string };

/** What a user may choose before a run. */
export interface AnalysisOptions {
  /** Names of label columns, the first that the file has is taken; compared without case. */
  readonly labelFields: readonly string[];
  /** Only this part; default: all rows. */
  readonly part?: CapturePart;
  /** Memory that a capture may take, megabytes; 0 or missing: half of the machine's. */
  readonly memoryLimitMB?: number;
}

/** Label columns of public data sets, in order of preference. */
export const DEFAULT_LABEL_FIELDS: readonly string[] = ["alert", "label", "attack_cat", "class"];
