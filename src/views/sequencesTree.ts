/** The view Sequence Numbers: captures, and under each its numbers, a page at a time. */
import * as vscode from "vscode";
import type { Captures, OpenCapture } from "../analysis/captures";
import { packetsText } from "../analysis/countTexts";
import type { ErrorNotifier } from "../analysis/errorNotifier";
import { captureName } from "../analysis/captureSource";
import { commands, contextKeys, itemKinds } from "../ids";
import { formatCount, formatShare } from "../shared/format";
import type { SequenceDetails, SequenceOrder } from "../shared/model";
import { captureItem } from "./captureItem";
import { describeMoment } from "./captureTimes";
import { oneLine } from "./plainText";

/** A capture's root. One object per open capture, so that it can be refreshed by itself. */
interface CaptureNode {
  readonly kind: "capture";
  readonly key: string;
}

/** A number with its packets. Commands take it as `{ key, seq }`. */
interface SequenceNode {
  readonly kind: "sequence";
  readonly key: string;
  readonly seq: number;
  readonly count: number;
}

/** Stands for the numbers that are not listed yet. */
interface MoreNode {
  readonly kind: "more";
  readonly key: string;
  readonly left: number;
}

/** Stands for the numbers when the thread does not answer. */
interface FailureNode {
  readonly kind: "failure";
  readonly key: string;
}

/** Says that the capture has no numbers. */
interface NothingNode {
  readonly kind: "nothing";
  readonly key: string;
}

/** Any item of the view. */
export type SequencesNode = CaptureNode | SequenceNode | MoreNode | FailureNode | NothingNode;

/** What the view needs. */
export interface SequencesContext {
  readonly captures: Captures;
  readonly errors: ErrorNotifier;
  /** Numbers listed at first, and added by each Show more. */
  readonly readTopCount: () => number;
}

/** Data of the view. Asks the thread only for what is listed. */
export class SequencesTree implements vscode.TreeDataProvider<SequencesNode>, vscode.Disposable {
  readonly #context: SequencesContext;
  readonly #roots = new Map<string, CaptureNode>();
  /** Pages listed per capture; 1 when missing. */
  readonly #pages = new Map<string, number>();
  readonly #changed = new vscode.EventEmitter<SequencesNode | undefined>();
  readonly #subscriptions: vscode.Disposable;
  #order: SequenceOrder = "count";

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(context: SequencesContext) {
    this.#context = context;
    const { captures } = context;
    this.#subscriptions = vscode.Disposable.from(
      captures.onDidOpen(() => this.#changed.fire(undefined)),
      captures.onDidChange(({ key, change }) => {
        if (change === "completed" || change === "incomplete") return; // the numbers are the same
        if (change !== "stale") this.#pages.delete(key);
        if (change === "closed") this.#roots.delete(key);
        this.#changed.fire(undefined);
      }),
    );
  }

