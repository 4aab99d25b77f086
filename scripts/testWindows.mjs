// @ts-check
/**
 * Runs the test files of a folder in windows of VS Code, two files at a time: `node --import=tsx scripts/testWindows.mjs test/ui`; files may
 * be named instead. `--part 1/4`: only the first of four parts that take about as long, one file at a time. Files in which a test failed are
 * run once more, all of their tests in new windows, since VS Code loses a click or an editor now and then on a busy machine. What fails
 * then has failed; what did only at first is named at the end, and by `npm test` at its end.
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

const { values, positionals } = parseArgs({ allowPositionals: true, options: { part: { type: "string", default: "1/1" } } });
const [part, parts] = readPart(values.part);
const files = positionals.flatMap(testFiles).filter((_, i) => partOf(i) === part);

/** @param {string} text */
function readPart(text) {
  const [, number, count] = /^([1-9])\/([1-9])$/.exec(text) ?? [];
  if (Number(number) <= Number(count)) return [Number(number), Number(count)];
  throw new Error(`--part takes one of several, such as 1/4, not ${text}.`);
}

/**
 * The part that a file is of: 1, 2, 3, 4, 4, 3, 2, 1, 1, … of four, so that each gets as many long ones.
 * @param {number} index
 */
function partOf(index) {
  const turn = index % (2 * parts);
  return turn < parts ? turn + 1 : 2 * parts - turn;
}

/** @typedef {{ passed: string[], failed: { test: string, reason: string }[] }} Outcome */

/**
 * Runs test files, each in the next process that is free; windows are kept from one file to the next.
 * @param {string[]} files absolute paths
 * @returns {Promise<Map<string, Outcome>>} by file; "" for what belongs to none
 */
function run(files) {
  const mocha = new Mocha({ timeout: TIMEOUT_MS, reporter: "spec", jobs: parts === 1 ? 2 : 1 });
  mocha.parallelMode(true); // with one process, too: it is a new one for those that are run once more
  for (const file of files) mocha.addFile(file);
  /** @type {Map<string, Outcome>} */
  const outcomes = new Map();
  const of = (/** @type {string} */ file) => {
    const outcome = outcomes.get(file) ?? { passed: [], failed: [] };
    outcomes.set(file, outcome);
    return outcome;
  };
  return new Promise((resolve) => {
    mocha
      .run(() => resolve(outcomes))
      .on("pass", (test) => of(test.file ?? "").passed.push(test.fullTitle()))
      .on("fail", (test, error) => {
        const reason = String(error?.message ?? error)
          .replace(/\s+/g, " ")
          .slice(0, 300);
        of(test?.file ?? "").failed.push({ test: test?.fullTitle?.() ?? "", reason });
      });
  });
}

const nameOf = (/** @type {string} */ file) => path.relative(process.cwd(), file);

const outcomes = await run(files);
const again = files.filter((file) => outcomes.get(file)?.failed.length);
const before = again.flatMap((file) => outcomes.get(file)?.failed ?? []);
if (again.length > 0) {
  console.log(`\nOnce more: ${again.map(nameOf).join(", ")}`);
  for (const file of again) outcomes.delete(file);
  for (const [file, outcome] of await run(again)) outcomes.set(file, outcome);
}
const passed = [...outcomes.values()].flatMap((outcome) => outcome.passed);
const failed = [...outcomes.values()].flatMap((outcome) => outcome.failed);
for (const file of files.filter((each) => !outcomes.has(each))) {
  failed.push({ test: nameOf(file), reason: "" });
  console.log(`No test ran: ${nameOf(file)}`);
}
for (const { test, reason } of before) if (passed.includes(test)) console.log(`Failed at first only: ${test}: ${reason}`);
console.log(`${passed.length} passed, ${failed.length} failed`);
process.exit(failed.length > 0 || passed.length === 0 ? 1 : 0); // with the windows that were kept
