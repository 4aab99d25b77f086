/** Nobody writes between the kernel's regions, whatever the text: guard bytes are checked after every file. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { chainChunks, ChunkScanner, ChunkTable, CONTROL_BYTES, countChunks, ScanControl } from "../../src/engine/chunkScan";
import { shareColumns } from "../../src/engine/columns";
import { readHead } from "../../src/engine/csv/dialect";
import { CHUNK_BYTES, OVERLAP_BYTES } from "../../src/engine/csv/kernel";
import { DEFAULT_LABEL_FIELDS } from "../../src/shared/model";
import { KERNEL, readerOf } from "../support/fastReader";
import { randomCsv } from "../support/randomCsv";

/** Reads all chunks of a file, both passes; returns the scanner for its memory to be looked at. */
function scanAll(bytes: Uint8Array): ChunkScanner {
  const head = readHead(bytes, true, DEFAULT_LABEL_FIELDS);
  assert.ok(head);
  const capacity = 2 * bytes.length + 1;
  const control = new SharedArrayBuffer(CONTROL_BYTES);
  const shared = {
    control,
    columns: shareColumns(capacity, false),
    isNarrow: false,
    capacity,
    size: bytes.length,
    head,
    chunkBytes: CHUNK_BYTES,
    overlapBytes: OVERLAP_BYTES,
  };
  const scanner = new ChunkScanner(KERNEL, shared, readerOf(bytes), 0);
  const chunks = Array.from(
    { length: countChunks(shared) },
    (_, chunk) => scanner.scan(chunk) ?? assert.fail("the columns were too small"),
  );
  const chain = chainChunks(chunks, shared, (chunk, start) => scanner.scan(chunk, start));
  const table = ChunkTable.of(chain ?? assert.fail("the columns were too small"));
  for (let at = 0; at < table.length; at++) scanner.scanRest(table, at);
  assert.equal(new ScanControl(control).hasOverflowed, false);
  return scanner;
}

describe("the kernel's memory", function () {
  this.timeout(120_000);
  const HEADER = "frame.time,frame.protocols,ip.src,tcp.seq,tcp.len,tcp.flags,alert\n";

  for (const [name, unit, header] of [
    ["separators", ",", HEADER],
    ["line ends", "\n", HEADER],
    ["line ends of one column", "\n", "tcp.seq\n"],
    ["rows of one digit", "1\n", "tcp.seq\n"],
    ["quotes", '"', HEADER],
    ["empty quoted cells", '"",', HEADER],
    ["quoted line ends", '"\n"', HEADER],
    ["quotes and line ends", '"\n', HEADER],
    ["rows of empty cells", ",,,,,,\n", HEADER],
    ["rows of quoted empty cells", '"","","","","","",""\n', HEADER],
    ["long digits", `${"9".repeat(300)},`, HEADER],
    ["long texts", `2023-06-04 12:00:00,${"x".repeat(5000)},${"y".repeat(3000)},1,1,0x12,${"z".repeat(2000)}\n`, HEADER],
    ["NULs", "\0", HEADER],
  ] as const) {
    it(`keeps its regions apart for ${name}`, () => {
      const text = header + unit.repeat(Math.ceil((3 * CHUNK_BYTES) / unit.length));
      const { kernel } = scanAll(Buffer.from(text)).decoder;
      assert.ok(kernel.guardsAreIntact());
    });
  }

  it("keeps its regions apart for more texts than its caches hold", () => {
    const rows = Array.from(
      { length: 40_000 },
      (_, i) => `2023-06-04 12:00:00,p${String(i)},10.0.${String(i >> 8)}.${String(i & 255)},${String(i)},1,0x12,l${String(i)}`,
    );
    const { kernel, decoder } = scanAll(Buffer.from(HEADER + rows.join("\n"))).decoder;
    assert.ok(kernel.guardsAreIntact());
    assert.equal(decoder.columns.protocolNames.size, rows.length + 1);
  });

  it("keeps its regions apart for random files", () => {
    fc.assert(
      fc.property(randomCsv, fc.nat({ max: 400 }), (bytes, times) => {
        const repeated = Buffer.concat(Array.from({ length: 1 + times }, () => bytes));
        return scanAll(repeated).decoder.kernel.guardsAreIntact();
      }),
      { numRuns: Math.ceil(Number(process.env.CASES ?? 2000) / 20) },
    );
  });

  it("would notice a write beside a region", () => {
    const { kernel } = scanAll(Buffer.from(`${HEADER}1\n`)).decoder;
    kernel.bytes[kernel.slow.byteOffset - 1] = 0;
    assert.equal(kernel.guardsAreIntact(), false);
  });
});
