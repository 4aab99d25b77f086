/** Rows by time: which of a capture's rows a range takes. */
import type { CapturePart, Moment } from "../shared/model";
import { Valid, type PacketColumns } from "./columns";
import type { FieldKey, HeaderMap } from "./fields";
import { FROM_EPOCH, FROM_START } from "./rowDates";

type Range = Extract<CapturePart, { kind: "time" }>;

/** More than any wall clock is ahead of UTC or behind it, seconds. */
const MOST_OFFSET = 86400;

const isAtOrAfter = (seconds: number, nanos: number, moment: Moment): boolean =>
  seconds > moment.seconds || (seconds === moment.seconds && nanos >= moment.nanos);

/**
 * Drops rows outside of a range from the end of columns, as soon as they are read. Rows whose clock is known only when
 * all are read (a date by the epoch among dates on a wall clock) stay while they may lie in the range; `settle` judges them then.
 */
export class RangeFilter {
  readonly #range: Range;
  /** The file has no other times than the epoch's, or the seconds since the start. */
  readonly #isUtc: boolean;
  readonly #isRelative: boolean;

  constructor(range: Range, { columns }: HeaderMap) {
    const hasAny = (keys: readonly FieldKey[]): boolean => keys.some((key) => columns.has(key));
    this.#range = range;
    this.#isUtc = !hasAny(["time", "displayTime", "timeRelative"]);
    this.#isRelative = !hasAny(["time", "timeUtc", "timeEpoch", "displayTime"]);
  }

  /** Moves the rows that stay among those from `first` up to `end` together. Returns how many stay, and how many with a sequence number went. */
  drop(columns: PacketColumns, first: number, end: number): { kept: number; outside: number } {
    let kept = first;
    let outside = 0;
    for (let row = first; row < end; row++) {
      if (!this.#mayStay(columns, row)) {
        if (columns.valid[row] & Valid.seq) outside++;
        continue;
      }
      if (kept !== row) columns.move(row, kept);
      kept++;
    }
    return { kept: kept - first, outside };
  }

  /** Empties the rows that turned out to lie outside, when all are on one clock; returns how many of them had a sequence number. */
  settle(columns: PacketColumns): number {
    let outside = 0;
    for (let row = 0; row < columns.rows; row++) {
      if (columns.valid[row] === 0 || this.#isInside(columns, row, 0)) continue;
      if (columns.valid[row] & Valid.seq) outside++;
      columns.clear(row, row + 1);
    }
    return outside;
  }

  #mayStay(columns: PacketColumns, row: number): boolean {
    const zone = columns.zone[row];
    if ((columns.valid[row] & Valid.time) === 0) return false;
    if (zone === FROM_START && !this.#isRelative) return true;
    return this.#isInside(columns, row, zone === FROM_EPOCH && !this.#isUtc ? MOST_OFFSET : 0);
  }

  #isInside({ valid, seconds, nanos }: PacketColumns, row: number, slack: number): boolean {
    if ((valid[row] & Valid.time) === 0) return false;
    const { from, to } = this.#range;
    return isAtOrAfter(seconds[row] + slack, nanos[row], from) && !isAtOrAfter(seconds[row] - slack, nanos[row], to);
  }
}
