/** Findings for other programs, in each format. */
import { assertNever } from "../errors";
import { findingsCsv } from "./csv";
import type { ExportedFindings, ExportFormat } from "./exportedFindings";
import { findingsJson } from "./json";
import { findingsSarif } from "./sarif";

export { EXPORT_FORMATS, type ExportedFinding, type ExportedFindings, type ExportFormat } from "./exportedFindings";

/** The text of the file. */
export function exportFindings(format: ExportFormat, findings: ExportedFindings): string {
  switch (format) {
    case "json":
      return findingsJson(findings);
    case "csv":
      return findingsCsv(findings);
    case "sarif":
      return findingsSarif(findings);
    default:
      return assertNever(format);
  }
}
