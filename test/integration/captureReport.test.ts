/** Create Report: the document that opens, and what becomes of text of a capture in it. */
import assert from "node:assert/strict";
import fs from "node:fs";
import * as vscode from "vscode";
import { commands } from "../../src/ids";
import type { BurstDetails } from "../../src/shared/bursts";
import type { CaptureSummary, SequenceDetails, Timeline } from "../../src/shared/model";
import { captureReport, MAX_FINDINGS, type ReportContent } from "../../src/views/captureReportText";
import { DESCRIPTIONS, makeFinding, makeReport } from "../support/findings";
import { activateExtension, burstCsv, closeEverything, execute, until, useTempFolder } from "./support";

/** What would do something if it were taken for Markdown, HTML or a link. */
const NASTY = "a|b](command:tcpSeq.closeCapture)<img src=x onerror=alert(1)>`x` # y https://evil.example";
const isInert = (text: string): void => {
  assert.ok(!text.includes("](command:"), "a command link");
  assert.ok(!/(^|[^\\])<img/.test(text), "HTML");
  assert.ok(!text.includes("https://evil"), "a link");
  assert.ok(!text.includes("a|b"), "a cell of its own");
};

const summary: CaptureSummary = {
  name: "capture.csv",
  bytes: 1_234_567,
  compression: null,
  part: null,
  rows: {
    ...{ read: 1000, tcp: 900, repeatedHeaders: 0, withoutSeq: 100, badSeq: 0, leftOut: 0 },
    ...{ outsideRange: 0, badTime: 0, extraCells: 0, missingCells: 0 },
  },
  time: {
    first: { seconds: 1_685_877_780, nanos: 466_544_000 },
    last: { seconds: 1_685_883_120, nanos: 1 },
    zone: { label: "EDT", offsetMinutes: -240 },
    ...{ zoneCount: 1, isUtcKnown: true, isRelative: false, source: "frame.time" },
  },
  ...{ distinct: 120, seqField: "tcp.seq", labelField: "alert" },
  completeness: { frames: 1000, span: 2000, share: 0.5 },
  ...{ reader: { kind: "simd", threads: 2 }, problems: [], isComplete: true, elapsedMs: 1234 },
};
const number: SequenceDetails = {
  ...{ seq: 1, count: 7, share: 7 / 900, first: { seconds: 1_685_877_780, nanos: 0 }, last: null, streams: 2 },
  labels: [
    { label: "benign", count: 5 },
    { label: null, count: 2 },
  ],
};
const timeline: Timeline = {
  ...{ seq: 1, clock: "capture", bucketSeconds: 60, requestedBucketSeconds: null, startSec: 1_685_877_780, bucketCount: 3, index: null },
  counts: Uint32Array.of(1, 4, 2),
  labels: Int32Array.of(-1, -1, -1),
  ...{ labelNames: [], protocols: Int32Array.of(-1, -1, -1), protocolNames: [], undated: 0 },
};
/** From 11:24 to 11:26, most at 11:24. */
const burst: BurstDetails = {
  ...{ startSec: 1_685_877_840, endSec: 1_685_877_960, peakSec: 1_685_877_840, peakCount: 40, count: 62 },
  ...{ baseline: 1.5, ratio: 40 / 1.5, strength: 12.5, sourceCount: 4 },
  labels: [
    { label: "benign", count: 60 },
    { label: null, count: 2 },
  ],
  sources: [30, 20, 10, 2].map((count, i) => ({ address: `10.0.0.${i + 1}`, count })),
};
const contentOf = (changes: Partial<ReportContent> = {}): ReportContent => ({
  tool: { name: "TCP Seq Analyzer", version: "1.2.3" },
  summary,
  numbers: [number],
  timelines: [{ timeline, bursts: [] }],
  bursts: { numbers: [], total: 0 },
  findings: { report: makeReport({ findings: [makeFinding()] }), detectors: DESCRIPTIONS, thresholds: { "port-scan.minPorts": 20 } },
  ...changes,
});

