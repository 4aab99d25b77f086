/** The thresholds that a user sets alone: `{"port-scan.minPorts": 20}`. Knows no vscode, no node, no DOM. */
import type { DetectorDescription } from "./findings";

/** What is taken of a setting, and the names of what is not. */
export interface CheckedThresholds {
  readonly thresholds: Readonly<Record<string, number>>;
  /** No detector has such a threshold. */
  readonly unknown: readonly string[];
  /** The value is no number of 0 or more. */
  readonly unreadable: readonly string[];
}

/** Names of all thresholds, as settings name them. */
export const thresholdNames = (detectors: readonly DetectorDescription[]): string[] =>
  detectors.flatMap(({ id, thresholds }) => thresholds.map(({ name }) => `${id}.${name}`));

/** Keeps what a detector understands. `value`: whatever the user has written. */
export function checkThresholds(value: unknown, detectors: readonly DetectorDescription[]): CheckedThresholds {
  const known = new Set(thresholdNames(detectors));
  const thresholds: Record<string, number> = {};
  const unknown: string[] = [];
  const unreadable: string[] = [];
  const entries: [string, unknown][] = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  for (const [name, each] of entries) {
    if (!known.has(name)) unknown.push(name);
    else if (typeof each !== "number" || !Number.isFinite(each) || each < 0) unreadable.push(name);
    else thresholds[name] = each;
  }
  return { thresholds, unknown, unreadable };
}
