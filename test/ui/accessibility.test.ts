/**
 * What axe-core says of every page of the extension, in every kind of theme; the order of the keyboard, and that nothing moves by itself.
 * A new page is added to PAGES.
 */
import assert from "node:assert/strict";
import axe from "axe-core";
import type { Frame } from "playwright-core";
import { FilterBar } from "./filterBar";
import { FindingPanel } from "./findingPanel";
import { until, type Theme, type Workbench } from "./harness";
import { PacketTable } from "./packetTable";
import { CONTAINER, makeWorkspace, NUMBERS, openWindow, readExpected, whenNumbersListed } from "./support";
import { TimelinePanel } from "./timelinePanel";

const FINDINGS = "Findings";
const [mostFrequent, second] = readExpected("sample").top;
const THEMES: readonly Theme[] = ["Default Light Modern", "Default Dark Modern", "Default High Contrast", "Default High Contrast Light"];

/** Rules that are not asked, and why. */
const NOT_ASKED: Readonly<Record<string, string>> = {};

/** A page: how to get it, and the document it is in. The sample capture is open. */
interface Page {
  readonly name: string;
  readonly open: (workbench: Workbench) => Promise<Frame>;
  /** What must be done again when the focus was elsewhere for a moment. */
  readonly restore?: (workbench: Workbench) => Promise<void>;
}

/** A finding of the sample capture by its title. */
const finding = (name: string, title: RegExp): Page => ({
  name,
  open: async (workbench) => {
    const { label } = await workbench.whenTreeRow(FINDINGS, (row) => title.test(row.label));
    await workbench.clickTreeRow(FINDINGS, label);
    return (await FindingPanel.shown(workbench, title)).frame;
  },
});

async function openTimeline(workbench: Workbench): Promise<TimelinePanel> {
  const label = String(mostFrequent.seq);
  return until(
    async () => {
      // A click is lost while the list is made anew, as it is after the focus has changed.
      await workbench.clickTreeRow(NUMBERS, label);
      return TimelinePanel.shown(workbench, `Number ${label} `, "timeline", 5_000).catch(() => undefined);
    },
    () => `No timeline of ${label} opens.`,
  );
}

/** Lists what may be typed. */
async function listOptions(bar: FilterBar): Promise<void> {
  await bar.input.fill("");
  await bar.input.fill("tcp.");
  await bar.whenOptions();
}

const FINDING_WITH_STREAM = finding("a finding with the numbers of a stream", /whose numbers walk a range/);

/** In this order: some begin where the one before ended. */
const PAGES: readonly Page[] = [
  { name: "a number's timeline", open: async (workbench) => (await openTimeline(workbench)).frame },
  {
    name: "the distribution of all numbers",
    open: async (workbench) => {
      await workbench.runCommand(`${CONTAINER}: Show Distribution of All Sequence Numbers`);
      return (await TimelinePanel.shown(workbench, "Distribution of", "distribution")).frame;
    },
  },
  {
    name: "a number split, zoomed, with its range in the filter bar",
    open: async (workbench) => {
      const panel = await openTimeline(workbench);
      await panel.choose("split-select", "Label");
      await panel.frame.locator("#timeline-legend li").first().waitFor();
      await panel.dragOver(0.3, 0.7);
      await panel.frame.locator("#filter-range").waitFor();
      return panel.frame;
    },
  },
  {
    name: "the packets of that range, one of them open",
    open: async (workbench) => {
      const panel = await TimelinePanel.shown(workbench);
      await panel.frame.locator("#range-packets").click();
      const packets = new PacketTable(workbench.page, panel.frame);
      await packets.whenLoaded();
      await packets.table.focus();
      await workbench.page.keyboard.press("Enter");
      await packets.fields();
      return panel.frame;
    },
  },
  {
    name: "numbers compared, all packets behind",
    open: async (workbench) => {
      const frame = await workbench.webviewFrame();
      await frame.locator("#filter-range-remove").click();
      const panel = await openTimeline(workbench);
      await panel.choose("split-select", "None");
      await workbench.clickTreeRowMenuEntry(NUMBERS, String(second.seq), "Add to Timeline");
      const compared = await TimelinePanel.shown(workbench, "Numbers ");
      if (!(await compared.frame.locator("#backdrop-check").evaluate((box: HTMLElement & { checked: boolean }) => box.checked))) {
        await compared.frame.locator("#backdrop-check").click();
      }
      await compared.whenIdle();
      return compared.frame;
    },
  },
  {
    name: "the filter bar of the side bar with an error and its list",
    open: async (workbench) => {
      const bar = await FilterBar.shown(workbench, "sidebar");
      await bar.input.fill("tcp.seq == abc");
      await bar.whenMessage(/^Character /);
      await listOptions(bar);
      return bar.frame;
    },
    restore: async (workbench) => listOptions(await FilterBar.shown(workbench, "sidebar")),
  },
  {
    name: "the filter bar of a panel with an error",
    open: async (workbench) => {
      await openTimeline(workbench);
      const bar = await FilterBar.shown(workbench, "editor");
      await bar.input.fill("tcp.seq == abc");
      await bar.whenMessage(/^Character /);
      return bar.frame;
    },
  },
  {
    name: "a filter that holds",
    open: async (workbench) => {
      const bar = await FilterBar.shown(workbench, "editor");
      await bar.input.fill("tcp.len >= 0");
      await bar.whenMessage(/match/);
      await bar.input.press("Enter");
      await bar.frame.locator('.filter-box[data-state="applied"]').waitFor();
      return bar.frame;
    },
  },
  {
    name: "no filter any more",
    open: async (workbench) => {
      const bar = await FilterBar.shown(workbench, "editor");
      await bar.frame.locator("#filter-clear").click();
      await bar.frame.locator('.filter-box[data-state="settled"]').waitFor();
      return bar.frame;
    },
  },
  FINDING_WITH_STREAM,
  finding("a finding with probes of ports", /tried .* ports/),
  finding("a finding with rates of SYNs", /never completed/),
  finding("a finding with numbers of many streams", /^\d+ sequence numbers stand out/),
];

