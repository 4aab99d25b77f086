/**
 * Question 3: somebody inferring the state of a session, or predictable numbers.
 *
 * Set when all of (one line per kind)
 *  - `equal-strides`: a direction of a stream sends `minRun` packets or more whose numbers are an equal distance apart that payload, SYN
 *    and FIN do not account for. Resets are followed apart from all others. Of resets, all but one lie where the side never was.
 *  - `equal-distances`: in `minStreams` streams or more of one host, two resets follow each other at the same distance, one of them off
 *    the flow.
 *  - `constant-initial-number`: one source begins `minRepeats` connections (4-tuples) or more with the same number on the wire.
 *  - `stepping-initial-numbers`: the differences of `minNumbers` initial numbers or more of a source are multiples of one number above 9,
 *    which chance would do once in 2^40.
 *  - `predictable-initial-numbers`: Nmap's predictability index over `minNumbers` numbers or more is below `maxPredictability`.
 *  - `generated-initial-numbers`: `minSources` sources or more that ask one port begin with numbers that are multiples of one number, or
 *    lie in one narrow range, or of which `minRepeats` or more are shared by three sources each.
 *  - `hand-picked-initial-number`: initial numbers below 65,536 or multiples of a million, more than chance makes (1 in 1,000).
 *  - `peaks-*`: numbers with `minPeak` packets or more, `minDeviation` deviations above the median of their 32 neighbours; a finding
 *    per explanation.
 *
 * Supersedes: resets in strides are resets that do not fit as well; that question tells them as a storm. `equal-strides` of a stream
 * supersedes `equal-distances` there; `constant-initial-number` all other kinds of initial numbers for its packets.
 *
 * Quiet when
 *  - distances are multiples of the packet's own length (full segments, one behind the other or with some left out);
 *  - a packet lies where its side was already (resent, doubled, keep-alive, a reset that answers a stray ACK), or the peer has
 *    acknowledged it;
 *  - a SYN is sent again, or a 4-tuple used again: a 4-tuple counts once (RFC 6528 lets its numbers rise with the clock);
 *  - the file is a sample: then only resets and initial numbers are judged, and an `unjudged` entry says so;
 *  - the file has relative numbers alone: initial numbers are then all 0, and an `unjudged` entry says so.
 *
 * Thresholds (unit, medium, source): see THRESHOLDS.
 *
 * Known innocent causes: see INNOCENT.
 */
import { sortByCapture } from "../captureOrder";
import { formatCount } from "../../shared/format";
import type { Confidence, Severity, ThresholdDescription } from "../../shared/findings";
import { NO_TEXT, Valid, type PacketColumns } from "../columns";
import { rowEndpoint } from "../endpoints";
import { isSampled as isSampledCapture } from "./coverage";
import type { Detector, DetectorContext, RawFinding, Unjudged } from "./detector";
import {
  Beginning,
  collectInitialNumbers,
  groupBySource,
  groupByTarget,
  handPickedChance,
  isHandPicked,
  judgeNumbers,
  judgeShared,
  rawNumbersOf,
  valuesAt,
  type InitialNumbers,
} from "./initialNumbers";
import { explainPeak, findPeaks, fullSizesOf, type Peak, type PeakDetails, type PeakFamily } from "./standOut";
import { findStrides, isDivisorTold, type ResetPair, type StrideRun } from "./strides";

