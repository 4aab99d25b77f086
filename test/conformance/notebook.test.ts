/**
 * The product against the notebook it replaces: test/fixtures/expected holds what pandas said (scripts/makeExpected.sh).
 * Where pandas misreads or refuses a file, its README there says so, and the capture's truth is asserted here instead.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { CaptureStore } from "../../src/engine/captureStore";
import { formatSeconds } from "../../src/shared/format";
import type { Timeline } from "../../src/shared/model";
import { allCounts, analyzeText, CSV_FIXTURES, ROOT, timelineOf } from "../support/capture";

interface Bucket {
  start: string;
  count: number;
  alert: string | null;
  protocols: string | null;
}
interface Expected {
  file: string;
  rows: number;
  rowsTcp: number;
  distinct: number;
  top: { seq: number; count: number }[];
  timelines: { seq: number; bucketSeconds: number; sparse?: boolean; buckets: Bucket[] }[];
}

const EXPECTED = join(ROOT, "test", "fixtures", "expected");

function open(file: string, labelFields = ["alert", "Label"]): Promise<CaptureStore> {
  const path = file === "sample.csv" ? join(ROOT, "media", file) : join(CSV_FIXTURES, file);
  return analyzeText(readFileSync(path), { labelFields });
}

const bucketsOf = (timeline: Timeline): Bucket[] =>
  Array.from(timeline.counts, (count, i) => ({
    start: formatSeconds(timeline.startSec + (timeline.index ? timeline.index[i] : i) * timeline.bucketSeconds),
    count,
    alert: timeline.labelNames[timeline.labels[i]] ?? null,
    protocols: timeline.protocolNames[timeline.protocols[i]] ?? null,
  }));

/** Files whose row count pandas gets wrong; the counts themselves agree. */
const ROWS_MISREAD = new Map([["nul-bytes.csv", "pandas counts the NULs behind the last row as a row"]]);

describe("against the notebook", () => {
  const names = readdirSync(EXPECTED).filter((name) => name.endsWith(".json"));

  it("has what pandas said of many files", () => assert.ok(names.length > 30));

  for (const name of names) {
    const expected = JSON.parse(readFileSync(join(EXPECTED, name), "utf8")) as Expected;
    const file = basename(expected.file);
    it(`agrees on ${file}`, async () => {
      const capture = await open(file);
      if (!ROWS_MISREAD.has(file)) assert.equal(capture.summary.rows.read, expected.rows);
      assert.equal(capture.summary.rows.tcp, expected.rowsTcp);
      assert.equal(capture.summary.distinct, expected.distinct);
      assert.deepEqual(capture.listSequences({ order: "count", from: 0, count: 20 }), expected.top);
      for (const { seq, bucketSeconds, sparse, buckets } of expected.timelines) {
        const timeline = timelineOf(capture, seq, bucketSeconds);
        assert.equal(timeline.index !== null, sparse === true);
        assert.deepEqual(bucketsOf(timeline), buckets);
      }
    });
  }
});

describe("where the notebook misreads or refuses", () => {
  /** Counts and the minutes of numbers 0 and 1, of the 82 frames that most fixtures hold. */
  async function describeFile(file: string): Promise<unknown> {
    const capture = await open(file);
    const timelines = [0, 1].map((seq) => bucketsOf(timelineOf(capture, seq)).map(({ start, count }) => [start, count]));
    return { counts: allCounts(capture), timelines };
  }

  for (const file of [
    "tshark40-quoted.csv",
    "tshark40-comma.csv",
    "tshark40-comma-plain.csv",
    "tshark40-quoted-full.csv",
    "tshark44-comma.csv",
    "excel-semicolon.csv",
    "columns-shuffled.csv",
  ]) {
    it(`reads ${file} as the same capture`, async () =>
      assert.deepEqual(await describeFile(file), await describeFile("doubled-quotes.csv")));
  }

  it("reads the numbers out of Wireshark's own export", async () => {
    const whole = new Map(allCounts(await open("doubled-quotes.csv")));
    for (const file of ["wireshark-export.csv", "wireshark-export-absolute.csv"]) {
      const capture = await open(file);
      for (const [seq, count] of allCounts(capture)) assert.ok(count <= whole.get(seq)!, `${file}: ${String(seq)}`);
      assert.ok(capture.summary.rows.tcp > 50);
    }
  });

  it("dates rows by another column when frame.time is broken or missing", async () => {
    for (const file of ["time-cut.csv", "time-epoch-only.csv", "time-relative-only.csv"]) {
      const capture = await open(file);
      assert.equal(capture.summary.rows.badTime, 0, file);
      assert.ok(timelineOf(capture, 1).counts.length > 0, file);
    }
  });

  it("says what is wrong with files that are no captures", async () => {
    for (const [file, code] of [
      ["empty.csv", "emptyFile"],
      ["no-tcp-seq.csv", "missingColumns"],
      ["not-csv.csv", "missingColumns"],
      ["not-packets.csv", "missingColumns"],
      ["tshark40-tab-noheader.tsv", "missingColumns"],
    ] as const)
      await assert.rejects(open(file), { code }, file);
  });

  it("counts the damage of ragged rows and reads the rest", async () => {
    const { rows } = (await open("ragged.csv")).summary;
    assert.ok(rows.missingCells > 0 && rows.extraCells > 0);
    assert.equal(rows.read, rows.tcp + rows.repeatedHeaders + rows.withoutSeq + rows.badSeq + rows.leftOut);
  });
});
