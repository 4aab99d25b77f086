/** What an export of findings is made of, and what its formats have in common. Knows no vscode, no node, no DOM. */
import type { DetectorDescription, Finding, FindingsReport } from "../findings";
import { formatMoment } from "../format";
import type { CaptureTime, Moment } from "../model";
import type { PacketPlaces } from "../packets";

/** The formats of an export, as files are called. */
export const EXPORT_FORMATS = ["json", "csv", "sarif"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** A finding with all its packets. */
export interface ExportedFinding {
  readonly finding: Finding;
  readonly places: PacketPlaces;
  /** The user has put it away. */
  readonly isDismissed: boolean;
}

/** See the file header. */
export interface ExportedFindings {
  readonly tool: { readonly name: string; readonly version: string };
  /** Language of titles, explanations and all other sentences (`de`); absent for English. */
  readonly language?: string | undefined;
  readonly file: {
    readonly name: string;
    /** Where it is, as a URI: absolute, or relative to the export. */
    readonly uri: string;
    readonly time: CaptureTime | null;
  };
  readonly report: Omit<FindingsReport, "findings">;
  /** Thresholds that differed from the preset. */
  readonly thresholds: Readonly<Record<string, number>>;
  readonly detectors: readonly DetectorDescription[];
  readonly findings: readonly ExportedFinding[];
  /** Line of the file, from 1, by EvidencePacket.row; missing where nobody asked, or the file could not be read again. */
  readonly lines: ReadonlyMap<number, number> | undefined;
}

/** `2023-06-04T11:23:00.466544000` on the capture's clock; `12.000004000`, seconds since its start, where there is no date. */
export function exportedTime(moment: Moment | null, time: CaptureTime | null): string | null {
  if (moment === null) return null;
  return time?.isRelative ? `${String(moment.seconds)}.${String(moment.nanos).padStart(9, "0")}` : formatMoment(moment);
}

/** Zone of the exported times as the file says it; null where that is unknown. */
export const exportedZone = (time: CaptureTime | null): string | null => (time === null || time.isRelative ? null : time.zone.label);
