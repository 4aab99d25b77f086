/** Runs the contestants by turns, and looks at every answer before its time counts. */
import { findDifference, type Answer, type Run } from "./answer";
import { runOnce, whyMissing, type Contestant } from "./contestants";
import type { OurRun } from "./ours";

/** What became of a contestant. */
export interface Result<R extends Run = Run> {
  readonly contestant: Contestant;
  /** Only runs with the right answer. */
  readonly runs: readonly R[];
  /** Why there are none. */
  readonly problem?: string;
}

/** What every part of the benchmark is told. */
export interface BenchOptions {
  readonly runs: number;
  readonly slowRuns: number;
  /** Ids of contestants; default: all. */
  readonly only: readonly string[] | undefined;
  readonly isMarkdown: boolean;
  /** For progress: standard output is for the tables. */
  readonly log: (line: string) => void;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

export const isOurs = (result: Result): result is Result<OurRun> => result.runs.length > 0 && "first" in result.runs[0];

/** In round i every contestant runs once. `expected`: the answer; without one, the first run's. */
export async function runRounds(
  contestants: readonly Contestant[],
  file: string,
  expected: Answer | undefined,
  { runs, slowRuns, log }: BenchOptions,
): Promise<Result[]> {
  const states = contestants.map((contestant) => ({ contestant, runs: [] as Run[], problem: whyMissing(contestant) }));
  for (let round = 0; round < Math.max(runs, slowRuns); round++) {
    for (const state of states) {
      const { contestant } = state;
      if (state.problem !== undefined || round >= (contestant.isSlow ? slowRuns : runs)) continue;
      try {
        const run = await runOnce(contestant, file);
        if (run.answer) {
          expected ??= run.answer;
          const difference = findDifference(run.answer, expected);
          if (difference !== undefined) state.problem = `wrong answer: ${difference}`;
        }
        if (state.problem === undefined) state.runs.push(run);
        log(`round ${round + 1}: ${contestant.id} ${state.problem ?? `${(run.elapsedMs / 1000).toFixed(2)} s`}`);
      } catch (error) {
        const { message } = error as Error;
        state.problem = `failed: ${/^.*Error\b.*$/m.exec(message)?.[0].trim() ?? message}`;
        log(`round ${round + 1}: ${contestant.id} ${state.problem}`);
      }
    }
  }
  return states.map(({ contestant, runs, problem }) => (problem === undefined ? { contestant, runs } : { contestant, runs: [], problem }));
}
