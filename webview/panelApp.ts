/** The page of a timeline's panel. Decides which tab asks for what. */
import "@vscode-elements/elements/dist/vscode-tab-header/index.js";
import "@vscode-elements/elements/dist/vscode-tab-panel/index.js";
import "@vscode-elements/elements/dist/vscode-tabs/index.js";
import { assertNever } from "../src/shared/errors";
import type { CaptureSummary } from "../src/shared/model";
import { PANEL_VIEWS, type CanOpenRow, type PanelNews, type PanelTarget, type PanelView } from "../src/shared/panelProtocol";
import type { PacketColumn } from "../src/shared/packets";
import { DistributionView } from "./distributionView";
import { element } from "./dom";
import { FilterBar } from "./filterBar";
import * as l10n from "./l10n";
import { PacketsView } from "./packetsView";
import { PanelFrame } from "./panelFrame";
import { PanelFocus } from "./panelFocus";
import type { PanelStore } from "./panelStore";
import { expectAnswer, type HostConnection } from "./requests";
import { onThemeChange } from "./theme";
import { TimelineView, type ViewContext } from "./timelineView";

/** See the file header. */
export class PanelApp {
  readonly #frame: PanelFrame;
  readonly #connection: HostConnection;
  readonly #store: PanelStore;
  readonly #filterBar: FilterBar;
  readonly #tabs = element("vscode-tabs", { id: "tabs", panel: true });
  readonly #timeline: TimelineView;
  readonly #distribution: DistributionView;
  readonly #packets: PacketsView;
  #canOpenRow: CanOpenRow = "yes";
  readonly #focus: PanelFocus;
  #summary: CaptureSummary | undefined;
  /** Which tabs show the capture as it is; the others ask when they are turned to. */
  readonly #loaded = new Set<PanelView>();
  readonly #headers = new Map<PanelView, HTMLElement>();
  #opened = 0;

  constructor(root: HTMLElement, connection: HostConnection, store: PanelStore, columns: readonly PacketColumn[]) {
    this.#connection = connection;
    this.#store = store;
    this.#filterBar = new FilterBar({ connection, list: "above" });
    this.#frame = new PanelFrame({
      root,
      bar: this.#filterBar.element,
      content: this.#tabs,
      onAnalyzeAgain: () => this.#analyzeAgain(),
      onMessage: () => (this.#summary = undefined),
      readName: () => store.state.name,
    });
    const { announcer } = this.#frame;
    this.#focus = new PanelFocus(connection, () => this.#focusChanged());
    const context: ViewContext = {
      ...{ connection, store, announcer, focus: this.#focus },
      track: (work) => this.#frame.track(work),
      hasView: (view) => this.#headerOf(view) !== undefined,
      turnTo: (view) => this.#headerOf(view)?.click(),
    };
    this.#timeline = new TimelineView(context);
    this.#distribution = new DistributionView(context);
    this.#packets = new PacketsView(context, columns);
    this.#makeTabs();
    onThemeChange(() => {
      this.#timeline.redraw();
      this.#distribution.redraw();
    });
  }

  /** Opens the capture and shows it. `willRead`: the host has to read the file first, which is said. */
  open(willRead: boolean): void {
    if (willRead) this.#frame.showReading();
    this.#frame.track(this.#open(willRead));
  }

  /** Acts on what the host says unasked. */
  receive(news: PanelNews): void {
    switch (news.type) {
      case "panel/show":
        return this.#show(news.target);
      case "panel/gone":
        return this.showGone();
      case "panel/stale":
        return this.#frame.showStale(true);
      case "capture/replaced":
        return this.open(false);
      case "focus/changed":
        return this.#focus.changed(news.focus);
      case "finding/changed":
        return this.#packets.refresh();
      case "filter/target":
        return; // said to other pages
      default:
        assertNever(news);
    }
  }

  /** Says that the capture has been closed. */
  showGone(): void {
    this.#frame.showGone();
  }

