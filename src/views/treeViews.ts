/** Both views with what belongs to them: the message about changed files, the context keys, and how items are brought into view. */
import * as vscode from "vscode";
import type { Captures } from "../analysis/captures";
import { contextKeys, settings, views } from "../ids";
import type { SequenceOrder } from "../shared/model";
import { staleMessage } from "./captureItem";
import type { CaptureTree, CaptureTreeNode } from "./captureTree";
import type { SequencesNode, SequencesTree } from "./sequencesTree";

/** Creates the views; disposing removes them. */
export class TreeViews implements vscode.Disposable {
  readonly sequences: vscode.TreeView<SequencesNode>;
  readonly capture: vscode.TreeView<CaptureTreeNode>;
  readonly #captures: Captures;
  readonly #sequencesTree: SequencesTree;
  readonly #log: vscode.LogOutputChannel;
  readonly #subscriptions: vscode.Disposable;

  constructor(captures: Captures, trees: { sequences: SequencesTree; capture: CaptureTree }, log: vscode.LogOutputChannel) {
    this.#captures = captures;
    this.#sequencesTree = trees.sequences;
    this.#log = log;
    this.sequences = vscode.window.createTreeView(views.sequences, { treeDataProvider: trees.sequences, showCollapseAll: false });
    this.capture = vscode.window.createTreeView(views.capture, { treeDataProvider: trees.capture, showCollapseAll: false });
    const update = (): void => this.#update();
    this.#subscriptions = vscode.Disposable.from(
      this.sequences,
      this.capture,
      captures.onDidOpen(update),
      captures.onDidChange(update),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${settings.section}.${settings.topCount}`)) trees.sequences.refresh();
      }),
    );
    this.#setContext(contextKeys.order, "count");
    this.#update();
  }

  /** Selects a capture, opening the side bar if need be; the keyboard focus stays where it is. */
  async reveal(key: string): Promise<void> {
    await this.sequences.reveal(this.#sequencesTree.root(key), { select: true, focus: false, expand: true });
  }

  /** Lists more numbers and goes on from the first of them. */
  async showMore(key: string): Promise<void> {
    const first = await this.#sequencesTree.showMore(key);
    if (first) await this.sequences.reveal(first, { select: true, focus: true });
  }

  /** Sorts the numbers of every capture. */
  setOrder(order: SequenceOrder): Promise<void> {
    return this.#sequencesTree.setOrder(order);
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #update(): void {
    const open = this.#captures.list();
    this.#setContext(contextKeys.hasResult, open.length > 0);
    this.sequences.message = staleMessage(open) ?? ""; // the empty string takes it away
  }

  #setContext(key: string, value: unknown): void {
    vscode.commands
      .executeCommand("setContext", key, value)
      .then(undefined, (error: unknown) => this.#log.error(`Context key ${key} was not set.`, error));
  }
}
