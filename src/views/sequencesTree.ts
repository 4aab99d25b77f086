/** The view Sequence Numbers: captures, and under each its numbers, a page at a time. */
import * as vscode from "vscode";
import type { Captures, OpenCapture } from "../analysis/captures";
import { packetsText } from "../analysis/countTexts";
import type { CaptureFocus } from "../analysis/captureFocus";
import type { ErrorNotifier } from "../analysis/errorNotifier";
import { captureName } from "../analysis/captureSource";
import type { PassingCounts } from "../analysis/passingCounts";
import { commands, contextKeys, itemKinds } from "../ids";
import type { BurstsOfNumber, SequenceBurst } from "../shared/bursts";
import { formatCount, formatDuration, formatRatio, formatShare } from "../shared/format";
import type { CaptureTime, SequenceDetails, SequenceOrder } from "../shared/model";
import { isNoFocus, type Focus } from "../shared/selection";
import { captureItem } from "./captureItem";
import { describeBucket, describeMoment } from "./captureTimes";
import { nothingText } from "./focusText";
import { nothingItem } from "./nothingItem";
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
  readonly burst?: SequenceBurst;
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

/** Says that no packet is in focus, or that the capture has no numbers. */
interface NothingNode {
  readonly kind: "nothing";
  readonly key: string;
}

/** Any item of the view. */
export type SequencesNode = CaptureNode | SequenceNode | MoreNode | FailureNode | NothingNode;

