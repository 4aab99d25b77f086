/** Analyze TCP Seq: from whatever the user points at to an open capture. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import * as vscode from "vscode";
import type { ExtensionApi } from "../../src/extension";
import { commands } from "../../src/ids";
import { zstdOf } from "../support/zstd";
import {
  activateExtension,
  allTabs,
  checkoutFile,
  closeEverything,
  execute,
  replaceText,
  until,
  useTempFolder,
  workspaceFile,
} from "./support";

const LARGEST_DOCUMENT_BYTES = 50 * 1024 * 1024;

describe("Analyze TCP Seq", () => {
  const temp = useTempFolder();
  let api: ExtensionApi;
  before(async () => (api = await activateExtension()));
  afterEach(closeEverything);

  const openKeys = (): string[] => api.captures.list().map(({ key }) => key);
  const rowsOf = (uri: vscode.Uri): number | undefined => api.captures.get(uri.toString())?.summary.rows.tcp;

  async function showText(uri: vscode.Uri): Promise<vscode.TextDocument> {
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    return document;
  }

  it("reads the file it is given", async () => {
    const uri = workspaceFile("capture.csv");
    await execute(commands.analyze, uri);
    assert.deepEqual(openKeys(), [uri.toString()]);
    const capture = api.captures.get(uri.toString());
    assert.equal(capture?.summary.name, "capture.csv");
    assert.equal(capture.summary.rows.tcp, 6);
    assert.deepEqual(await capture.listSequences({ order: "count", from: 0, count: 10 }), [
      { seq: 1, count: 3 },
      { seq: 0, count: 2 },
      { seq: 4_294_967_295, count: 1 },
    ]);
  });

  it("takes a TSV, and says which field it counted", async () => {
    const uri = workspaceFile("export.tsv");
    await execute(commands.analyze, uri);
    assert.equal(api.captures.get(uri.toString())?.summary.seqField, "tcp.seq_raw");
  });

  it("reads every file of the Explorer's selection, each once, and goes on behind one that cannot be read", async () => {
    const [csv, cities, tsv] = ["capture.csv", "cities.csv", "export.tsv"].map(workspaceFile);
    await execute(commands.analyze, csv, [csv, cities, tsv, csv]);
    assert.deepEqual(openKeys(), [String(csv), String(tsv)]);
  });

  it("reads only the clicked file when the selection is elsewhere", async () => {
    const [csv, tsv] = ["capture.csv", "export.tsv"].map(workspaceFile);
    await execute(commands.analyze, csv, [tsv]);
    assert.deepEqual(openKeys(), [String(csv)]);
  });

  it("passes over what else a menu may send behind the file", async () => {
    const uri = workspaceFile("capture.csv");
    await execute(commands.analyze, uri, { groupId: 0, editorIndex: 0 });
    assert.deepEqual(openKeys(), [uri.toString()]);
  });

  it("takes the file of the active tab when none is given", async () => {
    const uri = workspaceFile("capture.csv");
    await showText(workspaceFile("cities.csv"));
    await showText(uri);
    await execute(commands.analyze);
    assert.deepEqual(openKeys(), [uri.toString()]);
  });

  it("takes the right side of the active comparison", async () => {
    const [left, right] = ["cities.csv", "capture.csv"].map(workspaceFile);
    await vscode.commands.executeCommand("vscode.diff", left, right);
    await until(
      "the comparison is shown",
      () => vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff,
    );
    await execute(commands.analyze);
    assert.deepEqual(openKeys(), [String(right)]);
  });

  it("takes the file of a tab that the editor refuses to open, because it is above 50 MB", async () => {
    const row = `1,benign,${"x".repeat(500)}\n`;
    const rows = Math.ceil((LARGEST_DOCUMENT_BYTES * 1.1) / row.length);
    const uri = temp.write("large.csv", `tcp.seq,alert,http.cookie\n${row.repeat(rows)}`);
    await vscode.commands.executeCommand("vscode.open", uri);
    await until("its tab is active", () => vscode.window.tabGroups.activeTabGroup.activeTab?.label === "large.csv");
    await assert.rejects(async () => vscode.workspace.openTextDocument(uri), /50MB/);
    await execute(commands.analyze);
    assert.equal(rowsOf(uri), rows);
    assert.ok(!vscode.workspace.textDocuments.some((document) => document.uri.path === uri.path));
    fs.rmSync(uri.fsPath);
  });

  it("takes the file of a tab with an editor that is no text editor", async () => {
    const uri = workspaceFile("capture.csv");
    await vscode.commands.executeCommand("vscode.openWith", uri, "imagePreview.previewEditor");
    await until("its tab is active", () => vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputCustom);
    await execute(commands.analyze);
    assert.deepEqual(openKeys(), [uri.toString()]);
  });

  it("takes the file of a notebook, opens nothing for it, and is ready for the next", async () => {
    await vscode.commands.executeCommand("vscode.openWith", workspaceFile("notes.ipynb"), "jupyter-notebook");
    await until("its tab is active", () => vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputNotebook);
    await execute(commands.analyze);
    assert.deepEqual(openKeys(), []);
    await execute(commands.analyze, workspaceFile("capture.csv"));
    assert.equal(openKeys().length, 1);
  });

  it("reads a document with unsaved changes as it stands in the editor", async () => {
    const uri = temp.write("edited.csv", "tcp.seq\n1\n");
    const document = await showText(uri);
    await replaceText(document, "tcp.seq\n5\n5\n6\n");
    assert.ok(document.isDirty);
    await execute(commands.analyze);
    assert.equal(rowsOf(uri), 3);
    assert.equal(fs.readFileSync(uri.fsPath, "utf8"), "tcp.seq\n1\n");
  });

  it("reads the file once the document is saved", async () => {
    const uri = temp.write("saved.csv", "tcp.seq\n1\n");
    const document = await showText(uri);
    await replaceText(document, "tcp.seq\n1\n2\n");
    await document.save();
    await execute(commands.analyze, uri);
    assert.equal(rowsOf(uri), 2);
  });

  it("reads a document that was never saved", async () => {
    const document = await vscode.workspace.openTextDocument({ content: "tcp.seq,alert\n1,benign\n1,benign\n2,benign\n" });
    await vscode.window.showTextDocument(document);
    await execute(commands.analyze);
    assert.deepEqual(openKeys(), [document.uri.toString()]);
    assert.equal(api.captures.get(document.uri.toString())?.summary.name, path.posix.basename(document.uri.path));
    assert.equal(rowsOf(document.uri), 3);
  });

  it("leaves nothing behind when its notification is cancelled, and can be asked again", async () => {
    const uri = temp.write("long.csv", `tcp.seq,alert\n${"1,benign\n".repeat(8_000_000)}`);
    await vscode.commands.executeCommand("notifications.clearAll");
    let isOver = false;
    const analyzing = execute(commands.analyze, uri).then(() => (isOver = true));
    await until("the run has ended", async () => {
      await vscode.commands.executeCommand("notification.acceptPrimaryAction"); // Cancel
      return isOver;
    });
    await analyzing;
    assert.deepEqual(openKeys(), []);
    temp.write("long.csv", "tcp.seq\n1\n");
    await execute(commands.analyze, uri);
    assert.equal(rowsOf(uri), 1);
  });

  it("opens no tab and no document for what it reads", async () => {
    const uri = temp.write("unseen.csv", "tcp.seq\n1\n");
    await execute(commands.analyze, uri);
    assert.equal(rowsOf(uri), 1);
    assert.deepEqual(allTabs(), []);
    assert.ok(!vscode.workspace.textDocuments.some((document) => document.uri.path === uri.path));
  });

  it("reads compressed files, from the Explorer and from the active tab", async () => {
    const text = fs.readFileSync(workspaceFile("capture.csv").fsPath);
    const gz = temp.write("packed.csv.gz", gzipSync(text));
    const zst = temp.write("packed.csv.zst", zstdOf(text));
    const named = temp.write("not-what-it-is-called.csv", gzipSync(text));
    await execute(commands.analyze, gz, [gz, zst, named]);
    assert.deepEqual(openKeys(), [String(gz), String(zst), String(named)]);
    await execute(commands.analyze, workspaceFile("capture.csv"));
    const plain = api.captures.get(workspaceFile("capture.csv").toString());
    assert.ok(plain);
    for (const uri of [gz, zst, named]) {
      const capture = api.captures.get(uri.toString());
      assert.deepEqual(capture?.summary.rows, plain.summary.rows);
      assert.deepEqual(capture.summary.problems, plain.summary.problems);
      assert.equal(capture.summary.compression?.bytes, text.length);
    }
    assert.deepEqual(allTabs(), []);

    await execute(commands.closeCapture, { key: gz.toString() });
    await vscode.commands.executeCommand("vscode.open", gz);
    await until("its tab is active", () => vscode.window.tabGroups.activeTabGroup.activeTab?.label === "packed.csv.gz");
    await execute(commands.analyze);
    assert.equal(rowsOf(gz), plain.summary.rows.tcp);
  });

  it("leaves nothing behind when reading a compressed file is cancelled", async () => {
    const uri = temp.write("long.csv.gz", gzipSync(`tcp.seq,alert\n${"1,benign\n".repeat(8_000_000)}`, { level: 1 }));
    await vscode.commands.executeCommand("notifications.clearAll");
    let isOver = false;
    const analyzing = execute(commands.analyze, uri).then(() => (isOver = true));
    await until("the run has ended", async () => {
      await vscode.commands.executeCommand("notification.acceptPrimaryAction"); // Cancel
      return isOver;
    });
    await analyzing;
    assert.deepEqual(openKeys(), []);
  });

  it("takes names with characters that mean something in addresses and patterns", async () => {
    const uri = temp.write("a [b]{c} #1 100% ä.csv", "tcp.seq\n1\n");
    await execute(commands.analyze, uri);
    assert.equal(api.captures.get(uri.toString())?.summary.name, "a [b]{c} #1 100% ä.csv");
  });
});

describe("Open the Sample Capture", () => {
  afterEach(closeEverything);

  it("reads the capture that comes with the extension", async () => {
    const api = await activateExtension();
    await execute(commands.openSample);
    const key = checkoutFile("media", "sample.csv").toString();
    assert.deepEqual(
      api.captures.list().map((each) => each.key),
      [key],
    );
    const capture = api.captures.get(key);
    assert.deepEqual([capture?.summary.rows.read, capture?.summary.rows.tcp, capture?.summary.distinct], [4439, 4409, 599]);
  });
});
