/**
 * Puts the rows of streams in order, by direction and then by time. What the order is, and why, is defined by
 * src/engine/streamOrder.ts. Every stream has a slot. A part is a range of slots whose rows are sorted at a time; its rows stand in
 * `rows` and `times`, from place 0 on.
 */
import { found, key as stream, listWanted, valid } from "./batch";

// Bits of Valid.
const VALID_TIME: u32 = 1 << 1;
const STREAM_BIT: u32 = 3;
const VALID_STREAM: u32 = 1 << STREAM_BIT;
const VALID_SRC_PORT: u32 = 1 << 8;

// The batch at hand beside what all sorting shares, a value per row.
let src: u32 = 0; // u32
let srcPort: u32 = 0; // u16
let seconds: u32 = 0; // f64 or u32
let nanos: u32 = 0; // u32
let isNarrow: bool = false;

/** Where a batch lies; `narrow`: its seconds are u32. */
export function layPackets(srcAt: u32, srcPortAt: u32, secondsAt: u32, nanosAt: u32, narrow: u32): void {
  src = srcAt;
  srcPort = srcPortAt;
  seconds = secondsAt;
  nanos = nanosAt;
  isNarrow = narrow != 0;
}

// What `measure` has seen of all batches.
let rowsBelow: u32 = 0;
let rowsWithin: u32 = 0;
let lowest: u32 = 0xffffffff;
let highest: u32 = 0;
let firstSecond: f64 = Infinity;
let lastSecond: f64 = -Infinity;

/** Rows of streams below the range, and within it. */
export function below(): u32 {
  return rowsBelow;
}
export function within(): u32 {
  return rowsWithin;
}
/** Lowest and highest stream of the range that occur, where any does. */
export function lowestStream(): u32 {
  return lowest;
}
export function highestStream(): u32 {
  return highest;
}
/** Seconds of all rows with a time. */
export function earliest(): f64 {
  return firstSecond;
}
export function latest(): f64 {
  return lastSecond;
}

// @ts-ignore: decorator
@inline
function secondOf(row: u32): f64 {
  return isNarrow ? (load<u32>(seconds + 4 * row) as f64) : load<f64>(seconds + 8 * row);
}

/** Looks at the `count` rows of the batch, for a range of streams (both ends included). */
export function measureStreams(count: u32, least: u32, most: u32): void {
  for (let row: u32 = 0; row < count; row++) {
    const bits = load<u16>(valid + 2 * row) as u32;
    if ((bits & VALID_TIME) != 0) {
      const second = secondOf(row);
      firstSecond = min(firstSecond, second);
      lastSecond = max(lastSecond, second);
    }
    if ((bits & VALID_STREAM) == 0) continue;
    const number = load<u32>(stream + 4 * row);
    if (number < least) rowsBelow++;
    else if (number <= most) {
      rowsWithin++;
      lowest = min(lowest, number);
      highest = max(highest, number);
    }
  }
}

/** Stream of slot 0. */
let base: u32 = 0;
let slots: u32 = 0;
/** u32 per slot and one more: where the rows of each begin. */
let starts: u32 = 0;
/** u32 per slot: where its rows of direction 1 begin; only for slots with rows. */
let turns: u32 = 0;

/** Slots for the streams from `least` on; `startsAt` holds 0. */
export function laySlots(least: u32, count: u32, startsAt: u32, turnsAt: u32): void {
  base = least;
  slots = count;
  starts = startsAt;
  turns = turnsAt;
}

/** Counts the rows of the batch, each one slot further on. */
export function countRows(count: u32): void {
  for (let row: u32 = 0; row < count; row++) {
    const slot = load<u32>(stream + 4 * row) - base;
    if (slot >= slots || ((load<u16>(valid + 2 * row) as u32) & VALID_STREAM) == 0) continue;
    const at = starts + 4 * slot + 4;
    store<u32>(at, load<u32>(at) + 1);
  }
}

let usedSlots: u32 = 0;
let largestSlot: u32 = 0;

/** Makes counts to where rows begin. */
export function sumRows(): void {
  let sum: u32 = 0;
  for (let slot: u32 = 0; slot < slots; slot++) {
    const at = starts + 4 * slot + 4;
    const count = load<u32>(at);
    if (count != 0) usedSlots++;
    largestSlot = max(largestSlot, count);
    sum += count;
    store<u32>(at, sum);
  }
}

/** Slots with rows, and rows of the one with most. */
export function used(): u32 {
  return usedSlots;
}
export function largest(): u32 {
  return largestSlot;
}

/** The slot behind as many from `slot` on, at least one and at most `mostSlots`, as have no more than `mostRows` rows. */
export function endOfPart(slot: u32, mostSlots: u32, mostRows: u32): u32 {
  const start = load<u32>(starts + 4 * slot);
  const last = min(slots, slot + mostSlots);
  for (slot++; slot < last && load<u32>(starts + 4 * slot + 4) - start <= mostRows; ) slot++;
  return slot;
}

