// @ts-check
/** Work that must happen however this process ends: servers to kill, temporary folders to remove. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** @type {Set<() => void>} */
const pending = new Set();
let listening = false;

/**
 * Runs `action` when the process exits or is told to stop; the action must be synchronous.
 * @param {() => void} action
 * @returns {() => void} forgets the action, for use once the work has been done another way
 */
export function onProcessEnd(action) {
  if (!listening) {
    listening = true;
    process.on("exit", runPending);
    for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
      process.on(signal, () => process.exit(128 + (os.constants.signals[signal] ?? 0)));
    }
  }
  pending.add(action);
  return () => pending.delete(action);
}

function runPending() {
  for (const action of [...pending].reverse()) {
    try {
      action();
    } catch (error) {
      console.error(`Cleaning up: ${error instanceof Error ? error.message : error}`);
    }
  }
  pending.clear();
}

/**
 * Makes a temporary folder that is removed by `remove()`, or at the latest when the process ends.
 * @param {string} name start of the folder's name
 * @returns {{ dir: string, remove: () => void }}
 */
export function makeTempDir(name) {
  // The real path, because VS Code resolves links and compares paths (macOS: /var -> /private/var).
  const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), `${name}-`)));
  const removeDir = () => fs.rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  const forget = onProcessEnd(removeDir);
  return {
    dir,
    remove: () => {
      forget();
      removeDir();
    },
  };
}
