/** What the panels ask of the rest of the extension. Types only. */
import type * as vscode from "vscode";
import type { FilterCheck, FilterCompletion } from "../shared/displayFilter";
import type { FindingsReport } from "../shared/findings";
import type { Focus } from "../shared/selection";
import type { Capture, Waiting } from "../worker/client";
import type { ChosenColumns } from "./packetAnswers";

/**
 * How a capture has changed: closed by the user, replaced by a new analysis, its file changed on disk, or the columns that
 * no panel shows were read or could not be read.
 */
export type CaptureChange = "closed" | "replaced" | "stale" | "completed" | "incomplete";

/** What the panels need to know of the open captures; implemented by src/analysis. */
export interface PanelCaptures {
  /**
   * The capture behind a key (uri string), analysing it again if need be (after a reload); undefined when cancelled.
   * Rejects with AnalysisError.
   */
  open(key: string): Promise<Capture | undefined>;
  get(key: string): Capture | undefined;
  /** State of an open capture. Stale: its file has changed on disk since it was read. */
  find(key: string): { readonly isStale: boolean } | undefined;
  /** Fires with the key when an open capture has changed. */
  readonly onDidChange: vscode.Event<{ key: string; change: CaptureChange }>;
  /** Fires when a capture that was not open has been read. */
  readonly onDidOpen: vscode.Event<{ key: string }>;
  analyzeAgain(key: string): Promise<void>;
}

/** What the user has set for new panels. */
export interface PanelSettings {
  /** Null for automatic. */
  readonly bucketSeconds: number | null;
  readonly clock: "capture" | "utc" | "local";
}

/** What the user looks at of every capture; implemented by src/analysis. */
export interface PanelFocus {
  get(key: string): Focus;
  /** Rejects with AnalysisError. */
  set(key: string, focus: Focus): Promise<void>;
  /** How many packets pass. Rejects with AnalysisError, as `check` and `complete` do. */
  count(key: string): Promise<{ packets: number; total: number }>;
  check(key: string, text: string, waiting?: Waiting): Promise<FilterCheck>;
  /** Somebody types this text in a filter bar; "": nobody does any more. */
  typing(key: string, text: string): void;
  complete(key: string, text: string, position: number): Promise<FilterCompletion>;
  /** Filters that were applied, the last one first. */
  recent(): readonly string[];
  forgetRecent(): Promise<void>;
  /** Fires when a capture's focus is another one. */
  readonly onDidChange: vscode.Event<{ key: string; focus: Focus }>;
}

/** Who runs the detectors, and keeps what they said. */
export interface PanelReports {
  /** The report of an open capture; the detectors run when there is none. Undefined when it is closed. Rejects with AnalysisError. */
  get(key: string): Promise<FindingsReport | undefined>;
  /** Fires with the key when the detectors of an open capture have run again. */
  readonly onDidFind: vscode.Event<string>;
}

/** What the panels of either kind work with. */
export interface PanelContext {
  readonly extensionUri: vscode.Uri;
  readonly captures: PanelCaptures;
  readonly focus: PanelFocus;
  /** Told of the capture whose panel is used. */
  readonly current: { use(key: string): void };
  readonly reports: PanelReports;
  readonly columns: ChosenColumns;
  readonly log: vscode.LogOutputChannel;
}
