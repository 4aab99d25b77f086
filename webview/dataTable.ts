/** A chart's data as a table that can be unfolded; rows are made a page at a time, and none before it is opened. */
import "@vscode-elements/elements/dist/vscode-button/index.js";
import { formatCount } from "../src/shared/format";
import { element } from "./dom";
import * as l10n from "./l10n";

/** Rows that are added at a time. */
export const ROWS_PER_PAGE = 200;

/** What a table shows. */
export interface TableContent {
  /** Read with the table by screen readers: the chart's title. */
  readonly caption: string;
  readonly heads: readonly string[];
  /** Positions of the columns of numbers, aligned right. */
  readonly numberColumns: readonly number[];
  readonly rowCount: number;
  readonly rowAt: (i: number) => readonly string[];
}

/** See the file header. Ids: `<id>` is the table, `<id>-details`, `<id>-shown`, `<id>-more` what is around it. */
export class DataTable {
  readonly element: HTMLDetailsElement;
  readonly #table: HTMLTableElement;
  readonly #summary: HTMLElement;
  readonly #region: HTMLElement;
  readonly #shown: HTMLElement;
  readonly #more: HTMLElementTagNameMap["vscode-button"];
  #content: TableContent | undefined;
  #body = element("tbody");

  constructor(id: string) {
    this.#summary = element("summary");
    this.#table = element("table", { id });
    this.#region = element("div", { class: "table-scroll", tabindex: "0", role: "region" }, this.#table);
    this.#shown = element("span", { id: `${id}-shown`, role: "status" });
    this.#more = element("vscode-button", { id: `${id}-more`, secondary: true });
    this.#more.addEventListener("click", () => this.#addRows());
    const foot = element("div", { class: "table-foot" }, this.#shown, this.#more);
    this.element = element("details", { id: `${id}-details`, class: "data-table" }, this.#summary, this.#region, foot);
    this.element.addEventListener("toggle", () => {
      if (this.element.open && this.#body.rows.length === 0) this.#addRows();
    });
  }

  show(content: TableContent): void {
    this.#content = content;
    const rows = content.rowCount === 1 ? l10n.t("1 row") : l10n.t("{0} rows", formatCount(content.rowCount));
    this.#summary.textContent = l10n.t("Data table ({0})", rows);
    this.#region.setAttribute("aria-label", l10n.t("Data table: {0}", content.caption));
    const heads = content.heads.map((head, i) => element("th", { scope: "col", class: this.#classOf(i) }, head));
    this.#body = element("tbody");
    this.#table.replaceChildren(
      element("caption", { class: "visually-hidden" }, content.caption),
      element("thead", {}, element("tr", {}, ...heads)),
      this.#body,
    );
    if (this.element.open) this.#addRows();
  }

  #classOf(column: number): string | undefined {
    return this.#content?.numberColumns.includes(column) ? "number" : undefined;
  }

  #addRows(): void {
    const content = this.#content;
    if (!content) return;
    const from = this.#body.rows.length;
    // Not of a table that is folded: the page would be laid out for nothing.
    if (from === 0) this.#region.scrollTop = 0;
    const to = Math.min(content.rowCount, from + ROWS_PER_PAGE);
    for (let i = from; i < to; i++) {
      const cells = content
        .rowAt(i)
        .map((text, column) =>
          column === 0 ? element("th", { scope: "row" }, text) : element("td", { class: this.#classOf(column) }, text),
        );
      this.#body.append(element("tr", {}, ...cells));
    }
    const rest = Math.min(ROWS_PER_PAGE, content.rowCount - to);
    this.#shown.textContent =
      rest > 0 ? l10n.t("Rows 1 to {0} of {1}", formatCount(to), formatCount(content.rowCount)) : l10n.t("All rows are shown");
    this.#more.hidden = rest <= 0;
    this.#more.textContent = l10n.t("Show {0} More", formatCount(rest));
  }
}
