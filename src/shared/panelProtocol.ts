/**
 * Messages between the extension host and its webviews, the panels of timelines and findings and the filter bar of the side bar, and the
 * small state a webview keeps.
 * The webview asks first (`panel/ready`); every request carries an id and is settled by one reply with that id.
 * Replies without an id are news from the host. Typed arrays travel as they are, of exactly the needed length.
 * Knows no vscode, no DOM.
 */
import type { BurstsOfNumber } from "./bursts";
import { MAX_FILTER_LENGTH, type FilterCheck, type FilterCompletion } from "./displayFilter";
import type { ErrorCode } from "./errors";
import type { FindingPicture } from "./findingGraph";
import type { Finding } from "./findings";
import type { AnalysisProgress, CaptureSummary, CaptureTime, Clock, Distribution, CsvRow } from "./model";
import { parsePacketSort, type PacketColumn, type PacketPage, type PacketSort } from "./packets";
import type { Focus, TimeSpan } from "./selection";
import { MAX_COMPARED, SPLITS, type SplitBy, type Timelines, type TimelinesQuery } from "./timelines";

/** More points than this are never asked for: a chart is a few thousand pixels wide. */
export const MAX_CHART_BUCKETS = 10_000;

/** Bins of the histogram of all sequence numbers. */
export const DISTRIBUTION_BINS = 64;

/** Most bins the host answers for. */
export const MAX_DISTRIBUTION_BINS = 1024;

/** Largest bucket the host answers for, seconds: a year. */
export const MAX_BUCKET_SECONDS = 31_536_000;

/** Clock times are shown on: the capture's own, UTC, or the viewer's (asked of the engine as UTC with `alignMinutes`). */
export type PanelClock = Clock | "local";

/** The tab of the panel. */
export type PanelView = (typeof PANEL_VIEWS)[number];
/** In their order. */
export const PANEL_VIEWS = ["timeline", "distribution", "packets"] as const;

/** What a panel is to show. `seq` null: the most frequent number, found when the capture is open. */
export interface PanelTarget {
  readonly view: PanelView;
  readonly seq: number | null;
  /** Numbers that the timeline compares with `seq`, in the order of their colours; none when missing. */
  readonly compared?: readonly number[];
}

/** What the webview keeps across hiding and window reload. Small and independent of the capture's size. */
export interface PanelState {
  /** States of version 1, which lack what came later, are still read. */
  readonly version: 2;
  /** Key of the capture: its uri as a string. */
  readonly key: string;
  /** File name for titles until the capture is read again. */
  readonly name: string;
  readonly view: PanelView;
  readonly seq: number | null;
  /** Seconds, null for automatic. */
  readonly bucketSeconds: number | null;
  /** Vertical axis of the timeline. */
  readonly scale: "linear" | "log";
  readonly clock: PanelClock;
  /** Width of the histogram's bins. */
  readonly bins: "linear" | "log";
  readonly measure: "packets" | "distinct";
  /** Vertical axis of the histogram. */
  readonly distributionScale: "linear" | "log";
  /** Packets of the number shown, or all. */
  readonly packetScope: PacketScope;
  readonly packetSort: PacketSort;
  /** Numbers compared with `seq`. */
  readonly compared: readonly number[];
  /** Numbers of the legend that are not drawn. */
  readonly hidden: readonly number[];
  /** Which number has the chart's i-th colour, dash and mark; null where it is free. */
  readonly styles: readonly (number | null)[];
  /** What the number is split by; nothing while others are compared with it. */
  readonly split: SplitBy | null;
  /** All packets stand behind the numbers. */
  readonly hasBackdrop: boolean;
  readonly marksBursts: boolean;
  /** What was zoomed to, for a window that is loaded again; else the host says what is in focus. */
  readonly range: TimeSpan | null;
}

/** What the chart of timelines is asked for; the host sets the limit of buckets. */
export type ChartQuery = Omit<TimelinesQuery, "maxBuckets">;

/** Forms in which the timeline can be taken away: as a picture, or its data. */
export const IMAGE_FORMATS = ["png", "svg"] as const;
export const DATA_FORMATS = ["csv", "json"] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];
export type DataFormat = (typeof DATA_FORMATS)[number];

/** Largest picture that is taken from a page, bytes. */
export const MAX_IMAGE_BYTES = 32 * 1024 * 1024;

/** Which packets the tab of packets lists, within the capture's focus. */
export type PacketScope = "number" | "all";

/** Packets of a page at most. */
export const MAX_PACKETS_PER_PAGE = 500;

