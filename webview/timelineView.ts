/** The tab "Timeline": one sequence number, several, or one in parts; controls, chart, legend, summary, bursts and table. */
import "@vscode-elements/elements/dist/vscode-button/index.js";
import "@vscode-elements/elements/dist/vscode-checkbox/index.js";
import type { BurstsOfNumber } from "../src/shared/bursts";
import { formatDuration, formatZoneLabel } from "../src/shared/format";
import { BUCKET_CHOICES, type CaptureSummary } from "../src/shared/model";
import type { ChartQuery, ImageFormat, PanelClock, PanelState } from "../src/shared/panelProtocol";
import { MAX_COMPARED, SPLITS, type SplitBy, type Timelines } from "../src/shared/timelines";
import { timeRange } from "./axes";
import { aroundBurst, burstsIn, type MarkedBurst } from "./bursts";
import { BurstTable } from "./burstTable";
import { drawPng, drawSvg, makeMeasure } from "./chartImage";
import { ChartZoom } from "./chartZoom";
import { Choice } from "./choice";
import { engineClock, hasUtc, makeClock, thisViewer, type ChartClock } from "./clock";
import { chartSummary, chartTitle, lengthText, numberColumns, splitName, stretchText, tableHeads, tableRow } from "./compareText";
import { DataTable } from "./dataTable";
import { element, icon } from "./dom";
import { InteractiveChart, type Announcer } from "./interactiveChart";
import * as l10n from "./l10n";
import { Legend } from "./legend";
import type { PanelFocus } from "./panelFocus";
import type { PanelStore } from "./panelStore";
import { expectAnswer, type HostConnection, messageOf } from "./requests";
import { assignPartStyles, assignStyles, legendCount, seriesOf, styleOf, type NumberStyles, type PartStyles, type Series } from "./series";
import { readTheme, type Theme } from "./theme";
import { makeTimelineSpec, type TimelineChart } from "./timelineChart";
import { cleanText, clockNote, countPackets, timelineNotes } from "./timelineText";
import { covers, moved, onClock, settled, wholeCapture, zoomed, ZOOM_STEP, type Stretch } from "./zoomRange";

/** What a tab needs around it. */
export interface ViewContext {
  readonly connection: HostConnection;
  readonly store: PanelStore;
  readonly focus: PanelFocus;
  readonly announcer: Announcer;
  /** Shows work in progress, and its failure. */
  readonly track: (work: Promise<void>) => void;
  /** Whether the page has a tab of that name, and turns to it. */
  readonly hasView: (view: string) => boolean;
  readonly turnTo: (view: string) => void;
}

/** The wheel is at rest after this long: then the engine is asked for finer buckets. */
const WHEEL_REST_MS = 120;
/** A key moves by this share of what is shown. */
const MOVE_SHARE = 0.25;

/** What is drawn, and what it was asked for with. */
interface Drawn {
  readonly timelines: Timelines;
  readonly query: ChartQuery;
  readonly clock: ChartClock;
  readonly summary: CaptureSummary;
  readonly styles: NumberStyles;
  readonly partStyles: PartStyles;
}

/** What bursts depend on. */
const burstsKey = ({ seqs, focus, clock }: ChartQuery): string => JSON.stringify([seqs, focus.filter, clock]);

