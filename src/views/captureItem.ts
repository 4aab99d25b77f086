/** The item of a capture, the same in both views. */
import * as vscode from "vscode";
import { captureName } from "../analysis/captureSource";
import type { OpenCapture } from "../analysis/captures";
import { numbersText, packetsText } from "../analysis/countTexts";
import type { Passing } from "../analysis/passingCounts";
import { itemKinds } from "../ids";
import { passingText } from "./focusText";
import { oneLine } from "./plainText";

/** Expanded at first; says when the file has changed since, and what passes when not all packets are in focus. */
export function captureItem({ key, uri, capture, isStale }: OpenCapture, passing?: Passing): vscode.TreeItem {
  const name = oneLine(captureName(uri));
  const numbers = `${packetsText(capture.summary.rows.tcp)}, ${numbersText(capture.summary.distinct)}`;
  const inFocus = passing && (passing.count ? passingText(passing.count) : vscode.l10n.t("filtered"));
  const state = isStale ? vscode.l10n.t("changed since it was read") : undefined;
  const description = [inFocus, state].filter((part) => part !== undefined).join(" · ") || numbers;
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = key;
  item.description = description;
  item.tooltip = `${oneLine(uri.scheme === "file" ? uri.fsPath : uri.toString(true), 500)}\n${numbers}`;
  item.iconPath = isStale
    ? new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"))
    : new vscode.ThemeIcon("table");
  item.contextValue = isStale ? itemKinds.staleCapture : itemKinds.capture;
  item.accessibilityInformation = { label: `${name}, ${description}` };
  return item;
}

/** The message above the numbers when files have changed, else undefined. */
export function staleMessage(captures: readonly OpenCapture[]): string | undefined {
  const names = captures.filter(({ isStale }) => isStale).map(({ uri }) => oneLine(captureName(uri)));
  if (names.length === 0) return undefined;
  return vscode.l10n.t("Changed since it was read: {0}", names.join(", "));
}
