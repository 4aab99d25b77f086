/**
 * The packets of every stream as they were captured: both directions together, by `frame.number` where every packet of a stream
 * has one, else by time, else as the file has them. Detectors follow streams along this list.
 */
import { Valid, type PacketColumns } from "./columns";
import { radixSort, type Lists, type Segment } from "./rowGroups";
import { RowSorter } from "./rowSorter";
import { finish, type Steps } from "./steps";
import type { StreamOrder } from "./streamOrder";

/** All rows with a stream, those of one stream together and in capture order: the streams of a StreamOrder, in its order. */
export interface StreamWalk {
  /** Those of streams[i] are rows[starts[i], starts[i + 1]). */
  readonly rows: Uint32Array;
  /** Per place of `rows`: 0 or 1, the direction that StreamOrder calls so. */
  readonly directions: Uint8Array;
  readonly streams: Uint32Array;
  readonly starts: Uint32Array;
}

/** Streams with their rows: a StreamOrder, or one of its streams. */
export type WalkOrder = Pick<StreamOrder, "rows" | "streams" | "starts" | "turns">;

/** What the order of capture is told by. */
type WalkColumns = Pick<PacketColumns, "rows" | "valid" | "frame" | "seconds" | "nanos">;

/** Places looked at together by whoever has no sorter, 12 to 14 bytes each: what they are ordered by is read as it lies in memory. */
const PART_PLACES = 1 << 18;
/** Streams up to this many packets are sorted by insertion. */
const SHORT = 64;

/** What merging has to know of the whole capture. */
export interface WalkFacts {
  /** Every row with a stream has a frame number: none has to be asked. */
  readonly hasAllFrames: boolean;
  readonly places: FilePlaces;
}

export const walkFacts = (columns: Pick<WalkColumns, "rows" | "valid">, { rows, segments }: StreamOrder): WalkFacts => ({
  hasAllFrames: hasAllFrames(columns, rows.length),
  places: filePlaces(segments),
});

/**
 * Merges the two directions of every stream. Equal frames, and equal times, keep the order of the file. 5 bytes a row; `sorter`: for
 * the columns' rows, as many at a time as it has place for, with 4 to 6 bytes for each.
 */
export function* walkSteps(columns: WalkColumns, order: WalkOrder, facts: WalkFacts, sorter: RowSorter): Steps<StreamWalk> {
  const { streams, starts, turns } = order;
  const rows = new Uint32Array(order.rows.length);
  const directions = new Uint8Array(rows.length);
  const merger = new Merger(columns, facts, rows, directions, sorter);
  for (let i = 0; i < streams.length;) {
    let end = i + 1;
    while (end < streams.length && starts[end + 1] - starts[i] <= sorter.capacity) end++;
    merger.load(order.rows, starts[i], starts[end]);
    merger.mergeAll(starts, turns, i, end);
    i = end;
    yield;
  }
  return { rows, directions, streams, starts };
}

/** walkSteps, all at once. */
export const walkStreams = (columns: WalkColumns, order: WalkOrder, facts: WalkFacts): StreamWalk => {
  const sorter = new RowSorter(columns.rows, Math.min(order.rows.length, PART_PLACES));
  return finish(walkSteps(columns, order, facts, sorter));
};

/** Whether every row with a stream has a frame number. In the order of memory that costs little. */
function hasAllFrames({ valid, rows }: Pick<WalkColumns, "rows" | "valid">, total: number): boolean {
  const both = Valid.stream | Valid.frame;
  let count = 0;
  for (let row = 0; row < rows; row++) if ((valid[row] & both) === both) count++;
  return count === total;
}

/** Some streams' rows with what they are ordered by. */
class Merger {
  readonly #columns: WalkColumns;
  readonly #places: FilePlaces;
  readonly #target: Uint32Array;
  readonly #directions: Uint8Array;
  /** Places of the order from this one on are at hand. */
  #first = 0;
  #rows: Uint32Array = new Uint32Array(0);
  #frames = new Uint32Array(0);
  #hasFrame = new Uint16Array(0);
  readonly #sorter: RowSorter;
  readonly #hasAllFrames: boolean;

  constructor(columns: WalkColumns, { hasAllFrames, places }: WalkFacts, target: Uint32Array, directions: Uint8Array, sorter: RowSorter) {
    this.#hasAllFrames = hasAllFrames;
    this.#columns = columns;
    this.#places = places;
    this.#target = target;
    this.#directions = directions;
    this.#sorter = sorter;
  }

