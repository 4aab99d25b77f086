/** What the tests inside VS Code share: the extension, the opened folder, files of a test's own, and conditions to wait for. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import type { CaptureFindings } from "../../src/analysis/captureFindings";
import { CaptureFocus } from "../../src/analysis/captureFocus";
import type { Captures } from "../../src/analysis/captures";
import { CurrentCapture } from "../../src/analysis/currentCapture";
import { PassingCounts } from "../../src/analysis/passingCounts";
import { RecentFilters } from "../../src/analysis/recentFilters";
import type { ExtensionApi } from "../../src/extension";
import { commands, type CommandId } from "../../src/ids";

/** How long a condition may take to come true on a busy machine before the test fails. */
const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 20;

/** The extension under test, whatever its publisher is called. */
export function findExtension(): vscode.Extension<ExtensionApi> {
  const found = vscode.extensions.all.find(({ packageJSON }) => (packageJSON as { name: string }).name === "tcp-seq-analyzer");
  if (!found) throw new Error("The extension under test is not installed.");
  return found as vscode.Extension<ExtensionApi>;
}

/** Starts the extension unless it runs, and gives what it exports. */
export const activateExtension = async (): Promise<ExtensionApi> => findExtension().activate();

/** Runs a command of the extension as a menu or an item of a tree would. */
export const execute = async (command: CommandId, ...args: unknown[]): Promise<void> => {
  await vscode.commands.executeCommand(command, ...args);
};

/** A file of test/fixtures/workspace, in the copy that this window has open. */
export function workspaceFile(name: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (!folder) throw new Error("No folder is open.");
  return vscode.Uri.joinPath(folder.uri, name);
}

/** A file of the checkout, `media/sample.csv`. */
export const checkoutFile = (...parts: string[]): vscode.Uri => vscode.Uri.joinPath(findExtension().extensionUri, ...parts);

/** A folder of the suite's own, outside the opened one. Call it in a `describe`. */
export function useTempFolder(): { readonly path: string; write(name: string, content: string | Uint8Array): vscode.Uri } {
  let folder = "";
  before(() => (folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "tcp-seq-in-host-")))));
  after(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  return {
    get path() {
      return folder;
    },
    write: (name, content) => {
      const file = path.join(folder, name);
      fs.writeFileSync(file, content);
      return vscode.Uri.file(file);
    },
  };
}

/** Waits until `look` gives something true, and returns it; rejects, naming `what`, when that never happens. */
export async function until<T>(what: string, look: () => T | Promise<T>): Promise<Exclude<T, false | null | undefined>> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (seen) return seen as Exclude<T, false | null | undefined>;
    if (Date.now() > deadline) throw new Error(`Waited in vain for this: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** The next event that `isMeant` takes; listen before doing what causes it. */
export function nextEvent<T>(event: vscode.Event<T>, what: string, isMeant: (value: T) => boolean = () => true): Promise<T> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      clearTimeout(timer);
      subscription.dispose();
    };
    const subscription = event((value) => {
      if (!isMeant(value)) return;
      done();
      resolve(value);
    });
    const timer = setTimeout(() => {
      done();
      reject(new Error(`Waited in vain for this event: ${what}.`));
    }, PATIENCE_MS);
  });
}

/** Every tab of every group. */
export const allTabs = (): vscode.Tab[] => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs);

/** Closes every capture and every tab, throwing away what was typed, so that tests do not see each other. */
export async function closeEverything(): Promise<void> {
  const { captures } = await activateExtension();
  for (const { key } of captures.list()) await execute(commands.closeCapture, { key });
  for (const document of vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty)) {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  }
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  await until("no tab is left", () => allTabs().length === 0);
}

/** Replaces all text of a document without saving it. */
export async function replaceText(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  if (!(await vscode.workspace.applyEdit(edit))) throw new Error(`${document.uri.toString()} could not be edited.`);
}

/** Rows of `tcp.seq`, number i occurring `count(i)` times; all counts differ, so that their order is certain. */
export function captureOf(distinct: number, count: (index: number) => number = (index) => distinct - index): string {
  const rows = Array.from({ length: distinct }, (_, index) => `${String(index * 7)}\n`.repeat(count(index)));
  return `tcp.seq\n${rows.join("")}`;
}

/**
 * Forty minutes from 11:00 of 2023-06-04 on, the zone not known. Number 1 occurs twice a minute, and 58 times more at 11:25, which are
 * labelled "rare"; number 7 five times a minute. All others are labelled "usual".
 */
export function burstCsv(): string {
  const rows = Array.from({ length: 40 }, (_, minute) => {
    const time = `2023-06-04 11:${String(minute).padStart(2, "0")}:30`;
    return `${time},1,usual\n`.repeat(2) + `${time},7,usual\n`.repeat(5) + (minute === 25 ? `${time},1,rare\n`.repeat(58) : "");
  });
  return `frame.time,tcp.seq,alert\n${rows.join("")}`;
}

/** A memory that forgets with the test. */
export function makeMemento(): vscode.Memento {
  const kept = new Map<string, unknown>();
  return {
    keys: () => [...kept.keys()],
    get: <T>(key: string, standard?: T) => (kept.has(key) ? (kept.get(key) as T) : standard),
    update: (key: string, value: unknown) => {
      kept.set(key, value);
      return Promise.resolve();
    },
  };
}

/** What the user looks at of the captures of a test's own; without `findings`, those are not counted. */
export function makeFocusParts(captures: Captures, log: vscode.LogOutputChannel, findings?: CaptureFindings) {
  const noFindings = { result: () => undefined, onDidFind: () => new vscode.Disposable(() => undefined) };
  const errors = { report: (error: unknown) => log.error("A test's focus was not counted.", error) };
  const focus = new CaptureFocus({ captures, recent: new RecentFilters(makeMemento()), log });
  const current = new CurrentCapture(captures);
  const passing = new PassingCounts({ captures, findings: findings ?? noFindings, focus, errors });
  return { focus, current, passing, dispose: () => [passing, current, focus].forEach((each) => each.dispose()) };
}
