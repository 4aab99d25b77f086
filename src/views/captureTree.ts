/** The view Capture: what was read, over which time, how complete, and what was wrong. */
import * as vscode from "vscode";
import type { CaptureFocus } from "../analysis/captureFocus";
import { captureName } from "../analysis/captureSource";
import type { Captures, OpenCapture } from "../analysis/captures";
import type { PassingCounts } from "../analysis/passingCounts";
import { commands, itemKinds } from "../ids";
import { formatBytes, formatCount } from "../shared/format";
import type { CaptureSummary, ImportProblem } from "../shared/model";
import { captureItem } from "./captureItem";
import { completenessText } from "./completenessText";
import { restErrorText } from "./restErrorText";
import { focusText, passingText } from "./focusText";
import { describeSpan, describeZone } from "./captureTimes";
import { partText } from "./partText";
import { oneLine } from "./plainText";
import { isGrave, problemText } from "./problemTexts";

/** One fact; `id` is stable and not shown. */
interface Fact {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  /** Longer form for the tooltip; the value when missing. */
  readonly detail?: string;
  readonly icon: string;
  /** Something went wrong. */
  readonly isWarning?: boolean;
}

/** Any item of the view. */
export type CaptureTreeNode =
  | { readonly kind: "capture"; readonly key: string }
  | { readonly kind: "fact"; readonly key: string; readonly fact: Fact }
  | { readonly kind: "problem"; readonly key: string; readonly problem: ImportProblem };

/** Data of the view. */
export class CaptureTree implements vscode.TreeDataProvider<CaptureTreeNode>, vscode.Disposable {
  readonly #captures: Captures;
  readonly #focus: Pick<CaptureFocus, "get">;
  readonly #passing: Pick<PassingCounts, "get" | "onDidChange">;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscriptions: vscode.Disposable;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(captures: Captures, focus: Pick<CaptureFocus, "get">, passing: Pick<PassingCounts, "get" | "onDidChange">) {
    this.#captures = captures;
    this.#focus = focus;
    this.#passing = passing;
    const refresh = (): void => this.#changed.fire(undefined);
    this.#subscriptions = vscode.Disposable.from(captures.onDidOpen(refresh), captures.onDidChange(refresh), passing.onDidChange(refresh));
  }

  getChildren(node?: CaptureTreeNode): CaptureTreeNode[] {
    if (!node) return this.#captures.list().map(({ key }) => ({ kind: "capture", key }));
    const open = this.#captures.find(node.key);
    if (node.kind !== "capture" || !open) return [];
    const { key } = node;
    return [
      ...[...this.#focusFacts(open), ...facts(open)].map((fact) => ({ kind: "fact", key, fact }) as const),
      ...open.capture.summary.problems.map((problem) => ({ kind: "problem", key, problem }) as const),
    ];
  }

  getTreeItem(node: CaptureTreeNode): vscode.TreeItem {
    switch (node.kind) {
      case "capture": {
        const open = this.#captures.find(node.key);
        return open ? captureItem(open, this.#passing.get(node.key)) : new vscode.TreeItem("");
      }
      case "fact":
        return factItem(node.key, node.fact);
      case "problem":
        return problemItem(node.key, node.problem);
    }
  }

  /** What passes, when not all packets are in focus. */
  #focusFacts({ key, capture }: OpenCapture): Fact[] {
    const focus = this.#focus.get(key);
    const text = focusText(focus, capture.summary.time);
    const passing = this.#passing.get(key);
    if (text === undefined || !passing) return [];
    const value = passing.count ? passingText(passing.count) : vscode.l10n.t("counting…");
    const detail = `${value}\n${focusText(focus, capture.summary.time, 1000) ?? ""}`;
    return [
      { id: "passing", name: vscode.l10n.t("Displayed"), value, detail, icon: "filter-filled" },
      {
        id: "focus",
        name: vscode.l10n.t("Filter"),
        value: text,
        detail: focusText(focus, capture.summary.time, 1000) ?? text,
        icon: "filter",
      },
    ];
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }
}

