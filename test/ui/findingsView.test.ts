/** The view Findings as its user works with it: filtered step by step, and written to files in each format. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { until, type Workbench, type TreeRow } from "./harness";
import { assertSarif, type SarifLog } from "../support/sarif";
import { ANALYZE, CONTAINER, makeWorkspace, openWindow, ROOT } from "./support";

const FINDINGS = "Findings";
const attack = (name: string): string => path.join(ROOT, "test", "fixtures", "attacks", `${name}.csv`);
const SCAN = "scan.csv";

/** What `tcp-seq findings` says: the same engine, another way to the user. */
interface Told {
  readonly detector: string;
  readonly title: string;
  readonly severity: string;
  readonly frames: readonly number[];
  readonly evidence: readonly { readonly row: number; readonly frame: number }[];
}
function toldByCommand(file: string): Told[] {
  const cli = path.join(ROOT, "dist", "cli.js");
  const text = execFileSync(process.execPath, [cli, "findings", file, "--json"], { encoding: "utf8" });
  return (JSON.parse(text) as { findings: Told[] }).findings;
}

describe("The view Findings", () => {
  let workbench: Workbench;
  const told = toldByCommand(attack("scan-syn"));
  const grave = told.filter(({ severity }) => severity === "warn");
  const files = makeWorkspace({ [SCAN]: { copyOf: attack("scan-syn") } });

  before(async () => {
    workbench = await openWindow(files.dir);
    await workbench.clickExplorerMenuEntry(SCAN, ANALYZE);
    await workbench.openViewContainer(CONTAINER);
    await workbench.whenTreeRow(FINDINGS, ({ level }) => level === 3);
    for (const title of ["Port scans", "Regular gaps and strange distributions"]) await workbench.expandTreeRow(FINDINGS, title);
  });
  after(async () => {
    await workbench?.close();
    files.remove();
  });
  afterEach(function () {
    return workbench?.screenshotIfFailed(this.currentTest);
  });

  const findingsOf = (rows: TreeRow[]): string[] => rows.filter(({ level }) => level === 3).map(({ label }) => label);
  const titles = (findings: readonly Told[]): string[] => findings.map(({ title }) => title).sort();
  const whenListed = async (findings: readonly Told[]): Promise<TreeRow[]> =>
    workbench.whenTreeRows(FINDINGS, (rows) => findingsOf(rows).sort().join("\n") === titles(findings).join("\n"));

  /** Waits for a step of a box and picks the entry with this label. */
  async function pick(title: RegExp, label: string): Promise<void> {
    await box(title);
    await workbench.quickInput.locator(".monaco-list-row").filter({ hasText: label }).first().click();
  }
  async function box(title: RegExp): Promise<void> {
    await workbench.quickInput.locator(".quick-input-title").filter({ hasText: title }).waitFor();
  }
  /** Checks or clears all entries of a box. */
  async function checkAll(isChecked: boolean): Promise<void> {
    const all = workbench.quickInput.locator('.quick-input-header [role="checkbox"]').first();
    await until(
      async () => {
        if ((await all.getAttribute("aria-checked")) === String(isChecked)) return true;
        await all.click();
        return false;
      },
      () => "Not all entries can be checked or cleared.",
      undefined,
      100, // another click at once would undo the first
    );
  }
  const STEP = (step: number): RegExp => new RegExp(`Filter Findings \\(${String(step)}/4\\)`);

  it("begins with all findings, by weight", async () => {
    const rows = await whenListed(told);
    assert.deepEqual(findingsOf(rows).slice(-1), titles(told.filter(({ detector }) => detector === "port-scan")));
    assert.ok(grave.length > 0 && grave.length < told.length, "there is something to leave out");
  });

  it("says at its icon how many of them are grave", async () => {
    const badge = workbench.page.locator(".part.activitybar .action-item.checked .badge-content");
    await until(
      async () => (await badge.textContent()) === String(grave.length),
      () => "The number at the icon is not that of the findings.",
    );
  });

  it("leaves out what is less grave than the step asks for, and says so", async () => {
    await workbench.clickViewAction(FINDINGS, "Filter Findings");
    await pick(STEP(1), "Warnings and worse");
    await pick(STEP(2), "Any confidence");
    await box(STEP(3));
    await workbench.page.keyboard.press("Enter");
    await box(STEP(4));
    await workbench.page.keyboard.press("Enter");
    const rows = await whenListed(grave);
    const left = told.length - grave.length;
    assert.ok(rows.some(({ label }) => label === `${String(left)} finding${left === 1 ? "" : "s"} left out by the filter`));
  });

  it("keeps what was chosen, goes back, and shows the findings of one question", async () => {
    await workbench.clickViewAction(FINDINGS, "Filter Findings");
    await box(STEP(1));
    await workbench.page.keyboard.press("Enter"); // the severity of before
    await box(STEP(2));
    await workbench.quickInput.locator('.action-label[aria-label^="Back"]').click();
    await pick(STEP(1), "All severities");
    await pick(STEP(2), "Medium and surer");
    await box(STEP(3));
    await checkAll(false);
    await workbench.quickInput.locator(".monaco-list-row").filter({ hasText: "Port scans" }).first().click();
    await workbench.page.keyboard.press("Enter");
    await box(STEP(4));
    await workbench.page.keyboard.press("Enter");
    await whenListed(told.filter(({ detector }) => detector === "port-scan"));
  });

  it("finds by address, and nothing by the beginning of another one", async () => {
    for (const [address, expected] of [
      ["10.20.0.66", told.filter(({ title }) => title.includes("10.20.0.66"))],
      ["10.20.0.6", []],
    ] as const) {
      await workbench.clickViewAction(FINDINGS, "Filter Findings");
      await pick(STEP(1), "All severities");
      await pick(STEP(2), "Any confidence");
      await box(STEP(3));
      await checkAll(true);
      await workbench.page.keyboard.press("Enter");
      await box(STEP(4));
      await workbench.quickInput.locator("input.input").fill(address);
      await workbench.page.keyboard.press("Enter");
      await whenListed(expected);
    }
  });

  it("changes nothing when a step is left, and all comes back without the filter", async () => {
    await workbench.clickViewAction(FINDINGS, "Filter Findings");
    await pick(STEP(1), "All severities");
    await box(STEP(2));
    await workbench.page.keyboard.press("Escape");
    await workbench.quickInput.waitFor({ state: "hidden" });
    await whenListed([]);
    await workbench.clickViewAction(FINDINGS, "Clear Filter");
    await whenListed(told);
  });

  /** Export Findings… from the view's title, into a file of this name beside the capture. */
  async function exportAs(format: string, name: string): Promise<string> {
    const target = path.join(workbench.workspace, name);
    await workbench.clickViewAction(FINDINGS, "Export Findings");
    await pick(/Export Findings/, format);
    const input = workbench.quickInput.locator("input.input");
    await until(
      async () => (await input.inputValue()).endsWith(`${SCAN}.findings.${format.toLowerCase()}`),
      () => "The dialog for a file does not open beside the capture.",
    );
    await input.fill(target);
    await workbench.quickInput.locator(".monaco-button", { hasText: "OK" }).click();
    await workbench.whenNotification(`Findings written to ${name}`);
    await workbench.clearNotifications();
    return fs.readFileSync(target, "utf8");
  }

  it("is written as JSON with the frames of each finding", async () => {
    const { findings } = JSON.parse(await exportAs("JSON", "mine.json")) as { findings: { title: string; frames: [number, number][] }[] };
    assert.deepEqual(
      findings.map(({ title, frames }) => [
        title,
        frames.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i)),
      ]),
      told.map(({ title, frames }) => [title, [...frames].sort((a, b) => a - b)]),
    );
  });

  it("is written as CSV with a row for each finding", async () => {
    const [header, ...rows] = (await exportAs("CSV", "mine.csv")).trimEnd().split("\r\n");
    assert.match(header ?? "", /^[\w,]+$/);
    assert.equal(rows.length, told.length);
  });

  it("is written as SARIF whose locations are the lines of the packets", async () => {
    const log = JSON.parse(await exportAs("SARIF", "mine.sarif")) as SarifLog;
    assertSarif(log);
    const lines = fs.readFileSync(path.join(workbench.workspace, SCAN), "utf8").split("\n");
    const results = log.runs[0]?.results ?? [];
    assert.equal(results.length, told.length);
    for (const [i, { locations, relatedLocations }] of results.entries()) {
      const frames = [...locations, ...(relatedLocations ?? [])].map(({ physicalLocation: { region } }) =>
        Number.parseInt(lines[(region?.startLine ?? 0) - 1]?.replaceAll('"', "") ?? "", 10),
      );
      assert.deepEqual(
        frames,
        told[i]?.evidence.map(({ frame }) => frame),
      );
    }
  });

  it("writes only those that are listed when the user says so, and nothing when the dialog is left", async () => {
    await workbench.clickTreeRowMenuEntry(FINDINGS, told.find(({ detector }) => detector === "port-scan")?.title ?? "", "Dismiss Finding");
    await workbench.whenTreeRow(FINDINGS, ({ label }) => label === "1 finding dismissed");
    const files = fs.readdirSync(workbench.workspace);
    await workbench.clickViewAction(FINDINGS, "Export Findings");
    await pick(/Export Findings/, "Those that are listed");
    await pick(/Export Findings/, "JSON");
    await workbench.quickInput.locator(".monaco-button", { hasText: "OK" }).waitFor();
    await workbench.page.keyboard.press("Escape");
    await workbench.quickInput.waitFor({ state: "hidden" });
    assert.deepEqual(fs.readdirSync(workbench.workspace), files);
    await workbench.clickViewAction(FINDINGS, "Export Findings");
    await pick(/Export Findings/, "Those that are listed");
    await pick(/Export Findings/, "JSON");
    await workbench.quickInput.locator(".monaco-button", { hasText: "OK" }).click();
    await workbench.whenNotification("Findings written to");
    const { findings } = JSON.parse(fs.readFileSync(path.join(workbench.workspace, `${SCAN}.findings.json`), "utf8")) as {
      findings: { detector: string }[];
    };
    assert.equal(findings.length, told.length - 1);
    assert.ok(findings.every(({ detector }) => detector !== "port-scan"));
  });

  it("reports no error meanwhile", () => workbench.assertNoErrors());
});
