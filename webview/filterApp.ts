/** The page of the filter bar in the side bar: which capture it acts on, and the bar. */
import { assertNever } from "../src/shared/errors";
import type { FilterTarget, PanelNews } from "../src/shared/panelProtocol";
import { element, icon } from "./dom";
import { FilterBar } from "./filterBar";
import * as l10n from "./l10n";
import type { HostConnection } from "./requests";
import { cleanText } from "./timelineText";

/** Characters of a file's name. */
const MAX_NAME = 200;

/** See the file header. */
export class FilterApp {
  readonly #bar: FilterBar;
  readonly #name = element("span", { id: "filter-capture", class: "filter-capture-name" });
  readonly #capture: HTMLElement;
  readonly #nothing: HTMLElement;
  #key: string | undefined;

  constructor(root: HTMLElement, connection: HostConnection) {
    this.#bar = new FilterBar({ connection, list: "inline" });
    this.#capture = element("p", { class: "filter-capture" }, icon("table"), this.#name);
    this.#nothing = element("p", { id: "filter-nothing", class: "muted" }, l10n.t("Analyze a capture to filter its packets."));
    const heading = element("h1", { class: "visually-hidden" }, l10n.t("Filter"));
    root.replaceChildren(heading, this.#capture, this.#bar.element, this.#nothing);
  }

  /** Shows the capture that the bar acts on, and what is in focus of it. */
  show(target: FilterTarget | null): void {
    const hasCapture = target !== null;
    this.#capture.hidden = !hasCapture;
    this.#bar.element.hidden = !hasCapture;
    this.#nothing.hidden = hasCapture;
    if (target?.key !== this.#key) this.#bar.reset();
    this.#key = target?.key;
    if (!target) return;
    this.#name.textContent = cleanText(target.name, MAX_NAME);
    this.#bar.show(target.focus, target.time);
  }

  /** Acts on what the host says unasked. */
  receive(news: PanelNews): void {
    switch (news.type) {
      case "filter/target":
        return this.show(news.target);
      case "focus/changed":
      case "panel/show":
      case "panel/gone":
      case "panel/stale":
      case "capture/replaced":
      case "finding/changed":
        return; // said to panels
      default:
        assertNever(news);
    }
  }
}
