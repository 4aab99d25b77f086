/** The bursts of a chart as a table; its first cell is a button that zooms to the burst. */
import { burstHeads, burstRow, zoomToBurst } from "./burstText";
import type { MarkedBurst } from "./bursts";
import type { ChartClock } from "./clock";
import { element } from "./dom";
import { formatCount } from "../src/shared/format";
import * as l10n from "./l10n";

/** So many are listed; the strongest. */
const LISTED = 100;

/** See the file header. */
export class BurstTable {
  readonly element: HTMLElement;
  readonly #heading = element("h2", { id: "bursts-heading" });
  readonly #table = element("table", { id: "bursts-table", "aria-labelledby": "bursts-heading" });
  readonly #region = element(
    "div",
    { class: "table-scroll", tabindex: "0", role: "region", "aria-labelledby": "bursts-heading" },
    this.#table,
  );
  readonly #onZoom: (burst: MarkedBurst) => void;

  constructor(onZoom: (burst: MarkedBurst) => void) {
    this.#onZoom = onZoom;
    this.element = element("section", { id: "bursts", class: "bursts" }, this.#heading, this.#region);
    this.element.hidden = true;
  }

  /** Null hides it; it is small enough to be made anew. */
  show(bursts: readonly MarkedBurst[] | null, clock: ChartClock, isCompared: boolean): void {
    this.element.hidden = bursts === null || bursts.length === 0;
    if (!bursts || bursts.length === 0) return;
    const shown = bursts.slice(0, LISTED);
    this.#heading.textContent =
      shown.length < bursts.length
        ? l10n.t("Bursts: the strongest {0} of {1}", formatCount(shown.length), formatCount(bursts.length))
        : l10n.t("Bursts ({0})", formatCount(bursts.length));
    const numbers = isCompared ? [4, 5] : [3, 4];
    const texts = burstHeads(isCompared).length - 2; // labels and sources, which may take lines
    const classOf = (column: number): string | undefined => (numbers.includes(column) ? "number" : column >= texts ? "text" : undefined);
    const heads = burstHeads(isCompared).map((head, i) => element("th", { scope: "col", class: classOf(i) }, head));
    const rows = shown.map((burst) => {
      const [first = "", ...rest] = burstRow(burst, clock, isCompared);
      // A name begins with what is seen: who speaks to the page says that.
      const name = isCompared ? `${first}: ${zoomToBurst(burst, clock)}` : zoomToBurst(burst, clock);
      const zoom = element("button", { type: "button", class: "link", "aria-label": name }, first);
      zoom.title = zoomToBurst(burst, clock);
      zoom.addEventListener("click", () => this.#onZoom(burst));
      const cells = rest.map((text, i) => element("td", { class: classOf(i + 1) }, text));
      return element("tr", {}, element("th", { scope: "row" }, zoom), ...cells);
    });
    const focused = [...this.#table.querySelectorAll("button")].findIndex((button) => button === document.activeElement);
    this.#table.replaceChildren(element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
    if (focused >= 0) this.#table.querySelectorAll("button")[focused]?.focus();
  }
}
