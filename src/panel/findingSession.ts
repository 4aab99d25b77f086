/**
 * The conversation with one finding's page: answers its requests from the capture and the last report. Knows no vscode, so that it is
 * tested without an editor.
 */
import { AnalysisError, assertNever } from "../shared/errors";
import type { Finding } from "../shared/findings";
import { frameFilters } from "../shared/frameRanges";
import type { FilterScope, FindingRequest, PanelReply } from "../shared/panelProtocol";
import { packetsOfFinding, type Focus } from "../shared/selection";
import type { Capture } from "../worker/client";
import { findingFilter } from "./findingFilter";
import { failedAnswer, refusedAnswer } from "./failedAnswers";
import { FocusAnswers, isFocusRequest } from "./focusAnswers";
import { canOpen, PacketAnswers, type PacketAnswersOptions } from "./packetAnswers";
import type { CaptureChange, PanelCaptures, PanelFocus, PanelReports } from "./panelCaptures";
import { parseFindingRequest } from "./parseRequest";

/** What a session needs around it. */
export interface FindingSessionOptions extends Pick<PacketAnswersOptions, "columns" | "openLine" | "copy"> {
  /** Uri of the capture as a string. */
  readonly key: string;
  /** File name for titles. */
  readonly name: string;
  /** Finding.id. */
  readonly finding: string;
  /** Finding.title, or what stands for it until it is known. */
  readonly title: string;
  readonly captures: Omit<PanelCaptures, "onDidChange" | "onDidOpen">;
  readonly reports: Pick<PanelReports, "get">;
  readonly focus: Omit<PanelFocus, "onDidChange">;
  /** Sends to the webview. What is sent while the page is hidden or loading is lost, and need not arrive. */
  readonly post: (reply: PanelReply) => void;
  readonly l10nBundle: Readonly<Record<string, string>> | undefined;
  /** A failure as one sentence in the display language; may log it. */
  readonly describeFailure: (error: AnalysisError) => string;
  /** A message that is no request. */
  readonly onRefused: (message: unknown) => void;
  /** The finding is there: its title is known. */
  readonly onTitle: (title: string) => void;
}

/** See the file header. */
export class FindingSession {
  readonly #options: FindingSessionOptions;
  readonly #packets: PacketAnswers;
  readonly #focus: FocusAnswers;
  #title: string;
  #isReady = false;
  #isGone = false;
  /** As the last report has it. */
  #finding: Finding | undefined;
  #hasOwnStreams = false;

  constructor(options: FindingSessionOptions) {
    this.#options = options;
    this.#title = options.title;
    const { key, finding, focus, columns, openLine, copy } = options;
    const readFocus = (): Focus => focus.get(key);
    this.#focus = new FocusAnswers(focus, options.post);
    this.#packets = new PacketAnswers({ capture: () => this.#capture(), finding, readFocus, columns, openLine, copy });
  }

  get key(): string {
    return this.#options.key;
  }

  get finding(): string {
    return this.#options.finding;
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
        return; // a report is made of all columns: whoever asks for it waits
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

  /** The detectors have run again. */
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
    const request = parseFindingRequest(message);
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

  async #answer(request: FindingRequest): Promise<PanelReply> {
    const { id } = request;
    const { finding, captures } = this.#options;
    if (isFocusRequest(request)) return this.#focus.answer(this.key, request);
    switch (request.type) {
      case "panel/ready":
        this.#isReady = true;
        this.#focus.stop(); // what the page before it typed
        return this.#init(id);
      case "finding/open":
        return this.#open(id);
      case "graph/get": {
        const { stream, direction } = request;
        const picture = await this.#capture().getFindingGraph({ finding, stream, direction, focus: this.#options.focus.get(this.key) });
        if (picture) this.#hasOwnStreams = picture.hasOwnStreams;
        return { type: "graph/data", id, picture };
      }
      case "filter/copy":
        return { type: "filter/copied", id, scope: await this.#copyFilter() };
      case "panel/analyzeAgain":
        // After a failure or a close there is nothing to replace; `finding/open` follows and reads the file.
        if (captures.get(this.key) !== undefined) await captures.analyzeAgain(this.key);
        return { type: "request/done", id };
      default:
        return this.#packets.answer(request);
    }
  }

  #init(id: number): PanelReply {
    const { key, name, finding, captures, l10nBundle } = this.#options;
    const capture = captures.get(key) !== undefined ? "open" : this.#isGone ? "gone" : "toRead";
    return {
      type: "finding/init",
      id,
      key,
      name,
      finding,
      title: this.#title,
      capture,
      columns: this.#packets.columns,
      l10n: l10nBundle ?? null,
    };
  }

  async #open(id: number): Promise<PanelReply> {
    const { captures, reports, onTitle } = this.#options;
    const capture = await captures.open(this.key);
    if (capture === undefined) return { type: "capture/cancelled", id };
    this.#isGone = false;
    const report = await reports.get(this.key);
    this.#finding = report?.findings.find((each) => each.id === this.finding);
    if (!report || !this.#finding) return { type: "finding/missing", id };
    this.#title = this.#finding.title;
    onTitle(this.#title);
    return {
      type: "finding/opened",
      id,
      summary: capture.summary,
      finding: this.#finding,
      caveats: report.caveats,
      isStale: captures.find(this.key)?.isStale ?? false,
      canOpenRow: canOpen(capture.summary),
      focus: this.#options.focus.get(this.key),
    };
  }

  /** For exactly the finding's packets where one filter can name them all. */
  async #copyFilter(): Promise<FilterScope> {
    const { frames, stream } = await this.#capture().getPacketPlaces({ selection: packetsOfFinding(this.finding), most: null });
    const exact = frames ? frameFilters(frames, stream) : [];
    const first = exact.at(0)?.filter;
    const wider = this.#finding && findingFilter(this.#finding, this.#hasOwnStreams);
    const filter = exact.length === 1 ? first : (wider ?? first);
    if (filter === undefined) return "none";
    await this.#options.copy(filter);
    if (exact.length === 1) return "exact";
    return wider === undefined ? "part" : "wider";
  }

  #capture(): Capture {
    const capture = this.#options.captures.get(this.key);
    if (capture === undefined) throw new AnalysisError("captureClosed", "The capture has been closed.");
    return capture;
  }
}