  async #open(wasRead = false): Promise<void> {
    const opened = ++this.#opened;
    const answer = await this.#connection.ask({ type: "capture/open" });
    if (opened !== this.#opened) return;
    if (answer.type === "capture/cancelled") {
      this.#frame.showCancelled();
      return;
    }
    const { summary, seq, isStale, canOpenRow, focus } = expectAnswer(answer, "capture/opened");
    this.#canOpenRow = canOpenRow;
    this.#summary = undefined;
    this.#focus.opened(focus);
    // In a window that was loaded again nobody but the page knows what it was zoomed to.
    const { range } = this.#store.state;
    if (wasRead && range !== null && focus.range === null) await this.#focus.setRange(range);
    if (opened !== this.#opened) return;
    this.#summary = summary;
    this.#store.update({ seq, name: summary.name, range: this.#focus.current.range });
    this.#loaded.clear();
    this.#frame.showStale(isStale);
    this.#filterBar.show(this.#focus.current, summary.time);
    await this.#showView();
  }

  #show({ view, seq, compared = [] }: PanelTarget): void {
    const { state } = this.#store;
    const isSame = seq === state.seq && compared.join() === state.compared.join();
    if (!isSame) {
      for (const each of ["timeline", "packets"] as const) this.#loaded.delete(each);
      const shown = [seq, ...compared];
      const hidden = state.hidden.filter((each) => shown.includes(each));
      this.#store.update({ seq, compared, hidden, split: compared.length > 0 ? null : state.split });
    }
    // The host asks for the packets of a number.
    if (view === "packets" && state.packetScope === "all") {
      this.#store.update({ packetScope: "number" });
      this.#loaded.delete("packets");
    }
    this.#store.update({ view });
    if (this.#summary) this.#frame.track(this.#showView());
    else this.open(false);
  }

  /** Turns to the store's tab, asking for its data unless it is drawn already. */
  async #showView(): Promise<void> {
    const { view, seq } = this.#store.state;
    this.#frame.showContent(() => this.#headers.get(view)?.focus());
    this.#tabs.selectedIndex = PANEL_VIEWS.indexOf(view);
    if (!this.#summary || this.#loaded.has(view)) return;
    const summary = this.#summary;
    await this.#load(view, summary);
    if (this.#summary === summary && this.#store.state.seq === seq) this.#loaded.add(view);
  }

  #load(view: PanelView, summary: CaptureSummary): Promise<void> {
    switch (view) {
      case "timeline":
        return this.#timeline.load(summary);
      case "distribution":
        return this.#distribution.load();
      case "packets":
        return this.#packets.load(summary, this.#canOpenRow);
    }
  }

  /** Another filter or range, by whomever: what is seen is asked for again now, what is hidden when it is turned to. */
  #focusChanged(): void {
    if (!this.#summary) return;
    const { current } = this.#focus;
    this.#store.update({ range: current.range });
    this.#filterBar.show(current, this.#summary.time);
    this.#loaded.clear();
    this.#frame.track(this.#showView());
  }

  #headerOf(view: string): HTMLElement | undefined {
    return [...this.#headers].find(([name]) => name === view)?.[1];
  }

  #analyzeAgain(): void {
    this.#frame.showReading();
    this.#frame.track(this.#connection.ask({ type: "panel/analyzeAgain" }).then(() => this.#open()));
  }

  #makeTabs(): void {
    const tabs: readonly [PanelView, string, HTMLElement][] = [
      ["timeline", l10n.t("Timeline"), this.#timeline.element],
      ["distribution", l10n.t("Distribution"), this.#distribution.element],
      ["packets", l10n.t("Packets"), this.#packets.element],
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
      const view = PANEL_VIEWS[event.detail.selectedIndex] ?? "timeline";
      if (view === this.#store.state.view) return;
      this.#store.update({ view });
      this.#frame.track(this.#connection.ask({ type: "view/changed", view }).then(() => this.#showView()));
    });
  }
}
