/** The panel with the charts as its user sees it: controls, chart under the mouse, what is announced, table. */
import type { Frame, Locator, Page } from "playwright-core";
import { until, type Workbench } from "./harness";

/** The drop-downs of the panel. */
export type ChoiceId =
  "bucket-select" | "scale-select" | "clock-select" | "measure-select" | "bins-select" | "distribution-scale-select" | "split-select";
/** The two charts. */
export type ChartName = "timeline" | "distribution";

/** See the file header. */
export class TimelinePanel {
  private constructor(
    readonly page: Page,
    readonly frame: Frame,
  ) {}

  /** The panel that is visible, once its chart's title matches; `waitMs`: rejects after so long. */
  static async shown(
    workbench: Workbench,
    title: string | RegExp = "",
    chart: ChartName = "timeline",
    waitMs?: number,
  ): Promise<TimelinePanel> {
    return until(
      async () => {
        const panel = new TimelinePanel(workbench.page, await workbench.webviewFrame());
        const matches = await panel.hasChart(title, chart).catch(() => false); // the page may be replaced at any moment
        return matches ? panel : undefined;
      },
      () => `No ${chart} chart is titled ${String(title)}.`,
      waitMs,
    );
  }

  /** Whether this document shows a finished chart whose accessible name matches. */
  async hasChart(title: string | RegExp, chart: ChartName = "timeline"): Promise<boolean> {
    const canvas = this.canvas(chart);
    if ((await this.frame.locator('#app[aria-busy="false"]').count()) === 0 || !(await canvas.isVisible())) return false;
    const name = (await canvas.getAttribute("aria-label")) ?? "";
    return typeof title === "string" ? name.includes(title) : title.test(name);
  }

  canvas(chart: ChartName = "timeline"): Locator {
    return this.frame.locator(`#${chart}-chart`);
  }

  /** Waits until the work in progress is done. */
  async whenIdle(): Promise<void> {
    await this.frame.locator('#app[aria-busy="false"]').waitFor({ state: "attached" });
  }

  /** What a screen reader says of the chart. */
  async chartName(chart: ChartName = "timeline"): Promise<string> {
    return (await this.canvas(chart).getAttribute("aria-label")) ?? "";
  }

  /** The picture on the canvas, to be compared with another. */
  picture(chart: ChartName = "timeline"): Promise<string> {
    return this.canvas(chart).evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  }

  /** Whether anything at all is on the canvas. */
  isDrawn(chart: ChartName = "timeline"): Promise<boolean> {
    return this.canvas(chart).evaluate((canvas: HTMLCanvasElement) => {
      const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      return pixels.some((value) => value > 0);
    });
  }

  /** Goes to the chart with the Tab key alone, from wherever the focus is in the panel. */
  async focusChart(chart: ChartName = "timeline"): Promise<void> {
    await until(
      async () => {
        if (await this.frame.evaluate((id) => document.activeElement?.id === id, `${chart}-chart`)) return true;
        await this.page.keyboard.press("Tab");
        return false;
      },
      () => "The Tab key does not lead to the chart.",
      undefined,
      20,
    );
  }

  /** Entries of a drop-down. */
  async choices(id: ChoiceId): Promise<string[]> {
    const labels = await this.frame.locator(`#${id} vscode-option`).allTextContents();
    return labels.map((label) => label.trim());
  }

  /** The entry of a drop-down that is selected. */
  chosen(id: ChoiceId): Promise<string> {
    return this.frame.locator(`#${id}`).evaluate((select: HTMLElement & { value?: string }) =>
      [...select.querySelectorAll("vscode-option")]
        .filter((option) => option.getAttribute("value") === select.value)
        .map((option) => option.textContent?.trim() ?? "")
        .join(),
    );
  }

  /** Chooses an entry of a drop-down with the mouse. */
  async choose(id: ChoiceId, label: string | RegExp): Promise<void> {
    const select = this.frame.locator(`#${id}`);
    await select.click();
    await select.getByRole("option", { name: label, exact: true }).click();
    await this.whenIdle();
  }

