/** Findings as JSON. The shape is public: fields may be added, not changed. */
import type { Finding } from "../findings";
import { rangesOf } from "../frameRanges";
import { exportedTime, exportedZone, type ExportedFinding, type ExportedFindings } from "./exportedFindings";

/** One object; a field without a value is null. Frames and rows are ranges, `[[3, 9], [12, 12]]`. */
export function findingsJson({ tool, file, report, thresholds, findings }: ExportedFindings): string {
  const describe = ({ finding, places, isDismissed }: ExportedFinding): unknown => {
    const { first, last, ...rest }: Finding = finding;
    return {
      ...rest,
      first: exportedTime(first, file.time),
      last: exportedTime(last, file.time),
      isDismissed,
      frames: places.frames && rangesOf(places.frames),
      rows: rangesOf(places.rows),
    };
  };
  const { sensitivity, coverage, caveats, notRun, labels } = report;
  const whole = {
    tool,
    file: { name: file.name, uri: file.uri, zone: exportedZone(file.time), isTimeRelative: file.time?.isRelative ?? false },
    sensitivity,
    thresholds,
    coverage,
    caveats,
    findings: findings.map(describe),
    notRun,
    labels,
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}
