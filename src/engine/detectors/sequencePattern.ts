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
 * Thresholds (unit, medium, source): see describeThresholds.
 *
 * Known innocent causes: see listInnocentCauses.
 */
import * as l10n from "@vscode/l10n";
import { sortByCapture } from "../captureOrder";
import { formatCount } from "../../shared/format";
import type { Confidence, Severity, ThresholdDescription } from "../../shared/findings";
import { NO_TEXT, Valid, type PacketColumns } from "../columns";
import { rowEndpoint } from "../endpoints";
import {
  bytesText,
  connectionsText,
  hostsText,
  joinSentences,
  packetsText,
  portsText,
  resetsText,
  sourcesText,
  streamsText,
} from "./countTexts";
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

const describeThresholds = (): readonly ThresholdDescription[] => [
  {
    name: "minRun",
    unit: l10n.t("packets"),
    meaning: l10n.t("Packets of one direction whose sequence numbers are an equal, unexplained distance apart"),
    values: { low: 8, medium: 5, high: 3 },
    source: l10n.t("four equal steps in a row; resets sprayed over a window come as dozens (Watson 2004, Slipping in the Window)"),
  },
  {
    name: "minStreams",
    unit: l10n.t("streams"),
    meaning: l10n.t("Streams of one host in which two resets follow each other at the same distance"),
    values: { low: 8, medium: 5, high: 3 },
    source: l10n.t("pairs of forged resets a fixed distance apart: Weaver, Sommer, Paxson 2009, Detecting Forged TCP Reset Packets"),
  },
  {
    name: "minRepeats",
    unit: l10n.t("connections"),
    meaning: l10n.t("Connections of one source that begin with the same number on the wire"),
    values: { low: 20, medium: 5, high: 3 },
    source: l10n.t("RFC 6528: a number per connection; among 100,000 random ones even two are alike by accident, five never are"),
  },
  {
    name: "minNumbers",
    unit: l10n.t("connections"),
    meaning: l10n.t("Initial numbers of one source before they are judged for predictability"),
    values: { low: 12, medium: 6, high: 4 },
    source: l10n.t("Nmap sends six probes and judges from four answers on"),
  },
  {
    name: "maxPredictability",
    unit: l10n.t("8 × log2 of the deviation"),
    meaning: l10n.t("Nmap's predictability index (SP) below which initial numbers count as predictable"),
    values: { low: 64, medium: 96, high: 128 },
    source: l10n.t(
      "96 is a deviation of 4,096: a guess per number in that range is a second's work; RFC 6528 gives 230 and more in Nmap's measure",
    ),
  },
  {
    name: "minSources",
    unit: l10n.t("sources"),
    meaning: l10n.t("Sources that ask one port before their initial numbers are judged together"),
    values: { low: 20, medium: 10, high: 5 },
    source: l10n.t("ten numbers in a range of 2^24, or with a common divisor of 32, are chance less than once in 2^40"),
  },
  {
    name: "minPeak",
    unit: l10n.t("packets"),
    meaning: l10n.t("Packets of one sequence number before it can stand out"),
    values: { low: 200, medium: 20, high: 10 },
    source: l10n.t("smaller counts are seen in any capture"),
  },
  {
    name: "minDeviation",
    unit: l10n.t("deviations"),
    meaning: l10n.t("Median absolute deviations that a number's count lies above those of its neighbours"),
    values: { low: 10, medium: 3.5, high: 3.5 },
    source: l10n.t("Iglewicz and Hoaglin 1993: modified z-scores above 3.5 are outliers"),
  },
];

