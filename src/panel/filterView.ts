/** The view Filter at the top of the side bar: a filter bar for the capture used last. What is said to it is decided in filterSession.ts. */
import * as vscode from "vscode";
import { errorSentence, isBug } from "../analysis/errorMessages";
import { captureName } from "../analysis/captureSource";
import type { CurrentCapture } from "../analysis/currentCapture";
import { views } from "../ids";
import type { FilterTarget } from "../shared/panelProtocol";
import { describeMessage } from "./failedAnswers";
import { FilterSession } from "./filterSession";
import type { PanelCaptures, PanelFocus } from "./panelCaptures";
import { renderPage, webviewOptions } from "./panelPage";

/** What the view needs. */
export interface FilterViewContext {
  readonly extensionUri: vscode.Uri;
  readonly captures: PanelCaptures;
  readonly focus: PanelFocus;
  readonly current: Pick<CurrentCapture, "key" | "onDidChange">;
  readonly log: vscode.LogOutputChannel;
}

/** Makes the view's page whenever the editor shows it. Disposing removes it. */
export class FilterView implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #context: FilterViewContext;
  readonly #registration: vscode.Disposable;

  constructor(context: FilterViewContext) {
    this.#context = context;
    this.#registration = vscode.window.registerWebviewViewProvider(views.filter, this);
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { extensionUri, captures, focus, current, log } = this.#context;
    const session = new FilterSession({
      focus,
      readTarget: () => this.#readTarget(),
      post: (reply) => {
        view.webview.postMessage(reply).then(undefined, (error: unknown) => log.warn("The filter bar could not be told.", error));
      },
      l10nBundle: vscode.l10n.bundle,
      describeFailure: (error, name) => {
        if (isBug(error)) log.error("The filter bar was not answered.", error, error.cause ?? "");
        return errorSentence(error, name);
      },
      onRefused: (message) => log.warn(`The filter bar sent something that is no request: ${describeMessage(message)}`),
    });
    const isCurrent = ({ key }: { key: string }): boolean => key === current.key;
    const subscriptions = vscode.Disposable.from(
      current.onDidChange(() => session.targetChanged()),
      focus.onDidChange((change) => {
        if (isCurrent(change)) session.targetChanged();
      }),
      captures.onDidChange((change) => {
        if (isCurrent(change) && change.change === "replaced") session.targetChanged();
      }),
      view.webview.onDidReceiveMessage((message: unknown) => void session.receive(message)),
    );
    view.onDidDispose(() => {
      subscriptions.dispose();
      session.dispose();
    });
    view.webview.options = webviewOptions(extensionUri);
    view.webview.html = renderPage(view.webview, extensionUri, vscode.l10n.t("Filter"), "side");
  }

  dispose(): void {
    this.#registration.dispose();
  }

  #readTarget(): FilterTarget | null {
    const { captures, focus, current } = this.#context;
    const { key } = current;
    const capture = key === undefined ? undefined : captures.get(key);
    if (key === undefined || !capture) return null;
    return { key, name: captureName(vscode.Uri.parse(key)), focus: focus.get(key), time: capture.summary.time };
  }
}
