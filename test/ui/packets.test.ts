/** The packets of a number: scrolled, sorted, opened, copied, with the mouse and with the keyboard alone. */
import assert from "node:assert/strict";
import { until, type Workbench } from "./harness";
import { FilterBar } from "./filterBar";
import { FindingPanel } from "./findingPanel";
import { PacketTable } from "./packetTable";
import {
  allowClipboard,
  ANALYZE,
  grouped,
  makeWorkspace,
  NUMBERS,
  openWindow,
  readClipboard,
  readExpected,
  SAMPLE,
  whenNumbersListed,
} from "./support";
import { TimelinePanel } from "./timelinePanel";

const expected = readExpected("sample");
const [mostFrequent] = expected.top;

describe("The packets of a number", () => {
  let workbench: Workbench;
  let panel: TimelinePanel;
  let packets: PacketTable;
  const files = makeWorkspace({ "sample.csv": { copyOf: SAMPLE } });

  before(async () => {
    workbench = await openWindow(files.dir);
    await allowClipboard(workbench.page);
  });
  after(async () => {
    await workbench?.close();
    files.remove();
  });
  afterEach(function () {
    return workbench?.screenshotIfFailed(this.currentTest);
  });

  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await workbench.page.keyboard.press(key);
  };
  const whenCopied = (matches: (text: string) => boolean): Promise<string> =>
    until(
      async () => {
        const text = await readClipboard(workbench.page);
        return matches(text) ? text : undefined;
      },
      () => "The clipboard holds something else.",
    );

  it("are a tab of its panel, in the order of capture", async () => {
    await workbench.clickExplorerMenuEntry("sample.csv", ANALYZE);
    await whenNumbersListed(workbench);
    await workbench.clickTreeRow(NUMBERS, String(mostFrequent.seq));
    panel = await TimelinePanel.shown(workbench, `Number ${mostFrequent.seq} `);
    await panel.frame.locator("vscode-tab-header", { hasText: "Packets" }).click();
    packets = new PacketTable(workbench.page, panel.frame);
    await packets.whenLoaded();
    assert.equal(await packets.total(), mostFrequent.count);
    assert.ok((await packets.shown()).endsWith(` of ${grouped(mostFrequent.count)}`));
    const rows = await packets.rows();
    assert.ok(rows.every(({ Seq }) => Seq === String(mostFrequent.seq)));
    const frames = rows.map(({ Frame }) => Number(Frame));
    assert.deepEqual(
      frames,
      [...frames].sort((a, b) => a - b),
    );
    assert.ok(rows.length < 100, `${rows.length} rows are made`);
  });

  it("go by under the wheel", async () => {
    const first = (await packets.rows())[0].Frame;
    await packets.table.hover();
    await workbench.page.mouse.wheel(0, 5000);
    await until(
      async () => !(await packets.shown()).startsWith("Packets 1 "),
      () => "The table does not scroll.",
    );
    await packets.whenLoaded();
    assert.notEqual((await packets.rows())[0].Frame, first);
  });

  it("are gone through with the keyboard alone, and selected with Shift", async () => {
    await packets.table.focus();
    await press("End");
    await packets.whenActive(mostFrequent.count);
    await press("Home");
    await packets.whenActive(1);
    await press("ArrowDown", "ArrowDown", "ArrowUp");
    await packets.whenActive(2);
    await press("PageDown");
    await until(
      async () => ((await packets.active()) ?? 0) > 3,
      () => "Page Down does not move.",
    );
    await press("Home", "Shift+ArrowDown", "Shift+ArrowDown");
    await packets.whenActive(3);
    assert.match(await packets.shown(), / · 3 selected$/);
    assert.equal(await packets.row(2).getAttribute("aria-selected"), "true");
    assert.equal(await packets.row(4).getAttribute("aria-selected"), "false");
  });

  it("are copied as CSV and as a Wireshark filter", async () => {
    const rows = (await packets.rows()).slice(0, 3);
    await press("Control+c");
    const csv = await whenCopied((text) => text.startsWith("frame,time,"));
    const lines = csv.trimEnd().split("\r\n");
    assert.equal(lines.length, 4);
    assert.deepEqual(
      lines.slice(1).map((line) => line.split(",")[0]),
      rows.map(({ Frame }) => Frame),
    );
    await panel.frame.locator("#packets-copy-filter").click();
    const filter = await whenCopied((text) => text.startsWith("frame.number in {"));
    for (const { Frame } of rows) assert.ok(filter.includes(Frame) || filter.includes(".."), filter);
    await until(
      async () => (await packets.message()) === "3 packets copied.",
      () => "The table does not say so.",
    );
  });

  it("are sorted by a column, and the packet the keys are on stays the same", async () => {
    await packets.table.focus();
    await press("Home", "ArrowDown");
    await packets.whenActive(2);
    const frame = (await packets.rows())[1].Frame;
    await packets.sorter("len").focus();
    await press("Enter");
    await packets.whenSorted("len", "ascending");
    await press("Enter");
    await packets.whenSorted("len", "descending");
    const active = packets.row((await packets.active()) ?? 0);
    assert.equal(((await active.locator("th").textContent()) ?? "").trim(), frame);
    await packets.table.focus();
    await press("Home");
    await packets.whenActive(1);
    const lengths = (await packets.rows()).map(({ Len }) => Number(Len));
    assert.deepEqual(
      lengths,
      [...lengths].sort((a, b) => b - a),
    );
    await packets.sorter("len").click();
    await packets.whenSorted("len", "none");
  });

  it("open their whole row of the file, and go to it in the editor", async () => {
    await packets.table.focus();
    await press("Home", "Enter");
    const [{ Frame }] = await packets.rows();
    const fields = await packets.fields();
    assert.equal(fields["frame.number"], Frame);
    assert.equal(fields["tcp.seq"], String(mostFrequent.seq));
    await panel.frame.locator(".open-row").click();
    await until(
      async () => (await workbench.editorTitles()).includes("sample.csv"),
      () => "The file is not opened.",
    );
    await workbench.runCommand("View: Close Editor");
    packets = new PacketTable(workbench.page, await workbench.webviewFrame());
    await packets.whenLoaded();
  });

  it("have the columns that were chosen, also after a reload", async () => {
    const frame = packets.frame;
    await frame.locator("#packets-columns").click();
    await frame.locator('#packets-column-list [data-column="protocols"]').click();
    await frame.locator('#packets-column-list [data-column="window"]').click();
    await press("Escape");
    const heads = await packets.heads();
    assert.ok(heads.includes("Protocols") && !heads.includes("Window"), heads.join());
    await workbench.reload();
    packets = new PacketTable(workbench.page, await workbench.webviewFrame());
    await packets.whenLoaded();
    assert.deepEqual(await packets.heads(), heads);
    assert.equal(await packets.total(), mostFrequent.count);
  });

  it("are those of all numbers when these are chosen", async () => {
    const select = packets.frame.locator("#packets-scope-select");
    await select.click();
    await select.getByRole("option", { name: "All numbers", exact: true }).click();
    await until(
      async () => (await packets.total()) === expected.rowsTcp,
      () => "The table does not list all packets.",
    );
    await packets.whenLoaded();
  });

  it("are those of the range that the chart is zoomed to, and all again when the filter bar's range is taken away", async () => {
    const select = packets.frame.locator("#packets-scope-select");
    await select.click();
    await select.getByRole("option", { name: `Number ${mostFrequent.seq}`, exact: true }).click();
    await packets.frame.locator("vscode-tab-header", { hasText: "Timeline" }).click();
    panel = await TimelinePanel.shown(workbench, `Number ${mostFrequent.seq} `);
    const bar = await FilterBar.shown(workbench, "editor");
    assert.equal(await bar.range(), undefined);
    await panel.dragOver(0.4, 0.6);
    await bar.frame.locator("#filter-range").waitFor();
    const rows = await panel.tableRows();
    const inRange = rows.reduce((sum, row) => sum + Number(row.Packets.replaceAll(",", "")), 0);
    assert.ok(inRange > 0 && inRange < mostFrequent.count);
    const whenListed = (count: number): Promise<boolean> =>
      until(
        async () => (await packets.total()) === count,
        () => `The table does not list ${count} packets.`,
      );
    await panel.frame.locator("#range-packets").click();
    await whenListed(inRange);
    await packets.whenLoaded();
    await bar.frame.locator("#filter-range-remove").click();
    await whenListed(mostFrequent.count);
    await panel.turnTo("Timeline");
    assert.doesNotMatch(await panel.rangeText(), /\d{4}-\d\d-\d\d/);
    assert.ok(await panel.frame.locator("#zoom-reset").evaluate((button: HTMLElement & { disabled: boolean }) => button.disabled));
  });

  it("are counted in the distribution as far as the chart is zoomed to them", async () => {
    await panel.turnTo("Distribution");
    const all = await panel.chartName("distribution");
    await panel.turnTo("Timeline");
    await panel.dragOver(0.4, 0.6);
    await panel.turnTo("Distribution");
    assert.notEqual(await panel.chartName("distribution"), all);
    await panel.turnTo("Timeline");
    await panel.frame.locator("#zoom-reset").click();
    await panel.frame.locator("#filter-range").waitFor({ state: "hidden" });
    await panel.turnTo("Distribution");
    assert.equal(await panel.chartName("distribution"), all);
  });

  it("of a finding are those that pass the filter", async () => {
    const FINDINGS = "Findings";
    const isWanted = ({ label }: { label: string }): boolean => label.includes("whose numbers walk a range");
    const { label } = await workbench.whenTreeRow(FINDINGS, isWanted);
    await workbench.clickTreeRow(FINDINGS, label);
    const finding = await FindingPanel.shown(workbench, /whose numbers walk a range/);
    packets = new PacketTable(workbench.page, finding.frame);
    await packets.whenLoaded();
    const all = await packets.total();
    const frame = /\d+$/.exec((await packets.rows())[1].Frame)?.[0] ?? "";
    const bar = await FilterBar.shown(workbench, "editor");
    await bar.input.fill(`frame.number == ${frame}`);
    await bar.input.press("Enter");
    await until(
      async () => (await packets.total()) === 1,
      () => "The finding's packets do not follow the filter.",
    );
    await packets.whenLoaded();
    assert.deepEqual(
      (await packets.rows()).map((row) => /\d+$/.exec(row.Frame)?.[0]),
      [frame],
    );
    await bar.frame.locator("#filter-clear").click();
    await until(
      async () => (await packets.total()) === all,
      () => "The finding's packets do not come back.",
    );
  });

  it("report no error meanwhile", () => workbench.assertNoErrors());
});
