import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, gunzipSync, constants } from "node:zlib";
import { CompressedSource, sniffCompression } from "../../../src/worker/compressedSource";
import { FileByteSource } from "../../../src/worker/fileByteSource";
import { zstdOf } from "../../support/zstd";

/** Text that compresses about as packet CSV does, so that its files have several pieces. */
function makeText(rows: number): Buffer {
  let state = 1;
  const random = (below: number): number => (state = (state * 48271) % 2147483647) % below;
  const lines = Array.from(
    { length: rows },
    (_, i) => `${String(i)},1685877${String(random(1e9))},10.0.0.${String(random(255))},${String(random(2 ** 31))}\n`,
  );
  return Buffer.from(`frame.number,frame.time_epoch,ip.src,tcp.seq\n${lines.join("")}`);
}

const small = makeText(100);
const large = makeText(150_000);
const largeGz = gzipSync(large);

describe("CompressedSource", function () {
  this.timeout(30_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "tcp-seq-gz-"))));
  after(() => rmSync(folder, { recursive: true }));

  /** Reads a file to its end, `step` bytes at a time. */
  async function readAll(
    stored: Uint8Array,
    step = 1 << 20,
  ): Promise<{ text: Buffer; damage: string | undefined; storedBytesRead: number }> {
    const path = join(folder, "file");
    writeFileSync(path, stored);
    const file = await FileByteSource.open(path);
    const kind = sniffCompression(await file.head());
    assert.ok(kind);
    const source = new CompressedSource(file, kind);
    assert.equal(source.size, stored.length);
    try {
      const parts: Buffer[] = [];
      let position = 0;
      for (;;) {
        const target = new Uint8Array(step);
        const length = await source.read(position, target);
        parts.push(Buffer.from(target.subarray(0, length)));
        position += length;
        if (length < step) break;
      }
      assert.equal(await source.read(position, new Uint8Array(1)), 0);
      return { text: Buffer.concat(parts), damage: source.damage, storedBytesRead: source.storedBytesRead };
    } finally {
      await source.close();
      await file.close();
    }
  }
  async function expectText(stored: Uint8Array, text: Uint8Array, damage?: string, step?: number): Promise<void> {
    const read = await readAll(stored, step);
    assert.equal(read.text.length, text.length);
    assert.ok(read.text.equals(text));
    assert.equal(read.damage, damage);
  }

  it("knows what is compressed by its first bytes", () => {
    assert.equal(sniffCompression(gzipSync("")), "gzip");
    assert.equal(sniffCompression(Buffer.from([0x28, 0xb5, 0x2f, 0xfd])), "zstd");
    assert.equal(sniffCompression(Buffer.from([0x53, 0x2a, 0x4d, 0x18])), "zstd");
    for (const plain of ["", "\x1f", "tcp.seq\n1\n", "(", "\ufefftcp.seq", "PK\x03\x04"])
      assert.equal(sniffCompression(Buffer.from(plain)), undefined);
  });

  it("gives the text of a gzip file, whatever is asked for at a time", async () => {
    for (const step of [1, 7, 4096, 1 << 20]) await expectText(gzipSync(small), small, undefined, step);
    for (const step of [65_537, 1 << 20, 1 << 24]) await expectText(largeGz, large, undefined, step);
    assert.equal((await readAll(largeGz)).storedBytesRead, largeGz.length);
  });

  it("gives all members of a gzip file, as bgzip makes them, wherever they end", async () => {
    await expectText(Buffer.concat([largeGz, gzipSync(small), gzipSync(""), largeGz]), Buffer.concat([large, small, large]));
    const blocks = Array.from({ length: Math.ceil(large.length / 60_000) }, (_, i) =>
      gzipSync(large.subarray(i * 60_000, (i + 1) * 60_000)),
    );
    await expectText(Buffer.concat([...blocks, gzipSync("")]), large);
    // The first member ends exactly where a piece does, and around it.
    for (const end of [-9, -8, -1, 0, 1, 2, 9]) {
      const padding = (1 << 18) + end - gzipSync(small, { level: 0 }).length - 5;
      const stored = gzipSync(Buffer.concat([small, Buffer.alloc(padding, 10)]), { level: 0 });
      const filler = Buffer.alloc(padding + (1 << 18) + end - stored.length, 10);
      const first = gzipSync(Buffer.concat([small, filler]), { level: 0 });
      assert.equal(first.length, (1 << 18) + end);
      await expectText(Buffer.concat([first, gzipSync(small)]), Buffer.concat([small, filler, small]));
    }
  });

  it("gives nothing for a gzip file of nothing", async () => expectText(gzipSync(""), Buffer.alloc(0)));

  it("gives everything up to where a gzip file breaks off", async () => {
    const finishFlush = constants.Z_SYNC_FLUSH;
    const cuts = [2, 9, 10, 11, 1000, 1 << 18, (1 << 18) + 1, largeGz.length - 9, largeGz.length - 8, largeGz.length - 1];
    for (const cut of cuts) {
      const stored = largeGz.subarray(0, cut);
      await expectText(stored, cut > 10 ? gunzipSync(stored, { finishFlush }) : Buffer.alloc(0), "compressionCutOff");
    }
    await expectText(
      Buffer.concat([gzipSync(small), largeGz.subarray(0, 20_000)]),
      Buffer.concat([small, gunzipSync(largeGz.subarray(0, 20_000), { finishFlush })]),
      "compressionCutOff",
    );
  });

  it("gives everything up to where a gzip file is damaged", async () => {
    // Stored blocks, so that damage has a place: the header of one in the middle says the impossible.
    const stored = gzipSync(large, { level: 0 });
    const lengthOf = (at: number): number => stored.readUInt16LE(at + 1);
    let header = 10;
    let before = 0;
    while (header < 2_500_000) {
      before += lengthOf(header);
      header += 5 + lengthOf(header);
    }
    stored[header] = 0xff;
    await expectText(stored, large.subarray(0, before), "compressionDamaged");
    await expectText(Buffer.concat([largeGz, stored]), Buffer.concat([large, large.subarray(0, before)]), "compressionDamaged");
    // Within a compressed block, some text may come out wrong before it is noticed.
    const flipped = Buffer.from(largeGz);
    flipped[flipped.length >> 1] ^= 0x55;
    const read = await readAll(flipped);
    const sound = gunzipSync(largeGz.subarray(0, flipped.length >> 1), { finishFlush: constants.Z_SYNC_FLUSH });
    assert.equal(read.damage, "compressionDamaged");
    assert.ok(read.text.subarray(0, sound.length - 10).equals(sound.subarray(0, -10)));
    const wrongSum = Buffer.from(largeGz);
    wrongSum[wrongSum.length - 8] ^= 1;
    await expectText(wrongSum, large, "compressionDamaged");
  });

  it("ignores what follows a gzip file, as gzip does, and zeros without a word", async () => {
    for (const behind of ["garbage", "\n\n", "x".repeat(300_000)])
      await expectText(Buffer.concat([largeGz, Buffer.from(behind)]), large, "trailingBytes");
    await expectText(
      Buffer.concat([gzipSync(small), gzipSync(small), Buffer.from("garbage")]),
      Buffer.concat([small, small]),
      "trailingBytes",
    );
    for (const zeros of [1, 512, 300_000, 3_000_000]) {
      await expectText(Buffer.concat([largeGz, Buffer.alloc(zeros)]), large);
      await expectText(Buffer.concat([gzipSync(small), Buffer.alloc(zeros)]), small);
    }
  });

  it("takes no more memory for a file that becomes thousand times larger", async () => {
    const bomb = gzipSync(Buffer.alloc(300_000_000, 10), { level: 9 });
    const path = join(folder, "bomb");
    writeFileSync(path, bomb);
    const file = await FileByteSource.open(path);
    const source = new CompressedSource(file, "gzip");
    const target = new Uint8Array(1 << 20);
    let position = 0;
    const before = process.memoryUsage().arrayBuffers;
    let most = before;
    for (let length = target.length; length === target.length; position += length) {
      length = await source.read(position, target);
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    }
    await source.close();
    await file.close();
    assert.equal(position, 300_000_000);
    assert.ok(source.expectedBytes < 20 * bomb.length);
    assert.ok(most - before < 100_000_000, `${String(most - before)} bytes`);
  });

  it("gives everything of such a file up to where it breaks off", async () => {
    const bomb = gzipSync(Buffer.alloc(100_000_000, 10), { level: 9 });
    const { text, damage } = await readAll(bomb.subarray(0, bomb.length >> 1));
    assert.equal(damage, "compressionCutOff");
    assert.equal(text.length, gunzipSync(bomb.subarray(0, bomb.length >> 1), { finishFlush: constants.Z_SYNC_FLUSH }).length);
  });

  it("begins at the front again when asked for what was before, and passes over what is not wanted", async () => {
    const path = join(folder, "again");
    writeFileSync(path, largeGz);
    const file = await FileByteSource.open(path);
    const source = new CompressedSource(file, "gzip");
    const target = new Uint8Array(1000);
    for (const offset of [0, 10, 2_000_000, 1_999_999, 5, large.length - 10]) {
      const length = await source.read(offset, target);
      assert.ok(large.subarray(offset, offset + 1000).equals(target.subarray(0, length)), String(offset));
    }
    await source.close();
    await file.close();
  });

  it("passes on an error of the disk", async () => {
    const path = join(folder, "closed");
    writeFileSync(path, largeGz);
    const file = await FileByteSource.open(path);
    const source = new CompressedSource(file, "gzip");
    await file.close();
    await assert.rejects(source.read(0, new Uint8Array(10)), { name: "AnalysisError", code: "readFailed" });
    await source.close();
  });

  it("gives the text of a zstd file, all its frames, up to where it breaks off or is damaged", async () => {
    const frames = Buffer.concat([zstdOf(large), Buffer.from("502a4d1803000000010203", "hex"), zstdOf(small), zstdOf(Buffer.alloc(0))]);
    const text = Buffer.concat([large, small]);
    for (const step of [4099, 1 << 20]) await expectText(frames, text, undefined, step);
    await expectText(Buffer.concat([Buffer.from("502a4d1800000000", "hex"), frames]), text);
    const cut = await readAll(zstdOf(large).subarray(0, 1_000_000));
    assert.equal(cut.damage, "compressionCutOff");
    assert.ok(cut.text.length > 1_000_000 - (1 << 17) - 10 && large.subarray(0, cut.text.length).equals(cut.text));
    await expectText(Buffer.concat([frames, Buffer.from("garbage")]), text, "compressionDamaged");
  });

  it("reads what zstd writes", async function () {
    const run = spawnSync("zstd", ["-c", "-q"], { input: large, maxBuffer: 1 << 26 });
    if (run.error) return this.skip();
    await expectText(run.stdout, large);
    const damaged = Buffer.from(run.stdout);
    damaged.fill(0x55, damaged.length >> 1, (damaged.length >> 1) + 100);
    const read = await readAll(damaged);
    assert.equal(read.damage, "compressionDamaged");
    assert.ok(read.text.length > 0);
  });
});
