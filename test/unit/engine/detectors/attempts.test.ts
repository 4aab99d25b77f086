/** Scans and floods of real stacks, whole and halved; everything else in the attack fixtures is none. */
import assert from "node:assert/strict";
import { detect } from "../../../../src/engine/detectors/detect";
import { leastIn } from "../../../../src/engine/detectors/attempts";
import { portScan } from "../../../../src/engine/detectors/portScan";
import { synFlood } from "../../../../src/engine/detectors/synFlood";
import type { Findings } from "../../../../src/engine/detectors/detect";
import type { CaptureStore } from "../../../../src/engine/captureStore";
import { framesOf, readAttack, readTruth } from "../../../support/attacks";
import { analyzeText } from "../../../support/capture";
import { thinOut } from "../../../support/thinOut";

const DETECTORS = [portScan, synFlood];

async function findingsIn(csv: string): Promise<{ capture: CaptureStore; found: Findings }> {
  const capture = await analyzeText(csv);
  return { capture, found: await detect(capture, { sensitivity: "medium", detectors: DETECTORS, pause: () => Promise.resolve() }) };
}

/** What both say alike: floods name their target with its port, scans of one host name that. */
const outlineOf = ({
  detector,
  kind,
  source,
  target,
}: {
  readonly detector: string;
  readonly kind?: unknown;
  readonly source?: string | null;
  readonly target?: string | null;
}): unknown[] => [detector, detector === "port-scan" ? kind : null, source ?? null, detector === "syn-flood" ? target : null];

describe("engine/detectors: attempts in the attack fixtures", () => {
  const truth = Object.entries(readTruth()).map(([name, { hits }]) => ({
    name,
    hits: hits.filter(({ detector }) => DETECTORS.some(({ id }) => id === detector)),
  }));
  for (const { name, hits } of truth) {
    it(`${name}: ${hits.length === 0 ? "silent" : hits.map(({ detector }) => detector).join(", ")}`, async () => {
      const { capture, found } = await findingsIn(readAttack(name));
      const { findings } = found.report;
      assert.deepEqual(findings.map(outlineOf), hits.map(outlineOf));
      hits.forEach((hit, i) => {
        const frames = new Set(Array.from(found.rowsOf(findings[i].id), (row) => capture.columns.frame[row]));
        assert.deepEqual(
          framesOf(hit).filter((frame) => !frames.has(frame)),
          [],
        );
      });
    });
    if (hits.length > 0) continue;
    it(`${name}: silent in a shuffled half of its rows`, async () => {
      for (const seed of [1, 2]) {
        const { found } = await findingsIn(thinOut(readAttack(name), { seed, share: 0.48 }));
        assert.deepEqual(found.report.findings, []);
      }
    });
  }

  for (const name of [
    "scan-syn",
    "scan-connect",
    "scan-silent",
    "scan-slow",
    "scan-horizontal",
    "flood-one-source",
    "flood-many-sources",
  ]) {
    it(`${name}: found in a shuffled half of its rows`, async () => {
      const { found } = await findingsIn(thinOut(readAttack(name), { seed: 5, share: 0.48 }));
      assert.equal(found.report.findings.length, 1);
      assert.notEqual(found.report.findings[0].confidence, "high");
    });
  }

  it("lowers thresholds with the part that a file holds, not below 5", () => {
    const of = (share: number | null): number => leastIn({ share, unseenAcks: 0, oneSided: 0 }, 15);
    assert.deepEqual([of(null), of(1), of(0.95), of(0.5), of(0.1)], [15, 15, 15, 8, 5]);
    assert.equal(leastIn({ share: 0.5, unseenAcks: 0, oneSided: 0 }, 3), 3);
  });
});
