/**
 * Question 4: does somebody look for open ports?
 *
 * Set when all of:
 * - one source made attempts of one kind (SYN, FIN, NULL, Xmas, ACK, Maimon) that failed: answered with a reset, or not at all. ACK and
 *   Maimon probes only count when answered; a lone one is what is left of any connection that was under way;
 * - vertical: at `minPorts` different ports of one target; horizontal: at one port of `minHosts` different targets; block: at
 *   `minPairs` different pairs of target and port, at least 3 of each, and a quarter of all pairs of these targets and ports;
 * - within `windowSeconds`, or `slowFactor` times as many within `slowWindowSeconds`;
 * - (of a file that holds part of its capture, the same part of these numbers is enough);
 * - they are at least `minFailedShare` of the ports (targets, pairs) that the source tried there in that time;
 * - it never used that very port of that target in the capture: an attempt at a known service is no question.
 * Attempts from several source ports at one port of one target count once, and so does a SYN that was sent again.
 *
 * Supersedes: a block scan the vertical and horizontal ones of the same source and kind. Leaves many attempts at one port of one
 * target to `syn-flood`.
 * Quiet when: as above; for silence in files with less than a quarter of their frames (said as unjudged); for ACK and Maimon probes
 * from a well-known port to a high one (a server closing what is long gone), and from ever new ports at one port (a client doing so).
 *
 * Thresholds: the table below.
 * Known innocent causes: NAT and proxies (many clients in one address), monitoring of a host that is down, peer-to-peer software,
 * inventory and vulnerability scanners of one's own, a capture without the answers.
 */
import * as l10n from "@vscode/l10n";
import type { Confidence } from "../../shared/findings";
import { formatCount } from "../../shared/format";
import { ConnectionKind, type Connections } from "../connections";
import {
  ATTEMPT_NEEDS,
  canJudgeSilence,
  distinctOf,
  doubtsOf,
  forRuns,
  hasNoAnswers,
  isTunnelled,
  leastIn,
  lowerBy,
  Outcome,
  outcomeOf,
  rowsOf,
  secondsText,
  sortBy,
  sortByTime,
  unjudgedOf,
} from "./attempts";
import { hostsText, joinSentences, portsText } from "./countTexts";
import type { Detector, DetectorContext, RawFinding } from "./detector";

/** What the kinds are called. */
const KIND_NAMES: Readonly<Record<number, { readonly key: string; readonly name: string }>> = {
  [ConnectionKind.syn]: { key: "syn", name: "SYN" },
  [ConnectionKind.fin]: { key: "fin", name: "FIN" },
  [ConnectionKind.null]: { key: "null", name: "NULL" },
  [ConnectionKind.xmas]: { key: "xmas", name: "Xmas" },
  [ConnectionKind.ack]: { key: "ack", name: "ACK" },
  [ConnectionKind.maimon]: { key: "maimon", name: "Maimon (FIN+ACK)" },
};

/** No stack sends these outside a connection, or ever. */
const UNNATURAL: readonly number[] = [ConnectionKind.fin, ConnectionKind.null, ConnectionKind.xmas];
/** So many resets show that the answers are in the file. Snort's medium preset: 10 rejects. */
const MANY_REFUSED = 10;
/** Targets and ports that a block has at least, and the share of their pairs that were tried. */
const BLOCK_SIDE = 3;
const BLOCK_SHARE = 0.25;
/** Attempts per port at which a source asks again and again, as monitors do and scanners do not. */
const REPEATED = 4;
/**
 * Beyond so many times the threshold, that a file holds no answers is no excuse: browsers ask many hosts at one port, but nobody one host
 * at so many ports.
 */
const FAR_BEYOND = { vertical: 3, horizontal: 10, block: 3 };
/** Connections looked at between two pauses: about 10 ms. */
const PART = 1 << 18;
const PORTS = 1 << 16;
const WELL_KNOWN_PORTS = 1024;

