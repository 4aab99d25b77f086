/**
 * From cells to columns: reads the wanted cells of every row into PacketColumns, counts what happens to the rows, and
 * notes what was wrong. Knows nothing of bytes on disk or of how rows were found.
 */
import type { RowCounts, RowPlace } from "../shared/model";
import { NO_TEXT, PacketColumns, Valid } from "./columns";
import type { RowBatch } from "./csv/scanner";
import type { FieldKey, HeaderMap } from "./fields";
import { ImportReport } from "./importReport";
import { readTcpInfo } from "./infoColumn";
import { isMissing, NumberReader, UNREADABLE } from "./numbers";
import { RowDates, type TimeCells } from "./rowDates";
import { decodeUtf8 } from "./utf8";

const MAX_U32 = 0xffffffff;
const TIME_KEYS = ["time", "timeUtc", "timeEpoch", "displayTime", "timeRelative"] as const;

/** Fields that are plain numbers: where they go and how large they may be. */
interface NumberField {
  readonly wanted: number;
  readonly max: number;
  readonly bit: number;
  readonly column: "frame" | "stream" | "len" | "ack" | "flags" | "window" | "srcPort" | "dstPort";
}

/** What is known of the place and state of a row besides its cells. */
export interface RowNotes {
  /** Line and offset in the text of a row of the batch; called for few rows only. */
  place(position: number): RowPlace;
}

/** Fills the columns of one capture. */
export class Ingest {
  readonly columns = new PacketColumns();
  readonly report = new ImportReport();
  /** Positions in the header of the cells that batches must hold, in the order of the batch. */
  readonly wanted: readonly number[];

