/** Comparing, splitting, zooming, bursts, and taking the timeline away, as a user does it. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { until, type Workbench } from "./harness";
import { ANALYZE, grouped, makeWorkspace, NUMBERS, openWindow, readExpected, SAMPLE, whenNumbersListed } from "./support";
import { TimelinePanel } from "./timelinePanel";

const expected = readExpected("sample");
const [first, second] = expected.top;
const numberOf = (cell: string): number => Number(cell.replaceAll(",", ""));
const sumOf = (rows: readonly Record<string, string>[], column: string): number =>
  rows.reduce((sum, row) => sum + numberOf(row[column] ?? "NaN"), 0);

/** Not the first key: numbers go before it. */
const timeColumn = ([row]: readonly Record<string, string>[]): string => Object.keys(row).find((head) => head.startsWith("Time")) ?? "";

describe("The timeline's charts", () => {
  let workbench: Workbench;
  let panel: TimelinePanel;
  const files = makeWorkspace({ "sample.csv": { copyOf: SAMPLE } });

  before(async () => {
    workbench = await openWindow(files.dir, { viewport: { width: 1400, height: 1000 } });
    await workbench.clickExplorerMenuEntry("sample.csv", ANALYZE);
    await whenNumbersListed(workbench);
    await workbench.clickTreeRow(NUMBERS, String(first.seq));
    panel = await TimelinePanel.shown(workbench, `Number ${first.seq} `);
  });
  after(async () => {
    await workbench?.close();
    files.remove();
  });
  afterEach(function () {
    return workbench?.screenshotIfFailed(this.currentTest);
  });

  /** Waits for a sentence that says what was zoomed to, or that nothing was. */
  const whenZoomed = (isZoomed: boolean) =>
    until(
      async () => (/\d{4}-\d\d-\d\d/.test(await panel.rangeText()) === isZoomed ? panel.rangeText() : undefined),
      () => `The chart is ${isZoomed ? "not " : ""}zoomed.`,
    );

  describe("bursts", () => {
    it("are listed with their strength, and zoom the chart when they are clicked", async () => {
      const rows = panel.frame.locator("#bursts-table tbody tr");
      await rows.first().waitFor();
      const cells = await rows.first().locator("th, td").allTextContents();
      assert.match(cells[3], /^[\d,.]+×$/);
      assert.match(await panel.chartName(), /bursts?, /);
      const all = sumOf(await panel.tableRows(), "Packets");
      await rows.first().locator("button").click();
      await panel.whenIdle();
      assert.ok((await whenZoomed(true)).includes(cells[0].slice(0, 10)));
      const zoomed = sumOf(await panel.tableRows(), "Packets");
      assert.ok(zoomed >= numberOf(cells[4]) && zoomed < all, `${zoomed} of ${all} packets, ${cells[4]} in the burst`);
      await panel.frame.locator("#zoom-reset").click();
      await whenZoomed(false);
    });
    it("are not marked when the user does not want it", async () => {
      const picture = await panel.picture();
      await panel.frame.locator("#bursts-check").click();
      await panel.frame.locator("#bursts").waitFor({ state: "hidden" });
      await panel.whenIdle();
      assert.notEqual(await panel.picture(), picture);
      await panel.frame.locator("#bursts-check").click();
      await panel.frame.locator("#bursts").waitFor();
    });
  });

  describe("zoom", () => {
    it("goes to the range that is dragged over, with finer rows of the same packets, and back", async () => {
      const all = await panel.tableRows();
      await panel.dragOver(0.4, 0.6);
      const range = await whenZoomed(true);
      const rows = await panel.tableRows();
      const time = timeColumn(all);
      assert.ok(rows.length > 1 && rows.length < all.length);
      const [from] = /\d\d:\d\d:\d\d/.exec(range) ?? [""];
      assert.equal(rows[0][time].slice(11), from);
      const kept = all.filter((row) => rows.some((each) => each[time] === row[time]));
      assert.equal(sumOf(rows, "Packets"), sumOf(kept, "Packets"));
      assert.match(await panel.chartName(), /Zoomed to /);
      await panel.frame.locator("#zoom-reset").click();
      await whenZoomed(false);
      await panel.whenIdle();
      assert.deepEqual(await panel.tableRows(), all);
    });
    it("takes plus, minus, 0 and Shift with the arrow keys", async () => {
      const { keyboard } = workbench.page;
      await panel.focusChart();
      await keyboard.press("+");
      const near = await whenZoomed(true);
      await panel.whenIdle();
      await keyboard.press("+");
      const nearer = await until(
        async () => ((await panel.rangeText()) === near ? undefined : panel.rangeText()),
        () => "The second plus does nothing.",
      );
      await panel.whenIdle();
      await keyboard.press("Shift+ArrowRight");
      await until(
        async () => ![near, nearer].includes(await panel.rangeText()),
        () => "The arrow key does not move the range.",
      );
      await panel.whenIdle();
      await keyboard.press("-");
      await panel.whenIdle();
      await keyboard.press("0");
      await whenZoomed(false);
      await panel.whenIdle();
    });
    it("follows the wheel with Ctrl, and leaves it to the page without", async () => {
      const box = await panel.canvas().boundingBox();
      assert.ok(box);
      await workbench.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      const { mouse, keyboard } = workbench.page;
      const whole = await panel.rangeText();
      await mouse.wheel(0, -400);
      assert.equal(await panel.rangeText(), whole);
      await keyboard.down("Control");
      await mouse.wheel(0, -400);
      await whenZoomed(true);
      await panel.whenIdle();
      await mouse.wheel(0, 3000);
      await whenZoomed(false);
      await keyboard.up("Control");
      await panel.whenIdle();
    });
  });

  describe("split", () => {
    it("draws a number in parts that add up to it", async () => {
      const whole = await panel.tableRows();
      await panel.choose("split-select", "Label");
      await panel.frame.locator("#timeline-legend li").first().waitFor();
      assert.match(await panel.chartName(), /, by Label\. /);
      const names = (await panel.legend()).map(({ name }) => name);
      assert.ok(names.length > 1);
      const rows = await panel.tableRows();
      assert.deepEqual(
        rows.map((row) => row.Packets),
        whole.map((row) => row.Packets),
      );
      for (const row of rows) {
        assert.equal(
          names.reduce((sum, name) => sum + numberOf(row[name]), 0),
          numberOf(row.Packets),
        );
      }
      await panel.choose("split-select", "None");
      await panel.frame.locator("#timeline-legend").waitFor({ state: "hidden" });
    });
  });

  describe("backdrop", () => {
    it("shows all packets behind, with a column of their own", async () => {
      await panel.frame.locator("#backdrop-check").click();
      await panel.frame.locator("#timeline-legend li").first().waitFor();
      await panel.whenIdle();
      const rows = await panel.tableRows();
      assert.ok(rows.every((row) => numberOf(row["All TCP packets"]) >= numberOf(row.Packets)));
      await panel.frame.locator("#timeline-legend .legend-toggle").last().click();
      await panel.frame.locator("#timeline-legend").waitFor({ state: "hidden" });
      await panel.whenIdle();
    });
  });

  describe("comparing", () => {
    it("adds a number from the chart, and another one from the list", async () => {
      await panel.frame.locator("#add-number").click();
      const box = workbench.page.locator(".quick-input-widget:visible input[type=text]");
      await box.waitFor();
      await box.fill(String(second.seq));
      await workbench.page.locator(".quick-input-list .monaco-list-row.focused", { hasText: String(second.seq) }).waitFor();
      await workbench.page.keyboard.press("Enter");
      panel = await TimelinePanel.shown(workbench, `Numbers ${first.seq}, ${second.seq} `);
      const third = expected.top[2].seq;
      await workbench.clickTreeRowMenuEntry(NUMBERS, String(third), "Add to Timeline");
      panel = await TimelinePanel.shown(workbench, `Numbers ${first.seq}, ${second.seq}, ${third} `);
      assert.deepEqual(
        (await panel.legend()).map(({ name }) => name),
        [first, second, expected.top[2]].map(({ seq }) => String(seq)),
      );
      assert.deepEqual(await workbench.editorTitles(), [`Seq ${first.seq} and 2 more — sample.csv`]);
      const rows = await panel.tableRows();
      for (const { seq, count } of expected.top.slice(0, 3)) assert.ok(sumOf(rows, String(seq)) <= count && sumOf(rows, String(seq)) > 0);
    });
    it("hides and shows a number with the keyboard", async () => {
      const { keyboard } = workbench.page;
      const picture = await panel.picture();
      await panel.frame.locator("#timeline-legend .legend-toggle").nth(1).focus();
      await keyboard.press("Space");
      assert.deepEqual(
        (await panel.legend()).map(({ isShown }) => isShown),
        [true, false, true],
      );
      assert.notEqual(await panel.picture(), picture);
      await keyboard.press("Enter");
      assert.deepEqual(
        (await panel.legend()).map(({ isShown }) => isShown),
        [true, true, true],
      );
    });
    it("removes a number, and leaves the others their colour and shape", async () => {
      const { keyboard } = workbench.page;
      const third = expected.top[2].seq;
      const looks = await panel.looks();
      assert.equal(new Set(Object.values(looks)).size, 3);
      await panel.frame.locator("#timeline-legend .legend-toggle").nth(1).focus();
      await keyboard.press("Delete");
      panel = await TimelinePanel.shown(workbench, `Numbers ${first.seq}, ${third} `);
      const { [second.seq]: _removed, ...others } = looks;
      assert.deepEqual(await panel.looks(), others);
      await workbench.clickTreeRowMenuEntry(NUMBERS, String(second.seq), "Add to Timeline");
      panel = await TimelinePanel.shown(workbench, `Numbers ${first.seq}, ${third}, ${second.seq} `);
      assert.deepEqual(await panel.looks(), looks);
      await panel.frame.locator("#timeline-legend .legend-toggle").nth(1).focus();
      await keyboard.press("Delete");
      panel = await TimelinePanel.shown(workbench, `Numbers ${first.seq}, ${second.seq} `);
      assert.deepEqual(await workbench.editorTitles(), [`Seq ${first.seq} and 1 more — sample.csv`]);
    });
  });

  describe("saving", () => {
    /** Saves through both of the editor's boxes, under a name of its own; what was written. */
    async function save(format: "PNG" | "SVG" | "CSV" | "JSON"): Promise<Buffer> {
      await panel.frame.locator("#save-chart").click();
      const { page } = workbench;
      await page.locator(".quick-input-list .monaco-list-row", { hasText: format }).first().click();
      const box = page.locator(".quick-input-widget:visible input[type=text]");
      const target = path.join(workbench.workspace, `taken.${format.toLowerCase()}`);
      await until(
        async () => (await box.inputValue().catch(() => "")).endsWith(`.${format.toLowerCase()}`),
        () => "No box asks where to save.",
      );
      assert.ok(!fs.existsSync(target));
      await box.fill(target);
      await page.keyboard.press("Enter");
      return until(
        () => (fs.existsSync(target) && fs.statSync(target).size > 0 ? fs.readFileSync(target) : undefined),
        () => `${target} was not written.`,
      );
    }

    it("writes the chart as PNG, twice as sharp as the page", async () => {
      const png = await save("PNG");
      const box = await panel.canvas().boundingBox();
      assert.equal(png.subarray(1, 4).toString(), "PNG");
      assert.ok(Math.abs(png.readUInt32BE(16) - 2 * (box?.width ?? 0)) <= 2, `${png.readUInt32BE(16)} pixels wide`);
    });
    it("writes the chart as SVG: paths and texts, no picture", async () => {
      const svg = (await save("SVG")).toString();
      assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
      assert.ok(svg.includes(`Numbers ${first.seq}, ${second.seq} Occurrences Over Time</text>`));
      assert.ok(svg.includes(`>${second.seq}</text>`), "the legend");
      assert.ok(!/<image|<script|<foreignObject|href=/.test(svg));
      const shown = await panel.frame.evaluate((text) => {
        const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
        return { errors: parsed.querySelectorAll("parsererror").length, dashed: parsed.querySelectorAll("path[stroke-dasharray]").length };
      }, svg);
      assert.equal(shown.errors, 0);
      assert.ok(shown.dashed > 0);
    });
    it("writes the data as CSV with absolute times", async () => {
      const [head, ...rows] = (await save("CSV"))
        .toString()
        .trimEnd()
        .split("\r\n")
        .map((line) => line.split(","));
      assert.deepEqual(head, ["start", "bucket_seconds", `tcp.seq ${first.seq}`, `tcp.seq ${second.seq}`]);
      const table = await panel.tableRows();
      const time = timeColumn(table);
      // The table begins with a page of its rows, and says how many there are.
      assert.match(
        (await panel.frame.locator("#timeline-table-details summary").textContent()) ?? "",
        new RegExp(`\\(${rows.length} rows\\)`),
      );
      assert.deepEqual(
        rows.slice(0, table.length).map(([start, , one, other]) => [start, one, other]),
        table.map((row) => [
          `${row[time].replace(" ", "T")}-04:00`,
          String(numberOf(row[String(first.seq)])),
          String(numberOf(row[String(second.seq)])),
        ]),
      );
    });
    it("writes the data as JSON", async () => {
      const data = JSON.parse((await save("JSON")).toString()) as { starts: string[]; series: { seq: number; counts: number[] }[] };
      assert.deepEqual(
        data.series.map(({ seq, counts }) => [seq, counts.length]),
        [first, second].map(({ seq }) => [seq, data.starts.length]),
      );
      assert.match(data.starts[0], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-04:00$/);
    });
    it("writes nothing when the user leaves the dialog", async () => {
      const before = fs.readdirSync(workbench.workspace).sort();
      await panel.frame.locator("#save-chart").click();
      await workbench.page.locator(".quick-input-list .monaco-list-row", { hasText: "JSON" }).first().click();
      const box = workbench.page.locator(".quick-input-widget:visible input[type=text]");
      await until(
        async () => (await box.inputValue().catch(() => "")).endsWith(".json"),
        () => "No box asks where to save.",
      );
      await workbench.page.keyboard.press("Escape");
      await box.waitFor({ state: "hidden" });
      assert.deepEqual(fs.readdirSync(workbench.workspace).sort(), before);
    });
  });

  describe("after all that", () => {
    it("brings numbers with their look, backdrop and range back after the window was reloaded", async () => {
      const third = expected.top[2].seq;
      await workbench.clickTreeRowMenuEntry(NUMBERS, String(third), "Add to Timeline");
      panel = await TimelinePanel.shown(workbench, `Numbers ${first.seq}, ${second.seq}, ${third} `);
      await panel.frame.locator("#timeline-legend .legend-toggle").nth(1).focus();
      await workbench.page.keyboard.press("Delete");
      panel = await TimelinePanel.shown(workbench, `Numbers ${first.seq}, ${third} `);
      await panel.frame.locator("#backdrop-check").click();
      await panel.whenIdle();
      await panel.dragOver(0.3, 0.7);
      const range = await whenZoomed(true);
      const looks = await panel.looks();
      await workbench.reload();
      panel = await TimelinePanel.shown(workbench, `Numbers ${first.seq}, ${third} `);
      assert.equal(await whenZoomed(true), range);
      assert.deepEqual(
        (await panel.legend()).map(({ name }) => name),
        [String(first.seq), String(third), "All TCP packets"],
      );
      assert.deepEqual(await panel.looks(), looks);
      assert.ok((await panel.chartName()).includes(`${grouped(2)} numbers compared`));
    });

    it("reports no error meanwhile", () => workbench.assertNoErrors());
  });
});
