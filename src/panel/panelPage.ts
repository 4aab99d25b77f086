/** What the webviews of all panels have in common: options, page, names. */
import * as vscode from "vscode";
import { renderPanelHtml } from "./panelHtml";

/** Scripts run, and nothing but `dist` is readable. */
export const webviewOptions = (extensionUri: vscode.Uri): vscode.WebviewOptions => ({
  enableScripts: true,
  localResourceRoots: [vscode.Uri.joinPath(extensionUri, "dist")],
});

/** The page, with a nonce of its own. `place`: where it is shown, which gives it its background. */
export function renderPage(webview: vscode.Webview, extensionUri: vscode.Uri, title: string, place: "editor" | "side" = "editor"): string {
  const uriOf = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, "dist", name)).toString();
  return renderPanelHtml({
    cspSource: webview.cspSource,
    nonce: crypto.randomUUID().replaceAll("-", ""),
    language: vscode.env.language,
    scriptUri: uriOf("webview.js"),
    styleUri: uriOf("timeline.css"),
    codiconUri: uriOf("codicon.css"),
    title,
    place,
  });
}

/** Last segment of a key's path. */
export const nameOf = (key: string): string => vscode.Uri.parse(key).path.split("/").pop() ?? key;

/** Shows a line of a capture's file, beside the panel when there is another group already. */
export async function openLine(key: string, line: number): Promise<void> {
  const at = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.window.showTextDocument(vscode.Uri.parse(key, true), { selection: new vscode.Range(at, at), preview: true });
}
