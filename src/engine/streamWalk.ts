/**
 * The packets of every stream as they were captured: both directions together, by `frame.number` where every packet of a stream
 * has one, else by time, else as the file has them. Detectors follow streams along this list.
 */
import { Valid, type PacketColumns } from "./columns";
import { gather16, gather32 } from "./packetBatch";
import { radixSort, type Lists } from "./rowGroups";
import { ordinals } from "./rowNumbers";
import { RowSorter } from "./rowSorter";
import type { StreamOrder } from "./streamOrder";

/** Streams with their rows: a StreamOrder, or some of its streams. */
export type WalkOrder = Pick<StreamOrder, "rows" | "streams" | "starts" | "turns">;

/** What the order of capture is told by. */
type WalkColumns = Pick<PacketColumns, "rows" | "valid" | "frame" | "seconds" | "nanos">;

/** Places that are listed together. */
const PART_PLACES = 1 << 18;
/** Rows from which on what they are ordered by is read as it lies in memory: fewer are looked up one by one. */
const MANY = 1 << 15;
/** Streams up to this many packets are sorted by insertion. */
const SHORT = 64;

/** What merging has to know of the whole capture. */
export interface WalkFacts {
  /** Every row with a stream has a frame number: none has to be asked. */
  readonly hasAllFrames: boolean;
  /** For a row, how many rows stand before it in the file. */
  readonly ordinalOf: (row: number) => number;
}

/** What reading times has to know of it. */
export interface TimeFacts {
  /** The earliest second. */
  readonly earliest: number;
  /** Every row with a stream has a time. */
  readonly hasAllTimes: boolean;
}

/** Both, in one pass in the order of memory. */
export function captureFacts(
  { valid, seconds, rows }: Pick<WalkColumns, "rows" | "valid" | "seconds">,
  order: StreamOrder,
): WalkFacts & TimeFacts {
  const framed = Valid.stream | Valid.frame;
  const timed = Valid.stream | Valid.time;
  let frames = 0;
  let times = 0;
  let earliest = Infinity;
  for (let row = 0; row < rows; row++) {
    const bits = valid[row];
    if ((bits & framed) === framed) frames++;
    if ((bits & Valid.time) === 0) continue;
    if ((bits & timed) === timed) times++;
    if (seconds[row] < earliest) earliest = seconds[row];
  }
  return {
    hasAllFrames: frames === order.rows.length,
    ordinalOf: ordinals(order.segments),
    earliest,
    hasAllTimes: times === order.rows.length,
  };
}

/** Streams up to one have at most so many packets together, or are a single one. */
export function endOfPart(starts: Uint32Array, first: number, packets: number): number {
  let end = first + 1;
  while (end < starts.length - 1 && starts[end + 1] - starts[first] <= packets) end++;
  return end;
}

/**
 * All rows with a stream, those of one stream together and in capture order: the streams of a StreamOrder, in its order. A stream's places
 * mean something when it was listed: few are ever asked for, and pages of memory that nobody touches cost nothing.
 */
export class StreamWalk {
  /** Those of streams[i] are rows[starts[i], starts[i + 1]), once it is listed. */
  readonly rows: Uint32Array<ArrayBuffer>;
  /** Per place of `rows`: 0 or 1, the direction that StreamOrder calls so. */
  readonly directions: Uint8Array<ArrayBuffer>;
  readonly streams: Uint32Array;
  readonly starts: Uint32Array;
  readonly #order: WalkOrder;
  readonly #merger: StreamMerger;
  readonly #isListed: Uint8Array;
  #sources = new Uint32Array(0);

  constructor(order: WalkOrder, merger: StreamMerger) {
    this.rows = new Uint32Array(order.rows.length);
    this.directions = new Uint8Array(order.rows.length);
    this.streams = order.streams;
    this.starts = order.starts;
    this.#order = order;
    this.#merger = merger;
    this.#isListed = new Uint8Array(order.streams.length);
  }

