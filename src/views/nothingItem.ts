/** The item that stands in a tree where the focus of a capture lets nothing through; a click takes the focus away. */
import * as vscode from "vscode";
import { commands, itemKinds } from "../ids";

/** `text`: why nothing is listed. */
export function nothingItem(key: string, text: string): vscode.TreeItem {
  const item = new vscode.TreeItem(text);
  const title = vscode.l10n.t("Show all packets");
  item.id = `${key} nothing`;
  item.description = title;
  item.tooltip = vscode.l10n.t("{0}. Click to see all packets again.", text);
  item.iconPath = new vscode.ThemeIcon("filter-filled");
  item.contextValue = itemKinds.nothing;
  item.command = { command: commands.clearFilter, title, arguments: [{ key }] };
  item.accessibilityInformation = { label: item.tooltip };
  return item;
}
