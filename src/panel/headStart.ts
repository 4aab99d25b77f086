/**
 * Answers to what a page is going to ask. It is told of other numbers and then asks for them as it asked for those before: meanwhile, and that
 * is 20 ms, the capture is asked already. Whatever else the page asks is asked when it does.
 */
import type { BurstsOfNumber } from "../shared/bursts";
import { MAX_CHART_BUCKETS, type ChartQuery } from "../shared/panelProtocol";
import type { Clock } from "../shared/model";
import type { Timelines } from "../shared/timelines";
import type { Capture } from "../worker/client";

/** What bursts are asked for with: all of the time, whatever is zoomed to, since marks come and go with the zoom and are not asked for anew. */
export interface MarksQuery {
  readonly seqs: readonly number[];
  readonly filter: string;
  readonly clock: Clock;
}

/** An answer, and to what. */
interface Asked<T> {
  readonly capture: Capture;
  readonly question: string;
  readonly answer: Promise<T>;
}

/** See the file header. */
export class HeadStart {
  #charts: ChartQuery | undefined;
  #marks: MarksQuery | undefined;
  #timelines: Asked<Timelines> | undefined;
  #bursts: Asked<readonly BurstsOfNumber[]> | undefined;

  /** The page has been told of these numbers. */
  tell(capture: Capture, seqs: readonly number[]): void {
    // What it did not ask for the last time it is not expected to ask for.
    if (this.#bursts) this.#marks = undefined;
    if (this.#timelines) this.#charts = undefined;
    // In the page's own order: bursts come first, so that they are drawn with the timelines.
    this.#bursts = this.#marks && begin(capture, { ...this.#marks, seqs }, getBursts);
    this.#timelines = this.#charts && begin(capture, { ...this.#charts, seqs }, getTimelines);
  }

  timelines(capture: Capture, query: ChartQuery): Promise<Timelines> {
    this.#charts = query;
    const begun = this.#timelines;
    this.#timelines = undefined;
    return answerOf(begun, capture, query, getTimelines);
  }

  bursts(capture: Capture, query: MarksQuery): Promise<readonly BurstsOfNumber[]> {
    this.#marks = query;
    const begun = this.#bursts;
    this.#bursts = undefined;
    return answerOf(begun, capture, query, getBursts);
  }
}

const getTimelines = (capture: Capture, query: ChartQuery): Promise<Timelines> =>
  capture.getTimelines({ ...query, maxBuckets: MAX_CHART_BUCKETS });

const getBursts = (capture: Capture, { seqs, filter, clock }: MarksQuery): Promise<readonly BurstsOfNumber[]> =>
  Promise.all(seqs.map((seq) => capture.getBursts({ seq, focus: { filter, range: null }, clock })));

function begin<Query, T>(capture: Capture, query: Query, ask: (capture: Capture, query: Query) => Promise<T>): Asked<T> {
  const answer = ask(capture, query);
  // Who asks for it is told why it failed, if anybody does.
  answer.catch(() => undefined);
  return { capture, question: JSON.stringify(query), answer };
}

function answerOf<Query, T>(
  begun: Asked<T> | undefined,
  capture: Capture,
  query: Query,
  ask: (capture: Capture, query: Query) => Promise<T>,
): Promise<T> {
  return begun?.capture === capture && begun.question === JSON.stringify(query) ? begun.answer : ask(capture, query);
}
