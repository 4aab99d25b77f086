// @ts-check
/**
 * Runs the test files of a folder in windows of VS Code, two files at a time: `node --import=tsx scripts/testWindows.mjs test/ui`; files may
 * be named instead. `--part 1/4`: only the first of four parts that take about as long, one file at a time. Files in which a test failed are
 * run once more, all of their tests in new windows, since VS Code loses a click or an editor now and then on a busy machine. What fails
 * again has failed; what does not is named at the end.
 */
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import Mocha from "mocha";

/** For one test. What is waited for in it ends sooner: harness.ts. */
const TIMEOUT_MS = 180_000;

/**
 * Test files of a folder, the largest first, so that none of those that take long is left for the end.
 * @param {string} place
 */
function testFiles(place) {
  if (fs.statSync(place).isFile()) return [path.resolve(place)];
  return fs
    .readdirSync(place)
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => path.resolve(place, name))
    .sort((a, b) => fs.statSync(b).size - fs.statSync(a).size);
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { part: { type: "string" } } });
const { part } = values;
const files = positionals.flatMap(testFiles).filter((_, i) => isInPart(i));

/**
 * Whether a file is of the part asked for: 1, 2, 3, 4, 4, 3, 2, 1, 1, … of four.
 * @param {number} index
 */
function isInPart(index) {
  const [, number = "1", count = "1"] = /^(\d+)\/(\d+)$/.exec(part ?? "1/1") ?? [];
  const turn = index % (2 * Number(count));
  return (turn < Number(count) ? turn : 2 * Number(count) - 1 - turn) === Number(number) - 1;
}

/** @typedef {{ passed: number, failures: { test: string, reason: string }[] }} Outcome */

/**
 * Runs test files, each in the next process that is free; windows are kept from one file to the next.
 * @param {string[]} files absolute paths
 * @returns {Promise<Map<string, Outcome>>} by file; "" for what belongs to none
 */
function run(files) {
  const mocha = new Mocha({ timeout: TIMEOUT_MS, reporter: "spec", jobs: part === undefined ? 2 : 1 });
  mocha.parallelMode(true); // with one process, too: it is a new one for those that are run once more
  for (const file of files) mocha.addFile(file);
  /** @type {Map<string, Outcome>} */
  const outcomes = new Map();
  const of = (/** @type {string} */ file) => {
    const outcome = outcomes.get(file) ?? { passed: 0, failures: [] };
    outcomes.set(file, outcome);
    return outcome;
  };
  return new Promise((resolve) => {
    mocha
      .run(() => resolve(outcomes))
      .on("pass", ({ file }) => of(file ?? "").passed++)
      .on("fail", (test, error) => {
        const reason = String(error?.message ?? error)
          .replace(/\s+/g, " ")
          .slice(0, 300);
        of(test?.file ?? "").failures.push({ test: test?.fullTitle?.() ?? "", reason });
      });
  });
}

const outcomes = await run(files);
const again = files.filter((file) => outcomes.get(file)?.failures.length);
const before = again.flatMap((file) => outcomes.get(file)?.failures ?? []);
if (again.length > 0) {
  console.log(`\nOnce more: ${again.map((file) => path.relative(process.cwd(), file)).join(", ")}`);
  for (const file of again) outcomes.delete(file);
  for (const [file, outcome] of await run(again)) outcomes.set(file, outcome);
}
const all = [...outcomes.values()];
const passed = all.reduce((sum, outcome) => sum + outcome.passed, 0);
const failed = all.flatMap((outcome) => outcome.failures);
const unsteady = before.filter(({ test }) => !failed.some((failure) => failure.test === test));
for (const { test, reason } of unsteady) console.log(`Failed at first only: ${test}\n    ${reason}`);
console.log(`${passed} passed, ${failed.length} failed`);
process.exit(failed.length > 0 || passed === 0 ? 1 : 0); // with the windows that were kept
