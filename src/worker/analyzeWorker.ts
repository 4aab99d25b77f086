/** Entry of the analysis thread: one capture, read once, then questions until the host ends the thread. */
import { parentPort } from "node:worker_threads";
import * as l10n from "@vscode/l10n";
import type { CaptureStore } from "../engine/captureStore";
import { describeDetector } from "../engine/detectors/describe";
import { DETECTORS } from "../engine/detectors/index";
import { PacketPages } from "../engine/packetPages";
import type { FilterCheck } from "../shared/displayFilter";
import { AnalysisError, assertNever, toPlainError } from "../shared/errors";
import type { AnalysisProgress } from "../shared/model";
import { NO_FOCUS, type Focus } from "../shared/selection";
import type { CancelRequest, TypingNotice, WorkerReply, WorkerRequest } from "../shared/workerProtocol";
import { makeFilterMeans } from "./columnReader";
import { Detection } from "./detection";
import { readCapture } from "./readCapture";
import { makeReadPayloads, RowReader } from "./rowReader";

/** Progress is told at most this often. */
const PROGRESS_MS = 100;

if (!parentPort) throw new Error("The analysis thread was started outside a worker.");
const host = parentPort;
let capture: CaptureStore | undefined;
let rows: RowReader | undefined;
let packets: PacketPages | undefined;
const detection = new Detection();

/** Lets other questions be answered. */
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const reply = (message: WorkerReply): void => host.postMessage(message);

/** Passes progress on, but not every block; `isShort`: of what is often done at once, not the first and the last one either. */
function throttled(tell: (progress: AnalysisProgress) => void, isShort = false): (progress: AnalysisProgress) => void {
  let last = isShort ? Date.now() : 0;
  return (progress) => {
    const now = Date.now();
    if (now - last < PROGRESS_MS && (isShort || progress.bytesRead < progress.bytesTotal)) return;
    last = now;
    tell(progress);
  };
}

/** Filters that are being checked, by their requests. */
const checks = new Map<number, { isWanted: boolean }>();

/** Checks a filter until it is cancelled, and tells how far the reading for it has come. */
async function checkFilter(read: CaptureStore, id: number, text: string): Promise<FilterCheck> {
  const check = { isWanted: true };
  checks.set(id, check);
  try {
    return await read.checkFilter(text, {
      onProgress: throttled((progress) => reply({ type: "request/progress", id, progress }), true),
      isWanted: () => check.isWanted,
    });
  } finally {
    checks.delete(id);
  }
}

function cancel({ id }: CancelRequest): void {
  const check = checks.get(id);
  if (check) check.isWanted = false;
}

/** The focus of a request of any kind, wherever its query has it. */
function focusOf(request: WorkerRequest): Focus | undefined {
  if ("focus" in request) return request.focus;
  if (!("query" in request)) return undefined;
  const query: { readonly focus?: Focus; readonly selection?: Focus } = request.query as object;
  return query.focus ?? query.selection;
}

/** The packets of a capture once all columns are read, with what the last run of the detectors says of them. */
async function listedPackets(read: CaptureStore): Promise<PacketPages> {
  await read.whenComplete;
  packets ??= new PacketPages(read, pause);
  if (detection.findings) packets.setFindings(detection.findings);
  return packets;
}

/** Gives the list of packets its head start, when whoever waits for the capture has heard of it. */
async function prepareList(read: CaptureStore): Promise<void> {
  await read.whenComplete;
  await pause();
  await (await listedPackets(read)).headStart();
}

async function answer(request: WorkerRequest): Promise<WorkerReply> {
  const { id } = request;
  if (request.type === "analysis/start") {
    if (request.l10n) l10n.config({ contents: request.l10n });
    const read = await readCapture(request.source, request.options, {
      onProgress: throttled((progress) => reply({ type: "analysis/progress", progress })),
    });
    capture = read;
    rows = new RowReader(read, request.source);
    read.filters.means = makeFilterMeans(read, request.source, request.options);
    if (!read.summary.isComplete)
      read.whenComplete.then(
        () => reply({ type: "analysis/complete", summary: read.summary }),
        (error: unknown) => reply({ type: "analysis/incomplete", error: toPlainError(error) }),
      );
    // Whoever asks for packets hears of it.
    prepareList(read).catch(() => undefined);
    return { type: "analysis/done", id, summary: read.summary };
  }
  if (!capture || !rows) throw new AnalysisError("internal", "Nothing has been analysed yet.");
  const focus = focusOf(request);
  if (focus) await capture.prepare(focus);
  switch (request.type) {
    case "sequences/list":
      if (request.query.order === "burst") await capture.findBursts(request.query.focus ?? NO_FOCUS, pause);
      return { type: "sequences/page", id, items: capture.listSequences(request.query) };
    case "sequence/describe":
      // How many streams a number occurs in is known then; what is known already is better than nothing.
      await capture.whenComplete.catch(() => undefined);
      return { type: "sequence/details", id, details: capture.describeSequence(request.seq, request.focus) };
    case "focus/count":
      return { type: "focus/counted", id, totals: capture.countFocus(request.focus) };
    case "filter/check":
      return { type: "filter/checked", id, check: await checkFilter(capture, id, request.text) };
    case "filter/complete":
      return { type: "filter/completed", id, completion: capture.filters.complete(request.text, request.position) };
    case "filter/fields":
      return { type: "filter/listed", id, fields: capture.filters.fields.list() };
    case "timeline/get":
      return { type: "timeline/data", id, timeline: capture.getTimeline(request.query) };
    case "timelines/get": {
      const { split, focus } = request.query;
      if (split === "source" || split === "destination" || focus.filter.trim() !== "") await capture.whenComplete;
      return { type: "timelines/data", id, timelines: capture.getTimelines(request.query) };
    }
    case "bursts/find": {
      if (request.focus.filter.trim() !== "") await capture.whenComplete;
      return { type: "bursts/found", id, numbers: (await capture.findBursts(request.focus, pause)).length };
    }
    case "bursts/get":
      // Where packets came from is known then; what is known already is better than nothing.
      await capture.whenComplete.catch(() => undefined);
      return { type: "bursts/data", id, bursts: capture.getBursts(request.query) };
    case "distribution/get":
      return { type: "distribution/data", id, distribution: capture.getDistribution(request.query) };
    case "findings/get":
      return { type: "findings/report", id, report: await detection.run(capture, request.query, makeReadPayloads(capture, rows)) };
    case "packets/list":
      return { type: "packets/page", id, page: await (await listedPackets(capture)).list(request.query) };
    case "packets/places":
      return { type: "packets/placed", id, places: await (await listedPackets(capture)).places(request.query) };
    case "row/get": {
      await capture.whenComplete;
      const [row] = await rows.readRows([request.row]);
      return { type: "row/data", id, row };
    }
    case "findings/counts":
      return { type: "findings/counted", id, counts: detection.counts(capture, request.focus) };
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

host.on("message", (request: WorkerRequest | CancelRequest | TypingNotice) => {
  if (request.type === "request/cancel") {
    cancel(request);
    return;
  }
  if (request.type === "filter/typing") {
    capture?.filters.typing(request.text);
    return;
  }
  answer(request).then(reply, (error: unknown) => reply({ type: "request/failed", id: request.id, error: toPlainError(error) }));
});
