/** The views and what can be done in them: welcome content, finding, sorting, copying, several captures, problems, hostile text. */
import assert from "node:assert/strict";
import type { Frame } from "playwright-core";
import { naiveBursts } from "../support/naiveBursts";
import { until, type Workbench, type TreeRow } from "./harness";
import {
  allowClipboard,
  ANALYZE,
  CAPTURE,
  CONTAINER,
  fixture,
  grouped,
  makeWorkspace,
  NUMBERS,
  openWindow,
  percent,
  readClipboard,
  readExpected,
  readSample,
  SAMPLE,
  whenNumbersListed,
  withoutBurst,
} from "./support";
import { TimelinePanel } from "./timelinePanel";

const expected = readExpected("sample");
const sampleRows = readSample();
const repeated = readExpected("header-repeated");
const plain = readExpected("doubled-quotes");
const hostile = readExpected("hostile");
/** A file's name is text from outside as well. */
const HOSTILE = "[quit](command:workbench.action.quit) <img src=x onerror=alert(1)>.csv";

/** Numbers listed at a time: after Show more, as many as the notebook knows. */
const PAGE = expected.top.length / 2;

const isNumber = ({ level }: TreeRow): boolean => level === 2;
const describeCapture = ({ rowsTcp, distinct }: { rowsTcp: number; distinct: number }): string =>
  `${grouped(rowsTcp)} packets, ${grouped(distinct)} numbers`;

const [{ seq: hostileSeq, buckets: hostileBuckets }] = hostile.timelines;
const evil = hostileBuckets.map(({ alert }) => alert).find((alert) => alert.includes("<")) ?? "";
/** Elements that nothing but text of the capture could have made. */
const MADE_OF_TEXT = 'img, b, a[href^="command:"], a[href^="javascript:"]';

