/**
 * Packets in the order of a column, a part at a time. A part is found by counting how often each value occurs, and only the packets around
 * it are sorted: of 3 million in random order, in a quarter of the time that sorting all takes. A part far away is found anew. Text is
 * sorted by its rank among all texts of its dictionary. Knows no selections and no pages.
 */
import type { PacketColumn } from "../shared/packets";
import { NO_TEXT, Valid, type PacketColumns } from "./columns";
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

/** Fills in the number, for each row of a list, that they are sorted by. */
export type SortKey = (rows: Uint32Array, target: Uint32Array) => void;

/**
 * Keys of a column, the most important one first; rows without a value come last and are alike. `rows`: in the order of the file, by which
 * "row" goes: no other key may go with it.
 */
export function* keysOf(context: OrderContext, rows: Uint32Array, column: PacketColumn, isDescending: boolean): Steps<SortKey[]> {
  const { columns, labels, ranks } = context;
  // The complement turns the order round, and leaves ties as they are.
  const flip = isDescending ? 0xffff_ffff : 0;
  const ranked = (codes: Uint32Array | Uint16Array, by: Uint32Array): SortKey => {
    return (list, target) => fillRanked(list, codes, by, isDescending ? by.length : 0, target);
  };
  switch (column) {
    case "row":
      return isDescending ? [fillDescending] : [];
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

/** Memory for keys, used again and again. One order at a time. */
export class KeySpace {
  #all = new Uint32Array(0);
  #some = new Uint32Array(0);
  #owner: object | undefined;

  /** For the keys of all packets of an order. */
  all(length: number, owner: object): Uint32Array {
    if (this.#all.length < length) this.#all = new Uint32Array(length);
    this.#owner = owner;
    return this.#all.subarray(0, length);
  }

  /** Whether what an order put there is still there. */
  isOf(owner: object): boolean {
    return this.#owner === owner;
  }

  /** For the keys of a part of them. */
  some(length: number): Uint32Array {
    if (this.#some.length < length) this.#some = new Uint32Array(length);
    return this.#some.subarray(0, length);
  }
}

/** Keys of a list, and how many of them lie below each range of 2^shift numbers from the least on: starts[i] below the i-th. */
interface CountedKeys {
  readonly values: Uint32Array;
  readonly least: number;
  readonly most: number;
  readonly shift: number;
  readonly starts: Uint32Array;
}

function countKeys(values: Uint32Array): CountedKeys {
  const { least, most } = rangeOf(values);
  let shift = 0;
  while ((most - least) / 2 ** shift >= 1 << BUCKET_BITS) shift++;
  return { values, least, most, shift, starts: countBuckets(values, least, shift) };
}

/** Packets that are sorted where they are asked for. */
export class PacketOrder {
  /** In the order of the file. */
  readonly rows: Uint32Array;
  /** The most important one first; ties keep the order of the list. */
  readonly #keys: readonly SortKey[];
  readonly #space: KeySpace;
  readonly #sortedAtOnce: number;
  /** What was asked for last, and some more: whoever scrolls goes on there. */
  #known: { readonly first: number; readonly rows: Uint32Array } = { first: 0, rows: new Uint32Array(0) };
  /** The most important keys of all: whoever goes on elsewhere need not have them made and counted again. */
  #counted: CountedKeys | undefined;

  /** `sortedAtOnce`: so many packets are sorted without being counted first; only tests give it. */
  constructor(rows: Uint32Array, keys: readonly SortKey[], space: KeySpace, sortedAtOnce = SORTED_AT_ONCE) {
    this.rows = rows;
    this.#keys = keys;
    this.#space = space;
    this.#sortedAtOnce = sortedAtOnce;
  }

  /** The rows at the places [first, end), as far as there are any. */
  *part(first: number, end: number): Steps<Uint32Array> {
    const { length } = this.rows;
    const to = Math.min(end, length);
    if (first >= to) return this.rows.subarray(0, 0);
    if (this.#keys.length === 0) return this.rows.subarray(first, to);
    const known = this.#known;
    if (first >= known.first && to <= known.first + known.rows.length) return known.rows.subarray(first - known.first, to - known.first);
    const isSmall = length <= this.#sortedAtOnce;
    const more = this.#sortedAtOnce >>> 3;
    const from = isSmall ? 0 : Math.max(0, first - more);
    const rows = yield* this.#select(this.rows, this.#keys, from, isSmall ? length : Math.min(length, to + more));
    this.#known = { first: from, rows };
    return rows.subarray(first - from, to - from);
  }

  /** Where the row at a place of the list stands in the order. */
  *placeOf(at: number): Steps<number> {
    let list = this.rows;
    let place = at;
    let before = 0;
    for (const key of this.#keys) {
      if (list.length < 2) break;
      const { values } = this.#count(list, key);
      yield;
      const value = values[place];
      before += countBetween(values, 0, values.length, 0, value - 1);
      const equals = countBetween(values, 0, place, value, value);
      list = takeBetween(list, values, value, value, countBetween(values, 0, values.length, value, value));
      place = equals;
      yield;
    }
    return before + place;
  }

  #count(rows: Uint32Array, key: SortKey): CountedKeys {
    const isAll = rows === this.rows && key === this.#keys[0];
    if (isAll && this.#counted && this.#space.isOf(this)) return this.#counted;
    const values = isAll ? this.#space.all(rows.length, this) : this.#space.some(rows.length);
    key(rows, values);
    const counted = countKeys(values);
    if (isAll) this.#counted = counted;
    return counted;
  }

  /** The rows at the places [first, end) of a list when it is sorted. */
  *#select(rows: Uint32Array, keys: readonly SortKey[], first: number, end: number): Steps<Uint32Array> {
    if (first >= end) return rows.subarray(0, 0);
    if (keys.length === 0) return rows.slice(first, end);
    if (rows.length <= this.#sortedAtOnce) return (yield* sort(rows, keys)).subarray(first, end);
    const { values, least, most, shift, starts } = this.#count(rows, keys[0]);
    if (least === most) return yield* this.#select(rows, keys.slice(1), first, end);
    yield;
    const [low, high] = [lastNotAbove(starts, first), lastNotAbove(starts, end - 1)];
    const begin = starts[low];
    const found = starts[high + 1] - begin;
    const part = takeBetween(rows, values, least + low * 2 ** shift, Math.min(most, least + (high + 1) * 2 ** shift - 1), found);
    yield;
    if (low === high || found <= this.#sortedAtOnce) return yield* this.#select(part, keys, first - begin, end - begin);
    // Many share a value at one of the ends, or at both: what lies between is asked for as a whole.
    const cuts = [first, starts[low + 1], starts[high], end].map((cut) => cut - begin);
    const joined = new Uint32Array(end - first);
    for (let i = 0; i < 3; i++) {
      const piece = yield* this.#select(part, keys, cuts[i], cuts[i + 1]);
      joined.set(piece, cuts[i] - cuts[0]);
    }
    return joined;
  }
}

/** Fewer packets than this are sorted rather than counted. */
const SORTED_AT_ONCE = 1 << 16;
/** Ranges of values that are counted, as a power of two: the counters stay in the cache. */
const BUCKET_BITS = 14;

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

function fillSeconds(rows: Uint32Array, seconds: Float64Array, base: number, valid: Uint16Array, flip: number, target: Uint32Array): void {
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

/** The last row first. */
function fillDescending(rows: Uint32Array, target: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) target[i] = rows.length - i;
}

function rangeOf(values: Uint32Array): { least: number; most: number } {
  let least = 0xffff_ffff;
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { least, most };
}

/** Where each bucket begins, and where the last one ends. */
function countBuckets(values: Uint32Array, least: number, shift: number): Uint32Array {
  const starts = new Uint32Array((1 << BUCKET_BITS) + 1);
  for (let i = 0; i < values.length; i++) starts[((values[i] - least) >>> shift) + 1]++;
  for (let i = 1; i < starts.length; i++) starts[i] += starts[i - 1];
  return starts;
}

/** How many of the values at the places [first, end) are from `low` to `high`. */
function countBetween(values: Uint32Array, first: number, end: number, low: number, high: number): number {
  let count = 0;
  for (let i = first; i < end; i++) if (values[i] >= low && values[i] <= high) count++;
  return count;
}

/** The rows whose values are from `low` to `high`, `count` of them. */
function takeBetween(rows: Uint32Array, values: Uint32Array, low: number, high: number, count: number): Uint32Array {
  const taken = new Uint32Array(count);
  let at = 0;
  for (let i = 0; i < rows.length; i++) if (values[i] >= low && values[i] <= high) taken[at++] = rows[i];
  return taken;
}

function isAscending(rows: Uint32Array, values: Uint32Array): boolean {
  for (let i = 1; i < rows.length; i++) if (values[rows[i]] < values[rows[i - 1]]) return false;
  return true;
}

function isInTimeOrder(rows: Uint32Array, seconds: Float64Array, nanos: Uint32Array): boolean {
  for (let i = 1; i < rows.length; i++) {
    const [row, before] = [rows[i], rows[i - 1]];
    if (seconds[row] < seconds[before] || (seconds[row] === seconds[before] && nanos[row] < nanos[before])) return false;
  }
  return true;
}

function markCodes(rows: Uint32Array, codes: Uint16Array, occurs: Uint8Array): void {
  for (let i = 0; i < rows.length; i++) occurs[codes[rows[i]]] = 1;
}
