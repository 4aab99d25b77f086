/**
 * The packets of every stream as they were captured: both directions together, by `frame.number` where every packet of a stream
 * has one, else by time, else as the file has them. Detectors follow streams along this list.
 */
import { Valid, type PacketColumns } from "./columns";
import { radixSort, type Lists, type Segment } from "./rowGroups";
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

/** What the order of capture is told by. */
type WalkColumns = Pick<PacketColumns, "rows" | "valid" | "frame" | "seconds" | "nanos">;

/** Places looked up at a time: in loops of their own, since rows lie far apart in memory and the processor can then wait for many at once. */
const BATCH_PLACES = 4096;
/** Streams up to this many packets are sorted by insertion. */
const SHORT = 64;

/** Merges the two directions of every stream. Equal frames, and equal times, keep the order of the file. 5 bytes a row. */
export function walkStreams(columns: WalkColumns, order: StreamOrder): StreamWalk {
  const { streams, starts, turns, segments } = order;
  const rows = new Uint32Array(order.rows.length);
  const directions = new Uint8Array(rows.length);
  const merger = new Merger(columns, segments, rows, directions, hasAllFrames(columns, order.rows.length));
  for (let i = 0; i < streams.length;) {
    let end = i + 1;
    while (end < streams.length && starts[end + 1] - starts[i] <= BATCH_PLACES) end++;
    merger.load(order.rows, starts[i], starts[end]);
    for (; i < end; i++) merger.merge(starts[i], turns[i], starts[i + 1]);
  }
  return { rows, directions, streams, starts };
}

/** Whether every row with a stream has a frame number. In the order of memory that costs little. */
function hasAllFrames({ valid, rows }: WalkColumns, total: number): boolean {
  const both = Valid.stream | Valid.frame;
  let count = 0;
  for (let row = 0; row < rows; row++) if ((valid[row] & both) === both) count++;
  return count === total;
}

/** Some streams' rows with what they are ordered by. */
class Merger {
  readonly #columns: WalkColumns;
  readonly #place: FilePlaces;
  readonly #target: Uint32Array;
  readonly #directions: Uint8Array;
  /** Places of the order from this one on are at hand. */
  #first = 0;
  #rows = new Uint32Array(BATCH_PLACES);
  #frames = new Uint32Array(BATCH_PLACES);
  #hasFrame = new Uint16Array(BATCH_PLACES);
  readonly #hasAllFrames: boolean;

  constructor(columns: WalkColumns, segments: readonly Segment[], target: Uint32Array, directions: Uint8Array, hasAllFrames: boolean) {
    this.#hasAllFrames = hasAllFrames;
    this.#columns = columns;
    this.#place = new FilePlaces(segments);
    this.#target = target;
    this.#directions = directions;
  }

  load(source: Uint32Array, first: number, end: number): void {
    const { frame, valid } = this.#columns;
    const count = end - first;
    if (count > this.#rows.length) {
      this.#rows = new Uint32Array(count);
      this.#frames = new Uint32Array(count);
      this.#hasFrame = new Uint16Array(count);
    }
    const [rows, frames, hasFrame] = [this.#rows, this.#frames, this.#hasFrame];
    this.#first = first;
    for (let i = 0; i < count; i++) rows[i] = source[first + i];
    for (let i = 0; i < count; i++) frames[i] = frame[rows[i]];
    if (!this.#hasAllFrames) for (let i = 0; i < count; i++) hasFrame[i] = valid[rows[i]] & Valid.frame;
  }

  /** The stream at the places [first, end) of the order, direction 1 from `turn` on. */
  merge(first: number, turn: number, end: number): void {
    if (!this.#hasAllFrames && !this.#hasFrames(first, end)) this.#mergeByTime(first, turn, end);
    else if (this.#isAscending(first, turn) && this.#isAscending(turn, end)) this.#mergeByFrame(first, turn, end);
    else this.#sortByFrame(first, turn, end);
  }

  #hasFrames(first: number, end: number): boolean {
    const hasFrame = this.#hasFrame;
    for (let i = first - this.#first; i < end - this.#first; i++) if (hasFrame[i] === 0) return false;
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
    return this.#place.of(one) < this.#place.of(other);
  }
}

/** Where rows stand in the file. */
class FilePlaces {
  /** Segments by their first row, with the rows that the file has before each; none where rows lie as in the file. */
  readonly #firsts: Uint32Array;
  readonly #before: Float64Array;

  constructor(segments: readonly Segment[]) {
    let before = 0;
    const placed = segments.map(({ first, rows }) => ({ first, before: (before += rows) - rows }));
    const isInOrder = placed.every((each, i) => i === 0 || placed[i - 1].first <= each.first);
    const sorted = isInOrder ? [] : placed.sort((a, b) => a.first - b.first);
    this.#firsts = Uint32Array.from(sorted, ({ first }) => first);
    this.#before = Float64Array.from(sorted, (each) => each.before);
  }

  /** Grows with the place of a row in the file. */
  of(row: number): number {
    const firsts = this.#firsts;
    if (firsts.length === 0) return row;
    let least = 0;
    let most = firsts.length;
    while (least + 1 < most) {
      const middle = (least + most) >> 1;
      if (firsts[middle] <= row) least = middle;
      else most = middle;
    }
    return this.#before[least] + row - firsts[least];
  }
}
