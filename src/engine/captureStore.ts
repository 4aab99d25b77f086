/** A capture in memory: columns and index, and the answers to every question of the protocol. */
import type {
  CaptureSummary,
  Distribution,
  DistributionQuery,
  Moment,
  SequenceCount,
  SequenceDetails,
  SequenceQuery,
  Timeline,
  TimelineQuery,
} from "../shared/model";
import { NO_TEXT, Valid, type PacketColumns } from "./columns";
import { buildDistribution } from "./distribution";
import type { SequenceIndex } from "./frequency";
import { buildTimeline } from "./timeline";

/** See the file header. Made by `analyze`. */
export class CaptureStore {
  readonly summary: CaptureSummary;
  readonly #columns: PacketColumns;
  readonly #index: SequenceIndex;

  constructor(summary: CaptureSummary, columns: PacketColumns, index: SequenceIndex) {
    this.summary = summary;
    this.#columns = columns;
    this.#index = index;
  }

  listSequences({ order, from, count }: SequenceQuery): SequenceCount[] {
    return this.#index.list(order, from, count);
  }

  /** Throws `zoneUnknown`. */
  getTimeline(query: TimelineQuery): Timeline {
    return buildTimeline(this.#columns, this.#index.rowsOf(query.seq), query);
  }

  getDistribution(query: DistributionQuery): Distribution {
    return buildDistribution(this.#index, query);
  }

  describeSequence(seq: number): SequenceDetails {
    const { valid, seconds, nanos, stream, label, labelNames } = this.#columns;
    const rows = this.#index.rowsOf(seq);
    const streams = new Set<number>();
    const labels = new Map<number, number>();
    let hasStreams = false;
    let first = -1;
    let last = -1;
    for (const row of rows) {
      if (valid[row] & Valid.stream) {
        hasStreams = true;
        streams.add(stream[row]);
      }
      labels.set(label[row], (labels.get(label[row]) ?? 0) + 1);
      if ((valid[row] & Valid.time) === 0) continue;
      if (first < 0 || seconds[row] < seconds[first] || (seconds[row] === seconds[first] && nanos[row] < nanos[first])) first = row;
      if (last < 0 || seconds[row] > seconds[last] || (seconds[row] === seconds[last] && nanos[row] > nanos[last])) last = row;
    }
    const momentOf = (row: number): Moment | null => (row < 0 ? null : { seconds: seconds[row], nanos: nanos[row] });
    return {
      seq,
      count: rows.length,
      share: this.summary.rows.tcp === 0 ? 0 : rows.length / this.summary.rows.tcp,
      first: momentOf(first),
      last: momentOf(last),
      streams: hasStreams ? streams.size : null,
      labels:
        this.summary.labelField === null
          ? []
          : [...labels]
              .sort((a, b) => b[1] - a[1])
              .map(([code, count]) => ({ label: code === NO_TEXT ? null : labelNames.valueOf(code), count })),
    };
  }
}
