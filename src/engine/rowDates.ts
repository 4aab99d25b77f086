/**
 * The time of every row, from whichever of its time cells can be read, and the zone of its wall clock. Rows dated by
 * another column than frame.time are brought onto the same clock at the end, when the capture's zone is known.
 */
import type { CaptureTime, Moment, TimeSource, ZoneInfo } from "../shared/model";
import { Valid, type PacketColumns } from "./columns";
import { ByteDictionary } from "./dictionary";
import { TimeReader } from "./time";
import { lookUpZone } from "./zones";

const TIME_SOURCES: readonly TimeSource[] = ["frame.time", "frame.time_utc", "frame.time_epoch", "frame.time_relative", "_ws.col.time"];

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

/**
 * Brings all rows onto one clock and says what the times of the rows with a sequence number span; null when none has
 * one. `sources`: rows per column that dated them. `lost` rows could not be placed: they only say how long after an unknown start they came.
 */
export function settleDates(
  columns: PacketColumns,
  notes: DateNotes,
  sources: ReadonlyMap<TimeSource, number>,
): { time: CaptureTime | null; lost: number } {
  const { rows, valid, zone, zones, seconds, nanos } = columns;
  const rowsPerZone = new Uint32Array(256);
  for (let row = 0; row < rows; row++) if (valid[row] & Valid.time) rowsPerZone[zone[row]]++;
  const hasDates = rowsPerZone.subarray(0, FROM_START).some((count) => count > 0);
  let lost = 0;
  if (rowsPerZone[FROM_EPOCH] > 0) {
    const main = mainZone(zones, rowsPerZone) ?? zones.push({ label: "UTC", offsetMinutes: 0 }) - 1;
    const shift = (zones[main].offsetMinutes ?? 0) * 60;
    for (let row = 0; row < rows; row++) {
      if (zone[row] !== FROM_EPOCH || (valid[row] & Valid.time) === 0) continue;
      seconds[row] += shift;
      zone[row] = main;
    }
  }
  if (rowsPerZone[FROM_START] > 0) {
    const start = hasDates ? notes.start : { seconds: 0, nanos: 0, zone: zones.push({ label: null, offsetMinutes: null }) - 1 };
    for (let row = 0; row < rows; row++) {
      if (zone[row] !== FROM_START || (valid[row] & Valid.time) === 0) continue;
      if (start) {
        const sum = nanos[row] + start.nanos;
        seconds[row] += start.seconds + (sum >= NANOS ? 1 : 0);
        nanos[row] = sum >= NANOS ? sum - NANOS : sum;
        zone[row] = start.zone;
      } else {
        valid[row] &= ~Valid.time;
        lost++;
      }
    }
  }
  return { time: describeTimes(columns, sources, !hasDates), lost };
}

/** The zone with a known offset that most rows have, the westernmost of equals; undefined when no offset is known. */
function mainZone(zones: readonly ZoneInfo[], rowsPerZone: Uint32Array): number | undefined {
  let main: number | undefined;
  zones.forEach(({ offsetMinutes }, code) => {
    if (offsetMinutes === null || rowsPerZone[code] === 0) return;
    const best = main === undefined ? 0 : rowsPerZone[main];
    if (rowsPerZone[code] > best || (rowsPerZone[code] === best && offsetMinutes < zones[main!].offsetMinutes!)) main = code;
  });
  return main;
}

function describeTimes(columns: PacketColumns, sources: ReadonlyMap<TimeSource, number>, isRelative: boolean): CaptureTime | null {
  const { rows, valid, seconds, nanos, zone, zones } = columns;
  const dated = Valid.seq | Valid.time;
  let first = -1;
  let last = -1;
  const rowsPerZone = new Uint32Array(zones.length);
  for (let row = 0; row < rows; row++) {
    if ((valid[row] & dated) !== dated) continue;
    rowsPerZone[zone[row]]++;
    if (first < 0) first = last = row;
    else if (seconds[row] < seconds[first] || (seconds[row] === seconds[first] && nanos[row] < nanos[first])) first = row;
    else if (seconds[row] > seconds[last] || (seconds[row] === seconds[last] && nanos[row] > nanos[last])) last = row;
  }
  if (first < 0) return null;
  const used = [...zones.keys()].filter((code) => rowsPerZone[code] > 0);
  const nameOf = (code: number): string => `${zones[code].label ?? ""} ${String(zones[code].offsetMinutes)}`;
  const main = used.sort((a, b) => rowsPerZone[b] - rowsPerZone[a] || (nameOf(a) < nameOf(b) ? -1 : 1))[0];
  const source = TIME_SOURCES.reduce((best, each) => ((sources.get(each) ?? 0) > (sources.get(best) ?? 0) ? each : best));
  return {
    first: { seconds: seconds[first], nanos: nanos[first] },
    last: { seconds: seconds[last], nanos: nanos[last] },
    zone: zones[main],
    zoneCount: used.length,
    isUtcKnown: used.every((code) => zones[code].offsetMinutes !== null),
    isRelative,
    source,
  };
}
