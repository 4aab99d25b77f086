/**
 * The captures that are open, by the string of their URI: starts and cancels runs, replaces, closes, and tells
 * when a file has changed since. One thread per capture; closing frees it.
 */
import * as vscode from "vscode";
import { AnalysisError } from "../shared/errors";
import type { AnalysisOptions, CapturePart, CaptureSummary, CaptureTime } from "../shared/model";
import { analyzeInWorker, type AnalysisOutcome, type Capture } from "../worker/client";
import { recordAt } from "../worker/recordAt";
import { captureName, resolveSource } from "./captureSource";
import { takeFingerprint, watchForChange } from "./changeWatch";
import type { RunRequest } from "./runWithProgress";

/** One open capture. */
export interface OpenCapture {
  /** `uri.toString()`. */
  readonly key: string;
  readonly uri: vscode.Uri;
  readonly capture: Capture;
  /** True once the file or document differs from what was read. */
  readonly isStale: boolean;
  /** Why the columns of the second pass could not be read; undefined while they are read, and when they have been. */
  readonly restError: AnalysisError | undefined;
}

/**
 * What happened to an open capture. "replaced": analysed again; ask for the new one. "completed": its other columns have
 * been read, too. "incomplete": they could not be read; `restError` says why.
 */
export interface CaptureChange {
  readonly key: string;
  readonly change: "closed" | "replaced" | "stale" | "completed" | "incomplete";
}

/** What the registry needs from outside. */
export interface CapturesContext {
  /** Path of `dist/analyzeWorker.js`. */
  readonly workerPath: string;
  readonly log: vscode.LogOutputChannel;
  readonly readOptions: () => AnalysisOptions;
  readonly run: (request: RunRequest) => Promise<AnalysisOutcome>;
}

interface Entry extends OpenCapture {
  isStale: boolean;
  restError: AnalysisError | undefined;
  watch: vscode.Disposable | undefined;
}

interface Run {
  readonly abort: AbortController;
  readonly result: Promise<OpenCapture | undefined>;
}

/** Registry of open captures. Every promise rejects with AnalysisError unless it says otherwise. */
export class Captures implements vscode.Disposable {
  readonly #context: CapturesContext;
  readonly #entries = new Map<string, Entry>();
  readonly #runs = new Map<string, Run>();
  readonly #opened = new vscode.EventEmitter<OpenCapture>();
  readonly #changed = new vscode.EventEmitter<CaptureChange>();

  /** A capture that was not open before has been read. */
  readonly onDidOpen = this.#opened.event;
  /** An open capture has been closed, analysed again or read to the end, or has become stale. */
  readonly onDidChange = this.#changed.event;

  constructor(context: CapturesContext) {
    this.#context = context;
  }

