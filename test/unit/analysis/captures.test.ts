import assert from "node:assert/strict";
import { editor } from "../../support/vscodeStub";
import { CaptureStub, silentLog } from "../../support/captureStub";
import * as vscode from "vscode";
import { Captures } from "../../../src/analysis/captures";
import type { RunRequest } from "../../../src/analysis/runWithProgress";
import { AnalysisError } from "../../../src/shared/errors";
import type { AnalysisOutcome } from "../../../src/worker/client";

const uri = vscode.Uri.file("/data/capture.csv");
const key = uri.toString();

/** A registry whose runs the test settles itself. */
function setUp() {
  editor.stat = { mtime: 1, size: 10 };
  editor.textDocuments = [];
  const runs: { request: RunRequest; settle: (outcome: AnalysisOutcome) => void; fail: (error: Error) => void }[] = [];
  const run = (request: RunRequest): Promise<AnalysisOutcome> =>
    new Promise((settle, fail) => {
      runs.push({ request, settle, fail });
      request.signal.addEventListener("abort", () => settle({ kind: "cancelled" }));
    });
  const captures = new Captures({ workerPath: "worker.js", log: silentLog, readOptions: () => ({ labelFields: ["alert"] }), run });
  const events: string[] = [];
  captures.onDidOpen((opened) => events.push(`opened ${opened.key}`));
  captures.onDidChange((change) => events.push(`${change.change} ${change.key}`));
  return { captures, runs, events };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe("the open captures", () => {
  it("hold what was read, under the string of its URI", async () => {
    const { captures, runs, events } = setUp();
    const opening = captures.analyze(uri);
    await settled();
    assert.deepEqual(runs[0]?.request.source, { kind: "file", path: "/data/capture.csv" });
    const capture = new CaptureStub();
    runs[0].settle({ kind: "done", capture });
    assert.equal((await opening)?.capture, capture);
    assert.equal(captures.get(key), capture);
    assert.deepEqual(events, [`opened ${key}`]);
    captures.dispose();
    assert.ok(capture.isDisposed);
  });

  it("read a file once when it is asked for twice at the same time", async () => {
    const { captures, runs } = setUp();
    const both = [captures.analyze(uri), captures.open(key)] as const;
    await settled();
    assert.equal(runs.length, 1);
    runs[0]?.settle({ kind: "done", capture: new CaptureStub() });
    assert.equal((await both[0])?.capture, await both[1]);
    captures.dispose();
  });

  it("leave nothing behind when a run is cancelled", async () => {
    const { captures, runs, events } = setUp();
    const opening = captures.analyze(uri);
    await settled();
    runs[0]?.settle({ kind: "cancelled" });
    assert.equal(await opening, undefined);
    assert.deepEqual([captures.list(), events], [[], []]);
  });

  it("pass on why a run failed, and can be asked again", async () => {
    const { captures, runs } = setUp();
    const opening = captures.analyze(uri);
    await settled();
    runs[0]?.fail(new AnalysisError("emptyFile", "empty"));
    await assert.rejects(opening, { code: "emptyFile" });
    void captures.analyze(uri);
    await settled();
    assert.equal(runs.length, 2);
    captures.dispose();
  });

  it("replace a capture only when reading again succeeds", async () => {
    const { captures, runs, events } = setUp();
    const [first, second] = [new CaptureStub(), new CaptureStub()];
    for (const [index, outcome] of [{ kind: "done", capture: first }, { kind: "cancelled" }, { kind: "done", capture: second }].entries()) {
      const analysing = captures.analyze(uri);
      await settled();
      runs[index]?.settle(outcome as AnalysisOutcome);
      await analysing;
      assert.equal(captures.get(key), index < 2 ? first : second);
      assert.equal(first.isDisposed, index === 2);
    }
    assert.deepEqual(events, [`opened ${key}`, `replaced ${key}`]);
    captures.dispose();
  });

  it("end a run and free the capture when it is closed", async () => {
    const { captures, runs, events } = setUp();
    const opening = captures.analyze(uri);
    await settled();
    const capture = new CaptureStub();
    runs[0]?.settle({ kind: "done", capture });
    await opening;
    const again = captures.analyzeAgain(key);
    await settled();
    captures.close(key);
    await again;
    assert.ok(capture.isDisposed && runs[1]?.request.signal.aborted);
    assert.deepEqual(captures.list(), []);
    assert.deepEqual(events, [`opened ${key}`, `closed ${key}`]);
  });

  it("become stale once when the file differs from what was read", async () => {
    const { captures, runs, events } = setUp();
    const opening = captures.analyze(uri);
    await settled();
    runs[0]?.settle({ kind: "done", capture: new CaptureStub() });
    await opening;
    for (const size of [10, 11, 12]) {
      editor.stat = { mtime: 1, size };
      editor.windowChanged.fire({ focused: true });
      await new Promise((resolve) => setTimeout(resolve, 350));
      assert.equal(captures.find(key)?.isStale, size > 10);
    }
    assert.deepEqual(events, [`opened ${key}`, `stale ${key}`]);
    captures.dispose();
  });

  it("take a dirty document as it stands in the editor, and become stale when it is typed in", async () => {
    const { captures, runs } = setUp();
    const document = { uri, isDirty: true, isUntitled: false, version: 3, getText: () => "tcp.seq\n1\n" };
    editor.textDocuments = [document];
    const opening = captures.analyze(uri);
    await settled();
    assert.deepEqual(runs[0]?.request.source, { kind: "text", name: "capture.csv", text: "tcp.seq\n1\n" });
    runs[0].settle({ kind: "done", capture: new CaptureStub() });
    await opening;
    editor.documentChanged.fire({ document, contentChanges: [] });
    assert.equal(captures.find(key)?.isStale, false);
    editor.documentChanged.fire({ document, contentChanges: [{}] });
    assert.equal(captures.find(key)?.isStale, true);
    captures.dispose();
  });

  it("refuse what is neither on a disk nor open", async () => {
    const { captures } = setUp();
    await assert.rejects(captures.analyze(vscode.Uri.parse("vscode-vfs://host/capture.csv")), { code: "notReadable" });
  });
});