describe("the text of a report", () => {
  it("says what was read, which numbers are frequent, and how one of them spreads over time", () => {
    const text = captureReport(contentOf());
    assert.match(text, /^# Report: `capture\.csv`\n/);
    assert.match(text, /\| TCP packets counted \| 900 \|/);
    assert.match(text, /\| Completeness \| 1,000 of 2,000 frames, 50\.00 % \|/);
    assert.match(text, /\| Findings \| Warning: 1 \|/);
    assert.match(text, /\| 1 \| 7 \| 0\.78 % \| 2023.*EDT \| – \| benign 5, no label 2 \|/);
    assert.match(text, /119 more numbers/);
    assert.match(
      text,
      /7 packets from 2023-06-04 11:23:00 to 2023-06-04 11:26:00; the fullest 1 min begin at 2023-06-04 11:24:00, with 4 packets\./,
    );
    assert.match(text, /\| 2023-06-04 11:24:00 \| 4 \|\n\| 2023-06-04 11:25:00 \| 2 \|\n\| 2023-06-04 11:23:00 \| 1 \|/);
  });

  it("has its pictures as data at the end, each with its words", () => {
    const text = captureReport(contentOf());
    const [, alt = "", id = ""] = /!\[(.+)\]\[(.+)\]/.exec(text) ?? [];
    assert.match(alt, /7 packets from/);
    const svg = new RegExp(`\\n\\[${id}\\]: data:image/svg\\+xml;base64,([\\w+/=]+)\\n$`).exec(text)?.[1] ?? "";
    assert.match(Buffer.from(svg, "base64").toString("utf8"), /^<svg .*<\/svg>$/);
  });

  it("lists bursts, strongest number first, with what is behind them, and says how many it leaves out", () => {
    const weaker = { ...burst, count: 10, peakCount: 10, labels: [], sources: [], sourceCount: 0 };
    const numbers = [
      { seq: 7, bucketSeconds: 60, bursts: [burst, weaker, weaker, weaker, weaker] },
      { seq: 1, bucketSeconds: 60, bursts: [weaker] },
    ];
    const [, section = ""] = captureReport(contentOf({ bursts: { numbers, total: 5 } })).split("\n## Bursts\n");
    const rows = section.split("\n").filter((line) => /^\| \d/.test(line));
    const times = "2023-06-04 11:24:00 | 2023-06-04 11:26:00";
    const sources = "10\\.0\\.0\\.1 (30), 10\\.0\\.0\\.2 (20), 10\\.0\\.0\\.3 (10) and 1 more";
    const strong = `| 7 | ${times} | 40 at 2023-06-04 11:24:00 | 27 | 62 | benign 60, no label 2 | ${sources} |`;
    const weak = (seq: number) => `| ${seq} | ${times} | 10 at 2023-06-04 11:24:00 | 27 | 10 | – | – |`;
    assert.deepEqual(rows.slice(0, 4), [strong, weak(7), weak(7), weak(1)]);
    assert.match(section, /usually does, here in buckets of 1 min\./);
    assert.match(section, /\| `tcp\.seq` \| From \| To \| Peak \| × baseline \| Packets \| Labels \| Top sources \|/);
    assert.match(section, /not listed: 2\./);
    assert.match(section, /none of them stronger: 3\./);
  });

  it("marks the bursts of a number in its picture, and says what the marks are", () => {
    const textOf = (bursts: readonly BurstDetails[]) => captureReport(contentOf({ timelines: [{ timeline, bursts }] }));
    const barsOf = (text: string) => {
      const svg = /base64,([\w+/=]+)\n$/.exec(text)?.[1] ?? "";
      return (
        Buffer.from(svg, "base64")
          .toString("utf8")
          .match(/height="4"/g)?.length ?? 0
      );
    };
    assert.deepEqual([barsOf(textOf([])), barsOf(textOf([burst]))], [0, 1]);
    assert.ok(!textOf([]).includes("Dark bars"));
    assert.match(textOf([burst]), /with 4 packets\. Dark bars above the line are its bursts\.\n/);
  });

  it("says so where there are no bursts, and where there are no times to look for them in", () => {
    assert.match(captureReport(contentOf()), /\n## Bursts\n\nNo number stands out from its own baseline\.\n/);
    const timeless = captureReport(contentOf({ summary: { ...summary, time: null }, timelines: [] }));
    assert.match(timeless, /\n## Bursts\n\nWithout times there are no bursts to look for\.\n/);
  });

  it("tells findings worst first as they come, with evidence and the thresholds that were in force", () => {
    const text = captureReport(contentOf());
    assert.match(text, /### Warning: 10\\\.0\\\.0\\\.5 tried 40 ports/);
    assert.match(text, /\| Evidence \| says most \(frame 4, row 3\) · first \(frame 3, row 2\) \|/);
    assert.match(text, /\| `port-scan\.minPorts` \| 20 \| ports \|/); // set by hand
    assert.match(text, /\| `port-scan\.windowS` \| 300 \| s \|/); // of the preset
    assert.ok(!text.includes("syn-flood."), "thresholds of questions without findings");
  });

  it("says how many findings are not told, what was not answered, and how labels agree", () => {
    const findings = Array.from({ length: MAX_FINDINGS + 2 }, (_, i) => makeFinding({ id: String(i) }));
    const notRun = [{ detector: "syn-flood", reason: "The file has no flags.", tshark: "-e tcp.flags" }] as const;
    const labels = { field: "alert", inFindings: 10, suspiciousInFindings: 5, suspicious: 20 };
    const report = makeReport({ findings, notRun, labels, caveats: ["Half of the frames are missing."] });
    const text = captureReport(contentOf({ findings: { report, detectors: DESCRIPTIONS, thresholds: {} } }));
    assert.equal(text.match(/^### Warning: /gm)?.length, MAX_FINDINGS);
    assert.match(text, /2 more findings are in the view Findings\./);
    assert.match(text, /\| SYN floods \| The file has no flags\\\. \| `-e tcp\.flags` \|/);
    assert.match(text, /Of the packets in findings, 50 % are labelled suspicious; of the suspicious, 25 % are in findings/);
    assert.match(text, /⚠️ Half of the frames are missing/);
  });

  it("says why there are no findings, no times and no numbers", () => {
    const text = captureReport(
      contentOf({ findings: "Disk gone.", summary: { ...summary, time: null, completeness: null }, numbers: [], timelines: [] }),
    );
    assert.match(text, /## Findings\n\nDisk gone\\\.\n$/);
    assert.match(text, /\| Time span \| no readable times \|/);
    assert.match(text, /The capture has no packets with a sequence number\./);
    assert.ok(!text.includes("data:image"));
  });

  it("says so where nothing stands out", () => {
    const text = captureReport(contentOf({ findings: { report: makeReport(), detectors: DESCRIPTIONS, thresholds: {} } }));
    assert.match(text, /\nNothing stands out\n/);
    assert.match(text, /\| Findings \| none \|/);
  });

  it("takes text of the capture for text, wherever it stands", () => {
    const finding = makeFinding({ title: NASTY, explanation: NASTY, source: NASTY, target: NASTY });
    const notRun = [{ detector: "syn-flood", reason: NASTY, tshark: "-e tcp.flags" }] as const;
    const labels = { field: NASTY, inFindings: 1, suspiciousInFindings: 1, suspicious: 1 };
    const report = makeReport({ findings: [finding], caveats: [NASTY], notRun, labels });
    const zone = { label: NASTY, offsetMinutes: null };
    isInert(
      captureReport(
        contentOf({
          summary: { ...summary, labelField: NASTY, time: summary.time && { ...summary.time, zone } },
          numbers: [{ ...number, labels: [{ label: NASTY, count: 1 }] }],
          bursts: {
            numbers: [
              {
                ...{ seq: 1, bucketSeconds: 60 },
                bursts: [{ ...burst, labels: [{ label: NASTY, count: 1 }], sources: [{ address: NASTY, count: 1 }], sourceCount: 1 }],
              },
            ],
            total: 1,
          },
          findings: { report, detectors: DESCRIPTIONS, thresholds: {} },
        }),
      ),
    );
  });
});

describe("Create Report", () => {
  const folder = useTempFolder();
  const untitled = (): vscode.TextDocument[] => vscode.workspace.textDocuments.filter(({ isUntitled }) => isUntitled);

  afterEach(closeEverything);

  it("opens a Markdown document that nobody has saved, of the whole capture whatever is filtered", async () => {
    const { captures, findings } = await activateExtension();
    await execute(commands.openSample);
    await execute(commands.createReport);
    const document = vscode.window.activeTextEditor?.document ?? untitled()[0];
    assert.ok(document?.isUntitled);
    assert.equal(document.languageId, "markdown");
    const text = document.getText();
    const [open] = captures.list();
    const [top] = (await open?.capture.listSequences({ order: "count", from: 0, count: 1 })) ?? [];
    assert.ok(text.includes(`\n| ${top?.seq} | ${top?.count.toLocaleString("en-US")} |`), text.slice(0, 2000));
    const report = await findings.get(open?.key ?? "");
    assert.equal(text.match(/^### (Error|Warning|Note|Chat): /gm)?.length ?? 0, Math.min(MAX_FINDINGS, report?.findings.length ?? 0));
    assert.equal(text.match(/^\[timeline-\d\]: data:image\/svg\+xml;base64,/gm)?.length, 3);
  });

  it("has the strongest bursts of the capture, whatever is filtered", async () => {
    const { captures, focus } = await activateExtension();
    const file = folder.write("bursts.csv", burstCsv());
    const key = file.toString();
    await execute(commands.analyze, file);
    await focus.set(key, { filter: "tcp.seq == 7", range: null });
    await execute(commands.createReport, { key });
    const isReport = (document: vscode.TextDocument) => document.getText().startsWith("# Report: `bursts.csv`");
    await until("the report is there", () => untitled().some(isReport));
    const text = untitled().find(isReport)?.getText() ?? "";
    const row = "| 1 | 2023-06-04 11:25:00 | 2023-06-04 11:26:00 | 60 at 2023-06-04 11:25:00 | 30 | 60 | rare 58, usual 2 |";
    assert.ok(text.includes(`\n${row}\n`), text.slice(0, 3000));
    assert.equal(text.match(/Dark bars above the line are its bursts\./g)?.length, 1);
    assert.equal(await captures.get(key)?.findBursts({ filter: "", range: null }), 1);
  });

  it("writes nothing to the disk", async () => {
    const file = folder.write("of my own.csv", "tcp.seq,alert\n1,benign\n1,benign\n2,\n");
    const before = fs.readdirSync(folder.path);
    await execute(commands.analyze, file);
    await execute(commands.createReport);
    await until("the report is there", () => untitled().some((document) => document.getText().includes("of my own.csv")));
    assert.deepEqual(fs.readdirSync(folder.path), before);
  });

  it("is made of the capture it is asked for", async () => {
    const [one, other] = ["one.csv", "other.csv"].map((name) => folder.write(name, `tcp.seq\n${name.length}\n`));
    await execute(commands.analyze, one);
    await execute(commands.analyze, other);
    await execute(commands.createReport, { key: one?.toString() });
    await until("the report is there", () => untitled().some((document) => document.getText().startsWith("# Report: `one.csv`")));
  });
});
