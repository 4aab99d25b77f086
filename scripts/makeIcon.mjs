// @ts-check
/** Draws media/icon.png, the extension's icon in lists and in the marketplace. Run: node scripts/makeIcon.mjs */
import path from "node:path";
import { launchBrowser } from "./lib/browser.mjs";

const SIZE = 128;

/** Packets per minute of one sequence number: a burst, its decay, a second smaller one. */
const BARS = [0.1, 0.34, 1, 0.62, 0.4, 0.2, 0.48, 0.28, 0.12];
const PEAK = BARS.indexOf(1);

const [left, bottom, height, step, width] = [20.5, 84, 58, 10, 7];
const bars = BARS.map((share, index) => {
  const y = bottom - share * height;
  const fill = index === PEAK ? "url(#peak)" : "url(#bar)";
  return `<rect x="${left + index * step}" y="${y}" width="${width}" height="${share * height}" rx="2" fill="${fill}"/>`;
}).join("");

/** Segments of a stream below the axis, with the gaps that sequence numbers show. */
const SEGMENTS = [
  [20.5, 17],
  [41, 27],
  [71.5, 7],
  [82, 25.5],
];
const segments = SEGMENTS.map(([x, w]) => `<rect x="${x}" y="94" width="${w}" height="8" rx="2.5" fill="#7fb2d9"/>`).join("");

const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE}" height="${SIZE}" viewBox="0 0 128 128">
  <defs>
    <linearGradient id="ground" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#1c3a55"/><stop offset="1" stop-color="#0d1c2b"/></linearGradient>
    <linearGradient id="bar" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#5fe0d0"/><stop offset="1" stop-color="#22a39a"/></linearGradient>
    <linearGradient id="peak" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#ffd166"/><stop offset="1" stop-color="#f79646"/></linearGradient>
  </defs>
  <rect x="4" y="4" width="120" height="120" rx="26" fill="url(#ground)"/>
  <rect x="4.75" y="4.75" width="118.5" height="118.5" rx="25.25" fill="none" stroke="#fff" stroke-opacity=".12" stroke-width="1.5"/>
  <path d="M18 ${bottom + 2}H110" stroke="#c9dceb" stroke-opacity=".55" stroke-width="2" stroke-linecap="round"/>
  ${bars}${segments}
</svg>`;

const browser = await launchBrowser();
try {
  const page = await browser.newPage({ viewport: { width: SIZE, height: SIZE } });
  await page.setContent(`<style>body{margin:0}svg{display:block}</style>${svg}`);
  await page.screenshot({ path: path.join(import.meta.dirname, "..", "media", "icon.png"), omitBackground: true });
} finally {
  await browser.close();
}
