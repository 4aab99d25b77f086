/**
 * Host end of the analysis thread: starts it, asks, and settles every request, also when the thread dies.
 * Knows node:worker_threads and the protocol; not vscode.
 */
import { Worker } from "node:worker_threads";
import type { BurstsOfNumber, BurstsQuery } from "../shared/bursts";
import { AnalysisError, fromPlainError } from "../shared/errors";
import type { FilterCheck, FilterCompletion, FilterField } from "../shared/displayFilter";
import type { DetectorDescription, FindingsQuery, FindingsReport } from "../shared/findings";
import type { FindingPicture, GraphQuery } from "../shared/findingGraph";
import type {
  AnalysisOptions,
  AnalysisProgress,
  CaptureSource,
  CaptureSummary,
  CsvRow,
  Distribution,
  DistributionQuery,
  FocusTotals,
  SequenceCount,
  SequenceDetails,
  SequenceQuery,
  Timeline,
  TimelineQuery,
} from "../shared/model";
import type { PacketPage, PacketPlaces, PacketsQuery, PlacesQuery } from "../shared/packets";
import type { Focus } from "../shared/selection";
import type { Timelines, TimelinesQuery } from "../shared/timelines";
import type { CancelRequest, TypingNotice, WorkerReply, WorkerRequest } from "../shared/workerProtocol";
import { THREAD_OPTIONS } from "./threadOptions";

/** How whoever asks what takes long follows it. */
export interface Waiting {
  readonly onProgress?: (progress: AnalysisProgress) => void;
  /** Aborting makes the request reject with `superseded`, unless it is done. */
  readonly signal?: AbortSignal;
}

/** A capture in memory: answers questions, but for `getRow`, `getFindingLines` and payloads that `getFindings` compares without reading the file again. Every promise rejects with AnalysisError. */
export interface Capture {
  /** As far as it is known; the final one from `complete` on. */
  readonly summary: CaptureSummary;
  /** The final summary, when all columns are read. Rejects when they cannot be: the capture goes on answering without. */
  readonly complete: Promise<CaptureSummary>;
  listSequences(query: SequenceQuery): Promise<readonly SequenceCount[]>;
  /** Of the packets of a focus; default: of all. */
  describeSequence(seq: number, focus?: Focus): Promise<SequenceDetails>;
  /** What a focus leaves. Rejects with `badFilter`. */
  countFocus(focus: Focus): Promise<FocusTotals>;
  /** What a filter's text means for this capture; reads the columns it names, and tells how far it has come. */
  checkFilter(text: string, waiting?: Waiting): Promise<FilterCheck>;
  /** Somebody types this text in a filter bar, "": nobody does any more. Columns it names are read, so that they are there when it is a filter. */
  typing(text: string): void;
  /** What could stand at a place of a filter's text. `position`: of the cursor, characters. */
  completeFilter(text: string, position: number): Promise<FilterCompletion>;
  /** Every field a filter may name. */
  listFilterFields(): Promise<readonly FilterField[]>;
  getTimeline(query: TimelineQuery): Promise<Timeline>;
  /** Several timelines over the same buckets. Waits until all columns are read where it needs them. */
  getTimelines(query: TimelinesQuery): Promise<Timelines>;
  /** Looks for bursts of all numbers, which lists of numbers have from then on. How many numbers have one. */
  findBursts(focus: Focus): Promise<number>;
  /** Bursts of one number with what is behind them, when all columns are read. */
  getBursts(query: BurstsQuery): Promise<BurstsOfNumber>;
  getDistribution(query: DistributionQuery): Promise<Distribution>;
  /** What the detectors say, when all columns are read. Rejects with `superseded` when it is asked again meanwhile. */
  getFindings(query: FindingsQuery): Promise<FindingsReport>;
  /** A page of the packets of a selection, in any order, when all columns are read. A finding is one of the last report. */
  getPackets(query: PacketsQuery): Promise<PacketPage>;
  /** Where packets of a selection stand, likewise. */
  getPacketPlaces(query: PlacesQuery): Promise<PacketPlaces>;
  /** All cells of a row, read from the file again. `row`: its place in the columns. Rejects with `fileChanged`. */
  getRow(row: number): Promise<CsvRow>;
  /** How many packets of every finding of the last report pass, by Finding.id; none without a report. Rejects with `badFilter`. */
  countFindings(focus: Focus): Promise<ReadonlyMap<string, number>>;
  /**
   * Lines of the file, from 1, on which the evidence of findings of the last report begins, by EvidencePacket.row. Reads the file once up
   * to the last of them. Rejects with `fileChanged`.
   */
  getFindingLines(findings: readonly string[]): Promise<ReadonlyMap<number, number>>;
  /** Every detector there is, in the order in which they are shown. */
  describeDetectors(): Promise<readonly DetectorDescription[]>;
  /** What a finding of the last report is drawn from; null when it has no such finding. */
  getFindingGraph(query: GraphQuery): Promise<FindingPicture | null>;
  /** Ends the thread and frees its memory; what is still asked rejects with `captureClosed`. */
  dispose(): void;
}

