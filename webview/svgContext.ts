/**
 * A canvas context that writes SVG: what Chart.js draws becomes paths and texts. It has what Chart.js, its legend and the
 * annotations call, and nothing else. No DOM: neither styles nor scripts are made, and every text is escaped.
 */
import { escapeMarkup } from "../src/shared/shownText";

/** Width of a text in a font as `CanvasRenderingContext2D.font` names it, pixels. */
export type MeasureText = (text: string, font: string) => number;

type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

interface State {
  strokeStyle: string;
  fillStyle: string;
  lineWidth: number;
  lineCap: string;
  lineJoin: string;
  lineDash: readonly number[];
  lineDashOffset: number;
  globalAlpha: number;
  font: string;
  textAlign: string;
  textBaseline: string;
  matrix: Matrix;
  /** Id of the clip path in force, 0 for none. */
  clip: number;
}

const BEGINNING: State = {
  strokeStyle: "#000000",
  fillStyle: "#000000",
  lineWidth: 1,
  lineCap: "butt",
  lineJoin: "miter",
  lineDash: [],
  lineDashOffset: 0,
  globalAlpha: 1,
  font: "10px sans-serif",
  textAlign: "start",
  textBaseline: "alphabetic",
  matrix: [1, 0, 0, 1, 0, 0],
  clip: 0,
};

const ANCHORS: Readonly<Record<string, string>> = { center: "middle", right: "end", end: "end" };
/** How far below the point asked for the text's own base line is, of the font's size. */
const DROPS: Readonly<Record<string, number>> = { middle: 0.35, top: 0.8, hanging: 0.8, bottom: -0.2, ideographic: -0.2 };

/** Characters that no XML may hold. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const notXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Text as it may stand in an element or an attribute. */
export const escapeXml = (text: string): string => escapeMarkup(text.replace(notXml, "\ufffd"));

const round = (value: number): string => String(Math.round(value * 100) / 100);

/** A colour and its opacity apart, since many programs read no colour with both. */
export function splitColor(color: string): { color: string; opacity: number } {
  const rgba = /^rgba\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)[\s,/]+([\d.]+)(%?)\s*\)$/.exec(color.trim());
  if (rgba) {
    const [, red = "0", green = "0", blue = "0", alpha = "1", percent] = rgba;
    return { color: `rgb(${red}, ${green}, ${blue})`, opacity: Number(alpha) / (percent === "%" ? 100 : 1) };
  }
  const hex = /^#([\da-f]{6})([\da-f]{2})$/i.exec(color.trim());
  if (hex) return { color: `#${hex[1] ?? ""}`, opacity: Number.parseInt(hex[2] ?? "ff", 16) / 255 };
  return color === "transparent" ? { color: "none", opacity: 1 } : { color, opacity: 1 };
}

/** `italic bold 12px Segoe UI, sans-serif` in its parts. */
function splitFont(font: string): { style: string; weight: string; size: number; family: string } {
  const parts = /^(?:(italic|oblique|normal)\s+)?(?:(bold|bolder|lighter|normal|[1-9]00)\s+)?([\d.]+)px(?:\/\S+)?\s+(.+)$/.exec(
    font.trim(),
  );
  return {
    style: parts?.[1] ?? "normal",
    weight: parts?.[2] ?? "normal",
    size: Number(parts?.[3] ?? 10),
    family: parts?.[4] ?? "sans-serif",
  };
}

/** See the file header. Passed to Chart.js as its canvas, with the platform that has no DOM. */
export class SvgContext {
  readonly width: number;
  readonly height: number;
  /** Chart.js looks for the canvas of a context. */
  readonly canvas = this;
  readonly #measure: MeasureText;
  #state: State = { ...BEGINNING };
  readonly #states: State[] = [];
  #path: string[] = [];
  #body: string[] = [];
  #clips: string[] = [];

  constructor(width: number, height: number, measure: MeasureText) {
    this.width = width;
    this.height = height;
    this.#measure = measure;
  }

  /** As a canvas has it. */
  getContext(): this {
    return this;
  }

  /** The file. `description` is read by screen readers. */
  toSvg({ title, description, background }: { title: string; description: string; background: string }): string {
    const size = `width="${round(this.width)}" height="${round(this.height)}" viewBox="0 0 ${round(this.width)} ${round(this.height)}"`;
    const fill = splitColor(background);
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-labelledby="title description">`,
      `<title id="title">${escapeXml(title)}</title>`,
      `<desc id="description">${escapeXml(description)}</desc>`,
      ...(this.#clips.length > 0 ? [`<defs>${this.#clips.join("")}</defs>`] : []),
      `<rect width="100%" height="100%" fill="${escapeXml(fill.color)}"/>`,
      ...this.#body,
      "</svg>\n",
    ].join("\n");
  }

  // State

