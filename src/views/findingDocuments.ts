/** Documents about a finding, and about a detector, in the Markdown preview. */
import * as vscode from "vscode";
import type { CaptureFindings } from "../analysis/captureFindings";
import type { Captures } from "../analysis/captures";
import { captureName } from "../analysis/captureSource";
import { findingScheme } from "../ids";
import { DETECTOR_IDS, type DetectorId } from "../shared/findings";
import { detectorMarkdown, detectorTitle, findingMarkdown } from "./findingTexts";
import { ReadOnlyDocuments } from "./readOnlyDocuments";

/** What a document is about: the query of its URI, as JSON. */
interface Subject {
  readonly key: string;
  readonly finding?: string;
  readonly detector?: DetectorId;
}

/** Read-only file system of `tcp-seq-finding:` documents. */
export class FindingDocuments extends ReadOnlyDocuments {
  readonly #captures: Pick<Captures, "find">;
  readonly #findings: CaptureFindings;
  /** Documents that were opened, by capture. */
  readonly #opened = new Map<string, Map<string, vscode.Uri>>();
  readonly #subscription: vscode.Disposable;

  constructor(captures: Pick<Captures, "find">, findings: CaptureFindings, log: Pick<vscode.LogOutputChannel, "warn">) {
    super(log);
    this.#captures = captures;
    this.#findings = findings;
    this.#subscription = findings.onDidChange((key) => this.changed([...(this.#opened.get(key)?.values() ?? [])]));
  }

  openFinding(key: string, finding: string): Promise<void> {
    return this.#open(vscode.l10n.t("Finding"), { key, finding });
  }

  openDetector(key: string, detector: DetectorId): Promise<void> {
    return this.#open(vscode.l10n.t("Why?"), { key, detector });
  }

  /** A finding as Markdown; undefined when there is none such. */
  markdownOf(key: string, finding: string): string | undefined {
    const found = this.#findings.find(key, finding);
    const open = this.#captures.find(key);
    const result = this.#findings.result(key);
    if (!found || !open || !result) return undefined;
    const title = detectorTitle(result.detectors, found.detector);
    return findingMarkdown(found, { title, file: captureName(open.uri), time: open.capture.summary.time });
  }

  override dispose(): void {
    this.#subscription.dispose();
    super.dispose();
  }

  protected render(uri: vscode.Uri): string {
    return this.#render(parseSubject(uri.query)) ?? `# ${vscode.l10n.t("Not there any more")}\n\n${gone()}\n`;
  }

  #render(subject: Subject | undefined): string | undefined {
    if (!subject) return undefined;
    const { key, finding, detector } = subject;
    if (finding !== undefined) return this.markdownOf(key, finding);
    const result = this.#findings.result(key);
    const described = result?.detectors.find(({ id }) => id === detector);
    return result && described && detectorMarkdown(described, result);
  }

  async #open(what: string, subject: Subject): Promise<void> {
    const { key } = subject;
    const uri = vscode.Uri.from({
      scheme: findingScheme,
      // The path is what the tab is called.
      path: `/${captureName(vscode.Uri.parse(key))} – ${what}.md`,
      query: JSON.stringify(subject),
    });
    const opened = this.#opened.get(key) ?? new Map<string, vscode.Uri>();
    this.#opened.set(key, opened.set(uri.toString(), uri));
    this.changed([uri]);
    await this.show(uri);
  }
}

const gone = (): string =>
  vscode.l10n.t("The capture is closed, or its findings are others now. Analyze it again, or look at the view Findings.");

/** Undefined for a URI that nobody here has made. */
function parseSubject(query: string): Subject | undefined {
  try {
    const value = JSON.parse(query) as Partial<Record<keyof Subject, unknown>> | null;
    const key = value?.key;
    const finding = value?.finding;
    const detector = DETECTOR_IDS.find((id) => id === value?.detector);
    if (typeof key !== "string") return undefined;
    if (typeof finding === "string") return { key, finding };
    return detector && { key, detector };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
