/** Colours and fonts of the editor's theme as a canvas needs them, and news of their change. DOM. */

/** Every colour is a CSS colour; see `readTheme` for where they come from. */
export interface Theme {
  readonly isHighContrast: boolean;
  readonly foreground: string;
  readonly muted: string;
  readonly background: string;
  readonly grid: string;
  readonly axis: string;
  readonly series: string;
  readonly seriesFill: string;
  /** Colours of signs, apart from each other in every theme. */
  readonly red: string;
  readonly orange: string;
  readonly yellow: string;
  readonly green: string;
  readonly purple: string;
  readonly teal: string;
  /** Below the line of all packets. */
  readonly backdrop: string;
  readonly backdropFill: string;
  /** Of bursts. */
  readonly mark: string;
  readonly markFill: string;
  readonly crosshair: string;
  readonly tooltipBackground: string;
  readonly tooltipForeground: string;
  readonly tooltipBorder: string;
  readonly fontFamily: string;
  /** Pixels. */
  readonly fontSize: number;
}

let probe: CanvasRenderingContext2D | null | undefined;

/** The colour with its alpha multiplied. The canvas reads any CSS colour; a pixel says which it is. */
export function fade(color: string, alpha: number): string {
  probe ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!probe) return color;
  probe.clearRect(0, 0, 1, 1);
  probe.fillStyle = "#808080";
  probe.fillStyle = color;
  probe.fillRect(0, 0, 1, 1);
  const [red = 128, green = 128, blue = 128, opacity = 255] = probe.getImageData(0, 0, 1, 1).data;
  return `rgba(${String(red)}, ${String(green)}, ${String(blue)}, ${((opacity / 255) * alpha).toFixed(3)})`;
}

let known: Theme | undefined;
let isObserved = false;

/** The theme as it is now. The page is asked only after a change: each time its styles would be worked out. */
export function readTheme(): Theme {
  if (!isObserved) observeTheme(() => (known = undefined));
  isObserved = true;
  return (known ??= makeTheme());
}

function makeTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const first = (fallback: string, ...names: readonly string[]): string => {
    for (const name of names) {
      const value = style.getPropertyValue(`--vscode-${name}`).trim();
      if (value !== "") return value;
    }
    return fallback;
  };
  const kinds = document.body.classList;
  const isHighContrast = kinds.contains("vscode-high-contrast") || kinds.contains("vscode-high-contrast-light");
  const foreground = first("#808080", "charts-foreground", "foreground", "editor-foreground");
  const series = first("#3794ff", "charts-blue", "textLink-foreground");
  const orange = first("#d18616", "charts-orange");
  const border = isHighContrast
    ? first(foreground, "contrastBorder")
    : first(fade(foreground, 0.3), "editorHoverWidget-border", "widget-border");
  return {
    isHighContrast,
    foreground,
    muted: isHighContrast ? foreground : first(foreground, "descriptionForeground"),
    background: first("transparent", "editor-background"),
    grid: fade(foreground, isHighContrast ? 0.2 : 0.1),
    axis: isHighContrast ? first(foreground, "contrastBorder") : fade(foreground, 0.25),
    series,
    seriesFill: fade(series, isHighContrast ? 0.3 : 0.16),
    red: first("#f14c4c", "charts-red", "errorForeground"),
    orange,
    yellow: first("#cca700", "charts-yellow"),
    green: first("#388a34", "charts-green"),
    purple: first("#b180d7", "charts-purple"),
    teal: first("#1f9cb0", "terminal-ansiCyan"),
    backdrop: fade(foreground, isHighContrast ? 0.7 : 0.35),
    backdropFill: fade(foreground, isHighContrast ? 0.2 : 0.1),
    mark: isHighContrast ? orange : fade(orange, 0.7),
    markFill: fade(orange, isHighContrast ? 0.25 : 0.14),
    crosshair: isHighContrast ? first(foreground, "contrastActiveBorder", "focusBorder") : fade(foreground, 0.45),
    tooltipBackground: first("#252526", "editorHoverWidget-background", "editorWidget-background"),
    tooltipForeground: first(foreground, "editorHoverWidget-foreground", "editorWidget-foreground"),
    tooltipBorder: border,
    fontFamily: first("sans-serif", "font-family"),
    fontSize: Number.parseFloat(first("13", "font-size")) || 13,
  };
}

/** Calls back, at most once a frame, after the editor has changed its theme. */
export function onThemeChange(redraw: () => void): void {
  let isWaiting = false;
  observeTheme(() => {
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(() => {
      isWaiting = false;
      redraw();
    }, 16);
  });
}

/** The editor rewrites classes and style of html and body. */
function observeTheme(onChange: () => void): void {
  const observer = new MutationObserver(onChange);
  const attributeFilter = ["class", "style", "data-vscode-theme-id", "data-vscode-theme-kind"];
  observer.observe(document.documentElement, { attributes: true, attributeFilter });
  observer.observe(document.body, { attributes: true, attributeFilter });
}
