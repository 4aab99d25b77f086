/** The registry: one entry per question, in the order in which they are shown. */
import type { Detector } from "./detector";
import { payloadConflict } from "./payloadConflict";
import { portScan } from "./portScan";
import { rstMisfit } from "./rstMisfit";
import { sequenceJump } from "./sequenceJump";
import { sequencePattern } from "./sequencePattern";
import { synFlood } from "./synFlood";

export const DETECTORS: readonly Detector[] = [sequenceJump, payloadConflict, sequencePattern, portScan, synFlood, rstMisfit];
