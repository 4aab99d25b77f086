/** Sequence numbers of one direction of a stream over time, as Wireshark's tcptrace graph has them: segments, ACKs, windows. */
import { GraphMark, MAX_GRAPH_POINTS, type GraphMarkName, type StreamGraph } from "../shared/findingGraph";
import type { CaptureStore } from "./captureStore";
import { Valid, type PacketColumns } from "./columns";
import { decimate } from "./decimate";
import { rowEndpoint } from "./endpoints";
import { PointFocus, type FocusedRows } from "./pointFocus";
import { SegmentLabel } from "./segmentLabels";
import { seqDiff } from "./seq";
import { walkStream, type StreamMap } from "./streamOf";
import { TcpFlag } from "./tcpFlags";

/** What a stream's graph is made from. */
export interface StreamGraphParts {
  readonly capture: CaptureStore;
  readonly streams: StreamMap;
  /** Bits of SegmentLabel per row. */
  readonly labels: Uint16Array;
  readonly stream: number;
  readonly direction: 0 | 1;
  /** Rows of the finding. */
  readonly isInFinding: (row: number) => boolean;
  /** The finding says that these rows carry other bytes than before. */
  readonly isConflict: boolean;
  readonly focused: FocusedRows | undefined;
}

/** A relative number this close to the wrap lies below 0: a keep-alive, or something from before the first packet. */
const BELOW_ZERO = 65_536;
/** Labels that a segment is kept for, and the mark it gets. */
const MARK_OF_LABEL: readonly (readonly [number, GraphMarkName])[] = [
  [SegmentLabel.retransmission, "retransmission"],
  [SegmentLabel.outOfOrder, "outOfOrder"],
  [SegmentLabel.lostSegment, "gap"],
  [SegmentLabel.keepAlive, "keepAlive"],
];
const MARK_NAMES = Object.keys(GraphMark) as GraphMarkName[];

/** Numbers of one direction, as they go on behind 2^32. */
export class Unwrapper {
  readonly #isRelative: boolean;
  /** The last number that moved the count, wrapped and unwrapped; none before the first. */
  #last: number | undefined;
  #lastUnwrapped = 0;
  /** The number that counts as 0. */
  base = 0;

  /** Relative numbers are left as they are, others counted from the first. */
  constructor(isRelative: boolean) {
    this.#isRelative = isRelative;
  }

  /** `isTrusted`: false for a number that may be anything, such as that of a reset: it is placed, but does not move the count. */
  of(number: number, isTrusted = true): number {
    if (this.#last === undefined) {
      if (!this.#isRelative) this.base = number;
      this.#last = number;
      this.#lastUnwrapped = this.#isRelative ? (number >= 2 ** 32 - BELOW_ZERO ? number - 2 ** 32 : number) : 0;
      return this.#lastUnwrapped;
    }
    const unwrapped = this.#lastUnwrapped + seqDiff(number, this.#last);
    if (isTrusted) {
      this.#last = number;
      this.#lastUnwrapped = unwrapped;
    }
    return unwrapped;
  }
}

/** One direction's points: 20 bytes each. */
interface Lists {
  readonly rows: Uint32Array;
  readonly times: Float64Array;
  readonly seqs: Float64Array;
}

/** Fills lists of at most so many points. */
class ListBuilder {
  readonly #rows: Uint32Array;
  readonly #times: Float64Array;
  readonly #seqs: Float64Array;
  #count = 0;

  constructor(most: number) {
    this.#rows = new Uint32Array(most);
    this.#times = new Float64Array(most);
    this.#seqs = new Float64Array(most);
  }

  add(row: number, time: number, seq: number): void {
    const at = this.#count++;
    this.#rows[at] = row;
    this.#times[at] = time;
    this.#seqs[at] = seq;
  }

