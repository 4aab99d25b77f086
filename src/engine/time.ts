/**
 * Times as tshark, pandas and Wireshark print them, read from bytes, digits as integers: every nanosecond is kept.
 * `Date.parse` is no help: it knows few zones, takes CST for US Central and drops everything below a millisecond.
 *
 *   Jun  4, 2023 12:23:33.466544000 EDT      tshark up to 4.4; the zone may be a long Windows name; `Jun  4\, 2023` too
 *   2023-06-04T12:23:33.466543000-0400       tshark 4.6; also with a space, `Z`, `+02:00`, no zone (pandas, Wireshark)
 *   1685895813.466543000                     frame.time_epoch, frame.time_relative
 */

const ZERO = 0x30;
const SPACE = 0x20;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= 0x39;
const isLetter = (byte: number | undefined): boolean => byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
/** What may stand around a time without changing it. */
const isPadding = (byte: number): boolean => byte === SPACE || byte === 9 || byte === 13 || byte === 0;

/** Days from 1970-01-01 to a date of the Gregorian calendar. H. Hinnant, "chrono-compatible low-level date algorithms". */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

/** Reads one cell at a time; the last result is in its fields until the next call. */
export class TimeReader {
  /** Whole seconds: since 1970-01-01T00:00:00 on the clock the cell was written on; floored, also when negative. */
  seconds = 0;
  /** 0..999,999,999. */
  nanos = 0;
  /** Where the zone's name stands in the text; equal when there is none. */
  zoneStart = 0;
  zoneEnd = 0;
  /** Offset that the cell itself states (`-0400`, `Z`), minutes east of UTC; null when it has a name or nothing. */
  offsetMinutes: number | null = null;
  /** The last number was in E notation: digits are lost. */
  isLossy = false;

  #at = 0;

  /** Reads a date with time. False when the cell is neither; the fields mean nothing then. */
  readDate(text: Uint8Array, start: number, end: number): boolean {
    while (start < end && isPadding(text[start])) start++;
    while (end > start && isPadding(text[end - 1])) end--;
    this.offsetMinutes = null;
    this.isLossy = false;
    this.#at = start;
    const days = isLetter(text[start]) ? this.#readMonthFirst(text, end) : this.#readIsoDate(text, end);
    if (Number.isNaN(days)) return false;
    return this.#readClock(text, end, days) && this.#readZone(text, end);
  }

  /** Reads seconds with an optional fraction, as in frame.time_epoch. False when the cell is something else. */
  readSeconds(text: Uint8Array, start: number, end: number): boolean {
    while (start < end && isPadding(text[start])) start++;
    while (end > start && isPadding(text[end - 1])) end--;
    this.offsetMinutes = null;
    this.zoneStart = this.zoneEnd = end;
    this.isLossy = false;
    const isNegative = text[start] === 0x2d;
    let at = isNegative ? start + 1 : start;
    const first = at;
    let seconds = 0;
    for (; at < end && isDigit(text[at]); at++) seconds = seconds * 10 + (text[at] - ZERO);
    if (at === first || at - first > 15) return false;
    this.seconds = seconds;
    this.#at = at;
    this.#readFraction(text, end);
    if (this.#at !== end) return this.#readScientific(text, start, end);
    if (isNegative) {
      this.seconds = this.nanos === 0 ? -seconds : -seconds - 1;
      this.nanos = this.nanos === 0 ? 0 : 1_000_000_000 - this.nanos;
    }
    return true;
  }

  /** `1.68590E+09`: what Excel leaves of an epoch. */
  #readScientific(text: Uint8Array, start: number, end: number): boolean {
    if (end - start > 32) return false;
    let word = "";
    for (let at = start; at < end; at++) word += String.fromCharCode(text[at]);
    if (!/^\d+(?:[.,]\d+)?[eE][+-]?\d{1,2}$/.test(word)) return false;
    const value = Number(word.replace(",", "."));
    this.seconds = Math.floor(value);
    this.nanos = Math.floor((value - this.seconds) * 1e9);
    this.isLossy = true;
    return true;
  }

