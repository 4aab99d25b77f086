/** How far reading has come, in words. Knows no vscode. */
import { formatCount } from "../shared/format";
import type { AnalysisProgress } from "../shared/model";

const UNITS: readonly (readonly [name: string, bytes: number])[] = [
  ["GB", 1e9],
  ["MB", 1e6],
  ["kB", 1e3],
];

/** Numbers for the sentence "{rows} rows, {done} of {total}". */
export interface ProgressValues {
  readonly rows: string;
  /** Without a unit: it is that of the total, so that the number does not jump between units. */
  readonly done: string;
  /** With its unit, `967 MB`. */
  readonly total: string;
}

/** One state of a run as people read it. */
export function progressValues({ rows, bytesRead, bytesTotal }: AnalysisProgress): ProgressValues {
  const [name, bytes] = UNITS.find(([, least]) => bytesTotal >= least) ?? (["B", 1] as const);
  const inUnits = (value: number): string => (value / bytes).toFixed(bytes > 1 && bytesTotal / bytes < 10 ? 1 : 0);
  return { rows: formatCount(rows), done: inUnits(bytesRead), total: `${inUnits(bytesTotal)} ${name}` };
}

/** Percent between two states of one run, never negative. */
export function progressIncrement(before: AnalysisProgress | undefined, now: AnalysisProgress): number {
  if (now.bytesTotal <= 0) return 0;
  return (Math.max(0, now.bytesRead - (before?.bytesRead ?? 0)) / now.bytesTotal) * 100;
}
