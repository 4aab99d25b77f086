/** Filter Packets…: a display filter typed into a box, as an alternative to the filter bar. */
import * as vscode from "vscode";
import { captureName } from "../analysis/captureSource";
import type { OpenCapture } from "../analysis/captures";
import { packetsText } from "../analysis/countTexts";
import { filterProblemText } from "../analysis/filterProblems";
import type { FilterCheck } from "../shared/displayFilter";
import { formatCount } from "../shared/format";
import { withoutIcons, withoutLinks } from "../analysis/withoutLinks";
import { captureTarget, chooseCapture, type CommandContext } from "./context";

/** A filter is looked at when nothing has been typed for so long. */
const CHECK_AFTER_MS = 120;

/** Argument: `{ key }`, else the capture used last. Begins with the filter that is on; empty is all packets. */
export async function filterPackets(context: CommandContext, argument?: unknown): Promise<void> {
  const { current, focus } = context;
  const chosen = await chooseCapture(context, argument ?? (current.key === undefined ? undefined : { key: current.key }));
  if (!chosen) return;
  const { key } = chosen;
  for (let value = focus.get(key).filter; ;) {
    const outcome = await askForFilter(context, chosen, value);
    if (outcome.kind === "left") return;
    if (outcome.kind === "typed") {
      await focus.set(key, { ...focus.get(key), filter: outcome.value });
      return;
    }
    value = (await pickRecent(context)) ?? outcome.value;
  }
}

/** Clear Filter and Range. Argument: `{ key }`, else of all captures. */
export function clearFilter({ focus }: CommandContext, argument?: unknown): void {
  if (argument === undefined) focus.clear();
  else focus.clear(captureTarget(argument).key);
}

type BoxOutcome = { readonly kind: "typed" | "recent"; readonly value: string } | { readonly kind: "left" };

/** Shows the box until it holds a valid filter, recent filters are asked for, or the user leaves. */
function askForFilter(context: CommandContext, { key, uri, capture }: OpenCapture, value: string): Promise<BoxOutcome> {
  const box = vscode.window.createInputBox();
  const recent: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("history"), tooltip: vscode.l10n.t("Recent Filters") };
  box.title = vscode.l10n.t("Filter the packets of {0}", captureName(uri));
  box.prompt = vscode.l10n.t("A display filter as Wireshark has it. Leave it empty for all packets.");
  box.placeholder = "tcp.flags.syn == 1 && ip.src == 10.0.0.0/8";
  box.ignoreFocusOut = true;
  box.value = value;
  box.buttons = context.focus.recent().length > 0 ? [recent] : [];
  let timer: NodeJS.Timeout | undefined;
  let asked = 0;
  /** Undefined when another text has been typed meanwhile. */
  const check = async (): Promise<FilterCheck | undefined> => {
    clearTimeout(timer);
    const mine = ++asked;
    const text = box.value;
    const result: FilterCheck =
      text.trim() === "" ? { kind: "valid", packets: capture.summary.rows.tcp } : await context.focus.check(key, text);
    if (mine !== asked) return undefined;
    box.validationMessage = messageOf(result, capture.summary.rows.tcp);
    return result;
  };
  return new Promise((resolve, reject) => {
    const end = (outcome: BoxOutcome): void => {
      asked++;
      clearTimeout(timer);
      resolve(outcome);
      box.dispose();
    };
    const fail = (error: unknown): void => {
      reject(error instanceof Error ? error : new Error(String(error)));
      box.dispose();
    };
    box.onDidChangeValue(() => {
      clearTimeout(timer);
      asked++;
      timer = setTimeout(() => void check().catch(fail), CHECK_AFTER_MS);
    });
    box.onDidAccept(() => {
      check().then((result) => {
        if (result?.kind === "valid") end({ kind: "typed", value: box.value });
      }, fail);
    });
    box.onDidTriggerButton(() => end({ kind: "recent", value: box.value }));
    box.onDidHide(() => end({ kind: "left" }));
    box.show();
    if (value !== "") check().catch(fail);
  });
}

function messageOf(check: FilterCheck, total: number): vscode.InputBoxValidationMessage {
  if (check.kind === "valid") {
    const message = vscode.l10n.t("{0} of {1}", formatCount(check.packets), packetsText(total));
    return { message, severity: vscode.InputBoxValidationSeverity.Info };
  }
  const { message, details, span } = check.problem;
  const sentence = vscode.l10n.t("Character {0}: {1}", String(span.start + 1), filterProblemText(message, details));
  // The editor makes links and icons in this place.
  return { message: withoutIcons(withoutLinks(sentence)), severity: vscode.InputBoxValidationSeverity.Error };
}

interface RecentItem extends vscode.QuickPickItem {
  readonly filter: string;
}

/** One of the recent filters; undefined when none is chosen. */
function pickRecent({ focus }: CommandContext): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick<RecentItem>();
  const forget: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("clear-all"), tooltip: vscode.l10n.t("Clear Recent Filters") };
  pick.title = vscode.l10n.t("Recent Filters");
  pick.placeholder = vscode.l10n.t("Choose a recent filter");
  pick.items = focus.recent().map((filter) => ({ label: withoutIcons(filter), filter }));
  pick.buttons = [forget];
  return new Promise((resolve, reject) => {
    const end = (filter: string | undefined): void => {
      resolve(filter);
      pick.dispose();
    };
    pick.onDidAccept(() => end(pick.activeItems.at(0)?.filter));
    pick.onDidTriggerButton(() => {
      focus.forgetRecent().then(() => end(undefined), reject);
    });
    pick.onDidHide(() => end(undefined));
    pick.show();
  });
}
