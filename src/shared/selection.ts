/** Which packets of a capture are meant: by number, finding, range of time and display filter. Plain data that crosses threads and windows. */
import type { Clock } from "./model";

/** A stretch of time: from `fromSec` up to, not including, `toSec`; seconds since 1970-01-01T00:00:00 on `clock`. */
export interface TimeSpan {
  readonly clock: Clock;
  readonly fromSec: number;
  readonly toSec: number;
}

/** What the user looks at of a capture, in all its views at once. */
export interface Focus {
  /** A display filter in Wireshark's syntax; empty for all packets. */
  readonly filter: string;
  /** Null for all of the time; packets without a time are in no range. */
  readonly range: TimeSpan | null;
}

/** All packets. */
export const NO_FOCUS: Focus = { filter: "", range: null };

/** Lets all packets through. */
export const isNoFocus = ({ filter, range }: Focus): boolean => filter === "" && range === null;

/** The same filter, by its text, and the same range. */
export const sameFocus = (one: Focus, other: Focus): boolean => one.filter === other.filter && sameSpan(one.range, other.range);

const sameSpan = (one: TimeSpan | null, other: TimeSpan | null): boolean =>
  one === other ||
  (one !== null && other !== null && one.clock === other.clock && one.fromSec === other.fromSec && one.toSec === other.toSec);

/** Packets for which all that is set holds. */
export interface PacketSelection extends Focus {
  /** A sequence number; null for all packets with one. */
  readonly seq: number | null;
  /** Finding.id of the last report; null for packets whether they are in a finding or not. */
  readonly finding: string | null;
}
