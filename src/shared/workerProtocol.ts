/**
 * Messages between the extension host and the analysis thread. Every request carries an id and is settled by one reply
 * with that id. One thread holds one capture; cancelling ends the thread. `analysis/done` comes when the capture can
 * answer; unless its summary is complete, `analysis/complete` or `analysis/incomplete` follows when all columns are read,
 * or cannot be. `analysis/progress` comes before either. `findings/get` waits for that, and fails with `superseded` when it is asked
 * again meanwhile; `findings/packets`, `findings/places`, `findings/lines` and `finding/graph` speak of the last report. `row/get`
 * takes a row's place in the columns and waits likewise; it and `findings/lines` read the file again, and fail with `fileChanged` when
 * it is not the one that was analysed.
 */
import type { PlainError } from "./errors";
import type { FindingPicture, GraphQuery } from "./findingGraph";
import type { DetectorDescription, FindingPlaces, FindingsQuery, FindingsReport, PacketPage, PacketQuery } from "./findings";
import type {
  AnalysisOptions,
  AnalysisProgress,
  CaptureSource,
  CaptureSummary,
  CsvRow,
  Distribution,
  DistributionQuery,
  SequenceCount,
  SequenceDetails,
  SequenceQuery,
  Timeline,
  TimelineQuery,
} from "./model";

export type WorkerRequest =
  | { readonly type: "analysis/start"; readonly id: number; readonly source: CaptureSource; readonly options: AnalysisOptions }
  | { readonly type: "sequences/list"; readonly id: number; readonly query: SequenceQuery }
  | { readonly type: "sequence/describe"; readonly id: number; readonly seq: number }
  | { readonly type: "timeline/get"; readonly id: number; readonly query: TimelineQuery }
  | { readonly type: "distribution/get"; readonly id: number; readonly query: DistributionQuery }
  | { readonly type: "findings/get"; readonly id: number; readonly query: FindingsQuery }
  | { readonly type: "findings/packets"; readonly id: number; readonly query: PacketQuery }
  | { readonly type: "row/get"; readonly id: number; readonly row: number }
  | { readonly type: "findings/places"; readonly id: number; readonly finding: string }
  | { readonly type: "findings/lines"; readonly id: number; readonly findings: readonly string[] }
  | { readonly type: "detectors/describe"; readonly id: number }
  | { readonly type: "finding/graph"; readonly id: number; readonly query: GraphQuery };

export type WorkerReply =
  | { readonly type: "analysis/progress"; readonly progress: AnalysisProgress }
  | { readonly type: "analysis/done"; readonly id: number; readonly summary: CaptureSummary }
  | { readonly type: "analysis/complete"; readonly summary: CaptureSummary }
  | { readonly type: "analysis/incomplete"; readonly error: PlainError }
  | { readonly type: "sequences/page"; readonly id: number; readonly items: readonly SequenceCount[] }
  | { readonly type: "sequence/details"; readonly id: number; readonly details: SequenceDetails }
  | { readonly type: "timeline/data"; readonly id: number; readonly timeline: Timeline }
  | { readonly type: "distribution/data"; readonly id: number; readonly distribution: Distribution }
  | { readonly type: "findings/report"; readonly id: number; readonly report: FindingsReport }
  | { readonly type: "findings/page"; readonly id: number; readonly page: PacketPage }
  | { readonly type: "row/data"; readonly id: number; readonly row: CsvRow }
  | { readonly type: "findings/placed"; readonly id: number; readonly places: FindingPlaces }
  | { readonly type: "findings/lined"; readonly id: number; readonly lines: ReadonlyMap<number, number> }
  | { readonly type: "detectors/described"; readonly id: number; readonly detectors: readonly DetectorDescription[] }
  | { readonly type: "finding/picture"; readonly id: number; readonly picture: FindingPicture | null }
  | { readonly type: "request/failed"; readonly id: number; readonly error: PlainError };
