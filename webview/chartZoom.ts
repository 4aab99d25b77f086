/**
 * Zooming a chart's time by drag, Ctrl or ⌘ with the wheel, and pinch. Own code rather than chartjs-plugin-zoom: ranges are whole seconds that
 * host and other views share, keys and buttons do the same, and the plugin brings a gesture library along. Tells what is
 * wanted; whoever listens draws it. DOM and Chart.js.
 */
import type { Chart } from "chart.js";
import { element } from "./dom";
import { moved, wheelFactor, zoomed, type Stretch } from "./zoomRange";

/** A press that moves less is a click, pixels. */
const LEAST_DRAG = 5;
/** Pixels of a line and of a page, for wheels that count in them. */
const LINE_PIXELS = 16;
const PAGE_PIXELS = 400;

/** What a zoom needs of its chart. */
export interface ZoomOptions {
  readonly box: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly chart: () => Chart<"line" | "bar" | "scatter", { x: number; y: number }[]> | undefined;
  /** What is shown now, and all there is; undefined while nothing is. */
  readonly shown: () => { readonly now: Stretch; readonly whole: Stretch; readonly isZoomed: boolean } | undefined;
  /** The wheel turns: more may follow. */
  readonly onTurn: (stretch: Stretch) => void;
  /** A range was dragged. */
  readonly onSelect: (stretch: Stretch) => void;
}

/** See the file header. */
export class ChartZoom {
  readonly #options: ZoomOptions;
  readonly #selection = element("div", { class: "chart-selection", "aria-hidden": "true", hidden: true });
  #drag: { readonly pointer: number; readonly fromX: number; toX: number } | undefined;

  constructor(options: ZoomOptions) {
    this.#options = options;
    const { box, canvas } = options;
    box.append(this.#selection);
    canvas.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false });
    canvas.addEventListener("pointerdown", (event) => this.#onDown(event));
    canvas.addEventListener("pointermove", (event) => this.#onMove(event));
    canvas.addEventListener("pointerup", (event) => this.#onUp(event));
    canvas.addEventListener("pointercancel", () => this.cancel());
    canvas.addEventListener("dblclick", (event) => event.preventDefault());
  }

  /** Ends a drag without a selection; false when there is none. */
  cancel(): boolean {
    const wasDragging = this.#drag !== undefined;
    this.#drag = undefined;
    this.#selection.hidden = true;
    return wasDragging;
  }

  #onWheel(event: WheelEvent): void {
    const chart = this.#options.chart();
    const shown = this.#options.shown();
    // The plain wheel is the page's: who scrolls past a chart must not change the range of all views. A pinch comes with Ctrl.
    const hasKey = event.ctrlKey || event.metaKey || event.shiftKey;
    if (!chart || !shown || event.altKey || !hasKey) return;
    event.preventDefault();
    const unit =
      event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PIXELS : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? PAGE_PIXELS : 1;
    const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (!shown.isZoomed && (isSideways || event.deltaY >= 0)) return;
    if (isSideways) {
      const delta = (event.deltaX || event.deltaY) * unit;
      const width = Math.max(1, chart.chartArea.right - chart.chartArea.left);
      this.#options.onTurn(moved(shown.now, delta / width, shown.whole));
    } else {
      const around = this.#secondsAt(event.offsetX, chart);
      this.#options.onTurn(zoomed(shown.now, wheelFactor(event.deltaY * unit, event.ctrlKey), around, shown.whole));
    }
  }

  #onDown(event: PointerEvent): void {
    const chart = this.#options.chart();
    if (!chart || event.button !== 0 || !event.isPrimary || !this.#options.shown()) return;
    const { left, right, top, bottom } = chart.chartArea;
    const isInside = event.offsetX >= left && event.offsetX <= right && event.offsetY >= top && event.offsetY <= bottom;
    if (isInside) this.#drag = { pointer: event.pointerId, fromX: event.offsetX, toX: event.offsetX };
  }

  #onMove(event: PointerEvent): void {
    const chart = this.#options.chart();
    const drag = this.#drag;
    if (!chart || drag?.pointer !== event.pointerId) return;
    const { left, right, top, bottom } = chart.chartArea;
    drag.toX = Math.min(right, Math.max(left, event.offsetX));
    if (Math.abs(drag.toX - drag.fromX) < LEAST_DRAG && this.#selection.hidden) return;
    if (this.#selection.hidden) this.#options.canvas.setPointerCapture(event.pointerId);
    this.#selection.hidden = false;
    const { style } = this.#selection;
    style.left = `${String(Math.min(drag.fromX, drag.toX))}px`;
    style.width = `${String(Math.abs(drag.toX - drag.fromX))}px`;
    style.top = `${String(top)}px`;
    style.height = `${String(bottom - top)}px`;
  }

  #onUp(event: PointerEvent): void {
    const chart = this.#options.chart();
    const drag = this.#drag;
    const wasSelecting = !this.#selection.hidden;
    this.cancel();
    if (!chart || drag?.pointer !== event.pointerId || !wasSelecting || Math.abs(drag.toX - drag.fromX) < LEAST_DRAG) return;
    const [from, to] = [Math.min(drag.fromX, drag.toX), Math.max(drag.fromX, drag.toX)];
    this.#options.onSelect({ fromSec: this.#secondsAt(from, chart), toSec: this.#secondsAt(to, chart) });
  }

  #secondsAt(x: number, chart: Chart<"line" | "bar" | "scatter", { x: number; y: number }[]>): number {
    const { left, right } = chart.chartArea;
    return (chart.scales.x?.getValueForPixel(Math.min(right, Math.max(left, x))) ?? 0) / 1000;
  }
}
