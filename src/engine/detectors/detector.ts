/**
 * What a detector is. Each is an entry of the registry (index.ts) in a file of its own; a file's header lists, in this
 * order: set when all of; supersedes; quiet when; thresholds (unit, default, source); known innocent causes.
 * docs/DETECTORS.md has a section for each.
 */
import type { CaptureCoverage, Confidence, DetectorId, Severity, ThresholdDescription } from "../../shared/findings";
import type { FieldKey } from "../fields";
import type { PacketColumns } from "../columns";
import type { FollowedStreams } from "../followStreams";
import type { SequenceIndex } from "../frequency";

/** What a detector cannot do without: any of the fields of each entry. */
export interface Need {
  readonly anyOf: readonly FieldKey[];
  /** What to add to the tshark command: `-e tcp.flags`. */
  readonly tshark: string;
}

/** A finding as its detector makes it; the run adds what all have in common. */
export interface RawFinding {
  /** Distinguishes it from others of the same detector and kind: a stream, or addresses. */
  readonly key: string;
  readonly kind: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly title: string;
  readonly explanation: string;
  readonly technique: string | null;
  readonly count: number;
  readonly source: string | null;
  readonly target: string | null;
  /** Rows of the columns: all packets that belong to it, each once; in the order of capture unless `isUnsorted`. */
  readonly rows: Uint32Array;
  /** There may be very many: they are put in order when somebody asks for them. */
  readonly isUnsorted?: boolean;
  /** The row that says most; one of `rows`. */
  readonly strongest: number;
}

/** What detectors look at. */
export interface DetectorContext {
  readonly columns: PacketColumns;
  /** For every sequence number its rows. */
  readonly index: SequenceIndex;
  /** Streams in the order of capture, with Wireshark's labels. */
  readonly streams: FollowedStreams;
  readonly coverage: CaptureCoverage;
  /** Fields that the file has. */
  readonly fields: ReadonlySet<FieldKey>;
  /** This detector's thresholds. */
  readonly thresholds: Readonly<Record<string, number>>;
  /**
   * Payloads of rows, in their order, read from the file again in one pass; undefined for a row without a readable one. At most `len`
   * bytes each, fewer where the capture cut the packet short. Undefined where the file has no such column. Rejects with AnalysisError
   * when the file cannot be read again.
   */
  readonly readPayloads: ((rows: Uint32Array) => Promise<readonly (Uint8Array | undefined)[]>) | undefined;
  /** Gives other questions a turn, and throws when the run is cancelled: to be called about every 50 ms. */
  readonly pause: () => Promise<void>;
}

/** See the file header. Its texts are in the language of the moment they are read at: detectors exist before that is known. */
export interface Detector {
  readonly id: DetectorId;
  /** The question it answers, as a heading. */
  readonly title: string;
  readonly needs: readonly Need[];
  readonly thresholds: readonly ThresholdDescription[];
  /** What else looks like it. */
  readonly innocentCauses: readonly string[];
  /** Findings in any order; and what it could not judge, as sentences with the tshark options that would help. */
  run(context: DetectorContext): Promise<{ readonly findings: readonly RawFinding[]; readonly unjudged: readonly Unjudged[] }>;
}

/** A part of its question that a detector could not answer. */
export interface Unjudged {
  readonly reason: string;
  readonly tshark: string;
}
