// @ts-check
/**
 * A real VS Code on a machine where the desktop one cannot be downloaded or shown: code-server from npm, built once
 * into a cache outside the source tree and started on a free port with its own, temporary settings and extensions.
 */
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { makeTempDir, onProcessEnd } from "./cleanup.mjs";
import { canInstallDebianPackages, findOnPath, installDebianPackages, killTree, run } from "./system.mjs";

/** VS Code 1.100.3, the oldest the manifest admits; takes an extension under development. */
export const OLDEST_CODE_SERVER = "4.100.3";
/** VS Code 1.139.1, the newest tried; takes an installed VSIX. */
export const NEWEST_CODE_SERVER = "4.139.1";

/** Raise when the build steps below change, so that what older ones built is not used. */
const BUILD_REVISION = 1;
const STAMP = "complete.json";

/** Modules with native code that VS Code's server loads; those a version does not have are passed over. */
const NATIVE_MODULES = [
  "@vscode/spdlog",
  "native-watchdog",
  "@vscode/native-watchdog",
  "node-pty",
  "@vscode/deviceid",
  "@vscode/sqlite3",
  "@parcel/watcher",
];

/**
 * @typedef {object} CodeServerInstall
 * @property {string} version code-server's version
 * @property {string} entry script to run
 * @property {string} node Node executable to run it with
 */

/**
 * @typedef {object} NodeInstall
 * @property {string} node the executable
 * @property {string} home folder with `include/node`, where native modules find the headers
 */

/** Folder of everything downloaded or built here; survives `git clean`. */
export function cacheDir() {
  const base =
    process.env.XDG_CACHE_HOME ||
    (process.platform === "win32" ? process.env.LOCALAPPDATA : undefined) ||
    path.join(os.homedir(), ".cache");
  return path.join(base, "tcp-seq-analyzer");
}

/**
 * Finds code-server in the cache or downloads and builds it (about a minute), saying so one line per step.
 * @param {string} [version]
 * @returns {Promise<CodeServerInstall>}
 */
export async function ensureCodeServer(version = OLDEST_CODE_SERVER) {
  const dir = await cached(`code-server-${version}`, (target) => buildCodeServer(version, target));
  const { node } = await ensureNode(requiredNodeMajor(dir));
  return { version, entry: path.join(dir, "out", "node", "entry.js"), node };
}

/**
 * Makes `<cache>/<name>` unless it is there: `build` fills a folder beside it, which is renamed when complete, so an
 * interrupted build is never used and two at once do not disturb each other.
 * @param {string} name
 * @param {(target: string) => Promise<void>} build
 * @returns {Promise<string>} the folder
 */
async function cached(name, build) {
  const dir = path.join(cacheDir(), `${name}-${process.platform}-${process.arch}-r${BUILD_REVISION}`);
  const isComplete = () => fs.existsSync(path.join(dir, STAMP));
  if (isComplete()) return dir;

  fs.mkdirSync(cacheDir(), { recursive: true });
  const target = fs.mkdtempSync(`${dir}.building-`);
  const remove = () => fs.rmSync(target, { recursive: true, force: true });
  const forget = onProcessEnd(remove);
  try {
    await build(target);
    fs.writeFileSync(path.join(target, STAMP), JSON.stringify({ name, builtWith: process.version }));
    if (!isComplete()) {
      fs.rmSync(dir, { recursive: true, force: true });
      fs.renameSync(target, dir);
    }
  } catch (error) {
    if (!isComplete()) throw error;
  } finally {
    forget();
    remove();
  }
  return dir;
}

/**
 * @param {string} version
 * @param {string} target empty folder to fill
 */
