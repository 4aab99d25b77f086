// @ts-check
/** Small questions about the machine: which programs it has, and how to get missing ones. */
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

/**
 * First of `names` that is an executable on PATH.
 * @param {string[]} names
 * @returns {string | undefined} its full path
 */
export function findOnPath(names) {
  const endings = process.platform === "win32" ? [".exe", ".cmd", ".bat"] : [""];
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter(Boolean);
  for (const name of names) {
    for (const folder of folders) {
      for (const ending of endings) {
        const file = path.join(folder, name + ending);
        if (isExecutable(file)) return file;
      }
    }
  }
  return undefined;
}

/**
 * @param {string} file
 * @returns {boolean} whether it is a file that may be run
 */
export function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Whether a window can be shown to somebody. */
export function hasDisplay() {
  if (process.platform !== "linux") return !process.env.CI;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** Whether Debian packages can be installed without asking anyone: Linux, root, apt-get. */
export function canInstallDebianPackages() {
  return process.platform === "linux" && process.getuid?.() === 0 && findOnPath(["apt-get"]) !== undefined;
}

/**
 * Installs Debian packages (see {@link canInstallDebianPackages}); throws with apt's last lines when it fails.
 * @param {string[]} packages
 */
export async function installDebianPackages(packages) {
  console.log(`Installing ${packages.join(", ")} with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update"], { env });
  await run("apt-get", ["install", "-y", "--no-install-recommends", ...packages], { env });
}

/**
 * Runs a program to its end with its output kept back, and shown (the last lines) only when it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>} what it wrote to stdout
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    // npm is a .cmd on Windows, which needs a shell.
    const child = spawn(command, args, { ...options, shell: process.platform === "win32", stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let all = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      all += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => (all += text));
    child.on("error", (error) => reject(new Error(`Could not run ${command}: ${error.message}`, { cause: error })));
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(stdout);
      const tail = all.trimEnd().split("\n").slice(-40).join("\n");
      reject(new Error(`"${command} ${args.join(" ")}" failed (${signal ?? `exit code ${code}`}):\n${tail}`));
    });
  });
}

/**
 * Kills a process started with `detached: true` and everything it started.
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export function killTree(pid, signal) {
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/pid", String(pid), "/t", "/f"]);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") throw error;
  }
}
