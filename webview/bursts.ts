/** Bursts as a chart marks them and a table lists them. Pure. */
import type { BurstDetails, BurstsOfNumber } from "../src/shared/bursts";
import type { Stretch } from "./zoomRange";

/** A burst of one of the numbers that are shown. */
export interface MarkedBurst extends BurstDetails {
  readonly seq: number;
  /** Its text fits beside those of stronger ones. */
  readonly isLabelled: boolean;
}

/** The strongest are marked; more boxes than this would hide the chart. */
export const MARKED_AT_MOST = 40;

/** Share of the width that a label takes. */
const LABEL_SHARE = 0.06;

/** Bursts of the numbers shown, strongest first, as far as they reach into `shown`. */
export function burstsIn(all: readonly BurstsOfNumber[], seqs: readonly number[], shown: Stretch): MarkedBurst[] {
  const found = all
    .filter(({ seq }) => seqs.includes(seq))
    .flatMap(({ seq, bursts }) => bursts.map((burst) => ({ ...burst, seq })))
    .filter(({ startSec, endSec }) => endSec > shown.fromSec && startSec < shown.toSec)
    .sort((a, b) => b.strength - a.strength || a.startSec - b.startSec);
  const room = (shown.toSec - shown.fromSec) * LABEL_SHARE;
  const taken: number[] = [];
  return found.map((burst, i) => {
    const middle = (Math.max(burst.startSec, shown.fromSec) + Math.min(burst.endSec, shown.toSec)) / 2;
    const isLabelled = i < MARKED_AT_MOST && taken.every((other) => Math.abs(other - middle) >= room);
    if (isLabelled) taken.push(middle);
    return { ...burst, isLabelled };
  });
}

/** A burst with as much time on either side, so that it is seen what it stands out from. */
export function aroundBurst({ startSec, endSec }: Pick<BurstDetails, "startSec" | "endSec">): Stretch {
  const margin = Math.max(5, (endSec - startSec) / 2);
  return { fromSec: startSec - margin, toSec: endSec + margin };
}
