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

/** Address of the first quote in text[start, end) that RFC 4180 does not allow, or 0xffffffff. */
let bad: u32 = 0xffffffff;

/**
 * Writes, for every 64 bytes of text[start, end), the separators and the line ends outside quotes as one bit per byte:
 * masks[2 * i] and masks[2 * i + 1] (u64). Behind the last block stands one without any. Sets `bad`.
 */
function findStructure(start: u32, end: u32, stopAt: u32, delimiter: u32, newline: u32, masks: u32): u32 {
  const delimiters = i8x16.splat(delimiter as i8);
  const newlines = i8x16.splat(newline as i8);
  const quotes = i8x16.splat(QUOTE as i8);
  const returns = i8x16.splat(CR as i8);
  let isOpen: u64 = 0; // all ones while a quote is open
  let beforeOpen: u64 = 1; // the byte before the block is a separator, a line end or a quote
  let afterClose: u64 = 0; // the byte before the block is a closing quote
  bad = 0xffffffff;
  let block = start;
  for (; block < end; block += 64) {
    const a = v128.load(block);
    const b = v128.load(block, 16);
    const c = v128.load(block, 32);
    const d = v128.load(block, 48);
    const quote = matches(a, b, c, d, quotes);
    let separator = matches(a, b, c, d, delimiters);
    const anyLine = matches(a, b, c, d, newlines);
    let line = anyLine;
    const left = end - block;
    if (left < 64) {
      const within: u64 = ((1 as u64) << left) - 1;
      separator &= within;
      line &= within;
    }
    if ((quote | isOpen | afterClose) != 0) {
      const within: u64 = left >= 64 ? ~(0 as u64) : ((1 as u64) << left) - 1;
      const inside = prefixXor(quote) ^ isOpen;
      isOpen = ((inside as i64) >> 63) as u64;
      const opening = quote & inside;
      const closing = quote & ~inside;
      let mayFollow = separator | line | quote;
      if (newline == LF) {
        // A CR may stand between a closing quote and the LF.
        const after: u64 = load<u8>(block + 64) == LF ? 1 : 0;
        mayFollow |= matches(a, b, c, d, returns) & ((anyLine >> 1) | (after << 63));
      }
      line &= ~inside;
      separator &= ~inside;
      const around = separator | line | quote;
      let wrong = opening & ~((around << 1) | beforeOpen);
      wrong |= ((closing << 1) | afterClose) & ~mayFollow;
      wrong &= within;
      afterClose = closing >> 63;
      beforeOpen = around >> 63;
      if (wrong != 0) {
        bad = block + (ctz(wrong) as u32);
        // What follows means nothing.
        store<u64>(masks, separator);
        store<u64>(masks, line, 8);
        masks += 16;
        block += 64;
        break;
      }
    } else {
      beforeOpen = (separator | line) >> 63;
    }
    store<u64>(masks, separator);
    store<u64>(masks, line, 8);
    masks += 16;
    // The row that begins before stopAt and ends behind it is the last one.
    if (line != 0 && block + 63 - (clz(line) as u32) + 1 >= stopAt) {
      block += 64;
      break;
    }
  }
  store<u64>(masks, 0);
  store<u64>(masks, 0, 8);
  return block;
}

/**
 * Finds the regular rows that begin in text[start, stopAt). Reads text[start, end + 64) (what lies behind `end` does not
 * matter). Writes, for row r,
 *   cells[r * stride + i], i < needed: the address of the separator or line end behind cell i; needed <= cellCount - 1
 *   cells[r * stride + needed]: the address of the separator before its last cell; stride = needed + 1
 *   lines[r + 1]: the address of its line end; lines[0] = start - 1
 * (u32; room for end - start + 136 entries in cells, end - start + 8 in lines), masks (32 bytes for every 64 of text, and
 * 16 more), and result[0] = reason for stopping, result[1] = address of the first row not delivered.
 * Returns the number of rows. A quoted cell is accepted exactly when RFC 4180 does: quotes open only behind a separator
 * or line end, and close only before one.
 */
