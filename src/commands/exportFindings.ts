/** Export Findings…: as JSON, CSV or SARIF, to a file that the user names. Argument: `{ key }`, else the only or a picked capture. */
import * as vscode from "vscode";
import { captureName } from "../analysis/captureSource";
import type { OpenCapture } from "../analysis/captures";
import { withoutLinks } from "../analysis/withoutLinks";
import type { Finding } from "../shared/findings";
import { exportFindings as exportText, EXPORT_FORMATS, type ExportedFinding, type ExportFormat } from "../shared/findingsExport";
import { packetsOfFinding } from "../shared/selection";
import { chooseCapture, type CommandContext } from "./context";

/** Asks what, how and where; leaving one of it writes nothing. */
export async function exportFindings(context: CommandContext, argument?: unknown): Promise<void> {
  const open = await chooseCapture(context, argument);
  const result = open && context.findings.result(open.key);
  if (!open) return;
  if (!result) {
    void vscode.window.showInformationMessage(vscode.l10n.t("Findings are not known yet. Try again when they are."));
    return;
  }
  const findings = await askWhich(result.report.findings, context.findingsView.shown(open.key));
  const format = findings && (await askFormat());
  const target = format && (await askTarget(open, format));
  if (!target) return;
  const text = await findingsText(context, open, findings, format);
  if (text === undefined) return;
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  void offerToOpen(context, target);
}

/** The text of an export. Undefined when the user has cancelled, or the findings are others meanwhile; the user is told then. */
export async function findingsText(
  context: CommandContext,
  open: OpenCapture,
  findings: readonly Finding[],
  format: ExportFormat,
): Promise<string | undefined> {
  const { findings: known, dismissed, tool } = context;
  const { key, uri, capture } = open;
  const result = known.result(key);
  if (!result) return undefined;
  const exported = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, cancellable: true, title: vscode.l10n.t("Exporting findings") },
    async (progress, token) => {
      const all: ExportedFinding[] = [];
      for (const finding of findings) {
        if (token.isCancellationRequested) return undefined;
        const places = await capture.getPacketPlaces({ selection: packetsOfFinding(finding.id), most: null });
        all.push({ finding, places, isDismissed: dismissed.has(key, finding.id) });
        progress.report({ increment: 100 / findings.length });
      }
      if (format !== "sarif") return { all, lines: undefined };
      const left = new Promise<undefined>((resolve) => token.onCancellationRequested(() => resolve(undefined)));
      const lines = await Promise.race([linesOf(context, open, findings), left]);
      return lines && { all, lines };
    },
  );
  if (!exported) return undefined;
  if (known.result(key) !== result) {
    void vscode.window.showWarningMessage(vscode.l10n.t("The findings have changed meanwhile; nothing was written. Export them again."));
    return undefined;
  }
  const { report, detectors, thresholds } = result;
  const file = { name: captureName(uri), uri: uri.toString(), time: capture.summary.time };
  const language = vscode.l10n.bundle ? vscode.env.language : undefined;
  return exportText(format, { tool, language, file, report, thresholds, detectors, findings: exported.all, lines: exported.lines });
}

/** Lines of the findings' evidence, by its row. None when the file cannot be read again: what was found in it is worth writing all the same. */
async function linesOf(
  { log }: CommandContext,
  { uri, capture }: OpenCapture,
  findings: readonly Finding[],
): Promise<ReadonlyMap<number, number>> {
  try {
    return await capture.getFindingLines(findings.map(({ id }) => id));
  } catch (error) {
    log.warn(`${captureName(uri)}: findings are exported without line numbers: ${error instanceof Error ? error.message : String(error)}`);
    return new Map();
  }
}

/** All, or those that are listed, when these are others. */
async function askWhich(all: readonly Finding[], shown: readonly Finding[]): Promise<readonly Finding[] | undefined> {
  if (shown.length === all.length) return all;
  const choices = [
    { label: vscode.l10n.t("Those that are listed"), description: String(shown.length), findings: shown },
    { label: vscode.l10n.t("All, also those dismissed or filtered"), description: String(all.length), findings: all },
  ];
  return (await vscode.window.showQuickPick(choices, { title: vscode.l10n.t("Export Findings") }))?.findings;
}

async function askFormat(): Promise<ExportFormat | undefined> {
  const details: Readonly<Record<ExportFormat, string>> = {
    json: vscode.l10n.t("Everything, for programs"),
    csv: vscode.l10n.t("A row each, for spreadsheets"),
    sarif: vscode.l10n.t("SARIF 2.1.0, for what collects results of analyses"),
  };
  const choices = EXPORT_FORMATS.map((format) => ({ label: format.toUpperCase(), detail: details[format], format }));
  return (await vscode.window.showQuickPick(choices, { title: vscode.l10n.t("Export Findings") }))?.format;
}

function askTarget({ uri }: OpenCapture, format: ExportFormat): Thenable<vscode.Uri | undefined> {
  const name = `${captureName(uri)}.findings.${format}`;
  return vscode.window.showSaveDialog({
    ...(uri.scheme === "file" ? { defaultUri: vscode.Uri.joinPath(uri, "..", name) } : {}),
    filters: { [format.toUpperCase()]: [format] },
    title: vscode.l10n.t("Export Findings"),
  });
}

async function offerToOpen({ errors }: CommandContext, target: vscode.Uri): Promise<void> {
  const openFile = vscode.l10n.t("Open");
  try {
    const sentence = withoutLinks(vscode.l10n.t("Findings written to {0}", captureName(target)));
    const chosen = await vscode.window.showInformationMessage(sentence, openFile);
    if (chosen === openFile) await vscode.commands.executeCommand("vscode.open", target);
  } catch (error) {
    errors.report(error, captureName(target));
  }
}
