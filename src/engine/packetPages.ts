/** The packets of any selection, in any order, a page at a time. The last few orders that were asked for are kept. */
import { AnalysisError } from "../shared/errors";
import type { PacketPage, PacketPlaces, PacketSort, PacketsQuery, PlacesQuery } from "../shared/packets";
import { NO_FOCUS, type PacketSelection } from "../shared/selection";
import type { CaptureStore } from "./captureStore";
import { Valid } from "./columns";
import type { Findings } from "./detectors/detect";
import { captureKeys, isInCaptureOrder, keysOf, PacketOrder, TextRanks, type OrderContext } from "./packetOrder";
import { packetRow, placesOf } from "./packetRows";
import type { RowBits } from "./rowBits";
import { CaptureRows, WrittenRows, type RowList } from "./rowList";
import { RowNumbers } from "./rowNumbers";
import { KeyPass } from "./sort/keyPass";
import { finishWith, type Steps } from "./steps";

/** Packets a page holds at most. */
const MAX_PAGE = 1000;
/** Orders kept. */
const MOST_KEPT = 4;

/** What all orders of a capture go by. */
interface PacketFacts {
  readonly numbers: RowNumbers;
  /** Bits of `valid` that every packet has. */
  readonly always: number;
  /** Whether the file has the packets in the order of capture. */
  readonly isInOrder: boolean;
}

/** An order that was asked for. `goesByFindings`: another run of the detectors may change it. */
interface KeptOrder {
  readonly order: Promise<PacketOrder>;
  readonly goesByFindings: boolean;
}

/** Every packet. */
const ALL: PacketSelection = { ...NO_FOCUS, seq: null, finding: null };

/** See the file header. */
export class PacketPages {
  readonly #capture: CaptureStore;
  readonly #pause: () => Promise<void>;
  readonly #ranks = new TextRanks();
  /** The one used last goes last. */
  readonly #kept = new Map<string, KeptOrder>();
  /** All packets in the order of the file. */
  #all: CaptureRows | undefined;
  /** Settles when no order is being made: two at once would do the same work. */
  #idle: Promise<unknown> = Promise.resolve();
  #facts: Promise<PacketFacts> | undefined;
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
    for (const [key, { goesByFindings }] of this.#kept) if (goesByFindings) this.#kept.delete(key);
  }

