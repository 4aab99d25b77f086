/** What the user looks at of every open capture: a display filter and a range of time, the same in all its views. */
import * as vscode from "vscode";
import { AnalysisError } from "../shared/errors";
import { isNoFocus, NO_FOCUS, sameFocus, type Focus } from "../shared/selection";
import type { Captures } from "./captures";

/** A capture's focus is another one now. */
export interface FocusChange {
  readonly key: string;
  readonly focus: Focus;
}

/** See the file header. Captures that are closed are forgotten; those that are analysed again keep their focus. */
export class CaptureFocus implements vscode.Disposable {
  readonly #captures: Pick<Captures, "get" | "onDidChange">;
  readonly #byKey = new Map<string, Focus>();
  readonly #changed = new vscode.EventEmitter<FocusChange>();
  readonly #subscription: vscode.Disposable;

  readonly onDidChange = this.#changed.event;

  constructor(captures: Pick<Captures, "get" | "onDidChange">) {
    this.#captures = captures;
    this.#subscription = captures.onDidChange(({ key, change }) => {
      if (change === "closed") this.#byKey.delete(key);
    });
  }

  /** All packets where nothing else was said. */
  get(key: string): Focus {
    return this.#byKey.get(key) ?? NO_FOCUS;
  }

  /** Sets filter and range of an open capture. Rejects with `workerStopped` when it is closed. */
  set(key: string, focus: Focus): Promise<void> {
    if (!this.#captures.get(key)) return Promise.reject(new AnalysisError("workerStopped", "The capture has been closed."));
    this.#put(key, { filter: focus.filter.trim(), range: focus.range });
    return Promise.resolve();
  }

  /** All packets again. */
  clear(key: string): void {
    this.#put(key, NO_FOCUS);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #put(key: string, focus: Focus): void {
    if (sameFocus(this.get(key), focus)) return;
    if (isNoFocus(focus)) this.#byKey.delete(key);
    else this.#byKey.set(key, focus);
    this.#changed.fire({ key, focus });
  }
}