/** Cancelling is an outcome, not an error. */
export type AnalysisOutcome = { readonly kind: "done"; readonly capture: Capture } | { readonly kind: "cancelled" };

/** How a run is started. */
export interface AnalyzeRequest {
  /** Path of the bundled thread, `dist/analyzeWorker.js`. */
  readonly workerPath: string;
  readonly source: CaptureSource;
  readonly options: AnalysisOptions;
  /** Translations of what detectors and filters say, by English sentence; none for English. */
  readonly l10n?: Readonly<Record<string, string>> | undefined;
  readonly onProgress?: (progress: AnalysisProgress) => void;
  /** Aborting gives `cancelled`; the thread and all it held are gone by then. */
  readonly signal?: AbortSignal;
}

/** What settles a request. */
type ReplyWithId = Exclude<Extract<WorkerReply, { id: number }>, { type: "request/progress" }>;
/** `Omit` that keeps a union a union. */
type WithoutId<T> = T extends { id: number } ? Omit<T, "id"> : never;

interface Pending {
  readonly resolve: (reply: ReplyWithId) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: Waiting["onProgress"];
}

/** One thread and the requests it still owes an answer. */
class AnalysisThread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  /** Settled by `analysis/complete` and `analysis/incomplete`. */
  readonly complete: Promise<CaptureSummary>;
  #settleComplete!: { resolve: (summary: CaptureSummary) => void; reject: (error: Error) => void };
  #nextId = 1;
  #ended: AnalysisError | undefined;

  constructor(workerPath: string, onProgress: (progress: AnalysisProgress) => void) {
    this.#worker = new Worker(workerPath, { name: "tcp-seq-analysis", ...THREAD_OPTIONS });
    this.complete = new Promise((resolve, reject) => (this.#settleComplete = { resolve, reject }));
    // Whoever waits hears of it.
    this.complete.catch(() => undefined);
    this.#worker.on("message", (reply: WorkerReply) => {
      switch (reply.type) {
        case "analysis/progress":
          onProgress(reply.progress);
          break;
        case "analysis/complete":
          this.#settleComplete.resolve(reply.summary);
          break;
        case "analysis/incomplete":
          this.#settleComplete.reject(fromPlainError(reply.error));
          break;
        case "request/progress":
          this.#pending.get(reply.id)?.onProgress?.(reply.progress);
          break;
        default:
          this.#settle(reply);
      }
    });
    this.#worker.on("error", (error) => this.#end(new AnalysisError("internal", error.message, [], { cause: error.stack ?? error })));
    this.#worker.on("messageerror", (error) =>
      this.#end(new AnalysisError("internal", "The analysis thread sent something unreadable.", [], { cause: error })),
    );
    this.#worker.on("exit", (code) =>
      this.#end(new AnalysisError("workerStopped", `The analysis thread has ended (exit code ${String(code)}).`, [String(code)])),
    );
  }

  ask(request: WithoutId<WorkerRequest>, { onProgress, signal }: Waiting = {}): Promise<ReplyWithId> {
    return new Promise((resolve, reject) => {
      if (this.#ended) {
        reject(this.#ended);
        return;
      }
      const id = this.#nextId++;
      this.#pending.set(id, { resolve, reject, onProgress });
      this.#worker.postMessage({ ...request, id });
      const cancel = (): void => this.tell({ type: "request/cancel", id });
      if (signal?.aborted) cancel();
      else signal?.addEventListener("abort", cancel, { once: true });
    });
  }

  /** Says what has no reply. A thread that has ended hears nothing. */
  tell(notice: CancelRequest | TypingNotice): void {
    this.#worker.postMessage(notice);
  }

  async stop(): Promise<void> {
    this.#end(new AnalysisError("captureClosed", "The capture has been closed."));
    await this.#worker.terminate();
  }

  #settle(reply: ReplyWithId): void {
    const waiting = this.#pending.get(reply.id);
    if (!waiting) return; // ended meanwhile: already rejected
    this.#pending.delete(reply.id);
    if (reply.type === "request/failed") waiting.reject(fromPlainError(reply.error));
    else waiting.resolve(reply);
  }

  #end(error: AnalysisError): void {
    this.#ended ??= error;
    this.#settleComplete.reject(error);
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

