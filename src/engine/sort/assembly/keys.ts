/**
 * Looks at the numbers that packets are sorted by, of all rows with a sequence number: how many are in each bucket, and which rows
 * are between two of them. What the numbers and buckets are is defined by src/engine/packetOrder.ts.
 */
import { found, listWanted, valid } from "./batch";

const SEQ_BIT: u32 = 0;
const TIME: u32 = 1 << 1;
/** Rank of a code that stands for nothing. */
const NO_RANK: u32 = 0xffffffff;

// Kinds of numbers: KeySource.
const PLAIN: u32 = 0;
const SECONDS: u32 = 1;
const MISSING: u32 = 2;
const RANKED: u32 = 3;

let kind: u32 = 0;
let values: u32 = 0; // of the batch: u16, u32 or f64, by `size`
let size: u32 = 0;
let addresses: u32 = 0; // of the batch, u32: whose ports the values are
let ranks: u32 = 0; // u32 by code
let mask: u32 = 0;
let flip: u32 = 0;
let base: f64 = 0;
let most: u32 = 0;
let keys: u32 = 0; // u32, as many as the batch has rows

export function layKeys(kindOf: u32, valuesAt: u32, bytes: u32, addressesAt: u32, ranksAt: u32, keysAt: u32): void {
  kind = kindOf;
  values = valuesAt;
  size = bytes;
  addresses = addressesAt;
  ranks = ranksAt;
  keys = keysAt;
}

export function setKeys(maskOf: u32, flipWith: u32, baseOf: f64, mostOf: u32): void {
  mask = maskOf;
  flip = flipWith;
  base = baseOf;
  most = mostOf;
}

// @ts-ignore: decorator
@inline
function valueOf(row: u32): u32 {
  return size == 2 ? (load<u16>(values + 2 * row) as u32) : load<u32>(values + 4 * row);
}

// @ts-ignore: decorator
@inline
function has(row: u32, bits: u32): bool {
  return ((load<u16>(valid + 2 * row) as u32) & bits) == bits;
}

function keyOf(row: u32): u32 {
  if (kind == PLAIN) return has(row, mask) ? valueOf(row) ^ flip : 0;
  if (kind == SECONDS) {
    if (!has(row, TIME)) return 0;
    const second = size == 8 ? load<f64>(values + 8 * row) : (load<u32>(values + 4 * row) as f64);
    return (min(second - base, 4294967295.0) as u32) ^ flip;
  }
  if (kind == MISSING) return has(row, mask) ? 0 : 1;
  if (kind == RANKED) {
    const rank = load<u32>(ranks + 4 * valueOf(row));
    return most == 0 || rank == NO_RANK ? rank : most - rank;
  }
  return load<u32>(addresses + 4 * row) == 0 ? 0 : valueOf(row) ^ flip;
}

/** Finds the batch's rows with a number, and their keys. Returns where the list ends. */
function readKeys(count: u32): u32 {
  // Of any key there is: the bit alone decides.
  const list = listWanted(count, 0, 0xffffffff, SEQ_BIT);
  let key = keys;
  for (let at = found; at < list; at += 4, key += 4) store<u32>(key, keyOf(load<u32>(at)));
  return list;
}

/** Leaves in the list those with a key from `least` to `least + span`, as rows; `row`: the batch's first one in the columns. Returns how many. */
function takeBetween(list: u32, row: u32, least: u32, span: u32): u32 {
  let taken = found;
  let key = keys;
  for (let at = found; at < list; at += 4, key += 4) {
    store<u32>(taken, load<u32>(at) + row);
    taken += u32(load<u32>(key) - least <= span) << 2;
  }
  return (taken - found) >> 2;
}

/** The rows of a batch with a key from `least` to `least + span`: so many stand in `found` then. */
export function takeKeys(count: u32, row: u32, least: u32, span: u32): u32 {
  return takeBetween(readKeys(count), row, least, span);
}

/**
 * Counts the keys of a batch by buckets of 2^shift keys from `lowest` on; the first of the `buckets` (u32 each) is for those below, the
 * last for those above all. Takes as takeKeys does.
 */
export function countKeys(count: u32, row: u32, lowest: u32, shift: u32, buckets: u32, last: u32, least: u32, span: u32): u32 {
  const list = readKeys(count);
  const end = keys + (list - found);
  for (let key = keys; key < end; key += 4) {
    const value = load<u32>(key);
    const bucket = value < lowest ? 0 : min(((value - lowest) >> shift) + 1, last);
    const at = buckets + 4 * bucket;
    store<u32>(at, load<u32>(at) + 1);
  }
  return takeBetween(list, row, least, span);
}
