/** What is listed in the view Findings, and why. */
import { NO_FILTER } from "../shared/findingFilter";
import { captureTarget, detectorTarget, findingTarget, type CommandContext } from "./context";

export const clearFindingsFilter = ({ findingsView }: CommandContext): void => findingsView.setFilter(NO_FILTER);

export const showDismissed = ({ findingsView }: CommandContext): void => findingsView.setShowsDismissed(true);

export const hideDismissed = ({ findingsView }: CommandContext): void => findingsView.setShowsDismissed(false);

/** Argument: `{ key, id }`. */
export function dismissFinding({ dismissed }: CommandContext, argument?: unknown): Promise<void> {
  const { key, id } = findingTarget(argument);
  return dismissed.dismiss(key, id);
}

/** Argument: `{ key, id }`. */
export function restoreFinding({ dismissed }: CommandContext, argument?: unknown): Promise<void> {
  const { key, id } = findingTarget(argument);
  return dismissed.restore(key, id);
}

/** Argument: `{ key, detector }`. */
export function showMoreFindings({ findingsView }: CommandContext, argument?: unknown): void {
  const target = detectorTarget(argument);
  if (!target) throw new TypeError("Expected an argument { key: string, detector: DetectorId }.");
  findingsView.showMore(target.key, target.detector);
}

/** Argument: `{ key }`. */
export const findAgain = ({ findings }: CommandContext, argument?: unknown): void => findings.again(captureTarget(argument).key);

/** Opens what is said of the detector. Argument: `{ key, detector }`, or a finding, `{ key, id }`. */
export async function explainFinding({ findings, findingDocuments }: CommandContext, argument?: unknown): Promise<void> {
  const target = detectorTarget(argument);
  if (target) return findingDocuments.openDetector(target.key, target.detector);
  const { key, id } = findingTarget(argument);
  const finding = findings.find(key, id);
  if (finding) await findingDocuments.openDetector(key, finding.detector);
}
