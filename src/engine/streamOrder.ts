/**
 * Packets as their conversations have them: by tcp.stream, direction, time. Direction 0 is that of the stream's first
 * row in the file; ties in time keep the order of the file, and packets without a time come last.
 */
import { Valid } from "./columns";
import { lastNotAbove } from "./search";
import type { GroupColumns, RowGroups, Segment } from "./rowGroups";
import type { SorterModule } from "./sort/rowBatches";
import { StreamSorter, type Extent, type OrderColumns } from "./sort/streamSorter";

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

/** Rows sorted at a time: 4 MB of times, which the caches hold, or a share of all, since every part takes a pass over all rows. */
const PART_ROWS = 1 << 19;
const PARTS = 16;
/** Share of a range's rows sorted at a time at most, so that two parts do, in half the memory (1 M rows, two threads: 3 MB less at the peak). */
const PART_SHARE = 0.6;
/** A span of so many seconds, in nanoseconds, is exact in a Float64: 2^53 ns. */
const EXACT_SECONDS = 9_000_000;
/** Slots for so many streams that do not occur, per row, cost less than looking every stream up. */
const SLOTS_PER_ROW = 4;
/** Slots at most, where streams are that far apart: 2 of the 4 GB at which a sorter's memory ends. */
const MOST_SLOTS = 2 ** 28;
const NO_SLOT = 0xffffffff;

/**
 * Sorts the rows of a range of streams into their place in `target`, the list of all rows with a stream. Rows are read in
 * the order they stand, and each is put with its time to one end of its stream's place, by direction: looking the times of
 * grouped rows up instead took three times as long (3 M shuffled rows), since they lie far apart in memory.
 */
export function orderRange(
  module: SorterModule,
  columns: OrderColumns,
  segments: readonly Segment[],
  range: StreamRange,
  target: Uint32Array,
): StreamGroups {
  const sorter = new StreamSorter(module, columns);
  const extent = sorter.measure(range.least, range.most);
  const { below, within, firstSecond, lastSecond } = extent;
  const { slotOf, least, count, streamOf } = slotsOf(columns, range, extent);
  sorter.laySlots(slotOf, least, count);
  const isCoarse = lastSecond - firstSecond >= EXACT_SECONDS;
  const most = Math.ceil(Math.min(PART_SHARE * within, Math.max(PART_ROWS, within / PARTS)));
  sorter.sortInto(target.subarray(below, below + within), segments, most, isCoarse);
  const { slots, starts, turns } = sorter.listSlots(below);
  const end = below + within;
  if (isCoarse)
    turns.forEach((turn, i) => {
      sortSeconds(columns, target, starts[i], turn);
      sortSeconds(columns, target, turn, starts[i + 1] ?? end);
    });
  return { values: slots.map(streamOf), starts, turns, end };
}

/** A place for every stream of a range: that of a row is `slotOf[row] - least`, and any row where that is not below `count` has none. */
interface Slots {
  readonly slotOf: Uint32Array;
  readonly least: number;
  readonly count: number;
  readonly streamOf: (slot: number) => number;
}

function slotsOf({ valid, stream, rows }: OrderColumns, { least, most }: StreamRange, { within, low, high }: Extent): Slots {
  const span = within === 0 ? 0 : high - low + 1;
  if (span <= Math.min(SLOTS_PER_ROW * within, MOST_SLOTS))
    return { slotOf: stream, least: low, count: span, streamOf: (slot) => low + slot };
  const isWanted = (row: number): boolean => (valid[row] & Valid.stream) !== 0 && stream[row] >= least && stream[row] <= most;
  const sorted = new Uint32Array(within);
  for (let row = 0, at = 0; row < rows; row++) if (isWanted(row)) sorted[at++] = stream[row];
  const values = sorted.sort().filter((value, i) => i === 0 || value !== sorted[i - 1]);
  const slotOf = new Uint32Array(rows).fill(NO_SLOT);
  for (let row = 0; row < rows; row++) if (isWanted(row)) slotOf[row] = lastNotAbove(values, stream[row]);
  return { slotOf, least: 0, count: values.length, streamOf: (slot) => values[slot] };
}

/** Sorts the rows of every second by their nanoseconds; those without a time come last. */
function sortSeconds({ valid, seconds, nanos }: OrderColumns, rows: Uint32Array, first: number, end: number): void {
  for (let at = first; at < end;) {
    const begin = at;
    const second = seconds[rows[begin]];
    while (at < end && (valid[rows[at]] & Valid.time) !== 0 && seconds[rows[at]] === second) at++;
    // From here on none has a time.
    if (at === begin) return;
    if (at - begin < 2) continue;
    rows.set(
      rows.slice(begin, at).sort((a, b) => nanos[a] - nanos[b]),
      begin,
    );
  }
}
