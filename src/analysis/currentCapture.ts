/** The open capture that the user had to do with last: its panel was active, it was analysed, or chosen in a tree. */
import * as vscode from "vscode";
import type { Captures } from "./captures";

/** See the file header. */
export class CurrentCapture implements vscode.Disposable {
  readonly #captures: Pick<Captures, "get" | "list" | "onDidOpen" | "onDidChange">;
  /** Keys of open captures, the one used last at the end. */
  #used: string[] = [];
  readonly #changed = new vscode.EventEmitter<string | undefined>();
  readonly #subscriptions: vscode.Disposable;

  /** Another capture is the current one, or none. */
  readonly onDidChange = this.#changed.event;

  constructor(captures: Pick<Captures, "get" | "list" | "onDidOpen" | "onDidChange">) {
    this.#captures = captures;
    this.#used = captures.list().map(({ key }) => key);
    this.#subscriptions = vscode.Disposable.from(
      captures.onDidOpen(({ key }) => this.use(key)),
      captures.onDidChange(({ key, change }) => {
        if (change === "replaced") this.use(key);
        if (change === "closed") this.#order(this.#used.filter((each) => each !== key));
      }),
    );
  }

  /** Undefined when no capture is open. */
  get key(): string | undefined {
    return this.#used.at(-1);
  }

  /** The user has to do with this capture now; nothing happens when it is not open. */
  use(key: string): void {
    if (this.#captures.get(key)) this.#order([...this.#used.filter((each) => each !== key), key]);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  #order(used: string[]): void {
    const before = this.key;
    this.#used = used;
    if (this.key !== before) this.#changed.fire(this.key);
  }
}