/** See the file header. */
export class TimelineView {
  readonly element: HTMLElement;
  readonly #context: ViewContext;
  readonly #bucket: Choice;
  readonly #scale: Choice;
  readonly #clock: Choice;
  readonly #split: Choice;
  /** What the page is about, for screen readers: the chart shows it as its title. */
  readonly #heading = element("h1", { class: "visually-hidden" });
  readonly #controls = element("div", { class: "controls", role: "group" });
  readonly #addNumber = element("vscode-button", { id: "add-number", secondary: true, icon: "add" });
  readonly #backdrop = element("vscode-checkbox", { id: "backdrop-check" });
  readonly #bursts = element("vscode-checkbox", { id: "bursts-check" });
  readonly #zoomBar = element("div", { class: "zoom-bar", role: "group" });
  readonly #zoomIn = element("button", { id: "zoom-in", type: "button", class: "icon-button" }, icon("zoom-in"));
  readonly #zoomOut = element("button", { id: "zoom-out", type: "button", class: "icon-button" }, icon("zoom-out"));
  readonly #zoomReset = element("vscode-button", { id: "zoom-reset", secondary: true });
  readonly #rangeText = element("span", { id: "zoom-range", class: "zoom-range" });
  readonly #packets = element("vscode-button", { id: "range-packets", secondary: true, icon: "list-flat", hidden: true });
  readonly #save = element("vscode-button", { id: "save-chart", secondary: true, icon: "save" });
  readonly #failure = element("p", { id: "timeline-failure", class: "failure", role: "alert", hidden: true });
  readonly #canvas = element("canvas", {
    id: "timeline-chart",
    tabindex: "0",
    role: "application",
    "aria-describedby": "timeline-notes chart-keys zoom-keys",
  });
  readonly #box = element("div", { class: "chart-box" }, this.#canvas);
  readonly #legend: Legend;
  readonly #summary = element("p", { id: "timeline-summary", class: "summary" });
  readonly #notes = element("div", { id: "timeline-notes", class: "notes" });
  readonly #burstTable: BurstTable;
  readonly #table = new DataTable("timeline-table");
  readonly #chart: InteractiveChart;
  readonly #zoom: ChartZoom;
  #drawn: Drawn | undefined;
  /** Bursts of the numbers, of all of the time; null while they are looked for. */
  #found: { readonly key: string; readonly bursts: readonly BurstsOfNumber[] | null } | undefined;
  /** All of the numbers' time, as it was drawn last without a zoom. */
  #extent: Stretch | undefined;
  /** Parts that are not drawn; numbers are kept by the store. */
  #hiddenParts = new Set<string>();
  /** While the number and its split stay the same. */
  #partStyles: PartStyles = [];
  /** Where the user has gone while the chart still shows where he was; null for all of the time. */
  #turning: Stretch | null | undefined;
  #wheelRest: ReturnType<typeof setTimeout> | undefined;
  /** Of several requests under way only the last counts. */
  #asked = 0;

  constructor(context: ViewContext) {
    this.#context = context;
    const { store } = context;
    this.#chart = new InteractiveChart(this.#canvas, context.announcer, (event) => this.#onKey(event));
    this.#zoom = new ChartZoom({
      box: this.#box,
      canvas: this.#canvas,
      chart: () => this.#chart.chart,
      shown: () => this.#shown(),
      onTurn: (stretch) => this.#turn(stretch),
      onSelect: (stretch) => this.#zoomTo(stretch),
    });
    this.#legend = new Legend("timeline-legend", l10n.t("Legend"), {
      onToggle: (id) => this.#toggle(id),
      onRemove: (id) => this.#remove(Number(id)),
    });
    this.#burstTable = new BurstTable((burst) => {
      this.#zoomTo(aroundBurst(burst));
      this.#canvas.scrollIntoView({ block: "nearest" });
    });
    this.#bucket = new Choice({
      id: "bucket-select",
      label: l10n.t("Bucket size"),
      onChange: (value) => this.#change({ bucketSeconds: value === "auto" ? null : Number(value) }),
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
      onChange: (value) => {
        this.#extent = undefined;
        this.#change({ clock: value as PanelClock });
      },
    });
    this.#split = new Choice({
      id: "split-select",
      label: l10n.t("Split by"),
      onChange: (value) => this.#change({ split: SPLITS.find((split) => split === value) ?? null }),
    });
    this.#fillControls();
    this.#fillZoomBar();
    const keys = element(
      "div",
      { id: "zoom-keys", hidden: true },
      l10n.t("Plus and minus zoom in and out, 0 shows all of the time; Shift with the left and right arrow keys moves what was zoomed to."),
    );
    this.element = element(
      "div",
      { id: "timeline-view", class: "view" },
      ...[this.#heading, this.#controls, this.#zoomBar, this.#failure, this.#box, this.#legend.element, this.#summary, this.#notes],
      ...[this.#burstTable.element, this.#table.element, keys],
    );
    this.#canvas.setAttribute("aria-roledescription", l10n.t("chart"));
  }

  /** Asks for the timelines of the store's numbers and draws them. Rejects with RequestError. */
  async load(summary: CaptureSummary): Promise<void> {
    const { connection, store, focus } = this.#context;
    const asked = ++this.#asked;
    const focused = focus.current;
    this.#setChoices(summary);
    if (store.state.seq === null) return;
    if (summary.time === null) {
      this.#showWithoutTime(summary);
      return;
    }
    const clock = makeClock(summary.time, store.state.clock, thisViewer());
    const query = this.#query(summary, clock);
    this.#forgetOther(summary, query);
    this.#findBursts(query);
    const styles = assignStyles(store.state.styles, query.seqs);
    store.update({ styles });
    const answer = await connection.ask({ type: "timelines/get", query });
    if (asked !== this.#asked) return;
    const { timelines } = expectAnswer(answer, "timelines/data");
    const partStyles = (this.#partStyles = assignPartStyles(this.#partStyles, timelines));
    this.#drawn = { timelines, query, clock, summary, styles, partStyles };
    if (this.#wheelRest === undefined && focus.current === focused) this.#turning = undefined;
    const [first] = timelines.timelines;
    if (query.focus.range === null && first) {
      this.#extent = { fromSec: first.startSec, toSec: first.startSec + first.bucketCount * first.bucketSeconds };
    }
    this.#setChoices(summary);
    this.#draw();
  }

  /** Draws the same data in the theme as it is now. */
  redraw(): void {
    this.#draw(true);
  }

  #query({ time }: CaptureSummary, clock: ChartClock): ChartQuery {
    const { seq, compared, split, hasBackdrop, bucketSeconds } = this.#context.store.state;
    const { filter, range } = this.#context.focus.current;
    const seqs = seq === null ? [] : [seq, ...compared];
    const engine = time === null ? { clock: "capture" as const, alignMinutes: 0 } : engineClock(clock, time);
    const focus = { filter, range: range && time && onClock(range, engine.clock, time) };
    return { seqs, split: seqs.length > 1 ? null : split, hasBackdrop, focus, bucketSeconds, ...engine };
  }

  /** What is known of another capture, or of other numbers, says nothing about these. */
  #forgetOther(summary: CaptureSummary, { seqs, split }: ChartQuery): void {
    if (!this.#drawn) return;
    const { query } = this.#drawn;
    const isSame = this.#drawn.summary === summary && query.seqs.join() === seqs.join();
    if (this.#drawn.summary !== summary) this.#found = undefined;
    if (!isSame) this.#extent = undefined;
    if (isSame && query.split === split) return;
    this.#hiddenParts.clear();
    this.#partStyles = [];
  }

  /** Asks for the bursts unless they are known. The chart does not wait: they take all columns, which may still be read. */
  #findBursts(query: ChartQuery): void {
    if (!this.#context.store.state.marksBursts) return;
    const { seqs, focus, clock } = query;
    const { filter } = focus;
    const key = burstsKey(query);
    if (this.#found?.key === key) return;
    this.#found = { key, bursts: null };
    this.#ask(
      this.#context.connection.ask({ type: "bursts/get", seqs, filter, clock }).then((answer) => {
        if (this.#found?.key !== key) return;
        this.#found = { key, bursts: expectAnswer(answer, "bursts/data").bursts };
        // Mostly they come before the timelines they belong to, and are drawn with those.
        if (this.#drawn && burstsKey(this.#drawn.query) === key) this.#draw(true);
      }),
    );
  }

  #change(change: Partial<PanelState>): void {
    this.#context.store.update(change);
    this.#reload();
  }

  #reload(): void {
    if (this.#drawn) this.#context.track(this.load(this.#drawn.summary));
  }

  // Zoom

  /** What is shown and all there is, seconds on the chart's clock. */
  #shown(): { now: Stretch; whole: Stretch; isZoomed: boolean } | undefined {
    const drawn = this.#drawn;
    const [first] = drawn?.timelines.timelines ?? [];
    if (!drawn || !first || drawn.summary.time === null || first.bucketCount === 0) return undefined;
    const whole = wholeCapture(drawn.summary.time, drawn.query.clock);
    const { range } = drawn.query.focus;
    const gone = this.#turning === undefined ? range : this.#turning;
    const all = range === null ? timeRange(first.startSec, first.bucketSeconds, first.bucketCount) : (this.#extent ?? whole);
    return { now: gone ?? all, whole, isZoomed: gone !== null };
  }

  /** Shows a stretch at once, and asks for its buckets when the wheel rests. */
  #turn(stretch: Stretch): void {
    this.#turning = stretch;
    this.#chart.setRange(stretch.fromSec * 1000, stretch.toSec * 1000);
    this.#showRange();
    clearTimeout(this.#wheelRest);
    this.#wheelRest = setTimeout(() => this.#zoomTo(stretch), WHEEL_REST_MS);
  }

  /** Makes a stretch the capture's range; null shows all of the time. */
  #zoomTo(stretch: Stretch | null): void {
    clearTimeout(this.#wheelRest);
    this.#wheelRest = undefined;
    const shown = this.#shown();
    const drawn = this.#drawn;
    if (!shown || !drawn) return;
    const next = stretch && settled(stretch, shown.whole);
    const isAll = next === null || covers(next, shown.whole) || (this.#extent !== undefined && covers(next, this.#extent));
    const range = isAll ? null : { clock: drawn.query.clock, ...next };
    this.#turning = isAll ? null : next;
    // The page then asks for all that is seen.
    this.#context.track(this.#context.focus.setRange(range));
    this.#context.announcer.say(range ? l10n.t("Zoomed to {0}", stretchText(range, drawn.clock)) : l10n.t("The whole capture is shown"));
  }

  /** Keys of the chart that are not about its points. */
  #onKey(event: KeyboardEvent): boolean {
    if (event.key === "Escape") return this.#zoom.cancel();
    const shown = this.#shown();
    if (!shown || event.ctrlKey || event.metaKey || event.altKey) return false;
    switch (event.key) {
      case "+":
      case "=":
        this.#zoomBy(1 / ZOOM_STEP);
        return true;
      case "-":
      case "_":
        this.#zoomBy(ZOOM_STEP);
        return true;
      case "0":
        this.#zoomTo(null);
        return true;
      case "ArrowLeft":
      case "ArrowRight":
        if (!event.shiftKey || !shown.isZoomed) return false;
        this.#zoomTo(moved(shown.now, event.key === "ArrowLeft" ? -MOVE_SHARE : MOVE_SHARE, shown.whole));
        return true;
      default:
        return false;
    }
  }

  /** Around the chosen point where there is one, else around the middle. */
  #zoomBy(factor: number): void {
    const shown = this.#shown();
    if (!shown || (factor > 1 && !shown.isZoomed)) return;
    const { now, whole } = shown;
    const chosen = this.#chart.chosenX;
    const isInside = chosen !== undefined && chosen / 1000 >= now.fromSec && chosen / 1000 <= now.toSec;
    this.#zoomTo(zoomed(now, factor, isInside ? chosen / 1000 : (now.fromSec + now.toSec) / 2, whole));
  }

  #showRange(): void {
    const shown = this.#shown();
    const drawn = this.#drawn;
    const isZoomed = shown?.isZoomed ?? false;
    // A button that is disabled gives the focus to nobody.
    if (!isZoomed && [this.#zoomOut, this.#zoomReset].some((button) => button === document.activeElement)) this.#zoomIn.focus();
    this.#zoomReset.disabled = this.#zoomOut.disabled = !isZoomed;
    this.#packets.hidden = !this.#context.hasView("packets");
    this.#packets.textContent = isZoomed ? l10n.t("Packets in This Range") : l10n.t("Packets");
    this.#rangeText.classList.toggle("muted", !isZoomed);
    this.#rangeText.textContent =
      shown && drawn && isZoomed
        ? `${lengthText(shown.now)} · ${stretchText({ fromSec: Math.floor(shown.now.fromSec), toSec: Math.ceil(shown.now.toSec) }, drawn.clock)}`
        : l10n.t("Drag, or Ctrl/⌘+wheel, to zoom.");
    this.#rangeText.title = this.#rangeText.textContent;
  }

  // Legend

  #toggle(id: string): void {
    const { store } = this.#context;
    if (id === "backdrop") {
      this.#backdrop.checked = false;
      this.#change({ hasBackdrop: false });
      return;
    }
    if (id.startsWith("part:")) {
      if (!this.#hiddenParts.delete(id)) this.#hiddenParts.add(id);
    } else {
      const seq = Number(id);
      const { hidden } = store.state;
      store.update({ hidden: hidden.includes(seq) ? hidden.filter((each) => each !== seq) : [...hidden, seq] });
    }
    this.#draw();
  }

  #remove(seq: number): void {
    const { store, connection } = this.#context;
    const { state } = store;
    const [first, ...compared] = [state.seq, ...state.compared].filter((each) => each !== null && each !== seq) as number[];
    if (first === undefined) return;
    this.#extent = undefined;
    store.update({ seq: first, compared, hidden: state.hidden.filter((each) => each !== seq) });
    this.#ask(connection.ask({ type: "numbers/changed", seqs: [first, ...compared] }));
    this.#reload();
  }

  #isShown = ({ id, seq }: Series): boolean =>
    seq === null ? !this.#hiddenParts.has(id) : !this.#context.store.state.hidden.includes(seq);

  #showLegend(all: readonly Series[], theme: Theme): void {
    const total = all.filter(({ kind }) => kind !== "backdrop").reduce((sum, each) => sum + each.total, 0);
    const numbers = all.filter(({ kind }) => kind === "number").length;
    this.#legend.show(
      all.length < 2
        ? []
        : all.map((series) => ({
            id: series.id,
            name: series.name,
            detail: legendCount(series, total),
            style: series.kind === "backdrop" ? null : styleOf(series.style, theme),
            isShown: this.#isShown(series),
            canRemove: series.kind === "number" && numbers > 1,
          })),
    );
  }

  // Taking away

  /** Something the host does meanwhile; what fails is said above the chart, which stays. */
  #ask(work: Promise<unknown>): void {
    this.#failure.hidden = true;
    work.catch((error: unknown) => {
      this.#failure.textContent = messageOf(error);
      this.#failure.hidden = false;
    });
  }

  async #saveChart(): Promise<void> {
    const { connection } = this.#context;
    const drawn = this.#drawn;
    if (!drawn) return;
    const { format } = expectAnswer(await connection.ask({ type: "save/choose" }), "save/chosen");
    if (format === null) return;
    if (format === "csv" || format === "json") {
      await connection.ask({ type: "data/save", format, query: drawn.query });
      return;
    }
    await connection.ask({ type: "image/save", format, bytes: await this.#image(drawn, format) });
  }

  async #image(drawn: Drawn, format: ImageFormat): Promise<Uint8Array> {
    const theme = readTheme();
    const chart = this.#chartOf(drawn);
    const { width, height } = this.#canvas.getBoundingClientRect();
    const image = {
      ...{ spec: makeTimelineSpec(chart, theme), theme },
      ...{ width: Math.round(width), height: Math.round(height) },
      ...{ title: chartTitle(chart), description: this.#summary.textContent ?? "" },
    };
    return format === "png" ? drawPng(image) : new TextEncoder().encode(drawSvg(image, makeMeasure()));
  }

  // Drawing

  #chartOf({ timelines, query, clock, summary, styles, partStyles }: Drawn): TimelineChart {
    return {
      ...{ timelines, clock, split: query.split, labelField: summary.labelField, range: query.focus.range },
      series: seriesOf(timelines, styles, partStyles).filter(this.#isShown),
      scale: this.#context.store.state.scale,
      bursts: this.#marked() ?? [],
    };
  }

  /** Bursts of the numbers that are drawn, within what is shown; null where they are not marked or not known yet. */
  #marked(): MarkedBurst[] | null {
    const { marksBursts, hidden } = this.#context.store.state;
    const shown = this.#shown();
    const drawn = this.#drawn;
    if (!marksBursts || !this.#found?.bursts || !drawn || !shown) return null;
    const { fromSec, toSec } = drawn.query.focus.range ?? this.#extent ?? shown.now;
    return burstsIn(
      this.#found.bursts,
      drawn.query.seqs.filter((seq) => !hidden.includes(seq)),
      { fromSec, toSec },
    );
  }

  #draw(keepsPoint = false): void {
    if (!this.#drawn) return;
    const { timelines, query, clock, summary, styles, partStyles } = this.#drawn;
    const [first] = timelines.timelines;
    if (!first) return;
    const theme = readTheme();
    const all = seriesOf(timelines, styles, partStyles);
    const chart = this.#chartOf(this.#drawn);
    const bursts = this.#marked();
    const isEmpty = first.counts.length === 0;
    const { range, filter } = query.focus;
    const title = chartTitle(chart);
    this.#heading.textContent = title;
    const sentence = chartSummary(chart, { range, filter, bursts });
    this.#summary.textContent = sentence;
    this.#controls.hidden = false;
    this.#zoomBar.hidden = isEmpty && range === null;
    this.#box.hidden = isEmpty;
    this.#table.element.hidden = isEmpty;
    const unavailable = clockNote(summary);
    this.#notes.replaceChildren(
      ...timelineNotes(timelines.timelines, summary, clock).map((note) =>
        element("p", note === unavailable ? { id: "clock-note" } : {}, note),
      ),
    );
    this.#showRange();
    this.#showLegend(isEmpty ? [] : all, theme);
    this.#burstTable.show(isEmpty ? null : bursts, clock, timelines.timelines.length > 1);
    if (isEmpty) return;
    this.#canvas.setAttribute("aria-label", `${title}. ${sentence}`);
    this.#chart.draw(makeTimelineSpec(chart, theme), keepsPoint);
    if (keepsPoint) return;
    const heads = tableHeads(chart, summary.labelField);
    this.#table.show({
      caption: title,
      heads,
      numberColumns: numberColumns(chart, heads),
      rowCount: first.counts.length,
      rowAt: (i) => tableRow(chart, summary.labelField, i),
    });
  }

  #showWithoutTime(summary: CaptureSummary): void {
    this.#drawn = undefined;
    for (const hidden of [this.#controls, this.#zoomBar, this.#box, this.#legend.element, this.#table.element, this.#burstTable.element]) {
      hidden.hidden = true;
    }
    this.#summary.textContent = l10n.t(
      "There is no timeline: none of the {0} in this file has a readable time.",
      countPackets(summary.rows.tcp),
    );
    this.#notes.replaceChildren(
      element("p", {}, l10n.t("Export the capture again with a column of times: add -e frame.time to the tshark command.")),
    );
  }

  // Controls

  #fillControls(): void {
    const { store, connection } = this.#context;
    this.#addNumber.textContent = l10n.t("Add Number…");
    this.#addNumber.addEventListener("click", () => this.#ask(connection.ask({ type: "numbers/add" })));
    this.#backdrop.label = l10n.t("All TCP packets");
    this.#backdrop.title = l10n.t("Shows all TCP packets as a grey area behind, on an axis of their own");
    this.#backdrop.addEventListener("change", () => this.#change({ hasBackdrop: this.#backdrop.checked }));
    this.#bursts.label = l10n.t("Bursts");
    this.#bursts.title = l10n.t("Marks where a number occurs far more often than it usually does");
    this.#bursts.addEventListener("change", () => this.#change({ marksBursts: this.#bursts.checked }));
    this.#backdrop.checked = store.state.hasBackdrop;
    this.#bursts.checked = store.state.marksBursts;
    this.#controls.setAttribute("aria-label", l10n.t("Timeline options"));
    this.#controls.append(
      ...[this.#bucket, this.#scale, this.#clock, this.#split].map((choice) => choice.element),
      element("div", { class: "checks" }, this.#backdrop, this.#bursts),
    );
  }

  #fillZoomBar(): void {
    this.#zoomBar.setAttribute("aria-label", l10n.t("Zoom"));
    this.#zoomIn.setAttribute("aria-label", l10n.t("Zoom In"));
    this.#zoomIn.title = l10n.t("Zoom In (+)");
    this.#zoomIn.addEventListener("click", () => this.#zoomBy(1 / ZOOM_STEP));
    this.#zoomOut.setAttribute("aria-label", l10n.t("Zoom Out"));
    this.#zoomOut.title = l10n.t("Zoom Out (−)");
    this.#zoomOut.addEventListener("click", () => this.#zoomBy(ZOOM_STEP));
    this.#zoomReset.textContent = l10n.t("Reset Zoom");
    this.#zoomReset.title = l10n.t("Show the Whole Capture (0)");
    this.#zoomReset.addEventListener("click", () => this.#zoomTo(null));
    this.#packets.addEventListener("click", () => this.#context.turnTo("packets"));
    this.#save.textContent = l10n.t("Save…");
    this.#save.title = l10n.t("Save the chart as PNG or SVG, or its data as CSV or JSON");
    this.#save.addEventListener("click", () => this.#ask(this.#saveChart()));
    const buttons = element("div", { class: "zoom-actions" }, this.#addNumber, this.#packets, this.#save);
    this.#zoomBar.append(this.#zoomIn, this.#zoomOut, this.#zoomReset, this.#rangeText, buttons);
  }

  #setChoices({ time }: CaptureSummary): void {
    const { bucketSeconds, scale, clock, split, compared } = this.#context.store.state;
    const sizes = new Set<number>(BUCKET_CHOICES);
    if (bucketSeconds !== null) sizes.add(bucketSeconds);
    this.#bucket.set(
      [
        { value: "auto", label: l10n.t("Auto") },
        ...[...sizes].sort((a, b) => a - b).map((size) => ({ value: String(size), label: formatDuration(size) })),
      ],
      bucketSeconds === null ? "auto" : String(bucketSeconds),
    );
    const isSplit = split !== null && compared.length === 0;
    this.#scale.set(
      [
        { value: "linear", label: l10n.t("Linear") },
        { value: "log", label: isSplit ? l10n.t("Logarithmic (not while split)") : l10n.t("Logarithmic"), isDisabled: isSplit },
      ],
      isSplit ? "linear" : scale,
    );
    this.#setClocks(time, clock);
    const known = this.#drawn?.timelines.splits;
    this.#split.set(
      [
        { value: "none", label: splitName(null) },
        ...SPLITS.map((each) => this.#splitOption(each, known === undefined || known.includes(each), compared.length > 0)),
      ],
      isSplit ? split : "none",
    );
    const isFull = compared.length + 1 >= MAX_COMPARED;
    this.#addNumber.disabled = isFull;
    this.#addNumber.title = isFull
      ? l10n.t("A chart compares at most {0} numbers", String(MAX_COMPARED))
      : l10n.t("Compare with another sequence number");
  }

  #splitOption(split: SplitBy, isInFile: boolean, isComparing: boolean): { value: string; label: string; isDisabled: boolean } {
    const name = splitName(split);
    if (!isInFile) return { value: split, label: l10n.t("{0} (not in this file)", name), isDisabled: true };
    if (isComparing) return { value: split, label: l10n.t("{0} (with one number only)", name), isDisabled: true };
    return { value: split, label: name, isDisabled: false };
  }

  #setClocks(time: CaptureSummary["time"], clock: PanelClock): void {
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
}
