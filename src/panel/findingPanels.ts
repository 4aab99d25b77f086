/**
 * The editor tabs with findings: creates, re-uses, restores and closes them, and gives each its page and its session. What is said to the
 * webview is decided in findingSession.ts.
 */
import * as vscode from "vscode";
import { errorSentence, isBug } from "../analysis/errorMessages";
import { panels } from "../ids";
import type { AnalysisError } from "../shared/errors";
import { parseFindingState } from "../shared/panelProtocol";
import { describeMessage } from "./failedAnswers";
import { FindingSession } from "./findingSession";
import type { PanelContext } from "./panelCaptures";
import { nameOf, openLine, renderPage, webviewOptions } from "./panelPage";

interface OpenPanel {
  readonly panel: vscode.WebviewPanel;
  readonly session: FindingSession;
}

/** Which finding a panel shows. */
interface Target {
  readonly key: string;
  readonly name: string;
  readonly finding: string;
  readonly title: string;
}

/** Characters of a finding's title that a tab shows. */
const MAX_TAB_TITLE = 60;

/** All finding panels of the window. Register it as the serializer of `panels.finding`. */
export class FindingPanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #context: PanelContext;
  readonly #open: OpenPanel[] = [];
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(context: PanelContext) {
    this.#context = context;
    const { captures, focus, reports } = context;
    const sessionsOf = (key: string): FindingSession[] => this.#open.map(({ session }) => session).filter((session) => session.key === key);
    this.#subscriptions = [
      captures.onDidChange(({ key, change }) => sessionsOf(key).forEach((session) => session.captureChanged(change))),
      focus.onDidChange((change) => sessionsOf(change.key).forEach((session) => session.focusChanged(change.focus))),
      captures.onDidOpen(({ key }) => sessionsOf(key).forEach((session) => session.captureOpened())),
      reports.onDidFind((key) => sessionsOf(key).forEach((session) => session.reportChanged())),
    ];
  }

  /** Shows a finding of a capture, in the tab it has already, or in a new one. */
  show(key: string, finding: string): void {
    const known = this.#open.find(({ session }) => session.key === key && session.finding === finding);
    if (known) {
      known.panel.reveal(undefined, false);
      return;
    }
    const name = this.#context.captures.get(key)?.summary.name ?? nameOf(key);
    const title = vscode.l10n.t("Finding");
    const panel = vscode.window.createWebviewPanel(
      panels.finding,
      title,
      vscode.ViewColumn.Active,
      webviewOptions(this.#context.extensionUri),
    );
    this.#adopt(panel, { key, name, finding, title });
  }

  /** Called by the editor after a window reload with what the webview kept. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const kept = parseFindingState(state);
    if (kept === undefined) {
      this.#context.log.warn("A finding's panel kept no readable state; it is closed.");
      panel.dispose();
    } else {
      panel.webview.options = webviewOptions(this.#context.extensionUri);
      this.#adopt(panel, kept);
    }
    return Promise.resolve();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const { panel } of [...this.#open]) panel.dispose();
  }

  #adopt(panel: vscode.WebviewPanel, { key, name, finding, title }: Target): void {
    // Answers may come after the tab was closed; a closed panel throws at every touch.
    let isDisposed = false;
    const session = new FindingSession({
      key,
      name,
      finding,
      title,
      captures: this.#context.captures,
      focus: this.#context.focus,
      reports: this.#context.reports,
      post: (reply) => {
        if (isDisposed) return;
        panel.webview
          .postMessage(reply)
          .then(undefined, (error: unknown) => this.#context.log.warn("A finding's panel could not be told.", error));
      },
      columns: this.#context.columns,
      openLine: (line) => openLine(key, line),
      copy: async (text) => vscode.env.clipboard.writeText(text),
      l10nBundle: vscode.l10n.bundle,
      describeFailure: (error) => this.#describeFailure(error, name),
      onRefused: (message) => this.#context.log.warn(`A finding's panel sent something that is no request: ${describeMessage(message)}`),
      onTitle: (next) => {
        if (!isDisposed) panel.title = tabTitle(next);
      },
    });
    const entry: OpenPanel = { panel, session };
    this.#open.push(entry);
    panel.webview.onDidReceiveMessage((message: unknown) => void session.receive(message));
    panel.onDidChangeViewState(() => {
      if (panel.active) this.#context.current.use(key);
    });
    panel.onDidDispose(() => {
      isDisposed = true;
      session.dispose();
      this.#open.splice(this.#open.indexOf(entry), 1);
    });
    panel.title = tabTitle(title);
    panel.iconPath = { light: this.#iconUri("light"), dark: this.#iconUri("dark") };
    panel.webview.html = renderPage(panel.webview, this.#context.extensionUri, panel.title);
  }

  #iconUri(kind: "light" | "dark"): vscode.Uri {
    return vscode.Uri.joinPath(this.#context.extensionUri, "media", `timeline-${kind}.svg`);
  }

  #describeFailure(error: AnalysisError, name: string): string {
    if (isBug(error)) this.#context.log.error(`A finding of ${name} could not be shown.`, error, error.cause ?? "");
    return errorSentence(error, name);
  }
}

/** Title of the editor tab: text, and short. */
const tabTitle = (title: string): string => (title.length > MAX_TAB_TITLE ? `${title.slice(0, MAX_TAB_TITLE - 1)}…` : title);
