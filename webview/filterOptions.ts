/** The list below the filter field: completions or recent filters. The field keeps the keyboard focus, as ARIA's combobox has it. */
import type { FilterSpan } from "../src/shared/displayFilter";
import { element } from "./dom";
import * as l10n from "./l10n";
import { cleanText } from "./timelineText";

/** Characters of an option that are shown. */
const MAX_SHOWN = 300;

/** Something to choose. */
export interface FilterOption {
  /** Takes the place of `span`. */
  readonly text: string;
  readonly detail: string;
  readonly span: FilterSpan;
}

/** What a list needs. */
export interface FilterOptionsContext {
  /** The field, which names the active option for screen readers. */
  readonly input: HTMLInputElement;
  readonly onAccept: (option: FilterOption) => void;
  /** The user wants recent filters to be forgotten. */
  readonly onForget: () => void;
}

/** See the file header. */
export class FilterOptions {
  readonly element: HTMLElement;
  readonly #context: FilterOptionsContext;
  readonly #list = element("div", { id: "filter-options", class: "filter-options", role: "listbox" });
  readonly #nothing = element("div", { class: "filter-options-nothing muted" });
  #kind: "completion" | "recent" | undefined;
  #rows: HTMLElement[] = [];
  #active = -1;

  constructor(context: FilterOptionsContext) {
    this.#context = context;
    this.element = element("div", { class: "filter-popup", hidden: true }, this.#list, this.#nothing);
    // The field keeps the focus: losing it closes the list.
    this.element.addEventListener("mousedown", (event) => event.preventDefault());
    this.#nothing.textContent = l10n.t("No filter has been applied yet.");
  }

  /** What is listed; undefined while the list is closed. */
  get kind(): "completion" | "recent" | undefined {
    return this.#kind;
  }

  get isOpen(): boolean {
    return this.#kind !== undefined;
  }

  /** Lists options, none of them active; below recent filters, one that clears them. Without any, completions stay closed and recent filters say so. */
  open(kind: "completion" | "recent", options: readonly FilterOption[]): void {
    if (options.length === 0 && kind === "completion") {
      this.close();
      return;
    }
    this.#kind = kind;
    this.#list.setAttribute("aria-label", kind === "recent" ? l10n.t("Recent Filters") : l10n.t("Completions"));
    this.#rows = options.map((option, index) => this.#row(option, index));
    if (kind === "recent" && options.length > 0) this.#rows.push(this.#forgetRow());
    this.#list.replaceChildren(...this.#rows);
    this.#list.hidden = options.length === 0;
    this.#nothing.hidden = options.length > 0;
    this.element.hidden = false;
    this.#context.input.setAttribute("aria-expanded", "true");
    this.#activate(-1);
    this.#list.scrollTop = 0;
    this.element.scrollIntoView({ block: "nearest" });
  }

  close(): void {
    this.#kind = undefined;
    this.#rows = [];
    this.#list.replaceChildren();
    this.element.hidden = true;
    this.#context.input.setAttribute("aria-expanded", "false");
    this.#activate(-1);
  }

  /** Makes another option active; from the last on to the first, and back. */
  move(by: number): void {
    const { length } = this.#rows;
    if (length === 0) return;
    if (this.#active < 0) this.#activate(by > 0 ? 0 : length - 1);
    else if (Math.abs(by) > 1) this.#activate(Math.min(length - 1, Math.max(0, this.#active + by)));
    else this.#activate((this.#active + by + length) % length);
  }

  /** Whether there was an active option. */
  acceptActive(): boolean {
    if (this.#active < 0) return false;
    this.#rows[this.#active].click();
    return true;
  }

  /** Whether there was an option to take. */
  acceptActiveOrFirst(): boolean {
    if (this.#active < 0 && this.#rows.length > 0) this.#active = 0;
    return this.acceptActive();
  }

  #activate(index: number): void {
    this.#rows[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = index;
    const row = this.#rows.at(index);
    if (index < 0 || !row) {
      this.#context.input.removeAttribute("aria-activedescendant");
      return;
    }
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    this.#context.input.setAttribute("aria-activedescendant", row.id);
  }

  #row(option: FilterOption, index: number): HTMLElement {
    const row = element("div", { id: `filter-option-${String(index)}`, class: "filter-option", role: "option", "aria-selected": "false" });
    row.append(element("span", { class: "filter-option-text" }, cleanText(option.text, MAX_SHOWN)));
    if (option.detail !== "") row.append(element("span", { class: "filter-option-detail" }, cleanText(option.detail, MAX_SHOWN)));
    row.addEventListener("click", () => this.#context.onAccept(option));
    return row;
  }

  #forgetRow(): HTMLElement {
    const row = element("div", {
      id: "filter-forget",
      class: "filter-option filter-option-forget",
      role: "option",
      "aria-selected": "false",
    });
    row.textContent = l10n.t("Clear Recent Filters");
    row.addEventListener("click", () => this.#context.onForget());
    return row;
  }
}
