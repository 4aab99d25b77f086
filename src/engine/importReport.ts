/**
 * What was wrong with a file, by kind: a count and the first few places. Offsets are offsets in the text until `finish`
 * turns them into offsets in the file.
 */
import type { ImportProblem, ProblemKind, RowPlace } from "../shared/model";

/** Places kept per kind. */
const EXAMPLES = 5;

/** All kinds, grave first: the order of the report. */
export const PROBLEM_KINDS: readonly ProblemKind[] = [
  "leftOut",
  "cutOffLastLine",
  "badSeq",
  "badTime",
  "missingCells",
  "lostPrecision",
  "badNumber",
  "extraCellsRepaired",
  "brokenQuotes",
  "timeFallback",
  "multipleValues",
  "repeatedHeader",
  "withoutSeq",
];

/** Collects problems in file order. */
export class ImportReport {
  readonly #counts = new Map<ProblemKind, number>();
  readonly #places = new Map<ProblemKind, RowPlace[]>();

  /** Counts one row; `place` is called only for the first few. */
  add(kind: ProblemKind, place: () => RowPlace): void {
    const count = this.#counts.get(kind) ?? 0;
    this.#counts.set(kind, count + 1);
    if (count >= EXAMPLES) return;
    const places = this.#places.get(kind) ?? [];
    places.push(place());
    this.#places.set(kind, places);
  }

  /** Adds the problems of a part of the file behind this one, whose first line is line `lines` + 1. */
  addAll(other: ImportReport, lines: number): void {
    for (const [kind, count] of other.#counts) {
      this.#counts.set(kind, this.count(kind) + count);
      const places = this.#places.get(kind) ?? [];
      for (const { line, byteOffset } of other.#places.get(kind) ?? []) if (places.length < EXAMPLES) places.push({ line: line + lines, byteOffset });
      this.#places.set(kind, places);
    }
  }

  count(kind: ProblemKind): number {
    return this.#counts.get(kind) ?? 0;
  }

  /** The kinds that occurred, grave first. `toFileOffset` translates from the text. */
  async finish(toFileOffset: (textOffset: number) => Promise<number>): Promise<ImportProblem[]> {
    const problems: ImportProblem[] = [];
    for (const kind of PROBLEM_KINDS) {
      const count = this.count(kind);
      if (count === 0) continue;
      const examples: RowPlace[] = [];
      for (const { line, byteOffset } of this.#places.get(kind) ?? []) examples.push({ line, byteOffset: await toFileOffset(byteOffset) });
      problems.push({ kind, count, examples });
    }
    return problems;
  }
}
