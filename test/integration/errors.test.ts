/** What cannot be analysed: nothing is opened, and the user is told what happened and what to do next. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import * as vscode from "vscode";
import { Captures } from "../../src/analysis/captures";
import { errorSentence, isBug, tsharkCommand } from "../../src/analysis/errorMessages";
import type { ExtensionApi } from "../../src/extension";
import { commands } from "../../src/ids";
import { AnalysisError, type ErrorCode } from "../../src/shared/errors";
import { analyzeInWorker } from "../../src/worker/client";
import { activateExtension, allTabs, checkoutFile, closeEverything, execute, until, useTempFolder, workspaceFile } from "./support";

const fixture = (name: string): vscode.Uri => checkoutFile("test", "fixtures", "csv", name);

describe("what cannot be analysed", () => {
  const temp = useTempFolder();
  let api: ExtensionApi;
  let log: vscode.LogOutputChannel;
  before(async () => {
    api = await activateExtension();
    log = vscode.window.createOutputChannel("Errors under test", { log: true });
  });
  after(() => log.dispose());
  afterEach(closeEverything);

  /** Why the run fails, as the command learns it. */
  async function failureOf(uri: vscode.Uri): Promise<AnalysisError> {
    const workerPath = checkoutFile("dist", "analyzeWorker.js").fsPath;
    const captures = new Captures({ workerPath, log, readOptions: () => ({ labelFields: [] }), run: analyzeInWorker });
    try {
      await captures.analyze(uri);
    } catch (error) {
      assert.ok(error instanceof AnalysisError, String(error));
      return error;
    } finally {
      captures.dispose();
    }
    return assert.fail(`${uri.path} could be analysed.`);
  }

  const cases: { title: string; uri: () => vscode.Uri; code: ErrorCode; sentence: RegExp; skip?: boolean }[] = [
    {
      title: "a table about something else",
      uri: () => workspaceFile("cities.csv"),
      code: "missingColumns",
      sentence: /^cities\.csv lacks these columns: .*tcp\.seq.*\. Export the capture again with them\.$/,
    },
    {
      title: "an export without sequence numbers",
      uri: () => fixture("no-tcp-seq.csv"),
      code: "missingColumns",
      sentence: /^no-tcp-seq\.csv lacks these columns: .*tcp\.seq/,
    },
    {
      title: "a capture that is no text",
      uri: () => fixture("not-csv.csv"),
      code: "missingColumns",
      sentence: /^not-csv\.csv lacks these columns/,
    },
    {
      title: "an empty file",
      uri: () => workspaceFile("empty.csv"),
      code: "emptyFile",
      sentence: /^empty\.csv has no rows\. Export the capture again, with a header line\.$/,
    },
    {
      title: "a compressed file that breaks off in its beginning",
      uri: () => temp.write("cut.csv.gz", gzipSync("tcp.seq\n1\n").subarray(0, 12)),
      code: "notDecompressed",
      sentence: /^cut\.csv\.gz cannot be decompressed: it is cut off or damaged\. Check it with gzip -t, or get it again\.$/,
    },
    {
      title: "a compressed file that holds something else",
      uri: () => temp.write("other.csv.gz", gzipSync("a,b\n1,2\n")),
      code: "missingColumns",
      sentence: /^other\.csv\.gz lacks these columns/,
    },
    {
      title: "a folder",
      uri: () => vscode.Uri.file(temp.path),
      code: "isDirectory",
      sentence: /^tcp-seq-in-host-\w+ is a folder\. Choose a CSV or TSV file\.$/,
    },
    {
      title: "a file that is gone",
      uri: () => workspaceFile("gone.csv"),
      code: "notFound",
      sentence: /^gone\.csv does not exist any more\. If it was renamed or moved, analyze it at its new place\.$/,
    },
    {
      title: "a file behind something that is no folder",
      uri: () => workspaceFile("capture.csv/inner.csv"),
      code: "notFound",
      sentence: /^inner\.csv does not exist any more/,
    },
    {
      title: "a file that may not be read",
      // Root may read everything, and Windows has no such bits.
      skip: process.getuid === undefined || process.getuid() === 0,
      uri: () => {
        const uri = temp.write("locked.csv", "tcp.seq\n1\n");
        fs.chmodSync(uri.fsPath, 0);
        return uri;
      },
      code: "notReadable",
      sentence: /^locked\.csv cannot be read\. Check its permissions/,
    },
    {
      title: "a document of a file system that has no such document",
      uri: () => vscode.Uri.parse("vscode-vfs://host/capture.csv"),
      code: "notReadable",
      sentence: /^capture\.csv is neither on a disk nor open in an editor\. Save it to a folder, then analyze that file\.$/,
    },
  ];
  for (const { title, uri, code, sentence, skip = false } of cases) {
    (skip ? it.skip : it)(`is refused with a sentence of its own, and opens nothing: ${title}`, async () => {
      const failing = uri();
      const failure = await failureOf(failing);
      assert.equal(failure.code, code);
      assert.match(errorSentence(failure, path.posix.basename(failing.path)), sentence);
      assert.equal(isBug(failure), false);

      await execute(commands.analyze, failing);
      assert.deepEqual(api.captures.list(), []);
      assert.deepEqual(await api.sequences.getChildren(), []);
      assert.deepEqual(api.capture.getChildren(), []);
    });
  }

  it("is named in a sentence for every reason there is", () => {
    const codes: Record<ErrorCode, true> = {
      notFound: true,
      notReadable: true,
      isDirectory: true,
      emptyFile: true,
      missingColumns: true,
      notDecompressed: true,
      fileChanged: true,
      tooLarge: true,
      readFailed: true,
      zoneUnknown: true,
      badFilter: true,
      captureClosed: true,
      workerStopped: true,
      superseded: true,
      internal: true,
    };
    const sentences = (Object.keys(codes) as ErrorCode[]).map((code) => errorSentence(new AnalysisError(code, ""), "my file.csv"));
    assert.equal(new Set(sentences).size, sentences.length);
    for (const sentence of sentences) {
      assert.match(sentence, /my file\.csv/);
      assert.doesNotMatch(sentence, /\{\d\}/);
    }
  });

  it("leaves an open capture as it is", async () => {
    const uri = temp.write("kept.csv", "tcp.seq\n1\n");
    await execute(commands.analyze, uri);
    const capture = api.captures.get(uri.toString());
    temp.write("kept.csv", "a,b\n1,2\n");
    await execute(commands.analyzeAgain, { key: uri.toString() });
    assert.equal(api.captures.get(uri.toString()), capture);
    assert.equal((await capture?.describeSequence(1))?.count, 1);
  });

  it("comes with a button that copies the tshark command for what is missing", async () => {
    const command = tsharkCommand(await failureOf(fixture("no-tcp-seq.csv")));
    assert.match(command ?? "", /^tshark .*-e tcp\.seq\b/);
    await vscode.env.clipboard.writeText("");
    await vscode.commands.executeCommand("notifications.clearAll");
    await execute(commands.analyze, fixture("no-tcp-seq.csv"));
    await until("the button of the notification has copied the command", async () => {
      await vscode.commands.executeCommand("notification.acceptPrimaryAction");
      return (await vscode.env.clipboard.readText()) === command;
    });
  });

  it("does not stop commands whose argument is none, which open nothing either", async () => {
    for (const command of [commands.openTimeline, commands.copyNumber, commands.showMore]) await execute(command, { nonsense: true });
    await execute(commands.openReport, { key: "file:///not/open.csv" });
    await execute(commands.closeCapture, { key: "file:///not/open.csv" });
    assert.deepEqual([allTabs(), api.captures.list()], [[], []]);
    await vscode.commands.executeCommand("notifications.clearAll");
  });
});