type Thresholds = DetectorContext["thresholds"];
type Shape = "vertical" | "horizontal" | "block";

/** What the windows have to hold. */
interface Windows {
  readonly ns: readonly [number, number];
  readonly least: readonly [number, number];
}

/** What a source tried, of one kind. */
interface Scan {
  readonly shape: Shape;
  /** Attempts that belong to it, in any order. */
  readonly members: Uint32Array;
  /** The one that reached the threshold. */
  readonly strongest: number;
}

export const portScan: Detector = {
  id: "port-scan",
  get title() {
    return l10n.t("Port scans");
  },
  needs: ATTEMPT_NEEDS,
  get thresholds() {
    return [
      {
        name: "minPorts",
        unit: l10n.t("ports"),
        meaning: l10n.t("Different ports of one host that a source tries without success"),
        values: { low: 25, medium: 15, high: 10 },
        source: l10n.t("Zeek policy/misc/scan: port_scan_threshold 15; Snort 3 counts 15 ports at medium, 10 at high"),
      },
      {
        name: "minHosts",
        unit: l10n.t("hosts"),
        meaning: l10n.t("Different hosts that a source tries at the same port without success"),
        values: { low: 50, medium: 25, high: 15 },
        source: "Zeek policy/misc/scan: addr_scan_threshold 25",
      },
      {
        name: "minPairs",
        unit: l10n.t("pairs of host and port"),
        meaning: l10n.t(
          "Different ports of several hosts together that a source tries without success, each below the other two thresholds",
        ),
        values: { low: 100, medium: 50, high: 30 },
        source: l10n.t("Twice Zeek's 25 hosts: two ports on each"),
      },
      {
        name: "windowSeconds",
        unit: "s",
        meaning: l10n.t("Time within which they are tried"),
        values: { low: 60, medium: 300, high: 600 },
        source: l10n.t("Zeek policy/misc/scan: 5 minutes; Snort 3: 60 s at low, 600 s at high"),
      },
      {
        name: "slowWindowSeconds",
        unit: "s",
        meaning: l10n.t("Time within which slowFactor times as many are tried, for scans that take their time"),
        values: { low: 1800, medium: 3600, high: 7200 },
        source: l10n.t("Nmap's timing template sneaky sends a probe every 15 s: 240 an hour"),
      },
      {
        name: "slowFactor",
        unit: l10n.t("times"),
        meaning: l10n.t("How many times as many ports, hosts or pairs the longer time needs"),
        values: { low: 3, medium: 2, high: 1.5 },
        source: l10n.t("More time gives chance more room"),
      },
      {
        name: "minFailedShare",
        unit: l10n.t("share, 0 to 1"),
        meaning: l10n.t("Share of failures among all that the source tried there; a busy client mostly succeeds"),
        values: { low: 0.75, medium: 0.5, high: 0.25 },
        source: l10n.t("Scans of real hosts in the test captures fail at 95 % of the ports and more"),
      },
    ];
  },
  get innocentCauses() {
    return [
      l10n.t("Monitoring or an inventory of one's own, above all while a host is down"),
      l10n.t("Many clients behind one address (NAT, proxy, VPN gateway)"),
      l10n.t("Peer-to-peer software that tries peers long gone"),
      l10n.t("A capture that holds the questions and not the answers"),
    ];
  },
  run,
};

async function run(context: DetectorContext): ReturnType<Detector["run"]> {
  const { streams, pause } = context;
  const { connections } = streams;
  const thresholds = thresholdsIn(context);
  const attempts = await collect(context, thresholds);
  const findings: RawFinding[] = [];
  const isUnanswered = attempts.length > 0 && hasNoAnswers(streams);
  for (const kind of Object.keys(KIND_NAMES).map(Number)) {
    const ofKind = attempts.filter((connection) => connections.kind[connection] === kind);
    if (ofKind.length === 0) continue;
    await pause();
    for (const scan of await findScans(context, kind, ofKind, thresholds)) {
      await pause();
      findings.push(describe(context, thresholds, kind, scan, isUnanswered));
    }
  }
  return { findings, unjudged: unjudgedOf(context) };
}

