/** The conversation with the filter bar in the side bar, which acts on the capture used last. Knows no vscode. */
import type { AnalysisError } from "../shared/errors";
import type { FilterTarget, PanelReply } from "../shared/panelProtocol";
import { failedAnswer, refusedAnswer } from "./failedAnswers";
import { FocusAnswers, isFocusRequest } from "./focusAnswers";
import type { PanelFocus } from "./panelCaptures";
import { parseFilterRequest } from "./parseRequest";

/** What a session needs around it. */
export interface FilterSessionOptions {
  readonly focus: Omit<PanelFocus, "onDidChange">;
  /** The capture that the bar acts on, as it is now; null when none is open. */
  readonly readTarget: () => FilterTarget | null;
  /** Sends to the webview. What is sent while the page is hidden or loading is lost, and need not arrive. */
  readonly post: (reply: PanelReply) => void;
  readonly l10nBundle: Readonly<Record<string, string>> | undefined;
  /** A failure as one sentence in the display language; may log it. */
  readonly describeFailure: (error: AnalysisError, name: string) => string;
  /** A message that is no request. */
  readonly onRefused: (message: unknown) => void;
}

/** See the file header. */
export class FilterSession {
  readonly #options: FilterSessionOptions;
  readonly #focus: FocusAnswers;
  /** What the page was told last: its requests are about that. */
  #target: FilterTarget | null = null;
  #isReady = false;

  constructor(options: FilterSessionOptions) {
    this.#options = options;
    this.#focus = new FocusAnswers(options.focus, options.post);
  }

  /** Another capture is the one used last, or it has another focus or another name. */
  targetChanged(): void {
    if (!this.#isReady) return;
    this.#target = this.#options.readTarget();
    this.#options.post({ type: "filter/target", target: this.#target });
  }

  /** Ends what was asked for the page: it is closed. */
  dispose(): void {
    this.#focus.stop();
  }

  /** Answers one message from the webview. Never rejects: a failure is an answer. */
  async receive(message: unknown): Promise<void> {
    const { post, readTarget, l10nBundle, describeFailure, onRefused } = this.#options;
    const { key = "", name = "" } = this.#target ?? {};
    const describe = (error: AnalysisError): string => describeFailure(error, name);
    const request = parseFilterRequest(message);
    if (request === undefined) {
      onRefused(message);
      const answer = refusedAnswer(message, describe);
      if (answer) post(answer);
      return;
    }
    const { id } = request;
    if (!isFocusRequest(request)) {
      this.#isReady = true;
      this.#focus.stop(); // what the page before it typed
      this.#target = readTarget();
      post({ type: "filter/init", id, target: this.#target, l10n: l10nBundle ?? null });
      return;
    }
    try {
      post(await this.#focus.answer(key, request));
    } catch (error) {
      post(failedAnswer(id, error, describe));
    }
  }
}
