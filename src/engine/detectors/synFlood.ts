/**
 * Question 5: is a port buried under connections that nobody means to use?
 *
 * Set when all of:
 * - at least `minSyns` handshakes that never complete, with one port of one address, begin within `windowSeconds`: a SYN that was not
 *   answered, or whose SYN-ACK was not acknowledged (a reset from the originator included). A SYN that was sent again counts once;
 * - (of a file that holds part of its capture, the same part of that number is enough);
 * - of all handshakes with that port in that time, those still open and those that completed, at most `maxCompletedShare` completed;
 * - at most `maxResentShare` of them sent their SYN again: stacks that want to connect do, floods do not.
 *
 * Supersedes: nothing; many ports with few SYNs each are `port-scan`'s.
 * Quiet when: as above; when the port refuses more than a fifth (a reset ends the matter, and costs the target nothing); in files with less than a quarter of
 * their frames (said as unjudged).
 *
 * Thresholds: the table below.
 * Known innocent causes: an outage (SYNs are sent again), the burst of clients behind it (handshakes complete), one-sided captures
 * (the originator's ACK shows that the SYN-ACK came), health checks that do not complete handshakes, a filter that lets only SYNs through.
 */
import * as l10n from "@vscode/l10n";
import type { Confidence } from "../../shared/findings";
import { formatCount } from "../../shared/format";
import { Valid } from "../columns";
import { ConnectionBit, ConnectionKind, type Connections } from "../connections";
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
  rowsOf,
  secondsText,
  sortBy,
  sortByTime,
  unjudgedOf,
} from "./attempts";
import { endpointText } from "../endpoints";
import { joinSentences, sourcesText } from "./countTexts";
import type { Detector, DetectorContext, RawFinding } from "./detector";

/** From so many sources on it is the network that is flooded (T1498.001), not one host that wears out another (T1499.001). */
const MANY_SOURCES = 10;
/** Beyond so many times the threshold it is grave, and a file without any answers is no excuse. */
const FAR_BEYOND = 10;
/** So many times the pace of the threshold is no excuse either: at medium 30 within 0.1 s. */
const FAR_FASTER = 100;
/** Above this share of SYN-ACKs the target offered handshakes that nobody took up: that is seen, not concluded. */
const ANSWERED_SHARE = 0.1;
/** Above this share of refusals the port is closed, and what is open still lost its reset on the way into the file. */
const MAX_REFUSED_SHARE = 0.2;
/** Connections looked at between two pauses: about 10 ms. */
const PART = 1 << 18;

export const synFlood: Detector = {
  id: "syn-flood",
  get title() {
    return l10n.t("SYN floods");
  },
  needs: ATTEMPT_NEEDS,
  get thresholds() {
    return [
      {
        name: "minSyns",
        unit: l10n.t("SYNs"),
        meaning: l10n.t("Handshakes with one port that never complete and begin within the window"),
        values: { low: 200, medium: 30, high: 15 },
        source: l10n.t(
          "RFC 4987: half-open connections are held for 75 s (Berkeley) and backlogs are small; 3 a second fill the common one of 128 in 43 s. Low: 20 a second",
        ),
      },
      {
        name: "windowSeconds",
        unit: "s",
        meaning: l10n.t("Time within which they begin"),
        values: { low: 10, medium: 10, high: 10 },
        source: l10n.t("FortiADC tcp-synflood-protection averages half-open connections over 10 s"),
      },
      {
        name: "maxCompletedShare",
        unit: l10n.t("share, 0 to 1"),
        meaning: l10n.t("Share of handshakes with that port in that time that may complete"),
        values: { low: 0.25, medium: 0.5, high: 0.75 },
        source: l10n.t("Real floods in the test captures: none completes; behind an outage all do"),
      },
      {
        name: "maxResentShare",
        unit: l10n.t("share, 0 to 1"),
        meaning: l10n.t("Share of the open handshakes whose SYN may have been sent again"),
        values: { low: 0.25, medium: 0.5, high: 0.75 },
        source: l10n.t(
          "RFC 6298: whoever means to connect asks again after a second. Real floods in the test captures: 0.5 %; an outage: all",
        ),
      },
    ];
  },
  get innocentCauses() {
    return [
      l10n.t("An outage, or a firewall that drops: clients ask again"),
      l10n.t("A burst of clients behind an outage"),
      l10n.t("A capture of one direction, or a filter that lets only SYNs through"),
      l10n.t("Health checks that never complete a handshake"),
    ];
  },
  run,
};

