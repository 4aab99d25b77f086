/** Payload bytes from a cell of `tcp.payload`. */

const hexValue = (byte: number): number => {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
};

const COLON = 0x3a;
/** Behind a value: `,` or `;`, escaped or not. */
const isListMark = (byte: number): boolean => byte === 0x2c || byte === 0x3b || byte === 0x5c;

/**
 * The bytes that a cell names in hexadecimal digits, with or without colons between them. Of several values that of `len` bytes, the
 * first one. Fewer than `len` bytes where the capture, or the export, cut the packet short; undefined where the cell is empty or
 * says something else.
 */
export function parsePayload(cell: Uint8Array, len: number): Uint8Array | undefined {
  let values = 0;
  let first: Uint8Array | undefined;
  for (let at = 0; at < cell.length;) {
    let end = at;
    while (end < cell.length && !isListMark(cell[end])) end++;
    if (end > at) {
      const bytes = parseValue(cell, at, end);
      if (bytes.length === len && len > 0) return bytes;
      if (values++ === 0) first = bytes;
    }
    at = end + 1;
  }
  return values === 1 && first !== undefined && first.length > 0 && first.length < len ? first : undefined;
}

/** Up to whatever is no byte: an ellipsis, half a byte. */
function parseValue(cell: Uint8Array, start: number, end: number): Uint8Array {
  const bytes = new Uint8Array((end - start) >> 1);
  let count = 0;
  for (let at = start; at + 1 < end;) {
    const high = hexValue(cell[at]);
    const low = hexValue(cell[at + 1]);
    if (high < 0 || low < 0) break;
    bytes[count++] = high * 16 + low;
    at += 2;
    if (at < end && cell[at] === COLON) at++;
  }
  return bytes.subarray(0, count);
}
