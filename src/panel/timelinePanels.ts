/**
 * The editor tabs with timelines: creates, re-uses, restores and closes them, and gives each its page and its session.
 * What is said to the webview is decided in panelSession.ts.
 */
import * as vscode from "vscode";
import { errorSentence, isBug } from "../analysis/errorMessages";
import { panels } from "../ids";
import type { AnalysisError } from "../shared/errors";
import { parsePanelState, type PanelTarget } from "../shared/panelProtocol";
import { MAX_COMPARED } from "../shared/timelines";
import { describeMessage } from "./failedAnswers";
import type { PanelContext, PanelSettings } from "./panelCaptures";
import { makePanelDialogs } from "./panelDialogs";
import { nameOf, openLine, renderPage, webviewOptions } from "./panelPage";
import { PanelSession } from "./panelSession";

export type { CaptureChange, PanelCaptures, PanelSettings } from "./panelCaptures";

interface OpenPanel {
  readonly panel: vscode.WebviewPanel;
  readonly session: PanelSession;
}

/** All timeline panels of the window. Register it as the serializer of `panels.timeline`. */
export class TimelinePanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #context: PanelContext;
  readonly #readSettings: () => PanelSettings;
  /** Most recently used last. */
  readonly #open: OpenPanel[] = [];
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(context: PanelContext, readSettings: () => PanelSettings) {
    this.#context = context;
    this.#readSettings = readSettings;
    const { captures, focus, reports } = context;
    const sessionsOf = (key: string): PanelSession[] => this.#open.map(({ session }) => session).filter((session) => session.key === key);
    this.#subscriptions = [
      captures.onDidChange(({ key, change }) => sessionsOf(key).forEach((session) => session.captureChanged(change))),
      focus.onDidChange((change) => sessionsOf(change.key).forEach((session) => session.focusChanged(change.focus))),
      captures.onDidOpen(({ key }) => sessionsOf(key).forEach((session) => session.captureOpened())),
      reports.onDidFind((key) => sessionsOf(key).forEach((session) => session.reportChanged())),
    ];
  }

  /** Shows the timeline of a number in the capture's panel, or with `beside` in a new one next to the active editor. */
  async showTimeline(key: string, seq: number, options: { beside: boolean }): Promise<void> {
    await this.#show(key, { view: "timeline", seq }, options.beside);
  }

  /** Adds a number to the timeline of the capture's panel, or opens one with it. */
  async addToTimeline(key: string, seq: number): Promise<void> {
    const known = this.#newest(key);
    if (!known) {
      await this.showTimeline(key, seq, { beside: false });
    } else if (known.session.add(seq)) {
      known.panel.reveal(undefined, false);
    } else {
      void vscode.window.showInformationMessage(
        vscode.l10n.t("A timeline compares at most {0} numbers. Remove one in its legend first.", String(MAX_COMPARED)),
      );
    }
  }

  /** Shows how the capture's packets spread over the sequence numbers, in the capture's panel. */
  async showDistribution(key: string): Promise<void> {
    await this.#show(key, { view: "distribution", seq: null }, false);
  }

  /** Lists the packets of a number in the capture's panel. */
  async showPackets(key: string, seq: number): Promise<void> {
    await this.#show(key, { view: "packets", seq }, false);
  }

  /** Called by the editor after a window reload with what the webview kept. */
  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const kept = parsePanelState(state);
    if (kept === undefined) {
      this.#context.log.warn("A timeline panel kept no readable state; it is closed.");
      panel.dispose();
    } else {
      panel.webview.options = webviewOptions(this.#context.extensionUri);
      this.#adopt(panel, kept.key, kept.name, { view: kept.view, seq: kept.seq, compared: kept.compared });
    }
    return Promise.resolve();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const { panel } of [...this.#open]) panel.dispose();
  }

  #show(key: string, target: PanelTarget, isBeside: boolean): Promise<void> {
    const known = isBeside ? undefined : this.#newest(key);
    if (known) {
      known.session.show(target);
      known.panel.reveal(undefined, false);
      return Promise.resolve();
    }
    const name = this.#context.captures.get(key)?.summary.name ?? nameOf(key);
    const column = isBeside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const panel = vscode.window.createWebviewPanel(
      panels.timeline,
      panelTitle(target, name),
      column,
      webviewOptions(this.#context.extensionUri),
    );
    this.#adopt(panel, key, name, target);
    return Promise.resolve();
  }

  /** The capture's panel that was used last. */
  #newest(key: string): OpenPanel | undefined {
    return this.#open.filter(({ session }) => session.key === key).at(-1);
  }

  /** The icon that the numbers have in the list; tabs take no theme icons in the oldest VS Code supported. */
  #iconUri(kind: "light" | "dark"): vscode.Uri {
    return vscode.Uri.joinPath(this.#context.extensionUri, "media", `timeline-${kind}.svg`);
  }

  #adopt(panel: vscode.WebviewPanel, key: string, name: string, target: PanelTarget): void {
    // Answers may come after the tab was closed; a closed panel throws at every touch.
    let isDisposed = false;
    const session = new PanelSession({
      key,
      name,
      target,
      captures: this.#context.captures,
      focus: this.#context.focus,
      post: (reply) => {
        if (isDisposed) return;
        panel.webview
          .postMessage(reply)
          .then(undefined, (error: unknown) => this.#context.log.warn("A timeline panel could not be told.", error));
      },
      dialogs: makePanelDialogs(key, this.#context.log),
      readSettings: this.#readSettings,
      columns: this.#context.columns,
      openLine: (line) => openLine(key, line),
      copy: async (text) => vscode.env.clipboard.writeText(text),
      l10nBundle: vscode.l10n.bundle,
      describeFailure: (error) => this.#describeFailure(error, name),
      onRefused: (message) => this.#context.log.warn(`A timeline panel sent something that is no request: ${describeMessage(message)}`),
      onTarget: (next) => {
        if (!isDisposed) panel.title = panelTitle(next, name);
      },
    });
    const entry: OpenPanel = { panel, session };
    this.#open.push(entry);
    panel.webview.onDidReceiveMessage((message: unknown) => void session.receive(message));
    panel.onDidChangeViewState(() => {
      if (!panel.active) return;
      this.#context.current.use(key);
      this.#forget(entry);
      this.#open.push(entry);
    });
    panel.onDidDispose(() => {
      isDisposed = true;
      session.dispose();
      this.#forget(entry);
    });
    panel.title = panelTitle(target, name);
    panel.iconPath = { light: this.#iconUri("light"), dark: this.#iconUri("dark") };
    panel.webview.html = renderPage(panel.webview, this.#context.extensionUri, panel.title);
  }

  #forget(entry: OpenPanel): void {
    const index = this.#open.indexOf(entry);
    if (index >= 0) this.#open.splice(index, 1);
  }

  #describeFailure(error: AnalysisError, name: string): string {
    if (isBug(error)) this.#context.log.error(`A timeline of ${name} could not be shown.`, error, error.cause ?? "");
    return errorSentence(error, name);
  }
}

/** Title of the editor tab. */
function panelTitle({ view, seq, compared = [] }: PanelTarget, name: string): string {
  if (view === "distribution") return vscode.l10n.t("Distribution — {0}", name);
  if (seq !== null && compared.length > 0) return vscode.l10n.t("Seq {0} and {1} more — {2}", String(seq), String(compared.length), name);
  return seq === null ? vscode.l10n.t("Timeline — {0}", name) : vscode.l10n.t("Seq {0} — {1}", String(seq), name);
}
