/** `tcp-seq label`: what Wireshark says of every packet, as CSV. */
import type { CaptureStore } from "../engine/captureStore";
import { rowsInFileOrder, sortByCapture } from "../engine/captureOrder";
import { Valid } from "../engine/columns";
import { followStreams } from "../engine/followStreams";
import { LABEL_FIELDS, SegmentLabel } from "../engine/segmentLabels";

/** Characters of output at a time. */
const PIECE_CHARS = 1 << 16;

/** Names of a row's labels as tshark has them behind `tcp.analysis.`, joined by a semicolon. */
export const labelNames = (bits: number): string =>
  LABEL_FIELDS.filter(({ name }) => (bits & SegmentLabel[name]) !== 0)
    .map(({ field }) => field)
    .join(";");

/**
 * The lines of `frame.number,tcp.stream,labels` in pieces: header, then a row per packet in a stream, by frame number, or as the
 * file has them unless all of them have one. Throws when the capture is not read completely.
 */
export function* labelCsv({ columns, order: fileOrder, modules }: CaptureStore): Generator<string, void> {
  if (!fileOrder) throw new Error("The capture is not complete.");
  const { numbers, labels } = followStreams(modules, columns, fileOrder);
  const { valid, stream } = numbers;
  const inFile = rowsInFileOrder(fileOrder.segments).filter((row) => (valid[row] & Valid.stream) !== 0);
  const hasFrames = inFile.every((row) => (valid[row] & Valid.frame) !== 0);
  const texts = new Map<number, string>();
  let piece = "frame.number,tcp.stream,labels\n";
  for (const row of hasFrames ? sortByCapture(columns, inFile) : inFile) {
    const bits = labels[row];
    let text = texts.get(bits);
    if (text === undefined) texts.set(bits, (text = labelNames(bits)));
    const frame = valid[row] & Valid.frame ? String(columns.frame[row]) : "";
    piece += `${frame},${String(stream[row])},${text}\n`;
    if (piece.length < PIECE_CHARS) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}
