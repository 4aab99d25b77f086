// @ts-check
/**
 * Everything that must hold, in order (`npm test`): stops at the first step that fails; the last line is always
 * `N passed, N failed`.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));

/** npm scripts; `hasTests` of those that say how many tests they ran. */
const STEPS = [
  { script: "package", title: "Types, bundles and package", hasTests: false },
  { script: "lint", title: "Lint and format", hasTests: false },
  { script: "test:unit", title: "Unit tests", hasTests: true },
  { script: "test:integration", title: "Inside VS Code", hasTests: true },
  { script: "test:ui", title: "User interface, oldest VS Code", hasTests: true },
  { script: "test:newest", title: "Package in the newest VS Code", hasTests: true },
];

/**
 * Runs an npm script, passing its output on.
 * @param {string} script
 * @returns {Promise<{ exitCode: number, output: string }>}
 */
function runScript(script) {
  return new Promise((resolve) => {
    const child = spawn("npm", ["run", "--silent", script], {
      cwd: root,
      shell: process.platform === "win32",
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      output += text;
      process.stdout.write(text);
    });
    child.stderr.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      output += text;
      process.stderr.write(text);
    });
    child.on("error", (error) => {
      console.error(error.message);
      resolve({ exitCode: 1, output });
    });
    child.on("close", (code) => resolve({ exitCode: code ?? 1, output }));
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
for (const { script, title, hasTests } of STEPS) {
  console.log(`\n== ${title} (npm run ${script})`);
  const startedMs = Date.now();
  const { exitCode, output } = await runScript(script);
  const counts = hasTests ? readCounts(output) : undefined;
  passed += counts?.passed ?? 0;
  failed += counts?.failed ?? 0;
  let isGood = exitCode === 0 && !counts?.failed;
  if (hasTests && isGood && !counts?.passed) {
    console.error(`${title}: no test ran.`);
    isGood = false;
  }
  if (!isGood && !counts?.failed) failed++;
  durations.push(`${((Date.now() - startedMs) / 1000).toFixed(1).padStart(7)} s  ${title}${isGood ? "" : ": FAILED"}`);
  if (!isGood) break;
}
console.log(`\n${durations.join("\n")}\n`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
