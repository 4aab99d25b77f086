/**
 * Attempts to connect, as scans and floods count them: what became of each, lists of them in the order of time and in groups, and how
 * sure a finding about missing answers can be.
 */
import * as l10n from "@vscode/l10n";
import { CONFIDENCES, type Confidence, type CaptureCoverage } from "../../shared/findings";
import { formatCount } from "../../shared/format";
import { sortByCapture } from "../captureOrder";
import { NO_TEXT, type PacketColumns } from "../columns";
import { ConnectionBit, ConnectionKind, type Connections } from "../connections";
import type { FollowedStreams } from "../followStreams";
import { radixSort, type Lists } from "../rowGroups";
import { isOneSided, isSampled, SAMPLED_SHARE } from "./coverage";
import type { DetectorContext, Need, Unjudged } from "./detector";

/** What became of an attempt. */
export const Outcome = {
  /** Something that is none, or that cannot be told. */
  none: 0,
  /** No answer in the file. */
  silent: 1,
  /** Answered with a reset. */
  refused: 2,
  /** Answered with SYN-ACK, and nothing came of it: the handshake may be complete, but no payload followed. */
  opened: 3,
  /** A connection that carried payload. */
  used: 4,
} as const;

/** Columns that attempts are read from. */
export const ATTEMPT_NEEDS: readonly Need[] = [
  { anyOf: ["flags", "info"], tshark: "-e tcp.flags" },
  { anyOf: ["ack", "info"], tshark: "-e tcp.ack" },
  { anyOf: ["srcV4", "srcV6"], tshark: "-e ip.src -e ipv6.src" },
  { anyOf: ["dstV4", "dstV6"], tshark: "-e ip.dst -e ipv6.dst" },
  { anyOf: ["srcPort", "info"], tshark: "-e tcp.srcport" },
  { anyOf: ["dstPort", "info"], tshark: "-e tcp.dstport" },
  { anyOf: ["time", "timeUtc", "timeEpoch", "timeRelative", "displayTime"], tshark: "-e frame.time_epoch" },
];

/** Below this share of its frames, a connection of a few packets is as likely as not to show its SYN alone: silence says nothing. */
const SILENCE_SHARE = 0.25;

/** Whether a missing answer says anything in this file. */
export const canJudgeSilence = ({ share }: CaptureCoverage): boolean => share === null || share >= SILENCE_SHARE;

/** However small the part of a capture, fewer attempts than these say nothing. */
const LEAST_ATTEMPTS = 5;

/** A threshold of attempts, for a file that holds a part of its capture: the same part of it, rounded up. */
export function leastIn({ share }: CaptureCoverage, least: number): number {
  return share === null || share >= SAMPLED_SHARE ? least : Math.min(least, Math.max(LEAST_ATTEMPTS, Math.ceil(share * least)));
}

/** What became of a connection, as an attempt. */
export function outcomeOf({ kind, bits, originatorBytes, responderBytes }: Connections, connection: number): number {
  const seen = bits[connection];
  switch (kind[connection]) {
    case ConnectionKind.other:
      return Outcome.none;
    case ConnectionKind.syn:
      if (seen & ConnectionBit.completed && originatorBytes[connection] + responderBytes[connection] > 0) return Outcome.used;
      if (seen & (ConnectionBit.completed | ConnectionBit.synAck)) return Outcome.opened;
      break;
    case ConnectionKind.ack:
    case ConnectionKind.maimon:
      // Without an answer these are what is left of any connection that was under way when the capture began.
      return seen & ConnectionBit.resetByResponder ? Outcome.refused : Outcome.none;
  }
  if (seen & ConnectionBit.resetByResponder) return Outcome.refused;
  return seen & ConnectionBit.answered ? Outcome.none : Outcome.silent;
}

/** A list, ascending by a number of 32 bits; equal ones keep their order. The list itself where it is in order. */
export function sortBy(list: Uint32Array, keyOf: (connection: number) => number): Uint32Array {
  const keys = new Uint32Array(list.length);
  let isInOrder = true;
  for (let i = 0; i < list.length; i++) {
    keys[i] = keyOf(list[i]);
    if (i > 0 && keys[i] < keys[i - 1]) isInOrder = false;
  }
  if (isInOrder) return list;
  const lists: Lists = [keys, list.slice(), new Uint32Array(list.length), new Uint32Array(list.length)];
  return radixSort(lists, list.length).rows;
}

/** Connections in the order of their first packets. All need a time. */
export function sortByTime({ ns }: Connections, list: Uint32Array): Uint32Array {
  let isInOrder = true;
  for (let i = 1; i < list.length && isInOrder; i++) isInOrder = ns[list[i]] >= ns[list[i - 1]];
  return isInOrder ? list : list.slice().sort((a, b) => ns[a] - ns[b]);
}