const listInnocentCauses = (): readonly string[] => [
  l10n.t("Some network equipment resets connections on behalf of its operator: a firewall or shaper that was meant to."),
  l10n.t("Old or small TCP stacks count initial numbers up, or begin every connection with the same one."),
  l10n.t("A load balancer, SYN proxy or test tool that makes connections from a template."),
  l10n.t("A monitoring system that probes with a scanner's packets."),
  l10n.t("Many clients that ask for the same thing walk the same relative numbers."),
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
  get title() {
    return l10n.t("Regular gaps and strange distributions");
  },
  needs: [
    { anyOf: ["seq", "seqRaw", "info"], tshark: "-e tcp.seq" },
    { anyOf: ["len", "info"], tshark: "-e tcp.len" },
    { anyOf: ["flags", "info"], tshark: "-e tcp.flags" },
  ],
  get thresholds() {
    return describeThresholds();
  },
  get innocentCauses() {
    return listInnocentCauses();
  },
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
        reason: l10n.t(
          "Packets are missing from this file: whether data or ACKs walk in equal strides, and whether the flow explains numbers that stand out, cannot be judged.",
        ),
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
        reason: l10n.t(
          "Sequence numbers in this file are relative, so every initial number is 0: whether they are predictable needs tcp.seq_raw.",
        ),
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

// ---------------------------------------------------------------------------------------------------
// Strides

function describeRun({ columns, thresholds }: DetectorContext, run: StrideRun, isSampled: boolean): RawFinding {
  const { rows, stride, packets, isReset, stream, direction } = run;
  const [row] = rows;
  const source = rowEndpoint(columns, row, "src");
  const target = rowEndpoint(columns, row, "dst");
  const counted = isReset ? resetsText(packets) : packetsText(packets);
  const step = isSampled ? "multiple" : stride < 0 ? "below" : "above";
  const distance = bytesText(Math.abs(stride));
  return {
    key: `${String(stream)}/${String(direction)}${isReset ? "" : "/data"}`,
    kind: "equal-strides",
    severity: "warn",
    confidence: lowered(isReset ? "high" : "medium", isSampled),
    title: runTitle(step, [counted, source ?? l10n.t("one side"), target ?? l10n.t("the other"), distance]),
    explanation: joinSentences(
      runText(step, [counted, distance, thresholds.minRun]),
      l10n.t("Neither payload nor SYN nor FIN accounts for that distance, and the numbers lie where this side had not been."),
      l10n.t("Somebody who does not know the connection's number tries a range in steps of a window like that."),
      l10n.t("A device that resets connections on its operator's behalf can send such resets too."),
    ),
    technique: "T1557",
    count: packets,
    source,
    target,
    rows,
    strongest: rows[rows.length >> 1],
  };
}

/** How a number lies to the one before it. */
type Step = "multiple" | "below" | "above";

/** `parts`: how many packets, from whom, to whom, and the distance. */
function runTitle(step: Step, parts: readonly [string, string, string, string]): string {
  switch (step) {
    case "multiple":
      return l10n.t("{0} from {1} to {2}, multiples of {3} apart", ...parts);
    case "below":
      return l10n.t("{0} from {1} to {2}, each {3} below the last", ...parts);
    case "above":
      return l10n.t("{0} from {1} to {2}, each {3} above the last", ...parts);
  }
}

/** `parts`: how many packets, the distance, and how many are enough. */
function runText(step: Step, parts: readonly [string, string, number]): string {
  switch (step) {
    case "multiple":
      return l10n.t(
        "In one direction of this stream {0} carry sequence numbers multiples of {1} apart ({2} are enough to be told).",
        ...parts,
      );
    case "below":
      return l10n.t(
        "In one direction of this stream {0} carry sequence numbers each {1} below the last ({2} are enough to be told).",
        ...parts,
      );
    case "above":
      return l10n.t(
        "In one direction of this stream {0} carry sequence numbers each {1} above the last ({2} are enough to be told).",
        ...parts,
      );
  }
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
  const bytes = bytesText(distance);
  const others = new Set(pairs.map((pair) => columns[end === "dst" ? "src" : "dst"][pair.first])).size;
  const where = whereText(streams, end, host);
  return {
    key: `${String(distance)}/${end === null ? "any" : `${end}/${host!}`}`,
    kind: "equal-distances",
    severity: isSampled ? "note" : "warn",
    confidence: lowered("high", isSampled),
    title: isOne ? l10n.t("Resets exactly {0} apart in {1}", bytes, where) : l10n.t("Resets multiples of {0} apart in {1}", bytes, where),
    explanation: joinSentences(
      pairsText(isOne, end === "dst", [where, bytes, minStreams, hostsText(others)]),
      l10n.t("Stacks that know nothing of each other do not choose the same distance: one device in between is likely to have made them."),
      l10n.t("Providers and firewalls that shape traffic are known to do so."),
    ),
    technique: "T1557",
    count: pairs.length,
    source: end === "src" ? host : null,
    target: end === "dst" ? host : null,
    rows,
    strongest: pairs[0].second,
  };
}

/** `12 streams`, `12 streams to 10.0.0.5`. */
function whereText(streams: number, end: "src" | "dst" | null, host: string | null): string {
  if (host === null) return streamsText(streams);
  if (end === "dst") return streams === 1 ? l10n.t("1 stream to {0}", host) : l10n.t("{0} streams to {1}", formatCount(streams), host);
  return streams === 1 ? l10n.t("1 stream from {0}", host) : l10n.t("{0} streams from {1}", formatCount(streams), host);
}

/** `isOne`: all are the same distance apart; `parts`: in which streams, the distance, how many streams are enough, and the other ends. */
function pairsText(isOne: boolean, isToHost: boolean, parts: readonly [string, string, number, string]): string {
  if (isOne && isToHost)
    return l10n.t(
      "In {0} two resets follow each other whose numbers are exactly {1} apart ({2} streams are enough to be told); they come from {3}.",
      ...parts,
    );
  if (isOne)
    return l10n.t(
      "In {0} two resets follow each other whose numbers are exactly {1} apart ({2} streams are enough to be told); they go to {3}.",
      ...parts,
    );
  if (isToHost)
    return l10n.t(
      "In {0} two resets follow each other whose numbers are multiples of {1} apart ({2} streams are enough to be told); they come from {3}.",
      ...parts,
    );
  return l10n.t(
    "In {0} two resets follow each other whose numbers are multiples of {1} apart ({2} streams are enough to be told); they go to {3}.",
    ...parts,
  );
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

/** What most of the connections began with: one of Beginning. */
function beginningOf({ beginnings }: InitialNumbers, places: Uint32Array): number {
  const counts = [0, 0, 0];
  for (const place of places) counts[beginnings[place]]++;
  return counts.indexOf(Math.max(...counts));
}

/** `SYNs`, `SYN-ACKs`, `packets`. */
function beginningText(beginning: number): string {
  if (beginning === Beginning.syn) return l10n.t("SYNs");
  return beginning === Beginning.synAck ? l10n.t("SYN-ACKs") : l10n.t("packets");
}

function describeConstant(
  columns: PacketColumns,
  initial: InitialNumbers,
  places: Uint32Array,
  allCount: number,
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
  const beginning = beginningOf(initial, places);
  const what = beginningText(beginning);
  const also = others.length === 1 ? l10n.t("1 other number") : l10n.t("{0} other numbers", formatCount(others.length));
  const isAnswer = beginning === Beginning.synAck;
  const connections = connectionsText(count);
  const all = formatCount(allCount);
  const towards = [portsText(targets.size), hostsText(hosts.size)] as const;
  return {
    key: source,
    kind: "constant-initial-number",
    severity: "warn",
    confidence: "high",
    title:
      others.length === 0
        ? l10n.t("{0} begins {1} with the same number: {2}", source, connectionsText(places.length), top)
        : l10n.t("{0} begins {1} with the same number: {2} and {3}", source, connectionsText(places.length), top, also),
    explanation: joinSentences(
      others.length === 0
        ? l10n.t(
            "{0} of {1} begin with {2} on the wire ({3}), of {4} in all, towards {5} of {6}; {7} are enough to be told.",
            ...[connections, source, top, what, all, ...towards, minRepeats],
          )
        : l10n.t(
            "{0} of {1} begin with {2} on the wire ({3}; {4} repeated as well), of {5} in all, towards {6} of {7}; {8} are enough to be told.",
            ...[connections, source, top, what, also, all, ...towards, minRepeats],
          ),
      l10n.t(
        "Operating systems draw a number per connection (RFC 6528); a number that stays the same comes from a tool that makes its own packets, as scanners and flooders do.",
      ),
      l10n.t("A SYN that is sent again was counted once."),
      isAnswer
        ? l10n.t("A SYN proxy or a very simple stack can do so too.")
        : l10n.t("A load balancer's or monitoring system's probes can look so too."),
    ),
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
  const what = beginningText(beginningOf(initial, places));
  const connections = connectionsText(places.length);
  const measures = isByStep
    ? l10n.t("Nmap's measures: GCD {0}, ISR {1}, SP {2} (by connection).", formatCount(divisor), rate, predictability)
    : l10n.t("Nmap's measures: GCD {0}, ISR {1}, SP {2}.", formatCount(divisor), rate, predictability);
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
  const ending = joinSentences(
    l10n.t("Somebody who opens a connection of their own can tell the number of another's, and send into it blindly (RFC 6528)."),
    l10n.t("Old and small TCP stacks count like that."),
  );
  if (isStepping)
    return {
      ...common,
      kind: "stepping-initial-numbers",
      confidence: "high",
      title: l10n.t("Initial numbers of {0} move in steps of {1}", source, formatCount(divisor)),
      explanation: joinSentences(
        l10n.t(
          "{0} of {1} ({2}) begin with numbers whose differences are all multiples of {3}; chance would do that once in 2^40 at most.",
          ...[connections, source, what, formatCount(divisor)],
        ),
        measures,
        ending,
      ),
    };
  return {
    ...common,
    kind: "predictable-initial-numbers",
    confidence: "medium",
    title: l10n.t("Initial numbers of {0} are predictable: index {1} over {2}", source, predictability, connections),
    explanation: joinSentences(
      l10n.t(
        "{0} of {1} ({2}) begin with numbers that follow from each other: the predictability index is {3}, below {4}; stacks that follow RFC 6528 have more than 200.",
        ...[connections, source, what, predictability, thresholds.maxPredictability],
      ),
      measures,
      ending,
    ),
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

/** `1 number`, `2 numbers`. */
const numbersText = (count: number): string => (count === 1 ? l10n.t("1 number") : l10n.t("{0} numbers", formatCount(count)));

/** `1 initial number`, `2 initial numbers`. */
const initialNumbersText = (count: number): string =>
  count === 1 ? l10n.t("1 initial number") : l10n.t("{0} initial numbers", formatCount(count));

/** The numbers of many sources that ask one port. */
function describeShared({ columns, thresholds }: DetectorContext, initial: InitialNumbers, places: Uint32Array): RawFinding | undefined {
  const { minSources, minRepeats } = thresholds;
  const perSource = firstOfSources(columns, initial, places);
  if (perSource.length < minSources) return undefined;
  const { repeatedValues, repeatedSources, divisor, range } = judgeShared(valuesAt(initial, perSource));
  const reasons: string[] = [];
  if (divisor > 0) reasons.push(l10n.t("all differ by multiples of {0}", formatCount(divisor)));
  if (range > 0) reasons.push(l10n.t("all lie in a range of {0}, of 4,294,967,296", formatCount(range)));
  if (repeatedSources >= minRepeats)
    reasons.push(l10n.t("{0} share {1} with two others at least", sourcesText(repeatedSources), numbersText(repeatedValues)));
  if (reasons.length === 0) return undefined;
  const rows = rowsOf(initial, places);
  const target = rowEndpoint(columns, rows[0], "dst");
  const sources = sourcesText(perSource.length);
  return {
    key: target ?? "",
    kind: "generated-initial-numbers",
    severity: "warn",
    confidence: reasons.length > 1 ? "high" : "medium",
    title: l10n.t("{0} ask {1} with initial numbers of one making", sources, target ?? "?"),
    explanation: joinSentences(
      l10n.t(
        "{0} begin connections to {1} ({2} are enough to be judged) with numbers that hosts which know nothing of each other would not draw: {3}.",
        ...[sources, target ?? "?", minSources, reasons.join("; ")],
      ),
      l10n.t("One program with made-up source addresses does that."),
      l10n.t("Many devices of one make, switched on at once, could begin in one range too."),
    ),
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
    title: l10n.t(
      "{0} of {1} with a round or small initial number: {2}",
      connectionsText(found.length),
      source ?? sourcesText(sources.size),
      list,
    ),
    explanation: joinSentences(
      found.length === 1
        ? l10n.t(
            "Of {0} on the wire, 1 is below 65,536 or a multiple of 1,000,000; by chance one in 60,000 is.",
            initialNumbersText(judged),
          )
        : l10n.t(
            "Of {0} on the wire, {1} are below 65,536 or multiples of 1,000,000; by chance one in 60,000 is.",
            initialNumbersText(judged),
            formatCount(found.length),
          ),
      l10n.t("Somebody who makes packets by hand writes such numbers down."),
      l10n.t("A small stack that counts from its start has small ones too."),
    ),
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

const FAMILY_KINDS: Readonly<Record<PeakFamily, string>> = {
  handshake: "peaks-handshake",
  "full-segments": "peaks-full-segments",
  "one-stream": "peaks-one-stream",
  "same-content": "peaks-same-content",
  none: "peaks-unexplained",
};

/** `list`: the numbers, or the first of them. */
function familyTitle(family: PeakFamily, numbers: number, list: string): string {
  const count = formatCount(numbers);
  switch (family) {
    case "handshake":
      return numbers === 1
        ? l10n.t("1 sequence number stands out ({0}): the handshake explains it", list)
        : l10n.t("{0} sequence numbers stand out ({1}): the handshake explains them", count, list);
    case "full-segments":
      return numbers === 1
        ? l10n.t("1 sequence number stands out ({0}): full segments explain it", list)
        : l10n.t("{0} sequence numbers stand out ({1}): full segments explain them", count, list);
    case "one-stream":
      return numbers === 1
        ? l10n.t("1 sequence number stands out ({0}): sides that only acknowledge explain it", list)
        : l10n.t("{0} sequence numbers stand out ({1}): sides that only acknowledge explain them", count, list);
    case "same-content":
      return numbers === 1
        ? l10n.t("1 sequence number stands out ({0}): equal content in many streams explains it", list)
        : l10n.t("{0} sequence numbers stand out ({1}): equal content in many streams explains them", count, list);
    case "none":
      return numbers === 1
        ? l10n.t("1 sequence number stands out ({0}): nothing in the flow explains it", list)
        : l10n.t("{0} sequence numbers stand out ({1}): nothing in the flow explains them", count, list);
  }
}

/** Why a family is what it is. */
function familyReason(family: PeakFamily): string {
  switch (family) {
    case "handshake":
      return l10n.t("Relative numbers make every SYN 0 and every first byte 1, so these lead any capture.");
    case "full-segments":
      return l10n.t("They are 1 and a multiple of the size of a full segment: streams that send without a pause walk the same numbers.");
    case "one-stream":
      return l10n.t(
        "Half of the packets of each or more come from one side of one stream: a side that only acknowledges, or keeps alive, repeats its number.",
      );
    case "same-content":
      return l10n.t(
        "They follow from what was sent before them in many streams: requests and answers of the same length end at the same number.",
      );
    case "none":
      return l10n.t("In most of these packets the number is none that its stream had reached, and no acknowledgement asks for it.");
  }
}

/** How far numbers stand out. `parts`: the numbers, their packets, the first of them, its packets, and the deviations that are enough. */
function heightText(numbers: number, deviation: number, parts: readonly [string, string, string, string, number]): string {
  if (!Number.isFinite(deviation))
    return numbers === 1
      ? l10n.t(
          "{0} has {1}, far more than the numbers beside it: {2} has {3}, alone above the median of the numbers beside it ({4} are enough, by median absolute deviation).",
          ...parts,
        )
      : l10n.t(
          "{0} have {1}, far more than the numbers beside them: {2} has {3}, alone above the median of the numbers beside it ({4} are enough, by median absolute deviation).",
          ...parts,
        );
  const deviations = formatCount(Math.round(deviation));
  return numbers === 1
    ? l10n.t(
        "{0} has {1}, far more than the numbers beside it: {2} has {3}, {5} deviations above the median of the numbers beside it ({4} are enough, by median absolute deviation).",
        ...[...parts, deviations],
      )
    : l10n.t(
        "{0} have {1}, far more than the numbers beside them: {2} has {3}, {5} deviations above the median of the numbers beside it ({4} are enough, by median absolute deviation).",
        ...[...parts, deviations],
      );
}

/** Who is behind the first of the numbers. */
function behindText({ value, count }: Peak, { sampled, streams, sources }: PeakDetails): string {
  const number = formatCount(value);
  const from = sourcesText(sources);
  if (sampled < count)
    return streams === 1
      ? l10n.t("Of a sample of {0} of {1}, 1 stream of {2} is behind it.", packetsText(sampled), number, from)
      : l10n.t("Of a sample of {0} of {1}, {2} of {3} are behind it.", packetsText(sampled), number, streamsText(streams), from);
  return streams === 1
    ? l10n.t("Behind {0} is 1 stream of {1}.", number, from)
    : l10n.t("Behind {0} are {1} of {2}.", number, streamsText(streams), from);
}

function describeFamily(
  { columns, index, coverage, thresholds }: DetectorContext,
  family: PeakFamily,
  members: readonly { readonly peak: Peak; readonly details: PeakDetails }[],
  isSampled: boolean,
  fullSizes: readonly number[],
): RawFinding {
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
  const sizes = family === "full-segments" ? l10n.t("(here {0} bytes)", fullSizes.map(formatCount).join(", ")) : "";
  const missing =
    isSampled && coverage.share !== null ? l10n.t("Packets are missing from this file, so that this is likely, not certain.") : "";
  return {
    key: "capture",
    kind: FAMILY_KINDS[family],
    severity,
    confidence: lowered(family === "none" ? (isSpray ? "medium" : "low") : "high", isSampled),
    title: familyTitle(family, members.length, list),
    explanation: joinSentences(
      heightText(members.length, top.deviation, [
        ...([list, packetsText(total), formatCount(top.value), formatCount(top.count)] as const),
        thresholds.minDeviation,
      ]),
      behindText(top, details),
      familyReason(family),
      sizes,
      missing,
      isSpray ? l10n.t("One source sends it in {0}.", streamsText(details.streams)) : "",
    ),
    technique: null,
    count: total,
    source,
    target: null,
    rows,
    isUnsorted: true,
    strongest: index.rowsOf(top.value)[0],
  };
}