/** What the view needs. */
export interface SequencesContext {
  readonly captures: Captures;
  readonly focus: Pick<CaptureFocus, "get" | "onDidChange">;
  readonly passing: Pick<PassingCounts, "get" | "onDidChange">;
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
  /** Under which focus a capture's bursts were looked for last. */
  readonly #searched = new WeakMap<OpenCapture["capture"], Focus>();
  #order: SequenceOrder = "count";

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(context: SequencesContext) {
    this.#context = context;
    const { captures, focus, passing } = context;
    this.#subscriptions = vscode.Disposable.from(
      captures.onDidOpen(() => this.#changed.fire(undefined)),
      captures.onDidChange(({ key, change }) => {
        if (change === "completed" || change === "incomplete") return; // the numbers are the same
        if (change !== "stale") this.#pages.delete(key);
        if (change === "closed") this.#roots.delete(key);
        this.#changed.fire(undefined);
      }),
      focus.onDidChange(({ key }) => this.#pages.delete(key)),
      // Shares are of what passes: it is counted first.
      passing.onDidChange((key) => {
        const passed = passing.get(key);
        if (!passed || passed.count) this.#changed.fire(undefined);
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
    const [first] = await capture.listSequences({ order: this.#order, from, count: 1, focus: this.#context.focus.get(key) });
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
        return open ? captureItem(open, this.#context.passing.get(node.key)) : new vscode.TreeItem("");
      }
      case "sequence":
        return sequenceItem(node, this.#total(node.key), this.#context.captures.get(node.key)?.summary.time ?? null);
      case "more":
        return moreItem(node);
      case "failure":
        return failureItem(node);
      case "nothing":
        return this.#context.captures.get(node.key)?.summary.distinct === 0
          ? noNumbersItem(node)
          : nothingItem(node.key, nothingText(this.#context.focus.get(node.key)));
    }
  }

  async resolveTreeItem(item: vscode.TreeItem, node: SequencesNode): Promise<vscode.TreeItem> {
    const capture = this.#context.captures.get(node.key);
    if (node.kind !== "sequence" || !capture) return item;
    const { key, seq, burst } = node;
    const focus = this.#context.focus.get(key);
    const [details, found] = await Promise.all([
      capture.describeSequence(seq, focus),
      burst ? capture.getBursts({ seq, focus, clock: "capture" }) : undefined,
    ]);
    const { summary } = capture;
    item.tooltip = [describeSequence(details, summary, !isNoFocus(focus)), ...describeBursts(found, summary.time)].join("\n");
    return item;
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  /** Packets that shares are of: those in focus. */
  #total(key: string): number {
    const { captures, passing } = this.#context;
    return passing.get(key)?.count?.packets ?? captures.get(key)?.summary.rows.tcp ?? 0;
  }

  #shown(key: string): number {
    return (this.#pages.get(key) ?? 1) * this.#context.readTopCount();
  }

  /** Looks for bursts once all columns are read, and lists the numbers again where there are any: a list by count does not wait. */
  async #findBursts({ key, uri, capture }: OpenCapture, focus: Focus): Promise<void> {
    if (this.#searched.get(capture) === focus) return;
    this.#searched.set(capture, focus);
    try {
      await capture.complete.catch(() => undefined);
      // The whole tree: VS Code loses an item that is refreshed by itself while all of them are.
      if ((await capture.findBursts(focus)) > 0) this.#changed.fire(undefined);
    } catch (error) {
      if (this.#context.captures.get(key) === capture) this.#context.errors.report(error, captureName(uri));
    }
  }

  async #list(open: OpenCapture): Promise<SequencesNode[]> {
    const { key, uri, capture } = open;
    try {
      const focus = this.#context.focus.get(key);
      const items = await capture.listSequences({ order: this.#order, from: 0, count: this.#shown(key), focus });
      if (items.length === 0) return [{ kind: "nothing", key }];
      const distinct = isNoFocus(focus) ? capture.summary.distinct : (this.#context.passing.get(key)?.count?.distinct ?? 0);
      const left = distinct - items.length;
      const numbers = items.map((item): SequenceNode => ({ kind: "sequence", key, ...item }));
      void this.#findBursts(open, focus);
      return left > 0 ? [...numbers, { kind: "more", key, left }] : numbers;
    } catch (error) {
      if (this.#context.captures.get(key) !== capture) return []; // closed or replaced meanwhile
      this.#context.errors.report(error, captureName(uri));
      return [{ kind: "failure", key }];
    }
  }
}

function sequenceItem({ key, seq, count, burst }: SequenceNode, total: number, time: CaptureTime | null): vscode.TreeItem {
  const ratio = burst && formatRatio(burst.ratio);
  const at = burst && time ? describeBucket(burst.peakSec, time) : undefined;
  const share = formatShare(total > 0 ? count / total : 0);
  const item = new vscode.TreeItem(String(seq));
  item.id = `${key} ${String(seq)}`;
  const numbers = `${formatCount(count)} · ${share}`;
  item.description = ratio && at ? `${numbers} · ${vscode.l10n.t("▲ {0}× at {1}", ratio, at)}` : numbers;
  item.iconPath = new vscode.ThemeIcon("graph-line");
  item.contextValue = itemKinds.sequence;
  item.command = { command: commands.openTimeline, title: vscode.l10n.t("Open Timeline"), arguments: [{ key, seq }] };
  const label = vscode.l10n.t("Sequence number {0}, {1}, {2}", String(seq), packetsText(count), share);
  item.accessibilityInformation = {
    label: ratio && at ? `${label}, ${vscode.l10n.t("burst at {0}, {1} times the baseline", at, ratio)}` : label,
  };
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
function noNumbersItem({ key }: NothingNode): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t("No row has a sequence number"));
  item.id = `${key} nothing`;
  item.description = vscode.l10n.t("open the import report");
  item.iconPath = new vscode.ThemeIcon("info");
  item.contextValue = itemKinds.nothing;
  item.command = { command: commands.openReport, title: vscode.l10n.t("Open Import Report"), arguments: [{ key }] };
  return item;
}

/** Plain text, so that nothing from the capture can become a link or markup. */
function describeSequence(details: SequenceDetails, summary: OpenCapture["capture"]["summary"], isFiltered: boolean): string {
  const { count, first, last, streams, labels } = details;
  const { time } = summary;
  const lines = [
    `${summary.seqField} ${String(details.seq)}`,
    isFiltered
      ? vscode.l10n.t("Displayed: {0}, {1} of all displayed", packetsText(count), formatShare(details.share))
      : vscode.l10n.t("{0}, {1} of all", packetsText(count), formatShare(details.share)),
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

/** Lines of a tooltip, strongest burst first; none without bursts. */
function describeBursts(found: BurstsOfNumber | undefined, time: CaptureTime | null): string[] {
  if (!found || !time || found.bursts.length === 0) return [];
  const { bursts, bucketSeconds } = found;
  const shown = bursts.slice(0, SHOWN_BURSTS).map(({ peakSec, peakCount, ratio }) => {
    const at = describeBucket(peakSec, time);
    return vscode.l10n.t("▲ {0}: {1}, {2} times the baseline", at, packetsText(peakCount), formatRatio(ratio));
  });
  const more = bursts.length - shown.length;
  return [
    vscode.l10n.t("Bursts in buckets of {0}:", formatDuration(bucketSeconds)),
    ...shown,
    ...(more > 0 ? [vscode.l10n.t("and {0} more bursts", formatCount(more))] : []),
  ];
}

const SHOWN_BURSTS = 5;
