/**
 * The filter bar: a display filter with its check while it is typed, completion and recent filters, how many packets pass, and the range of
 * time as a chip. What is in focus is the host's word; the bar asks for it to be changed.
 */
import { lengthProblem, type FilterCheck, type FilterProblem, type FilterSpan } from "../src/shared/displayFilter";
import { formatTimeSpan } from "../src/shared/format";
import type { AnalysisProgress, CaptureTime } from "../src/shared/model";
import { NO_FOCUS, type Focus } from "../src/shared/selection";
import { element, icon } from "./dom";
import { FilterOptions, type FilterOption } from "./filterOptions";
import { matchText, passingText } from "./filterText";
import * as l10n from "./l10n";
import { expectAnswer, messageOf, type HostConnection } from "./requests";
import { cleanText, countPackets } from "./timelineText";

/** A filter is looked at when nothing has been typed for so long. */
const CHECK_AFTER_MS = 120;

/** Characters of a sentence about a filter. */
const MAX_SENTENCE = 500;

/** What a bar is made of. */
export interface FilterBarOptions {
  readonly connection: Pick<HostConnection, "ask">;
  /** Where the list opens: above what is below the bar, or pushing it down where there is no room. */
  readonly list: "above" | "inline";
}

/** What is known of the text in the field. */
type TextState =
  /** It is what is in focus, or nothing. */
  | { readonly kind: "settled" }
  /** `share`: of the file that has to be read for it; undefined while it is not known that it has. */
  | { readonly kind: "checking"; readonly share?: number }
  | { readonly kind: "valid"; readonly packets: number }
  | { readonly kind: "invalid"; readonly problem: FilterProblem }
  /** The host could not say. */
  | { readonly kind: "failed"; readonly message: string };

interface RunningCheck {
  readonly text: string;
  readonly state: Promise<TextState>;
}

