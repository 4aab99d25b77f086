/**
 * Takes the pictures of the walkthrough: `media/walkthrough/<step>-<theme>.webp` of the real extension in a real VS Code on the sample
 * capture. Run: `npm run screenshots:walkthrough`; kinds of themes may be named, as in `… -- hc`. They ship with the extension, so they are small.
 */
import fs from "node:fs";
import path from "node:path";
import { FindingPanel } from "./findingPanel";
import { Workbench, type Theme } from "./harness";
import { boxOf, widenSideBar, type Box } from "./pictures";
import { CONTAINER, makeWorkspace, NUMBERS, ROOT } from "./support";
import { TimelinePanel } from "./timelinePanel";

/** As the manifest calls kinds of themes. */
const THEMES: Readonly<Record<string, Theme>> = {
  dark: "Default Dark Modern",
  light: "Default Light Modern",
  hc: "Default High Contrast",
  "hc-light": "Default High Contrast Light",
};
const PICTURES = path.join(ROOT, "media", "walkthrough");
const FINDINGS = "Findings";
const VIEWPORT = { width: 900, height: 520 };
const SIDE_BAR_WIDTH = 300;
const MAX_BYTES = 30_000;
const QUALITY = 0.42;

async function main(): Promise<void> {
  fs.mkdirSync(PICTURES, { recursive: true });
  const files = makeWorkspace({});
  const workbench = await Workbench.open({
    workspace: files.dir,
    extensionDevelopmentPath: ROOT,
    viewport: VIEWPORT,
    settings: { "workbench.hover.delay": 60_000 }, // no tooltips but those of the charts
  });
  try {
    await workbench.runCommand(`${CONTAINER}: Open the Sample Capture`);
    await workbench.whenTreeRows(FINDINGS, (all) => all.some(({ label }) => label.includes("whose numbers walk a range")));
    await widenSideBar(workbench, SIDE_BAR_WIDTH);
    await workbench.clearNotifications();
    const wanted = process.argv.slice(2);
    for (const [name, theme] of Object.entries(THEMES)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      await workbench.setTheme(theme);
      await takeTheme(workbench, name);
    }
    await workbench.assertNoErrors();
  } finally {
    await workbench.close();
    files.remove();
  }
}

async function takeTheme(workbench: Workbench, name: string): Promise<void> {
  const { page } = workbench;
  const rows = await workbench.whenTreeRows(NUMBERS, (all) => all.some(({ level }) => level === 2));
  const label = rows.map((row) => row.label).find((text) => Number(text) > 1) ?? ""; // 0 and 1 are those of the handshakes
  const editors = await boxOf(page.locator(".part.editor"));
  const sideBar = await boxOf(page.locator(".part.sidebar"));
  await save(workbench, `sample-${name}`, sideBar);

  await workbench.clickTreeRow(NUMBERS, label);
  const panel = await TimelinePanel.shown(workbench, `Number ${label} `);
  await panel.pointAt("Count: ", { from: 0.5 });
  await save(workbench, `numbers-${name}`, editors);

  const found = await workbench.whenTreeRows(FINDINGS);
  await workbench.clickTreeRow(FINDINGS, found.find((row) => row.label.includes("whose numbers walk a range"))?.label ?? "");
  const shown = await FindingPanel.shown(workbench, /whose numbers walk a range/);
  await shown.frame.locator("#finding-graph").evaluate((graph) => graph.scrollIntoView({ block: "start" }));
  await page.mouse.move(VIEWPORT.width / 2, VIEWPORT.height - 5);
  await save(workbench, `finding-${name}`, editors);
  await workbench.runCommand("View: Close All Editors");
}

/** WebP, which the browser writes: a third of a PNG. */
async function save({ page }: Workbench, name: string, clip: Box): Promise<void> {
  const png = await page.screenshot({ clip, caret: "hide" });
  const converter = await page.context().newPage();
  const address = await converter.evaluate(
    async ([data, quality]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [image.width, image.height];
      canvas.getContext("2d")?.drawImage(image, 0, 0);
      return canvas.toDataURL("image/webp", quality);
    },
    [png.toString("base64"), QUALITY] as const,
  );
  await converter.close();
  const picture = Buffer.from(address.replace("data:image/webp;base64,", ""), "base64");
  if (picture.length > MAX_BYTES) throw new Error(`${name} has ${picture.length} bytes, more than ${MAX_BYTES}.`);
  fs.writeFileSync(path.join(PICTURES, `${name}.webp`), picture);
  console.log(`${name}  ${Math.round(picture.length / 1000)} kB`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
