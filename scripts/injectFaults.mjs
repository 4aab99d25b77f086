// @ts-check
/**
 * Are the tests sharp? Puts small faults into a copy of the reader, of the follower and of the sorter, one at a time, and demands that each makes
 * a test fail (`npm run faults`, an hour; `npm run faults -- WORD` for those with WORD in their name). Exit code 1
 * when one survives.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const KERNEL = "src/engine/csv/assembly/kernel.ts";
const PLANS = "src/engine/csv/kernel.ts";
const DECODER = "src/engine/chunkDecoder.ts";
const SCAN = "src/engine/chunkScan.ts";
const COLUMNS = "src/engine/columns.ts";
const DATES = "src/engine/rowDates.ts";
const FAST = "src/worker/readFast.ts";
const NUMBERS = "src/engine/sort/assembly/numbers.ts";
const STREAMS = "src/engine/sort/assembly/streams.ts";
const KEYS = "src/engine/sort/assembly/keys.ts";
const BATCHES = "src/engine/sort/rowBatches.ts";
const FOLLOWER = "src/engine/follow/assembly/follower.ts";

/** In this order: what says no in the shortest time first. */
const READER_TESTS = ["table", "cells", "published", "blocks", "fastReader", "columnTexts", "kernelMemory", "random"].map(
  (name) => `test/conformance/${name}.test.ts`,
);
const FOLLOWER_TESTS = [
  ...["segmentLabels", "connections", "completeness", "overlaps", "followStreams"],
  ...["detectors/attackCaptures", "detectors/payloadConflict", "detectors/portScan"],
].map((name) => `test/unit/engine/${name}.test.ts`);

const SORTING_TESTS = ["sorting", "packetPages"].map((name) => `test/unit/engine/${name}.test.ts`);

/** @param {string} file */
const testsOf = (file) => (file === FOLLOWER ? FOLLOWER_TESTS : file.includes("/sort/") ? SORTING_TESTS : READER_TESTS);
/** A run that takes longer hangs, which is noticed, too: so many times as long as without a fault. */
const TIMEOUT_FACTOR = 3;
let timeoutMs = 30 * 60_000;

