/** The import report: its words, and the read-only document that VS Code shows. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { commands, reportScheme } from "../../src/ids";
import { AnalysisError } from "../../src/shared/errors";
import type { CaptureSummary, ProblemKind } from "../../src/shared/model";
import { importReport } from "../../src/views/importReportText";
import { problemText } from "../../src/views/problemTexts";
import { activateExtension, allTabs, closeEverything, execute, until, useTempFolder, workspaceFile } from "./support";

/** Faultless. */
const summary: CaptureSummary = {
  name: "capture.csv",
  bytes: 1_234_567,
  compression: null,
  part: null,
  rows: {
    read: 1000,
    tcp: 900,
    repeatedHeaders: 1,
    withoutSeq: 99,
    badSeq: 0,
    leftOut: 0,
    outsideRange: 0,
    badTime: 0,
    extraCells: 0,
    missingCells: 0,
  },
  time: {
    first: { seconds: 1_685_877_780, nanos: 466_544_000 },
    last: { seconds: 1_685_883_120, nanos: 1 },
    zone: { label: "EDT", offsetMinutes: -240 },
    zoneCount: 1,
    isUtcKnown: true,
    isRelative: false,
    source: "frame.time",
  },
  distinct: 120,
  seqField: "tcp.seq",
  labelField: "alert",
  completeness: { frames: 1000, span: 2000, share: 0.5 },
  reader: { kind: "simd", threads: 2 },
  problems: [],
  isComplete: true,
  elapsedMs: 1234,
};

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

  it("names the part of the file that was read, and what is outside of it", () => {
    assert.match(importReport({ ...summary, part: { kind: "rows", rows: 5000 } }), /\| Only a part \| first 5,000 rows of the file \|/);
    const part = { kind: "time", from: { seconds: 1_685_877_780, nanos: 0 }, to: { seconds: 1_685_881_380, nanos: 0 } } as const;
    const report = importReport({ ...summary, part, rows: { ...summary.rows, outsideRange: 1234 } });
    assert.match(report, /\| Only a part \| 2023-06-04 11:23:00 to before 2023-06-04 12:23:00; 1,234 packets outside \|/);
  });

  it("counts each kind, says what it means and where it stands", () => {
    const report = importReport({
      ...summary,
      reader: { kind: "simd", threads: 2 },
      problems: [
        { kind: "leftOut", count: 1234, examples: [{ line: 12_345, byteOffset: 6_789_012 }] },
        { kind: "withoutSeq", count: 99, examples: [] },
      ],
    });
    assert.match(report, /\| ⚠️ Rows left out \| 1,234 \|\n\| No sequence number \| 99 \|/);
    assert.match(report, /### Rows left out: 1,234\n\nTheir cells/);
    assert.match(report, /\| 12,345 \| 6,789,012 \|/);
  });

  it("says while columns are read that completeness and problems come later", () => {
    const reading = { ...summary, isComplete: false, completeness: null };
    const report = importReport(reading);
    assert.match(report, /\| Completeness \| reading… \|/);
    assert.match(report, /The other columns are still being read\./);
    assert.doesNotMatch(report, /None\. Every row was read\./);
    const problems = [{ kind: "withoutSeq", count: 99, examples: [] }] as const;
    assert.match(importReport({ ...reading, problems }), /still being read\.[^#]*\| No sequence number \| 99 \|/);
    assert.doesNotMatch(importReport(summary), /reading…|being read/);
  });

  it("says why the other columns could not be read, the name in code", () => {
    const reading = { ...summary, name: "[x](y).csv", isComplete: false, completeness: null };
    const report = importReport(reading, new AnalysisError("fileChanged", ""));
    assert.match(report, /\| Completeness \| unknown \|/);
    assert.match(report, /\*\*Other columns not read\.\*\* `\[x\]\(y\)\.csv` changed while it was read\./);
    assert.doesNotMatch(report, /being read|None\. Every row/);
  });

  it("says of a compressed file how large its text is, and that places are in it", () => {
    const problems = [{ kind: "compressionCutOff", count: 1, examples: [{ line: 5001, byteOffset: 9_876_543 }] }] as const;
    const report = importReport({ ...summary, compression: { kind: "gzip", bytes: 9_876_543 }, problems });
    assert.match(report, /1\.2 MB, compressed with gzip, were read in 1\.23 s: 9\.9 MB of text\./);
    assert.match(report, /\| ⚠️ Compressed file breaks off \| 1 \|/);
    assert.match(report, /Lines and byte offsets are those of the decompressed text\./);
    assert.match(report, /\| 5,001 \| 9,876,543 \|/);
    assert.doesNotMatch(importReport(summary), /compressed/);
    assert.doesNotMatch(importReport({ ...summary, problems }), /decompressed text/);
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
      compressionCutOff: true,
      compressionDamaged: true,
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
      trailingBytes: true,
    };
    const titles = (Object.keys(kinds) as ProblemKind[]).map((kind) => problemText(kind).title);
    assert.equal(new Set(titles).size, titles.length);
  });
});

