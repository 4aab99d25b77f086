/**
 * Groups rows by their sequence number, in the order of the file within each. Numbers are in buckets, as src/engine/rowGroups.ts
 * defines them. A part is a range of buckets whose rows are sorted at a time: they stand in `pairs`, number and row, from place 0 on.
 */
import { found, key as seq, listWanted, valid } from "./batch";

const SEQ_BIT: u32 = 0;
const MANTISSA_BITS: u32 = 8;

function bucketOf(number: u32): u32 {
  const shift = max<i32>(0, 31 - (MANTISSA_BITS as i32) - clz<i32>(number)) as u32;
  return (shift << MANTISSA_BITS) + (number >> shift);
}

/** Bits of a number that its bucket does not tell. */
function restBitsOf(bucket: u32): u32 {
  return max<i32>(0, ((bucket >> MANTISSA_BITS) as i32) - 1) as u32;
}

/** The least number of a bucket; 2^32, which is 0, behind the last. */
function leastOf(bucket: u32): u32 {
  const shift = restBitsOf(bucket);
  return (bucket - (shift << MANTISSA_BITS)) << shift;
}

/** u64 each, a number above its row: those of the part, and room for as many as a bucket has. */
let pairs: u32 = 0;
let otherPairs: u32 = 0;
/** u32 per bucket: place in the part of its next row. */
let places: u32 = 0;
/** u32 each: numbers, ascending, and where the rows of each begin. */
let values: u32 = 0;
let starts: u32 = 0;
let digits: u32 = 0; // 256 of u32
let groups: u32 = 0;

export function layNumbers(pairsAt: u32, otherPairsAt: u32, placesAt: u32, valuesAt: u32, startsAt: u32, digitsAt: u32): void {
  pairs = pairsAt;
  otherPairs = otherPairsAt;
  places = placesAt;
  values = valuesAt;
  starts = startsAt;
  digits = digitsAt;
}

/** Numbers listed so far. */
export function groupCount(): u32 {
  return groups;
}

/** Puts the rows of the batch with a number of the buckets from `first` up to `end` into their buckets. `row`: the batch's first one in the columns. */
export function fillNumbers(count: u32, row: u32, first: u32, end: u32): void {
  const list = listWanted(count, leastOf(first), leastOf(end) - 1, SEQ_BIT);
  for (let at = found; at < list; at += 4) {
    const i = load<u32>(at);
    const number = load<u32>(seq + 4 * i);
    const next = places + 4 * bucketOf(number);
    const place = load<u32>(next);
    store<u32>(next, place + 1);
    store<u64>(pairs + 8 * place, ((number as u64) << 32) | ((row + i) as u64));
  }
}

/** Sorts the buckets from `first` up to `end`, lists their numbers, and makes the pairs rows (u32). `before`: rows of all before them. */
export function sortNumbers(first: u32, end: u32, before: u32): void {
  let start: u32 = 0;
  let last: u64 = 0xffffffffffffffff;
  for (let bucket = first; bucket < end; bucket++) {
    const stop = load<u32>(places + 4 * bucket);
    if (stop == start) continue;
    const from = sortBucket(pairs + 8 * start, stop - start, restBitsOf(bucket));
    for (let i: u32 = 0; i < stop - start; i++) {
      const pair = load<u64>(from + 8 * i);
      // Behind what is read: pairs are twice as long.
      store<u32>(pairs + 4 * (start + i), pair as u32);
      const number = pair >> 32;
      if (number == last) continue;
      last = number;
      store<u32>(values + 4 * groups, number as u32);
      store<u32>(starts + 4 * groups, before + start + i);
      groups++;
    }
    start = stop;
  }
}

/** Sorts pairs of which the lowest `bits` bits of their numbers may differ; returns where they are then. */
function sortBucket(at: u32, count: u32, bits: u32): u32 {
  const one = load<u64>(at);
  let differing: u64 = 0;
  for (let i: u32 = 1; i < count; i++) differing |= load<u64>(at + 8 * i) ^ one;
  let from = at;
  let to = otherPairs;
  for (let shift: u32 = 32; shift < 32 + bits; shift += 8) {
    if (((differing >> shift) & 255) == 0) continue;
    memory.fill(digits, 0, 1024);
    for (let i: u32 = 0; i < count; i++) {
      const digit = digits + 4 * (((load<u64>(from + 8 * i) >> shift) as u32) & 255);
      store<u32>(digit, load<u32>(digit) + 1);
    }
    let sum: u32 = 0;
    for (let digit = digits; digit < digits + 1024; digit += 4) {
      const here = load<u32>(digit);
      store<u32>(digit, sum);
      sum += here;
    }
    for (let i: u32 = 0; i < count; i++) {
      const pair = load<u64>(from + 8 * i);
      const digit = digits + 4 * (((pair >> shift) as u32) & 255);
      const place = load<u32>(digit);
      store<u32>(digit, place + 1);
      store<u64>(to + 8 * place, pair);
    }
    const other = from;
    from = to;
    to = other;
  }
  return from;
}
