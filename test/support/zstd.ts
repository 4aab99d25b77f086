/** zstd files without an encoder: RFC 8878 allows blocks that are not compressed. */

/** Largest block of the format. */
const BLOCK_BYTES = 1 << 17;

/** One frame that holds `content` as it is, with a window of 2 MB and no check sum. */
export function zstdOf(content: Uint8Array): Buffer {
  const parts = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58])];
  for (let at = 0; at < content.length || at === 0; at += BLOCK_BYTES) {
    const block = content.subarray(at, at + BLOCK_BYTES);
    const isLast = at + BLOCK_BYTES >= content.length;
    const header = Buffer.alloc(3);
    header.writeUIntLE((block.length << 3) | (isLast ? 1 : 0), 0, 3);
    parts.push(header, Buffer.from(block));
  }
  return Buffer.concat(parts);
}
