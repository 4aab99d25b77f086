/** Entry of the webview: says that it is there, and builds the page from the answer. */
import type { FindingState, PanelNews, PanelState } from "../src/shared/panelProtocol";
import { FilterApp } from "./filterApp";
import { FindingApp } from "./findingApp";
import { setBundle } from "./l10n";
import { PanelApp } from "./panelApp";
import { makeFindingState, makeState, PanelStore } from "./panelStore";
import { expectAnswer, HostConnection, type WebviewApi } from "./requests";

declare function acquireVsCodeApi(): WebviewApi;

async function start(): Promise<void> {
  const api = acquireVsCodeApi();
  const page: { app?: PanelApp | FindingApp | FilterApp } = {};
  // Before the page is built there is nothing to change: the answer to `panel/ready` says all that counts then.
  const connection = new HostConnection(api, (news: PanelNews) => page.app?.receive(news));
  const answer = await connection.ask({ type: "panel/ready" });
  const init = answer.type === "finding/init" || answer.type === "filter/init" ? answer : expectAnswer(answer, "panel/init");
  setBundle(init.l10n);
  const root = document.getElementById("app");
  if (!root) throw new Error("The page has no #app.");
  if (init.type === "filter/init") {
    const app = new FilterApp(root, connection);
    page.app = app;
    app.show(init.target);
    return;
  }
  const app =
    init.type === "finding/init"
      ? new FindingApp(root, connection, new PanelStore<FindingState>(api, makeFindingState(api.getState(), init)), init.columns)
      : new PanelApp(root, connection, new PanelStore<PanelState>(api, makeState(api.getState(), init)), init.columns);
  page.app = app;
  if (init.capture === "gone") app.showGone();
  else app.open(init.capture === "toRead");
}

void start();