  /** Rejects with AnalysisError: `badFilter`, `zoneUnknown`. */
  async list({ selection, sort, from, count, showing }: PacketsQuery): Promise<PacketPage> {
    const { numbers } = await this.#prepare();
    const order = await this.#ordered(selection, sort);
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
    const rows = most === null || most >= total ? order.rows.slice(0, total) : await this.#finish(order.part(0, most));
    return { total, ...placesOf(this.#capture, (await this.#prepare()).numbers, rows) };
  }

  /** A selection in an order. */
  #ordered(selection: PacketSelection, sort: PacketSort): Promise<PacketOrder> {
    const { seq, finding, range } = selection;
    const filter = selection.filter.trim();
    const key = JSON.stringify([seq, finding, filter, range, sort]);
    const known = this.#kept.get(key);
    this.#kept.delete(key);
    const kept = known ?? {
      order: this.#make(selection, sort),
      goesByFindings: finding !== null || sort?.column === "analysis",
    };
    this.#kept.set(key, kept);
    if (!known)
      kept.order.catch(() => {
        if (this.#kept.get(key) === kept) this.#kept.delete(key);
      });
    while (this.#kept.size > MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    return kept.order;
  }

  async #make(selection: PacketSelection, sort: PacketSort): Promise<PacketOrder> {
    const rows = sort === null ? await this.#select(selection) : (await this.#ordered(selection, null)).rows;
    if (sort?.column === "row") return new PacketOrder(rows, [], { isReversed: sort.isDescending });
    const { always, isInOrder } = await this.#prepare();
    const { columns, summary } = this.#capture;
    const context: OrderContext = {
      columns,
      labels: this.#findings?.labels,
      ranks: this.#ranks,
      always,
      leastSecond: summary.time?.first.seconds ?? 0,
    };
    const keys = sort === null ? [] : await this.#finish(keysOf(context, rows, sort.column, sort.isDescending));
    // A finding may have packets without a number.
    const isSorted = selection.finding === null ? isInOrder : isInCaptureOrder(columns, always, rows);
    return new PacketOrder(rows, isSorted ? keys : [...keys, ...captureKeys(context)]);
  }

  /** Rows of a selection in the order of the file. */
  async #select({ seq, finding, filter, range }: PacketSelection): Promise<RowList> {
    const { index, columns } = this.#capture;
    const bits = this.#capture.bitsOf({ filter, range });
    if (seq === null && finding === null) return this.#captureRows(bits);
    if (finding === null) return keepRows(index.rowsOf(seq!), bits);
    const { numbers } = await this.#prepare();
    const own = this.#findings?.rowsOf(finding) ?? new Uint32Array(0);
    const ofNumber = seq === null ? own : own.filter((row) => columns.seq[row] === seq && (columns.valid[row] & Valid.seq) !== 0);
    const byRow = new PacketOrder(new WrittenRows(ofNumber), [{ fill: (list, target) => fillNumbers(list, numbers, target) }]);
    return keepRows(await this.#finish(byRow.part(0, ofNumber.length)), bits);
  }

  #captureRows(bits?: RowBits): CaptureRows {
    const { columns, order, index, modules } = this.#capture;
    if (!order) throw new AnalysisError("internal", "Packets are listed when all columns are read.");
    const { segments } = order;
    const places = { segments, valid: columns.valid, numbered: index.rows.length };
    if (bits) return new CaptureRows(places, bits);
    return (this.#all ??= new CaptureRows({ ...places, pass: new KeyPass(modules.sorter, columns, segments) }));
  }

  /** Looks through all packets for what every order needs, once. Waits until all columns are read. */
  #prepare(): Promise<PacketFacts> {
    return (this.#facts ??= this.#capture.whenComplete.then(() => this.#finish(this.#findFacts())));
  }

  /**
   * For the time before somebody asks: looks through all packets for what every order needs, and begins the one that is asked for first in
   * most cases, the latest first. What makes any other one is compiled then, too.
   */
  async headStart(): Promise<void> {
    await this.list({ selection: ALL, sort: { column: "time", isDescending: true }, from: 0, count: 1, showing: null });
  }

  *#findFacts(): Steps<PacketFacts> {
    const { columns, order } = this.#capture;
    const rows = this.#captureRows();
    const always = bitsOfAll(columns.valid, columns.rows);
    yield;
    const numbers = new RowNumbers(columns, order!.segments);
    yield;
    return { numbers, always, isInOrder: isInCaptureOrder(columns, always, rows) };
  }

  /** One after the other: who asks for what is being made finds it. */
  #finish<T>(steps: Steps<T>): Promise<T> {
    const done = this.#idle.then(() => finishWith(steps, this.#pause));
    this.#idle = done.catch(() => undefined);
    return done;
  }
}

/** Where a row with such a number stands in a list in the order of the file. */
function placeInFile(rows: RowList, numbers: RowNumbers, wanted: number): number | undefined {
  const numberAt = (at: number): number => numbers.of(rows.slice(at, at + 1)[0]);
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numberAt(middle) < wanted) low = middle + 1;
    else high = middle;
  }
  return low < rows.length && numberAt(low) === wanted ? low : undefined;
}

function keepRows(rows: Uint32Array, bits: RowBits | undefined): WrittenRows {
  if (!bits) return new WrittenRows(rows);
  const kept = new Uint32Array(rows.length);
  return new WrittenRows(kept.slice(0, takeRows(rows, bits.words, kept)));
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

/** Bits that every row with a sequence number has. */
function bitsOfAll(valid: Uint16Array, rows: number): number {
  let always = 0xffff;
  for (let row = 0; row < rows; row++) if ((valid[row] & Valid.seq) !== 0) always &= valid[row];
  return always;
}

function fillNumbers(rows: Uint32Array, numbers: RowNumbers, target: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) target[i] = numbers.of(rows[i]);
}
