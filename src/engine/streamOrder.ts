/**
 * Packets as their conversations have them: by tcp.stream, direction, time. Direction 0 is that of the stream's first
 * row in the file; ties in time keep the order of the file, and packets without a time come last.
 */
import { Valid, type PacketColumns } from "./columns";
import { groupRange, type KeyRange, type RowGroups, type Segment } from "./rowGroups";

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

/** Sorts the rows of a range of streams into their place in `target`, the list of all rows with a stream. */
export function orderRange(columns: PacketColumns, segments: readonly Segment[], range: KeyRange, target: Uint32Array): StreamGroups {
  const { values, starts, end } = groupRange(columns, "stream", segments, range, target);
  const { valid, src, srcPort, seconds, nanos } = columns;
  const turns = new Uint32Array(values.length);
  let sorter = new TimeSorter(1024);
  for (let at = 0; at < values.length; at++) {
    const start = starts[at];
    const stop = at + 1 < starts.length ? starts[at + 1] : end;
    if (stop - start > sorter.capacity) sorter = new TimeSorter(2 * (stop - start));
    const address = src[target[start]];
    const port = srcPort[target[start]];
    let front = 0;
    for (let i = start; i < stop; i++) if (src[target[i]] === address && srcPort[target[i]] === port) front++;
    let first = 0;
    let second = front;
    for (let i = start; i < stop; i++) {
      const row = target[i];
      const to = src[row] === address && srcPort[row] === port ? first++ : second++;
      if (valid[row] & Valid.time) sorter.set(to, row, seconds[row], nanos[row]);
      else sorter.set(to, row, Infinity, 0);
    }
    sorter.sort(0, front);
    sorter.sort(front, stop - start);
    sorter.copyTo(target, start, stop - start);
    turns[at] = start + front;
  }
  return { values, starts, end, turns };
}

/** Runs this short are sorted by insertion. */
const RUN = 16;

/** Sorts rows by time, stably; rows that are in order already, as in most captures, cost one look at each. */
class TimeSorter {
  readonly capacity: number;
  #rows: Uint32Array;
  #seconds: Float64Array;
  #nanos: Uint32Array;
  #otherRows: Uint32Array;
  #otherSeconds: Float64Array;
  #otherNanos: Uint32Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#rows = new Uint32Array(capacity);
    this.#seconds = new Float64Array(capacity);
    this.#nanos = new Uint32Array(capacity);
    this.#otherRows = new Uint32Array(capacity);
    this.#otherSeconds = new Float64Array(capacity);
    this.#otherNanos = new Uint32Array(capacity);
  }

  set(at: number, row: number, seconds: number, nanos: number): void {
    this.#rows[at] = row;
    this.#seconds[at] = seconds;
    this.#nanos[at] = nanos;
  }

  copyTo(target: Uint32Array, at: number, count: number): void {
    for (let i = 0; i < count; i++) target[at + i] = this.#rows[i];
  }

  /** Sorts the places from `first` up to `end`: runs by insertion, then merged, doubling. */
  sort(first: number, end: number): void {
    if (this.#isSorted(first, end)) return;
    for (let run = first; run < end; run += RUN) this.#insertionSort(run, Math.min(run + RUN, end));
    for (let width = RUN; width < end - first; width *= 2) {
      for (let low = first; low < end; low += 2 * width) this.#merge(low, Math.min(low + width, end), Math.min(low + 2 * width, end));
      this.#swap(first, end);
    }
  }

  #isSorted(first: number, end: number): boolean {
    const seconds = this.#seconds;
    const nanos = this.#nanos;
    for (let i = first + 1; i < end; i++)
      if (seconds[i] < seconds[i - 1] || (seconds[i] === seconds[i - 1] && nanos[i] < nanos[i - 1])) return false;
    return true;
  }

  #insertionSort(first: number, end: number): void {
    const rows = this.#rows;
    const seconds = this.#seconds;
    const nanos = this.#nanos;
    for (let i = first + 1; i < end; i++) {
      const row = rows[i];
      const second = seconds[i];
      const nano = nanos[i];
      let at = i;
      for (; at > first && (seconds[at - 1] > second || (seconds[at - 1] === second && nanos[at - 1] > nano)); at--) {
        rows[at] = rows[at - 1];
        seconds[at] = seconds[at - 1];
        nanos[at] = nanos[at - 1];
      }
      rows[at] = row;
      seconds[at] = second;
      nanos[at] = nano;
    }
  }

  /** Merges [low, middle) and [middle, end) into the other arrays. */
  #merge(low: number, middle: number, end: number): void {
    const seconds = this.#seconds;
    const nanos = this.#nanos;
    let left = low;
    let right = middle;
    for (let to = low; to < end; to++) {
      const isRight =
        right < end &&
        (left >= middle || seconds[right] < seconds[left] || (seconds[right] === seconds[left] && nanos[right] < nanos[left]));
      const from = isRight ? right++ : left++;
      this.#otherRows[to] = this.#rows[from];
      this.#otherSeconds[to] = seconds[from];
      this.#otherNanos[to] = nanos[from];
    }
  }

  /** Makes what was merged the content; the places outside are kept. */
  #swap(first: number, end: number): void {
    this.#rows.set(this.#otherRows.subarray(first, end), first);
    this.#seconds.set(this.#otherSeconds.subarray(first, end), first);
    this.#nanos.set(this.#otherNanos.subarray(first, end), first);
  }
}
