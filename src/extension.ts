/** Entry point: constructs the parts, connects them, registers them. */
import * as vscode from "vscode";
import { Captures } from "./analysis/captures";
import { ErrorNotifier } from "./analysis/errorNotifier";
import { reportIncomplete } from "./analysis/incompleteCaptures";
import { runWithProgress } from "./analysis/runWithProgress";
import { registerCommands } from "./commands";
import { panels, reportScheme } from "./ids";
import { TimelinePanels } from "./panel/timelinePanels";
import { readLabelFields, readMemoryLimitMB, readTimelineSettings, readTopCount } from "./settings";
import { CaptureTree } from "./views/captureTree";
import { ImportReport } from "./views/importReport";
import { SequencesTree } from "./views/sequencesTree";
import { TreeViews } from "./views/treeViews";

/** What the extension exports: read-only insight for integration tests and other extensions. */
export interface ExtensionApi {
  readonly captures: Pick<Captures, "list" | "get" | "onDidOpen" | "onDidChange">;
  /** Data behind the view Sequence Numbers. */
  readonly sequences: Pick<SequencesTree, "getChildren" | "getTreeItem" | "resolveTreeItem">;
  /** Data behind the view Capture. */
  readonly capture: Pick<CaptureTree, "getChildren" | "getTreeItem">;
}

/** Called by the editor once, when a view, command or panel of the extension is first used. */
export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const { extensionUri } = context;
  const log = vscode.window.createOutputChannel("TCP Seq Analyzer", { log: true });
  const errors = new ErrorNotifier(log);
  const captures = new Captures({
    workerPath: vscode.Uri.joinPath(extensionUri, "dist", "analyzeWorker.js").fsPath,
    log,
    readOptions: () => ({ labelFields: readLabelFields(), memoryLimitMB: readMemoryLimitMB() }),
    run: runWithProgress,
  });
  const sequences = new SequencesTree({ captures, errors, readTopCount });
  const capture = new CaptureTree(captures);
  const treeViews = new TreeViews(captures, { sequences, capture }, log);
  const report = new ImportReport(captures, log);
  const timelines = new TimelinePanels(context, captures, log, readTimelineSettings);
  // `timelines` is not among them: disposing it closes its panels, and a reloaded window could not restore them.
  context.subscriptions.push(
    log,
    captures,
    reportIncomplete(captures, errors),
    sequences,
    capture,
    treeViews,
    report,
    vscode.workspace.registerFileSystemProvider(reportScheme, report, { isReadonly: true }),
    vscode.window.registerWebviewPanelSerializer(panels.timeline, timelines),
    registerCommands({ captures, errors, log, extensionUri, sequences: treeViews, timelines, report }),
  );
  return { captures, sequences, capture };
}