/** Thresholds as this file can reach them. */
function thresholdsIn({ coverage, thresholds }: DetectorContext): Thresholds {
  const { minPorts, minHosts, minPairs } = thresholds;
  return {
    ...thresholds,
    minPorts: leastIn(coverage, minPorts),
    minHosts: leastIn(coverage, minHosts),
    minPairs: leastIn(coverage, minPairs),
  };
}

/** All attempts of sources that failed often enough to matter, in the order of time. */
async function collect(
  { columns, streams: { connections }, coverage, pause }: DetectorContext,
  { minPorts, minHosts, minPairs }: Thresholds,
): Promise<Uint32Array> {
  const outcomes = new Uint8Array(connections.count);
  const failures = new Failures(columns.addresses.size);
  for (let first = 0; first < connections.count; first += PART) {
    countFailures(connections, outcomes, failures, first, Math.min(connections.count, first + PART), canJudgeSilence(coverage));
    await pause();
  }
  const isSuspect = failures.sourcesWith(Math.min(minPorts, minHosts, minPairs));
  const list = new Uint32Array(outcomes.reduce((sum, outcome) => sum + (outcome === Outcome.none ? 0 : 1), 0));
  let count = 0;
  for (let i = 0; i < connections.count; i++) {
    if (outcomes[i] !== Outcome.none && isSuspect[connections.originators[i]] !== 0) list[count++] = i;
  }
  return sortByTime(connections, list.subarray(0, count));
}

/**
 * How often each source failed, and a sketch of how many different ports of hosts that were: a bit of 32 for each, by hash. It keeps the
 * sources of a flood out, of which there may be as many as packets.
 */
class Failures {
  readonly #counts: Uint32Array;
  readonly #sketches: Uint32Array;

  /** `addresses`: codes are below it. */
  constructor(addresses: number) {
    this.#counts = new Uint32Array(addresses);
    this.#sketches = new Uint32Array(addresses);
  }

  add(source: number, target: number, port: number): void {
    this.#counts[source]++;
    this.#sketches[source] |= 1 << (Math.imul(Math.imul(target, 0x9e3779b1) ^ port, 0x85ebca6b) >>> 27);
  }

  /**
   * 1 for every source that may have failed at so many different ports or more. A third as many bits is asked for, at most 6: chance
   * sets fewer than that for one of a million sources with 5 different ports, and for one of a thousand million with 15.
   */
  sourcesWith(least: number): Uint8Array {
    const bits = Math.min(6, Math.floor(least / 3));
    const counts = this.#counts;
    const sketches = this.#sketches;
    return Uint8Array.from(counts, (count, source) => (count >= least && bitsIn(sketches[source]) >= bits ? 1 : 0));
  }
}

