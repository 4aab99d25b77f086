/** Which findings are shown. Knows no vscode, no node, no DOM. */
import { CONFIDENCES, SEVERITIES, type Confidence, type DetectorId, type Finding, type Severity } from "./findings";

/** All conditions have to hold; what is null holds always. */
export interface FindingFilter {
  /** This severity and worse. */
  readonly severity: Severity | null;
  /** This confidence and surer. */
  readonly confidence: Confidence | null;
  readonly detectors: readonly DetectorId[] | null;
  /** An address, or the beginning of one, in source, target or title. */
  readonly address: string | null;
}

/** Shows all. */
export const NO_FILTER: FindingFilter = { severity: null, confidence: null, detectors: null, address: null };

/** True when nothing is left out. */
export const isNoFilter = ({ severity, confidence, detectors, address }: FindingFilter): boolean =>
  severity === null && confidence === null && detectors === null && address === null;

/** True for a finding that is shown. */
export function matchesFilter(finding: Finding, { severity, confidence, detectors, address }: FindingFilter): boolean {
  if (severity !== null && SEVERITIES.indexOf(finding.severity) < SEVERITIES.indexOf(severity)) return false;
  if (confidence !== null && CONFIDENCES.indexOf(finding.confidence) < CONFIDENCES.indexOf(confidence)) return false;
  if (detectors !== null && !detectors.includes(finding.detector)) return false;
  return address === null || [finding.source, finding.target, finding.title].some((text) => text !== null && namesAddress(text, address));
}

/** `10.0.0.5` is not meant by `110.0.0.5` nor by `10.0.0.50`; `10.0.` means all that begin so. */
export function namesAddress(text: string, address: string): boolean {
  const [all, part] = [text.toLowerCase(), address.trim().toLowerCase()];
  if (part === "") return true;
  const isWhole = /^\d+(?:\.\d+){3}(?::\d+)?$/.test(part);
  for (let at = all.indexOf(part); at >= 0; at = all.indexOf(part, at + 1)) {
    const startsHere = !/[\da-z.:]/.test(all.charAt(at - 1));
    if (startsHere && !(isWhole && /\d/.test(all.charAt(at + part.length)))) return true;
  }
  return false;
}
