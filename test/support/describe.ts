/** All that a run says, as text: two readers agree when these are equal. */
import type { CaptureStore } from "../../src/engine/captureStore";
import { allCounts, timelineOf } from "./capture";

/** Summary (but how it was read), counts, details and timelines of a capture. */
export function describeCapture(capture: CaptureStore): string {
  const counts = allCounts(capture);
  const numbers = counts.slice(0, 5).map(([seq]) => {
    const timeline = timelineOf(capture, seq, 1);
    const { index, labels, protocols } = timeline;
    return {
      details: capture.describeSequence(seq),
      timeline: { ...timeline, index: index && [...index], counts: [...timeline.counts], labels: [...labels], protocols: [...protocols] },
    };
  });
  const { elapsedMs: _time, reader: _reader, ...summary } = capture.summary;
  return JSON.stringify({ summary, counts, numbers }, undefined, 1);
}

/** The same of a run that may end in an error, which is told by its code. */
export async function describeRun(run: Promise<CaptureStore>): Promise<string> {
  try {
    return describeCapture(await run);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined) throw error;
    return code;
  }
}
