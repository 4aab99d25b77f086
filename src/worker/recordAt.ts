/** The row around a place of a text, as a file of its own: header and that row. The engine's grammar says where rows begin and end. */
import { readHead } from "../engine/csv/dialect";
import { RecordReader } from "../engine/csv/records";
import { decodeUtf8, encodeUtf8 } from "../engine/utf8";

/** What stands at a place of a text. */
export type RecordAt =
  /** `text`: the header and the row, as they are written. */
  | { readonly kind: "row"; readonly text: string }
  /** The place is in the header, or before it. */
  | { readonly kind: "header" }
  /** Behind the last row. */
  | { readonly kind: "nothing" };

/** `offset`: characters before the place; at a line end, the row before it is meant. */
export function recordAt(text: string, offset: number): RecordAt {
  const bytes = encodeUtf8(text);
  const place = encodeUtf8(text.slice(0, offset)).length;
  const head = readHead(bytes, true, []);
  if (!head || place < head.dataStart || head.dataStart === bytes.length) return { kind: "header" };
  const record = new RecordReader(head.dialect);
  for (let start = head.dataStart; start < bytes.length; start = record.next) {
    record.read(bytes, start, bytes.length, true);
    // A row without a line end goes on to the end of the text.
    if (place < record.next || record.isUnfinished) {
      const row = decodeUtf8(bytes.subarray(start, record.next));
      return row.trim() === "" ? { kind: "nothing" } : { kind: "row", text: decodeUtf8(bytes.subarray(0, head.dataStart)) + row };
    }
  }
  return { kind: "nothing" };
}
