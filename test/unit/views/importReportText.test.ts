import assert from "node:assert/strict";
import "../../support/vscodeStub";
import { summary } from "../../support/captureStub";
import type { ProblemKind } from "../../../src/shared/model";
import { importReport } from "../../../src/views/importReportText";
import { problemText } from "../../../src/views/problemTexts";

describe("the import report", () => {
  it("says what was read", () => {
    const report = importReport(summary);
    assert.match(report, /^# Import report: `capture.csv`\n/);
    assert.match(report, /1\.2 MB were read in 1\.23 s\./);
    assert.match(report, /\| Rows read \| 1,000 \|/);
    assert.match(report, /\| Time span \| 2023-06-04 11:23:00\.466544000 – 12:52:00\.000000001 \|/);
    assert.match(report, /\| Time zone \| UTC-04:00 \|/);
    assert.match(report, /\| Completeness \| 1,000 of 2,000 frames, 50\.00 % \|/);
    assert.match(report, /None\. Every row was read\./);
  });

  it("counts each kind, says what it means and where it stands", () => {
    const report = importReport({
      ...summary,
      problems: [
        { kind: "leftOut", count: 1234, examples: [{ line: 12_345, byteOffset: 6_789_012 }] },
        { kind: "withoutSeq", count: 99, examples: [] },
      ],
    });
    assert.match(report, /\| ⚠️ Rows left out \| 1,234 \|\n\| Packets without a sequence number \| 99 \|/);
    assert.match(report, /### Rows left out: 1,234\n\nTheir cells/);
    assert.match(report, /\| 12,345 \| 6,789,012 \|/);
  });

  it("holds no text from the capture but the file name, and that as a code span", () => {
    const hostile = "[click](command:evil) <img src=x> | https://example.org";
    const report = importReport({
      ...summary,
      name: `${hostile}.csv`,
      labelField: hostile,
      time: summary.time && { ...summary.time, zone: { label: hostile, offsetMinutes: null } },
    });
    assert.equal(report.split(hostile).length, 2);
    assert.ok(report.startsWith(`# Import report: \`${hostile}.csv\`\n`));
  });

  it("has words for every kind", () => {
    const kinds: Record<ProblemKind, true> = {
      leftOut: true,
      cutOffLastLine: true,
      badSeq: true,
      badTime: true,
      missingCells: true,
      lostPrecision: true,
      badNumber: true,
      extraCellsRepaired: true,
      brokenQuotes: true,
      timeFallback: true,
      multipleValues: true,
      repeatedHeader: true,
      withoutSeq: true,
    };
    const titles = (Object.keys(kinds) as ProblemKind[]).map((kind) => problemText(kind).title);
    assert.equal(new Set(titles).size, titles.length);
  });
});
