/**
 * The only way bytes come into the engine. Knows no files: src/worker opens those.
 */

import type { CompressionKind, ProblemKind } from "../shared/model";

/** Read-only bytes with random access. Where they end, only `read` says. */
export interface ByteSource {
  /** Bytes as they are stored, fixed while the source is open: those that `read` gives, or fewer that it decompresses. */
  readonly size: number;
  /**
   * Fills `target` from byte `offset` on; returns the bytes written, less than asked only at the end. Throws AnalysisError.
   * Going back is slow where bytes are decompressed: that begins at the front again.
   */
  read(offset: number, target: Uint8Array): Promise<number>;
  /** Only where bytes are decompressed. */
  readonly compression?: Compression | undefined;
}

/** State of a source that decompresses while it is read. */
export interface Compression {
  readonly kind: CompressionKind;
  /** How many of the stored bytes have been decompressed. */
  readonly storedBytesRead: number;
  /** How many bytes `read` will give in all, judged by those so far. */
  readonly expectedBytes: number;
  /** What ended the reading before the stored bytes did; undefined before the end and when all is well. */
  readonly damage: CompressionDamage | undefined;
}

/** Why not all stored bytes could be decompressed. */
export type CompressionDamage = Extract<ProblemKind, "compressionCutOff" | "compressionDamaged" | "trailingBytes">;

/** Which state of a file was read: another length or time means another one. */
export interface FileVersion {
  readonly size: number;
  /** When it was changed last, milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** Bytes that are in memory already, such as the text of an unsaved document. */
export class MemorySource implements ByteSource {
  readonly size: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  read(offset: number, target: Uint8Array): Promise<number> {
    const part = this.#bytes.subarray(offset, offset + target.length);
    target.set(part);
    return Promise.resolve(part.length);
  }
}
