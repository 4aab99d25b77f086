/**
 * The time of every row, from whichever of its time cells can be read, and the zone of its wall clock. Rows dated by
 * another column than frame.time are brought onto the same clock at the end, when the capture's zone is known.
 */
import type { CaptureTime, Moment, TimeSource, ZoneInfo } from "../shared/model";
import { Valid, type PacketColumns } from "./columns";
import { ByteDictionary } from "./dictionary";
import { TimeReader } from "./time";
import { lookUpZone } from "./zones";

/** Columns that can date a row; of equally many rows the first counts. */
export const TIME_SOURCES: readonly TimeSource[] = [
  "frame.time",
  "frame.time_utc",
  "frame.time_epoch",
  "frame.time_relative",
  "_ws.col.time",
];

/** Provisional zones of rows whose clock is settled at the end. */
export const FROM_EPOCH = 254;
export const FROM_START = 255;
/** Zones a file may have; further ones count as unknown. Real captures have one or two. */
const MAX_ZONES = 250;

/** Offsets in use today lie between -12:00 and +14:00, in quarters of an hour. */
const isOffset = (seconds: number): boolean => seconds % 900 === 0 && Math.abs(seconds) <= 14 * 3600;
/** Numbers below are seconds since the capture's start, above since 1970 (here: 1973), in a column that may hold either. */
const LEAST_EPOCH = 100_000_000;
const NANOS = 1_000_000_000;

/** A row's cell as a place in its batch's text; start = end for an empty or absent one. */
export interface Cell {
  start: number;
  end: number;
}

/** The time cells of one row; one object is used for all rows. */
export interface TimeCells {
  readonly time: Cell;
  readonly timeUtc: Cell;
  readonly timeEpoch: Cell;
  readonly displayTime: Cell;
  readonly timeRelative: Cell;
}

/** How the date of a row was found. "fallback": frame.time is there, but says nothing that can be read. */
export type DateOutcome = "read" | "fallback" | "unreadable";

/** What the rows' times have in common, beside the columns: what `settleDates` needs once all rows are read. */
export interface DateNotes {
  /** Start of the capture on its clock: absolute less relative time of the first row that has both. */
  start: (Moment & { zone: number }) | undefined;
}

/** Dates rows as they come. */
export class RowDates {
  /** The last time was in E notation. */
  isLossy = false;

  readonly #columns: PacketColumns;
  readonly #reader = new TimeReader();
  readonly #other = new TimeReader();
  readonly #zoneTexts = new ByteDictionary();
  readonly #zoneCodes = new Map<string, number>();
  /** Last zone text and offset with their code: nearly every row repeats them. */
  #lastZone = { text: -1, offset: NaN as number | null, code: -1 };
  readonly notes: DateNotes = { start: undefined };
  /** Which column dated the last row that has a date. */
  source: TimeSource = "frame.time";

  constructor(columns: PacketColumns) {
    this.#columns = columns;
  }

  /** Dates a row; its `seconds`, `nanos`, `zone` and validity are set when the answer is not "unreadable". */
  read(text: Uint8Array, cells: TimeCells, row: number): DateOutcome {
    this.isLossy = false;
    const { time, timeUtc, timeEpoch, displayTime, timeRelative } = cells;
    if (time.start < time.end && this.#reader.readDate(text, time.start, time.end)) {
      this.isLossy = this.#reader.isLossy;
      this.#set(row, this.#reader, this.#findZone(text, timeEpoch), "frame.time");
      if (this.notes.start === undefined && timeRelative.start < timeRelative.end) this.#findStart(text, timeRelative, row);
      return "read";
    }
    const outcome = time.start < time.end ? "fallback" : "read";
    const reader = this.#reader;
    if (timeEpoch.start < timeEpoch.end && reader.readSeconds(text, timeEpoch.start, timeEpoch.end)) {
      this.#set(row, reader, FROM_EPOCH, "frame.time_epoch");
    } else if (time.start < time.end && reader.readSeconds(text, time.start, time.end) && reader.seconds >= LEAST_EPOCH) {
      this.#set(row, reader, FROM_EPOCH, "frame.time");
    } else if (timeUtc.start < timeUtc.end && reader.readDate(text, timeUtc.start, timeUtc.end)) {
      this.#set(row, reader, FROM_EPOCH, "frame.time_utc");
    } else if (displayTime.start < displayTime.end && reader.readDate(text, displayTime.start, displayTime.end)) {
      this.#set(row, reader, this.#findZone(text, timeEpoch), "_ws.col.time");
    } else if (displayTime.start < displayTime.end && reader.readSeconds(text, displayTime.start, displayTime.end)) {
      this.#set(row, reader, reader.seconds >= LEAST_EPOCH ? FROM_EPOCH : FROM_START, "_ws.col.time");
    } else if (timeRelative.start < timeRelative.end && reader.readSeconds(text, timeRelative.start, timeRelative.end)) {
      this.#set(row, reader, FROM_START, "frame.time_relative");
    } else {
      return "unreadable";
    }
    this.isLossy = reader.isLossy;
    return outcome;
  }