async function run(context: DetectorContext): ReturnType<Detector["run"]> {
  const { streams, coverage, pause } = context;
  const { connections } = streams;
  const unjudged = unjudgedOf(context);
  if (!canJudgeSilence(coverage)) return { findings: [], unjudged };
  const minSyns = leastIn(coverage, context.thresholds.minSyns);
  const attempts = await collect(context, minSyns);
  const targetOf = (connection: number): number => connections.responders[connection];
  const portOf = (connection: number): number => connections.responderPortOf(connection);
  const byPort = sortBy(attempts, portOf);
  await pause();
  const sorted = sortBy(byPort, targetOf);
  await pause();
  const findings: RawFinding[] = [];
  const isUnanswered = sorted.length > 0 && hasNoAnswers(streams);
  forRuns(sorted, targetOf, portOf, (first, end) => {
    const finding = judge(context, sorted.subarray(first, end), minSyns, isUnanswered);
    if (finding) findings.push(finding);
  });
  return { findings, unjudged };
}

/** A handshake that began and never completed; one that was refused did end. */
function isHalfOpen(bits: number): boolean {
  const { completed, synAck, resetByResponder } = ConnectionBit;
  return (bits & completed) === 0 && ((bits & synAck) !== 0 || (bits & resetByResponder) === 0);
}

/** Everything that began with a SYN to addresses with enough open handshakes, in the order of time. */
async function collect({ columns, streams: { connections }, pause }: DetectorContext, minSyns: number): Promise<Uint32Array> {
  const open = new Uint32Array(columns.addresses.size);
  for (let first = 0; first < connections.count; first += PART) {
    countOpen(connections, open, first, Math.min(connections.count, first + PART));
    await pause();
  }
  const list = new Uint32Array(connections.count);
  let count = 0;
  for (let first = 0; first < connections.count; first += PART) {
    count = select(connections, open, minSyns, list, count, first, Math.min(connections.count, first + PART));
    await pause();
  }
  return sortByTime(connections, list.slice(0, count));
}

function countOpen(connections: Connections, open: Uint32Array, first: number, end: number): void {
  const { kind, bits } = connections;
  for (let i = first; i < end; i++) if (kind[i] === ConnectionKind.syn && isHalfOpen(bits[i])) open[connections.responders[i]]++;
}

function select(
  connections: Connections,
  open: Uint32Array,
  least: number,
  list: Uint32Array,
  found: number,
  first: number,
  end: number,
): number {
  const { kind, ns } = connections;
  let count = found;
  for (let i = first; i < end; i++) {
    if (kind[i] !== ConnectionKind.syn || Number.isNaN(ns[i])) continue;
    if (open[connections.responders[i]] >= least && connections.hasEndpoints(i)) list[count++] = i;
  }
  return count;
}

/** What happened at a port while windows held too many. */
interface Tally {
  /** Open handshakes. */
  readonly members: Uint32Array;
  readonly completed: number;
  readonly refused: number;
  readonly answered: number;
  readonly resent: number;
  /** Most within a window, and the last SYN of that window. */
  readonly peak: number;
  readonly strongest: number;
}

