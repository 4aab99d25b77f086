/**
 * From cells to columns: reads the wanted cells of a row into PacketColumns, in all the forms a cell can have, counts
 * what happens to the rows, and notes what was wrong. Also the one place that says what becomes of an irregular record.
 * Knows nothing of bytes on disk or of how rows were found.
 */
import type { RowCounts, RowPlace, TimeSource } from "../shared/model";
import { largestOf, NO_TEXT, numberColumnsOf, type PacketColumns, Valid } from "./columns";
import type { RecordReader } from "./csv/records";
import { alignExtraCells, isPrefix } from "./csv/repair";
import { RowBatch } from "./csv/scanner";
import { cellShapes, type CellShape, type FieldKey, type HeaderMap } from "./fields";
import { ImportReport } from "./importReport";
import { readTcpInfo } from "./infoColumn";
import { isMissing, NumberReader, UNREADABLE } from "./numbers";
import { RowDates, type DateNotes, type TimeCells } from "./rowDates";
import { decodeUtf8 } from "./utf8";

const MAX_U32 = 0xffffffff;
const TIME_KEYS = ["time", "timeUtc", "timeEpoch", "displayTime", "timeRelative"] as const;

/** Fields that are plain numbers: where they go and how large they may be. */
interface NumberField {
  readonly wanted: number;
  readonly max: number;
  readonly bit: number;
  readonly column: ReturnType<typeof numberColumnsOf>[number]["name"];
}

/** Where a row stands, for the import report: asked of few rows only. */
export type FindPlace = () => RowPlace;

/** A tally as it crosses threads. */
export type PlainTally = Pick<RowTally, "read" | "tcp" | "outside" | "extraCells" | "missingCells" | "sources"> &
  Pick<ImportReport, "problems">;

/** What became of some rows; adds up over the parts of a file. */
export class RowTally {
  read = 0;
  tcp = 0;
  /** Rows with a sequence number outside of the time range asked for: not in `tcp`. */
  outside = 0;
  extraCells = 0;
  missingCells = 0;
  /** Rows per column that dated them. */
  readonly sources: Map<TimeSource, number>;
  readonly report: ImportReport;

  constructor(plain?: PlainTally) {
    this.report = new ImportReport(plain?.problems);
    this.sources = plain?.sources ?? new Map<TimeSource, number>();
    if (!plain) return;
    this.read = plain.read;
    this.tcp = plain.tcp;
    this.outside = plain.outside;
    this.extraCells = plain.extraCells;
    this.missingCells = plain.missingCells;
  }

  toPlain(): PlainTally {
    const { read, tcp, outside, extraCells, missingCells, sources, report } = this;
    return { read, tcp, outside, extraCells, missingCells, sources, problems: report.problems };
  }

  /** Adds the rows of a part behind this one, which begins `lines` lines into the file. */
  add(other: RowTally, lines: number): void {
    this.read += other.read;
    this.tcp += other.tcp;
    this.outside += other.outside;
    this.extraCells += other.extraCells;
    this.missingCells += other.missingCells;
    for (const [source, rows] of other.sources) this.addDated(source, rows);
    this.report.addAll(other.report, lines);
  }

  /** Counts rows that a column has dated. */
  addDated(source: TimeSource, rows: number): void {
    this.sources.set(source, (this.sources.get(source) ?? 0) + rows);
  }

  /** Takes rows with a sequence number out of the count: they are outside of the time range. */
  moveOutside(rows: number): void {
    this.tcp -= rows;
    this.outside += rows;
  }

  /** Rows by fate; `lost` as settleDates gave it. */
  counts(hasTimes: boolean, lost: number): RowCounts {
    const { report } = this;
    return {
      read: this.read,
      tcp: this.tcp,
      repeatedHeaders: report.count("repeatedHeader"),
      withoutSeq: report.count("withoutSeq"),
      badSeq: report.count("badSeq"),
      leftOut: report.count("leftOut"),
      outsideRange: this.outside,
      badTime: hasTimes ? report.count("badTime") + lost : null,
      extraCells: this.extraCells,
      missingCells: this.missingCells,
    };
  }
}

/** What becomes of a record that no scanner took. */
export type RecordFate = "row" | "header" | "nothing" | "tooLong";

