/**
 * The kernel: finds the cells of regular rows in a block of text, 64 bytes at a time, and decodes the usual forms of
 * cells straight into columns. It knows nothing of fields, files, dictionaries or calendars. Whatever is not plain it
 * leaves alone: an irregular row stops it, an unusual cell marks its row as slow; both are read by the TypeScript that
 * defines what they mean.
 *
 * Memory is the caller's (src/engine/csv/kernel.ts lays it out and declares who reads and writes what). There is no
 * allocator, no static data, no string. All positions are addresses. The caller keeps 64 readable bytes behind the text
 * and 16 before it.
 */

const LF: u8 = 0x0a;
const CR: u8 = 0x0d;
const QUOTE: u8 = 0x22;
const ZERO: u32 = 0x30;

/** Why findRows stopped. */
const STOP_DONE: u32 = 0; // the next row begins at or behind stopAt
const STOP_NEEDS_TEXT: u32 = 1; // the next row does not end within the text
const STOP_IRREGULAR: u32 = 2; // the next row does not have cellCount cells, or its quotes are not RFC 4180

// @ts-ignore: decorator
@inline
function matches(a: v128, b: v128, c: v128, d: v128, byte: v128): u64 {
  return (
    (i8x16.bitmask(i8x16.eq(a, byte)) as u64) |
    ((i8x16.bitmask(i8x16.eq(b, byte)) as u64) << 16) |
    ((i8x16.bitmask(i8x16.eq(c, byte)) as u64) << 32) |
    ((i8x16.bitmask(i8x16.eq(d, byte)) as u64) << 48)
  );
}

/** Every bit becomes the parity of the bits up to and including it: 1 between an opening quote and its closing one. */
// @ts-ignore: decorator
@inline
function prefixXor(bits: u64): u64 {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  bits ^= bits << 32;
  return bits;
}

/**
 * Writes the addresses of the set bits to `target`, which must have room for 8 more than are set. Returns the new end.
 * Eight unconditional stores first: most blocks have fewer, and a branch per bit would be guessed wrong.
 */
// @ts-ignore: decorator
@inline
function flatten(bits: u64, block: u32, target: u32): u32 {
  const count = popcnt(bits) as u32;
  let at = target;
  do {
    for (let i: u32 = 0; i < 8; i++) {
      store<u32>(at + 4 * i, block + (ctz(bits) as u32));
      bits &= bits - 1;
    }
    at += 32;
  } while (bits != 0);
  return target + 4 * count;
}

/**
 * Finds the regular rows that begin in text[start, stopAt). Reads text[start, end + 64) (what lies behind `end` does not
 * matter), writes `cells` (address of every separator and line end: cellCount per row, the row's last one its line end;
 * room for end - start + 8 entries), `lines` (address of every line end; same room), and
 * result[0] = reason for stopping, result[1] = address of the first row not delivered.
 * Returns the number of rows. A quoted cell is accepted exactly when RFC 4180 does: quotes open only behind a separator
 * or line end, and close only before one.
 */
