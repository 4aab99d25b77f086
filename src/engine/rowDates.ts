/**
 * The time of every row, from whichever of its time cells can be read, and the zone of its wall clock. Rows dated by
 * another column than frame.time are brought onto the same clock at the end, when the capture's zone is known.
 */
import type { CaptureTime, Moment, TimeSource, ZoneInfo } from "../shared/model";
import { Valid, type PacketColumns } from "./columns";
import { ByteDictionary } from "./dictionary";
import { TimeReader } from "./time";
import { lookUpZone } from "./zones";

/** Provisional zones of rows whose clock is settled at the end. */
const FROM_EPOCH = 254;
const FROM_START = 255;
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

/** Dates rows as they come, in file order, then settles what had to wait. */
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
  readonly #sources = new Map<TimeSource, number>();
  readonly #rowsPerZone = new Uint32Array(256);
  /** Start of the capture on its clock: absolute less relative time of the first row that has both. */
  #start: (Moment & { zone: number }) | undefined;

  constructor(columns: PacketColumns) {
    this.#columns = columns;
  }

  /** Dates a row; its `seconds`, `nanos`, `zone` and validity are set when the answer is not "unreadable". */
  read(text: Uint8Array, cells: TimeCells, row: number): DateOutcome {
    this.isLossy = false;
    const { time, timeUtc, timeEpoch, displayTime, timeRelative } = cells;
    if (time.start < time.end && this.#reader.readDate(text, time.start, time.end)) {
      this.#set(row, this.#reader, this.#findZone(text, timeEpoch), "frame.time");
      if (this.#start === undefined && timeRelative.start < timeRelative.end) this.#findStart(text, timeRelative, row);
      return "read";
    }
    const outcome = time.start < time.end ? "fallback" : "read";
    const reader = this.#reader;
    if (timeEpoch.start < timeEpoch.end && reader.readSeconds(text, timeEpoch.start, timeEpoch.end)) {
      this.#set(row, reader, FROM_EPOCH, "frame.time_epoch");
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

  /**
   * Brings all rows onto one clock and says what the times of the rows with a sequence number span; null when none has
   * one. `lost` rows could not be placed: they only say how long after an unknown start they came.
   */
  finish(): { time: CaptureTime | null; lost: number } {
    const columns = this.#columns;
    const main = this.#mainZone();
    const hasDates = this.#rowsPerZone.subarray(0, FROM_START).some((rows) => rows > 0);
    let lost = 0;
    if (this.#rowsPerZone[FROM_EPOCH] > 0) {
      const zone = main ?? this.#zoneCode("UTC", 0);
      const shift = (columns.zones[zone]?.offsetMinutes ?? 0) * 60;
      for (let row = 0; row < columns.rows; row++) {
        if (columns.zone[row] !== FROM_EPOCH) continue;
        columns.seconds[row] = columns.seconds[row] + shift;
        columns.zone[row] = zone;
      }
    }
    if (this.#rowsPerZone[FROM_START] > 0) {
      const start = hasDates ? this.#start : { seconds: 0, nanos: 0, zone: this.#zoneCode(null, null) };
      for (let row = 0; row < columns.rows; row++) {
        if (columns.zone[row] !== FROM_START) continue;
        if (start) {
          const nanos = columns.nanos[row] + start.nanos;
          columns.seconds[row] = columns.seconds[row] + start.seconds + (nanos >= NANOS ? 1 : 0);
          columns.nanos[row] = nanos >= NANOS ? nanos - NANOS : nanos;
          columns.zone[row] = start.zone;
        } else {
          columns.valid[row] = columns.valid[row] & ~Valid.time;
          lost++;
        }
      }
    }
    return { time: this.#describe(!hasDates), lost };
  }

  #set(row: number, reader: TimeReader, zone: number, source: TimeSource): void {
    const columns = this.#columns;
    columns.seconds[row] = reader.seconds;
    columns.nanos[row] = reader.nanos;
    columns.zone[row] = zone;
    columns.valid[row] = columns.valid[row] | Valid.time;
    this.#rowsPerZone[zone] = this.#rowsPerZone[zone] + 1;
    this.#sources.set(source, (this.#sources.get(source) ?? 0) + 1);
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

  /** The zone with a known offset that most rows have, the first of equals. */
  #mainZone(): number | undefined {
    let main: number | undefined;
    this.#columns.zones.forEach(({ offsetMinutes }, code) => {
      if (offsetMinutes !== null && this.#rowsPerZone[code] > (main === undefined ? 0 : this.#rowsPerZone[main])) main = code;
    });
    return main;
  }

  #findStart(text: Uint8Array, relative: Cell, row: number): void {
    if (!this.#other.readSeconds(text, relative.start, relative.end)) return;
    const nanos = this.#columns.nanos[row] - this.#other.nanos;
    const seconds = this.#columns.seconds[row] - this.#other.seconds;
    this.#start = { seconds: nanos < 0 ? seconds - 1 : seconds, nanos: nanos < 0 ? nanos + NANOS : nanos, zone: this.#columns.zone[row] };
  }

  #describe(isRelative: boolean): CaptureTime | null {
    const { rows, valid, seconds, nanos, zone, zones } = this.#columns;
    const dated = Valid.seq | Valid.time;
    let first = -1;
    let last = -1;
    const rowsPerZone = new Uint32Array(zones.length);
    for (let row = 0; row < rows; row++) {
      if ((valid[row] & dated) !== dated) continue;
      rowsPerZone[zone[row]] = rowsPerZone[zone[row]] + 1;
      if (first < 0) first = last = row;
      else if (seconds[row] < seconds[first] || (seconds[row] === seconds[first] && nanos[row] < nanos[first])) first = row;
      else if (seconds[row] > seconds[last] || (seconds[row] === seconds[last] && nanos[row] > nanos[last])) last = row;
    }
    if (first < 0) return null;
    const used = [...zones.keys()].filter((code) => rowsPerZone[code] > 0);
    const main = used.reduce((best, code) => (rowsPerZone[code] > rowsPerZone[best] ? code : best));
    const sources = [...this.#sources].sort((a, b) => b[1] - a[1]);
    return {
      first: { seconds: seconds[first], nanos: nanos[first] },
      last: { seconds: seconds[last], nanos: nanos[last] },
      zone: zones[main],
      zoneCount: used.length,
      isUtcKnown: used.every((code) => zones[code].offsetMinutes !== null),
      isRelative,
      source: sources[0][0],
    };
  }
}
