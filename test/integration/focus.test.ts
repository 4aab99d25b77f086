/** The focus of captures: filter and range over the trees, the commands that set and clear it, and the timeline of the row under the cursor. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { ExtensionApi } from "../../src/extension";
import { commands, itemKinds, panels } from "../../src/ids";
import type { AnalysisError } from "../../src/shared/errors";
import { NO_FOCUS, packetsOfFinding, type TimeSpan } from "../../src/shared/selection";
import type { FindingsNode } from "../../src/views/findingsTree";
import {
  activateExtension,
  allTabs,
  burstCsv,
  checkoutFile,
  closeEverything,
  execute,
  until,
  useTempFolder,
  workspaceFile,
} from "./support";

const only = (filter: string) => ({ filter, range: null });

describe("the focus of a capture", () => {
  const temp = useTempFolder();
  let api: ExtensionApi;
  before(async () => (api = await activateExtension()));
  afterEach(async () => {
    await execute(commands.clearFilter);
    await closeEverything();
  });

  async function open(uri: vscode.Uri): Promise<string> {
    await execute(commands.analyze, uri);
    return uri.toString();
  }
  async function numbers(key: string): Promise<vscode.TreeItem[]> {
    const root = (await api.sequences.getChildren()).find((node) => node.key === key);
    assert.ok(root);
    return (await api.sequences.getChildren(root)).map((node) => api.sequences.getTreeItem(node));
  }
  const rootOf = async (key: string): Promise<vscode.TreeItem> => {
    const root = (await api.sequences.getChildren()).find((node) => node.key === key);
    assert.ok(root);
    return api.sequences.getTreeItem(root);
  };
  const said = (items: readonly vscode.TreeItem[]) => items.map(({ label, description }) => [label, description]);
  async function focusOn(key: string, filter: string, range: TimeSpan | null = null): Promise<void> {
    await api.focus.set(key, { filter, range });
    await until("it is counted what passes", () => api.passing.get(key)?.count);
  }

  it("leaves the numbers that pass in the tree, with counts and shares of what passes", async () => {
    const key = await open(workspaceFile("capture.csv"));
    await focusOn(key, 'alert == "suspicious"');
    assert.deepEqual(said(await numbers(key)).sort(), [
      ["1", "1 · 50.00 %"],
      ["4294967295", "1 · 50.00 %"],
    ]);
    assert.equal((await rootOf(key)).description, "2 of 6 packets");
    const facts = api.capture.getChildren(api.capture.getChildren()[0]).map((node) => api.capture.getTreeItem(node));
    assert.deepEqual(said(facts).slice(0, 2), [
      ["Displayed", "2 of 6 packets"],
      ["Filter", 'alert == "suspicious"'],
    ]);
  });

  it("takes a range of time, alone and with a filter", async () => {
    const key = await open(workspaceFile("capture.csv"));
    const fromSec = Date.UTC(2023, 5, 4, 11, 24, 10) / 1000;
    const range = { clock: "capture", fromSec, toSec: fromSec + 2 } as const;
    await focusOn(key, "", range);
    assert.deepEqual(said(await numbers(key)), [["1", "2 · 100.00 %"]]);
    await focusOn(key, 'alert == "suspicious"', range);
    assert.deepEqual(said(await numbers(key)), [["1", "1 · 100.00 %"]]);
  });

  it("says that nothing passes, with the way back to everything", async () => {
    const key = await open(workspaceFile("capture.csv"));
    await focusOn(key, "tcp.seq == 77");
    const [nothing, ...others] = await numbers(key);
    assert.deepEqual(others, []);
    assert.deepEqual([nothing?.label, nothing?.contextValue], ["Nothing passes the filter", itemKinds.nothing]);
    assert.ok(nothing?.command);
    await vscode.commands.executeCommand(nothing.command.command, ...((nothing.command.arguments ?? []) as unknown[]));
    assert.deepEqual(api.focus.get(key), NO_FOCUS);
    assert.equal((await numbers(key)).length, 3);
    assert.equal((await rootOf(key)).description, "6 packets, 3 numbers");
  });

  it("does not speak of a filter where a range alone leaves nothing", async () => {
    const key = await open(workspaceFile("capture.csv"));
    await focusOn(key, "", { clock: "capture", fromSec: 1, toSec: 2 });
    const [nothing] = await numbers(key);
    assert.deepEqual(said([nothing]), [["Nothing is in the range", "Show all packets"]]);
    assert.equal(nothing.tooltip, "Nothing is in the range. Click to see all packets again.");
  });

  it("stays as it is when a filter is none, and says where it is wrong", async () => {
    const key = await open(workspaceFile("capture.csv"));
    await focusOn(key, "tcp.seq == 1");
    await assert.rejects(api.focus.set(key, only("tcp.seq == == 1")), (error: AnalysisError) => error.code === "badFilter");
    assert.equal(api.focus.get(key).filter, "tcp.seq == 1");
  });

  it("leaves the findings with a packet that passes, with how many do", async () => {
    const key = await open(checkoutFile("media", "sample.csv"));
    await until("findings are known", () => api.findings.state(key)?.kind === "found");
    const listed = (): vscode.TreeItem[] => {
      const children = (node?: FindingsNode): FindingsNode[] => api.findingsTree.getChildren(node);
      const ofCapture = children({ kind: "capture", key });
      return ofCapture
        .flatMap(children)
        .filter(({ kind }) => kind === "finding")
        .map((node) => api.findingsTree.getTreeItem(node));
    };
    const all = listed();
    assert.ok(all.length > 1);
    const scan = api.findings.result(key)?.report.findings.find(({ source, packets }) => source !== null && packets > 1);
    assert.ok(scan);
    await focusOn(key, `ip.src == ${String(/[\d.]+/.exec(scan.source ?? ""))}`);
    await until("findings are counted", () => api.passing.get(key)?.findings);
    const some = listed();
    assert.ok(some.length > 0 && some.length < all.length, `${some.length} of ${all.length}`);
    for (const { description } of some) assert.match(String(description), /^[\d,]+ of [\d,]+ packets? · /);
    await focusOn(key, "tcp.seq == 4000000001");
    await until("findings are counted", () => api.passing.get(key)?.findings);
    assert.deepEqual(listed(), []);
    const notes = api.findingsTree.getChildren({ kind: "capture", key }).map((node) => api.findingsTree.getTreeItem(node));
    const nothing = notes.find(({ label }) => label === "Nothing passes the filter");
    assert.deepEqual(nothing?.command?.arguments, [{ key }]);
  });

  it("shows the bursts of what passes, sorts by them, and shows those of all again when it is cleared", async () => {
    const key = await open(temp.write("burst.csv", burstCsv()));
    const described = async (): Promise<string[]> =>
      (await numbers(key)).map(({ label, description }) => `${label as string}: ${description as string}`);
    const ofAll = ["7: 200 · 59.17 %", "1: 138 · 40.83 % · ▲ 30× at 11:25"];
    const shows = (expected: string[]) => until(expected.join("; "), async () => (await described()).join() === expected.join());
    await shows(ofAll);
    await focusOn(key, 'alert == "rare"');
    await shows(["1: 58 · 100.00 % · ▲ 58× at 11:25"]);
    await focusOn(key, 'alert == "rare" || tcp.seq == 7');
    await shows(["7: 200 · 77.52 %", "1: 58 · 22.48 % · ▲ 58× at 11:25"]);
    try {
      await execute(commands.sortByBurst);
      await shows(["1: 58 · 22.48 % · ▲ 58× at 11:25", "7: 200 · 77.52 %"]);
    } finally {
      await execute(commands.sortByCount);
    }
    await focusOn(key, 'alert == "usual"');
    await api.captures.get(key)?.findBursts(api.focus.get(key));
    assert.deepEqual(await described(), ["7: 200 · 71.43 %", "1: 80 · 28.57 %"]);
    await execute(commands.clearFilter, { key });
    await shows(ofAll);
  });

  it("shows in a range the bursts that reach into it, against the baseline of all the time", async () => {
    const key = await open(temp.write("burst in range.csv", burstCsv()));
    const bursts = async (): Promise<unknown[]> => {
      await api.captures.get(key)?.findBursts(api.focus.get(key));
      return (await numbers(key)).map(({ label, description }) => [label, /▲.*/.exec(String(description))?.[0]]);
    };
    const minute = Date.UTC(2023, 5, 4, 11, 25) / 1000;
    await focusOn(key, "", { clock: "capture", fromSec: minute, toSec: minute + 60 });
    assert.deepEqual(await bursts(), [
      ["1", "▲ 30× at 11:25"],
      ["7", undefined],
    ]);
    await focusOn(key, "", { clock: "capture", fromSec: minute + 60, toSec: minute + 300 });
    assert.deepEqual(await bursts(), [
      ["7", undefined],
      ["1", undefined],
    ]);
  });

  it("says how many findings it leaves out, and lists all of them again at a click", async () => {
    const key = await open(checkoutFile("media", "sample.csv"));
    await until("findings are known", () => api.findings.state(key)?.kind === "found");
    const ofCapture = (): FindingsNode[] => api.findingsTree.getChildren({ kind: "capture", key });
    const detectors = () => ofCapture().filter(({ kind }) => kind === "detector");
    const itemsOf = (nodes: readonly FindingsNode[]) => nodes.map((node) => api.findingsTree.getTreeItem(node));
    const all = api.findings.result(key)?.report.findings ?? [];
    const before = said(itemsOf(ofCapture()));
    const [one] = all;
    assert.ok(one);
    const page = await api.captures
      .get(key)
      ?.getPackets({ selection: packetsOfFinding(one.id), sort: null, from: 0, count: 1, showing: null });
    const frame = page?.packets[0]?.frame;
    assert.ok(typeof frame === "number");
    await focusOn(key, `frame.number == ${frame}`);
    const counts = await until("findings are counted", () => api.passing.get(key)?.findings);
    const left = all.filter(({ id }) => (counts.get(id) ?? 0) === 0).length;
    assert.ok((counts.get(one.id) ?? 0) > 0 && left > 0, `${left} of ${all.length} are left out`);
    const note = itemsOf(ofCapture()).find(({ label }) => label === `${left} finding${left === 1 ? "" : "s"} without a matching packet`);
    assert.ok(note?.command);
    const shown = detectors().flatMap((node) => api.findingsTree.getChildren(node).filter(({ kind }) => kind === "finding"));
    assert.equal(shown.length, all.length - left);
    assert.ok(itemsOf(detectors()).every(({ description }) => description !== "none"));
    await vscode.commands.executeCommand(note.command.command, ...((note.command.arguments ?? []) as unknown[]));
    assert.deepEqual(said(itemsOf(ofCapture())), before);
  });

  it("is of one capture, is cleared for all, and is forgotten when its capture is closed", async () => {
    const keys = [await open(workspaceFile("capture.csv")), await open(workspaceFile("export.tsv"))] as const;
    await focusOn(keys[0], "tcp.seq == 1");
    assert.deepEqual(api.focus.get(keys[1]), NO_FOCUS);
    await focusOn(keys[1], "tcp");
    await execute(commands.clearFilter);
    assert.deepEqual(
      keys.map((key) => api.focus.get(key)),
      [NO_FOCUS, NO_FOCUS],
    );
    await focusOn(keys[0], "tcp.seq == 1");
    await execute(commands.closeCapture, { key: keys[0] });
    await open(workspaceFile("capture.csv"));
    assert.deepEqual(api.focus.get(keys[0]), NO_FOCUS);
  });

  it("is kept when the file is analysed again, unless its filter means nothing there any more", async () => {
    const uri = temp.write("again.csv", "tcp.seq,alert\n1,x\n2,y\n");
    const key = await open(uri);
    await focusOn(key, 'alert == "x"');
    await execute(commands.analyzeAgain, { key });
    assert.equal(api.focus.get(key).filter, 'alert == "x"');
    temp.write("again.csv", "tcp.seq\n1\n2\n3\n");
    await execute(commands.analyzeAgain, { key });
    await until("the filter is taken off", () => api.focus.get(key).filter === "");
    await until("all numbers are listed", async () => (await numbers(key)).length === 3);
  });

  it("remembers the filters that were applied", async () => {
    const key = await open(workspaceFile("capture.csv"));
    await focusOn(key, "tcp.seq == 0");
    await focusOn(key, "tcp.seq == 1");
    assert.deepEqual(api.focus.recent().slice(0, 2), ["tcp.seq == 1", "tcp.seq == 0"]);
  });
});

