/**
 * One chunk of the text to columns, with the kernel for what is plain and the row decoder for the rest. What a row is and
 * what its cells mean is decided by the record reader and the row decoder alone: the kernel takes only rows and cells
 * of which it knows that these two would say the same. Learns as it goes: texts, days and zones that were read once are
 * plain from then on.
 *
 * A chunk can be decoded in two passes: "first" fills the columns that the list of numbers and the timelines need, and
 * notes what is wrong with the rows it cannot take as plain; "rest" fills the others for the same rows, and notes what
 * the first pass could not see. "all" does both at once.
 */
import { largestOf, NO_TEXT, numberColumnsOf, Valid } from "./columns";
import { QUOTE, type FileHead } from "./csv/dialect";
import { Kernel, Stop, type KernelModule, type Plan, type Step } from "./csv/kernel";
import { RecordReader } from "./csv/records";
import type { ByteDictionary } from "./dictionary";
import type { FieldKey } from "./fields";
import { isMissing } from "./numbers";
import { FROM_EPOCH, FROM_START } from "./rowDates";
import { RowDecoder, RowTally, type RecordFate } from "./rowDecoder";
import { TimeReader } from "./time";

const MAX_U32 = largestOf(32);
/** Text the kernel gets behind an irregular row: a row or two. */
const FIRST_WINDOW_BYTES = 1024;

/** Which columns are filled; see the file header. */
export type Pass = "first" | "rest" | "all";

interface TextField {
  readonly pass: "first" | "rest";
  readonly column: number;
  readonly cache: number;
  readonly name: "src" | "dst" | "protocols" | "label";
  readonly dictionary: ByteDictionary;
  readonly onlyMissing: boolean;
  /** Addresses: of several in one cell the last counts, and the row is noted. */
  readonly isAddress: boolean;
}

/** A plan with the field of each of its steps that is one of text. */
interface FieldPlan {
  readonly plan: Plan;
  readonly fields: readonly (TextField | undefined)[];
}

/** The text that `decode` is to read. */
export interface TextAtHand {
  /** Positions in the kernel's text region: of the first row, of the end of the text, and behind which no row is to begin. */
  readonly start: number;
  readonly end: number;
  readonly stopAt: number;
  /** Nothing follows. */
  readonly isLast: boolean;
  /** Offset of text[0] in the whole text. */
  readonly textOffset: number;
  /** Rows of the chunk that are in the columns already, and line ends before `start` that belong to it. */
  readonly rowsBefore: number;
  readonly linesBefore: number;
  readonly pass: Pass;
  /** With pass "rest": `valid` of the chunk's rows after the first pass. */
  readonly firstValid?: Uint16Array;
  /** Leave nothing to the kernel but finding rows. */
  readonly isRowByRow?: boolean;
}

/** What a call of `decode` did. */
export interface DecodedChunk {
  /** Rows now in `columns`. */
  readonly rows: number;
  /** Where the first row begins that was not read. */
  readonly next: number;
  /** The row at `next` begins before stopAt, but does not end in the text at hand. */
  readonly needsText: boolean;
  /** The last record is too long to be one: all up to the next line end belongs to it. */
  readonly isTooLong: boolean;
}

/*
 * Loops over all rows stand in functions of their own: as part of a large function they make the optimising compiler work
 * on that for tens of milliseconds in every thread, on processors that have other work (2 cores, 1 GB file).
 */

/** The first row from `row` on that is slow or has no sequence number; `end` when there is none. */
function nextUnusual(slow: Uint8Array, valid: Uint16Array, row: number, end: number): number {
  while (row < end && slow[row] === 0 && (valid[row] & Valid.seq) !== 0) row++;
  return row;
}

/** Makes the rows slow that the first pass noted and that have no sequence number. */
function markNoted(slow: Uint8Array, valid: Uint16Array, first: number, end: number): void {
  for (let row = first; row < end; row++) if ((valid[row] & (Valid.seq | Valid.noted)) === Valid.noted) slow[row] = 1;
}

