/** A filter bar as its user sees it: in a panel, or in the side bar. */
import type { Frame, Locator, Page } from "playwright-core";
import { until, type Workbench } from "./harness";

/** See the file header. */
export class FilterBar {
  private constructor(
    readonly page: Page,
    readonly frame: Frame,
  ) {}

  /** The bar at the top of the visible panel, or of the side bar, once it is there. */
  static async shown(workbench: Workbench, place: "editor" | "sidebar"): Promise<FilterBar> {
    return until(
      async () => {
        const frame = await workbench.webviewFrame(place);
        const isShown = await frame
          .locator("#filter-input")
          .isVisible()
          .catch(() => false); // the page may be replaced at any moment
        return isShown ? new FilterBar(workbench.page, frame) : undefined;
      },
      () => `No filter bar is shown in the ${place}.`,
    );
  }

  get input(): Locator {
    return this.frame.locator("#filter-input");
  }

  /** Waits until the field holds this text. */
  async whenInput(text: string): Promise<void> {
    let shown = "";
    await until(
      async () => (shown = await this.input.inputValue()) === text,
      () => `The field holds: "${shown}"`,
    );
  }

  /** What the sentence below the field says; "" when there is none. */
  async message(): Promise<string> {
    return (await this.frame.locator("#filter-message").textContent()) ?? "";
  }

  /** Waits until that sentence matches, and returns it. */
  async whenMessage(text: RegExp): Promise<string> {
    let message = "";
    return until(
      async () => (text.test((message = await this.message())) ? message : undefined),
      () => `The sentence below the field is: "${message}"`,
    );
  }

  /** The text that is underlined as wrong; undefined when nothing is. */
  async marked(): Promise<string | undefined> {
    const mark = this.frame.locator(".filter-error");
    return (await mark.count()) > 0 ? ((await mark.textContent()) ?? "") : undefined;
  }

  /** What counts the packets that pass. */
  async whenCount(text: string): Promise<void> {
    await this.frame.locator("#filter-count").filter({ hasText: text }).waitFor();
  }

  /** Entries of the list that is open; empty when it is closed. */
  options(): Promise<string[]> {
    return this.frame
      .locator("#filter-options [role=option] .filter-option-text, #filter-forget")
      .evaluateAll((options) => options.filter((option) => option.checkVisibility()).map((option) => option.textContent ?? ""));
  }

  /** Waits until the list has entries that `accept` takes, and returns them. */
  async whenOptions(accept: (options: string[]) => boolean = (options) => options.length > 0): Promise<string[]> {
    let options: string[] = [];
    return until(
      async () => (accept((options = await this.options())) ? options : undefined),
      () => `The list has only: ${JSON.stringify(options)}`,
    );
  }

  /** The entry that the keyboard is on, as a screen reader is told. */
  async activeOption(): Promise<string | undefined> {
    const id = await this.input.getAttribute("aria-activedescendant");
    return id === null ? undefined : ((await this.frame.locator(`#${id}`).textContent()) ?? "");
  }

  /** The range of time beside the field; undefined for all of the time. */
  async range(): Promise<string | undefined> {
    const chip = this.frame.locator("#filter-range");
    return (await chip.isVisible()) ? ((await chip.textContent()) ?? "") : undefined;
  }
}
