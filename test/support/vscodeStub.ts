/**
 * Stands in for the editor's `vscode` module in unit tests: just what src/analysis and src/views touch.
 * Import this file before the module under test. Real behaviour is tested in test/integration and test/ui.
 */
import Module from "node:module";

type Listener<T> = (event: T) => unknown;

class Disposable {
  constructor(readonly dispose: () => void) {}
  static from(...parts: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => parts.forEach((part) => void part.dispose()));
  }
}

class EventEmitter<T> {
  readonly #listeners = new Set<Listener<T>>();
  readonly event = (listener: Listener<T>): Disposable => {
    this.#listeners.add(listener);
    return new Disposable(() => void this.#listeners.delete(listener));
  };
  fire(event: T): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
  dispose(): void {
    this.#listeners.clear();
  }
}

class Uri {
  constructor(
    readonly scheme: string,
    readonly path: string,
    readonly query = "",
  ) {}
  get fsPath(): string {
    return this.path;
  }
  static file = (path: string): Uri => new Uri("file", path);
  static parse(text: string): Uri {
    const { protocol, pathname, search } = new URL(text);
    return new Uri(protocol.slice(0, -1), decodeURIComponent(pathname), decodeURIComponent(search.slice(1)));
  }
  static joinPath(base: Uri, ...parts: string[]): Uri {
    return new Uri(
      base.scheme,
      new URL([base.path.replace(/[^/]*$/, ""), ...parts.map((part) => (part === ".." ? "." : part))].join("/"), "file:///").pathname,
    );
  }
  toString(): string {
    return `${this.scheme}://${encodeURI(this.path)}${this.query ? `?${encodeURIComponent(this.query)}` : ""}`;
  }
}

class TreeItem {
  constructor(
    readonly label: string,
    readonly collapsibleState = 0,
  ) {}
}

class Named {
  constructor(readonly id: string) {}
}

const documentChanged = new EventEmitter<unknown>();
const documentClosed = new EventEmitter<unknown>();
const windowChanged = new EventEmitter<unknown>();

/** What a test can set and see of the pretended editor. */
export const editor = {
  /** What `workspace.fs.stat` answers; undefined for a file that does not exist. */
  stat: undefined as { mtime: number; size: number } | undefined,
  textDocuments: [] as unknown[],
  documentChanged,
  documentClosed,
  windowChanged,
};

const stub = {
  Disposable,
  EventEmitter,
  RelativePattern: class {},
  TabInputCustom: class {},
  TabInputNotebook: class {},
  TabInputText: class {},
  TabInputTextDiff: class {},
  ThemeColor: Named,
  ThemeIcon: Named,
  TreeItem,
  TreeItemCollapsibleState: { None: 0, Collapsed: 1, Expanded: 2 },
  Uri,
  CancellationError: class extends Error {},
  commands: { executeCommand: () => Promise.resolve() },
  l10n: { t: (text: string, ...values: unknown[]) => text.replace(/\{(\d+)\}/g, (_, index: string) => String(values[Number(index)])) },
  window: { onDidChangeWindowState: windowChanged.event, tabGroups: { all: [] } },
  workspace: {
    get textDocuments() {
      return editor.textDocuments;
    },
    createFileSystemWatcher: () => ({
      onDidChange: () => new Disposable(() => undefined),
      onDidCreate: () => new Disposable(() => undefined),
      onDidDelete: () => new Disposable(() => undefined),
      dispose: () => undefined,
    }),
    fs: { stat: () => (editor.stat ? Promise.resolve(editor.stat) : Promise.reject(new Error("FileNotFound"))) },
    onDidChangeTextDocument: documentChanged.event,
    onDidCloseTextDocument: documentClosed.event,
  },
};

/** Node's own loader, which is not in its types. */
const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
const load = loader._load;
loader._load = (request, ...rest) => (request === "vscode" ? stub : load(request, ...rest));
