/** A capture in memory: columns and index, and the answers to every question of the protocol. */
import type {
  CaptureSummary,
  Distribution,
  DistributionQuery,
  FocusTotals,
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
import type { CaptureChunks } from "./chunkScan";
import type { EngineModules } from "./modules";
import { CaptureFilters, type ReadingHooks } from "./filter/captureFilters";
import { FocusRows } from "./focusRows";
import type { SequenceIndex } from "./frequency";
import type { RowBits } from "./rowBits";
import type { BurstsOfNumber, BurstsQuery } from "../shared/bursts";
import type { FilterCheck } from "../shared/displayFilter";
import { NO_FOCUS, type Focus } from "../shared/selection";
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
export type StoreParts = Pick<CaptureStore, "summary" | "columns" | "index" | "rowOffsets" | "head" | "modules"> & {
  readonly chunks?: CaptureChunks | undefined;
};

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
  /** Where its chunks are, of a file that several threads can read again. */
  readonly chunks: CaptureChunks | undefined;
  /** The code that looks at its packets. */
  readonly modules: EngineModules;
  /** Undefined until all columns are read. */
  order: StreamOrder | undefined;
  /** The file as it was when it was read, to know it again; undefined for text in memory. */
  fileVersion: FileVersion | undefined;
  /** Bits of SegmentLabel per row; undefined until somebody followed the streams. */
  segmentLabels: Uint16Array | undefined;
  readonly filters: CaptureFilters;
  readonly #focusRows: FocusRows;
  readonly #backdrops: Backdrops;
  readonly #bursts: Bursts;
  /** The numbers of the focus that was asked for last. */
  #focused: { readonly bits: RowBits; readonly index: SequenceIndex } | undefined;

  /** `rest`: settles when all columns are read. */
  constructor({ summary, columns, index, rowOffsets, head, modules, chunks }: StoreParts, rest: Promise<CompleteCapture>) {
    this.summary = summary;
    this.columns = columns;
    this.index = index;
    this.rowOffsets = rowOffsets;
    this.head = head;
    this.modules = modules;
    this.chunks = chunks;
    this.filters = new CaptureFilters(this);
    this.#focusRows = new FocusRows(columns, (text) => this.filters.run(text));
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

  /** Makes a focus ready to be asked for: reads what its filter needs, and finds its rows. Rejects with `badFilter`, and what reading rejects with. */
  async prepare({ filter }: Focus, hooks: ReadingHooks = {}): Promise<void> {
    if (filter.trim() === "" || this.#focusRows.hasFilter(filter)) return;
    // Kept from then on: what was read may be dropped for another filter.
    await this.filters.prepare(filter, hooks, () => void this.bitsOf({ filter, range: null }));
  }

  /** Rows a focus lets through; undefined for all. Throws `badFilter`, `zoneUnknown`; RangeError when `prepare` was not awaited. */
  bitsOf(focus: Focus): RowBits | undefined {
    return this.#focusRows.of(focus);
  }

  /** The numbers of a focus with their rows. Throws as `bitsOf`. */
  indexOf(focus: Focus): SequenceIndex {
    const bits = this.bitsOf(focus);
    if (!bits) return this.index;
    if (this.#focused?.bits !== bits) this.#focused = { bits, index: this.index.within(bits) };
    return this.#focused.index;
  }

  /** Throws as `bitsOf`. */
  countFocus(focus: Focus): FocusTotals {
    const { rows, values } = this.indexOf(focus);
    return { packets: rows.length, distinct: values.length };
  }

  /** What a filter's text means. Reads what it needs; rejects with what reading rejects with. */
  checkFilter(text: string, hooks?: ReadingHooks): Promise<FilterCheck> {
    return this.filters.check(text, async () => {
      const focus = { filter: text, range: null };
      await this.prepare(focus, hooks);
      const bits = this.bitsOf(focus);
      return bits ? this.index.countWithin(bits) : this.index.rows.length;
    });
  }

  /** With bursts where they are known. In the order of bursts, looks for them first. */
  listSequences(query: SequenceQuery): SequenceCount[] {
    const { focus = NO_FOCUS } = query;
    const index = this.indexOf(focus);
    const ranked = query.order === "burst" ? this.#bursts.findNow(focus) : this.#bursts.known(focus);
    return ranked
      ? listWithBursts(query, ranked, (order, from, count) => index.list(order, from, count))
      : index.list(query.order, query.from, query.count);
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
  getTimeline(query: TimelineQuery, focus = NO_FOCUS): Timeline {
    return buildTimeline(this.columns, this.indexOf(focus).rowsOf(query.seq), query, this.summary.rows.badTime === 0);
  }

  /** Split by an address or filtered, only once all columns are read. Throws `badFilter`, `zoneUnknown`. */
  getTimelines(query: TimelinesQuery): Timelines {
    const { columns, index } = this;
    const isAllDated = this.summary.rows.badTime === 0;
    const bitsOf = (focus: Focus): RowBits | undefined => this.bitsOf(focus);
    return buildTimelines({ columns, index, header: this.head.header, isAllDated, bitsOf, backdrops: this.#backdrops }, query);
  }

  getDistribution(query: DistributionQuery): Distribution {
    return buildDistribution(this.indexOf(query.focus ?? NO_FOCUS), query);
  }

  /** `streams` is null while the column is not read. */
  describeSequence(seq: number, focus = NO_FOCUS): SequenceDetails {
    const { valid, seconds, nanos, stream, label, labelNames } = this.columns;
    const index = this.indexOf(focus);
    const rows = index.rowsOf(seq);
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
      share: index.rows.length === 0 ? 0 : rows.length / index.rows.length,
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
