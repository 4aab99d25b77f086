/** What can be copied of a finding (argument: `{ key, id }`), and of a question that was not answered (`{ tshark }`). */
import * as vscode from "vscode";
import { packetsText } from "../analysis/countTexts";
import { formatCount } from "../shared/format";
import { frameFilters, type FrameFilter } from "../shared/frameRanges";
import { packetsOfFinding } from "../shared/selection";
import { findingTarget, type CommandContext } from "./context";

/** A display filter for exactly its packets, in parts where one would be too long for a command line. */
export async function copyFindingFilter({ captures, errors }: CommandContext, argument?: unknown): Promise<void> {
  const { key, id } = findingTarget(argument);
  const places = await captures.get(key)?.getPacketPlaces({ selection: packetsOfFinding(id), most: null });
  if (!places) return;
  if (!places.frames) {
    void vscode.window.showWarningMessage(
      places.rows.length === 0
        ? vscode.l10n.t("This finding is not known any more. Look at the view Findings.")
        : vscode.l10n.t("Wireshark cannot be told of these packets: the file has no frame.number. Export it again with -e frame.number."),
    );
    return;
  }
  const filters = frameFilters(places.frames, places.stream);
  const total = places.frames.length;
  if (!filters[0]) return;
  await vscode.env.clipboard.writeText(filters[0].filter);
  if (filters.length === 1) vscode.window.setStatusBarMessage(vscode.l10n.t("Filter for {0} copied", packetsText(total)), 5000);
  // Does not wait for the answer.
  else offerFurther(filters, total).catch((error: unknown) => errors.report(error, vscode.l10n.t("this command")));
}

/** Says how much the first part covers, and copies each further one when it is asked for. */
async function offerFurther(filters: readonly FrameFilter[], total: number): Promise<void> {
  const next = vscode.l10n.t("Copy Next Part");
  for (const [i, { filter, frames }] of filters.entries()) {
    if (i > 0) await vscode.env.clipboard.writeText(filter);
    const sentence = vscode.l10n.t(
      "Part {0} of {1} copied: this filter covers {2} of {3}. One for all would be longer than a command line may be.",
      formatCount(i + 1),
      formatCount(filters.length),
      formatCount(frames),
      packetsText(total),
    );
    const chosen = await vscode.window.showInformationMessage(sentence, ...(i + 1 < filters.length ? [next] : []));
    if (chosen !== next) return;
  }
}

/** Title, explanation and facts. */
export async function copyFindingMarkdown({ findingDocuments }: CommandContext, argument?: unknown): Promise<void> {
  const { key, id } = findingTarget(argument);
  const text = findingDocuments.markdownOf(key, id);
  if (text !== undefined) await vscode.env.clipboard.writeText(text);
}

/** `-e tcp.flags`. Argument: `{ tshark }`. */
export async function copyTsharkOption(_context: CommandContext, argument?: unknown): Promise<void> {
  if (typeof argument !== "object" || argument === null || !("tshark" in argument) || typeof argument.tshark !== "string")
    throw new TypeError("Expected an argument { tshark: string }.");
  await vscode.env.clipboard.writeText(argument.tshark);
}
