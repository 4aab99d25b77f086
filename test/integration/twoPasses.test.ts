/** A capture of 40 MB: answers after the first pass, and what is seen while the second goes on and when it has ended. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import { Captures, type CaptureChange, type OpenCapture } from "../../src/analysis/captures";
import { ErrorNotifier } from "../../src/analysis/errorNotifier";
import { reportIncomplete } from "../../src/analysis/incompleteCaptures";
import { runWithProgress } from "../../src/analysis/runWithProgress";
import { commands, reportScheme } from "../../src/ids";
import { AnalysisError } from "../../src/shared/errors";
import { formatCount } from "../../src/shared/format";
import { CaptureTree } from "../../src/views/captureTree";
import { ImportReport } from "../../src/views/importReport";
import { SequencesTree } from "../../src/views/sequencesTree";
import { analyzeInWorker } from "../../src/worker/client";
import { activateExtension, checkoutFile, closeEverything, execute, makeFocusParts, nextEvent, until, useTempFolder } from "./support";

const ROWS = 120_000;

/** What the generator counted itself. */
interface Expected {
  readonly rowsTcp: number;
  readonly distinct: number;
  readonly top: readonly { seq: number; count: number }[];
}

describe("a capture that is read in two passes", () => {
  const temp = useTempFolder();
  let uri: vscode.Uri;
  let key: string;
  let expected: Expected;
  let log: vscode.LogOutputChannel;

  let workerPath: string;
  let run: typeof runWithProgress;
  let captures: Captures;
  let sequences: SequencesTree;
  let tree: CaptureTree;
  let report: ImportReport;
  let told: { error: unknown; name: string }[];
  let changes: CaptureChange[];
  let subscriptions: vscode.Disposable[];

  before(async () => {
    await activateExtension();
    workerPath = checkoutFile("dist", "analyzeWorker.js").fsPath;
    log = vscode.window.createOutputChannel("Two passes under test", { log: true });
    const file = path.join(temp.path, "large.csv");
    // The editor's own program runs scripts, too, when it is told to.
    execFileSync(process.execPath, [checkoutFile("scripts", "makeBenchData.mjs").fsPath, "--rows", String(ROWS), "--out", file], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
    });
    assert.ok(fs.statSync(file).size > 35e6);
    expected = JSON.parse(fs.readFileSync(`${file}.expected.json`, "utf8")) as Expected;
    uri = vscode.Uri.file(file);
    key = uri.toString();
  });
  after(() => log.dispose());
  beforeEach(() => {
    run = runWithProgress;
    captures = new Captures({ workerPath, log, readOptions: () => ({ labelFields: ["alert"] }), run: (request) => run(request) });
    const focusParts = makeFocusParts(captures, log);
    const { focus, passing } = focusParts;
    sequences = new SequencesTree({ captures, focus, passing, errors: new ErrorNotifier(log), readTopCount: () => 5 });
    tree = new CaptureTree(captures, focus, passing);
    report = new ImportReport(captures, log);
    told = [];
    changes = [];
    subscriptions = [
      focusParts,
      sequences,
      tree,
      report,
      reportIncomplete(captures, { report: (error, name) => told.push({ error, name }) }),
      captures.onDidChange((change) => changes.push(change)),
    ];
  });
  afterEach(async () => {
    captures.dispose();
    for (const each of subscriptions) each.dispose();
    await closeEverything();
  });

  /** The capture in the moment its first answer is there. */
  async function analyze(): Promise<OpenCapture> {
    const open = await captures.analyze(uri);
    assert.ok(open);
    assert.equal(open.capture.summary.isComplete, false, "the second pass goes on");
    return open;
  }
  /** Label and description of every row of the view Capture. */
  function rows(): Map<string, vscode.TreeItem> {
    const [root] = tree.getChildren();
    const items = root ? tree.getChildren(root).map((node) => tree.getTreeItem(node)) : [];
    return new Map(items.map((item) => [item.label as string, item]));
  }
  /** What is said of the most frequent number. */
  async function tooltipOfFirst(): Promise<string> {
    const [first] = await sequences.getChildren(sequences.root(key));
    assert.ok(first);
    const { tooltip } = await sequences.resolveTreeItem(sequences.getTreeItem(first), first);
    assert.ok(typeof tooltip === "string");
    assert.match(tooltip, new RegExp(`^tcp\\.seq ${String(expected.top[0]?.seq)}\n${formatCount(expected.top[0]?.count ?? 0)} packets`));
    return tooltip;
  }
  const readReport = (): string =>
    new TextDecoder().decode(report.readFile(vscode.Uri.from({ scheme: reportScheme, path: "/report.md", query: key })));
  /** Long enough for whatever an ended thread would still cause. */
  const settle = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 300));

  it("lists its numbers and draws a timeline at once, and its completeness when it is complete", async () => {
    const completed = nextEvent(captures.onDidChange, "completed", ({ change }) => change === "completed");
    const { capture } = await analyze();
    assert.equal(rows().get("Completeness")?.description, "reading…");
    assert.match(readReport(), /\| Completeness \| reading… \|/);
    const [root] = await sequences.getChildren();
    assert.ok(root);
    const [first] = expected.top;
    assert.ok(first);
    const listed = await sequences.getChildren(root);
    assert.equal(sequences.getTreeItem(listed[0] ?? root).label, String(first.seq));
    const query = { seq: first.seq, bucketSeconds: 60, clock: "capture", maxBuckets: 1000, whenTooMany: "coarsen" } as const;
    const { counts, undated } = await capture.getTimeline(query);
    assert.equal(
      counts.reduce((sum, count) => sum + count, undated),
      first.count,
    );

    let refreshed = 0;
    let listedAnew = 0;
    subscriptions.push(
      tree.onDidChangeTreeData(() => refreshed++),
      sequences.onDidChangeTreeData(() => listedAnew++),
      report.onDidChangeFile(() => refreshed++),
    );
    await completed;
    assert.equal(capture.summary.isComplete, true);
    const { completeness } = capture.summary;
    assert.ok(completeness);
    assert.match(String(rows().get("Completeness")?.description), new RegExp(` of ${formatCount(completeness.span)} frames$`));
    assert.match(readReport(), new RegExp(`of ${formatCount(completeness.span)} frames`));
    assert.doesNotMatch(readReport(), /reading…|being read/);
    await until("view and report are told", () => refreshed === 2);
    assert.equal(listedAnew, 0);
    assert.deepEqual(changes, [{ key, change: "completed" }]);
    assert.deepEqual(told, []);
    assert.deepEqual(await sequences.getChildren(root), listed);
    assert.match(await tooltipOfFirst(), /\nStreams: [\d,]+\n/);
  });

  it("says nothing when it is closed in the second pass", async () => {
    const { capture } = await analyze();
    captures.close(key);
    await assert.rejects(capture.complete, { code: "captureClosed" });
    await settle();
    assert.deepEqual(changes, [{ key, change: "closed" }]);
    assert.deepEqual([told, tree.getChildren()], [[], []]);
  });

  it("says nothing of the capture that another analysis replaces in the second pass", async () => {
    // Ready in its thread, so that it takes the place of the first within the second pass.
    const source = { kind: "text", name: "large.csv", text: "tcp.seq\n1\n" } as const;
    const small = await analyzeInWorker({ workerPath, source, options: { labelFields: [] } });
    const { capture } = await analyze();
    run = () => Promise.resolve(small);
    await captures.analyzeAgain(key);
    await assert.rejects(capture.complete, { code: "captureClosed" });
    await settle();
    assert.deepEqual(changes, [{ key, change: "replaced" }]);
    assert.equal(captures.get(key)?.summary.rows.tcp, 1);
    assert.deepEqual(told, []);
  });

  it("says nothing when the extension ends in the second pass", async () => {
    const { capture } = await analyze();
    captures.dispose();
    await assert.rejects(capture.complete, { code: "captureClosed" });
    await settle();
    assert.deepEqual([changes, told], [[], []]);
  });

  it("stays usable when the file changes in the second pass, and says once why columns are missing", async () => {
    const incomplete = nextEvent(captures.onDidChange, "incomplete", ({ change }) => change === "incomplete");
    const { capture } = await analyze();
    fs.utimesSync(uri.fsPath, new Date(), new Date());
    await incomplete;
    await assert.rejects(capture.complete, { code: "fileChanged" });
    assert.equal(rows().get("Completeness")?.description, "unknown");
    const row = rows().get("Other columns not read");
    assert.ok(row);
    assert.equal(row.description, "large.csv changed while it was read. Analyze it again when it is complete.");
    assert.ok(row.iconPath instanceof vscode.ThemeIcon);
    assert.equal(row.iconPath.id, "warning");
    assert.match(row.accessibilityInformation?.label ?? "", /^Warning: Other columns not read: large\.csv changed/);
    assert.equal(rows().has("Problems"), false);
    assert.match(readReport(), /⚠️ \*\*Other columns not read\.\*\* `large\.csv` changed while it was read\./);
    assert.equal((await capture.listSequences({ order: "count", from: 0, count: 1 }))[0]?.seq, expected.top[0]?.seq);
    assert.doesNotMatch(await tooltipOfFirst(), /Streams:/);
    await settle();
    assert.equal(changes.filter(({ change }) => change === "incomplete").length, 1);
    assert.equal(told.length, 1);
    assert.ok(told[0]?.error instanceof AnalysisError);
    assert.deepEqual([told[0].error.code, told[0].name], ["fileChanged", "large.csv"]);
  });

  it("is listed by the command before it is complete", async () => {
    const api = await activateExtension();
    const wasComplete: boolean[] = [];
    subscriptions.push(api.captures.onDidOpen(({ capture }) => wasComplete.push(capture.summary.isComplete)));
    await execute(commands.analyze, uri);
    assert.deepEqual(wasComplete, [false]);
    const summary = await api.captures.get(key)?.complete;
    assert.deepEqual([summary?.isComplete, summary?.rows.tcp, summary?.distinct], [true, expected.rowsTcp, expected.distinct]);
  });
});