/** Packets that are copied at once: more would be more than anybody pastes. */
export const MAX_PACKETS_COPIED = 50_000;

/** The editor opens no larger file for extensions. */
export const MAX_EDITOR_BYTES = 50 * 1024 * 1024;

/** What a finding's page keeps across hiding and window reload. */
export interface FindingState {
  readonly version: 1;
  readonly kind: "finding";
  /** Key of the capture: its uri as a string. */
  readonly key: string;
  readonly name: string;
  /** Finding.id. */
  readonly finding: string;
  /** For titles until the finding is there again. */
  readonly title: string;
  /** Stream and direction drawn; null for the finding's own. */
  readonly stream: number | null;
  readonly direction: 0 | 1 | null;
  /** Whether all of the stream is drawn, or what lies around the finding's packets. */
  readonly range: "all" | "finding";
  readonly packetSort: PacketSort;
}

/** Which packets a table lists. Of which finding, and within which focus, the host knows. */
export interface ListedPackets {
  /** Null for all packets; a finding's page asks for those of the finding. */
  readonly seq: number | null;
  readonly sort: PacketSort;
}

/** Why the editor cannot open the file at a row; "yes" when it can. */
export type CanOpenRow = "yes" | "compressed" | "tooLarge";

/** What a filter bar asks, on every page. */
export type FocusRequest =
  /** What the user looks at of the page's capture. Answered by `request/done`; `focus/changed` comes, too, when it was another one. */
  | { readonly type: "focus/set"; readonly id: number; readonly focus: Focus }
  /** Answered by `focus/counted`. */
  | { readonly type: "focus/count"; readonly id: number }
  /** Answered by `filter/checked`; before that come `filter/progress` where the file has to be read. The page's check before fails. */
  | { readonly type: "filter/check"; readonly id: number; readonly text: string }
  /** The page's last check is not wanted any more, and fails. Answered by `request/done`. */
  | { readonly type: "filter/stop"; readonly id: number }
  /** Answered by `filter/completed`. `position`: characters before the cursor. */
  | { readonly type: "filter/complete"; readonly id: number; readonly text: string; readonly position: number }
  /** Filters that were applied, the last one first. Answered by `filter/recalled`. */
  | { readonly type: "filter/recall"; readonly id: number }
  /** Forgets them. Answered by `request/done`. */
  | { readonly type: "filter/forget"; readonly id: number };

/** What the page of any panel may ask. */
type CommonRequest =
  | FocusRequest
  /** First of all, after every load of the page. Answered by `panel/init`, `finding/init` or `filter/init`. */
  | { readonly type: "panel/ready"; readonly id: number }
  /** Read the file again. Answered by `request/done` when it has been read; `capture/replaced` comes too. */
  | { readonly type: "panel/analyzeAgain"; readonly id: number };

/** What a table of packets may ask. */
export type PacketRequest =
  /** At most MAX_PACKETS_PER_PAGE; `showing` as PacketsQuery has it. Answered by `packets/data`. */
  | {
      readonly type: "packets/get";
      readonly id: number;
      readonly list: ListedPackets;
      readonly from: number;
      readonly count: number;
      readonly showing: number | null;
    }
  /**
   * Copies packets of the list, `count` from `from` on: as CSV, with the columns named, or as a Wireshark filter. Answered by
   * `packets/copied`.
   */
  | {
      readonly type: "packets/copy";
      readonly id: number;
      readonly list: ListedPackets;
      readonly from: number;
      readonly count: number;
      readonly format: CopyFormat;
      readonly columns: readonly PacketColumn[];
    }
  /** The columns of all tables to come. Answered by `request/done`. */
  | { readonly type: "columns/changed"; readonly id: number; readonly columns: readonly PacketColumn[] }
  /** Answered by `row/data`. `place`: PacketRow.place. */
  | { readonly type: "row/get"; readonly id: number; readonly place: number }
  /** Shows the row in the editor. Answered by `request/done`. */
  | { readonly type: "row/open"; readonly id: number; readonly place: number };

export type CopyFormat = "csv" | "filter";

/** What a copied filter of a finding lets through: exactly its packets, others too, or the first of them; "none" when nothing was copied. */
export type FilterScope = "exact" | "wider" | "part" | "none";

