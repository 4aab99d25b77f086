/** Which part of a file was analysed, in words. */
import * as vscode from "vscode";
import { formatCount, formatMoment } from "../shared/format";
import type { CapturePart, CaptureSummary, Moment } from "../shared/model";

/** `first 5,000,000 rows of the file`. */
export function partText(part: CapturePart, { time, rows }: CaptureSummary): string {
  if (part.kind === "rows") return vscode.l10n.t("first {0} rows of the file", formatCount(part.rows));
  const say = (moment: Moment): string =>
    time?.isRelative ? `${String(moment.seconds)} s` : formatMoment(moment).replace(/T(.*?)\.?0*$/, " $1");
  return vscode.l10n.t("{0} to before {1}; {2} packets outside", say(part.from), say(part.to), formatCount(rows.outsideRange));
}
