/**
 * What detectors find: the shapes that worker, host, webview and command line share. Plain data that survives structured
 * clone. Times as in model.ts.
 */
import type { Moment } from "./model";

/** The six questions, in the order in which they are shown. */
export const DETECTOR_IDS = ["sequence-jump", "payload-conflict", "sequence-pattern", "port-scan", "syn-flood", "rst-misfit"] as const;
export type DetectorId = (typeof DETECTOR_IDS)[number];

/** How grave, ascending: as Wireshark's expert information grades. */
export const SEVERITIES = ["chat", "note", "warn", "error"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** How sure, ascending. */
export const CONFIDENCES = ["low", "medium", "high", "certain"] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** A preset of all thresholds: "high" reports most. */
export const SENSITIVITIES = ["low", "medium", "high"] as const;
export type Sensitivity = (typeof SENSITIVITIES)[number];

/** Why a packet stands for its finding. A packet that is several is the first of these that applies. */
export type EvidenceRole = "strongest" | "first" | "last";

/** One packet that decides a finding. */
export interface EvidencePacket {
  readonly role: EvidenceRole;
  /** frame.number; null where the file does not say. */
  readonly frame: number | null;
  /** The packet's row in the file, counted from 1 in the order of the file, repeated headers and blank lines not counted. */
  readonly row: number;
}

/** One observation with its evidence: one per stream, or per source and target. */
export interface Finding {
  /** Stable while the file and the settings stay: detector, stream or addresses, kind. */
  readonly id: string;
  readonly detector: DetectorId;
  /** What was seen, of the kinds its detector names: `vertical`, `fin`, `data-after-reset`. */
  readonly kind: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** A line: what, who, how much. */
  readonly title: string;
  /** Sentences: what was seen against which threshold, what else could explain it. It does not accuse. */
  readonly explanation: string;
  /** MITRE ATT&CK technique (`T1046`); null where none applies. */
  readonly technique: string | null;
  /** How many packets, probes, gaps: `title` says which. */
  readonly count: number;
  /** On the capture's clock; null without times. */
  readonly first: Moment | null;
  readonly last: Moment | null;
  /** tcp.stream numbers, ascending; at most MAX_STREAMS of them. */
  readonly streams: readonly number[];
  readonly streamCount: number;
  /** Address, with port where it is one: `10.20.30.101`, `10.20.30.101:443`, `[fd00::1]:443`. Null where there are many. */
  readonly source: string | null;
  readonly target: string | null;
  /** How many packets belong to it; `packets/list` gives them. */
  readonly packets: number;
  readonly evidence: readonly EvidencePacket[];
}

/** Streams that a finding lists. */
export const MAX_STREAMS = 100;

/** A detector that could not run, or not fully. */
export interface NotRun {
  readonly detector: DetectorId;
  /** A sentence. */
  readonly reason: string;
  /** Options to add to the tshark command: `-e tcp.seq_raw`; empty where no option helps. */
  readonly tshark: string;
}

/** How findings and labels agree; labels are never an input. A packet is suspicious when its label is not a benign one. */
export interface LabelAgreement {
  /** The label column. */
  readonly field: string;
  /** Packets in findings of severity `note` and above, those of them labelled suspicious, and all labelled suspicious. */
  readonly inFindings: number;
  readonly suspiciousInFindings: number;
  readonly suspicious: number;
}

/** How complete the capture is, as far as detectors care. */
export interface CaptureCoverage {
  /** Distinct frames ÷ (highest − lowest frame + 1), 0..1; null without frame numbers. */
  readonly share: number | null;
  /** Share of ACKs that cover bytes never seen, 0..1. */
  readonly unseenAcks: number;
  /** Share of streams with packets of one direction only, of those with more than one packet, 0..1. */
  readonly oneSided: number;
}

/** What a run of the detectors says. */
export interface FindingsReport {
  readonly sensitivity: Sensitivity;
  readonly coverage: CaptureCoverage;
  /** What the coverage means for all findings, said once; empty for a whole capture. */
  readonly caveats: readonly string[];
  /** Worst first: severity, then confidence, then count. */
  readonly findings: readonly Finding[];
  readonly notRun: readonly NotRun[];
  readonly labels: LabelAgreement | null;
}

/** How the detectors are asked to judge. */
export interface FindingsQuery {
  readonly sensitivity: Sensitivity;
  /** Thresholds that differ from the preset, by detector and name: `port-scan.minPorts`. */
  readonly thresholds: Readonly<Record<string, number>>;
}

/** A number that a detector compares with. */
export interface ThresholdDescription {
  /** As settings name it behind the detector: `minPorts`. */
  readonly name: string;
  readonly unit: string;
  readonly meaning: string;
  readonly values: Readonly<Record<Sensitivity, number>>;
  /** Where the medium value comes from. */
  readonly source: string;
}

/** A detector in words: what documents, settings and exports say of it. */
export interface DetectorDescription {
  readonly id: DetectorId;
  /** The question, as a heading. */
  readonly title: string;
  /** Options of the tshark command without which it cannot run. */
  readonly tshark: readonly string[];
  readonly thresholds: readonly ThresholdDescription[];
  readonly innocentCauses: readonly string[];
}