const THRESHOLDS: readonly ThresholdDescription[] = [
  {
    name: "minRun",
    unit: "packets",
    meaning: "Packets of one direction whose sequence numbers are an equal, unexplained distance apart",
    values: { low: 8, medium: 5, high: 3 },
    source: "four equal steps in a row; resets sprayed over a window come as dozens (Watson 2004, Slipping in the Window)",
  },
  {
    name: "minStreams",
    unit: "streams",
    meaning: "Streams of one host in which two resets follow each other at the same distance",
    values: { low: 8, medium: 5, high: 3 },
    source: "pairs of forged resets a fixed distance apart: Weaver, Sommer, Paxson 2009, Detecting Forged TCP Reset Packets",
  },
  {
    name: "minRepeats",
    unit: "connections",
    meaning: "Connections of one source that begin with the same number on the wire",
    values: { low: 20, medium: 5, high: 3 },
    source: "RFC 6528: a number per connection; among 100,000 random ones even two are alike by accident, five never are",
  },
  {
    name: "minNumbers",
    unit: "connections",
    meaning: "Initial numbers of one source before they are judged for predictability",
    values: { low: 12, medium: 6, high: 4 },
    source: "Nmap sends six probes and judges from four answers on",
  },
  {
    name: "maxPredictability",
    unit: "8 × log2 of the deviation",
    meaning: "Nmap's predictability index (SP) below which initial numbers count as predictable",
    values: { low: 64, medium: 96, high: 128 },
    source:
      "96 is a deviation of 4,096: a guess per number in that range is a second's work; RFC 6528 gives 230 and more in Nmap's measure",
  },
  {
    name: "minSources",
    unit: "sources",
    meaning: "Sources that ask one port before their initial numbers are judged together",
    values: { low: 20, medium: 10, high: 5 },
    source: "ten numbers in a range of 2^24, or with a common divisor of 32, are chance less than once in 2^40",
  },
  {
    name: "minPeak",
    unit: "packets",
    meaning: "Packets of one sequence number before it can stand out",
    values: { low: 200, medium: 20, high: 10 },
    source: "smaller counts are seen in any capture",
  },
  {
    name: "minDeviation",
    unit: "deviations",
    meaning: "Median absolute deviations that a number's count lies above those of its neighbours",
    values: { low: 10, medium: 3.5, high: 3.5 },
    source: "Iglewicz and Hoaglin 1993: modified z-scores above 3.5 are outliers",
  },
];

const INNOCENT: readonly string[] = [
  "Some network equipment resets connections on behalf of its operator: a firewall or shaper that was meant to.",
  "Old or small TCP stacks count initial numbers up, or begin every connection with the same one.",
  "A load balancer, SYN proxy or test tool that makes connections from a template.",
  "A monitoring system that probes with a scanner's packets.",
  "Many clients that ask for the same thing walk the same relative numbers.",
];

/** Targets from which on a repeated number is a scanner's: Zeek's ports per host. */
const SCANNED = 15;
/** Initial numbers of one source that are judged. */
const MAX_JUDGED = 1000;
/** Initial numbers between two pauses. */
const PAUSE_PLACES = 50_000;
/** Chance below which hand-picked numbers are told. */
const HAND_PICKED_CHANCE = 1e-3;

export const sequencePattern: Detector = {
  id: "sequence-pattern",
  title: "Regular gaps and strange distributions",
  needs: [
    { anyOf: ["seq", "seqRaw", "info"], tshark: "-e tcp.seq" },
    { anyOf: ["len", "info"], tshark: "-e tcp.len" },
    { anyOf: ["flags", "info"], tshark: "-e tcp.flags" },
  ],
  thresholds: THRESHOLDS,
  innocentCauses: INNOCENT,
  async run(context) {
    const isSampled = isSampledCapture(context.coverage);
    const { thresholds, pause } = context;
    const { runs, pairs } = await findStrides(context, thresholds.minRun, isSampled);
    const findings: RawFinding[] = runs.map((run) => describeRun(context, run, isSampled));
    findings.push(...describePairs(context, pairs, isSampled));
    await pause();
    const unjudged: Unjudged[] = [];
    if (isSampled)
      unjudged.push({
        reason:
          "Packets are missing from this file: whether data or ACKs walk in equal strides, and whether the flow explains numbers that stand out, cannot be judged.",
        tshark: "",
      });
    const raw = rawNumbersOf(context);
    const constants = new Set<number>();
    if (raw) {
      const initial = collectInitialNumbers(context, raw);
      await pause();
      findings.push(...(await judgeInitialNumbers(context, initial, constants)));
    } else
      unjudged.push({
        reason: "Sequence numbers in this file are relative, so every initial number is 0: whether they are predictable needs tcp.seq_raw.",
        tshark: "-e tcp.seq_raw",
      });
    await pause();
    // Raw numbers beside relative ones do not change what the column of sequence numbers holds.
    const isRaw = raw?.numbers === context.columns.seq;
    findings.push(...(await describePeaks(context, isRaw, isSampled, constants)));
    return { findings, unjudged };
  },
};

