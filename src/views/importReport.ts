/** Shows the import report of an open capture as a read-only document in the Markdown preview. */
import * as vscode from "vscode";
import { captureName } from "../analysis/captureSource";
import type { Captures } from "../analysis/captures";
import { reportScheme } from "../ids";
import { importReport } from "./importReportText";
import { ReadOnlyDocuments } from "./readOnlyDocuments";

/** Read-only file system of `tcp-seq-report:` documents; the capture's key is the query. */
export class ImportReport extends ReadOnlyDocuments {
  readonly #captures: Captures;
  readonly #subscriptions: vscode.Disposable;

  constructor(captures: Captures, log: vscode.LogOutputChannel) {
    super(log);
    this.#captures = captures;
    const refresh = ({ key }: { key: string }): void => this.changed([reportUri(key)]);
    this.#subscriptions = vscode.Disposable.from(captures.onDidOpen(refresh), captures.onDidChange(refresh));
  }

  open(key: string): Promise<void> {
    return this.show(reportUri(key));
  }

  override dispose(): void {
    this.#subscriptions.dispose();
    super.dispose();
  }

  protected render(uri: vscode.Uri): string {
    const open = this.#captures.find(uri.query);
    if (open) return importReport(open.capture.summary, open.restError);
    return `# ${vscode.l10n.t("Import report")}\n\n${vscode.l10n.t("This capture is not open any more. Analyze it again to see its report.")}\n`;
  }
}

/** The path is what the tab is called. */
const reportUri = (key: string): vscode.Uri =>
  vscode.Uri.from({
    scheme: reportScheme,
    path: `/${captureName(vscode.Uri.parse(key))} – ${vscode.l10n.t("Import Report")}.md`,
    query: key,
  });