export function findRows(
  start: u32,
  end: u32,
  stopAt: u32,
  cellCount: u32,
  maxRows: u32,
  delimiter: u32,
  newline: u32,
  cells: u32,
  lines: u32,
  result: u32,
): u32 {
  const delimiters = i8x16.splat(delimiter as i8);
  const newlines = i8x16.splat(newline as i8);
  const quotes = i8x16.splat(QUOTE as i8);
  const returns = i8x16.splat(CR as i8);
  let cellEnd = cells;
  let lineEnd = lines;
  let isOpen: u64 = 0; // all ones while a quote is open
  let beforeOpen: u64 = 1; // the byte before the block is a separator, a line end or a quote
  let afterClose: u64 = 0; // the byte before the block is a closing quote
  let bad: u32 = 0xffffffff; // address of the first quote that RFC 4180 does not allow
  for (let block = start; block < end; block += 64) {
    const a = v128.load(block);
    const b = v128.load(block, 16);
    const c = v128.load(block, 32);
    const d = v128.load(block, 48);
    const quote = matches(a, b, c, d, quotes);
    let structural = matches(a, b, c, d, delimiters);
    let line = matches(a, b, c, d, newlines);
    const left = end - block;
    const within: u64 = left >= 64 ? ~(0 as u64) : ((1 as u64) << left) - 1;
    const inside = prefixXor(quote) ^ isOpen;
    isOpen = ((inside as i64) >> 63) as u64;
    line &= ~inside & within;
    structural = (structural & ~inside & within) | line;
    if ((quote | afterClose) != 0) {
      const opening = quote & inside;
      const closing = quote & ~inside;
      const around = structural | quote;
      let mayFollow = around;
      if (newline == LF) {
        // A CR may stand between a closing quote and the LF.
        const after: u64 = load<u8>(block + 64) == LF ? 1 : 0;
        mayFollow |= matches(a, b, c, d, returns) & ((matches(a, b, c, d, newlines) >> 1) | (after << 63));
      }
      let wrong = opening & ~((around << 1) | beforeOpen);
      wrong |= ((closing << 1) | afterClose) & ~mayFollow;
      wrong &= within;
      afterClose = closing >> 63;
      beforeOpen = around >> 63;
      if (wrong != 0) bad = block + (ctz(wrong) as u32);
    } else {
      afterClose = 0;
      beforeOpen = structural >> 63;
    }
    if (structural != 0) cellEnd = flatten(structural, block, cellEnd);
    if (line != 0) {
      for (let bits = line; bits != 0; bits &= bits - 1) {
        store<u32>(lineEnd, block + (ctz(bits) as u32));
        lineEnd += 4;
      }
      if (load<u32>(lineEnd - 4) + 1 >= stopAt) break;
    }
    if (bad != 0xffffffff) break;
  }

  // A row is regular when its line end is the cellCount-th structural byte since the line end before.
  let row = start;
  let rows: u32 = 0;
  let cell = cells + 4 * (cellCount - 1);
  let reason = STOP_DONE;
  for (let at = lines; ; at += 4) {
    if (row >= stopAt) break;
    if (rows == maxRows) {
      reason = STOP_NEEDS_TEXT;
      break;
    }
    if (at >= lineEnd) {
      reason = bad == 0xffffffff ? STOP_NEEDS_TEXT : STOP_IRREGULAR;
      break;
    }
    const ends = load<u32>(at);
    // In a file of one column a blank line would look like a row.
    const mayBeBlank = cellCount == 1 && load<u8>(row) <= 0x20;
    if (cell >= cellEnd || load<u32>(cell) != ends || ends >= bad || mayBeBlank) {
      reason = STOP_IRREGULAR;
      break;
    }
    row = ends + 1;
    cell += 4 * cellCount;
    rows++;
  }
  store<u32>(result, reason);
  store<u32>(result, row, 4);
  return rows;
}

/** Line ends, inside quotes or not, in text[start, end): for line numbers. */
export function countLines(start: u32, end: u32, newline: u32): u32 {
  const newlines = i8x16.splat(newline as i8);
  let count: u32 = 0;
  for (let block = start; block < end; block += 64) {
    let bits = matches(v128.load(block), v128.load(block, 16), v128.load(block, 32), v128.load(block, 48), newlines);
    const left = end - block;
    if (left < 64) bits &= ((1 as u64) << left) - 1;
    count += popcnt(bits) as u32;
  }
  return count;
}

/** Where the cell at hand begins and ends, without quotes; a quoted cell with quotes inside is not plain. */
let cellStart: u32 = 0;
let cellStop: u32 = 0;

/** Sets cellStart and cellStop for one column of one row. False when the content is not simply the bytes between. */
// @ts-ignore: decorator
@inline
function openCell(cells: u32, rowStart: u32, row: u32, cellCount: u32, column: u32): bool {
  const at = cells + 4 * (row * cellCount + column);
  let from = column == 0 ? (row == 0 ? rowStart : load<u32>(at - 4) + 1) : load<u32>(at - 4) + 1;
  let to = load<u32>(at);
  // The CR of a CRLF belongs to the line end.
  if (column == cellCount - 1 && load<u8>(to) == LF && to > from && load<u8>(to - 1) == CR) to--;
  if (to > from && load<u8>(from) == QUOTE) {
    from++;
    to--;
  }
  cellStart = from;
  cellStop = to;
  return to >= from;
}

const NOT_PLAIN: u64 = 0xffffffffffffffff;

