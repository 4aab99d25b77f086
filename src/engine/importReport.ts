/**
 * What was wrong with a file, by kind: a count and the first few places. Offsets are offsets in the text until `finish`
 * turns them into offsets in the file.
 */
import type { ImportProblem, ProblemKind, RowPlace } from "../shared/model";

/** Places kept per kind. */
const EXAMPLES = 5;

/** All kinds, grave first: the order of the report. */
export const PROBLEM_KINDS: readonly ProblemKind[] = [
  "compressionCutOff",
  "compressionDamaged",
  "leftOut",
  "cutOffLastLine",
  "badSeq",
  "badTime",
  "missingCells",
  "lostPrecision",
  "trailingBytes",
  "badNumber",
  "extraCellsRepaired",
  "brokenQuotes",
  "timeFallback",
  "multipleValues",
  "repeatedHeader",
  "withoutSeq",
];

/** Collects problems in file order. `problems` survives structured clone and makes the same report again. */
export class ImportReport {
  readonly problems: Map<ProblemKind, { count: number; readonly places: RowPlace[] }>;

  constructor(problems: ImportReport["problems"] = new Map()) {
    this.problems = problems;
  }

  /** Counts one row; `place` is called only for the first few. */
  add(kind: ProblemKind, place: () => RowPlace): void {
    const problem = this.#problem(kind);
    problem.count++;
    if (problem.places.length < EXAMPLES) problem.places.push(place());
  }

  /** Adds the problems of a part of the file behind this one, whose first line is line `lines` + 1. */
  addAll(other: ImportReport, lines: number): void {
    for (const [kind, { count, places }] of other.problems) {
      const problem = this.#problem(kind);
      problem.count += count;
      for (const { line, byteOffset } of places) {
        if (problem.places.length === EXAMPLES) break;
        problem.places.push({ line: line + lines, byteOffset });
      }
    }
  }

  /** Adds problems of some kinds that were found later in the same part of the file. */
  join(other: ImportReport, kinds: readonly ProblemKind[]): void {
    for (const kind of kinds) {
      const found = other.problems.get(kind);
      if (!found) continue;
      const problem = this.#problem(kind);
      problem.count += found.count;
      const places = [...problem.places, ...found.places].sort((a, b) => a.byteOffset - b.byteOffset);
      problem.places.splice(0, problem.places.length, ...places.slice(0, EXAMPLES));
    }
  }

  count(kind: ProblemKind): number {
    return this.problems.get(kind)?.count ?? 0;
  }

  /** The kinds that occurred, grave first. `toFileOffset` translates from the text. */
  async finish(toFileOffset: (textOffset: number) => Promise<number>): Promise<ImportProblem[]> {
    const fileOffsets = new Map<number, number>();
    const textOffsets = [...this.problems.values()].flatMap(({ places }) => places.map(({ byteOffset }) => byteOffset));
    // From front to back: a compressed file is decompressed once more at most.
    for (const offset of textOffsets.sort((a, b) => a - b)) fileOffsets.set(offset, await toFileOffset(offset));
    const problems: ImportProblem[] = [];
    for (const kind of PROBLEM_KINDS) {
      const problem = this.problems.get(kind);
      if (!problem) continue;
      const { count, places } = problem;
      const examples = places.map(({ line, byteOffset }) => ({ line, byteOffset: fileOffsets.get(byteOffset) ?? byteOffset }));
      problems.push({ kind, count, examples });
    }
    return problems;
  }

  #problem(kind: ProblemKind): { count: number; readonly places: RowPlace[] } {
    let problem = this.problems.get(kind);
    if (!problem) this.problems.set(kind, (problem = { count: 0, places: [] }));
    return problem;
  }
}
