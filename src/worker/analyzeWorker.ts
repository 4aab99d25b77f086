/** Entry of the analysis thread: one capture, read once, then questions until the host ends the thread. */
import { parentPort, workerData } from "node:worker_threads";
import type { CaptureStore } from "../engine/captureStore";
import { AnalysisError, assertNever, toPlainError } from "../shared/errors";
import type { AnalysisProgress } from "../shared/model";
import type { WorkerReply, WorkerRequest } from "../shared/workerProtocol";
import { readCapture } from "./readCapture";
import { scanInThread, type ScanThreadData } from "./scanThreads";

/** Progress is told at most this often. */
const PROGRESS_MS = 100;

if (!parentPort) throw new Error("The analysis thread was started outside a worker.");
const host = parentPort;
let capture: CaptureStore | undefined;

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
    capture = await readCapture(request.source, request.options, { onProgress: throttled() });
    return { type: "analysis/done", id, summary: capture.summary };
  }
  if (!capture) throw new AnalysisError("internal", "Nothing has been analysed yet.");
  switch (request.type) {
    case "sequences/list":
      return { type: "sequences/page", id, items: capture.listSequences(request.query) };
    case "sequence/describe":
      return { type: "sequence/details", id, details: capture.describeSequence(request.seq) };
    case "timeline/get":
      return { type: "timeline/data", id, timeline: capture.getTimeline(request.query) };
    case "distribution/get":
      return { type: "distribution/data", id, distribution: capture.getDistribution(request.query) };
    default:
      return assertNever(request);
  }
}

/** A further thread of a run: reads chunks and ends. */
function scan(data: ScanThreadData): void {
  try {
    host.postMessage({ type: "done", result: scanInThread(data) });
  } catch (error) {
    host.postMessage({ type: "failed", error: toPlainError(error) });
  }
}

if ((workerData as ScanThreadData | null)?.role === "scan") scan(workerData as ScanThreadData);
else
  host.on("message", (request: WorkerRequest) => {
    answer(request).then(reply, (error: unknown) => reply({ type: "request/failed", id: request.id, error: toPlainError(error) }));
  });
