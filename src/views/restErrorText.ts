/** In words: the columns of the second pass could not be read. */
import * as vscode from "vscode";
import { errorSentence } from "../analysis/errorMessages";
import type { AnalysisError } from "../shared/errors";

/** What happened, why, and what it means for the capture. `name`: the capture's, safe to show where the words go. */
export const restErrorText = (error: AnalysisError, name: string): { title: string; reason: string; meaning: string } => ({
  title: vscode.l10n.t("Other columns not read"),
  reason: errorSentence(error, name),
  meaning: vscode.l10n.t(
    "Sequence numbers and timelines are those of the whole file. Completeness and the streams of a number are not known, and problems may be missing.",
  ),
});