  /** Lists another page. Returns its first number, for the view to go on from there. */
  async showMore(key: string): Promise<SequencesNode | undefined> {
    const capture = this.#context.captures.get(key);
    if (!capture) return undefined;
    const from = this.#shown(key);
    this.#pages.set(key, (this.#pages.get(key) ?? 1) + 1);
    this.#changed.fire(this.root(key));
    const [first] = await capture.listSequences({ order: this.#order, from, count: 1 });
    return first && { kind: "sequence", key, ...first };
  }

  /** Sorts the numbers of every capture; back to the first page. */
  async setOrder(order: SequenceOrder): Promise<void> {
    this.#order = order;
    this.refresh();
    await vscode.commands.executeCommand("setContext", contextKeys.order, order);
  }

  /** Lists everything anew from the first page, as after a change of settings. */
  refresh(): void {
    this.#pages.clear();
    this.#changed.fire(undefined);
  }

  /** The item of a capture, for revealing it. */
  root(key: string): SequencesNode {
    const known = this.#roots.get(key);
    if (known) return known;
    const root: CaptureNode = { kind: "capture", key };
    this.#roots.set(key, root);
    return root;
  }

  getParent(node: SequencesNode): SequencesNode | undefined {
    return node.kind === "capture" ? undefined : this.root(node.key);
  }

  async getChildren(node?: SequencesNode): Promise<SequencesNode[]> {
    if (!node) return this.#context.captures.list().map(({ key }) => this.root(key));
    if (node.kind !== "capture") return [];
    const open = this.#context.captures.find(node.key);
    return open ? this.#list(open) : [];
  }

  getTreeItem(node: SequencesNode): vscode.TreeItem {
    switch (node.kind) {
      case "capture": {
        const open = this.#context.captures.find(node.key);
        return open ? captureItem(open) : new vscode.TreeItem("");
      }
      case "sequence":
        return sequenceItem(node, this.#context.captures.get(node.key)?.summary.rows.tcp ?? 0);
      case "more":
        return moreItem(node);
      case "failure":
        return failureItem(node);
      case "nothing":
        return nothingItem(node);
    }
  }

  async resolveTreeItem(item: vscode.TreeItem, node: SequencesNode): Promise<vscode.TreeItem> {
    const capture = this.#context.captures.get(node.key);
    if (node.kind !== "sequence" || !capture) return item;
    const details = await capture.describeSequence(node.seq);
    item.tooltip = describeSequence(details, capture.summary);
    return item;
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  #shown(key: string): number {
    return (this.#pages.get(key) ?? 1) * this.#context.readTopCount();
  }

  async #list({ key, uri, capture }: OpenCapture): Promise<SequencesNode[]> {
    try {
      const items = await capture.listSequences({ order: this.#order, from: 0, count: this.#shown(key) });
      if (capture.summary.distinct === 0) return [{ kind: "nothing", key }];
      const left = capture.summary.distinct - items.length;
      const numbers = items.map(({ seq, count }): SequenceNode => ({ kind: "sequence", key, seq, count }));
      return left > 0 ? [...numbers, { kind: "more", key, left }] : numbers;
    } catch (error) {
      if (this.#context.captures.get(key) !== capture) return []; // closed or replaced meanwhile
      this.#context.errors.report(error, captureName(uri));
      return [{ kind: "failure", key }];
    }
  }
}

function sequenceItem(node: SequenceNode, total: number): vscode.TreeItem {
  const { key, seq, count } = node;
  const share = formatShare(total > 0 ? count / total : 0);
  const item = new vscode.TreeItem(String(seq));
  item.id = `${key} ${String(seq)}`;
  item.description = `${formatCount(count)} · ${share}`;
  item.iconPath = new vscode.ThemeIcon("graph-line");
  item.contextValue = itemKinds.sequence;
  item.command = { command: commands.openTimeline, title: vscode.l10n.t("Open Timeline"), arguments: [{ key, seq }] };
  item.accessibilityInformation = { label: vscode.l10n.t("Sequence number {0}, {1}, {2}", String(seq), packetsText(count), share) };
  return item;
}

function moreItem({ key, left }: MoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("Show more"));
  item.id = `${key} more`;
  item.description = vscode.l10n.t("{0} more", formatCount(left));
  item.iconPath = new vscode.ThemeIcon("ellipsis");
  item.contextValue = itemKinds.more;
  item.command = { command: commands.showMore, title: vscode.l10n.t("Show more"), arguments: [{ key }] };
  item.tooltip = vscode.l10n.t("Any number can also be found by typing it.");
  return item;
}

function failureItem({ key }: FailureNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("The numbers are gone. Analyze again"));
  item.id = `${key} failure`;
  item.iconPath = new vscode.ThemeIcon("error", new vscode.ThemeColor("list.errorForeground"));
  item.contextValue = itemKinds.failure;
  item.command = { command: commands.analyzeAgain, title: vscode.l10n.t("Analyze Again"), arguments: [{ key }] };
  return item;
}

/** The report says how many rows there are, and why none of them counts. */
function nothingItem({ key }: NothingNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("No row has a sequence number"));
  item.id = `${key} nothing`;
  item.description = vscode.l10n.t("open the import report");
  item.iconPath = new vscode.ThemeIcon("info");
  item.contextValue = itemKinds.nothing;
  item.command = { command: commands.openReport, title: vscode.l10n.t("Open Import Report"), arguments: [{ key }] };
  return item;
}

/** Plain text, so that nothing from the capture can become a link or markup. */
function describeSequence(details: SequenceDetails, summary: OpenCapture["capture"]["summary"]): string {
  const { count, first, last, streams, labels } = details;
  const { time } = summary;
  const lines = [
    `${summary.seqField} ${String(details.seq)}`,
    vscode.l10n.t("{0}, {1} of all", packetsText(count), formatShare(details.share)),
    time && first ? vscode.l10n.t("First: {0}", describeMoment(first, time)) : undefined,
    time && last ? vscode.l10n.t("Last: {0}", describeMoment(last, time)) : undefined,
    // Streams that were counted before the other columns could not be read are not all.
    streams === null || !summary.isComplete ? undefined : vscode.l10n.t("Streams: {0}", formatCount(streams)),
    ...labels.slice(0, SHOWN_LABELS).map((each) => {
      const label = each.label === null ? vscode.l10n.t("no label") : oneLine(each.label, 60);
      return vscode.l10n.t("{0}: {1}, {2}", label, packetsText(each.count), formatShare(count > 0 ? each.count / count : 0));
    }),
    labels.length > SHOWN_LABELS ? vscode.l10n.t("and {0} more labels", formatCount(labels.length - SHOWN_LABELS)) : undefined,
  ];
  return lines.filter((line) => line !== undefined).join("\n");
}

const SHOWN_LABELS = 8;
