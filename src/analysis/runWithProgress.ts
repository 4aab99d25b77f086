/** One run and how far it is: a notification with Cancel until there is an answer, then the status bar for the other columns. */
import * as vscode from "vscode";
import { analyzeInWorker, type AnalysisOutcome, type Capture } from "../worker/client";
import type { AnalysisOptions, AnalysisProgress, CaptureSource } from "../shared/model";
import { progressIncrement, progressValues } from "./progressText";
import { withoutIcons, withoutLinks } from "./withoutLinks";

/** At most ten updates a second reach the window. */
const UPDATE_EVERY_MS = 100;

/** How a run is started. */
export interface RunRequest {
  /** Path of `dist/analyzeWorker.js`. */
  readonly workerPath: string;
  /** What notification and status bar call the capture. */
  readonly name: string;
  readonly source: CaptureSource;
  readonly options: AnalysisOptions;
  /** Aborting is the same as the user's Cancel. */
  readonly signal: AbortSignal;
}

type Report = (progress: AnalysisProgress) => void;

/** Reads a capture and shows how far it is. Rejects with AnalysisError; cancelling is an outcome. */
export async function runWithProgress(request: RunRequest): Promise<AnalysisOutcome> {
  const { workerPath, name, source, options, signal } = request;
  const title = withoutLinks(vscode.l10n.t("Reading {0}", name));
  const rest = new RestProgress();
  const outcome = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, cancellable: true, title },
    async (notification, token) => {
      const cancelled = new AbortController();
      const subscription = token.onCancellationRequested(() => cancelled.abort());
      const reportFirst = throttledReport(notification, firstMessage);
      try {
        return await analyzeInWorker({
          workerPath,
          source,
          options,
          l10n: vscode.l10n.bundle,
          onProgress: (progress) => (progress.pass === "rest" ? rest.report(progress) : reportFirst(progress)),
          signal: AbortSignal.any([signal, cancelled.signal]),
        });
      } finally {
        subscription.dispose();
      }
    },
  );
  if (outcome.kind === "done" && !outcome.capture.summary.isComplete) rest.show(name, outcome.capture);
  return outcome;
}

/** The second pass in the status bar, where nothing is in the way. It cannot be cancelled there: closing the capture ends it. */
class RestProgress {
  #last: AnalysisProgress | undefined;
  #onReport: Report | undefined;

  /** Also before it is shown. */
  report(progress: AnalysisProgress): void {
    this.#last = progress;
    this.#onReport?.(progress);
  }

  /** Until the capture is complete, cannot be completed, or is closed; why is not said here. */
  show(name: string, { complete }: Capture): void {
    const title = withoutIcons(vscode.l10n.t("Reading the other columns of {0}", name));
    void vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, async (status) => {
      this.#onReport = throttledReport(status, restMessage);
      if (this.#last) this.#onReport(this.#last);
      await complete.catch(() => undefined);
      this.#onReport = undefined;
    });
  }
}

function firstMessage(progress: AnalysisProgress): string {
  const { rows, done, total } = progressValues(progress);
  return progress.pass === "first"
    ? vscode.l10n.t("sequence numbers and times, {0} rows, {1} of {2}", rows, done, total)
    : vscode.l10n.t("all columns, {0} rows, {1} of {2}", rows, done, total);
}

function restMessage(progress: AnalysisProgress): string {
  const { done, total } = progressValues(progress);
  return vscode.l10n.t("{0} of {1}", done, total);
}

/** Passes on one state per interval; what is left out is contained in the next. */
function throttledReport(
  shownIn: vscode.Progress<{ message: string; increment: number }>,
  message: (progress: AnalysisProgress) => string,
): Report {
  let shown: AnalysisProgress | undefined;
  let shownAt = 0;
  return (progress) => {
    const now = performance.now();
    if (shown && now - shownAt < UPDATE_EVERY_MS) return;
    shownIn.report({ message: message(progress), increment: progressIncrement(shown, progress) });
    shown = progress;
    shownAt = now;
  };
}
