/** The view Findings with what belongs to it: badge, description, message, context keys, and the settings it follows. */
import * as vscode from "vscode";
import type { CurrentCapture } from "../analysis/currentCapture";
import { captureName } from "../analysis/captureSource";
import { contextKeys, settings, views } from "../ids";
import { isNoFilter, type FindingFilter } from "../shared/findingFilter";
import type { DetectorId, Finding, Sensitivity } from "../shared/findings";
import { staleMessage } from "./captureItem";
import { focusMessage } from "./focusText";
import type { FindingsNode, FindingsTree, FindingsTreeContext } from "./findingsTree";
import { filterText, findingsText, sensitivityName } from "./findingTexts";
import { oneLine } from "./plainText";

/** What the view needs. */
export interface FindingsViewContext extends FindingsTreeContext {
  readonly tree: FindingsTree;
  readonly current: Pick<CurrentCapture, "use">;
  readonly log: Pick<vscode.LogOutputChannel, "error">;
  readonly readSensitivity: () => Sensitivity;
}

/** Creates the view; disposing removes it. */
export class FindingsView implements vscode.Disposable {
  readonly #context: FindingsViewContext;
  readonly #view: vscode.TreeView<FindingsNode>;
  readonly #subscriptions: vscode.Disposable;

  constructor(context: FindingsViewContext) {
    this.#context = context;
    const { tree, findings, current } = context;
    this.#view = vscode.window.createTreeView(views.findings, { treeDataProvider: tree, showCollapseAll: true });
    this.#subscriptions = vscode.Disposable.from(
      this.#view,
      tree.onDidChangeTreeData(() => this.#update()),
      this.#view.onDidChangeSelection(({ selection }) => {
        if (selection.length > 0) current.use(selection[0].key);
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        const isMeant = [settings.sensitivity, settings.thresholds].some((name) =>
          event.affectsConfiguration(`${settings.section}.${name}`),
        );
        if (!isMeant) return;
        findings.settingsChanged();
        this.#update();
      }),
    );
    this.#setContext(contextKeys.isFiltered, false);
    this.#setContext(contextKeys.showsDismissed, false);
    this.#update();
  }

  get filter(): FindingFilter {
    return this.#context.tree.filter;
  }

  setFilter(filter: FindingFilter): void {
    this.#context.tree.setFilter(filter);
    this.#setContext(contextKeys.isFiltered, !isNoFilter(filter));
  }

  setShowsDismissed(shows: boolean): void {
    this.#context.tree.setShowsDismissed(shows);
    this.#setContext(contextKeys.showsDismissed, shows);
  }

  showMore(key: string, detector: DetectorId): void {
    this.#context.tree.showMore(key, detector);
  }

  /** Findings of a capture as they are listed, worst first. */
  shown(key: string): readonly Finding[] {
    return this.#context.tree.shown(key);
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  #update(): void {
    const { captures, focus, findings, tree, readSensitivity } = this.#context;
    const open = captures.list();
    const grave = tree.countGrave();
    const tooltip = vscode.l10n.t("{0} of severity warning or error", findingsText(grave));
    this.#view.badge = grave > 0 ? { value: grave, tooltip } : undefined;
    const detectors = open.flatMap(({ key }) => findings.result(key)?.detectors ?? []);
    const sensitivity = readSensitivity();
    const described = [filterText(tree.filter, detectors), sensitivity === "medium" ? undefined : sensitivityName(sensitivity)];
    this.#view.description = described.filter((part) => part !== undefined).join(" · ");
    const running = open.filter(({ key }) => findings.state(key)?.kind === "running").map(({ uri }) => oneLine(captureName(uri)));
    const state = running.length > 0 ? vscode.l10n.t("Looking for findings in {0}", running.join(", ")) : staleMessage(open);
    const focused = focusMessage(
      open.map(({ key, uri, capture }) => ({ name: captureName(uri), focus: focus.get(key), time: capture.summary.time })),
    );
    this.#view.message = [focused, state].filter((line) => line !== undefined).join("\n"); // the empty string takes it away
  }

  #setContext(key: string, value: unknown): void {
    vscode.commands
      .executeCommand("setContext", key, value)
      .then(undefined, (error: unknown) => this.#context.log.error(`Context key ${key} was not set.`, error));
  }
}