describe("the document of an import report", () => {
  const temp = useTempFolder();
  before(activateExtension);
  afterEach(closeEverything);

  const reportOf = (uri: vscode.Uri): vscode.Uri => vscode.Uri.from({ scheme: reportScheme, path: "/report.md", query: uri.toString() });
  const read = async (uri: vscode.Uri): Promise<string> => new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));

  it("is read through the file system of the extension", async () => {
    const uri = workspaceFile("capture.csv");
    await execute(commands.analyze, uri);
    await (await activateExtension()).captures.get(uri.toString())?.complete;
    const report = reportOf(uri);
    const text = await read(report);
    assert.match(text, /^# Import report: `capture\.csv`\n/);
    assert.match(text, /\| Rows read \| 8 \|/);
    assert.match(text, /\| Unreadable sequence number \| 1 \|/);
    assert.match(text, /### Unreadable sequence numbers: 1\n/);
    // Line 9 of the file; the offset is that of its first byte.
    const lines = (await read(uri)).split("\n");
    const offset = lines.slice(0, 8).join("\n").length + 1;
    assert.ok(text.includes(`| 9 | ${String(offset)} |`), text);
    assert.equal((await vscode.workspace.fs.stat(report)).size, new TextEncoder().encode(text).length);
  });

  it("opens in the Markdown preview, named after the capture", async () => {
    const uri = workspaceFile("capture.csv");
    await execute(commands.analyze, uri);
    await execute(commands.openReport, { key: uri.toString() });
    const tab = await until("its tab is shown", () => allTabs().find(({ label }) => label.includes("capture.csv – Import Report")));
    assert.ok(tab.input instanceof vscode.TabInputWebview);
    assert.match(tab.input.viewType, /markdown\.preview$/);
  });

  it("follows its capture: analysed again, closed, opened again", async () => {
    const uri = temp.write("followed.csv", "tcp.seq\n1\n");
    await execute(commands.analyze, uri);
    await execute(commands.openReport);
    // The preview has the document open already, under the name it was given.
    const document = await until("the document is open", () =>
      vscode.workspace.textDocuments.find((each) => each.uri.scheme === reportScheme && each.uri.query === uri.toString()),
    );
    const says = (line: RegExp): Promise<true> => until(`the report says ${String(line)}`, () => line.test(document.getText()));
    await says(/\| Rows read \| 1 \|/);
    temp.write("followed.csv", "tcp.seq\n1\n2\n");
    await execute(commands.analyzeAgain);
    await says(/\| Rows read \| 2 \|/);
    await execute(commands.closeCapture);
    await says(/This capture is not open any more\. Analyze it again to see its report\./);
    await execute(commands.analyze, uri);
    await says(/\| Rows read \| 2 \|/);
  });

  it("cannot be written, renamed or deleted", async () => {
    const report = reportOf(workspaceFile("capture.csv"));
    const { fs } = vscode.workspace;
    await assert.rejects(async () => fs.writeFile(report, new Uint8Array()));
    await assert.rejects(async () => fs.delete(report));
    await assert.rejects(async () => fs.rename(report, report.with({ path: "/other.md" })));
    await assert.rejects(async () => fs.createDirectory(report.with({ path: "/folder" })));
  });
});
