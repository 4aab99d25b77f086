/** What a panel says while there is nothing to draw: no times, no packets, a capture that is still read. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import type { Frame } from "playwright-core";
import { FilterBar } from "./filterBar";
import { until, type Workbench } from "./harness";
import { ANALYZE, CONTAINER, makeWorkspace, NUMBERS, openWindow } from "./support";

const READING = "Reading the capture again…";
/** Bytes of a file that no machine reads before somebody can cancel. It is sparse: it takes no room on the disk. */
const ENDLESS = 40e9;

describe("A panel with nothing to draw", () => {
  let workbench: Workbench;
  const files = makeWorkspace({ "timeless.csv": "tcp.stream,tcp.seq\n0,1\n0,1\n", "none.csv": "tcp.seq,frame.time_epoch\n,1\n,2\n" });

  before(async () => {
    workbench = await openWindow(files.dir, { settings: { "tcpSeq.memoryLimitMB": 1_000_000 } });
  });
  after(async () => {
    await workbench?.close();
    files.remove();
  });
  afterEach(function () {
    return workbench?.screenshotIfFailed(this.currentTest);
  });

  /** The visible page, once an element of it says something that matches. */
  const whenSaid = (id: string, text: RegExp): Promise<Frame> => {
    let said = "";
    return until(
      async () => {
        const frame = await workbench.webviewFrame().catch(() => undefined); // the page may be replaced at any moment
        said =
          (await frame
            ?.locator(`#${id}:visible`)
            .textContent({ timeout: 200 })
            .catch(() => undefined)) ?? "";
        return text.test(said) ? frame : undefined;
      },
      () => `The page says: "${said}"`,
    );
  };

  it("says that there is no timeline without times, and how to get some", async () => {
    await workbench.clickExplorerMenuEntry("timeless.csv", ANALYZE);
    await workbench.whenTreeRow(NUMBERS, ({ level }) => level === 2);
    await workbench.clickTreeRow(NUMBERS, "1");
    const frame = await whenSaid("timeline-summary", /^There is no timeline: none of the 2 packets in this file has a readable time\.$/);
    assert.match((await frame.locator("#timeline-notes").textContent()) ?? "", /-e frame\.time/);
    assert.ok(!(await frame.locator("#timeline-chart").isVisible()));
  });

  it("says in the distribution that no packets pass the filter", async () => {
    const frame = await workbench.webviewFrame();
    await frame.locator("vscode-tab-header", { hasText: "Distribution" }).click();
    await whenSaid("distribution-summary", /^2 packets with 1 different/);
    const bar = await FilterBar.shown(workbench, "editor");
    await bar.input.fill("tcp.seq == 7");
    await bar.input.press("Enter");
    await whenSaid("distribution-summary", /^No packets pass the filter\.$/);
    assert.ok(!(await frame.locator("#distribution-chart").isVisible()));
    await bar.frame.locator("#filter-clear").click();
    await whenSaid("distribution-summary", /^2 packets with 1 different/);
  });

  it("says that a file which is read again after a reload is being read, and that it was cancelled", async () => {
    fs.truncateSync(path.join(workbench.workspace, "timeless.csv"), ENDLESS);
    await workbench.reload();
    const frame = await whenSaid("status", new RegExp(`^${READING}timeless\\.csv$`));
    assert.equal(await frame.locator("#status").getAttribute("role"), "status");
    assert.equal(await frame.locator("#app").getAttribute("aria-busy"), "true");
    await workbench.clickNotificationButton("Reading timeless.csv", "Cancel");
    await whenSaid("status", /^Reading “timeless\.csv” was cancelled\.Analyze Again$/);
    assert.equal(await frame.locator("#app").getAttribute("aria-busy"), "false");
  });

  it("says in the distribution that the capture has no packets with a sequence number", async () => {
    await workbench.clickExplorerMenuEntry("none.csv", ANALYZE);
    await workbench.whenTreeRow(NUMBERS, ({ label }) => label === "No row has a sequence number");
    await workbench.runCommand(`${CONTAINER}: Show Distribution of All Sequence Numbers`);
    await whenSaid("distribution-summary", /^The capture has no packets with a sequence number\.$/);
  });

  it("reports no error meanwhile", () => workbench.assertNoErrors());
});
