// @ts-check
/** Bundles the tests that run inside VS Code, one file each, into out/test/integration/. */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = path.resolve(fileURLToPath(new URL("..", import.meta.url)));
const source = path.join(root, "test", "integration");
const outdir = path.join(root, "out", "test", "integration");

fs.rmSync(outdir, { recursive: true, force: true }); // a test that was deleted must not run on
await build({
  absWorkingDir: root,
  entryPoints: fs
    .readdirSync(source)
    .filter((name) => name === "index.ts" || name.endsWith(".test.ts"))
    .map((name) => path.join(source, name)),
  outdir,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  sourcemap: "inline",
  // VS Code provides the one; the other is loaded as it is installed.
  external: ["vscode", "mocha"],
  logLevel: "warning",
});
