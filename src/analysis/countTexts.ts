/** Counts with their nouns. */
import * as vscode from "vscode";
import { formatCount } from "../shared/format";

/** `1 packet`, `147,321 packets`. */
export const packetsText = (count: number): string =>
  count === 1 ? vscode.l10n.t("1 packet") : vscode.l10n.t("{0} packets", formatCount(count));

/** `1 number`, `286,187 numbers`. */
export const numbersText = (count: number): string =>
  count === 1 ? vscode.l10n.t("1 number") : vscode.l10n.t("{0} numbers", formatCount(count));
