/** The registry: one entry per question, in the order in which they are shown. */
import type { Detector } from "./detector";

export const DETECTORS: readonly Detector[] = [];