  /** In the order they were opened. */
  list(): readonly OpenCapture[] {
    return [...this.#entries.values()];
  }

  /** The capture, when it is open. */
  get(key: string): Capture | undefined {
    return this.#entries.get(key)?.capture;
  }

  /** The capture with its URI and state, when it is open. */
  find(key: string): OpenCapture | undefined {
    return this.#entries.get(key);
  }

  /**
   * Reads a capture; a second call while the first still reads joins it. An open capture is replaced on success and stays
   * otherwise. Undefined when cancelled. `part`: only that part of it.
   */
  analyze(uri: vscode.Uri, part?: CapturePart): Promise<OpenCapture | undefined> {
    const key = uri.toString();
    const running = this.#runs.get(key);
    if (running) return running.result;
    const abort = new AbortController();
    const result = this.#analyze(key, uri, part, abort.signal).finally(() => this.#runs.delete(key));
    this.#runs.set(key, { abort, result });
    return result;
  }

  /** The open capture, or the file read again, as after a reload of the window. Undefined when cancelled. */
  async open(key: string): Promise<Capture | undefined> {
    const entry = this.#entries.get(key) ?? (await this.analyze(vscode.Uri.parse(key, true)));
    return entry?.capture;
  }

  /** Reads the file again, or the part of it that was read, and replaces the capture. When cancelled, the old one stays. */
  async analyzeAgain(key: string): Promise<void> {
    const entry = this.#entries.get(key);
    await this.analyze(entry?.uri ?? vscode.Uri.parse(key, true), entry?.capture.summary.part ?? undefined);
  }

  /** When the first rows of a file are from; opens nothing. Null when they have no time, or when cancelled. */
  async peekTime(uri: vscode.Uri): Promise<CaptureTime | null> {
    const { workerPath, readOptions, run } = this.#context;
    const { source } = await resolveSource(uri);
    const options = { ...readOptions(), part: { kind: "rows", rows: 100 } } as const;
    const outcome = await run({ workerPath, name: captureName(uri), source, options, signal: new AbortController().signal });
    if (outcome.kind === "cancelled") return null;
    outcome.capture.dispose();
    return outcome.capture.summary.time;
  }

  /**
   * The sequence number of the row around a place of a document, as an analysis would read it; opens nothing. Null when the row has none,
   * undefined when there is no row of packets. Rejects with `missingColumns` for what is no packet CSV.
   */
  async peekSequence(document: vscode.TextDocument, position: vscode.Position): Promise<number | null | undefined> {
    const { workerPath, readOptions } = this.#context;
    const found = await recordAt(document.getText(), document.offsetAt(position));
    if (found.kind !== "row") return undefined;
    const source = { kind: "text", name: captureName(document.uri), text: found.text } as const;
    const outcome = await analyzeInWorker({ workerPath, source, options: readOptions() });
    if (outcome.kind === "cancelled") return undefined;
    try {
      const [first] = await outcome.capture.listSequences({ order: "count", from: 0, count: 1 });
      return first?.seq ?? null;
    } finally {
      outcome.capture.dispose();
    }
  }

  /** Ends the capture's thread, and a run that would replace it. */
  close(key: string): void {
    this.#runs.get(key)?.abort.abort();
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    release(entry);
    this.#changed.fire({ key, change: "closed" });
  }

  dispose(): void {
    for (const { abort } of this.#runs.values()) abort.abort();
    for (const entry of this.#entries.values()) release(entry);
    this.#entries.clear();
    this.#opened.dispose();
    this.#changed.dispose();
  }

  async #analyze(key: string, uri: vscode.Uri, part: CapturePart | undefined, signal: AbortSignal): Promise<OpenCapture | undefined> {
    const { workerPath, log, readOptions, run } = this.#context;
    const resolved = await resolveSource(uri);
    const fingerprint = await takeFingerprint(uri, resolved, log);
    const options = { ...readOptions(), ...(part ? { part } : {}) };
    const outcome = await run({ workerPath, name: captureName(uri), source: resolved.source, options, signal });
    if (outcome.kind === "cancelled") return undefined;
    if (signal.aborted) {
      outcome.capture.dispose();
      return undefined;
    }
    const first = outcome.capture.summary;
    log.info(describeRead(key, first));
    const entry: Entry = { key, uri, capture: outcome.capture, isStale: false, restError: undefined, watch: undefined };
    this.#put(entry);
    if (!first.isComplete) void this.#awaitRest(entry, first);
    if (fingerprint) entry.watch = watchForChange(uri, fingerprint, log, () => this.#markStale(entry));
    return entry;
  }

  #put(entry: Entry): void {
    const old = this.#entries.get(entry.key);
    this.#entries.set(entry.key, entry);
    if (!old) {
      this.#opened.fire(entry);
      return;
    }
    this.#changed.fire({ key: entry.key, change: "replaced" });
    release(old);
  }

  #markStale(entry: Entry): void {
    if (!this.#isOpen(entry)) return;
    entry.isStale = true;
    this.#changed.fire({ key: entry.key, change: "stale" });
  }

  /** Tells how the second pass ends. Nobody is told of a capture that was closed or replaced meanwhile. */
  async #awaitRest(entry: Entry, first: CaptureSummary): Promise<void> {
    const { key, capture } = entry;
    try {
      const { elapsedMs } = await capture.complete;
      if (!this.#isOpen(entry)) return;
      this.#context.log.info(`Completed ${key}: first answer ${milliseconds(first.elapsedMs)}, complete ${milliseconds(elapsedMs)}.`);
      this.#changed.fire({ key, change: "completed" });
    } catch (error) {
      if (!this.#isOpen(entry)) return;
      entry.restError = error instanceof AnalysisError ? error : new AnalysisError("internal", String(error), [], { cause: error });
      this.#changed.fire({ key, change: "incomplete" });
    }
  }

  #isOpen(entry: Entry): boolean {
    return this.#entries.get(entry.key) === entry;
  }
}

const milliseconds = (ms: number): string => `${String(Math.round(ms))} ms`;

/** A line of the log. */
function describeRead(key: string, { rows, reader, elapsedMs, isComplete }: CaptureSummary): string {
  const how = `${reader.kind}, ${String(reader.threads)} thread(s)`;
  const when = isComplete ? milliseconds(elapsedMs) : `first answer ${milliseconds(elapsedMs)}`;
  return `Read ${key}: ${String(rows.read)} rows, ${String(rows.tcp)} with a sequence number, ${when} (${how}).`;
}

function release(entry: Entry): void {
  entry.watch?.dispose();
  entry.capture.dispose();
}