  #set(row: number, reader: TimeReader, zone: number, source: TimeSource): void {
    const columns = this.#columns;
    columns.seconds[row] = reader.seconds;
    columns.nanos[row] = reader.nanos;
    columns.zone[row] = zone;
    columns.valid[row] = columns.valid[row] | Valid.time;
    this.source = source;
  }

  /** Zone of the date just read: what it states itself, else what the epoch tells, else what its name means. */
  #findZone(text: Uint8Array, epoch: Cell): number {
    const { zoneStart, zoneEnd, offsetMinutes } = this.#reader;
    if (offsetMinutes !== null) return this.#zoneCode(offsetMinutes === 0 ? "UTC" : null, offsetMinutes);
    let offset: number | null = null;
    if (epoch.start < epoch.end && this.#other.readSeconds(text, epoch.start, epoch.end) && !this.#other.isLossy) {
      const difference = this.#reader.seconds - this.#other.seconds;
      if (isOffset(difference)) offset = difference / 60;
    }
    const textCode = this.#zoneTexts.intern(text, zoneStart, zoneEnd);
    const last = this.#lastZone;
    if (last.text === textCode && last.offset === offset) return last.code;
    const name = this.#zoneTexts.valueOf(textCode);
    const code = this.#zoneCode(name === "" ? null : name, offset ?? (name === "" ? null : lookUpZone(name)));
    this.#lastZone = { text: textCode, offset, code };
    return code;
  }

  #zoneCode(label: string | null, offsetMinutes: number | null): number {
    const key = `${String(offsetMinutes)} ${label ?? ""}`;
    const known = this.#zoneCodes.get(key);
    if (known !== undefined) return known;
    if (this.#columns.zones.length > MAX_ZONES) return MAX_ZONES;
    const zone: ZoneInfo = this.#columns.zones.length === MAX_ZONES ? { label: null, offsetMinutes: null } : { label, offsetMinutes };
    const code = this.#columns.zones.push(zone) - 1;
    this.#zoneCodes.set(key, code);
    return code;
  }

  #findStart(text: Uint8Array, relative: Cell, row: number): void {
    if (!this.#other.readSeconds(text, relative.start, relative.end)) return;
    const nanos = this.#columns.nanos[row] - this.#other.nanos;
    const seconds = this.#columns.seconds[row] - this.#other.seconds;
    this.notes.start = {
      seconds: nanos < 0 ? seconds - 1 : seconds,
      nanos: nanos < 0 ? nanos + NANOS : nanos,
      zone: this.#columns.zone[row],
    };
  }
}

/** The times of one zone's rows. */
export interface ZoneTimes {
  /** Rows with a time. */
  dated: number;
  /** Those that have a sequence number too, and the earliest and latest of their times; both null without any. */
  tcp: number;
  first: Moment | null;
  last: Moment | null;
}

/** Times by zone code, of a capture or a part of it. */
export type TimesByZone = Map<number, ZoneTimes>;

const isBefore = (a: Moment, b: Moment): boolean => a.seconds < b.seconds || (a.seconds === b.seconds && a.nanos < b.nanos);

/** Times of the rows from `first` up to `end`. */
export function measureTimes({ valid, seconds, nanos, zone }: PacketColumns, first: number, end: number): TimesByZone {
  const times: TimesByZone = new Map();
  const wanted = Valid.seq | Valid.time;
  for (let row = first; row < end;) {
    // Rows of one zone mostly stand together.
    const code = zone[row];
    let dated = 0;
    let tcp = 0;
    let earliest = row;
    let latest = row;
    for (; row < end && zone[row] === code; row++) {
      const bits = valid[row] & wanted;
      if ((bits & Valid.time) === 0) continue;
      dated++;
      if (bits !== wanted) continue;
      const isFirst = tcp++ === 0;
      const time = seconds[row];
      if (isFirst || time < seconds[earliest] || (time === seconds[earliest] && nanos[row] < nanos[earliest])) earliest = row;
      if (isFirst || time > seconds[latest] || (time === seconds[latest] && nanos[row] > nanos[latest])) latest = row;
    }
    if (dated === 0) continue;
    const momentOf = (at: number): Moment | null => (tcp === 0 ? null : { seconds: seconds[at], nanos: nanos[at] });
    addTimes(times, code, { dated, tcp, first: momentOf(earliest), last: momentOf(latest) });
  }
  return times;
}

