/** Findings that the user has put away, per file: remembered with the workspace. */
import * as vscode from "vscode";

const STORED_AS = "tcpSeq.dismissedFindings";

/** Ids of findings by the capture's key. */
type Stored = Readonly<Record<string, readonly string[]>>;

/** See the file header. */
export class DismissedFindings implements vscode.Disposable {
  readonly #memento: vscode.Memento;
  readonly #byKey: Map<string, Set<string>>;
  readonly #changed = new vscode.EventEmitter<string>();

  /** Something was put away or brought back, of the capture with this key. */
  readonly onDidChange = this.#changed.event;

  constructor(memento: vscode.Memento) {
    this.#memento = memento;
    this.#byKey = new Map(Object.entries(memento.get<Stored>(STORED_AS, {})).map(([key, ids]) => [key, new Set(ids)]));
  }

  has(key: string, id: string): boolean {
    return this.#byKey.get(key)?.has(id) ?? false;
  }

  async dismiss(key: string, id: string): Promise<void> {
    const ids = this.#byKey.get(key) ?? new Set();
    this.#byKey.set(key, ids.add(id));
    await this.#store(key);
  }

  async restore(key: string, id: string): Promise<void> {
    const ids = this.#byKey.get(key);
    if (!ids?.delete(id)) return;
    if (ids.size === 0) this.#byKey.delete(key);
    await this.#store(key);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #store(key: string): Promise<void> {
    this.#changed.fire(key);
    const stored: Stored = Object.fromEntries(Array.from(this.#byKey, ([each, ids]) => [each, [...ids]]));
    await this.#memento.update(STORED_AS, stored);
  }
}
