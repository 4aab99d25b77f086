/**
 * From a URI to what the engine reads: the file on disk, or the text as it stands in an editor.
 * Never opens a file as a document: the editor refuses those above 50 MB.
 */
import * as vscode from "vscode";
import { AnalysisError } from "../shared/errors";
import type { CaptureSource } from "../shared/model";

/** What to read, and the document it was taken from, if any. */
export interface ResolvedSource {
  readonly source: CaptureSource;
  /** The open document whose text was taken; undefined when the file is read. */
  readonly document: vscode.TextDocument | undefined;
}

/** Last part of the path; what messages, tree and report call the capture. */
export const captureName = (uri: vscode.Uri): string => uri.path.slice(uri.path.lastIndexOf("/") + 1) || uri.path;

/**
 * The text of a dirty or untitled document, else the file. A document of another scheme (a repository's history, a
 * virtual folder) is taken as text when a tab shows it. Throws AnalysisError `notReadable` when there is neither.
 */
export async function resolveSource(uri: vscode.Uri): Promise<ResolvedSource> {
  const document = await findDocument(uri);
  if (uri.scheme === "file" && !document?.isDirty) return { source: { kind: "file", path: uri.fsPath }, document: undefined };
  if (document) return { source: { kind: "text", name: captureName(uri), text: document.getText() }, document };
  throw new AnalysisError("notReadable", `${captureName(uri)} is neither on a disk nor open in an editor.`, [captureName(uri), uri.scheme]);
}

async function findDocument(uri: vscode.Uri): Promise<vscode.TextDocument | undefined> {
  const key = uri.toString();
  const open = vscode.workspace.textDocuments.find((each) => each.uri.toString() === key);
  if (open || uri.scheme === "file" || !isInTab(key)) return open;
  // A tab restored in the background has no document until somebody asks for it. Nothing is read from a disk here.
  return vscode.workspace.openTextDocument(uri);
}

const isInTab = (key: string): boolean =>
  vscode.window.tabGroups.all.some((group) => group.tabs.some((tab) => tabUri(tab)?.toString() === key));

/** The resource a tab shows, also one that the editor refuses to open; undefined for webviews, terminals and settings. */
export function tabUri(tab: vscode.Tab | undefined): vscode.Uri | undefined {
  const input = tab?.input;
  if (input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputNotebook)
    return input.uri;
  return input instanceof vscode.TabInputTextDiff ? input.modified : undefined;
}