async function buildCodeServer(version, target) {
  if (process.platform === "win32") {
    throw new Error("code-server does not run on Windows; use a desktop VS Code (TCPSEQ_EDITOR=desktop).");
  }
  await requireBuildTools();
  const startedMs = Date.now();
  console.log(`Downloading code-server ${version} (once; kept in ${cacheDir()})`);
  await unpackFromNpm(`code-server@${version}`, target);

  const { node, home } = await ensureNode(requiredNodeMajor(target));
  const vscode = path.join(target, "lib", "vscode");
  for (const folder of [target, vscode, path.join(vscode, "extensions")]) {
    console.log(`Installing the dependencies of code-server${folder.slice(target.length)}`);
    // Its own install script refuses root and downloads from elsewhere, so what it would do is done below.
    await npm(["install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"], folder);
  }
  fs.symlinkSync("node_modules", path.join(vscode, "node_modules.asar"));

  const tools = path.join(target, "build-tools");
  fs.mkdirSync(tools);
  await npm(["install", "--prefix", tools, "--no-audit", "--no-fund", "--ignore-scripts", "node-gyp@11"], tools);
  const nodeGyp = path.join(tools, "node_modules", "node-gyp", "bin", "node-gyp.js");
  const env = {
    ...process.env,
    PATH: path.dirname(node) + path.delimiter + process.env.PATH,
    npm_config_nodedir: home,
    npm_config_node_gyp: nodeGyp,
    JOBS: "max",
  };
  const argon2 = path.join(target, "node_modules", "argon2");
  if (fs.existsSync(argon2)) {
    console.log("Compiling argon2");
    const preGyp = path.join(target, "node_modules", "@mapbox", "node-pre-gyp", "bin", "node-pre-gyp");
    if (fs.existsSync(preGyp)) await run(node, [preGyp, "rebuild", "--build-from-source"], { cwd: argon2, env });
    else await run(node, [nodeGyp, "rebuild"], { cwd: argon2, env });
  }
  for (const name of NATIVE_MODULES) {
    const folder = path.join(vscode, "node_modules", name);
    if (!fs.existsSync(path.join(folder, "binding.gyp"))) continue;
    console.log(`Compiling ${name}`);
    await run(node, [nodeGyp, "rebuild"], { cwd: folder, env });
  }
  fs.rmSync(tools, { recursive: true });
  console.log(`code-server ${version} is ready (${Math.round((Date.now() - startedMs) / 1000)} s)`);
}

/**
 * A Node of the given major version with its headers: the running one when it fits, else one from npm.
 * @param {number} major
 * @returns {Promise<NodeInstall>}
 */
async function ensureNode(major) {
  const ownHome = path.dirname(path.dirname(fs.realpathSync(process.execPath)));
  if (Number(process.versions.node.split(".")[0]) === major && headersVersion(ownHome) === process.versions.node) {
    return { node: process.execPath, home: ownHome };
  }
  const system = process.platform === "darwin" && process.arch === "arm64" ? "bin-darwin" : process.platform;
  const packageName = `node-${system}-${process.arch}`;
  const home = await cached(`node-${major}`, async (target) => {
    console.log(`Downloading Node ${major}, which this version of code-server needs`);
    await unpackFromNpm(`${packageName}@${major}`, target);
  });
  return { node: path.join(home, "bin", "node"), home };
}

/**
 * @param {string} home a folder Node is installed in
 * @returns {string | undefined} version of the C++ headers there
 */
function headersVersion(home) {
  try {
    const text = fs.readFileSync(path.join(home, "include", "node", "node_version.h"), "utf8");
    return ["MAJOR", "MINOR", "PATCH"].map((part) => new RegExp(`NODE_${part}_VERSION (\\d+)`).exec(text)?.[1]).join(".");
  } catch {
    return undefined;
  }
}

/**
 * @param {string} dir an unpacked code-server
 * @returns {number}
 */
function requiredNodeMajor(dir) {
  const { engines } = /** @type {{ engines?: { node?: string } }} */ (JSON.parse(fs.readFileSync(path.join(dir, "package.json"), "utf8")));
  const major = /\d+/.exec(engines?.node ?? "")?.[0];
  if (!major) throw new Error(`${dir}/package.json does not say which Node it needs.`);
  return Number(major);
}

async function requireBuildTools() {
  const missing = [
    { names: ["python3", "python"], debian: "python3" },
    { names: ["make"], debian: "make" },
    { names: ["c++", "g++", "clang++"], debian: "g++" },
  ].filter(({ names }) => !findOnPath(names));
  if (missing.length === 0) return;
  const packages = missing.map(({ debian }) => debian);
  if (!canInstallDebianPackages()) {
    throw new Error(
      `code-server's native modules need ${packages.join(", ")}, not found on PATH. ` +
        "Install them (Debian: apt-get install build-essential python3; macOS: xcode-select --install).",
    );
  }
  await installDebianPackages(packages);
}

/**
 * Downloads a package with npm and unpacks it, without its dependencies.
 * @param {string} spec name@version
 * @param {string} target
 */
