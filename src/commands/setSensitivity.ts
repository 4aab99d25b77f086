/** Set Sensitivity of Detection…: the setting, where it is set already, else the user's. */
import * as vscode from "vscode";
import { settings } from "../ids";
import type { Sensitivity } from "../shared/findings";
import type { CommandContext } from "./context";

/** The findings follow the setting. */
export async function setSensitivity(_context: CommandContext): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(settings.section);
  const now = configuration.get<unknown>(settings.sensitivity);
  const choices: (vscode.QuickPickItem & { readonly value: Sensitivity })[] = [
    { label: vscode.l10n.t("Low"), detail: vscode.l10n.t("Only what is plain."), value: "low" },
    { label: vscode.l10n.t("Medium"), detail: vscode.l10n.t("The thresholds that the field uses."), value: "medium" },
    { label: vscode.l10n.t("High"), detail: vscode.l10n.t("Most, with more false alarms."), value: "high" },
  ];
  const chosen = await vscode.window.showQuickPick(
    choices.map((choice) => (choice.value === now ? { ...choice, description: vscode.l10n.t("current") } : choice)),
    { title: vscode.l10n.t("Sensitivity of Detection"), placeHolder: vscode.l10n.t("A preset of all thresholds") },
  );
  if (!chosen) return;
  const isOfWorkspace = configuration.inspect(settings.sensitivity)?.workspaceValue !== undefined;
  const target = isOfWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await configuration.update(settings.sensitivity, chosen.value, target);
}
