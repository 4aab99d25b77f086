/**
 * Packets as their conversations have them: by tcp.stream, direction, time. Direction 0 is that of the stream's first
 * row in the file; ties in time keep the order of the file, and packets without a time come last.
 */
import { Valid, type PacketColumns } from "./columns";
import type { GroupColumns, RowGroups, Segment } from "./rowGroups";

/** What packets are ordered by. */
export type OrderColumns = GroupColumns & Pick<PacketColumns, "src" | "srcPort" | "seconds" | "nanos">;

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
  /** All rows of the capture in the order of the file. */
  readonly segments: readonly Segment[];

  /** `rows` and `parts`: as orderRange made them from the segments, in ascending order. */
  constructor(rows: Uint32Array, parts: readonly StreamGroups[], segments: readonly Segment[]) {
    this.segments = segments;
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

/** A range of streams, both ends included. */
export interface StreamRange {
  readonly least: number;
  readonly most: number;
}

/** Every stream. */
export const ALL_STREAMS: StreamRange = { least: 0, most: 0xffffffff };
/** Streams looked at to divide them among threads. */
const SAMPLES = 4096;

/** All streams in at most `parts` ranges that hold about equally many rows each, by a sample. */
export function divideStreams({ valid, stream, rows }: GroupColumns, parts: number): StreamRange[] {
  const step = Math.max(1, Math.floor(rows / SAMPLES));
  const sample: number[] = [];
  for (let row = 0; row < rows; row += step) if (valid[row] & Valid.stream) sample.push(stream[row]);
  sample.sort((a, b) => a - b);
  const ranges: StreamRange[] = [];
  const { most: last } = ALL_STREAMS;
  let least = 0;
  for (let part = 1; part <= parts && least <= last; part++) {
    const most = part === parts ? last : (sample[Math.floor((part * sample.length) / parts)] ?? last);
    if (most < least) continue;
    ranges.push({ least, most });
    least = most + 1;
  }
  return ranges;
}

/** Rows sorted at a time at most: 4 MB of times, which the caches hold. */
const PART_ROWS = 1 << 19;
/**
 * Share of a range's rows sorted at a time, so that two parts do: each takes a pass over all rows, and half the memory (1 M rows, two
 * threads: 3 MB less at the peak).
 */
const PART_SHARE = 0.6;
/** A span of so many seconds, in nanoseconds, is exact in a Float64: 2^53 ns. */
const EXACT_SECONDS = 9_000_000;
/** Slots for so many streams that do not occur, per row, cost less than looking every stream up. */
const SLOTS_PER_ROW = 4;
const NO_SLOT = 0xffffffff;

/**
 * Sorts the rows of a range of streams into their place in `target`, the list of all rows with a stream. Rows are read in
 * the order they stand, and each is put with its time to one end of its stream's place, by direction: looking the times of
 * grouped rows up instead took three times as long (3 M shuffled rows), since they lie far apart in memory.
 */
export function orderRange(columns: OrderColumns, segments: readonly Segment[], range: StreamRange, target: Uint32Array): StreamGroups {
  const slots = slotsOf(columns, range);
  const { before, count } = slots;
  const starts = countRows(columns, slots);
  const turns = new Uint32Array(count);
  const clock = clockOf(columns);
  const own = target.subarray(before, before + starts[count]);
  const mostRows = Math.min(Math.ceil(PART_SHARE * starts[count]), PART_ROWS);
  let sorter = new PartSorter(columns, clock, mostRows);
  for (let slot = 0; slot < count;) {
    const first = slot++;
    while (slot < count && starts[slot + 1] - starts[first] <= mostRows) slot++;
    const start = starts[first];
    const rows = starts[slot] - start;
    if (rows > sorter.capacity) sorter = new PartSorter(columns, clock, rows);
    sorter.fill(own.subarray(start, start + rows), segments, slots, starts, first, slot);
    sorter.sortAll(starts, first, slot, turns);
  }
  return usedSlots(slots, starts, turns);
}

/** The slots with rows, and where theirs begin in the list of all. */
function usedSlots({ before, count, streamOf }: Slots, starts: Uint32Array, turns: Uint32Array): StreamGroups {
  let used = 0;
  for (let slot = 0; slot < count; slot++) if (starts[slot + 1] > starts[slot]) used++;
  const groups = {
    values: new Uint32Array(used),
    starts: new Uint32Array(used),
    turns: new Uint32Array(used),
    end: before + starts[count],
  };
  for (let slot = 0, at = 0; slot < count; slot++) {
    if (starts[slot + 1] === starts[slot]) continue;
    groups.values[at] = streamOf(slot);
    groups.starts[at] = before + starts[slot];
    groups.turns[at++] = before + turns[slot];
  }
  return groups;
}

/** A place for every stream of a range: that of a row is `of[row] - least`, and any row where that is not below `count` has none. */
interface Slots {
  readonly of: Uint32Array;
  readonly least: number;
  readonly count: number;
  readonly streamOf: (slot: number) => number;
  /** Rows of streams below the range. */
  readonly before: number;
}

function slotsOf({ valid, stream, rows }: OrderColumns, { least, most }: StreamRange): Slots {
  let before = 0;
  let total = 0;
  let low = Infinity;
  let high = -1;
  for (let row = 0; row < rows; row++) {
    if ((valid[row] & Valid.stream) === 0) continue;
    const number = stream[row];
    if (number < least) before++;
    else if (number <= most) {
      total++;
      if (number < low) low = number;
      if (number > high) high = number;
    }
  }
  if (total === 0) return { of: stream, least: 0, count: 0, streamOf: (slot) => slot, before };
  if (high - low < SLOTS_PER_ROW * total) return { of: stream, least: low, count: high - low + 1, streamOf: (slot) => low + slot, before };
  const isWanted = (row: number): boolean => (valid[row] & Valid.stream) !== 0 && stream[row] >= least && stream[row] <= most;
  const streams = new Set<number>();
  for (let row = 0; row < rows; row++) if (isWanted(row)) streams.add(stream[row]);
  const values = Uint32Array.from(streams).sort();
  const slotBy = new Map(Array.from(values, (value, slot) => [value, slot]));
  const of = Uint32Array.from({ length: rows }, (_, row) => (isWanted(row) ? slotBy.get(stream[row])! : NO_SLOT));
  return { of, least: 0, count: values.length, streamOf: (slot) => values[slot], before };
}

/** Where the rows of each slot begin, and at `count` where the last end. */
function countRows({ valid, rows }: OrderColumns, { of, least, count }: Slots): Uint32Array {
  const starts = new Uint32Array(count + 1);
  for (let row = 0; row < rows; row++) {
    const slot = of[row] - least;
    if (slot >= 0 && slot < count && (valid[row] & Valid.stream) !== 0) starts[slot + 1]++;
  }
  for (let slot = 0; slot < count; slot++) starts[slot + 1] += starts[slot];
  return starts;
}

/** What rows are ordered by: nanoseconds since `start`; where a Float64 cannot hold them, seconds, and then nanoseconds. */
interface Clock {
  readonly start: number;
  readonly isCoarse: boolean;
}

function clockOf({ valid, seconds, rows }: OrderColumns): Clock {
  let first = Infinity;
  let last = -Infinity;
  for (let row = 0; row < rows; row++) {
    if ((valid[row] & Valid.time) === 0) continue;
    if (seconds[row] < first) first = seconds[row];
    if (seconds[row] > last) last = seconds[row];
  }
  return { start: first, isCoarse: last - first >= EXACT_SECONDS };
}

/** The numbers at the places from `first` up to `end`, less one of them. */
function shifted(numbers: Uint32Array, first: number, end: number, less = numbers[first]): Uint32Array<ArrayBuffer> {
  const result = new Uint32Array(end - first);
  for (let i = first; i < end; i++) result[i - first] = numbers[i] - less;
  return result;
}

/** Runs this short are sorted by insertion. */
const RUN = 16;

/** Sorts some neighbouring slots' rows. */
class PartSorter {
  readonly capacity: number;
  readonly #columns: OrderColumns;
  readonly #clock: Clock;
  /** Where the rows are put, from the first slot's on. */
  #rows: Uint32Array = new Uint32Array(0);
  /** Time of each of them by the clock; Infinity without one. */
  readonly #times: Float64Array;
  /** Room to merge the rows of one direction. */
  #otherRows = new Uint32Array(0);
  #otherTimes = new Float64Array(0);
  /** Per slot: where the rows of direction 0 end, and where those of direction 1 begin, last one first. */
  #fronts = new Uint32Array(0);
  #backs = new Uint32Array(0);
  /** Per slot, the endpoint that sent its first row; -1 before that. */
  #owners = new Float64Array(0);

  constructor(columns: OrderColumns, clock: Clock, capacity: number) {
    this.capacity = capacity;
    this.#columns = columns;
    this.#clock = clock;
    this.#times = new Float64Array(capacity);
  }

  /** Puts the rows of the slots from `first` up to `end` into `rows`, which has a place for each. */
  fill(rows: Uint32Array, segments: readonly Segment[], { of, least }: Slots, starts: Uint32Array, first: number, end: number): void {
    this.#rows = rows;
    this.#fronts = shifted(starts, first, end);
    this.#backs = shifted(starts, first + 1, end + 1, starts[first]);
    this.#owners = new Float64Array(end - first).fill(-1);
    for (const segment of segments) this.#fillSegment(of, least + first, segment.first, segment.first + segment.rows);
  }

  /** Takes those of the rows from `first` up to `end` that have a slot; `least`: what the first slot is called in `of`. */
  #fillSegment(of: Uint32Array, least: number, first: number, end: number): void {
    const { valid, src, srcPort, seconds, nanos } = this.#columns;
    const { start, isCoarse } = this.#clock;
    const rows = this.#rows;
    const times = this.#times;
    const owners = this.#owners;
    const fronts = this.#fronts;
    const backs = this.#backs;
    for (let row = first; row < end; row++) {
      const slot = of[row] - least;
      const bits = valid[row];
      if (slot < 0 || slot >= fronts.length || (bits & Valid.stream) === 0) continue;
      const endpoint = src[row] * 65536 + (bits & Valid.srcPort ? srcPort[row] : 0);
      if (owners[slot] < 0) owners[slot] = endpoint;
      const place = owners[slot] === endpoint ? fronts[slot]++ : --backs[slot];
      rows[place] = row;
      times[place] = (bits & Valid.time) === 0 ? Infinity : isCoarse ? seconds[row] : (seconds[row] - start) * 1e9 + nanos[row];
    }
  }

  /** Orders the rows of the slots from `first` up to `end`, those that were taken last; sets where direction 1 begins in each, from the first slot of all on. */
  sortAll(starts: Uint32Array, first: number, end: number, turns: Uint32Array): void {
    const start = starts[first];
    for (let slot = first; slot < end; slot++)
      turns[slot] = start + this.#sortSlot(slot - first, starts[slot] - start, starts[slot + 1] - start);
  }

  #sortSlot(slot: number, first: number, end: number): number {
    const turn = this.#fronts[slot];
    if (this.#backs[slot] !== turn) throw new RangeError("The rows of a stream do not fill its place.");
    this.#reverse(turn, end);
    this.#sort(first, turn);
    this.#sort(turn, end);
    return turn;
  }

  // Element by element: a view of an array takes 200 bytes, and hundreds of thousands of streams would need several each.
  #reverse(first: number, end: number): void {
    const rows = this.#rows;
    const times = this.#times;
    for (let low = first, high = end - 1; low < high; low++, high--) {
      const row = rows[low];
      rows[low] = rows[high];
      rows[high] = row;
      const time = times[low];
      times[low] = times[high];
      times[high] = time;
    }
  }

  #copyBack(first: number, end: number): void {
    const rows = this.#rows;
    const times = this.#times;
    for (let i = first; i < end; i++) {
      rows[i] = this.#otherRows[i - first];
      times[i] = this.#otherTimes[i - first];
    }
  }

  /** Sorts by time, stably: nothing where rows are in order, as in most captures; else runs by insertion, then merged. */
  #sort(first: number, end: number): void {
    const times = this.#times;
    let sorted = first + 1;
    while (sorted < end && times[sorted] >= times[sorted - 1]) sorted++;
    if (sorted < end) {
      if (end - first > this.#otherRows.length) {
        this.#otherRows = new Uint32Array(2 * (end - first));
        this.#otherTimes = new Float64Array(2 * (end - first));
      }
      for (let run = first; run < end; run += RUN) this.#insertionSort(run, Math.min(run + RUN, end));
      for (let width = RUN; width < end - first; width *= 2) {
        for (let low = first; low < end; low += 2 * width)
          this.#merge(low, Math.min(low + width, end), Math.min(low + 2 * width, end), low - first);
        this.#copyBack(first, end);
      }
    }
    if (this.#clock.isCoarse) this.#sortSeconds(first, end);
  }

  /** Sorts the rows of every second by their nanoseconds. */
  #sortSeconds(first: number, end: number): void {
    const { nanos } = this.#columns;
    const rows = this.#rows;
    const times = this.#times;
    for (let at = first; at < end;) {
      const begin = at;
      while (at < end && times[at] === times[begin]) at++;
      if (at - begin < 2 || times[begin] === Infinity) continue;
      rows.set(
        rows.slice(begin, at).sort((a, b) => nanos[a] - nanos[b]),
        begin,
      );
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

  /** Merges [low, middle) and [middle, end) into the other arrays, to the places from `target` on. */
  #merge(low: number, middle: number, end: number, target: number): void {
    const rows = this.#rows;
    const times = this.#times;
    const otherRows = this.#otherRows;
    const otherTimes = this.#otherTimes;
    let left = low;
    let right = middle;
    for (let to = target; to < target + end - low; to++) {
      const from = right < end && (left >= middle || times[right] < times[left]) ? right++ : left++;
      otherRows[to] = rows[from];
      otherTimes[to] = times[from];
    }
  }
}