/** `find` must occur exactly once in the file, so that a fault that is out of date is an error. */
const FAULTS = [
  {
    name: "places: one byte before the row",
    file: KERNEL,
    find: "load<u32>(lines + 4 * row) + 1 + base",
    replace: "load<u32>(lines + 4 * row) + base",
  },
  { name: "quotes: parity of 32 bits only", file: KERNEL, find: "bits ^= bits << 32;", replace: "bits ^= bits << 31;" },
  {
    name: "quotes: open ones are forgotten at a block's end",
    file: KERNEL,
    find: "(inside as i64) >> 63",
    replace: "(inside as i64) >> 62",
  },
  {
    name: "quotes: closed at a block's end is forgotten",
    file: KERNEL,
    find: "afterClose = closing >> 63",
    replace: "afterClose = closing >> 62",
  },
  {
    name: "quotes: separator at a block's end is forgotten",
    file: KERNEL,
    find: "beforeOpen = around >> 63",
    replace: "beforeOpen = around >> 62",
  },
  { name: "quotes: may open anywhere", file: KERNEL, find: "opening & ~((around << 1)", replace: "opening & ((around << 1)" },
  { name: "quotes: CR and LF in two blocks", file: KERNEL, find: "(after << 63)", replace: "(after << 62)" },
  {
    name: "rows: the first byte of the last block is not looked at",
    file: KERNEL,
    find: ": ((1 as u64) << left) - 1;",
    replace: ": ((1 as u64) << left) - 2;",
  },
  {
    name: "rows: a blank line of one column",
    file: KERNEL,
    find: "(cellCount == 1 && load<u8>(row)",
    replace: "(cellCount == 0 && load<u8>(row)",
  },
  { name: "rows: number of cells is not checked", file: KERNEL, find: "count + 1 != cellCount", replace: "count + 1 < cellCount" },
  {
    name: "cells: CR before the LF belongs to the cell",
    file: KERNEL,
    find: "load<u8>(to - 1) == CR) to--",
    replace: "load<u8>(to - 1) == LF) to--",
  },
  {
    name: "numbers: g is a hexadecimal digit",
    file: KERNEL,
    find: "i8x16.lt_u(letter, i8x16.splat(6))",
    replace: "i8x16.lt_u(letter, i8x16.splat(7))",
  },
  {
    name: "numbers: any one decimal is dropped",
    file: KERNEL,
    find: "length > 2 && load<u16>(to - 2) == 0x302e",
    replace: "length > 2 && load<u8>(to - 2) == 0x2e",
  },
  {
    name: "numbers: 2^32 is one",
    file: KERNEL,
    find: "if (value > (max as u64)) {",
    replace: "if (value > (max as u64) + (sizeof<T>() == 4 ? 1 : 0)) {",
  },
  {
    name: "numbers: 65536 is a port",
    file: KERNEL,
    find: "if (value > (max as u64)) {",
    replace: "if (value > (max as u64) + (sizeof<T>() == 2 ? 1 : 0)) {",
  },
  { name: "dates: hour 24", file: KERNEL, find: "hour > 23", replace: "hour > 24" },
  { name: "dates: minute 60", file: KERNEL, find: "minute > 59", replace: "minute > 60" },
  { name: "dates: second 61", file: KERNEL, find: "second > 59", replace: "second > 61" },
  {
    name: "dates: anything for the second colon",
    file: KERNEL,
    find: "(clock & 0x0000ff0000ff0000) != 0",
    replace: "(clock & 0x000000000ff0000) != 0",
  },
  { name: "dates: the ninth decimal is lost", file: KERNEL, find: "* 10 + ninth", replace: "* 10" },
  {
    name: "dates: the epoch is not asked",
    file: KERNEL,
    find: "time - epoch != load<f64>(entry, 8)",
    replace: "time - epoch > load<f64>(entry, 8)",
  },
  {
    name: "lines: text behind the end is counted",
    file: KERNEL,
    find: "bits &= ((1 as u64) << left) - 1",
    replace: "bits &= ((2 as u64) << left) - 1",
  },
  {
    name: "slow rows: read to the end of the next",
    file: DECODER,
    find: "kernel.startOfRow(row + 1)",
    replace: "kernel.startOfRow(row + 2)",
  },
  {
    name: "slow rows: without sequence number are TCP",
    file: DECODER,
    find: "slow[row] === 0 && (valid[row] & Valid.seq) !== 0",
    replace: "slow[row] === 0 && (valid[row] | Valid.seq) !== 0",
  },
  { name: "plain rows: one with an empty number counts", file: DECODER, find: "withSeq--;", replace: "withSeq -= 0;" },
  {
    name: "irregular rows: the last line is as any other",
    file: DECODER,
    find: "isLast && this.#record.next === end",
    replace: "isLast && this.#record.next > end",
  },
  { name: "texts: several addresses are one", file: DECODER, find: "value.includes(0x2c)", replace: "value.includes(0x2d)" },
  { name: "texts: doubled quotes stay", file: DECODER, find: "value.includes(QUOTE)", replace: "value.includes(0)" },
  { name: "dates: a leap second teaches its day", file: DECODER, find: "cell[clock + 6] > 0x35", replace: "cell[clock + 6] > 0x36" },
  {
    name: "dates: decimals behind a comma are a suffix",
    file: DECODER,
    find: "cell[clock + 8] === 0x2c",
    replace: "cell[clock + 8] === 0x2d",
  },
  { name: "lines: counted from 0", file: DECODER, find: "this.linesBefore(position) + 1", replace: "this.linesBefore(position) + 0" },
  { name: "chunks: the byte before is not looked at", file: SCAN, find: "(start ?? from) - 1", replace: "(start ?? from - 1)" },
  { name: "chunks: a wrong guess is kept", file: SCAN, find: "chunk?.start === expected", replace: "chunk && chunk.start <= expected" },
  { name: "chunks: a late guess is kept", file: SCAN, find: "chunk?.start === expected", replace: "chunk && chunk.start >= expected" },
  {
    name: "chunks: one with a row at its last byte is passed over",
    file: SCAN,
    find: "if (expected >= to) continue;",
    replace: "if (expected >= to - 1) continue;",
  },
  { name: "long rows: line number", file: SCAN, find: "line: linesBefore + 1", replace: "line: linesBefore" },
  { name: "long rows: rows behind them take their place", file: SCAN, find: "rows += long.rows", replace: "rows -= long.rows" },
  { name: "long rows: byte offset", file: SCAN, find: "byteOffset: offset }", replace: "byteOffset: offset + 1 }" },
  { name: "numbers: nine digits as eight", file: KERNEL, find: "eightDigits(high) * 100000000", replace: "eightDigits(high) * 10000000" },
  {
    name: "rows: cells behind the last wanted one are not counted",
    file: KERNEL,
    find: "count += here;",
    replace: "count += count < needed ? here : 0;",
  },
  {
    name: "second pass: notes what the first one has noted",
    file: DECODER,
    find: "& Valid.noted) !== 0);",
    replace: "& Valid.noted) === 9);",
  },
  {
    name: "second pass: an irregular row tells nothing that the first one did not see",
    file: DECODER,
    find: "& Valid.noted) === 0) tally.add(notes, 0);",
    replace: "& Valid.noted) === 9) tally.add(notes, 0);",
  },
  {
    name: "second pass: an irregular row tells what the first one has noted",
    file: DECODER,
    find: "& Valid.noted) === 0) tally.add(notes, 0);",
    replace: "& Valid.noted) >= 0) tally.add(notes, 0);",
  },
  {
    name: "second pass: a header in the middle is a row",
    file: DECODER,
    find: "=== Valid.noted) slow[row] = 1",
    replace: "=== (Valid.seq | Valid.noted)) slow[row] = 1",
  },
  { name: "second pass: takes times away again", file: SCAN, find: "~FIRST_BITS", replace: "FIRST_BITS" },
  {
    name: "narrow columns: texts too many are cut",
    file: FAST,
    find: "columns.labelNames.size) > NARROW_CODES",
    replace: "0) > NARROW_CODES",
  },
  { name: "narrow columns: times too late are cut", file: COLUMNS, find: "return differing === 0;", replace: "return true;" },
  {
    name: "narrow columns: times moved before 1970 are cut",
    file: DATES,
    find: "if (seconds[row] !== moved) fits = false;",
    replace: "",
  },
  {
    name: "groups: digits of seven bits",
    file: NUMBERS,
    find: "if (((differing >> shift) & 255) == 0) continue;",
    replace: "if (((differing >> shift) & 127) == 0) continue;",
  },
  { name: "groups: the last digit is not sorted by", file: NUMBERS, find: "shift < 32 + bits;", replace: "shift + 8 < 32 + bits;" },
  { name: "groups: a part has the numbers of the next bucket, too", file: NUMBERS, find: "leastOf(end) - 1,", replace: "leastOf(end)," },
  {
    name: "order: buckets of times are not sorted",
    file: STREAMS,
    find: "if (fullest <= RUN) {",
    replace: "if (fullest <= 2 * RUN) {\n    return;",
  },
  {
    name: "order: full buckets are not merged",
    file: STREAMS,
    find: "mergeSort(begin, end);",
    replace: "insertionSort(begin, min(begin + RUN, end));",
  },
  {
    name: "order: packets of the same time change places",
    file: STREAMS,
    find: "load<f64>(times + 8 * at - 8) > time; at--",
    replace: "load<f64>(times + 8 * at - 8) >= time; at--",
  },
  {
    name: "order: merging changes packets of the same time",
    file: STREAMS,
    find: "load<f64>(times + 8 * right) < load<f64>(times + 8 * left)",
    replace: "load<f64>(times + 8 * right) <= load<f64>(times + 8 * left)",
  },
  { name: "order: packets without a time come first", file: STREAMS, find: "time == Infinity ? last :", replace: "time == Infinity ? 0 :" },
  { name: "order: direction 1 stays reversed", file: STREAMS, find: "reverse(turn - start, to - start);", replace: "" },
  { name: "order: ports are of no matter", file: STREAMS, find: "(load<u16>(srcPort + 2 * i) as u64) : 0", replace: "(0 as u64) : 0" },
  {
    name: "keys: descending ones ascend",
    file: KEYS,
    find: "min(second - base, 4294967295.0) as u32) ^ flip",
    replace: "min(second - base, 4294967295.0) as u32)",
  },
  { name: "keys: texts without a rank come first", file: KEYS, find: "most == 0 || rank == NO_RANK ? rank", replace: "most == 0 ? rank" },
  {
    name: "keys: ports of no address count",
    file: KEYS,
    find: "load<u32>(addresses + 4 * row) == 0 ? 0 :",
    replace: "load<u32>(addresses + 4 * row) == 1 ? 0 :",
  },
  { name: "keys: missing values are not told apart", file: KEYS, find: "has(row, mask) ? 0 : 1", replace: "has(row, mask) ? 0 : 0" },
  {
    name: "keys: the last bucket is one too early",
    file: KEYS,
    find: "((value - lowest) >> shift) + 1, last)",
    replace: "((value - lowest) >> shift) + 1, last - 1)",
  },
  { name: "order: narrow seconds are taken for wide ones", file: STREAMS, find: "return isNarrow ?", replace: "return !isNarrow ?" },
  {
    name: "order: the first row of a slot says nothing",
    file: STREAMS,
    find: "store<u64>(state, endpoint);",
    replace: "store<u64>(state, 1);",
  },
  {
    name: "plan: columns without a bit keep what was there",
    file: PLANS,
    find: "step.bit === 0 ? size : 0",
    replace: "0",
  },
  { name: "plan: texts keep what was there", file: PLANS, find: "step.onlyMissing ? 0 : 4,", replace: "0," },
  {
    name: "plan: the step behind missing texts is left out",
    file: DECODER,
    find: "kernel.decode(plan, step + 1,",
    replace: "kernel.decode(plan, step + 2,",
  },
  { name: "plan: bits stay from the chunk before", file: KERNEL, find: "memory.fill(valid, 0, 2 * rows);", replace: "" },
  { name: "columns of text: repaired by the columns that are read", file: FAST, find: "whole: head.header,", replace: "" },
  { name: "order: batches overlap", file: BATCHES, find: "look(count, from);", replace: "look(count, from & ~1);" },
  {
    name: "follower: fast retransmissions end a tenth as soon",
    file: FOLLOWER,
    find: "const FAST_NS: f64 = 20e6;",
    replace: "const FAST_NS: f64 = 2e6;",
  },
  {
    name: "follower: out of order for ten times as long",
    file: FOLLOWER,
    find: "const OUT_OF_ORDER_NS: f64 = 3e6;",
    replace: "const OUT_OF_ORDER_NS: f64 = 30e6;",
  },
  {
    name: "follower: few segments without an ACK are remembered",
    file: FOLLOWER,
    find: "const MAX_UNACKED: i32 = 1000;",
    replace: "const MAX_UNACKED: i32 = 10;",
  },
  {
    name: "follower: a SYN is sent again at once",
    file: FOLLOWER,
    find: "const RESENT_NS: f64 = 200e6;",
    replace: "const RESENT_NS: f64 = 0;",
  },
  {
    name: "follower: three ACKs for a fast retransmission",
    file: FOLLOWER,
    find: "peer.duplicateAcks >= 2 ||",
    replace: "peer.duplicateAcks >= 3 ||",
  },
  {
    name: "follower: the window does not count for repeated ACKs",
    file: FOLLOWER,
    find: "if (window !== own.window)",
    replace: "if (false)",
  },
  {
    name: "follower: numbers do not wrap",
    file: FOLLOWER,
    find: "return b - a < 0;",
    replace: "return (b as u32) < (a as u32);",
  },
  {
    name: "follower: bytes at the end of a gap are forgotten",
    file: FOLLOWER,
    find: "min<i64>(load<i64>(base + STARTS + (at << 3)), end) : end;",
    replace: "load<i64>(base + STARTS + (at << 3)) : end;",
  },
  {
    name: "follower: a SYN's data begin at its own number",
    file: FOLLOWER,
    find: "(flags & SYN) !== 0 ? seq + 1 : seq, len as u32",
    replace: "seq, len as u32",
  },
  {
    name: "follower: resets bring bytes",
    file: FOLLOWER,
    find: "(valid & SEGMENT) === SEGMENT && (flags & RST) === 0)",
    replace: "(valid & SEGMENT) === SEGMENT)",
  },
  {
    name: "follower: a stream that goes on in the next part begins anew",
    file: FOLLOWER,
    find: "    if (!isOpen) {\n      beginStream",
    replace: "    if (!isOpen || i === from) {\n      beginStream",
  },
  {
    name: "follower: bytes of resets count",
    file: FOLLOWER,
    find: "if ((control & RST) === 0) own.bytes += len as u64;",
    replace: "own.bytes += len as u64;",
  },
  {
    name: "follower: whoever answers first is the originator",
    file: FOLLOWER,
    find: "isReversed ? 1 - firstSide : firstSide",
    replace: "firstSide",
  },
  {
    name: "follower: one side is both",
    file: FOLLOWER,
    find: "isBothSided = (facts & 2) !== 0;",
    replace: "isBothSided = true;",
  },
  {
    name: "follower: headers differ by TTL alone",
    file: FOLLOWER,
    find: "| (header === BARE_HEADER ? TRAIT_BARE : 0);",
    replace: "| 0;",
  },
];

