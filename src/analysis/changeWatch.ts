/** Notices that a capture's file or document is no longer what was read. */
import * as vscode from "vscode";
import type { ResolvedSource } from "./captureSource";

/** What a source looked like when reading began. */
export type Fingerprint =
  | { readonly kind: "file"; readonly mtimeMs: number; readonly sizeBytes: number }
  | { readonly kind: "document"; readonly document: vscode.TextDocument; readonly version: number };

type FileFingerprint = Extract<Fingerprint, { kind: "file" }>;
type DocumentFingerprint = Extract<Fingerprint, { kind: "document" }>;

/** Writes come in bursts; one look in this time is enough. */
const LOOK_AFTER_MS = 300;

/** Taken before reading begins. Null when there is nothing to look at: the run itself will say why. */
export async function takeFingerprint(
  uri: vscode.Uri,
  resolved: ResolvedSource,
  log: vscode.LogOutputChannel,
): Promise<Fingerprint | null> {
  if (resolved.document) return { kind: "document", document: resolved.document, version: resolved.document.version };
  return takeFileFingerprint(uri, log);
}

async function takeFileFingerprint(uri: vscode.Uri, log: vscode.LogOutputChannel): Promise<FileFingerprint | null> {
  try {
    const { mtime, size } = await vscode.workspace.fs.stat(uri);
    return { kind: "file", mtimeMs: mtime, sizeBytes: size };
  } catch (error) {
    log.debug(`No file information for ${uri.toString()}: ${String(error)}`);
    return null;
  }
}

/** Calls `onStale` once, when the source differs from its fingerprint; at once if it already does. */
export function watchForChange(
  uri: vscode.Uri,
  fingerprint: Fingerprint,
  log: vscode.LogOutputChannel,
  onStale: () => void,
): vscode.Disposable {
  const once = callOnce(onStale);
  return fingerprint.kind === "document" ? watchDocument(fingerprint, log, once) : watchFile(uri, fingerprint, log, once);
}

function watchDocument({ document, version }: DocumentFingerprint, log: vscode.LogOutputChannel, onStale: () => void): vscode.Disposable {
  if (document.version !== version) onStale();
  const watches: vscode.Disposable[] = [];
  let isDisposed = false;
  /** The file as it was left by the last save. */
  let saved: Promise<FileFingerprint | null> | undefined;
  const watchSaved = async (): Promise<void> => {
    const known = await (saved ?? takeFileFingerprint(document.uri, log));
    if (!known) onStale();
    else if (!isDisposed) watches.push(watchFile(document.uri, known, log, onStale));
  };
  watches.push(
    vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document === document && event.contentChanges.length > 0) onStale();
    }),
    vscode.workspace.onDidSaveTextDocument((each) => {
      if (each === document && each.uri.scheme === "file") saved = takeFileFingerprint(each.uri, log);
    }),
    vscode.workspace.onDidCloseTextDocument((closed) => {
      // Another language for it is told as closing and opening; then it is still there.
      if (closed !== document || vscode.workspace.textDocuments.includes(document)) return;
      // Closed without saving: the text that was read is gone. Else its file holds that text.
      if (closed.isDirty || closed.isUntitled) onStale();
      else if (closed.uri.scheme === "file") void watchSaved();
    }),
  );
  return new vscode.Disposable(() => {
    isDisposed = true;
    for (const watch of watches) watch.dispose();
  });
}

function watchFile(uri: vscode.Uri, known: FileFingerprint, log: vscode.LogOutputChannel, onStale: () => void): vscode.Disposable {
  const look = async (): Promise<void> => {
    try {
      const { mtime, size } = await vscode.workspace.fs.stat(uri);
      if (mtime !== known.mtimeMs || size !== known.sizeBytes) onStale();
    } catch (error) {
      log.debug(`Gone or unreadable: ${uri.toString()}: ${String(error)}`);
      onStale();
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const lookSoon = (changed?: vscode.Uri): void => {
    if (changed && changed.toString() !== uri.toString()) return;
    // Not put off by later events: a file that is still being written would never be looked at.
    timer ??= setTimeout(() => {
      timer = undefined;
      void look();
    }, LOOK_AFTER_MS);
  };
  // The folder with `*` rather than the name: names may hold characters that mean something in a pattern.
  const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.joinPath(uri, ".."), "*"));
  lookSoon();
  return vscode.Disposable.from(
    watcher,
    watcher.onDidChange(lookSoon),
    watcher.onDidCreate(lookSoon),
    watcher.onDidDelete(lookSoon),
    // Excluded folders and network drives send no events: look again when the user comes back.
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) lookSoon();
    }),
    { dispose: () => clearTimeout(timer) },
  );
}

function callOnce(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
}
