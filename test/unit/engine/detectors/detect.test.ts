/** What a run of the detectors does with findings, whoever makes them. */
import assert from "node:assert/strict";
import { detect } from "../../../../src/engine/detectors/detect";
import type { Detector, RawFinding } from "../../../../src/engine/detectors/detector";
import { readAttack } from "../../../support/attacks";
import { analyzeText } from "../../../support/capture";

/** A detector that finds so many, every tenth of them grave. */
const finder = (count: number): Detector => ({
  id: "port-scan",
  title: "Port scans",
  needs: [],
  thresholds: [],
  innocentCauses: [],
  run: () =>
    Promise.resolve({
      findings: Array.from({ length: count }, (_, i): RawFinding => ({
        ...{
          key: String(i),
          kind: "vertical",
          confidence: "high",
          title: "",
          explanation: "",
          technique: null,
          source: null,
          target: null,
        },
        ...{ severity: i % 10 === 0 ? "warn" : "note", count: i, rows: Uint32Array.of(0), strongest: 0 },
      })),
      unjudged: [],
    }),
});

describe("engine/detectors/detect", () => {
  async function reportOf(count: number) {
    const capture = await analyzeText("frame.number,tcp.stream,tcp.seq\n1,0,1\n");
    return (await detect(capture, { sensitivity: "medium", pause: () => Promise.resolve(), detectors: [finder(count)] })).report;
  }

  it("tells a thousand findings of a detector, the gravest of more, and says how many there are", async () => {
    const all = await reportOf(1000);
    assert.deepEqual([all.findings.length, all.notRun], [1000, []]);
    const { findings, notRun } = await reportOf(12_345);
    assert.equal(findings.length, 1000);
    assert.ok(findings.every(({ severity }) => severity === "warn"));
    assert.equal(findings[0]?.count, 12_340);
    assert.deepEqual(
      notRun.map(({ detector, reason }) => [detector, reason]),
      [["port-scan", "Only the 1,000 gravest of 12,345 findings are listed; higher thresholds, or a part of the capture, leave fewer."]],
    );
  });

  it("puts the packets of a finding in order when they are asked for, and knows the first and the last before", async () => {
    const capture = await analyzeText("frame.number,tcp.stream,tcp.seq\n30,0,1\n10,0,2\n40,0,3\n20,0,4\n");
    const detector = finder(1);
    const unsorted: Detector = {
      ...detector,
      run: async (context) => {
        const { findings, unjudged } = await detector.run(context);
        return { findings: findings.map((finding) => ({ ...finding, rows: Uint32Array.of(0, 2, 1), isUnsorted: true })), unjudged };
      },
    };
    const found = await detect(capture, { sensitivity: "medium", pause: () => Promise.resolve(), detectors: [unsorted] });
    const [{ id, evidence }] = found.report.findings;
    assert.deepEqual(
      evidence.map(({ role, frame }) => [role, frame]),
      [
        ["strongest", 30],
        ["first", 10],
        ["last", 40],
      ],
    );
    const frames = (): number[] => Array.from(found.rowsOf(id), (row) => capture.columns.frame[row]);
    assert.deepEqual(frames(), [10, 30, 40]);
    assert.deepEqual(frames(), [10, 30, 40]);
  });

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
