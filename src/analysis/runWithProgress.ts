/** One run with its notification: progress while it goes on, Cancel that ends the thread. */
import * as vscode from "vscode";
import { analyzeInWorker, type AnalysisOutcome } from "../worker/client";
import type { AnalysisOptions, AnalysisProgress, CaptureSource } from "../shared/model";
import { progressIncrement, progressValues } from "./progressText";
import { withoutLinks } from "./withoutLinks";

/** At most ten updates a second reach the window. */
const UPDATE_EVERY_MS = 100;

/** How a run is started. */
export interface RunRequest {
  /** Path of `dist/analyzeWorker.js`. */
  readonly workerPath: string;
  /** What the notification calls the capture. */
  readonly name: string;
  readonly source: CaptureSource;
  readonly options: AnalysisOptions;
  /** Aborting is the same as the user's Cancel. */
  readonly signal: AbortSignal;
}

/** Reads a capture and shows how far it is. Rejects with AnalysisError; cancelling is an outcome. */
export async function runWithProgress(request: RunRequest): Promise<AnalysisOutcome> {
  const { workerPath, source, options, signal } = request;
  const title = withoutLinks(vscode.l10n.t("Reading {0}", request.name));
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, cancellable: true, title },
    async (notification, token) => {
      const cancelled = new AbortController();
      const subscription = token.onCancellationRequested(() => cancelled.abort());
      try {
        return await analyzeInWorker({
          workerPath,
          source,
          options,
          onProgress: throttledReport(notification),
          signal: AbortSignal.any([signal, cancelled.signal]),
        });
      } finally {
        subscription.dispose();
      }
    },
  );
}

/** Passes on one state per interval; what is left out is contained in the next. */
function throttledReport(notification: vscode.Progress<{ message: string; increment: number }>): (progress: AnalysisProgress) => void {
  let shown: AnalysisProgress | undefined;
  let shownAt = 0;
  return (progress) => {
    const now = performance.now();
    if (shown && now - shownAt < UPDATE_EVERY_MS) return;
    const { rows, done, total } = progressValues(progress);
    notification.report({
      message: vscode.l10n.t("{0} rows, {1} of {2}", rows, done, total),
      increment: progressIncrement(shown, progress),
    });
    shown = progress;
    shownAt = now;
  };
}
