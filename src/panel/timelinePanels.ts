/**
 * The editor tabs with timelines: creates, re-uses, restores and closes them, and gives each its page and its session.
 * What is said to the webview is decided in panelSession.ts.
 */
import * as vscode from "vscode";
import { errorSentence, isBug } from "../analysis/errorMessages";
import { panels } from "../ids";
import type { AnalysisError } from "../shared/errors";
import { parsePanelState, type PanelTarget } from "../shared/panelProtocol";
import type { PacketTableContext, PanelCaptures, PanelSettings } from "./panelCaptures";
import { describeMessage, nameOf, openLine, renderPage, webviewOptions } from "./panelPage";
import { PanelSession } from "./panelSession";

export type { CaptureChange, PanelCaptures, PanelSettings } from "./panelCaptures";

interface OpenPanel {
  readonly panel: vscode.WebviewPanel;
  readonly session: PanelSession;
}

/** All timeline panels of the window. Register it as the serializer of `panels.timeline`. */
export class TimelinePanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #extensionUri: vscode.Uri;
  readonly #captures: PanelCaptures;
  readonly #tables: PacketTableContext;
  readonly #log: vscode.LogOutputChannel;
  readonly #readSettings: () => PanelSettings;
  /** Most recently used last. */
  readonly #open: OpenPanel[] = [];
  readonly #subscriptions: readonly vscode.Disposable[];

  constructor(
    context: { extensionUri: vscode.Uri },
    captures: PanelCaptures,
    tables: PacketTableContext,
    log: vscode.LogOutputChannel,
    readSettings: () => PanelSettings,
  ) {
    this.#extensionUri = context.extensionUri;
    this.#captures = captures;
    this.#tables = tables;
    this.#log = log;
    this.#readSettings = readSettings;
    const sessionsOf = (key: string): PanelSession[] => this.#open.map(({ session }) => session).filter((session) => session.key === key);
    this.#subscriptions = [
      captures.onDidChange(({ key, change }) => sessionsOf(key).forEach((session) => session.captureChanged(change))),
      captures.onDidOpen(({ key }) => sessionsOf(key).forEach((session) => session.captureOpened())),
      tables.onDidFind((key) => sessionsOf(key).forEach((session) => session.reportChanged())),
    ];
  }

  /** Shows the timeline of a number in the capture's panel, or with `beside` in a new one next to the active editor. */
  async showTimeline(key: string, seq: number, options: { beside: boolean }): Promise<void> {
    await this.#show(key, { view: "timeline", seq }, options.beside);
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
      this.#log.warn("A timeline panel kept no readable state; it is closed.");
      panel.dispose();
    } else {
      panel.webview.options = webviewOptions(this.#extensionUri);
      this.#adopt(panel, kept.key, kept.name, { view: kept.view, seq: kept.seq });
    }
    return Promise.resolve();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const { panel } of [...this.#open]) panel.dispose();
  }

  #show(key: string, target: PanelTarget, isBeside: boolean): Promise<void> {
    const known = isBeside ? undefined : this.#open.filter(({ session }) => session.key === key).at(-1);
    if (known) {
      known.session.show(target);
      known.panel.reveal(undefined, false);
      return Promise.resolve();
    }
    const name = this.#captures.get(key)?.summary.name ?? nameOf(key);
    const column = isBeside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const panel = vscode.window.createWebviewPanel(panels.timeline, panelTitle(target, name), column, webviewOptions(this.#extensionUri));
    this.#adopt(panel, key, name, target);
    return Promise.resolve();
  }

  /** The icon that the numbers have in the list; tabs take no theme icons in the oldest VS Code supported. */
  #iconUri(kind: "light" | "dark"): vscode.Uri {
    return vscode.Uri.joinPath(this.#extensionUri, "media", `timeline-${kind}.svg`);
  }

  #adopt(panel: vscode.WebviewPanel, key: string, name: string, target: PanelTarget): void {
    // Answers may come after the tab was closed; a closed panel throws at every touch.
    let isDisposed = false;
    const session = new PanelSession({
      key,
      name,
      target,
      captures: this.#captures,
      post: (reply) => {
        if (isDisposed) return;
        panel.webview.postMessage(reply).then(undefined, (error: unknown) => this.#log.warn("A timeline panel could not be told.", error));
      },
      readSettings: this.#readSettings,
      readFocus: () => this.#tables.readFocus(key),
      columns: this.#tables.columns,
      openLine: (line) => openLine(key, line),
      copy: async (text) => vscode.env.clipboard.writeText(text),
      l10nBundle: vscode.l10n.bundle,
      describeFailure: (error) => this.#describeFailure(error, name),
      onRefused: (message) => this.#log.warn(`A timeline panel sent something that is no request: ${describeMessage(message)}`),
      onTarget: (next) => {
        if (!isDisposed) panel.title = panelTitle(next, name);
      },
    });
    const entry: OpenPanel = { panel, session };
    this.#open.push(entry);
    panel.webview.onDidReceiveMessage((message: unknown) => void session.receive(message));
    panel.onDidChangeViewState(() => {
      if (!panel.active) return;
      this.#forget(entry);
      this.#open.push(entry);
    });
    panel.onDidDispose(() => {
      isDisposed = true;
      this.#forget(entry);
    });
    panel.title = panelTitle(target, name);
    panel.iconPath = { light: this.#iconUri("light"), dark: this.#iconUri("dark") };
    panel.webview.html = renderPage(panel.webview, this.#extensionUri, panel.title);
  }

  #forget(entry: OpenPanel): void {
    const index = this.#open.indexOf(entry);
    if (index >= 0) this.#open.splice(index, 1);
  }

  #describeFailure(error: AnalysisError, name: string): string {
    if (isBug(error)) this.#log.error(`A timeline of ${name} could not be shown.`, error, error.cause ?? "");
    return errorSentence(error, name);
  }
}

/** Title of the editor tab. */
function panelTitle({ view, seq }: PanelTarget, name: string): string {
  if (view === "distribution") return vscode.l10n.t("Distribution — {0}", name);
  return seq === null ? vscode.l10n.t("Timeline — {0}", name) : vscode.l10n.t("Seq {0} — {1}", String(seq), name);
}