const lowered = (confidence: Confidence, isSampled: boolean): Confidence =>
  !isSampled ? confidence : confidence === "high" ? "medium" : "low";

/** `1 source`, `2 sources`. */
const plural = (count: number, word: string): string => `${formatCount(count)} ${word}${count === 1 ? "" : "s"}`;

// ---------------------------------------------------------------------------------------------------
// Strides

function describeRun({ columns, thresholds }: DetectorContext, run: StrideRun, isSampled: boolean): RawFinding {
  const { rows, stride, packets, isReset, stream, direction } = run;
  const [row] = rows;
  const source = rowEndpoint(columns, row, "src");
  const target = rowEndpoint(columns, row, "dst");
  const what = isReset ? "resets" : "packets";
  const distance = `${formatCount(Math.abs(stride))} bytes`;
  const steps = isSampled ? `multiples of ${distance} apart` : `each ${distance} ${stride < 0 ? "below" : "above"} the last`;
  return {
    key: `${String(stream)}/${String(direction)}${isReset ? "" : "/data"}`,
    kind: "equal-strides",
    severity: "warn",
    confidence: lowered(isReset ? "high" : "medium", isSampled),
    title: `${formatCount(packets)} ${what} from ${source ?? "one side"} to ${target ?? "the other"}, ${steps}`,
    explanation:
      `In one direction of this stream ${formatCount(packets)} ${what} carry sequence numbers ${steps} (${String(thresholds.minRun)} are enough to be told). ` +
      `Neither payload nor SYN nor FIN accounts for that distance, and the numbers lie where this side had not been. ` +
      `Somebody who does not know the connection's number tries a range in steps of a window like that. ` +
      `A device that resets connections on its operator's behalf can send such resets too.`,
    technique: "T1557",
    count: packets,
    source,
    target,
    rows,
    strongest: rows[rows.length >> 1],
  };
}

/** Pairs of one distance and one host. */
interface PairGroup {
  readonly distance: number;
  /** Of that host's packets; null for all hosts. */
  readonly end: "src" | "dst" | null;
  /** Code of its address. */
  readonly host: number;
  readonly pairs: ResetPair[];
  readonly streams: number;
}

function describePairs({ columns, thresholds }: DetectorContext, pairs: readonly ResetPair[], isSampled: boolean): RawFinding[] {
  const used = new Set<ResetPair>();
  const groups: PairGroup[] = [];
  for (const end of ["dst", "src", null] as const) {
    const byKey = new Map<string, ResetPair[]>();
    for (const pair of pairs) {
      if (used.has(pair)) continue;
      const key = `${String(pair.distance)} ${end === null ? "" : String(columns[end][pair.first])}`;
      const group = byKey.get(key);
      if (group) group.push(pair);
      else byKey.set(key, [pair]);
    }
    for (const group of byKey.values()) {
      const streams = new Set(group.map(({ place }) => place)).size;
      if (streams < thresholds.minStreams) continue;
      const [{ distance, first }] = group;
      groups.push({ distance, end, host: end === null ? NO_TEXT : columns[end][first], pairs: group, streams });
      for (const pair of group) used.add(pair);
    }
  }
  return joinMultiples(groups).map((group) => describePairGroup(columns, group, thresholds.minStreams, isSampled));
}

/** Resets in between that a sample may have lost, and one. */
const MAX_MULTIPLE = 8;

