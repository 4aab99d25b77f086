/** What the coverage of a capture means for findings. */
import type { CaptureCoverage } from "../../shared/findings";

/** Below this share of its frames a file is a sample: most gaps are then the sampling's. */
export const SAMPLED_SHARE = 0.95;
/** Above this share of ACKs for bytes never seen, packets are missing that the frame numbers do not tell of. */
export const UNSEEN_SHARE = 0.05;
/** Above this share of streams with one side only, answers are missing. */
const ONE_SIDED_SHARE = 0.5;

/** True when packets are missing from the file, so that gaps say nothing. */
export const isSampled = ({ share, unseenAcks }: CaptureCoverage): boolean =>
  (share !== null && share < SAMPLED_SHARE) || unseenAcks > UNSEEN_SHARE;

/** True when mostly one side of the conversations was captured, so that a missing answer says nothing. */
export const isOneSided = ({ oneSided }: CaptureCoverage): boolean => oneSided > ONE_SIDED_SHARE;
