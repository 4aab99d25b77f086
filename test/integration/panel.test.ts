/** The timeline's editor tabs: where they open, what they are called, and that their page finds its capture. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { ExtensionApi } from "../../src/extension";
import { commands, panels } from "../../src/ids";
import type { PacketPage } from "../../src/shared/packets";
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

  it("opens with the first number that is added, and takes more, each once, up to eight", async () => {
    await execute(commands.addToTimeline, { key, seq: 1 });
    await showsTitles([["Seq 1 — sample.csv"]]);
    await execute(commands.addToTimeline, { key, seq: 1449 });
    await showsTitles([["Seq 1 and 1 more — sample.csv"]]);
    await execute(commands.addToTimeline, { key, seq: 1449 });
    await showsTitles([["Seq 1 and 1 more — sample.csv"]]);
    for (const seq of [0, 2, 3, 4, 5, 6]) await execute(commands.addToTimeline, { key, seq });
    await showsTitles([["Seq 1 and 7 more — sample.csv"]]);
    await execute(commands.addToTimeline, { key, seq: 7 });
    assert.deepEqual(titles(), [["Seq 1 and 7 more — sample.csv"]]);
    await vscode.commands.executeCommand("notifications.clearAll");
    await execute(commands.openTimeline, { key, seq: 181 });
    await showsTitles([["Seq 181 — sample.csv"]]);
  });

  it("adds numbers while it shows another tab, and turns to them", async () => {
    await execute(commands.openTimeline, { key, seq: 1 });
    await execute(commands.openDistribution, { key });
    await showsTitles([["Distribution — sample.csv"]]);
    await execute(commands.addToTimeline, { key, seq: 0 });
    await showsTitles([["Seq 1 and 1 more — sample.csv"]]);
  });

  it("lists the packets of a number, in the same tab", async () => {
    const capture = api.captures.get(key);
    assert.ok(capture);
    const getPackets = capture.getPackets.bind(capture);
    const asked: { seq: number | null; page: Promise<PacketPage> }[] = [];
    // The page asks the real capture; what it asks is only noted.
    capture.getPackets = (query) => {
      const page = getPackets(query);
      asked.push({ seq: query.selection.seq, page });
      return page;
    };
    await execute(commands.openDistribution, { key });
    await showsTitles([["Distribution — sample.csv"]]);
    for (const seq of [1, 1449]) {
      await execute(commands.openPackets, { key, seq });
      await showsTitles([[`Seq ${seq} — sample.csv`]]);
      const { page } = await until(`the packets of ${seq} are asked for`, () => asked.find((each) => each.seq === seq));
      assert.equal((await page).total, (await capture.describeSequence(seq)).count);
    }
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
