/**
 * Takes the pictures of the README: `docs/images/<theme>-<what>.png` of the real extension in a real VS Code on the sample capture.
 * Run: `npm run screenshots`; themes may be named, as in `npm run screenshots -- light`.
 */
import fs from "node:fs";
import path from "node:path";
import { FilterBar } from "./filterBar";
import { FindingPanel } from "./findingPanel";
import { until, Workbench, type Theme } from "./harness";
import { PacketTable } from "./packetTable";
import { boxOf, widenSideBar, type Box } from "./pictures";
import { ANALYZE, CONTAINER, makeWorkspace, NUMBERS, ROOT, SAMPLE } from "./support";
import { TimelinePanel } from "./timelinePanel";

const THEMES: Readonly<Record<string, Theme>> = {
  light: "Default Light Modern",
  dark: "Default Dark Modern",
  "high-contrast": "Default High Contrast",
};
const IMAGES = path.join(ROOT, "docs", "images");
const FINDINGS = "Findings";
/** Pictures of findings, and what their labels begin with. */
const FINDINGS_SHOWN: readonly (readonly [name: string, label: RegExp])[] = [
  ["scan", /tried .* ports/],
  ["finding", /whose numbers walk a range/],
];
const WRONG_FILTER = "tcp.len > 0 && tcp.seq == abc";
const FILTER = "tcp.len > 0 || tcp.flags.reset == 1";
/** A README is read on small screens and over slow lines. */
const MAX_BYTES = 200_000;
/** Below and right of the menu, pixels. */
const MARGIN = 24;
const SIDE_BAR_WIDTH = 372;
const VIEWPORT = { width: 1280, height: 800 };
/** The report is long. */
const REPORT_HEIGHT = 1180;

async function main(): Promise<void> {
  const names = process.argv.slice(2);
  const themes = Object.entries(THEMES).filter(([name]) => names.length === 0 || names.includes(name));
  fs.mkdirSync(IMAGES, { recursive: true });
  const files = makeWorkspace({ "sample.csv": { copyOf: SAMPLE } });
  const workbench = await Workbench.open({
    workspace: files.dir,
    extensionDevelopmentPath: ROOT,
    viewport: VIEWPORT,
    settings: { "workbench.hover.delay": 60_000 }, // no tooltips but those of the charts
  });
  try {
    await widenSideBar(workbench, SIDE_BAR_WIDTH);
    for (const [name, theme] of themes) await takeTheme(workbench, name, theme);
    await workbench.assertNoErrors();
  } finally {
    await workbench.close();
    files.remove();
  }
}

