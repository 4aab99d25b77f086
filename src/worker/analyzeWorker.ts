/** Entry of the analysis thread: one capture, read once, then questions until the host ends the thread. */
import { parentPort, workerData } from "node:worker_threads";
import type { CaptureStore } from "../engine/captureStore";
import { describeDetector } from "../engine/detectors/describe";
import { DETECTORS } from "../engine/detectors/index";
import { AnalysisError, assertNever, toPlainError } from "../shared/errors";
import type { AnalysisProgress } from "../shared/model";
import type { WorkerReply, WorkerRequest } from "../shared/workerProtocol";
import { Detection } from "./detection";
import { readCapture } from "./readCapture";
import { makeReadPayloads, RowReader } from "./rowReader";
import { serveScanJobs, type ScanThreadData } from "./scanThreads";

/** Progress is told at most this often. */
const PROGRESS_MS = 100;

if (!parentPort) throw new Error("The analysis thread was started outside a worker.");
const host = parentPort;
let capture: CaptureStore | undefined;
let rows: RowReader | undefined;
const detection = new Detection();

const reply = (message: WorkerReply): void => host.postMessage(message);

/** Passes progress on, but not every block. */
function throttled(): (progress: AnalysisProgress) => void {
  let last = 0;
  return (progress) => {
    const now = Date.now();
    if (now - last < PROGRESS_MS && progress.bytesRead < progress.bytesTotal) return;
    last = now;
    reply({ type: "analysis/progress", progress });
  };
}

async function answer(request: WorkerRequest): Promise<WorkerReply> {
  const { id } = request;
  if (request.type === "analysis/start") {
    const read = await readCapture(request.source, request.options, { onProgress: throttled() });
    capture = read;
    rows = new RowReader(read, request.source);
    if (!read.summary.isComplete)
      read.whenComplete.then(
        () => reply({ type: "analysis/complete", summary: read.summary }),
        (error: unknown) => reply({ type: "analysis/incomplete", error: toPlainError(error) }),
      );
    return { type: "analysis/done", id, summary: read.summary };
  }
  if (!capture || !rows) throw new AnalysisError("internal", "Nothing has been analysed yet.");
  switch (request.type) {
    case "sequences/list":
      return { type: "sequences/page", id, items: capture.listSequences(request.query) };
    case "sequence/describe":
      // How many streams a number occurs in is known then; what is known already is better than nothing.
      await capture.whenComplete.catch(() => undefined);
      return { type: "sequence/details", id, details: capture.describeSequence(request.seq) };
    case "timeline/get":
      return { type: "timeline/data", id, timeline: capture.getTimeline(request.query) };
    case "distribution/get":
      return { type: "distribution/data", id, distribution: capture.getDistribution(request.query) };
    case "findings/get":
      return { type: "findings/report", id, report: await detection.run(capture, request.query, makeReadPayloads(capture, rows)) };
    case "findings/packets":
      return { type: "findings/page", id, page: detection.packets(capture, request.query) };
    case "row/get": {
      await capture.whenComplete;
      const [row] = await rows.readRows([request.row]);
      return { type: "row/data", id, row };
    }
    case "findings/places":
      return { type: "findings/placed", id, places: detection.places(capture, request.finding) };
    case "findings/lines":
      return { type: "findings/lined", id, lines: await detection.lines(rows, request.findings) };
    case "detectors/describe":
      return { type: "detectors/described", id, detectors: DETECTORS.map(describeDetector) };
    case "finding/graph":
      return { type: "finding/picture", id, picture: detection.picture(capture, request.query) };
    default:
      return assertNever(request);
  }
}

if ((workerData as ScanThreadData | null)?.role === "scan") serveScanJobs(workerData as ScanThreadData, host);
else
  host.on("message", (request: WorkerRequest) => {
    answer(request).then(reply, (error: unknown) => reply({ type: "request/failed", id: request.id, error: toPlainError(error) }));
  });