/** Number in text[from, to): decimal digits, perhaps with `.0`, or 0x and hex digits; else NOT_PLAIN. from < to. */
// @ts-ignore: decorator
@inline
function readNumber(from: u32, to: u32): u64 {
  let value: u64 = 0;
  let at = from;
  if (to - from > 14) return NOT_PLAIN;
  for (; at < to; at++) {
    const digit = (load<u8>(at) as u32) - ZERO;
    if (digit > 9) break;
    value = value * 10 + digit;
  }
  if (at == to) return value;
  const mark = load<u8>(at);
  if (mark == 0x2e && at > from) {
    for (at++; at < to; at++) if (load<u8>(at) != 0x30) return NOT_PLAIN;
    return value;
  }
  if (mark == 0x78 && at == from + 1 && value == 0 && to - at > 1) {
    value = 0;
    for (at++; at < to; at++) {
      const byte = load<u8>(at) as u32;
      let digit = byte - ZERO;
      if (digit > 9) {
        digit = (byte | 0x20) - 0x61;
        if (digit > 5) return NOT_PLAIN;
        digit += 10;
      }
      value = (value << 4) | digit;
    }
    return value;
  }
  return NOT_PLAIN;
}

/**
 * Decodes a column of whole numbers of 0..max. Writes values[first + r] (u32) and sets `bit` in valid[first + r] where
 * there is one; sets slow[first + r] = 1 where the cell is neither empty nor plain. Returns how many cells are empty.
 */
export function decodeNumbers(
  cells: u32,
  rowStart: u32,
  rows: u32,
  cellCount: u32,
  column: u32,
  first: u32,
  max: u32,
  bit: u32,
  values: u32,
  valid: u32,
  slow: u32,
): u32 {
  let empty: u32 = 0;
  for (let row: u32 = 0; row < rows; row++) {
    const target = first + row;
    const isPlain = openCell(cells, rowStart, row, cellCount, column);
    if (cellStart == cellStop) {
      empty++;
      continue;
    }
    const value = isPlain ? readNumber(cellStart, cellStop) : NOT_PLAIN;
    if (value > (max as u64)) {
      store<u8>(slow + target, 1);
      continue;
    }
    store<u32>(values + 4 * target, value as u32);
    store<u32>(valid + 4 * target, load<u32>(valid + 4 * target) | bit);
  }
  return empty;
}

/** As decodeNumbers, for columns of 16 bits. */
export function decodeShorts(
  cells: u32,
  rowStart: u32,
  rows: u32,
  cellCount: u32,
  column: u32,
  first: u32,
  max: u32,
  bit: u32,
  values: u32,
  valid: u32,
  slow: u32,
): void {
  for (let row: u32 = 0; row < rows; row++) {
    const target = first + row;
    const isPlain = openCell(cells, rowStart, row, cellCount, column);
    if (cellStart == cellStop) continue;
    const value = isPlain ? readNumber(cellStart, cellStop) : NOT_PLAIN;
    if (value > (max as u64)) {
      store<u8>(slow + target, 1);
      continue;
    }
    store<u16>(values + 2 * target, value as u16);
    store<u32>(valid + 4 * target, load<u32>(valid + 4 * target) | bit);
  }
}

