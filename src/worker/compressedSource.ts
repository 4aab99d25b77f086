/**
 * Compressed files as the engine reads them: decompressed from front to back while they are read, a piece at a time.
 * Memory does not grow with the file, nothing is written. What the file is, its first bytes say, not its name.
 */
import { createGunzip } from "node:zlib";
import type { ByteSource, Compression, CompressionDamage } from "../engine/bytes";
import type { CompressionKind } from "../shared/model";
import type { FileByteSource } from "./fileByteSource";

/** Compressed bytes handed to zlib at a time, and to the zstd decoder. */
const PIECE_BYTES = 1 << 18;
const ZSTD_PIECE_BYTES = 1 << 16;
/** Text that zlib gives at a time: so much is decompressed, in a thread of zlib's, while the text before it is read into rows. */
const GUNZIP_BYTES = 1 << 20;
/** Parts of text that may lie ready; most are as large as that. */
const MAX_PARTS = 8;
/** Text expected at most per compressed byte: the beginning of a file may be unusually regular. */
const MAX_EXPECTED_RATIO = 12;
/** Where a gzip file is damaged, it is handed over in pieces of so many bytes, and where that fails, byte by byte. */
const SMALL_PIECE_BYTES = 512;

/** How a file that begins like this is compressed; undefined for a plain one. RFC 1952 2.3.1, RFC 8878 3.1. */
export function sniffCompression(head: Uint8Array): CompressionKind | undefined {
  const startsWith = (...bytes: number[]): boolean => bytes.every((byte, at) => head[at] === byte);
  if (startsWith(0x1f, 0x8b)) return "gzip";
  // Some programs (pzstd) begin with a frame to be skipped.
  const isSkippable = head[0] >> 4 === 5 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18;
  return startsWith(0x28, 0xb5, 0x2f, 0xfd) || isSkippable ? "zstd" : undefined;
}

/** How far decompressing has come. */
interface Progress {
  storedBytes: number;
  textBytes: number;
}

/** Gives the text; returns what ended it too early. */
type TextParts = AsyncGenerator<Uint8Array, CompressionDamage | undefined>;

/** See the file header. Reading backwards begins at the front again. */
export class CompressedSource implements ByteSource, Compression {
  readonly size: number;
  readonly kind: CompressionKind;
  readonly #file: FileByteSource;
  #parts: TextParts | undefined;
  /** Decompressed and not yet handed out; its first byte is the one at `#position`. */
  #part: Uint8Array = new Uint8Array(0);
  #position = 0;
  #progress: Progress = { storedBytes: 0, textBytes: 0 };
  #damage: CompressionDamage | undefined;

  constructor(file: FileByteSource, kind: CompressionKind) {
    this.#file = file;
    this.kind = kind;
    this.size = file.size;
  }

  get compression(): Compression {
    return this;
  }

  get storedBytesRead(): number {
    return this.#progress.storedBytes;
  }

  get expectedBytes(): number {
    const { storedBytes, textBytes } = this.#progress;
    return this.size * (storedBytes === 0 ? MAX_EXPECTED_RATIO : Math.min(textBytes / storedBytes, MAX_EXPECTED_RATIO));
  }

  get damage(): CompressionDamage | undefined {
    return this.#damage;
  }

