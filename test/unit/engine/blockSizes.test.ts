import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CaptureStore } from "../../../src/engine/captureStore";
import { allCounts, analyzeText, CSV_FIXTURES, timelineOf } from "../../support/capture";

/** All that a run says, as text; the reason when it cannot go on. */
async function describeRun(bytes: Uint8Array, blockBytes: number): Promise<string> {
  let capture: CaptureStore;
  try {
    capture = await analyzeText(bytes, { blockBytes });
  } catch (error) {
    return (error as { code: string }).code;
  }
  const counts = allCounts(capture);
  const timelines = counts.slice(0, 5).map(([seq]) => {
    const timeline = timelineOf(capture, seq, 1);
    return {
      ...timeline,
      index: timeline.index && [...timeline.index],
      counts: [...timeline.counts],
      labels: [...timeline.labels],
      protocols: [...timeline.protocols],
    };
  });
  return JSON.stringify({ summary: capture.summary, counts, timelines });
}

describe("analyze", () => {
  const names = readdirSync(CSV_FIXTURES).filter((name) => /\.[ct]sv$/.test(name));

  for (const name of names) {
    it(`says the same of ${name} wherever blocks end`, async function () {
      this.timeout(60_000);
      const bytes = readFileSync(join(CSV_FIXTURES, name));
      const whole = await describeRun(bytes, 1 << 20);
      for (const blockBytes of [64, 211, 1024, 4099])
        assert.equal(await describeRun(bytes, blockBytes), whole, `blocks of ${String(blockBytes)} bytes`);
    });
  }
});
