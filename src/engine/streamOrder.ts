/**
 * Packets as their conversations have them: by tcp.stream, direction, time. Direction 0 is that of the stream's first
 * row in the file; ties in time keep the order of the file, and packets without a time come last.
 */
import { Valid, type PacketColumns } from "./columns";
import { groupRange, Scratch, type KeyRange, type RowGroups, type Segment } from "./rowGroups";

/** Streams of a range, ascending, with where the rows of each begin, and those of its direction 1. */
export interface StreamGroups extends RowGroups {
  readonly turns: Uint32Array<ArrayBuffer>;
}

/** All rows with a stream: those of streams[i] are rows[starts[i], starts[i + 1]), direction 1 from turns[i] on. */
export class StreamOrder {
  readonly rows: Uint32Array;
  /** Different streams, ascending. */
  readonly streams: Uint32Array;
  readonly starts: Uint32Array;
  readonly turns: Uint32Array;

  /** `rows` and `parts`: as orderRange made them, in ascending order. */
  constructor(rows: Uint32Array, parts: readonly StreamGroups[]) {
    const total = parts.reduce((sum, { values }) => sum + values.length, 0);
    this.rows = rows;
    this.streams = new Uint32Array(total);
    this.starts = new Uint32Array(total + 1);
    this.turns = new Uint32Array(total);
    let at = 0;
    for (const { values, starts, turns } of parts) {
      this.streams.set(values, at);
      this.starts.set(starts, at);
      this.turns.set(turns, at);
      at += values.length;
    }
    this.starts[total] = rows.length;
  }
}

/** Rows looked up at a time: in loops of their own, since they lie far apart in memory and the processor can then wait for many at once. */
const BATCH_ROWS = 4096;

/** Sorts the rows of a range of streams into their place in `target`, the list of all rows with a stream. */
export function orderRange(
  columns: PacketColumns,
  segments: readonly Segment[],
  range: KeyRange,
  target: Uint32Array,
  scratch = new Scratch(),
): StreamGroups {
  const { values, starts, end } = groupRange(columns, "stream", segments, range, target, scratch);
  const turns = new Uint32Array(values.length);
  const endOf = (group: number): number => (group + 1 < starts.length ? starts[group + 1] : end);
  let batch = new Batch(columns, 2 * BATCH_ROWS);
  for (let group = 0; group < values.length;) {
    const start = starts[group];
    let last = group;
    while (last + 1 < values.length && endOf(last) - start < BATCH_ROWS) last++;
    const count = endOf(last) - start;
    if (count > batch.capacity) batch = new Batch(columns, 2 * count);
    batch.load(target, start, count);
    for (; group <= last; group++) {
      const first = starts[group] - start;
      turns[group] = start + batch.order(first, endOf(group) - start);
    }
    batch.copyTo(target, start, count);
  }
  return { values, starts, end, turns };
}

/** Runs this short are sorted by insertion. */
const RUN = 16;
/** A span of so many seconds, in nanoseconds, is exact in a Float64: 2^53 ns. */
const EXACT_SECONDS = 9_000_000;

/** Some streams' rows with what they are ordered by. */
class Batch {
  readonly capacity: number;
  readonly #columns: PacketColumns;
  readonly #endpoints: Float64Array;
  #rows: Uint32Array;
  #otherRows: Uint32Array;
  /** Nanoseconds since the earliest second of the stream; Infinity without a time. */
  #times: Float64Array;
  #otherTimes: Float64Array;

  constructor(columns: PacketColumns, capacity: number) {
    this.capacity = capacity;
    this.#columns = columns;
    this.#endpoints = new Float64Array(capacity);
    this.#rows = new Uint32Array(capacity);
    this.#otherRows = new Uint32Array(capacity);
    this.#times = new Float64Array(capacity);
    this.#otherTimes = new Float64Array(capacity);
  }

  load(source: Uint32Array, start: number, count: number): void {
    const { src, srcPort, seconds, valid } = this.#columns;
    const rows = this.#rows;
    const endpoints = this.#endpoints;
    const times = this.#times;
    for (let i = 0; i < count; i++) rows[i] = source[start + i];
    for (let i = 0; i < count; i++) endpoints[i] = src[rows[i]] * 65536 + (valid[rows[i]] & Valid.srcPort ? srcPort[rows[i]] : 0);
    for (let i = 0; i < count; i++) times[i] = valid[rows[i]] & Valid.time ? seconds[rows[i]] : Infinity;
  }