  /** Turns to the other tab. */
  async turnTo(tab: "Timeline" | "Distribution"): Promise<void> {
    await this.frame.locator("vscode-tab-header", { hasText: tab }).click();
    await this.canvas(tab === "Timeline" ? "timeline" : "distribution").waitFor();
    await this.whenIdle();
  }

  /** Entries of the legend: name, and whether they are drawn. */
  async legend(): Promise<{ name: string; isShown: boolean }[]> {
    return this.frame.locator("#timeline-legend .legend-toggle").evaluateAll((buttons) =>
      buttons.map((button) => ({
        name: button.querySelector(".legend-name")?.textContent ?? "",
        isShown: button.getAttribute("aria-pressed") === "true",
      })),
    );
  }

  /** How the legend draws each entry, by its name. */
  async looks(): Promise<Record<string, string>> {
    return this.frame
      .locator("#timeline-legend .legend-toggle")
      .evaluateAll((buttons) =>
        Object.fromEntries(
          buttons.map((button) => [button.querySelector(".legend-name")?.textContent ?? "", button.querySelector("svg")?.outerHTML ?? ""]),
        ),
      );
  }

  /** What was zoomed to, in words. */
  async rangeText(): Promise<string> {
    return (await this.frame.locator("#zoom-range").textContent()) ?? "";
  }

  /** Drags over the chart, from one share of its width to another. */
  async dragOver(from: number, to: number): Promise<void> {
    const box = await this.canvas().boundingBox();
    if (!box) throw new Error("The chart is not visible.");
    const { mouse } = this.page;
    await mouse.move(box.x + box.width * from, box.y + box.height * 0.4);
    await mouse.down();
    await mouse.move(box.x + box.width * to, box.y + box.height * 0.5, { steps: 5 });
    await mouse.up();
    await this.whenIdle();
  }

  /** What was announced last about a point of the chart. */
  async announced(): Promise<string> {
    return (await this.frame.locator("#chart-announcement").textContent()) ?? "";
  }

  /**
   * Moves the mouse over the chart until the point whose announcement contains `text` has its tooltip; returns the announcement.
   * Where the points are is for the chart alone to know, so the mouse goes over it in `steps`, from the share `from` of its width on.
   */
  async pointAt(text: string, options: { chart?: ChartName; steps?: number; from?: number } = {}): Promise<string> {
    const { chart = "timeline", steps = 48, from = 0 } = options;
    const box = await this.canvas(chart).boundingBox();
    if (!box) throw new Error("The chart is not visible.");
    let step = Math.floor(steps * from);
    return until(
      async () => {
        const x = box.x + (box.width * ((step++ % steps) + 0.5)) / steps;
        await this.page.mouse.move(x, box.y + box.height * 0.45);
        // The pointer must rest before anything is announced.
        const announcement = this.frame.locator("#chart-announcement").filter({ hasText: text });
        await announcement.waitFor({ state: "attached", timeout: 250 }).catch(() => undefined);
        return (await announcement.count()) > 0 ? this.announced() : undefined;
      },
      () => `No point of the chart is announced with "${text}".`,
      undefined,
      0,
    );
  }

  /** Cells of the data table, heads first; opened when it is closed. Pages that are left out are not added. */
  async table(chart: ChartName = "timeline"): Promise<string[][]> {
    const details = this.frame.locator(`#${chart}-table-details`);
    if ((await details.getAttribute("open")) === null) await details.locator("summary").click();
    await this.frame.locator(`#${chart}-table tbody tr`).first().waitFor();
    return this.frame
      .locator(`#${chart}-table tr`)
      .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? "")));
  }

  /** Data rows of the table by their heads. */
  async tableRows(chart: ChartName = "timeline"): Promise<Record<string, string>[]> {
    const [heads = [], ...rows] = await this.table(chart);
    return rows.map((row) => Object.fromEntries(row.map((cell, i) => [heads[i], cell])));
  }
}