async function takeTheme(workbench: Workbench, name: string, theme: Theme): Promise<void> {
  const { page } = workbench;
  await workbench.setTheme(theme);
  const activityBar = await boxOf(page.locator(".part.activitybar"));
  const sideBar = await boxOf(page.locator(".part.sidebar"));
  /** All but the bars at the top and at the bottom, which say nothing about the extension. */
  const inside = { ...activityBar, width: VIEWPORT.width };

  await workbench.openExplorerMenu("sample.csv");
  await page.locator(".monaco-menu:visible .action-menu-item").filter({ hasText: ANALYZE }).hover();
  const menu = await boxOf(page.locator(".monaco-menu:visible"));
  const menuBottom = menu.y + menu.height + MARGIN;
  await save(workbench, `${name}-menu`, { ...inside, width: menu.x + menu.width + MARGIN, height: menuBottom - inside.y });
  await workbench.clickMenuEntry(ANALYZE);

  const rows = await workbench.whenTreeRows(NUMBERS, (all) => all.some(({ level }) => level === 2));
  const label = rows.map((row) => row.label).find((text) => Number(text) > 1); // 0 and 1 are those of the handshakes
  if (label === undefined) throw new Error("The list has no number above 1.");
  await workbench.clickTreeRow(NUMBERS, label);
  const panel = await TimelinePanel.shown(workbench, `Number ${label} `);
  await rest(workbench);
  await save(workbench, `${name}-tree`, { ...inside, width: sideBar.x + sideBar.width });

  // A peak right of the middle, with its tooltip over quieter times.
  const peak = /peak ([\d,]+)/.exec(await panel.chartName())?.[1] ?? "";
  await panel.pointAt(`Count: ${peak},`, { steps: 400, from: 0.55 });
  await save(workbench, `${name}-timeline`, inside);

  await panel.turnTo("Distribution");
  await panel.pointAt("Sequence numbers: ", { chart: "distribution", from: 0.5 });
  await save(workbench, `${name}-distribution`, inside);

  const bar = await FilterBar.shown(workbench, "editor");
  await panel.turnTo("Timeline");
  await panel.choose("split-select", "Protocols");
  await panel.frame.locator("#timeline-legend li").first().waitFor();
  await rest(workbench);
  await save(workbench, `${name}-split`, inside);
  await panel.choose("split-select", "None");

  const others = rows.map((row) => row.label).filter((text) => Number(text) > 1 && text !== label);
  for (const other of others.slice(0, 2)) {
    await workbench.clickTreeRowMenuEntry(NUMBERS, other, "Add to Timeline");
    await TimelinePanel.shown(workbench, `, ${other} `);
  }
  const compared = await TimelinePanel.shown(workbench, `Numbers ${label}, `);
  await compared.frame.locator("#backdrop-check").click();
  await compared.frame.locator("#bursts-table tbody tr").first().waitFor();
  await compared.whenIdle();
  await rest(workbench);
  await save(workbench, `${name}-compare`, inside);
  await compared.frame.locator("#backdrop-check").click();
  await compared.whenIdle();

  await bar.input.click();
  await page.keyboard.type(WRONG_FILTER);
  await bar.whenMessage(/^Character /);
  await page.keyboard.press("Escape");
  await rest(workbench);
  await save(workbench, `${name}-filter`, inside);

  await bar.input.fill(FILTER);
  await bar.whenMessage(/match/);
  await bar.input.press("Enter");
  await bar.whenCount(" of ");
  await compared.whenIdle();
  await compared.dragOver(0.25, 0.75);
  await compared.frame.locator("#range-packets").click();
  const packets = new PacketTable(page, compared.frame);
  await packets.whenLoaded();
  await packets.table.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await packets.fields();
  await rest(workbench);
  await save(workbench, `${name}-packets`, inside);
  await bar.frame.locator("#filter-range-remove").click();
  await bar.frame.locator("#filter-clear").click();
  await bar.frame.locator('.filter-box[data-state="settled"]').waitFor();

  for (const [what, label] of FINDINGS_SHOWN) {
    const found = await workbench.whenTreeRows(FINDINGS, (all) => all.some((row) => label.test(row.label)));
    await workbench.clickTreeRow(FINDINGS, found.find((row) => label.test(row.label))?.label ?? "");
    await FindingPanel.shown(workbench, label);
    await rest(workbench);
    await save(workbench, `${name}-${what}`, inside);
  }

  await workbench.runCommand(`${CONTAINER}: Open Import Report`);
  await until(
    async () => (await (await workbench.webviewFrame()).locator("h1", { hasText: "Import report" }).count()) > 0,
    () => "The import report does not open.",
  );
  await rest(workbench);
  await page.setViewportSize({ width: VIEWPORT.width, height: REPORT_HEIGHT });
  const editors = page.locator(".part.editor");
  await until(
    async () => (await boxOf(editors)).height > VIEWPORT.height,
    () => "The window does not grow.",
  );
  await save(workbench, `${name}-report`, await boxOf(editors));
  await page.setViewportSize(VIEWPORT);

  await workbench.runCommand("View: Close All Editors");
  await workbench.runCommand(`${CONTAINER}: Close Capture`);
  await workbench.whenTreeRows(NUMBERS, (all) => all.length === 0);
}

/** Puts the pointer where it changes nothing. */
const rest = ({ page }: Workbench): Promise<void> => page.mouse.move(VIEWPORT.width / 2, VIEWPORT.height - 5);

async function save(workbench: Workbench, name: string, clip: Box): Promise<void> {
  const file = path.join(IMAGES, `${name}.png`);
  await workbench.page.screenshot({ path: file, clip, caret: "hide" });
  const { size } = fs.statSync(file);
  if (size > MAX_BYTES) throw new Error(`${path.relative(ROOT, file)} has ${size} bytes, more than ${MAX_BYTES}.`);
  console.log(`${path.relative(ROOT, file)}  ${Math.round(size / 1000)} kB`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
