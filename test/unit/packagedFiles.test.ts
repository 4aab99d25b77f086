import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { listFiles, PackageManager } from "@vscode/vsce";

const root = path.join(__dirname, "..", "..");

/** One per kind of theme. */
function walkthroughPictures(step: string): string[] {
  return ["dark", "hc-light", "hc", "light"].map((theme) => `media/walkthrough/${step}-${theme}.webp`);
}

/** All that ships, no more and no less. A new file is named here and let back in .vscodeignore. */
const EXPECTED = [
  "CHANGELOG.md",
  "LICENSE",
  "README.md",
  "dist/analyzeWorker.js",
  "dist/cli.js",
  "dist/codicon.css",
  "dist/codicon.ttf",
  "dist/extension.js",
  "dist/follower.wasm",
  "dist/kernel.wasm",
  "dist/scanWorker.js",
  "dist/sorter.wasm",
  "dist/timeline.css",
  "dist/webview.js",
  "l10n/bundle.l10n.de.json",
  "l10n/bundle.l10n.es.json",
  "media/icon.png",
  "media/icon.svg",
  "media/sample.csv",
  "media/timeline-dark.svg",
  "media/timeline-light.svg",
  ...["finding", "numbers"].flatMap(walkthroughPictures),
  "media/walkthrough/own.svg",
  ...walkthroughPictures("sample"),
  "package.json",
  "package.nls.de.json",
  "package.nls.es.json",
  "package.nls.json",
];

describe("the package", function () {
  this.timeout(60_000);

  before(() => {
    const isBuilt = EXPECTED.every((name) => !name.startsWith("dist/") || existsSync(path.join(root, name)));
    if (!isBuilt) execFileSync(process.execPath, ["esbuild.mjs"], { cwd: root });
  });

  it("holds exactly the files that are meant to ship", async () => {
    const files = await listFiles({ cwd: root, packageManager: PackageManager.None });
    assert.deepEqual([...files].sort(), EXPECTED);
  });

  it("is small: pictures of the walkthrough take less than 250 kB together", () => {
    const pictures = EXPECTED.filter((name) => name.startsWith("media/walkthrough/"));
    const bytes = pictures.reduce((sum, name) => sum + statSync(path.join(root, name)).size, 0);
    assert.ok(bytes < 250_000, String(bytes));
  });
});
