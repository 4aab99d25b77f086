/**
 * One panel's conversation: answers its webview's requests from the capture, and keeps what the webview has to be told
 * when it comes back from being hidden. Knows no vscode, so that it is tested without an editor.
 */
import { AnalysisError, assertNever } from "../shared/errors";
import {
  type ChartQuery,
  type DataFormat,
  type ImageFormat,
  type PanelReply,
  type PanelTarget,
  type TimelineRequest,
} from "../shared/panelProtocol";
import type { Focus } from "../shared/selection";
import { MAX_COMPARED } from "../shared/timelines";
import { timelinesCsv, timelinesJson } from "../shared/timelinesExport";
import type { Capture } from "../worker/client";
import { failedAnswer, refusedAnswer } from "./failedAnswers";
import { FocusAnswers, isFocusRequest } from "./focusAnswers";
import { HeadStart } from "./headStart";
import { canOpen, PacketAnswers, type PacketAnswersOptions } from "./packetAnswers";
import type { CaptureChange, PanelCaptures, PanelFocus, PanelSettings } from "./panelCaptures";
import { parseRequest } from "./parseRequest";

/** What a session asks of the user, in the editor's own dialogs. */
export interface PanelDialogs {
  /** A number of the capture that is not among `shown`; undefined when the user leaves. */
  pickNumber(capture: Capture, shown: readonly number[]): Promise<number | undefined>;
  /** Undefined when the user leaves. */
  pickFormat(): Promise<ImageFormat | DataFormat | undefined>;
  /** Asks where, and writes there; the user may leave. `name`: proposed, without an ending. */
  save(name: string, format: ImageFormat | DataFormat, bytes: Uint8Array): Promise<void>;
}

