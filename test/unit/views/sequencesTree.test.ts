import assert from "node:assert/strict";
import "../../support/vscodeStub";
import { CaptureStub, silentLog } from "../../support/captureStub";
import * as vscode from "vscode";
import { Captures } from "../../../src/analysis/captures";
import type { ErrorNotifier } from "../../../src/analysis/errorNotifier";
import { SequencesTree, type SequencesNode } from "../../../src/views/sequencesTree";

const uri = vscode.Uri.file("/data/capture.csv");

async function setUp(distinct: number) {
  const capture = new CaptureStub({ distinct });
  const run = () => Promise.resolve({ kind: "done", capture } as const);
  const captures = new Captures({ workerPath: "", log: silentLog, readOptions: () => ({ labelFields: [] }), run });
  const reported: unknown[] = [];
  const errors = { report: (error: unknown) => void reported.push(error) } as unknown as ErrorNotifier;
  const tree = new SequencesTree({ captures, errors, readTopCount: () => 50 });
  await captures.analyze(uri);
  const [root] = await tree.getChildren();
  assert.ok(root);
  const list = async (): Promise<SequencesNode[]> => tree.getChildren(root);
  return { capture, captures, reported, tree, root, list, close: () => captures.dispose() };
}

describe("the view Sequence Numbers", () => {
  it("lists a page at a time, and asks for no more", async () => {
    const { capture, tree, root, list, close } = await setUp(120);
    assert.deepEqual((await list()).map(({ kind }) => kind).filter((kind) => kind === "more").length, 1);
    assert.equal((await list()).length, 51);
    const next = await tree.showMore(root.key);
    assert.deepEqual(next, { kind: "sequence", key: root.key, seq: 50, count: 950 });
    assert.equal((await list()).length, 101);
    await tree.showMore(root.key);
    const all = await list();
    assert.equal(all.length, 120);
    assert.ok(all.every(({ kind }) => kind === "sequence"));
    assert.ok(Math.max(...capture.asked) <= 150);
    close();
  });

  it("gives each item a stable id, its own kind and a label for screen readers", async () => {
    const { tree, root, list, close } = await setUp(120);
    const items = (await list()).map((node) => tree.getTreeItem(node));
    assert.equal(new Set(items.map(({ id }) => id)).size, items.length);
    const [first, more] = [items[0], items.at(-1)];
    assert.equal(first?.label, "0");
    assert.equal(first.description, "1,000 · 111.11 %");
    assert.equal(first.contextValue, "sequence");
    assert.equal(first.accessibilityInformation?.label, "Sequence number 0, 1,000 packets, 111.11 %");
    assert.deepEqual(first.command?.arguments, [{ key: root.key, seq: 0 }]);
    assert.equal(more?.label, "Show more");
    assert.equal(more.description, "70 more");
    close();
  });

  it("makes tooltips of plain text on request only", async () => {
    const { tree, list, close } = await setUp(3);
    const [node] = await list();
    assert.ok(node);
    const item = tree.getTreeItem(node);
    assert.equal(item.tooltip, undefined);
    await tree.resolveTreeItem(item, node);
    assert.equal(
      item.tooltip,
      [
        "tcp.seq 0",
        "2 packets, 50.00 % of all",
        "First: 1970-01-01 00:00:00.000000000 EDT",
        "Last: 1970-01-01 00:00:01.000000005 EDT",
        "Streams: 1",
        "[benign](command:x) $(bug): 1 packet, 50.00 %",
        "no label: 1 packet, 50.00 %",
      ].join("\n"),
    );
    close();
  });

  it("says so when the thread does not answer, but not for a capture that was closed", async () => {
    const { capture, captures, reported, list, root } = await setUp(3);
    capture.listSequences = () => Promise.reject(new Error("stopped"));
    assert.deepEqual(await list(), [{ kind: "failure", key: root.key }]);
    assert.equal(reported.length, 1);
    const asking = list();
    captures.close(root.key);
    assert.deepEqual(await asking, []);
    assert.equal(reported.length, 1);
  });
});
