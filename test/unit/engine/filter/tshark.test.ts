import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CaptureStore } from "../../../../src/engine/captureStore";
import { DEFAULT_LABEL_FIELDS } from "../../../../src/shared/model";
import { makeFilterMeans } from "../../../../src/worker/columnReader";
import { readCapture } from "../../../../src/worker/readCapture";
import { ROOT } from "../../../support/capture";

const FOLDER = join(ROOT, "test", "fixtures", "filters");
const { by, answers } = JSON.parse(readFileSync(join(FOLDER, "basic.json"), "utf8")) as {
  by: string;
  answers: { filter: string; frames: number[] }[];
};

describe(`Filters let through the frames that ${by} does`, function () {
  this.timeout(30_000);
  for (const isReference of [false, true])
    describe(isReference ? "csv-parse" : "kernel", () => {
      let capture: CaptureStore;
      before(async () => {
        const source = { kind: "file", path: join(FOLDER, "basic.csv") } as const;
        const options = { labelFields: DEFAULT_LABEL_FIELDS };
        const distPath = join(ROOT, "dist");
        capture = await readCapture(source, options, { distPath, isReference });
        capture.filters.means = makeFilterMeans(capture, source, options, { distPath });
      });
      for (const { filter, frames } of answers)
        it(filter, async () => {
          const focus = { filter, range: null };
          await capture.prepare(focus);
          const bits = capture.bitsOf(focus)!;
          const { frame, rows } = capture.columns;
          const found: number[] = [];
          for (let row = 0; row < rows; row++) if (bits.has(row)) found.push(frame[row]);
          assert.deepEqual(
            found.sort((a, b) => a - b),
            frames,
          );
          assert.equal(bits.count(), frames.length);
        });
    });

  it("is asked more than 200 filters, most of which let something through", () => {
    assert.ok(answers.length >= 200, String(answers.length));
    assert.ok(answers.filter(({ frames }) => frames.length > 0).length >= 150);
  });
});