/** Fills columns, row by row. */
export class RowDecoder {
  readonly columns: PacketColumns;
  /** Counts since it was made or `startTally` was called. */
  tally = new RowTally();
  /** Positions in the header of the cells that batches must hold, in the order of the batch. */
  readonly wanted: readonly number[];
  readonly hasTimes: boolean;

  readonly #dates: RowDates;
  readonly #batch: RowBatch;
  readonly #shapes: readonly CellShape[];
  readonly #timeColumn: number;
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

  // What was unusual in the row at hand.
  #isMultiple = false;
  #isLossy = false;
  #isBad = false;

  /** `whole`: the file's own header, where `header` names other columns than it does; rows are repaired by that. */
  constructor(header: HeaderMap, columns: PacketColumns, whole = header) {
    this.columns = columns;
    this.#dates = new RowDates(columns);
    this.#shapes = cellShapes(whole);
    this.#timeColumn = whole.columns.get("time") ?? -1;
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
    this.#numberFields = numberColumnsOf(header).map(({ name, bits, valid }) => ({
      wanted: want(name),
      max: largestOf(bits),
      bit: valid,
      column: name,
    }));
    this.wanted = wanted;
    this.hasTimes = this.#timeFields.length > 0;
    this.#batch = new RowBatch(wanted.length);
  }

  /** What settleDates needs. */
  get dateNotes(): DateNotes {
    return this.#dates.notes;
  }

  /** Counts from here on go to a tally of their own; returns the one so far. */
  startTally(): RowTally {
    const { tally } = this;
    this.tally = new RowTally();
    return tally;
  }

  /** Takes all rows of a batch, in order, behind those there are. `textOffset`: of position 0 in the text. */
  addBatch(batch: RowBatch, textOffset: number, placeOf: (position: number) => RowPlace): void {
    for (let row = 0; row < batch.rows; row++) {
      const target = this.columns.addRow();
      this.columns.offset[target] = textOffset + batch.positions[row];
      if (!this.readRow(batch, row, target, () => placeOf(batch.positions[row]))) this.columns.rows--;
    }
  }

  /** Reads one row of a batch to an empty place of the columns. False when it is no packet: a header in the middle. */
  readRow(batch: RowBatch, batchRow: number, row: number, place: FindPlace): boolean {
    const { columns } = this;
    const { report } = this.tally;
    const { text, starts, ends } = batch;
    const base = batchRow * batch.width;
    this.tally.read++;

    const seqStart = starts[base];
    const seqEnd = ends[base];
    if (this.#isHeaderAgain(text, seqStart, seqEnd)) {
      report.add("repeatedHeader", place);
      return false;
    }
    this.#isMultiple = this.#isLossy = this.#isBad = false;
    for (const { wanted, max, bit, column } of this.#numberFields) {
      const value = this.#readNumber(text, starts[base + wanted], ends[base + wanted], max);
      if (value < 0) continue;
      columns[column][row] = value;
      columns.valid[row] |= bit;
    }
    const isBadNumber = this.#isBad;

    if (this.#info >= 0) this.#readInfo(text, seqStart, seqEnd, row, place);
    else this.#readSeq(text, seqStart, seqEnd, row, place);

    if (this.#protocols >= 0) {
      const at = base + this.#protocols;
      columns.protocols[row] = this.#internText(columns.protocolNames, text, starts[at], ends[at]);
    }
    if (this.#label >= 0) {
      const at = base + this.#label;
      columns.label[row] = this.#internText(columns.labelNames, text, starts[at], ends[at]);
    }
    columns.src[row] = this.#readAddress(batch, base, this.#src);
    columns.dst[row] = this.#readAddress(batch, base, this.#dst);

    for (const { key, wanted } of this.#timeFields) {
      this.#cells[key].start = starts[base + wanted];
      this.#cells[key].end = ends[base + wanted];
    }
    if (this.hasTimes) {
      const outcome = this.#dates.read(text, this.#cells, row);
      if (outcome === "unreadable") report.add("badTime", place);
      else this.tally.addDated(this.#dates.source, 1);
      if (outcome === "fallback") report.add("timeFallback", place);
      this.#isLossy ||= this.#dates.isLossy;
    }
    if (isBadNumber) report.add("badNumber", place);
    if (this.#isMultiple) report.add("multipleValues", place);
    if (this.#isLossy) report.add("lostPrecision", place);
    return true;
  }

  /**
   * Reads a record that no scanner took, repaired if need be, to an empty place of the columns. `isEndOfText`: the
   * record's end is the end of the file. "header": it is a header in the middle. "nothing": it was left out, or is a blank line. "tooLong": it
   * was counted as left out, and everything up to the next line end belongs to it.
   */
  readRecord(record: RecordReader, text: Uint8Array, start: number, isEndOfText: boolean, row: number, place: FindPlace): RecordFate {
    const { tally } = this;
    const columns = this.#shapes.length;
    if (record.isUnfinished && !isEndOfText) {
      this.#addLeftOut(place);
      return "tooLong";
    }
    if (record.count === 1 && isBlank(text, start, record.next)) return "nothing";
    const isTrimmed = record.count > columns && isEmptyTail(record, columns) && isPrefix(text, record, this.#shapes);
    if (isTrimmed) record.count = columns;
    if (record.count > columns) return this.#readExtraCells(record, text, start, row, place);

    let known = record.count;
    if (record.isUnfinished && (record.isQuoteOpen || record.count < columns)) {
      // The last line breaks off: what its last cell would have become is not known.
      tally.report.add("cutOffLastLine", place);
      if (record.isQuoteOpen || text[record.next - 1] !== 0x22) known--;
      if (record.count < columns) tally.missingCells++;
    } else if (record.count < columns) {
      tally.missingCells++;
      if (!isPrefix(text, record, this.#shapes)) {
        this.#addLeftOut(place);
        return "nothing";
      }
      tally.report.add("missingCells", place);
    } else if (record.hasBrokenQuotes) {
      tally.report.add("brokenQuotes", place);
    } else if (isTrimmed) {
      tally.extraCells++;
      tally.report.add("extraCellsRepaired", place);
    }
    const batch = this.#batch;
    batch.clear();
    batch.addRow(start);
    this.wanted.forEach((column, wanted) => {
      if (column >= known) return;
      batch.reserve(record.ends[column] - record.starts[column]);
      batch.setCell(0, wanted, record.writeCell(text, column, batch.text, batch.length));
    });
    return this.readRow(batch, 0, row, place) ? "row" : "header";
  }

  #readExtraCells(record: RecordReader, text: Uint8Array, start: number, row: number, place: FindPlace): RecordFate {
    this.tally.extraCells++;
    const alignment = alignExtraCells(text, record, this.#shapes, this.#timeColumn);
    if (!alignment || alignment.first[this.wanted[0]] < 0) {
      this.#addLeftOut(place);
      return "nothing";
    }
    this.tally.report.add("extraCellsRepaired", place);
    const batch = this.#batch;
    batch.clear();
    batch.addRow(start);
    this.wanted.forEach((column, wanted) => {
      const first = alignment.first[column];
      const last = alignment.last[column];
      if (first < 0) return;
      batch.reserve(record.ends[last] - record.starts[first]);
      if (first === last) {
        batch.setCell(0, wanted, record.writeCell(text, first, batch.text, batch.length));
        return;
      }
      const joined = text.subarray(record.starts[first], record.ends[last]);
      batch.text.set(joined, batch.length);
      batch.setCell(0, wanted, batch.length + joined.length);
    });
    return this.readRow(batch, 0, row, place) ? "row" : "header";
  }

  #addLeftOut(place: FindPlace): void {
    this.tally.read++;
    this.tally.report.add("leftOut", place);
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

  #readSeq(text: Uint8Array, start: number, end: number, row: number, place: FindPlace): void {
    const value = this.#readNumber(text, start, end, MAX_U32);
    if (value >= 0) this.#setSeq(row, value);
    else this.tally.report.add(value === UNREADABLE ? "badSeq" : "withoutSeq", place);
  }

  #readInfo(text: Uint8Array, start: number, end: number, row: number, place: FindPlace): void {
    const info = readTcpInfo(text, start, end);
    if (!info) {
      this.tally.report.add("withoutSeq", place);
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
    this.tally.tcp++;
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

function isBlank(text: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (text[at] > 0x20) return false;
  return true;
}

/** True when all cells behind the header's number are empty: separators at the line's end, nothing lost. */
function isEmptyTail(record: RecordReader, columns: number): boolean {
  for (let cell = columns; cell < record.count; cell++) if (record.starts[cell] !== record.ends[cell]) return false;
  return true;
}