/** Of a sample, resets in between are missing: distances that are multiples of another one's join that. */
function joinMultiples(groups: readonly PairGroup[]): PairGroup[] {
  const joined: PairGroup[] = [];
  for (const group of [...groups].sort((a, b) => a.distance - b.distance)) {
    const least = joined.find(
      ({ distance, end, host }) =>
        end === group.end && host === group.host && group.distance % distance === 0 && group.distance <= MAX_MULTIPLE * distance,
    );
    if (least) least.pairs.push(...group.pairs);
    else joined.push(group);
  }
  return joined.map((group) => ({ ...group, streams: new Set(group.pairs.map(({ place }) => place)).size }));
}

function describePairGroup(
  columns: PacketColumns,
  { distance, end, host: code, pairs, streams }: PairGroup,
  minStreams: number,
  isSampled: boolean,
): RawFinding {
  const host = end === null ? null : columns.addresses.valueOf(code);
  const rows = sortByCapture(columns, Uint32Array.from(new Set(pairs.flatMap(({ first, second }) => [first, second]))));
  const isOne = pairs.every((pair) => pair.distance === distance);
  const apart = isOne ? `exactly ${formatCount(distance)} bytes apart` : `multiples of ${formatCount(distance)} bytes apart`;
  const others = new Set(pairs.map((pair) => columns[end === "dst" ? "src" : "dst"][pair.first])).size;
  const where = `${plural(streams, "stream")}${host === null ? "" : ` ${end === "dst" ? "to" : "from"} ${host}`}`;
  return {
    key: `${String(distance)}/${end === null ? "any" : `${end}/${host!}`}`,
    kind: "equal-distances",
    severity: isSampled ? "note" : "warn",
    confidence: lowered("high", isSampled),
    title: `Resets ${apart} in ${where}`,
    explanation:
      `In ${where} two resets follow each other whose numbers are ${apart} ` +
      `(${String(minStreams)} streams are enough to be told); they ${end === "dst" ? "come from" : "go to"} ${plural(others, "host")}. Stacks that know nothing of each other do ` +
      `not choose the same distance: one device in between is likely to have made them. Providers and firewalls that shape traffic are known to do so.`,
    technique: "T1557",
    count: pairs.length,
    source: end === "src" ? host : null,
    target: end === "dst" ? host : null,
    rows,
    strongest: pairs[0].second,
  };
}

// ---------------------------------------------------------------------------------------------------
// Initial numbers

/** `constants`: numbers that one source repeats are added to it. */
async function judgeInitialNumbers(context: DetectorContext, initial: InitialNumbers, constants: Set<number>): Promise<RawFinding[]> {
  const { columns, thresholds, pause } = context;
  const { minRepeats, minNumbers, minSources } = thresholds;
  const findings: RawFinding[] = [];
  const isTold = new Uint8Array(initial.rows.length);
  const sources = groupBySource(initial, columns);
  let judged = 0;
  for (let source = 0; source + 1 < sources.starts.length; source++) {
    const all = sources.places.subarray(sources.starts[source], sources.starts[source + 1]);
    judged += all.length + 1;
    if (judged > PAUSE_PLACES) {
      judged = 0;
      await pause();
    }
    if (all.length < Math.min(minRepeats, minNumbers)) continue;
    const repeated = repeatedPlaces(initial, all, minRepeats, constants);
    if (repeated.length > 0) {
      findings.push(describeConstant(columns, initial, repeated, all.length, minRepeats));
      for (const place of repeated) isTold[place] = 1;
    }
    const others = handshakesOf(initial, all, isTold);
    if (others.length < minNumbers) continue;
    const finding = describeSource(context, initial, others);
    if (finding === undefined) continue;
    findings.push(finding);
    for (const place of others) isTold[place] = 1;
  }
  await pause();
  const targets = groupByTarget(initial, columns);
  for (let target = 0; target + 1 < targets.starts.length; target++) {
    const first = targets.starts[target];
    const end = targets.starts[target + 1];
    if (end - first < minSources) continue;
    judged += end - first;
    if (judged > PAUSE_PLACES) {
      judged = 0;
      await pause();
    }
    const places = targets.places.subarray(first, end).filter((place) => isTold[place] === 0);
    const finding = describeShared(context, initial, places);
    if (!finding) continue;
    findings.push(finding);
    for (const place of places) isTold[place] = 1;
  }
  const picked = describeHandPicked(columns, initial, isTold);
  if (picked) findings.push(picked);
  return findings;
}

