/** A detector without its code: what can be said of it in another thread. */
import type { DetectorDescription } from "../../shared/findings";
import type { Detector } from "./detector";

/** Plain data that survives structured clone. */
export const describeDetector = ({ id, title, needs, thresholds, innocentCauses }: Detector): DetectorDescription => ({
  id,
  title,
  tshark: needs.map(({ tshark }) => tshark),
  thresholds: thresholds.map(({ name, unit, meaning, values, source }) => ({ name, unit, meaning, values: { ...values }, source })),
  innocentCauses: [...innocentCauses],
});