/** What a timeline's page may ask. */
export type TimelineRequest =
  | CommonRequest
  | PacketRequest
  /** The capture of this panel, read again when it is not in memory. Answered by `capture/opened` or `capture/cancelled`. */
  | { readonly type: "capture/open"; readonly id: number }
  /**
   * Several numbers, one in parts, or both with all packets behind. Answered by `timelines/data`: at most MAX_CHART_BUCKETS buckets, coarser ones when
   * there would be more.
   */
  | { readonly type: "timelines/get"; readonly id: number; readonly query: ChartQuery }
  /** Bursts of the numbers among the packets that pass the filter, over all of the time. Answered by `bursts/data`. */
  | { readonly type: "bursts/get"; readonly id: number; readonly seqs: readonly number[]; readonly filter: string; readonly clock: Clock }
  /** The user has taken numbers out of the chart. 1 to MAX_COMPARED, the first is the panel's. Answered by `request/done`. */
  | { readonly type: "numbers/changed"; readonly id: number; readonly seqs: readonly number[] }
  /** Lets the user choose a number to add to the chart; `panel/show` follows. Answered by `request/done`. */
  | { readonly type: "numbers/add"; readonly id: number }
  /** Lets the user choose how to save the chart. Answered by `save/chosen`. */
  | { readonly type: "save/choose"; readonly id: number }
  /** Saves a picture of the chart where the user says. Answered by `request/done`, also when the user says nowhere. */
  | { readonly type: "image/save"; readonly id: number; readonly format: ImageFormat; readonly bytes: Uint8Array }
  /** Likewise the chart's data, which the engine is asked for. */
  | { readonly type: "data/save"; readonly id: number; readonly format: DataFormat; readonly query: ChartQuery }
  /** Answered by `distribution/data`. */
  | { readonly type: "distribution/get"; readonly id: number; readonly bins: number; readonly scale: "linear" | "log" }
  /** The user has changed the tab. Answered by `request/done`. */
  | { readonly type: "view/changed"; readonly id: number; readonly view: PanelView };

/** What a finding's page may ask. Which finding it is, the host knows. */
export type FindingRequest =
  | CommonRequest
  | PacketRequest
  /** The finding, its capture read again when need be. Answered by `finding/opened`, `finding/missing` or `capture/cancelled`. */
  | { readonly type: "finding/open"; readonly id: number }
  /** Answered by `graph/data`; null for the finding's own stream and direction. */
  | { readonly type: "graph/get"; readonly id: number; readonly stream: number | null; readonly direction: 0 | 1 | null }
  /** Copies a Wireshark filter of the finding. Answered by `filter/copied`. */
  | { readonly type: "filter/copy"; readonly id: number };

/** What the filter bar of the side bar may ask. Which capture it acts on, the host says. */
export type FilterRequest = { readonly type: "panel/ready"; readonly id: number } | FocusRequest;

/** The capture that the filter bar of the side bar acts on: the one used last. */
export interface FilterTarget {
  readonly key: string;
  readonly name: string;
  readonly focus: Focus;
  /** For the zone of a range; null without times. */
  readonly time: CaptureTime | null;
}

export type PanelRequest = TimelineRequest | FindingRequest | FilterRequest;

/** How far the reading has come that a `filter/check` waits for. Does not settle it. */
export interface FilterProgress {
  readonly type: "filter/progress";
  readonly id: number;
  readonly progress: AnalysisProgress;
}

