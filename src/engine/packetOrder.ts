/**
 * Packets in the order of a column, a part at a time. One pass over all of them counts how many there are in each bucket of values, and
 * writes down those that a sample says are asked for; only these are sorted. A part far away takes another pass: 16 ms of 3 million in random
 * order. Kept are the counts, not where each packet stands: that would be 12 MB, and touching those took 45 ms. Text is sorted by its rank
 * among all texts of its dictionary. Knows no selections and no pages.
 */
import type { PacketColumn } from "../shared/packets";
import { NO_TEXT, Valid, type PacketColumns, type SecondsColumn } from "./columns";
import type { ByteDictionary } from "./dictionary";
import { analysisOf } from "./packetRows";
import { radixSteps } from "./rowGroups";
import { BLOCK_ROWS, WrittenRows, type RowList } from "./rowList";
import { NO_RANK, type KeyBuckets, type KeySource } from "./sort/keyPass";
import { lastNotAbove } from "./search";
import type { Steps } from "./steps";

/** What packets are ordered by, beside their columns. */
export interface OrderContext {
  readonly columns: PacketColumns;
  /** Bits of SegmentLabel per row; undefined while the detectors have not run. */
  readonly labels: Uint16Array | undefined;
  readonly ranks: TextRanks;
  /** Bits of `valid` that every packet has. */
  readonly always: number;
  /** Of the earliest packet; times are whole seconds from it on, up to 2^32. */
  readonly leastSecond: number;
}

/** Texts that are read in a step. */
const TEXTS_PER_STEP = 1 << 16;
const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** Ranks of the texts of a capture's dictionaries, made when they are asked for and kept: 4 bytes a text. */
export class TextRanks {
  readonly #known = new Map<ByteDictionary, Uint32Array>();

  /** Rank by code; NO_RANK for the empty text. The dictionary has to be complete. */
  *of(texts: ByteDictionary): Steps<Uint32Array> {
    const known = this.#known.get(texts);
    if (known) return known;
    const ranks = new Uint32Array(texts.size).fill(NO_RANK);
    const numbers: number[] = [];
    const numbered: number[] = [];
    const others: { readonly code: number; readonly text: string }[] = [];
    for (let code = 0; code < texts.size; code++) {
      if (code % TEXTS_PER_STEP === TEXTS_PER_STEP - 1) yield;
      if (code === NO_TEXT) continue;
      const text = texts.valueOf(code);
      const parts = IPV4.exec(text);
      if (parts) {
        numbers.push(((Number(parts[1]) << 24) | (Number(parts[2]) << 16) | (Number(parts[3]) << 8) | Number(parts[4])) >>> 0);
        numbered.push(code);
      } else others.push({ code, text });
    }
    const total = numbers.length;
    const lists = [Uint32Array.from(numbers), Uint32Array.from(numbered), new Uint32Array(total), new Uint32Array(total)] as const;
    const { rows: codes } = yield* radixSteps(lists, total);
    codes.forEach((code, rank) => (ranks[code] = rank));
    others.sort((a, b) => (a.text < b.text ? -1 : 1));
    others.forEach(({ code }, rank) => (ranks[code] = total + rank));
    this.#known.set(texts, ranks);
    return ranks;
  }
}

/** What packets are sorted by. */
export interface SortKey {
  /** Fills in the number, for each of some rows, that they are sorted by. */
  readonly fill: (rows: Uint32Array, target: Uint32Array) => void;
  /** Where it comes from: what `pass` of a list goes by. A number that stands in no column has none. */
  readonly source?: KeySource;
}

const keyFrom = (source: KeySource, columns: Pick<PacketColumns, "valid">): SortKey => ({
  source,
  fill: (rows, target) => fillFrom(source, columns.valid, rows, target),
});

