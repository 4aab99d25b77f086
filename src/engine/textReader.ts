/**
 * Reads a source from front to back as UTF-8, whatever it is stored as: UTF-8 with or without a byte order mark, or
 * UTF-16 of either order (PowerShell 5.1 writes `>` as UTF-16LE). Offsets in the text and in the file differ then;
 * `toFileOffset` translates.
 */
import type { ByteSource } from "./bytes";

/** How the file stores its text. */
export type TextEncodingName = "utf-8" | "utf-16le" | "utf-16be";

/** Raw bytes per UTF-16 step: small enough to find an offset again by decoding one step. */
const STEP_BYTES = 1 << 16;
/** One UTF-16 unit becomes at most three UTF-8 bytes. */
const MAX_UTF8_PER_STEP = (STEP_BYTES / 2) * 3 + 4;

/** Encoding and length of the byte order mark, from the first bytes. Without a mark, NULs in every second byte mean UTF-16. */
export function sniffEncoding(head: Uint8Array): { encoding: TextEncodingName; bomLength: number } {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: "utf-8", bomLength: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: "utf-16le", bomLength: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: "utf-16be", bomLength: 2 };
  const units = Math.min(head.length, 64) >> 1;
  let evenNuls = 0;
  let oddNuls = 0;
  for (let i = 0; i < units; i++) {
    if (head[2 * i] === 0) evenNuls++;
    if (head[2 * i + 1] === 0) oddNuls++;
  }
  if (units >= 4 && oddNuls === units && evenNuls === 0) return { encoding: "utf-16le", bomLength: 0 };
  if (units >= 4 && evenNuls === units && oddNuls === 0) return { encoding: "utf-16be", bomLength: 0 };
  return { encoding: "utf-8", bomLength: 0 };
}

/** See the file header. One reader, one pass. */
export class TextReader {
  readonly encoding: TextEncodingName;
  readonly #source: ByteSource;
  /** Bytes of the byte order mark. */
  readonly bomLength: number;
  /** Offset in the file of the next byte to read. */
  #position: number;
  /** UTF-8 made but not yet handed out. */
  #pending = new Uint8Array(0);
  /** Offset in the text of every step's first byte; step i begins in the file at bomLength + i * STEP_BYTES. */
  readonly #stepStarts: number[] = [];
  #textLength = 0;
  /** High surrogate at the end of a step, waiting for its second half; 0 for none. */
  #highSurrogate = 0;
  /** The step that was decoded last, to find offsets in it without reading it again. */
  #step = { fileOffset: -1, raw: new Uint8Array(0) };

  private constructor(source: ByteSource, encoding: TextEncodingName, bomLength: number) {
    this.#source = source;
    this.encoding = encoding;
    this.bomLength = bomLength;
    this.#position = bomLength;
  }

  /** Looks at the first bytes of the source. Throws what the source throws. */
  static async open(source: ByteSource): Promise<TextReader> {
    const head = new Uint8Array(64);
    const length = await source.read(0, head);
    const { encoding, bomLength } = sniffEncoding(head.subarray(0, length));
    return new TextReader(source, encoding, bomLength);
  }

  /** Bytes of the source that have been read. */
  get bytesRead(): number {
    return this.#position;
  }

  /** Writes the next text to `target`; returns the bytes written, 0 only at the end. */
  async read(target: Uint8Array): Promise<number> {
    if (this.encoding === "utf-8") {
      const length = await this.#source.read(this.#position, target);
      this.#position += length;
      return length;
    }
    while (this.#pending.length === 0) {
      const raw = await this.#readStep(this.#position);
      if (raw.length === 0 && this.#highSurrogate === 0) return 0;
      this.#stepStarts.push(this.#textLength);
      this.#pending = this.#decodeStep(raw, raw.length < STEP_BYTES);
      this.#position += raw.length;
      this.#textLength += this.#pending.length;
    }
    const part = this.#pending.subarray(0, target.length);
    target.set(part);
    this.#pending = this.#pending.subarray(part.length);
    return part.length;
  }

  /** Offset in the source of the character that begins at `textOffset` of the text. Reads one step again for UTF-16. */
  async toFileOffset(textOffset: number): Promise<number> {
    if (this.encoding === "utf-8") return textOffset + this.bomLength;
    let step = 0;
    while (step + 1 < this.#stepStarts.length && this.#stepStarts[step + 1] <= textOffset) step++;
    const fileOffset = this.bomLength + step * STEP_BYTES;
    const raw = await this.#readStep(fileOffset);
    let offset = this.#stepStarts[step] ?? 0;
    for (let at = 0; at + 1 < raw.length; at += 2) {
      if (offset >= textOffset) return fileOffset + at;
      const unit = this.#unitAt(raw, at);
      // A surrogate pair takes four bytes, written when its second half comes.
      offset += unit < 0x80 ? 1 : unit < 0x800 ? 2 : unit >= 0xd800 && unit < 0xdc00 ? 0 : unit >= 0xdc00 && unit < 0xe000 ? 4 : 3;
    }
    return fileOffset + raw.length;
  }

  async #readStep(fileOffset: number): Promise<Uint8Array> {
    if (fileOffset !== this.#step.fileOffset) {
      const raw = new Uint8Array(STEP_BYTES);
      this.#step = { fileOffset, raw: raw.subarray(0, await this.#source.read(fileOffset, raw)) };
    }
    return this.#step.raw;
  }

  #unitAt(raw: Uint8Array, at: number): number {
    return this.encoding === "utf-16le" ? raw[at] | (raw[at + 1] << 8) : (raw[at] << 8) | raw[at + 1];
  }

  #decodeStep(raw: Uint8Array, isLast: boolean): Uint8Array<ArrayBuffer> {
    const text = new Uint8Array(MAX_UTF8_PER_STEP);
    let length = 0;
    const put = (code: number): void => {
      if (code < 0x80) text[length++] = code;
      else if (code < 0x800) {
        text[length++] = 0xc0 | (code >> 6);
        text[length++] = 0x80 | (code & 63);
      } else if (code < 0x10000) {
        text[length++] = 0xe0 | (code >> 12);
        text[length++] = 0x80 | ((code >> 6) & 63);
        text[length++] = 0x80 | (code & 63);
      } else {
        text[length++] = 0xf0 | (code >> 18);
        text[length++] = 0x80 | ((code >> 12) & 63);
        text[length++] = 0x80 | ((code >> 6) & 63);
        text[length++] = 0x80 | (code & 63);
      }
    };
    for (let at = 0; at + 1 < raw.length; at += 2) {
      const unit = this.#unitAt(raw, at);
      if (this.#highSurrogate !== 0) {
        const high = this.#highSurrogate;
        this.#highSurrogate = 0;
        if (unit >= 0xdc00 && unit < 0xe000) {
          put(0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
          continue;
        }
        put(0xfffd);
      }
      if (unit >= 0xd800 && unit < 0xdc00) this.#highSurrogate = unit;
      else put(unit >= 0xdc00 && unit < 0xe000 ? 0xfffd : unit);
    }
    // Half a unit or half a pair at the very end of the file.
    if (isLast && (raw.length % 2 === 1 || this.#highSurrogate !== 0)) put(0xfffd);
    if (isLast) this.#highSurrogate = 0;
    return text.slice(0, length);
  }
}