/** The different numbers of a list, ascending. */
export function distinctOf(list: Uint32Array): Uint32Array {
  const sorted = list.slice().sort();
  let count = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[count - 1]) sorted[count++] = sorted[i];
  return sorted.subarray(0, count);
}

/** Calls `visit` with every run of list[first, end) in which neither number changes. */
export function forRuns(
  list: Uint32Array,
  keyOf: (connection: number) => number,
  otherKeyOf: (connection: number) => number,
  visit: (first: number, end: number) => void,
): void {
  for (let first = 0; first < list.length;) {
    const key = keyOf(list[first]);
    const other = otherKeyOf(list[first]);
    let end = first + 1;
    while (end < list.length && keyOf(list[end]) === key && otherKeyOf(list[end]) === other) end++;
    visit(first, end);
    first = end;
  }
}

/** All rows of some connections in the order of capture. */
export function rowsOf(columns: PacketColumns, { walk }: FollowedStreams, connections: Uint32Array): Uint32Array {
  const { starts, rows } = walk;
  let total = 0;
  for (const connection of connections) total += starts[connection + 1] - starts[connection];
  const list = new Uint32Array(total);
  let at = 0;
  for (const connection of connections) {
    walk.list(connection);
    for (let place = starts[connection]; place < starts[connection + 1]; place++) list[at++] = rows[place];
  }
  return sortByCapture(columns, list);
}

/**
 * Whether a packet travelled inside another: its protocols name IP twice. Exports of first occurrences then give the addresses of the
 * tunnel beside the ports of what is inside, so that many hosts look like one.
 */
export function isTunnelled({ protocols, protocolNames }: PacketColumns, row: number): boolean {
  const layers = protocolNames.valueOf(protocols[row]).split(":");
  return layers.filter((layer) => layer === "ip" || layer === "ipv6").length > 1;
}

/** So many grades less sure. */
export const lowerBy = (confidence: Confidence, steps: number): Confidence =>
  CONFIDENCES[Math.max(0, CONFIDENCES.indexOf(confidence) - steps)];

/** Whether the file shows hardly any conversation: as from one side, or from a filter that lets only SYNs through. */
export function hasNoAnswers({ connections }: FollowedStreams): boolean {
  const { count, bits } = connections;
  let attempts = 0;
  let answered = 0;
  for (let i = 0; i < count; i++) {
    if ((bits[i] & ConnectionBit.syn) === 0) continue;
    attempts++;
    if ((bits[i] & (ConnectionBit.answered | ConnectionBit.completed)) !== 0) answered++;
  }
  return attempts > 0 && answered < 0.02 * attempts;
}

/** What the coverage takes from every finding about missing answers: steps of confidence, and sentences that say why. */
export function doubtsOf(coverage: CaptureCoverage): { steps: number; sentences: string[] } {
  const sentences: string[] = [];
  if (isSampled(coverage)) sentences.push(l10n.t("Packets are missing from the file, so some answers may be too."));
  if (isOneSided(coverage))
    sentences.push(l10n.t("Most streams of the file hold one side only, so answers may just not have been captured."));
  return { steps: sentences.length, sentences };
}

/** Parts that attempts cannot be judged for; `what` begins a sentence. */
export function unjudgedOf({ coverage, streams: { connections }, fields }: DetectorContext): Unjudged[] {
  const unjudged: Unjudged[] = [];
  if (!canJudgeSilence(coverage))
    unjudged.push({
      reason: l10n.t("The file holds less than a quarter of the frames of its capture: that an answer is missing says nothing."),
      tshark: "",
    });
  let unknown = 0;
  for (let i = 0; i < connections.count; i++) {
    if (connections.kind[i] !== ConnectionKind.syn) continue;
    if (connections.originators[i] === NO_TEXT || connections.responders[i] === NO_TEXT) unknown++;
  }
  if (unknown > 0) {
    const hasV6 = fields.has("srcV6") && fields.has("dstV6");
    unjudged.push({
      reason:
        unknown === 1
          ? l10n.t("1 connection attempt has no addresses and is left out.")
          : l10n.t("{0} connection attempts have no addresses and are left out.", formatCount(unknown)),
      tshark: hasV6 ? "" : "-e ipv6.src -e ipv6.dst",
    });
  }
  return unjudged;
}

/** Seconds in words that fit their size: `0.002 s`, `63 s`, `1.5 h`. */
export function secondsText(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(3)} s`;
  if (seconds < 600) return `${String(Math.round(seconds))} s`;
  return seconds < 7200 ? `${String(Math.round(seconds / 60))} min` : `${(seconds / 3600).toFixed(1)} h`;
}
