/** The packets of any selection, in any order, a page at a time. The last few selections that were asked for are kept: 8 bytes a packet. */
import { AnalysisError } from "../shared/errors";
import type { PacketPage, PacketPlaces, PacketSort, PacketsQuery, PlacesQuery } from "../shared/packets";
import type { PacketSelection } from "../shared/selection";
import type { CaptureStore } from "./captureStore";
import { Valid, type SecondsColumn } from "./columns";
import type { Findings } from "./detectors/detect";
import { captureKeys, keysOf, PacketOrder, TextRanks, type OrderContext } from "./packetOrder";
import { packetRow, placesOf } from "./packetRows";
import type { RowBits } from "./rowBits";
import type { Segment } from "./rowGroups";
import { RowNumbers } from "./rowNumbers";
import { finishWith, type Steps } from "./steps";

/** Packets a page holds at most. */
const MAX_PAGE = 1000;
/** Orders kept. */
const MOST_KEPT = 4;

/** See the file header. For a capture of which all columns are read. */
export class PacketPages {
  readonly #capture: CaptureStore;
  readonly #pause: () => Promise<void>;
  readonly #ranks = new TextRanks();
  /** The one used last goes last. */
  readonly #kept = new Map<string, Promise<PacketOrder>>();
  /** All packets in the order of the file. */
  #all: Uint32Array | undefined;
  #always: number | undefined;
  #leastSecond: number | undefined;
  /** Settles when no order is being made: two at once would do the same work. */
  #idle: Promise<unknown> = Promise.resolve();
  #numbers: RowNumbers | undefined;
  #findings: Findings | undefined;

  /** `pause`: between the steps of long work. */
  constructor(capture: CaptureStore, pause: () => Promise<void>) {
    this.#capture = capture;
    this.#pause = pause;
  }