function fillFrom(source: KeySource, valid: Uint16Array, rows: Uint32Array, target: Uint32Array): void {
  switch (source.kind) {
    case "plain":
      return fillPlain(rows, source.values, valid, source.mask, source.flip, target);
    case "seconds":
      return fillSeconds(rows, source.values, source.base, valid, source.flip, target);
    case "missing":
      return fillMissing(rows, valid, source.mask, target);
    case "ranked":
      return fillRanked(rows, source.values, source.ranks, source.most, target);
    case "ports":
      return fillPorts(rows, source.values, source.addresses, source.flip, target);
  }
}

/** Keys of a column, the most important one first; rows without a value come last and are alike. */
export function* keysOf(
  context: OrderContext,
  rows: RowList,
  column: Exclude<PacketColumn, "row">,
  isDescending: boolean,
): Steps<SortKey[]> {
  const { columns, labels, ranks } = context;
  // The complement turns the order round, and leaves ties as they are.
  const flip = isDescending ? 0xffff_ffff : 0;
  const ranked = (values: Uint32Array | Uint16Array, by: Uint32Array): SortKey =>
    keyFrom({ kind: "ranked", values, ranks: by, most: isDescending ? by.length : 0 }, columns);
  switch (column) {
    case "time":
      return timeKeys(context, flip);
    case "source":
    case "target": {
      const side = column === "source" ? "src" : "dst";
      const addresses = yield* ranks.of(columns.addresses);
      const ports = { kind: "ports", values: columns[`${side}Port`], addresses: columns[side], flip } as const;
      return [ranked(columns[side], addresses), keyFrom(ports, columns)];
    }
    case "protocols":
      return [ranked(columns.protocols, yield* ranks.of(columns.protocolNames))];
    case "label":
      return [ranked(columns.label, yield* ranks.of(columns.labelNames))];
    case "analysis":
      return labels ? [ranked(labels, rankLabels(rows, labels))] : [];
    default:
      return missingLast(context, Valid[column], { kind: "plain", values: columns[column], mask: Valid[column], flip });
  }
}

/** Keys of the order in which packets were captured: by frame number where each has one, else by time. */
export function captureKeys(context: OrderContext): SortKey[] {
  const { columns } = context;
  return context.always & Valid.frame
    ? [keyFrom({ kind: "plain", values: columns.frame, mask: 0, flip: 0 }, columns)]
    : timeKeys(context, 0);
}

/** Whether a list is in that order already. `always`: bits of `valid` that every packet has. */
export function isInCaptureOrder({ frame, seconds, nanos }: PacketColumns, always: number, rows: RowList): boolean {
  if ((always & (Valid.frame | Valid.time)) === 0) return false;
  let last: number | undefined;
  for (const block of rows.blocks()) {
    last ??= block[0];
    if (!(always & Valid.frame ? isAscending(block, frame, last) : isInTimeOrder(block, seconds, nanos, last))) return false;
    last = block[block.length - 1];
  }
  return true;
}

function timeKeys(context: OrderContext, flip: number): SortKey[] {
  const { seconds, nanos } = context.columns;
  return missingLast(
    context,
    Valid.time,
    { kind: "seconds", values: seconds, base: context.leastSecond, flip },
    { kind: "plain", values: nanos, mask: Valid.time, flip },
  );
}

function missingLast({ columns, always }: OrderContext, mask: number, ...sources: KeySource[]): SortKey[] {
  const all: KeySource[] = (always & mask) === mask ? sources : [{ kind: "missing", mask }, ...sources];
  return all.map((source) => keyFrom(source, columns));
}

/** How packets are told apart by a key: bucket 0 has those below `least`, the last one those above all others. */
interface Buckets extends KeyBuckets {
  readonly key: SortKey;
  /** Place of `key` among the keys. */
  readonly at: number;
}

/**
 * Packets that are sorted where they are asked for. Those of one value take 4 bytes each if they are many and one of them was asked for,
 * others nothing.
 */