describe("The views", () => {
  let workbench: Workbench;
  const dialogs: string[] = [];
  const files = makeWorkspace({
    "sample.csv": { copyOf: SAMPLE },
    "header-repeated.csv": { copyOf: fixture("header-repeated.csv") },
    "plain.csv": { copyOf: fixture("doubled-quotes.csv") },
    [HOSTILE]: { copyOf: fixture("hostile.csv") },
  });

  before(async () => {
    workbench = await openWindow(files.dir, { settings: { "tcpSeq.topCount": PAGE } });
    await allowClipboard(workbench.page);
    workbench.page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
  });
  after(async () => {
    await workbench?.close();
    files.remove();
  });
  afterEach(function () {
    return workbench?.screenshotIfFailed(this.currentTest);
  });

  const describeCount = ({ count }: { count: number }): string => `${grouped(count)} · ${percent(count, expected.rowsTcp)}`;
  /** What is said of each number of a list that ends with Show more. */
  const countsOf = (rows: TreeRow[]): string[] => rows.slice(0, -1).map(({ description }) => withoutBurst(description));

  /** All rows of a capture's numbers, the root not among them. */
  const numbers = async (): Promise<TreeRow[]> => (await workbench.whenTreeRows(NUMBERS, (rows) => rows.some(isNumber))).filter(isNumber);

  /** The frame of the Markdown preview with this heading. */
  const reportOf = (name: string): Promise<Frame> =>
    until(
      async () => {
        const frame = await workbench.webviewFrame();
        const headings = await frame
          .locator("h1")
          .allTextContents()
          .catch(() => []); // the page may be replaced at any moment
        return headings.some((text) => text.trim() === `Import report: ${name}`) ? frame : undefined;
      },
      () => `The import report of ${name} does not open.`,
    );

  it("offer the sample capture while there is nothing to list", async () => {
    await workbench.openViewContainer(CONTAINER);
    await workbench.whenViewText(NUMBERS, (text) => text.includes("right-click a file in the Explorer and choose Analyze TCP Seq"));
    await workbench.clickViewLink(NUMBERS, "Open the sample capture");
    await whenNumbersListed(workbench);
    const root = await workbench.whenTreeRow(NUMBERS, ({ level }) => level === 1);
    assert.deepEqual([root.label, root.description], ["sample.csv", describeCapture(expected)]);
  });

  it("list more numbers on Show more", async () => {
    const first = await numbers();
    assert.equal(first.length, PAGE + 1);
    const last = first[PAGE];
    assert.deepEqual([last.label, last.description], ["Show more", `${grouped(expected.distinct - PAGE)} more`]);
    await workbench.clickTreeRow(NUMBERS, "Show more");
    const rows = (await workbench.whenTreeRows(NUMBERS, (all) => all.filter(isNumber).length > first.length)).filter(isNumber);
    assert.equal(rows.length, 2 * PAGE + 1);
    assert.equal(rows[2 * PAGE].description, `${grouped(expected.distinct - 2 * PAGE)} more`);
    assert.deepEqual(
      rows.slice(0, PAGE).map(({ label }) => label),
      first.slice(0, -1).map(({ label }) => label),
    );
    assert.deepEqual(countsOf(rows), expected.top.map(describeCount));
  });

  it("sort by number and back by count", async () => {
    await workbench.clickViewAction(NUMBERS, "Sort by Number");
    const values = (rows: TreeRow[]) =>
      rows
        .filter(isNumber)
        .slice(0, -1)
        .map(({ label }) => Number(label));
    const isAscending = (list: number[]) => list.every((value, i) => i === 0 || value > list[i - 1]);
    const ascending = values(await workbench.whenTreeRows(NUMBERS, (rows) => isAscending(values(rows))));
    assert.ok(ascending.length > 1);
    await workbench.clickViewAction(NUMBERS, "Sort by Count");
    const rows = await workbench.whenTreeRows(NUMBERS, (all) => !isAscending(values(all)));
    assert.deepEqual(countsOf(rows.filter(isNumber)), expected.top.slice(0, PAGE).map(describeCount));
  });

  it("sort by burst, the strongest first, and say when and how far each stood out", async () => {
    await workbench.runCommand(`${CONTAINER}: Sort by Burst`);
    const isMarked = ({ description }: TreeRow): boolean => / · ▲ [\d.,]+× at \d\d:\d\d/.test(description);
    const rows = await workbench.whenTreeRows(NUMBERS, (all) => all.filter(isNumber).slice(0, 2).every(isMarked));
    const listed = rows.filter(isNumber).slice(0, PAGE);
    const marked = listed.filter(isMarked);
    assert.deepEqual(listed.slice(0, marked.length), marked, "those without a burst come last");
    const packets = sampleRows.flatMap((row) =>
      row["tcp.seq"] === "" ? [] : { seq: Number(row["tcp.seq"]), time: Math.floor(Number(row["frame.time_epoch"])) },
    );
    const strengthOf = (seq: number): number => naiveBursts(packets, seq)[0]?.strength ?? -Infinity;
    const strengths = marked.map(({ label }) => strengthOf(Number(label)));
    assert.deepEqual(
      strengths,
      [...strengths].sort((a, b) => b - a),
    );
    for (const { seq } of expected.top)
      assert.ok(listed.some(({ label }) => label === String(seq)) || strengthOf(seq) <= strengths[strengths.length - 1], String(seq));
    await workbench.runCommand(`${CONTAINER}: Sort by Count`);
    await workbench.whenTreeRows(NUMBERS, (all) => all.find(isNumber)?.label === String(expected.top[0].seq));
  });

  it("find a number that is typed, and say so when it does not occur", async () => {
    const { seq, count } = expected.top[6];
    await workbench.clickViewAction(NUMBERS, "Find Sequence Number");
    const input = workbench.quickInput.locator("input");
    const message = workbench.quickInput.locator(".quick-input-message");
    await input.fill("4294967295");
    await message.filter({ hasText: "4294967295 does not occur in sample.csv." }).waitFor();
    await input.fill("many");
    await message.filter({ hasText: "A sequence number is a whole number from 0 to 4,294,967,295" }).waitFor();
    await input.fill(`0x${seq.toString(16).toUpperCase()}`);
    await message.filter({ hasText: `${grouped(count)} packets, ${percent(count, expected.rowsTcp)}` }).waitFor();
    await workbench.page.keyboard.press("Enter");
    const panel = await TimelinePanel.shown(workbench, `Number ${seq} `);
    assert.ok((await panel.chartName()).includes(`${grouped(count)} packets from `));
  });

  it("copy a number and a filter for Wireshark", async () => {
    const { seq } = expected.top[2];
    const whenCopied = (text: string) =>
      until(
        async () => (await readClipboard(workbench.page)) === text,
        () => `"${text}" does not come to the clipboard.`,
      );
    await workbench.clickTreeRowMenuEntry(NUMBERS, String(seq), "Copy Wireshark Filter");
    await whenCopied(`tcp.seq == ${seq}`);
    await workbench.clickTreeRowMenuEntry(NUMBERS, String(seq), "Copy Sequence Number");
    await whenCopied(String(seq));
  });

  it("open a second chart to the side", async () => {
    const { seq } = expected.top[1];
    await workbench.clickTreeRowMenuEntry(NUMBERS, String(seq), "Open Timeline to the Side");
    await until(
      // The third is the side bar's filter.
      async () => (await workbench.page.locator("iframe.webview.ready:visible").count()) === 3,
      () => "There are not two charts.",
    );
    const titles = [expected.top[6], expected.top[1]].map((each) => `Seq ${each.seq} — sample.csv`);
    assert.deepEqual(await workbench.editorTitles(), titles);
    const [left, right] = await workbench.page.locator(".part.editor .editor-group-container").all();
    assert.ok(((await left.boundingBox())?.x ?? 0) < ((await right.boundingBox())?.x ?? 0));
    await workbench.runCommand("View: Close Editor");
    await TimelinePanel.shown(workbench, `Number ${expected.top[6].seq} `);
  });

  it("forget a capture that is closed, and its chart says so", async () => {
    await workbench.clickTreeRowMenuEntry(NUMBERS, "sample.csv", "Close Capture");
    await workbench.whenTreeRows(NUMBERS, (rows) => rows.length === 0);
    await workbench.whenViewText(NUMBERS, (text) => text.includes("Open the sample capture"));
    const frame = await workbench.webviewFrame();
    await frame.locator("#status", { hasText: "The capture “sample.csv” has been closed." }).waitFor();
    await workbench.runCommand("View: Close All Editors");
  });

  it("list each of several files that were selected in the Explorer", async () => {
    const names = ["header-repeated.csv", "plain.csv", HOSTILE];
    await workbench.selectInExplorer(names);
    const row = workbench.page.locator(".explorer-folders-view .monaco-list-row", { hasText: "plain.csv" });
    await row.click({ button: "right" });
    await workbench.clickMenuEntry(ANALYZE);
    await workbench.openViewContainer(CONTAINER);
    const rows = await workbench.whenTreeRows(NUMBERS, (all) => all.filter(({ level }) => level === 1).length === names.length);
    const roots = rows.filter(({ level }) => level === 1).map(({ label, description }) => `${label}: ${description}`);
    const answers = [repeated, plain, hostile].map((each, i) => `${names[i]}: ${describeCapture(each)}`);
    assert.deepEqual(roots.sort(), answers.sort());
  });

  it("show what was wrong with a file, and explain it in the report", async () => {
    const headers = repeated.rows - plain.rows; // the same frames, and as the notebook reads them, the header lines
    const row = await workbench.whenTreeRow(CAPTURE, ({ label }) => label === "Repeated header lines");
    assert.equal(row.description, grouped(headers));
    await workbench.clickTreeRow(CAPTURE, "Repeated header lines");
    const report = await reportOf("header-repeated.csv");
    const cells = await report.locator("tr").evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
    assert.ok(cells.some(([what, count]) => what === "TCP packets counted" && count === grouped(repeated.rowsTcp)));
    assert.ok(cells.some(([what, count]) => what === "Repeated header lines" && count === grouped(headers)));
    await workbench.runCommand("View: Close All Editors");
  });

  it("show hostile text of a capture as it is written in the tooltip of a number", async () => {
    await workbench.clickTreeRowMenuEntry(NUMBERS, "plain.csv", "Close Capture");
    await workbench.clickTreeRowMenuEntry(NUMBERS, "header-repeated.csv", "Close Capture");
    await workbench.whenTreeRows(NUMBERS, (rows) => rows.filter(({ level }) => level === 1).length === 1);
    assert.ok(evil);
    const tooltip = await workbench.treeRowTooltip(NUMBERS, String(hostileSeq));
    assert.ok(tooltip.includes(`${evil}: `), tooltip);
    const [root] = await workbench.treeRows(NUMBERS);
    assert.equal(root.label, HOSTILE);
    assert.ok((await workbench.treeRowTooltip(NUMBERS, HOSTILE)).includes(HOSTILE));
    assert.equal(await workbench.page.locator(`.pane :is(${MADE_OF_TEXT})`).count(), 0);
  });

  it("show hostile text as it is written in the chart and its table", async () => {
    await workbench.clickTreeRow(NUMBERS, String(hostileSeq));
    const panel = await TimelinePanel.shown(workbench, `Number ${hostileSeq} `);
    await panel.choose("bucket-select", "1 min");
    assert.deepEqual(
      (await panel.tableRows()).map(({ Packets, alert, Protocols }) => [Packets, alert, Protocols]),
      hostileBuckets.map(({ count, alert, protocols }) => [grouped(count), alert, protocols]),
    );
    assert.ok((await panel.pointAt("Time: ")).includes(`alert: ${evil}`));
    assert.equal(await panel.frame.locator(MADE_OF_TEXT).count(), 0);
  });

  it("show a hostile file name as text in the report", async () => {
    await workbench.clickTreeRowMenuEntry(NUMBERS, HOSTILE, "Open Import Report");
    const report = await reportOf(HOSTILE);
    assert.equal(await report.locator("h1 code").textContent(), HOSTILE);
    assert.equal(await report.locator(`.markdown-body :is(${MADE_OF_TEXT})`).count(), 0);
  });

  it("open no dialog for all that", () => assert.deepEqual(dialogs, []));

  it("report no error meanwhile", () => workbench.assertNoErrors());
});