/** `run`: all attempts at one port in the order of time. */
function judge(context: DetectorContext, run: Uint32Array, minSyns: number, isUnanswered: boolean): RawFinding | undefined {
  const { windowSeconds, maxCompletedShare, maxResentShare } = context.thresholds;
  if (run.length < minSyns) return undefined;
  const { connections } = context.streams;
  const tallies = findEpisodes(connections, run, windowSeconds * 1e9, minSyns)
    .map((episode) => tallyOf(connections, run, episode))
    .filter(({ members: { length: open }, completed, refused, resent }) => {
      const isMostlyOpen = completed <= maxCompletedShare * (completed + open);
      return isMostlyOpen && resent <= maxResentShare * open && refused <= MAX_REFUSED_SHARE * (refused + open);
    });
  return tallies.length === 0 ? undefined : describe(context, joinTallies(tallies), minSyns, isUnanswered);
}

/** A time in which every window holds too many: the attempts run[first, end). */
interface Episode {
  readonly first: number;
  end: number;
  /** Most within a window, and the place of the last SYN of that window. */
  peak: number;
  strongest: number;
}

function findEpisodes({ bits, ns }: Connections, run: Uint32Array, span: number, least: number): Episode[] {
  const episodes: Episode[] = [];
  let current: Episode | undefined;
  let [left, inWindow] = [0, 0];
  for (let right = 0; right < run.length; right++) {
    if (isHalfOpen(bits[run[right]])) inWindow++;
    for (; ns[run[right]] - ns[run[left]] > span; left++) if (isHalfOpen(bits[run[left]])) inWindow--;
    if (inWindow < least) continue;
    if (!current || left >= current.end) {
      current = { first: left, end: right + 1, peak: 0, strongest: right };
      episodes.push(current);
    }
    current.end = right + 1;
    if (inWindow > current.peak) {
      current.peak = inWindow;
      current.strongest = right;
    }
  }
  return episodes;
}

function tallyOf({ bits }: Connections, run: Uint32Array, { first, end, peak, strongest }: Episode): Tally {
  const part = run.subarray(first, end);
  let [completed, refused, answered, resent] = [0, 0, 0, 0];
  for (const connection of part) {
    const seen = bits[connection];
    if (seen & ConnectionBit.completed) completed++;
    else if (!isHalfOpen(seen)) refused++;
    else {
      if (seen & ConnectionBit.synAck) answered++;
      if (seen & ConnectionBit.resent) resent++;
    }
  }
  const members = part.filter((connection) => isHalfOpen(bits[connection]));
  return { members, completed, refused, answered, resent, peak, strongest: run[strongest] };
}

/** Several episodes of one port, in the order of time. */
function joinTallies(tallies: readonly Tally[]): Tally {
  const sum = (countOf: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + countOf(tally), 0);
  const members = new Uint32Array(sum((tally) => tally.members.length));
  let at = 0;
  for (const tally of tallies) {
    members.set(tally.members, at);
    at += tally.members.length;
  }
  const { peak, strongest } = tallies.reduce((highest, tally) => (tally.peak > highest.peak ? tally : highest));
  return {
    members,
    completed: sum(({ completed }) => completed),
    refused: sum(({ refused }) => refused),
    answered: sum(({ answered }) => answered),
    resent: sum(({ resent }) => resent),
    peak,
    strongest,
  };
}

