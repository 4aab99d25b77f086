/** A table of packets as its user sees it, in a finding's page or in the timeline panel's tab. */
import type { Frame, Locator, Page } from "playwright-core";
import { until } from "./harness";

/** See the file header. */
export class PacketTable {
  constructor(
    readonly page: Page,
    readonly frame: Frame,
  ) {}

  get table(): Locator {
    return this.frame.locator("#packets-table");
  }

  /** Waits until the rows that are seen are there. */
  async whenLoaded(): Promise<void> {
    await until(
      async () => {
        const rows = await this.rows();
        return rows.length > 0 && rows.every((row) => Object.values(row).every((cell) => cell !== "…"));
      },
      () => "No packets are listed.",
    );
  }

  /** Cells of the packets that are seen, by the heads of their columns. */
  async rows(): Promise<Record<string, string>[]> {
    const cells = await this.frame
      .locator("#packets-table tr")
      .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent?.trim() ?? "")));
    const [heads = [], ...rows] = cells;
    return rows.map((row) => Object.fromEntries(row.map((cell, i) => [heads[i] ?? "", cell])));
  }

  async heads(): Promise<string[]> {
    return (await this.frame.locator("#packets-table thead th").allTextContents()).map((text) => text.trim());
  }

  /** How many packets there are, as the table tells screen readers. */
  async total(): Promise<number> {
    return Number(await this.table.getAttribute("aria-rowcount")) - 1;
  }

  /** `Packets 1 to 20 of 500`, and what is selected. */
  async shown(): Promise<string> {
    return (await this.frame.locator("#packets-shown").textContent()) ?? "";
  }

  /** Place of the packet that the keys are on, from 1; undefined while it is out of sight. */
  async active(): Promise<number | undefined> {
    const id = await this.table.getAttribute("aria-activedescendant");
    if (id === null) return undefined;
    return Number(await this.frame.locator(`#${id}`).getAttribute("aria-rowindex")) - 1;
  }

  /** Waits until the keys are on the packet at a place, from 1, and it is seen. */
  async whenActive(place: number): Promise<void> {
    await until(
      async () => (await this.active()) === place,
      () => `The table is not on packet ${place}.`,
    );
    await this.whenLoaded();
  }

  /** The row of a packet that is seen, by its place from 1. */
  row(place: number): Locator {
    return this.frame.locator(`#packets-table tr[aria-rowindex="${place + 1}"]`);
  }

  sorter(column: string): Locator {
    return this.frame.locator(`#packets-table th[data-column="${column}"] .sorter`);
  }

  async whenSorted(column: string, direction: "ascending" | "descending" | "none"): Promise<void> {
    await this.frame.locator(`#packets-table[aria-busy="false"] th[data-column="${column}"][aria-sort="${direction}"]`).waitFor();
    await this.whenLoaded();
  }

  /** What was said last. */
  async message(): Promise<string> {
    return (await this.frame.locator("#packets-message").textContent()) ?? "";
  }

  /** Fields of the row that is open, by their names, once they are there. */
  fields(): Promise<Record<string, string>> {
    return until(
      async () => {
        const all = await this.frame
          .locator(".field-list > div")
          .evaluateAll((fields) =>
            Object.fromEntries(fields.map((field) => [field.children[0]?.textContent ?? "", field.children[1]?.textContent ?? ""])),
          );
        return Object.keys(all).length > 0 ? all : undefined;
      },
      () => "No row is open.",
    );
  }
}
