import assert from "node:assert/strict";
import { MemorySource } from "../../../src/engine/bytes";
import { sniffEncoding, TextReader } from "../../../src/engine/textReader";

async function readAll(bytes: Uint8Array, step: number): Promise<{ text: string; reader: TextReader }> {
  const reader = await TextReader.open(new MemorySource(bytes));
  const parts: Buffer[] = [];
  for (;;) {
    const target = new Uint8Array(step);
    const length = await reader.read(target);
    if (length === 0) break;
    parts.push(Buffer.from(target.subarray(0, length)));
  }
  return { text: Buffer.concat(parts).toString("utf8"), reader };
}

const SAMPLE = "frame.number,tcp.seq\r\n1,2 → ä\r\n𝄞,3\r\n";
const utf16le = Buffer.from(`\ufeff${SAMPLE}`, "utf16le");
const utf16be = Buffer.from(utf16le).swap16();

describe("TextReader", () => {
  it("reads UTF-8 and UTF-16 of both orders, with and without a mark, in steps of any size", async () => {
    for (const bytes of [Buffer.from(SAMPLE), Buffer.from(`\ufeff${SAMPLE}`), utf16le, utf16be]) {
      for (const step of [1, 2, 3, 7, 1000]) assert.equal((await readAll(bytes, step)).text, SAMPLE);
    }
    const ascii = "frame.number,tcp.seq\n";
    assert.equal((await readAll(Buffer.from(ascii, "utf16le"), 9)).text, ascii);
    assert.equal((await readAll(Buffer.from(ascii, "utf16le").swap16(), 9)).text, ascii);
  });

  it("joins surrogates across its own steps", async () => {
    const text = `${"x".repeat(32767)}𝄞${"y".repeat(40000)}`;
    assert.equal((await readAll(Buffer.from(`\ufeff${text}`, "utf16le"), 4096)).text, text);
    assert.equal(
      (await readAll(Buffer.from(`\ufeff${"x".repeat(32766)}𝄞${"y".repeat(40000)}`, "utf16le"), 4096)).text.length,
      32766 + 2 + 40000,
    );
  });

  it("replaces half a unit and half a pair at the end", async () => {
    assert.equal((await readAll(Buffer.concat([Buffer.from("\ufeffab", "utf16le"), Buffer.from([0x41])]), 10)).text, "ab\ufffd");
    assert.equal((await readAll(Buffer.from("\ufeffab\ud834", "utf16le"), 10)).text, "ab\ufffd");
  });

  it("finds every character's place in the file", async () => {
    for (const [bytes, unit] of [
      [utf16le, 2],
      [Buffer.from(`\ufeff${SAMPLE}`), 0],
    ] as const) {
      const { reader } = await readAll(bytes, 5);
      for (let i = 0; i < SAMPLE.length; i++) {
        const before = SAMPLE.slice(0, i);
        if (SAMPLE.charCodeAt(i) >= 0xdc00 && SAMPLE.charCodeAt(i) < 0xe000) continue;
        const expected = unit === 2 ? 2 + 2 * i : 3 + Buffer.byteLength(before);
        assert.equal(await reader.toFileOffset(Buffer.byteLength(before)), expected, `character ${String(i)}`);
      }
    }
  });

  it("does not take NUL bytes in a UTF-8 file for UTF-16", () => {
    assert.equal(sniffEncoding(Buffer.from("a\0b,c\0,tcp.seq\n1,2,3\n")).encoding, "utf-8");
  });
});
