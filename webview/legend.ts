/**
 * The legend of a chart as buttons: each shows how its series is drawn, turns it off and on, and can be removed.
 * Samples are drawn as SVG, so that dash and mark are those of the chart.
 */
import { element, icon } from "./dom";
import * as l10n from "./l10n";
import type { LineStyle, Mark } from "./series";

/** One entry. */
export interface LegendEntry {
  readonly id: string;
  /** Text of the button. */
  readonly name: string;
  /** Said after the name, dimmed. */
  readonly detail: string;
  /** Null for what has neither dash nor mark: all packets. */
  readonly style: LineStyle | null;
  readonly isShown: boolean;
  readonly canRemove: boolean;
}

/** What happens with an entry. */
export interface LegendActions {
  readonly onToggle: (id: string) => void;
  readonly onRemove: (id: string) => void;
}

const WIDTH = 36;
const HEIGHT = 14;

/** Outlines of the marks, around 0, 0. */
const OUTLINES: Readonly<Record<Mark, string>> = {
  circle: "M-4 0A4 4 0 1 1 4 0A4 4 0 1 1 -4 0Z",
  rect: "M-3.5 -3.5H3.5V3.5H-3.5Z",
  rectRounded: "M-2 -4H2Q4 -4 4 -2V2Q4 4 2 4H-2Q-4 4 -4 2V-2Q-4 -4 -2 -4Z",
  rectRot: "M0 -5L5 0L0 5L-5 0Z",
  triangle: "M0 -4.5L4.5 3.5H-4.5Z",
  cross: "M-4.5 0H4.5M0 -4.5V4.5",
  crossRot: "M-3.5 -3.5L3.5 3.5M3.5 -3.5L-3.5 3.5",
  star: "M-4.5 0H4.5M0 -4.5V4.5M-3.2 -3.2L3.2 3.2M3.2 -3.2L-3.2 3.2",
};

/** See the file header. */
export class Legend {
  readonly element: HTMLElement;
  readonly #actions: LegendActions;

  constructor(id: string, label: string, actions: LegendActions) {
    this.#actions = actions;
    this.element = element("ul", { id, class: "legend", "aria-label": label });
  }

  /** Replaces the entries; who had the focus keeps it. */
  show(entries: readonly LegendEntry[]): void {
    const focused =
      document.activeElement instanceof HTMLElement && this.element.contains(document.activeElement) ? document.activeElement : undefined;
    const [id, part] = [focused?.dataset.id, focused?.dataset.part];
    const at = [...this.element.children].findIndex((child) => child.contains(focused ?? null));
    this.element.hidden = entries.length === 0;
    this.element.replaceChildren(...entries.map((entry) => this.#itemOf(entry)));
    if (!focused) return;
    const buttons = [...this.element.querySelectorAll("button")];
    const again = buttons.find((button) => button.dataset.id === id && button.dataset.part === part);
    // A removed entry leaves the focus to its neighbour.
    const neighbour = this.element.children[Math.min(at, this.element.children.length - 1)]?.querySelector("button");
    (again ?? neighbour)?.focus();
  }

  #itemOf({ id, name, detail, style, isShown, canRemove }: LegendEntry): HTMLElement {
    const toggle = element(
      "button",
      { type: "button", class: "legend-toggle", "aria-pressed": String(isShown), "data-id": id, "data-part": "toggle" },
      sample(style),
      element("span", { class: "legend-name" }, name),
      element("span", { class: "muted" }, detail),
    );
    toggle.title = isShown ? l10n.t("Hide {0}", name) : l10n.t("Show {0}", name);
    toggle.addEventListener("click", () => this.#actions.onToggle(id));
    if (!canRemove) return element("li", {}, toggle);
    const label = l10n.t("Remove {0} from the chart", name);
    const remove = element(
      "button",
      { type: "button", class: "legend-remove", "aria-label": label, "data-id": id, "data-part": "remove" },
      icon("close"),
    );
    remove.title = label;
    remove.addEventListener("click", () => this.#actions.onRemove(id));
    toggle.addEventListener("keydown", (event) => {
      if (event.key === "Delete" || event.key === "Backspace") {
        event.preventDefault();
        this.#actions.onRemove(id);
      }
    });
    return element("li", {}, toggle, remove);
  }
}

/** A short line with a mark in its middle, or a grey area. */
function sample(style: LineStyle | null): SVGElement {
  const svg = svgElement("svg", {
    width: WIDTH,
    height: HEIGHT,
    viewBox: `0 0 ${String(WIDTH)} ${String(HEIGHT)}`,
    "aria-hidden": "true",
    class: "legend-sample",
  });
  if (!style) {
    svg.append(svgElement("rect", { x: 2, y: 2, width: WIDTH - 4, height: HEIGHT - 4, class: "legend-backdrop" }));
    return svg;
  }
  const { color, dash, mark } = style;
  const middle = HEIGHT / 2;
  const isOutline = mark === "cross" || mark === "crossRot" || mark === "star";
  svg.append(
    svgElement("path", {
      d: `M1 ${String(middle)}H${String(WIDTH - 1)}`,
      stroke: color,
      "stroke-width": 2,
      "stroke-dasharray": dash.join(" "),
    }),
    svgElement("path", {
      d: OUTLINES[mark],
      transform: `translate(${String(WIDTH / 2)} ${String(middle)})`,
      fill: isOutline ? "none" : color,
      stroke: color,
      "stroke-width": isOutline ? 1.75 : 1,
    }),
  );
  return svg;
}

function svgElement(tag: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}
