/** What the user looks at of every open capture: a display filter and a range of time, the same in all its views. */
import * as vscode from "vscode";
import { lengthProblem, type FilterCheck, type FilterCompletion } from "../shared/displayFilter";
import { AnalysisError } from "../shared/errors";
import type { CaptureSummary, FocusTotals } from "../shared/model";
import { isNoFocus, NO_FOCUS, sameFocus, type Focus, type TimeSpan } from "../shared/selection";
import type { Capture, Waiting } from "../worker/client";
import type { Captures } from "./captures";
import type { RecentFilters } from "./recentFilters";

/** A capture's focus is another one now. */
export interface FocusChange {
  readonly key: string;
  readonly focus: Focus;
}

/** What passes, of how many packets with a sequence number. */
export interface FocusCount extends FocusTotals {
  readonly total: number;
}

/** What the registry needs from outside. */
export interface FocusContext {
  readonly captures: Pick<Captures, "get" | "onDidChange">;
  readonly recent: RecentFilters;
  readonly log: Pick<vscode.LogOutputChannel, "warn">;
}

/** See the file header. A capture that is closed is forgotten; one that is analysed again keeps what is still valid of its focus. */
export class CaptureFocus implements vscode.Disposable {
  readonly #context: FocusContext;
  readonly #byKey = new Map<string, Focus>();
  /** The call of `set` or `clear` that counts, per capture: a filter is checked first, and another may be asked for meanwhile. */
  readonly #calls = new Map<string, object>();
  readonly #changed = new vscode.EventEmitter<FocusChange>();
  readonly #subscription: vscode.Disposable;

  readonly onDidChange = this.#changed.event;

  constructor(context: FocusContext) {
    this.#context = context;
    this.#subscription = context.captures.onDidChange(({ key, change }) => {
      if (change === "closed") this.#forget(key);
      if (change === "replaced") void this.#keepValid(key);
    });
  }

  /** All packets where nothing else was said. */
  get(key: string): Focus {
    return this.#byKey.get(key) ?? NO_FOCUS;
  }

  /** Captures of which not all packets are in focus. */
  keys(): string[] {
    return [...this.#byKey.keys()];
  }

  /**
   * Sets filter and range of an open capture and remembers the filter; the last call wins. Rejects with `badFilter`, with `zoneUnknown` for
   * a range the capture cannot have, and with `captureClosed` when it is closed; the focus stays then.
   */
  async set(key: string, { filter, range }: Focus): Promise<void> {
    const capture = this.#capture(key);
    const call = {};
    this.#calls.set(key, call);
    const focus = { filter: filter.trim(), range };
    // Pages refuse it, too: they would not show what is in focus.
    const problem = lengthProblem(focus.filter);
    if (problem) throwInvalid({ kind: "invalid", problem });
    checkRange(range, capture.summary);
    if (focus.filter !== "") throwInvalid(await capture.checkFilter(focus.filter));
    if (this.#calls.get(key) !== call) return;
    this.#put(key, focus);
    if (focus.filter !== "") await this.#context.recent.add(focus.filter);
  }

  /** All packets again, of one capture or of all. */
  clear(key?: string): void {
    for (const each of key === undefined ? this.keys() : [key]) {
      this.#calls.delete(each);
      this.#put(each, NO_FOCUS);
    }
  }

  /** How many packets pass. Rejects with AnalysisError. */
  async count(key: string): Promise<FocusCount> {
    const capture = this.#capture(key);
    const focus = this.get(key);
    const { rows, distinct } = capture.summary;
    const totals = isNoFocus(focus) ? { packets: rows.tcp, distinct } : await capture.countFocus(focus);
    return { ...totals, total: rows.tcp };
  }

  /** What a text means as a filter of this capture. Rejects with AnalysisError; with `superseded` when it is not waited for any more. */
  async check(key: string, text: string, waiting?: Waiting): Promise<FilterCheck> {
    return await this.#capture(key).checkFilter(text, waiting);
  }

  /** Somebody types this text in a filter bar; "": nobody does any more. */
  typing(key: string, text: string): void {
    this.#context.captures.get(key)?.typing(text);
  }

  /** What could stand at a place of a filter. Rejects with AnalysisError. */
  complete(key: string, text: string, position: number): Promise<FilterCompletion> {
    return this.#capture(key).completeFilter(text, position);
  }

  /** Filters that were applied, of all captures; the last one first. */
  recent(): readonly string[] {
    return this.#context.recent.list();
  }

  forgetRecent(): Promise<void> {
    return this.#context.recent.clear();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #capture(key: string): Capture {
    const capture = this.#context.captures.get(key);
    if (!capture) throw new AnalysisError("captureClosed", "The capture has been closed.");
    return capture;
  }

  /** Leaves out what the new analysis of a file cannot have: columns or a zone may be gone. */
  async #keepValid(key: string): Promise<void> {
    const focus = this.get(key);
    const capture = this.#context.captures.get(key);
    if (isNoFocus(focus) || !capture) return;
    try {
      const range = isPossible(focus.range, capture.summary) ? focus.range : null;
      const isValid = focus.filter === "" || (await capture.checkFilter(focus.filter)).kind === "valid";
      if (this.get(key) === focus && this.#context.captures.get(key) === capture)
        this.#put(key, { filter: isValid ? focus.filter : "", range });
    } catch (error) {
      // Closed or replaced meanwhile: somebody else answers.
      this.#context.log.warn(`${key}: the filter could not be checked again.`, error);
    }
  }

  #forget(key: string): void {
    this.#calls.delete(key);
    if (this.#byKey.delete(key)) this.#changed.fire({ key, focus: NO_FOCUS });
  }

  #put(key: string, focus: Focus): void {
    if (sameFocus(this.get(key), focus)) return;
    if (isNoFocus(focus)) this.#byKey.delete(key);
    else this.#byKey.set(key, focus);
    this.#changed.fire({ key, focus });
  }
}

const isPossible = (range: TimeSpan | null, { time }: CaptureSummary): boolean => range?.clock !== "utc" || (time?.isUtcKnown ?? false);

function checkRange(range: TimeSpan | null, summary: CaptureSummary): void {
  if (!isPossible(range, summary))
    throw new AnalysisError("zoneUnknown", "The capture's time zone is not known, so its times cannot be shown in UTC.");
}

function throwInvalid(check: FilterCheck): void {
  if (check.kind === "valid") return;
  const { message, span, details } = check.problem;
  // As the engine says it.
  throw new AnalysisError("badFilter", message, [message, String(span.start), String(span.end), ...details]);
}
