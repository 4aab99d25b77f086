/** Entry point: constructs the parts, connects them, registers them. */
import * as vscode from "vscode";
import { CaptureFindings } from "./analysis/captureFindings";
import { Captures } from "./analysis/captures";
import { DismissedFindings } from "./analysis/dismissedFindings";
import { ErrorNotifier } from "./analysis/errorNotifier";
import { reportIncomplete } from "./analysis/incompleteCaptures";
import { runWithProgress } from "./analysis/runWithProgress";
import { registerCommands } from "./commands";
import { findingScheme, panels, reportScheme } from "./ids";
import type { Sensitivity } from "./shared/findings";
import { FindingPanels } from "./panel/findingPanels";
import { TimelinePanels } from "./panel/timelinePanels";
import { readDetectionSettings, readLabelFields, readMemoryLimitMB, readTimelineSettings, readTopCount } from "./settings";
import { CaptureReports } from "./views/captureReport";
import { CaptureTree } from "./views/captureTree";
import { FindingDocuments } from "./views/findingDocuments";
import { FindingsTree } from "./views/findingsTree";
import { FindingsView } from "./views/findingsView";
import { ImportReport } from "./views/importReport";
import { SequencesTree } from "./views/sequencesTree";
import { TreeViews } from "./views/treeViews";
import { withViewProgress } from "./views/viewProgress";

/** What the extension exports: read-only insight for integration tests and other extensions. */
export interface ExtensionApi {
  readonly captures: Pick<Captures, "list" | "get" | "onDidOpen" | "onDidChange">;
  /** Data behind the view Sequence Numbers. */
  readonly sequences: Pick<SequencesTree, "getChildren" | "getTreeItem" | "resolveTreeItem">;
  /** Data behind the view Capture. */
  readonly capture: Pick<CaptureTree, "getChildren" | "getTreeItem">;
  /** Data behind the view Findings, and what is known of each capture. */
  readonly findingsTree: Pick<FindingsTree, "getChildren" | "getTreeItem" | "resolveTreeItem" | "filter" | "showsDismissed">;
  readonly findings: Pick<CaptureFindings, "state" | "result" | "get" | "onDidChange">;
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
    run: withViewProgress(runWithProgress),
  });
  const findings = new CaptureFindings({ captures, errors, log, readSettings: readDetectionSettings });
  const dismissed = new DismissedFindings(context.workspaceState);
  const sequences = new SequencesTree({ captures, errors, readTopCount });
  const capture = new CaptureTree(captures);
  const treeViews = new TreeViews(captures, { sequences, capture }, log);
  const findingsTree = new FindingsTree({ captures, findings, dismissed });
  const readSensitivity = (): Sensitivity => readDetectionSettings().sensitivity;
  const findingsView = new FindingsView({ captures, findings, dismissed, tree: findingsTree, log, readSensitivity });
  const tool = { name: "TCP Seq Analyzer", version: (context.extension.packageJSON as { version: string }).version };
  const captureReports = new CaptureReports({ captures, findings, tool });
  const report = new ImportReport(captures, log);
  const findingDocuments = new FindingDocuments(captures, findings, log);
  const timelines = new TimelinePanels(context, captures, log, readTimelineSettings);
  const findingPanels = new FindingPanels(context, captures, findings, log);
  // The panels are not among them: disposing them closes their tabs, and a reloaded window could not restore these.
  context.subscriptions.push(
    log,
    captures,
    reportIncomplete(captures, errors),
    findings,
    dismissed,
    sequences,
    capture,
    treeViews,
    findingsTree,
    findingsView,
    report,
    findingDocuments,
    vscode.workspace.registerFileSystemProvider(reportScheme, report, { isReadonly: true }),
    vscode.workspace.registerFileSystemProvider(findingScheme, findingDocuments, { isReadonly: true }),
    vscode.window.registerWebviewPanelSerializer(panels.timeline, timelines),
    vscode.window.registerWebviewPanelSerializer(panels.finding, findingPanels),
    registerCommands({
      ...{ captures, errors, log, extensionUri, sequences: treeViews, timelines, report },
      ...{ findings, findingPanels, dismissed, findingsView, findingDocuments, captureReports, tool },
      extensionId: context.extension.id,
    }),
  );
  return { captures, sequences, capture, findingsTree, findings };
}
