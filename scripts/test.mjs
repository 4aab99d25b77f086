// @ts-check
/**
 * Everything that must hold, in order (`npm test`): stops behind the first steps that fail; the last line is always
 * `N passed, N failed`.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * npm scripts; `hasTests` of those that say how many tests they ran. Lanes of one line run side by side, the scripts of a lane one after
 * the other. A VS Code window waits for its server, and the server for the window, so that either alone leaves two cores idle half of the
 * time. What is bundled for the unit tests is there for those in a window: nothing may be built while one has it open.
 */
const LINES = [
  [
    [{ script: "package", title: "Types, bundles and package", hasTests: false }],
    [{ script: "lint", title: "Lint and format", hasTests: false }],
    [{ script: "test:prepare", title: "VS Code to test in", hasTests: false }], // downloads; nothing to do the next time
  ],
  [[{ script: "test:unit", title: "Unit tests", hasTests: true }]],
  [
    [{ script: "test:ui", title: "User interface, oldest VS Code", hasTests: true }],
    [
      { script: "test:host", title: "Inside VS Code", hasTests: true },
      { script: "test:newest", title: "Package in the newest VS Code", hasTests: true },
      // So many of the user interface's files that both lanes take about as long.
      { script: "test:states", title: "User interface, states and languages", hasTests: true },
    ],
  ],
];

/** @typedef {{ exitCode: number, output: string, seconds: number }} Run */

/**
 * Runs an npm script.
 * @param {string} script
 * @param {boolean} isShown whether its output is passed on as it comes
 * @returns {Promise<Run>}
 */
function runScript(script, isShown) {
  const startedMs = Date.now();
  return new Promise((resolve) => {
    const end = (/** @type {number} */ exitCode) => resolve({ exitCode, output, seconds: (Date.now() - startedMs) / 1000 });
    const child = spawn("npm", ["run", "--silent", script], {
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
 * Runs the scripts of a lane up to the first that fails; those behind it give undefined.
 * @template {{ script: string }} Step
 * @param {Step[]} lane
 * @param {boolean} isShown
 */
function startLane(lane, isShown) {
  /** @type {Promise<Run | undefined> | undefined} */
  let before;
  return lane.map((step) => {
    const start = () => runScript(step.script, isShown);
    /** @type {Promise<Run | undefined>} */
    const run = before ? before.then((ended) => (ended?.exitCode === 0 ? start() : undefined)) : start();
    before = run;
    return { ...step, isShown, run };
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
for (const lanes of LINES) {
  const runs = lanes.flatMap((lane, i) => startLane(lane, i === 0));
  for (const { script, title, hasTests, isShown, run } of runs) {
    console.log(`\n== ${title} (npm run ${script})`);
    const ended = await run;
    if (!ended) {
      console.log("Not run, since the one before it failed.");
      continue;
    }
    const { exitCode, output, seconds } = ended;
    if (!isShown) process.stdout.write(output);
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
console.log(`\n${durations.join("\n")}\n`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
