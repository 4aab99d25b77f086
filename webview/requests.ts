/** The webview's end of the protocol: asks the host, settles every request, passes on news. */
import type { ErrorCode } from "../src/shared/errors";
import type { AnalysisProgress } from "../src/shared/model";
import type { FindingState, PanelAnswer, PanelNews, PanelReply, PanelRequest, PanelState } from "../src/shared/panelProtocol";

/** What the editor gives a webview, once. */
export interface WebviewApi {
  postMessage(message: PanelRequest): void;
  getState(): unknown;
  setState(state: PanelState | FindingState): void;
}

/** A request the host could not answer; the message is for the user, in the display language. */
export class RequestError extends Error {
  override readonly name = "RequestError";

  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** What a failure says to the user: without the name of its class. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

type WithoutId<T> = T extends { readonly id: number } ? Omit<T, "id"> : never;
/** A request before it has its number. */
export type Question = WithoutId<PanelRequest>;

type OnProgress = (progress: AnalysisProgress) => void;

interface Pending {
  readonly resolve: (answer: PanelAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: OnProgress | undefined;
}

/** One conversation with the host, from the load of the page on. */
export class HostConnection {
  readonly #api: WebviewApi;
  readonly #pending = new Map<number, Pending>();
  /** Starts anew with every page, beyond the numbers of the page before: its late answers must not fit. */
  #nextId = Date.now() * 1000;

  constructor(api: WebviewApi, onNews: (news: PanelNews) => void) {
    this.#api = api;
    window.addEventListener("message", ({ data }: MessageEvent<PanelReply>) => {
      if (data.type === "filter/progress") this.#pending.get(data.id)?.onProgress?.(data.progress);
      else if ("id" in data) this.#settle(data);
      else onNews(data);
    });
  }

  /** Rejects with RequestError. `onProgress`: for the questions that say they tell it. */
  ask(question: Question, onProgress?: OnProgress): Promise<PanelAnswer> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#pending.set(id, { resolve, reject, onProgress });
      this.#api.postMessage({ ...question, id });
    });
  }

  #settle(answer: PanelAnswer): void {
    const waiting = this.#pending.get(answer.id);
    if (!waiting) return; // asked by the page before a reload
    this.#pending.delete(answer.id);
    if (answer.type === "request/failed") waiting.reject(new RequestError(answer.code, answer.message));
    else waiting.resolve(answer);
  }
}

/** The answer of the type a question is answered with; any other is a bug of ours. */
export function expectAnswer<T extends PanelAnswer["type"]>(answer: PanelAnswer, type: T): Extract<PanelAnswer, { type: T }> {
  if (answer.type !== type) throw new RequestError("internal", `Expected ${type}, got ${answer.type}.`);
  return answer as Extract<PanelAnswer, { type: T }>;
}
