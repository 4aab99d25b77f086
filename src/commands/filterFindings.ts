/** Filter Findings…: severity, confidence, question and address, one after the other. */
import * as vscode from "vscode";
import type { FindingFilter } from "../shared/findingFilter";
import { DETECTOR_IDS, type Confidence, type DetectorId, type Severity } from "../shared/findings";
import type { CommandContext } from "./context";
import { askInSteps, pickMany, pickOne, typeText, type Choice, type Step, type StepOutcome } from "./quickSteps";

/** Begins with the filter that is on. Leaving it changes nothing. */
export async function filterFindings({ captures, findings, findingsView }: CommandContext): Promise<void> {
  const titles = new Map(
    captures.list().flatMap(({ key }) => (findings.result(key)?.detectors ?? []).map(({ id, title }) => [id, title] as const)),
  );
  const filter = await askInSteps(vscode.l10n.t("Filter Findings"), findingsView.filter, [
    askSeverity,
    askConfidence,
    detectorStep(titles),
    askAddress,
  ]);
  if (filter) findingsView.setFilter(filter);
}

/** The filter with what was chosen in it. */
const changed = <V>(outcome: StepOutcome<V>, change: (value: V) => FindingFilter): StepOutcome<FindingFilter> =>
  outcome.kind === "next" ? { kind: "next", value: change(outcome.value) } : outcome;

const askSeverity: Step<FindingFilter> = async (filter, place) => {
  const choices: Choice<Severity | null>[] = [
    { label: vscode.l10n.t("All severities"), value: null },
    { label: vscode.l10n.t("Errors"), value: "error" },
    { label: vscode.l10n.t("Warnings and worse"), value: "warn" },
    { label: vscode.l10n.t("Notes and worse"), value: "note" },
  ];
  const outcome = await pickOne(place, vscode.l10n.t("How grave"), choices, filter.severity);
  return changed(outcome, (severity) => ({ ...filter, severity }));
};

const askConfidence: Step<FindingFilter> = async (filter, place) => {
  const choices: Choice<Confidence | null>[] = [
    { label: vscode.l10n.t("Any confidence"), value: null },
    { label: vscode.l10n.t("Certain"), value: "certain" },
    { label: vscode.l10n.t("High and certain"), value: "high" },
    { label: vscode.l10n.t("Medium and surer"), value: "medium" },
  ];
  const outcome = await pickOne(place, vscode.l10n.t("How sure"), choices, filter.confidence);
  return changed(outcome, (confidence) => ({ ...filter, confidence }));
};

const detectorStep =
  (titles: ReadonlyMap<DetectorId, string>): Step<FindingFilter> =>
  async (filter, place) => {
    const choices = DETECTOR_IDS.map((id): Choice<DetectorId> => ({ label: titles.get(id) ?? id, value: id }));
    const outcome = await pickMany(place, vscode.l10n.t("Which questions"), choices, (id) => filter.detectors?.includes(id) ?? true);
    // None at all is no filter that anybody wants.
    return changed(outcome, (ids) => ({
      ...filter,
      detectors: ids.length === 0 || ids.length === DETECTOR_IDS.length ? null : ids,
    }));
  };

const askAddress: Step<FindingFilter> = async (filter, place) => {
  const prompt = vscode.l10n.t("An address, or how it begins. Leave it empty for all.");
  const outcome = await typeText(place, prompt, "10.20.30.", filter.address ?? "");
  return changed(outcome, (text) => ({ ...filter, address: text.trim() === "" ? null : text.trim() }));
};