function describe(context: DetectorContext, tally: Tally, minSyns: number, isUnanswered: boolean): RawFinding {
  const { columns, streams, coverage, thresholds } = context;
  const { connections } = streams;
  const { members, completed, refused, answered, resent, peak, strongest } = tally;
  const { windowSeconds } = thresholds;
  const target = endpointText(columns.addresses.valueOf(connections.responders[strongest]), connections.responderPortOf(strongest));
  const sources = distinctOf(members.map((each) => connections.originators[each])).length;
  const source = sources === 1 ? columns.addresses.valueOf(connections.originators[strongest]) : null;
  const seconds = (connections.ns[members[members.length - 1]] - connections.ns[members[0]]) / 1e9;
  const share = completed / (completed + members.length);

  const doubts = doubtsOf(coverage);
  const sentences = [...doubts.sentences];
  let steps = doubts.steps;
  if (isUnanswered) {
    sentences.push(
      l10n.t("The file holds hardly any answer to any SYN, as captures of one direction do: whether handshakes completed cannot be seen."),
    );
    const isFast = fastest(connections, members, minSyns) <= (windowSeconds * 1e9) / FAR_FASTER;
    if (members.length < FAR_BEYOND * minSyns && !isFast) steps++;
  }
  if (2 * completed > members.length) steps++;
  if (isTunnelled(columns, connections.row[strongest])) {
    sentences.push(l10n.t("These packets travelled in a tunnel; if the addresses are the tunnel's, many targets look like one."));
    steps += 2;
  }
  const base: Confidence = answered >= ANSWERED_SHARE * members.length ? "high" : "medium";
  const confidence = lowerBy(base, steps);
  const numbers = initialNumbers(context, members);
  return {
    key: target ?? "",
    kind: sources < MANY_SOURCES ? "few-sources" : "many-sources",
    severity: confidence === "low" ? "note" : members.length >= FAR_BEYOND * minSyns ? "error" : "warn",
    confidence,
    title: l10n.t(
      "{0} handshakes with {1} never completed: SYNs from {2} in {3}",
      ...[formatCount(members.length), target ?? "", source ?? sourcesText(sources), secondsText(seconds)],
    ),
    explanation: joinSentences(
      l10n.t(
        "{0} SYNs to this port began handshakes that never completed, up to {1} within {2} s; the threshold is {3}.",
        ...[members.length, peak, windowSeconds, minSyns].map(formatCount),
      ),
      l10n.t(
        "{0}, {1}; in the same time {2} and {3}.",
        answered === 1 ? l10n.t("1 was answered with SYN-ACK") : l10n.t("{0} were answered with SYN-ACK", formatCount(answered)),
        resent === 1 ? l10n.t("1 was sent again") : l10n.t("{0} were sent again", formatCount(resent)),
        completed === 1
          ? l10n.t("1 other handshake completed ({0})", percent(share))
          : l10n.t("{0} other handshakes completed ({1})", formatCount(completed), percent(share)),
        refused === 1 ? l10n.t("1 was refused") : l10n.t("{0} were refused", formatCount(refused)),
      ),
      numbers === undefined
        ? ""
        : numbers === 1
          ? l10n.t("They all carry the same initial number; a stack draws one anew for every connection.")
          : l10n.t("They carry {0} different initial numbers; a stack draws one anew for every connection.", formatCount(numbers)),
      ...sentences,
      l10n.t(
        "It may as well be an outage of the way back, health checks that never complete a handshake, or a capture without the rest of the conversations.",
      ),
    ),
    technique: sources < MANY_SOURCES ? "T1499.001" : "T1498.001",
    count: members.length,
    source,
    target,
    rows: rowsOf(columns, streams, members),
    strongest: connections.row[strongest],
  };
}

const percent = (share: number): string => `${String(Math.round(100 * share))} %`;

/** Shortest time in which so many of them came, ns. */
function fastest({ ns }: Connections, members: Uint32Array, count: number): number {
  let least = Infinity;
  for (let i = count - 1; i < members.length; i++) least = Math.min(least, ns[members[i]] - ns[members[i - count + 1]]);
  return least;
}

/** Different initial numbers of SYNs; undefined where the file has relative numbers only, which are all 0. */
function initialNumbers({ columns: { valid }, streams: { connections } }: DetectorContext, members: Uint32Array): number | undefined {
  let isRaw = false;
  for (const member of members) if (valid[connections.row[member]] & Valid.seqRaw || connections.seqOf(member) !== 0) isRaw = true;
  return isRaw ? distinctOf(members.map((each) => connections.seqOf(each))).length : undefined;
}
