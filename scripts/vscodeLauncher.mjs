#!/usr/bin/env node
// @ts-check
/**
 * Stands in for the `code` executable of a test run: takes the same arguments, runs the suite in code-server shown by
 * an unseen Chromium, prints what the suite prints and ends with its exit code.
 *
 * Understood: --extensionDevelopmentPath, --extensionTestsPath, --user-data-dir (its User/settings.json is used) and the
 * folder to open; other switches are passed over. TCPSEQ_TEST_TIMEOUT_MS changes the time a run may take.
 */
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";
import { launchBrowser } from "./lib/browser.mjs";
import { makeTempDir } from "./lib/cleanup.mjs";
import { OLDEST_CODE_SERVER, ensureCodeServer, startCodeServer, withTimeout, workbenchUrl } from "./lib/codeServer.mjs";

const DEFAULT_TIMEOUT_MS = 20 * 60_000;

/** What the workbench itself reports at every start; the rest comes from the suite or matters. */
const WORKBENCH_CHATTER =
  /^(Creating a socket|Resolv(ing|ed) connection token|\[Service Worker\]|Updating additional builtin extensions|Ignoring fetching additional builtin extensions|ChatSessionStore|\[Window\]|Started local extension host|The web worker extension host|Overwriting extension)/;

/**
 * @typedef {object} LaunchArguments
 * @property {string} extensionDevelopmentPath
 * @property {string} extensionTestsPath
 * @property {string | undefined} userDataDir
 * @property {string | undefined} folder
 */

/**
 * Reads VS Code's command line.
 * @param {string[]} args
 * @returns {LaunchArguments}
 */
export function parseLaunchArguments(args) {
  /** @type {Map<string, string>} */
  const values = new Map();
  /** @type {string[]} */
  const positional = [];
  const withValue = new Set(["extensionDevelopmentPath", "extensionTestsPath", "user-data-dir", "extensions-dir", "folder-uri"]);
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    const match = /^--([^=]+)(?:=(.*))?$/s.exec(arg);
    if (!match) {
      positional.push(arg);
      continue;
    }
    const name = match[1] ?? "";
    if (!withValue.has(name)) continue;
    const value = match[2] ?? args[++i];
    if (value === undefined) throw new Error(`--${name} needs a value.`);
    values.set(name, value);
  }
  const extensionDevelopmentPath = values.get("extensionDevelopmentPath");
  const extensionTestsPath = values.get("extensionTestsPath");
  if (!extensionDevelopmentPath || !extensionTestsPath) {
    throw new Error("--extensionDevelopmentPath and --extensionTestsPath are needed.");
  }
  const folderUri = values.get("folder-uri");
  const folder = folderUri ? decodeURIComponent(new URL(folderUri).pathname) : positional[0];
  return {
    extensionDevelopmentPath: path.resolve(extensionDevelopmentPath),
    extensionTestsPath: resolveSuite(path.resolve(extensionTestsPath)),
    userDataDir: values.get("user-data-dir"),
    folder: folder === undefined ? undefined : path.resolve(folder),
  };
}

/**
 * The desktop loads the suite with `require`; the web asks for the file itself.
 * @param {string} suite
 */
function resolveSuite(suite) {
  const file = [suite, `${suite}.js`, path.join(suite, "index.js")].find((name) => fs.statSync(name, { throwIfNoEntry: false })?.isFile());
  if (!file) throw new Error(`There is no test suite at ${suite}; has it been built?`);
  return file;
}

/**
 * Runs the suite.
 * @param {LaunchArguments} launch
 * @param {number} timeoutMs
 * @returns {Promise<number>} its exit code
 */
export async function runSuite({ extensionDevelopmentPath, extensionTestsPath, userDataDir, folder }, timeoutMs) {
  const install = await ensureCodeServer(OLDEST_CODE_SERVER);
  const empty = folder === undefined ? makeTempDir("tcp-seq-empty") : undefined;
  const opened = folder ?? /** @type {{ dir: string }} */ (empty).dir;

  /** @type {(reason: Error) => void} */
  let fail = () => {};
  /** @type {Promise<never>} */
  const died = new Promise((_, reject) => (fail = reject));
  died.catch(() => {}); // it may be the second to settle
  /** @type {(code: string) => void} */
  let hostEnded = () => {};
  /** @type {Promise<string>} */
  const hostExit = new Promise((resolve) => (hostEnded = resolve));

  let printed = "";
  const server = await startCodeServer({
    install,
    folder: opened,
    settings: readSettings(userDataDir),
    env: process.env,
    onOutput: (text) => {
      printed += text; // a line may come in pieces
      const exit = /Extension Host Process exited with (code: \S+, signal: \S+?)\./.exec(printed);
      if (exit) hostEnded(exit[1] ?? "");
    },
  });
  void server.exited.then((code) => fail(new Error(`code-server ended (code ${code}).`)));
  const browser = await launchBrowser();
  try {
    browser.on("disconnected", () => fail(new Error("The browser ended.")));
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: "en-US" });
    page.on("crash", () => fail(new Error("The page crashed.")));
    /** @type {Promise<number>} */
    const ended = new Promise((resolve) => void page.exposeFunction("codeAutomationExit", resolve));
    await page.exposeFunction("codeAutomationLog", printLog);
    await page.goto(workbenchUrl(server.url, { folder: opened, extensionDevelopmentPath, extensionTestsPath }), { timeout: timeoutMs });
    const suiteEnded = Promise.race([
      ended,
      died,
      hostExit.then(() => withTimeout(ended, 5_000, () => "The suite did not report its end.")),
    ]);
    const code = await withTimeout(suiteEnded, timeoutMs, () => {
      return `The suite did not end within ${timeoutMs / 1000} s.\nLast lines of code-server:\n${tail(server.output())}`;
    });
    // The page calls it a success, too, when it loses an extension host that crashed; the server knows better.
    const host = await withTimeout(hostExit, 10_000, () => "The extension host outlived the suite.");
    if (code === 0 && !host.startsWith("code: 0,")) throw new Error(`The extension host died (${host}).`);
    return code;
  } finally {
    await browser.close();
    await server.stop();
    empty?.remove();
  }
}

/**
 * @param {string} level
 * @param {unknown[]} args
 */
function printLog(level, args) {
  const text = format(...args);
  if (WORKBENCH_CHATTER.test(text)) return;
  const stream = level === "error" || level === "warn" ? process.stderr : process.stdout;
  stream.write(`${text}\n`);
}

/**
 * @param {string | undefined} userDataDir
 * @returns {Record<string, unknown>}
 */
function readSettings(userDataDir) {
  const file = userDataDir && path.join(userDataDir, "User", "settings.json");
  if (!file || !fs.existsSync(file)) return {};
  return /** @type {Record<string, unknown>} */ (JSON.parse(fs.readFileSync(file, "utf8")));
}

/** @param {string} text */
const tail = (text) => text.trimEnd().split("\n").slice(-20).join("\n");

if (import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1] ?? "")).href) {
  try {
    const timeoutMs = Number(process.env.TCPSEQ_TEST_TIMEOUT_MS) || DEFAULT_TIMEOUT_MS;
    process.exitCode = await runSuite(parseLaunchArguments(process.argv.slice(2)), timeoutMs);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
