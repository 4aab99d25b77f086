/**
 * Packets in the order of a column, a part at a time. The first time they are put into buckets of values, which is a fifth of the work of
 * sorting all (3 million in random order); then only the buckets that are asked for are sorted, wherever they are. Text is sorted by its rank
 * among all texts of its dictionary. Knows no selections and no pages.
 */
import type { PacketColumn } from "../shared/packets";
import { NO_TEXT, Valid, type PacketColumns, type SecondsColumn } from "./columns";
import type { ByteDictionary } from "./dictionary";
import { analysisOf } from "./packetRows";
import { radixSteps } from "./rowGroups";
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
  readonly leastSecond: () => number;
}

/** Rank of a code that stands for nothing. */
const NO_RANK = 0xffff_ffff;
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

/** Fills in the number, for each of some rows, that they are sorted by. */
export type SortKey = (rows: Uint32Array, target: Uint32Array) => void;

/** Keys of a column, the most important one first; rows without a value come last and are alike. */
export function* keysOf(
  context: OrderContext,
  rows: Uint32Array,
  column: Exclude<PacketColumn, "row">,
  isDescending: boolean,
): Steps<SortKey[]> {
  const { columns, labels, ranks } = context;
  // The complement turns the order round, and leaves ties as they are.
  const flip = isDescending ? 0xffff_ffff : 0;
  const ranked = (codes: Uint32Array | Uint16Array, by: Uint32Array): SortKey => {
    return (list, target) => fillRanked(list, codes, by, isDescending ? by.length : 0, target);
  };
  switch (column) {
    case "time":
      return timeKeys(context, flip);
    case "source":
    case "target": {
      const side = column === "source" ? "src" : "dst";
      const addresses = yield* ranks.of(columns.addresses);
      const ports = columns[`${side}Port`];
      return [ranked(columns[side], addresses), (list, target) => fillPorts(list, ports, columns[side], flip, target)];
    }
    case "protocols":
      return [ranked(columns.protocols, yield* ranks.of(columns.protocolNames))];
    case "label":
      return [ranked(columns.label, yield* ranks.of(columns.labelNames))];
    case "analysis":
      return labels ? [ranked(labels, rankLabels(rows, labels))] : [];
    default: {
      const values = columns[column];
      return missingLast(context, Valid[column], (list, target) => fillPlain(list, values, columns.valid, Valid[column], flip, target));
    }
  }
}

/** Keys of the order in which packets were captured: by frame number where each has one, else by time. None where the list is in that order. */
export function captureKeys(context: OrderContext, rows: Uint32Array): SortKey[] {
  const { frame, seconds, nanos, valid } = context.columns;
  const { always } = context;
  if (always & Valid.frame) return isAscending(rows, frame) ? [] : [(list, target) => fillPlain(list, frame, valid, 0, 0, target)];
  return always & Valid.time && isInTimeOrder(rows, seconds, nanos) ? [] : timeKeys(context, 0);
}

function timeKeys(context: OrderContext, flip: number): SortKey[] {
  const { seconds, nanos, valid } = context.columns;
  const base = context.leastSecond();
  return missingLast(
    context,
    Valid.time,
    (list, target) => fillSeconds(list, seconds, base, valid, flip, target),
    (list, target) => fillPlain(list, nanos, valid, Valid.time, flip, target),
  );
}

function missingLast({ columns, always }: OrderContext, mask: number, ...keys: SortKey[]): SortKey[] {
  const isMissing: SortKey = (list, target) => fillMissing(list, columns.valid, mask, target);
  return (always & mask) === mask ? keys : [isMissing, ...keys];
}

/** Packets in buckets, in the order of these; within one as they were. */
interface Buckets {
  readonly rows: Uint32Array;
  /** Those of the i-th are rows[starts[i], starts[i + 1]). */
  readonly starts: Uint32Array;
  /** What those of a bucket still have to be sorted by: with buckets of one value, not by that any more. */
  readonly keys: readonly SortKey[];
  readonly bucketOf: (key: number) => number;
  /** The key that tells them apart. */
  readonly key: SortKey;
}

/** Packets that are sorted where they are asked for. Takes 4 bytes a packet once it was asked. */
export class PacketOrder {
  /** In the order of the file. */
  readonly rows: Uint32Array;
  /** The most important one first; ties keep the order of the list. */
  readonly #keys: readonly SortKey[];
  readonly #sortedAtOnce: number;
  readonly #isReversed: boolean;
  /** What was asked for last, and some more: whoever scrolls goes on there. */
  #known: { readonly first: number; readonly rows: Uint32Array } = { first: 0, rows: new Uint32Array(0) };
  /** Null where no key tells any two packets apart. */
  #made: Buckets | null | undefined;
  /** The order within the bucket asked for last that is too large to be sorted as a whole. */
  #inner: { readonly bucket: number; readonly order: PacketOrder } | undefined;

