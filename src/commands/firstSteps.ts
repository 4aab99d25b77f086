/** What helps before there is anything to analyse. */
import * as vscode from "vscode";
import { walkthrough } from "../ids";
import { suggestTsharkCommand } from "../shared/tsharkCommand";
import type { CommandContext } from "./context";

/** Opens the first steps in VS Code's own page for them. */
export async function openWalkthrough({ extensionId }: CommandContext): Promise<void> {
  await vscode.commands.executeCommand("workbench.action.openWalkthrough", `${extensionId}#${walkthrough}`, false);
}

/** Copies the command that makes a file with every column of use. */
export async function copyTsharkCommand(): Promise<void> {
  await vscode.env.clipboard.writeText(suggestTsharkCommand());
  vscode.window.setStatusBarMessage(vscode.l10n.t("tshark command copied: put in the names of your files"), 5000);
}
