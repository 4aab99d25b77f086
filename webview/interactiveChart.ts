/**
 * A canvas with a chart that is read by mouse and by keyboard alike: whichever point is under the pointer or chosen
 * with the arrow keys has the tooltip, and its text is announced. DOM and Chart.js.
 */
import { Chart } from "chart.js";
import type { ChartPoint, ChartSpec } from "./charts";
import { announcement } from "./timelineText";

/** Pointing sweeps over many points; only those it rests on are announced. */
const HOVER_REST_MS = 120;

/** Says one text at a time in a live region. */
export class Announcer {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly region: HTMLElement) {}

  say(text: string): void {
    clearTimeout(this.#timer);
    if (this.region.textContent !== text) this.region.textContent = text;
  }

  sayWhenAtRest(text: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.say(text), HOVER_REST_MS);
  }
}

/** Draws another chart of the same kind in a chart's place, without a chosen point. */
function change(chart: Chart<"line" | "bar" | "scatter", ChartPoint[]>, { config }: ChartSpec): void {
  chart.setActiveElements([]);
  chart.tooltip?.setActiveElements([], { x: 0, y: 0 });
  chart.options = config.options ?? {};
  chart.data = config.data;
  chart.update("none");
}

/** See the file header. */
export class InteractiveChart {
  readonly #canvas: HTMLCanvasElement;
  readonly #announcer: Announcer;
  #chart: Chart<"line" | "bar" | "scatter", ChartPoint[]> | undefined;
  #spec: ChartSpec | undefined;
  readonly #onOtherKey: (event: KeyboardEvent) => boolean;
  /** The point with the tooltip, -1 for none. */
  #active = -1;

  /** `onKey`: gets every key first; true when it was for it. */
  constructor(canvas: HTMLCanvasElement, announcer: Announcer, onKey: (event: KeyboardEvent) => boolean = () => false) {
    this.#canvas = canvas;
    this.#announcer = announcer;
    this.#onOtherKey = onKey;
    canvas.addEventListener("keydown", (event) => this.#onKey(event));
    canvas.addEventListener("blur", () => this.#choose(-1));
  }

  /** Draws anew; the chosen point stays chosen when `keepsPoint` (same data, another theme). */
  draw(spec: ChartSpec, keepsPoint = false): void {
    const isPointShown = keepsPoint && (this.#chart?.getActiveElements().length ?? 0) > 0;
    const isOfSameKind = spec.kind !== null && spec.kind === this.#spec?.kind;
    this.#spec = spec;
    Object.assign(spec.config.options ?? {}, {
      onHover: (_event: unknown, elements: readonly { index: number }[]) => this.#onHover(elements[0]?.index ?? -1),
    });
    if (this.#chart && isOfSameKind) {
      change(this.#chart, spec);
    } else {
      this.#chart?.destroy();
      this.#chart = new Chart<"line" | "bar" | "scatter", ChartPoint[]>(this.#canvas, spec.config);
    }
    const active = isPointShown ? this.#active : -1;
    this.#active = -1;
    if (active >= 0 && active < spec.pointCount) this.#choose(active);
  }

  /** What is drawn; undefined before. */
  get chart(): Chart<"line" | "bar" | "scatter", ChartPoint[]> | undefined {
    return this.#chart;
  }

  /** Horizontal value of the chosen point; undefined for none. */
  get chosenX(): number | undefined {
    const point = this.#active < 0 ? undefined : this.#chart?.data.datasets[0]?.data[this.#active];
    return point?.x;
  }

  /** Shows another stretch of the same data, milliseconds; nothing is made anew. */
  setRange(min: number, max: number): void {
    const chart = this.#chart;
    if (!chart?.options.scales?.x) return;
    Object.assign(chart.options.scales.x, { min, max });
    chart.update("none");
  }

  #onHover(index: number): void {
    this.#active = index;
    if (index >= 0 && this.#spec) this.#announcer.sayWhenAtRest(announcement(this.#spec.factsAt(index)));
  }

  #onKey(event: KeyboardEvent): void {
    if (this.#onOtherKey(event)) {
      event.preventDefault();
      return;
    }
    if (!this.#spec || this.#spec.pointCount === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.#spec.pointCount - 1;
    const page = Math.max(1, Math.round(this.#spec.pointCount / 20));
    const goTo = (index: number): void => {
      event.preventDefault();
      this.#choose(Math.min(last, Math.max(0, index)));
    };
    switch (event.key) {
      case "ArrowRight":
        return goTo(this.#active + 1);
      case "ArrowLeft":
        return goTo(this.#active < 0 ? last : this.#active - 1);
      case "PageDown":
        return goTo(this.#active + page);
      case "PageUp":
        return goTo(this.#active < 0 ? last : this.#active - page);
      case "Home":
        return goTo(0);
      case "End":
        return goTo(last);
      case "Escape":
        return this.#choose(-1);
    }
  }

  /** Moves tooltip and crosshair to a point and announces it; -1 takes them away. */
  #choose(index: number): void {
    const chart = this.#chart;
    if (!chart || !this.#spec || (index < 0 && this.#active < 0)) return;
    this.#active = index;
    const elements = index < 0 ? [] : chart.data.datasets.map((_, datasetIndex) => ({ datasetIndex, index }));
    const point = chart.getDatasetMeta(0).data[index];
    chart.setActiveElements(elements);
    chart.tooltip?.setActiveElements(elements, { x: point?.x ?? 0, y: point?.y ?? 0 });
    chart.render();
    if (index >= 0) this.#announcer.say(announcement(this.#spec.factsAt(index)));
  }
}