/** See the file header. One per thread. */
export class ChunkDecoder {
  readonly kernel: Kernel;
  readonly decoder: RowDecoder;
  readonly #record: RecordReader;
  readonly #head: FileHead;
  readonly #textFields: readonly TextField[];
  readonly #seqColumn: number;
  readonly #time: { kind: "dates"; column: number; epoch: number } | { kind: "epochs"; column: number; zone: number } | undefined;
  /** Every row is read by the row decoder, in the first pass: its columns are outside the kernel's grammar. */
  readonly isAllSlow: boolean;
  readonly #plans: Readonly<Record<Pass, FieldPlan>>;
  /** For rows that are read one by one. */
  readonly #noColumns: FieldPlan;
  readonly #dateReader = new TimeReader();
  /** The first row's date comes first, by itself: the kernel learns from it how the others begin and end. */
  #needsDate: boolean;
  /** Line ends before the position that was asked for last. */
  #lines = { position: 0, count: 0 };

  /** `textBytes`: see Kernel; `whole`: see RowDecoder. */
  constructor(module: KernelModule, head: FileHead, textBytes: number, whole = head.header) {
    const { columns } = head.header;
    const columnOf = (key: FieldKey): number => columns.get(key) ?? -1;
    this.#head = head;
    this.#record = new RecordReader(head.dialect);
    const texts = (["protocols", "label", "srcV4", "srcV6", "dstV4", "dstV6"] as const).filter((key) => columns.has(key));
    this.kernel = new Kernel(module, head.dialect, texts.length, textBytes);
    const target = this.kernel.columns;
    this.decoder = new RowDecoder(head.header, target, whole);
    this.#textFields = texts.map((key, cache) => {
      const name = key === "protocols" || key === "label" ? key : key.startsWith("src") ? "src" : "dst";
      const dictionary = key === "protocols" ? target.protocolNames : key === "label" ? target.labelNames : target.addresses;
      const pass = name === "src" || name === "dst" ? "rest" : "first";
      return {
        pass,
        column: columnOf(key),
        cache,
        name,
        dictionary,
        onlyMissing: (key === "srcV6" && columns.has("srcV4")) || (key === "dstV6" && columns.has("dstV4")),
        isAddress: name === "src" || name === "dst",
      };
    });
    this.#seqColumn = columns.has("seq") ? columnOf("seq") : columnOf("seqRaw");
    if (columns.has("time")) this.#time = { kind: "dates", column: columnOf("time"), epoch: columnOf("timeEpoch") };
    else if (columns.has("timeEpoch")) this.#time = { kind: "epochs", column: columnOf("timeEpoch"), zone: FROM_EPOCH };
    else if (columns.has("timeRelative") && !["time", "timeUtc", "displayTime"].some((key) => columns.has(key as FieldKey)))
      this.#time = { kind: "epochs", column: columnOf("timeRelative"), zone: FROM_START };
    this.#needsDate = this.#time?.kind === "dates";
    this.isAllSlow = this.#seqColumn < 0 || (this.#time === undefined && this.decoder.hasTimes);
    this.#noColumns = this.#plan([{ kind: "offsets" }]);
    const first = this.isAllSlow ? [] : this.#firstSteps();
    const rest = this.isAllSlow ? [] : this.#restSteps(head);
    this.#plans = { first: this.#plan(first), rest: this.#plan(rest), all: this.#plan([...first, ...rest]) };
  }

  #firstSteps(): Step[] {
    const time = this.#time;
    const steps: Step[] = [];
    if (time?.kind === "dates") steps.push({ kind: "dates", column: time.column, epochColumn: time.epoch, bit: Valid.time });
    else if (time) steps.push({ kind: "epochs", column: time.column, bit: Valid.time, zoneCode: time.zone });
    steps.push({ kind: "numbers", column: this.#seqColumn, name: "seq", max: MAX_U32, bit: Valid.seq });
    return [...steps, ...this.#textSteps("first")];
  }

  #restSteps({ header }: FileHead): Step[] {
    const numbers = numberColumnsOf(header).map(({ name, bits, valid: bit }): Step => {
      const column = header.columns.get(name)!;
      return bits === 32
        ? { kind: "numbers", column, name, max: MAX_U32, bit }
        : { kind: "shorts", column, name, max: largestOf(bits), bit };
    });
    return [{ kind: "offsets" }, ...numbers, ...this.#textSteps("rest")];
  }

  #textSteps(pass: TextField["pass"]): Step[] {
    return this.#textFields
      .filter((field) => field.pass === pass)
      .map(({ column, name, cache, onlyMissing }) => ({ kind: "texts", column, name, cache, onlyMissing }));
  }

  #plan(steps: readonly Step[]): FieldPlan {
    const lastColumn = this.#head.dialect.cellCount - 1;
    const columns = steps.flatMap((step) =>
      step.kind === "offsets" ? [] : step.kind === "dates" ? [step.column, step.epochColumn] : [step.column],
    );
    // The last cell of a row is found anyway.
    const needed = Math.max(0, ...columns.map((column) => (column === lastColumn ? 0 : column + 1)));
    const fields = steps.map((step) => (step.kind === "texts" ? this.#textFields[step.cache] : undefined));
    return { plan: this.kernel.plan(needed, steps), fields };
  }

  /**
   * Reads the rows that begin in text[start, stopAt) of the kernel's text region into `kernel.columns`.
   */
  decode(at: TextAtHand): DecodedChunk {
    const { start, end, stopAt, isLast, textOffset, rowsBefore, linesBefore, pass } = at;
    const { kernel, decoder } = this;
    const isRowByRow = at.isRowByRow === true || this.isAllSlow;
    const fieldPlan = isRowByRow ? this.#noColumns : this.#plans[pass];
    const { needed } = fieldPlan.plan;
    const { text } = kernel;
    const target = kernel.columns;
    const { newline } = this.#head.dialect;
    this.#lines = { position: start, count: linesBefore };
    let rows = rowsBefore;
    let position = start;
    let fate: RecordFate = "nothing";
    // Behind an irregular row the kernel gets little text at first: where every row is irregular, looking at the whole
    // chunk for each would take time that grows with its square.
    let windowBytes = end - start;
    while (position < stopAt) {
      // Blank lines are no rows, and would each stop the kernel.
      if (text[position] === newline) {
        position++;
        continue;
      }
      const windowEnd = Math.min(end, position + windowBytes);
      const isProbe = this.#needsDate;
      this.#needsDate = false;
      const found = kernel.findRows(position, windowEnd, stopAt, isProbe ? 1 : Math.max(0, kernel.maxRows - rows - 1), needed);
      if (found.rows > 0) {
        this.#decodeColumns(fieldPlan, rows, textOffset);
        if (isRowByRow) kernel.slow.fill(1, rows, rows + found.rows);
        this.#readOthers(rows, found.rows, at);
        rows += found.rows;
        position = found.next;
      }
      if (found.stop === Stop.done) break;
      if (isProbe && found.rows > 0) continue;
      if (found.stop === Stop.needsText && windowEnd < end) {
        windowBytes *= 2;
        continue;
      }
      windowBytes = FIRST_WINDOW_BYTES;
      if (!this.#record.read(text, position, end, isLast)) return { rows, next: position, needsText: true, isTooLong: false };
      const begin = position;
      target.clear(rows, rows + 1);
      target.offset[rows] = textOffset + begin;
      const isEndOfText = isLast && this.#record.next === end;
      fate = this.readIrregular(at.firstValid, rows, () =>
        decoder.readRecord(this.#record, text, begin, isEndOfText, rows, () => this.#place(begin, textOffset)),
      );
      if (fate !== "row") target.clear(rows, rows + 1);
      target.valid[rows] |= fate === "row" ? Valid.noted : Valid.noted | Valid.noRow;
      // A header takes an empty place here too: with more text at hand it might have been a regular row.
      if (fate === "row" || fate === "header") rows++;
      position = this.#record.next;
      if (fate === "tooLong") break;
    }
    return { rows, next: position, needsText: false, isTooLong: fate === "tooLong" };
  }

  /** Line ends of the chunk before a position of the text given to `decode`. */
  linesBefore(position: number): number {
    if (position < this.#lines.position) throw new RangeError("Lines are counted forwards.");
    this.#lines = { position, count: this.#lines.count + this.kernel.countLines(this.#lines.position, position) };
    return this.#lines.count;
  }

  /** Columns of the rows the kernel found, to places `first` and on. */
  #decodeColumns({ plan, fields }: FieldPlan, first: number, textOffset: number): void {
    const { kernel } = this;
    for (let step = kernel.decode(plan, 0, first, textOffset); step < plan.length;) {
      this.#takeMisses(fields[step]!, first);
      step = kernel.decode(plan, step + 1, first, textOffset);
    }
  }

  /** Reads those of the rows the kernel found one by one that it left, and counts. */
  #readOthers(first: number, count: number, { textOffset, pass, firstValid }: TextAtHand): void {
    const { kernel } = this;
    const target = kernel.columns;
    const { tally } = this.decoder;
    const end = first + count;
    if (pass === "rest") {
      // Perhaps a header in the middle: the first pass has seen it by its sequence cell.
      if (firstValid) markNoted(kernel.slow, firstValid, first, end);
      for (let row = kernel.slow.subarray(0, end).indexOf(1, first); row >= 0; row = kernel.slow.subarray(0, end).indexOf(1, row + 1))
        this.#readSlowRow(row - first, row, textOffset, ((firstValid?.[row] ?? 0) & Valid.noted) !== 0);
      return;
    }
    let plain = count;
    let withSeq = count;
    for (let place = nextUnusual(kernel.slow, target.valid, first, end); place < end;) {
      withSeq--;
      if (kernel.slow[place] !== 0) {
        plain--;
        this.#readSlowRow(place - first, place, textOffset, false);
        target.valid[place] |= Valid.noted;
      } else {
        const begin = kernel.startOfRow(place - first);
        tally.report.add("withoutSeq", () => this.#place(begin, textOffset));
      }
      place = nextUnusual(kernel.slow, target.valid, place + 1, end);
    }
    tally.read += plain;
    tally.tcp += withSeq;
    this.#countDated(plain);
  }

  /** Reads all cells of row `row` of those found, to an empty place. `isNoted`: what is wrong with it is in a tally already. */
  #readSlowRow(row: number, place: number, textOffset: number, isNoted: boolean): void {
    const { kernel, decoder } = this;
    const target = kernel.columns;
    const begin = kernel.startOfRow(row);
    target.clear(place, place + 1);
    this.#record.read(kernel.text, begin, kernel.startOfRow(row + 1), false);
    const read = (): RecordFate => decoder.readRecord(this.#record, kernel.text, begin, false, place, () => this.#place(begin, textOffset));
    const fate = isNoted ? this.#notesOf(read).result : read();
    // A header in the middle stays as an empty place: nothing counts it.
    if (fate === "row") {
      this.#learnDate(place);
      return;
    }
    target.clear(place, place + 1);
    target.valid[place] = Valid.noRow;
  }

  /**
   * Reads a record that the kernel did not take, to a place. In the second pass, where `firstValid` is given, what is wrong with it has been
   * noted, unless the first pass took it as a regular row: with more text at hand, as a chunk that begins elsewhere has, it may have been one.
   */
  readIrregular(firstValid: Uint16Array | undefined, place: number, read: () => RecordFate): RecordFate {
    if (!firstValid) return read();
    const { tally } = this.decoder;
    const { result: fate, notes } = this.#notesOf(read);
    if (fate === "row" && (firstValid[place] & Valid.noted) === 0) tally.add(notes, 0);
    return fate;
  }

  /** Does something whose notes count for nothing by themselves. */
  #notesOf<T>(read: () => T): { result: T; notes: RowTally } {
    const { decoder } = this;
    const { tally } = decoder;
    const notes = (decoder.tally = new RowTally());
    const result = read();
    decoder.tally = tally;
    return { result, notes };
  }

  /** Notes what dated the rows that were plain in all columns; the row decoder notes its own. */
  #countDated(rows: number): void {
    const time = this.#time;
    if (!time || rows === 0) return;
    const source = time.kind === "dates" ? "frame.time" : time.zone === FROM_EPOCH ? "frame.time_epoch" : "frame.time_relative";
    this.decoder.tally.addDated(source, rows);
  }

  /** Values that are not in the cache of a column. */
  #takeMisses({ cache, name, dictionary, isAddress }: TextField, first: number): void {
    const { kernel } = this;
    const codes = kernel.columns[name];
    const { missed } = kernel;
    for (let i = 0; i < missed; i++) {
      const row = first + kernel.misses[3 * i];
      const at = kernel.misses[3 * i + 1];
      const end = at + kernel.misses[3 * i + 2];
      const value = kernel.bytes.subarray(at, end);
      // Doubled quotes have to be made single, several addresses to be noted: the row decoder does both.
      if (value.includes(QUOTE) || (isAddress && value.includes(0x2c))) {
        kernel.slow[row] = 1;
        continue;
      }
      const code = isMissing(kernel.bytes, at, end) ? NO_TEXT : dictionary.intern(kernel.bytes, at, end);
      codes[row] = code;
      kernel.remember(cache, at, end - at, code);
    }
  }

  /** Makes the date of the record just read plain for the kernel, if it can be. */
  #learnDate(row: number): void {
    const time = this.#time;
    const target = this.kernel.columns;
    if (time?.kind !== "dates" || (target.valid[row] & Valid.time) === 0 || target.zone[row] >= FROM_EPOCH) return;
    const { text } = this.kernel;
    const { starts, ends } = this.#record;
    const start = starts[time.column];
    const end = ends[time.column];
    const cell = text.subarray(start, end);
    // The first HH:MM:SS is the clock time; what stands around it is what there is to learn.
    let clock = -1;
    for (let at = 0; at + 8 <= cell.length && clock < 0; at++) if (cell[at + 2] === 0x3a && cell[at + 5] === 0x3a) clock = at;
    // A leap second belongs to the next day, and decimals behind a comma are no suffix: neither is plain.
    if (clock < 0 || cell[clock + 6] > 0x35 || cell[clock + 8] === 0x2c || !this.#dateReader.readDate(text, start, end)) return;
    const { seconds } = this.#dateReader;
    if (seconds !== target.seconds[row]) return;
    let suffix = clock + 8;
    if (cell[suffix] === 0x2e) for (suffix++; suffix < cell.length && cell[suffix] >= 0x30 && cell[suffix] <= 0x39;) suffix++;
    let offsetSeconds = 0;
    if (time.epoch >= 0) {
      if (!this.#dateReader.readSeconds(text, starts[time.epoch], ends[time.epoch]) || this.#dateReader.isLossy) return;
      offsetSeconds = seconds - this.#dateReader.seconds;
      // Only what the epoch itself has confirmed.
      if (target.zones[target.zone[row]].offsetMinutes !== offsetSeconds / 60) return;
    }
    this.kernel.learnDate({
      prefix: cell.subarray(0, clock),
      daySeconds: Math.floor(seconds / 86400) * 86400,
      suffix: cell.subarray(suffix),
      zoneCode: target.zone[row],
      offsetSeconds,
    });
  }

  #place(position: number, textOffset: number): { line: number; byteOffset: number } {
    return { line: this.linesBefore(position) + 1, byteOffset: textOffset + position };
  }
}
