/** Filters over one capture: checked, completed, made ready (what they name is read first) and run. */
import { lengthProblem, type FilterCheck, type FilterCompletion } from "../../shared/displayFilter";
import { AnalysisError } from "../../shared/errors";
import type { AnalysisProgress } from "../../shared/model";
import type { CaptureStore } from "../captureStore";
import { followSteps } from "../followStreams";
import { checkMemory, memoryFor } from "../memoryNeed";
import type { RowBits } from "../rowBits";
import { finishWith } from "../steps";
import { CaptureFields, type LoadedColumn, type Needs } from "./captureFields";
import { compileFilter, type CompiledFilter } from "./compile";
import { completeFilter } from "./complete";
import { readBegun } from "./lexer";
import { FilterError } from "./problem";

/** How whoever waits for columns follows their reading. */
export interface ReadingHooks {
  readonly onProgress?: (progress: AnalysisProgress) => void;
  /** False ends the reading, which then rejects with `superseded`. */
  readonly isWanted?: () => boolean;
}

/** What reading columns and following streams take; set by whoever can read the file. */
export interface FilterMeans {
  /** Texts of columns, by their positions in the header; in that order. */
  readonly readColumns: (columns: readonly number[], hooks: ReadingHooks) => Promise<readonly LoadedColumn[]>;
  /** Called between pieces of work. */
  readonly pause: () => Promise<void>;
  /** Memory that the capture and the columns read for filters may take together, bytes. */
  readonly memoryLimitBytes: number;
}

/** See the file header. */
export class CaptureFilters {
  means: FilterMeans | undefined;
  readonly #capture: CaptureStore;
  #fields: CaptureFields | undefined;
  #reading: Promise<void> = Promise.resolve();
  /** Everybody who waits hears of every reading: of his own, and of those before it. */
  readonly #listeners = new Set<(progress: AnalysisProgress) => void>();
  #following: Promise<void> | undefined;
  /** Columns that the text checked last names: somebody is typing a filter of them, so that reading them goes on, whoever began it. */
  #typed: ReadonlySet<number> = new Set();

  constructor(capture: CaptureStore) {
    this.#capture = capture;
  }

