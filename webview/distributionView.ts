/** The tab "Distribution": controls, histogram, summary and table of all sequence numbers. */
import type { Distribution } from "../src/shared/model";
import type { Focus } from "../src/shared/selection";
import { DISTRIBUTION_BINS } from "../src/shared/panelProtocol";
import { makeDistributionSpec } from "./charts";
import { Choice } from "./choice";
import { DataTable } from "./dataTable";
import { distributionHeads, distributionSummary, distributionTitle, makeDistributionRow } from "./distributionText";
import { element } from "./dom";
import { InteractiveChart } from "./interactiveChart";
import * as l10n from "./l10n";
import { expectAnswer } from "./requests";
import { readTheme } from "./theme";
import type { ViewContext } from "./timelineView";

/** See the file header. */
export class DistributionView {
  readonly element: HTMLElement;
  readonly #context: ViewContext;
  readonly #measure: Choice;
  readonly #bins: Choice;
  readonly #scale: Choice;
  readonly #controls = element("div", { class: "controls", role: "group" });
  readonly #canvas = element("canvas", { id: "distribution-chart", tabindex: "0", role: "application", "aria-describedby": "chart-keys" });
  readonly #box = element("div", { class: "chart-box" }, this.#canvas);
  readonly #summary = element("p", { id: "distribution-summary", class: "summary" });
  readonly #table = new DataTable("distribution-table");
  readonly #chart: InteractiveChart;
  #drawn: { readonly distribution: Distribution; readonly focus: Focus } | undefined;
  #asked = 0;

  constructor(context: ViewContext) {
    this.#context = context;
    const { store } = context;
    this.#chart = new InteractiveChart(this.#canvas, context.announcer);
    this.#measure = new Choice({
      id: "measure-select",
      label: l10n.t("Count"),
      onChange: (value) => {
        store.update({ measure: value === "distinct" ? "distinct" : "packets" });
        this.#draw();
      },
    });
    this.#bins = new Choice({
      id: "bins-select",
      label: l10n.t("Bins"),
      onChange: (value) => {
        store.update({ bins: value === "log" ? "log" : "linear" });
        context.track(this.load());
      },
    });
    this.#scale = new Choice({
      id: "distribution-scale-select",
      label: l10n.t("Vertical axis"),
      onChange: (value) => {
        store.update({ distributionScale: value === "log" ? "log" : "linear" });
        this.#draw();
      },
    });
    const controls = this.#controls;
    controls.setAttribute("aria-label", l10n.t("Distribution options"));
    controls.append(this.#measure.element, this.#bins.element, this.#scale.element);
    const heading = element("h1", { class: "visually-hidden" }, distributionTitle());
    this.element = element(
      "div",
      { id: "distribution-view", class: "view" },
      heading,
      controls,
      this.#box,
      this.#summary,
      this.#table.element,
    );
    this.#canvas.setAttribute("aria-roledescription", l10n.t("chart"));
  }

  /** Asks for the histogram and draws it. Rejects with RequestError. */
  async load(): Promise<void> {
    const asked = ++this.#asked;
    const { connection, store, focus } = this.#context;
    const focused = focus.current;
    this.#setChoices();
    const answer = await connection.ask({ type: "distribution/get", bins: DISTRIBUTION_BINS, scale: store.state.bins });
    if (asked !== this.#asked) return;
    this.#drawn = { distribution: expectAnswer(answer, "distribution/data").distribution, focus: focused };
    this.#draw();
  }

  /** Draws the same data in the theme as it is now. */
  redraw(): void {
    this.#draw(true);
  }

  #setChoices(): void {
    const { measure, bins, distributionScale } = this.#context.store.state;
    this.#measure.set(
      [
        { value: "packets", label: l10n.t("Packets") },
        { value: "distinct", label: l10n.t("Different numbers") },
      ],
      measure,
    );
    this.#bins.set(
      [
        { value: "linear", label: l10n.t("Equal width") },
        { value: "log", label: l10n.t("Logarithmic") },
      ],
      bins,
    );
    this.#scale.set(
      [
        { value: "linear", label: l10n.t("Linear") },
        { value: "log", label: l10n.t("Logarithmic") },
      ],
      distributionScale,
    );
  }

  #draw(keepsPoint = false): void {
    if (!this.#drawn) return;
    const { distribution, focus } = this.#drawn;
    const { measure, distributionScale } = this.#context.store.state;
    const title = distributionTitle();
    const sentence = distributionSummary(distribution, measure, focus);
    this.#summary.textContent = sentence;
    const isEmpty = distribution.packets.every((count) => count === 0);
    this.#controls.hidden = this.#box.hidden = this.#table.element.hidden = isEmpty;
    if (isEmpty) return;
    this.#canvas.setAttribute("aria-label", `${title}. ${sentence}`);
    this.#chart.draw(makeDistributionSpec({ distribution, measure, scale: distributionScale }, readTheme()), keepsPoint);
    if (keepsPoint) return;
    this.#table.show({
      caption: title,
      heads: distributionHeads(),
      numberColumns: [1, 2, 3],
      rowCount: distribution.packets.length,
      rowAt: makeDistributionRow(distribution),
    });
  }
}
