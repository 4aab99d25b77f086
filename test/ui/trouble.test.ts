/** What happens when it does not go smoothly: large files, cancelling, files that change, no captures, unsaved text. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { memoryFor } from "../../src/engine/memoryNeed";
import { until, type Workbench } from "./harness";
import {
  allowClipboard,
  ANALYZE,
  CAPTURE,
  CONTAINER,
  fixture,
  grouped,
  makeWorkspace,
  NUMBERS,
  openWindow,
  percent,
  readClipboard,
  readExpected,
  readSample,
  SAMPLE,
} from "./support";
import { TimelinePanel } from "./timelinePanel";

const expected = readExpected("sample");
const plain = readExpected("doubled-quotes");
/** The editor refuses files above 50 MB; this many times the sample is more. */
const TIMES = 44;
/** Bytes of a file that no machine reads before somebody can cancel. It is sparse: it takes no room on the disk. */
const ENDLESS = 40e9;

/** In a browser VS Code saves by itself. */
/** The huge file must be read for it to be cancelled, whatever memory this machine has: it is cancelled long before it fills any. */
const SETTINGS = { "files.autoSave": "off", "tcpSeq.memoryLimitMB": 1_000_000 };

/** The root's description of a file that holds a capture so many times. */
const describeCapture = ({ rowsTcp, distinct }: { rowsTcp: number; distinct: number }, times = 1): string =>
  `${grouped(times * rowsTcp)} packets, ${grouped(distinct)} numbers`;

/** A CSV file's lines after the first. */
function rowsOf(file: string): string {
  const text = fs.readFileSync(file, "utf8");
  return text.slice(text.indexOf("\n") + 1);
}

