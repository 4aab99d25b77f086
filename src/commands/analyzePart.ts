/** One analysis, and what is offered when the capture would not fit into memory: a part of it. */
import * as vscode from "vscode";
import { captureName } from "../analysis/captureSource";
import { errorSentence } from "../analysis/errorMessages";
import { withoutLinks } from "../analysis/withoutLinks";
import { settings } from "../ids";
import { AnalysisError } from "../shared/errors";
import { formatSeconds } from "../shared/format";
import type { CapturePart, CaptureTime } from "../shared/model";
import { isBefore, parseMoment } from "../shared/moments";
import type { CommandContext } from "./context";

/** Analyses a capture, or a part of it, and shows it. Never rejects: errors are shown. */
export async function analyzeOne(context: CommandContext, uri: vscode.Uri, part?: CapturePart): Promise<void> {
  try {
    const opened = await context.captures.analyze(uri, part);
    if (opened) await context.sequences.reveal(opened.key);
  } catch (error) {
    reportOrOfferPart(context, uri, error);
  }
}

/** Shows why an analysis failed; of a capture that is too large, with what can be analysed instead. Does not wait for the answer. */
export function reportOrOfferPart(context: CommandContext, uri: vscode.Uri, error: unknown): void {
  const name = captureName(uri);
  if (!(error instanceof AnalysisError) || error.code !== "tooLarge") {
    context.errors.report(error, name);
    return;
  }
  context.log.warn(`${name}: ${error.code}: ${error.message}`);
  offerPart(context, uri, error).catch((failure: unknown) => context.errors.report(failure, name));
}

async function offerPart(context: CommandContext, uri: vscode.Uri, error: AnalysisError): Promise<void> {
  const firstRows = vscode.l10n.t("First Rows…");
  const timeRange = vscode.l10n.t("Time Range…");
  const openSettings = vscode.l10n.t("Open Settings");
  const sentence = withoutLinks(errorSentence(error, captureName(uri)));
  const chosen = await vscode.window.showErrorMessage(sentence, firstRows, timeRange, openSettings);
  if (chosen === openSettings)
    await vscode.commands.executeCommand("workbench.action.openSettings", `${settings.section}.${settings.memoryLimitMB}`);
  if (chosen !== firstRows && chosen !== timeRange) return;
  const part = chosen === firstRows ? await askForRows(error.details[4] ?? "") : await askForRange(await context.captures.peekTime(uri));
  if (part) await analyzeOne(context, uri, part);
}

/** A positive number of rows, `5,000,000` too; undefined for anything else. */
function parseRows(text: string): number | undefined {
  const digits = text.replace(/[\s,.']/g, "");
  const rows = /^\d{1,10}$/.test(digits) ? Number(digits) : 0;
  return rows > 0 ? rows : undefined;
}

async function askForRows(fitting: string): Promise<CapturePart | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t("Analyze the First Rows"),
    prompt: vscode.l10n.t("How many rows of the file; so many fit into memory."),
    value: fitting,
    validateInput: (value) => (parseRows(value) === undefined ? vscode.l10n.t("Enter a number of rows, such as 5,000,000.") : undefined),
  });
  const rows = parseRows(text ?? "");
  return rows === undefined ? undefined : { kind: "rows", rows };
}

async function askForRange(time: CaptureTime | null): Promise<CapturePart | undefined> {
  const say = (seconds: number): string => (time?.isRelative ? String(seconds) : formatSeconds(seconds).replace("T", " "));
  const title = vscode.l10n.t("Analyze a Time Range");
  const form = vscode.l10n.t("Enter a time as YYYY-MM-DD HH:MM:SS, or seconds since the capture's start.");
  const from = parseMoment(
    (await vscode.window.showInputBox({
      title,
      prompt: vscode.l10n.t("From this time on, on the capture's clock. The file begins at the one shown."),
      value: time ? say(time.first.seconds) : "",
      validateInput: (value) => (parseMoment(value) ? undefined : form),
    })) ?? "",
  );
  if (!from) return undefined;
  const to = parseMoment(
    (await vscode.window.showInputBox({
      title,
      prompt: vscode.l10n.t("Before this time, on the capture's clock."),
      value: say(from.seconds + 3600),
      validateInput: (value) => {
        const end = parseMoment(value);
        if (!end) return form;
        return isBefore(from, end) ? undefined : vscode.l10n.t("Enter a time behind the first one.");
      },
    })) ?? "",
  );
  return to && { kind: "time", from, to };
}