/** The first places of a SYN or SYN-ACK that nothing was told of yet. */
function handshakesOf({ beginnings }: InitialNumbers, places: Uint32Array, isTold: Uint8Array): Uint32Array {
  const found = new Uint32Array(Math.min(places.length, MAX_JUDGED));
  let count = 0;
  for (const place of places) {
    if (count === found.length) break;
    if (isTold[place] === 0 && beginnings[place] !== Beginning.other) found[count++] = place;
  }
  return found.subarray(0, count);
}

/** Places with a number that so many have, in the order of capture. */
function repeatedPlaces(initial: InitialNumbers, places: Uint32Array, minRepeats: number, constants: Set<number>): Uint32Array {
  if (places.length < minRepeats) return new Uint32Array(0);
  const sorted = valuesAt(initial, places).sort();
  const repeated = new Set<number>();
  for (let first = 0; first < sorted.length;) {
    let end = first + 1;
    while (end < sorted.length && sorted[end] === sorted[first]) end++;
    if (end - first >= minRepeats) repeated.add(sorted[first]);
    first = end;
  }
  if (repeated.size === 0) return new Uint32Array(0);
  for (const value of repeated) constants.add(value);
  return places.filter((place) => repeated.has(initial.values[place]));
}

const rowsOf = ({ rows }: InitialNumbers, places: Uint32Array): Uint32Array => Uint32Array.from(places, (place) => rows[place]);

/** What most of the connections began with: `SYNs`, `SYN-ACKs`, `packets`. */
function beginningsOf({ beginnings }: InitialNumbers, places: Uint32Array): string {
  const counts = [0, 0, 0];
  for (const place of places) counts[beginnings[place]]++;
  const most = counts.indexOf(Math.max(...counts));
  return most === Beginning.syn ? "SYNs" : most === Beginning.synAck ? "SYN-ACKs" : "packets";
}

function describeConstant(
  columns: PacketColumns,
  initial: InitialNumbers,
  places: Uint32Array,
  all: number,
  minRepeats: number,
): RawFinding {
  const { src, dst, dstPort, addresses } = columns;
  const rows = rowsOf(initial, places);
  const counts = new Map<number, number>();
  for (const place of places) counts.set(initial.values[place], (counts.get(initial.values[place]) ?? 0) + 1);
  const [[top, count], ...others] = [...counts].sort((a, b) => b[1] - a[1]);
  const hosts = new Set<number>();
  const targets = new Set<number>();
  for (const row of rows) {
    hosts.add(dst[row]);
    targets.add(dst[row] * 65536 + dstPort[row]);
  }
  const source = addresses.valueOf(src[rows[0]]);
  const target = hosts.size === 1 ? (targets.size === 1 ? rowEndpoint(columns, rows[0], "dst") : addresses.valueOf(dst[rows[0]])) : null;
  const what = beginningsOf(initial, places);
  const also = others.length === 0 ? "" : ` and ${plural(others.length, "other number")}`;
  const isAnswer = what === "SYN-ACKs";
  return {
    key: source,
    kind: "constant-initial-number",
    severity: "warn",
    confidence: "high",
    title: `${source} begins ${plural(places.length, "connection")} with the same number: ${String(top)}${also}`,
    explanation:
      `${plural(count, "connection")} of ${source} begin with ${String(top)} on the wire (${what}${also === "" ? "" : `;${also.slice(4)} repeated as well`}), ` +
      `of ${formatCount(all)} in all, towards ${plural(targets.size, "port")} of ${plural(hosts.size, "host")}; ${String(minRepeats)} are enough to be told. ` +
      `Operating systems draw a number per connection (RFC 6528); a number that stays the same comes from a tool that makes its own packets, ` +
      `as scanners and flooders do. A SYN that is sent again was counted once. ` +
      (isAnswer ? "A SYN proxy or a very simple stack can do so too." : "A load balancer's or monitoring system's probes can look so too."),
    technique: !isAnswer && targets.size >= SCANNED ? "T1046" : null,
    count: places.length,
    source,
    target,
    rows,
    strongest: rows[places.findIndex((place) => initial.values[place] === top)],
  };
}

