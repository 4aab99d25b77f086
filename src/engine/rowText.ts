/**
 * Single rows read again from the text: records at known offsets, in one pass from front to back, and the lines they stand on. Knows no
 * files: src/worker opens those.
 */
import type { ByteSource } from "./bytes";
import type { Dialect } from "./csv/dialect";
import { RecordReader } from "./csv/records";
import { lastNotAbove } from "./search";
import type { TextReader } from "./textReader";

/** Text that is read at first for a record: most rows are shorter, and payloads make few of them longer. */
const FIRST_BYTES = 4096;
/** Text read at a time where all of it has to be looked at, to count lines. */
const PIECE_BYTES = 1 << 20;
/** So far apart lie the places whose lines are remembered: counting starts at the nearest. */
const MARK_BYTES = 4 << 20;

/** Lines before some offsets of a text, ascending; filled while they are counted. */
export class LineMarks {
  readonly #offsets: number[] = [0];
  readonly #lines: number[] = [0];

  /** The last place known at or before an offset. */
  before(offset: number): { offset: number; lines: number } {
    const at = lastNotAbove(this.#offsets, offset);
    return { offset: this.#offsets[at], lines: this.#lines[at] };
  }

  /** Remembers a place, if the last one lies far enough before it. */
  add(offset: number, lines: number): void {
    if (offset - this.#offsets[this.#offsets.length - 1] < MARK_BYTES) return;
    this.#offsets.push(offset);
    this.#lines.push(lines);
  }
}

/** A record as it was found; valid until the next one. */
export interface FoundRecord {
  /** Its cells, as positions in `text`. */
  readonly record: RecordReader;
  readonly text: Uint8Array;
  /** From 1; NaN unless lines are counted. */
  readonly line: number;
}

/**
 * Reads the records at some offsets of the source, ascending. `marks`: lines are counted, which takes reading all text from the last
 * mark on; else text between records is skipped where the source can. Throws what the source throws.
 */
export async function readRecords(
  source: ByteSource,
  dialect: Dialect,
  offsets: ArrayLike<number>,
  visit: (index: number, found: FoundRecord) => void,
  marks?: LineMarks,
): Promise<void> {
  const window = new TextWindow(source, dialect.newline, marks);
  const record = new RecordReader(dialect);
  for (let index = 0; index < offsets.length; index++) {
    await window.moveTo(offsets[index]);
    while (window.length === 0 || !record.read(window.text, 0, window.length, window.isEnd)) {
      if (window.isEnd) break;
      await window.grow();
    }
    if (window.length === 0) record.read(window.text, 0, 0, true);
    visit(index, { record, text: window.text, line: window.lines + 1 });
  }
}

/** Text at hand, from one offset on; only ever moved forward. */
class TextWindow {
  /** The first `length` bytes are the source's from the offset on that it was moved to. */
  text = new Uint8Array(FIRST_BYTES);
  length = 0;
  /** Nothing follows. */
  isEnd = false;
  /** Line ends before the text at hand; NaN unless they are counted. */
  lines: number;
  readonly #source: ByteSource;
  readonly #newline: number;
  readonly #marks: LineMarks | undefined;
  #start = 0;

  constructor(source: ByteSource, newline: number, marks: LineMarks | undefined) {
    this.#source = source;
    this.#newline = newline;
    this.#marks = marks;
    this.lines = marks ? 0 : NaN;
  }

  async moveTo(offset: number): Promise<void> {
    if (!this.#marks) {
      this.#drop(Math.min(this.length, offset - this.#start));
      this.#start = offset;
      return;
    }
    const mark = this.#marks.before(offset);
    if (mark.offset > this.#start + this.length) {
      this.length = 0;
      this.#start = mark.offset;
      this.lines = mark.lines;
    }
    while (this.#start + this.length < offset && !this.isEnd) {
      this.#dropCounted(this.length);
      await this.#read(Math.min(PIECE_BYTES, offset - this.#start));
    }
    this.#dropCounted(Math.min(this.length, offset - this.#start));
  }

  /** Twice as much text at hand. */
  async grow(): Promise<void> {
    await this.#read(Math.max(FIRST_BYTES, this.length));
  }

  async #read(bytes: number): Promise<void> {
    const needed = this.length + bytes;
    if (needed > this.text.length) {
      const larger = new Uint8Array(needed);
      larger.set(this.text.subarray(0, this.length));
      this.text = larger;
    }
    const read = await this.#source.read(this.#start + this.length, this.text.subarray(this.length, needed));
    this.length += read;
    this.isEnd = read < bytes;
  }

  #drop(bytes: number): void {
    this.text.copyWithin(0, bytes, this.length);
    this.length -= bytes;
    this.#start += bytes;
  }

  #dropCounted(bytes: number): void {
    const dropped = this.text.subarray(0, bytes);
    for (let at = dropped.indexOf(this.#newline); at >= 0; at = dropped.indexOf(this.#newline, at + 1)) this.lines++;
    this.#drop(bytes);
    this.#marks?.add(this.#start, this.lines);
  }
}

/** The text that a reader makes of its source, by offset in that text; only ever read forward. */
export class ForwardText implements ByteSource {
  readonly size: number;
  readonly #reader: TextReader;
  #position = 0;

  constructor(reader: TextReader, size: number) {
    this.#reader = reader;
    this.size = size;
  }

  /** Throws RangeError for an offset before the end of what was read last. */
  async read(offset: number, target: Uint8Array): Promise<number> {
    if (offset < this.#position) throw new RangeError("The text is only read forward.");
    let skipped = new Uint8Array(0);
    while (this.#position < offset) {
      if (skipped.length === 0) skipped = new Uint8Array(PIECE_BYTES);
      const length = await this.#reader.read(skipped.subarray(0, Math.min(PIECE_BYTES, offset - this.#position)));
      if (length === 0) return 0;
      this.#position += length;
    }
    let total = 0;
    while (total < target.length) {
      const length = await this.#reader.read(target.subarray(total));
      if (length === 0) break;
      total += length;
    }
    this.#position += total;
    return total;
  }
}
