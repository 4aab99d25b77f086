/**
 * Findings as SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format), for what collects results of analyses.
 * Locations name row and frame as properties, and the line where it is known: cells may hold line ends.
 */
import * as l10n from "@vscode/l10n";
import type { DetectorDescription, EvidencePacket, Finding, Severity } from "../findings";
import { rangesOf } from "../frameRanges";
import { exportedTime, exportedZone, type ExportedFinding, type ExportedFindings } from "./exportedFindings";

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const ATTACK = { name: "MITRE ATT&CK", uri: "https://attack.mitre.org/" };
const LEVELS: Readonly<Record<Severity, "error" | "warning" | "note">> = { error: "error", warn: "warning", note: "note", chat: "note" };

/** One log with one run. */
export function findingsSarif(exported: ExportedFindings): string {
  const { tool, language, file, report, thresholds, detectors, findings } = exported;
  const ids = [...new Set([...detectors.map(({ id }) => id), ...findings.map(({ finding }) => finding.detector)])];
  const techniques = [...new Set(findings.flatMap(({ finding }) => finding.technique ?? []))].sort();
  const zone = exportedZone(file.time);
  const run = {
    tool: {
      driver: {
        name: tool.name,
        semanticVersion: tool.version,
        rules: ids.map((id) =>
          ruleOf(
            id,
            detectors.find((each) => each.id === id),
          ),
        ),
        ...(techniques.length > 0 && { supportedTaxonomies: [{ name: ATTACK.name, index: 0 }] }),
      },
    },
    ...(techniques.length > 0 && {
      taxonomies: [
        {
          name: ATTACK.name,
          informationUri: ATTACK.uri,
          taxa: techniques.map((id) => ({ id, helpUri: `${ATTACK.uri}techniques/${id.replace(".", "/")}/` })),
        },
      ],
    }),
    invocations: [
      {
        executionSuccessful: true,
        toolConfigurationNotifications: [
          ...report.notRun.map(({ detector, reason, tshark }) => ({
            level: "warning",
            message: message(tshark === "" ? reason : l10n.t("{0} Option of tshark: {1}", reason, tshark)),
            associatedRule: { id: detector, index: ids.indexOf(detector) },
          })),
          ...report.caveats.map((caveat) => ({ level: "note", message: message(caveat) })),
        ],
      },
    ],
    artifacts: [{ location: { uri: file.uri }, roles: ["analysisTarget"] }],
    // Where it is not said, English is meant (3.14.7 of the standard).
    ...(language !== undefined && { language }),
    columnKind: "utf16CodeUnits",
    results: findings.map((each) => resultOf(each, exported, { ids, techniques })),
    properties: {
      sensitivity: report.sensitivity,
      thresholds,
      coverage: report.coverage,
      labels: report.labels,
      zone,
      isTimeRelative: file.time?.isRelative ?? false,
    },
  };
  return `${JSON.stringify({ $schema: SCHEMA, version: "2.1.0", runs: [run] }, null, 2)}\n`;
}

/** A plain text message: no placeholder (braces are doubled) and no link (3.11.5 and 3.11.6 of the standard). */
const message = (text: string): { text: string } => ({
  text: text.replaceAll("{", "{{").replaceAll("}", "}}").replaceAll("](", "]\u200b("),
});

function ruleOf(id: string, detector: DetectorDescription | undefined): unknown {
  if (!detector) return { id };
  const { title, thresholds, innocentCauses } = detector;
  const lines = [
    ...thresholds.map(({ name, meaning, unit, values, source }) =>
      l10n.t(
        "{0}: {1} ({2}; low {3}, medium {4}, high {5}). Source: {6}",
        ...[name, meaning, unit, values.low, values.medium, values.high, source],
      ),
    ),
    ...(innocentCauses.length > 0 ? [l10n.t("Known innocent causes: {0}", innocentCauses.join("; "))] : []),
  ];
  return {
    id,
    // Names of rules are identifiers in Pascal case: PortScan.
    name: id.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: title },
    help: { text: lines.join("\n") || title },
    defaultConfiguration: { level: "warning" },
  };
}

interface ResultContext {
  readonly ids: readonly string[];
  readonly techniques: readonly string[];
}

function resultOf({ finding, places, isDismissed }: ExportedFinding, { file, lines }: ExportedFindings, context: ResultContext): unknown {
  const { ids, techniques } = context;
  const { id, detector, kind, severity, confidence, title, explanation, technique, count, packets, source, target }: Finding = finding;
  const locations = finding.evidence.map((packet) => locationOf(packet, file.uri, lines?.get(packet.row)));
  return {
    ruleId: detector,
    ruleIndex: ids.indexOf(detector),
    level: LEVELS[severity],
    message: message(`${title}\n\n${explanation}`),
    // The packet that says most; the others beside it.
    locations: locations.slice(0, 1),
    ...(locations.length > 1 && { relatedLocations: locations.slice(1).map((location, i) => ({ id: i + 1, ...location })) }),
    partialFingerprints: { "findingId/v1": id },
    suppressions: isDismissed ? [{ kind: "external", status: "accepted" }] : [],
    ...(technique !== null && {
      taxa: [{ id: technique, index: techniques.indexOf(technique), toolComponent: { name: ATTACK.name, index: 0 } }],
    }),
    properties: {
      ...{ kind, severity, confidence, count, packets, source, target },
      first: exportedTime(finding.first, file.time),
      last: exportedTime(finding.last, file.time),
      streams: finding.streams,
      streamCount: finding.streamCount,
      frames: places.frames && rangesOf(places.frames),
      rows: rangesOf(places.rows),
    },
  };
}

function locationOf({ role, frame, row }: EvidencePacket, uri: string, line: number | undefined): Record<string, unknown> {
  return {
    physicalLocation: { artifactLocation: { uri, index: 0 }, ...(line !== undefined && { region: { startLine: line } }) },
    logicalLocations: [
      { name: frame === null ? `row ${String(row)}` : `frame ${String(frame)}`, kind: "packet", properties: { role, frame, row } },
    ],
    properties: { role, frame, row },
  };
}
