/**
 * Messages between the extension host and the timeline panel's webview, and the small state the webview keeps.
 * The webview asks first (`panel/ready`); every request carries an id and is settled by one reply with that id.
 * Replies without an id are news from the host. Typed arrays travel as they are, of exactly the needed length.
 * Knows no vscode, no DOM.
 */
import type { ErrorCode } from "./errors";
import type { CaptureSummary, Clock, Distribution, Timeline } from "./model";

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
export type PanelView = "timeline" | "distribution";

/** What a panel is to show. `seq` null: the most frequent number, found when the capture is open. */
export interface PanelTarget {
  readonly view: PanelView;
  readonly seq: number | null;
}

/** What the webview keeps across hiding and window reload. Small and independent of the capture's size. */
export interface PanelState {
  readonly version: 1;
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
}

export type PanelRequest =
  /** First of all, after every load of the page. Answered by `panel/init`. */
  | { readonly type: "panel/ready"; readonly id: number }
  /** The capture of this panel, read again when it is not in memory. Answered by `capture/opened` or `capture/cancelled`. */
  | { readonly type: "capture/open"; readonly id: number }
  /** Answered by `timeline/data`. At most MAX_CHART_BUCKETS buckets, coarser ones when there would be more. */
  | {
      readonly type: "timeline/get";
      readonly id: number;
      readonly seq: number;
      readonly bucketSeconds: number | null;
      readonly clock: Clock;
      /** The viewer's minutes east of UTC; 0 but for local time. */
      readonly alignMinutes: number;
    }
  /** Answered by `distribution/data`. */
  | { readonly type: "distribution/get"; readonly id: number; readonly bins: number; readonly scale: "linear" | "log" }
  /** The user has changed the tab. Answered by `request/done`. */
  | { readonly type: "view/changed"; readonly id: number; readonly view: PanelView }
  /** Read the file again. Answered by `request/done` when it has been read; `capture/replaced` comes too. */
  | { readonly type: "panel/analyzeAgain"; readonly id: number };

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
    }
  | { readonly type: "capture/cancelled"; readonly id: number }
  | { readonly type: "timeline/data"; readonly id: number; readonly timeline: Timeline }
  | { readonly type: "distribution/data"; readonly id: number; readonly distribution: Distribution }
  | { readonly type: "request/done"; readonly id: number }
  | { readonly type: "request/failed"; readonly id: number; readonly code: ErrorCode; readonly message: string }
  /** Show another number or tab. */
  | { readonly type: "panel/show"; readonly target: PanelTarget }
  /** The user has closed the capture. */
  | { readonly type: "panel/gone" }
  /** The file has changed on disk. */
  | { readonly type: "panel/stale" }
  /** A new analysis has taken the capture's place: ask for everything again. */
  | { readonly type: "capture/replaced" };

/** Replies that settle a request. */
export type PanelAnswer = Extract<PanelReply, { readonly id: number }>;
/** Replies nobody asked for. */
export type PanelNews = Exclude<PanelReply, PanelAnswer>;

const isOneOf = <T>(choices: readonly T[], value: unknown): value is T => (choices as readonly unknown[]).includes(value);

/** A whole number of lowest..highest. */
export const isIntegerIn = (value: unknown, lowest: number, highest: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= lowest && value <= highest;

/** A sequence number: 0..2^32-1. */
export const isSeq = (value: unknown): value is number => isIntegerIn(value, 0, 0xffff_ffff);

/** A bucket size that may be asked for; null is automatic. */
export const isBucketSeconds = (value: unknown): value is number | null => value === null || isIntegerIn(value, 1, MAX_BUCKET_SECONDS);

/** The state of an earlier session if it is whole, else undefined. Every field is checked: it comes from disk. */
export function parsePanelState(value: unknown): PanelState | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { version, key, name, view, seq, bucketSeconds, scale, clock, bins, measure, distributionScale } = value as Record<string, unknown>;
  if (version !== 1) return undefined;
  if (typeof key !== "string" || key === "" || typeof name !== "string") return undefined;
  if (!isOneOf(["timeline", "distribution"] as const, view)) return undefined;
  if (seq !== null && !isSeq(seq)) return undefined;
  if (!isBucketSeconds(bucketSeconds)) return undefined;
  const scales = ["linear", "log"] as const;
  if (!isOneOf(scales, scale) || !isOneOf(scales, bins) || !isOneOf(scales, distributionScale)) return undefined;
  if (!isOneOf(["capture", "utc", "local"] as const, clock)) return undefined;
  if (!isOneOf(["packets", "distinct"] as const, measure)) return undefined;
  return { version, key, name, view, seq, bucketSeconds, scale, clock, bins, measure, distributionScale };
}
