/** All that a run says, as text: two readers agree when these are equal. */
import { createHash } from "node:crypto";
import { NUMBER_COLUMNS, Valid } from "../../src/engine/columns";
import type { CaptureStore } from "../../src/engine/captureStore";
import { allCounts, timelineOf } from "./capture";

/** Every column of the given rows, and where they stand among them: rows have other places with every reader. */
function describeRows({ columns, rowOffsets }: CaptureStore, rows: Uint32Array): string[] {
  const { valid, seq, seconds, nanos, zone, zones } = columns;
  return Array.from(rows, (row) => {
    const numbers = NUMBER_COLUMNS.map(({ name, valid: bit }) => (bit === 0 || valid[row] & bit ? columns[name][row] : "-"));
    const time = valid[row] & Valid.time ? `${String(seconds[row])}.${String(nanos[row])} ${JSON.stringify(zones[zone[row]])}` : "-";
    const addresses = [columns.src[row], columns.dst[row]].map((code) => columns.addresses.valueOf(code));
    const texts = [...addresses, columns.protocolNames.valueOf(columns.protocols[row]), columns.labelNames.valueOf(columns.label[row])];
    return [valid[row] & Valid.seq ? seq[row] : "-", time, ...numbers, ...texts, rowOffsets.of(row)].join("|");
  });
}

/** The rows by number and by stream; as a hash when they are many. */
function describeOrder(capture: CaptureStore): unknown {
  const { index, order } = capture;
  if (!order) throw new Error("The capture is not complete.");
  const texts = [
    ...describeRows(capture, index.rows),
    ...describeRows(capture, order.rows),
    ...[order.streams, order.starts, order.turns].map((list) => list.join()),
  ];
  return texts.length < 2000 ? texts : createHash("sha256").update(texts.join("\n")).digest("hex");
}

/** Summary (but how it was read), rows, counts, details and timelines of a capture. */
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
  return JSON.stringify({ summary, counts, numbers, rows: describeOrder(capture) }, undefined, 1);
}

/** The same of a run that may end in an error, which is told by its code. */
export async function describeRun(run: Promise<CaptureStore>): Promise<string> {
  try {
    const capture = await run;
    await capture.whenComplete;
    return describeCapture(capture);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined) throw error;
    return code;
  }
}
