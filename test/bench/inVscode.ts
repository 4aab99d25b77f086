/** The third table: from a click to the painted chart, and the extension host's longest block, in a real VS Code. */
import { readFileSync, symlinkSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Frame } from "playwright-core";
import { makeTempDir } from "../../scripts/lib/cleanup.mjs";
import { Workbench } from "../ui/harness";
import { ANALYZE, NUMBERS } from "../ui/support";
import { TimelinePanel } from "../ui/timelinePanel";
import { buildProbe } from "./contestants";
import { median, type BenchOptions } from "./rounds";
import { formatTable, milliseconds } from "./table";

/** Clicks on the most frequent number, and as many on others in between. */
const CLICKS = 10;
/** For whatever goes on after the start, and behind the first answer. */
const SETTLE_MS = 3_000;

// As text, since they run in the page. Times are milliseconds since 1970, the same in every frame.
const NOTE_CLICKS = `addEventListener("mousedown", ({ timeStamp }) => (globalThis.clickedAt = performance.timeOrigin + timeStamp), true)`;
/** Two frames after the chart with this title is finished it is on the screen. */
const noteChart = (title: string): string => `void (
  globalThis.paintedAt = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("The chart was not drawn within 10 s.")), 10_000);
    const observer = new MutationObserver(() => {
      if (document.querySelector("#app")?.getAttribute("aria-busy") !== "false") return;
      if (!document.querySelector("#timeline-chart")?.getAttribute("aria-label")?.startsWith(${JSON.stringify(title)})) return;
      observer.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now())));
    });
    observer.observe(document, { attributes: true, childList: true, subtree: true });
  })
)`;
/** From the wheel's event: two frames after the range is another one, and two frames after its buckets came. */
const NOTE_TURN = `void (
  globalThis.turned = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("The chart was not redrawn within 10 s.")), 10_000);
    addEventListener("wheel", ({ timeStamp }) => {
      const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - timeStamp))));
      const redrawn = painted();
      let wasBusy = false;
      const observer = new MutationObserver(() => {
        const isBusy = document.querySelector("#app")?.getAttribute("aria-busy") === "true";
        if (isBusy || !wasBusy) return void (wasBusy ||= isBusy);
        observer.disconnect();
        Promise.all([redrawn, painted()]).then(([first, second]) => resolve({ redrawn: first, refined: second }));
      });
      observer.observe(document.querySelector("#app"), { attributes: true });
    }, { once: true, capture: true });
  })
)`;
const titleOf = (seq: string): string => `TCP Sequence Number ${seq} Occurrences Over Time`;

export async function benchClicksInVscode(file: string, { isMarkdown, log }: BenchOptions): Promise<void> {
  const temp = makeTempDir("tcp-seq-bench");
  const probe = join(temp.dir, "eventLoop.txt");
  const folder = makeTempDir("tcp-seq-bench-files");
  symlinkSync(file, join(folder.dir, basename(file))); // the harness copies the folder, not what a link leads to
  try {
    log("starting VS Code");
    const workbench = await Workbench.open({
      workspace: folder.dir,
      extensionDevelopmentPath: resolve("."),
      env: { NODE_OPTIONS: `--require ${await buildProbe()}`, BENCH_PROBE: probe },
    });
    try {
      const idle = Date.now();
      await sleep(SETTLE_MS);
      const analysed = Date.now();
      await workbench.clickExplorerMenuEntry(basename(file), ANALYZE);
      const numbers = (await workbench.whenTreeRows(NUMBERS, (rows) => rows.some(({ level }) => level === 2)))
        .filter(({ level }) => level === 2)
        .map(({ label }) => label);
      await sleep(SETTLE_MS);
      const clicked = Date.now();
      log(`clicking ${2 * CLICKS} numbers`);
      const times = await click(workbench, numbers);
      log(`turning the wheel ${2 * CLICKS} times`);
      const turns = await turn(workbench, numbers[0]);
      await sleep(500);

      const block = (from: number, to: number): string => milliseconds(longestBlock(probe, from, to));
      const line = (values: number[]): string[] => [milliseconds(median(values)), milliseconds(Math.max(...values))];
      const rows = [
        ["in VS Code", "median", "longest"],
        ["click on the most frequent number to painted chart", ...line(times.largest)],
        ["click on another number to painted chart", ...line(times.others)],
        ["wheel over the most frequent number to the redrawn chart", ...line(turns.redrawn)],
        ["wheel to the finer buckets, its rest of 120 ms included", ...line(turns.refined)],
        ["extension host blocked while nothing happens", "", block(idle, analysed)],
        ["extension host blocked during the analysis", "", block(analysed, clicked)],
        ["extension host blocked during the clicks", "", block(clicked, Infinity)],
      ];
      console.log(`\n${formatTable(rows, isMarkdown)}`);
      console.log(`\n${CLICKS} clicks each, the panel being open; from the pressed button to two frames after the chart was drawn.`);
    } finally {
      await workbench.close();
    }
  } finally {
    folder.remove();
    temp.remove();
  }
}

async function click(workbench: Workbench, numbers: readonly string[]): Promise<{ largest: number[]; others: number[] }> {
  const times = { largest: [] as number[], others: [] as number[] };
  await workbench.page.evaluate(NOTE_CLICKS);
  // The first click opens the panel.
  await workbench.clickTreeRow(NUMBERS, numbers[1]);
  const { frame } = await TimelinePanel.shown(workbench, titleOf(numbers[1]));
  for (let i = 0; i < CLICKS; i++) {
    times.largest.push(await clickMs(workbench, frame, numbers[0]));
    times.others.push(await clickMs(workbench, frame, numbers[1 + (i % 5)]));
  }
  return times;
}

async function clickMs(workbench: Workbench, frame: Frame, seq: string): Promise<number> {
  await sleep(200);
  await frame.evaluate(noteChart(titleOf(seq)));
  await workbench.clickTreeRow(NUMBERS, seq);
  const painted = await frame.evaluate<number>("globalThis.paintedAt");
  return painted - (await workbench.page.evaluate<number>("globalThis.clickedAt"));
}

/** Zooms in and out again, a little at a time, each when the chart is at rest; not all the way out, where nothing is redrawn. */
async function turn(workbench: Workbench, seq: string): Promise<{ redrawn: number[]; refined: number[] }> {
  const times = { redrawn: [] as number[], refined: [] as number[] };
  await workbench.clickTreeRow(NUMBERS, seq);
  const { frame } = await TimelinePanel.shown(workbench, titleOf(seq));
  const box = await frame.locator("#timeline-chart").boundingBox();
  if (!box) throw new Error("The chart is not visible.");
  await workbench.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await workbench.page.keyboard.down("Control");
  for (let i = 0; i < 2 * CLICKS; i++) {
    await sleep(300);
    await frame.evaluate(NOTE_TURN);
    await workbench.page.mouse.wheel(0, i < CLICKS ? -10 : 8);
    const { redrawn, refined } = await frame.evaluate<{ redrawn: number; refined: number }>("globalThis.turned");
    times.redrawn.push(redrawn);
    times.refined.push(refined);
  }
  return times;
}

function longestBlock(probe: string, from: number, to: number): number {
  const lines = readFileSync(probe, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(" ").map(Number));
  return Math.max(...lines.filter(([at]) => at >= from && at <= to).map(([, ms]) => ms));
}