async function unpackFromNpm(spec, target) {
  const download = path.join(target, "download");
  fs.mkdirSync(download);
  await npm(["pack", spec, "--pack-destination", download], target);
  const [archive] = fs.readdirSync(download);
  if (!archive) throw new Error(`npm did not download ${spec}.`);
  await run("tar", ["-xzf", path.join(download, archive), "--strip-components=1", "--no-same-owner"], { cwd: target });
  fs.rmSync(download, { recursive: true });
}

/**
 * @param {string[]} args
 * @param {string} cwd
 */
async function npm(args, cwd) {
  if (!findOnPath(["npm"])) throw new Error("npm is not on PATH; it is needed to download code-server.");
  await run("npm", args, { cwd, env: withoutRunnerSettings(process.env) });
}

/**
 * The environment without what an outer `npm run`, VS Code terminal or test runner put there for itself.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
function withoutRunnerSettings(env) {
  const own =
    /^(VSCODE_|CODE_SERVER_|ELECTRON_|npm_(package|lifecycle)_|npm_config_(local_prefix|prefix)$|INIT_CWD$|NODE_OPTIONS$|PASSWORD$|HASHED_PASSWORD$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !own.test(name)));
}

/**
 * @typedef {object} CodeServer
 * @property {string} url address, without a trailing slash
 * @property {number} port
 * @property {string} userDataDir
 * @property {string} settingsFile user settings; VS Code follows changes to it
 * @property {() => string} output what the server has printed so far
 * @property {Promise<number | null>} exited settles with the exit code when the server ends, for whatever reason
 * @property {() => Promise<void>} stop kills it with everything it started and removes its temporary folders
 */

/**
 * Starts code-server and waits until it answers.
 * @param {object} options
 * @param {CodeServerInstall} options.install from {@link ensureCodeServer}
 * @param {string | undefined} [options.folder] opened when the address names none
 * @param {Record<string, unknown>} [options.settings] user settings, over {@link QUIET_SETTINGS}
 * @param {string | undefined} [options.vsix] extension to install first
 * @param {string | undefined} [options.language] display language (`de`); VS Code's own words stay English
 * @param {NodeJS.ProcessEnv | undefined} [options.env] added to the environment of the extension host
 * @param {number} [options.port] default: any that is free
 * @param {((text: string) => void) | undefined} [options.onOutput] told what the server prints
 * @param {number} [options.timeoutMs] for the server to answer
 * @returns {Promise<CodeServer>}
 */
export async function startCodeServer({
  install,
  folder,
  settings = {},
  vsix,
  language,
  env = {},
  port = 0,
  onOutput,
  timeoutMs = 120_000,
}) {
  const home = makeTempDir("tcp-seq-vscode");
  const userDataDir = path.join(home.dir, "user-data");
  const settingsFile = path.join(userDataDir, "User", "settings.json");
  fs.mkdirSync(path.dirname(settingsFile), { recursive: true });
  fs.writeFileSync(settingsFile, JSON.stringify({ ...QUIET_SETTINGS, ...settings }, undefined, 2));
  fs.writeFileSync(path.join(home.dir, "config.yaml"), "");
  if (language !== undefined) writeLanguagePack(userDataDir, language);
  const places = [
    ["--config", path.join(home.dir, "config.yaml")],
    ["--user-data-dir", userDataDir],
    ["--extensions-dir", path.join(home.dir, "extensions")],
  ].flat();
  const childEnv = {
    ...withoutRunnerSettings(process.env),
    // VS Code leaves sockets and caches in the temporary folder; a socket's path must stay below 104 characters.
    ...(home.dir.length < 48 && { TMPDIR: home.dir }),
    EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: "" }), // no shop: the same with and without a network
    ...env,
  };

  try {
    if (vsix) {
      await run(install.node, [install.entry, ...places, "--install-extension", vsix], { cwd: home.dir, env: childEnv });
    }
    const child = spawn(
      install.node,
      [
        install.entry,
        ...places,
        ...["--auth", "none", "--bind-addr", `127.0.0.1:${port}`],
        ...["--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"],
        ...(language === undefined ? [] : ["--locale", language]),
        ...(folder ? [folder] : []),
      ],
      // A process group of its own, so that the extension host can be killed with it.
      { cwd: home.dir, env: childEnv, detached: process.platform !== "win32", stdio: ["ignore", "pipe", "pipe"] },
    );
    return await whenAnswering(child, home, { userDataDir, settingsFile, onOutput, timeoutMs });
  } catch (error) {
    home.remove();
    throw error;
  }
}

