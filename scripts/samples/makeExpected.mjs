/**
 * Runs the notebook oracle over the fixtures and keeps its answers; started by scripts/makeExpected.sh.
 *
 * Whether an answer is right is judged by the one file whose cells nobody can misunderstand
 * (doubled-quotes.csv): a file of the same frames with other figures was misread.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");
const fixtures = path.join(root, "test", "fixtures", "csv");
const target = path.join(root, "test", "fixtures", "expected");
const python = process.argv[2] ?? "/usr/bin/python3";

/** What an analyst has to tell pandas about a file. @type {Record<string, string[]>} */
const OPTIONS = {
  "tshark40-tab.tsv": ["--sep", "\\t"],
  "tshark40-tab-noheader.tsv": ["--sep", "\\t"],
  "tshark40-pipe.csv": ["--sep", "|"],
  "excel-semicolon.csv": ["--sep", ";"],
  "utf16le.csv": ["--encoding", "utf-16"],
  "utf16be.csv": ["--encoding", "utf-16"],
  "label-other.csv": ["--label", "Label"],
};

/** Why a file is misread or refused, and what is right; the rest speaks for itself. @type {Record<string, string>} */
const WHY = {
  "tshark40-quoted.csv": "frame 8: the cell ends at its first inner quote, the comma after it makes a cell too many",
  "tshark40-quoted-full.csv": "the same",
  "tshark40-quoted-types.csv": 'the cell of frame 13 comes out as `text/xml; charset=UTF-8""`; the figures here are right all the same',
  "tshark40-comma.csv": "the row of frame 8 is longer than the first ones",
  "tshark40-comma-plain.csv":
    "the first cell becomes the row's name, frame.number holds `Jun  4`, frame.time the rest; from frame.time_epoch on all is right",
  "tshark40-seq-absolute.csv": "other numbers on purpose",
  "time-backwards.csv": "equal counts come in another order: the same packets, another first appearance",
  "tshark44-comma.csv": "the same: pandas knows `\\,` only with `escapechar`",
  "columns-shuffled.csv": "the column is called ` TCP.Seq`",
  "excel-semicolon.csv": "`sep=;` is taken for the header",
  "excel-seq-enotation.csv": "read, but the numbers are the rounded ones",
  "ragged.csv": "one row with cells too many ends the reading",
  "quote-in-bare-cell.csv": "the quote that opens and never closes swallows the rest",
  "seq-odd-values.csv": "`abc`, `0x10` or `1_000` end to_numeric",
  "nul-bytes.csv": "misread: pandas cuts a cell at its NUL (window 65536 becomes 65), and the NULs at the end count as a row",
  "time-cut.csv": "what is left is no date; frame.time_epoch would do",
  "time-damaged.csv": "the damaged cells are no dates; the packets still count",
  "time-epoch-only.csv": "the notebook asks for frame.time",
  "time-relative-only.csv": "the notebook asks for frame.time",
  "time-missing.csv": "the notebook asks for frame.time",
  "zone-fall-back.csv":
    "read, but the naive clock puts the packets after 02:00 EDT an hour early, before the others: the order of time is wrong",
  "zone-ist.csv": "the wall clock of India, 9.5 hours ahead of the other files",
  "zone-numeric.csv": "the wall clock of Brazil, an hour ahead",
  "zone-windows.csv": "another date (January) and the wall clock of Paris",
  "header-repeated.csv": "rows counts the two header rows, as the notebook's len does before it drops them",
  "tshark40-tab-noheader.tsv": "the first packet is taken for the header",
  "blank-lines.csv": "empty lines are skipped, as they should be",
};

/** The sentence pandas died with. */
function lastLine(/** @type {string} */ text) {
  const line = text.trimEnd().split("\n").at(-1) ?? "";
  return line.replace(/^[a-z_.]*\.(?=[A-Z])/i, "").replaceAll("|", "\\|");
}

