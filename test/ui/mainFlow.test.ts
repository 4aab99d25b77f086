/** From a file in the Explorer to its charts: what everybody does with the extension, with mouse and keyboard. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { until, type Workbench } from "./harness";
import {
  ANALYZE,
  assertReadByKernel,
  CAPTURE,
  CONTAINER,
  grouped,
  makeLargeFile,
  makeWorkspace,
  NUMBERS,
  openWindow,
  percent,
  readExpected,
  readSample,
  SAMPLE,
  whenNumbersListed,
  withoutBurst,
} from "./support";
import { TimelinePanel } from "./timelinePanel";

const expected = readExpected("sample");
const sampleRows = readSample();
const [mostFrequent, second] = expected.top;
const minutes = expected.timelines.find((each) => each.seq === mostFrequent.seq && each.bucketSeconds === 60)?.buckets ?? [];
/** As the file prints it: `Jun  4, 2024 09:14:20.340503000 EDT`. */
const zone = /\d\.\d{9} ([A-Z]+)"/.exec(fs.readFileSync(SAMPLE, "utf8"))?.[1] ?? "";
/** US Eastern daylight time is four hours behind UTC. */
const toUtc = (start: string): string => new Date(`${start}-04:00`).toISOString().slice(0, 19).replace("T", " ");

