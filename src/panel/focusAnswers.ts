/** Answers what the filter bar of any page asks. Knows no vscode. */
import { AnalysisError, assertNever } from "../shared/errors";
import type { FocusRequest, PanelReply } from "../shared/panelProtocol";
import type { PanelFocus } from "./panelCaptures";

/** `key`: the capture of the page. Rejects with AnalysisError. */
export async function answerFocusRequest(focus: Omit<PanelFocus, "onDidChange">, key: string, request: FocusRequest): Promise<PanelReply> {
  const { id } = request;
  switch (request.type) {
    case "focus/set":
      await focus.set(key, request.focus);
      return { type: "request/done", id };
    case "focus/count":
    case "filter/check":
    case "filter/complete":
    case "filter/recall":
    case "filter/forget":
      throw new AnalysisError("internal", `${request.type} is not answered yet.`);
    default:
      return assertNever(request);
  }
}

/** Whether a request is a filter bar's. */
export const isFocusRequest = (request: { readonly type: string }): request is FocusRequest => FOCUS_REQUESTS.has(request.type);

const FOCUS_REQUESTS: ReadonlySet<string> = new Set<FocusRequest["type"]>([
  "focus/set",
  "focus/count",
  "filter/check",
  "filter/complete",
  "filter/recall",
  "filter/forget",
]);
