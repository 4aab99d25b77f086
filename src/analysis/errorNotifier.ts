/** The one place that tells the user of errors, and writes them to the log. */
import * as vscode from "vscode";
import { AnalysisError } from "../shared/errors";
import { errorSentence, isBug, tsharkCommand } from "./errorMessages";
import { withoutLinks } from "./withoutLinks";

/** Shows an error once, with what can be done about it. Does not wait for the answer. */
export class ErrorNotifier {
  readonly #log: vscode.LogOutputChannel;

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log;
  }

  /** `name` is the capture's file name. Cancelling is no error and shows nothing. */
  report(error: unknown, name: string): void {
    if (error instanceof vscode.CancellationError) return;
    const known = error instanceof AnalysisError ? error : new AnalysisError("internal", String(error), [], { cause: error });
    this.#write(known, name);
    this.#show(known, name).catch((failure: unknown) => this.#log.error("Showing an error failed.", failure));
  }

  #write(error: AnalysisError, name: string): void {
    if (!isBug(error)) {
      this.#log.warn(`${name}: ${error.code}: ${error.message}`);
      return;
    }
    this.#log.error(`${name}: ${error.code}`, error);
    for (let { cause } = error; cause !== undefined; cause = cause instanceof Error ? cause.cause : undefined)
      this.#log.error("Caused by", cause);
  }

  async #show(error: AnalysisError, name: string): Promise<void> {
    const showLog = vscode.l10n.t("Show Log");
    const copyCommand = vscode.l10n.t("Copy tshark Command");
    const command = tsharkCommand(error);
    const buttons = command !== undefined ? [copyCommand] : isBug(error) || error.code === "readFailed" ? [showLog] : [];
    const chosen = await vscode.window.showErrorMessage(withoutLinks(errorSentence(error, name)), ...buttons);
    if (chosen === showLog) this.#log.show();
    if (chosen === copyCommand && command !== undefined) await vscode.env.clipboard.writeText(command);
  }
}