export class PacketOrder {
  /** In the order of the file. */
  readonly rows: RowList;
  /** The most important one first; ties keep the order of the list. */
  readonly #keys: readonly SortKey[];
  readonly #sortedAtOnce: number;
  readonly #isReversed: boolean;
  /** What was asked for last, and some more: whoever scrolls goes on there. */
  #known: { readonly first: number; readonly rows: Uint32Array } = { first: 0, rows: new Uint32Array(0) };
  /** Null where no key tells any two packets apart. */
  #made: Buckets | null | undefined;
  /** Rows of some buckets that were written down on the way. */
  #noted: (BucketRange & { readonly rows: Uint32Array }) | undefined;
  /** The orders within buckets that were asked for and are too large to be sorted as a whole. */
  readonly #inner = new Map<number, PacketOrder>();

  /** `isReversed`: the last one of the list first, without keys; `sortedAtOnce`: so many packets are sorted as a whole, only tests give it. */
  constructor(rows: RowList, keys: readonly SortKey[], { isReversed = false, sortedAtOnce = SORTED_AT_ONCE } = {}) {
    this.#isReversed = isReversed;
    this.rows = rows;
    this.#keys = keys;
    this.#sortedAtOnce = sortedAtOnce;
  }

  /** The rows at the places [first, end), as far as there are any. */
  *part(first: number, end: number): Steps<Uint32Array> {
    const { length } = this.rows;
    const to = Math.min(end, length);
    if (first >= to) return new Uint32Array(0);
    if (this.#isReversed) return Uint32Array.from(this.rows.slice(length - to, length - first)).reverse();
    if (this.#keys.length === 0) return this.rows.slice(first, to);
    const known = this.#known;
    if (first >= known.first && to <= known.first + known.rows.length) return known.rows.subarray(first - known.first, to - known.first);
    const isSmall = length <= this.#sortedAtOnce;
    const more = this.#sortedAtOnce >>> AROUND_BITS;
    const from = isSmall ? 0 : Math.max(0, first - more);
    const rows = isSmall ? yield* sort(this.rows.slice(0, length), this.#keys) : yield* this.#collect(from, Math.min(length, to + more));
    this.#known = { first: from, rows };
    return rows.subarray(first - from, to - from);
  }

  /** Where the row at a place of the list stands in the order. */
  *placeOf(at: number): Steps<number> {
    const { rows } = this;
    if (this.#isReversed) return rows.length - 1 - at;
    if (this.#keys.length === 0) return at;
    const [row] = rows.slice(at, at + 1);
    if (rows.length <= this.#sortedAtOnce) return (yield* this.part(0, rows.length)).indexOf(row);
    const buckets = yield* this.#buckets();
    if (!buckets) return at;
    const bucket = bucketOf(buckets, row);
    const start = buckets.starts[bucket];
    const isLarge = buckets.starts[bucket + 1] - start > this.#sortedAtOnce;
    const own = isLarge ? this.#within(bucket, buckets) : this.#orderOf(bucket, buckets);
    return start + (yield* own.placeOf(placeIn(own.rows, row)));
  }

  /** The rows at the places [first, end), out of their buckets. */
  *#collect(first: number, end: number): Steps<Uint32Array> {
    const buckets = yield* this.#buckets(first, end);
    if (!buckets) return this.rows.slice(first, end);
    const { starts } = buckets;
    const collected = new Uint32Array(end - first);
    for (let bucket = lastNotAbove(starts, first); starts[bucket] < end;) {
      const start = starts[bucket];
      let next = bucket + 1;
      let piece: Uint32Array;
      if (starts[next] - start > this.#sortedAtOnce) {
        piece = yield* this.#within(bucket, buckets).part(Math.max(0, first - start), end - start);
      } else {
        // Small ones are sorted together.
        while (next < starts.length - 1 && starts[next] < end && starts[next + 1] - start <= this.#sortedAtOnce) next++;
        const rows = this.#take(buckets, bucket, next);
        yield;
        const all = yield* sort(rows, next === bucket + 1 ? this.#keysWithin(bucket, buckets) : this.#keys);
        piece = all.subarray(Math.max(0, first - start), Math.min(all.length, end - start));
      }
      collected.set(piece, Math.max(first, start) - first);
      bucket = next;
    }
    return collected;
  }

  #within(bucket: number, buckets: Buckets): PacketOrder {
    const inner = this.#inner.get(bucket) ?? this.#orderOf(bucket, buckets);
    this.#inner.set(bucket, inner);
    return inner;
  }

  #orderOf(bucket: number, buckets: Buckets): PacketOrder {
    const rows = new WrittenRows(this.#take(buckets, bucket, bucket + 1));
    return new PacketOrder(rows, this.#keysWithin(bucket, buckets), { sortedAtOnce: this.#sortedAtOnce });
  }

  /** What those of a bucket still have to be sorted by: where all have one value, not by that any more. */
  #keysWithin(bucket: number, { starts, shift, at }: Buckets): readonly SortKey[] {
    const hasOneValue = shift === 0 && bucket > 0 && bucket < starts.length - 2;
    return this.#keys.slice(hasOneValue ? at + 1 : at);
  }

  /** The rows of the buckets [first, end). */
  #take(buckets: Buckets, first: number, end: number): Uint32Array {
    const noted = this.#noted;
    const rows = noted && first >= noted.first && end <= noted.end ? new WrittenRows(noted.rows) : this.rows;
    return takeBuckets(rows, buckets, first, end);
  }

  /** By the first key that is not the same of all. Notes the rows that may be those at the places [first, end), as a sample says. */
  *#buckets(first = 0, end = 0): Steps<Buckets | null> {
    if (this.#made !== undefined) return this.#made;
    const { length } = this.rows;
    const sample = sampleOf(this.rows);
    for (const [at, key] of this.#keys.entries()) {
      const values = new Uint32Array(sample.length);
      key.fill(sample, values);
      values.sort();
      const buckets = bucketsBetween(key, at, values[0], values[values.length - 1]);
      const range = end > 0 ? guessBuckets(buckets, values, first / length, end / length) : { first: 0, end: 0 };
      const rows = countBuckets(this.rows, buckets, range);
      yield;
      const { starts } = buckets;
      // All of them in the bucket of the sample's only value.
      if (starts[1] === 0 && starts[2] === length) continue;
      this.#noted = rows && { ...range, rows };
      return (this.#made = buckets);
    }
    return (this.#made = null);
  }
}

/** Buckets for keys of which a sample has these, nothing in them yet. */
function bucketsBetween(key: SortKey, at: number, least: number, most: number): Buckets {
  let shift = 0;
  while ((most - least) / 2 ** shift >= 1 << BUCKET_BITS) shift++;
  return { key, at, least, shift, starts: new Uint32Array(((most - least) >>> shift) + 4) };
}

/** Where the keys of a bucket begin; behind the last one, behind all keys. */
const leastOf = ({ least, shift, starts }: Buckets, bucket: number): number =>
  bucket === 0 ? 0 : bucket >= starts.length - 1 ? 2 ** 32 : Math.min(least + (bucket - 1) * 2 ** shift, 2 ** 32);

/** The bucket of a key. */
const bucketAt = ({ least, shift, starts }: Buckets, value: number): number =>
  value < least ? 0 : Math.min(starts.length - 2, ((value - least) >>> shift) + 1);

/** The bucket of a row. */
function bucketOf(buckets: Buckets, row: number): number {
  const value = new Uint32Array(1);
  buckets.key.fill(Uint32Array.of(row), value);
  return bucketAt(buckets, value[0]);
}

/** Neighbouring buckets [first, end). */
interface BucketRange {
  readonly first: number;
  readonly end: number;
}

/**
 * Buckets that are likely to hold the packets from one share of all to another: `values` are the keys of a sample, ascending, and three
 * standard deviations of their quantiles are added on each side. That is a twentieth of all packets in the middle, few at the ends.
 */
function guessBuckets(buckets: Buckets, values: Uint32Array, from: number, to: number): BucketRange {
  const total = values.length;
  const margin = (share: number): number => 3 * Math.sqrt(total * share * (1 - share)) + 3;
  const low = Math.floor(total * from - margin(from));
  const high = Math.ceil(total * to + margin(to));
  const first = low < 0 ? 0 : bucketAt(buckets, values[low]);
  const end = high < total ? bucketAt(buckets, values[high]) + 1 : buckets.starts.length - 1;
  return { first, end };
}

/** Packets up to so many are sorted as a whole. */
const SORTED_AT_ONCE = 1 << 16;
/** Of those, on each side of what is asked for, for whoever scrolls: their 2^AROUND_BITS-th part. */
const AROUND_BITS = 5;
/** Buckets, as a power of two. */
const BUCKET_BITS = 12;
/** Rows that are written down while buckets are counted: 1 MB, of which pages that nobody touches take no memory. */
const MOST_NOTED = 1 << 18;

/** All of a list, the least important key first. */
function* sort(rows: Uint32Array, keys: readonly SortKey[]): Steps<Uint32Array> {
  const total = rows.length;
  let sorted = rows;
  for (let i = keys.length - 1; i >= 0; i--) {
    const values = new Uint32Array(total);
    keys[i].fill(sorted, values);
    const lists = [values, sorted.slice(), new Uint32Array(total), new Uint32Array(total)] as const;
    sorted = (yield* radixSteps(lists, total)).rows;
  }
  return sorted;
}

/** Rank of every combination of labels that occurs, by its names. */
function rankLabels(rows: RowList, labels: Uint16Array): Uint32Array {
  const occurs = new Uint8Array(1 << 16);
  for (const block of rows.blocks()) markCodes(block, labels, occurs);
  const texts = new Map<number, string>();
  occurs.forEach((isThere, bits) => {
    const text = isThere ? analysisOf(bits).join(", ") : "";
    if (text !== "") texts.set(bits, text);
  });
  const sorted = [...new Set(texts.values())].sort((a, b) => (a < b ? -1 : 1));
  const rankOf = new Map(sorted.map((text, rank) => [text, rank]));
  const ranks = new Uint32Array(1 << 16).fill(NO_RANK);
  for (const [bits, text] of texts) ranks[bits] = rankOf.get(text)!;
  return ranks;
}

/* The loops over all rows stand in functions of their own: see timeline.ts. */

function fillPlain(
  rows: Uint32Array,
  values: Uint32Array | Uint16Array,
  valid: Uint16Array,
  mask: number,
  flip: number,
  target: Uint32Array,
): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    target[i] = (valid[row] & mask) === mask ? values[row] ^ flip : 0;
  }
}

function fillSeconds(rows: Uint32Array, seconds: SecondsColumn, base: number, valid: Uint16Array, flip: number, target: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    target[i] = (valid[row] & Valid.time) !== 0 ? Math.min(seconds[row] - base, 0xffff_ffff) ^ flip : 0;
  }
}

function fillMissing(rows: Uint32Array, valid: Uint16Array, mask: number, target: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) target[i] = (valid[rows[i]] & mask) === mask ? 0 : 1;
}

/** `most`: 0, or a number that ranks are subtracted from, above them all. */
function fillRanked(rows: Uint32Array, codes: Uint32Array | Uint16Array, ranks: Uint32Array, most: number, target: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) {
    const rank = ranks[codes[rows[i]]];
    target[i] = most === 0 || rank === NO_RANK ? rank : most - rank;
  }
}

function fillPorts(rows: Uint32Array, ports: Uint16Array, addresses: Uint32Array, flip: number, target: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    target[i] = addresses[row] === NO_TEXT ? 0 : ports[row] ^ flip;
  }
}

/** `last`: the row before them. */
function isAscending(rows: Uint32Array, values: Uint32Array, last: number): boolean {
  let before = last;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (values[row] < values[before]) return false;
    before = row;
  }
  return true;
}

