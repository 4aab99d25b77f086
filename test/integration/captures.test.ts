/** The registry of open captures with real files, documents and threads; only when a run goes on is up to the tests. */
import assert from "node:assert/strict";
import fs from "node:fs";
import * as vscode from "vscode";
import { Captures } from "../../src/analysis/captures";
import type { RunRequest } from "../../src/analysis/runWithProgress";
import { analyzeInWorker, type AnalysisOutcome } from "../../src/worker/client";
import { activateExtension, checkoutFile, closeEverything, nextEvent, replaceText, until, useTempFolder } from "./support";

describe("the open captures", () => {
  const temp = useTempFolder();
  let log: vscode.LogOutputChannel;
  let captures: Captures;
  /** Runs so far. */
  let runs: RunRequest[];
  /** Events so far, `opened file.csv`, without those of second passes. */
  let events: string[];
  /** What a run does instead of reading at once. */
  let onRun: (request: RunRequest) => Promise<AnalysisOutcome>;

  before(async () => {
    await activateExtension();
    log = vscode.window.createOutputChannel("Open captures under test", { log: true });
  });
  after(() => log.dispose());
  beforeEach(() => {
    runs = [];
    events = [];
    onRun = analyzeInWorker;
    captures = new Captures({
      workerPath: checkoutFile("dist", "analyzeWorker.js").fsPath,
      log,
      readOptions: () => ({ labelFields: ["alert"] }),
      run: (request) => {
        runs.push(request);
        return onRun(request);
      },
    });
    const nameOf = (key: string): string => vscode.Uri.parse(key).path.split("/").at(-1) ?? "";
    captures.onDidOpen(({ key }) => events.push(`opened ${nameOf(key)}`));
    captures.onDidChange(({ key, change }) => {
      if (change !== "completed" && change !== "incomplete") events.push(`${change} ${nameOf(key)}`);
    });
  });
  afterEach(async () => {
    captures.dispose();
    await closeEverything();
  });

  /** The event that tells of a change of one capture. */
  const nextChange = (uri: vscode.Uri, change: string): Promise<unknown> =>
    nextEvent(captures.onDidChange, `${change} ${uri.path}`, (event) => event.key === uri.toString() && event.change === change);
  const isStale = (uri: vscode.Uri): boolean | undefined => captures.find(uri.toString())?.isStale;

  it("hold what was read, under the string of its URI, in the order they were opened", async () => {
    const [b, a] = ["b.csv", "a.csv"].map((name) => temp.write(name, "tcp.seq,alert\n1,x\n"));
    const opened = await captures.analyze(b);
    await captures.analyze(a);
    assert.deepEqual(
      captures.list().map(({ key }) => key),
      [b.toString(), a.toString()],
    );
    assert.equal(captures.get(b.toString()), opened?.capture);
    assert.deepEqual(runs[0]?.source, { kind: "file", path: b.fsPath });
    assert.deepEqual([runs[0].name, runs[0].options], ["b.csv", { labelFields: ["alert"] }]);
    assert.deepEqual(events, ["opened b.csv", "opened a.csv"]);
  });

  it("read a file once when it is asked for twice at the same time, and not again when it is open", async () => {
    const uri = temp.write("once.csv", "tcp.seq\n1\n");
    const [opened, joined] = await Promise.all([captures.analyze(uri), captures.open(uri.toString())]);
    assert.equal(opened?.capture, joined);
    assert.equal(await captures.open(uri.toString()), joined);
    assert.equal(runs.length, 1);
  });

  it("leave nothing behind when a run is cancelled", async () => {
    const uri = temp.write("cancelled.csv", "tcp.seq\n1\n");
    onRun = (request) => analyzeInWorker({ ...request, signal: AbortSignal.abort() });
    assert.equal(await captures.analyze(uri), undefined);
    assert.equal(await captures.open(uri.toString()), undefined);
    assert.deepEqual([captures.list(), events], [[], []]);
  });

  it("pass on why a run failed, and can be asked again", async () => {
    const uri = temp.write("failed.csv", "");
    await assert.rejects(captures.analyze(uri), { code: "emptyFile" });
    assert.deepEqual([captures.list(), events], [[], []]);
    temp.write("failed.csv", "tcp.seq\n1\n");
    assert.equal((await captures.analyze(uri))?.capture.summary.rows.tcp, 1);
  });

  it("replace a capture only when reading again succeeds", async () => {
    const uri = temp.write("again.csv", "tcp.seq\n1\n");
    const key = uri.toString();
    const first = (await captures.analyze(uri))?.capture;
    assert.ok(first);
    fs.renameSync(uri.fsPath, `${uri.fsPath}.away`);
    await assert.rejects(captures.analyzeAgain(key), { code: "notFound" });
    onRun = (request) => analyzeInWorker({ ...request, signal: AbortSignal.abort() });
    await captures.analyzeAgain(key);
    assert.equal(captures.get(key), first);
    assert.equal((await first.describeSequence(1)).count, 1);

    temp.write("again.csv", "tcp.seq\n1\n1\n");
    onRun = analyzeInWorker;
    await captures.analyzeAgain(key);
    assert.equal((await captures.get(key)?.describeSequence(1))?.count, 2);
    await assert.rejects(first.describeSequence(1), { code: "captureClosed" });
    const withoutStale = events.filter((event) => !event.startsWith("stale"));
    assert.deepEqual(withoutStale, ["opened again.csv", "replaced again.csv"]);
    assert.equal(isStale(uri), false);
  });

  it("end a run and free the capture when it is closed", async () => {
    const uri = temp.write("closed.csv", "tcp.seq\n1\n");
    const capture = (await captures.analyze(uri))?.capture;
    let goOn = (): void => undefined;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    onRun = async (request) => {
      await gate;
      return analyzeInWorker(request);
    };
    const again = captures.analyzeAgain(uri.toString());
    await until("the second run has begun", () => runs.length === 2);
    captures.close(uri.toString());
    assert.ok(runs[1]?.signal.aborted);
    goOn();
    await again;
    await assert.rejects(async () => capture?.describeSequence(1), { code: "captureClosed" });
    assert.deepEqual(captures.list(), []);
    assert.deepEqual(events, ["opened closed.csv", "closed closed.csv"]);
  });

  it("do not open a capture that was closed in the moment its run ended", async () => {
    const uri = temp.write("late.csv", "tcp.seq\n1\n");
    onRun = async (request) => {
      const outcome = await analyzeInWorker(request);
      captures.close(uri.toString());
      return outcome;
    };
    assert.equal(await captures.analyze(uri), undefined);
    assert.deepEqual([captures.list(), events], [[], []]);
  });

  it("free every capture when the extension ends", async () => {
    const capture = (await captures.analyze(temp.write("ended.csv", "tcp.seq\n1\n")))?.capture;
    captures.dispose();
    await assert.rejects(async () => capture?.describeSequence(1), { code: "captureClosed" });
  });

  it("become stale once when their file changes, and only theirs", async () => {
    const [changing, still] = ["changing.csv", "still.csv"].map((name) => temp.write(name, "tcp.seq\n1\n"));
    await captures.analyze(changing);
    await captures.analyze(still);
    const first = nextChange(changing, "stale");
    fs.appendFileSync(changing.fsPath, "2\n");
    await first;
    assert.deepEqual([isStale(changing), isStale(still)], [true, false]);
    // The event of the second file comes behind whatever the first one causes.
    const second = nextChange(still, "stale");
    fs.appendFileSync(changing.fsPath, "3\n");
    fs.appendFileSync(still.fsPath, "2\n");
    await second;
    assert.deepEqual(events.slice(2), ["stale changing.csv", "stale still.csv"]);
  });

  it("become stale while their file is still being written", async () => {
    const uri = temp.write("growing.csv", "tcp.seq\n1\n");
    await captures.analyze(uri);
    await until("the capture is stale", () => {
      fs.appendFileSync(uri.fsPath, "2\n");
      return isStale(uri);
    });
  });

  it("become stale when their file is deleted", async () => {
    const uri = temp.write("deleted.csv", "tcp.seq\n1\n");
    await captures.analyze(uri);
    const stale = nextChange(uri, "stale");
    fs.rmSync(uri.fsPath);
    await stale;
  });

  it("become stale when their file changed between reading and watching", async () => {
    const uri = temp.write("hasty.csv", "tcp.seq\n1\n");
    onRun = async (request) => {
      const outcome = await analyzeInWorker(request);
      fs.appendFileSync(uri.fsPath, "2\n");
      return outcome;
    };
    const stale = nextChange(uri, "stale");
    await captures.analyze(uri);
    await stale;
  });

  it("refuse what is neither on a disk nor open", async () => {
    await assert.rejects(captures.analyze(vscode.Uri.parse("vscode-vfs://host/capture.csv")), { code: "notReadable" });
  });

  it("take a document of any scheme while a tab shows it", async () => {
    const uri = vscode.Uri.parse("tcp-seq-test:/history/capture.csv");
    const provider = vscode.workspace.registerTextDocumentContentProvider(uri.scheme, {
      provideTextDocumentContent: () => "tcp.seq\n7\n7\n",
    });
    try {
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
      assert.equal((await captures.analyze(uri))?.capture.summary.rows.tcp, 2);
      assert.deepEqual(runs[0]?.source, { kind: "text", name: "capture.csv", text: "tcp.seq\n7\n7\n" });
    } finally {
      provider.dispose();
    }
  });

  describe("of a document with unsaved changes", () => {
    let uri: vscode.Uri;
    let document: vscode.TextDocument;
    beforeEach(async () => {
      uri = temp.write("typed.csv", "tcp.seq\n1\n");
      // Not openTextDocument, which keeps a document for minutes after its tab was closed.
      await vscode.commands.executeCommand("vscode.open", uri);
      document = await until("the document is open", () => {
        const shown = vscode.window.activeTextEditor?.document;
        return shown?.uri.toString() === uri.toString() && !shown.isClosed && shown;
      });
      await replaceText(document, "tcp.seq\n1\n2\n");
      assert.ok(document.isDirty);
      await captures.analyze(uri);
      assert.equal(isStale(uri), false);
    });

    it("hold its text, and become stale when more is typed", async () => {
      assert.deepEqual(runs[0]?.source, { kind: "text", name: "typed.csv", text: "tcp.seq\n1\n2\n" });
      assert.equal(isStale(uri), false);
      const stale = nextChange(uri, "stale");
      await replaceText(document, "tcp.seq\n1\n2\n3\n");
      await stale;
    });

    it("become stale when it is closed without saving", async () => {
      const stale = nextChange(uri, "stale");
      await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
      await stale;
    });

    it("are still those of the file after it is saved, until that changes", async () => {
      await document.save();
      await vscode.workspace.fs.stat(uri); // the registry asked for the same before, so it has its answer too
      assert.equal(isStale(uri), false);
      const closed = nextEvent(vscode.workspace.onDidCloseTextDocument, "typed.csv is closed", (each) => each === document);
      await vscode.commands.executeCommand("workbench.action.closeAllEditors");
      await closed;
      assert.equal(isStale(uri), false);
      const stale = nextChange(uri, "stale");
      fs.appendFileSync(uri.fsPath, "3\n");
      await stale;
    });

    it("do not become stale when another language is chosen for it", async () => {
      await vscode.languages.setTextDocumentLanguage(document, "json");
      assert.equal(document.languageId, "json");
      assert.equal(isStale(uri), false);
      const stale = nextChange(uri, "stale");
      await replaceText(document, "tcp.seq\n");
      await stale;
    });
  });
});
