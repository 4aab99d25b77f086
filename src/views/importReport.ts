/**
 * Shows the import report of an open capture as a read-only document in the Markdown preview. A file system rather than
 * a content provider: the preview watches the resource it shows, which fails with an error in the log without one.
 */
import * as vscode from "vscode";
import { captureName } from "../analysis/captureSource";
import type { Captures } from "../analysis/captures";
import { reportScheme } from "../ids";
import { importReport } from "./importReportText";

/** Read-only file system of `tcp-seq-report:` documents; the capture's key is the query. */
export class ImportReport implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #captures: Captures;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #subscriptions: vscode.Disposable;
  /** Grows with each change, so that an open report is read again. */
  #version = 1;

  readonly onDidChangeFile = this.#changed.event;

  constructor(captures: Captures, log: vscode.LogOutputChannel) {
    this.#captures = captures;
    this.#log = log;
    const refresh = ({ key }: { key: string }): void => {
      this.#version++;
      this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri: reportUri(key) }]);
    };
    this.#subscriptions = vscode.Disposable.from(captures.onDidOpen(refresh), captures.onDidChange(refresh));
  }

  /** As a preview; as plain Markdown where the editor's own Markdown support is disabled. */
  async open(key: string): Promise<void> {
    const uri = reportUri(key);
    try {
      await vscode.commands.executeCommand("markdown.showPreview", uri);
    } catch (error) {
      this.#log.warn(`No Markdown preview, so the report is shown as text: ${String(error)}`);
      await vscode.window.showTextDocument(uri, { preview: true });
    }
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return new TextEncoder().encode(this.#render(uri));
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    return { type: vscode.FileType.File, ctime: 0, mtime: this.#version, size: this.readFile(uri).length };
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined); // changes are always told
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  #render(uri: vscode.Uri): string {
    const open = this.#captures.find(uri.query);
    if (open) return importReport(open.capture.summary, open.restError);
    return `# ${vscode.l10n.t("Import report")}\n\n${vscode.l10n.t("This capture is not open any more. Analyze it again to see its report.")}\n`;
  }
}

/** The path is what the tab is called. */
const reportUri = (key: string): vscode.Uri =>
  vscode.Uri.from({
    scheme: reportScheme,
    path: `/${captureName(vscode.Uri.parse(key))} – ${vscode.l10n.t("Import Report")}.md`,
    query: key,
  });
