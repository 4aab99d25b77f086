/**
 * The page of the panel: policy, links, an empty element. The webview builds the rest. Knows no vscode.
 */
import { escapeMarkup } from "../shared/shownText";

/** What the page is made of. The uris are those of `Webview.asWebviewUri`. */
export interface PanelPage {
  readonly cspSource: string;
  /** Fresh for every page, of letters and digits. */
  readonly nonce: string;
  /** BCP 47 language of the display, for hyphenation and speech. */
  readonly language: string;
  readonly scriptUri: string;
  readonly styleUri: string;
  readonly codiconUri: string;
  /** Title of the document, for screen readers. */
  readonly title: string;
  /** Where it is shown: the editor's background, or the side bar's. */
  readonly place: "editor" | "side";
}

/**
 * HTML of the page. Only our script runs (nonce), only our style sheets and the icon font load; no inline style,
 * no eval, no network. The link's id is where `vscode-icon` looks for the icon font.
 */
export function renderPanelHtml(page: PanelPage): string {
  const policy = `default-src 'none'; script-src 'nonce-${page.nonce}'; style-src ${page.cspSource}; font-src ${page.cspSource};`;
  return `<!DOCTYPE html>
<html lang="${escapeMarkup(page.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeMarkup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escapeMarkup(page.codiconUri)}" id="vscode-codicon-stylesheet">
<link rel="stylesheet" href="${escapeMarkup(page.styleUri)}">
<title>${escapeMarkup(page.title)}</title>
</head>
<body data-place="${page.place}">
<main id="app"></main>
<script nonce="${escapeMarkup(page.nonce)}" src="${escapeMarkup(page.scriptUri)}"></script>
</body>
</html>
`;
}
