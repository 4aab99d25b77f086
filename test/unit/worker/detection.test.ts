/** The detectors of a capture, asked for again while they run. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Detection } from "../../../src/worker/detection";
import { ROOT } from "../../support/capture";
import { findIn } from "../../support/findIn";

describe("detection", () => {
  const query = { sensitivity: "medium", thresholds: {} } as const;

  it("ends a run when another is asked for, whose answer is that of a run by itself", async () => {
    const { capture, report } = await findIn(join(ROOT, "test", "fixtures", "attacks", "scan-syn.csv"));
    const detection = new Detection();
    const first = detection.run(capture, query);
    const second = detection.run(capture, query);
    await assert.rejects(first, { code: "superseded" });
    const { findings: kept } = detection;
    assert.equal(kept, undefined);
    assert.deepEqual(await second, report);
    assert.deepEqual(detection.findings?.report, report);
  });
});
