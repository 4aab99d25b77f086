/** The fast reader against the reference, on every fixture and the sample, wherever chunks end. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { analyzeText, CSV_FIXTURES, ROOT } from "../support/capture";
import { describeRun } from "../support/describe";
import { readFastFrom } from "../support/fastReader";

describe("the fast reader", () => {
  const files = readdirSync(CSV_FIXTURES)
    .filter((name) => /\.[ct]sv$/.test(name) && !/^(utf16|empty)/.test(name))
    .map((name) => join(CSV_FIXTURES, name));

  for (const file of [...files, join(ROOT, "media", "sample.csv")]) {
    const bytes = readFileSync(file);
    it(`says the same as the reference of ${file.slice(ROOT.length + 1)}`, async function () {
      this.timeout(60_000);
      const expected = await describeRun(analyzeText(bytes));
      const isLarge = bytes.length > 100_000;
      for (const chunkBytes of isLarge ? [1 << 17, 4096] : [1 << 17, 4096, 1000, 333, 64]) {
        for (const overlapBytes of [8192, 100]) {
          const run = readFastFrom(bytes, { chunkBytes, overlapBytes }).then((capture) => {
            assert.notEqual(capture, "sequential");
            return capture as Exclude<typeof capture, "sequential">;
          });
          assert.equal(await describeRun(run), expected, `chunks of ${String(chunkBytes)} bytes, ${String(overlapBytes)} behind`);
        }
      }
    });
  }
});
