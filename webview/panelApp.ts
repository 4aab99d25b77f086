/** The page: bar, tabs, status. Decides which tab asks for what, and what stands there while there is nothing to draw. */
import "@vscode-elements/elements/dist/vscode-button/index.js";
import "@vscode-elements/elements/dist/vscode-progress-bar/index.js";
import "@vscode-elements/elements/dist/vscode-tab-header/index.js";
import "@vscode-elements/elements/dist/vscode-tab-panel/index.js";
import "@vscode-elements/elements/dist/vscode-tabs/index.js";
import { assertNever } from "../src/shared/errors";
import type { CaptureSummary } from "../src/shared/model";
import type { PanelNews, PanelTarget, PanelView } from "../src/shared/panelProtocol";
import { DistributionView } from "./distributionView";
import { element, icon } from "./dom";
import { Announcer } from "./interactiveChart";
import * as l10n from "./l10n";
import type { PanelStore } from "./panelStore";
import { expectAnswer, type HostConnection } from "./requests";
import { onThemeChange } from "./theme";
import { TimelineView, type ViewContext } from "./timelineView";

/** Work shorter than this shows no progress bar: it would only flicker. */
const PROGRESS_DELAY_MS = 200;

const viewOrder: readonly PanelView[] = ["timeline", "distribution"];

/** See the file header. */
export class PanelApp {
  readonly #root: HTMLElement;
  readonly #connection: HostConnection;
  readonly #store: PanelStore;
  readonly #progress = element("vscode-progress-bar", { id: "progress", hidden: true });
  readonly #staleBar: HTMLElement;
  readonly #status = element("section", { id: "status", class: "status", tabindex: "-1", hidden: true });
  readonly #tabs = element("vscode-tabs", { id: "tabs", panel: true, hidden: true });
  readonly #timeline: TimelineView;
  readonly #distribution: DistributionView;
  #summary: CaptureSummary | undefined;
  /** Which tabs show the capture as it is; the others ask when they are turned to. */
  readonly #loaded = new Set<PanelView>();
  readonly #headers = new Map<PanelView, HTMLElement>();
  #opened = 0;
  #running = 0;

