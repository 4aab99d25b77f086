/** Settings: what is read of them, and that the views follow. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { ExtensionApi } from "../../src/extension";
import { commands, settings } from "../../src/ids";
import { readLabelFields, readMemoryLimitMB, readTimelineSettings, readTopCount } from "../../src/settings";
import { Captures } from "../../src/analysis/captures";
import { errorSentence } from "../../src/analysis/errorMessages";
import type { AnalysisError } from "../../src/shared/errors";
import { CaptureTree } from "../../src/views/captureTree";
import { analyzeInWorker } from "../../src/worker/client";
import {
  activateExtension,
  captureOf,
  checkoutFile,
  closeEverything,
  execute,
  makeFocusParts,
  until,
  useTempFolder,
  workspaceFile,
} from "./support";

describe("the settings", () => {
  const temp = useTempFolder();
  let api: ExtensionApi;
  before(async () => (api = await activateExtension()));
  afterEach(async () => {
    for (const name of [settings.topCount, settings.labelColumns, settings.bucketSize, settings.clock, settings.memoryLimitMB])
      await set(name, undefined);
    await closeEverything();
  });

  const set = async (name: string, value: unknown): Promise<void> =>
    vscode.workspace.getConfiguration(settings.section).update(name, value, vscode.ConfigurationTarget.Global);

  async function listedCount(): Promise<number> {
    const [root] = await api.sequences.getChildren();
    return (await api.sequences.getChildren(root)).filter(({ kind }) => kind === "sequence").length;
  }

  it("have the manifest's defaults", () => {
    assert.equal(readTopCount(), 50);
    assert.deepEqual(readTimelineSettings(), { bucketSeconds: null, clock: "capture" });
    assert.deepEqual(readLabelFields(), ["alert", "label", "attack_cat", "class"]);
  });

  it("are brought into their range, and give way to the default when they are of another kind", async () => {
    for (const [value, expected] of [
      [1, 10],
      [10.4, 10],
      [5000, 1000],
      ["many", 50],
      [null, 50],
    ]) {
      await set(settings.topCount, value);
      assert.equal(readTopCount(), expected, String(value));
    }
    await set(settings.labelColumns, "alert");
    assert.deepEqual(readLabelFields(), ["alert", "label", "attack_cat", "class"]);
    await set(settings.bucketSize, "2 weeks");
    await set(settings.clock, "sundial");
    assert.deepEqual(readTimelineSettings(), { bucketSeconds: null, clock: "capture" });
  });

  it("limit the memory of a capture; a part of it is analysed all the same, and named", async () => {
    assert.equal(readMemoryLimitMB(), 0);
    await set(settings.memoryLimitMB, "much");
    assert.equal(readMemoryLimitMB(), 0);
    await set(settings.memoryLimitMB, 91);
    const uri = temp.write("large.csv", `tcp.seq\n${"1\n".repeat(30_000)}`);
    await execute(commands.analyze, uri);
    assert.deepEqual(api.captures.list(), []);
    const log = vscode.window.createOutputChannel("Limits under test", { log: true });
    const captures = new Captures({
      workerPath: checkoutFile("dist", "analyzeWorker.js").fsPath,
      log,
      readOptions: () => ({ labelFields: [], memoryLimitMB: readMemoryLimitMB() }),
      run: analyzeInWorker,
    });
    const focusParts = makeFocusParts(captures, log);
    const tree = new CaptureTree(captures, focusParts.focus, focusParts.passing);
    try {
      await assert.rejects(captures.analyze(uri), (error: AnalysisError) => {
        assert.equal(error.code, "tooLarge");
        assert.equal(errorSentence(error, "large.csv"), "large.csv needs about 94.0 MB of memory, the limit is 91.0 MB");
        return true;
      });
      assert.equal(await captures.peekTime(uri), null);
      const opened = await captures.analyze(uri, { kind: "rows", rows: 5000 });
      assert.equal(opened?.capture.summary.rows.read, 5000);
      await captures.analyzeAgain(opened.key);
      const texts = tree.getChildren({ kind: "capture", key: opened.key }).map((node) => tree.getTreeItem(node).description);
      assert.ok(texts.includes("first 5,000 rows of the file"), texts.join());
    } finally {
      tree.dispose();
      captures.dispose();
    }
  });

  it("decide how timelines are drawn", async () => {
    await set(settings.bucketSize, "5 min");
    await set(settings.clock, "utc");
    assert.deepEqual(readTimelineSettings(), { bucketSeconds: 300, clock: "utc" });
  });

  it("decide how many numbers are listed, also of a capture that is open", async () => {
    const uri = temp.write("many.csv", captureOf(120));
    await execute(commands.analyze, uri);
    assert.equal(await listedCount(), 50);
    await set(settings.topCount, 30);
    await until("thirty numbers are listed", async () => (await listedCount()) === 30);
    await execute(commands.showMore, { key: uri.toString() });
    assert.equal(await listedCount(), 60);
    await set(settings.topCount, 20);
    await until("the list is back at its first page", async () => (await listedCount()) === 20);
  });

  it("name the label column that the next analysis takes, without regard to case", async () => {
    const uri = workspaceFile("capture.csv");
    const labelField = async (): Promise<string | null | undefined> => {
      await execute(commands.analyze, uri);
      return api.captures.get(uri.toString())?.summary.labelField;
    };
    assert.equal(await labelField(), "alert");
    await set(settings.labelColumns, ["none such", "TEAM"]);
    assert.equal(await labelField(), "team");
    await set(settings.labelColumns, []);
    assert.equal(await labelField(), null);
  });
});
