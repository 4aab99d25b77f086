/** A finding's tab as its user sees it: head, graph, packets. */
import type { Frame, Locator, Page } from "playwright-core";
import { until, type Workbench } from "./harness";

/** See the file header. */
export class FindingPanel {
  private constructor(
    readonly page: Page,
    readonly frame: Frame,
  ) {}

  /** The tab that is visible, once its heading matches. */
  static async shown(workbench: Workbench, title: RegExp): Promise<FindingPanel> {
    return until(
      async () => {
        const panel = new FindingPanel(workbench.page, await workbench.webviewFrame());
        const matches = await panel.hasTitle(title).catch(() => false); // the page may be replaced at any moment
        return matches ? panel : undefined;
      },
      () => `No finding is titled ${String(title)}.`,
    );
  }

  private async hasTitle(title: RegExp): Promise<boolean> {
    const heading = this.frame.locator('#app[aria-busy="false"] #finding h1');
    return (await heading.count()) > 0 && (await heading.isVisible()) && title.test((await heading.textContent()) ?? "");
  }

  get canvas(): Locator {
    return this.frame.locator("#finding-chart");
  }

  /** What a screen reader says of the graph. */
  async graphName(): Promise<string> {
    return (await this.canvas.getAttribute("aria-label")) ?? "";
  }

  /** The picture on the canvas, to be compared with another. */
  picture(): Promise<string> {
    return this.canvas.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  }

  /** Facts of the head by their names. */
  facts(): Promise<Record<string, string>> {
    return this.frame
      .locator(".facts > div")
      .evaluateAll((facts) =>
        Object.fromEntries(facts.map((fact) => [fact.children[0]?.textContent ?? "", fact.children[1]?.textContent ?? ""])),
      );
  }

  /** Chooses an entry of a drop-down with the mouse. */
  async choose(id: "stream-select" | "direction-select" | "range-select", label: string | RegExp): Promise<void> {
    const select = this.frame.locator(`#${id}`);
    await select.click();
    await select.getByRole("option", { name: label }).click();
    await this.frame.locator('#app[aria-busy="false"]').waitFor({ state: "attached" });
  }

  /** What was announced last about a point of the graph. */
  async announced(): Promise<string> {
    return (await this.frame.locator("#chart-announcement").textContent()) ?? "";
  }
}
