/**
 * Packets in the order of a column: stable radix sorts by numbers of 32 bits, in steps. Text is sorted by its rank among all texts of its
 * dictionary. Knows no selections and no pages.
 */
import type { PacketColumn } from "../shared/packets";
import { NO_TEXT, Valid, type PacketColumns } from "./columns";
import type { ByteDictionary } from "./dictionary";
import { analysisOf } from "./packetRows";
import { radixSteps } from "./rowGroups";
import type { RowNumbers } from "./rowNumbers";
import type { Steps } from "./steps";

/** What packets are ordered by, beside their columns. */
export interface OrderContext {
  readonly columns: PacketColumns;
  readonly numbers: RowNumbers;
  /** Bits of SegmentLabel per row; undefined while the detectors have not run. */
  readonly labels: Uint16Array | undefined;
  readonly ranks: TextRanks;
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

/** A number that rows are sorted by. */
type Key =
  | { readonly values: Uint32Array | Uint16Array; readonly base: 0 }
  /** Whole numbers from `base` on; what is more than 32 bits above it counts as that much. */
  | { readonly values: Float64Array; readonly base: number }
  | { readonly codes: Uint32Array | Uint16Array; readonly ranks: Uint32Array }
  | { readonly numbers: RowNumbers };

/** The least important key first; rows of which the most important one is missing come last. */
interface Keys {
  readonly keys: readonly Key[];
  /** A bit of `valid` that a row needs; 0 for none. */
  readonly mask: number;
}

/** Rows of a list in the order of a column; ties keep the order of the list. Gives the list itself where it is in order. */
export function* orderBy(context: OrderContext, rows: Uint32Array, column: PacketColumn, isDescending: boolean): Steps<Uint32Array> {
  const { keys, mask } = yield* keysOf(context, rows, column);
  const last = keys.at(-1);
  if (rows.length < 2 || !last) return rows;
  const { valid, seconds, nanos } = context.columns;
  yield;
  const present = "ranks" in last ? countRanked(rows, last.codes, last.ranks) : mask === 0 ? rows.length : countValid(rows, valid, mask);
  if (column === "time" && !isDescending && present === rows.length && isInTimeOrder(rows, seconds, nanos)) return rows;
  let sorted = rows;
  if (present < rows.length) {
    sorted = new Uint32Array(rows.length);
    if ("ranks" in last) divideRanked(rows, last.codes, last.ranks, sorted, present);
    else divideValid(rows, valid, mask, sorted, present);
    yield;
  }
  for (const key of keys) {
    const list = sorted.subarray(0, present);
    const values = new Uint32Array(present);
    if (!fill(list, key, isDescending, values)) {
      yield;
      const lists = [values, list.slice(), new Uint32Array(present), new Uint32Array(present)] as const;
      const { rows: next } = yield* radixSteps(lists, present);
      if (present === rows.length) sorted = next;
      else sorted.set(next);
    }
    yield;
  }
  return sorted;
}

/** Rows in the order in which they were captured; `hasFrames`: each has a frame number. Ties keep the order of the list. */
export const orderByCapture = (context: OrderContext, rows: Uint32Array, hasFrames: boolean): Steps<Uint32Array> =>
  orderBy(context, rows, hasFrames ? "frame" : "time", false);

function* keysOf({ columns, numbers, labels, ranks }: OrderContext, rows: Uint32Array, column: PacketColumn): Steps<Keys> {
  switch (column) {
    case "row":
      return { keys: [{ numbers }], mask: 0 };
    case "time": {
      const base = leastOf(rows, columns.valid, columns.seconds);
      return {
        keys: [
          { values: columns.nanos, base: 0 },
          { values: columns.seconds, base },
        ],
        mask: Valid.time,
      };
    }
    case "source":
    case "target": {
      const side = column === "source" ? "src" : "dst";
      const addresses = yield* ranks.of(columns.addresses);
      const port: Key = { values: columns[`${side}Port`], base: 0 };
      return { keys: [port, { codes: columns[side], ranks: addresses }], mask: 0 };
    }
    case "protocols":
      return { keys: [{ codes: columns.protocols, ranks: yield* ranks.of(columns.protocolNames) }], mask: 0 };
    case "label":
      return { keys: [{ codes: columns.label, ranks: yield* ranks.of(columns.labelNames) }], mask: 0 };
    case "analysis":
      return { keys: labels ? [{ codes: labels, ranks: rankLabels(rows, labels) }] : [], mask: 0 };
    default:
      return { keys: [{ values: columns[column], base: 0 }], mask: Valid[column] };
  }
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

/** Fills in a key of every row; whether they are in order already. */
function fill(rows: Uint32Array, key: Key, isDescending: boolean, target: Uint32Array): boolean {
  // The complement turns the order round, and leaves ties as they are.
  const flip = isDescending ? 0xffff_ffff : 0;
  if ("ranks" in key) fillRanked(rows, key.codes, key.ranks, flip, target);
  else if ("numbers" in key) fillNumbers(rows, key.numbers, flip, target);
  else if (key.values instanceof Float64Array) fillFrom(rows, key.values, key.base, flip, target);
  else fillPlain(rows, key.values, flip, target);
  return isAscending(target);
}

/* The loops over all rows stand in functions of their own: see timeline.ts. */

function fillPlain(rows: Uint32Array, values: Uint32Array | Uint16Array, flip: number, target: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) target[i] = values[rows[i]] ^ flip;
}

function fillFrom(rows: Uint32Array, values: Float64Array, base: number, flip: number, target: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) target[i] = Math.min(values[rows[i]] - base, 0xffff_ffff) ^ flip;
}