/** 16 bytes per slot of the part: who sent its first row (u64, an endpoint + 1; 0 for nobody), and where the next row of direction 0 goes, and the last one of direction 1 went (u32). */
let states: u32 = 0;
// Rows of the part at hand, and room for as many as a slot has.
let rows: u32 = 0; // u32
let times: u32 = 0; // f64: ns since the first second, or seconds; Infinity without a time
let otherRows: u32 = 0;
let otherTimes: u32 = 0;
/** MAX_BUCKETS + 1 of them, u32. */
let buckets: u32 = 0;
let isCoarse: bool = false;

/** Where a part lies. `coarse`: times are whole seconds. */
export function layPart(statesAt: u32, rowsAt: u32, timesAt: u32, otherRowsAt: u32, otherTimesAt: u32, bucketsAt: u32, coarse: u32): void {
  states = statesAt;
  rows = rowsAt;
  times = timesAt;
  otherRows = otherRowsAt;
  otherTimes = otherTimesAt;
  buckets = bucketsAt;
  isCoarse = coarse != 0;
}

/** Begins a part: its slots have no rows yet. */
export function beginPart(firstSlot: u32, endSlot: u32): void {
  memory.fill(states, 0, 16 * (endSlot - firstSlot));
}

/** Finds the rows of the batch that have a slot of the part; returns how many these are. */
export function listStreams(count: u32, firstSlot: u32, endSlot: u32): u32 {
  return (listWanted(count, base + firstSlot, base + endSlot - 1, STREAM_BIT) - found) >> 2;
}

/** Puts the `listed` rows found to one end of their slots' places, by direction. `row`: the batch's first one in the columns. */
export function fillStreams(listed: u32, row: u32, firstSlot: u32): void {
  const start = load<u32>(starts + 4 * firstSlot);
  for (let at = found; at < found + 4 * listed; at += 4) {
    const i = load<u32>(at);
    const slot = load<u32>(stream + 4 * i) - base;
    const bits = load<u16>(valid + 2 * i) as u32;
    const port = (bits & VALID_SRC_PORT) != 0 ? (load<u16>(srcPort + 2 * i) as u64) : 0;
    const endpoint = (((load<u32>(src + 4 * i) as u64) << 16) | port) + 1;
    const state = states + 16 * (slot - firstSlot);
    if (load<u64>(state) == 0) {
      store<u64>(state, endpoint);
      store<u32>(state, load<u32>(starts + 4 * slot), 8);
      store<u32>(state, load<u32>(starts + 4 * slot + 4), 12);
    }
    // Either direction is as likely: no branch.
    const isOther: u32 = u32(load<u64>(state) != endpoint);
    const next = state + 8 + 4 * isOther;
    const place = load<u32>(next) - isOther;
    store<u32>(next, place + 1 - isOther);
    const target = place - start;
    store<u32>(rows + 4 * target, row + i);
    let time: f64 = Infinity;
    if ((bits & VALID_TIME) != 0) {
      time = secondOf(i);
      if (!isCoarse) time = (time - firstSecond) * 1e9 + (load<u32>(nanos + 4 * i) as f64);
    }
    store<f64>(times + 8 * target, time);
  }
}

/** Orders the rows of the part's slots. Returns how many there are; 0xffffffff where the rows of a slot did not fill its place. */
export function sortStreams(firstSlot: u32, endSlot: u32): u32 {
  const start = load<u32>(starts + 4 * firstSlot);
  for (let slot = firstSlot; slot < endSlot; slot++) {
    const from = load<u32>(starts + 4 * slot);
    const to = load<u32>(starts + 4 * slot + 4);
    if (from == to) continue;
    const state = states + 16 * (slot - firstSlot);
    const turn = load<u32>(state, 8);
    if (load<u64>(state) == 0 || load<u32>(state, 12) != turn) return 0xffffffff;
    store<u32>(turns + 4 * slot, turn);
    reverse(turn - start, to - start);
    sortRun(from - start, turn - start);
    sortRun(turn - start, to - start);
  }
  return load<u32>(starts + 4 * endSlot) - start;
}

/** The rows of direction 1 came last one first. */
function reverse(from: u32, to: u32): void {
  for (; from + 1 < to; from++) {
    to--;
    const row = load<u32>(rows + 4 * from);
    store<u32>(rows + 4 * from, load<u32>(rows + 4 * to));
    store<u32>(rows + 4 * to, row);
    const time = load<f64>(times + 8 * from);
    store<f64>(times + 8 * from, load<f64>(times + 8 * to));
    store<f64>(times + 8 * to, time);
  }
}

/** Runs this short are sorted by insertion. */
const RUN: u32 = 16;
/** Buckets of times at most: where they begin stays in the first cache. */
const MAX_BUCKETS: u32 = 4096;

