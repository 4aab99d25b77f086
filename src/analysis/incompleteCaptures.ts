/** Tells the user once when the other columns of an open capture could not be read. */
import type * as vscode from "vscode";
import { captureName } from "./captureSource";
import type { Captures } from "./captures";
import type { ErrorNotifier } from "./errorNotifier";

/** Goes on until it is disposed. */
export function reportIncomplete(captures: Captures, errors: Pick<ErrorNotifier, "report">): vscode.Disposable {
  return captures.onDidChange(({ key, change }) => {
    const open = change === "incomplete" ? captures.find(key) : undefined;
    if (open?.restError) errors.report(open.restError, captureName(open.uri));
  });
}