/**
 * Runs tests in the copy. Undefined when all pass, else what failed first.
 * @param {string} copy
 * @param {readonly string[]} tests
 * @returns {string | undefined}
 */
function findFailure(copy, tests) {
  const report = join(copy, "report.json");
  rmSync(report, { force: true });
  const { status, error, stderr } = spawnSync(
    process.execPath,
    ["node_modules/mocha/bin/mocha.js", "--import=tsx", "--bail", "--reporter=json", `--reporter-option=output=${report}`, ...tests],
    {
      cwd: copy,
      env: { ...process.env, CASES: "400", SEED: "1" },
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
      timeout: timeoutMs,
    },
  );
  if (error) return `no answer within ${Math.ceil(timeoutMs / 1000)} s`;
  if (status === 0) return undefined;
  if (!existsSync(report)) throw new Error(`The tests do not run.\n${stderr}`);
  return JSON.parse(readFileSync(report, "utf8")).failures[0].fullTitle;
}

/**
 * Compiles the WebAssembly of the copy.
 * @param {string} copy
 */
function buildModules(copy) {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/buildWasm.mjs"], { cwd: copy, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

const [word = ""] = process.argv.slice(2);
const copy = mkdtempSync(join(tmpdir(), "tcp-seq-faults-"));
try {
  for (const name of ["src", "test", "media", "scripts", "package.json", "tsconfig.json", "tsconfig.base.json"])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"), "junction");
  for (const { name, file, find } of FAULTS) {
    const times = readFileSync(join(copy, file), "utf8").split(find).length - 1;
    if (times !== 1) throw new Error(`${name}: ${JSON.stringify(find)} occurs ${times} times in ${file}`);
  }
  buildModules(copy);
  const faults = FAULTS.filter(({ name }) => name.includes(word));
  /** Longest without a fault, ms. */
  let longestMs = 0;
  for (const tests of new Set(faults.map(({ file }) => testsOf(file)))) {
    const started = performance.now();
    const failure = findFailure(copy, tests);
    if (failure !== undefined) throw new Error(`Without any fault this fails: ${failure}`);
    longestMs = Math.max(longestMs, performance.now() - started);
  }
  timeoutMs = Math.ceil(TIMEOUT_FACTOR * longestMs);

  const width = Math.max(...faults.map(({ name }) => name.length));
  const isModule = (/** @type {string} */ file) => file.includes("/assembly/");
  let survivors = 0;
  let isModuleFaulty = false;
  for (const { name, file, find, replace } of faults) {
    const path = join(copy, file);
    const text = readFileSync(path, "utf8");
    writeFileSync(
      path,
      text.replace(find, () => replace),
    );
    if (isModule(file) || isModuleFaulty) buildModules(copy);
    isModuleFaulty = isModule(file);
    const caughtBy = findFailure(copy, testsOf(file));
    writeFileSync(path, text);
    if (caughtBy === undefined) survivors++;
    console.log(`${name.padEnd(width)}  ${caughtBy ?? "SURVIVES"}`);
  }
  console.log(`${faults.length} faults, ${survivors} of them not noticed`);
  process.exitCode = survivors > 0 ? 1 : 0;
} finally {
  rmSync(copy, { recursive: true });
}
