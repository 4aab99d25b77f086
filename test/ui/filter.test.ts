/** The filter bar, in the side bar and above a chart: typed, completed, applied, recalled and cleared, with the keyboard alone where it can be. */
import assert from "node:assert/strict";
import { FilterBar } from "./filterBar";
import { type TreeRow, until, type Workbench } from "./harness";
import {
  ANALYZE,
  CAPTURE,
  CONTAINER,
  grouped,
  makeWorkspace,
  NUMBERS,
  openWindow,
  readExpected,
  SAMPLE,
  whenNumbersListed,
} from "./support";
import { TimelinePanel } from "./timelinePanel";

const FINDINGS = "Findings";
const expected = readExpected("sample");
const [mostFrequent] = expected.top;
const filter = `tcp.seq == ${mostFrequent.seq}`;
const passing = `${grouped(mostFrequent.count)} of ${grouped(expected.rowsTcp)} packets`;
const all = `${grouped(expected.rowsTcp)} packets`;

describe("The filter bar", () => {
  let workbench: Workbench;
  let bar: FilterBar;
  // Columns that are not kept in memory, two of which are read by one pass over the file.
  const columns = Array.from({ length: 48 }, (_, i) => `x.c${i}`);
  const wideRow = `0,1,${columns.map((name) => name.repeat(4)).join(",")}\n`;
  const files = makeWorkspace({
    "sample.csv": { copyOf: SAMPLE },
    "wide.csv": `tcp.stream,tcp.seq,${columns.join(",")}\n${wideRow.repeat(50_000)}`,
  });

  before(async () => {
    workbench = await openWindow(files.dir);
  });
  after(async () => {
    await workbench?.close();
    files.remove();
  });
  afterEach(function () {
    return workbench?.screenshotIfFailed(this.currentTest);
  });

  const press = (key: string): Promise<void> => workbench.page.keyboard.press(key);
  /** Selects what is in the field. Ctrl+A takes a way through the window, and may come after what is typed next. */
  async function selectText(): Promise<void> {
    await press("Home");
    await press("Shift+End");
  }
  /** Waits for the tree's numbers to be accepted: a list that has changed is drawn some time after the count beside the field. */
  const whenNumbers = async (accept: (labels: readonly string[]) => boolean): Promise<void> => {
    const labelsOf = (rows: readonly TreeRow[]) => rows.filter(({ level }) => level === 2).map(({ label }) => label);
    await workbench.whenTreeRows(NUMBERS, (rows) => accept(labelsOf(rows)));
  };
  const whenOnly = (label: string): Promise<void> => whenNumbers((labels) => labels.length === 1 && labels[0] === label);
  const whenSeveral = (): Promise<void> => whenNumbers((labels) => labels.length > 1);
  /** Goes to the field of the side bar with keys alone. */
  async function focusField(): Promise<void> {
    await workbench.runCommand(`${CONTAINER}: Focus on Filter View`);
    await until(
      async () => {
        if (await bar.frame.evaluate(() => document.activeElement?.id === "filter-input")) return true;
        await press("Tab");
        return false;
      },
      () => "The Tab key does not lead to the field.",
      undefined,
      100,
    );
  }

  it("names the capture that it acts on, and counts its packets", async () => {
    await workbench.clickExplorerMenuEntry("sample.csv", ANALYZE);
    await whenNumbersListed(workbench);
    await workbench.whenTreeRow(FINDINGS, ({ level }) => level === 3);
    bar = await FilterBar.shown(workbench, "sidebar");
    assert.equal(await bar.frame.locator("#filter-capture").textContent(), "sample.csv");
    await bar.whenCount(all);
  });

  it("completes what is typed with the keyboard", async () => {
    await focusField();
    await workbench.page.keyboard.type("tcp.se");
    const options = await bar.whenOptions((each) => each.includes("tcp.seq"));
    assert.equal(await bar.input.getAttribute("aria-expanded"), "true");
    for (let i = 0; i <= options.indexOf("tcp.seq"); i++) await press("ArrowDown");
    assert.match((await bar.activeOption()) ?? "", /^tcp\.seq/);
    await press("Enter");
    assert.equal((await bar.input.inputValue()).trim(), "tcp.seq");
    assert.deepEqual(await bar.options(), []);
  });

  it("leaves the field with Tab behind a filter that is finished, and completes what was begun", async () => {
    await selectText();
    await workbench.page.keyboard.type("tcp.seq == 1 ");
    await bar.whenOptions();
    await press("Tab");
    assert.equal(await bar.input.inputValue(), "tcp.seq == 1 ");
    assert.notEqual(await bar.frame.evaluate(() => document.activeElement?.id), "filter-input");
    await press("Shift+Tab");
    await selectText();
    await workbench.page.keyboard.type("tcp.dstp");
    await bar.whenOptions((each) => each.includes("tcp.dstport"));
    await press("Tab");
    assert.equal((await bar.input.inputValue()).trim(), "tcp.dstport");
  });

  it("underlines the place of an error, and says what is wrong with it", async () => {
    await selectText();
    await workbench.page.keyboard.type("tcp.seq == abc");
    await bar.whenMessage(/^Character 12: .*abc/);
    assert.equal(await bar.marked(), "abc");
    assert.equal(await bar.input.getAttribute("aria-invalid"), "true");
    assert.equal(await bar.input.getAttribute("aria-describedby"), "filter-message");
    await press("Escape"); // the list, if it is open
    await press("Enter");
    await whenSeveral(); // what is no filter is not applied
    await bar.whenMessage(/^Character 12: /);
  });

  it("says how many packets match before the filter is applied", async () => {
    await selectText();
    await workbench.page.keyboard.type(filter);
    await bar.whenMessage(new RegExp(`^${grouped(mostFrequent.count)} of ${grouped(expected.rowsTcp)} packets match`));
    assert.equal(await bar.marked(), undefined);
    assert.equal(await bar.input.getAttribute("aria-invalid"), "false");
  });

  it("changes trees and counts when it is applied, and is said above them", async () => {
    await press("Escape");
    await press("Enter");
    await bar.whenCount(passing);
    await whenOnly(String(mostFrequent.seq));
    await workbench.whenTreeRow(NUMBERS, ({ level, description }) => level === 1 && description === passing);
    await workbench.whenViewText(NUMBERS, (text) => text.includes(`Only: ${filter}`));
    await workbench.whenTreeRow(CAPTURE, ({ label, description }) => label === "Displayed" && description === passing);
    const findings = await workbench.whenTreeRows(FINDINGS, (rows) =>
      rows.some(({ description }) => / of [\d,]+ packets? · /.test(description)),
    );
    const labels = findings.map(({ label }) => label);
    // Resets have other numbers; a flood and a scan begin with 0.
    assert.ok(labels.includes("SYN floods") && !labels.includes("RST that does not fit"), labels.join("; "));
    assert.ok(
      labels.some((label) => /^\d+ findings without a matching packet$/.test(label)),
      labels.join("; "),
    );
  });

  it("stands above a chart, with the same filter", async () => {
    await workbench.clickTreeRow(NUMBERS, String(mostFrequent.seq));
    await TimelinePanel.shown(workbench, String(mostFrequent.seq));
    const above = await FilterBar.shown(workbench, "editor");
    await above.whenInput(filter);
    await above.whenCount(passing);
    await above.input.fill("tcp.seq == 4000000001");
    await above.input.press("Escape");
    await above.input.press("Enter");
    await above.whenCount(`0 of ${grouped(expected.rowsTcp)} packets`);
    await bar.whenCount(`0 of ${grouped(expected.rowsTcp)} packets`);
    await whenOnly("Nothing passes the filter");
  });

  it("is cleared with one click", async () => {
    await bar.frame.locator("#filter-clear").click();
    await bar.whenCount(all);
    await bar.whenInput("");
    await whenSeveral();
    await workbench.whenViewText(NUMBERS, (text) => !text.includes("Only:"));
    const above = await FilterBar.shown(workbench, "editor");
    await above.whenInput("");
  });

  it("lists recent filters in an empty field, and applies one with the keyboard", async () => {
    await focusField();
    await press("ArrowDown");
    const options = await bar.whenOptions();
    assert.deepEqual(options, ["tcp.seq == 4000000001", filter, "Clear Recent Filters"]);
    await press("ArrowDown");
    await press("ArrowDown");
    assert.equal(await bar.activeOption(), filter);
    await press("Enter");
    await bar.whenCount(passing);
    await whenOnly(String(mostFrequent.seq));
  });

  it("is cleared by a command, and forgets recent filters", async () => {
    await workbench.runCommand(`${CONTAINER}: Clear Filter and Range`);
    await bar.whenCount(all);
    await until(
      async () => !(await workbench.hasCommand(`${CONTAINER}: Clear Filter and Range`)),
      () => "There is nothing to clear, and still it can be cleared.",
    );
    await focusField();
    await press("ArrowDown");
    await bar.whenOptions();
    await press("ArrowUp");
    assert.equal(await bar.activeOption(), "Clear Recent Filters");
    await press("Enter");
    await press("ArrowDown");
    await bar.frame.locator(".filter-options-nothing:visible").waitFor();
    await press("Escape");
  });

  it("has a box in the palette that does the same", async () => {
    await workbench.runCommand(`${CONTAINER}: Filter Packets…`);
    const input = workbench.quickInput.locator("input");
    await input.fill("tcp.seq ==");
    await workbench.quickInput.getByText(/^Character \d+: /).waitFor();
    await input.fill(filter);
    await workbench.quickInput.getByText(passing).waitFor();
    await input.press("Enter");
    await bar.whenCount(passing);
    await bar.whenInput(filter);
    await workbench.runCommand(`${CONTAINER}: Clear Filter and Range`);
    await bar.whenCount(all);
  });

  it("shows how much of the file is read for columns that are not in memory, until something else is typed", async () => {
    await workbench.clickExplorerMenuEntry("wide.csv", ANALYZE);
    await workbench.whenTreeRow(NUMBERS, ({ label }) => label === "wide.csv");
    bar = await FilterBar.shown(workbench, "sidebar");
    await bar.whenCount("50,000 packets");
    const progress = bar.frame.locator("#filter-progress");
    await bar.input.fill(columns.join(" || "));
    await progress.filter({ hasText: /^\d+ %$/ }).waitFor();
    assert.match((await progress.getAttribute("aria-valuenow")) ?? "", /^\d+$/);
    assert.equal(await bar.message(), "Reading a column that is not in memory…");
    await bar.input.fill("tcp.seq == 1");
    await progress.waitFor({ state: "hidden" });
    await bar.whenMessage(/^50,000 of 50,000 packets match/);
    await bar.input.fill(columns.map((name) => `!${name}`).join(" && "));
    await progress.waitFor();
    await bar.input.press("Escape"); // the list, if it is open
    await bar.input.press("Enter");
    await progress.waitFor();
    await bar.whenCount("0 of 50,000 packets");
    assert.ok(!(await progress.isVisible()));
    await bar.frame.locator("#filter-clear").click();
    await bar.whenCount("50,000 packets");
  });

  it("reports no error meanwhile", () => workbench.assertNoErrors());
});
