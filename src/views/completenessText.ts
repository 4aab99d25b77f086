/** Completeness in words. Knows no vscode. */
import { formatShare } from "../shared/format";
import type { Completeness } from "../shared/model";

/** `48.40 %`; rounds to `100.00 %` only when no frame is missing, else `>99.99 %`. */
export const completenessText = ({ frames, span, share }: Completeness): string =>
  frames < span && share > 0.9999 ? ">99.99 %" : formatShare(share);
