/** The package as users install it, in the newest VS Code: from the Explorer to the chart, and back after a reload. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { Workbench } from "../harness";
import {
  ANALYZE,
  assertReadByKernel,
  CONTAINER,
  grouped,
  makeLargeFile,
  makeWorkspace,
  NUMBERS,
  percent,
  readExpected,
  ROOT,
  SAMPLE,
  withoutBurst,
} from "../support";
import { TimelinePanel } from "../timelinePanel";

const VSIX = path.join(ROOT, "tcp-seq-analyzer.vsix");
const expected = readExpected("sample");
const [mostFrequent] = expected.top;

describe("The package in the newest VS Code", () => {
  let workbench: Workbench;
  const files = makeWorkspace({ "sample.csv": { copyOf: SAMPLE } });

  before(async () => {
    makeLargeFile(path.join(files.dir, "large.csv"));
    assert.ok(fs.existsSync(VSIX), "There is no package; run `npm run package` first.");
    workbench = await Workbench.open({ workspace: files.dir, vsix: VSIX, vscode: "newest" });
  });
  after(async () => {
    await workbench?.close();
    files.remove();
  });
  afterEach(function () {
    return workbench?.screenshotIfFailed(this.currentTest);
  });

  it("adds its commands and its view", async () => {
    assert.ok(await workbench.hasCommand(`${CONTAINER}: ${ANALYZE}`));
    await workbench.openViewContainer(CONTAINER);
    assert.match(await workbench.viewText(NUMBERS), /Open the sample capture/);
  });

  it("lists the numbers of a file that was chosen in the Explorer", async () => {
    await workbench.clickExplorerMenuEntry("sample.csv", ANALYZE);
    const [root, first] = await workbench.whenTreeRows(NUMBERS, (rows) => rows.some(({ level }) => level === 2));
    assert.deepEqual(
      [root.label, root.description],
      ["sample.csv", `${grouped(expected.rowsTcp)} packets, ${grouped(expected.distinct)} numbers`],
    );
    assert.deepEqual(
      [first.label, withoutBurst(first.description)],
      [String(mostFrequent.seq), `${grouped(mostFrequent.count)} · ${percent(mostFrequent.count, expected.rowsTcp)}`],
    );
  });

  it("draws the course of a number, and tells about the point under the mouse", async () => {
    await workbench.clickTreeRow(NUMBERS, String(mostFrequent.seq));
    const panel = await TimelinePanel.shown(workbench, `. ${grouped(mostFrequent.count)} packets from `);
    assert.ok(await panel.isDrawn());
    await panel.choose("bucket-select", "1 min");
    const [{ start, count, alert, protocols }] = expected.timelines.find(({ seq }) => seq === mostFrequent.seq)?.buckets ?? [];
    const announced = await panel.pointAt(`Time: ${start.replace("T", " ")}`);
    assert.ok(
      announced.endsWith(`Count: ${grouped(count)}, Seq: ${mostFrequent.seq}, alert: ${alert}, Protocols: ${protocols}`),
      announced,
    );
  });

  it("brings the chart back after the window was reloaded", async () => {
    await workbench.reload();
    const panel = await TimelinePanel.shown(workbench, `. ${grouped(mostFrequent.count)} packets from `);
    assert.equal(await panel.chosen("bucket-select"), "1 min");
    const rows = await workbench.whenTreeRows(NUMBERS, (all) => all.some(({ level }) => level === 2));
    assert.equal(rows[1].label, String(mostFrequent.seq));
  });

  it("reads a large file with the kernel in several threads", async () => {
    await workbench.clickExplorerMenuEntry("large.csv", ANALYZE);
    await assertReadByKernel(workbench, "large.csv");
  });

  it("reports no error meanwhile", () => workbench.assertNoErrors());
});
