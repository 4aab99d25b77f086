/**
 * What others published to try CSV readers with, through the record reader and all three readers:
 *
 *   - every pair of csv-spectrum (BSD-2-Clause, a development dependency): a CSV file and the cells it holds, as JSON;
 *   - the points that csv-parse's own tests make (packages/csv-parse/test in node-csv), with cells of our own.
 *
 * None has a column of sequence numbers, so a number is put before each record, and each column in turn is read as labels.
 *
 * Of csv-parse's tests these concern no grammar of packet CSV, and are left out:
 *   option.quote, option.escape   other quotes than `"`, other escapes than `""`, or none: tshark and Excel write no such file
 *   option.delimiter              separators of several characters, or several at once
 *   option.record_delimiter       ends of records other than LF, CRLF and CR
 *   option.comment, option.*trim  no comments; spaces belong to the cell
 *   option.cast, columns, from, to, on_record, objname, raw, info, api   what becomes of cells, not what they are
 *   option.encoding, option.bom   textReader.test.ts; the mark before a header is in table.test.ts, too
 *   option.relax_column_count     table.test.ts and unit/engine: such rows are repaired or counted, never passed on as they are
 *   skip_empty_lines: false       a blank line is no packet
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CaptureStore } from "../../src/engine/captureStore";
import { CR, LF } from "../../src/engine/csv/dialect";
import { RecordReader } from "../../src/engine/csv/records";
import { createScalarScanner } from "../../src/engine/csv/scalarScanner";
import { analyzeText, ROOT } from "../support/capture";
import { readFastFrom } from "../support/fastReader";

interface Published {
  readonly name: string;
  /** Records without a header, and the cells of each. */
  readonly text: Buffer;
  readonly rows: readonly (readonly string[])[];
  readonly delimiter?: string;
}

const SPECTRUM = join(ROOT, "node_modules", "csv-spectrum");

/** location_coordinates names one telephone number in its CSV and another in its JSON. */
const CORRECTIONS = new Map([["1234567890", "2095257564"]]);

function readSpectrum(): Published[] {
  return readdirSync(join(SPECTRUM, "csvs")).map((file) => {
    const name = file.replace(/\.csv$/, "");
    const csv = readFileSync(join(SPECTRUM, "csvs", file));
    const json = JSON.parse(readFileSync(join(SPECTRUM, "json", `${name}.json`), "utf8")) as Record<string, string>;
    const rows = [json].flat().map((row) => Object.values(row).map((cell) => CORRECTIONS.get(cell) ?? cell));
    return { name, text: csv.subarray(csv.indexOf(LF) + 1), rows };
  });
}

const published = (name: string, text: string, rows: readonly (readonly string[])[], delimiter?: string): Published => ({
  name,
  text: Buffer.from(text),
  rows,
  ...(delimiter === undefined ? {} : { delimiter }),
});

/** Named by csv-parse's test file and what is tested there. */
const POINTS: readonly Published[] = [
  published("option.quote: some cells quoted, others not", 'tcp,"ack",syn,"7"\n"rst",fin,"8",psh', [
    ["tcp", "ack", "syn", "7"],
    ["rst", "fin", "8", "psh"],
  ]),
  published("option.quote: separators inside quotes, also first and last", '80,",a,b,",x\n",,,","y,","z"\n', [
    ["80", ",a,b,", "x"],
    [",,,", "y,", "z"],
  ]),
  published("option.quote: empty quoted cells, also first and last", '80,"",x,""\n"",443,"",""\n', [
    ["80", "", "x", ""],
    ["", "443", "", ""],
  ]),
  published("option.quote: doubled quotes alone, and at both ends", 'a,"""",b,"""up"""\n"",c,"""""",""\n', [
    ["a", '"', "b", '"up"'],
    ["", "c", '""', ""],
  ]),
  published("option.quote: cells that are nothing but a quote", '"""",""""\n"""",""""\n', [
    ['"', '"'],
    ['"', '"'],
  ]),
  published("option.quote: line ends inside quotes, also alone", '80,"\n","\nyes\n"\n"\n","\n\n",x\n', [
    ["80", "\n", "\nyes\n"],
    ["\n", "\n\n", "x"],
  ]),
  published("option.escape: the quote escapes itself", 'a,"x1""x2","y""z""w"\n"p""q",b,"r1""r2"', [
    ["a", 'x1"x2', 'y"z"w'],
    ['p"q', "b", 'r1"r2'],
  ]),
  published("option.escape: a backslash escapes nothing inside quotes", 'a,"x\\\\y"\n"\\",b\n', [
    ["a", "x\\\\y"],
    ["\\", "b"],
  ]),
  published("option.delimiter: empty cells first, last and side by side", "a,,b,\n,c,,\n", [
    ["a", "", "b", ""],
    ["", "c", "", ""],
  ]),
  ...["\t", ";", "|"].map((delimiter) =>
    published(
      `option.delimiter: ${JSON.stringify(delimiter)} instead of the comma`,
      `a,x~~"b~c"~~\n~"d"~e,y~~\n`.replaceAll("~", delimiter),
      [
        ["a,x", "", `b${delimiter}c`, "", ""],
        ["", "d", "e,y", "", ""],
      ],
      delimiter,
    ),
  ),
  ...["\n", "\r\n", "\r"].map((newline) =>
    published(
      `option.record_delimiter: ${JSON.stringify(newline)}, behind quotes and without`,
      `"a","1"~b,2~"c",""~d,4`.replaceAll("~", newline),
      [
        ["a", "1"],
        ["b", "2"],
        ["c", ""],
        ["d", "4"],
      ],
    ),
  ),
  published("option.record_delimiter: a quoted LF in a file of CRLF", '1,2,"\n"\r\n3,4,\r\n', [
    ["1", "2", "\n"],
    ["3", "4", ""],
  ]),
  published("option.record_delimiter: a separator is the last character", '"a","b","c",', [["a", "b", "c", ""]]),
  published("option.skip_empty_lines: blank lines before, between and behind", "\r\na,b\r\n\r\n\r\nc,d\r\n\r\n", [
    ["a", "b"],
    ["c", "d"],
  ]),
  published("option.skip_empty_lines: quoted empty cells are no blank line", 'a,b\n"",""\nc,d', [
    ["a", "b"],
    ["", ""],
    ["c", "d"],
  ]),
  // Errors by default there; with relax_quotes read so, and here always.
  published("option.relax_quotes: quotes in the middle and at the end of a bare cell", '1,a "big" disk,x\n2,b "c",y\n3,Al"","z"\n', [
    ["1", 'a "big" disk', "x"],
    ["2", 'b "c"', "y"],
    ["3", 'Al""', "z"],
  ]),
  // There the quotes in front are kept; here as pandas reads it: the quoted part is the beginning of the cell.
  published("option.relax_quotes: text behind a closing quote", 'a,"b" c,d\n', [["a", 'b" c', "d"]]),
];