  /** `isReversed`: the last one of the list first, without keys; `sortedAtOnce`: so many packets are sorted as a whole, only tests give it. */
  constructor(rows: Uint32Array, keys: readonly SortKey[], { isReversed = false, sortedAtOnce = SORTED_AT_ONCE } = {}) {
    this.#isReversed = isReversed;
    this.rows = rows;
    this.#keys = keys;
    this.#sortedAtOnce = sortedAtOnce;
  }

  /** The rows at the places [first, end), as far as there are any. */
  *part(first: number, end: number): Steps<Uint32Array> {
    const { length } = this.rows;
    const to = Math.min(end, length);
    if (first >= to) return this.rows.subarray(0, 0);
    if (this.#isReversed) return this.rows.slice(length - to, length - first).reverse();
    if (this.#keys.length === 0) return this.rows.subarray(first, to);
    const known = this.#known;
    if (first >= known.first && to <= known.first + known.rows.length) return known.rows.subarray(first - known.first, to - known.first);
    const isSmall = length <= this.#sortedAtOnce;
    const more = this.#sortedAtOnce >>> AROUND_BITS;
    const from = isSmall ? 0 : Math.max(0, first - more);
    const rows = isSmall ? yield* sort(this.rows, this.#keys) : yield* this.#collect(from, Math.min(length, to + more));
    this.#known = { first: from, rows };
    return rows.subarray(first - from, to - from);
  }

  /** Where the row at a place of the list stands in the order. */
  *placeOf(at: number): Steps<number> {
    if (this.#isReversed) return this.rows.length - 1 - at;
    const row = this.rows[at];
    if (this.rows.length <= this.#sortedAtOnce) return (yield* this.part(0, this.rows.length)).indexOf(row);
    const buckets = yield* this.#buckets();
    if (!buckets) return at;
    const value = new Uint32Array(1);
    buckets.key(this.rows.subarray(at, at + 1), value);
    const bucket = buckets.bucketOf(value[0]);
    const start = buckets.starts[bucket];
    const own = buckets.rows.subarray(start, buckets.starts[bucket + 1]);
    const place =
      own.length <= this.#sortedAtOnce
        ? (yield* sort(own, buckets.keys)).indexOf(row)
        : yield* this.#within(bucket, buckets).placeOf(own.indexOf(row));
    return start + place;
  }

  /** The rows at the places [first, end), out of their buckets. */
  *#collect(first: number, end: number): Steps<Uint32Array> {
    const buckets = yield* this.#buckets();
    if (!buckets) return this.rows.subarray(first, end);
    const { rows, starts, keys } = buckets;
    const collected = new Uint32Array(end - first);
    for (let bucket = lastNotAbove(starts, first); starts[bucket] < end;) {
      const start = starts[bucket];
      let next = bucket + 1;
      let piece: Uint32Array;
      if (starts[next] - start > this.#sortedAtOnce) {
        const inner = this.#within(bucket, buckets);
        piece = yield* inner.part(Math.max(0, first - start), end - start);
      } else {
        // Small ones are sorted together.
        while (next < starts.length - 1 && starts[next] < end && starts[next + 1] - start <= this.#sortedAtOnce) next++;
        const all = yield* sort(rows.subarray(start, starts[next]), next === bucket + 1 ? keys : this.#keys);
        piece = all.subarray(Math.max(0, first - start), Math.min(all.length, end - start));
      }
      collected.set(piece, Math.max(first, start) - first);
      bucket = next;
    }
    return collected;
  }

  #within(bucket: number, { rows, starts, keys }: Buckets): PacketOrder {
    if (this.#inner?.bucket !== bucket)
      this.#inner = {
        bucket,
        order: new PacketOrder(rows.subarray(starts[bucket], starts[bucket + 1]), keys, { sortedAtOnce: this.#sortedAtOnce }),
      };
    return this.#inner.order;
  }

  /** By the first key that is not the same of all. */
  *#buckets(): Steps<Buckets | null> {
    if (this.#made !== undefined) return this.#made;
    for (const [i, key] of this.#keys.entries()) {
      const { least, most } = rangeOf(this.rows, key);
      yield;
      if (least === most) continue;
      let shift = 0;
      while ((most - least) / 2 ** shift >= 1 << BUCKET_BITS) shift++;
      const starts = countBuckets(this.rows, key, least, shift);
      yield;
      const rows = fillBuckets(this.rows, key, least, shift, starts);
      yield;
      const bucketOf = (value: number): number => (value - least) >>> shift;
      return (this.#made = { rows, starts, keys: this.#keys.slice(shift === 0 ? i + 1 : i), key, bucketOf });
    }
    return (this.#made = null);
  }
}

/** Packets up to so many are sorted as a whole. */
const SORTED_AT_ONCE = 1 << 16;
/** Of those, on each side of what is asked for, for whoever scrolls: their 2^AROUND_BITS-th part. */
const AROUND_BITS = 5;
/** Buckets, as a power of two. */
const BUCKET_BITS = 12;
/** Rows whose keys are made at a time: kept for all, they would take 4 bytes a packet and as long as being made thrice. */
const BLOCK_ROWS = 1 << 12;

/** All of a list, the least important key first. */
function* sort(rows: Uint32Array, keys: readonly SortKey[]): Steps<Uint32Array> {
  const total = rows.length;
  let sorted = rows;
  for (let i = keys.length - 1; i >= 0; i--) {
    const values = new Uint32Array(total);
    keys[i](sorted, values);
    const lists = [values, sorted.slice(), new Uint32Array(total), new Uint32Array(total)] as const;
    sorted = (yield* radixSteps(lists, total)).rows;
  }
  return sorted;
}

/** Rank of every combination of labels that occurs, by its names. */
function rankLabels(rows: Uint32Array, labels: Uint16Array): Uint32Array {
  const occurs = new Uint8Array(1 << 16);
  markCodes(rows, labels, occurs);
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

/** Least and largest key. */
function rangeOf(rows: Uint32Array, key: SortKey): { least: number; most: number } {
  const values = new Uint32Array(BLOCK_ROWS);
  const range = { least: 0xffff_ffff, most: 0 };
  for (let first = 0; first < rows.length; first += BLOCK_ROWS) {
    const block = rows.subarray(first, first + BLOCK_ROWS);
    key(block, values);
    widen(range, values, block.length);
  }
  return range;
}

function widen(range: { least: number; most: number }, values: Uint32Array, count: number): void {
  let { least, most } = range;
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (value < least) least = value;
    if (value > most) most = value;
  }
  range.least = least;
  range.most = most;
}

/** Where each bucket begins, and where the last one ends. */
function countBuckets(rows: Uint32Array, key: SortKey, least: number, shift: number): Uint32Array {
  const values = new Uint32Array(BLOCK_ROWS);
  const starts = new Uint32Array((1 << BUCKET_BITS) + 1);
  for (let first = 0; first < rows.length; first += BLOCK_ROWS) {
    const block = rows.subarray(first, first + BLOCK_ROWS);
    key(block, values);
    countInto(starts, values, block.length, least, shift);
  }
  for (let i = 1; i < starts.length; i++) starts[i] += starts[i - 1];
  return starts;
}

function countInto(starts: Uint32Array, values: Uint32Array, count: number, least: number, shift: number): void {
  for (let i = 0; i < count; i++) starts[((values[i] - least) >>> shift) + 1]++;
}

function fillBuckets(rows: Uint32Array, key: SortKey, least: number, shift: number, starts: Uint32Array): Uint32Array {
  const values = new Uint32Array(BLOCK_ROWS);
  const filled = new Uint32Array(rows.length);
  const places = starts.slice();
  for (let first = 0; first < rows.length; first += BLOCK_ROWS) {
    const block = rows.subarray(first, first + BLOCK_ROWS);
    key(block, values);
    putInto(filled, places, block, values, least, shift);
  }
  return filled;
}

function putInto(filled: Uint32Array, places: Uint32Array, rows: Uint32Array, values: Uint32Array, least: number, shift: number): void {
  for (let i = 0; i < rows.length; i++) filled[places[(values[i] - least) >>> shift]++] = rows[i];
}

function isAscending(rows: Uint32Array, values: Uint32Array): boolean {
  for (let i = 1; i < rows.length; i++) if (values[rows[i]] < values[rows[i - 1]]) return false;
  return true;
}

function isInTimeOrder(rows: Uint32Array, seconds: SecondsColumn, nanos: Uint32Array): boolean {
  for (let i = 1; i < rows.length; i++) {
    const [row, before] = [rows[i], rows[i - 1]];
    if (seconds[row] < seconds[before] || (seconds[row] === seconds[before] && nanos[row] < nanos[before])) return false;
  }
  return true;
}

function markCodes(rows: Uint32Array, codes: Uint16Array, occurs: Uint8Array): void {
  for (let i = 0; i < rows.length; i++) occurs[codes[rows[i]]] = 1;
}
