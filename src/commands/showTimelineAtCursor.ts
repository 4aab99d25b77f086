/** Show This Sequence Number's Timeline: of the row under the cursor of a CSV in an editor. */
import * as vscode from "vscode";
import { captureName } from "../analysis/captureSource";
import { withoutLinks } from "../analysis/withoutLinks";
import { analyzeOne } from "./analyzePart";
import type { CommandContext } from "./context";

/** Analyses the file when it is not open. Says so when there is no number. */
export async function showTimelineAtCursor(context: CommandContext): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) {
    say(vscode.l10n.t("Open a packet CSV in an editor and put the cursor on a row. The editor shows files of up to 50 MB."));
    return;
  }
  const { document, selection } = editor;
  const name = captureName(document.uri);
  const line = String(selection.active.line + 1);
  try {
    const seq = await context.captures.peekSequence(document, selection.active);
    if (seq === undefined)
      say(vscode.l10n.t("There is no packet in line {0} of {1}. Put the cursor on a row below the header.", line, name));
    else if (seq === null) say(vscode.l10n.t("The row in line {0} of {1} has no sequence number.", line, name));
    else await showTimeline(context, document.uri, seq);
  } catch (error) {
    context.errors.report(error, name);
  }
}

async function showTimeline(context: CommandContext, uri: vscode.Uri, seq: number): Promise<void> {
  const { captures, timelines } = context;
  const key = uri.toString();
  if (!captures.get(key)) await analyzeOne(context, uri);
  const capture = captures.get(key);
  if (!capture) return; // cancelled, or an error was shown
  if ((await capture.describeSequence(seq)).count > 0) {
    await timelines.showTimeline(key, seq, { beside: false });
    return;
  }
  // The text was changed since, or the row is not in the part that was read.
  const again = vscode.l10n.t("Analyze Again");
  const sentence = vscode.l10n.t("{0} does not occur in {1} as it was analyzed.", String(seq), captureName(uri));
  if ((await vscode.window.showWarningMessage(withoutLinks(sentence), again)) !== again) return;
  await captures.analyzeAgain(key);
  await timelines.showTimeline(key, seq, { beside: false });
}

function say(sentence: string): void {
  void vscode.window.showInformationMessage(withoutLinks(sentence));
}