  copyTo(target: Uint32Array, start: number, count: number): void {
    for (let i = 0; i < count; i++) target[start + i] = this.#rows[i];
  }

  /** Orders the stream at the places from `first` up to `end`; returns where direction 1 begins. */
  order(first: number, end: number): number {
    this.#refineTimes(first, end);
    const turn = this.#divide(first, end);
    this.#sort(first, turn);
    this.#sort(turn, end);
    return turn;
  }

  /** Seconds to nanoseconds since the stream's earliest second. */
  #refineTimes(first: number, end: number): void {
    const { nanos } = this.#columns;
    const rows = this.#rows;
    const times = this.#times;
    let earliest = Infinity;
    let latest = -Infinity;
    for (let i = first; i < end; i++) {
      if (times[i] < earliest) earliest = times[i];
      if (times[i] > latest && times[i] !== Infinity) latest = times[i];
    }
    if (earliest === Infinity) return;
    if (latest - earliest < EXACT_SECONDS) {
      for (let i = first; i < end; i++) times[i] = (times[i] - earliest) * 1e9 + nanos[rows[i]];
      return;
    }
    // Months in one stream: the rank of each time stands for it.
    const places = Array.from({ length: end - first }, (_, i) => first + i);
    const compare = (a: number, b: number): number =>
      times[a] === times[b] ? (times[a] === Infinity ? 0 : nanos[rows[a]] - nanos[rows[b]]) : times[a] < times[b] ? -1 : 1;
    places.sort(compare);
    const ranks = new Float64Array(places.length);
    places.forEach((place, i) => {
      ranks[place - first] = i > 0 && compare(places[i - 1], place) === 0 ? ranks[places[i - 1] - first] : i;
    });
    times.set(ranks, first);
  }

  /** Direction 0 to the front, direction 1 behind it, each in the order there was. */
  #divide(first: number, end: number): number {
    const endpoints = this.#endpoints;
    const rows = this.#rows;
    const times = this.#times;
    const own = endpoints[first];
    let front = first;
    let back = 0;
    for (let i = first; i < end; i++) {
      if (endpoints[i] === own) {
        rows[front] = rows[i];
        times[front++] = times[i];
      } else {
        this.#otherRows[back] = rows[i];
        this.#otherTimes[back++] = times[i];
      }
    }
    rows.set(this.#otherRows.subarray(0, back), front);
    times.set(this.#otherTimes.subarray(0, back), front);
    return front;
  }

  /** Sorts by time, stably: nothing where rows are in order, as in most captures; else runs by insertion, then merged. */
  #sort(first: number, end: number): void {
    const times = this.#times;
    let sorted = first + 1;
    while (sorted < end && times[sorted] >= times[sorted - 1]) sorted++;
    if (sorted >= end) return;
    for (let run = first; run < end; run += RUN) this.#insertionSort(run, Math.min(run + RUN, end));
    for (let width = RUN; width < end - first; width *= 2) {
      for (let low = first; low < end; low += 2 * width) this.#merge(low, Math.min(low + width, end), Math.min(low + 2 * width, end));
      this.#rows.set(this.#otherRows.subarray(first, end), first);
      this.#times.set(this.#otherTimes.subarray(first, end), first);
    }
  }

  #insertionSort(first: number, end: number): void {
    const rows = this.#rows;
    const times = this.#times;
    for (let i = first + 1; i < end; i++) {
      const row = rows[i];
      const time = times[i];
      let at = i;
      for (; at > first && times[at - 1] > time; at--) {
        rows[at] = rows[at - 1];
        times[at] = times[at - 1];
      }
      rows[at] = row;
      times[at] = time;
    }
  }

  /** Merges [low, middle) and [middle, end) into the other arrays. */
  #merge(low: number, middle: number, end: number): void {
    const rows = this.#rows;
    const times = this.#times;
    const otherRows = this.#otherRows;
    const otherTimes = this.#otherTimes;
    let left = low;
    let right = middle;
    for (let to = low; to < end; to++) {
      const from = right < end && (left >= middle || times[right] < times[left]) ? right++ : left++;
      otherRows[to] = rows[from];
      otherTimes[to] = times[from];
    }
  }
}