  async read(offset: number, target: Uint8Array): Promise<number> {
    if (offset < this.#position) await this.close();
    while (this.#position < offset) {
      if (this.#part.length === 0 && !(await this.#decompress())) return 0;
      this.#take(offset - this.#position);
    }
    let length = 0;
    while (length < target.length) {
      if (this.#part.length === 0 && !(await this.#decompress())) break;
      const taken = this.#take(target.length - length);
      target.set(taken, length);
      length += taken.length;
    }
    return length;
  }

  /** Ends decompressing; the next `read` begins at the front. The file stays open. */
  async close(): Promise<void> {
    await this.#parts?.return(undefined);
    this.#parts = undefined;
    this.#part = new Uint8Array(0);
    this.#position = 0;
  }

  /** The next part that is not empty; false at the end. */
  async #decompress(): Promise<boolean> {
    if (!this.#parts) {
      this.#progress = { storedBytes: 0, textBytes: 0 };
      this.#parts = (this.kind === "gzip" ? gunzip : unzstd)(this.#file, this.#progress);
    }
    do {
      const { value, done } = await this.#parts.next();
      if (done) {
        this.#damage ??= value;
        return false;
      }
      this.#part = value;
    } while (this.#part.length === 0);
    return true;
  }

  #take(atMost: number): Uint8Array {
    const taken = this.#part.subarray(0, atMost);
    this.#part = this.#part.subarray(taken.length);
    this.#position += taken.length;
    return taken;
  }
}

/**
 * The text of a gzip file of any number of members. What zlib has made of a piece before it finds damage in it, it keeps to itself,
 * so the file is then read again with small pieces at that place: everything before the damage comes out, to the last byte.
 */
async function* gunzip(file: FileByteSource, progress: Progress): TextParts {
  let careful = { from: Infinity, bytes: PIECE_BYTES };
  /** Text that has been handed out. */
  let delivered = 0;
  for (;;) {
    const stream = new GunzipStream();
    const readAt = (offset: number): Uint8Array =>
      readPiece(file, offset, offset < careful.from ? Math.min(PIECE_BYTES, careful.from - offset) : careful.bytes);
    /** Text of this pass. */
    let made = 0;
    const takeNew = (): Uint8Array[] =>
      stream.takeParts().map((part) => {
        const known = Math.min(part.length, Math.max(0, delivered - made));
        made += part.length;
        delivered = Math.max(delivered, made);
        return part.subarray(known);
      });
    /** Where the piece begins that is being decompressed. */
    let offset = 0;
    try {
      let piece = readAt(offset);
      stream.push(piece);
      for (;;) {
        await stream.settle();
        const { isEnd, isBusy } = stream;
        const parts = takeNew();
        if (!isBusy && !isEnd) {
          offset += piece.length;
          piece = readAt(offset);
          stream.push(piece); // decompressed while these parts are read
        }
        yield* parts;
        if (isEnd) return undefined;
        if (offset > progress.storedBytes) Object.assign(progress, { storedBytes: offset, textBytes: made });
      }
    } catch (error) {
      const damage = damageOf(error);
      yield* takeNew();
      const isCareful = offset >= careful.from;
      if (damage === "compressionCutOff" || (isCareful && careful.bytes === 1)) return damage;
      careful = { from: offset, bytes: isCareful ? 1 : SMALL_PIECE_BYTES };
    } finally {
      stream.close();
    }
  }
}

/** zlib's stream, a piece at a time. */
class GunzipStream {
  readonly #stream = createGunzip({ chunkSize: GUNZIP_BYTES });
  #parts: Uint8Array[] = [];
  #error: Error | undefined;
  #wake: () => void = () => undefined;
  /** The piece is not yet decompressed. */
  isBusy = false;
  /** There is no more text. Not only at the end of the file: zeros behind a member are padding. */
  isEnd = false;

  constructor() {
    this.#stream.on("data", (part: Uint8Array) => {
      this.#parts.push(part);
      // A piece can become a thousand times larger.
      if (this.#parts.length < MAX_PARTS) return;
      this.#stream.pause();
      this.#wake();
    });
    this.#stream.on("end", () => {
      this.isEnd = true;
      this.#wake();
    });
    this.#stream.on("error", (error) => {
      this.#error = error;
      this.#wake();
    });
  }

  /** Begins to decompress a piece; an empty one says that there is no more. */
  push(piece: Uint8Array): void {
    this.isBusy = true;
    if (piece.length === 0) this.#stream.end();
    else
      this.#stream.write(piece, () => {
        this.isBusy = false;
        this.#wake();
      });
  }

  /** Waits until the piece is decompressed, or so much of it that its text should be taken. Rejects with zlib's error. */
  async settle(): Promise<void> {
    while (this.isBusy && !this.isEnd && !this.#error && this.#parts.length < MAX_PARTS)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#error) throw this.#error;
  }

  /** The text since the last call. */
  takeParts(): Uint8Array[] {
    const parts = this.#parts;
    this.#parts = [];
    this.#stream.resume();
    return parts;
  }

  close(): void {
    this.#stream.destroy();
  }
}

/** What zlib's error says of the file; throws any other error. */
function damageOf(error: unknown): CompressionDamage {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "Z_BUF_ERROR") return "compressionCutOff";
  if (code !== "Z_DATA_ERROR") throw error;
  // One code for all damage; this is zlib's sentence for bytes behind a member that do not begin another one.
  return (error as Error).message === "incorrect header check" ? "trailingBytes" : "compressionDamaged";
}

/** The text of a zstd file of any number of frames. */
async function* unzstd(file: FileByteSource, progress: Progress): TextParts {
  const { ZSTDDecoder } = await import("zstddec/stream");
  const decoder = new ZSTDDecoder();
  await decoder.init();
  let textBytes = 0;
  let isWhole = false;
  function* pieces(): Generator<Uint8Array> {
    for (let offset = 0; !isWhole;) {
      const piece = readPiece(file, offset, ZSTD_PIECE_BYTES);
      if (offset > 0) Object.assign(progress, { storedBytes: offset, textBytes });
      offset += piece.length;
      isWhole = piece.length === 0;
      if (!isWhole) yield piece;
    }
  }
  const parts = decoder.decodeStreaming(pieces());
  let emptyParts = 0;
  for (;;) {
    let part: IteratorResult<Uint8Array>;
    try {
      part = parts.next();
    } catch (error) {
      // The decoder's one error of its own: the last frame is not complete.
      if (isWhole) return "compressionCutOff";
      throw error;
    }
    if (part.done) return undefined;
    // It does not tell of damage, but gives empty parts without end then. What is sound takes more than a byte for each.
    emptyParts = part.value.length === 0 ? emptyParts + 1 : 0;
    if (emptyParts > ZSTD_PIECE_BYTES) return "compressionDamaged";
    textBytes += part.value.length;
    yield part.value;
  }
}

function readPiece(file: FileByteSource, offset: number, length: number): Uint8Array {
  const piece = new Uint8Array(length);
  return piece.subarray(0, file.readSync(offset, piece));
}
