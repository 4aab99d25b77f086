// @ts-check
/** A Chromium to show code-server in: found on the machine, or installed where that needs no question. */
import path from "node:path";
import { chromium } from "playwright-core";
import { makeTempDir } from "./cleanup.mjs";
import { canInstallDebianPackages, findOnPath, installDebianPackages, isExecutable } from "./system.mjs";

/** The first is a Chromium that can do nothing but run without a window, which takes a tenth less of the processors. */
const NAMES = [
  "chromium-headless-shell",
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "chrome",
  "microsoft-edge",
  "microsoft-edge-stable",
  "msedge",
];

/** Whether tests show the window they run in. */
const HEADED = process.env.HEADED === "1";

/** Switches for an unattended browser that also works for root, without a GPU and without a network. */
const SWITCHES = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Shared memory is scarce in containers.
  "--disable-dev-shm-usage",
];

/**
 * Full path of a Chromium, Chrome or Edge; CHROMIUM_PATH goes before any other.
 * @returns {string | undefined}
 */
export function findBrowser() {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen) {
    if (!isExecutable(chosen)) throw new Error(`CHROMIUM_PATH is not a program: ${chosen}`);
    return chosen;
  }
  return findOnPath(HEADED ? NAMES.slice(1) : NAMES) ?? usualPlaces().find(isExecutable);
}

function usualPlaces() {
  if (process.platform === "darwin") {
    return ["Google Chrome", "Chromium", "Microsoft Edge"].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  }
  if (process.platform === "win32") {
    const roots = [process.env.PROGRAMFILES, process.env["PROGRAMFILES(X86)"], process.env.LOCALAPPDATA];
    return roots
      .filter((root) => root !== undefined)
      .flatMap((root) => [
        path.join(root, "Google", "Chrome", "Application", "chrome.exe"),
        path.join(root, "Chromium", "Application", "chrome.exe"),
        path.join(root, "Microsoft", "Edge", "Application", "msedge.exe"),
      ]);
  }
  return ["/opt/google/chrome/chrome", "/usr/lib/chromium/chromium", "/snap/bin/chromium"];
}

/**
 * Like {@link findBrowser}, but installs Debian's chromium when there is none and that is possible.
 * @returns {Promise<string>}
 */
export async function ensureBrowser() {
  const found = findBrowser();
  if (found) return found;
  if (canInstallDebianPackages()) {
    await installDebianPackages(["chromium"]);
    const installed = findBrowser();
    if (installed) return installed;
  }
  throw new Error("No Chromium, Chrome or Edge found. Install one, or put its full path into CHROMIUM_PATH.");
}

/**
 * Starts a browser without a window (with one when HEADED=1); close it with `close()`.
 * @returns {Promise<import('playwright-core').Browser>}
 */
export async function launchBrowser() {
  const executablePath = await ensureBrowser();
  const temp = makeTempDir("tcp-seq-browser"); // Chromium does not remove all that it puts there
  try {
    const browser = await chromium.launch({
      executablePath,
      headless: !HEADED,
      args: SWITCHES,
      env: { ...process.env, TMPDIR: temp.dir },
      timeout: 120_000,
    });
    browser.on("disconnected", temp.remove);
    return browser;
  } catch (error) {
    temp.remove();
    throw error;
  }
}
