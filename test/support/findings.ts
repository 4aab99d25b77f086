/** Findings by hand. */
import type { DetectorDescription, Finding, FindingsReport } from "../../src/shared/findings";
import type { ExportedFinding, ExportedFindings } from "../../src/shared/findingsExport";

/** A finding, a port scan unless said otherwise. */
export function makeFinding(changes: Partial<Finding> = {}): Finding {
  return {
    id: "port-scan/vertical/10.0.0.5>10.0.0.9",
    detector: "port-scan",
    kind: "vertical",
    severity: "warn",
    confidence: "high",
    title: "10.0.0.5 tried 40 ports of 10.0.0.9",
    explanation: "38 of 40 attempts failed within 300 s; the threshold is 15. A monitoring system does this, too.",
    technique: "T1046",
    count: 40,
    first: { seconds: 1_685_877_780, nanos: 466_544_000 },
    last: { seconds: 1_685_877_790, nanos: 1 },
    streams: [5, 6],
    streamCount: 2,
    source: "10.0.0.5",
    target: "10.0.0.9",
    packets: 8,
    evidence: [
      { role: "strongest", frame: 4, row: 3 },
      { role: "first", frame: 3, row: 2 },
    ],
    ...changes,
  };
}

/** What a run says, without caveats unless said otherwise. */
export function makeReport(changes: Partial<FindingsReport> = {}): FindingsReport {
  return {
    sensitivity: "medium",
    coverage: { share: 1, unseenAcks: 0, oneSided: 0 },
    caveats: [],
    findings: [],
    notRun: [],
    labels: null,
    ...changes,
  };
}

/** Two detectors, of one and of two thresholds. */
export const DESCRIPTIONS: readonly DetectorDescription[] = [
  {
    id: "port-scan",
    title: "Port scans",
    tshark: ["-e tcp.flags"],
    thresholds: [
      { name: "minPorts", unit: "ports", meaning: "Failed ports on a host", values: { low: 30, medium: 15, high: 8 }, source: "Zeek" },
      { name: "windowS", unit: "s", meaning: "Time they fall in", values: { low: 300, medium: 300, high: 600 }, source: "Zeek" },
    ],
    innocentCauses: ["monitoring", "a server that went away"],
  },
  {
    id: "syn-flood",
    title: "SYN floods",
    tshark: ["-e tcp.flags"],
    thresholds: [{ name: "minSyns", unit: "SYN", meaning: "SYNs without an answer", values: { low: 2, medium: 1, high: 0 }, source: "x" }],
    innocentCauses: [],
  },
];

/** A finding with its packets. */
export const makeExported = (finding: Finding, changes: Partial<ExportedFinding> = {}): ExportedFinding => ({
  finding,
  places: { total: 4, frames: Uint32Array.of(3, 4, 5, 12), rows: Uint32Array.of(2, 3, 4, 11), stream: null },
  isDismissed: false,
  ...changes,
});

/** An export of these findings. */
export function makeExport(findings: readonly ExportedFinding[], report: FindingsReport = makeReport()): ExportedFindings {
  return {
    tool: { name: "TCP Seq Analyzer", version: "1.2.3" },
    file: {
      name: "capture.csv",
      uri: "file:///captures/capture.csv",
      time: {
        first: { seconds: 1_685_877_780, nanos: 0 },
        last: { seconds: 1_685_883_120, nanos: 1 },
        zone: { label: "EDT", offsetMinutes: -240 },
        zoneCount: 1,
        isUtcKnown: true,
        isRelative: false,
        source: "frame.time",
      },
    },
    report,
    thresholds: { "port-scan.minPorts": 20 },
    detectors: DESCRIPTIONS,
    findings,
    lines: undefined,
  };
}
