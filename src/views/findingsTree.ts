/** The view Findings: captures, under each what its coverage means, the questions, and their findings, worst first. */
import * as vscode from "vscode";
import { packetsText } from "../analysis/countTexts";
import { errorSentence } from "../analysis/errorMessages";
import type { CaptureFindings, FindingsResult } from "../analysis/captureFindings";
import type { Captures, OpenCapture } from "../analysis/captures";
import type { CaptureFocus } from "../analysis/captureFocus";
import { captureName } from "../analysis/captureSource";
import type { DismissedFindings } from "../analysis/dismissedFindings";
import type { PassingCounts } from "../analysis/passingCounts";
import { commands, itemKinds } from "../ids";
import { isNoFilter, matchesFilter, NO_FILTER, type FindingFilter } from "../shared/findingFilter";
import { DETECTOR_IDS, SEVERITIES, type DetectorId, type Finding, type NotRun, type Severity } from "../shared/findings";
import { formatCount } from "../shared/format";
import { captureItem } from "./captureItem";
import {
  confidenceName,
  coverageText,
  detectorTitle,
  findingsText,
  findingTitle,
  findingTooltip,
  labelAgreementText,
  severityIcon,
  severityName,
} from "./findingTexts";
import { nothingText, passingText } from "./focusText";
import { oneLine } from "./plainText";

/** A line about all findings of a capture; `id` is stable and not shown. */
interface Note {
  readonly id: string;
  readonly text: string;
  readonly value?: string;
  readonly icon: vscode.ThemeIcon;
  readonly command?: vscode.Command;
}

/** Commands take it as `{ key }`. */
interface CaptureNode {
  readonly kind: "capture";
  readonly key: string;
}
interface NoteNode {
  readonly kind: "note";
  readonly key: string;
  readonly note: Note;
}
/** Commands take it as `{ key, detector }`. */
interface DetectorNode {
  readonly kind: "detector";
  readonly key: string;
  readonly detector: DetectorId;
}
/** Commands take it as `{ key, id }`. */
interface FindingNode {
  readonly kind: "finding";
  readonly key: string;
  readonly id: string;
  readonly finding: Finding;
}
/** Commands take it as `{ key, detector }` and `{ tshark }`. */
interface NotRunNode {
  readonly kind: "notRun";
  readonly key: string;
  readonly detector: DetectorId;
  readonly tshark: string;
  readonly reason: string;
  /** Among those of its detector. */
  readonly place: number;
}
/** Stands for the findings that are not listed yet. */
interface MoreNode {
  readonly kind: "more";
  readonly key: string;
  readonly detector: DetectorId;
  readonly left: number;
}

/** Any item of the view. */
export type FindingsNode = CaptureNode | NoteNode | DetectorNode | FindingNode | NotRunNode | MoreNode;

/** What the view needs. */
export interface FindingsTreeContext {
  readonly captures: Captures;
  readonly focus: Pick<CaptureFocus, "get">;
  readonly passing: Pick<PassingCounts, "get" | "onDidChange">;
  readonly findings: CaptureFindings;
  readonly dismissed: DismissedFindings;
}

/** Findings listed per question at first, and added by each Show more. */
const PAGE = 100;
/** A question opens by itself when its worst finding is this grave or worse. */
const OPENS_FROM = SEVERITIES.indexOf("warn");

