/** Gathers what the report of a capture is made of. */
import * as vscode from "vscode";
import { errorSentence } from "../analysis/errorMessages";
import type { CaptureFindings, FindingsResult } from "../analysis/captureFindings";
import type { Captures, OpenCapture } from "../analysis/captures";
import { captureName } from "../analysis/captureSource";
import { AnalysisError } from "../shared/errors";
import { NO_FOCUS } from "../shared/selection";
import { captureReport, type DrawnTimeline, type ReportBursts } from "./captureReportText";

/** Numbers that are listed, and how many of them are drawn. */
const LISTED = 20;
const DRAWN = 3;
/** Numbers of which bursts are listed. */
const BURSTING = 10;
/** A bucket is two pixels wide then. */
const MAX_BUCKETS = 300;

/** What the maker of reports needs. */
export interface CaptureReportsContext {
  readonly captures: Pick<Captures, "find">;
  readonly findings: Pick<CaptureFindings, "get" | "result">;
  readonly tool: { readonly name: string; readonly version: string };
}

/** See the file header. */
export class CaptureReports {
  readonly #context: CaptureReportsContext;

  constructor(context: CaptureReportsContext) {
    this.#context = context;
  }

  /** The report as Markdown; waits for findings. Undefined when the capture is not open any more. Rejects with AnalysisError. */
  async make(key: string): Promise<string | undefined> {
    const { captures, tool } = this.#context;
    const open = captures.find(key);
    if (!open) return undefined;
    const { capture } = open;
    const findings = await this.#findings(open);
    const listed = await capture.listSequences({ order: "count", from: 0, count: LISTED });
    const numbers = await Promise.all(listed.map(({ seq }) => capture.describeSequence(seq)));
    const [timelines, bursts] = capture.summary.time ? await Promise.all([drawnOf(capture, listed), burstsOf(capture)]) : [[], NO_BURSTS];
    return captureReport({ tool, summary: capture.summary, numbers, timelines, bursts, findings });
  }

  /** Findings, or why there are none. */
  async #findings({ key, uri }: OpenCapture): Promise<FindingsResult | string> {
    const { findings } = this.#context;
    try {
      await findings.get(key);
    } catch (error) {
      if (!(error instanceof AnalysisError)) throw error;
      return errorSentence(error, captureName(uri));
    }
    return findings.result(key) ?? vscode.l10n.t("Findings are not known: the capture was closed meanwhile.");
  }
}

type Capture = OpenCapture["capture"];

const NO_BURSTS: ReportBursts = { numbers: [], total: 0 };

/** Timelines of the first of the numbers, each with its bursts. */
const drawnOf = (capture: Capture, listed: readonly { readonly seq: number }[]): Promise<DrawnTimeline[]> =>
  Promise.all(
    listed.slice(0, DRAWN).map(async ({ seq }): Promise<DrawnTimeline> => {
      const [timeline, { bursts }] = await Promise.all([
        capture.getTimeline({ seq, bucketSeconds: null, clock: "capture", maxBuckets: MAX_BUCKETS, whenTooMany: "coarsen" }),
        capture.getBursts({ seq, focus: NO_FOCUS, clock: "capture" }),
      ]);
      return { timeline, bursts };
    }),
  );

/** Bursts of the numbers that stand out most. */
async function burstsOf(capture: Capture): Promise<ReportBursts> {
  const total = await capture.findBursts(NO_FOCUS);
  // Those without one come behind.
  const listed = await capture.listSequences({ order: "burst", from: 0, count: Math.min(total, BURSTING) });
  const numbers = await Promise.all(listed.map(({ seq }) => capture.getBursts({ seq, focus: NO_FOCUS, clock: "capture" })));
  return { numbers, total };
}
