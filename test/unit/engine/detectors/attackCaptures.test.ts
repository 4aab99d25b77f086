/** Labels and detectors on the captures of test/fixtures/attacks, against what truly happened in them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Valid } from "../../../../src/engine/columns";
import { followStreams } from "../../../../src/engine/followStreams";
import { LABEL_FIELDS, SegmentLabel } from "../../../../src/engine/segmentLabels";
import { SEVERITIES, type Finding } from "../../../../src/shared/findings";
import { ATTACK_FIXTURES, readLabels, readTruth, type TrueHit } from "../../../support/attacks";
import { findIn } from "../../../support/findIn";
import { MODULES } from "../../../support/modules";

const truth = readTruth();
const pathOf = (name: string): string => join(ATTACK_FIXTURES, `${name}.csv`);
const isGrave = ({ severity }: Finding): boolean => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf("warn");
const addressOf = (endpoint: string | null): string | null => endpoint?.replace(/^(?:\[(.*)\]|([^:]*)):\d+$/, "$1$2") ?? null;

/** A finding says what a hit asks for: its detector, and who or which stream it is about. */
function says(finding: Finding, hit: TrueHit): boolean {
  if (finding.detector !== hit.detector) return false;
  if (hit.stream !== undefined) return finding.streams.includes(hit.stream);
  const targets = hit.targets ?? (hit.target === undefined ? [] : [hit.target]);
  return (
    (finding.source === null || !hit.source || addressOf(finding.source) === addressOf(hit.source)) &&
    (finding.target === null || targets.length === 0 || targets.some((target) => addressOf(target) === addressOf(finding.target)))
  );
}

describe("captures of attacks and of what looks like them", function () {
  this.timeout(60_000);

  for (const [name, { hits, allowed, verdict }] of Object.entries(truth)) {
    it(`${name}: ${hits.length === 0 ? "nothing grave" : hits.map(({ detector }) => detector).join(", ")}. ${verdict}`, async () => {
      const { report } = await findIn(pathOf(name));
      for (const hit of hits) {
        const detail = `${hit.detector} ${JSON.stringify({ ...hit, frames: undefined })}`;
        assert.ok(
          report.findings.some((finding) => says(finding, hit)),
          `not found: ${detail}`,
        );
      }
      const expected = new Set([...allowed, ...hits.map(({ detector }) => detector)]);
      const wrong = report.findings.filter((finding) => isGrave(finding) && !expected.has(finding.detector));
      assert.deepEqual(
        wrong.map(({ detector, severity, title }) => `${severity} ${detector}: ${title}`),
        [],
      );
    });
  }

  it("get the labels that tshark gives, at least 99 of 100 each way", async () => {
    const totals = new Map(LABEL_FIELDS.map(({ field }) => [field, { both: 0, ours: 0, theirs: 0 }]));
    for (const name of Object.keys(truth)) {
      // Behind a forged reset Wireshark expects another number than the receiver does.
      const { capture } = await findIn(pathOf(name));
      const { columns, order } = capture;
      const { labels } = followStreams(MODULES, columns, order!);
      const wanted = readLabels(name);
      for (let row = 0; row < columns.rows; row++) {
        if ((columns.valid[row] & Valid.frame) === 0) continue;
        const theirs = wanted.get(columns.frame[row]) ?? [];
        for (const { name: label, field } of LABEL_FIELDS) {
          const entry = totals.get(field)!;
          const isOurs = (labels[row] & SegmentLabel[label]) !== 0;
          const isTheirs = theirs.includes(field);
          if (isOurs) entry.ours++;
          if (isTheirs) entry.theirs++;
          if (isOurs && isTheirs) entry.both++;
        }
      }
    }
    for (const [field, { both, ours, theirs }] of totals) {
      if (ours + theirs === 0) continue;
      assert.ok(both / ours >= 0.99, `${field}: ${String(both)} of ${String(ours)} are tshark's`);
      assert.ok(both / theirs >= 0.99, `${field}: ${String(both)} of tshark's ${String(theirs)}`);
    }
    assert.ok([...totals.values()].reduce((sum, { both }) => sum + both, 0) > 1000);
  });
});