function facts(open: OpenCapture): Fact[] {
  const { summary } = open.capture;
  const { rows, time, labelField } = summary;
  return [
    {
      id: "rows",
      name: vscode.l10n.t("Rows"),
      value: vscode.l10n.t("{0} read, {1} TCP", formatCount(rows.read), formatCount(rows.tcp)),
      icon: "list-flat",
    },
    ...(summary.part ? [{ id: "part", name: vscode.l10n.t("Only a part"), value: partText(summary.part, summary), icon: "filter" }] : []),
    { id: "size", name: vscode.l10n.t("Size"), value: sizeText(summary), icon: "file" },
    time
      ? {
          id: "span",
          name: vscode.l10n.t("Span"),
          value: describeSpan(time, "seconds"),
          detail: describeSpan(time, "nanoseconds"),
          icon: "calendar",
        }
      : { id: "span", name: vscode.l10n.t("Span"), value: vscode.l10n.t("no readable times"), icon: "calendar" },
    ...(time ? [{ id: "zone", name: vscode.l10n.t("Zone"), value: describeZone(time, { withLabel: true }), icon: "globe" }] : []),
    { id: "completeness", name: vscode.l10n.t("Completeness"), value: completenessValue(open), icon: "pie-chart" },
    { id: "field", name: vscode.l10n.t("Sequence field"), value: summary.seqField, icon: "list-ordered" },
    {
      id: "label",
      name: vscode.l10n.t("Label column"),
      value: labelField === null ? vscode.l10n.t("none") : oneLine(labelField, 60),
      icon: "tag",
    },
    ...problemFacts(open),
  ];
}

function completenessValue({ capture, restError }: OpenCapture): string {
  const { completeness, isComplete } = capture.summary;
  if (completeness) return vscode.l10n.t("{0} of {1} frames", completenessText(completeness), formatCount(completeness.span));
  if (isComplete) return vscode.l10n.t("unknown without frame.number");
  return restError ? vscode.l10n.t("unknown") : vscode.l10n.t("reading…");
}

/** What there is to say of problems beside those that were found. */
function problemFacts({ uri, capture, restError }: OpenCapture): Fact[] {
  const { problems, isComplete } = capture.summary;
  if (restError) {
    const { title, reason, meaning } = restErrorText(restError, oneLine(captureName(uri)));
    return [{ id: "rest", name: title, value: reason, detail: `${reason}\n${meaning}`, icon: "warning", isWarning: true }];
  }
  if (problems.length > 0) return [];
  const name = vscode.l10n.t("Problems");
  return isComplete
    ? [{ id: "problems", name, value: vscode.l10n.t("none"), icon: "pass" }]
    : [{ id: "problems", name, value: vscode.l10n.t("none so far"), icon: "loading~spin" }];
}

const sizeText = ({ bytes, compression }: CaptureSummary): string =>
  compression
    ? vscode.l10n.t("{0} {1}, {2} of text", formatBytes(bytes), compression.kind, formatBytes(compression.bytes))
    : formatBytes(bytes);

function factItem(key: string, { id, name, value, detail = value, icon, isWarning = false }: Fact): vscode.TreeItem {
  const item = new vscode.TreeItem(name);
  item.id = `${key} ${id}`;
  item.description = value;
  item.tooltip = `${name}: ${detail}`;
  item.iconPath = new vscode.ThemeIcon(icon, isWarning ? new vscode.ThemeColor("list.warningForeground") : undefined);
  item.contextValue = itemKinds.fact;
  const label = `${name}: ${value}`;
  item.accessibilityInformation = { label: isWarning ? vscode.l10n.t("Warning: {0}", label) : label };
  return item;
}

function problemItem(key: string, { kind, count }: ImportProblem): vscode.TreeItem {
  const { title, meaning } = problemText(kind);
  const label = `${title}: ${formatCount(count)}`;
  const item = new vscode.TreeItem(title);
  item.id = `${key} problem ${kind}`;
  item.description = formatCount(count);
  item.tooltip = `${label}\n${meaning}`;
  item.iconPath = isGrave(kind)
    ? new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"))
    : new vscode.ThemeIcon("info");
  item.contextValue = itemKinds.problem;
  item.command = { command: commands.openReport, title: vscode.l10n.t("Open Import Report"), arguments: [{ key }] };
  item.accessibilityInformation = { label: isGrave(kind) ? vscode.l10n.t("Warning: {0}", label) : label };
  return item;
}
