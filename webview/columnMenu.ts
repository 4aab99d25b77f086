/** A button with a list of columns to show and hide. Escape and a click elsewhere close it. */
import "@vscode-elements/elements/dist/vscode-button/index.js";
import "@vscode-elements/elements/dist/vscode-checkbox/index.js";
import type { PacketColumn } from "../src/shared/packets";
import { element } from "./dom";
import * as l10n from "./l10n";

/** See the file header. */
export class ColumnMenu {
  readonly element: HTMLElement;
  readonly #button = element("vscode-button", { id: "packets-columns", secondary: true, "aria-expanded": "false" }, l10n.t("Columns"));
  readonly #list = element("div", { id: "packets-column-list", class: "column-list", role: "group", hidden: true });
  readonly #onChange: (columns: readonly PacketColumn[]) => void;
  #boxes: readonly (readonly [PacketColumn, HTMLElementTagNameMap["vscode-checkbox"]])[] = [];

  constructor(onChange: (columns: readonly PacketColumn[]) => void) {
    this.#onChange = onChange;
    this.#list.setAttribute("aria-label", l10n.t("Columns of the table"));
    this.#button.addEventListener("click", () => this.#open(this.#list.hasAttribute("hidden")));
    this.element = element("div", { class: "column-menu" }, this.#button, this.#list);
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.#list.hasAttribute("hidden")) return;
      event.stopPropagation();
      this.#open(false);
      this.#button.focus();
    });
    this.element.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && !this.element.contains(relatedTarget)) this.#open(false);
    });
    document.addEventListener("pointerdown", (event) => {
      if (!event.composedPath().includes(this.element)) this.#open(false);
    });
  }

  /** `columns`: all there are, with their heads; `shown`: those that are shown. */
  set(columns: readonly (readonly [PacketColumn, string])[], shown: readonly PacketColumn[]): void {
    this.#boxes = columns.map(([column, head]) => {
      const box = element("vscode-checkbox", { "data-column": column });
      box.label = head;
      box.checked = shown.includes(column);
      box.addEventListener("change", () => this.#change());
      return [column, box] as const;
    });
    this.#list.replaceChildren(...this.#boxes.map(([, box]) => box));
    this.#keepOne();
  }

  #change(): void {
    this.#keepOne();
    this.#onChange(this.#boxes.filter(([, { checked }]) => checked).map(([column]) => column));
  }

  /** A table without columns could not be asked for one again. */
  #keepOne(): void {
    const checked = this.#boxes.filter(([, box]) => box.checked);
    for (const [, box] of this.#boxes) box.disabled = checked.length === 1 && box.checked;
  }

  #open(isOpen: boolean): void {
    this.#list.hidden = !isOpen;
    this.#button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.#boxes[0]?.[1].focus();
  }
}
