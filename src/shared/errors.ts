/**
 * Reasons why an analysis cannot go on, known to host, worker, webview and command line.
 * Knows no vscode, no node: it crosses threads as a plain object.
 */

/** Stable reasons; branch on these, never on the text. */
export type ErrorCode =
  | "notFound"
  | "notReadable"
  | "isDirectory"
  | "emptyFile"
  | "missingColumns"
  | "notDecompressed"
  | "fileChanged"
  | "tooLarge"
  | "readFailed"
  | "zoneUnknown"
  | "badFilter"
  | "captureClosed"
  | "workerStopped"
  | "superseded"
  | "internal";

/** Error as it crosses a thread or webview boundary. `details` are the values the sentence was made with (names, paths). */
export interface PlainError {
  readonly code: ErrorCode;
  /** One English sentence for the user. The host translates by code; the command line prints it. */
  readonly message: string;
  readonly details: readonly string[];
  /** Stack of the original error, for the log; absent for expected failures. */
  readonly stack?: string;
}

/** A run that cannot go on. Cancelling is no error: see `AnalysisOutcome`. */
export class AnalysisError extends Error {
  override readonly name = "AnalysisError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: readonly string[] = [],
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** Any thrown value as a plain object; what is no AnalysisError becomes `internal`, with its stack. */
export function toPlainError(error: unknown): PlainError {
  if (error instanceof AnalysisError) return { code: error.code, message: error.message, details: error.details };
  const known = error instanceof Error ? error : new Error(String(error));
  return { code: "internal", message: known.message, details: [], ...(known.stack === undefined ? {} : { stack: known.stack }) };
}

/** The AnalysisError that a plain object describes; its stack, if any, becomes the `cause`. */
export function fromPlainError(plain: PlainError): AnalysisError {
  return new AnalysisError(plain.code, plain.message, plain.details, plain.stack === undefined ? undefined : { cause: plain.stack });
}

/** Proof at compile time that a switch over a closed union is complete. Throws when a value from outside slips in. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
