/** The findings in a file, as the product has them. */
import { join } from "node:path";
import { detect, type Findings } from "../../src/engine/detectors/detect";
import type { CaptureStore } from "../../src/engine/captureStore";
import type { Sensitivity } from "../../src/shared/findings";
import { DEFAULT_LABEL_FIELDS } from "../../src/shared/model";
import { readCapture } from "../../src/worker/readCapture";
import { makeReadPayloads, RowReader } from "../../src/worker/rowReader";
import { ROOT } from "./capture";

/** Reads a file and asks all detectors. */
export async function findIn(path: string, sensitivity: Sensitivity = "medium"): Promise<Findings & { readonly capture: CaptureStore }> {
  const source = { kind: "file", path } as const;
  const capture = await readCapture(source, { labelFields: DEFAULT_LABEL_FIELDS }, { distPath: join(ROOT, "dist") });
  await capture.whenComplete;
  const findings = await detect(capture, {
    sensitivity,
    readPayloads: makeReadPayloads(capture, new RowReader(capture, source)),
    pause: () => Promise.resolve(),
  });
  return Object.assign(findings, { capture });
}
