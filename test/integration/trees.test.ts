/** The views Sequence Numbers and Capture, as far as the data goes that VS Code draws them from. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { Captures } from "../../src/analysis/captures";
import { ErrorNotifier } from "../../src/analysis/errorNotifier";
import type { ExtensionApi } from "../../src/extension";
import { commands, itemKinds } from "../../src/ids";
import { SequencesTree, type SequencesNode } from "../../src/views/sequencesTree";
import { analyzeInWorker } from "../../src/worker/client";
import {
  activateExtension,
  allTabs,
  burstCsv,
  captureOf,
  checkoutFile,
  closeEverything,
  execute,
  makeFocusParts,
  nextEvent,
  until,
  useTempFolder,
  workspaceFile,
} from "./support";

describe("the view Sequence Numbers", () => {
  const temp = useTempFolder();
  let api: ExtensionApi;
  before(async () => (api = await activateExtension()));
  afterEach(async () => {
    await execute(commands.sortByCount);
    await closeEverything();
  });

  async function open(uri: vscode.Uri): Promise<string> {
    await execute(commands.analyze, uri);
    return uri.toString();
  }
  async function nodes(key: string): Promise<SequencesNode[]> {
    const root = (await api.sequences.getChildren()).find((node) => node.key === key);
    assert.ok(root, `${key} has an item`);
    return api.sequences.getChildren(root);
  }
  const items = async (key: string): Promise<vscode.TreeItem[]> => (await nodes(key)).map((node) => api.sequences.getTreeItem(node));
  const labels = async (key: string): Promise<unknown[]> => (await items(key)).map(({ label }) => label);

  it("has an expanded item for each capture, with its counts and path", async () => {
    const uris = ["capture.csv", "export.tsv"].map(workspaceFile);
    for (const uri of uris) await open(uri);
    const roots = (await api.sequences.getChildren()).map((node) => api.sequences.getTreeItem(node));
    assert.deepEqual(
      roots.map(({ id, label, description, contextValue }) => [id, label, description, contextValue]),
      [
        [String(uris[0]), "capture.csv", "6 packets, 3 numbers", itemKinds.capture],
        [String(uris[1]), "export.tsv", "2 packets, 1 number", itemKinds.capture],
      ],
    );
    assert.equal(roots[0]?.tooltip, `${workspaceFile("capture.csv").fsPath}\n6 packets, 3 numbers`);
    assert.equal(roots[0].collapsibleState, vscode.TreeItemCollapsibleState.Expanded);
    assert.equal(roots[0].accessibilityInformation?.label, "capture.csv, 6 packets, 3 numbers");
  });

  it("lists numbers by how often they occur, with count and share", async () => {
    const key = await open(workspaceFile("capture.csv"));
    assert.deepEqual(
      (await items(key)).map(({ label, description }) => [label, description]),
      [
        ["1", "3 · 50.00 %"],
        ["0", "2 · 33.33 %"],
        ["4294967295", "1 · 16.67 %"],
      ],
    );
  });

  it("gives each item a stable id, its own kind, a command and a label for screen readers", async () => {
    const key = await open(temp.write("many.csv", captureOf(120)));
    const listed = await items(key);
    assert.equal(new Set(listed.map(({ id }) => id)).size, listed.length);
    const [first, more] = [listed[0], listed.at(-1)];
    assert.equal(first?.contextValue, itemKinds.sequence);
    assert.equal(first.accessibilityInformation?.label, "Sequence number 0, 120 packets, 1.65 %");
    assert.deepEqual([first.command?.command, first.command?.arguments], [commands.openTimeline, [{ key, seq: 0 }]]);
    assert.equal(more?.contextValue, itemKinds.more);
    assert.deepEqual([more.command?.command, more.command?.arguments], [commands.showMore, [{ key }]]);
  });

  it("lists fifty numbers at first, and fifty more with each Show more", async () => {
    const key = await open(temp.write("many.csv", captureOf(120)));
    const last = async (): Promise<unknown[]> => {
      const { label, description } = (await items(key)).at(-1) ?? {};
      return [(await items(key)).length, label, description];
    };
    assert.deepEqual(await last(), [51, "Show more", "70 more"]);
    await execute(commands.showMore, { key });
    assert.deepEqual(await last(), [101, "Show more", "20 more"]);
    await execute(commands.showMore, { key });
    const numbers = Array.from({ length: 120 }, (_, index) => String(index * 7));
    assert.deepEqual(await labels(key), numbers);
  });

  it("sorts by number and back, from the first page", async () => {
    // Number 0 is the rarest, so both orders begin differently.
    const key = await open(
      temp.write(
        "rising.csv",
        captureOf(120, (index) => index + 1),
      ),
    );
    await execute(commands.showMore, { key });
    assert.equal((await labels(key))[0], "833");
    await execute(commands.sortByNumber);
    assert.deepEqual((await labels(key)).slice(0, 3), ["0", "7", "14"]);
    assert.equal((await labels(key)).length, 51);
    await execute(commands.sortByCount);
    assert.deepEqual((await labels(key)).slice(0, 3), ["833", "826", "819"]);
  });

  it("shows the burst of a number once it is found, sorts by it, and lists all of them in the tooltip", async () => {
    const key = await open(temp.write("burst.csv", burstCsv()));
    const described = async (): Promise<string[]> =>
      (await items(key)).map(({ label, description }) => `${label as string}: ${description as string}`);
    const steady = "7: 200 · 59.17 %";
    const bursting = "1: 138 · 40.83 % · ▲ 30× at 11:25";
    await until("the burst is listed", async () => (await described()).includes(bursting));
    assert.deepEqual(await described(), [steady, bursting]);
    await execute(commands.sortByBurst);
    assert.deepEqual(await described(), [bursting, steady]);
    const [node] = await nodes(key);
    const item = api.sequences.getTreeItem(node);
    assert.match(String(item.accessibilityInformation?.label), /burst at 11:25, 30 times the baseline$/);
    await api.sequences.resolveTreeItem(item, node);
    assert.match(item.tooltip as string, /\nBursts in buckets of 1 min:\n▲ 11:25: 60 packets, 30 times the baseline$/);
  });

  it("makes the tooltip of a number when it is asked for", async () => {
    const key = await open(workspaceFile("capture.csv"));
    const [node] = await nodes(key);
    assert.ok(node);
    const item = api.sequences.getTreeItem(node);
    assert.equal(item.tooltip, undefined);
    await api.sequences.resolveTreeItem(item, node);
    assert.equal(
      item.tooltip,
      [
        "tcp.seq 1",
        "3 packets, 50.00 % of all",
        "First: 2023-06-04 11:23:01.000000001 EDT",
        "Last: 2023-06-04 11:24:11.000000000 EDT",
        "Streams: 2",
        "benign: 1 packet, 33.33 %",
        "suspicious: 1 packet, 33.33 %",
        "no label: 1 packet, 33.33 %",
      ].join("\n"),
    );
  });

  it("keeps tooltips plain text, whatever the capture says", async () => {
    const key = await open(temp.write("hostile.csv", 'tcp.seq,alert\n1,"[benign](command:x)\u202e\n$(bug)"\n'));
    const [node] = await nodes(key);
    assert.ok(node);
    const item = await api.sequences.resolveTreeItem(api.sequences.getTreeItem(node), node);
    assert.equal(item.tooltip, "tcp.seq 1\n1 packet, 100.00 % of all\n[benign](command:x) $(bug): 1 packet, 100.00 %");
  });

  it("copies a number, and a display filter with the field that was counted", async () => {
    const key = await open(workspaceFile("capture.csv"));
    await execute(commands.copyNumber, { key, seq: 4_294_967_295 });
    assert.equal(await vscode.env.clipboard.readText(), "4294967295");
    await execute(commands.copyWiresharkFilter, { key, seq: 1 });
    assert.equal(await vscode.env.clipboard.readText(), "tcp.seq == 1");
    const raw = await open(workspaceFile("export.tsv"));
    await execute(commands.copyWiresharkFilter, { key: raw, seq: 305_419_896 });
    assert.equal(await vscode.env.clipboard.readText(), "tcp.seq_raw == 305419896");
  });

  it("copies from the item itself, as menus pass it", async () => {
    const key = await open(workspaceFile("capture.csv"));
    const [node] = await nodes(key);
    await execute(commands.copyNumber, node, [node]);
    assert.equal(await vscode.env.clipboard.readText(), "1");
  });

  it("asks for a number in a box, and opens nothing when the box is left", async () => {
    const key = await open(workspaceFile("capture.csv"));
    let isOver = false;
    const finding = execute(commands.findSequence, { key }).then(() => (isOver = true));
    await until("the box is left", async () => {
      await vscode.commands.executeCommand("workbench.action.closeQuickOpen");
      return isOver;
    });
    await finding;
    assert.deepEqual(allTabs(), []);
  });

  it("asks which capture is meant when there are several and none was named", async () => {
    const [first, second] = [await open(workspaceFile("capture.csv")), await open(workspaceFile("export.tsv"))];
    let isOver = false;
    const closing = execute(commands.closeCapture).then(() => (isOver = true));
    await until("the first is picked", async () => {
      await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
      return isOver;
    });
    await closing;
    assert.deepEqual([api.captures.get(first), api.captures.get(second) !== undefined], [undefined, true]);
  });

  it("loses the item of a capture that is closed, and takes the only one when none is named", async () => {
    await open(workspaceFile("capture.csv"));
    await execute(commands.closeCapture);
    assert.deepEqual(await api.sequences.getChildren(), []);
    assert.deepEqual(api.capture.getChildren(), []);
  });

  it("marks a capture whose file has changed, in both views, until it is analysed again", async () => {
    const uri = temp.write("marked.csv", "tcp.seq\n1\n");
    const key = await open(uri);
    await execute(commands.showMore, { key });
    const stale = nextEvent(api.captures.onDidChange, "stale", ({ change }) => change === "stale");
    temp.write("marked.csv", captureOf(60));
    assert.deepEqual(await stale, { key, change: "stale" });
    for (const item of [await rootItem(), captureItem()]) {
      assert.deepEqual([item.description, item.contextValue], ["changed since it was read", itemKinds.staleCapture]);
      assert.equal(item.accessibilityInformation?.label, "marked.csv, changed since it was read");
    }
    const replaced = nextEvent(api.captures.onDidChange, "replaced", ({ change }) => change === "replaced");
    await execute(commands.analyzeAgain, { key });
    assert.deepEqual(await replaced, { key, change: "replaced" });
    for (const item of [await rootItem(), captureItem()])
      assert.deepEqual([item.description, item.contextValue], ["1,830 packets, 60 numbers", itemKinds.capture]);
    assert.equal((await items(key)).length, 51, "from the first page");
  });

  async function rootItem(): Promise<vscode.TreeItem> {
    const [node] = await api.sequences.getChildren();
    assert.ok(node);
    return api.sequences.getTreeItem(node);
  }
  function captureItem(): vscode.TreeItem {
    const [node] = api.capture.getChildren();
    assert.ok(node);
    return api.capture.getTreeItem(node);
  }

  it("offers to analyse again when the thread of a capture has ended, which brings the numbers back", async () => {
    const key = await open(workspaceFile("capture.csv"));
    api.captures.get(key)?.dispose();
    const [failure] = await items(key);
    assert.equal(failure?.contextValue, itemKinds.failure);
    assert.deepEqual([failure.command?.command, failure.command?.arguments], [commands.analyzeAgain, [{ key }]]);
    await execute(commands.analyzeAgain, { key });
    assert.deepEqual(await labels(key), ["1", "0", "4294967295"]);
    await vscode.commands.executeCommand("notifications.clearAll");
  });
});

describe("the data of the view Sequence Numbers", () => {
  const temp = useTempFolder();
  let log: vscode.LogOutputChannel;
  before(async () => {
    await activateExtension();
    log = vscode.window.createOutputChannel("Tree under test", { log: true });
  });
  after(() => log.dispose());

  it("is asked of the thread only as far as it is listed, and says nothing of a capture that was closed meanwhile", async () => {
    const asked: number[] = [];
    const captures = new Captures({
      workerPath: checkoutFile("dist", "analyzeWorker.js").fsPath,
      log,
      readOptions: () => ({ labelFields: [] }),
      run: async (request) => {
        const outcome = await analyzeInWorker(request);
        if (outcome.kind === "cancelled") return outcome;
        const { capture } = outcome;
        const listSequences: typeof capture.listSequences = (query) => {
          asked.push(query.count);
          return capture.listSequences(query);
        };
        return { kind: "done", capture: { ...capture, listSequences } };
      },
    });
    const focusParts = makeFocusParts(captures, log);
    const tree = new SequencesTree({ captures, ...focusParts, errors: new ErrorNotifier(log), readTopCount: () => 50 });
    try {
      const key = (await captures.analyze(temp.write("pages.csv", captureOf(120))))?.key ?? "";
      assert.equal((await tree.getChildren(tree.root(key))).length, 51);
      assert.deepEqual(await tree.showMore(key), { kind: "sequence", key, seq: 350, count: 70 });
      assert.equal((await tree.getChildren(tree.root(key))).length, 101);
      assert.deepEqual(asked, [50, 1, 100]);

      const listing = tree.getChildren(tree.root(key));
      captures.close(key);
      assert.deepEqual(await listing, []);
    } finally {
      tree.dispose();
      focusParts.dispose();
      captures.dispose();
    }
  });

  it("is listed again when bursts of what is in focus have been found, and not where there are none", async () => {
    const captures = new Captures({
      workerPath: checkoutFile("dist", "analyzeWorker.js").fsPath,
      log,
      readOptions: () => ({ labelFields: ["alert"] }),
      run: analyzeInWorker,
    });
    const focusParts = makeFocusParts(captures, log);
    const { focus, passing } = focusParts;
    const tree = new SequencesTree({ captures, ...focusParts, errors: new ErrorNotifier(log), readTopCount: () => 50 });
    const listed: (SequencesNode | undefined)[] = [];
    const listening = tree.onDidChangeTreeData((node) => listed.push(node));
    try {
      const key = (await captures.analyze(temp.write("found.csv", burstCsv())))?.key ?? "";
      const root = tree.root(key);
      const ratios = async () =>
        (await tree.getChildren(root)).map((node) => node.kind === "sequence" && [node.seq, node.count, node.burst?.ratio]);
      const focusOn = async (filter: string): Promise<void> => {
        await focus.set(key, { filter, range: null });
        await until("it is counted what passes", () => passing.get(key)?.count);
        listed.length = 0;
      };
      listed.length = 0;
      assert.deepEqual(await ratios(), [
        [7, 200, undefined],
        [1, 138, undefined],
      ]);
      await until("the numbers are to be listed with their bursts", () => listed.length > 0);
      assert.deepEqual(await ratios(), [
        [7, 200, undefined],
        [1, 138, 30],
      ]);

      await focusOn('alert == "rare"');
      assert.deepEqual(await ratios(), [[1, 58, undefined]]);
      await until("the numbers in focus are to be listed with theirs", () => listed.length > 0);
      assert.deepEqual(await ratios(), [[1, 58, 58]]);

      await focusOn('alert == "usual"');
      const withoutBursts = [
        [7, 200, undefined],
        [1, 80, undefined],
      ];
      assert.deepEqual(await ratios(), withoutBursts);
      assert.equal(await captures.get(key)?.findBursts(focus.get(key)), 0);
      assert.deepEqual(await ratios(), withoutBursts);
      assert.equal(listed.length, 0);
    } finally {
      listening.dispose();
      tree.dispose();
      focusParts.dispose();
      captures.dispose();
    }
  });
});

describe("the view Capture", () => {
  const temp = useTempFolder();
  let api: ExtensionApi;
  before(async () => (api = await activateExtension()));
  afterEach(closeEverything);

  async function itemsOf(uri: vscode.Uri): Promise<vscode.TreeItem[]> {
    await execute(commands.analyze, uri);
    await api.captures.get(uri.toString())?.complete;
    const root = api.capture.getChildren().find(({ key }) => key === uri.toString());
    assert.ok(root);
    return api.capture.getChildren(root).map((node) => api.capture.getTreeItem(node));
  }

  it("says what was read, and what was wrong with it", async () => {
    const listed = await itemsOf(workspaceFile("capture.csv"));
    const { size } = await vscode.workspace.fs.stat(workspaceFile("capture.csv"));
    assert.deepEqual(
      listed.map(({ label, description, contextValue }) => [label, description, contextValue]),
      [
        ["Rows", "8 read, 6 TCP", itemKinds.fact],
        ["Size", `${String(size)} B`, itemKinds.fact],
        ["Span", "2023-06-04 11:23:00 – 11:24:12", itemKinds.fact],
        ["Zone", "EDT (UTC-04:00)", itemKinds.fact],
        ["Completeness", "80.00 % of 10 frames", itemKinds.fact],
        ["Sequence field", "tcp.seq", itemKinds.fact],
        ["Label column", "alert", itemKinds.fact],
        ["Unreadable sequence numbers", "1", itemKinds.problem],
        ["No sequence number", "1", itemKinds.problem],
      ],
    );
    const [span, problem] = [listed[2], listed[7]];
    assert.equal(span?.tooltip, "Span: 2023-06-04 11:23:00.466544000 – 11:24:12.000000000");
    assert.ok(typeof problem?.tooltip === "string");
    assert.match(problem.tooltip, /^Unreadable sequence numbers: 1\nThe cell holds something that is no whole number/);
    assert.equal(problem.accessibilityInformation?.label, "Warning: Unreadable sequence numbers: 1");
    assert.equal(problem.command?.command, commands.openReport);
    assert.equal(new Set(listed.map(({ id }) => id)).size, listed.length);
  });

  it("says so when something is missing or nothing is wrong", async () => {
    const listed = await itemsOf(temp.write("bare.csv", "tcp.seq\n1\n"));
    assert.deepEqual(
      listed.map(({ label, description }) => [label, description]),
      [
        ["Rows", "1 read, 1 TCP"],
        ["Size", "10 B"],
        ["Span", "no readable times"],
        ["Completeness", "unknown without frame.number"],
        ["Sequence field", "tcp.seq"],
        ["Label column", "none"],
        ["Problems", "none"],
      ],
    );
  });
});