export function findRows(
  start: u32,
  end: u32,
  stopAt: u32,
  cellCount: u32,
  needed: u32,
  maxRows: u32,
  delimiter: u32,
  newline: u32,
  masks: u32,
  cells: u32,
  lines: u32,
  result: u32,
): u32 {
  const stop = findStructure(start, end, stopAt, delimiter, newline, masks);
  store<u32>(lines, start - 1);
  let row = start;
  let rows: u32 = 0;
  let cell = cells;
  let lineEnd = lines + 4;
  let reason = STOP_DONE;
  let block = start; // of 64 bytes, in step with `mask`
  let mask = masks;
  let separators = load<u64>(mask);
  let newlines = load<u64>(mask, 8);
  while (row < stopAt) {
    if (rows == maxRows) {
      reason = STOP_NEEDS_TEXT;
      break;
    }
    let count: u32 = 0;
    let last = row - 1;
    // Only the cells up to the last wanted one are listed: 8 stores for up to 8 separators, then 8 more, which costs
    // less than a branch for each. What is written too much is overwritten by the next row.
    for (;;) {
      let bits = separators;
      if (newlines != 0) bits &= (newlines & (0 - newlines)) - 1;
      if (bits != 0) {
        last = block + 63 - (clz(bits) as u32);
        const here = popcnt(bits) as u32;
        if (count < needed) {
          let at = cell + 4 * count;
          do {
            for (let i: u32 = 0; i < 8; i++) {
              store<u32>(at + 4 * i, block + (ctz(bits) as u32));
              bits &= bits - 1;
            }
            at += 32;
          } while (bits != 0);
        }
        count += here;
      }
      if (newlines != 0 || block >= stop) break;
      block += 64;
      mask += 16;
      separators = load<u64>(mask);
      newlines = load<u64>(mask, 8);
    }
    if (newlines == 0) {
      reason = bad == 0xffffffff ? STOP_NEEDS_TEXT : STOP_IRREGULAR;
      break;
    }
    const ends = block + (ctz(newlines) as u32);
    // In a file of one column a blank line would look like a row.
    if (count + 1 != cellCount || ends >= bad || (cellCount == 1 && load<u8>(row) <= 0x20)) {
      reason = STOP_IRREGULAR;
      break;
    }
    separators &= ~(newlines ^ (newlines - 1));
    newlines &= newlines - 1;
    store<u32>(cell + 4 * needed, last);
    cell += 4 * needed + 4;
    store<u32>(lineEnd, ends);
    lineEnd += 4;
    row = ends + 1;
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

/** Writes target[r] (u32) = base + the address of row r's first byte, for the rows that findRows listed in `lines`. */
function writeOffsets(lines: u32, rows: u32, target: u32, base: u32): void {
  for (let row: u32 = 0; row < rows; row++) store<u32>(target + 4 * row, load<u32>(lines + 4 * row) + 1 + base);
}

/*
 * What is to be decoded stands in memory as a plan, since one call for every column of every chunk made V8 compile what calls
 * in both threads: 6 % of all time (3 M rows). A plan begins with PLAN_BYTES: number of steps, addresses of
 * valid (u16 per row), slow (u8 per row), lines, and of the result. Its steps follow, of STEP_BYTES each. Every step has
 *   0 kind: one of those below
 *   4 before, 8 beforeStep, 12 behind, 16 behindStep, 20 isLast: where the cells of its column are. For row r, the address
 *     before the cell stands at before + r * beforeStep, the one behind it at behind + r * behindStep (cells or lines of
 *     findRows). isLast: the cell is its row's last one, so that the CR of a CRLF behind it belongs to the line end
 *   24 values: where the column is
 *   28 bytes per row of it that are emptied first; 0: none
 * and what its kind needs, from 32 on.
 */
const PLAN_BYTES: u32 = 32;
const STEP_BYTES: u32 = 80;

const OFFSETS: u32 = 0;
const NUMBERS: u32 = 1;
const SHORTS: u32 = 2;
const DATES: u32 = 3;
const EPOCHS: u32 = 4;
const TEXTS: u32 = 5;

/**
 * Does the steps of a plan from `step` on for the `rows` rows that findRows found last, to places first and on of the columns.
 * Step 0 also empties valid and slow for them. `base`: of writeOffsets. Returns the step of a column of text that has values
 * not in its cache (result[0] of them, see decodeTexts), to be called with the next step then; else the number of steps.
 */
export function decode(plan: u32, step: u32, rows: u32, first: u32, base: u32): u32 {
  const steps = load<u32>(plan);
  const valid = load<u32>(plan, 4) + 2 * first;
  const slow = load<u32>(plan, 8) + first;
  if (step == 0) {
    memory.fill(valid, 0, 2 * rows);
    memory.fill(slow, 0, rows);
  }
  for (; step < steps; step++) {
    const at = plan + PLAN_BYTES + STEP_BYTES * step;
    const kind = load<u32>(at);
    const emptied = load<u32>(at, 28);
    if (emptied != 0) memory.fill(load<u32>(at, 24) + emptied * first, 0, emptied * rows);
    if (kind == NUMBERS) decodeNumbers<u32>(at, rows, first, valid, slow);
    else if (kind == SHORTS) decodeNumbers<u16>(at, rows, first, valid, slow);
    else if (kind == DATES) decodeDates(at, rows, first, valid, slow);
    else if (kind == EPOCHS) decodeEpochs(at, rows, first, valid, slow);
    else if (kind == OFFSETS) writeOffsets(load<u32>(plan, 12), rows, load<u32>(at, 24) + 4 * first, base);
    else {
      const missed = decodeTexts(at, rows, first, slow);
      if (missed != 0) {
        store<u32>(load<u32>(plan, 16), missed);
        return step;
      }
    }
  }
  return steps;
}

/** The cell at hand: its bytes without quotes. */
let cellStart: u32 = 0;
let cellStop: u32 = 0;

/** Sets cellStart and cellStop. False when the content is not simply the bytes between. */
// @ts-ignore: decorator
@inline
function openCell(before: u32, behind: u32, isLast: u32): bool {
  let from = load<u32>(before) + 1;
  let to = load<u32>(behind);
  if (isLast != 0 && load<u8>(to) == LF && to > from && load<u8>(to - 1) == CR) to--;
  if (to > from && load<u8>(from) == QUOTE) {
    from++;
    to--;
  }
  cellStart = from;
  cellStop = to;
  return to >= from;
}

const NOT_PLAIN: u64 = 0xffffffffffffffff;
const ZEROS: u64 = 0x3030303030303030;
const HIGH_BITS: u64 = 0x8080808080808080;

/** True when every byte is 0..9. */
// @ts-ignore: decorator
@inline
function areDigits(bytes: u64): bool {
  return (((bytes + 0x7676767676767676) | bytes) & HIGH_BITS) == 0;
}

/** The number that eight digits (0..9, the first in the lowest byte) are. */
// @ts-ignore: decorator
@inline
function eightDigits(digits: u64): u64 {
  const pairs = digits * 10 + (digits >> 8);
  return ((pairs & 0x000000ff000000ff) * 0x000f424000000064 + ((pairs >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >> 32;
}

/** The last `length` (1..8) of the eight bytes before `to`, the others 0; '0' is 0. */
// @ts-ignore: decorator
@inline
function lastDigits(to: u32, length: u32): u64 {
  return (load<u64>(to - 8) ^ ZEROS) & (~(0 as u64) << (64 - 8 * (length as u64)));
}

/** Hexadecimal digits text[from, to), 1 to 8 of them; else NOT_PLAIN. */
// @ts-ignore: decorator
@inline
function readHex(from: u32, to: u32): u64 {
  const length = to - from;
  if (length - 1 > 7) return NOT_PLAIN;
  const unused = 64 - 8 * (length as u64);
  const known = ~(0 as u64) << unused;
  const bytes = i64x2.splat(((load<u64>(to - 8) & known) | (ZEROS & ~known)) as i64);
  const digit = i8x16.sub(bytes, i8x16.splat(0x30));
  const letter = i8x16.sub(v128.or(bytes, i8x16.splat(0x20)), i8x16.splat(0x61));
  const isDigit = i8x16.lt_u(digit, i8x16.splat(10));
  const isLetter = i8x16.lt_u(letter, i8x16.splat(6));
  if (!i8x16.all_true(v128.or(isDigit, isLetter))) return NOT_PLAIN;
  const nibbles = v128.bitselect(digit, i8x16.add(letter, i8x16.splat(10)), isDigit);
  let value = i64x2.extract_lane(nibbles, 0) as u64;
  value = ((value & 0x00ff00ff00ff00ff) << 4) | ((value >> 8) & 0x00ff00ff00ff00ff);
  value = ((value & 0x0000ffff0000ffff) << 8) | ((value >> 16) & 0x0000ffff0000ffff);
  return ((value & 0xffffffff) << 16) | (value >> 32);
}

/** Number in text[from, to): up to 14 decimal digits, perhaps with `.0` behind, or 0x and up to 8 hexadecimal digits; else NOT_PLAIN. from < to. */
// @ts-ignore: decorator
@inline
function readNumber(from: u32, to: u32): u64 {
  let end = to;
  let length = to - from;
  if (length > 2 && load<u16>(to - 2) == 0x302e) {
    end -= 2;
    length -= 2;
  }
  if (length <= 8) {
    const digits = lastDigits(end, length);
    if (areDigits(digits)) return eightDigits(digits);
  } else if (length <= 14) {
    const low = load<u64>(end - 8) ^ ZEROS;
    const high = lastDigits(end - 8, length - 8);
    if (areDigits(low) && areDigits(high)) return eightDigits(high) * 100000000 + eightDigits(low);
  }
  return load<u16>(from) == 0x7830 ? readHex(from + 2, to) : NOT_PLAIN;
}

/**
 * Decodes a column of whole numbers of 0..max (32). Writes values[first + r] (T) and sets `bit` (36) in valid[r] (u16)
 * where there is one; sets slow[r] = 1 where the cell is neither empty nor plain.
 */
function decodeNumbers<T>(step: u32, rows: u32, first: u32, valid: u32, slow: u32): void {
  let before = load<u32>(step, 4);
  const beforeStep = load<u32>(step, 8);
  let behind = load<u32>(step, 12);
  const behindStep = load<u32>(step, 16);
  const isLast = load<u32>(step, 20);
  const values = load<u32>(step, 24) + sizeof<T>() * first;
  const max = load<u32>(step, 32);
  const bit = load<u32>(step, 36);
  for (let row: u32 = 0; row < rows; row++) {
    const isPlain = openCell(before, behind, isLast);
    before += beforeStep;
    behind += behindStep;
    if (cellStart == cellStop) continue;
    const value = isPlain ? readNumber(cellStart, cellStop) : NOT_PLAIN;
    if (value > (max as u64)) {
      store<u8>(slow + row, 1);
      continue;
    }
    store<T>(values + sizeof<T>() * row, value as T);
    store<u16>(valid + 2 * row, load<u16>(valid + 2 * row) | (bit as u16));
  }
}

/** The first `length` (at most 8) bytes at `at`, the others 0. */
// @ts-ignore: decorator
@inline
function firstBytes(at: u32, length: u32): u64 {
  return load<u64>(at) & (~(0 as u64) >> (64 - 8 * (length as u64)));
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
  if (at != to) {
    hash = (hash ^ firstBytes(at, to - at)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29;
  }
  return (hash ^ (hash >> 32)) as u32;
}

// @ts-ignore: decorator
@inline
function isSame(from: u32, to: u32, other: u32): bool {
  for (; from + 8 <= to; from += 8, other += 8) if (load<u64>(from) != load<u64>(other)) return false;
  return from == to || firstBytes(from, to - from) == firstBytes(other, to - from);
}

/** Slots looked at for a text: crafted ones that share a hash must not make every row walk a long chain. */
const MAX_PROBES: u32 = 16;

/**
 * Decodes a column of text to codes by a cache (36) of values seen before. The cache has `slots` (40, a power of two) entries of
 * 16 bytes: hash, address of the value, its length + 1 (0: empty), code. Writes codes[first + r] (u32); leaves it alone
 * for an empty cell. A value that is not in the cache is noted in misses (44): row, address, length (12 bytes each; room for
 * `rows` of them). With `onlyMissing` (32), rows that have a code other than 0 are passed over. Marks cells with quotes
 * inside, or longer than 65,535 bytes, as slow. Returns the number of misses.
 */
function decodeTexts(step: u32, rows: u32, first: u32, slow: u32): u32 {
  let before = load<u32>(step, 4);
  const beforeStep = load<u32>(step, 8);
  let behind = load<u32>(step, 12);
  const behindStep = load<u32>(step, 16);
  const isLast = load<u32>(step, 20);
  const codes = load<u32>(step, 24) + 4 * first;
  const onlyMissing = load<u32>(step, 32);
  const cache = load<u32>(step, 36);
  const mask = load<u32>(step, 40) - 1;
  const misses = load<u32>(step, 44);
  let missed: u32 = 0;
  let lastStart: u32 = 0;
  let lastLength: u32 = 0xffffffff;
  let lastCode: u32 = 0;
  for (let row: u32 = 0; row < rows; row++) {
    const isPlain = openCell(before, behind, isLast);
    before += beforeStep;
    behind += behindStep;
    if (onlyMissing != 0 && load<u32>(codes + 4 * row) != 0) continue;
    const from = cellStart;
    const to = cellStop;
    if (from == to) continue;
    const length = to - from;
    // Labels and protocols mostly repeat.
    if (length == lastLength && isSame(from, to, lastStart)) {
      store<u32>(codes + 4 * row, lastCode);
      continue;
    }
    if (!isPlain || length > 0xffff) {
      store<u8>(slow + row, 1);
      continue;
    }
    const hash = hashOf(from, to);
    let slot = hash & mask;
    let probe: u32 = 0;
    for (; probe < MAX_PROBES; probe++) {
      const entry = cache + 16 * slot;
      const known = load<u32>(entry, 8);
      if (known == 0) {
        probe = MAX_PROBES;
        break;
      }
      if (load<u32>(entry) == hash && known == length + 1 && isSame(from, to, load<u32>(entry, 4))) {
        lastCode = load<u32>(entry, 12);
        lastStart = from;
        lastLength = length;
        store<u32>(codes + 4 * row, lastCode);
        break;
      }
      slot = (slot + 1) & mask;
    }
    if (probe == MAX_PROBES) {
      const miss = misses + 12 * missed++;
      store<u32>(miss, row);
      store<u32>(miss, from, 4);
      store<u32>(miss, length, 8);
    }
  }
  return missed;
}

/**
 * Enters a value that lies at [at, at + length) for good into a cache, unless it is there or too many others share its
 * place. The caller leaves slots free.
 */
export function remember(cache: u32, slots: u32, at: u32, length: u32, code: u32): void {
  const mask = slots - 1;
  const hash = hashOf(at, at + length);
  let slot = hash & mask;
  for (let probe: u32 = 0; probe < MAX_PROBES; probe++) {
    const entry = cache + 16 * slot;
    const known = load<u32>(entry, 8);
    if (known == 0) {
      store<u32>(entry, hash);
      store<u32>(entry, at, 4);
      store<u32>(entry, length + 1, 8);
      store<u32>(entry, code, 12);
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
  // Nine digits, as tshark writes them.
  if (at + 9 <= to) {
    const digits = load<u64>(at) ^ ZEROS;
    const ninth = (load<u8>(at, 8) as u32) - ZERO;
    if (areDigits(digits) && ninth <= 9) {
      fraction = (eightDigits(digits) as u32) * 10 + ninth;
      return at + 9;
    }
  }
  let nanos: u32 = 0;
  let count: u32 = 0;
  for (; at < to && count < 9; at++, count++) {
    const digit = (load<u8>(at) as u32) - ZERO;
    if (digit > 9) break;
    nanos = nanos * 10 + digit;
  }
  for (; count < 9; count++) nanos *= 10;
  fraction = nanos;
  return at;
}

/** Seconds of an epoch in text[from, to), with the fraction in `fraction`; NOT_PLAIN for any other form. */
// @ts-ignore: decorator
@inline
function readEpoch(from: u32, to: u32): u64 {
  let seconds: u64 = 0;
  let at = from;
  const eight = load<u64>(from) ^ ZEROS;
  if (to - from >= 8 && areDigits(eight)) {
    seconds = eightDigits(eight);
    at += 8;
  }
  for (; at < to; at++) {
    const digit = (load<u8>(at) as u32) - ZERO;
    if (digit > 9) break;
    if (at - from == 12) return NOT_PLAIN;
    seconds = seconds * 10 + digit;
  }
  if (at == from) return NOT_PLAIN;
  fraction = 0;
  if (at == to) return seconds;
  if (load<u8>(at) != 0x2e || at + 1 == to) return NOT_PLAIN;
  return readFraction(at + 1, to) == to ? seconds : NOT_PLAIN;
}

/**
 * Decodes a column of dates by what stood around the clock time in dates before. `days` (56): length of all prefixes (u32), unused
 * (u32), 64 entries of 40 bytes, hashed by the prefix: length (u32, 0 empty), unused (u32), seconds since 1970 at 00:00 (f64), prefix
 * (24 bytes). `zones` (60): their number (u32), unused (u32), entries of 88 bytes: length (u32), code (u32), offset in seconds
 * that the epoch has to confirm (f64), suffix (72 bytes).
 * A cell is plain when it is prefix, HH:MM:SS, up to nine decimals, suffix; with an epoch column (its cells at 32 to 48; before is 0
 * for none), the epoch's whole seconds plus the zone's offset have to be the date's. Writes seconds (24, f64), nanos (64, u32), zone
 * (68, u8) and the bit (52); any other cell is slow.
 */
function decodeDates(step: u32, rows: u32, first: u32, valid: u32, slow: u32): void {
  const before = load<u32>(step, 4);
  const beforeStep = load<u32>(step, 8);
  const behind = load<u32>(step, 12);
  const behindStep = load<u32>(step, 16);
  const isLast = load<u32>(step, 20);
  const seconds = load<u32>(step, 24) + 8 * first;
  const epochBefore = load<u32>(step, 32);
  const epochBeforeStep = load<u32>(step, 36);
  const epochBehind = load<u32>(step, 40);
  const epochBehindStep = load<u32>(step, 44);
  const isEpochLast = load<u32>(step, 48);
  const bit = load<u32>(step, 52);
  const prefixLength = load<u32>(load<u32>(step, 56));
  const days = load<u32>(step, 56) + 8;
  const zoneCount = load<u32>(load<u32>(step, 60));
  const zones = load<u32>(step, 60) + 8;
  const nanos = load<u32>(step, 64) + 4 * first;
  const zone = load<u32>(step, 68) + first;
  let day = days;
  for (let row: u32 = 0; row < rows; row++) {
    store<u8>(slow + row, 1);
    const isPlain = openCell(before + row * beforeStep, behind + row * behindStep, isLast);
    const from = cellStart;
    const to = cellStop;
    if (!isPlain || to - from < prefixLength + 8) continue;
    let at = from + prefixLength;
    // The day of the row before, else the one with this prefix's hash.
    if (load<u32>(day) != prefixLength || !isSame(from, at, day + 16)) {
      day = days + 40 * (hashOf(from, at) & 63);
      if (load<u32>(day) != prefixLength || !isSame(from, at, day + 16)) continue;
    }
    // HH:MM:SS
    const clock = load<u64>(at) ^ 0x30303a30303a3030;
    if (!areDigits(clock) || (clock & 0x0000ff0000ff0000) != 0) continue;
    const pairs = clock * 10 + (clock >> 8);
    const hour = (pairs & 0xff) as u32;
    const minute = ((pairs >> 24) & 0xff) as u32;
    const second = ((pairs >> 48) & 0xff) as u32;
    if (hour > 23 || minute > 59 || second > 59) continue;
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
    if (epochBefore != 0) {
      const isEpochPlain = openCell(epochBefore + row * epochBeforeStep, epochBehind + row * epochBehindStep, isEpochLast);
      const value = isEpochPlain && cellStart < cellStop ? readEpoch(cellStart, cellStop) : NOT_PLAIN;
      if (value == NOT_PLAIN) continue;
      epoch = value as f64;
    }
    for (let i: u32 = 0; i < zoneCount; i++) {
      const entry = zones + 88 * i;
      if (load<u32>(entry) != to - at || !isSame(at, to, entry + 16)) continue;
      if (epochBefore != 0 && time - epoch != load<f64>(entry, 8)) continue;
      store<f64>(seconds + 8 * row, time);
      store<u32>(nanos + 4 * row, decimals);
      store<u8>(zone + row, load<u32>(entry, 4) as u8);
      store<u16>(valid + 2 * row, load<u16>(valid + 2 * row) | (bit as u16));
      store<u8>(slow + row, 0);
      break;
    }
  }
}

/** Decodes a column of seconds since 1970, or since the start, as decodeDates does dates (bit 32); every row gets the zone `code` (36). Nanos 40, zone 44. */
function decodeEpochs(step: u32, rows: u32, first: u32, valid: u32, slow: u32): void {
  const before = load<u32>(step, 4);
  const beforeStep = load<u32>(step, 8);
  const behind = load<u32>(step, 12);
  const behindStep = load<u32>(step, 16);
  const isLast = load<u32>(step, 20);
  const seconds = load<u32>(step, 24) + 8 * first;
  const bit = load<u32>(step, 32);
  const code = load<u32>(step, 36);
  const nanos = load<u32>(step, 40) + 4 * first;
  const zone = load<u32>(step, 44) + first;
  for (let row: u32 = 0; row < rows; row++) {
    const isPlain = openCell(before + row * beforeStep, behind + row * behindStep, isLast);
    const value = isPlain && cellStart < cellStop ? readEpoch(cellStart, cellStop) : NOT_PLAIN;
    if (value == NOT_PLAIN) {
      store<u8>(slow + row, 1);
      continue;
    }
    store<f64>(seconds + 8 * row, value as f64);
    store<u32>(nanos + 4 * row, fraction);
    store<u8>(zone + row, code as u8);
    store<u16>(valid + 2 * row, load<u16>(valid + 2 * row) | (bit as u16));
  }
}
