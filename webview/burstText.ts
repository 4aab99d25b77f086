/** Bursts in words. Pure, no DOM. */
import type { BurstDetails } from "../src/shared/bursts";
import { formatCount, formatRatio, formatShare } from "../src/shared/format";
import type { MarkedBurst } from "./bursts";
import { formatDay, formatTime, formatTimeAndZone, formatTimeOfDay, type ChartClock } from "./clock";
import * as l10n from "./l10n";
import { cleanText, NOTHING } from "./timelineText";

/** Longest text of a capture in a cell. */
const MAX_NAME = 60;

/** `12×`: how many times the baseline. */
export const ratioText = ({ ratio }: Pick<BurstDetails, "ratio">): string => `${formatRatio(ratio)}×`;

/** `suspicious 98.20 %, benign 1.80 %`: the first few labels. */
export function labelShares({ labels, count }: Pick<BurstDetails, "labels" | "count">): string {
  if (labels.length === 0) return NOTHING;
  const shown = labels.slice(0, 3).map(({ label, count: packets }) => {
    const name = label === null || label === "" ? l10n.t("(none)") : cleanText(label, MAX_NAME);
    return `${name} ${formatShare(count === 0 ? 0 : packets / count)}`;
  });
  return labels.length > shown.length
    ? l10n.t("{0} and {1} more", shown.join(", "), formatCount(labels.length - shown.length))
    : shown.join(", ");
}

/** `10.0.0.5 (1,203), 10.0.0.6 (7)`, and how many more there are. */
export function topSources({ sources, sourceCount }: Pick<BurstDetails, "sources" | "sourceCount">): string {
  if (sources.length === 0) return NOTHING;
  const shown = sources.slice(0, 3).map(({ address, count }) => `${cleanText(address, MAX_NAME)} (${formatCount(count)})`);
  const rest = Math.max(sourceCount, sources.length) - shown.length;
  return rest > 0 ? l10n.t("{0} and {1} more", shown.join(", "), formatCount(rest)) : shown.join(", ");
}

/** Heads of the table of bursts. */
export function burstHeads(isCompared: boolean): string[] {
  const heads = [
    l10n.t("From"),
    l10n.t("To"),
    l10n.t("Peak"),
    l10n.t("× baseline"),
    l10n.t("Packets"),
    l10n.t("Labels"),
    l10n.t("Top sources"),
  ];
  return isCompared ? [l10n.t("Seq"), ...heads] : heads;
}

/** Cells of one burst, in the order of `burstHeads`. */
export function burstRow(burst: MarkedBurst, clock: ChartClock, isCompared: boolean): string[] {
  // The day stands in the first cell; again only where it is another one.
  const isOneDay = clock.isRelative || formatDay(clock, burst.startSec) === formatDay(clock, burst.endSec);
  const timeOf = (seconds: number): string => (isOneDay ? formatTimeOfDay(clock, seconds, 1) : formatTime(clock, seconds));
  const peak = l10n.t("{0} at {1}", formatCount(burst.peakCount), timeOf(burst.peakSec));
  const row = [
    formatTime(clock, burst.startSec),
    timeOf(burst.endSec),
    peak,
    ratioText(burst),
    formatCount(burst.count),
    labelShares(burst),
    topSources(burst),
  ];
  return isCompared ? [String(burst.seq), ...row] : row;
}

/** What zooming to a burst is called. */
export const zoomToBurst = (burst: MarkedBurst, clock: ChartClock): string =>
  l10n.t("Zoom to the burst of {0}, {1} the baseline", formatTimeAndZone(clock, burst.startSec), ratioText(burst));

/** The bursts in one sentence; null where they were not looked for. */
export function burstSummary(bursts: readonly MarkedBurst[] | null, clock: ChartClock): string | null {
  if (bursts === null) return null;
  const [strongest] = bursts;
  if (!strongest) return l10n.t("No bursts.");
  const when = formatTimeAndZone(clock, strongest.peakSec);
  return bursts.length === 1
    ? l10n.t("1 burst, {0} the baseline at {1}.", ratioText(strongest), when)
    : l10n.t("{0} bursts, the strongest {1} the baseline at {2}.", formatCount(bursts.length), ratioText(strongest), when);
}