function fillRanked(rows: Uint32Array, codes: Uint32Array | Uint16Array, ranks: Uint32Array, flip: number, target: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) target[i] = ranks[codes[rows[i]]] ^ flip;
}

function fillNumbers(rows: Uint32Array, numbers: RowNumbers, flip: number, target: Uint32Array): void {
  for (let i = 0; i < rows.length; i++) target[i] = numbers.of(rows[i]) ^ flip;
}

function isAscending(keys: Uint32Array): boolean {
  for (let i = 1; i < keys.length; i++) if (keys[i] < keys[i - 1]) return false;
  return true;
}

function isInTimeOrder(rows: Uint32Array, seconds: Float64Array, nanos: Uint32Array): boolean {
  for (let i = 1; i < rows.length; i++) {
    const [row, before] = [rows[i], rows[i - 1]];
    if (seconds[row] < seconds[before] || (seconds[row] === seconds[before] && nanos[row] < nanos[before])) return false;
  }
  return true;
}

/** Least of the rows that have a time; 0 where none has. */
function leastOf(rows: Uint32Array, valid: Uint16Array, seconds: Float64Array): number {
  let least = Infinity;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (seconds[row] < least && (valid[row] & Valid.time) !== 0) least = seconds[row];
  }
  return least === Infinity ? 0 : least;
}

function markCodes(rows: Uint32Array, codes: Uint16Array, occurs: Uint8Array): void {
  for (let i = 0; i < rows.length; i++) occurs[codes[rows[i]]] = 1;
}

function countValid(rows: Uint32Array, valid: Uint16Array, mask: number): number {
  let count = 0;
  for (let i = 0; i < rows.length; i++) if ((valid[rows[i]] & mask) !== 0) count++;
  return count;
}

function countRanked(rows: Uint32Array, codes: Uint32Array | Uint16Array, ranks: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < rows.length; i++) if (ranks[codes[rows[i]]] !== NO_RANK) count++;
  return count;
}

/** Rows with a value first, then, from `present` on, those without. */
function divideValid(rows: Uint32Array, valid: Uint16Array, mask: number, target: Uint32Array, present: number): void {
  let at = 0;
  let rest = present;
  for (let i = 0; i < rows.length; i++) target[(valid[rows[i]] & mask) !== 0 ? at++ : rest++] = rows[i];
}

function divideRanked(rows: Uint32Array, codes: Uint32Array | Uint16Array, ranks: Uint32Array, target: Uint32Array, present: number): void {
  let at = 0;
  let rest = present;
  for (let i = 0; i < rows.length; i++) target[ranks[codes[rows[i]]] !== NO_RANK ? at++ : rest++] = rows[i];
}
