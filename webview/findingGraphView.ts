/** The graph of a finding: choices, legend, canvas, summary and notes. */
import type { FindingPicture, StreamGraph } from "../src/shared/findingGraph";
import type { Finding } from "../src/shared/findings";
import type { CaptureSummary } from "../src/shared/model";
import type { FindingState } from "../src/shared/panelProtocol";
import { Choice } from "./choice";
import { DataTable } from "./dataTable";
import { element } from "./dom";
import { legendOf, makeGraphSpec } from "./findingCharts";
import { countOutside, isWindowDrawn, streamRange } from "./findingScales";
import { endpointName, focusText, graphNotes, graphSummary, graphTitle, markName, outcomeName } from "./findingText";
import { graphTable } from "./graphTable";
import { InteractiveChart, type Announcer } from "./interactiveChart";
import * as l10n from "./l10n";
import type { PanelStore } from "./panelStore";
import { expectAnswer, type HostConnection } from "./requests";
import { drawSign, type SignName } from "./signs";
import { readTheme, type Theme } from "./theme";

/** What the graph needs around it. */
export interface GraphContext {
  readonly connection: HostConnection;
  readonly store: PanelStore<FindingState>;
  readonly announcer: Announcer;
  readonly track: (work: Promise<void>) => void;
}

/** See the file header. */
export class FindingGraphView {
  readonly element: HTMLElement;
  readonly #context: GraphContext;
  readonly #stream: Choice;
  readonly #direction: Choice;
  readonly #range: Choice;
  readonly #controls = element("div", { class: "controls", role: "group" });
  readonly #legend = element("ul", { id: "finding-legend", class: "legend" });
  readonly #canvas = element("canvas", {
    id: "finding-chart",
    tabindex: "0",
    role: "application",
    "aria-describedby": "finding-notes chart-keys",
  });
  readonly #box = element("div", { class: "chart-box" }, this.#canvas);
  readonly #summary = element("p", { id: "finding-summary", class: "summary" });
  readonly #notes = element("div", { id: "finding-notes", class: "notes" });
  readonly #table = new DataTable("finding-table");
  readonly #chart: InteractiveChart;
  #drawn: { picture: FindingPicture; finding: Finding; capture: CaptureSummary } | undefined;
  /** What is in the table: it has all of the graph, whichever range is drawn. */
  #listed: FindingPicture["graph"] | undefined;
  /** Of several requests under way only the last counts. */
  #asked = 0;

  constructor(context: GraphContext) {
    this.#context = context;
    const { store } = context;
    this.#chart = new InteractiveChart(this.#canvas, context.announcer);
    this.#stream = new Choice({
      id: "stream-select",
      label: l10n.t("Stream"),
      onChange: (value) => this.#change({ stream: Number(value), direction: null }),
    });
    this.#direction = new Choice({
      id: "direction-select",
      label: l10n.t("Direction"),
      onChange: (value) => this.#change({ direction: value === "1" ? 1 : 0 }),
    });
    this.#range = new Choice({
      id: "range-select",
      label: l10n.t("Range"),
      onChange: (value) => {
        store.update({ range: value === "finding" ? "finding" : "all" });
        this.#draw();
      },
    });
    this.#controls.setAttribute("aria-label", l10n.t("Graph options"));
    this.#controls.append(this.#stream.element, this.#direction.element, this.#range.element);
    this.#legend.setAttribute("aria-label", l10n.t("Legend"));
    this.#canvas.setAttribute("aria-roledescription", l10n.t("chart"));
    this.element = element("section", { id: "finding-graph" }, this.#controls, this.#legend, this.#box);
    this.element.append(this.#summary, this.#notes, this.#table.element);
    this.element.setAttribute("aria-label", l10n.t("Graph"));
  }

  /** Asks for the graph of the store's stream and direction and draws it; undefined when there is none. Rejects with RequestError. */
  async load(finding: Finding, capture: CaptureSummary): Promise<FindingPicture | undefined> {
    const { connection, store } = this.#context;
    const { stream, direction } = store.state;
    const asked = ++this.#asked;
    const known = stream !== null && finding.streams.includes(stream) ? stream : null;
    const answer = await connection.ask({
      type: "graph/get",
      stream: known,
      direction: known === null && stream !== null ? null : direction,
    });
    const { picture } = expectAnswer(answer, "graph/data");
    if (asked !== this.#asked) return picture ?? undefined;
    this.#drawn = picture ? { picture, finding, capture } : undefined;
    this.element.hidden = picture === null;
    this.#draw();
    return picture ?? undefined;
  }

  /** Draws the same data in the theme as it is now. */
  redraw(): void {
    this.#draw(true);
  }

  #change(change: Partial<FindingState>): void {
    const drawn = this.#drawn;
    if (!drawn) return;
    this.#context.store.update(change);
    this.#context.track(this.load(drawn.finding, drawn.capture).then(() => undefined));
  }

  #draw(keepsPoint = false): void {
    if (!this.#drawn) return;
    const { picture, finding, capture } = this.#drawn;
    const { graph } = picture;
    const { range } = this.#context.store.state;
    const theme = readTheme();
    this.#controls.hidden = graph.kind !== "stream";
    if (graph.kind === "stream") this.#setChoices(graph, finding);
    const isEmpty = graph.total === 0;
    this.#box.hidden = this.#legend.hidden = this.#table.element.hidden = isEmpty;
    const sentence = [graphSummary(graph), ...focusText(graph)].join(" ");
    this.#summary.textContent = sentence;
    const notes = graph.kind === "stream" ? streamNotes(graph, range) : graphNotes(graph);
    this.#notes.replaceChildren(...notes.map((note) => element("p", {}, note)));
    if (isEmpty) return;
    this.#canvas.setAttribute("aria-label", `${graphTitle(graph)}. ${sentence}`);
    this.#legend.replaceChildren(...legendOf(graph).map((name) => legendItem(name, theme)));
    this.#chart.draw(makeGraphSpec({ graph, time: capture.time, range }, theme), keepsPoint);
    if (this.#listed === graph) return;
    this.#listed = graph;
    this.#table.show(graphTable(graph));
  }

  #setChoices(graph: StreamGraph, finding: Finding): void {
    const streams = finding.streams.map((stream) => ({ value: String(stream), label: String(stream) }));
    this.#stream.element.hidden = streams.length < 2;
    this.#stream.set(streams, String(graph.stream));
    const [one, other] = graph.ends.map(endpointName);
    this.#direction.set(
      [
        { value: "0", label: l10n.t("{0} → {1}", one ?? "", other ?? "") },
        { value: "1", label: l10n.t("{0} → {1}", other ?? "", one ?? "") },
      ],
      String(graph.direction),
    );
    const hasOwn = graph.counts.inFinding > 0;
    this.#range.element.hidden = !hasOwn;
    this.#range.set(
      [
        { value: "all", label: l10n.t("Whole stream") },
        { value: "finding", label: l10n.t("Around the finding") },
      ],
      this.#context.store.state.range,
    );
  }
}

