/** Everything the histogram says in words. Pure, no DOM. */
import { formatCount, formatShare } from "../src/shared/format";
import type { Distribution } from "../src/shared/model";
import type { Focus } from "../src/shared/selection";
import * as l10n from "./l10n";
import { countPackets, logTitle, type Fact } from "./timelineText";

/** What the bars count. */
export type Measure = "packets" | "distinct";

/** Title of the chart. */
export const distributionTitle = (): string => l10n.t("Distribution of TCP Sequence Numbers");

/** First and last number of a bin, both inside. */
export const binRange = ({ edges }: Distribution, i: number): { from: number; to: number } => ({
  from: edges[i] ?? 0,
  to: (edges[i + 1] ?? 1) - 1,
});

/** `1,024–2,047`, or the number itself when the bin holds only one. */
export function formatBin(distribution: Distribution, i: number): string {
  const { from, to } = binRange(distribution, i);
  return from === to ? formatCount(from) : `${formatCount(from)}–${formatCount(to)}`;
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

/** What is known of one bin, in the order of the tooltip. */
export function binFacts(distribution: Distribution, i: number): Fact[] {
  const packets = distribution.packets[i] ?? 0;
  const total = sum(distribution.packets);
  return [
    { label: l10n.t("Sequence numbers"), value: formatBin(distribution, i) },
    { label: l10n.t("Packets"), value: `${formatCount(packets)} (${formatShare(total === 0 ? 0 : packets / total)})` },
    { label: l10n.t("Different numbers"), value: formatCount(distribution.distinct[i] ?? 0) },
  ];
}

/** The chart in one sentence. `focus`: what it is of. */
export function distributionSummary(distribution: Distribution, measure: Measure, { filter, range }: Focus): string {
  const values = distribution[measure];
  const packets = sum(distribution.packets);
  if (values.length === 0 || packets === 0) {
    if (range !== null) return l10n.t("No packets in this range.");
    return filter === "" ? l10n.t("The capture has no packets with a sequence number.") : l10n.t("No packets pass the filter.");
  }
  let peak = 0;
  values.forEach((value, i) => {
    if (value > (values[peak] ?? 0)) peak = i;
  });
  const all = l10n.t("{0} with {1} different sequence numbers", countPackets(packets), formatCount(sum(distribution.distinct)));
  const most = formatCount(values[peak] ?? 0);
  const { from, to } = binRange(distribution, peak);
  if (measure === "packets") {
    return from === to
      ? l10n.t("{0}; the most packets, {1}, have number {2}.", all, most, formatCount(from))
      : l10n.t("{0}; the most packets, {1}, lie in {2} to {3}.", all, most, formatCount(from), formatCount(to));
  }
  return l10n.t("{0}; the most different numbers, {1}, lie in {2} to {3}.", all, most, formatCount(from), formatCount(to));
}

/** Title of the vertical axis. */
export function measureTitle(measure: Measure, scale: "linear" | "log"): string {
  const title = measure === "packets" ? l10n.t("Packets") : l10n.t("Different sequence numbers");
  return scale === "log" ? logTitle(title) : title;
}

/** Heads of the data table. */
export const distributionHeads = (): string[] => [
  l10n.t("Sequence numbers"),
  l10n.t("Packets"),
  l10n.t("Share"),
  l10n.t("Different numbers"),
];

/** Rows of the data table need the sum of all packets; it is taken once. */
export function makeDistributionRow(distribution: Distribution): (i: number) => string[] {
  const total = sum(distribution.packets);
  return (i) => {
    const packets = distribution.packets[i] ?? 0;
    return [
      formatBin(distribution, i),
      formatCount(packets),
      formatShare(total === 0 ? 0 : packets / total),
      formatCount(distribution.distinct[i] ?? 0),
    ];
  };
}
