/** Create Report: a capture's numbers and findings as a Markdown document that nobody has saved. Argument: `{ key }`, else the only or a picked capture. */
import * as vscode from "vscode";
import { captureName } from "../analysis/captureSource";
import { withoutLinks } from "../analysis/withoutLinks";
import { chooseCapture, type CommandContext } from "./context";

/** Opens the document with its preview beside it; cancelled, nothing is opened. Nothing is written to a disk. */
export async function createReport(context: CommandContext, argument?: unknown): Promise<void> {
  const chosen = await chooseCapture(context, argument);
  if (!chosen) return;
  const content = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      cancellable: true,
      title: withoutLinks(vscode.l10n.t("Making a report of {0}", captureName(chosen.uri))),
    },
    (_progress, token) =>
      Promise.race([
        context.captureReports.make(chosen.key),
        new Promise<undefined>((resolve) => token.onCancellationRequested(() => resolve(undefined))),
      ]),
  );
  if (content === undefined) return;
  const document = await vscode.workspace.openTextDocument({ language: "markdown", content });
  await vscode.window.showTextDocument(document, { preview: false });
  try {
    await vscode.commands.executeCommand("markdown.showPreviewToSide", document.uri);
  } catch (error) {
    context.log.warn(`No Markdown preview, so the report is shown as text alone: ${String(error)}`);
  }
}