  get strokeStyle(): string {
    return this.#state.strokeStyle;
  }
  set strokeStyle(value: string) {
    this.#state.strokeStyle = value;
  }
  get fillStyle(): string {
    return this.#state.fillStyle;
  }
  set fillStyle(value: string) {
    this.#state.fillStyle = value;
  }
  get lineWidth(): number {
    return this.#state.lineWidth;
  }
  set lineWidth(value: number) {
    // As a canvas does; NaN and 0 leave it.
    if (value > 0 && Number.isFinite(value)) this.#state.lineWidth = value;
  }
  get lineCap(): string {
    return this.#state.lineCap;
  }
  set lineCap(value: string) {
    this.#state.lineCap = value;
  }
  get lineJoin(): string {
    return this.#state.lineJoin;
  }
  set lineJoin(value: string) {
    this.#state.lineJoin = value;
  }
  get lineDashOffset(): number {
    return this.#state.lineDashOffset;
  }
  set lineDashOffset(value: number) {
    if (Number.isFinite(value)) this.#state.lineDashOffset = value;
  }
  get globalAlpha(): number {
    return this.#state.globalAlpha;
  }
  set globalAlpha(value: number) {
    this.#state.globalAlpha = value;
  }
  get font(): string {
    return this.#state.font;
  }
  set font(value: string) {
    this.#state.font = value;
  }
  get textAlign(): string {
    return this.#state.textAlign;
  }
  set textAlign(value: string) {
    this.#state.textAlign = value;
  }
  get textBaseline(): string {
    return this.#state.textBaseline;
  }
  set textBaseline(value: string) {
    this.#state.textBaseline = value;
  }

  save(): void {
    this.#states.push({ ...this.#state });
  }

  restore(): void {
    this.#state = this.#states.pop() ?? this.#state;
  }

  setLineDash(dash: readonly number[]): void {
    this.#state.lineDash = [...dash];
  }

