import assert from "node:assert/strict";
import { detect } from "../../../../src/engine/detectors/detect";
import { readAttack } from "../../../support/attacks";
import { analyzeText } from "../../../support/capture";

describe("a run of the detectors", () => {
  // With streams of its own, and without.
  for (const [title, textOf] of [
    ["names its streams", (csv: string): string => csv],
    ["does not name its streams", (csv: string): string => csv.replace("tcp.stream", "not.read")],
  ] as const)
    it(`says the same when an earlier one lends what does not change, where the file ${title}`, async () => {
      const capture = await analyzeText(textOf(readAttack("reset-foreign-ttl")));
      const pause = (): Promise<void> => Promise.resolve();
      const low = await detect(capture, { sensitivity: "low", pause });
      const alone = await detect(capture, { sensitivity: "high", pause });
      const labels = alone.labels.slice();
      const lent = await detect(capture, { sensitivity: "high", pause, earlier: low });
      assert.ok(alone.report.findings.length > 0);
      assert.deepEqual(lent.report, alone.report);
      for (const { id } of alone.report.findings) assert.deepEqual(lent.rowsOf(id), alone.rowsOf(id));
      assert.deepEqual(lent.labels, labels);
      assert.equal(lent.labels, low.labels);
      assert.equal(lent.streams.order, low.streams.order);
    });
});
