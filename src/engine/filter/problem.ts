/** Why a text is no filter, thrown from wherever that shows. */
import type { FilterProblem, FilterSpan } from "../../shared/displayFilter";
import { fillMessage, type FilterMessage } from "../../shared/filterMessages";

/** See the file header. The only thing that lexer, parser and compiler throw. */
export class FilterError extends Error {
  override readonly name = "FilterError";
  readonly problem: FilterProblem;

  constructor(span: FilterSpan, message: FilterMessage, details: readonly string[] = []) {
    super(fillMessage(message, details));
    this.problem = { span: { start: span.start, end: span.end }, message, details };
  }
}
