/** A labelled drop-down of the toolbar. */
import "@vscode-elements/elements/dist/vscode-single-select/index.js";
import "@vscode-elements/elements/dist/vscode-option/index.js";
import { element } from "./dom";

/** One entry. `value` is what `onChange` gets. */
export interface ChoiceOption {
  readonly value: string;
  readonly label: string;
  readonly isDisabled?: boolean;
}

/** What a drop-down is made of. */
export interface ChoiceOptions {
  /** Id of the drop-down, for tests and labels. */
  readonly id: string;
  readonly label: string;
  readonly onChange: (value: string) => void;
}

/** See the file header. `element` goes into the toolbar. */
export class Choice {
  readonly element: HTMLElement;
  readonly #select: HTMLElementTagNameMap["vscode-single-select"];
  #shown = "";

  constructor({ id, label, onChange }: ChoiceOptions) {
    this.#select = element("vscode-single-select", { id });
    this.#select.label = label;
    this.#select.addEventListener("change", () => onChange(this.#select.value));
    const caption = element("span", { class: "choice-label", "aria-hidden": "true" }, label);
    caption.addEventListener("click", () => this.#select.focus());
    this.element = element("div", { class: "choice" }, caption, this.#select);
  }

  /** Replaces the entries and selects one, unless that is what is shown. */
  set(options: readonly ChoiceOption[], value: string): void {
    const shown = JSON.stringify(options);
    if (shown === this.#shown && this.#select.value === value) return;
    this.#shown = shown;
    this.#select.replaceChildren(
      ...options.map((option) => {
        const made = element("vscode-option", { value: option.value }, option.label);
        made.selected = option.value === value;
        made.disabled = option.isDisabled ?? false;
        return made;
      }),
    );
  }
}