/** Likewise. */
function isInTimeOrder(rows: Uint32Array, seconds: SecondsColumn, nanos: Uint32Array, last: number): boolean {
  let before = last;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (seconds[row] < seconds[before] || (seconds[row] === seconds[before] && nanos[row] < nanos[before])) return false;
    before = row;
  }
  return true;
}

/** A list's sample; of a list that has none, whatever comes first. */
function sampleOf(rows: RowList): Uint32Array {
  const sample = rows.sample();
  if (sample.length > 0) return sample;
  for (const block of rows.blocks()) return block.slice();
  return sample;
}

/** Counts the rows of each bucket. Those of some buckets it writes down on the way; undefined where these are many. */
function countBuckets(rows: RowList, buckets: Buckets, { first, end }: BucketRange): Uint32Array | undefined {
  const { key, starts } = buckets;
  const least = leastOf(buckets, first);
  const span = leastOf(buckets, end) - 1 - least;
  const values = new Uint32Array(BLOCK_ROWS);
  const noted = new Uint32Array(Math.min(MOST_NOTED, rows.length));
  if (rows.pass && key.source) {
    const taken = rows.pass.count(key.source, buckets, least, span, noted);
    return taken === Infinity ? undefined : noted.subarray(0, taken);
  }
  let count = 0;
  for (const block of rows.blocks()) {
    key.fill(block, values);
    countInto(starts, values, block.length, buckets.least, buckets.shift);
    const isRoom = count + block.length <= noted.length;
    count = isRoom ? takeBetween(block, values, least, span, noted, count) : Infinity;
  }
  for (let i = 1; i < starts.length; i++) starts[i] += starts[i - 1];
  return count === Infinity ? undefined : noted.subarray(0, count);
}

