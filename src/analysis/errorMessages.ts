/** Sentences for the reasons why an analysis cannot go on: what happened, and what to do next. */
import * as vscode from "vscode";
import { assertNever, type AnalysisError } from "../shared/errors";
import { filterProblemText } from "./filterProblems";
import { formatBytes } from "../shared/format";

/** A localized sentence for a notification. `name` is the capture's file name. */
export function errorSentence(error: AnalysisError, name: string): string {
  switch (error.code) {
    case "notFound":
      return vscode.l10n.t("{0} does not exist any more. If it was renamed or moved, analyze it at its new place.", name);
    case "notReadable":
      return error.details[1] === undefined
        ? vscode.l10n.t("{0} cannot be read. Check its permissions, and whether another program has locked it.", name)
        : vscode.l10n.t("{0} is neither on a disk nor open in an editor. Save it to a folder, then analyze that file.", name);
    case "isDirectory":
      return vscode.l10n.t("{0} is a folder. Choose a CSV or TSV file.", name);
    case "emptyFile":
      return vscode.l10n.t("{0} has no rows. Export the capture again, with a header line.", name);
    case "missingColumns":
      return vscode.l10n.t("{0} lacks these columns: {1}. Export the capture again with them.", name, error.details[1] ?? "tcp.seq");
    case "notDecompressed":
      return vscode.l10n.t(
        "{0} cannot be decompressed: it is cut off or damaged. Check it with {1}, or get it again.",
        name,
        error.details[1] ?? "gzip -t",
      );
    case "fileChanged":
      return vscode.l10n.t("{0} changed while it was read. Analyze it again when it is complete.", name);
    case "tooLarge": {
      const [needed, limit] = [error.details[1], error.details[2]].map((megabytes = "0") => formatBytes(Number(megabytes) * 1e6));
      return vscode.l10n.t("{0} needs about {1} of memory, the limit is {2}", name, needed, limit);
    }
    case "readFailed":
      return vscode.l10n.t("Reading {0} failed: the disk or the connection to it reported an error. See the log, then try again.", name);
    case "zoneUnknown":
      return vscode.l10n.t("{0} does not say how far its clock is from UTC, so only the capture's own clock can be shown.", name);
    case "badFilter":
      return vscode.l10n.t(
        "{0} cannot be filtered: {1}",
        name,
        filterProblemText(error.details[0] ?? error.message, error.details.slice(3)),
      );
    case "superseded":
      return vscode.l10n.t("Something else was asked of {0} meanwhile, so this was not finished.", name);
    case "captureClosed":
      return vscode.l10n.t("{0} has been closed. To go on, analyze it again.", name);
    case "workerStopped":
      return vscode.l10n.t("The analysis of {0} stopped, perhaps for lack of memory. Close other captures, then analyze it again.", name);
    case "internal":
      return vscode.l10n.t("Something went wrong with {0}. The log has the details.", name);
    default:
      return assertNever(error.code);
  }
}

/** The tshark command that exports what was missing; undefined for every other error. */
export const tsharkCommand = (error: AnalysisError): string | undefined => (error.code === "missingColumns" ? error.details[2] : undefined);

/** True for what a user cannot mend: it goes to the log whole. */
export const isBug = (error: AnalysisError): boolean => error.code === "internal" || error.code === "workerStopped";
