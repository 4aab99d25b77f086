/** Graphs of findings that go across streams: probes of a scan, SYNs and handshakes per unit of time, numbers of many streams. */
import { GraphMark, MAX_GRAPH_POINTS, type NumberGraph, type ProbeGraph, type RateGraph } from "../shared/findingGraph";
import type { Finding } from "../shared/findings";
import type { CaptureStore } from "./captureStore";
import { Valid, type PacketColumns } from "./columns";
import { decimate } from "./decimate";
import { PointFocus, type FocusedRows } from "./pointFocus";
import { SegmentLabel } from "./segmentLabels";
import { frameOf, pick, secondsBetween } from "./streamGraph";
import { placeOfStream, type StreamMap } from "./streamOf";
import { TcpFlag } from "./tcpFlags";

/** What these graphs are made from. */
export interface ScanGraphParts {
  readonly capture: CaptureStore;
  readonly streams: StreamMap;
  /** Bits of SegmentLabel per row. */
  readonly labels: Uint16Array;
  readonly finding: Finding;
  /** The finding's rows, in the order of capture. */
  readonly rows: Uint32Array;
  readonly strongest: number;
  readonly focused: FocusedRows | undefined;
}

/** Bins of a flood at most, and the sizes they may have, seconds. */
const MAX_BINS = 120;
const BIN_SIZES = [0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 21_600, 86_400] as const;
/** What is shown before and behind a flood, as a share of its time, and at least, in seconds. */
const MARGIN_SHARE = 0.25;
const MARGIN_SECONDS = 1;

const OPEN = 0;
const CLOSED = 1;
const SILENT = 2;

/** The source's packets among the finding's, by what the other side said in their streams. */
export function makeProbeGraph(parts: ScanGraphParts): ProbeGraph {
  const { capture, rows, strongest, focused } = parts;
  const { columns } = capture;
  const isFromSource = fromSource(parts);
  const outcomeOf = makeOutcomes(parts);
  const first = firstTimed(columns, rows);
  const hostPlaces = new Map<number, number>();
  const hostNames: string[] = [];
  const probes: { row: number; time: number; host: number; outcome: number }[] = [];
  const best = new Map<number, number>();
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place];
    if (!isFromSource(row)) continue;
    const time = timeOf(columns, first, row, place);
    if (Number.isNaN(time)) continue;
    const code = columns.dst[row];
    let host = hostPlaces.get(code);
    if (host === undefined) {
      host = hostNames.push(columns.addresses.valueOf(code)) - 1;
      hostPlaces.set(code, host);
    }
    const outcome = outcomeOf(row);
    const target = host * 65536 + portOf(columns, row);
    best.set(target, Math.min(best.get(target) ?? SILENT, outcome));
    probes.push({ row, time, host, outcome });
  }
  const counts = { open: 0, closed: 0, silent: 0 };
  const ports = new Set<number>();
  for (const [target, outcome] of best) {
    ports.add(target % 65536);
    counts[outcome === OPEN ? "open" : outcome === CLOSED ? "closed" : "silent"]++;
  }
  const axis = ports.size >= hostNames.length ? "ports" : "hosts";
  const sorted = [...hostNames].sort(byAddress);
  const places = new Map(sorted.map((name, place) => [name, place]));
  for (const probe of probes) probe.host = places.get(hostNames[probe.host]) ?? 0;
  const heights = probes.map(({ row, host }) => (axis === "ports" ? portOf(columns, row) : host));
  const points = new PointFocus(
    probes.map(({ row }) => row),
    focused,
  );
  const isInFocus = points.keeps(MAX_GRAPH_POINTS);
  const isKept = (i: number): boolean => probes[i].outcome === OPEN || probes[i].row === strongest || isInFocus(i);
  const chosen = decimate({ x: probes.map(({ time }) => time), low: heights, high: heights, isKept }, probes.length, MAX_GRAPH_POINTS);
  const shown = Array.from(chosen, (i) => probes[i]);
  return {
    kind: "probes",
    start: momentOf(columns, first),
    total: probes.length,
    ...points.of(chosen),
    axis,
    times: Float64Array.from(shown, ({ time }) => time),
    ports: Uint16Array.from(shown, ({ row }) => portOf(columns, row)),
    hosts: Uint32Array.from(shown, ({ host }) => host),
    hostNames: sorted.slice(0, MAX_GRAPH_POINTS),
    portCount: ports.size,
    hostCount: sorted.length,
    outcomes: Uint8Array.from(shown, ({ outcome }) => outcome),
    frames: Uint32Array.from(shown, ({ row }) => frameOf(columns, row)),
    counts,
  };
}

