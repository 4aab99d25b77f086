/**
 * Read-only documents that are written when they are read, shown in the Markdown preview. A file system rather than a
 * content provider: the preview watches the resource it shows, which fails with an error in the log without one.
 */
import * as vscode from "vscode";

/** File system of documents of one scheme. */
export abstract class ReadOnlyDocuments implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #log: Pick<vscode.LogOutputChannel, "warn">;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  /** Grows with each change, so that an open document is read again. */
  #version = 1;

  readonly onDidChangeFile = this.#changed.event;

  constructor(log: Pick<vscode.LogOutputChannel, "warn">) {
    this.#log = log;
  }

  /** The text of a document; also of one that a reloaded window brings back. */
  protected abstract render(uri: vscode.Uri): string;

  /** Has open documents read again. */
  protected changed(uris: readonly vscode.Uri[]): void {
    this.#version++;
    this.#changed.fire(uris.map((uri) => ({ type: vscode.FileChangeType.Changed, uri })));
  }

  /** As a preview; as plain Markdown where the editor's own Markdown support is disabled. */
  protected async show(uri: vscode.Uri): Promise<void> {
    try {
      await vscode.commands.executeCommand("markdown.showPreview", uri);
    } catch (error) {
      this.#log.warn(`No Markdown preview, so a document is shown as text: ${String(error)}`);
      await vscode.window.showTextDocument(uri, { preview: true });
    }
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return new TextEncoder().encode(this.render(uri));
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
    this.#changed.dispose();
  }
}
