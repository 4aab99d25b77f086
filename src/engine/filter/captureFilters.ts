/** Filters over one capture: checked, completed, made ready (what they name is read first) and run. */
import { lengthProblem, type FilterCheck, type FilterCompletion } from "../../shared/displayFilter";
import { AnalysisError } from "../../shared/errors";
import type { AnalysisProgress } from "../../shared/model";
import type { CaptureStore } from "../captureStore";
import { followSteps } from "../followStreams";
import { checkMemory, memoryFor } from "../memoryNeed";
import type { RowBits } from "../rowBits";
import { finishWith } from "../steps";
import { bytesOf, CaptureFields, type LoadedColumn, type Needs } from "./captureFields";
import { compileFilter, type CompiledFilter } from "./compile";
import { completeFilter } from "./complete";
import { readBegun } from "./lexer";
import { FilterError } from "./problem";

/** How whoever waits for columns follows their reading. */
export interface ReadingHooks {
  readonly onProgress?: (progress: AnalysisProgress) => void;
  /** False: he waits no more, which rejects with `superseded`; columns that nobody else wants are not read on. */
  readonly isWanted?: () => boolean;
}

/** Somebody who waits for columns. */
interface Waiting extends Required<ReadingHooks> {
  readonly columns: ReadonlySet<number>;
}

/** How a reading is followed by whoever began it. */
export interface ColumnHooks extends ReadingHooks {
  /** Told now and then how many bytes the texts take so far; throws when they are too many. */
  readonly checkTexts?: (bytes: number) => void;
}

/** What reading columns and following streams take; set by whoever can read the file. */
export interface FilterMeans {
  /** Texts of columns, by their positions in the header; in that order. */
  readonly readColumns: (columns: readonly number[], hooks: ColumnHooks) => Promise<readonly LoadedColumn[]>;
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
  /** The last of the readings, one after another: what one reads the next may need. */
  #reading: Promise<void> = Promise.resolve();
  readonly #waiting = new Set<Waiting>();
  #following: Promise<void> | undefined;
  /** What is being typed, and the columns that it names: these are read, though nobody waits for them yet. */
  #text = "";
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

  /**
   * Reads what a filter needs and is not there yet, then calls `use` before anything of it can be dropped for another filter. Rejects with
   * `badFilter`, `superseded`, and what reading and `use` reject with.
   */
  async prepare(text: string, hooks: ReadingHooks, use: () => void): Promise<void> {
    const { needs } = this.#compile(text);
    if (needs.rest || needs.labels || needs.columns.size > 0) {
      await this.#capture.whenComplete;
      // Which addresses have to be read from the file is known now.
      const now = this.#compile(text).needs;
      if (now.labels) await this.#follow();
      if (now.columns.size > 0) return this.#readFor(now.columns, hooks, use);
    }
    use();
  }

  /** What a text means. Counts packets, so it reads what the filter needs. */
  async check(text: string, count: () => Promise<number>): Promise<FilterCheck> {
    try {
      this.#compile(text);
      return { kind: "valid", packets: await count() };
    } catch (error) {
      // Some problems show only when the filter is run.
      if (error instanceof AnalysisError && error.cause instanceof FilterError) return { kind: "invalid", problem: error.cause.problem };
      throw error;
    }
  }

