// @ts-check
/**
 * Everything that must hold, in order (`npm test`): stops behind the first steps that fail; the last line is always
 * `N passed, N failed`.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));

/** npm scripts; `hasTests` of those that say how many tests they ran. Those of one line run side by side: each keeps one core busy. */
const STEPS = [
  [
    { script: "package", title: "Types, bundles and package", hasTests: false },
    { script: "lint", title: "Lint and format", hasTests: false },
    { script: "test:prepare", title: "VS Code to test in", hasTests: false }, // downloads; nothing to do the next time
  ],
  [{ script: "test:unit", title: "Unit tests", hasTests: true }],
  [{ script: "test:integration", title: "Inside VS Code", hasTests: true }],
  [{ script: "test:ui", title: "User interface, oldest VS Code", hasTests: true }],
  [{ script: "test:newest", title: "Package in the newest VS Code", hasTests: true }],
];

/**
 * Runs an npm script.
 * @param {string} script
 * @param {boolean} isShown whether its output is passed on as it comes
 * @returns {Promise<{ exitCode: number, output: string, seconds: number }>}
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
for (const steps of STEPS) {
  const runs = steps.map((step, i) => ({ ...step, isShown: i === 0, run: runScript(step.script, i === 0) }));
  for (const { script, title, hasTests, isShown, run } of runs) {
    console.log(`\n== ${title} (npm run ${script})`);
    const { exitCode, output, seconds } = await run;
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