/** See the file header. `element` goes to the top of a page. */
export class FilterBar {
  readonly element: HTMLElement;
  readonly #connection: Pick<HostConnection, "ask">;
  readonly #input = element("input", {
    id: "filter-input",
    type: "text",
    role: "combobox",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": "filter-options",
    "aria-describedby": "filter-message",
  });
  readonly #mark = element("div", { class: "filter-mark", "aria-hidden": "true" });
  readonly #sign = element("span", { class: "filter-sign", "aria-hidden": "true" });
  readonly #box: HTMLElement;
  readonly #message = element("div", { id: "filter-message", class: "filter-message", "aria-live": "polite" });
  readonly #count = element("span", { id: "filter-count", class: "filter-count", role: "status" });
  readonly #progress = element("span", { id: "filter-progress", class: "filter-progress", role: "progressbar", hidden: true });
  readonly #range = element("span", { id: "filter-range", class: "filter-chip", hidden: true });
  readonly #options: FilterOptions;
  readonly #clear: HTMLButtonElement;
  readonly #apply: HTMLButtonElement;
  #focus: Focus = NO_FOCUS;
  #time: CaptureTime | null = null;
  #total: number | undefined;
  #state: TextState = { kind: "settled" };
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The check, the list and the count whose answers are wanted; any later change makes them stale. */
  #asked = 0;
  /** The check that the host has not answered. */
  #running: RunningCheck | undefined;
  /** Whether the host may be reading the file for what was typed. */
  #mayRead = false;
  #listed = 0;
  /** Whether the list completes what stands before the cursor. */
  #hasBegun = false;
  #counted = 0;

  constructor({ connection, list }: FilterBarOptions) {
    this.#connection = connection;
    this.#input.placeholder = l10n.t("Apply a display filter, such as tcp.len > 0");
    this.#input.setAttribute("aria-label", l10n.t("Display filter"));
    this.#options = new FilterOptions({ input: this.#input, onAccept: (option) => this.#accept(option), onForget: () => this.#forget() });
    this.#apply = button("filter-apply", "arrow-right", l10n.t("Apply Filter"), () => this.#applyText());
    this.#clear = button("filter-clear", "close", l10n.t("Clear Filter"), () => this.#clearText());
    const recent = button("filter-recent", "chevron-down", l10n.t("Recent Filters"), () => {
      if (this.#options.kind === "recent") this.#options.close();
      else void this.#showRecent();
      this.#input.focus();
    });
    // A click must not take the focus from the field: that would close the list before the click is heard.
    recent.addEventListener("mousedown", (event) => event.preventDefault());
    const field = element("div", { class: "filter-field" }, this.#mark, this.#input);
    this.#box = element("div", { class: "filter-box" }, this.#sign, field, this.#apply, this.#clear, recent);
    const row = element("div", { class: "filter-row" }, this.#box, this.#range, this.#progress, this.#count);
    this.#progress.setAttribute("aria-label", l10n.t("Reading the file"));
    const below = element("div", { class: "filter-below" });
    // Where there is little room, what one chooses from goes before what one reads.
    if (list === "above") below.append(this.#message, this.#options.element);
    else below.append(this.#options.element, this.#message);
    this.element = element("section", { id: "filter-bar", class: `filter-bar filter-bar-${list}` }, row, below);
    this.element.setAttribute("aria-label", l10n.t("Filter"));
    this.#listen();
    this.#draw();
  }

  /** Shows what is in focus of a capture. What has been typed and not applied stays while the filter in focus is the same. */
  show(focus: Focus, time: CaptureTime | null): void {
    const isOther = focus.filter !== this.#focus.filter;
    const wasApplied = this.#input.value.trim() === this.#focus.filter;
    this.#focus = focus;
    this.#time = time;
    if (isOther || wasApplied) this.#setText(focus.filter);
    this.#drawRange();
    this.#draw();
    void this.#countPassing();
  }

  /** Forgets what was typed: the bar is about another capture now. */
  reset(): void {
    this.#focus = NO_FOCUS;
    this.#total = undefined;
    this.#setText("");
  }

  #listen(): void {
    const input = this.#input;
    input.addEventListener("input", () => this.#typed());
    input.addEventListener("scroll", () => (this.#mark.scrollLeft = input.scrollLeft));
    input.addEventListener("click", () => {
      if (input.value === "" && !this.#options.isOpen) void this.#showRecent();
    });
    input.addEventListener("blur", () => this.#closeList());
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (this.#pressed(event)) event.preventDefault();
    });
  }

  /** Whether the key was taken. */
  #pressed({ key, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
    const options = this.#options;
    if (ctrlKey && key === " ") return this.#startCompleting();
    if (ctrlKey || metaKey) return false;
    switch (key) {
      case "ArrowDown":
        if (options.isOpen) options.move(1);
        else if (altKey || this.#input.value === "") void this.#showRecent();
        else this.#startCompleting();
        return true;
      case "ArrowUp":
        if (!options.isOpen) return false;
        options.move(-1);
        return true;
      case "PageDown":
      case "PageUp":
        if (!options.isOpen) return false;
        options.move(key === "PageDown" ? 8 : -8);
        return true;
      case "Enter":
        if (!options.acceptActive()) this.#applyText();
        return true;
      case "Tab":
        // Only what was begun is completed, or what was gone to; else, and where there is nothing, the key leaves the field as everywhere.
        if (shiftKey || options.kind !== "completion") return false;
        return this.#hasBegun ? options.acceptActiveOrFirst() : options.acceptActive();
      case "Escape":
        // A list that has been asked for does not open any more. The text stays: whoever closes a list a moment too late would lose it.
        this.#listed++;
        if (!options.isOpen) return false;
        options.close();
        return true;
      default:
        return false;
    }
  }

  #typed(): void {
    this.#closeList();
    const asked = ++this.#asked;
    const listed = this.#listed;
    clearTimeout(this.#timer);
    this.#leaveCheck();
    if (this.#isSettled()) this.#setState({ kind: "settled" });
    else if (this.#input.value.trim() === "") this.#setState({ kind: "valid", packets: this.#total ?? 0 });
    // What was wrong stays marked until the new text has been looked at: signs that go and come with every key disturb.
    else if (this.#state.kind !== "invalid") this.#setState({ kind: "checking" });
    this.#drawMark();
    this.#timer = setTimeout(() => {
      if (this.#input.value.trim() === "") return;
      if (!this.#isSettled()) void this.#check(asked);
      void this.#completeAt(listed);
    }, CHECK_AFTER_MS);
  }

  async #check(asked: number): Promise<void> {
    const state = await this.#askCheck(this.#input.value);
    if (asked === this.#asked) this.#setState(state);
  }

  /** Whoever asks the same meanwhile gets the same answer: asking anew would begin to read anew. */
  async #askCheck(text: string): Promise<TextState> {
    const problem = lengthProblem(text);
    if (problem) return { kind: "invalid", problem };
    if (this.#running?.text === text) return this.#running.state;
    const running: RunningCheck = {
      text,
      state: this.#askHost(text, ({ bytesRead, bytesTotal }) => {
        if (this.#running === running && bytesTotal > 0) this.#setState({ kind: "checking", share: bytesRead / bytesTotal });
      }),
    };
    this.#running = running;
    this.#mayRead = true;
    const state = await running.state;
    if (this.#running === running) this.#running = undefined;
    return state;
  }

  async #askHost(text: string, onProgress: (progress: AnalysisProgress) => void): Promise<TextState> {
    try {
      const { check } = expectAnswer(await this.#connection.ask({ type: "filter/check", text }, onProgress), "filter/checked");
      return stateOf(check);
    } catch (error) {
      return { kind: "failed", message: messageOf(error) };
    }
  }

  /**
   * For a text that stands there no more. What stands there now may name the same columns, so the host reads on until that is checked, and
   * stops only where nothing will be.
   */
  #leaveCheck(): void {
    this.#running = undefined;
    const text = this.#input.value;
    if (!this.#mayRead || !(this.#isSettled() || text.trim() === "" || lengthProblem(text))) return;
    this.#mayRead = false;
    this.#connection.ask({ type: "filter/stop" }).catch((error: unknown) => this.#setState({ kind: "failed", message: messageOf(error) }));
  }

  /** The key asks for what could stand at the cursor. Always taken. */
  #startCompleting(): true {
    void this.#completeAt(++this.#listed);
    return true;
  }

  async #completeAt(listed: number): Promise<void> {
    if (lengthProblem(this.#input.value)) return;
    const position = this.#input.selectionStart ?? this.#input.value.length;
    try {
      const answer = await this.#connection.ask({ type: "filter/complete", text: this.#input.value, position });
      const { span, items } = expectAnswer(answer, "filter/completed").completion;
      if (listed !== this.#listed || document.activeElement !== this.#input) return;
      const typed = this.#input.value.slice(span.start, span.end);
      // The only thing that could stand there is what stands there.
      if (items.length === 1 && items[0].text.trim() === typed) return;
      this.#hasBegun = span.start < position;
      this.#options.open(
        "completion",
        items.map(({ text, detail }) => ({ text, detail, span })),
      );
    } catch (error) {
      if (listed === this.#listed) this.#setState({ kind: "failed", message: messageOf(error) });
    }
  }

  async #showRecent(): Promise<void> {
    const listed = ++this.#listed;
    try {
      const { filters } = expectAnswer(await this.#connection.ask({ type: "filter/recall" }), "filter/recalled");
      if (listed !== this.#listed) return;
      const span = { start: 0, end: this.#input.value.length };
      this.#options.open(
        "recent",
        filters.map((text) => ({ text, detail: "", span })),
      );
    } catch (error) {
      this.#setState({ kind: "failed", message: messageOf(error) });
    }
  }

  #accept({ text, span }: FilterOption): void {
    const { value } = this.#input;
    const isWhole = span.start === 0 && span.end === value.length && this.#options.kind === "recent";
    this.#closeList();
    this.#input.value = `${value.slice(0, span.start)}${text}${value.slice(span.end)}`;
    const end = span.start + text.length;
    this.#input.setSelectionRange(end, end);
    const asked = ++this.#asked;
    clearTimeout(this.#timer);
    this.#leaveCheck();
    this.#drawMark();
    if (isWhole) this.#applyText();
    else if (this.#isSettled()) this.#setState({ kind: "settled" });
    else void this.#check(asked);
  }

  #closeList(): void {
    this.#listed++;
    this.#options.close();
  }

  #forget(): void {
    this.#closeList();
    this.#connection.ask({ type: "filter/forget" }).then(
      () => (this.#message.textContent = l10n.t("Recent filters were cleared.")),
      (error: unknown) => this.#setState({ kind: "failed", message: messageOf(error) }),
    );
  }

  #applyText(): void {
    void this.#applyFilter(this.#input.value.trim());
  }

  async #applyFilter(filter: string): Promise<void> {
    this.#closeList();
    clearTimeout(this.#timer);
    const asked = ++this.#asked;
    if (filter !== "") {
      const state = await this.#askCheck(this.#input.value);
      if (asked !== this.#asked) return;
      if (state.kind !== "valid") {
        this.#setState(state);
        return;
      }
    }
    await this.#setFocus({ ...this.#focus, filter });
  }

  async #setFocus(focus: Focus): Promise<void> {
    try {
      expectAnswer(await this.#connection.ask({ type: "focus/set", focus }), "request/done");
      if (this.#isSettled()) this.#setState({ kind: "settled" });
    } catch (error) {
      this.#setState({ kind: "failed", message: messageOf(error) });
    }
  }

  #clearText(): void {
    this.#setText("");
    this.#input.focus();
    if (this.#focus.filter !== "") void this.#setFocus({ ...this.#focus, filter: "" });
  }

  #setText(text: string): void {
    this.#asked++;
    clearTimeout(this.#timer);
    this.#closeList();
    this.#input.value = text;
    this.#leaveCheck();
    this.#setState({ kind: "settled" });
    this.#drawMark();
  }

  async #countPassing(): Promise<void> {
    const counted = ++this.#counted;
    try {
      const { packets, total } = expectAnswer(await this.#connection.ask({ type: "focus/count" }), "focus/counted");
      if (counted !== this.#counted) return;
      this.#total = total;
      this.#count.textContent = this.#focus.filter === "" && this.#focus.range === null ? countPackets(total) : passingText(packets, total);
      this.#count.classList.toggle("filter-count-none", packets === 0);
    } catch (error) {
      if (counted === this.#counted) this.#setState({ kind: "failed", message: messageOf(error) });
    }
  }

  #isSettled(): boolean {
    const text = this.#input.value.trim();
    return text === "" ? this.#focus.filter === "" : text === this.#focus.filter;
  }

  #setState(state: TextState): void {
    this.#state = state;
    this.#draw();
  }

  #draw(): void {
    const { kind } = this.#state;
    const isApplied = kind === "settled" && this.#focus.filter !== "";
    this.#box.dataset.state = isApplied ? "applied" : kind;
    const signs = { settled: "filter", checking: "filter", valid: "pass", invalid: "error", failed: "warning" } as const;
    this.#sign.replaceChildren(icon(isApplied ? "filter-filled" : signs[kind]));
    this.#input.setAttribute("aria-invalid", String(kind === "invalid"));
    this.#apply.hidden = kind === "settled";
    this.#apply.disabled = kind === "invalid";
    this.#clear.hidden = this.#input.value === "" && this.#focus.filter === "";
    this.#drawProgress();
    const sentence = this.#sentence();
    if (this.#message.textContent !== sentence) this.#message.textContent = sentence;
    this.#message.dataset.state = kind;
    this.#drawMark();
  }

  #sentence(): string {
    const state = this.#state;
    switch (state.kind) {
      case "settled":
        return "";
      case "checking":
        return state.share === undefined ? "" : l10n.t("Reading a column that is not in memory…");
      case "valid":
        if (this.#input.value.trim() === "") return l10n.t("Enter shows all packets again.");
        return matchText(state.packets, this.#total);
      case "invalid": {
        const { message, details, span } = state.problem;
        const sentence = cleanText(l10n.translate(message, ...details), MAX_SENTENCE);
        return l10n.t("Character {0}: {1}", String(span.start + 1), sentence);
      }
      case "failed":
        return cleanText(state.message, MAX_SENTENCE);
    }
  }

  /** In the place of the count; the sentence is said once, and the share when it is asked for. */
  #drawProgress(): void {
    const share = this.#state.kind === "checking" ? this.#state.share : undefined;
    this.#progress.hidden = share === undefined;
    this.#count.hidden = share !== undefined;
    const percent = String(Math.min(100, Math.floor(100 * (share ?? 0))));
    this.#progress.textContent = l10n.t("{0} %", percent);
    this.#progress.setAttribute("aria-valuenow", percent);
  }

  /** Underlines the place of an error, below the field's own text. */
  #drawMark(): void {
    const { value } = this.#input;
    const state = this.#state;
    if (state.kind !== "invalid") {
      this.#mark.replaceChildren();
      return;
    }
    const { start, end } = markedPlace(state.problem.span, value.length);
    const place = element("span", { class: "filter-error" }, start < value.length ? value.slice(start, end) : "\u00a0");
    this.#mark.replaceChildren(value.slice(0, start), place, value.slice(end));
    this.#mark.scrollLeft = this.#input.scrollLeft;
  }

  #drawRange(): void {
    const { range } = this.#focus;
    const hadFocus = this.#range.contains(document.activeElement);
    this.#range.hidden = range === null;
    if (range === null) {
      this.#range.replaceChildren();
      if (hadFocus) this.#input.focus();
      return;
    }
    const text = formatTimeSpan(range, this.#time);
    const remove = button(
      "filter-range-remove",
      "close",
      l10n.t("Remove Range"),
      () => void this.#setFocus({ ...this.#focus, range: null }),
    );
    remove.setAttribute("aria-label", l10n.t("Remove range {0}", text));
    this.#range.replaceChildren(icon("calendar"), element("span", { class: "filter-chip-text" }, text), remove);
  }
}

/** At least one character, so that something is underlined; behind the text where the end is the problem. */
function markedPlace({ start, end }: FilterSpan, length: number): FilterSpan {
  const from = Math.min(start, length);
  return { start: from, end: Math.min(Math.max(end, from + 1), Math.max(length, from)) };
}

const stateOf = (check: FilterCheck): TextState =>
  check.kind === "valid" ? { kind: "valid", packets: check.packets } : { kind: "invalid", problem: check.problem };

function button(id: string, iconName: string, label: string, onClick: () => void): HTMLButtonElement {
  const made = element("button", { id, type: "button", class: "icon-button", title: label }, icon(iconName));
  made.setAttribute("aria-label", label);
  made.addEventListener("click", onClick);
  return made;
}