/** Addresses by their numbers, as people count them. */
const byAddress = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

/** Whether a row comes from the finding's source; where it names none, from the sender of the packet that says most. */
function fromSource({ capture: { columns }, finding, strongest, rows }: ScanGraphParts): (row: number) => boolean {
  const { addresses, src, dst } = columns;
  const name = finding.source;
  const isSource = (code: number): boolean => name !== null && startsWithAddress(name, addresses.valueOf(code));
  const named = name === null ? undefined : rows.find((row) => isSource(src[row]) || isSource(dst[row]));
  const code = named === undefined ? src[strongest] : isSource(src[named]) ? src[named] : dst[named];
  return (row) => src[row] === code;
}

/** `10.0.0.1` and `10.0.0.1:80` start with `10.0.0.1`, `[::1]:80` with `::1`. */
export const startsWithAddress = (endpoint: string, address: string): boolean =>
  address !== "" && (endpoint === address || endpoint.startsWith(`${address}:`) || endpoint.startsWith(`[${address}]:`));

/** What the other side of a row's stream said: a SYN-ACK, a reset, or nothing. Each stream is looked at once. */
function makeOutcomes(parts: ScanGraphParts): (row: number) => number {
  const { streams } = parts;
  const { valid, stream } = streams.numbers;
  const known = new Map<number, number>();
  return (row) => {
    if ((valid[row] & Valid.stream) === 0) return SILENT;
    const outcome = known.get(stream[row]) ?? answerTo(parts, row, placeOfStream(streams, stream[row]));
    known.set(stream[row], outcome);
    return outcome;
  };
}

function answerTo({ capture: { columns }, streams: { order } }: ScanGraphParts, row: number, place: number): number {
  let outcome = SILENT;
  for (let at = order.starts[place]; at < order.starts[place + 1] && outcome !== OPEN; at++) {
    const other = order.rows[at];
    if (columns.src[other] === columns.src[row] && columns.srcPort[other] === columns.srcPort[row]) continue;
    const flags = flagsOf(columns, other);
    if ((flags & (TcpFlag.syn | TcpFlag.ack)) === (TcpFlag.syn | TcpFlag.ack)) outcome = OPEN;
    else if (flags & TcpFlag.rst) outcome = CLOSED;
  }
  return outcome;
}

