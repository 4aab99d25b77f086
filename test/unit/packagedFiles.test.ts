import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { listFiles, PackageManager } from "@vscode/vsce";

const root = path.join(__dirname, "..", "..");

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
  "dist/kernel.wasm",
  "dist/timeline.css",
  "dist/webview.js",
  "media/icon.png",
  "media/icon.svg",
  "media/sample.csv",
  "media/timeline-dark.svg",
  "media/timeline-light.svg",
  "package.json",
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
});
