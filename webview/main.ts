/** Entry of the webview: says that it is there, and builds the page from the answer. */
import type { PanelNews } from "../src/shared/panelProtocol";
import { setBundle } from "./l10n";
import { PanelApp } from "./panelApp";
import { makeState, PanelStore } from "./panelStore";
import { expectAnswer, HostConnection, type WebviewApi } from "./requests";

declare function acquireVsCodeApi(): WebviewApi;

async function start(): Promise<void> {
  const api = acquireVsCodeApi();
  const page: { app?: PanelApp } = {};
  // Before the page is built there is nothing to change: the answer to `panel/ready` says all that counts then.
  const connection = new HostConnection(api, (news: PanelNews) => page.app?.receive(news));
  const init = expectAnswer(await connection.ask({ type: "panel/ready" }), "panel/init");
  setBundle(init.l10n);
  const root = document.getElementById("app");
  if (!root) throw new Error("The page has no #app.");
  const app = new PanelApp(root, connection, new PanelStore(api, makeState(api.getState(), init)));
  page.app = app;
  if (init.capture === "gone") app.showGone();
  else app.open(init.capture === "toRead");
}

void start();
