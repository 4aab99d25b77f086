import assert from "node:assert/strict";
import { ByteDictionary } from "../../../src/engine/dictionary";

/** One step of FNV-1a, the dictionary's hash. */
const step = (hash: number, byte: number): number => Math.imul(hash ^ byte, 0x01000193) >>> 0;

/**
 * 2 ** blocks texts with one and the same hash: for each block two spellings that lead to the same state are found, and
 * the texts are all ways to choose.
 */
function collidingTexts(blocks: number): Uint8Array[] {
  let state = 0x811c9dc5;
  const pairs = Array.from({ length: blocks }, () => {
    const seen = new Map<number, Buffer>();
    for (let i = 0; ; i++) {
      const block = Buffer.from((Math.imul(i, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0"));
      const hash = block.reduce(step, state);
      const other = seen.get(hash);
      if (!other) {
        seen.set(hash, block);
        continue;
      }
      state = hash;
      return [other, block];
    }
  });
  return Array.from({ length: 2 ** blocks }, (_, i) => Buffer.concat(pairs.map((pair, block) => pair[(i >> block) & 1])));
}

/** The bytes, counting how often one is read. */
function counted(bytes: Uint8Array, count: () => void): Uint8Array {
  return new Proxy(bytes, {
    get(target, key) {
      if (key === "subarray") return target.subarray.bind(target);
      count();
      return target[key as unknown as number];
    },
  });
}

describe("ByteDictionary", () => {
  const intern = (dictionary: ByteDictionary, text: string): number => {
    const bytes = Buffer.from(`<${text}>`);
    return dictionary.intern(bytes, 1, bytes.length - 1);
  };

  it("gives equal bytes equal codes, in order of first appearance", () => {
    const dictionary = new ByteDictionary();
    const texts = ["", "tcp", "ünï", "tc", "tcp\0"];
    for (let round = 0; round < 2; round++)
      assert.deepEqual(
        texts.map((text) => intern(dictionary, text)),
        [0, 1, 2, 3, 4],
      );
    assert.equal(dictionary.size, 5);
    assert.deepEqual(
      texts.map((_, code) => dictionary.valueOf(code)),
      texts,
    );
    assert.throws(() => dictionary.valueOf(5), RangeError);
  });

  it("takes in the values of another one", () => {
    const one = new ByteDictionary();
    const other = new ByteDictionary();
    for (let i = 0; i < 1000; i++) intern(one, String(i));
    for (let i = 1999; i >= 0; i -= 2) intern(other, String(i));
    const codes = one.addAll(other.export());
    assert.equal(one.size, 1501);
    assert.deepEqual(
      Array.from(codes, (code) => one.valueOf(code)),
      ["", ...Array.from({ length: 1000 }, (_, i) => String(1999 - 2 * i))],
    );
  });

  it("does not slow down for texts made to collide", function () {
    this.timeout(30_000);
    const texts = collidingTexts(13);
    const dictionary = new ByteDictionary();
    let reads = 0;
    const count = (): void => {
      if (++reads > 1000 * texts.length) assert.fail("work grows with the square of the number of texts");
    };
    texts.forEach((text, i) => assert.equal(dictionary.intern(counted(text, count), 0, text.length), i + 1));
    assert.ok(reads > texts.length * texts[0].length, "the reads were counted");
    texts.forEach((text, i) => assert.equal(dictionary.intern(text, 0, text.length), i + 1));
    assert.equal(dictionary.size, texts.length + 1);
    const copy = new ByteDictionary();
    assert.deepEqual([...copy.addAll(dictionary.export())], [0, ...texts.map((_, i) => i + 1)]);
    assert.equal(dictionary.valueOf(texts.length), Buffer.from(texts[texts.length - 1]).toString());
  });
});