/** Unfolds what is folded, so that it is looked at, too. */
async function unfold(frame: Frame): Promise<void> {
  await frame.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
}

/** Functions that run in the page were compiled with calls of a helper that only knows Node. */
const KEEP_NAMES = "globalThis.__name = (each) => each;";

/** What a theme can break; all else is the same in each of them, and asked in one. */
const RULES_OF_THEMES = ["color-contrast", "link-in-text-block"];
/** Rows are made alike: those behind the first ones would say the same again, which takes most of the time. */
const MORE_ROWS = "tbody tr:nth-child(n+9), [role=option]:nth-child(n+9)";

/** What axe-core finds wrong, a line each. */
async function violationsOf(frame: Frame, rules?: readonly string[]): Promise<string[]> {
  if (!(await frame.evaluate(() => "axe" in globalThis))) await frame.evaluate(axe.source);
  const notAsked = Object.fromEntries(Object.keys(NOT_ASKED).map((rule) => [rule, { enabled: false }]));
  const options: axe.RunOptions = {
    rules: notAsked,
    resultTypes: ["violations"],
    ...(rules && { runOnly: { type: "rule", values: [...rules] } }),
  };
  const results = await frame.evaluate(
    ([exclude, given]) => {
      const context = { include: [["html"]], exclude: document.querySelector(exclude) ? [[exclude]] : [] };
      return (globalThis as unknown as { axe: { run: typeof axe.run } }).axe.run(context as axe.ElementContext, given);
    },
    [MORE_ROWS, options] as const,
  );
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary = "" }) => `${id}: ${target.flat().join(" ")}: ${failureSummary.replaceAll(/\s+/g, " ")}`),
  );
}

