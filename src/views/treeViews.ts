/** Both views with what belongs to them: the message about changed files, the context keys, and how items are brought into view. */
import * as vscode from "vscode";
import type { Captures } from "../analysis/captures";
import type { CaptureFocus } from "../analysis/captureFocus";
import { captureName } from "../analysis/captureSource";
import type { CurrentCapture } from "../analysis/currentCapture";
import { contextKeys, settings, views } from "../ids";
import type { SequenceOrder } from "../shared/model";
import { staleMessage } from "./captureItem";
import type { CaptureTree, CaptureTreeNode } from "./captureTree";
import { focusMessage } from "./focusText";
import type { SequencesNode, SequencesTree } from "./sequencesTree";

/** What the views need. */
export interface TreeViewsContext {
  readonly captures: Captures;
  readonly focus: CaptureFocus;
  readonly current: Pick<CurrentCapture, "use">;
  readonly log: vscode.LogOutputChannel;
}

/** Creates the views; disposing removes them. */
export class TreeViews implements vscode.Disposable {
  readonly sequences: vscode.TreeView<SequencesNode>;
  readonly capture: vscode.TreeView<CaptureTreeNode>;
  readonly #captures: Captures;
  readonly #focus: CaptureFocus;
  readonly #sequencesTree: SequencesTree;
  readonly #log: vscode.LogOutputChannel;
  readonly #subscriptions: vscode.Disposable;

  constructor({ captures, focus, current, log }: TreeViewsContext, trees: { sequences: SequencesTree; capture: CaptureTree }) {
    this.#captures = captures;
    this.#focus = focus;
    this.#sequencesTree = trees.sequences;
    this.#log = log;
    this.sequences = vscode.window.createTreeView(views.sequences, { treeDataProvider: trees.sequences, showCollapseAll: false });
    this.capture = vscode.window.createTreeView(views.capture, { treeDataProvider: trees.capture, showCollapseAll: false });
    const update = (): void => this.#update();
    const use = ({ selection }: { selection: readonly { readonly key: string }[] }): void => {
      if (selection.length > 0) current.use(selection[0].key);
    };
    this.#subscriptions = vscode.Disposable.from(
      this.sequences,
      this.capture,
      captures.onDidOpen(update),
      captures.onDidChange(update),
      focus.onDidChange(update),
      this.sequences.onDidChangeSelection(use),
      this.capture.onDidChangeSelection(use),
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
    this.#setContext(contextKeys.hasFocus, this.#focus.keys().length > 0);
    const shown = open.map(({ key, uri, capture }) => ({
      name: captureName(uri),
      focus: this.#focus.get(key),
      time: capture.summary.time,
    }));
    const focused = focusMessage(shown);
    this.sequences.message = [focused, staleMessage(open)].filter((line) => line !== undefined).join("\n"); // the empty string takes it away
    this.capture.message = focused ?? "";
  }

  #setContext(key: string, value: unknown): void {
    vscode.commands
      .executeCommand("setContext", key, value)
      .then(undefined, (error: unknown) => this.#log.error(`Context key ${key} was not set.`, error));
  }
}
