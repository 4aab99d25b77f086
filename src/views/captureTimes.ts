/** Times and zones of a capture in words, for tooltips, the Capture view and the report. */
import * as vscode from "vscode";
import { formatCount, formatMoment, formatOffset, formatSeconds, formatZoneLabel } from "../shared/format";
import type { CaptureTime, Moment } from "../shared/model";
import { oneLine } from "./plainText";

/** Date and time apart, as people write them. */
const withBlank = (dateAndTime: string): string => dateAndTime.replace("T", " ");

/** `2023-06-04 11:23:00.466544000 EDT`; with relative times `12.000004000 s`. */
export function describeMoment(moment: Moment, time: CaptureTime): string {
  if (time.isRelative) return `${formatCount(moment.seconds)}.${String(moment.nanos).padStart(9, "0")} s`;
  const zone = formatZoneLabel(time.zone);
  return zone === null ? withBlank(formatMoment(moment)) : `${withBlank(formatMoment(moment))} ${oneLine(zone, 40)}`;
}

/** When a bucket begins, as short as can be: without the date where the capture is of one day, without seconds where they are 0. */
export function describeBucket(startSec: number, time: CaptureTime): string {
  if (time.isRelative) return `${formatCount(startSec)} s`;
  const text = withBlank(formatSeconds(startSec)).replace(/:00$/, "");
  const day = withBlank(formatSeconds(time.first.seconds)).slice(0, 11);
  return text.startsWith(day) && formatSeconds(time.last.seconds).startsWith(day.trimEnd()) ? text.slice(day.length) : text;
}

/** First to last; the second without the date when both fall on one day. */
export function describeSpan(time: CaptureTime, precision: "seconds" | "nanoseconds"): string {
  const [from, to] = [time.first, time.last].map((moment) => {
    if (time.isRelative) return precision === "seconds" ? `${formatCount(moment.seconds)} s` : describeMoment(moment, time);
    return withBlank(precision === "seconds" ? formatSeconds(moment.seconds) : formatMoment(moment));
  }) as [string, string];
  const day = from.slice(0, from.indexOf(" ") + 1);
  return `${from} – ${!time.isRelative && to.startsWith(day) ? to.slice(day.length) : to}`;
}

/** The zone as the file says it and its distance from UTC; says so when that is unknown. `withLabel: false` leaves out the file's own text. */
export function describeZone(time: CaptureTime, { withLabel }: { withLabel: boolean }): string {
  if (time.isRelative) return vscode.l10n.t("seconds since the start");
  const { label, offsetMinutes } = time.zone;
  const offset = offsetMinutes === null ? vscode.l10n.t("distance from UTC unknown") : formatOffset(offsetMinutes);
  const hasName = label !== null && !SAYS_OFFSET.test(label);
  const zone = withLabel && hasName ? `${oneLine(label, 40)} (${offset})` : offset;
  return time.zoneCount > 1 ? vscode.l10n.t("{0}, the most frequent of {1}", zone, formatCount(time.zoneCount)) : zone;
}

/** Labels that are nothing but the distance from UTC: `UTC`, `Z`, `-04:00`. */
const SAYS_OFFSET = /^(?:UTC|Z|[+-]\d{2}:?\d{2})$/;
