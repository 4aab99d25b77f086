/**
 * Times of a chart as text, on the clock the user has chosen. Pure: the viewer's zone is passed in.
 * Moments are whole seconds since 1970-01-01T00:00:00, on the capture's wall clock or in UTC as Timeline.clock says.
 */
import { formatOffset, formatSeconds, formatZoneLabel } from "../src/shared/format";
import type { CaptureTime, Clock } from "../src/shared/model";
import type { PanelClock } from "../src/shared/panelProtocol";
import * as l10n from "./l10n";

/** The machine the panel is looked at on. */
export interface Viewer {
  /** IANA name, `Europe/Berlin`. */
  readonly zoneName: string;
  /** Minutes east of UTC at a UTC moment, summer time included. */
  readonly offsetMinutesAt: (utcSeconds: number) => number;
}

/** A clock a chart is drawn on. */
export interface ChartClock {
  readonly kind: PanelClock;
  /** Seconds since the capture's start instead of dates. */
  readonly isRelative: boolean;
  /** Zone of the capture's clock in a word, null when the file does not say. */
  readonly captureZone: string | null;
  readonly viewer: Viewer;
}

/** This machine, by its operating system. */
export const thisViewer = (): Viewer => ({
  zoneName: Intl.DateTimeFormat().resolvedOptions().timeZone,
  offsetMinutesAt: (utcSeconds) => -new Date(utcSeconds * 1000).getTimezoneOffset(),
});

/** True when UTC and local time can be shown. */
export const hasUtc = (time: CaptureTime): boolean => time.isUtcKnown && !time.isRelative;

/** The clock to draw on: the wanted one, or the capture's own when the file does not say how far it is from UTC. */
export function makeClock(time: CaptureTime, wanted: PanelClock, viewer: Viewer): ChartClock {
  const kind = hasUtc(time) ? wanted : "capture";
  return { kind, isRelative: time.isRelative, captureZone: time.isRelative ? null : formatZoneLabel(time.zone), viewer };
}

/** What the engine is asked for: its clock, and where bucket edges fall. */
export function engineClock(clock: ChartClock, time: CaptureTime): { clock: Clock; alignMinutes: number } {
  if (clock.kind !== "local") return { clock: clock.kind, alignMinutes: 0 };
  const startUtc = time.first.seconds - (time.zone.offsetMinutes ?? 0) * 60;
  return { clock: "utc", alignMinutes: clock.viewer.offsetMinutesAt(startUtc) };
}

/** The moment as seconds on the wall clock that is shown. */
const shownSeconds = (clock: ChartClock, seconds: number): number =>
  clock.kind === "local" ? seconds + clock.viewer.offsetMinutesAt(seconds) * 60 : seconds;

const pad2 = (value: number): string => String(value).padStart(2, "0");

/** Seconds since the capture's start: `00:01:05`, after a day `2 d 00:01:05`. */
function formatElapsed(seconds: number): string {
  const absolute = Math.abs(seconds);
  const days = Math.floor(absolute / 86400);
  const time = `${pad2(Math.floor(absolute / 3600) % 24)}:${pad2(Math.floor(absolute / 60) % 60)}:${pad2(absolute % 60)}`;
  return `${seconds < 0 ? "-" : ""}${days > 0 ? `${String(days)} d ` : ""}${time}`;
}

/** `2023-06-04`. Not for relative times. */
export const formatDay = (clock: ChartClock, seconds: number): string => formatSeconds(shownSeconds(clock, seconds)).split("T")[0] ?? "";

/** Time of day as `11:25`, with seconds when the step is no whole minute. Elapsed time when the file has no dates. */
export function formatTimeOfDay(clock: ChartClock, seconds: number, stepSeconds: number): string {
  if (clock.isRelative) return formatElapsed(seconds);
  const time = formatSeconds(shownSeconds(clock, seconds)).split("T")[1] ?? "";
  return stepSeconds % 60 === 0 ? time.slice(0, 5) : time;
}

/** `2023-06-04 11:25:00`, or elapsed time; without the zone, for a column whose head names it. */
export const formatTime = (clock: ChartClock, seconds: number): string =>
  clock.isRelative ? formatElapsed(seconds) : formatSeconds(shownSeconds(clock, seconds)).replace("T", " ");

/** Zone at a moment in a word: `EDT`, `UTC`, `UTC+02:00`; null when the file does not say. */
export function formatZoneAt(clock: ChartClock, seconds: number): string | null {
  if (clock.isRelative) return null;
  if (clock.kind === "utc") return "UTC";
  return clock.kind === "local" ? formatOffset(clock.viewer.offsetMinutesAt(seconds)) : clock.captureZone;
}

/** `2023-06-04 11:25:00 EDT`, `2023-06-04 17:25:00 UTC+02:00`, `00:01:05 after the start`. */
export function formatTimeAndZone(clock: ChartClock, seconds: number): string {
  if (clock.isRelative) return l10n.t("{0} after the start", formatElapsed(seconds));
  const zone = formatZoneAt(clock, seconds);
  return zone === null ? formatTime(clock, seconds) : `${formatTime(clock, seconds)} ${zone}`;
}

/** Title of a time axis or column: `Time (EDT)`. */
export function timeTitle(clock: ChartClock): string {
  if (clock.isRelative) return l10n.t("Time since the start of the capture");
  if (clock.kind === "utc") return l10n.t("Time (UTC)");
  if (clock.kind === "local") return l10n.t("Time (your local time, {0})", clock.viewer.zoneName);
  return clock.captureZone === null ? l10n.t("Time (capture's clock, zone not stated)") : l10n.t("Time ({0})", clock.captureZone);
}

/** Steps of a time axis, seconds: those a clock and a calendar are read in. */
const TICK_STEPS = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60),
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3600),
  ...[1, 2, 7, 14, 30, 91, 182, 365].map((days) => days * 86400),
];

/** Round times of the clock shown within a range, at most `mostTicks` unless a year's step gives more. Seconds. */
export function timeTicks(clock: ChartClock, range: { fromSec: number; toSec: number }, mostTicks: number): number[] {
  const { fromSec, toSec } = range;
  const step = TICK_STEPS.find((size) => (toSec - fromSec) / size <= mostTicks) ?? 365 * 86400;
  const offset = shownSeconds(clock, fromSec) - fromSec;
  const ticks: number[] = [];
  for (let tick = Math.ceil((fromSec + offset) / step) * step - offset; tick <= toSec; tick += step) ticks.push(tick);
  return ticks;
}

/**
 * Labels of a time axis: the time of day, and below it the day where a new one begins (and at the first tick).
 * `ticksMs` ascending, milliseconds.
 */
export function labelTicks(clock: ChartClock, ticksMs: readonly number[]): (string | string[])[] {
  const seconds = ticksMs.map((ms) => Math.round(ms / 1000));
  if (clock.isRelative) return seconds.map(formatElapsed);
  const isWholeMinutes = seconds.every((value) => value % 60 === 0);
  const isWholeDays = seconds.length > 1 && seconds.every((value) => shownSeconds(clock, value) % 86400 === 0);
  let lastDay = "";
  return seconds.map((value) => {
    const day = formatDay(clock, value);
    const isNewDay = day !== lastDay;
    lastDay = day;
    if (isWholeDays) return day;
    const time = formatTimeOfDay(clock, value, isWholeMinutes ? 60 : 1);
    return isNewDay ? [time, day] : time;
  });
}
