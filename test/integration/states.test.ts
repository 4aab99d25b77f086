/** What the views say when there is nothing to list. Failures are in trees.test.ts, errors.test.ts and findings.test.ts; panels in test/ui. */
import assert from "node:assert/strict";
import type * as vscode from "vscode";
import type { ExtensionApi } from "../../src/extension";
import { commands, itemKinds } from "../../src/ids";
import { activateExtension, closeEverything, execute, useTempFolder } from "./support";

describe("a view with nothing to list", () => {
  let api: ExtensionApi;
  const folder = useTempFolder();

  before(async () => (api = await activateExtension()));
  afterEach(closeEverything);

  /** Items below the only capture. */
  const numberItems = async (): Promise<vscode.TreeItem[]> => {
    const [root] = await api.sequences.getChildren();
    return (await api.sequences.getChildren(root)).map((node) => api.sequences.getTreeItem(node));
  };
  const findingItems = (): vscode.TreeItem[] => {
    const [root] = api.findingsTree.getChildren();
    return api.findingsTree.getChildren(root).map((node) => api.findingsTree.getTreeItem(node));
  };

  it("is empty without a capture, so that its welcome is shown", async () => {
    assert.deepEqual(await api.sequences.getChildren(), []);
    assert.deepEqual(api.findingsTree.getChildren(), []);
    assert.deepEqual(api.capture.getChildren(), []);
  });

  it("says that no row has a sequence number, and leads to the report that says why", async () => {
    const file = folder.write("none.csv", "tcp.seq,frame.time_epoch\n,1\n,2\n");
    await execute(commands.analyze, file);
    const [item, ...others] = await numberItems();
    assert.deepEqual(others, []);
    assert.equal(item?.label, "No row has a sequence number");
    assert.equal(item.contextValue, itemKinds.nothing);
    assert.deepEqual([item.command?.command, item.command?.arguments], [commands.openReport, [{ key: file.toString() }]]);
  });

  it("says that nothing stands out, how many questions could not be answered, and which", async () => {
    const file = folder.write("quiet.csv", "tcp.seq\n1\n2\n");
    await execute(commands.analyze, file);
    const report = await api.findings.get(file.toString());
    assert.deepEqual(report?.findings, []);
    const unanswered = new Set(report.notRun.map(({ detector }) => detector)).size;
    assert.ok(unanswered > 0);
    const items = findingItems();
    const nothing = items.find(({ label }) => label === "Nothing stands out");
    assert.equal(nothing?.description, `${unanswered} of the 6 questions below could not be answered, or not fully`);
    const questions = items.filter(({ contextValue }) => contextValue === itemKinds.detector);
    assert.equal(questions.length, 6);
    assert.equal(questions.filter(({ description }) => description === "not answered").length, unanswered);
  });

  it("says in the view Capture that there are no times", async () => {
    const file = folder.write("timeless.csv", "tcp.seq\n1\n");
    await execute(commands.analyze, file);
    const [root] = api.capture.getChildren();
    const items = api.capture.getChildren(root).map((node) => api.capture.getTreeItem(node));
    assert.equal(items.find(({ label }) => label === "Span")?.description, "no readable times");
  });
});
