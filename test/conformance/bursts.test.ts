/** Bursts of every number of every capture of the fixtures and of the sample, as a table of every bucket finds them. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Bursts } from "../../src/engine/bursts";
import type { CaptureStore } from "../../src/engine/captureStore";
import { Valid } from "../../src/engine/columns";
import { AnalysisError } from "../../src/shared/errors";
import { NO_FOCUS } from "../../src/shared/selection";
import { analyzeText, CSV_FIXTURES, ROOT } from "../support/capture";
import { assertSameBursts, naiveBuckets, naiveBursts, type TimedPacket } from "../support/naiveBursts";
import { columnsOf, indexOf } from "../support/packets";

/** Times are made longer or shorter by these, so that every size of buckets comes up. */
const STRETCHES = [1 / 30, 1, 8, 90];

/** Packets with a number, on the clock that bursts are found on; undefined for a file that cannot be analysed. */
async function read(file: string): Promise<{ capture: CaptureStore; packets: TimedPacket[] } | undefined> {
  let capture: CaptureStore;
  try {
    capture = await analyzeText(readFileSync(file));
  } catch (error) {
    if (error instanceof AnalysisError) return undefined;
    throw error;
  }
  const { valid, seq, seconds, zone, zones, rows } = capture.columns;
  const isUtc = capture.summary.time?.isUtcKnown ?? false;
  const packets: TimedPacket[] = [];
  for (let row = 0; row < rows; row++) {
    if ((valid[row] & Valid.seq) === 0) continue;
    const offset = isUtc ? 60 * (zones[zone[row]].offsetMinutes ?? 0) : 0;
    packets.push({ seq: seq[row], time: valid[row] & Valid.time ? seconds[row] - offset : null });
  }
  return { capture, packets };
}

describe("Bursts are those of a table of every bucket", function () {
  this.timeout(60_000);
  const files = [...readdirSync(CSV_FIXTURES).filter((name) => /\.[ct]sv$/.test(name)), join(ROOT, "media", "sample.csv")];
  const sizes = new Map<number, number>();

  for (const file of files) {
    it(file.startsWith(ROOT) ? file.slice(ROOT.length + 1) : file, async () => {
      const known = await read(join(CSV_FIXTURES, file)).catch(() => read(file));
      if (!known) return;
      const { capture, packets } = known;
      const numbers = [...new Set(packets.map(({ seq }) => seq))];
      const clock = capture.summary.time?.isUtcKnown ? "utc" : "capture";
      for (const seq of numbers)
        assertSameBursts(capture.getBursts({ seq, focus: NO_FOCUS, clock }).bursts, naiveBursts(packets, seq), String(seq));
      const dated = packets.flatMap(({ time }) => (time === null ? [] : [time]));
      const start = Math.min(...dated);
      for (const stretch of STRETCHES) {
        const stretched = packets.map(({ seq, time }) => ({ seq, time: time === null ? null : Math.floor((time - start) * stretch) }));
        const columns = columnsOf(stretched);
        const index = indexOf(columns);
        const bursts = new Bursts({ columns, index, isAllDated: () => false, hasLabels: false, bitsOf: () => undefined });
        const { size } = naiveBuckets(stretched);
        for (const seq of numbers) {
          const found = bursts.of({ seq, focus: NO_FOCUS, clock: "capture" });
          const expected = naiveBursts(stretched, seq);
          assertSameBursts(found.bursts, expected, `${String(seq)}, times ${String(stretch)}`);
          if (expected.length > 0) assert.equal(found.bucketSeconds, size);
          sizes.set(size, (sizes.get(size) ?? 0) + expected.length);
        }
      }
    });
  }

  it("compares bursts in buckets of every size", () => {
    for (const size of [1, 10, 60]) assert.ok((sizes.get(size) ?? 0) > 0, `none in buckets of ${String(size)} s`);
  });
});
