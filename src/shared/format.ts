/**
 * Numbers and times as people read them, the same in trees, charts, report and command line.
 * Knows no vscode, no node, no DOM; dates are taken apart with Date's UTC methods only.
 */
import type { CaptureTime, Moment, ZoneInfo } from "./model";
import type { TimeSpan } from "./selection";

/**
 * `147,321`: the grouping tshark's and Wireshark's own dialogs use, in every language; at most three decimals. Without Intl, which
 * takes 5 MB of the process and another 1 MB of every thread that loads it.
 */
export function formatCount(count: number): string {
  const [whole, decimals] = String(Math.round(count * 1000) / 1000).split(".");
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ",");
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}

/** Share 0..1 as `4.92 %`; below 0.01 % but not zero: `<0.01 %`. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.0001) return "<0.01 %";
  return `${(share * 100).toFixed(2)} %`;
}

/** How many times as much: `7.1` below ten, else `24`, `1,204`. */
export const formatRatio = (ratio: number): string => (ratio < 9.95 ? ratio.toFixed(1) : formatCount(Math.round(ratio)));

/** Bytes as `967.2 MB` (SI units, as file managers show them). */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${String(bytes)} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = "B";
  for (const next of units) {
    if (value < 1000) break;
    value /= 1000;
    unit = next;
  }
  return `${value.toFixed(1)} ${unit}`;
}

const pad2 = (value: number): string => String(value).padStart(2, "0");

/** Whole seconds since 1970 as `2023-06-04T11:23:00`, on whatever clock they were read. */
export function formatSeconds(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `${String(seconds)} s`;
  const year = date.getUTCFullYear();
  const day = `${String(Math.abs(year)).padStart(4, "0")}-${pad2(date.getUTCMonth() + 1)}-${pad2(date.getUTCDate())}`;
  return `${year < 0 ? "-" : ""}${day}T${pad2(date.getUTCHours())}:${pad2(date.getUTCMinutes())}:${pad2(date.getUTCSeconds())}`;
}

/** A moment with all nine decimals, `2023-06-04T11:23:00.466544000`. */
export const formatMoment = (moment: Moment): string => `${formatSeconds(moment.seconds)}.${String(moment.nanos).padStart(9, "0")}`;

/** Minutes east of UTC as `UTC-04:00`. */
export function formatOffset(offsetMinutes: number): string {
  const absolute = Math.abs(offsetMinutes);
  return `UTC${offsetMinutes < 0 ? "-" : "+"}${pad2(Math.floor(absolute / 60))}:${pad2(absolute % 60)}`;
}

/** A zone in one word for a column or an axis: `EDT`, `IST?` when the offset is not known, null when nothing is. */
export function formatZoneLabel(zone: ZoneInfo): string | null {
  if (zone.label === null) return zone.offsetMinutes === null ? null : formatOffset(zone.offsetMinutes);
  return zone.offsetMinutes === null ? `${zone.label}?` : zone.label;
}

/** Seconds as `1 s`, `5 min`, `1 h`, `30 d`: the largest unit that divides them. */
export function formatDuration(seconds: number): string {
  const units: readonly [number, string][] = [
    [86400, "d"],
    [3600, "h"],
    [60, "min"],
  ];
  for (const [size, unit] of units) if (seconds >= size && seconds % size === 0) return `${formatCount(seconds / size)} ${unit}`;
  return `${formatCount(seconds)} s`;
}

/** A range as `2023-06-04 11:23:00 – 11:24:00 EDT`; the second date only where it is another day. With relative times `12 s – 13 s`. */
export function formatTimeSpan({ clock, fromSec, toSec }: TimeSpan, time: Pick<CaptureTime, "isRelative" | "zone"> | null): string {
  if (time?.isRelative) return `${formatCount(fromSec)} s – ${formatCount(toSec)} s`;
  const [from, to] = [fromSec, toSec].map((seconds) => formatSeconds(Math.floor(seconds)).replace("T", " ")) as [string, string];
  const day = from.slice(0, from.indexOf(" ") + 1);
  const zone = clock === "utc" ? "UTC" : time && formatZoneLabel(time.zone);
  return `${from} – ${to.startsWith(day) ? to.slice(day.length) : to}${zone === null ? "" : ` ${zone}`}`;
}
