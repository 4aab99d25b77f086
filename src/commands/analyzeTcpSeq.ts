/** Analyze TCP Seq: the files chosen in the Explorer, else the active tab's, else a dialog. */
import * as vscode from "vscode";
import { tabUri } from "../analysis/captureSource";
import { analyzeOne } from "./analyzePart";
import type { CommandContext } from "./context";

/** Arguments as VS Code passes them: the clicked resource, and in the Explorer the whole selection. */
export async function analyzeTcpSeq(context: CommandContext, clicked?: unknown, selection?: unknown): Promise<void> {
  const chosen = chosenUris(clicked, selection);
  if (chosen.length > 0) return analyzeAll(context, chosen);
  const shown = tabUri(vscode.window.tabGroups.activeTabGroup.activeTab);
  return shown ? analyzeAll(context, [shown]) : analyzeFromDialog(context);
}

/** Analyze a CSV…: always a dialog. */
export async function analyzeFromDialog(context: CommandContext): Promise<void> {
  const shown = tabUri(vscode.window.tabGroups.activeTabGroup.activeTab);
  const picked = await vscode.window.showOpenDialog({
    canSelectMany: true,
    ...(shown?.scheme === "file" ? { defaultUri: vscode.Uri.joinPath(shown, "..") } : {}),
    filters: { [vscode.l10n.t("Packet captures as CSV or TSV")]: ["csv", "tsv", "txt", "gz", "zst"], [vscode.l10n.t("All files")]: ["*"] },
    openLabel: vscode.l10n.t("Analyze"),
    title: vscode.l10n.t("Analyze TCP Seq"),
  });
  await analyzeAll(context, picked ?? []);
}

/** Open the Sample Capture. */
export const openSample = (context: CommandContext): Promise<void> =>
  analyzeAll(context, [vscode.Uri.joinPath(context.extensionUri, "media", "sample.csv")]);

/** One after the other: each analysis already uses the machine's cores, and reveals its result. */
async function analyzeAll(context: CommandContext, uris: readonly vscode.Uri[]): Promise<void> {
  for (const uri of uris) await analyzeOne(context, uri);
}

/** The selection when it holds the clicked resource, as the Explorer passes it; else the clicked one. No doubles. */
function chosenUris(clicked: unknown, selection: unknown): vscode.Uri[] {
  const selected = new Map(asUris(selection).map((uri) => [uri.toString(), uri]));
  const isElsewhere = clicked instanceof vscode.Uri && !selected.has(clicked.toString());
  return isElsewhere ? [clicked] : [...selected.values()];
}

const asUris = (value: unknown): vscode.Uri[] => (Array.isArray(value) ? value.filter((each) => each instanceof vscode.Uri) : []);
