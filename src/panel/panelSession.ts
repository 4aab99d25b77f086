/**
 * One panel's conversation: answers its webview's requests from the capture, and keeps what the webview has to be told
 * when it comes back from being hidden. Knows no vscode, so that it is tested without an editor.
 */
import { AnalysisError, assertNever, fromPlainError, toPlainError } from "../shared/errors";
import { MAX_CHART_BUCKETS, type PanelReply, type PanelTarget, type TimelineRequest } from "../shared/panelProtocol";
import type { Focus } from "../shared/selection";
import type { Capture } from "../worker/client";
import { answerFocusRequest, isFocusRequest } from "./focusAnswers";
import type { CaptureChange, PanelCaptures, PanelFocus, PanelSettings } from "./panelCaptures";
import { parseRequest } from "./parseRequest";

/** What a session needs around it. */
export interface SessionOptions {
  /** Uri of the capture as a string. */
  readonly key: string;
  /** File name for titles. */
  readonly name: string;
  readonly target: PanelTarget;
  readonly captures: Omit<PanelCaptures, "onDidChange" | "onDidOpen">;
  readonly focus: Omit<PanelFocus, "onDidChange">;
  /** Sends to the webview. What is sent while the page is hidden or loading is lost, and need not arrive. */
  readonly post: (reply: PanelReply) => void;
  readonly readSettings: () => PanelSettings;
  /** Translations of the display language, undefined for English. */
  readonly l10nBundle: Readonly<Record<string, string>> | undefined;
  /** A failure as one sentence in the display language; may log it. */
  readonly describeFailure: (error: AnalysisError) => string;
  /** A message that is no request. */
  readonly onRefused: (message: unknown) => void;
  /** The target has changed, by `show`, by the user, or because its number was found. */
  readonly onTarget: (target: PanelTarget) => void;
}

/** See the file header. */
export class PanelSession {
  readonly #options: SessionOptions;
  #target: PanelTarget;
  #isReady = false;
  #isGone = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#target = options.target;
  }

  get key(): string {
    return this.#options.key;
  }

  get name(): string {
    return this.#options.name;
  }

  get target(): PanelTarget {
    return this.#target;
  }

  /** Turns the panel to another number or tab; a target without a number keeps the number shown. */
  show(target: PanelTarget): void {
    this.#setTarget({ view: target.view, seq: target.seq ?? this.#target.seq });
    if (this.#isReady) this.#options.post({ type: "panel/show", target: this.#target });
  }

  /** Tells the webview what has become of its capture. */
  captureChanged(change: CaptureChange): void {
    this.#isGone = change === "closed";
    if (!this.#isReady) return;
    switch (change) {
      case "closed":
        return this.#options.post({ type: "panel/gone" });
      case "stale":
        return this.#options.post({ type: "panel/stale" });
      case "replaced":
        return this.#options.post({ type: "capture/replaced" });
      case "completed":
      case "incomplete":
        return; // panels show none of those columns
      default:
        assertNever(change);
    }
  }

  /** Tells the webview what the user looks at now. */
  focusChanged(focus: Focus): void {
    if (this.#isReady && !this.#isGone) this.#options.post({ type: "focus/changed", focus });
  }

  /** Brings a panel back whose capture was closed and has been read again. */
  captureOpened(): void {
    if (this.#isGone) this.captureChanged("replaced");
  }

  /** Answers one message from the webview. Never rejects: a failure is an answer. */
  async receive(message: unknown): Promise<void> {
    const request = parseRequest(message);
    if (request === undefined) {
      this.#options.onRefused(message);
      return;
    }
    try {
      this.#options.post(await this.#answer(request));
    } catch (error) {
      const failure = error instanceof AnalysisError ? error : fromPlainError(toPlainError(error));
      this.#options.post({ type: "request/failed", id: request.id, code: failure.code, message: this.#options.describeFailure(failure) });
    }
  }

  async #answer(request: TimelineRequest): Promise<PanelReply> {
    const { id } = request;
    if (isFocusRequest(request)) return answerFocusRequest(this.#options.focus, this.key, request);
    switch (request.type) {
      case "panel/ready":
        this.#isReady = true;
        return this.#init(id);
      case "capture/open":
        return this.#open(id);
      case "timeline/get": {
        const { seq, bucketSeconds, clock, alignMinutes } = request;
        const timeline = await this.#capture().getTimeline({
          seq,
          bucketSeconds,
          clock,
          alignMinutes,
          maxBuckets: MAX_CHART_BUCKETS,
          whenTooMany: "coarsen",
        });
        return { type: "timeline/data", id, timeline };
      }
      case "distribution/get": {
        const { bins, scale } = request;
        const distribution = await this.#capture().getDistribution({ bins, scale, focus: this.#options.focus.get(this.key) });
        return { type: "distribution/data", id, distribution };
      }
      case "view/changed":
        this.#setTarget({ view: request.view, seq: this.#target.seq });
        return { type: "request/done", id };
      case "panel/analyzeAgain":
        // After a failure or a close there is nothing to replace; `capture/open` follows and reads the file.
        if (this.#options.captures.get(this.key) !== undefined) await this.#options.captures.analyzeAgain(this.key);
        return { type: "request/done", id };
      default:
        return assertNever(request);
    }
  }

  #init(id: number): PanelReply {
    const isOpen = this.#options.captures.get(this.key) !== undefined;
    return {
      type: "panel/init",
      id,
      key: this.key,
      name: this.name,
      target: this.#target,
      capture: isOpen ? "open" : this.#isGone ? "gone" : "toRead",
      settings: this.#options.readSettings(),
      l10n: this.#options.l10nBundle ?? null,
    };
  }

  async #open(id: number): Promise<PanelReply> {
    const capture = await this.#options.captures.open(this.key);
    if (capture === undefined) return { type: "capture/cancelled", id };
    this.#isGone = false;
    const seq = this.#target.seq ?? (await capture.listSequences({ order: "count", from: 0, count: 1 }))[0]?.seq ?? 0;
    if (this.#target.seq === null) this.#setTarget({ view: this.#target.view, seq });
    const isStale = this.#options.captures.find(this.key)?.isStale ?? false;
    const focus = this.#options.focus.get(this.key);
    return { type: "capture/opened", id, summary: capture.summary, seq: this.#target.seq ?? seq, isStale, focus };
  }

  #capture(): Capture {
    const capture = this.#options.captures.get(this.key);
    if (capture === undefined) throw new AnalysisError("workerStopped", "The capture has been closed.");
    return capture;
  }

  #setTarget(target: PanelTarget): void {
    this.#target = target;
    this.#options.onTarget(target);
  }
}