/** Data of the view. */
export class FindingsTree implements vscode.TreeDataProvider<FindingsNode>, vscode.Disposable {
  readonly #context: FindingsTreeContext;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #subscriptions: vscode.Disposable;
  /** Pages listed by capture and question; 1 when missing. */
  readonly #pages = new Map<string, number>();
  #filter = NO_FILTER;
  #showsDismissed = false;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(context: FindingsTreeContext) {
    this.#context = context;
    const { captures, findings, dismissed, passing } = context;
    const refresh = (): void => this.#changed.fire(undefined);
    this.#subscriptions = vscode.Disposable.from(
      captures.onDidOpen(refresh),
      captures.onDidChange(refresh),
      findings.onDidChange(refresh),
      dismissed.onDidChange(refresh),
      passing.onDidChange(refresh),
    );
  }

  get filter(): FindingFilter {
    return this.#filter;
  }

  get showsDismissed(): boolean {
    return this.#showsDismissed;
  }

  setFilter(filter: FindingFilter): void {
    this.#filter = filter;
    this.#pages.clear();
    this.#changed.fire(undefined);
  }

  setShowsDismissed(shows: boolean): void {
    this.#showsDismissed = shows;
    this.#changed.fire(undefined);
  }

  showMore(key: string, detector: DetectorId): void {
    const page = `${key} ${detector}`;
    this.#pages.set(page, (this.#pages.get(page) ?? 1) + 1);
    this.#changed.fire(undefined);
  }

  /** Findings of a capture as they are listed, worst first. */
  shown(key: string): Finding[] {
    return this.#visible(key).filter((finding) => matchesFilter(finding, this.#filter) && this.#passes(key, finding));
  }

  /** Whether a packet of the finding is in focus; of none, while they are counted. */
  #passes(key: string, { id }: Finding): boolean {
    const passing = this.#context.passing.get(key);
    return passing === undefined || (passing.findings?.get(id) ?? 0) > 0;
  }

  /** How many findings of all captures are warnings or worse and not put away. */
  countGrave(): number {
    const { captures, findings, dismissed } = this.#context;
    let count = 0;
    for (const { key } of captures.list())
      for (const { id, severity } of findings.result(key)?.report.findings ?? []) if (isGrave(severity) && !dismissed.has(key, id)) count++;
    return count;
  }

  getParent(node: FindingsNode): FindingsNode | undefined {
    switch (node.kind) {
      case "capture":
        return undefined;
      case "note":
      case "detector":
        return { kind: "capture", key: node.key };
      case "finding":
        return { kind: "detector", key: node.key, detector: node.finding.detector };
      case "notRun":
      case "more":
        return { kind: "detector", key: node.key, detector: node.detector };
    }
  }

  getChildren(node?: FindingsNode): FindingsNode[] {
    if (!node) return this.#context.captures.list().map(({ key }) => ({ kind: "capture", key }));
    if (node.kind === "capture") return this.#ofCapture(node.key);
    return node.kind === "detector" ? this.#ofDetector(node.key, node.detector) : [];
  }

  getTreeItem(node: FindingsNode): vscode.TreeItem {
    switch (node.kind) {
      case "capture": {
        const open = this.#context.captures.find(node.key);
        return open ? captureItem(open, this.#context.passing.get(node.key)) : new vscode.TreeItem("");
      }
      case "note":
        return noteItem(node);
      case "detector":
        return this.#detectorItem(node);
      case "finding":
        return findingItem(node, {
          isDismissed: this.#context.dismissed.has(node.key, node.id),
          passing: this.#context.passing.get(node.key)?.findings?.get(node.id),
        });
      case "notRun":
        return notRunItem(node);
      case "more":
        return moreItem(node);
    }
  }

  resolveTreeItem(item: vscode.TreeItem, node: FindingsNode): vscode.TreeItem {
    if (node.kind === "finding") item.tooltip = findingTooltip(node.finding, this.#context.captures.get(node.key)?.summary.time ?? null);
    return item;
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  /** Findings that are not put away, or all, as the user has chosen. */
  #visible(key: string): Finding[] {
    const { findings, dismissed } = this.#context;
    const all = findings.result(key)?.report.findings ?? [];
    return all.filter(({ id }) => this.#showsDismissed || !dismissed.has(key, id));
  }

  #ofCapture(key: string): FindingsNode[] {
    const { captures, findings } = this.#context;
    const open = captures.find(key);
    const state = findings.state(key);
    if (!open || !state) return [];
    const asNodes = (notes: readonly Note[]): NoteNode[] => notes.map((note) => ({ kind: "note", key, note }));
    const above = asNodes(stateNotes(open, state));
    const result = findings.result(key);
    if (!result) return above;
    return [
      ...above,
      ...asNodes(this.#notesAbove(result)),
      ...asNodes(this.#focusNotes(key)),
      ...this.#detectors(key, result).map((detector) => ({ kind: "detector", key, detector }) as const),
      ...asNodes(this.#notesBelow(key, result)),
    ];
  }

  #notesAbove(result: FindingsResult): Note[] {
    const { report } = result;
    return [
      ...report.caveats.map((text, i) => ({ id: `caveat ${String(i)}`, text, icon: new vscode.ThemeIcon("warning") })),
      {
        id: "coverage",
        text: vscode.l10n.t("Coverage"),
        value: coverageText(report.coverage),
        icon: new vscode.ThemeIcon("pie-chart"),
      },
      ...(report.findings.length === 0 ? [nothingNote(result)] : []),
    ];
  }

  /** What filter and range of the capture leave out. */
  #focusNotes(key: string): Note[] {
    const { focus, passing } = this.#context;
    const passed = passing.get(key);
    if (!passed) return [];
    if (!passed.findings)
      return [{ id: "counting", text: vscode.l10n.t("Counting matching packets…"), icon: new vscode.ThemeIcon("loading~spin") }];
    const all = this.#visible(key);
    const left = all.filter((finding) => !this.#passes(key, finding)).length;
    if (left === 0) return [];
    const text = left === all.length ? nothingText(focus.get(key)) : vscode.l10n.t("{0} without a matching packet", findingsText(left));
    const title = vscode.l10n.t("Show all packets");
    const command = { command: commands.clearFilter, title, arguments: [{ key }] };
    return [{ id: "focus", text, value: title, icon: new vscode.ThemeIcon("filter-filled"), command }];
  }

  #notesBelow(key: string, { report }: FindingsResult): Note[] {
    const { dismissed } = this.#context;
    const notes: Note[] = [];
    const filtered = this.#visible(key).filter((finding) => !matchesFilter(finding, this.#filter)).length;
    if (filtered > 0)
      notes.push({
        id: "filtered",
        text: vscode.l10n.t("{0} left out by the filter", findingsText(filtered)),
        icon: new vscode.ThemeIcon("filter"),
        command: { command: commands.clearFindingsFilter, title: vscode.l10n.t("Clear Filter") },
      });
    const away = report.findings.filter(({ id }) => dismissed.has(key, id)).length;
    if (away > 0 && !this.#showsDismissed)
      notes.push({
        id: "dismissed",
        text: vscode.l10n.t("{0} dismissed", findingsText(away)),
        icon: new vscode.ThemeIcon("eye-closed"),
        command: { command: commands.showDismissed, title: vscode.l10n.t("Show Dismissed Findings") },
      });
    if (report.labels)
      notes.push({
        id: "labels",
        text: vscode.l10n.t("Labels ({0})", oneLine(report.labels.field, 40)),
        value: labelAgreementText(report.labels),
        icon: new vscode.ThemeIcon("tag"),
      });
    return notes;
  }

  /** Those with findings by their worst one, then the others; with a filter, only those with findings. */
  #detectors(key: string, { report, detectors }: FindingsResult): DetectorId[] {
    const withFindings = this.shown(key).map(({ detector }) => detector);
    if (!isNoFilter(this.#filter) || this.#context.passing.get(key)) return [...new Set(withFindings)];
    const named = new Set([...detectors.map(({ id }) => id), ...report.notRun.map(({ detector }) => detector)]);
    return [...new Set([...withFindings, ...DETECTOR_IDS.filter((id) => named.has(id))])];
  }

  #ofDetector(key: string, detector: DetectorId): FindingsNode[] {
    const all = this.shown(key).filter((finding) => finding.detector === detector);
    const listed = all.slice(0, (this.#pages.get(`${key} ${detector}`) ?? 1) * PAGE);
    const left = all.length - listed.length;
    return [
      ...listed.map((finding): FindingNode => ({ kind: "finding", key, id: finding.id, finding })),
      ...(left > 0 ? [{ kind: "more", key, detector, left } as const] : []),
      ...this.#notRun(key, detector).map(({ reason, tshark }, place): NotRunNode => ({
        kind: "notRun",
        key,
        detector,
        reason,
        tshark,
        place,
      })),
    ];
  }

  #notRun(key: string, detector: DetectorId): NotRun[] {
    return (this.#context.findings.result(key)?.report.notRun ?? []).filter((each) => each.detector === detector);
  }

  #detectorItem({ key, detector }: DetectorNode): vscode.TreeItem {
    const title = oneLine(detectorTitle(this.#context.findings.result(key)?.detectors ?? [], detector));
    const findings = this.shown(key).filter((finding) => finding.detector === detector);
    const all = this.#visible(key).filter((finding) => finding.detector === detector).length;
    const notRun = this.#notRun(key, detector);
    const [worst] = findings;
    const item = new vscode.TreeItem(title);
    item.id = `${key} ${detector}`;
    item.description = countText(findings.length, all, notRun.length > 0);
    item.iconPath = worst ? severityIcon(worst.severity) : new vscode.ThemeIcon(notRun.length > 0 ? "circle-slash" : "pass");
    item.collapsibleState = stateOf(worst, notRun.length > 0);
    item.contextValue = itemKinds.detector;
    item.tooltip = [title, item.description, ...notRun.map(({ reason }) => oneLine(reason, 500))].join("\n");
    item.accessibilityInformation = {
      label: worst
        ? vscode.l10n.t("{0}, {1}, worst: {2}", title, findingsText(findings.length), severityName(worst.severity))
        : `${title}, ${item.description}`,
    };
    return item;
  }
}

/** What was looked for, and what could not be judged: nothing found is not nothing there. */
function nothingNote({ report, detectors }: FindingsResult): Note {
  const unanswered = new Set(report.notRun.map(({ detector }) => detector)).size;
  const value =
    unanswered === 0
      ? vscode.l10n.t("all {0} questions below were answered", formatCount(detectors.length))
      : vscode.l10n.t(
          "{0} of the {1} questions below could not be answered, or not fully",
          formatCount(unanswered),
          formatCount(detectors.length),
        );
  return {
    id: "nothing",
    text: vscode.l10n.t("Nothing stands out"),
    value,
    icon: new vscode.ThemeIcon(unanswered === 0 ? "pass" : "circle-slash"),
  };
}

const isGrave = (severity: Severity): boolean => SEVERITIES.indexOf(severity) >= OPENS_FROM;

function countText(shown: number, all: number, hasNotRun: boolean): string {
  if (shown < all) return vscode.l10n.t("{0} of {1}", formatCount(shown), formatCount(all));
  if (shown > 0) return formatCount(shown);
  return hasNotRun ? vscode.l10n.t("not answered") : vscode.l10n.t("none");
}

function stateOf(worst: Finding | undefined, hasNotRun: boolean): vscode.TreeItemCollapsibleState {
  if (worst) return isGrave(worst.severity) ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
  return hasNotRun ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None;
}

/** What there is to say before findings are known, or instead of them. */
function stateNotes({ key, uri }: OpenCapture, state: NonNullable<ReturnType<CaptureFindings["state"]>>): Note[] {
  const spinning = new vscode.ThemeIcon("loading~spin");
  const failed = new vscode.ThemeIcon("error", new vscode.ThemeColor("list.errorForeground"));
  const name = oneLine(captureName(uri));
  switch (state.kind) {
    case "found":
      return [];
    case "reading":
      return [{ id: "state", text: vscode.l10n.t("Waiting for the other columns…"), icon: spinning }];
    case "running":
      return [{ id: "state", text: vscode.l10n.t("Looking for findings…"), icon: spinning }];
    case "failed":
      return [
        {
          id: "state",
          text: vscode.l10n.t("Findings could not be looked for. Try again"),
          value: errorSentence(state.error, name),
          icon: failed,
          command: { command: commands.findAgain, title: vscode.l10n.t("Look for Findings Again"), arguments: [{ key }] },
        },
      ];
    case "impossible":
      return [
        {
          id: "state",
          text: vscode.l10n.t("Findings need all columns. Analyze again"),
          value: errorSentence(state.error, name),
          icon: failed,
          command: { command: commands.analyzeAgain, title: vscode.l10n.t("Analyze Again"), arguments: [{ key }] },
        },
      ];
  }
}

function noteItem({ key, note: { id, text, value, icon, command } }: NoteNode): vscode.TreeItem {
  const label = oneLine(text, 500);
  const item = new vscode.TreeItem(label);
  item.id = `${key} note ${id}`;
  if (value !== undefined) item.description = value;
  item.tooltip = value === undefined ? label : `${label}: ${value}`;
  item.iconPath = icon;
  item.contextValue = itemKinds.note;
  if (command) item.command = command;
  item.accessibilityInformation = { label: value === undefined ? label : `${label}: ${value}` };
  return item;
}

/** `passing`: how many of its packets are in focus; undefined without a filter or range. */
function findingItem(
  { key, id, finding }: FindingNode,
  { isDismissed, passing }: { isDismissed: boolean; passing: number | undefined },
): vscode.TreeItem {
  const title = findingTitle(finding);
  const confidence = confidenceName(finding.confidence);
  const item = new vscode.TreeItem(title);
  item.id = `${key} finding ${id}`;
  const packets = passing === undefined ? packetsText(finding.packets) : passingText({ packets: passing, total: finding.packets });
  const state = isDismissed ? vscode.l10n.t("dismissed") : confidence;
  item.description = passing === undefined ? state : `${packets} · ${state}`;
  item.iconPath = isDismissed ? new vscode.ThemeIcon("eye-closed") : severityIcon(finding.severity);
  item.contextValue = isDismissed ? itemKinds.dismissedFinding : itemKinds.finding;
  item.command = { command: commands.openFinding, title: vscode.l10n.t("Open Finding"), arguments: [{ key, id }] };
  const label = `${severityName(finding.severity)}, ${confidence}: ${title}, ${packets}`;
  item.accessibilityInformation = { label: isDismissed ? vscode.l10n.t("Dismissed: {0}", label) : label };
  return item;
}

function notRunItem({ key, detector, reason, tshark, place }: NotRunNode): vscode.TreeItem {
  const text = oneLine(reason, 500);
  const item = new vscode.TreeItem(text);
  item.id = `${key} ${detector} notRun ${String(place)}`;
  item.iconPath = new vscode.ThemeIcon("circle-slash");
  item.contextValue = tshark === "" ? itemKinds.notRun : itemKinds.notRunForWant;
  const needed = tshark === "" ? [] : [vscode.l10n.t("Add to the tshark command: {0}", oneLine(tshark, 500))];
  if (tshark !== "") item.description = oneLine(tshark, 200);
  item.tooltip = [text, ...needed].join("\n");
  item.accessibilityInformation = { label: [vscode.l10n.t("Not answered: {0}", text), ...needed].join(" ") };
  return item;
}

function moreItem({ key, detector, left }: MoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Show more"));
  item.id = `${key} ${detector} more`;
  item.description = vscode.l10n.t("{0} more", formatCount(left));
  item.iconPath = new vscode.ThemeIcon("ellipsis");
  item.contextValue = itemKinds.more;
  item.command = { command: commands.showMoreFindings, title: vscode.l10n.t("Show more"), arguments: [{ key, detector }] };
  return item;
}