  /** Lists the stream with an index. */
  list(stream: number): void {
    if (this.#isListed[stream] === 0) this.#list(stream, stream + 1);
  }

  listAll(): void {
    const { starts, streams } = this;
    for (let first = 0; first < streams.length;) {
      const end = endOfPart(starts, first, PART_PLACES);
      this.#list(first, end);
      first = end;
    }
  }

  #list(first: number, end: number): void {
    const start = this.starts[first];
    const count = this.starts[end] - start;
    if (count > this.#sources.length) this.#sources = new Uint32Array(count);
    const sources = this.#sources;
    this.#merger.merge(first, end, sources, this.directions.subarray(start, start + count));
    listRows(this.rows, this.#order.rows, start, sources, count);
    this.#isListed.fill(1, first, end);
  }
}

/** Puts rows of an order into the places of a walk from `start` on; `sources`: where in the order each is, counted from there. */
function listRows(target: Uint32Array, rows: Uint32Array, start: number, sources: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) target[start + i] = rows[start + sources[i]];
}

/** The walk of all streams of an order. */
export function walkStreams(columns: WalkColumns, order: WalkOrder, facts: WalkFacts): StreamWalk {
  const walk = new StreamWalk(order, new StreamMerger(columns, order, facts));
  walk.listAll();
  return walk;
}

/** Rows that a sorter holds, and memory for a number of each. */
interface SortedRows {
  readonly sorter: RowSorter;
  readonly spare: Uint32Array;
}

/** Merges the two directions of streams. Equal frames, and equal times, keep the order of the file. */
export class StreamMerger {
  readonly #columns: WalkColumns;
  readonly #order: WalkOrder;
  readonly #ordinalOf: (row: number) => number;
  readonly #hasAllFrames: boolean;
  #sorter: RowSorter | undefined;
  /** Of the streams at hand: rows, and what they are ordered by. */
  #rows: Uint32Array = new Uint32Array(0);
  #frames: Uint32Array = new Uint32Array(0);
  #hasFrame = new Uint16Array(0);
  /** Where what is merged goes. */
  #sources: Uint32Array = new Uint32Array(0);
  #directions: Uint8Array = new Uint8Array(0);

  constructor(columns: WalkColumns, order: WalkOrder, { hasAllFrames, ordinalOf }: WalkFacts) {
    this.#columns = columns;
    this.#order = order;
    this.#hasAllFrames = hasAllFrames;
    this.#ordinalOf = ordinalOf;
  }

  /**
   * Writes for the streams from `first` up to `end`, packet by packet as they were captured: where in the order each stands, counted from the
   * first stream's first place, and its direction. `sorted`: holds their rows already,
   * and has memory for a number of each.
   */
  merge(first: number, end: number, sources: Uint32Array, directions: Uint8Array, sorted?: SortedRows): void {
    const { starts, turns } = this.#order;
    this.#load(starts[first], starts[end], sorted);
    this.#sources = sources;
    this.#directions = directions;
    const base = starts[first];
    for (let stream = first; stream < end; stream++)
      this.#mergeStream(starts[stream] - base, turns[stream] - base, starts[stream + 1] - base);
  }

  /** 4 to 6 bytes a packet. */
  #load(first: number, end: number, sorted?: SortedRows): void {
    const { frame, valid, rows: allRows } = this.#columns;
    const { rows } = this.#order;
    const count = end - first;
    if (sorted) this.#frames = sorted.spare;
    if (count > this.#frames.length) this.#frames = new Uint32Array(count);
    if (!this.#hasAllFrames && count > this.#hasFrame.length) this.#hasFrame = new Uint16Array(count);
    this.#rows = rows.subarray(first, end);
    if (!sorted && count < MANY) {
      gather32(this.#frames, frame, rows, first, count);
      if (!this.#hasAllFrames) gather16(this.#hasFrame, valid, rows, first, count);
      return;
    }
    const sorter = sorted?.sorter ?? (this.#sorter ??= new RowSorter(allRows, Math.min(rows.length, PART_PLACES)));
    for (let at = 0; at < count; at += sorter.capacity) {
      if (!sorted) sorter.sort(rows, first + at, Math.min(first + at + sorter.capacity, end));
      sorter.fill32(this.#frames.subarray(at), frame);
      if (!this.#hasAllFrames) sorter.fill16(this.#hasFrame.subarray(at), valid);
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
    return this.#ordinalOf(one) < this.#ordinalOf(other);
  }
}

function isAscending(frames: Uint32Array, first: number, end: number): boolean {
  for (let i = first + 1; i < end; i++) if (frames[i] < frames[i - 1]) return false;
  return true;
}

function mergeByFrame(frames: Uint32Array, first: number, turn: number, end: number, sources: Uint32Array, directions: Uint8Array): void {
  let left = first;
  let right = turn;
  for (let to = first; to < end; to++) {
    const isRight = left === turn || (right < end && frames[right] < frames[left]);
    sources[to] = isRight ? right++ : left++;
    directions[to] = isRight ? 1 : 0;
  }
}