function streamNotes(graph: StreamGraph, choice: FindingState["range"]): string[] {
  const range = streamRange(graph, choice);
  return graphNotes(graph, countOutside(graph, range), isWindowDrawn(graph, range));
}

const SIGN_WIDTH = 24;
const SIGN_HEIGHT = 16;

/** A sign as the graph draws it, and what it means. */
function legendItem(name: SignName, theme: Theme): HTMLElement {
  const canvas = element("canvas", { "aria-hidden": "true", class: "sign" });
  const scale = window.devicePixelRatio || 1;
  canvas.width = SIGN_WIDTH * scale;
  canvas.height = SIGN_HEIGHT * scale;
  const ctx = canvas.getContext("2d");
  if (ctx) {
    ctx.scale(scale, scale);
    drawSign(ctx, name, { x: SIGN_WIDTH / 2, y: SIGN_HEIGHT / 2 }, theme, name === "inFinding" ? 3.5 : 4);
  }
  return element("li", {}, canvas, signName(name));
}

function signName(name: SignName): string {
  switch (name) {
    case "segment":
      return l10n.t("Segment");
    case "ack":
      return l10n.t("Acknowledged by the other side");
    case "window":
      return l10n.t("End of its window");
    case "open":
    case "closed":
    case "silent":
      return outcomeName(name);
    case "packet":
      return l10n.t("Packet");
    case "syns":
      return l10n.t("SYNs");
    case "completed":
      return l10n.t("Completed handshakes");
    default:
      return markName(name);
  }
}
