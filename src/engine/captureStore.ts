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
import type { FileVersion } from "./bytes";
import { NO_TEXT, Valid, type PacketColumns } from "./columns";
import type { FileHead } from "./csv/dialect";
import { buildDistribution } from "./distribution";
import { FocusRows } from "./focusRows";
import type { SequenceIndex } from "./frequency";
import type { RowBits } from "./rowBits";
import { NO_FOCUS, type Focus } from "../shared/selection";
import type { BurstsOfNumber, BurstsQuery } from "../shared/bursts";
import type { Timelines, TimelinesQuery } from "../shared/timelines";
import type { RowOffsets } from "./rowOffsets";
import type { StreamOrder } from "./streamOrder";
import { buildTimeline } from "./timeline";
import { Bursts, listWithBursts, type RankedBurst } from "./bursts";
import { Backdrops, buildTimelines } from "./timelines";

/** What is known when all columns are there. */
export interface CompleteCapture {
  readonly summary: CaptureSummary;
  readonly order: StreamOrder;
}

/** What a store is made of. */
export type StoreParts = Pick<CaptureStore, "summary" | "columns" | "index" | "rowOffsets" | "head">;

/** See the file header. Made by `buildStore` or `readFast`. */
export class CaptureStore {
  /** Until all columns are read, what the first ones say. */
  summary: CaptureSummary;
  /** Settled when all columns are there; rejects with AnalysisError when they could not be read. */
  readonly whenComplete: Promise<void>;
  readonly columns: PacketColumns;
  readonly index: SequenceIndex;
  /** Where rows stand; only once all columns are read. */
  readonly rowOffsets: RowOffsets;
  /** Header and grammar of the file. */
  readonly head: FileHead;
  /** Undefined until all columns are read. */
  order: StreamOrder | undefined;
  /** The file as it was when it was read, to know it again; undefined for text in memory. */
  fileVersion: FileVersion | undefined;
  readonly #focusRows: FocusRows;
  readonly #backdrops: Backdrops;
  readonly #bursts: Bursts;

  /** `rest`: settles when all columns are read. */
  constructor({ summary, columns, index, rowOffsets, head }: StoreParts, rest: Promise<CompleteCapture>) {
    this.summary = summary;
    this.columns = columns;
    this.index = index;
    this.rowOffsets = rowOffsets;
    this.head = head;
    this.#focusRows = new FocusRows(columns);
    this.#backdrops = new Backdrops(columns);
    this.#bursts = new Bursts({
      columns,
      index,
      isAllDated: () => this.summary.rows.badTime === 0,
      hasLabels: head.header.columns.has("label"),
      bitsOf: (focus) => this.bitsOf(focus),
    });
    this.whenComplete = rest.then((complete) => {
      this.summary = complete.summary;
      this.order = complete.order;
    });
    // Whoever waits hears of it.
    this.whenComplete.catch(() => undefined);
  }

  /** Rows a focus lets through; undefined for all. Throws `badFilter`, `zoneUnknown`. */
  bitsOf(focus: Focus): RowBits | undefined {
    return this.#focusRows.of(focus);
  }

  /** With bursts where they are known. In the order of bursts, looks for them first. */
  listSequences(query: SequenceQuery): SequenceCount[] {
    const ranked = query.order === "burst" ? this.#bursts.findNow(NO_FOCUS) : this.#bursts.known(NO_FOCUS);
    return ranked
      ? listWithBursts(query, ranked, (order, from, count) => this.index.list(order, from, count))
      : this.index.list(query.order, query.from, query.count);
  }

  /** Numbers with a burst, strongest first. Waits with `pause` between steps; looks once per focus. Rejects with `badFilter`, `zoneUnknown`. */
  findBursts(focus: Focus, pause: () => Promise<void> = () => Promise.resolve()): Promise<readonly RankedBurst[]> {
    return this.#bursts.find(focus, pause);
  }

  /** As findBursts, at once. */
  findBurstsNow(focus: Focus): readonly RankedBurst[] {
    return this.#bursts.findNow(focus);
  }

  /** Throws `badFilter`, `zoneUnknown`. */
  getBursts(query: BurstsQuery): BurstsOfNumber {
    return this.#bursts.of(query);
  }

  /** Throws `zoneUnknown`. */
  getTimeline(query: TimelineQuery): Timeline {
    return buildTimeline(this.columns, this.index.rowsOf(query.seq), query, this.summary.rows.badTime === 0);
  }

  /** Split by an address or filtered, only once all columns are read. Throws `badFilter`, `zoneUnknown`. */
  getTimelines(query: TimelinesQuery): Timelines {
    const { columns, index } = this;
    const isAllDated = this.summary.rows.badTime === 0;
    const bitsOf = (focus: Focus): RowBits | undefined => this.bitsOf(focus);
    return buildTimelines({ columns, index, header: this.head.header, isAllDated, bitsOf, backdrops: this.#backdrops }, query);
  }

  getDistribution(query: DistributionQuery): Distribution {
    return buildDistribution(this.index, query);
  }

  /** `streams` is null while the column is not read. */
  describeSequence(seq: number): SequenceDetails {
    const { valid, seconds, nanos, stream, label, labelNames } = this.columns;
    const rows = this.index.rowsOf(seq);
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