describe("From the Explorer to the chart", () => {
  let workbench: Workbench;
  let panel: TimelinePanel;
  const files = makeWorkspace({ "sample.csv": { copyOf: SAMPLE }, "packed.csv.gz": "", "notes.txt": "No capture.\n" });

  before(async () => {
    makeLargeFile(path.join(files.dir, "large.csv"));
    workbench = await openWindow(files.dir, { settings: { "tcpSeq.topCount": expected.top.length } });
  });
  after(async () => {
    await workbench?.close();
    files.remove();
  });
  afterEach(function () {
    return workbench?.screenshotIfFailed(this.currentTest);
  });

  it("offers Analyze TCP Seq for a CSV file, compressed or not, and not for a text file", async () => {
    await workbench.openExplorerMenu("notes.txt");
    assert.ok(!(await workbench.menuEntries()).includes(ANALYZE));
    await workbench.closeMenu();
    for (const name of ["sample.csv", "packed.csv.gz"]) {
      await workbench.openExplorerMenu(name);
      assert.ok((await workbench.menuEntries()).includes(ANALYZE), name);
      await workbench.closeMenu();
    }
  });

  it("lists the most frequent numbers with count and share after Analyze TCP Seq", async () => {
    await workbench.clickExplorerMenuEntry("sample.csv", ANALYZE);
    await whenNumbersListed(workbench);
    const rows = await workbench.treeRows(NUMBERS);
    assert.equal(rows[0].label, "sample.csv");
    assert.equal(rows[0].description, `${grouped(expected.rowsTcp)} packets, ${grouped(expected.distinct)} numbers`);
    const numbers = rows.filter(({ level }) => level === 2);
    const describe = (count: number) => `${grouped(count)} · ${percent(count, expected.rowsTcp)}`;
    // In the order of their counts; among equal counts any order is right.
    assert.deepEqual(
      numbers.slice(0, expected.top.length).map(({ description }) => withoutBurst(description)),
      expected.top.map(({ count }) => describe(count)),
    );
    for (const { seq, count } of expected.top) {
      assert.equal(withoutBurst(numbers.find(({ label }) => label === String(seq))?.description ?? ""), describe(count), String(seq));
    }
    assert.ok(numbers[0].ariaLabel.startsWith(`Sequence number ${mostFrequent.seq}, ${grouped(mostFrequent.count)} packets`));
  });

  it("says in the view Capture what was read", async () => {
    const row = await workbench.whenTreeRow(CAPTURE, ({ label }) => label === "Rows");
    assert.equal(row.description, `${grouped(expected.rows)} read, ${grouped(expected.rowsTcp)} TCP`);
  });

  it("draws the course of a number when it is clicked", async () => {
    await workbench.clickTreeRow(NUMBERS, String(mostFrequent.seq));
    const title = `TCP Sequence Number ${mostFrequent.seq} Occurrences Over Time`;
    panel = await TimelinePanel.shown(workbench, title);
    assert.ok((await panel.chartName()).startsWith(`${title}. ${grouped(mostFrequent.count)} packets from `));
    assert.ok(await panel.isDrawn());
    assert.deepEqual(await workbench.editorTitles(), [`Seq ${mostFrequent.seq} — sample.csv`]);
  });

  it("says time, count, number, label and protocols of the point under the mouse", async () => {
    await panel.choose("bucket-select", "1 min");
    assert.ok(minutes.length > 1);
    for (const [i, { start, count, alert, protocols }] of minutes.entries()) {
      const time = `Time: ${start.replace("T", " ")} ${zone}`;
      assert.equal(
        await panel.pointAt(time, { steps: 24, from: 0.1 + (0.9 * i) / minutes.length }),
        `${time}, Count: ${grouped(count)}, Seq: ${mostFrequent.seq}, alert: ${alert}, Protocols: ${protocols}`,
      );
    }
  });

  it("has the same data in its table", async () => {
    assert.deepEqual(
      await panel.tableRows(),
      minutes.map(({ start, count, alert, protocols }) => ({
        [`Time (${zone})`]: start.replace("T", " "),
        Packets: grouped(count),
        alert,
        Protocols: protocols,
      })),
    );
  });

  it("divides the minutes into smaller buckets", async () => {
    await panel.choose("bucket-select", "10 s");
    const rows = await panel.tableRows();
    const byMinute = new Map<string, number>();
    for (const row of rows) {
      const minute = `${row[`Time (${zone})`].slice(0, 16).replace(" ", "T")}:00`;
      byMinute.set(minute, (byMinute.get(minute) ?? 0) + Number(row.Packets.replaceAll(",", "")));
    }
    assert.ok(rows.length > minutes.length);
    assert.deepEqual(
      [...byMinute],
      minutes.map(({ start, count }) => [start, count]),
    );
    await panel.choose("bucket-select", "1 min");
  });

  it("draws another picture of the same data on a logarithmic axis", async () => {
    const [picture, table] = [await panel.picture(), await panel.table()];
    await panel.choose("scale-select", "Logarithmic");
    await until(
      async () => (await panel.picture()) !== picture,
      () => "The picture stays the same.",
    );
    assert.deepEqual(await panel.table(), table);
  });

  it("shows the same minutes in UTC", async () => {
    await panel.choose("clock-select", "UTC");
    const rows = await until(
      async () => (await panel.tableRows()).find((row) => "Time (UTC)" in row) && panel.tableRows(),
      () => "The table stays on the capture's clock.",
    );
    assert.deepEqual(
      rows.map((row) => [row["Time (UTC)"], row.Packets]),
      minutes.map(({ start, count }) => [toUtc(start), grouped(count)]),
    );
    const first = `Time: ${toUtc(minutes[0].start)} UTC`;
    assert.ok((await panel.pointAt(first)).startsWith(`${first}, Count: ${grouped(minutes[0].count)}, `));
  });

  it("shows how all packets are spread over the numbers", async () => {
    await panel.turnTo("Distribution");
    assert.ok(
      (await panel.chartName("distribution")).includes(`${grouped(expected.rowsTcp)} packets with ${grouped(expected.distinct)} different`),
    );
    const rows = await panel.tableRows("distribution");
    const sum = (column: string) => rows.reduce((total, row) => total + Number(row[column].replaceAll(",", "")), 0);
    assert.equal(sum("Packets"), expected.rowsTcp);
    assert.equal(sum("Different numbers"), expected.distinct);
    assert.equal(rows.find((row) => row["Sequence numbers"] === String(mostFrequent.seq))?.Packets, grouped(mostFrequent.count));
    assert.ok((await panel.pointAt("Sequence numbers: ", { chart: "distribution" })).includes("Packets: "));
  });

  it("opens a number with the keyboard, and goes through its chart with the arrow keys", async () => {
    const { keyboard } = workbench.page;
    await workbench.runCommand(`${CONTAINER}: Focus on ${NUMBERS} View`);
    await workbench.goToTreeRow(NUMBERS, String(second.seq));
    await keyboard.press("Enter");
    panel = await TimelinePanel.shown(workbench, `Number ${second.seq} `);

    await panel.focusChart();
    const buckets = expected.timelines.find((each) => each.seq === second.seq && each.bucketSeconds === 60)?.buckets ?? [];
    const [from, to] = [buckets[0], buckets[buckets.length - 1]];
    const whenAnnounced = (start: string, count: number) =>
      until(
        async () => (await panel.announced()).startsWith(`Time: ${toUtc(start)} UTC, Count: ${grouped(count)}, Seq: ${second.seq}, `),
        () => `${start} is not announced.`,
      );
    await keyboard.press("Home");
    await whenAnnounced(from.start, from.count);
    await keyboard.press("ArrowRight");
    await whenAnnounced(buckets[1].start, buckets[1].count);
    await keyboard.press("End");
    await whenAnnounced(to.start, to.count);
    await keyboard.press("ArrowLeft");
    await whenAnnounced(buckets[buckets.length - 2].start, buckets[buckets.length - 2].count);
  });

  it("brings panel, choices and list back after the window was reloaded", async () => {
    await workbench.reload();
    panel = await TimelinePanel.shown(workbench, `Number ${second.seq} `);
    assert.deepEqual(await workbench.editorTitles(), [`Seq ${second.seq} — sample.csv`]);
    assert.equal(await panel.chosen("bucket-select"), "1 min");
    assert.equal(await panel.chosen("scale-select"), "Logarithmic");
    assert.equal(await panel.chosen("clock-select"), "UTC");
    const rows = await workbench.whenTreeRows(NUMBERS, (all) => all.some(({ level }) => level === 2));
    assert.equal(rows[0].label, "sample.csv");
    assert.equal(rows[1].label, String(mostFrequent.seq));
  });

  it("reads a large file with the kernel in several threads", async () => {
    await workbench.clickExplorerMenuEntry("large.csv", ANALYZE);
    await assertReadByKernel(workbench, "large.csv");
  });

  it("shows the number of the row under the cursor of the open file", async () => {
    const at = sampleRows.findIndex(({ "tcp.seq": seq }) => seq !== "" && seq !== String(mostFrequent.seq));
    await workbench.openFile("sample.csv");
    await workbench.goToLine(at + 2); // counted from 1, with the header
    await workbench.page.keyboard.press("Shift+F10");
    await workbench.clickMenuEntry("Show This Sequence Number's Timeline");
    await TimelinePanel.shown(workbench, `Number ${sampleRows[at]["tcp.seq"]} `);
  });

  it("reports no error meanwhile", () => workbench.assertNoErrors());
});