/** One source's numbers as Nmap judges them. */
function describeSource(context: DetectorContext, initial: InitialNumbers, places: Uint32Array): RawFinding | undefined {
  const { columns, thresholds } = context;
  const { seconds, nanos, valid, src, addresses } = columns;
  const rows = rowsOf(initial, places);
  const base = seconds[rows[0]];
  const when = Float64Array.from(rows, (row) => (valid[row] & Valid.time ? seconds[row] - base + nanos[row] / 1e9 : NaN));
  const judged = judgeNumbers(valuesAt(initial, places), when);
  const { divisor, predictability, differences, rate, isByStep } = judged;
  const isStepping = isDivisorTold(divisor, differences);
  if (!isStepping && predictability >= thresholds.maxPredictability) return undefined;
  const source = addresses.valueOf(src[rows[0]]);
  const what = beginningsOf(initial, places);
  const measures = `Nmap's measures: GCD ${formatCount(divisor)}, ISR ${String(rate)}, SP ${String(predictability)}${isByStep ? " (by connection)" : ""}`;
  const common = {
    key: source,
    severity: "warn" as Severity,
    technique: null,
    count: places.length,
    source,
    target: null,
    rows,
    strongest: rows[rows.length - 1],
  };
  const ending =
    `Somebody who opens a connection of their own can tell the number of another's, and send into it blindly (RFC 6528). ` +
    `Old and small TCP stacks count like that.`;
  if (isStepping)
    return {
      ...common,
      kind: "stepping-initial-numbers",
      confidence: "high",
      title: `Initial numbers of ${source} move in steps of ${formatCount(divisor)}`,
      explanation:
        `${plural(places.length, "connection")} of ${source} (${what}) begin with numbers whose differences are all multiples of ${formatCount(divisor)}; ` +
        `chance would do that once in 2^40 at most. ${measures}. ${ending}`,
    };
  return {
    ...common,
    kind: "predictable-initial-numbers",
    confidence: "medium",
    title: `Initial numbers of ${source} are predictable: index ${String(predictability)} over ${plural(places.length, "connection")}`,
    explanation:
      `${plural(places.length, "connection")} of ${source} (${what}) begin with numbers that follow from each other: the predictability index is ` +
      `${String(predictability)}, below ${String(thresholds.maxPredictability)}; stacks that follow RFC 6528 have more than 200. ${measures}. ${ending}`,
  };
}

/** The first place of every source. */
function firstOfSources({ src, addresses }: PacketColumns, { rows }: InitialNumbers, places: Uint32Array): Uint32Array {
  // One byte per address of the capture is little beside the packets that named them; a set where there are few places.
  const isSeen = places.length > 1000 ? new Uint8Array(addresses.size) : undefined;
  const seen = new Set<number>();
  return places.filter((place) => {
    const source = src[rows[place]];
    if (isSeen) {
      const isNew = isSeen[source] === 0;
      isSeen[source] = 1;
      return isNew;
    }
    const known = seen.size;
    return seen.add(source).size > known;
  });
}