  readonly #dates = new RowDates(this.columns);
  readonly #numbers = new NumberReader();
  readonly #numberFields: readonly NumberField[];
  readonly #cells: TimeCells = {
    time: { start: 0, end: 0 },
    timeUtc: { start: 0, end: 0 },
    timeEpoch: { start: 0, end: 0 },
    displayTime: { start: 0, end: 0 },
    timeRelative: { start: 0, end: 0 },
  };
  readonly #timeFields: readonly { readonly key: (typeof TIME_KEYS)[number]; readonly wanted: number }[];
  /** Place in the batch of a field, -1 when the file does not have it. */
  readonly #seq: number;
  readonly #info: number;
  readonly #protocols: number;
  readonly #label: number;
  readonly #src: readonly number[];
  readonly #dst: readonly number[];
  /** The header's own text of the sequence column, to recognise a header in the middle. */
  readonly #seqName: string;

  #read = 0;
  #tcp = 0;
  extraCells = 0;
  missingCells = 0;
  // What was unusual in the row at hand.
  #isMultiple = false;
  #isLossy = false;
  #isBad = false;

  constructor(header: HeaderMap) {
    const wanted: number[] = [];
    const want = (key: FieldKey): number => {
      const column = header.columns.get(key);
      return column === undefined ? -1 : wanted.push(column) - 1;
    };
    this.#seq = header.columns.has("seq") ? want("seq") : want("seqRaw");
    // Info speaks only where the file has no column with the numbers.
    this.#info = this.#seq < 0 ? want("info") : -1;
    const seqColumn = wanted[0];
    this.#seqName = seqColumn === undefined ? "" : header.names[seqColumn].toLowerCase();
    this.#protocols = want("protocols");
    this.#label = want("label");
    this.#src = [want("srcV4"), want("srcV6")].filter((place) => place >= 0);
    this.#dst = [want("dstV4"), want("dstV6")].filter((place) => place >= 0);
    this.#timeFields = TIME_KEYS.map((key) => ({ key, wanted: want(key) })).filter((field) => field.wanted >= 0);
    const numberField = (column: NumberField["column"], max: number): NumberField => ({
      wanted: want(column),
      max,
      bit: Valid[column],
      column,
    });
    this.#numberFields = [
      numberField("frame", MAX_U32),
      numberField("stream", MAX_U32),
      numberField("len", MAX_U32),
      numberField("ack", MAX_U32),
      numberField("flags", 0xffff),
      numberField("window", MAX_U32),
      numberField("srcPort", 0xffff),
      numberField("dstPort", 0xffff),
    ].filter((field) => field.wanted >= 0);
    this.wanted = wanted;
  }

  /** Rows that have been read, of whatever fate. */
  get rowsRead(): number {
    return this.#read;
  }

  /** Takes all rows of a batch, in order. */
  addBatch(batch: RowBatch, notes: RowNotes): void {
    for (let row = 0; row < batch.rows; row++) this.#addRow(batch, row, notes);
  }

  /** Counts a row whose cells could not be matched to columns. */
  addLeftOut(place: () => RowPlace): void {
    this.#read++;
    this.report.add("leftOut", place);
  }

  /** Settles the times; call once, after the last row. */
  finish(): ReturnType<RowDates["finish"]> {
    return this.#dates.finish();
  }

  /** Rows by fate. `lost` as `finish` gave it. */
  counts(lost: number): RowCounts {
    const { report } = this;
    return {
      read: this.#read,
      tcp: this.#tcp,
      repeatedHeaders: report.count("repeatedHeader"),
      withoutSeq: report.count("withoutSeq"),
      badSeq: report.count("badSeq"),
      leftOut: report.count("leftOut"),
      badTime: this.#timeFields.length === 0 ? null : report.count("badTime") + lost,
      extraCells: this.extraCells,
      missingCells: this.missingCells,
    };
  }

  #addRow(batch: RowBatch, batchRow: number, notes: RowNotes): void {
    const { columns, report } = this;
    const { text, starts, ends } = batch;
    const base = batchRow * batch.width;
    const place = (): RowPlace => notes.place(batch.positions[batchRow]);
    this.#read++;

    const seqStart = starts[base];
    const seqEnd = ends[base];
    if (this.#isHeaderAgain(text, seqStart, seqEnd)) {
      report.add("repeatedHeader", place);
      return;
    }
    const row = columns.addRow();
    this.#isMultiple = this.#isLossy = this.#isBad = false;
    for (const { wanted, max, bit, column } of this.#numberFields) {
      const value = this.#readNumber(text, starts[base + wanted], ends[base + wanted], max);
      if (value < 0) continue;
      columns[column][row] = value;
      columns.valid[row] = columns.valid[row] | bit;
    }
    const isBadNumber = this.#isBad;

    if (this.#info >= 0) this.#readInfo(text, seqStart, seqEnd, row, place);
    else this.#readSeq(text, seqStart, seqEnd, row, place);

    if (this.#protocols >= 0)
      columns.protocols[row] = this.#internText(columns.protocolNames, text, starts[base + this.#protocols], ends[base + this.#protocols]);
    if (this.#label >= 0)
      columns.label[row] = this.#internText(columns.labelNames, text, starts[base + this.#label], ends[base + this.#label]);
    columns.src[row] = this.#readAddress(batch, base, this.#src);
    columns.dst[row] = this.#readAddress(batch, base, this.#dst);

    for (const { key, wanted } of this.#timeFields) {
      this.#cells[key].start = starts[base + wanted]!;
      this.#cells[key].end = ends[base + wanted]!;
    }
    if (this.#timeFields.length > 0) {
      const outcome = this.#dates.read(text, this.#cells, row);
      if (outcome === "unreadable") report.add("badTime", place);
      else if (outcome === "fallback") report.add("timeFallback", place);
      this.#isLossy ||= this.#dates.isLossy;
    }
    if (isBadNumber) report.add("badNumber", place);
    if (this.#isMultiple) report.add("multipleValues", place);
    if (this.#isLossy) report.add("lostPrecision", place);
  }

  #isHeaderAgain(text: Uint8Array, start: number, end: number): boolean {
    if (end - start !== this.#seqName.length || end === start) return false;
    return decodeUtf8(text.subarray(start, end)).toLowerCase() === this.#seqName;
  }

  /** A number of 0..max, or below 0 for none; notes what was unusual. */
  #readNumber(text: Uint8Array, start: number, end: number, max: number): number {
    if (start === end) return -1;
    const value = this.#numbers.read(text, start, end);
    this.#isMultiple ||= this.#numbers.isMultiple;
    this.#isLossy ||= this.#numbers.isLossy;
    if (value > max || value === UNREADABLE) {
      this.#isBad = true;
      return UNREADABLE;
    }
    return value;
  }

  #readSeq(text: Uint8Array, start: number, end: number, row: number, place: () => RowPlace): void {
    const value = this.#readNumber(text, start, end, MAX_U32);
    if (value >= 0) this.#setSeq(row, value);
    else this.report.add(value === UNREADABLE ? "badSeq" : "withoutSeq", place);
  }

  #readInfo(text: Uint8Array, start: number, end: number, row: number, place: () => RowPlace): void {
    const info = readTcpInfo(text, start, end);
    if (!info) {
      this.report.add("withoutSeq", place);
      return;
    }
    const { columns } = this;
    this.#setSeq(row, info.seq);
    columns.flags[row] = info.flags;
    let bits = Valid.flags;
    for (const column of ["ack", "window", "len", "srcPort", "dstPort"] as const) {
      const value = info[column];
      if (value === null) continue;
      columns[column][row] = value;
      bits |= Valid[column];
    }
    columns.valid[row] = columns.valid[row] | bits;
  }

  #setSeq(row: number, value: number): void {
    this.columns.seq[row] = value;
    this.columns.valid[row] = this.columns.valid[row] | Valid.seq;
    this.#tcp++;
  }

  #internText(dictionary: PacketColumns["protocolNames"], text: Uint8Array, start: number, end: number): number {
    return isMissing(text, start, end) ? NO_TEXT : dictionary.intern(text, start, end);
  }

  /** Code of the last address in the first of the cells that has one: of `outer,inner`, TCP belongs to the inner. */
  #readAddress(batch: RowBatch, base: number, places: readonly number[]): number {
    for (const place of places) {
      const { text } = batch;
      const end = batch.ends[base + place];
      let start = batch.starts[base + place];
      if (isMissing(text, start, end)) continue;
      const lastComma = text.subarray(start, end).lastIndexOf(0x2c);
      if (lastComma >= 0) {
        start += lastComma + 1;
        this.#isMultiple = true;
      }
      return this.columns.addresses.intern(text, start, end);
    }
    return NO_TEXT;
  }
}