  getLineDash(): number[] {
    return [...this.#state.lineDash];
  }

  // Transformations

  translate(x: number, y: number): void {
    this.#multiply([1, 0, 0, 1, x, y]);
  }

  rotate(angle: number): void {
    this.#multiply([Math.cos(angle), Math.sin(angle), -Math.sin(angle), Math.cos(angle), 0, 0]);
  }

  scale(x: number, y: number): void {
    this.#multiply([x, 0, 0, y, 0, 0]);
  }

  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void {
    this.#state.matrix = [a, b, c, d, e, f];
  }

  resetTransform(): void {
    this.#state.matrix = BEGINNING.matrix;
  }

  // Paths

  beginPath(): void {
    this.#path = [];
  }

  closePath(): void {
    if (this.#path.length > 0) this.#path.push("Z");
  }

  moveTo(x: number, y: number): void {
    this.#path.push(`M${this.#at(x, y)}`);
  }

  lineTo(x: number, y: number): void {
    this.#path.push(`${this.#path.length === 0 ? "M" : "L"}${this.#at(x, y)}`);
  }

  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    this.#path.push(`C${this.#at(x1, y1)} ${this.#at(x2, y2)} ${this.#at(x, y)}`);
  }

  quadraticCurveTo(x1: number, y1: number, x: number, y: number): void {
    this.#path.push(`Q${this.#at(x1, y1)} ${this.#at(x, y)}`);
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.#path.push(this.#rectangle(x, y, width, height));
  }

  arc(x: number, y: number, radius: number, start: number, end: number, isCounterclockwise = false): void {
    const at = (angle: number): string => this.#at(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
    const full = 2 * Math.PI;
    const turn = isCounterclockwise ? start - end : end - start;
    const sweep = turn >= full - 1e-9 ? full : ((turn % full) + full) % full;
    const direction = isCounterclockwise ? -1 : 1;
    const size = round(radius * Math.hypot(this.#state.matrix[0], this.#state.matrix[1]));
    this.lineTo(x + radius * Math.cos(start), y + radius * Math.sin(start));
    // An arc whose ends are the same is none: a circle takes two.
    const steps = sweep >= full ? 2 : 1;
    for (let step = 1; step <= steps; step++) {
      const angle = start + (direction * sweep * step) / steps;
      const isLarge = sweep / steps > Math.PI ? 1 : 0;
      this.#path.push(`A${size} ${size} 0 ${String(isLarge)} ${isCounterclockwise ? "0" : "1"} ${at(angle)}`);
    }
  }

  ellipse(x: number, y: number, radiusX: number, radiusY: number, _rotation: number, start: number, end: number): void {
    this.arc(x, y, Math.max(radiusX, radiusY), start, end);
  }

  fill(rule?: string): void {
    this.#add("path", `d="${this.#path.join("")}" ${this.#filling()}${rule === "evenodd" ? ' fill-rule="evenodd"' : ""}`);
  }

  stroke(): void {
    this.#add("path", `d="${this.#path.join("")}" fill="none" ${this.#stroking()}`);
  }

  clip(rule?: string): void {
    const outer = this.#state.clip;
    const id = this.#clips.length + 1;
    const within = outer === 0 ? "" : ` clip-path="url(#clip${String(outer)})"`;
    const evenOdd = rule === "evenodd" ? ' clip-rule="evenodd"' : "";
    this.#clips.push(`<clipPath id="clip${String(id)}"${within}><path d="${this.#path.join("")}"${evenOdd}/></clipPath>`);
    this.#state.clip = id;
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.#add("path", `d="${this.#rectangle(x, y, width, height)}" ${this.#filling()}`);
  }

  strokeRect(x: number, y: number, width: number, height: number): void {
    this.#add("path", `d="${this.#rectangle(x, y, width, height)}" fill="none" ${this.#stroking()}`);
  }

  /** Chart.js clears all before it draws anew. */
  clearRect(): void {
    this.#body = [];
    this.#clips = [];
  }

  // Text

  measureText(text: string): { readonly width: number } {
    return { width: this.#measure(text, this.#state.font) };
  }

  fillText(text: string, x: number, y: number): void {
    this.#addText(text, x, y, this.#filling());
  }

  strokeText(text: string, x: number, y: number): void {
    this.#addText(text, x, y, `fill="none" ${this.#stroking()}`);
  }

  #addText(text: string, x: number, y: number, paint: string): void {
    const { matrix, textAlign, textBaseline, font } = this.#state;
    const { style, weight, size, family } = splitFont(font);
    const [a, b, c, d] = matrix;
    const isTurned = a !== 1 || b !== 0 || c !== 0 || d !== 1;
    const place = isTurned
      ? `transform="matrix(${matrix.map(round4).join(" ")})" x="${round(x)}" y="${round(y + size * (DROPS[textBaseline] ?? 0))}"`
      : `x="${round(x + matrix[4])}" y="${round(y + matrix[5] + size * (DROPS[textBaseline] ?? 0))}"`;
    const anchor = ANCHORS[textAlign];
    const attributes = [
      place,
      `font-family="${escapeXml(family)}"`,
      `font-size="${round(size)}"`,
      ...(weight === "normal" ? [] : [`font-weight="${weight}"`]),
      ...(style === "normal" ? [] : [`font-style="${style}"`]),
      ...(anchor === undefined ? [] : [`text-anchor="${anchor}"`]),
      paint,
    ];
    this.#body.push(`<text ${attributes.join(" ")}${this.#clipping()}>${escapeXml(text)}</text>`);
  }

  #add(tag: "path", attributes: string): void {
    if (this.#path.length > 0 || !attributes.startsWith('d=""')) this.#body.push(`<${tag} ${attributes}${this.#clipping()}/>`);
  }

  #clipping(): string {
    return this.#state.clip === 0 ? "" : ` clip-path="url(#clip${String(this.#state.clip)})"`;
  }

  #filling(): string {
    return this.#paint("fill", this.#state.fillStyle);
  }

  #stroking(): string {
    const { lineWidth, lineCap, lineJoin, lineDash, lineDashOffset, strokeStyle } = this.#state;
    return [
      this.#paint("stroke", strokeStyle),
      `stroke-width="${round(lineWidth)}"`,
      ...(lineCap === "butt" ? [] : [`stroke-linecap="${escapeXml(lineCap)}"`]),
      ...(lineJoin === "miter" ? [] : [`stroke-linejoin="${escapeXml(lineJoin)}"`]),
      ...(lineDash.length === 0 ? [] : [`stroke-dasharray="${lineDash.map(round).join(" ")}"`]),
      ...(lineDash.length === 0 || lineDashOffset === 0 ? [] : [`stroke-dashoffset="${round(lineDashOffset)}"`]),
    ].join(" ");
  }

  #paint(attribute: "fill" | "stroke", value: string): string {
    const { color, opacity } = splitColor(value);
    const seen = opacity * this.#state.globalAlpha;
    return `${attribute}="${escapeXml(color)}"${seen < 1 ? ` ${attribute}-opacity="${round4(seen)}"` : ""}`;
  }

  #rectangle(x: number, y: number, width: number, height: number): string {
    return `M${this.#at(x, y)}L${this.#at(x + width, y)}L${this.#at(x + width, y + height)}L${this.#at(x, y + height)}Z`;
  }

  #at(x: number, y: number): string {
    const [a, b, c, d, e, f] = this.#state.matrix;
    return `${round(a * x + c * y + e)} ${round(b * x + d * y + f)}`;
  }

  #multiply([a, b, c, d, e, f]: Matrix): void {
    const [a0, b0, c0, d0, e0, f0] = this.#state.matrix;
    this.#state.matrix = [a0 * a + c0 * b, b0 * a + d0 * b, a0 * c + c0 * d, b0 * c + d0 * d, a0 * e + c0 * f + e0, b0 * e + d0 * f + f0];
  }
}

const round4 = (value: number): string => String(Math.round(value * 10_000) / 10_000);