/** The numbers of many sources that ask one port. */
function describeShared({ columns, thresholds }: DetectorContext, initial: InitialNumbers, places: Uint32Array): RawFinding | undefined {
  const { minSources, minRepeats } = thresholds;
  const perSource = firstOfSources(columns, initial, places);
  if (perSource.length < minSources) return undefined;
  const { repeatedValues, repeatedSources, divisor, range } = judgeShared(valuesAt(initial, perSource));
  const reasons: string[] = [];
  if (divisor > 0) reasons.push(`all differ by multiples of ${formatCount(divisor)}`);
  if (range > 0) reasons.push(`all lie in a range of ${formatCount(range)}, of 4,294,967,296`);
  if (repeatedSources >= minRepeats)
    reasons.push(`${plural(repeatedSources, "source")} share ${plural(repeatedValues, "number")} with two others at least`);
  if (reasons.length === 0) return undefined;
  const rows = rowsOf(initial, places);
  const target = rowEndpoint(columns, rows[0], "dst");
  return {
    key: target ?? "",
    kind: "generated-initial-numbers",
    severity: "warn",
    confidence: reasons.length > 1 ? "high" : "medium",
    title: `${plural(perSource.length, "source")} ask ${target} with initial numbers of one making`,
    explanation:
      `${plural(perSource.length, "source")} begin connections to ${target} (${String(minSources)} are enough to be judged) with numbers that hosts which ` +
      `know nothing of each other would not draw: ${reasons.join("; ")}. One program with made-up source addresses does that. ` +
      `Many devices of one make, switched on at once, could begin in one range too.`,
    technique: null,
    count: places.length,
    source: null,
    target,
    rows,
    strongest: rows[0],
  };
}

/** Numbers that look as if somebody had written them down. */
function describeHandPicked(columns: PacketColumns, initial: InitialNumbers, isTold: Uint8Array): RawFinding | undefined {
  let judged = 0;
  const found: number[] = [];
  for (let place = 0; place < isTold.length; place++) {
    if (isTold[place] !== 0 || initial.beginnings[place] === Beginning.other) continue;
    judged++;
    if (isHandPicked(initial.values[place])) found.push(place);
  }
  if (found.length === 0 || handPickedChance(found.length, judged) >= HAND_PICKED_CHANCE) return undefined;
  const places = Uint32Array.from(found);
  const rows = rowsOf(initial, places);
  const sources = new Set(Array.from(rows, (row) => columns.src[row]));
  const source = sources.size === 1 ? columns.addresses.valueOf(columns.src[rows[0]]) : null;
  const shown = [...new Set(Array.from(places, (place) => String(initial.values[place])))];
  const list = shown.slice(0, 5).join(", ") + (shown.length > 5 ? ", …" : "");
  return {
    key: "capture",
    kind: "hand-picked-initial-number",
    severity: "note",
    confidence: "low",
    title: `${plural(found.length, "connection")} ${source === null ? `of ${plural(sources.size, "source")}` : `of ${source}`} with a round or small initial number: ${list}`,
    explanation:
      `Of ${plural(judged, "initial number")} on the wire, ${formatCount(found.length)} are below 65,536 or multiples of 1,000,000; by chance one in ` +
      `60,000 is. Somebody who makes packets by hand writes such numbers down. A small stack that counts from its start has small ones too.`,
    technique: null,
    count: found.length,
    source,
    target: null,
    rows,
    strongest: rows[0],
  };
}

// ---------------------------------------------------------------------------------------------------
// The whole distribution

async function describePeaks(
  context: DetectorContext,
  isRaw: boolean,
  isSampled: boolean,
  constants: ReadonlySet<number>,
): Promise<RawFinding[]> {
  const { thresholds, pause } = context;
  const peaks = findPeaks(context.index, thresholds.minPeak, thresholds.minDeviation);
  if (peaks.length === 0) return [];
  await pause();
  const shape = { isRaw, isSampled, fullSizes: fullSizesOf(context) };
  const families = new Map<PeakFamily, { peak: Peak; details: PeakDetails }[]>();
  for (const [i, peak] of peaks.entries()) {
    if (i % 64 === 63) await pause();
    if (isRaw && constants.has(peak.value)) continue;
    const details = explainPeak(context, peak, shape);
    const family = families.get(details.family);
    if (family) family.push({ peak, details });
    else families.set(details.family, [{ peak, details }]);
  }
  const findings: RawFinding[] = [];
  for (const [family, members] of families) {
    findings.push(describeFamily(context, family, members, isSampled, shape.fullSizes));
    await pause();
  }
  return findings;
}