/**
 * What VS Code writes down when a language pack is installed: it speaks no language without one. This one translates nothing.
 * @param {string} userDataDir @param {string} language
 */
function writeLanguagePack(userDataDir, language) {
  const translations = path.join(userDataDir, "main.i18n.json");
  fs.writeFileSync(translations, JSON.stringify({ version: "1.0.0", contents: {} }));
  const extensions = [{ extensionIdentifier: { id: "test.language-pack" }, version: "1.0.0" }];
  const pack = { hash: language, extensions, translations: { vscode: translations }, label: language };
  fs.writeFileSync(path.join(userDataDir, "languagepacks.json"), JSON.stringify({ [language]: pack }));
}

/** User settings that keep VS Code from asking, greeting, downloading or moving by itself. */
export const QUIET_SETTINGS = {
  "chat.commandCenter.enabled": false,
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "git.enabled": false,
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "update.showReleaseNotes": false,
  "window.confirmBeforeClose": "never",
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
};

/**
 * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child
 * @param {{ remove: () => void }} home
 * @param {{ userDataDir: string, settingsFile: string, onOutput: ((text: string) => void) | undefined, timeoutMs: number }} details
 * @returns {Promise<CodeServer>}
 */
async function whenAnswering(child, home, { userDataDir, settingsFile, onOutput, timeoutMs }) {
  const kill = (/** @type {NodeJS.Signals} */ signal) => child.pid !== undefined && killTree(child.pid, signal);
  const forget = onProcessEnd(() => kill("SIGKILL"));
  let output = "";
  /** @type {Promise<number | null>} */
  const exited = new Promise((resolve) => {
    child.on("exit", resolve);
    child.on("error", (error) => {
      output += `${error.message}\n`;
      resolve(null);
    });
  });
  const stop = async () => {
    kill("SIGTERM");
    const timer = setTimeout(() => kill("SIGKILL"), 5_000);
    await exited;
    clearTimeout(timer);
    kill("SIGKILL"); // what the server left behind of its group
    forget();
    home.remove();
  };

  try {
    /** @type {Promise<string>} */
    const address = new Promise((resolve) => {
      const read = (/** @type {string} */ text) => {
        output += text;
        onOutput?.(text);
        const match = /HTTP server listening on (http:\/\/[^\s/]+)/.exec(output);
        if (match) resolve(match[1]);
      };
      child.stdout.setEncoding("utf8").on("data", read);
      child.stderr.setEncoding("utf8").on("data", read);
    });
    const url = await withTimeout(
      Promise.race([address, exited.then((code) => Promise.reject(new Error(`code-server ended with code ${code}:\n${output}`)))]),
      timeoutMs,
      () => `code-server did not start within ${timeoutMs / 1000} s:\n${output}`,
    );
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`code-server answers ${response.status} at ${url}/healthz.`);
    return { url, port: Number(new URL(url).port), userDataDir, settingsFile, output: () => output, exited, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Settles like `promise`, or rejects once the time is over.
 * @template T
 * @param {Promise<T>} promise
 * @param {number} timeoutMs
 * @param {() => string} message
 * @returns {Promise<T>}
 */
export function withTimeout(promise, timeoutMs, message) {
  /** @type {NodeJS.Timeout} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(message())), timeoutMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * Address of a workbench window.
 * @param {string} serverUrl
 * @param {object} options
 * @param {string} options.folder
 * @param {string | undefined} [options.extensionDevelopmentPath] source folder of an extension to load
 * @param {string | undefined} [options.extensionTestsPath] test suite to run in the extension host
 * @param {string | undefined} [options.openFile]
 * @returns {string}
 */
export function workbenchUrl(serverUrl, { folder, extensionDevelopmentPath, extensionTestsPath, openFile }) {
  const { host } = new URL(serverUrl);
  const remote = (/** @type {string} */ file) => `vscode-remote://${host}${encodeURI(file).replace(/[?#]/g, encodeURIComponent)}`;
  const payload = [["skipWelcome", "true"]];
  if (extensionDevelopmentPath) payload.push(["extensionDevelopmentPath", remote(extensionDevelopmentPath)]);
  if (extensionTestsPath) payload.push(["extensionTestsPath", remote(extensionTestsPath)]);
  if (openFile) payload.push(["openFile", remote(openFile)]);
  return `${serverUrl}/?${new URLSearchParams({ folder, payload: JSON.stringify(payload) })}`;
}
