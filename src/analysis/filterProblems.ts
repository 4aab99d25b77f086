/** What is wrong with a filter, in the user's language. */
import * as vscode from "vscode";
import { fillMessage, type FilterMessage } from "../shared/filterMessages";

/** A sentence of its own for each, so that translators find them all. */
const SENTENCES: Readonly<Record<FilterMessage, (details: readonly string[]) => string>> = {
  "The filter is too long.": (details) => vscode.l10n.t("The filter is too long.", ...details),
  "The filter is nested too deeply.": (details) => vscode.l10n.t("The filter is nested too deeply.", ...details),
  "The filter ends too early.": (details) => vscode.l10n.t("The filter ends too early.", ...details),
  "“{0}” was not expected here.": (details) => vscode.l10n.t("“{0}” was not expected here.", ...details),
  "The quotation mark is never closed.": (details) => vscode.l10n.t("The quotation mark is never closed.", ...details),
  "“{0}” is neither a field of this capture nor a protocol.": (details) =>
    vscode.l10n.t("“{0}” is neither a field of this capture nor a protocol.", ...details),
  "This capture has no column for {0}. Export it again with {1} added to the tshark command.": (details) =>
    vscode.l10n.t("This capture has no column for {0}. Export it again with {1} added to the tshark command.", ...details),
  "This capture has no column of protocols. Export it again with {0} added to the tshark command.": (details) =>
    vscode.l10n.t("This capture has no column of protocols. Export it again with {0} added to the tshark command.", ...details),
  "A field is needed here; {0} is a value.": (details) => vscode.l10n.t("A field is needed here; {0} is a value.", ...details),
  "“{0}” is not a number.": (details) => vscode.l10n.t("“{0}” is not a number.", ...details),
  "“{0}” is neither true nor false.": (details) => vscode.l10n.t("“{0}” is neither true nor false.", ...details),
  "“{0}” is not an IPv4 address.": (details) => vscode.l10n.t("“{0}” is not an IPv4 address.", ...details),
  "“{0}” is not an IPv6 address.": (details) => vscode.l10n.t("“{0}” is not an IPv6 address.", ...details),
  "“{0}” is not a hardware address.": (details) => vscode.l10n.t("“{0}” is not a hardware address.", ...details),
  "“{0}” is not a time.": (details) => vscode.l10n.t("“{0}” is not a time.", ...details),
  "Values of {0} cannot be compared with those of {1}.": (details) =>
    vscode.l10n.t("Values of {0} cannot be compared with those of {1}.", ...details),
  "{0} has no values to compare: it is there or not.": (details) =>
    vscode.l10n.t("{0} has no values to compare: it is there or not.", ...details),
  "{0} applies to text, and {1} has none.": (details) => vscode.l10n.t("{0} applies to text, and {1} has none.", ...details),
  "{0} cannot be applied to {1}.": (details) => vscode.l10n.t("{0} cannot be applied to {1}.", ...details),
  "{0} applies to numbers, and {1} has none.": (details) => vscode.l10n.t("{0} applies to numbers, and {1} has none.", ...details),
  "Text is needed here.": (details) => vscode.l10n.t("Text is needed here.", ...details),
  "There is no function {0}.": (details) => vscode.l10n.t("There is no function {0}.", ...details),
  "{0} takes one field.": (details) => vscode.l10n.t("{0} takes one field.", ...details),
  "{0} cannot be sliced.": (details) => vscode.l10n.t("{0} cannot be sliced.", ...details),
  "The first value of a range is above the last one.": (details) =>
    vscode.l10n.t("The first value of a range is above the last one.", ...details),
  "The set is empty.": (details) => vscode.l10n.t("The set is empty.", ...details),
  "The pattern is too large.": (details) => vscode.l10n.t("The pattern is too large.", ...details),
  "The pattern takes too long on the texts of this capture.": (details) =>
    vscode.l10n.t("The pattern takes too long on the texts of this capture.", ...details),
  "The pattern is not understood from “{0}” on.": (details) => vscode.l10n.t("The pattern is not understood from “{0}” on.", ...details),
  "The capture's time zone is not known, so its times can only be compared on its own clock.": (details) =>
    vscode.l10n.t("The capture's time zone is not known, so its times can only be compared on its own clock.", ...details),
};

/** A problem's sentence, as FilterProblem or the details of a `badFilter` have it. */
export function filterProblemText(message: string, details: readonly string[]): string {
  return Object.hasOwn(SENTENCES, message) ? SENTENCES[message as FilterMessage](details) : fillMessage(message, details);
}
