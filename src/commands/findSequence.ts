/** Find Sequence Number…: any number by typing it, also one far down the list. */
import * as vscode from "vscode";
import { packetsText } from "../analysis/countTexts";
import { parseSequenceNumber } from "../analysis/sequenceNumber";
import { formatCount, formatShare } from "../shared/format";
import type { Capture } from "../worker/client";
import { chooseCapture, type CommandContext } from "./context";

/** Argument: `{ key }`, else the only or a picked capture. Opens the timeline of the number. */
export async function findSequence(context: CommandContext, argument?: unknown): Promise<void> {
  const chosen = await chooseCapture(context, argument);
  if (!chosen) return;
  const { key, capture } = chosen;
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t("Find a sequence number in {0}", capture.summary.name),
    prompt: vscode.l10n.t("{0} different numbers occur", formatCount(capture.summary.distinct)),
    placeHolder: vscode.l10n.t("1449 or 0x5A9"),
    ignoreFocusOut: true,
    validateInput: (typed) => describeTyped(capture, typed),
  });
  const seq = text === undefined ? undefined : parseSequenceNumber(text);
  if (seq !== undefined) await context.timelines.showTimeline(key, seq, { beside: false });
}

/** Says how often the typed number occurs; an error, which keeps the box open, when it does not. */
async function describeTyped(capture: Capture, typed: string): Promise<vscode.InputBoxValidationMessage | undefined> {
  if (typed.trim() === "") return refuse(vscode.l10n.t("Type a sequence number."));
  const seq = parseSequenceNumber(typed);
  if (seq === undefined)
    return refuse(vscode.l10n.t("A sequence number is a whole number from 0 to 4,294,967,295, decimal or with 0x in front."));
  const { count, share } = await capture.describeSequence(seq);
  if (count === 0) return refuse(vscode.l10n.t("{0} does not occur in {1}.", String(seq), capture.summary.name));
  return {
    message: `${packetsText(count)}, ${formatShare(share)}`,
    severity: vscode.InputBoxValidationSeverity.Info,
  };
}

const refuse = (message: string): vscode.InputBoxValidationMessage => ({ message, severity: vscode.InputBoxValidationSeverity.Error });