  /** Days of `Jun  4, 2023`, `Jun  4\, 2023`; NaN when it is no such date. */
  #readMonthFirst(text: Uint8Array, end: number): number {
    if (end - this.#at < 12) return NaN;
    const name = String.fromCharCode(text[this.#at] | 0x20, text[this.#at + 1] | 0x20, text[this.#at + 2] | 0x20);
    const month = MONTHS.indexOf(name) + 1;
    this.#at += 3;
    if (month === 0 || !this.#skipSpaces(text, end)) return NaN;
    const day = this.#readDigits(text, end, 1, 2);
    if (text[this.#at] === 0x5c) this.#at++;
    if (text[this.#at] === 0x2c) this.#at++;
    if (!this.#skipSpaces(text, end)) return NaN;
    const year = this.#readDigits(text, end, 4, 4);
    return this.#skipSpaces(text, end) ? toDays(year, month, day) : NaN;
  }

  /** Days of `2023-06-04T` or `2023-06-04 `; NaN when it is no such date. */
  #readIsoDate(text: Uint8Array, end: number): number {
    const year = this.#readDigits(text, end, 4, 4);
    if (text[this.#at++] !== 0x2d) return NaN;
    const month = this.#readDigits(text, end, 2, 2);
    if (text[this.#at++] !== 0x2d) return NaN;
    const day = this.#readDigits(text, end, 2, 2);
    if (text[this.#at] !== 0x54 && text[this.#at] !== SPACE) return NaN;
    this.#at++;
    return toDays(year, month, day);
  }

  #readClock(text: Uint8Array, end: number, days: number): boolean {
    const hour = this.#readDigits(text, end, 2, 2);
    if (text[this.#at++] !== 0x3a) return false;
    const minute = this.#readDigits(text, end, 2, 2);
    // Excel shows, and saves, dates without their seconds.
    const hasSeconds = this.#at < end && text[this.#at] === 0x3a;
    this.isLossy = !hasSeconds;
    if (hasSeconds) this.#at++;
    const second = hasSeconds ? this.#readDigits(text, end, 2, 2) : 0;
    // 60 is a leap second, which Unix time counts as the first second of the next minute.
    if (!(hour <= 23 && minute <= 59 && second <= 60)) return false;
    this.seconds = days * 86400 + hour * 3600 + minute * 60 + second;
    this.#readFraction(text, end);
    return true;
  }

  /** Fraction of a second; digits beyond the ninth are dropped. */
  #readFraction(text: Uint8Array, end: number): void {
    this.nanos = 0;
    const mark = text[this.#at];
    if ((mark !== 0x2e && mark !== 0x2c) || !isDigit(text[this.#at + 1]) || this.#at + 1 >= end) return;
    let nanos = 0;
    let digits = 0;
    let at = this.#at + 1;
    for (; at < end && isDigit(text[at]); at++) {
      if (digits === 9) continue;
      nanos = nanos * 10 + (text[at] - ZERO);
      digits++;
    }
    for (; digits < 9; digits++) nanos *= 10;
    this.nanos = nanos;
    this.#at = at;
  }

  /** `-0400`, `+02:00`, `Z`, a name, or nothing. False for anything else, such as the rest of a broken cell. */
  #readZone(text: Uint8Array, end: number): boolean {
    while (this.#at < end && text[this.#at] === SPACE) this.#at++;
    this.zoneStart = this.#at;
    this.zoneEnd = end;
    if (this.#at === end) return true;
    const sign = text[this.#at];
    if (sign === 0x2b || sign === 0x2d) {
      this.#at++;
      const hours = this.#readDigits(text, end, 2, 2);
      if (text[this.#at] === 0x3a) this.#at++;
      const minutes = this.#at === end ? 0 : this.#readDigits(text, end, 2, 2);
      if (!(hours <= 23 && minutes <= 59) || this.#at !== end) return false;
      this.offsetMinutes = (sign === 0x2d ? -1 : 1) * (hours * 60 + minutes);
      return true;
    }
    if (end - this.#at === 1 && text[this.#at] === 0x5a) {
      this.offsetMinutes = 0;
      return true;
    }
    // A name: letters of any language, spaces, dots, brackets; at most as long as the longest Windows name.
    if (end - this.#at > 64) return false;
    for (let at = this.#at; at < end; at++) {
      const byte = text[at];
      if (!(
        isLetter(byte) ||
        byte >= 0x80 ||
        byte === SPACE ||
        byte === 0x2e ||
        byte === 0x28 ||
        byte === 0x29 ||
        byte === 0x2d ||
        byte === 0x27 ||
        isDigit(byte)
      ))
        return false;
    }
    return isLetter(text[this.#at]) || text[this.#at] >= 0x80;
  }

  #readDigits(text: Uint8Array, end: number, least: number, most: number): number {
    let value = 0;
    let digits = 0;
    while (digits < most && this.#at < end && isDigit(text[this.#at])) {
      value = value * 10 + (text[this.#at++] - ZERO);
      digits++;
    }
    return digits < least ? NaN : value;
  }

  #skipSpaces(text: Uint8Array, end: number): boolean {
    const from = this.#at;
    while (this.#at < end && text[this.#at] === SPACE) this.#at++;
    return this.#at > from;
  }
}

/** Days since 1970 of a date, NaN when there is no such day. */
function toDays(year: number, month: number, day: number): number {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= MONTH_DAYS[month - 1])) return NaN;
  if (month === 2 && day === 29 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0))) return NaN;
  return daysFromCivil(year, month, day);
}
