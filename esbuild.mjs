// Bundles host, analysis thread, command line and webview into dist/, and compiles the kernel. `--production` minifies, `--watch` stays.
import { context } from "esbuild";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { buildWasm } from "./scripts/buildWasm.mjs";

const { version } = JSON.parse(await readFile("package.json", "utf8"));
const isProduction = process.argv.includes("--production");
const isWatching = process.argv.includes("--watch");

/** @type {import("esbuild").BuildOptions} */
const common = { bundle: true, minify: isProduction, sourcemap: !isProduction, legalComments: "none", logLevel: "warning" };

/** @type {import("esbuild").BuildOptions} */
const node = { ...common, platform: "node", target: "node20", format: "cjs", external: ["vscode"], outdir: "dist" };

/** Begin and end lines that the editor's background task looks for. @type {import("esbuild").Plugin} */
const watchMessages = {
  name: "watch-messages",
  setup(build) {
    build.onStart(() => console.log("[watch] build started"));
    build.onEnd(({ errors }) => {
      for (const { text, location } of errors) {
        console.error(`✘ [ERROR] ${text}`);
        if (location) console.error(`    ${location.file}:${location.line}:${location.column}:`);
      }
      console.log("[watch] build finished");
    });
  },
};
const plugins = isWatching ? [watchMessages] : [];

const contexts = await Promise.all([
  context({
    ...node,
    plugins,
    entryPoints: {
      extension: "src/extension.ts",
      analyzeWorker: "src/worker/analyzeWorker.ts",
      scanWorker: "src/worker/scanWorker.ts",
    },
  }),
  context({
    ...node,
    plugins,
    entryPoints: { cli: "src/cli/main.ts" },
    banner: { js: "#!/usr/bin/env node" },
    define: { "process.env.TCP_SEQ_VERSION": JSON.stringify(version) },
  }),
  context({
    ...common,
    plugins,
    platform: "browser",
    target: "chrome128",
    format: "iife",
    outdir: "dist",
    entryPoints: { webview: "webview/main.ts", timeline: "webview/timeline.css" },
  }),
]);

await mkdir("dist", { recursive: true });
await buildWasm();
for (const name of ["codicon.css", "codicon.ttf"]) await copyFile(`node_modules/@vscode/codicons/dist/${name}`, `dist/${name}`);

if (isWatching) {
  await Promise.all(contexts.map((each) => each.watch()));
} else {
  await Promise.all(contexts.map((each) => each.rebuild()));
  await Promise.all(contexts.map((each) => each.dispose()));
}
