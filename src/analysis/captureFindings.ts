/**
 * What the detectors say of every open capture: asked for when all its columns are read, and again when settings change.
 * Nobody waits for it; closing a capture ends it.
 */
import * as vscode from "vscode";
import { AnalysisError } from "../shared/errors";
import type { DetectorDescription, Finding, FindingsReport, Sensitivity } from "../shared/findings";
import { checkThresholds, type CheckedThresholds } from "../shared/thresholds";
import { captureName } from "./captureSource";
import type { Captures, OpenCapture } from "./captures";
import type { ErrorNotifier } from "./errorNotifier";

/** What a run has found. */
export interface FindingsResult {
  readonly report: FindingsReport;
  readonly detectors: readonly DetectorDescription[];
  /** Those that differed from the preset. */
  readonly thresholds: Readonly<Record<string, number>>;
}

/** How far the findings of an open capture are. */
export type FindingsState =
  /** Columns are still being read. */
  | { readonly kind: "reading" }
  /** `result`: of the run before, until this one is over. */
  | { readonly kind: "running"; readonly result: FindingsResult | undefined }
  | { readonly kind: "found"; readonly result: FindingsResult }
  | { readonly kind: "failed"; readonly error: AnalysisError }
  /** The columns could not be read. */
  | { readonly kind: "impossible"; readonly error: AnalysisError };

/** What the registry needs from outside. */
export interface FindingsContext {
  readonly captures: Pick<Captures, "list" | "get" | "find" | "onDidOpen" | "onDidChange">;
  readonly errors: Pick<ErrorNotifier, "report">;
  readonly log: Pick<vscode.LogOutputChannel, "info" | "warn">;
  /** `thresholds`: whatever the user has written. */
  readonly readSettings: () => { readonly sensitivity: Sensitivity; readonly thresholds: unknown };
}

/** Settings are looked at when nothing has been typed for so long. */
const SETTLE_MS = 300;

/** See the file header. */
export class CaptureFindings implements vscode.Disposable {
  readonly #context: FindingsContext;
  readonly #states = new Map<string, FindingsState>();
  /** The run whose answer counts, per capture. */
  readonly #runs = new Map<string, object>();
  readonly #changed = new vscode.EventEmitter<string>();
  readonly #found = new vscode.EventEmitter<string>();
  readonly #subscriptions: vscode.Disposable;
  #timer: NodeJS.Timeout | undefined;
  #lastWarning = "";

  /** The state of this capture's findings is another one. */
  readonly onDidChange = this.#changed.event;
  /** There is a report of this capture, or a new one. */
  readonly onDidFind = this.#found.event;

  constructor(context: FindingsContext) {
    this.#context = context;
    const { captures } = context;
    this.#subscriptions = vscode.Disposable.from(
      captures.onDidOpen((open) => this.#start(open)),
      captures.onDidChange(({ key, change }) => {
        const open = captures.find(key);
        if (change === "closed" || !open) this.#forget(key);
        else if (change === "replaced") this.#start(open);
        else if (change === "completed") void this.#run(open, undefined);
        else if (change === "incomplete") this.#fail(open, "impossible", open.restError);
      }),
    );
    for (const open of captures.list()) this.#start(open);
  }

  /** Undefined when the capture is not open. */
  state(key: string): FindingsState | undefined {
    return this.#states.get(key);
  }

  /** What is known, also while it is looked for again; undefined when nothing is. */
  result(key: string): FindingsResult | undefined {
    const state = this.#states.get(key);
    return state?.kind === "found" || state?.kind === "running" ? state.result : undefined;
  }

  /** The report, when it is there; undefined when the capture is not open. Rejects with what keeps it from being made. */
  async get(key: string): Promise<FindingsReport | undefined> {
    for (;;) {
      const state = this.#states.get(key);
      if (!state) return undefined;
      if (state.kind === "found") return state.result.report;
      if (state.kind === "failed" || state.kind === "impossible") throw state.error;
      await this.#nextChange();
    }
  }

  /** A finding of what is known. */
  find(key: string, id: string): Finding | undefined {
    return this.result(key)?.report.findings.find((finding) => finding.id === id);
  }

  /** Asks again, of one capture. */
  again(key: string): void {
    const open = this.#context.captures.find(key);
    const state = this.#states.get(key);
    if (open && state && state.kind !== "reading" && state.kind !== "impossible") void this.#run(open, this.result(key));
  }

  /** Asks again of all captures, once settings have come to rest. */
  settingsChanged(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      for (const key of this.#states.keys()) this.again(key);
    }, SETTLE_MS);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#runs.clear();
    this.#subscriptions.dispose();
    this.#changed.dispose();
    this.#found.dispose();
  }

  #start(open: OpenCapture): void {
    this.#runs.delete(open.key);
    if (open.restError) this.#fail(open, "impossible", open.restError);
    else if (open.capture.summary.isComplete) void this.#run(open, undefined);
    else this.#set(open.key, { kind: "reading" });
  }

  async #run(open: OpenCapture, before: FindingsResult | undefined): Promise<void> {
    const { key, capture } = open;
    const { captures, log, readSettings } = this.#context;
    const run = {};
    this.#runs.set(key, run);
    // Closed, replaced or asked again meanwhile: somebody else answers.
    const isOver = (): boolean => this.#runs.get(key) !== run || captures.get(key) !== capture;
    this.#set(key, { kind: "running", result: before });
    const started = performance.now();
    try {
      const detectors = await capture.describeDetectors();
      const settings = readSettings();
      const checked = checkThresholds(settings.thresholds, detectors);
      this.#warn(checked);
      const { thresholds } = checked;
      const report = await capture.getFindings({ sensitivity: settings.sensitivity, thresholds });
      if (isOver()) return;
      log.info(`${key}: ${String(report.findings.length)} findings in ${String(Math.round(performance.now() - started))} ms.`);
      this.#set(key, { kind: "found", result: { report, detectors, thresholds } });
    } catch (error) {
      if (!isOver()) this.#fail(open, "failed", error);
    }
  }

  #fail({ key, uri }: OpenCapture, kind: "failed" | "impossible", error: unknown): void {
    const known = error instanceof AnalysisError ? error : new AnalysisError("internal", String(error), [], { cause: error });
    // That columns could not be read is told where they are read.
    if (kind === "failed") this.#context.errors.report(known, captureName(uri));
    this.#runs.delete(key);
    this.#set(key, { kind, error: known });
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => {
      const listener = this.#changed.event(() => {
        listener.dispose();
        resolve();
      });
    });
  }

  #forget(key: string): void {
    this.#runs.delete(key);
    if (this.#states.delete(key)) this.#changed.fire(key);
  }

  #set(key: string, state: FindingsState): void {
    this.#states.set(key, state);
    this.#changed.fire(key);
    if (state.kind === "found") this.#found.fire(key);
  }

  /** Once for as long as the setting says the same. */
  #warn({ unknown, unreadable }: CheckedThresholds): void {
    const warning = [
      ...unknown.map((name) => `no detector has a threshold "${name}"`),
      ...unreadable.map((name) => `"${name}" is no number of 0 or more`),
    ].join("; ");
    if (warning !== "" && warning !== this.#lastWarning) this.#context.log.warn(`tcpSeq.detection.thresholds: left out: ${warning}.`);
    this.#lastWarning = warning;
  }
}
