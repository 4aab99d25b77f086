/**
 * Checks what comes out of the webview before anything acts on it. Knows the protocol; no vscode.
 */
import { isBucketSeconds, isIntegerIn, isSeq, MAX_DISTRIBUTION_BINS, type PanelRequest } from "../shared/panelProtocol";

/** Offsets of real zones lie in -12..+14 hours; a day leaves room. */
const MAX_ALIGN_MINUTES = 1440;

/** The request a message is, made anew from checked values, or undefined when it is none. */
export function parseRequest(message: unknown): PanelRequest | undefined {
  if (typeof message !== "object" || message === null || Array.isArray(message)) return undefined;
  const fields = message as Record<string, unknown>;
  const { type, id } = fields;
  if (!isIntegerIn(id, 0, Number.MAX_SAFE_INTEGER)) return undefined;
  switch (type) {
    case "panel/ready":
    case "capture/open":
    case "panel/analyzeAgain":
      return { type, id };
    case "view/changed": {
      const { view } = fields;
      return view === "timeline" || view === "distribution" ? { type, id, view } : undefined;
    }
    case "timeline/get": {
      const { seq, bucketSeconds, clock, alignMinutes } = fields;
      if (!isSeq(seq) || !isBucketSeconds(bucketSeconds)) return undefined;
      if (clock !== "capture" && clock !== "utc") return undefined;
      if (!isIntegerIn(alignMinutes, -MAX_ALIGN_MINUTES, MAX_ALIGN_MINUTES)) return undefined;
      return { type, id, seq, bucketSeconds, clock, alignMinutes };
    }
    case "distribution/get": {
      const { bins, scale } = fields;
      if (!isIntegerIn(bins, 1, MAX_DISTRIBUTION_BINS)) return undefined;
      return scale === "linear" || scale === "log" ? { type, id, bins, scale } : undefined;
    }
    default:
      return undefined;
  }
}