function countInto(starts: Uint32Array, values: Uint32Array, count: number, least: number, shift: number): void {
  const last = starts.length - 1;
  for (let i = 0; i < count; i++) {
    const value = values[i];
    starts[value < least ? 1 : Math.min(((value - least) >>> shift) + 2, last)]++;
  }
}

/** The rows of a list that are in the buckets [first, end), found by going through all of it. */
function takeBuckets(rows: RowList, buckets: Buckets, first: number, end: number): Uint32Array {
  const { key, starts } = buckets;
  const least = leastOf(buckets, first);
  const span = leastOf(buckets, end) - 1 - least;
  const values = new Uint32Array(BLOCK_ROWS);
  const taken = new Uint32Array(starts[end] - starts[first]);
  if (rows.pass && key.source) {
    rows.pass.take(key.source, least, span, taken);
    return taken;
  }
  let count = 0;
  for (const block of rows.blocks()) {
    key.fill(block, values);
    count = takeBetween(block, values, least, span, taken, count);
  }
  return taken;
}

/**
 * Adds the rows with a key from `least` to `least + span` to the `from` there are; returns how many there are then. One comparison: with
 * two, the processor guesses wrong for half of the rows where the middle of an order is asked for, which took as long again.
 */
function takeBetween(rows: Uint32Array, values: Uint32Array, least: number, span: number, taken: Uint32Array, from: number): number {
  let count = from;
  for (let i = 0; i < rows.length; i++) if ((values[i] - least) >>> 0 <= span) taken[count++] = rows[i];
  return count;
}

/** Place of a row in a list that has it. */
function placeIn(rows: RowList, row: number): number {
  let before = 0;
  for (const block of rows.blocks()) {
    const at = block.indexOf(row);
    if (at >= 0) return before + at;
    before += block.length;
  }
  return before;
}

function markCodes(rows: Uint32Array, codes: Uint16Array, occurs: Uint8Array): void {
  for (let i = 0; i < rows.length; i++) occurs[codes[rows[i]]] = 1;
}
