/** The rows that a focus (display filter, range of time) lets through, kept for the few that were asked for last. */
import { AnalysisError } from "../shared/errors";
import type { Focus, TimeSpan } from "../shared/selection";
import { Valid, type PacketColumns, type SecondsColumn } from "./columns";
import { RowBits } from "./rowBits";

/** Sets kept: one bit a row each. */
const MOST_KEPT = 8;

const keyOf = (filter: string, range: TimeSpan | null): string => JSON.stringify([filter, range]);

/** See the file header. One per capture. */
export class FocusRows {
  readonly #columns: PacketColumns;
  readonly #filter: (text: string) => RowBits;
  readonly #kept = new Map<string, RowBits>();

  /** `filter`: the rows that pass a filter; throws `badFilter`. */
  constructor(columns: PacketColumns, filter: (text: string) => RowBits) {
    this.#columns = columns;
    this.#filter = filter;
  }

  /** Whether the rows of a filter are kept, so that nothing has to be read for it. */
  hasFilter(filter: string): boolean {
    return this.#kept.has(keyOf(filter.trim(), null));
  }

  /** Rows that pass, all columns' rows alike; undefined for a focus that lets everything through. Throws `badFilter`, `zoneUnknown`. */
  of({ filter, range }: Focus): RowBits | undefined {
    const text = filter.trim();
    if (text === "" && range === null) return undefined;
    const key = keyOf(text, range);
    const known = this.#kept.get(key);
    if (known) {
      // The one used last goes last.
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known;
    }
    const bits = range === null ? this.#filter(text) : this.#within(range);
    if (range !== null && text !== "") bits.keep(this.of({ filter: text, range: null })!);
    this.#kept.set(key, bits);
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return bits;
  }

  #within({ clock, fromSec, toSec }: TimeSpan): RowBits {
    const { rows, zones, valid, seconds, zone } = this.#columns;
    const bits = new RowBits(rows);
    const offsets = new Float64Array(256);
    if (clock === "utc")
      zones.forEach(({ offsetMinutes }, code) => {
        if (offsetMinutes === null)
          throw new AnalysisError("zoneUnknown", "The capture's time zone is not known, so its times cannot be shown in UTC.");
        offsets[code] = 60 * offsetMinutes;
      });
    takeWithin(valid, seconds, zone, offsets, fromSec, toSec, bits.words, rows);
    return bits;
  }
}

/** How many of the rows are in the set. */
export function countPassing(rows: Uint32Array, { words }: RowBits): number {
  let count = 0;
  for (let i = 0; i < rows.length; i++) count += (words[rows[i] >>> 5] >>> (rows[i] & 31)) & 1;
  return count;
}

/** Whole seconds are compared: buckets begin at whole seconds. */
function takeWithin(
  valid: Uint16Array,
  seconds: SecondsColumn,
  zone: Uint8Array,
  offsets: Float64Array,
  fromSec: number,
  toSec: number,
  words: Uint32Array,
  rows: number,
): void {
  for (let row = 0; row < rows; row++) {
    const time = seconds[row] - offsets[zone[row]];
    if (time >= fromSec && time < toSec && (valid[row] & Valid.time) !== 0) words[row >>> 5] |= 1 << (row & 31);
  }
}