const FAMILIES: Readonly<Record<PeakFamily, { readonly kind: string; readonly title: string; readonly because: string }>> = {
  handshake: {
    kind: "peaks-handshake",
    title: "the handshake explains them",
    because: "Relative numbers make every SYN 0 and every first byte 1, so these lead any capture.",
  },
  "full-segments": {
    kind: "peaks-full-segments",
    title: "full segments explain them",
    because: "They are 1 and a multiple of the size of a full segment: streams that send without a pause walk the same numbers.",
  },
  "one-stream": {
    kind: "peaks-one-stream",
    title: "sides that only acknowledge explain them",
    because:
      "Half of the packets of each or more come from one side of one stream: a side that only acknowledges, or keeps alive, repeats its number.",
  },
  "same-content": {
    kind: "peaks-same-content",
    title: "equal content in many streams explains them",
    because: "They follow from what was sent before them in many streams: requests and answers of the same length end at the same number.",
  },
  none: {
    kind: "peaks-unexplained",
    title: "nothing in the flow explains them",
    because: "In most of these packets the number is none that its stream had reached, and no acknowledgement asks for it.",
  },
};

function describeFamily(
  { columns, index, coverage, thresholds }: DetectorContext,
  family: PeakFamily,
  members: readonly { readonly peak: Peak; readonly details: PeakDetails }[],
  isSampled: boolean,
  fullSizes: readonly number[],
): RawFinding {
  const { kind, title, because } = FAMILIES[family];
  const [{ peak: top, details }] = members;
  const total = members.reduce((sum, { peak }) => sum + peak.count, 0);
  const rows = new Uint32Array(total);
  let at = 0;
  for (const { peak } of members) {
    rows.set(index.rowsOf(peak.value), at);
    at += peak.count;
  }
  const listed = members.slice(0, 5).map(({ peak }) => formatCount(peak.value));
  const list = listed.join("; ") + (members.length > listed.length ? "; …" : "");
  const isSpray = family === "none" && details.topSource >= 0.9 && details.streams >= thresholds.minRepeats;
  const source = isSpray ? columns.addresses.valueOf(columns.src[details.topSourceRow]) : null;
  const severity: Severity = family !== "none" ? "chat" : isSpray ? "warn" : "note";
  const deviation = Number.isFinite(top.deviation) ? `${formatCount(Math.round(top.deviation))} deviations above` : "alone above";
  const sizes = family === "full-segments" ? ` (here ${fullSizes.map(formatCount).join(", ")} bytes)` : "";
  const behind =
    details.sampled < top.count
      ? `Of a sample of ${plural(details.sampled, "packet")} of ${formatCount(top.value)}, `
      : `Behind ${formatCount(top.value)} are `;
  const missing = isSampled && coverage.share !== null ? " Packets are missing from this file, so that this is likely, not certain." : "";
  return {
    key: "capture",
    kind,
    severity,
    confidence: lowered(family === "none" ? (isSpray ? "medium" : "low") : "high", isSampled),
    title: `${plural(members.length, "sequence number")} ${members.length === 1 ? "stands" : "stand"} out (${list}): ${title}`,
    explanation:
      `${list} ${members.length === 1 ? "has" : "have"} ${plural(total, "packet")}, far more than the numbers beside ${members.length === 1 ? "it" : "them"}: ` +
      `${formatCount(top.value)} has ${formatCount(top.count)}, ${deviation} the median of the numbers beside it (${String(thresholds.minDeviation)} are enough, by median absolute deviation). ` +
      `${behind}${plural(details.streams, "stream")} of ${plural(details.sources, "source")}${details.sampled < top.count ? " are behind it" : ""}. ${because}${sizes}${missing}` +
      (isSpray ? ` One source sends it in ${plural(details.streams, "stream")}.` : ""),
    technique: null,
    count: total,
    source,
    target: null,
    rows: sortByCapture(columns, rows),
    strongest: index.rowsOf(top.value)[0],
  };
}
