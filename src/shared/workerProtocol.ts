/**
 * Messages between the extension host and the analysis thread. Every request carries an id and is settled by one reply
 * with that id. One thread holds one capture; cancelling ends the thread. `analysis/start` brings the translations that the thread's
 * sentences are said in from then on. `analysis/done` comes when the capture can
 * answer; unless its summary is complete, `analysis/complete` or `analysis/incomplete` follows when all columns are read,
 * or cannot be. `analysis/progress` comes before either. `findings/get` waits for that, and fails with `superseded` when it is asked
 * again meanwhile; findings in `packets/list`, `packets/places`, `findings/counts` and `finding/graph` are those of the last report. Packets are listed when
 * all columns are read, and a request with a focus is answered when the columns that its filter names are; it fails with `badFilter`.
 * `row/get` takes a row's place in the columns and waits likewise; it and `findings/lines` read the file again, and fail with `fileChanged`
 * when it is not the one that was analysed. `request/progress` comes before the reply of a `filter/check` that reads columns from the file;
 * it can be cancelled, and fails with `superseded` then, at the latest when what is being read has been read.
 */
import type { BurstsOfNumber, BurstsQuery } from "./bursts";
import type { FilterCheck, FilterCompletion, FilterField } from "./displayFilter";
import type { PlainError } from "./errors";
import type { FindingPicture, GraphQuery } from "./findingGraph";
import type { DetectorDescription, FindingsQuery, FindingsReport } from "./findings";
import type {
  AnalysisOptions,
  AnalysisProgress,
  CaptureSource,
  CaptureSummary,
  CsvRow,
  Distribution,
  DistributionQuery,
  FocusTotals,
  SequenceCount,
  SequenceDetails,
  SequenceQuery,
  Timeline,
  TimelineQuery,
} from "./model";
import type { PacketPage, PacketPlaces, PacketsQuery, PlacesQuery } from "./packets";
import type { Focus } from "./selection";
import type { Timelines, TimelinesQuery } from "./timelines";

export type WorkerRequest =
  | {
      readonly type: "analysis/start";
      readonly id: number;
      readonly source: CaptureSource;
      readonly options: AnalysisOptions;
      /** Translations by English sentence; null for English. */
      readonly l10n: Readonly<Record<string, string>> | null;
    }
  | { readonly type: "sequences/list"; readonly id: number; readonly query: SequenceQuery }
  | { readonly type: "sequence/describe"; readonly id: number; readonly seq: number; readonly focus?: Focus }
  | { readonly type: "focus/count"; readonly id: number; readonly focus: Focus }
  | { readonly type: "filter/check"; readonly id: number; readonly text: string }
  | { readonly type: "filter/complete"; readonly id: number; readonly text: string; readonly position: number }
  | { readonly type: "filter/fields"; readonly id: number }
  | { readonly type: "timeline/get"; readonly id: number; readonly query: TimelineQuery }
  | { readonly type: "timelines/get"; readonly id: number; readonly query: TimelinesQuery }
  | { readonly type: "bursts/find"; readonly id: number; readonly focus: Focus }
  | { readonly type: "bursts/get"; readonly id: number; readonly query: BurstsQuery }
  | { readonly type: "distribution/get"; readonly id: number; readonly query: DistributionQuery }
  | { readonly type: "findings/get"; readonly id: number; readonly query: FindingsQuery }
  | { readonly type: "packets/list"; readonly id: number; readonly query: PacketsQuery }
  | { readonly type: "row/get"; readonly id: number; readonly row: number }
  | { readonly type: "packets/places"; readonly id: number; readonly query: PlacesQuery }
  | { readonly type: "findings/counts"; readonly id: number; readonly focus: Focus }
  | { readonly type: "findings/lines"; readonly id: number; readonly findings: readonly string[] }
  | { readonly type: "detectors/describe"; readonly id: number }
  | { readonly type: "finding/graph"; readonly id: number; readonly query: GraphQuery };

/** The request with that id is not wanted any more. Has no reply of its own. */
export interface CancelRequest {
  readonly type: "request/cancel";
  readonly id: number;
}

/** Somebody types this text in a filter bar; "": nobody does any more. The columns it names may be read ahead. Has no reply. */
export interface TypingNotice {
  readonly type: "filter/typing";
  readonly text: string;
}

export type WorkerReply =
  | { readonly type: "analysis/progress"; readonly progress: AnalysisProgress }
  | { readonly type: "analysis/done"; readonly id: number; readonly summary: CaptureSummary }
  | { readonly type: "analysis/complete"; readonly summary: CaptureSummary }
  | { readonly type: "analysis/incomplete"; readonly error: PlainError }
  | { readonly type: "sequences/page"; readonly id: number; readonly items: readonly SequenceCount[] }
  | { readonly type: "sequence/details"; readonly id: number; readonly details: SequenceDetails }
  | { readonly type: "focus/counted"; readonly id: number; readonly totals: FocusTotals }
  | { readonly type: "filter/checked"; readonly id: number; readonly check: FilterCheck }
  | { readonly type: "filter/completed"; readonly id: number; readonly completion: FilterCompletion }
  | { readonly type: "filter/listed"; readonly id: number; readonly fields: readonly FilterField[] }
  | { readonly type: "timeline/data"; readonly id: number; readonly timeline: Timeline }
  | { readonly type: "timelines/data"; readonly id: number; readonly timelines: Timelines }
  | { readonly type: "bursts/found"; readonly id: number; readonly numbers: number }
  | { readonly type: "bursts/data"; readonly id: number; readonly bursts: BurstsOfNumber }
  | { readonly type: "distribution/data"; readonly id: number; readonly distribution: Distribution }
  | { readonly type: "findings/report"; readonly id: number; readonly report: FindingsReport }
  | { readonly type: "packets/page"; readonly id: number; readonly page: PacketPage }
  | { readonly type: "row/data"; readonly id: number; readonly row: CsvRow }
  | { readonly type: "packets/placed"; readonly id: number; readonly places: PacketPlaces }
  /** Packets that pass, by Finding.id; of every finding. */
  | { readonly type: "findings/counted"; readonly id: number; readonly counts: ReadonlyMap<string, number> }
  | { readonly type: "findings/lined"; readonly id: number; readonly lines: ReadonlyMap<number, number> }
  | { readonly type: "detectors/described"; readonly id: number; readonly detectors: readonly DetectorDescription[] }
  | { readonly type: "finding/picture"; readonly id: number; readonly picture: FindingPicture | null }
  | { readonly type: "request/progress"; readonly id: number; readonly progress: AnalysisProgress }
  | { readonly type: "request/failed"; readonly id: number; readonly error: PlainError };
