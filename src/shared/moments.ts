/** Moments as people type them. Knows no vscode, no node, no DOM. */
import type { Moment } from "./model";

/** True when `a` comes before `b`. */
export const isBefore = (a: Moment, b: Moment): boolean => a.seconds < b.seconds || (a.seconds === b.seconds && a.nanos < b.nanos);

/**
 * A moment from `2023-06-04 11:23:58`, with T for the blank, decimals of the second, or without the time of day; or from
 * a number of seconds (since the capture's start). Undefined for anything else, such as 30 February.
 */
export function parseMoment(text: string): Moment | undefined {
  const trimmed = text.trim();
  const seconds = /^(\d{1,12})(?:\.(\d{1,9}))?$/.exec(trimmed);
  if (seconds) return { seconds: Number(seconds[1]), nanos: nanosOf(seconds[2]) };
  const date = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?)?$/.exec(trimmed);
  if (!date) return undefined;
  const iso = `${date[1]}T${date[2] ?? "00:00:00"}`;
  const milliseconds = Date.parse(`${iso}Z`);
  if (Number.isNaN(milliseconds) || !new Date(milliseconds).toISOString().startsWith(iso)) return undefined;
  return { seconds: milliseconds / 1000, nanos: nanosOf(date[3]) };
}

const nanosOf = (decimals = ""): number => Number(decimals.padEnd(9, "0"));
