/** The first minutes: empty views with their buttons, the walkthrough, and the report that one takes away. */
import assert from "node:assert/strict";
import fs from "node:fs";
import type { Frame } from "playwright-core";
import { until, type Workbench } from "./harness";
import {
  allowClipboard,
  CAPTURE,
  CONTAINER,
  grouped,
  makeWorkspace,
  NUMBERS,
  openWindow,
  readClipboard,
  readExpected,
  whenNumbersListed,
} from "./support";

const FINDINGS = "Findings";
const SAMPLE_BUTTON = "Open the sample capture";
const FIRST_STEPS = "Show the first steps";

describe("The first minutes", () => {
  let workbench: Workbench;
  const files = makeWorkspace({ "empty.csv": "tcp.seq,frame.time_epoch\n,1\n,2\n" });

  before(async () => {
    workbench = await openWindow(files.dir);
    await allowClipboard(workbench.page);
  });
  after(async () => {
    await workbench?.close();
    files.remove();
  });
  afterEach(function () {
    return workbench?.screenshotIfFailed(this.currentTest);
  });

  it("every empty view says what it will show, and has the sample, a file and the first steps", async () => {
    await workbench.openViewContainer(CONTAINER);
    for (const view of [NUMBERS, FINDINGS, CAPTURE]) {
      const text = await workbench.whenViewText(view, (shown) => shown.includes(FIRST_STEPS));
      for (const button of [SAMPLE_BUTTON, "Analyze a CSV…", FIRST_STEPS]) assert.ok(text.includes(button), `${view}: ${button}`);
    }
  });

  it("the walkthrough opens from there with four steps", async () => {
    await workbench.clickViewLink(NUMBERS, FIRST_STEPS);
    const steps = workbench.page.locator(".gettingStartedContainer .getting-started-step .step-title");
    await until(
      async () => (await steps.count()) === 4,
      () => "The walkthrough does not show four steps.",
    );
    assert.deepEqual(await steps.allTextContents(), [
      "Open the sample capture",
      "Look at a number over time",
      "Follow a finding",
      "Export a capture of your own",
    ]);
  });

  it("its first step opens the sample capture, and is done then", async () => {
    const { page } = workbench;
    const first = page.locator(".gettingStartedContainer .getting-started-step").first();
    const picture = page.locator(".gettingStartedContainer .getting-started-media img");
    await until(
      async () => (await picture.count()) > 0 && (await picture.first().evaluate((image: HTMLImageElement) => image.naturalWidth)) > 0,
      () => "The picture of the first step is not shown.",
    );
    await first.getByRole("button", { name: "Open the Sample Capture" }).click();
    await whenNumbersListed(workbench);
    await until(
      async () => (await page.locator(".gettingStartedContainer .getting-started-step .codicon.complete").count()) >= 1,
      () => "The first step is not marked as done.",
    );
  });

  it("its last step copies the tshark command", async () => {
    const { page } = workbench;
    await page.locator(".gettingStartedContainer .getting-started-step").last().click();
    await page.locator(".gettingStartedContainer").getByRole("button", { name: "Copy the tshark Command" }).click();
    await until(
      async () => /^tshark -r \S+ -T fields .*-e tcp\.seq .*> \S+\.csv$/.test(await readClipboard(page)),
      () => "The command is not on the clipboard.",
    );
  });

  it("a report opens as an unsaved document with a preview that shows its pictures", async () => {
    await workbench.runCommand(`${CONTAINER}: Create Report`);
    const frame = await until(
      async () => {
        const shown = await workbench.webviewFrame().catch(() => undefined); // a preview takes its time on a busy machine
        if (!shown) return undefined;
        const isReport = await shown
          .locator("h1", { hasText: "Report: sample.csv" })
          .count()
          .catch(() => 0);
        return isReport > 0 ? shown : undefined;
      },
      () => "No preview of the report is shown.",
      90_000,
    );
    assert.ok((await workbench.editorTitles()).some((title) => title.includes("Untitled-1")));
    const widths = await until(
      async () => {
        const all = await picturesOf(frame);
        return all.length === 3 && all.every(({ width }) => width > 0) ? all : undefined;
      },
      () => "The pictures of the report are not shown.",
    );
    for (const { alt } of widths) assert.match(alt, /^TCP Sequence Number \d+ Occurrences Over Time\. [\d,]+ packets? from/);
    const [top] = readExpected("sample").top;
    assert.ok((await frame.locator("table").allInnerTexts()).some((text) => text.includes(`${top.seq}\t${grouped(top.count)}`)));
    assert.deepEqual(fs.readdirSync(workbench.workspace), ["empty.csv"]);
  });

  it("a capture without a sequence number says so, and leads to its report", async () => {
    await workbench.runCommand("View: Close All Editors").catch(() => undefined);
    await workbench.page.getByRole("button", { name: "Don't Save" }).click({ timeout: 10_000 });
    await workbench.clickExplorerMenuEntry("empty.csv", "Analyze TCP Seq");
    const row = await workbench.whenTreeRow(NUMBERS, ({ label }) => label === "No row has a sequence number");
    assert.equal(row.description, "open the import report");
    await workbench.clickTreeRow(NUMBERS, "No row has a sequence number");
    await until(
      async () => (await (await workbench.webviewFrame()).locator("h1", { hasText: "Import report" }).count()) > 0,
      () => "The import report does not open.",
    );
  });

  // VS Code's preview of any untitled document asks for a file to watch, and logs that there is none.
  it("reports no error meanwhile", () => workbench.assertNoErrors([/Unable to resolve filesystem provider .*untitled:Untitled-\d/]));
});

const picturesOf = (frame: Frame): Promise<{ alt: string; width: number }[]> =>
  frame.locator("img").evaluateAll((images: HTMLImageElement[]) => images.map(({ alt, naturalWidth: width }) => ({ alt, width })));