/** What a session needs around it. */
export interface SessionOptions extends Pick<PacketAnswersOptions, "columns" | "openLine" | "copy"> {
  /** Uri of the capture as a string. */
  readonly key: string;
  /** File name for titles. */
  readonly name: string;
  readonly target: PanelTarget;
  readonly captures: Omit<PanelCaptures, "onDidChange" | "onDidOpen">;
  readonly focus: Omit<PanelFocus, "onDidChange">;
  readonly dialogs: PanelDialogs;
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
  readonly #packets: PacketAnswers;
  readonly #focus: FocusAnswers;
  readonly #headStart = new HeadStart();
  #target: PanelTarget;
  #isReady = false;
  #isGone = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#target = options.target;
    const { key, focus, columns, openLine, copy } = options;
    const readFocus = (): Focus => focus.get(key);
    this.#focus = new FocusAnswers(focus, options.post);
    this.#packets = new PacketAnswers({ capture: () => this.#capture(), finding: null, readFocus, columns, openLine, copy });
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
    const { seq, compared = [] } = target.seq === null ? this.#target : target;
    this.#turnTo({ view: target.view, seq, compared });
  }

  /** Turns the panel to its timeline, with one more number in it. False when it shows as many as it can. */
  add(seq: number): boolean {
    const shown = this.#shown();
    if (!shown.includes(seq) && shown.length >= MAX_COMPARED) return false;
    const [first, ...others] = shown.includes(seq) ? shown : [...shown, seq];
    this.#turnTo({ view: "timeline", seq: first, compared: others });
    return true;
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
        return; // whoever asks for packets waits
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

  /** The detectors have run again: packets have other labels. */
  reportChanged(): void {
    if (this.#isReady && !this.#isGone) this.#options.post({ type: "finding/changed" });
  }

  /** Ends what was asked for the page: it is closed. */
  dispose(): void {
    this.#focus.stop();
  }

  /** Answers one message from the webview. Never rejects: a failure is an answer. */
  async receive(message: unknown): Promise<void> {
    const { post, describeFailure, onRefused } = this.#options;
    const request = parseRequest(message);
    if (request === undefined) {
      onRefused(message);
      const answer = refusedAnswer(message, describeFailure);
      if (answer) post(answer);
      return;
    }
    try {
      post(await this.#answer(request));
    } catch (error) {
      post(failedAnswer(request.id, error, describeFailure));
    }
  }

  async #answer(request: TimelineRequest): Promise<PanelReply> {
    const { id } = request;
    if (isFocusRequest(request)) return this.#focus.answer(this.key, request);
    switch (request.type) {
      case "panel/ready":
        this.#isReady = true;
        this.#focus.stop(); // what the page before it typed
        return this.#init(id);
      case "capture/open":
        return this.#open(id);
      case "timelines/get":
        return { type: "timelines/data", id, timelines: await this.#headStart.timelines(this.#capture(), request.query) };
      case "bursts/get": {
        const { seqs, filter, clock } = request;
        return { type: "bursts/data", id, bursts: await this.#headStart.bursts(this.#capture(), { seqs, filter, clock }) };
      }
      case "numbers/changed":
        this.#setTarget({ view: this.#target.view, seq: request.seqs[0], compared: request.seqs.slice(1) });
        return { type: "request/done", id };
      case "numbers/add": {
        const seq = await this.#options.dialogs.pickNumber(this.#capture(), this.#shown());
        if (seq !== undefined) this.add(seq);
        return { type: "request/done", id };
      }
      case "save/choose":
        return { type: "save/chosen", id, format: (await this.#options.dialogs.pickFormat()) ?? null };
      case "image/save":
        await this.#options.dialogs.save(this.#fileName(), request.format, request.bytes);
        return { type: "request/done", id };
      case "data/save":
        await this.#saveData(request.format, request.query);
        return { type: "request/done", id };
      case "distribution/get": {
        const { bins, scale } = request;
        const distribution = await this.#capture().getDistribution({ bins, scale, focus: this.#options.focus.get(this.key) });
        return { type: "distribution/data", id, distribution };
      }
      case "view/changed":
        this.#setTarget({ ...this.#target, view: request.view });
        return { type: "request/done", id };
      case "panel/analyzeAgain":
        // After a failure or a close there is nothing to replace; `capture/open` follows and reads the file.
        if (this.#options.captures.get(this.key) !== undefined) await this.#options.captures.analyzeAgain(this.key);
        return { type: "request/done", id };
      default:
        return this.#packets.answer(request);
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
      columns: this.#packets.columns,
      l10n: this.#options.l10nBundle ?? null,
    };
  }

  async #open(id: number): Promise<PanelReply> {
    const capture = await this.#options.captures.open(this.key);
    if (capture === undefined) return { type: "capture/cancelled", id };
    this.#isGone = false;
    const seq = this.#target.seq ?? (await capture.listSequences({ order: "count", from: 0, count: 1 }))[0]?.seq ?? 0;
    if (this.#target.seq === null) this.#setTarget({ ...this.#target, seq });
    const isStale = this.#options.captures.find(this.key)?.isStale ?? false;
    const { summary } = capture;
    const focus = this.#options.focus.get(this.key);
    return { type: "capture/opened", id, summary, seq: this.#target.seq ?? seq, isStale, canOpenRow: canOpen(summary), focus };
  }

  async #saveData(format: DataFormat, query: ChartQuery): Promise<void> {
    const capture = this.#capture();
    const exported = { file: this.name, summary: capture.summary, query, timelines: await this.#headStart.timelines(capture, query) };
    const text = format === "csv" ? timelinesCsv(exported) : timelinesJson(exported);
    await this.#options.dialogs.save(this.#fileName(), format, new TextEncoder().encode(text));
  }

  /** The numbers of the timeline. */
  #shown(): number[] {
    const { seq, compared = [] } = this.#target;
    return seq === null ? [] : [seq, ...compared];
  }

  /** For what is saved: `sample.csv.seq-1-1449`. */
  #fileName(): string {
    return `${this.name}.seq-${this.#shown().join("-")}`;
  }

  /** The page is told first: the window's thread, which draws the title, is the page's, too. */
  #turnTo(target: PanelTarget): void {
    this.#target = withoutNone(target);
    if (this.#isReady) this.#options.post({ type: "panel/show", target: this.#target });
    const capture = this.#options.captures.get(this.key);
    if (this.#isReady && capture && target.view === "timeline") this.#headStart.tell(capture, this.#shown());
    this.#options.onTarget(this.#target);
  }

  #capture(): Capture {
    const capture = this.#options.captures.get(this.key);
    if (capture === undefined) throw new AnalysisError("captureClosed", "The capture has been closed.");
    return capture;
  }

  #setTarget(target: PanelTarget): void {
    this.#target = withoutNone(target);
    this.#options.onTarget(this.#target);
  }
}

/** Without a list of compared numbers that is empty. */
const withoutNone = ({ view, seq, compared = [] }: PanelTarget): PanelTarget => ({
  view,
  seq,
  ...(compared.length > 0 ? { compared } : {}),
});
