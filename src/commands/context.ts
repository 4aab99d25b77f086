/** What commands work with, and what they may be called with: tree items, or plain objects of the same shape. */
import * as vscode from "vscode";
import type { CaptureFocus } from "../analysis/captureFocus";
import type { CaptureFindings } from "../analysis/captureFindings";
import type { Captures, OpenCapture } from "../analysis/captures";
import { captureName } from "../analysis/captureSource";
import type { CurrentCapture } from "../analysis/currentCapture";
import type { ErrorNotifier } from "../analysis/errorNotifier";
import { isSequenceNumber } from "../analysis/sequenceNumber";
import { withoutIcons } from "../analysis/withoutLinks";
import type { DismissedFindings } from "../analysis/dismissedFindings";
import type { FindingFilter } from "../shared/findingFilter";
import { DETECTOR_IDS, type DetectorId, type Finding } from "../shared/findings";
import type { SequenceOrder } from "../shared/model";

/** Connected in extension.ts; commands know neither views nor panels. */
export interface CommandContext {
  readonly captures: Captures;
  readonly errors: ErrorNotifier;
  readonly log: vscode.LogOutputChannel;
  readonly extensionUri: vscode.Uri;
  /** `publisher.name`. */
  readonly extensionId: string;
  /** The list of sequence numbers in the side bar. */
  readonly sequences: {
    /** Brings a capture into view, opening the side bar if need be. */
    reveal(key: string): Promise<void>;
    showMore(key: string): Promise<void>;
    setOrder(order: SequenceOrder): Promise<void>;
  };
  readonly timelines: {
    showTimeline(key: string, seq: number, options: { beside: boolean }): Promise<void>;
    addToTimeline(key: string, seq: number): Promise<void>;
    showDistribution(key: string): Promise<void>;
    showPackets(key: string, seq: number): Promise<void>;
  };
  readonly report: { open(key: string): Promise<void> };
  readonly focus: Pick<CaptureFocus, "get" | "set" | "clear" | "check" | "recent" | "forgetRecent">;
  readonly current: Pick<CurrentCapture, "key">;
  /** Undefined when the capture is not open any more. */
  readonly captureReports: { make(key: string): Promise<string | undefined> };
  readonly findings: Pick<CaptureFindings, "result" | "find" | "again">;
  readonly findingPanels: { show(key: string, id: string): void };
  readonly dismissed: Pick<DismissedFindings, "has" | "dismiss" | "restore">;
  /** The list of findings in the side bar. */
  readonly findingsView: {
    readonly filter: FindingFilter;
    setFilter(filter: FindingFilter): void;
    setShowsDismissed(shows: boolean): void;
    showMore(key: string, detector: DetectorId): void;
    /** Findings of a capture as they are listed. */
    shown(key: string): readonly Finding[];
  };
  readonly findingDocuments: {
    openDetector(key: string, detector: DetectorId): Promise<void>;
    /** Undefined when there is no such finding. */
    markdownOf(key: string, id: string): string | undefined;
  };
  /** The extension's name and version, for exports. */
  readonly tool: { readonly name: string; readonly version: string };
}

/** Names one open capture. */
export interface CaptureTarget {
  readonly key: string;
}

/** Names one number of an open capture. */
export interface SequenceTarget extends CaptureTarget {
  readonly seq: number;
}

/** A command's work. What it throws is shown and logged by the caller. */
export type CommandHandler = (context: CommandContext, ...args: unknown[]) => Promise<void> | void;

const isCaptureTarget = (value: unknown): value is CaptureTarget =>
  typeof value === "object" && value !== null && "key" in value && typeof value.key === "string";

/** The argument as a number of a capture. Throws TypeError: such commands are not in the palette. */
export function sequenceTarget(argument: unknown): SequenceTarget {
  if (isCaptureTarget(argument) && "seq" in argument && isSequenceNumber(argument.seq)) return { key: argument.key, seq: argument.seq };
  throw new TypeError("Expected an argument { key: string, seq: number }.");
}

/** Names one finding of an open capture. */
export interface FindingTarget extends CaptureTarget {
  /** Finding.id. */
  readonly id: string;
}

/** Names one question about an open capture. */
export interface DetectorTarget extends CaptureTarget {
  readonly detector: DetectorId;
}

/** The argument as a finding. Throws TypeError: such commands are not in the palette. */
export function findingTarget(argument: unknown): FindingTarget {
  if (isCaptureTarget(argument) && "id" in argument && typeof argument.id === "string") return { key: argument.key, id: argument.id };
  throw new TypeError("Expected an argument { key: string, id: string }.");
}

/** The argument as a question about a capture; undefined when it names none. */
export function detectorTarget(argument: unknown): DetectorTarget | undefined {
  const detector = isCaptureTarget(argument) && "detector" in argument ? DETECTOR_IDS.find((id) => id === argument.detector) : undefined;
  return isCaptureTarget(argument) && detector ? { key: argument.key, detector } : undefined;
}

/** The argument as a capture. Throws TypeError: such commands are not in the palette. */
export function captureTarget(argument: unknown): CaptureTarget {
  if (isCaptureTarget(argument)) return argument;
  throw new TypeError("Expected an argument { key: string }.");
}

/** The capture the argument names, else the only open one, else the one the user picks; undefined when there is none or the user leaves. */
export async function chooseCapture({ captures }: CommandContext, argument: unknown): Promise<OpenCapture | undefined> {
  if (isCaptureTarget(argument)) return captures.find(argument.key);
  const open = captures.list();
  if (open.length < 2) return open[0];
  const items = open.map((capture) => ({
    label: withoutIcons(captureName(capture.uri)),
    description: withoutIcons(vscode.workspace.asRelativePath(capture.uri)),
    capture,
  }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t("Choose a capture") });
  return picked?.capture;
}