/** SYNs to the target and completed handshakes with it, some time before and behind the finding too. */
export function makeRateGraph(parts: ScanGraphParts): RateGraph {
  const { capture, rows, focused } = parts;
  const { columns } = capture;
  const first = firstTimed(columns, rows);
  const empty = new Uint32Array(0);
  if (first === undefined)
    return { kind: "rates", start: null, total: 0, binSeconds: 1, syns: empty, completed: empty, inFinding: new Uint8Array(0) };
  const own = Array.from(rows, (row) => timeOf(columns, first, row, 0)).filter((time) => !Number.isNaN(time));
  const [begin, end] = rangeOf(own);
  const margin = Math.max(MARGIN_SECONDS, (end - begin) * MARGIN_SHARE);
  const isNear = (time: number): boolean => time >= begin - margin && time <= end + margin;
  const { syns, completed } = handshakesOf(parts, first, isNear);
  const [from, to] = rangeOf([...own, ...syns, ...completed]);
  const size = BIN_SIZES.find((bin) => (to - from) / bin <= MAX_BINS) ?? 86_400;
  const origin = Math.floor(from / size) * size;
  const bins = Math.min(MAX_BINS + 2, Math.floor((to - origin) / size) + 1);
  const count = (times: readonly number[]): Uint32Array => {
    const counts = new Uint32Array(bins);
    for (const time of times) counts[Math.min(bins - 1, Math.floor((time - origin) / size))]++;
    return counts;
  };
  return {
    kind: "rates",
    start: shifted(columns, first, origin),
    total: bins,
    ...new PointFocus(rows, focused).of([]),
    binSeconds: size,
    syns: count(syns),
    completed: count(completed),
    inFinding: Uint8Array.from(count(own), (each) => (each > 0 ? 1 : 0)),
  };
}

/** Times of SYNs to the finding's target, and of the third packets of handshakes with it. */
function handshakesOf(parts: ScanGraphParts, first: number, isNear: (time: number) => boolean) {
  const { capture, streams, labels, rows } = parts;
  const { columns } = capture;
  const { order } = streams;
  const isToTarget = toTarget(parts);
  const syns: number[] = [];
  const completed: number[] = [];
  const add = (times: number[], row: number): void => {
    const time = timeOf(columns, first, row, 0);
    if (isNear(time)) times.push(time);
  };
  const ofFinding = isToTarget ? undefined : placesOf(streams, rows);
  const places = ofFinding ?? Uint32Array.from(order.streams, (_, i) => i);
  for (const place of places) {
    const start = order.starts[place];
    const end = order.starts[place + 1];
    const some = order.rows[start];
    if (isToTarget && !isToTarget(some) && !isToTarget(order.rows[end - 1])) continue;
    let client = -1;
    let hasAnswer = false;
    for (let at = start; at < end; at++) {
      const row = order.rows[at];
      const kind = flagsOf(columns, row) & (TcpFlag.syn | TcpFlag.ack);
      if (kind === (TcpFlag.syn | TcpFlag.ack)) hasAnswer = true;
      if (kind !== TcpFlag.syn || (isToTarget && !isToTarget(row))) continue;
      if (client < 0) client = at < order.turns[place] ? 0 : 1;
      if ((labels[row] & SegmentLabel.retransmission) === 0) add(syns, row);
    }
    if (client < 0 || !hasAnswer) continue;
    const from = client === 0 ? start : order.turns[place];
    const to = client === 0 ? order.turns[place] : end;
    for (let at = from; at < to; at++) {
      const row = order.rows[at];
      if ((flagsOf(columns, row) & (TcpFlag.syn | TcpFlag.rst | TcpFlag.ack)) !== TcpFlag.ack) continue;
      add(completed, row);
      break;
    }
  }
  return { syns, completed };
}

/** Whether a row goes to the finding's target; undefined when it names none. */
function toTarget({ capture: { columns }, finding: { target }, rows }: ScanGraphParts): ((row: number) => boolean) | undefined {
  const { addresses, dst } = columns;
  if (target === null) return undefined;
  const known = rows.find((row) => startsWithAddress(target, addresses.valueOf(dst[row])));
  if (known === undefined) return undefined;
  const code = dst[known];
  if (target === addresses.valueOf(code)) return (row) => dst[row] === code;
  const port = Number(target.slice(target.lastIndexOf(":") + 1));
  return (row) => dst[row] === code && portOf(columns, row) === port;
}

/** Places of the streams that some rows belong to. */
function placesOf(streams: StreamMap, rows: Uint32Array): Uint32Array {
  const { valid, stream } = streams.numbers;
  const found = new Set<number>();
  for (const row of rows) if (valid[row] & Valid.stream) found.add(stream[row]);
  return Uint32Array.from(found, (each) => placeOfStream(streams, each));
}