/** Sorts by time, stably: nothing where rows are in order, as in most captures; else in buckets by their time first. */
function sortRun(from: u32, to: u32): void {
  let sorted = from + 1;
  while (sorted < to && load<f64>(times + 8 * sorted) >= load<f64>(times + 8 * sorted - 8)) sorted++;
  if (sorted >= to) return;
  if (to - from <= RUN) insertionSort(from, to);
  else distribute(from, to);
}

/** The bucket of a time; the last one is for rows without. */
// @ts-ignore: decorator
@inline
function bucketOf(time: f64, least: f64, scale: f64, last: u32): u32 {
  return time == Infinity ? last : (((time - least) * scale) as u32);
}

/**
 * About as many buckets as rows, by time, so that few rows are in one: a third of the time of merging all (3 M shuffled rows). Where
 * many are in one, those are merged.
 */
function distribute(from: u32, to: u32): void {
  let least: f64 = Infinity;
  let most: f64 = -Infinity;
  for (let i = from; i < to; i++) {
    const time = load<f64>(times + 8 * i);
    least = min(least, time);
    if (time != Infinity) most = max(most, time);
  }
  const last = min(MAX_BUCKETS, to - from) - 1;
  const scale: f64 = most > least ? ((last - 1) as f64) / (most - least) : 0;
  memory.fill(buckets, 0, 4 * (last + 2));
  // Counted one place further on, they become where each begins.
  for (let i = from; i < to; i++) {
    const at = buckets + 4 + 4 * bucketOf(load<f64>(times + 8 * i), least, scale, last);
    store<u32>(at, load<u32>(at) + 1);
  }
  let fullest: u32 = 0;
  for (let bucket: u32 = 1; bucket <= last + 1; bucket++) {
    const at = buckets + 4 * bucket;
    fullest = max(fullest, load<u32>(at));
    store<u32>(at, load<u32>(at) + load<u32>(at - 4));
  }
  for (let i = from; i < to; i++) {
    const time = load<f64>(times + 8 * i);
    const at = buckets + 4 * bucketOf(time, least, scale, last);
    const place = load<u32>(at);
    store<u32>(at, place + 1);
    store<u32>(otherRows + 4 * place, load<u32>(rows + 4 * i));
    store<f64>(otherTimes + 8 * place, time);
  }
  copyBack(from, to);
  // Nothing leaves its bucket.
  if (fullest <= RUN) {
    insertionSort(from, to);
    return;
  }
  // Filled, a bucket is marked by its end.
  let begin = from;
  for (let bucket: u32 = 0; bucket <= last; bucket++) {
    const end = from + load<u32>(buckets + 4 * bucket);
    mergeSort(begin, end);
    begin = end;
  }
}

function copyBack(from: u32, to: u32): void {
  memory.copy(rows + 4 * from, otherRows, 4 * (to - from));
  memory.copy(times + 8 * from, otherTimes, 8 * (to - from));
}

function insertionSort(from: u32, to: u32): void {
  for (let i = from + 1; i < to; i++) {
    const row = load<u32>(rows + 4 * i);
    const time = load<f64>(times + 8 * i);
    let at = i;
    for (; at > from && load<f64>(times + 8 * at - 8) > time; at--) {
      store<u32>(rows + 4 * at, load<u32>(rows + 4 * at - 4));
      store<f64>(times + 8 * at, load<f64>(times + 8 * at - 8));
    }
    store<u32>(rows + 4 * at, row);
    store<f64>(times + 8 * at, time);
  }
}

/** Runs by insertion, then merged. */
function mergeSort(from: u32, to: u32): void {
  for (let run = from; run < to; run += RUN) insertionSort(run, min(run + RUN, to));
  for (let width = RUN; width < to - from; width *= 2) {
    for (let low = from; low < to; low += 2 * width) merge(low, min(low + width, to), min(low + 2 * width, to), low - from);
    copyBack(from, to);
  }
}

/** Merges [left, middle) and [middle, end) into the other lists, to the places from `to` on. */
function merge(left: u32, middle: u32, end: u32, to: u32): void {
  let right = middle;
  const last = to + end - left;
  for (; to < last; to++) {
    const isRight = right < end && (left >= middle || load<f64>(times + 8 * right) < load<f64>(times + 8 * left));
    const from = isRight ? right++ : left++;
    store<u32>(otherRows + 4 * to, load<u32>(rows + 4 * from));
    store<f64>(otherTimes + 8 * to, load<f64>(times + 8 * from));
  }
}

/**
 * Lists the slots with rows: which (u32), where their rows begin, and those of direction 1, both plus `before`; `used()` places in
 * each list.
 */
export function listSlots(before: u32, slotsAt: u32, startsAt: u32, turnsAt: u32): void {
  for (let slot: u32 = 0; slot < slots; slot++) {
    const start = load<u32>(starts + 4 * slot);
    if (start == load<u32>(starts + 4 * slot + 4)) continue;
    store<u32>(slotsAt, slot);
    store<u32>(startsAt, before + start);
    store<u32>(turnsAt, before + load<u32>(turns + 4 * slot));
    slotsAt += 4;
    startsAt += 4;
    turnsAt += 4;
  }
}