  /** The last run of the detectors: its findings can be selected, its labels shown. */
  setFindings(findings: Findings): void {
    if (findings === this.#findings) return;
    this.#findings = findings;
    // Findings may be made of other packets now.
    this.#kept.clear();
  }

  /** Rejects with AnalysisError: `badFilter`, `zoneUnknown`. */
  async list({ selection, sort, from, count, showing }: PacketsQuery): Promise<PacketPage> {
    const order = await this.#ordered(selection, sort);
    const numbers = this.#rowNumbers();
    const total = order.rows.length;
    const at = showing === null ? undefined : placeInFile(order.rows, numbers, showing);
    const shown = at === undefined ? null : await this.#finish(order.placeOf(at));
    const length = Math.min(count, MAX_PAGE);
    // Some packets before the one asked for say where it stands.
    const first = Math.max(0, Math.min(shown === null ? from : shown - (length >>> 1), total - (shown === null ? 0 : length)));
    const rows = await this.#finish(order.part(first, first + length));
    const labels = this.#findings?.labels;
    return {
      total,
      from: first,
      packets: Array.from(rows, (row) => packetRow(this.#capture.columns, numbers, labels, row)),
      shown,
    };
  }

  /** Rejects likewise. */
  async places({ selection, most }: PlacesQuery): Promise<PacketPlaces> {
    const order = await this.#ordered(selection, null);
    const total = order.rows.length;
    // Of all of them no order is asked for.
    const rows = most === null || most >= total ? order.rows.slice() : (await this.#finish(order.part(0, most))).slice();
    return { total, ...placesOf(this.#capture, this.#rowNumbers(), rows) };
  }

  /** A selection in an order. */
  #ordered(selection: PacketSelection, sort: PacketSort): Promise<PacketOrder> {
    const { seq, finding, range } = selection;
    const filter = selection.filter.trim();
    const key = JSON.stringify([seq, finding, filter, range, sort]);
    const known = this.#kept.get(key);
    if (known) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known;
    }
    const made = this.#make(selection, sort);
    this.#kept.set(key, made);
    made.catch(() => {
      if (this.#kept.get(key) === made) this.#kept.delete(key);
    });
    while (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return made;
  }

  async #make(selection: PacketSelection, sort: PacketSort): Promise<PacketOrder> {
    const rows = sort === null ? await this.#select(selection) : (await this.#ordered(selection, null)).rows;
    const context = this.#context();
    if (sort?.column === "row") return new PacketOrder(rows, [], { isReversed: sort.isDescending });
    const keys = sort === null ? [] : await this.#finish(keysOf(context, rows, sort.column, sort.isDescending));
    return new PacketOrder(rows, [...keys, ...captureKeys(context, rows)]);
  }

  /** Rows of a selection in the order of the file. */
  async #select({ seq, finding, filter, range }: PacketSelection): Promise<Uint32Array> {
    const { index, columns } = this.#capture;
    const bits = this.#capture.bitsOf({ filter, range });
    if (finding !== null) {
      const numbers = this.#rowNumbers();
      const own = this.#findings?.rowsOf(finding) ?? new Uint32Array(0);
      const ofNumber = seq === null ? own : own.filter((row) => columns.seq[row] === seq && (columns.valid[row] & Valid.seq) !== 0);
      const byRow = new PacketOrder(ofNumber, [(list, target) => fillNumbers(list, numbers, target)]);
      const rows = await this.#finish(byRow.part(0, ofNumber.length));
      return bits ? keepRows(rows, bits) : rows;
    }
    const rows = seq === null ? this.#allRows() : index.rowsOf(seq);
    return bits ? keepRows(rows, bits) : rows;
  }

  #allRows(): Uint32Array {
    const { columns, order } = this.#capture;
    if (!order) throw new AnalysisError("internal", "Packets are listed when all columns are read.");
    return (this.#all ??= numberedRows(order.segments, columns.valid));
  }

  #context(): OrderContext {
    const { columns } = this.#capture;
    this.#always ??= bitsOfAll(columns.valid, columns.rows);
    return {
      columns,
      labels: this.#findings?.labels,
      ranks: this.#ranks,
      always: this.#always,
      leastSecond: () => (this.#leastSecond ??= leastOf(columns.seconds, columns.valid, columns.rows)),
    };
  }

  #rowNumbers(): RowNumbers {
    return (this.#numbers ??= new RowNumbers(this.#capture.columns, this.#capture.order!.segments));
  }

  /** One after the other: who asks for what is being made finds it. */
  #finish<T>(steps: Steps<T>): Promise<T> {
    const done = this.#idle.then(() => finishWith(steps, this.#pause));
    this.#idle = done.catch(() => undefined);
    return done;
  }
}

/** Where a row with such a number stands in a list in the order of the file. */
function placeInFile(rows: Uint32Array, numbers: RowNumbers, wanted: number): number | undefined {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers.of(rows[middle]) < wanted) low = middle + 1;
    else high = middle;
  }
  return low < rows.length && numbers.of(rows[low]) === wanted ? low : undefined;
}

/** The rows with a sequence number, in the order of the file. */
function numberedRows(segments: readonly Segment[], valid: Uint16Array): Uint32Array {
  const rows = new Uint32Array(segments.reduce((sum, segment) => sum + segment.rows, 0));
  let count = 0;
  for (const segment of segments) count = takeNumbered(segment.first, segment.first + segment.rows, valid, rows, count);
  return rows.subarray(0, count);
}

function keepRows(rows: Uint32Array, bits: RowBits): Uint32Array {
  const kept = new Uint32Array(rows.length);
  return kept.slice(0, takeRows(rows, bits.words, kept));
}

function takeRows(rows: Uint32Array, words: Uint32Array, kept: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    kept[count] = row;
    count += (words[row >>> 5] >>> (row & 31)) & 1;
  }
  return count;
}

function takeNumbered(first: number, end: number, valid: Uint16Array, taken: Uint32Array, from: number): number {
  let count = from;
  for (let row = first; row < end; row++) if ((valid[row] & Valid.seq) !== 0) taken[count++] = row;
  return count;
}

/** Bits that every row with a sequence number has. */
function bitsOfAll(valid: Uint16Array, rows: number): number {
  let always = 0xffff;
  for (let row = 0; row < rows; row++) if ((valid[row] & Valid.seq) !== 0) always &= valid[row];
  return always;
}

/** Of the rows with a sequence number and a time; 0 where there is none. */
function leastOf(seconds: SecondsColumn, valid: Uint16Array, rows: number): number {
  const mask = Valid.seq | Valid.time;
  let least = Infinity;
  for (let row = 0; row < rows; row++) if ((valid[row] & mask) === mask && seconds[row] < least) least = seconds[row];
  return least === Infinity ? 0 : least;
}

function fillNumbers(rows: Uint32Array, numbers: RowNumbers, target: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) target[i] = numbers.of(rows[i]);
}
