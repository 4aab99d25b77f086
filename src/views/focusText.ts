/** What is in focus of a capture, in words: filter, range, and how much passes. */
import * as vscode from "vscode";
import type { FocusCount } from "../analysis/captureFocus";
import { formatCount, formatTimeSpan } from "../shared/format";
import type { CaptureTime } from "../shared/model";
import { isNoFocus, type Focus } from "../shared/selection";
import { oneLine } from "./plainText";

/** Characters of a filter in a line. */
const SHOWN_FILTER = 60;

/** `tcp.len > 0 · 2023-06-04 11:23:00 – 11:24:00 EDT`; undefined for all packets. */
export function focusText({ filter, range }: Focus, time: CaptureTime | null, longest = SHOWN_FILTER): string | undefined {
  const parts = [filter === "" ? undefined : oneLine(filter, longest), range ? formatTimeSpan(range, time) : undefined];
  const said = parts.filter((part) => part !== undefined);
  return said.length > 0 ? said.join(" · ") : undefined;
}

/** `12 of 340 packets`. */
export const passingText = ({ packets, total }: Pick<FocusCount, "packets" | "total">): string =>
  total === 1
    ? vscode.l10n.t("{0} of 1 packet", formatCount(packets))
    : vscode.l10n.t("{0} of {1} packets", formatCount(packets), formatCount(total));

/** What the sentence about an empty list names: what lets nothing through. */
export function nothingText({ filter, range }: Focus): string {
  if (range === null) return vscode.l10n.t("Nothing passes the filter");
  return filter === "" ? vscode.l10n.t("Nothing is in the range") : vscode.l10n.t("Nothing passes the filter in the range");
}

/** The sentence above a tree about what it leaves out, a line per capture; undefined when all packets are in focus. */
export function focusMessage(captures: readonly { name: string; focus: Focus; time: CaptureTime | null }[]): string | undefined {
  const focused = captures.filter(({ focus }) => !isNoFocus(focus));
  const isOnly = captures.length === 1;
  const lines = focused.map(({ name, focus, time }) => {
    const text = focusText(focus, time) ?? "";
    return isOnly ? vscode.l10n.t("Only: {0}", text) : vscode.l10n.t("{0} only: {1}", oneLine(name), text);
  });
  return lines.length > 0 ? lines.join("\n") : undefined;
}