  load(source: Uint32Array, first: number, end: number): void {
    const { frame, valid } = this.#columns;
    const count = end - first;
    if (count > this.#frames.length) {
      this.#frames = new Uint32Array(Math.max(count, this.#sorter.capacity));
      this.#hasFrame = new Uint16Array(this.#hasAllFrames ? 0 : this.#frames.length);
    }
    this.#first = first;
    this.#rows = source.subarray(first, end);
    const { capacity } = this.#sorter;
    for (let at = 0; at < count; at += capacity) {
      this.#sorter.sort(source, first + at, Math.min(first + at + capacity, end));
      this.#sorter.fill32(this.#frames.subarray(at), frame);
      if (!this.#hasAllFrames) this.#sorter.fill16(this.#hasFrame.subarray(at), valid);
    }
  }

  /** The streams from `first` up to `end`, all of which are at hand. */
  mergeAll(starts: Uint32Array, turns: Uint32Array, first: number, end: number): void {
    for (let stream = first; stream < end; stream++) this.#merge(starts[stream], turns[stream], starts[stream + 1]);
  }

  /** The stream at the places [first, end) of the order, direction 1 from `turn` on. */
  #merge(first: number, turn: number, end: number): void {
    if (!this.#hasAllFrames && !this.#hasFrames(first, end)) this.#mergeByTime(first, turn, end);
    else if (this.#isAscending(first, turn) && this.#isAscending(turn, end)) this.#mergeByFrame(first, turn, end);
    else this.#sortByFrame(first, turn, end);
  }

  #hasFrames(first: number, end: number): boolean {
    const hasFrame = this.#hasFrame;
    for (let i = first - this.#first; i < end - this.#first; i++) if ((hasFrame[i] & Valid.frame) === 0) return false;
    return true;
  }

  #isAscending(first: number, end: number): boolean {
    const frames = this.#frames;
    for (let i = first - this.#first + 1; i < end - this.#first; i++) if (frames[i] < frames[i - 1]) return false;
    return true;
  }

  #mergeByFrame(first: number, turn: number, end: number): void {
    const [rows, frames, target, directions] = [this.#rows, this.#frames, this.#target, this.#directions];
    const middle = turn - this.#first;
    const last = end - this.#first;
    let left = first - this.#first;
    let right = middle;
    for (let to = first; to < end; to++) {
      const isRight = left === middle || (right < last && frames[right] < frames[left]);
      target[to] = rows[isRight ? right++ : left++];
      directions[to] = isRight ? 1 : 0;
    }
  }

  /** Time went back somewhere, so the directions, which are in the order of time, are not in that of capture. */
  #sortByFrame(first: number, turn: number, end: number): void {
    const [rows, frames, target, directions] = [this.#rows, this.#frames, this.#target, this.#directions];
    const base = this.#first;
    const count = end - first;
    if (count > SHORT) {
      const keys = frames.slice(first - base, end - base);
      const places = Uint32Array.from({ length: count }, (_, i) => i);
      const lists: Lists = [keys, places, new Uint32Array(count), new Uint32Array(count)];
      radixSort(lists, count).rows.forEach((place, i) => {
        target[first + i] = rows[first - base + place];
        directions[first + i] = first + place >= turn ? 1 : 0;
      });
      return;
    }
    for (let i = first; i < end; i++) {
      const frame = frames[i - base];
      const row = rows[i - base];
      let at = i;
      // The frames move with the rows: what is left of i is sorted in both.
      for (; at > first && frames[at - 1 - base] > frame; at--) {
        frames[at - base] = frames[at - 1 - base];
        target[at] = target[at - 1];
        directions[at] = directions[at - 1];
      }
      frames[at - base] = frame;
      target[at] = row;
      directions[at] = i >= turn ? 1 : 0;
    }
  }

  /** Both directions are in the order of time, packets without one last. */
  #mergeByTime(first: number, turn: number, end: number): void {
    const [rows, target, directions] = [this.#rows, this.#target, this.#directions];
    const middle = turn - this.#first;
    const last = end - this.#first;
    let left = first - this.#first;
    let right = middle;
    for (let to = first; to < end; to++) {
      const isRight = left === middle || (right < last && this.#isEarlier(rows[right], rows[left]));
      target[to] = rows[isRight ? right++ : left++];
      directions[to] = isRight ? 1 : 0;
    }
  }

  #isEarlier(one: number, other: number): boolean {
    const { valid, seconds, nanos } = this.#columns;
    const oneSecond = valid[one] & Valid.time ? seconds[one] : Infinity;
    const otherSecond = valid[other] & Valid.time ? seconds[other] : Infinity;
    if (oneSecond !== otherSecond) return oneSecond < otherSecond;
    if (oneSecond !== Infinity && nanos[one] !== nanos[other]) return nanos[one] < nanos[other];
    return placeOf(this.#places, one) < placeOf(this.#places, other);
  }
}

/** Where rows stand in the file: segments by their first row, with the rows that the file has before each; none where rows lie as in the file. */
export interface FilePlaces {
  readonly firsts: Uint32Array;
  readonly before: Float64Array;
}

export function filePlaces(segments: readonly Segment[]): FilePlaces {
  let before = 0;
  const placed = segments.map(({ first, rows }) => ({ first, before: (before += rows) - rows }));
  const isInOrder = placed.every((each, i) => i === 0 || placed[i - 1].first <= each.first);
  const sorted = isInOrder ? [] : placed.sort((a, b) => a.first - b.first);
  return { firsts: Uint32Array.from(sorted, ({ first }) => first), before: Float64Array.from(sorted, (each) => each.before) };
}

/** Grows with the place of a row in the file. */
function placeOf({ firsts, before }: FilePlaces, row: number): number {
  if (firsts.length === 0) return row;
  let least = 0;
  let most = firsts.length;
  while (least + 1 < most) {
    const middle = (least + most) >> 1;
    if (firsts[middle] <= row) least = middle;
    else most = middle;
  }
  return before[least] + row - firsts[least];
}