/** @typedef {{ rows: number, rowsTcp: number, distinct: number, top: unknown[], timelines: unknown[] }} Answer */

const files = [
  path.join(root, "media", "sample.csv"),
  ...fs
    .readdirSync(fixtures)
    .filter((name) => /\.(csv|tsv)$/.test(name))
    .sort()
    .map((name) => path.join(fixtures, name)),
];
fs.mkdirSync(target, { recursive: true });
for (const old of fs.readdirSync(target)) fs.rmSync(path.join(target, old));

/** @type {Map<string, Answer>} */
const answers = new Map();
/** @type {Map<string, string>} */
const refusals = new Map();
for (const file of files) {
  const name = path.basename(file);
  const run = spawnSync(python, [path.join(root, "scripts", "notebook.py"), file, "--seq", "0", "--seq", "1", ...(OPTIONS[name] ?? [])], {
    encoding: "utf8",
  });
  if (run.status === 0) {
    /** @type {unknown} */
    const answer = JSON.parse(run.stdout);
    answers.set(name, /** @type {Answer} */ (answer));
    fs.writeFileSync(path.join(target, `${name.replace(/\.(csv|tsv)$/, "")}.json`), run.stdout);
  } else {
    refusals.set(name, lastLine(run.stderr));
  }
}

/** @type {Answer | undefined} */
const truth = answers.get("doubled-quotes.csv");
if (!truth) throw new Error("doubled-quotes.csv must be readable");
const note = (/** @type {string} */ name) => (WHY[name] ? WHY[name].replaceAll("|", "\\|") : "");
const how = (/** @type {string} */ name) => (OPTIONS[name] ? `\`${OPTIONS[name].join(" ").replaceAll("|", "\\|")}\`` : "");
const figures = (/** @type {Answer} */ answer) => JSON.stringify([answer.rowsTcp, answer.distinct, answer.top]);
/** @type {string[]} */
const read = [];
for (const [name, answer] of answers) {
  const sameFrames = answer.rows >= truth.rows && name !== "sample.csv" && name !== "time-years-apart.csv";
  const verdict = !sameFrames ? "" : figures(answer) === figures(truth) ? "yes" : "no";
  read.push(`| ${name} | ${how(name)} | ${answer.rows} | ${answer.rowsTcp} | ${answer.distinct} | ${verdict} | ${note(name)} |`);
}
const refused = [...refusals].map(([name, message]) => `| ${name} | ${how(name)} | ${message} | ${note(name)} |`);
const version = spawnSync(python, ["-c", "import pandas; print(pandas.__version__)"], { encoding: "utf8" }).stdout.trim();

fs.writeFileSync(
  path.join(target, "README.md"),
  `# What a pandas notebook says about the fixtures

Answers of \`scripts/notebook.py\` (pandas ${version}), written by \`scripts/makeExpected.sh\`, this page too. The notebook reads with
\`pd.read_csv(path, low_memory=False)\` and knows nothing about tshark; where it is wrong, the capture is right and the product
must not follow it. Each file has the timelines of its most frequent value, of 0 and of 1.

\`rows\` is what read_csv returned, repeated headers included; \`rowsTcp\` what is left with a tcp.seq.
Times are wall clock as printed, without a zone. Ties in \`top\` are by first appearance.

pandas takes \`NA\`, \`null\`, \`None\`, \`nan\`, \`n/a\` and a few more for empty cells: a label of that name would vanish.

## Read

"Same" compares rowsTcp, distinct and top with doubled-quotes.csv where a file holds the same ${truth.rows} frames.

| File | Options | rows | rowsTcp | distinct | Same | Note |
| --- | --- | --- | --- | --- | --- | --- |
${read.join("\n")}

## Refused

| File | Options | Error | Why |
| --- | --- | --- | --- |
${refused.join("\n")}
`,
);
console.log(`${answers.size} read, ${refusals.size} refused`);
