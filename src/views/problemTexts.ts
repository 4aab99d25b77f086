/** The kinds of the import report in words: what each means and what to do. No text from a capture comes here. */
import * as vscode from "vscode";
import { assertNever } from "../shared/errors";
import type { ProblemKind } from "../shared/model";

/** One kind of problem as a user reads it. */
export interface ProblemText {
  /** A few words that a count follows: `Rows left out: 12`. */
  readonly title: string;
  readonly meaning: string;
  readonly advice: string;
}

const GRAVE: ReadonlySet<ProblemKind> = new Set<ProblemKind>([
  "compressionCutOff",
  "compressionDamaged",
  "leftOut",
  "cutOffLastLine",
  "badSeq",
  "badTime",
  "missingCells",
  "lostPrecision",
  "trailingBytes",
]);

/** True when counts or times may be wrong because of it; the others are usual and harmless. */
export const isGrave = (kind: ProblemKind): boolean => GRAVE.has(kind);

/** The words for one kind. */
export function problemText(kind: ProblemKind): ProblemText {
  switch (kind) {
    case "compressionCutOff":
      return {
        title: vscode.l10n.t("Compressed file breaks off"),
        meaning: vscode.l10n.t(
          "The end of the compressed file is missing. All rows up to there are used; those behind it are in no count.",
        ),
        advice: vscode.l10n.t("The copy or the download was interrupted, or still goes on. Get the whole file, then analyze again."),
      };
    case "compressionDamaged":
      return {
        title: vscode.l10n.t("Compressed file is damaged"),
        meaning: vscode.l10n.t(
          "It cannot be decompressed behind the place named here, or its check sum is wrong. The rows before it are used, though some may be wrong; those behind it are in no count.",
        ),
        advice: vscode.l10n.t("Do not rely on these counts. Get the file again, and check it with `gzip -t` or `zstd -t`."),
      };
    case "leftOut":
      return {
        title: vscode.l10n.t("Rows left out"),
        meaning: vscode.l10n.t("Their cells cannot be matched to the columns with certainty, so they are in no count and no chart."),
        advice: vscode.l10n.t("Export again with quotes, `-E quote=d`, or with tabs between the cells, `-E separator=/t`."),
      };
    case "cutOffLastLine":
      return {
        title: vscode.l10n.t("Last line cut off"),
        meaning: vscode.l10n.t("The file ends in the middle of a row. What is whole of it is used."),
        advice: vscode.l10n.t("The export or the copy was interrupted, or still goes on. Analyze again when it is complete."),
      };
    case "badSeq":
      return {
        title: vscode.l10n.t("Unreadable sequence numbers"),
        meaning: vscode.l10n.t(
          "The cell holds something that is no whole number from 0 to 4,294,967,295. These rows are in no count and no chart.",
        ),
        advice: vscode.l10n.t("Look at the lines named here: shifted or edited cells are the usual cause."),
      };
    case "badTime":
      return {
        title: vscode.l10n.t("Unreadable times"),
        meaning: vscode.l10n.t("No column of these rows holds a time that can be read. The packets are counted, but are in no timeline."),
        advice: vscode.l10n.t("Export again with `-e frame.time_epoch`, which is plain digits."),
      };
    case "missingCells":
      return {
        title: vscode.l10n.t("Rows with missing cells"),
        meaning: vscode.l10n.t("They have fewer cells than the header. Those that are missing at the end are taken as empty."),
        advice: vscode.l10n.t("Look at the lines named here: line breaks within a cell and cut-off rows are the usual causes."),
      };
    case "lostPrecision":
      return {
        title: vscode.l10n.t("Numbers with lost digits"),
        meaning: vscode.l10n.t("They are written like 1.68E+09, so their last digits are gone. A spreadsheet program has saved the file."),
        advice: vscode.l10n.t("Export the capture again, and do not save the file from a spreadsheet."),
      };
    case "badNumber":
      return {
        title: vscode.l10n.t("Other unreadable numbers"),
        meaning: vscode.l10n.t("A cell other than the sequence number should hold a number and does not. It is taken as empty."),
        advice: vscode.l10n.t("Nothing, unless the streams of a tooltip or the completeness look wrong."),
      };
    case "extraCellsRepaired":
      return {
        title: vscode.l10n.t("Extra cells, repaired"),
        meaning: vscode.l10n.t(
          "A comma within a cell made one cell look like several, or the row ends in empty cells. The cells could be matched to the columns with certainty.",
        ),
        advice: vscode.l10n.t("Nothing. Exporting with quotes, `-E quote=d`, avoids it."),
      };
    case "brokenQuotes":
      return {
        title: vscode.l10n.t("Rows with broken quotes"),
        meaning: vscode.l10n.t("A quotation mark within a cell is not doubled, as tshark before 4.4 writes it, or is never closed."),
        advice: vscode.l10n.t("Nothing, unless rows were left out too. Then export again with tshark 4.4 or newer."),
      };
    case "timeFallback":
      return {
        title: vscode.l10n.t("Times of another column"),
        meaning: vscode.l10n.t("The first choice of time column could not be read in these rows, so another one of the same row was used."),
        advice: vscode.l10n.t("Nothing."),
      };
    case "multipleValues":
      return {
        title: vscode.l10n.t("Cells with several values"),
        meaning: vscode.l10n.t(
          "The packet has the field more than once, as in tunnels and in ICMP errors that quote a packet. Of several numbers the first is used, of several addresses the last.",
        ),
        advice: vscode.l10n.t("Nothing. `-E occurrence=f` exports only the first value."),
      };
    case "repeatedHeader":
      return {
        title: vscode.l10n.t("Repeated header lines"),
        meaning: vscode.l10n.t("The header line occurs again, because several exports were joined. It is no packet."),
        advice: vscode.l10n.t("Nothing."),
      };
    case "withoutSeq":
      return {
        title: vscode.l10n.t("No sequence number"),
        meaning: vscode.l10n.t(
          "The row says no sequence number, as is usual for UDP, ICMP and ARP, and in Wireshark's own export for TCP packets that a higher protocol describes.",
        ),
        advice: vscode.l10n.t("Nothing. To count all TCP packets of a Wireshark export, export with tshark and tcp.seq."),
      };
    case "trailingBytes":
      return {
        title: vscode.l10n.t("Bytes behind the compressed data"),
        meaning: vscode.l10n.t("What follows the compressed data is not compressed. It is left out, as gzip does."),
        advice: vscode.l10n.t("Nothing, if all rows are here. Else the file is damaged: get it again."),
      };
    default:
      return assertNever(kind);
  }
}
