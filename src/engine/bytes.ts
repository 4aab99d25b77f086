/**
 * The only way bytes come into the engine. Knows no files: src/worker opens those.
 */

/** Read-only bytes with random access. */
export interface ByteSource {
  /** Bytes in all, fixed while the source is open. */
  readonly size: number;
  /** Fills `target` from byte `offset` on; returns the bytes written, less than asked only at the end. Throws AnalysisError. */
  read(offset: number, target: Uint8Array): Promise<number>;
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