  constructor(root: HTMLElement, connection: HostConnection, store: PanelStore) {
    this.#root = root;
    this.#connection = connection;
    this.#store = store;
    const region = element("div", { id: "chart-announcement", class: "visually-hidden", "aria-live": "polite", "aria-atomic": "true" });
    const keys = element("div", { id: "chart-keys", hidden: true }, l10n.t("Arrow keys, Home and End move from point to point."));
    const context: ViewContext = { connection, store, announcer: new Announcer(region), track: (work) => this.#track(work) };
    this.#timeline = new TimelineView(context);
    this.#distribution = new DistributionView(context);
    this.#staleBar = this.#makeStaleBar();
    this.#makeTabs();
    this.#progress.ariaLabel = l10n.t("Working");
    root.replaceChildren(this.#progress, this.#staleBar, this.#status, this.#tabs, region, keys);
    onThemeChange(() => {
      this.#timeline.redraw();
      this.#distribution.redraw();
    });
  }

  /** Opens the capture and shows it. `willRead`: the host has to read the file first, which is said. */
  open(willRead: boolean): void {
    if (willRead) this.#showReading();
    this.#track(this.#open());
  }

  /** Acts on what the host says unasked. */
  receive(news: PanelNews): void {
    switch (news.type) {
      case "panel/show":
        return this.#show(news.target);
      case "panel/gone":
        return this.showGone();
      case "panel/stale":
        this.#staleBar.hidden = false;
        return;
      case "capture/replaced":
        return this.open(false);
      default:
        assertNever(news);
    }
  }

  /** Says that the capture has been closed. */
  showGone(): void {
    this.#showMessage("circle-slash", l10n.t("The capture “{0}” has been closed.", this.#store.state.name), "status");
  }

  async #open(): Promise<void> {
    const opened = ++this.#opened;
    const answer = await this.#connection.ask({ type: "capture/open" });
    if (opened !== this.#opened) return;
    if (answer.type === "capture/cancelled") {
      this.#showMessage("circle-slash", l10n.t("Reading “{0}” was cancelled.", this.#store.state.name), "status");
      return;
    }
    const { summary, seq, isStale } = expectAnswer(answer, "capture/opened");
    this.#summary = summary;
    this.#store.update({ seq, name: summary.name });
    this.#loaded.clear();
    this.#staleBar.hidden = !isStale;
    await this.#showView();
  }

  #show({ view, seq }: PanelTarget): void {
    if (seq !== this.#store.state.seq) this.#loaded.delete("timeline");
    this.#store.update({ view, seq });
    if (this.#summary) this.#track(this.#showView());
    else this.open(false);
  }

  /** Turns to the store's tab, asking for its data unless it is drawn already. */
  async #showView(): Promise<void> {
    const { view, seq } = this.#store.state;
    const hadFocus = this.#status.contains(document.activeElement);
    this.#status.hidden = true;
    this.#tabs.hidden = false;
    this.#tabs.selectedIndex = viewOrder.indexOf(view);
    if (hadFocus) this.#headers.get(view)?.focus();
    if (!this.#summary || this.#loaded.has(view)) return;
    const summary = this.#summary;
    await (view === "timeline" ? this.#timeline.load(summary) : this.#distribution.load());
    if (this.#summary === summary && this.#store.state.seq === seq) this.#loaded.add(view);
  }

  #analyzeAgain(): void {
    this.#showReading();
    this.#track(this.#connection.ask({ type: "panel/analyzeAgain" }).then(() => this.#open()));
  }

  /** Shows a progress bar while the work lasts, and its failure in place of the tabs. */
  #track(work: Promise<void>): void {
    this.#running++;
    this.#root.setAttribute("aria-busy", "true");
    const timer = setTimeout(() => (this.#progress.hidden = false), PROGRESS_DELAY_MS);
    work
      .catch((error: unknown) => {
        this.#showMessage("error", error instanceof Error ? error.message : String(error), "alert");
      })
      .finally(() => {
        clearTimeout(timer);
        if (--this.#running > 0) return;
        this.#progress.hidden = true;
        this.#root.setAttribute("aria-busy", "false");
      });
  }

  #showReading(): void {
    this.#showStatus(
      "status",
      element("p", {}, l10n.t("Reading the capture again…")),
      element("p", { class: "muted" }, this.#store.state.name),
    );
  }

  /** A sentence in place of the tabs, with a way on. */
  #showMessage(iconName: string, sentence: string, role: "alert" | "status"): void {
    this.#summary = undefined;
    const button = element("vscode-button", { id: "status-analyze-again" }, l10n.t("Analyze Again"));
    button.addEventListener("click", () => this.#analyzeAgain());
    this.#showStatus(role, icon(iconName), element("p", {}, sentence), button);
  }

  #showStatus(role: "alert" | "status", ...children: readonly HTMLElement[]): void {
    // Keyboard users stay where something happens when the element they were on goes away.
    const hadFocus = this.#root.contains(document.activeElement);
    this.#tabs.hidden = true;
    this.#status.setAttribute("role", role);
    this.#status.hidden = false;
    this.#status.replaceChildren(...children);
    this.#staleBar.hidden = true;
    if (hadFocus) this.#status.focus();
  }

  #makeStaleBar(): HTMLElement {
    const button = element("vscode-button", { id: "stale-analyze-again" }, l10n.t("Analyze Again"));
    button.addEventListener("click", () => this.#analyzeAgain());
    const sentence = element("span", {}, l10n.t("The file has changed on disk since it was analyzed."));
    return element("div", { id: "stale-bar", class: "bar", role: "alert", hidden: true }, icon("warning"), sentence, button);
  }

  #makeTabs(): void {
    const tabs: readonly [PanelView, string, HTMLElement][] = [
      ["timeline", l10n.t("Timeline"), this.#timeline.element],
      ["distribution", l10n.t("Distribution"), this.#distribution.element],
    ];
    for (const [view, title, content] of tabs) {
      const header = element("vscode-tab-header", { slot: "header", "data-view": view }, title);
      // The component's own keys are arrows and Enter; Space belongs to a tab as well.
      header.addEventListener("keydown", (event) => {
        if (event.key !== " ") return;
        event.preventDefault();
        header.click();
      });
      this.#headers.set(view, header);
      this.#tabs.append(header);
      const panel = element("vscode-tab-panel", { "data-view": view }, content);
      this.#tabs.append(panel);
    }
    this.#tabs.addEventListener("vsc-tabs-select", (event) => {
      const view = viewOrder[event.detail.selectedIndex] ?? "timeline";
      if (view === this.#store.state.view) return;
      this.#store.update({ view });
      this.#track(this.#connection.ask({ type: "view/changed", view }).then(() => this.#showView()));
    });
  }
}
