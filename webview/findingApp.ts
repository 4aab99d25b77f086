/** The page of a finding's panel: what was found, its graph, its packets. */
import { assertNever } from "../src/shared/errors";
import type { Finding } from "../src/shared/findings";
import type { PacketColumn } from "../src/shared/packets";
import type { FindingState, PanelNews, PanelReply } from "../src/shared/panelProtocol";
import type { Focus } from "../src/shared/selection";
import { element, icon } from "./dom";
import { FilterBar } from "./filterBar";
import { FindingGraphView } from "./findingGraphView";
import { confidenceText, copiedFilterText, detectorName, findingFacts, MAX_SENTENCES, severityName, SEVERITY_ICONS } from "./findingText";
import * as l10n from "./l10n";
import { PacketTable } from "./packetTable";
import { PanelFrame } from "./panelFrame";
import type { PanelStore } from "./panelStore";
import { expectAnswer, messageOf, type HostConnection } from "./requests";
import { onThemeChange } from "./theme";
import { cleanText } from "./timelineText";

type Opened = Extract<PanelReply, { type: "finding/opened" }>;

/** See the file header. */
export class FindingApp {
  readonly #frame: PanelFrame;
  readonly #connection: HostConnection;
  readonly #store: PanelStore<FindingState>;
  readonly #filterBar: FilterBar;
  readonly #head = element("header", { id: "finding-head", class: "finding-head" });
  readonly #graph: FindingGraphView;
  readonly #table: PacketTable;
  /** What is shown, or about to be. */
  #details: Opened | undefined;
  #opened = 0;

  constructor(root: HTMLElement, connection: HostConnection, store: PanelStore<FindingState>, columns: readonly PacketColumn[]) {
    this.#connection = connection;
    this.#store = store;
    const content = element("article", { id: "finding", class: "view finding" });
    this.#filterBar = new FilterBar({ connection, list: "above" });
    this.#frame = new PanelFrame({
      root,
      bar: this.#filterBar.element,
      content,
      onAnalyzeAgain: () => this.#analyzeAgain(),
      onMessage: () => undefined,
      readName: () => store.state.name,
    });
    const track = (work: Promise<void>): void => this.#frame.track(work);
    this.#graph = new FindingGraphView({ connection, store, announcer: this.#frame.announcer, track });
    this.#table = new PacketTable({
      connection,
      columns,
      label: l10n.t("Packets of the finding"),
      onSort: (packetSort) => store.update({ packetSort }),
    });
    const packets = element("section", { id: "finding-packets" }, element("h2", {}, l10n.t("Packets")), this.#table.element);
    packets.setAttribute("aria-label", l10n.t("Packets"));
    content.append(this.#head, this.#graph.element, packets);
    onThemeChange(() => this.#graph.redraw());
  }

  /** Opens capture and finding and shows it. `willRead`: the host has to read the file first, which is said. */
  open(willRead: boolean): void {
    if (willRead) this.#frame.showReading();
    this.#frame.track(this.#open());
  }

  /** Acts on what the host says unasked. */
  receive(news: PanelNews): void {
    switch (news.type) {
      case "panel/show":
      case "filter/target":
        return; // said to other pages
      case "focus/changed":
        return this.#focusChanged(news.focus);
      case "panel/gone":
        return this.showGone();
      case "panel/stale":
        return this.#frame.showStale(true);
      case "capture/replaced":
      case "finding/changed":
        return this.open(false);
      default:
        assertNever(news);
    }
  }

  /** Says that the capture has been closed. */
  showGone(): void {
    this.#opened++;
    this.#frame.showGone();
  }

  async #open(): Promise<void> {
    const opened = ++this.#opened;
    const answer = await this.#connection.ask({ type: "finding/open" });
    if (opened !== this.#opened) return;
    if (answer.type === "capture/cancelled") {
      this.#frame.showCancelled();
      return;
    }
    if (answer.type === "finding/missing") {
      const sentence = l10n.t("“{0}” is not among the findings of “{1}” any more.", this.#store.state.title, this.#store.state.name);
      this.#frame.showMessage("search-stop", sentence, "status");
      return;
    }
    const details = expectAnswer(answer, "finding/opened");
    const { finding, summary } = details;
    this.#details = details;
    this.#filterBar.show(details.focus, summary.time);
    this.#store.update({ name: summary.name, title: cleanText(finding.title, MAX_SENTENCES) });
    await this.#graph.load(finding, summary);
    if (opened !== this.#opened) return;
    this.#showHead(details);
    await this.#listPackets(details);
    if (opened !== this.#opened) return;
    this.#frame.showStale(details.isStale);
    this.#frame.showContent(() => this.#head.querySelector<HTMLElement>("h1")?.focus());
    // A canvas that was hidden had no size.
    this.#graph.redraw();
  }

  async #listPackets({ finding, summary, canOpenRow }: Opened): Promise<void> {
    const roles = new Map(finding.evidence.map(({ row, role }) => [row, role]));
    const nothing = l10n.t("None of the finding's packets are here. Take the filter or the range of time away.");
    await this.#table.show({ summary, canOpenRow, nothing, roles }, null, this.#store.state.packetSort);
  }

  /** Another filter or range, by whomever. The graph shows the whole finding, and what is in focus of it; its packets are those in focus. */
  #focusChanged(focus: Focus): void {
    if (!this.#details) return; // the capture comes with its focus
    const details = this.#details;
    this.#filterBar.show(focus, details.summary.time);
    this.#frame.track(this.#graph.load(details.finding, details.summary).then(() => this.#listPackets(details)));
  }

  #showHead({ finding, caveats, summary }: Opened): void {
    const copied = element("span", { class: "muted", role: "status" });
    const copy = element("vscode-button", { id: "copy-finding-filter", secondary: true }, l10n.t("Copy Filter of the Finding"));
    copy.addEventListener("click", () => {
      this.#connection.ask({ type: "filter/copy" }).then(
        (answer) => (copied.textContent = copiedFilterText(expectAnswer(answer, "filter/copied").scope)),
        (error: unknown) => (copied.textContent = messageOf(error)),
      );
    });
    const facts = findingFacts(finding, summary.time).map(({ label, value }) =>
      element("div", {}, element("dt", {}, label), element("dd", {}, value)),
    );
    this.#head.replaceChildren(
      element("h1", { tabindex: "-1" }, cleanText(finding.title, MAX_SENTENCES)),
      badges(finding),
      element("p", { id: "finding-explanation" }, cleanText(finding.explanation, MAX_SENTENCES)),
      ...caveats.map((caveat) => element("p", { class: "caveat" }, icon("info"), element("span", {}, cleanText(caveat, MAX_SENTENCES)))),
      element("dl", { class: "facts" }, ...facts),
      element("div", { class: "row-actions" }, copy, copied),
    );
  }

  #analyzeAgain(): void {
    this.#frame.showReading();
    this.#frame.track(this.#connection.ask({ type: "panel/analyzeAgain" }).then(() => this.#open()));
  }
}

/** Severity, question, confidence, technique. */
function badges({ severity, detector, confidence, technique }: Finding): HTMLElement {
  return element(
    "p",
    { class: "badges" },
    element("span", { class: `severity severity-${severity}` }, icon(SEVERITY_ICONS[severity]), severityName(severity)),
    element("span", { class: "badge" }, detectorName(detector)),
    element("span", { class: "badge" }, confidenceText(confidence)),
    ...(technique === null ? [] : [element("span", { class: "badge" }, l10n.t("MITRE ATT&CK {0}", cleanText(technique, 16)))]),
  );
}