/** Bits that are set in a number of 32. */
function bitsIn(number: number): number {
  let count = 0;
  for (let rest = number; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function countFailures(
  connections: Connections,
  outcomes: Uint8Array,
  failures: Failures,
  first: number,
  end: number,
  isSilenceFailure: boolean,
): void {
  const { kind, ns } = connections;
  for (let i = first; i < end; i++) {
    if (kind[i] === ConnectionKind.other || Number.isNaN(ns[i])) continue;
    const outcome = outcomeOf(connections, i);
    if (outcome === Outcome.none || (outcome === Outcome.silent && !isSilenceFailure) || !connections.hasEndpoints(i)) continue;
    if (isOrdinaryClose(connections, i)) continue;
    outcomes[i] = outcome;
    if (outcome <= Outcome.refused) failures.add(connections.originators[i], connections.responders[i], connections.responderPortOf(i));
  }
}

/** A server that closes what its client has forgotten. */
function isOrdinaryClose(connections: Connections, connection: number): boolean {
  const kind = connections.kind[connection];
  if (kind !== ConnectionKind.ack && kind !== ConnectionKind.maimon) return false;
  return connections.originatorPortOf(connection) < WELL_KNOWN_PORTS && connections.responderPortOf(connection) >= WELL_KNOWN_PORTS;
}

/** Scans among attempts of one kind, in the order of time: blocks instead of their parts. */
async function findScans(
  { columns, streams, pause }: DetectorContext,
  kind: number,
  attempts: Uint32Array,
  thresholds: Thresholds,
): Promise<Scan[]> {
  const { connections } = streams;
  const { minPorts, minHosts, minPairs, windowSeconds, slowWindowSeconds, slowFactor, minFailedShare } = thresholds;
  const windows = (least: number): Windows => ({
    ns: [windowSeconds * 1e9, slowWindowSeconds * 1e9],
    least: [least, Math.ceil(least * slowFactor)],
  });
  const sourceOf = (connection: number): number => connections.originators[connection];
  const targetOf = (connection: number): number => connections.responders[connection];
  const portOf = (connection: number): number => connections.responderPortOf(connection);
  const isForgottenByMany = (members: Uint32Array): boolean =>
    (kind === ConnectionKind.ack || kind === ConnectionKind.maimon) &&
    2 * distinctOf(members.map((each) => connections.originatorPortOf(each))).length > members.length;

  const found = new Map<number, Scan[]>();
  const search = (
    shape: Shape,
    searcher: Searcher,
    list: Uint32Array,
    keyOf: (connection: number) => number,
    itemOf: (connection: number) => number,
  ): void => {
    forRuns(list, sourceOf, keyOf, (first, end) => {
      const attemptsThere = list.subarray(first, end);
      const scan = searcher.search(shape, attemptsThere, attemptsThere.map(itemOf));
      if (!scan || (shape === "horizontal" && isForgottenByMany(scan.members))) return;
      const source = sourceOf(list[first]);
      const scans = found.get(source);
      if (scans) scans.push(scan);
      else found.set(source, [scan]);
    });
  };
  const byTarget = sortBy(sortBy(attempts, targetOf), sourceOf);
  await pause();
  search("vertical", new Searcher(connections, PORTS, windows(minPorts), minFailedShare), byTarget, targetOf, portOf);
  await pause();
  const byPort = sortBy(sortBy(attempts, portOf), sourceOf);
  await pause();
  search("horizontal", new Searcher(connections, columns.addresses.size, windows(minHosts), minFailedShare), byPort, portOf, targetOf);

  await pause();
  const scans = [...found.values()].flatMap((ofSource) => joinScans(ofSource));
  // Blocks of which neither side is long enough: numbers for pairs, then the same search.
  const bySource = sortBy(attempts, sourceOf);
  forRuns(
    bySource,
    sourceOf,
    () => 0,
    (first, end) => {
      const list = bySource.subarray(first, end);
      if (list.length < minPairs || found.has(sourceOf(list[0]))) return;
      const { pairs, count } = numberPairs(list, targetOf, portOf);
      if (count < minPairs) return;
      const scan = new Searcher(connections, count, windows(minPairs), minFailedShare).search("block", list, pairs);
      if (scan && isBlock(scan.members, connections, targetOf, portOf) && !isForgottenByMany(scan.members)) scans.push(scan);
    },
  );
  return scans;
}

/** Several scans of a source are a block. */
function joinScans(scans: Scan[]): Scan[] {
  const verticals = scans.filter(({ shape }) => shape === "vertical");
  if (verticals.length < 2 && scans.length - verticals.length < 2) return scans;
  const members = new Uint32Array(scans.reduce((sum, scan) => sum + scan.members.length, 0));
  let at = 0;
  let largest = scans[0];
  for (const scan of scans) {
    members.set(scan.members, at);
    at += scan.members.length;
    if (scan.members.length > largest.members.length) largest = scan;
  }
  return [{ shape: "block", members: distinctOf(members), strongest: largest.strongest }];
}

/** Numbers from 0 on for pairs of target and port: that of each attempt, and how many there are. */
function numberPairs(
  list: Uint32Array,
  targetOf: (connection: number) => number,
  portOf: (connection: number) => number,
): { pairs: Uint32Array; count: number } {
  const pairs = new Uint32Array(list.length);
  const targetAt = (place: number): number => targetOf(list[place]);
  const portAt = (place: number): number => portOf(list[place]);
  const places = sortBy(
    sortBy(
      list.map((_, place) => place),
      portAt,
    ),
    targetAt,
  );
  let count = 0;
  forRuns(places, targetAt, portAt, (first, end) => {
    for (let i = first; i < end; i++) pairs[places[i]] = count;
    count++;
  });
  return { pairs, count };
}

/** Whether failures fill their targets and ports: peers have a port each. */
function isBlock(
  members: Uint32Array,
  connections: Connections,
  targetOf: (connection: number) => number,
  portOf: (connection: number) => number,
): boolean {
  const failed = members.filter((each) => outcomeOf(connections, each) <= Outcome.refused);
  const targets = distinctOf(failed.map(targetOf)).length;
  const ports = distinctOf(failed.map(portOf)).length;
  const filled = numberPairs(failed, targetOf, portOf).count;
  return targets >= BLOCK_SIDE && ports >= BLOCK_SIDE && filled >= BLOCK_SHARE * targets * ports;
}

/** Looks for windows with many different failed items (ports, hosts or pairs) in a run of attempts. */
class Searcher {
  readonly #connections: Connections;
  readonly #windows: Windows;
  readonly #minFailedShare: number;
  /** Attempts of each item in the window. */
  readonly #counts: Uint32Array;
  /** Per item whether it was ever used. */
  readonly #isUsed: Uint8Array;

  /** `items`: numbers of items are below it. */
  constructor(connections: Connections, items: number, windows: Windows, minFailedShare: number) {
    this.#connections = connections;
    this.#windows = windows;
    this.#minFailedShare = minFailedShare;
    this.#counts = new Uint32Array(items);
    this.#isUsed = new Uint8Array(items);
  }

  /** `run`: attempts in the order of time; `items`: that of each. */
  search(shape: Shape, run: Uint32Array, items: Uint32Array): Scan | undefined {
    if (run.length < this.#windows.least[0]) return undefined;
    const outcomes = Uint8Array.from(run, (connection) => outcomeOf(this.#connections, connection));
    const isUsed = this.#isUsed;
    for (let i = 0; i < run.length; i++) if (outcomes[i] === Outcome.used) isUsed[items[i]] = 1;
    for (let i = 0; i < run.length; i++) if (isUsed[items[i]] !== 0) outcomes[i] = Outcome.used;
    for (const item of items) isUsed[item] = 0;
    const isIn = new Uint8Array(run.length);
    const strongest = [0, 1].map((which) => this.#mark(run, items, outcomes, isIn, which as 0 | 1)).find((place) => place >= 0);
    if (strongest === undefined) return undefined;
    if (!this.#hasFailed(items, outcomes, isIn)) return undefined;
    const members = run.filter((_, i) => isIn[i] !== 0 && outcomes[i] !== Outcome.used);
    return { shape, members, strongest: run[strongest] };
  }

  /** Marks all attempts in windows that hold enough; returns the place at which the first one did, or -1. */
  #mark(run: Uint32Array, items: Uint32Array, outcomes: Uint8Array, isIn: Uint8Array, which: 0 | 1): number {
    const { ns } = this.#connections;
    const span = this.#windows.ns[which];
    const least = this.#windows.least[which];
    const counts = this.#counts;
    let strongest = -1;
    let left = 0;
    let distinct = 0;
    let marked = 0;
    for (let right = 0; right < run.length; right++) {
      if (outcomes[right] <= Outcome.refused && counts[items[right]]++ === 0) distinct++;
      for (; ns[run[right]] - ns[run[left]] > span; left++) {
        if (outcomes[left] <= Outcome.refused && --counts[items[left]] === 0) distinct--;
      }
      if (distinct < least) continue;
      if (strongest < 0) strongest = right;
      for (let i = Math.max(left, marked); i <= right; i++) isIn[i] = 1;
      marked = right + 1;
    }
    for (const item of items) counts[item] = 0;
    return strongest;
  }

  /** Whether failed items are share enough of those that failed or were used, among what is marked. */
  #hasFailed(items: Uint32Array, outcomes: Uint8Array, isIn: Uint8Array): boolean {
    const counts = this.#counts;
    let failed = 0;
    let used = 0;
    for (let i = 0; i < items.length; i++) {
      if (isIn[i] === 0 || outcomes[i] === Outcome.opened || counts[items[i]]++ > 0) continue;
      if (outcomes[i] === Outcome.used) used++;
      else failed++;
    }
    for (const item of items) counts[item] = 0;
    return failed >= this.#minFailedShare * (failed + used);
  }
}

/** What a scan came to. */
interface Tally {
  readonly targets: Uint32Array;
  readonly ports: Uint32Array;
  /** Pairs of target and port: by the best answer of each. */
  readonly tried: number;
  readonly refused: number;
  readonly silent: number;
  readonly opened: number;
  readonly seconds: number;
}

function tallyOf(connections: Connections, members: Uint32Array): Tally {
  const targetOf = (connection: number): number => connections.responders[connection];
  const portOf = (connection: number): number => connections.responderPortOf(connection);
  const sorted = sortBy(sortBy(members, portOf), targetOf);
  const best = [0, 0, 0, 0, 0];
  let tried = 0;
  forRuns(sorted, targetOf, portOf, (first, end) => {
    let answer = 0;
    for (let i = first; i < end; i++) answer = Math.max(answer, outcomeOf(connections, sorted[i]));
    best[answer]++;
    tried++;
  });
  let from = Infinity;
  let to = -Infinity;
  for (const member of members) {
    from = Math.min(from, connections.ns[member]);
    to = Math.max(to, connections.ns[member]);
  }
  return {
    targets: distinctOf(members.map(targetOf)),
    ports: distinctOf(members.map(portOf)),
    tried,
    refused: best[Outcome.refused],
    silent: best[Outcome.silent],
    opened: best[Outcome.opened],
    seconds: (to - from) / 1e9,
  };
}

function describe(
  { columns, streams, coverage }: DetectorContext,
  thresholds: Thresholds,
  kind: number,
  { shape, members, strongest }: Scan,
  isUnanswered: boolean,
): RawFinding {
  const { connections } = streams;
  const { key: probe, name } = KIND_NAMES[kind];
  const tally = tallyOf(connections, members);
  const { tried, refused, silent, opened, seconds } = tally;
  const addressOf = (code: number): string => columns.addresses.valueOf(code);
  const source = addressOf(connections.originators[strongest]);
  const target = tally.targets.length === 1 ? addressOf(tally.targets[0]) : null;
  const onlyPort = String(tally.ports[0]);
  const hosts = hostsText(tally.targets.length);
  const duration = secondsText(seconds);
  const outcome = [
    refused === 1 ? l10n.t("1 refused") : refused > 0 ? l10n.t("{0} refused", formatCount(refused)) : "",
    silent === 1 ? l10n.t("1 unanswered") : silent > 0 ? l10n.t("{0} unanswered", formatCount(silent)) : "",
    opened === 1 ? l10n.t("1 open") : opened > 0 ? l10n.t("{0} open", formatCount(opened)) : "",
  ]
    .filter((text) => text !== "")
    .join(", ");
  const least = { vertical: thresholds.minPorts, horizontal: thresholds.minHosts, block: thresholds.minPairs }[shape];

  const doubts = doubtsOf(coverage);
  const sentences = [...doubts.sentences];
  let steps = doubts.steps;
  const isUnnatural = UNNATURAL.includes(kind);
  if (isUnanswered && !isUnnatural && refused < MANY_REFUSED) {
    sentences.push(l10n.t("The file holds hardly any answer to any SYN, as captures of one direction do."));
    if (tried < FAR_BEYOND[shape] * least) steps++;
  }
  if (members.length >= REPEATED * tried) {
    sentences.push(l10n.t("Every port was asked again and again, as monitors do."));
    steps++;
  }
  if (isTunnelled(columns, connections.row[strongest])) {
    sentences.push(l10n.t("These packets travelled in a tunnel; if the addresses are the tunnel's, many hosts look like one."));
    steps += 2;
  }
  const base: Confidence = isUnnatural || refused >= MANY_REFUSED ? "high" : "medium";
  const confidence = lowerBy(base, steps);
  const title = {
    vertical: () =>
      l10n.t("{0} tried {1} of {2} with {3} probes in {4}: {5}", source, portsText(tried), target ?? "", name, duration, outcome),
    horizontal: () => l10n.t("{0} tried port {1} of {2} with {3} probes in {4}: {5}", source, onlyPort, hosts, name, duration, outcome),
    block: () =>
      l10n.t("{0} tried {1} of {2} with {3} probes in {4}: {5}", source, portsText(tally.ports.length), hosts, name, duration, outcome),
  }[shape]();
  return {
    key: [source, shape === "vertical" ? target : shape === "horizontal" ? onlyPort : "", probe].join("/"),
    kind: shape,
    severity: confidence === "low" ? "note" : "warn",
    confidence,
    title,
    explanation: joinSentences(
      l10n.t(
        "{0} of {1} different ports tried failed ({2}), in {3} attempts within {4}.",
        ...[formatCount(refused + silent), formatCount(tried), outcome, formatCount(members.length), duration],
      ),
      thresholdText(shape, least, thresholds),
      natureOf(kind),
      ...sentences,
      l10n.t(
        "It may as well be monitoring or an inventory of one's own, many clients behind one address, or software that tries hosts that went away.",
      ),
    ),
    technique: "T1046",
    count: tried,
    source,
    target: shape === "horizontal" || shape === "block" ? null : target,
    rows: rowsOf(columns, streams, members),
    strongest: connections.row[strongest],
  };
}

function thresholdText(shape: Shape, least: number, { windowSeconds, slowFactor, slowWindowSeconds }: Thresholds): string {
  const parts = [formatCount(least), formatCount(windowSeconds), slowFactor, formatCount(slowWindowSeconds)] as const;
  switch (shape) {
    case "vertical":
      return l10n.t("The threshold is {0} ports of one host within {1} s, or {2} times as many within {3} s.", ...parts);
    case "horizontal":
      return l10n.t("The threshold is {0} hosts at one port within {1} s, or {2} times as many within {3} s.", ...parts);
    case "block":
      return l10n.t(
        "The threshold is {0} pairs of host and port, or several hosts or ports beyond their own thresholds within {1} s, or {2} times as many within {3} s.",
        ...parts,
      );
  }
}

/** What is odd about probes that are no SYNs; empty for SYNs. */
function natureOf(kind: number): string {
  switch (kind) {
    case ConnectionKind.fin:
      return l10n.t("A FIN without an ACK belongs to no connection: no TCP stack sends one.");
    case ConnectionKind.null:
      return l10n.t("A packet without any flag belongs to no connection: no TCP stack sends one.");
    case ConnectionKind.xmas:
      return l10n.t("FIN, PSH and URG without an ACK belong to no connection: no TCP stack sends them.");
    case ConnectionKind.ack:
      return l10n.t("These ACKs belong to no connection in the file, and were answered with resets.");
    case ConnectionKind.maimon:
      return l10n.t("These FIN+ACKs belong to no connection in the file, and were answered with resets.");
    default:
      return "";
  }
}
