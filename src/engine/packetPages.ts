/** The packets of any selection, in any order, a page at a time. Orders are kept for the last few that were asked for: 4 bytes a packet. */
import { AnalysisError } from "../shared/errors";
import type { PacketPage, PacketPlaces, PacketSort, PacketsQuery, PlacesQuery } from "../shared/packets";
import type { PacketSelection } from "../shared/selection";
import { rowsInFileOrder } from "./captureOrder";
import type { CaptureStore } from "./captureStore";
import { Valid } from "./columns";
import type { Findings } from "./detectors/detect";
import { orderBy, orderByCapture, TextRanks, type OrderContext } from "./packetOrder";
import { packetRow, placesOf } from "./packetRows";
import type { RowBits } from "./rowBits";
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
  readonly #kept = new Map<string, Promise<Uint32Array>>();
  /** All packets in the order of capture. */
  #all: Promise<Uint32Array> | undefined;
  #hasFrames: boolean | undefined;
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
    const rows = await this.#ordered(selection, sort);
    const numbers = this.#rowNumbers();
    const shown = showing === null ? -1 : rows.findIndex((row) => numbers.of(row) === showing);
    const length = Math.min(count, MAX_PAGE);
    // Some packets before the one asked for say where it stands.
    const first = Math.max(0, Math.min(shown < 0 ? from : shown - (length >>> 1), rows.length - (shown < 0 ? 0 : length)));
    const labels = this.#findings?.labels;
    return {
      total: rows.length,
      from: first,
      packets: Array.from(rows.subarray(first, first + length), (row) => packetRow(this.#capture.columns, numbers, labels, row)),
      shown: shown < 0 ? null : shown,
    };
  }

  /** Rejects likewise. */
  async places({ selection, most }: PlacesQuery): Promise<PacketPlaces> {
    const rows = await this.#ordered(selection, null);
    return { total: rows.length, ...placesOf(this.#capture, this.#rowNumbers(), rows.slice(0, most ?? rows.length)) };
  }

  /** Rows of a selection in an order. */
  #ordered(selection: PacketSelection, sort: PacketSort): Promise<Uint32Array> {
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

  async #make(selection: PacketSelection, sort: PacketSort): Promise<Uint32Array> {
    if (sort === null) return this.#select(selection);
    const rows = await this.#ordered(selection, null);
    return this.#finish(orderBy(this.#context(), rows, sort.column, sort.isDescending));
  }

  /** Rows of a selection in the order of capture. */
  async #select({ seq, finding, filter, range }: PacketSelection): Promise<Uint32Array> {
    const { index, columns } = this.#capture;
    const bits = this.#capture.bitsOf({ filter, range });
    if (seq === null && finding === null) {
      const all = await (this.#all ??= this.#orderAll());
      return bits ? keepRows(all, bits) : all;
    }
    let rows: Uint32Array;
    if (finding === null) rows = index.rowsOf(seq!);
    else {
      const own = this.#findings?.rowsOf(finding) ?? new Uint32Array(0);
      const ofNumber = seq === null ? own : own.filter((row) => columns.seq[row] === seq && (columns.valid[row] & Valid.seq) !== 0);
      // Ties are in the order of the file, as for all packets.
      rows = await this.#finish(orderBy(this.#context(), ofNumber, "row", false));
    }
    return this.#orderByCapture(bits ? keepRows(rows, bits) : rows);
  }

  async #orderAll(): Promise<Uint32Array> {
    const { columns, order } = this.#capture;
    if (!order) throw new AnalysisError("internal", "Packets are listed when all columns are read.");
    const rows = rowsInFileOrder(order.segments);
    await this.#pause();
    const numbered = rows.subarray(0, keepValid(rows, columns.valid, Valid.seq));
    return this.#orderByCapture(numbered);
  }

  /** By frame numbers where every packet of the capture has one, so that any selection has the order of all. */
  #orderByCapture(rows: Uint32Array): Promise<Uint32Array> {
    const { valid, rows: total } = this.#capture.columns;
    this.#hasFrames ??= haveFrames(valid, total);
    return this.#finish(orderByCapture(this.#context(), rows, this.#hasFrames));
  }

  #context(): OrderContext {
    return { columns: this.#capture.columns, numbers: this.#rowNumbers(), labels: this.#findings?.labels, ranks: this.#ranks };
  }

  #rowNumbers(): RowNumbers {
    return (this.#numbers ??= new RowNumbers(this.#capture.columns, this.#capture.order!.segments));
  }

  #finish(steps: Steps<Uint32Array>): Promise<Uint32Array> {
    return finishWith(steps, this.#pause);
  }
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

/** Moves the rows with a bit of `valid` to the front; how many there are. */
function keepValid(rows: Uint32Array, valid: Uint16Array, mask: number): number {
  let count = 0;
  for (let i = 0; i < rows.length; i++) if ((valid[rows[i]] & mask) !== 0) rows[count++] = rows[i];
  return count;
}

/** Whether every row with a sequence number has a frame number. */
function haveFrames(valid: Uint16Array, rows: number): boolean {
  for (let row = 0; row < rows; row++) if ((valid[row] & (Valid.seq | Valid.frame)) === Valid.seq) return false;
  return true;
}
