/**
 * A timeline as a small SVG that stands in a document by itself: it has a light ground of its own, since a picture in a document does not
 * know the theme around it. Only numbers and times are drawn, never text of a capture. Knows no vscode.
 */
import { formatCount, formatSeconds } from "../shared/format";
import type { Timeline } from "../shared/model";

const WIDTH = 720;
const HEIGHT = 180;
/** The rectangle of the data. */
const AREA = { left: 72, right: WIDTH - 20, top: 16, bottom: HEIGHT - 34 };
/** Each has 4.5:1 against the ground, the line 3:1 against the area. */
const COLORS = { ground: "#ffffff", frame: "#c4c4c4", text: "#404040", grid: "#e4e4e4", line: "#0b62b8", area: "#d3e5f7" };

/** A mark over the chart: packets stand out from `fromSec` to `toSec`. */
export interface MarkedSpan {
  readonly fromSec: number;
  readonly toSec: number;
}

/**
 * The picture; every bucket of the timeline must be listed (`index` null). `isRelative`: its times are seconds since the start. `marked`
 * stretches have a darker bar above the data, so that they are told by shape as well.
 */
export function timelineSvg(timeline: Timeline, isRelative: boolean, marked: readonly MarkedSpan[] = []): string {
  const { startSec, bucketSeconds, counts } = timeline;
  const highest = niceCeiling(counts.reduce((most, count) => Math.max(most, count), 0));
  const spanSec = Math.max(1, counts.length) * bucketSeconds;
  const x = (sec: number): number => round(AREA.left + ((sec - startSec) / spanSec) * (AREA.right - AREA.left));
  const y = (count: number): number => round(AREA.bottom - (count / highest) * (AREA.bottom - AREA.top));
  const outline = stepPath(timeline, x, y);
  const grid = [highest, highest / 2].map((count) => `M${AREA.left} ${y(count)}H${AREA.right}`).join("");
  const counted = [0, highest / 2, highest].filter(Number.isInteger);
  const labels = [
    ...counted.map((count) => label(formatCount(count), AREA.left - 8, y(count) + 4, "end")),
    ...timeLabels(startSec, startSec + spanSec, isRelative).map(({ text, sec, anchor }) => label(text, x(sec), HEIGHT - 14, anchor)),
  ];
  const bars = marked.map(({ fromSec, toSec }) => {
    const [from, to] = [fromSec, toSec].map((sec) => Math.min(AREA.right, Math.max(AREA.left, x(sec)))) as [number, number];
    return `<rect x="${from}" y="8" width="${round(Math.max(3, to - from))}" height="4" fill="${COLORS.text}"/>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">`,
    `<rect x=".5" y=".5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="4" fill="${COLORS.ground}" stroke="${COLORS.frame}"/>`,
    `<path d="${grid}" stroke="${COLORS.grid}"/>`,
    `<path d="${outline}V${AREA.bottom}H${AREA.left}Z" fill="${COLORS.area}"/>`,
    `<path d="${outline}" fill="none" stroke="${COLORS.line}" stroke-width="1.5"/>`,
    `<path d="M${AREA.left} ${AREA.bottom}H${AREA.right}" stroke="${COLORS.text}"/>`,
    ...bars,
    `<g font-family="sans-serif" font-size="12" fill="${COLORS.text}">${labels.join("")}</g>`,
    "</svg>",
  ].join("");
}

/** The picture as an address for Markdown. Base64: a quotation mark or a bracket would end the address. */
export const svgAddress = (svg: string): string => `data:image/svg+xml;base64,${Buffer.from(svg, "utf8").toString("base64")}`;

/** A line that keeps its height over each bucket; a turn only where the height changes. */
function stepPath({ startSec, bucketSeconds, counts }: Timeline, x: (sec: number) => number, y: (count: number) => number): string {
  let path = "";
  let height: number | undefined;
  counts.forEach((count, i) => {
    const next = y(count);
    if (next === height) return;
    const at = x(startSec + i * bucketSeconds);
    path += height === undefined ? `M${at} ${next}` : `H${at}V${next}`;
    height = next;
  });
  return `${path === "" ? `M${AREA.left} ${AREA.bottom}` : path}H${AREA.right}`;
}

/** Begin, middle and end; the day is named where it is another one than before. */
function timeLabels(fromSec: number, toSec: number, isRelative: boolean): { text: string; sec: number; anchor: string }[] {
  let day = "";
  return (["start", "middle", "end"] as const).map((anchor, i) => {
    const sec = Math.round(fromSec + ((toSec - fromSec) * i) / 2);
    if (isRelative) return { text: `${formatCount(sec)} s`, sec, anchor };
    const [date = "", time = ""] = formatSeconds(sec).split("T");
    const text = date === day ? time : `${date} ${time}`;
    day = date;
    return { text, sec, anchor };
  });
}

const label = (text: string, x: number, y: number, anchor: string): string =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}">${text}</text>`;

/** The least of 1, 2, 4, 5, 10, 20, … that is not below the count; 1 at least. */
function niceCeiling(count: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, count)));
  return [1, 2, 4, 5, 10].map((step) => step * power).find((nice) => nice >= count) ?? count;
}

const round = (value: number): number => Math.round(value * 10) / 10;
