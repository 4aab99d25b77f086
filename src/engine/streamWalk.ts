/**
 * The packets of every stream as they were captured: both directions together, by `frame.number` where every packet of a stream
 * has one, else by time, else as the file has them. Detectors follow streams along this list.
 */
import { Valid, type PacketColumns } from "./columns";
import { radixSort, type Lists, type Segment } from "./rowGroups";
import { RowSorter } from "./rowSorter";
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

/** Streams with their rows: a StreamOrder, or some of its streams. */
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

/** The walk of a few streams, without following them. */
export function walkStreams(columns: WalkColumns, order: WalkOrder, facts: WalkFacts): StreamWalk {
  const { streams, starts } = order;
  const sorter = new RowSorter(columns.rows, Math.min(order.rows.length, PART_PLACES));
  const merger = new StreamMerger(columns, order, facts, sorter);
  const walk = emptyWalk(order);
  for (let first = 0; first < streams.length;) {
    const end = endOfPart(starts, first, sorter.capacity);
    const sources = new Uint32Array(starts[end] - starts[first]);
    merger.merge(first, end, sources, walk.directions.subarray(starts[first], starts[end]));
    listRows(walk.rows, order.rows, starts[first], sources, sources.length);
    first = end;
  }
  return walk;
}

/** A walk of an order without its packets: 5 bytes each. */
export const emptyWalk = ({ rows, streams, starts }: WalkOrder): StreamWalk => ({
  rows: new Uint32Array(rows.length),
  directions: new Uint8Array(rows.length),
  streams,
  starts,
});

/** Streams from `first` up to the one returned have at most so many packets together, or are a single one. */
export function endOfPart(starts: Uint32Array, first: number, packets: number): number {
  let end = first + 1;
  while (end < starts.length - 1 && starts[end + 1] - starts[first] <= packets) end++;
  return end;
}

/** Puts the rows that an order has from a place on into the same places of a walk, as `sources` counts them from there. */
export function listRows(target: Uint32Array, rows: Uint32Array, first: number, sources: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) target[first + i] = rows[first + sources[i]];
}

/** Whether every row with a stream has a frame number. In the order of memory that costs little. */
function hasAllFrames({ valid, rows }: Pick<WalkColumns, "rows" | "valid">, total: number): boolean {
  const both = Valid.stream | Valid.frame;
  let count = 0;
  for (let row = 0; row < rows; row++) if ((valid[row] & both) === both) count++;
  return count === total;
}

/** Merges the two directions of streams. Equal frames, and equal times, keep the order of the file. */
export class StreamMerger {
  readonly #columns: WalkColumns;
  readonly #order: WalkOrder;
  readonly #places: FilePlaces;
  readonly #hasAllFrames: boolean;
  readonly #sorter: RowSorter;
  /** Of the streams at hand: rows, and what they are ordered by. */
  #rows: Uint32Array = new Uint32Array(0);
  #frames = new Uint32Array(0);
  #hasFrame = new Uint16Array(0);
  /** Where what is merged goes. */
  #sources: Uint32Array = new Uint32Array(0);
  #directions: Uint8Array = new Uint8Array(0);

  /** `sorter`: for the columns' rows, as many at a time as it has place for, with 4 to 6 bytes for each. */
  constructor(columns: WalkColumns, order: WalkOrder, { hasAllFrames, places }: WalkFacts, sorter: RowSorter) {
    this.#columns = columns;
    this.#order = order;
    this.#hasAllFrames = hasAllFrames;
    this.#places = places;
    this.#sorter = sorter;
  }

  /**
   * Writes for the streams from `first` up to `end`, packet by packet as they were captured: where in the order each stands, counted from the
   * first stream's first place, and its direction. The sorter holds their rows then, if it has place for all.
   */
  merge(first: number, end: number, sources: Uint32Array, directions: Uint8Array): void {
    const { starts, turns } = this.#order;
    this.#load(starts[first], starts[end]);
    this.#sources = sources;
    this.#directions = directions;
    const base = starts[first];
    for (let stream = first; stream < end; stream++)
      this.#mergeStream(starts[stream] - base, turns[stream] - base, starts[stream + 1] - base);
  }