describe("Accessibility", function () {
  this.timeout(300_000);
  let workbench: Workbench;
  const files = makeWorkspace({});

  before(async () => {
    workbench = await openWindow(files.dir);
    await workbench.runCommand(`${CONTAINER}: Open the Sample Capture`);
    await whenNumbersListed(workbench);
  });
  after(async () => {
    await workbench?.close();
    files.remove();
  });
  afterEach(function () {
    return workbench?.screenshotIfFailed(this.currentTest);
  });

  for (const [index, { name, open, restore }] of PAGES.entries()) {
    // Begins with the theme that the page before it ended with.
    const themes = index % 2 === 0 ? THEMES : [...THEMES].reverse();
    it(`axe-core finds nothing, and nothing moves by itself, in any theme in ${name}`, async () => {
      const frame = await open(workbench);
      await unfold(frame);
      await frame.evaluate(KEEP_NAMES);
      const found: Record<string, string[]> = {};
      for (const theme of themes) {
        await workbench.setTheme(theme);
        await frame.locator(`body[data-vscode-theme-id="${theme}"]`).waitFor();
        await restore?.(workbench);
        const violations = await violationsOf(frame, theme === THEMES[0] ? undefined : RULES_OF_THEMES);
        violations.push(...(await frame.evaluate(movingParts)));
        if (violations.length > 0) found[theme] = violations;
      }
      assert.deepEqual(found, {});
    });
  }

  it("axe-core finds what is wrong when something is", async () => {
    const frame = await PAGES[0].open(workbench);
    await frame.evaluate(() => {
      const button = document.createElement("button");
      button.id = "nameless";
      document.querySelector("#timeline-view")?.append(button);
    });
    assert.match((await violationsOf(frame)).join("\n"), /^button-name: #nameless/);
    await frame.evaluate(() => document.querySelector("#nameless")?.remove());
  });

  it("Tab leads through the timeline from its tab to its table, each with a role and a name", async () => {
    const panel = await openTimeline(workbench);
    if ((await panel.legend()).length > 0) await panel.frame.locator("#backdrop-check").click();
    await panel.frame.locator("#timeline-legend").waitFor({ state: "hidden" });
    await panel.frame.locator("#bursts-table tbody tr").first().waitFor();
    const stops = await tabThrough(panel.frame, "vscode-tab-header");
    const isBurst = (stop: string): boolean => stop.startsWith("button: Zoom to the burst of ");
    const bursts = await panel.frame.locator("#bursts-table tbody tr").count();
    assert.equal(stops.filter(isBurst).length, bursts);
    assert.deepEqual(
      stops.filter((stop) => !isBurst(stop)),
      [
        "tab: Timeline",
        "tabpanel: Timeline",
        "combobox: Bucket size",
        "combobox: Vertical axis",
        "combobox: Clock",
        "combobox: Split by",
        "checkbox: All TCP packets",
        "checkbox: Bursts",
        "button: Zoom In", // there is nothing to zoom out of
        "button: Add Number…",
        "button: Packets",
        "button: Save…",
        `application: ${(await panel.chartName()).slice(0, 40)}`,
        `region: Bursts (${bursts})`,
        "summary: Data table (201 rows)",
      ],
    );
  });

  it("Tab leads through a finding from its filter over the graph to its packets", async () => {
    const frame = await FINDING_WITH_STREAM.open(workbench);
    const stops = await tabThrough(frame, "h1");
    const packets = new PacketTable(workbench.page, frame);
    assert.deepEqual(
      stops.map((stop) => stop.replaceAll(/ [\d.:]+.*→.*|\d+ rows/g, "")),
      [
        "h1: 22 resets from 10.20.0.22:49366 to 10.20",
        "button: Copy Filter of the Finding",
        "combobox: Direction",
        "combobox: Range",
        "application: Stream",
        "summary: Data table ()",
        "button: Go to the Strongest",
        "button: Columns",
        "button: Copy Filter of the Selected Packets",
        "button: Copy as CSV",
        "grid: Packets of the finding", // the arrow keys go from packet to packet
        ...(await packets.heads()).map((head) => `button: ${head}`),
      ],
    );
  });

  /** Presses Tab from the first element that matches on, and says what has the focus each time, until it leaves the page. */
  async function tabThrough(frame: Frame, from: string): Promise<string[]> {
    await frame.evaluate(KEEP_NAMES);
    await frame.locator(from).first().focus();
    const stops: string[] = [];
    for (let i = 0; i < 40; i++) {
      const stop = await frame.evaluate(describeFocus);
      if (stop === undefined) break;
      stops.push(stop);
      await workbench.page.keyboard.press("Tab");
    }
    return stops;
  }
});

/** Runs in the page: role and name of what has the focus, within components, too; undefined when the page has none. */
function describeFocus(): string | undefined {
  if (!document.hasFocus() || document.activeElement === document.body) return undefined;
  let element = document.activeElement;
  const chain: Element[] = [];
  while (element) {
    chain.push(element);
    element = element.shadowRoot?.activeElement ?? null;
  }
  const first = (read: (each: Element) => string | null | undefined): string =>
    [...chain]
      .reverse()
      .map(read)
      .find((text) => text !== null && text !== undefined && text.trim() !== "") ?? "";
  const labelOf = (each: Element): string | null | undefined =>
    each.hasAttribute("aria-labelledby") ? document.getElementById(each.getAttribute("aria-labelledby") ?? "")?.textContent : undefined;
  const role =
    first((each) => each.getAttribute("role") ?? (each as { role?: string | null }).role) ||
    ((chain.at(-1) as { type?: string }).type === "checkbox" ? "checkbox" : (chain.at(-1)?.localName ?? ""));
  const name =
    first((each) => each.getAttribute("aria-label") ?? labelOf(each) ?? (each as { ariaLabel?: string | null }).ariaLabel) ||
    (chain[0]?.textContent ?? "");
  return `${role}: ${name.replaceAll(/\s+/g, " ").trim().slice(0, 40)}`;
}

/** Runs in the page: animations that run, and elements whose style would let something move. */
function movingParts(): string[] {
  const found = document.getAnimations().map((animation) => `runs: ${String((animation as { animationName?: string }).animationName)}`);
  const visit = (root: Document | ShadowRoot): void => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) visit(element.shadowRoot);
      const { animationName, animationDuration, transitionDuration, transitionProperty, scrollBehavior } = getComputedStyle(element);
      const takesTime = (durations: string): boolean => durations.split(",").some((each) => Number.parseFloat(each) > 0.01);
      if (animationName !== "none" && takesTime(animationDuration))
        found.push(`${element.localName}#${element.id}: animation ${animationName}`);
      // Fading is no motion: scroll bars of the components do it.
      const moves = transitionProperty
        .split(", ")
        .some((property) => !["opacity", "color", "background-color", "border-color"].includes(property));
      if (moves && takesTime(transitionDuration)) found.push(`${element.localName}#${element.id}: transition`);
      if (scrollBehavior === "smooth") found.push(`${element.localName}#${element.id}: smooth scrolling`);
    }
  };
  visit(document);
  return found;
}
