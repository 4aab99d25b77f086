import assert from "node:assert/strict";
import { renderPanelHtml } from "../../../src/panel/panelHtml";

const page = {
  cspSource: "https://*.vscode-cdn.net",
  nonce: "n0nce",
  language: "en",
  scriptUri: "https://host/dist/webview.js",
  styleUri: "https://host/dist/timeline.css",
  codiconUri: "https://host/dist/codicon.css",
  place: "editor" as const,
  title: 'Seq 1 — <img src=x onerror="alert(1)">.csv',
};

describe("renderPanelHtml", () => {
  const html = renderPanelHtml(page);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll("&#39;", "'") ?? "";

  it("allows nothing but our script, style sheets and font", () => {
    assert.deepEqual(policy.split(/; ?/).filter(Boolean), [
      "default-src 'none'",
      "script-src 'nonce-n0nce'",
      "style-src https://*.vscode-cdn.net",
      "font-src https://*.vscode-cdn.net",
    ]);
  });

  it("has no inline script or style", () => {
    assert.doesNotMatch(html, /<style|\sstyle=|\son\w+="/);
    assert.equal(html.match(/<script/g)?.length, 1);
    assert.match(html, /<script nonce="n0nce" src="https:\/\/host\/dist\/webview.js"><\/script>/);
  });

  it("takes a file name as text", () => {
    assert.match(html, /<title>Seq 1 — &lt;img src=x onerror=&quot;alert\(1\)&quot;&gt;\.csv<\/title>/);
  });

  it("gives the icons' style sheet the id that the components look for", () => {
    assert.match(html, /href="https:\/\/host\/dist\/codicon.css" id="vscode-codicon-stylesheet"/);
  });
});