  #load(first: number, end: number): void {
    const { frame, valid } = this.#columns;
    const { rows } = this.#order;
    const { capacity } = this.#sorter;
    const count = end - first;
    if (count > this.#frames.length) {
      this.#frames = new Uint32Array(Math.max(count, capacity));
      this.#hasFrame = new Uint16Array(this.#hasAllFrames ? 0 : this.#frames.length);
    }
    this.#rows = rows.subarray(first, end);
    for (let at = 0; at < count; at += capacity) {
      this.#sorter.sort(rows, first + at, Math.min(first + at + capacity, end));
      this.#sorter.fill32(this.#frames.subarray(at), frame);
      if (!this.#hasAllFrames) this.#sorter.fill16(this.#hasFrame.subarray(at), valid);
    }
  }

  /** The stream at [first, end), direction 1 from `turn` on. */
  #mergeStream(first: number, turn: number, end: number): void {
    if (!this.#hasAllFrames && !this.#hasFrames(first, end)) this.#mergeByTime(first, turn, end);
    else if (isAscending(this.#frames, first, turn) && isAscending(this.#frames, turn, end))
      mergeByFrame(this.#frames, first, turn, end, this.#sources, this.#directions);
    else this.#sortByFrame(first, turn, end);
  }

  #hasFrames(first: number, end: number): boolean {
    const hasFrame = this.#hasFrame;
    for (let i = first; i < end; i++) if ((hasFrame[i] & Valid.frame) === 0) return false;
    return true;
  }

  /** Time went back somewhere, so the directions, which are in the order of time, are not in that of capture. */
  #sortByFrame(first: number, turn: number, end: number): void {
    const [frames, sources, directions] = [this.#frames, this.#sources, this.#directions];
    const count = end - first;
    if (count > SHORT) {
      const keys = frames.slice(first, end);
      const places = Uint32Array.from({ length: count }, (_, i) => i);
      const lists: Lists = [keys, places, new Uint32Array(count), new Uint32Array(count)];
      radixSort(lists, count).rows.forEach((place, i) => {
        sources[first + i] = first + place;
        directions[first + i] = first + place >= turn ? 1 : 0;
      });
      return;
    }
    for (let i = first; i < end; i++) {
      const frame = frames[i];
      let at = i;
      // The frames move with their places: what is left of i is sorted in both.
      for (; at > first && frames[at - 1] > frame; at--) {
        frames[at] = frames[at - 1];
        sources[at] = sources[at - 1];
        directions[at] = directions[at - 1];
      }
      frames[at] = frame;
      sources[at] = i;
      directions[at] = i >= turn ? 1 : 0;
    }
  }

  /** Both directions are in the order of time, packets without one last. */
  #mergeByTime(first: number, turn: number, end: number): void {
    const [rows, sources, directions] = [this.#rows, this.#sources, this.#directions];
    let left = first;
    let right = turn;
    for (let to = first; to < end; to++) {
      const isRight = left === turn || (right < end && this.#isEarlier(rows[right], rows[left]));
      sources[to] = isRight ? right++ : left++;
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

function isAscending(frames: Uint32Array, first: number, end: number): boolean {
  for (let i = first + 1; i < end; i++) if (frames[i] < frames[i - 1]) return false;
  return true;
}

function mergeByFrame(
  frames: Uint32Array,
  first: number,
  turn: number,
  end: number,
  sources: Uint32Array,
  directions: Uint8Array,
): void {
  let left = first;
  let right = turn;
  for (let to = first; to < end; to++) {
    const isRight = left === turn || (right < end && frames[right] < frames[left]);
    sources[to] = isRight ? right++ : left++;
    directions[to] = isRight ? 1 : 0;
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
