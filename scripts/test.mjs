// @ts-check
/**
 * Everything that must hold, in order (`npm test`): stops behind the first steps that fail; the last line is always
 * `N passed, N failed`.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @typedef {{ script: string, args?: string[], title: string, hasTests?: boolean }} Step an npm script; `hasTests`: it says how many ran */

/**
 * One line after the other; of a line `atOnce` steps at a time. A VS Code window waits for its server, and the server for the window, so that
 * either alone leaves two cores idle half of the time; a third one makes both so slow that keys and clicks are lost. What is bundled for the
 * unit tests is there for those in a window: nothing may be built while one has it open.
 * @type {{ atOnce: number, steps: Step[] }[]}
 */
const LINES = [
  {
    atOnce: 3,
    steps: [
      { script: "package", title: "Types, bundles and package" },
      { script: "lint", title: "Lint and format" },
      { script: "test:prepare", title: "VS Code to test in" }, // downloads; nothing to do the next time
    ],
  },
  { atOnce: 1, steps: [{ script: "test:unit", title: "Unit tests", hasTests: true }] },
  {
    atOnce: 2,
    steps: [
      { script: "test:host", title: "Inside VS Code", hasTests: true },
      ...["1/4", "2/4", "3/4", "4/4"].map((part) => ({
        ...{ script: "test:ui", args: ["--", "--part", part], title: `User interface, oldest VS Code, ${part}`, hasTests: true },
      })),
      { script: "test:newest", title: "Package in the newest VS Code", hasTests: true },
    ],
  },
];

/** @typedef {{ exitCode: number, output: string, seconds: number }} Run */

/**
 * Runs a step.
 * @param {Step} step
 * @param {boolean} isShown whether its output is passed on as it comes
 * @returns {Promise<Run>}
 */
function runStep({ script, args = [] }, isShown) {
  const startedMs = Date.now();
  return new Promise((resolve) => {
    const end = (/** @type {number} */ exitCode) => resolve({ exitCode, output, seconds: (Date.now() - startedMs) / 1000 });
    const child = spawn("npm", ["run", "--silent", script, ...args], {
      cwd: root,
      shell: process.platform === "win32",
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      output += text;
      if (isShown) process.stdout.write(text);
    });
    child.stderr.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      output += text;
      if (isShown) process.stderr.write(text);
    });
    child.on("error", (error) => {
      console.error(error.message);
      end(1);
    });
    child.on("close", (code) => end(code ?? 1));
  });
}

/**
 * Begins the steps of a line, in order. The output of the first is shown as it comes, that of each other when it is its turn.
 * @param {{ atOnce: number, steps: Step[] }} line
 */
function startLine({ atOnce, steps }) {
  /** @type {Set<Promise<Run>>} */
  const running = new Set();
  /** @type {Promise<unknown>} */
  let before = Promise.resolve();
  return steps.map((step, i) => {
    const begun = before.then(async () => {
      while (running.size >= atOnce) await Promise.race(running);
      const run = runStep(step, i === 0);
      running.add(run);
      void run.then(() => running.delete(run));
      return { run };
    });
    before = begun;
    return { ...step, isShown: i === 0, run: begun.then(({ run }) => run) };
  });
}

/**
 * Reads how many tests ran from the last line that says so, ours or mocha's.
 * @param {string} output
 * @returns {{ passed: number, failed: number } | undefined}
 */
export function readCounts(output) {
  const text = stripVTControlCharacters(output);
  const last = (/** @type {RegExp} */ pattern) => [...text.matchAll(pattern)].at(-1);
  const own = last(/^(\d+) passed, (\d+) failed\s*$/gm);
  if (own) return { passed: Number(own[1]), failed: Number(own[2]) };
  const passing = last(/^\s*(\d+) passing\b/gm);
  if (!passing) return undefined;
  return { passed: Number(passing[1]), failed: Number(last(/^\s*(\d+) failing\b/gm)?.[1] ?? 0) };
}

let passed = 0;
let failed = 0;
/** @type {string[]} */
const durations = [];
/** What passed when it was run once more, see testWindows.mjs. @type {string[]} */
const unsteady = [];
for (const line of LINES) {
  for (const { script, args = [], title, hasTests, isShown, run } of startLine(line)) {
    console.log(`\n== ${title} (${["npm run", script, ...args].join(" ")})`);
    const { exitCode, output, seconds } = await run;
    if (!isShown) process.stdout.write(output);
    unsteady.push(...(stripVTControlCharacters(output).match(/^Failed at first only: .*$/gm) ?? []));
    const counts = hasTests ? readCounts(output) : undefined;
    passed += counts?.passed ?? 0;
    failed += counts?.failed ?? 0;
    let isGood = exitCode === 0 && !counts?.failed;
    if (hasTests && isGood && !counts?.passed) {
      console.error(`${title}: no test ran.`);
      isGood = false;
    }
    if (!isGood && !counts?.failed) failed++;
    durations.push(`${seconds.toFixed(1).padStart(7)} s  ${title}${isGood ? "" : ": FAILED"}`);
  }
  if (failed > 0) break;
}
console.log(`\n${[...durations, ...unsteady].join("\n")}\n`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