/** Reads a capture in a thread of its own. Rejects with AnalysisError; the thread is gone then. */
export async function analyzeInWorker(request: AnalyzeRequest): Promise<AnalysisOutcome> {
  const { source, options, l10n = null, signal } = request;
  if (signal?.aborted) return { kind: "cancelled" };
  const thread = new AnalysisThread(request.workerPath, (progress) => request.onProgress?.(progress));
  // A thread in the middle of a block hears no message; ending it leaves nothing behind.
  const cancel = (): void => void thread.stop();
  signal?.addEventListener("abort", cancel, { once: true });
  try {
    const reply = await expectReply(thread.ask({ type: "analysis/start", source, options, l10n }), "analysis/done");
    if (signal?.aborted) return { kind: "cancelled" };
    return { kind: "done", capture: openCapture(thread, reply.summary) };
  } catch (error) {
    await thread.stop();
    if (signal?.aborted) return { kind: "cancelled" };
    throw error;
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

/** The reply of the type a request is answered with; any other is a bug. */
async function expectReply<T extends ReplyWithId["type"]>(
  reply: Promise<ReplyWithId>,
  type: T,
): Promise<Extract<ReplyWithId, { type: T }>> {
  const settled = await reply;
  if (settled.type !== type) throw new AnalysisError("internal", `Expected ${type}, got ${settled.type}.`);
  return settled as Extract<ReplyWithId, { type: T }>;
}

function openCapture(thread: AnalysisThread, first: CaptureSummary): Capture {
  let summary = first;
  const complete = first.isComplete ? Promise.resolve(first) : thread.complete.then((final) => (summary = final));
  complete.catch(() => undefined);
  return {
    get summary() {
      return summary;
    },
    complete,
    listSequences: async (query) => (await expectReply(thread.ask({ type: "sequences/list", query }), "sequences/page")).items,
    describeSequence: async (seq, focus) =>
      (await expectReply(thread.ask({ type: "sequence/describe", seq, ...(focus ? { focus } : {}) }), "sequence/details")).details,
    countFocus: async (focus) => (await expectReply(thread.ask({ type: "focus/count", focus }), "focus/counted")).totals,
    checkFilter: async (text, waiting) => (await expectReply(thread.ask({ type: "filter/check", text }, waiting), "filter/checked")).check,
    typing: (text) => thread.tell({ type: "filter/typing", text }),
    completeFilter: async (text, position) =>
      (await expectReply(thread.ask({ type: "filter/complete", text, position }), "filter/completed")).completion,
    listFilterFields: async () => (await expectReply(thread.ask({ type: "filter/fields" }), "filter/listed")).fields,
    getTimeline: async (query) => (await expectReply(thread.ask({ type: "timeline/get", query }), "timeline/data")).timeline,
    getTimelines: async (query) => (await expectReply(thread.ask({ type: "timelines/get", query }), "timelines/data")).timelines,
    findBursts: async (focus) => (await expectReply(thread.ask({ type: "bursts/find", focus }), "bursts/found")).numbers,
    getBursts: async (query) => (await expectReply(thread.ask({ type: "bursts/get", query }), "bursts/data")).bursts,
    getDistribution: async (query) =>
      (await expectReply(thread.ask({ type: "distribution/get", query }), "distribution/data")).distribution,
    getFindings: async (query) => (await expectReply(thread.ask({ type: "findings/get", query }), "findings/report")).report,
    getPackets: async (query) => (await expectReply(thread.ask({ type: "packets/list", query }), "packets/page")).page,
    getPacketPlaces: async (query) => (await expectReply(thread.ask({ type: "packets/places", query }), "packets/placed")).places,
    getRow: async (row) => (await expectReply(thread.ask({ type: "row/get", row }), "row/data")).row,
    countFindings: async (focus) => (await expectReply(thread.ask({ type: "findings/counts", focus }), "findings/counted")).counts,
    getFindingLines: async (findings) => (await expectReply(thread.ask({ type: "findings/lines", findings }), "findings/lined")).lines,
    describeDetectors: async () => (await expectReply(thread.ask({ type: "detectors/describe" }), "detectors/described")).detectors,
    getFindingGraph: async (query) => (await expectReply(thread.ask({ type: "finding/graph", query }), "finding/picture")).picture,
    dispose: () => void thread.stop(),
  };
}