describe("Show This Sequence Number's Timeline", () => {
  const temp = useTempFolder();
  let api: ExtensionApi;
  before(async () => (api = await activateExtension()));
  afterEach(async () => {
    await vscode.commands.executeCommand("notifications.clearAll");
    await closeEverything();
  });

  const timelines = (): string[] =>
    allTabs()
      .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(panels.timeline))
      .map(({ label }) => label);
  async function runAt(uri: vscode.Uri, line: number): Promise<void> {
    const position = new vscode.Position(line, 0);
    await vscode.window.showTextDocument(uri, { selection: new vscode.Range(position, position) });
    await execute(commands.showTimelineAtCursor);
  }

  it("analyses the file and shows the number of the row", async () => {
    const uri = workspaceFile("capture.csv");
    await runAt(uri, 7);
    await until("the timeline is there", () => timelines().join() === "Seq 4294967295 — capture.csv");
    assert.equal(api.captures.list().length, 1);
    await runAt(uri, 1);
    await until("the other timeline is there", () => timelines().join() === "Seq 0 — capture.csv");
  });

  it("takes a row over several lines from any of them", async () => {
    const uri = temp.write("quoted.csv", 'tcp.seq,http.cookie\n5,"a\n7,b\n9"\n6,c\n');
    for (const line of [1, 2, 3]) {
      await runAt(uri, line);
      await until(`the timeline of line ${line} is there`, () => timelines().join() === "Seq 5 — quoted.csv");
    }
    await runAt(uri, 4);
    await until("the timeline of the next row is there", () => timelines().join() === "Seq 6 — quoted.csv");
  });

  it("shows nothing for the header and for rows without a number", async () => {
    const uri = workspaceFile("capture.csv");
    for (const line of [0, 4, 8]) await runAt(uri, line);
    assert.deepEqual(timelines(), []);
    assert.deepEqual(api.captures.list(), []);
  });
});
