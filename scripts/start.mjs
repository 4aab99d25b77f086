// @ts-check
/**
 * Opens VS Code with the extension from this source tree: `npm start [-- FILE]`. The desktop VS Code when there is one
 * to show it on, else code-server in a browser, until Ctrl-C. TCPSEQ_EDITOR=desktop|code-server decides it; PORT fixes
 * code-server's port.
 */
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { OLDEST_CODE_SERVER, ensureCodeServer, startCodeServer, workbenchUrl } from "./lib/codeServer.mjs";
import { findOnPath, hasDisplay } from "./lib/system.mjs";

const root = path.resolve(fileURLToPath(new URL("..", import.meta.url)));
/** VS Code does not hand larger documents to extensions. */
const LARGEST_DOCUMENT_BYTES = 50 * 1024 * 1024;

/**
 * A desktop VS Code that can load an extension from here. Inside a remote window `code` only talks to that window.
 * @returns {string | undefined}
 */
function findDesktopCode() {
  if (process.env.TCPSEQ_EDITOR === "code-server") return undefined;
  const isRemote = process.env.VSCODE_IPC_HOOK_CLI !== undefined || process.env.WSL_DISTRO_NAME !== undefined;
  const code = !isRemote && hasDisplay() ? findOnPath(["code"]) : undefined;
  if (!code && process.env.TCPSEQ_EDITOR === "desktop") throw new Error("There is no desktop VS Code: no command `code`, or no display.");
  return code;
}

/** @param {string} address */
function openInBrowser(address) {
  const opener = process.platform === "darwin" ? findOnPath(["open"]) : findOnPath(["xdg-open"]);
  if (!hasDisplay() || !opener) return;
  spawn(opener, [address], { stdio: "ignore", detached: true })
    .on("error", () => {}) // the address has been printed
    .unref();
}

/**
 * @param {string} folder
 * @param {string | undefined} document
 */
async function startInBrowser(folder, document) {
  const install = await ensureCodeServer(OLDEST_CODE_SERVER);
  const server = await startCodeServer({ install, folder, port: Number(process.env.PORT) || 0 });
  const address = workbenchUrl(server.url, { folder, extensionDevelopmentPath: root, openFile: document });
  console.log("VS Code with the extension is at this address until you press Ctrl-C:");
  console.log(address);
  openInBrowser(address);
  stopWithParent();
  const code = await server.exited;
  await server.stop();
  throw new Error(`code-server ended by itself (code ${code}):\n${server.output().slice(-2000)}`);
}

/** Ends this process, and the server with it, when npm has gone without saying so. */
function stopWithParent() {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, "SIGTERM");
  }, 1000).unref();
}

try {
  const file = path.resolve(process.argv[2] ?? path.join(root, "media", "sample.csv"));
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  if (!stats) throw new Error(`There is no file ${file}.`);
  const folder = stats.isDirectory() ? file : path.dirname(file);
  const document = stats.isFile() && stats.size <= LARGEST_DOCUMENT_BYTES ? file : undefined;

  const code = findDesktopCode();
  if (code) {
    const args = ["--new-window", `--extensionDevelopmentPath=${root}`, folder, ...(document ? [document] : [])];
    console.log(`Opening ${folder} in ${code}`);
    const quoted = (/** @type {string} */ arg) => (process.platform === "win32" ? `"${arg}"` : arg);
    const { status, error } = spawnSync(quoted(code), args.map(quoted), { stdio: "inherit", shell: process.platform === "win32" });
    if (error) throw error;
    process.exitCode = status ?? 1;
  } else {
    await startInBrowser(folder, document);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
