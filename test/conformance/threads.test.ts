/** Several threads over shared memory against one thread and against what the generator counted, on a real file. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CaptureStore } from "../../src/engine/captureStore";
import { readCapture } from "../../src/worker/readCapture";
import { ROOT } from "../support/capture";
import { describeCapture } from "../support/describe";

describe("threads", function () {
  this.timeout(120_000);
  let folder: string;
  let path: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "tcp-seq-threads-"));
    path = join(folder, "large.csv");
    execFileSync(process.execPath, [join(ROOT, "scripts", "makeBenchData.mjs"), "--rows", "160000", "--out", path], { stdio: "ignore" });
  });
  after(() => rmSync(folder, { recursive: true }));

  async function read(threads: number): Promise<CaptureStore> {
    const capture = await readCapture({ kind: "file", path }, { labelFields: ["alert"] }, { distPath: join(ROOT, "dist"), threads });
    await capture.whenComplete;
    return capture;
  }

  it("give the answer of one thread, which is the generator's", async () => {
    const one = await read(1);
    assert.deepEqual(one.summary.reader, { kind: "simd", threads: 1 });
    const expected = JSON.parse(readFileSync(`${path}.expected.json`, "utf8")) as {
      rows: number;
      rowsTcp: number;
      distinct: number;
      top: unknown;
    };
    assert.equal(one.summary.rows.read, expected.rows);
    assert.equal(one.summary.rows.tcp, expected.rowsTcp);
    assert.equal(one.summary.distinct, expected.distinct);
    assert.deepEqual(one.listSequences({ order: "count", from: 0, count: 20 }), expected.top);
    const described = describeCapture(one);
    for (let run = 0; run < 3; run++) {
      const several = await read(4);
      assert.deepEqual(several.summary.reader, { kind: "simd", threads: 4 });
      assert.equal(describeCapture(several), described);
    }
  });
});
