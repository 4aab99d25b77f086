/** Files as the engine reads them: opened read-only, by position. */
import { open, stat, type FileHandle } from "node:fs/promises";
import type { ByteSource, FileVersion } from "../engine/bytes";
import { AnalysisError } from "../shared/errors";
import { readerOf } from "./scanThreads";

/** An open file. `size` is that of the moment it was opened; a file that changes while it is read fails `checkUnchanged`. */
export class FileByteSource implements ByteSource {
  readonly size: number;
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #modifiedMs: number;

  private constructor(path: string, handle: FileHandle, size: number, modifiedMs: number) {
    this.#path = path;
    this.#handle = handle;
    this.size = size;
    this.#modifiedMs = modifiedMs;
  }

  /** Opens a file. Throws AnalysisError: `notFound`, `notReadable`, `isDirectory`, `readFailed`. */
  static async open(path: string): Promise<FileByteSource> {
    let handle: FileHandle | undefined;
    try {
      // Asked first: opening a pipe or a device would wait for a writer.
      const kind = await stat(path);
      if (kind.isDirectory()) throw new AnalysisError("isDirectory", `${path} is a folder, not a file.`, [path]);
      if (!kind.isFile()) throw new AnalysisError("notReadable", `${path} is not a regular file.`, [path]);
      handle = await open(path, "r");
      const { size, mtimeMs } = await handle.stat();
      return new FileByteSource(path, handle, size, mtimeMs);
    } catch (error) {
      await handle?.close();
      throw toAnalysisError(error, path);
    }
  }

  async read(offset: number, target: Uint8Array): Promise<number> {
    try {
      let length = 0;
      while (length < target.length) {
        const { bytesRead } = await this.#handle.read(
          target,
          length,
          Math.min(target.length - length, this.size - offset - length),
          offset + length,
        );
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return length;
    } catch (error) {
      throw toAnalysisError(error, this.#path);
    }
  }

  /** The file as it was opened. */
  get version(): FileVersion {
    return { size: this.size, modifiedMs: this.#modifiedMs };
  }

  /** The file's descriptor, for other threads of this process. */
  get fd(): number {
    return this.#handle.fd;
  }

  /** As `read`, at once. */
  readSync(offset: number, target: Uint8Array): number {
    return readerOf(this.#handle.fd, this.#path)(offset, target.subarray(0, Math.max(0, Math.min(target.length, this.size - offset))));
  }

  /** The first bytes. */
  async head(): Promise<Uint8Array> {
    const bytes = new Uint8Array(Math.min(64, this.size));
    return bytes.subarray(0, await this.read(0, bytes));
  }

  /** Throws `fileChanged` when what was opened is not what was read before. */
  checkVersion({ size, modifiedMs }: FileVersion): void {
    if (size !== this.size || modifiedMs !== this.#modifiedMs)
      throw new AnalysisError("fileChanged", `${this.#path} changed since it was read. Analyse it again.`, [this.#path]);
  }

  /** Throws `fileChanged` when the file is not the one that was opened any more, `notFound` when it is gone. */
  async checkUnchanged(): Promise<void> {
    let now;
    try {
      now = await stat(this.#path);
    } catch (error) {
      throw toAnalysisError(error, this.#path);
    }
    if (now.size !== this.size || now.mtimeMs !== this.#modifiedMs)
      throw new AnalysisError("fileChanged", `${this.#path} changed while it was read. Analyse it again when it is complete.`, [
        this.#path,
      ]);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

function toAnalysisError(error: unknown, path: string): AnalysisError {
  if (error instanceof AnalysisError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return new AnalysisError("notFound", `${path} does not exist.`, [path], { cause: error });
    case "EACCES":
    case "EPERM":
      return new AnalysisError("notReadable", `${path} cannot be read: permission denied.`, [path], { cause: error });
    case "EISDIR":
      return new AnalysisError("isDirectory", `${path} is a folder, not a file.`, [path], { cause: error });
    default:
      return new AnalysisError("readFailed", `${path} could not be read${code === "" ? "" : ` (${code})`}.`, [path, code], {
        cause: error,
      });
  }
}