  finish(): Lists {
    const [rows, times, seqs] = [this.#rows, this.#times, this.#seqs];
    return { rows: rows.subarray(0, this.#count), times: times.subarray(0, this.#count), seqs: seqs.subarray(0, this.#count) };
  }
}

/** See the file header. Rows without a sequence number are left out. */
export function makeStreamGraph(parts: StreamGraphParts): StreamGraph {
  const { capture, streams, stream, direction } = parts;
  const { columns } = capture;
  const { rows, directions } = walkStream(columns, streams, stream);
  const hasTimes = rows.some((row) => (columns.valid[row] & Valid.time) !== 0);
  const start = hasTimes ? rows.find((row) => (columns.valid[row] & Valid.time) !== 0) : undefined;
  const unwrapper = new Unwrapper(capture.summary.seqField === "tcp.seq");
  const inDirection = directions.reduce((count, each) => (each === direction ? count + 1 : count), 0);
  const segments = new ListBuilder(inDirection);
  const answers = new ListBuilder(rows.length - inDirection);
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place];
    const bits = columns.valid[row];
    const time = start === undefined ? place : bits & Valid.time ? secondsBetween(columns, start, row) : NaN;
    if (Number.isNaN(time)) continue;
    const isReset = (columns.flags[row] & TcpFlag.rst) !== 0 && (bits & Valid.flags) !== 0;
    if (directions[place] === direction) {
      if ((bits & Valid.seq) === 0) continue;
      segments.add(row, time, unwrapper.of(columns.seq[row], !isReset));
    } else if ((bits & Valid.ack) !== 0 && hasAck(columns, row) && !isReset) {
      answers.add(row, time, unwrapper.of(columns.ack[row]));
    }
  }
  return {
    kind: "stream",
    start: start === undefined ? null : { seconds: columns.seconds[start], nanos: columns.nanos[start] },
    stream,
    direction,
    ends: [endOf(columns, rows, directions, 0), endOf(columns, rows, directions, 1)],
    base: unwrapper.base,
    ...segmentArrays(parts, segments.finish()),
    ...answerArrays(columns, answers.finish()),
  };
}

function segmentArrays(parts: StreamGraphParts, { rows, times, seqs }: Lists) {
  const { columns } = parts.capture;
  const marks = Uint16Array.from(rows, (row) => marksOf(parts, row));
  const lengths = Uint32Array.from(rows, (row) => (columns.valid[row] & Valid.len ? columns.len[row] : 0));
  const expected = new Float64Array(rows.length).fill(NaN);
  const counts = Object.fromEntries(MARK_NAMES.map((name) => [name, 0])) as Record<GraphMarkName, number>;
  let next = -Infinity;
  for (let i = 0; i < rows.length; i++) {
    for (const name of MARK_NAMES) if ((marks[i] & GraphMark[name]) !== 0) counts[name]++;
    if (marks[i] & GraphMark.gap && next < seqs[i]) expected[i] = next;
    if ((marks[i] & GraphMark.reset) === 0)
      next = Math.max(next, seqs[i] + lengths[i] + (marks[i] & (GraphMark.syn | GraphMark.fin) ? 1 : 0));
  }
  const high = seqs.map((seq, i) => seq + lengths[i]);
  const points = new PointFocus(rows, parts.focused);
  const isInFocus = points.keeps(MAX_GRAPH_POINTS);
  const isKept = (i: number): boolean => marks[i] !== 0 || isInFocus(i);
  const chosen = decimate({ x: times, low: seqs, high, isKept }, rows.length, MAX_GRAPH_POINTS);
  return {
    total: rows.length,
    ...points.of(chosen),
    counts,
    times: pick(times, chosen),
    seqs: pick(seqs, chosen),
    lengths: Uint32Array.from(chosen, (i) => lengths[i]),
    marks: Uint16Array.from(chosen, (i) => marks[i]),
    expected: pick(expected, chosen),
    frames: Uint32Array.from(chosen, (i) => frameOf(columns, rows[i])),
  };
}

function answerArrays(columns: PacketColumns, { rows, times, seqs }: Lists) {
  const ends = seqs.map((seq, i) => (columns.valid[rows[i]] & Valid.window ? seq + columns.window[rows[i]] : NaN));
  const chosen = decimate({ x: times, low: seqs, high: ends, isKept: () => false }, rows.length, MAX_GRAPH_POINTS);
  return { totalAcks: rows.length, ackTimes: pick(times, chosen), acks: pick(seqs, chosen), windowEnds: pick(ends, chosen) };
}

function marksOf({ capture: { columns }, labels, isInFinding, isConflict }: StreamGraphParts, row: number): number {
  let marks = 0;
  if ((columns.valid[row] & Valid.flags) !== 0) {
    const flags = columns.flags[row];
    if (flags & TcpFlag.syn) marks |= GraphMark.syn;
    if (flags & TcpFlag.fin) marks |= GraphMark.fin;
    if (flags & TcpFlag.rst) marks |= GraphMark.reset;
  }
  for (const [label, name] of MARK_OF_LABEL) if ((labels[row] & label) !== 0) marks |= GraphMark[name];
  if (isInFinding(row)) marks |= isConflict ? GraphMark.inFinding | GraphMark.conflict : GraphMark.inFinding;
  return marks;
}

/** frame.number, 0 for none. */
export const frameOf = ({ valid, frame }: PacketColumns, row: number): number => (valid[row] & Valid.frame ? frame[row] : 0);

/** From one row's time to another's; exact to the nanosecond within some months. */
export const secondsBetween = ({ seconds, nanos }: PacketColumns, from: number, to: number): number =>
  seconds[to] - seconds[from] + (nanos[to] - nanos[from]) / 1e9;

/** Whether the number in the ACK field means something; without flags, whoever names one does. */
const hasAck = ({ valid, flags, ack }: PacketColumns, row: number): boolean =>
  valid[row] & Valid.flags ? (flags[row] & TcpFlag.ack) !== 0 : ack[row] !== 0;

function endOf(columns: PacketColumns, rows: Uint32Array, directions: Uint8Array, direction: 0 | 1): string | null {
  const place = directions.indexOf(direction);
  if (place >= 0) return sourceOf(columns, rows[place]);
  return rows.length > 0 ? targetOf(columns, rows[0]) : null;
}

/** Sender of a row, address and port; null where the file does not say. */
export const sourceOf = (columns: PacketColumns, row: number): string | null => rowEndpoint(columns, row, "src");

/** Its receiver. */
export const targetOf = (columns: PacketColumns, row: number): string | null => rowEndpoint(columns, row, "dst");

/** The chosen places of a list. */
export const pick = (list: ArrayLike<number>, chosen: Uint32Array): Float64Array => Float64Array.from(chosen, (i) => list[i]);
