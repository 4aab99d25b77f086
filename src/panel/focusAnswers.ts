/** Answers what the filter bar of a page asks. Knows no vscode. */
import { assertNever } from "../shared/errors";
import type { FocusRequest, PanelReply } from "../shared/panelProtocol";
import type { PanelFocus } from "./panelCaptures";

/** See the file header. One per page: of its checks only the last one counts. */
export class FocusAnswers {
  readonly #focus: Omit<PanelFocus, "onDidChange">;
  readonly #post: (reply: PanelReply) => void;
  #check = new AbortController();
  /** The capture whose filter is being typed. */
  #typedIn: string | undefined;

  constructor(focus: Omit<PanelFocus, "onDidChange">, post: (reply: PanelReply) => void) {
    this.#focus = focus;
    this.#post = post;
  }

  /** `key`: the capture of the page. Rejects with AnalysisError. */
  async answer(key: string, request: FocusRequest): Promise<PanelReply> {
    const focus = this.#focus;
    const { id } = request;
    switch (request.type) {
      case "focus/set":
        await focus.set(key, request.focus);
        return { type: "request/done", id };
      case "focus/count": {
        const { packets, total } = await focus.count(key);
        return { type: "focus/counted", id, packets, total };
      }
      case "filter/check": {
        // Known before the check before it ends: reading of columns that both name goes on.
        this.#type(key, request.text);
        this.#check.abort();
        this.#check = new AbortController();
        const check = await focus.check(key, request.text, {
          signal: this.#check.signal,
          onProgress: (progress) => this.#post({ type: "filter/progress", id, progress }),
        });
        return { type: "filter/checked", id, check };
      }
      case "filter/stop":
        this.stop();
        return { type: "request/done", id };
      case "filter/complete":
        return { type: "filter/completed", id, completion: await focus.complete(key, request.text, request.position) };
      case "filter/recall":
        return { type: "filter/recalled", id, filters: focus.recent() };
      case "filter/forget":
        await focus.forgetRecent();
        return { type: "request/done", id };
      default:
        return assertNever(request);
    }
  }

  /** Nobody types any more, and nobody waits for a check: the page is closed, or begins anew. Reading a file for it would keep others waiting. */
  stop(): void {
    this.#type(undefined, "");
    this.#check.abort();
  }

  #type(key: string | undefined, text: string): void {
    if (this.#typedIn !== undefined && this.#typedIn !== key) this.#focus.typing(this.#typedIn, "");
    this.#typedIn = key;
    if (key !== undefined) this.#focus.typing(key, text);
  }
}

/** Whether a request is a filter bar's. */
export const isFocusRequest = (request: { readonly type: string }): request is FocusRequest => FOCUS_REQUESTS.has(request.type);

const FOCUS_REQUESTS: ReadonlySet<string> = new Set<FocusRequest["type"]>([
  "focus/set",
  "focus/count",
  "filter/check",
  "filter/stop",
  "filter/complete",
  "filter/recall",
  "filter/forget",
]);
