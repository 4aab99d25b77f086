/** How requests are answered that fail, and messages that are none. Knows no vscode. */
import { AnalysisError, fromPlainError, toPlainError } from "../shared/errors";
import type { PanelReply } from "../shared/panelProtocol";
import { idOf } from "./parseRequest";

type Describe = (error: AnalysisError) => string;

/** For what answering has thrown. */
export function failedAnswer(id: number, error: unknown, describe: Describe): PanelReply {
  const failure = error instanceof AnalysisError ? error : fromPlainError(toPlainError(error));
  return { type: "request/failed", id, code: failure.code, message: describe(failure) };
}

/** For a message that is no request: who asked must not wait for ever. Undefined when it cannot be answered. */
export function refusedAnswer(message: unknown, describe: Describe): PanelReply | undefined {
  const id = idOf(message);
  return id === undefined ? undefined : failedAnswer(id, new AnalysisError("internal", "The message is no request."), describe);
}

/** Characters of a name, and names, that are told of a message. */
const MAX_NAME = 40;
const MAX_FIELDS = 20;

/** Enough of a refused message to find its sender: it may hold a whole picture. */
export function describeMessage(message: unknown): string {
  if (typeof message !== "object" || message === null || Array.isArray(message) || ArrayBuffer.isView(message))
    return describeValue(message);
  const keys = Object.keys(message);
  const fields = keys.slice(0, MAX_FIELDS).map((key) => {
    const value = (message as Readonly<Record<string, unknown>>)[key];
    return `${named(key)}: ${key === "type" && typeof value === "string" ? named(value) : describeValue(value)}`;
  });
  return [...fields, ...(keys.length > MAX_FIELDS ? ["…"] : [])].join(", ");
}

/** In quotes, so that a line stays a line. */
const named = (text: string): string => JSON.stringify(text.slice(0, MAX_NAME));

function describeValue(value: unknown): string {
  if (typeof value === "string" || Array.isArray(value))
    return `${typeof value === "string" ? "string" : "array"} of ${String(value.length)}`;
  if (ArrayBuffer.isView(value)) return `${String(value.byteLength)} bytes`;
  return value === null ? "null" : typeof value;
}
