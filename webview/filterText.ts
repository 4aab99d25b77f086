/** How many packets pass a filter, in words. Pure, no DOM. */
import { formatCount } from "../src/shared/format";
import * as l10n from "./l10n";

/** `3 of 10 packets`. */
export const passingText = (packets: number, total: number): string =>
  total === 1 ? l10n.t("{0} of 1 packet", formatCount(packets)) : l10n.t("{0} of {1} packets", formatCount(packets), formatCount(total));

/** Of a filter that is not applied yet; `total` undefined while it is not known. */
export function matchText(packets: number, total: number | undefined): string {
  if (total === undefined)
    return packets === 1
      ? l10n.t("1 packet matches. Enter applies the filter.")
      : l10n.t("{0} packets match. Enter applies the filter.", formatCount(packets));
  if (total === 1) return l10n.t("{0} of 1 packet matches. Enter applies the filter.", formatCount(packets));
  return packets === 1
    ? l10n.t("1 of {0} packets matches. Enter applies the filter.", formatCount(total))
    : l10n.t("{0} of {1} packets match. Enter applies the filter.", formatCount(packets), formatCount(total));
}