/** The finding's numbers over time, as they are on the wire where the file says that. */
export function makeNumberGraph({ capture, rows, labels, strongest, focused }: ScanGraphParts): NumberGraph {
  const { columns, summary } = capture;
  const first = firstTimed(columns, rows);
  const hasRaw = rows.some((row) => (columns.valid[row] & Valid.seqRaw) !== 0);
  const bit = hasRaw ? Valid.seqRaw : Valid.seq;
  const column = hasRaw ? columns.seqRaw : columns.seq;
  const times: number[] = [];
  const used: number[] = [];
  for (let place = 0; place < rows.length; place++) {
    const time = timeOf(columns, first, rows[place], place);
    if (Number.isNaN(time) || (columns.valid[rows[place]] & bit) === 0) continue;
    times.push(time);
    used.push(rows[place]);
  }
  const numbers = used.map((row) => column[row]);
  const points = new PointFocus(used, focused);
  const isInFocus = points.keeps(MAX_GRAPH_POINTS);
  const isKept = (i: number): boolean => used[i] === strongest || isInFocus(i);
  const chosen = decimate({ x: times, low: numbers, high: numbers, isKept }, used.length, MAX_GRAPH_POINTS);
  return {
    kind: "numbers",
    start: momentOf(columns, first),
    total: used.length,
    ...points.of(chosen),
    field: hasRaw ? "tcp.seq_raw" : summary.seqField,
    times: pick(times, chosen),
    seqs: pick(numbers, chosen),
    marks: Uint16Array.from(chosen, (i) => simpleMarks(columns, labels, used[i])),
    frames: Uint32Array.from(chosen, (i) => frameOf(columns, used[i])),
  };
}

function simpleMarks(columns: PacketColumns, labels: Uint16Array, row: number): number {
  const bits = flagsOf(columns, row);
  return (
    (bits & TcpFlag.syn ? GraphMark.syn : 0) |
    (bits & TcpFlag.fin ? GraphMark.fin : 0) |
    (bits & TcpFlag.rst ? GraphMark.reset : 0) |
    (labels[row] & SegmentLabel.retransmission ? GraphMark.retransmission : 0)
  );
}

/** 0 without flags. */
const flagsOf = ({ valid, flags }: PacketColumns, row: number): number => (valid[row] & Valid.flags ? flags[row] : 0);

/** Receiver's port; 0 without one. */
const portOf = ({ valid, dstPort }: PacketColumns, row: number): number => (valid[row] & Valid.dstPort ? dstPort[row] : 0);

const firstTimed = ({ valid }: PacketColumns, rows: Uint32Array): number | undefined => rows.find((row) => (valid[row] & Valid.time) !== 0);

/** Seconds since the row `first`; places where there are no times at all, NaN for a row without one. */
function timeOf(columns: PacketColumns, first: number | undefined, row: number, place: number): number {
  if (first === undefined) return place;
  return columns.valid[row] & Valid.time ? secondsBetween(columns, first, row) : NaN;
}

const momentOf = ({ seconds, nanos }: PacketColumns, row: number | undefined) =>
  row === undefined ? null : { seconds: seconds[row], nanos: nanos[row] };

/** The moment so many seconds behind a row's. */
function shifted({ seconds, nanos }: PacketColumns, row: number, by: number) {
  const whole = Math.floor(by);
  const rest = nanos[row] + Math.round((by - whole) * 1e9);
  return { seconds: seconds[row] + whole + Math.floor(rest / 1e9), nanos: rest % 1e9 };
}

function rangeOf(times: readonly number[]): [number, number] {
  let from = Infinity;
  let to = -Infinity;
  for (const time of times) {
    from = Math.min(from, time);
    to = Math.max(to, time);
  }
  return from <= to ? [from, to] : [0, 0];
}