/** The records of a text: where each begins, and its cells. */
function readRecords({ text, rows, delimiter = "," }: Published, newline: typeof LF | typeof CR): { start: number; cells: string[] }[] {
  const reader = new RecordReader({ delimiter: delimiter.charCodeAt(0), newline, cellCount: rows[0].length });
  const cellsOf = () => Array.from({ length: reader.count }, (_, cell) => Buffer.from(reader.copyCell(text, cell)).toString());
  const records: { start: number; cells: string[] }[] = [];
  for (let start = 0; start < text.length; start = reader.next) {
    assert.ok(reader.read(text, start, text.length, true));
    const record = { start, cells: cellsOf() };
    const { next } = reader;
    // With less text at hand it says the same, or that it has to see more.
    for (let end = start; end < text.length; end++)
      if (reader.read(text, start, end, false)) assert.deepEqual({ cells: cellsOf(), next: reader.next }, { cells: record.cells, next });
    if (!/^\r?\n?$/.test(text.toString("utf8", start, next))) records.push(record);
    reader.next = next;
  }
  return records;
}

/** Labels of numbers 1, 2, …; an empty cell is none. */
const labelsOf = (capture: CaptureStore, rows: number): string[] =>
  Array.from({ length: rows }, (_, row) => {
    const { labels } = capture.describeSequence(row + 1);
    assert.equal(labels.length, 1);
    return labels[0].label ?? "";
  });

function tryReaders(cases: readonly Published[]): void {
  for (const each of cases) {
    const { name, text, rows, delimiter = "," } = each;
    it(name, async () => {
      const newline = text.includes(LF) || !text.includes(CR) ? LF : CR;
      const records = readRecords(each, newline);
      assert.deepEqual(
        records.map(({ cells }) => cells),
        rows,
      );
      const width = rows[0].length;
      const header = ["tcp.seq", ...rows[0].map((_, column) => `c${String(column)}`)].join(delimiter);
      const numbered = records.map(({ start }, i) => [
        Buffer.from(`${String(i + 1)}${delimiter}`),
        text.subarray(start, records[i + 1]?.start),
      ]);
      const bytes = Buffer.concat([Buffer.from(header + String.fromCharCode(newline)), ...numbered.flat()]);
      for (let column = 0; column < width; column++) {
        const labelFields = [`c${String(column)}`];
        const expected = rows.map((row) => row[column]);
        assert.deepEqual(labelsOf(await analyzeText(bytes, { labelFields }), rows.length), expected, "reference");
        for (let blockBytes = 1; blockBytes <= bytes.length; blockBytes++) {
          const capture = await analyzeText(bytes, { labelFields, blockBytes, createScanner: createScalarScanner });
          assert.deepEqual(labelsOf(capture, rows.length), expected, `scalar, blocks of ${String(blockBytes)} bytes`);
        }
        for (const chunkBytes of [1, 2, 3, 5, 7, 11, bytes.length]) {
          const capture = await readFastFrom(bytes, { labelFields, chunkBytes, overlapBytes: 64 });
          if (capture === "sequential") assert.fail();
          assert.deepEqual(labelsOf(capture, rows.length), expected, `kernel, chunks of ${String(chunkBytes)} bytes`);
        }
      }
    });
  }
}

describe("published cases: csv-spectrum", function () {
  this.timeout(60_000);
  tryReaders(readSpectrum());
});

describe("published cases: the points of csv-parse's tests", function () {
  this.timeout(60_000);
  tryReaders(POINTS);
});
