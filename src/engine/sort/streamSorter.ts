/**
 * Sorts the rows of streams (assembly/streams.ts). Memory, beside the batch:
 *
 *   region          size                                 written by
 *   starts, turns   8 bytes * slots                      the sorter; turns for slots with rows
 *   states          16 bytes * slots of a part           the sorter
 *   rows, times     12 bytes * rows of a part            the sorter
 *   others          12 bytes * rows of the largest slot  the sorter
 *   buckets         16 kB                                the sorter
 *   lists           12 bytes * slots with rows           the sorter
 */
import type { PacketColumns } from "../columns";
import type { Segment } from "../rowGroups";
import { joinSegments, RowBatches, type SorterModule } from "./rowBatches";

interface StreamExports {
  layRows(valid: number, key: number, found: number): void;
  layPackets(...addresses: number[]): void;
  measureStreams(count: number, least: number, most: number): void;
  below(): number;
  within(): number;
  lowestStream(): number;
  highestStream(): number;
  earliest(): number;
  latest(): number;
  laySlots(least: number, count: number, starts: number, turns: number): void;
  countRows(count: number): void;
  sumRows(): void;
  used(): number;
  largest(): number;
  endOfPart(slot: number, mostSlots: number, mostRows: number): number;
  layPart(...addresses: number[]): void;
  beginPart(firstSlot: number, endSlot: number): void;
  listStreams(count: number, firstSlot: number, endSlot: number): number;
  fillStreams(listed: number, row: number, firstSlot: number): void;
  sortStreams(firstSlot: number, endSlot: number): number;
  listSlots(before: number, slots: number, starts: number, turns: number): void;
}

const OTHER_COLUMNS = ["src", "srcPort", "seconds", "nanos"] as const;
const ORDER_COLUMNS = ["valid", "stream", ...OTHER_COLUMNS] as const;

/** What packets are ordered by. */
export type OrderColumns = Pick<PacketColumns, (typeof ORDER_COLUMNS)[number] | "rows">;

/** Slots of a part: 8 MB of states, those of streams that do not occur among them, or a share of all, since every part takes a pass over all rows. */
const PART_SLOTS = 1 << 19;
const PARTS = 32;
/** Buckets of times; as the sorter has it. */
const MAX_BUCKETS = 4096;

/** What one look at all rows tells: those of streams below a range, and in it; its streams that occur; and the seconds of all rows. */
export interface Extent {
  readonly below: number;
  readonly within: number;
  readonly low: number;
  readonly high: number;
  readonly firstSecond: number;
  readonly lastSecond: number;
}

/** Streams with rows by their slots, ascending: where their rows begin in the list of all, and those of direction 1. */
export interface SlotList {
  readonly slots: Uint32Array<ArrayBuffer>;
  readonly starts: Uint32Array<ArrayBuffer>;
  readonly turns: Uint32Array<ArrayBuffer>;
}

/** See the file header. */
export class StreamSorter {
  readonly #batches: RowBatches<(typeof ORDER_COLUMNS)[number]>;
  readonly #sorter: StreamExports;
  #slots = 0;

  constructor(module: SorterModule, columns: OrderColumns) {
    this.#batches = new RowBatches(module, columns, ORDER_COLUMNS);
    this.#sorter = this.#batches.exports as StreamExports;
    const { at, foundAt } = this.#batches;
    this.#sorter.layRows(at.valid, at.stream, foundAt);
    this.#sorter.layPackets(at.src, at.srcPort, at.seconds, at.nanos, columns.seconds instanceof Uint32Array ? 1 : 0);
  }

  /** Looks at all rows, for a range of streams (both ends included). */
  measure(least: number, most: number): Extent {
    const sorter = this.#sorter;
    this.#batches.eachBatch(["valid", "stream", "seconds"], (count) => sorter.measureStreams(count, least, most));
    return {
      below: sorter.below() >>> 0,
      within: sorter.within() >>> 0,
      low: sorter.lowestStream() >>> 0,
      high: sorter.highestStream() >>> 0,
      firstSecond: sorter.earliest(),
      lastSecond: sorter.latest(),
    };
  }

  /** `count` slots: that of a row is `slotOf[row] - least`; a row where that is none of them has none. */
  laySlots(slotOf: Uint32Array, least: number, count: number): void {
    const batches = this.#batches;
    const sorter = this.#sorter;
    batches.replace("stream", slotOf);
    this.#slots = count;
    sorter.laySlots(least, count, batches.region(4 * (count + 1)), batches.region(4 * count));
    batches.eachBatch(["valid", "stream"], (rows) => sorter.countRows(rows));
    sorter.sumRows();
  }

  /**
   * Sorts all rows with a slot into `target`, about `most` at a time. `segments`: the rows in the order of the file; `isCoarse`: by
   * whole seconds, where a Float64 cannot hold all their nanoseconds.
   */
  sortInto(target: Uint32Array, segments: readonly Segment[], most: number, isCoarse: boolean): void {
    const batches = this.#batches;
    const sorter = this.#sorter;
    const largest = sorter.largest() >>> 0;
    const capacity = Math.max(most, largest);
    const mostSlots = Math.min(this.#slots, Math.max(PART_SLOTS, Math.ceil(this.#slots / PARTS)));
    const at = [16 * mostSlots, 4 * capacity, 8 * capacity, 4 * largest, 8 * largest, 4 * (MAX_BUCKETS + 1)].map((bytes) =>
      batches.region(bytes),
    );
    sorter.layPart(...at, isCoarse ? 1 : 0);
    const runs = joinSegments(segments);
    let done = 0;
    for (let slot = 0; slot < this.#slots;) {
      const end = sorter.endOfPart(slot, mostSlots, most);
      sorter.beginPart(slot, end);
      batches.eachInFile(["valid", "stream"], runs, (count, row) => {
        const listed = sorter.listStreams(count, slot, end);
        // Mostly streams ascend with the file: few batches have rows of a part.
        if (listed === 0) return;
        batches.bring(OTHER_COLUMNS, row, count);
        sorter.fillStreams(listed, row, slot);
      });
      const sorted = sorter.sortStreams(slot, end) >>> 0;
      if (sorted > capacity) throw new RangeError("The rows of a stream do not fill its place.");
      target.set(batches.numbers(at[1], sorted), done);
      done += sorted;
      slot = end;
    }
  }

  /** `before`: where the first row of all stands. */
  listSlots(before: number): SlotList {
    const used = this.#sorter.used() >>> 0;
    const at = [0, 1, 2].map(() => this.#batches.region(4 * used));
    this.#sorter.listSlots(before, at[0], at[1], at[2]);
    const [slots, starts, turns] = at.map((address) => this.#batches.numbers(address, used).slice());
    return { slots, starts, turns };
  }
}