describe("When it does not go smoothly", () => {
  let workbench: Workbench;
  const files = makeWorkspace({
    "big.csv": { copyOf: SAMPLE },
    "endless.csv": { copyOf: SAMPLE },
    "growing.csv": { copyOf: SAMPLE },
    "large.csv": { copyOf: SAMPLE },
    "cities.csv": "city,country\nGhent,Belgium\n",
    "edited.csv": { copyOf: fixture("doubled-quotes.csv") },
  });

  before(async () => {
    workbench = await openWindow(files.dir, { settings: SETTINGS });
    await allowClipboard(workbench.page);
  });
  after(async () => {
    await workbench?.close();
    files.remove();
  });
  afterEach(function () {
    return workbench?.screenshotIfFailed(this.currentTest);
  });

  const fileOf = (name: string): string => path.join(workbench.workspace, name);

  /** Waits until the list has this capture and nothing else. */
  const whenOnly = async (label: string, description: string): Promise<void> => {
    const isRoot = ({ level }: { level: number }) => level === 1;
    const rows = await workbench.whenTreeRows(NUMBERS, (all) => all.filter(isRoot).some((root) => root.description === description));
    assert.deepEqual(
      rows.filter(isRoot).map((root) => root.label),
      [label],
    );
  };

  const closeCapture = async (): Promise<void> => {
    await workbench.runCommand(`${CONTAINER}: Close Capture`);
    await workbench.whenTreeRows(NUMBERS, (rows) => rows.length === 0);
  };

  /** Puts text into the editor that has the focus, as a paste does. */
  const paste = async (text: string): Promise<void> => {
    await workbench.page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await workbench.page.keyboard.press("ControlOrMeta+V");
  };

  it("cancels the reading of a huge file, and lists nothing", async () => {
    fs.truncateSync(fileOf("endless.csv"), ENDLESS);
    await workbench.clickExplorerMenuEntry("endless.csv", ANALYZE);
    const { buttons } = await workbench.whenNotification(
      /Reading endless\.csv: sequence numbers and times, [\d,]+ rows, [\d.]+ of [\d.]+ GB/,
    );
    assert.deepEqual(buttons, ["Cancel"]);
    await workbench.clickNotificationButton("Reading endless.csv", "Cancel");
    await until(
      async () => (await workbench.notifications()).every(({ text }) => !text.includes("Reading endless.csv")),
      () => "The notification stays.",
    );
    await workbench.openViewContainer(CONTAINER);
    await workbench.whenViewText(NUMBERS, (text) => text.includes("Open the sample capture"));
    assert.deepEqual(await workbench.treeRows(NUMBERS), []);
  });

  it("reads a file that the editor refuses to open, from its tab", async () => {
    const rows = Buffer.from(rowsOf(SAMPLE));
    for (let i = 1; i < TIMES; i++) fs.appendFileSync(fileOf("big.csv"), rows);
    assert.ok(fs.statSync(fileOf("big.csv")).size > 60e6);
    await workbench.openFile("big.csv");
    await workbench.page.locator(".monaco-editor-pane-placeholder", { hasText: /large|size/ }).waitFor();
    await workbench.runCommand(`${CONTAINER}: ${ANALYZE}`);
    await whenOnly("big.csv", describeCapture(expected, TIMES));
    const [first] = expected.top;
    const row = await workbench.treeRow(NUMBERS, String(first.seq));
    await row.getByText(`${grouped(TIMES * first.count)} · ${percent(first.count, expected.rowsTcp)}`).waitFor();
    await workbench.runCommand("View: Close All Editors");
    await closeCapture();
  });

  it("says when a file has changed since, and reads it again from the list", async () => {
    await workbench.clickExplorerMenuEntry("growing.csv", ANALYZE);
    await whenOnly("growing.csv", describeCapture(expected));
    fs.appendFileSync(fileOf("growing.csv"), rowsOf(SAMPLE));
    await whenOnly("growing.csv", "changed since it was read");
    await workbench.whenViewText(NUMBERS, (text) => text.includes("Changed since it was read: growing.csv"));
    const root = await workbench.treeRow(NUMBERS, "growing.csv");
    await root.hover();
    await root.locator('.action-label[aria-label^="Analyze Again"]').click();
    await whenOnly("growing.csv", describeCapture(expected, 2));
    await workbench.whenViewText(NUMBERS, (text) => !text.includes("Changed since it was read"));
  });

  it("says in the chart when the file has changed since, and reads it again from there", async () => {
    const [{ seq, count }] = expected.top;
    await workbench.clickTreeRow(NUMBERS, String(seq));
    let panel = await TimelinePanel.shown(workbench, `. ${grouped(2 * count)} packets`);
    fs.appendFileSync(fileOf("growing.csv"), rowsOf(SAMPLE));
    await panel.frame.locator("#stale-bar", { hasText: "The file has changed on disk since it was analyzed." }).waitFor();
    await panel.frame.getByRole("button", { name: "Analyze Again" }).click();
    panel = await TimelinePanel.shown(workbench, `. ${grouped(3 * count)} packets`);
    await panel.frame.locator("#stale-bar").waitFor({ state: "hidden" });
    await whenOnly("growing.csv", describeCapture(expected, 3));
    await workbench.runCommand("View: Close All Editors");
    await closeCapture();
  });

  it("names the columns that a file lacks, and copies a tshark command that exports them", async () => {
    await workbench.clickExplorerMenuEntry("cities.csv", ANALYZE);
    const { text, severity, buttons } = await workbench.whenNotification("cities.csv lacks these columns");
    assert.match(text, /lacks these columns: .*\btcp\.seq\b/);
    assert.equal(severity, "error");
    assert.deepEqual(buttons, ["Copy tshark Command"]);
    await workbench.clickNotificationButton("cities.csv lacks these columns", "Copy tshark Command");
    const command = await until(
      async () => (await readClipboard(workbench.page)).split("\n").find((line) => line.startsWith("tshark ")),
      () => "No command comes to the clipboard.",
    );
    assert.match(command, / -T fields .* -e tcp\.seq\b/);
    await workbench.openViewContainer(CONTAINER);
    assert.deepEqual(await workbench.treeRows(NUMBERS), []);
  });

  describe("when a capture would not fit into the memory it may take", () => {
    /** Rows that the setting leaves room for; see src/engine/memoryNeed.ts. */
    const FITTING = 2000;
    const rows = readSample();
    const isTcp = (row: Record<string, string>): boolean => row["tcp.seq"] !== "";
    const describeRows = (part: readonly Record<string, string>[]): string =>
      describeCapture({ rowsTcp: part.filter(isTcp).length, distinct: new Set(part.filter(isTcp).map((row) => row["tcp.seq"])).size });
    const input = () => workbench.quickInput.locator("input.input");
    const whenAsked = (text: RegExp) => workbench.quickInput.locator(".quick-input-message").filter({ hasText: text }).waitFor();

    before(() => workbench.setSetting("tcpSeq.memoryLimitMB", memoryFor(FITTING) / 1e6));
    after(() => workbench.setSetting("tcpSeq.memoryLimitMB", SETTINGS["tcpSeq.memoryLimitMB"]));

    async function choose(button: string): Promise<void> {
      await workbench.clickExplorerMenuEntry("large.csv", ANALYZE);
      const { severity, buttons } = await workbench.whenNotification(/large\.csv needs about [\d.]+ MB of memory, the limit is [\d.]+ MB/);
      assert.equal(severity, "error");
      assert.deepEqual(buttons, ["First Rows…", "Time Range…", "Open Settings"]);
      await workbench.clickNotificationButton("large.csv needs about", button);
    }

    it("offers as many of its first rows as fit, and takes fewer", async () => {
      await choose("First Rows…");
      await whenAsked(/How many rows of the file/);
      assert.equal(await input().inputValue(), String(FITTING));
      await input().fill("many");
      await whenAsked(/Enter a number of rows/);
      await input().fill("1,500");
      await workbench.page.keyboard.press("Enter");
      await whenOnly("large.csv", describeRows(rows.slice(0, 1500)));
      await workbench.whenTreeRow(CAPTURE, ({ description }) => description === "first 1,500 rows of the file");
      await closeCapture();
    });

    it("offers a time range from its first time on, and refuses one that ends before it begins", async () => {
      await choose("Time Range…");
      await whenAsked(/From this time on/);
      const first = await input().inputValue();
      const seconds = Math.floor(Number(rows[0]?.["frame.time_epoch"]));
      const clock = expected.timelines[0]?.buckets[0]?.start.slice(0, 10) ?? "";
      assert.ok(first.startsWith(clock), first);
      await workbench.page.keyboard.press("Enter");
      await whenAsked(/Before this time/);
      await input().fill(first);
      await whenAsked(/Enter a time behind the first one/);
      // Five minutes on, by the same clock.
      const end = new Date(Date.parse(`${first.replace(" ", "T")}Z`) + 300_000).toISOString().slice(0, 19).replace("T", " ");
      await input().fill(end);
      await workbench.page.keyboard.press("Enter");
      await whenOnly("large.csv", describeRows(rows.filter((row) => Number(row["frame.time_epoch"]) < seconds + 300)));
      await closeCapture();
    });

    it("leads to the setting that says how much it may take", async () => {
      await choose("Open Settings");
      await until(
        async () => (await workbench.editorTitles()).includes("Settings"),
        () => "The settings are not opened.",
      );
      await workbench.runCommand("View: Close All Editors");
    });
  });

  it("reads a changed document as it stands, not the file below it", async () => {
    await workbench.openFile("edited.csv");
    const saved = fs.readFileSync(fileOf("edited.csv"), "utf8");
    await workbench.page.locator(".part.editor .monaco-editor .view-lines").first().click();
    await workbench.page.keyboard.press("ControlOrMeta+End");
    await paste(`${saved.endsWith("\n") ? "" : "\n"}${rowsOf(fileOf("edited.csv"))}`);
    await workbench.page.locator(".part.editor .tab.dirty", { hasText: "edited.csv" }).waitFor();
    await workbench.runCommand(`${CONTAINER}: ${ANALYZE}`);
    await whenOnly("edited.csv", describeCapture(plain, 2));
    assert.equal(fs.readFileSync(fileOf("edited.csv"), "utf8"), saved);
    await workbench.runCommand("File: Revert File");
    await closeCapture();
  });

  it("reads a document that was never saved", async () => {
    await workbench.runCommand("File: New Untitled Text File");
    await workbench.page.locator(".part.editor .tab.active", { hasText: "Untitled-1" }).waitFor();
    await workbench.page.locator(".part.editor .monaco-editor.focused").waitFor();
    await paste(fs.readFileSync(fixture("doubled-quotes.csv"), "utf8"));
    await workbench.page.locator(".part.editor .tab.active.dirty").waitFor();
    await workbench.runCommand(`${CONTAINER}: ${ANALYZE}`);
    await whenOnly("Untitled-1", describeCapture(plain));
    await workbench.runCommand("View: Revert and Close Editor");
    await closeCapture();
  });

  it("reports no error but those that were to be seen", () =>
    workbench.assertNoErrors([/not displayed in the text editor because it is very large/]));
});
