/**
 * Random files through the reference, the scalar scanner and the kernel. `CASES=100000 npm run test:unit -- -g random` for more; the seed of a failure is
 * printed, `SEED=…` repeats it.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { createScalarScanner } from "../../src/engine/csv/scalarScanner";
import { analyzeText } from "../support/capture";
import { describeRun } from "../support/describe";
import { KERNEL, readFastFrom } from "../support/fastReader";
import { randomCsv } from "../support/randomCsv";

describe("random files", () => {
  const numRuns = Number(process.env.CASES ?? 2000);

  it(`are read alike by the reference, the scalar scanner and the kernel, as a file and as a stream, ${String(numRuns)} of them`, async function () {
    this.timeout(0);
    const sizes = fc.record({ chunkBytes: fc.constantFrom(64, 100, 257, 1024, 1 << 17), overlapBytes: fc.constantFrom(64, 300, 8192) });
    const property = fc.asyncProperty(randomCsv, sizes, async (bytes, options) => {
      const expected = await describeRun(analyzeText(bytes));
      const scalar = analyzeText(bytes, { createScanner: createScalarScanner, blockBytes: options.chunkBytes });
      assert.equal(await describeRun(scalar), expected, "scalar");
      const stream = analyzeText(bytes, { kernel: KERNEL, blockBytes: options.chunkBytes });
      assert.equal(await describeRun(stream), expected, "stream");
      const fast = readFastFrom(bytes, options).then((capture) => (capture === "sequential" ? analyzeText(bytes) : capture));
      assert.equal(await describeRun(fast), expected, "kernel");
    });
    await fc.assert(property, { numRuns, ...(process.env.SEED === undefined ? {} : { seed: Number(process.env.SEED) }) });
  });
});
