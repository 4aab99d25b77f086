/** Every sentence that a FilterProblem can say, in English: the host has a translation for each. `{0}` and `{1}` stand for its details. */
export const FILTER_MESSAGES = [
  "The filter is too long.",
  "The filter is nested too deeply.",
  "The filter ends too early.",
  "“{0}” was not expected here.",
  "The quotation mark is never closed.",
  "“{0}” is neither a field of this capture nor a protocol.",
  "This capture has no column for {0}. Export it again with {1} added to the tshark command.",
  "This capture has no column of protocols. Export it again with {0} added to the tshark command.",
  "A field is needed here; {0} is a value.",
  "“{0}” is not a number.",
  "“{0}” is neither true nor false.",
  "“{0}” is not an IPv4 address.",
  "“{0}” is not an IPv6 address.",
  "“{0}” is not a hardware address.",
  "“{0}” is not a time.",
  "Values of {0} cannot be compared with those of {1}.",
  "{0} has no values to compare: it is there or not.",
  "{0} applies to text, and {1} has none.",
  "{0} cannot be applied to {1}.",
  "{0} applies to numbers, and {1} has none.",
  "Text is needed here.",
  "There is no function {0}.",
  "{0} takes one field.",
  "{0} cannot be sliced.",
  "The first value of a range is above the last one.",
  "The set is empty.",
  "The pattern is too large.",
  "The pattern takes too long on the texts of this capture.",
  "The pattern is not understood from “{0}” on.",
  "The capture's time zone is not known, so its times can only be compared on its own clock.",
] as const;

/** See FILTER_MESSAGES. */
export type FilterMessage = (typeof FILTER_MESSAGES)[number];

/** A sentence with its details in place. */
export const fillMessage = (message: string, details: readonly string[]): string =>
  message.replace(/\{(\d)\}/g, (_, at: string) => details[Number(at)] ?? "");
