/** The tab "Timeline": controls, chart, summary, notes and table of one sequence number. */
import { formatDuration, formatZoneLabel } from "../src/shared/format";
import { BUCKET_CHOICES, type CaptureSummary, type Timeline } from "../src/shared/model";
import type { PanelClock } from "../src/shared/panelProtocol";
import { makeTimelineSpec } from "./charts";
import { Choice } from "./choice";
import { engineClock, hasUtc, makeClock, thisViewer, type ChartClock } from "./clock";
import { DataTable } from "./dataTable";
import { element } from "./dom";
import { InteractiveChart, type Announcer } from "./interactiveChart";
import * as l10n from "./l10n";
import type { PanelStore } from "./panelStore";
import { expectAnswer, type HostConnection } from "./requests";
import { readTheme } from "./theme";
import {
  cleanText,
  clockNote,
  countPackets,
  timelineHeads,
  timelineNotes,
  timelineRow,
  timelineSummary,
  timelineTitle,
} from "./timelineText";

/** What a tab needs around it. */
export interface ViewContext {
  readonly connection: HostConnection;
  readonly store: PanelStore;
  readonly announcer: Announcer;
  /** Shows work in progress, and its failure. */
  readonly track: (work: Promise<void>) => void;
}

/** See the file header. */
export class TimelineView {
  readonly element: HTMLElement;
  readonly #context: ViewContext;
  readonly #bucket: Choice;
  readonly #scale: Choice;
  readonly #clock: Choice;
  /** What the page is about, for screen readers: the chart shows it as its title. */
  readonly #heading = element("h1", { class: "visually-hidden" });
  readonly #controls = element("div", { class: "controls", role: "group" });
  readonly #canvas = element("canvas", {
    id: "timeline-chart",
    tabindex: "0",
    role: "application",
    "aria-describedby": "timeline-notes chart-keys",
  });
  readonly #box = element("div", { class: "chart-box" }, this.#canvas);
  readonly #summary = element("p", { id: "timeline-summary", class: "summary" });
  readonly #notes = element("div", { id: "timeline-notes", class: "notes" });
  readonly #table = new DataTable("timeline-table");
  readonly #chart: InteractiveChart;
  /** What is drawn. */
  #drawn: { timeline: Timeline; clock: ChartClock; summary: CaptureSummary } | undefined;
  /** Of several requests under way only the last counts. */
  #asked = 0;

  constructor(context: ViewContext) {
    this.#context = context;
    const { store } = context;
    this.#chart = new InteractiveChart(this.#canvas, context.announcer);
    this.#bucket = new Choice({
      id: "bucket-select",
      label: l10n.t("Bucket size"),
      onChange: (value) => this.#change(() => store.update({ bucketSeconds: value === "auto" ? null : Number(value) })),
    });
    this.#scale = new Choice({
      id: "scale-select",
      label: l10n.t("Vertical axis"),
      onChange: (value) => {
        store.update({ scale: value === "log" ? "log" : "linear" });
        this.#draw();
      },
    });
    this.#clock = new Choice({
      id: "clock-select",
      label: l10n.t("Clock"),
      onChange: (value) => this.#change(() => store.update({ clock: value as PanelClock })),
    });
    const controls = this.#controls;
    controls.setAttribute("aria-label", l10n.t("Timeline options"));
    controls.append(this.#bucket.element, this.#scale.element, this.#clock.element);
    this.element = element(
      "div",
      { id: "timeline-view", class: "view" },
      this.#heading,
      controls,
      this.#box,
      this.#summary,
      this.#notes,
      this.#table.element,
    );
    this.#canvas.setAttribute("aria-roledescription", l10n.t("chart"));
  }

  /** Asks for the timeline of the store's number and draws it. Rejects with RequestError. */
  async load(summary: CaptureSummary): Promise<void> {
    const { connection, store } = this.#context;
    const { seq, bucketSeconds } = store.state;
    const asked = ++this.#asked;
    this.#setChoices(summary);
    if (seq === null) return;
    this.#heading.textContent = timelineTitle(seq);
    if (summary.time === null) {
      this.#showWithoutTime(summary);
      return;
    }
    const clock = makeClock(summary.time, store.state.clock, thisViewer());
    const answer = await connection.ask({ type: "timeline/get", seq, bucketSeconds, ...engineClock(clock, summary.time) });
    if (asked !== this.#asked) return;
    this.#drawn = { timeline: expectAnswer(answer, "timeline/data").timeline, clock, summary };
    this.#draw();
  }

  /** Draws the same data in the theme as it is now. */
  redraw(): void {
    this.#draw(true);
  }

  #change(update: () => void): void {
    update();
    if (this.#drawn) this.#context.track(this.load(this.#drawn.summary));
  }

  #setChoices({ time }: CaptureSummary): void {
    const { bucketSeconds, scale, clock } = this.#context.store.state;
    const sizes = new Set<number>(BUCKET_CHOICES);
    if (bucketSeconds !== null) sizes.add(bucketSeconds);
    this.#bucket.set(
      [
        { value: "auto", label: l10n.t("Auto") },
        ...[...sizes].sort((a, b) => a - b).map((size) => ({ value: String(size), label: formatDuration(size) })),
      ],
      bucketSeconds === null ? "auto" : String(bucketSeconds),
    );
    this.#scale.set(
      [
        { value: "linear", label: l10n.t("Linear") },
        { value: "log", label: l10n.t("Logarithmic") },
      ],
      scale,
    );
    const isUtcKnown = time !== null && hasUtc(time);
    const zone = time === null || time.isRelative ? null : formatZoneLabel(time.zone);
    const own = time?.isRelative
      ? l10n.t("Since the start")
      : zone === null
        ? l10n.t("Capture")
        : l10n.t("Capture ({0})", cleanText(zone, 24));
    this.#clock.set(
      [
        { value: "capture", label: own },
        { value: "utc", label: "UTC", isDisabled: !isUtcKnown },
        { value: "local", label: l10n.t("Local ({0})", thisViewer().zoneName), isDisabled: !isUtcKnown },
      ],
      isUtcKnown ? clock : "capture",
    );
  }

  #showWithoutTime(summary: CaptureSummary): void {
    this.#drawn = undefined;
    this.#controls.hidden = true;
    this.#box.hidden = true;
    this.#table.element.hidden = true;
    this.#summary.textContent = l10n.t(
      "There is no timeline: none of the {0} in this file has a readable time.",
      countPackets(summary.rows.tcp),
    );
    this.#notes.replaceChildren(
      element("p", {}, l10n.t("Export the capture again with a column of times: add -e frame.time to the tshark command.")),
    );
  }

  #draw(keepsPoint = false): void {
    if (!this.#drawn) return;
    const { timeline, clock, summary } = this.#drawn;
    const { labelField } = summary;
    const isEmpty = timeline.counts.length === 0;
    const sentence = timelineSummary(timeline, clock);
    this.#summary.textContent = sentence;
    this.#controls.hidden = false;
    this.#box.hidden = isEmpty;
    this.#table.element.hidden = isEmpty;
    const unavailable = clockNote(summary);
    this.#notes.replaceChildren(
      ...timelineNotes(timeline, summary, clock).map((note) => element("p", note === unavailable ? { id: "clock-note" } : {}, note)),
    );
    if (isEmpty) return;
    const title = timelineTitle(timeline.seq);
    this.#canvas.setAttribute("aria-label", `${title}. ${sentence}`);
    this.#chart.draw(makeTimelineSpec({ timeline, clock, labelField, scale: this.#context.store.state.scale }, readTheme()), keepsPoint);
    if (keepsPoint) return;
    this.#table.show({
      caption: title,
      heads: timelineHeads(clock, labelField),
      numberColumns: [1],
      rowCount: timeline.counts.length,
      rowAt: (i) => timelineRow(timeline, clock, labelField, i),
    });
  }
}
