/** What stands around a panel's content: progress, the bar of a changed file, and the sentence that is there while there is nothing to draw. */
import "@vscode-elements/elements/dist/vscode-button/index.js";
import "@vscode-elements/elements/dist/vscode-progress-bar/index.js";
import { element, icon } from "./dom";
import { Announcer } from "./interactiveChart";
import * as l10n from "./l10n";
import { messageOf } from "./requests";

/** Work shorter than this shows no progress bar: it would only flicker. */
const PROGRESS_DELAY_MS = 200;

/** What a frame is made of. */
export interface FrameOptions {
  readonly root: HTMLElement;
  readonly content: HTMLElement;
  /** Shown above the content, and only with it. */
  readonly bar: HTMLElement;
  /** The user asks for the file to be read again. */
  readonly onAnalyzeAgain: () => void;
  /** A message has taken the content's place: what it was drawn from is not valid any more. */
  readonly onMessage: () => void;
  readonly readName: () => string;
}

/** See the file header. */
export class PanelFrame {
  /** Says what is under the pointer of a chart. */
  readonly announcer: Announcer;
  readonly #options: FrameOptions;
  readonly #progress = element("vscode-progress-bar", { id: "progress", hidden: true });
  readonly #staleBar: HTMLElement;
  readonly #status = element("section", { id: "status", class: "status", tabindex: "-1", hidden: true });
  #running = 0;

  constructor(options: FrameOptions) {
    this.#options = options;
    const region = element("div", { id: "chart-announcement", class: "visually-hidden", "aria-live": "polite", "aria-atomic": "true" });
    const keys = element("div", { id: "chart-keys", hidden: true }, l10n.t("Arrow keys, Home and End move from point to point."));
    this.announcer = new Announcer(region);
    this.#staleBar = this.#makeStaleBar();
    this.#progress.ariaLabel = l10n.t("Working");
    options.content.hidden = true;
    options.bar.hidden = true;
    options.root.replaceChildren(this.#progress, this.#staleBar, this.#status, options.bar, options.content, region, keys);
  }

  /** Shows a progress bar while the work lasts, and its failure in place of the content. */
  track(work: Promise<void>): void {
    const { root } = this.#options;
    this.#running++;
    root.setAttribute("aria-busy", "true");
    const timer = setTimeout(() => {
      this.#progress.hidden = false;
      if (this.#options.content.hidden && this.#status.hidden) this.#showStatus("status", element("p", {}, l10n.t("Loading…")));
    }, PROGRESS_DELAY_MS);
    work
      .catch((error: unknown) => {
        this.showMessage("error", messageOf(error), "alert");
      })
      .finally(() => {
        clearTimeout(timer);
        if (--this.#running > 0) return;
        this.#progress.hidden = true;
        root.setAttribute("aria-busy", "false");
      });
  }

  /** Whether the file has changed on disk. */
  showStale(isStale: boolean): void {
    this.#staleBar.hidden = !isStale;
  }

  showReading(): void {
    this.#showStatus(
      "status",
      element("p", {}, l10n.t("Reading the capture again…")),
      element("p", { class: "muted" }, this.#options.readName()),
    );
  }

  showCancelled(): void {
    this.showMessage("circle-slash", l10n.t("Reading “{0}” was cancelled.", this.#options.readName()), "status");
  }

  /** Says that the capture has been closed. */
  showGone(): void {
    this.showMessage("circle-slash", l10n.t("The capture “{0}” has been closed.", this.#options.readName()), "status");
  }

  /** A sentence in place of the content, with a way on. */
  showMessage(iconName: string, sentence: string, role: "alert" | "status"): void {
    this.#options.onMessage();
    const button = element("vscode-button", { id: "status-analyze-again" }, l10n.t("Analyze Again"));
    button.addEventListener("click", () => this.#options.onAnalyzeAgain());
    this.#showStatus(role, icon(iconName), element("p", {}, sentence), button);
  }

  /** Gives the content its place back; `focus` gets the focus when the status had it. */
  showContent(focus?: () => void): void {
    const hadFocus = this.#status.contains(document.activeElement);
    this.#status.hidden = true;
    this.#options.content.hidden = false;
    this.#options.bar.hidden = false;
    if (hadFocus) focus?.();
  }

  #showStatus(role: "alert" | "status", ...children: readonly HTMLElement[]): void {
    const { root, content, bar } = this.#options;
    // Keyboard users stay where something happens when the element they were on goes away.
    const hadFocus = root.contains(document.activeElement);
    content.hidden = true;
    bar.hidden = true;
    this.#status.setAttribute("role", role);
    this.#status.hidden = false;
    this.#status.replaceChildren(...children);
    this.#staleBar.hidden = true;
    if (hadFocus) this.#status.focus();
  }

  #makeStaleBar(): HTMLElement {
    const button = element("vscode-button", { id: "stale-analyze-again" }, l10n.t("Analyze Again"));
    button.addEventListener("click", () => this.#options.onAnalyzeAgain());
    const sentence = element("span", {}, l10n.t("The file has changed on disk since it was analyzed."));
    return element("div", { id: "stale-bar", class: "bar", role: "alert", hidden: true }, icon("warning"), sentence, button);
  }
}
