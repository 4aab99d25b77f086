// @ts-check
/**
 * Runs the suite of this folder inside VS Code: in a downloaded desktop one where that can be had and shown, else in
 * code-server. TCPSEQ_EDITOR=desktop|code-server decides it; VSCODE_EXECUTABLE names a desktop VS Code to use.
 */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { downloadAndUnzipVSCode, runTests } from "@vscode/test-electron";
import { makeTempDir } from "../../scripts/lib/cleanup.mjs";
import { QUIET_SETTINGS, cacheDir } from "../../scripts/lib/codeServer.mjs";
import { hasDisplay } from "../../scripts/lib/system.mjs";

const root = path.resolve(fileURLToPath(new URL("../..", import.meta.url)));
const launcher = path.join(root, "scripts", "vscodeLauncher.mjs");
const DOWNLOADS = "https://update.code.visualstudio.com/api/releases/stable";

/**
 * The VS Code to run in.
 * @returns {Promise<string>} path of its executable
 */
async function findVscode() {
  const { VSCODE_EXECUTABLE: chosen, TCPSEQ_EDITOR: editor } = process.env;
  if (chosen) return chosen;
  if (editor === "code-server") return launcher;
  const canShow = process.platform !== "linux" || hasDisplay();
  if (editor === "desktop" || (canShow && (await isReachable(DOWNLOADS)))) {
    return downloadAndUnzipVSCode({ version: oldestSupported(), cachePath: path.join(cacheDir(), "vscode-test") });
  }
  return launcher;
}

/** The version that package.json asks for at least. */
function oldestSupported() {
  const { engines } = /** @type {{ engines: { vscode: string } }} */ (JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")));
  return engines.vscode.replace(/^\D+/, "");
}

/** @param {string} url */
async function isReachable(url) {
  try {
    return (await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}

const temp = makeTempDir("tcp-seq-test");
try {
  const workspace = path.join(temp.dir, "workspace");
  fs.cpSync(path.join(root, "test", "fixtures", "workspace"), workspace, { recursive: true });
  const userDataDir = path.join(temp.dir, "user");
  fs.mkdirSync(path.join(userDataDir, "User"), { recursive: true });
  fs.writeFileSync(path.join(userDataDir, "User", "settings.json"), JSON.stringify(QUIET_SETTINGS));

  const vscodeExecutablePath = await findVscode();
  console.log(`Running the suite in ${vscodeExecutablePath === launcher ? "code-server" : vscodeExecutablePath}`);
  process.exitCode = await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: root,
    extensionTestsPath: path.join(root, "out", "test", "integration", "index.js"),
    launchArgs: [workspace, `--user-data-dir=${userDataDir}`, `--extensions-dir=${path.join(temp.dir, "extensions")}`, "--disable-gpu"],
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  temp.remove();
}
