/** Notices that a capture's file or document is no longer what was read. */
import * as vscode from "vscode";
import type { ResolvedSource } from "./captureSource";

/** What a source looked like when reading began. */
export type Fingerprint =
  | { readonly kind: "file"; readonly mtimeMs: number; readonly sizeBytes: number }
  | { readonly kind: "document"; readonly document: vscode.TextDocument; readonly version: number };

/** Writers come in bursts; one look after each is enough. */
const SETTLE_MS = 300;

/** Taken before reading begins. Null when there is nothing to look at: the run itself will say why. */
export async function takeFingerprint(
  uri: vscode.Uri,
  resolved: ResolvedSource,
  log: vscode.LogOutputChannel,
): Promise<Fingerprint | null> {
  if (resolved.document) return { kind: "document", document: resolved.document, version: resolved.document.version };
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
  return fingerprint.kind === "document" ? watchDocument(fingerprint, once) : watchFile(uri, fingerprint, log, once);
}

function watchDocument({ document, version }: Extract<Fingerprint, { kind: "document" }>, onStale: () => void): vscode.Disposable {
  if (document.version !== version) onStale();
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document === document && event.contentChanges.length > 0) onStale();
    }),
    vscode.workspace.onDidCloseTextDocument((closed) => {
      // Closed without saving: the text that was read is gone.
      if (closed === document && (closed.isDirty || closed.isUntitled)) onStale();
    }),
  );
}

function watchFile(
  uri: vscode.Uri,
  known: Extract<Fingerprint, { kind: "file" }>,
  log: vscode.LogOutputChannel,
  onStale: () => void,
): vscode.Disposable {
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
    clearTimeout(timer);
    timer = setTimeout(() => void look(), SETTLE_MS);
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