  /**
   * Somebody types this text, which need not be a filter yet; "": nobody does any more. The columns of its fields are read, as far as there is
   * room beside those that are there, so that they are there when the values have been typed.
   */
  typing(text: string): void {
    this.#text = text;
    this.#typed = this.#columnsNamed(text);
    // Whoever applies the filter hears what is wrong.
    if (this.#typed.size > 0 || !this.#capture.order) this.#readAhead(text).catch(() => undefined);
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

  #columnsNamed(text: string): ReadonlySet<number> {
    const needs: Needs = { rest: false, labels: false, columns: new Set() };
    if (lengthProblem(text)) return needs.columns;
    for (const { kind, text: word } of readBegun(text)) if (kind === "word") this.fields.find(word)?.need(needs);
    return needs.columns;
  }

  async #readAhead(text: string): Promise<void> {
    await this.#capture.whenComplete;
    if (this.#text !== text) return;
    // As in `prepare`.
    const columns = (this.#typed = this.#columnsNamed(text));
    const turn = this.#reading.then(() => this.#read(columns, { dropsOthers: false }));
    this.#reading = turn.catch(() => undefined);
    await turn;
  }

  async #readFor(columns: ReadonlySet<number>, hooks: ReadingHooks, use: () => void): Promise<void> {
    const waiting: Waiting = { columns, onProgress: () => undefined, isWanted: () => true, ...hooks };
    this.#waiting.add(waiting);
    const turn = this.#reading.then(async () => {
      await this.#read(columns, { dropsOthers: true });
      throwUnwanted(waiting.isWanted);
      use();
    });
    this.#reading = turn.catch(() => undefined);
    try {
      await turn;
    } finally {
      this.#waiting.delete(waiting);
    }
  }

  async #read(columns: ReadonlySet<number>, { dropsOthers }: { readonly dropsOthers: boolean }): Promise<void> {
    const { loaded } = this.fields;
    const missing = [...columns].filter((column) => !loaded.has(column));
    const isWanted = (): boolean => this.#isWanted(missing);
    if (missing.length > 0) throwUnwanted(isWanted);
    // Those asked for last go last: the first are dropped where memory is short.
    for (const column of columns) {
      const known = loaded.get(column);
      if (!known) continue;
      loaded.delete(column);
      loaded.set(column, known);
    }
    if (missing.length === 0) return;
    const { means } = this;
    if (!means) throw new RangeError("Nobody can read columns of this capture.");
    // Codes of 4 bytes a row, and what finding the rows again takes meanwhile where a file is read from the front.
    const needed = (missing.length * 4 + 20) * this.#capture.columns.rows;
    const checkTexts = (bytes: number): void => this.#makeRoom(needed + bytes, columns, dropsOthers);
    checkTexts(0);
    const read = await means.readColumns(missing, {
      onProgress: (progress) => {
        // Everybody who waits hears of every reading: of his own, and of those before it.
        for (const waiting of this.#waiting) if (waiting.isWanted()) waiting.onProgress(progress);
      },
      isWanted,
      checkTexts,
    });
    checkTexts(read.reduce((sum, { dictionary }) => sum + dictionary.byteLength, 0));
    missing.forEach((column, i) => loaded.set(column, read[i]));
  }

  /**
   * Drops columns that are not wanted now, those asked for first, until so many bytes more have room. Throws `tooLarge` when they would not
   * have it even then, `superseded` where none may be dropped; all columns stay in either case.
   */
  #makeRoom(bytes: number, wanted: ReadonlySet<number>, dropsOthers: boolean): void {
    const { loaded, loadedBytes } = this.fields;
    const { summary, columns } = this.#capture;
    const limit = this.means?.memoryLimitBytes ?? Infinity;
    let total = loadedBytes + bytes;
    const dropped: number[] = [];
    for (const [column, known] of loaded) {
      if (memoryFor(columns.rows) + total <= limit) break;
      if (wanted.has(column)) continue;
      dropped.push(column);
      total -= bytesOf(known);
    }
    if (dropped.length > 0) throwUnwanted(() => dropsOthers);
    checkMemory(summary.name, columns.rows + Math.ceil(total / 100), limit);
    for (const column of dropped) loaded.delete(column);
  }

  /** Whether somebody waits for these columns, or types their names. */
  #isWanted(wanted: readonly number[]): boolean {
    const areIn = (columns: ReadonlySet<number>): boolean => wanted.every((column) => columns.has(column));
    return areIn(this.#typed) || [...this.#waiting].some(({ columns, isWanted }) => isWanted() && areIn(columns));
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
