/** The row around a place of a text, as a file of its own: header and that row. The engine's grammar says where rows begin and end. */
import { readHead } from "../engine/csv/dialect";
import { RecordReader } from "../engine/csv/records";
import { finishWith, type Steps } from "../engine/steps";
import { decodeUtf8 } from "../engine/utf8";

/** What stands at a place of a text. */
export type RecordAt =
  /** `text`: the header and the row, as they are written. */
  | { readonly kind: "row"; readonly text: string }
  /** The place is in the header, or before it. */
  | { readonly kind: "header" }
  /** Behind the last row. */
  | { readonly kind: "nothing" };

/** Characters that are encoded, and bytes that are read, between two pauses: 20 ms at most. */
const STEP = 1 << 19;

/**
 * `offset`: characters before the place; at a line end, the row before it is meant. Rows are read from the front, since a line end may be
 * quoted: a second for 50 MB, with pauses, so that the thread it is called in goes on with other work.
 */
export const recordAt = (text: string, offset: number): Promise<RecordAt> =>
  finishWith(find(text, offset), () => new Promise((resolve) => setImmediate(resolve)));

function* find(text: string, offset: number): Steps<RecordAt> {
  // At most three bytes for a unit of text; pages that nothing is written to take no memory.
  const room = new Uint8Array(3 * text.length);
  const place = yield* encode(text.slice(0, offset), room);
  const bytes = room.subarray(0, place + (yield* encode(text.slice(offset), room.subarray(place))));
  const head = readHead(bytes, true, []);
  if (!head || place < head.dataStart || head.dataStart === bytes.length) return { kind: "header" };
  const record = new RecordReader(head.dialect);
  let pauseAt = STEP;
  for (let start = head.dataStart; start < bytes.length; start = record.next) {
    record.read(bytes, start, bytes.length, true);
    // A row without a line end goes on to the end of the text.
    if (place < record.next || record.isUnfinished) {
      const row = decodeUtf8(bytes.subarray(start, record.next));
      return row.trim() === "" ? { kind: "nothing" } : { kind: "row", text: decodeUtf8(bytes.subarray(0, head.dataStart)) + row };
    }
    if (record.next < pauseAt) continue;
    pauseAt = record.next + STEP;
    yield;
  }
  return { kind: "nothing" };
}

/** Writes a text as UTF-8; gives its bytes. */
function* encode(text: string, target: Uint8Array): Steps<number> {
  const encoder = new TextEncoder();
  let bytes = 0;
  for (let start = 0; start < text.length;) {
    // A pair of surrogates is one character: it stays together.
    const end = start + STEP - (isFirstOfPair(text.charCodeAt(start + STEP - 1)) ? 1 : 0);
    bytes += encoder.encodeInto(text.slice(start, end), target.subarray(bytes)).written;
    start = end;
    yield;
  }
  return bytes;
}

const isFirstOfPair = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