  /** Remembers nothing of the summary: it changes when the capture is complete. */
  get fields(): CaptureFields {
    return (this.#fields ??= new CaptureFields(this.#capture));
  }

  /** The rows that pass. Throws `badFilter`; RangeError when what the filter needs is not there (see `prepare`). */
  run(text: string): RowBits {
    const { needs, run } = this.#compile(text);
    if (!this.#hasAll(needs)) throw new RangeError("The filter is not prepared.");
    return asBadFilter(run);
  }

  /** Reads what a filter needs and is not there yet. Rejects with `badFilter`, `superseded`, and what reading rejects with. */
  async prepare(text: string, hooks: ReadingHooks = {}): Promise<void> {
    const { needs } = this.#compile(text);
    if (!needs.rest && !needs.labels && needs.columns.size === 0) return;
    await this.#capture.whenComplete;
    // Which addresses have to be read from the file is known now.
    const now = this.#compile(text).needs;
    if (now.labels) await this.#follow();
    if (now.columns.size > 0) await this.#readInTurn(now.columns, hooks);
  }

  /**
   * What a text means. Counts packets, so it reads what the filter needs; of a text that is no filter yet, what it names is read ahead: it is
   * there when the value behind it has been typed.
   */
  async check(text: string, count: () => Promise<number>): Promise<FilterCheck> {
    this.#typed = this.#columnsNamed(text);
    try {
      this.#compile(text);
      return { kind: "valid", packets: await count() };
    } catch (error) {
      // Some problems show only when the filter is run.
      if (!(error instanceof AnalysisError && error.cause instanceof FilterError)) throw error;
      void this.#readAhead();
      return { kind: "invalid", problem: error.cause.problem };
    }
  }

  /** Nobody is typing any more: what is read ahead ends, unless a check waits for it. */
  stopReadingAhead(): void {
    this.#typed = new Set();
  }

  /** What could stand at a place of a text. */
  complete(text: string, position: number): FilterCompletion {
    return completeFilter(text, position, this.fields);
  }

  #compile(text: string): CompiledFilter {
    return asBadFilter(() => compileFilter(text, this.fields, this.#capture.columns));
  }

  #hasAll({ rest, labels, columns }: Needs): boolean {
    const capture = this.#capture;
    if (rest && capture.order === undefined) return false;
    return (!labels || capture.segmentLabels !== undefined) && [...columns].every((column) => this.fields.loaded.has(column));
  }

  async #follow(): Promise<void> {
    const capture = this.#capture;
    if (capture.segmentLabels) return;
    const { columns, order, modules } = capture;
    if (!order) throw new RangeError("The capture is not complete.");
    const pause = this.means?.pause ?? ((): Promise<void> => Promise.resolve());
    this.#following ??= finishWith(followSteps(modules, columns, order), pause).then(({ labels }) => {
      capture.segmentLabels = labels;
    });
    try {
      await this.#following;
    } finally {
      this.#following = undefined;
    }
  }

  #columnsNamed(text: string): ReadonlySet<number> {
    const needs: Needs = { rest: false, labels: false, columns: new Set() };
    if (lengthProblem(text)) return needs.columns;
    for (const { kind, text: word } of readBegun(text)) if (kind === "word") this.fields.find(word)?.need(needs);
    return needs.columns;
  }

  /** Reads what is being typed. Never rejects: whoever applies the filter hears what is wrong. */
  async #readAhead(): Promise<void> {
    const columns = this.#typed;
    if (columns.size === 0) return;
    try {
      await this.#capture.whenComplete;
      await this.#readInTurn(columns, { isWanted: () => false });
    } catch {
      // See above.
    }
  }

  /** One after another: what one reads the next may need. */
  async #readInTurn(columns: ReadonlySet<number>, hooks: ReadingHooks): Promise<void> {
    const { onProgress } = hooks;
    if (onProgress) this.#listeners.add(onProgress);
    const turn = this.#reading.then(() => this.#read(columns, hooks));
    this.#reading = turn.catch(() => undefined);
    try {
      await turn;
    } finally {
      if (onProgress) this.#listeners.delete(onProgress);
    }
  }

  async #read(columns: ReadonlySet<number>, { isWanted: isAsked = () => true }: ReadingHooks): Promise<void> {
    const { loaded } = this.fields;
    // Those asked for last go last: the first are dropped where memory is short.
    for (const column of columns) {
      const known = loaded.get(column);
      if (!known) continue;
      loaded.delete(column);
      loaded.set(column, known);
    }
    const missing = [...columns].filter((column) => !loaded.has(column));
    if (missing.length === 0) return;
    const isWanted = (): boolean => isAsked() || missing.every((column) => this.#typed.has(column));
    throwUnwanted(isWanted);
    const { means } = this;
    if (!means) throw new RangeError("Nobody can read columns of this capture.");
    const { rows } = this.#capture.columns;
    const { summary } = this.#capture;
    // Codes of 4 bytes a row, and what finding the rows again takes meanwhile where a file is read from the front.
    const needed = missing.length * 4 * rows + 20 * rows;
    for (const column of [...loaded.keys()]) {
      if (memoryFor(rows) + this.fields.loadedBytes + needed <= means.memoryLimitBytes) break;
      if (!columns.has(column)) loaded.delete(column);
    }
    checkMemory(summary.name, rows + Math.ceil((this.fields.loadedBytes + needed) / 100), means.memoryLimitBytes);
    const read = await means.readColumns(missing, {
      onProgress: (progress) => this.#listeners.forEach((listener) => listener(progress)),
      isWanted,
    });
    missing.forEach((column, i) => loaded.set(column, read[i]));
  }
}

/** Throws `badFilter` for a FilterError. */
function asBadFilter<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const { span, message, details } = error.problem;
    throw new AnalysisError("badFilter", error.message, [message, String(span.start), String(span.end), ...details], { cause: error });
  }
}

/** Throws `superseded` when nobody waits any more. */
export function throwUnwanted(isWanted: () => boolean): void {
  if (!isWanted()) throw new AnalysisError("superseded", "Another filter was asked for.");
}