export type PanelReply =
  | {
      readonly type: "panel/init";
      readonly id: number;
      readonly key: string;
      /** File name without folder. */
      readonly name: string;
      readonly target: PanelTarget;
      /** In memory: `capture/open` answers at once. "toRead": it will read the file. "gone": the user has closed it. */
      readonly capture: "open" | "toRead" | "gone";
      readonly settings: { readonly bucketSeconds: number | null; readonly clock: PanelClock };
      /** Columns of the table of packets. */
      readonly columns: readonly PacketColumn[];
      /** Translations by English sentence, null when the display language is English. */
      readonly l10n: Readonly<Record<string, string>> | null;
    }
  | {
      readonly type: "capture/opened";
      readonly id: number;
      readonly summary: CaptureSummary;
      /** The number to show, settled: the target's or the most frequent. */
      readonly seq: number;
      /** The file has changed on disk since it was read. */
      readonly isStale: boolean;
      readonly canOpenRow: CanOpenRow;
      readonly focus: Focus;
    }
  | { readonly type: "capture/cancelled"; readonly id: number }
  | { readonly type: "timelines/data"; readonly id: number; readonly timelines: Timelines }
  /** In the order of the numbers asked for. */
  | { readonly type: "bursts/data"; readonly id: number; readonly bursts: readonly BurstsOfNumber[] }
  /** Null when the user has left. */
  | { readonly type: "save/chosen"; readonly id: number; readonly format: ImageFormat | DataFormat | null }
  | { readonly type: "distribution/data"; readonly id: number; readonly distribution: Distribution }
  | {
      readonly type: "finding/init";
      readonly id: number;
      readonly key: string;
      readonly name: string;
      /** Finding.id. */
      readonly finding: string;
      readonly title: string;
      /** As that of `panel/init`. */
      readonly capture: "open" | "toRead" | "gone";
      readonly columns: readonly PacketColumn[];
      readonly l10n: Readonly<Record<string, string>> | null;
    }
  | {
      readonly type: "finding/opened";
      readonly id: number;
      readonly summary: CaptureSummary;
      readonly finding: Finding;
      /** What the coverage of the capture means for all findings. */
      readonly caveats: readonly string[];
      readonly isStale: boolean;
      /** Whether `row/get` is answered. */
      readonly canOpenRow: CanOpenRow;
      readonly focus: Focus;
    }
  | {
      readonly type: "filter/init";
      readonly id: number;
      /** Null when no capture is open. */
      readonly target: FilterTarget | null;
      readonly l10n: Readonly<Record<string, string>> | null;
    }
  /** How many packets pass the focus, of how many with a sequence number. */
  | { readonly type: "focus/counted"; readonly id: number; readonly packets: number; readonly total: number }
  | { readonly type: "filter/checked"; readonly id: number; readonly check: FilterCheck }
  | FilterProgress
  | { readonly type: "filter/completed"; readonly id: number; readonly completion: FilterCompletion }
  | { readonly type: "filter/recalled"; readonly id: number; readonly filters: readonly string[] }
  /** The capture has no such finding (any more). */
  | { readonly type: "finding/missing"; readonly id: number }
  /** Null when the finding is not in the last report, or has no such stream. */
  | { readonly type: "graph/data"; readonly id: number; readonly picture: FindingPicture | null }
  | { readonly type: "packets/data"; readonly id: number; readonly page: PacketPage }
  /** `copied` of `asked` packets are on the clipboard; for a filter, of those that have a frame number. */
  | { readonly type: "packets/copied"; readonly id: number; readonly copied: number; readonly asked: number }
  | { readonly type: "filter/copied"; readonly id: number; readonly scope: FilterScope }
  | { readonly type: "row/data"; readonly id: number; readonly row: CsvRow }
  | { readonly type: "request/done"; readonly id: number }
  | { readonly type: "request/failed"; readonly id: number; readonly code: ErrorCode; readonly message: string }
  /** Show another number or tab. */
  | { readonly type: "panel/show"; readonly target: PanelTarget }
  /** The user looks at other packets of the capture now, here or elsewhere. */
  | { readonly type: "focus/changed"; readonly focus: Focus }
  /** The filter bar of the side bar acts on this capture now, or on none. */
  | { readonly type: "filter/target"; readonly target: FilterTarget | null }
  /** The detectors have run again: ask for the finding, and for the labels of packets, anew. */
  | { readonly type: "finding/changed" }
  /** The user has closed the capture. */
  | { readonly type: "panel/gone" }
  /** The file has changed on disk. */
  | { readonly type: "panel/stale" }
  /** A new analysis has taken the capture's place: ask for everything again. */
  | { readonly type: "capture/replaced" };

/** Replies that settle a request. */
export type PanelAnswer = Exclude<Extract<PanelReply, { readonly id: number }>, FilterProgress>;
/** Replies nobody asked for. */
export type PanelNews = Exclude<PanelReply, { readonly id: number }>;

const isOneOf = <T>(choices: readonly T[], value: unknown): value is T => (choices as readonly unknown[]).includes(value);

