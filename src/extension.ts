/** Entry point: constructs the parts, connects them, registers them. */
import * as l10n from "@vscode/l10n";
import * as vscode from "vscode";
import { CaptureFindings } from "./analysis/captureFindings";
import { CaptureFocus } from "./analysis/captureFocus";
import { Captures } from "./analysis/captures";
import { CurrentCapture } from "./analysis/currentCapture";
import { DismissedFindings } from "./analysis/dismissedFindings";
import { ErrorNotifier } from "./analysis/errorNotifier";
import { PassingCounts } from "./analysis/passingCounts";
import { RecentFilters } from "./analysis/recentFilters";
import { reportIncomplete } from "./analysis/incompleteCaptures";
import { runWithProgress } from "./analysis/runWithProgress";
import { registerCommands } from "./commands";
import { findingScheme, panels, reportScheme } from "./ids";
import type { Sensitivity } from "./shared/findings";
import { FilterView } from "./panel/filterView";
import { FindingPanels } from "./panel/findingPanels";
import { PacketColumnsMemory } from "./panel/packetColumns";
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
  /** What the user looks at of each capture, and what passes of it. */
  readonly focus: Pick<CaptureFocus, "get" | "set" | "recent" | "onDidChange">;
  readonly passing: Pick<PassingCounts, "get" | "onDidChange">;
}

/** Called by the editor once, when a view, command or panel of the extension is first used. */
export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const { extensionUri } = context;
  // For exports, which know no editor; the analysis threads get it as they start.
  if (vscode.l10n.bundle) l10n.config({ contents: vscode.l10n.bundle });
  const log = vscode.window.createOutputChannel("TCP Seq Analyzer", { log: true });
  const errors = new ErrorNotifier(log);
  const captures = new Captures({
    workerPath: vscode.Uri.joinPath(extensionUri, "dist", "analyzeWorker.js").fsPath,
    log,
    readOptions: () => ({ labelFields: readLabelFields(), memoryLimitMB: readMemoryLimitMB() }),
    run: withViewProgress(runWithProgress),
  });
  const focus = new CaptureFocus({ captures, recent: new RecentFilters(context.globalState), log });
  const current = new CurrentCapture(captures);
  const findings = new CaptureFindings({ captures, errors, log, readSettings: readDetectionSettings });
  const passing = new PassingCounts({ captures, findings, focus, errors });
  const dismissed = new DismissedFindings(context.workspaceState);
  const sequences = new SequencesTree({ captures, focus, passing, errors, readTopCount });
  const capture = new CaptureTree(captures, focus, passing);
  const treeViews = new TreeViews({ captures, focus, current, log }, { sequences, capture });
  const findingsTree = new FindingsTree({ captures, focus, passing, findings, dismissed });
  const readSensitivity = (): Sensitivity => readDetectionSettings().sensitivity;
  const findingsView = new FindingsView({
    captures,
    focus,
    passing,
    current,
    findings,
    dismissed,
    tree: findingsTree,
    log,
    readSensitivity,
  });
  const tool = { name: "TCP Seq Analyzer", version: (context.extension.packageJSON as { version: string }).version };
  const captureReports = new CaptureReports({ captures, findings, tool });
  const report = new ImportReport(captures, log);
  const findingDocuments = new FindingDocuments(captures, findings, log);
  const columns = new PacketColumnsMemory(context.globalState);
  const panelContext = { extensionUri, captures, focus, current, reports: findings, columns, log };
  const timelines = new TimelinePanels(panelContext, readTimelineSettings);
  const findingPanels = new FindingPanels(panelContext);
  // The panels are not among them: disposing them closes their tabs, and a reloaded window could not restore these.
  context.subscriptions.push(
    log,
    captures,
    focus,
    current,
    passing,
    new FilterView({ extensionUri, captures, focus, current, log }),
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
      ...{ focus, current },
      ...{ findings, findingPanels, dismissed, findingsView, findingDocuments, captureReports, tool },
      extensionId: context.extension.id,
    }),
  );
  return { captures, sequences, capture, findingsTree, findings, focus, passing };
}
