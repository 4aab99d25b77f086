/** What host, webview and engine say to one another about display filters. The language is src/engine/filter's. */
import type { FilterMessage } from "./filterMessages";

/** Characters of a filter at most, everywhere. Filters that the extension itself makes are long (MAX_FILTER_CHARS of frameRanges.ts). */
export const MAX_FILTER_LENGTH = 64_000;

/** A place in a filter's text: characters from `start` up to `end`. */
export interface FilterSpan {
  readonly start: number;
  readonly end: number;
}

/** Why a filter is none. `span` marks the place, as Wireshark underlines it. */
export interface FilterProblem {
  readonly span: FilterSpan;
  /** A sentence in English, and what stands for its `{0}`, for translation. */
  readonly message: string;
  readonly details: readonly string[];
}

/** What is wrong with a filter that is too long to be looked at; undefined for any other. */
export function lengthProblem({ length }: string): (FilterProblem & { readonly message: FilterMessage }) | undefined {
  if (length <= MAX_FILTER_LENGTH) return undefined;
  return { span: { start: MAX_FILTER_LENGTH, end: length }, message: "The filter is too long.", details: [] };
}

/** A field that a filter may name in this capture. */
export interface FilterField {
  /** As Wireshark names it: `tcp.seq`, `ip.addr`; label columns as the file names them: `alert`. */
  readonly name: string;
  readonly type: "number" | "boolean" | "text" | "address" | "time";
}

/** What a filter means for a capture. */
export type FilterCheck =
  /** `packets`: how many packets with a sequence number pass it. */
  { readonly kind: "valid"; readonly packets: number } | { readonly kind: "invalid"; readonly problem: FilterProblem };

/** What could stand at a place of a filter. */
export interface FilterCompletion {
  /** Characters that are replaced. */
  readonly span: FilterSpan;
  /** Best first, at most 50. */
  readonly items: readonly { readonly text: string; readonly detail: string }[];
}