/** A whole number of lowest..highest. */
export const isIntegerIn = (value: unknown, lowest: number, highest: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= lowest && value <= highest;

/** A sequence number: 0..2^32-1. */
export const isSeq = (value: unknown): value is number => isIntegerIn(value, 0, 0xffff_ffff);

/** A bucket size that may be asked for; null is automatic. */
export const isBucketSeconds = (value: unknown): value is number | null => value === null || isIntegerIn(value, 1, MAX_BUCKET_SECONDS);

/** Different numbers that one chart can show: 1 to MAX_COMPARED. */
export const isSeqList = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length >= 1 && value.length <= MAX_COMPARED && value.every(isSeq) && new Set(value).size === value.length;

const isStyleList = (value: unknown): value is (number | null)[] =>
  Array.isArray(value) && value.length <= MAX_COMPARED && isSeqList(value.filter((each) => each !== null));

/** What a number may be split by; null is nothing. */
export const isSplit = (value: unknown): value is SplitBy | null => value === null || isOneOf(SPLITS, value);

/** What version 2 added; each field falls back to what a panel begins with, so that one of an older or newer version loses no other. */
function parseChartState(
  fields: Record<string, unknown>,
): Pick<PanelState, "packetScope" | "packetSort" | "compared" | "hidden" | "styles" | "split" | "hasBackdrop" | "marksBursts" | "range"> {
  const { seq, packetScope, packetSort, compared, hidden, styles, split, hasBackdrop, marksBursts, range } = fields;
  const others = isSeqList(compared) && !compared.includes(seq as number) && compared.length < MAX_COMPARED ? compared : [];
  return {
    packetScope: packetScope === "all" ? "all" : "number",
    packetSort: parsePacketSort(packetSort) ?? null,
    compared: others,
    hidden: isSeqList(hidden) ? hidden : [],
    styles: isStyleList(styles) ? styles : [],
    split: isSplit(split) && others.length === 0 ? split : null,
    hasBackdrop: hasBackdrop === true,
    marksBursts: marksBursts !== false,
    range: parseTimeSpan(range) ?? null,
  };
}

/** Text that may be a filter; whether it is one, the engine says. */
export const isFilterText = (value: unknown): value is string => typeof value === "string" && value.length <= MAX_FILTER_LENGTH;

/** A focus made anew from checked values; undefined for what is none. */
export function parseFocus(value: unknown): Focus | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { filter, range } = value as Record<string, unknown>;
  if (!isFilterText(filter)) return undefined;
  const span = parseTimeSpan(range);
  return span === undefined ? undefined : { filter, range: span };
}

/** A stretch of time, made anew; undefined for what is none, null for null. */
function parseTimeSpan(value: unknown): TimeSpan | null | undefined {
  if (value === null) return null;
  if (typeof value !== "object") return undefined;
  const { clock, fromSec, toSec } = value as Record<string, unknown>;
  if (clock !== "capture" && clock !== "utc") return undefined;
  return isFiniteNumber(fromSec) && isFiniteNumber(toSec) && fromSec < toSec ? { clock, fromSec, toSec } : undefined;
}

const isFiniteNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

/** The state of an earlier session if it is whole, else undefined. Every field is checked: it comes from disk. */
export function parsePanelState(value: unknown): PanelState | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { version, key, name, view, seq, bucketSeconds, scale, clock, bins, measure, distributionScale } = value as Record<string, unknown>;
  if (version !== 1 && version !== 2) return undefined;
  if (typeof key !== "string" || key === "" || typeof name !== "string") return undefined;
  if (!isOneOf(PANEL_VIEWS, view)) return undefined;
  if (seq !== null && !isSeq(seq)) return undefined;
  if (!isBucketSeconds(bucketSeconds)) return undefined;
  const scales = ["linear", "log"] as const;
  if (!isOneOf(scales, scale) || !isOneOf(scales, bins) || !isOneOf(scales, distributionScale)) return undefined;
  if (!isOneOf(["capture", "utc", "local"] as const, clock)) return undefined;
  if (!isOneOf(["packets", "distinct"] as const, measure)) return undefined;
  const chart = parseChartState(value as Record<string, unknown>);
  return { version: 2, key, name, view, seq, bucketSeconds, scale, clock, bins, measure, distributionScale, ...chart };
}

/** Longest id of a finding: kind, addresses, a stream. */
const MAX_ID = 1000;

/** An id that a finding may have. */
export const isFindingId = (value: unknown): value is string => typeof value === "string" && value !== "" && value.length <= MAX_ID;

/** A stream that may be asked for; null is the finding's own. */
export const isStreamChoice = (value: unknown): value is number | null => value === null || isSeq(value);

/** A direction that may be asked for, likewise. */
export const isDirectionChoice = (value: unknown): value is 0 | 1 | null => value === null || value === 0 || value === 1;

/** The state of a finding's page of an earlier session if it is whole, else undefined. */
export function parseFindingState(value: unknown): FindingState | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { version, kind, key, name, finding, title, stream, direction, range, packetSort: sort } = value as Record<string, unknown>;
  if (version !== 1 || kind !== "finding") return undefined;
  if (typeof key !== "string" || key === "" || typeof name !== "string" || typeof title !== "string") return undefined;
  if (!isFindingId(finding) || !isStreamChoice(stream) || !isDirectionChoice(direction)) return undefined;
  if (range !== "all" && range !== "finding") return undefined;
  const packetSort = parsePacketSort(sort);
  if (packetSort === undefined) return undefined;
  return { version, kind, key, name, finding, title, stream, direction, range, packetSort };
}