/** Adds the times of further rows of a zone. */
export function addTimes(times: TimesByZone, code: number, { dated, tcp, first, last }: ZoneTimes): void {
  const known = times.get(code);
  if (!known) {
    times.set(code, { dated, tcp, first, last });
    return;
  }
  known.dated += dated;
  known.tcp += tcp;
  if (first && (!known.first || isBefore(first, known.first))) known.first = first;
  if (last && (!known.last || isBefore(known.last, last))) known.last = last;
}

function addMoments(a: Moment, b: Moment): Moment {
  const nanos = a.nanos + b.nanos;
  return { seconds: a.seconds + b.seconds + (nanos >= NANOS ? 1 : 0), nanos: nanos >= NANOS ? nanos - NANOS : nanos };
}

/**
 * Brings all rows onto one clock and says what the times of the rows with a sequence number span; null when none has
 * one. `times`: those of all rows; `sources`: rows per column that dated them. `lost` rows could not be placed: they
 * only say how long after an unknown start they came. `fits`: false when a narrow column cannot hold a time.
 */
export function settleDates(
  columns: PacketColumns,
  times: TimesByZone,
  notes: DateNotes,
  sources: ReadonlyMap<TimeSource, number>,
): { time: CaptureTime | null; lost: number; fits: boolean } {
  const { rows, valid, zone, zones, seconds, nanos } = columns;
  const hasDates = [...times].some(([code, { dated }]) => code !== FROM_START && dated > 0);
  let lost = 0;
  let fits = true;
  /** Gives the rows of a provisional zone their own, `shift` later; or takes their time away. */
  const settle = (code: number, shift: Moment, own: number | undefined): void => {
    const provisional = times.get(code)!;
    times.delete(code);
    for (let row = 0; row < rows; row++) {
      if (zone[row] !== code || (valid[row] & Valid.time) === 0) continue;
      if (own === undefined) {
        valid[row] &= ~Valid.time;
        continue;
      }
      const sum = nanos[row] + shift.nanos;
      const moved = seconds[row] + shift.seconds + (sum >= NANOS ? 1 : 0);
      seconds[row] = moved;
      if (seconds[row] !== moved) fits = false;
      nanos[row] = sum >= NANOS ? sum - NANOS : sum;
      zone[row] = own;
    }
    if (own === undefined) {
      lost += provisional.dated;
      return;
    }
    const { dated, tcp, first, last } = provisional;
    addTimes(times, own, { dated, tcp, first: first && addMoments(first, shift), last: last && addMoments(last, shift) });
  };
  if (times.has(FROM_EPOCH)) {
    const main = mainZone(zones, times) ?? zones.push({ label: "UTC", offsetMinutes: 0 }) - 1;
    settle(FROM_EPOCH, { seconds: (zones[main].offsetMinutes ?? 0) * 60, nanos: 0 }, main);
  }
  if (times.has(FROM_START)) {
    const start = hasDates ? notes.start : { seconds: 0, nanos: 0, zone: zones.push({ label: null, offsetMinutes: null }) - 1 };
    settle(FROM_START, start ?? { seconds: 0, nanos: 0 }, start?.zone);
  }
  return { time: describeTimes(zones, times, sources, !hasDates), lost, fits };
}

/** The zone with a known offset that most rows have, the westernmost of equals; undefined when no offset is known. */
function mainZone(zones: readonly ZoneInfo[], times: TimesByZone): number | undefined {
  let main: number | undefined;
  zones.forEach(({ offsetMinutes }, code) => {
    const rows = times.get(code)?.dated ?? 0;
    if (offsetMinutes === null || rows === 0) return;
    const best = main === undefined ? 0 : times.get(main)!.dated;
    if (rows > best || (rows === best && offsetMinutes < zones[main!].offsetMinutes!)) main = code;
  });
  return main;
}

function describeTimes(
  zones: readonly ZoneInfo[],
  times: TimesByZone,
  sources: ReadonlyMap<TimeSource, number>,
  isRelative: boolean,
): CaptureTime | null {
  const all: TimesByZone = new Map();
  for (const each of times.values()) addTimes(all, 0, each);
  const { first, last } = all.get(0) ?? { first: null, last: null };
  if (!first || !last) return null;
  const used = [...times].filter(([, { tcp }]) => tcp > 0).map(([code]) => code);
  const nameOf = (code: number): string => `${zones[code].label ?? ""} ${String(zones[code].offsetMinutes)}`;
  const tcpOf = (code: number): number => times.get(code)!.tcp;
  const main = used.sort((a, b) => tcpOf(b) - tcpOf(a) || (nameOf(a) < nameOf(b) ? -1 : 1))[0];
  const source = TIME_SOURCES.reduce((best, each) => ((sources.get(each) ?? 0) > (sources.get(best) ?? 0) ? each : best));
  return {
    first,
    last,
    zone: zones[main],
    zoneCount: used.length,
    isUtcKnown: used.every((code) => zones[code].offsetMinutes !== null),
    isRelative,
    source,
  };
}
