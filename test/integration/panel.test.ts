/** The timeline's editor tabs: where they open, what they are called, and that their page finds its capture. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { ExtensionApi } from "../../src/extension";
import { commands, panels } from "../../src/ids";
import { activateExtension, allTabs, checkoutFile, closeEverything, execute, nextEvent, until, workspaceFile } from "./support";

describe("the timeline", () => {
  let api: ExtensionApi;
  let key: string;
  before(async () => {
    api = await activateExtension();
    key = checkoutFile("media", "sample.csv").toString();
  });
  beforeEach(() => execute(commands.openSample));
  afterEach(closeEverything);

  const isTimeline = ({ input }: vscode.Tab): boolean =>
    input instanceof vscode.TabInputWebview && input.viewType.endsWith(panels.timeline);
  /** Titles of the timelines, group by group. */
  const titles = (): string[][] => vscode.window.tabGroups.all.map(({ tabs }) => tabs.filter(isTimeline).map(({ label }) => label));
  const showsTitles = (expected: string[][]): Promise<true> =>
    until(`the tabs are ${JSON.stringify(expected)}`, () => JSON.stringify(titles()) === JSON.stringify(expected));

  it("opens in a tab that is named after number and capture", async () => {
    await execute(commands.openTimeline, { key, seq: 1 });
    await showsTitles([["Seq 1 — sample.csv"]]);
    assert.ok(vscode.window.tabGroups.activeTabGroup.activeTab?.label.startsWith("Seq 1"));
  });

  it("shows another number of the capture in the same tab", async () => {
    await execute(commands.openTimeline, { key, seq: 1 });
    await execute(commands.openTimeline, { key, seq: 1449 });
    await showsTitles([["Seq 1449 — sample.csv"]]);
  });

  it("opens to the side in a second group", async () => {
    await execute(commands.openTimeline, { key, seq: 1 });
    await execute(commands.openTimelineToSide, { key, seq: 181 });
    await showsTitles([["Seq 1 — sample.csv"], ["Seq 181 — sample.csv"]]);
    assert.equal(vscode.window.tabGroups.activeTabGroup.viewColumn, vscode.ViewColumn.Two);
  });

  it("has a tab of its own for each capture", async () => {
    const other = workspaceFile("capture.csv");
    await execute(commands.analyze, other);
    await execute(commands.openTimeline, { key, seq: 1 });
    await execute(commands.openTimeline, { key: other.toString(), seq: 1 });
    await showsTitles([["Seq 1 — sample.csv", "Seq 1 — capture.csv"]]);
  });

  it("turns to the distribution and back", async () => {
    await execute(commands.openDistribution, { key });
    await showsTitles([["Distribution — sample.csv"]]);
    await execute(commands.openTimeline, { key, seq: 0 });
    await showsTitles([["Seq 0 — sample.csv"]]);
    await execute(commands.openDistribution);
    await showsTitles([["Distribution — sample.csv"]]);
  });

  it("stays when its capture is closed, and opens anew after its tab was closed", async () => {
    await execute(commands.openTimeline, { key, seq: 1 });
    await showsTitles([["Seq 1 — sample.csv"]]);
    await execute(commands.closeCapture, { key });
    assert.deepEqual(titles(), [["Seq 1 — sample.csv"]]);
    await vscode.window.tabGroups.close(allTabs());
    await execute(commands.openSample);
    await execute(commands.openTimeline, { key, seq: 0 });
    await showsTitles([["Seq 0 — sample.csv"]]);
  });

  it("has a page that reads its capture when it is not open, as after a reload of the window", async () => {
    const uri = workspaceFile("capture.csv");
    const opened = nextEvent(api.captures.onDidOpen, "the page asked for its capture", (each) => each.key === uri.toString());
    await execute(commands.openTimeline, { key: uri.toString(), seq: 1 });
    await showsTitles([["Seq 1 — capture.csv"]]);
    assert.equal((await opened).capture.summary.rows.tcp, 6);
  });
});