/** Hash of the bytes text[from, to): multiply and fold, eight bytes at a time. */
// @ts-ignore: decorator
@inline
function hashOf(from: u32, to: u32): u32 {
  let hash: u64 = (to - from) as u64;
  let at = from;
  for (; at + 8 <= to; at += 8) {
    hash = (hash ^ load<u64>(at)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29;
  }
  const left = to - at;
  if (left != 0) {
    hash = (hash ^ (load<u64>(at) & (((1 as u64) << (left * 8)) - 1))) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29;
  }
  return (hash ^ (hash >> 32)) as u32;
}

// @ts-ignore: decorator
@inline
function isSame(from: u32, to: u32, other: u32): bool {
  for (; from + 8 <= to; from += 8, other += 8) if (load<u64>(from) != load<u64>(other)) return false;
  const left = to - from;
  return left == 0 || ((load<u64>(from) ^ load<u64>(other)) & (((1 as u64) << (left * 8)) - 1)) == 0;
}

/**
 * Decodes a column of text to codes by a cache of values seen before. The cache has `slots` (a power of two) entries of
 * 16 bytes: hash, address of the value, its length + 1 (0: empty), code. Writes codes[first + r] (i32); leaves it alone
 * for an empty cell. A value that is not in the cache is noted in misses: row, address, length (12 bytes each; room for
 * `rows` of them). With `onlyMissing`, rows that have a code already are passed over. Marks cells with quotes inside,
 * or longer than 65,535 bytes, as slow. Returns the number of misses.
 */
export function decodeTexts(
  cells: u32,
  rowStart: u32,
  rows: u32,
  cellCount: u32,
  column: u32,
  first: u32,
  onlyMissing: u32,
  cache: u32,
  slots: u32,
  codes: u32,
  misses: u32,
  slow: u32,
): u32 {
  let missed: u32 = 0;
  const mask = slots - 1;
  for (let row: u32 = 0; row < rows; row++) {
    const target = first + row;
    if (onlyMissing != 0 && load<i32>(codes + 4 * target) >= 0) continue;
    const isPlain = openCell(cells, rowStart, row, cellCount, column);
    const from = cellStart;
    const to = cellStop;
    if (from == to) continue;
    if (!isPlain || to - from > 0xffff) {
      store<u8>(slow + target, 1);
      continue;
    }
    const hash = hashOf(from, to);
    let slot = hash & mask;
    for (;;) {
      const entry = cache + 16 * slot;
      const length = load<u32>(entry, 8);
      if (length == 0) {
        const miss = misses + 12 * missed++;
        store<u32>(miss, row);
        store<u32>(miss, from, 4);
        store<u32>(miss, to - from, 8);
        break;
      }
      if (load<u32>(entry) == hash && length == to - from + 1 && isSame(from, to, load<u32>(entry, 4))) {
        store<i32>(codes + 4 * target, load<i32>(entry, 12));
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  return missed;
}

/** Enters a value that lies at [at, at + length) for good into a cache, unless it is there. The caller leaves slots free. */
export function remember(cache: u32, slots: u32, at: u32, length: u32, code: i32): void {
  const mask = slots - 1;
  const hash = hashOf(at, at + length);
  let slot = hash & mask;
  for (;;) {
    const entry = cache + 16 * slot;
    const known = load<u32>(entry, 8);
    if (known == 0) {
      store<u32>(entry, hash);
      store<u32>(entry, at, 4);
      store<u32>(entry, length + 1, 8);
      store<i32>(entry, code, 12);
      return;
    }
    if (load<u32>(entry) == hash && known == length + 1 && isSame(at, at + length, load<u32>(entry, 4))) return;
    slot = (slot + 1) & mask;
  }
}

let fraction: u32 = 0;

/** Digits of a fraction in text[at, to), at most nine: nanoseconds in `fraction`. Returns the end of the digits. */
// @ts-ignore: decorator
@inline
function readFraction(at: u32, to: u32): u32 {
  let nanos: u32 = 0;
  let digits: u32 = 0;
  for (; at < to && digits < 9; at++, digits++) {
    const digit = (load<u8>(at) as u32) - ZERO;
    if (digit > 9) break;
    nanos = nanos * 10 + digit;
  }
  for (; digits < 9; digits++) nanos *= 10;
  fraction = nanos;
  return at;
}

// @ts-ignore: decorator
@inline
function twoDigits(at: u32): u32 {
  const high = (load<u8>(at) as u32) - ZERO;
  const low = (load<u8>(at, 1) as u32) - ZERO;
  return high <= 9 && low <= 9 ? high * 10 + low : 0xff;
}

/** Seconds of an epoch in text[from, to), with the fraction in `fraction`; NOT_PLAIN for any other form. */
// @ts-ignore: decorator
@inline
function readEpoch(from: u32, to: u32): u64 {
  let seconds: u64 = 0;
  let at = from;
  for (; at < to; at++) {
    const digit = (load<u8>(at) as u32) - ZERO;
    if (digit > 9) break;
    seconds = seconds * 10 + digit;
  }
  if (at == from || at - from > 12) return NOT_PLAIN;
  fraction = 0;
  if (at == to) return seconds;
  if (load<u8>(at) != 0x2e || at + 1 == to) return NOT_PLAIN;
  return readFraction(at + 1, to) == to ? seconds : NOT_PLAIN;
}

/**
 * Decodes a column of dates by what stood around the clock time in dates before. `days`: 64 entries of 40 bytes, hashed
 * by the prefix: length (u32, 0 empty), unused (u32), seconds since 1970 at 00:00 (f64), prefix (24 bytes). `zones`: `zoneCount` entries
 * of 88 bytes: length (u32), code (u32), offset in seconds that the epoch has to confirm (f64), suffix (72 bytes).
 * A cell is plain when it is prefix, HH:MM:SS, up to nine decimals, suffix; with epochColumn >= 0, the epoch's whole
 * seconds plus the zone's offset have to be the date's. Writes seconds (f64), nanos (u32), zone (u8) and the bit; any
 * other cell that is not empty is slow, and so is an empty one when an epoch could stand in for it.
 */
export function decodeDates(
  cells: u32,
  rowStart: u32,
  rows: u32,
  cellCount: u32,
  column: u32,
  epochColumn: i32,
  first: u32,
  bit: u32,
  days: u32,
  prefixLength: u32,
  zones: u32,
  zoneCount: u32,
  seconds: u32,
  nanos: u32,
  zone: u32,
  valid: u32,
  slow: u32,
): void {
  for (let row: u32 = 0; row < rows; row++) {
    const target = first + row;
    store<u8>(slow + target, 1);
    if (!openCell(cells, rowStart, row, cellCount, column)) continue;
    const from = cellStart;
    const to = cellStop;
    if (to - from < prefixLength + 8) continue;
    const day = days + 40 * (hashOf(from, from + prefixLength) & 63);
    if (load<u32>(day) != prefixLength || !isSame(from, from + prefixLength, day + 16)) continue;
    let at = from + prefixLength;
    const hour = twoDigits(at);
    const minute = twoDigits(at + 3);
    const second = twoDigits(at + 6);
    if (hour > 23 || minute > 59 || second > 59 || load<u8>(at, 2) != 0x3a || load<u8>(at, 5) != 0x3a) continue;
    at += 8;
    fraction = 0;
    if (at < to && load<u8>(at) == 0x2e) {
      const decimal = at + 1;
      at = readFraction(decimal, to);
      if (at == decimal) continue;
    }
    const time = load<f64>(day, 8) + ((hour * 3600 + minute * 60 + second) as f64);
    const decimals = fraction;
    let epoch: f64 = 0;
    if (epochColumn >= 0) {
      if (!openCell(cells, rowStart, row, cellCount, epochColumn as u32)) continue;
      const value = cellStart < cellStop ? readEpoch(cellStart, cellStop) : NOT_PLAIN;
      if (value == NOT_PLAIN) continue;
      epoch = value as f64;
    }
    for (let i: u32 = 0; i < zoneCount; i++) {
      const entry = zones + 88 * i;
      if (load<u32>(entry) != to - at || !isSame(at, to, entry + 16)) continue;
      if (epochColumn >= 0 && time - epoch != load<f64>(entry, 8)) continue;
      store<f64>(seconds + 8 * target, time);
      store<u32>(nanos + 4 * target, decimals);
      store<u8>(zone + target, load<u32>(entry, 4) as u8);
      store<u32>(valid + 4 * target, load<u32>(valid + 4 * target) | bit);
      store<u8>(slow + target, 0);
      break;
    }
  }
}

/** Decodes a column of seconds since 1970, or since the start, as decodeDates does dates; every row gets the zone `code`. */
export function decodeEpochs(
  cells: u32,
  rowStart: u32,
  rows: u32,
  cellCount: u32,
  column: u32,
  first: u32,
  bit: u32,
  code: u32,
  seconds: u32,
  nanos: u32,
  zone: u32,
  valid: u32,
  slow: u32,
): void {
  for (let row: u32 = 0; row < rows; row++) {
    const target = first + row;
    const isPlain = openCell(cells, rowStart, row, cellCount, column);
    const value = isPlain && cellStart < cellStop ? readEpoch(cellStart, cellStop) : NOT_PLAIN;
    if (value == NOT_PLAIN) {
      store<u8>(slow + target, 1);
      continue;
    }
    store<f64>(seconds + 8 * target, value as f64);
    store<u32>(nanos + 4 * target, fraction);
    store<u8>(zone + target, code as u8);
    store<u32>(valid + 4 * target, load<u32>(valid + 4 * target) | bit);
  }
}
