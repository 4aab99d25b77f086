/** What a timeline's panel asks of its user: which number to add, in which form and where to save. Nothing is written without. */
import * as vscode from "vscode";
import { packetsText } from "../analysis/countTexts";
import { parseSequenceNumber } from "../analysis/sequenceNumber";
import { withoutLinks } from "../analysis/withoutLinks";
import { formatShare } from "../shared/format";
import type { DataFormat, ImageFormat } from "../shared/panelProtocol";
import type { Capture } from "../worker/client";
import { nameOf } from "./panelPage";
import type { PanelDialogs } from "./panelSession";

/** So many numbers are listed; any other can be typed. */
const LISTED = 50;

interface NumberItem extends vscode.QuickPickItem {
  readonly seq: number;
}

/** The dialogs of one panel. `key`: uri of its capture; files are proposed beside it. */
export const makePanelDialogs = (key: string, log: vscode.LogOutputChannel): PanelDialogs => ({
  pickNumber,
  pickFormat,
  save: (name, format, bytes) => save({ key, name, format, bytes }, log),
});

/** The most frequent numbers, and whichever is typed. */
async function pickNumber(capture: Capture, shown: readonly number[]): Promise<number | undefined> {
  const counts = await capture.listSequences({ order: "count", from: 0, count: LISTED + shown.length });
  const { tcp } = capture.summary.rows;
  const itemOf = (seq: number, count: number): NumberItem => ({
    label: String(seq),
    description: `${packetsText(count)}, ${formatShare(tcp === 0 ? 0 : count / tcp)}`,
    seq,
  });
  const listed = counts.filter(({ seq }) => !shown.includes(seq)).map(({ seq, count }) => itemOf(seq, count));
  const pick = vscode.window.createQuickPick<NumberItem>();
  pick.title = vscode.l10n.t("Add a Sequence Number to the Timeline");
  pick.placeholder = vscode.l10n.t("Choose one of the most frequent numbers, or type another: 1449 or 0x5A9");
  pick.items = listed;
  pick.onDidChangeValue(async (typed) => {
    const seq = parseSequenceNumber(typed);
    const isListed = seq === undefined || shown.includes(seq) || listed.some((item) => item.seq === seq);
    const details = isListed ? undefined : await capture.describeSequence(seq).catch(() => undefined);
    if (pick.value !== typed) return; // typed on meanwhile
    const found = details !== undefined && details.count > 0 ? [{ ...itemOf(details.seq, details.count), alwaysShow: true }] : [];
    // A number typed with 0x is listed by its digits, which the box would not find.
    const meant = listed.filter((item) => item.seq === seq).map((item) => ({ ...item, alwaysShow: true }));
    pick.items = [...found, ...meant, ...listed.filter((item) => item.seq !== seq)];
  });
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.activeItems[0]?.seq);
      pick.dispose();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

async function pickFormat(): Promise<ImageFormat | DataFormat | undefined> {
  const choices = [
    { label: "PNG", detail: vscode.l10n.t("The chart as a picture"), format: "png" },
    { label: "SVG", detail: vscode.l10n.t("The chart as a drawing that can be enlarged and edited"), format: "svg" },
    { label: "CSV", detail: vscode.l10n.t("The chart's data, for spreadsheets"), format: "csv" },
    { label: "JSON", detail: vscode.l10n.t("The chart's data, for programs"), format: "json" },
  ] as const;
  return (await vscode.window.showQuickPick(choices, { title: vscode.l10n.t("Save Timeline") }))?.format;
}

interface FileToSave {
  readonly key: string;
  readonly name: string;
  readonly format: ImageFormat | DataFormat;
  readonly bytes: Uint8Array;
}

async function save({ key, name, format, bytes }: FileToSave, log: vscode.LogOutputChannel): Promise<void> {
  const capture = vscode.Uri.parse(key);
  const target = await vscode.window.showSaveDialog({
    ...(capture.scheme === "file" ? { defaultUri: vscode.Uri.joinPath(capture, "..", `${name}.${format}`) } : {}),
    filters: { [format.toUpperCase()]: [format] },
    title: vscode.l10n.t("Save Timeline"),
  });
  if (!target) return;
  const file = nameOf(target.toString());
  try {
    await vscode.workspace.fs.writeFile(target, bytes);
  } catch (error) {
    log.error(`A timeline could not be written to ${target.toString()}.`, error);
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(withoutLinks(vscode.l10n.t("The timeline could not be written to {0}: {1}", file, reason)));
    return;
  }
  void offerToOpen(target, file, log);
}

async function offerToOpen(target: vscode.Uri, file: string, log: vscode.LogOutputChannel): Promise<void> {
  const open = vscode.l10n.t("Open");
  try {
    const chosen = await vscode.window.showInformationMessage(withoutLinks(vscode.l10n.t("Timeline written to {0}", file)), open);
    if (chosen === open) await vscode.commands.executeCommand("vscode.open", target);
  } catch (error) {
    log.error(`${file} could not be opened.`, error);
  }
}
