/** How many packets of every capture, and of each of its findings, pass its focus: counted in the thread, kept for the trees. */
import * as vscode from "vscode";
import { AnalysisError } from "../shared/errors";
import { isNoFocus } from "../shared/selection";
import type { CaptureFindings } from "./captureFindings";
import type { CaptureFocus, FocusCount } from "./captureFocus";
import { captureName } from "./captureSource";
import type { Captures } from "./captures";
import type { ErrorNotifier } from "./errorNotifier";

/** What passes of a capture. Undefined while it is counted. */
export interface Passing {
  readonly count: FocusCount | undefined;
  /** By Finding.id; undefined without a report, too. */
  readonly findings: ReadonlyMap<string, number> | undefined;
}

/** What is needed from outside. */
export interface PassingContext {
  readonly captures: Pick<Captures, "find" | "onDidChange">;
  readonly findings: Pick<CaptureFindings, "result" | "onDidFind">;
  readonly focus: Pick<CaptureFocus, "get" | "count" | "onDidChange">;
  readonly errors: Pick<ErrorNotifier, "report">;
}

/** See the file header. */
export class PassingCounts implements vscode.Disposable {
  readonly #context: PassingContext;
  readonly #byKey = new Map<string, Passing>();
  /** The count whose answer is wanted, per capture. */
  readonly #runs = new Map<string, object>();
  readonly #changed = new vscode.EventEmitter<string>();
  readonly #subscriptions: vscode.Disposable;

  /** Something else passes, or it has been counted, of the capture with this key. */
  readonly onDidChange = this.#changed.event;

  constructor(context: PassingContext) {
    this.#context = context;
    const { captures, findings, focus } = context;
    this.#subscriptions = vscode.Disposable.from(
      focus.onDidChange(({ key }) => void this.#count(key)),
      findings.onDidFind((key) => void this.#count(key)),
      captures.onDidChange(({ key, change }) => {
        if (change === "closed" || change === "replaced") void this.#count(key);
      }),
    );
  }

  /** Undefined when all packets are in focus. */
  get(key: string): Passing | undefined {
    return this.#byKey.get(key);
  }

  dispose(): void {
    this.#runs.clear();
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  async #count(key: string): Promise<void> {
    const { captures, findings, focus, errors } = this.#context;
    const wanted = focus.get(key);
    const open = captures.find(key);
    if (isNoFocus(wanted) || !open) {
      this.#runs.delete(key);
      if (this.#byKey.delete(key)) this.#changed.fire(key);
      return;
    }
    const run = {};
    this.#runs.set(key, run);
    this.#set(key, { count: undefined, findings: undefined });
    try {
      const [count, ofFindings] = await Promise.all([
        focus.count(key),
        findings.result(key) ? open.capture.countFindings(wanted) : Promise.resolve(undefined),
      ]);
      if (this.#runs.get(key) === run) this.#set(key, { count, findings: ofFindings });
    } catch (error) {
      // A filter that a new analysis cannot have any more is taken off.
      const isExpected = error instanceof AnalysisError && error.code === "badFilter";
      if (this.#runs.get(key) === run && captures.find(key) === open && !isExpected) errors.report(error, captureName(open.uri));
    }
  }

  #set(key: string, passing: Passing): void {
    this.#byKey.set(key, passing);
    this.#changed.fire(key);
  }
}
