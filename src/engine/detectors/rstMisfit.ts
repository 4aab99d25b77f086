/**
 * Question 6: RST that does not fit.
 *
 * A receiver takes a reset only if its number is the next one expected; inside the window it answers with a challenge ACK, outside it
 * ignores it (RFC 5961 3.2). So somebody who forges resets has to hit the number, tries many, or is seen to fail.
 *
 * Set when all of (one finding per stream; the first kind that applies names it, further signs raise severity and confidence)
 *  - `storm`: `minStorm` resets or more of one side with numbers that do not fit.
 *  - `data-after-reset`: the side in whose name the reset came goes on: it sends what lies above the reset's number, or anything `minTalk`
 *    or longer behind it. Zeek's `data_after_reset`, Suricata's `suspected_rst_inject`.
 *  - `out-of-window`: the number lies outside the receiver's window, or below all this side ever sent.
 *  - `off-sequence`: it lies above all that this side sent, and an earlier reset of the same side below it: behind a reset a side sends no
 *    data, so that its number cannot have grown.
 *  - `foreign-ttl`: its TTL is none of those that the side's other packets have, of which there are `minTtlPackets` or more. A note by
 *    itself.
 *  - `both-sides`: both sides reset within less than half the first round trip, and 1 ms: neither answers the other. A note by itself; a
 *    warning if one of them acknowledges bytes that nobody sent.
 * Kinds that 100 streams or more of one source and target show, or of one target, or of one source, are one finding.
 *
 * Supersedes: nothing. Resets in equal strides are patterns of question 3 too.
 *
 * Quiet when
 *  - the number is that of the ACK it answers, or lies between what the peer acknowledged and what was sent;
 *  - the side has sent nothing but resets with ACK: a closed port (raw number 0, shown as relative 1);
 *  - the number lies in the window above what the file holds and the side stays silent: an abort behind bytes the capture lost;
 *  - a SYN follows: the connection, or the attempt, is a new one;
 *  - the file is a sample: then a number counts as off only if the whole stream never comes near it.
 * A header of another length is no sign: stacks answer strays without options, and abort with them.
 *
 * Thresholds (unit, medium, source): see describeThresholds.
 *
 * Known innocent causes: see listInnocentCauses.
 */
import * as l10n from "@vscode/l10n";
import { sortByCapture } from "../captureOrder";
import { formatCount } from "../../shared/format";
import { CONFIDENCES, type Confidence, type Severity, type ThresholdDescription } from "../../shared/findings";
import { NO_TEXT, Valid, type PacketColumns } from "../columns";
import { rowEndpoint } from "../endpoints";
import { BATCH_PACKETS, UNKNOWN_WINDOW } from "../packetBatch";
import { seqAdd, seqDiff, seqGt, seqLeq } from "../seq";
import { SegmentLabel } from "../segmentLabels";
import { TcpFlag } from "../tcpFlags";
import { joinSentences, packetsText } from "./countTexts";
import { isSampled as isSampledCapture } from "./coverage";
import type { Detector, DetectorContext, RawFinding, Unjudged } from "./detector";
import { Fit, ResetFlow } from "./resetFlow";
import { findStreams, PAUSE_PACKETS, StreamPackets } from "./streamPackets";

const describeThresholds = (): readonly ThresholdDescription[] => [
  {
    name: "minStorm",
    unit: l10n.t("resets"),
    meaning: l10n.t("Resets of one side of a stream whose numbers do not fit, to be a storm"),
    values: { low: 10, medium: 5, high: 3 },
    source: l10n.t("a window-wide guess takes 2^32 / window packets (Watson 2004, Slipping in the Window); stacks send one or two"),
  },
  {
    name: "minTalk",
    unit: l10n.t("milliseconds"),
    meaning: l10n.t("How long behind its own reset a side has to speak, unless it sends what lies above the reset"),
    values: { low: 500, medium: 20, high: 3 },
    source: l10n.t("packets overtake each other within some ms (Wireshark: 3 ms, or the first round trip)"),
  },
  {
    name: "minTtlPackets",
    unit: l10n.t("packets"),
    meaning: l10n.t("Packets of the same side, none with the reset's TTL, before that TTL counts as foreign by itself"),
    values: { low: 10, medium: 3, high: 1 },
    source: l10n.t("a route that changes shows in other packets too (Weaver, Sommer, Paxson 2009)"),
  },
];

const listInnocentCauses = (): readonly string[] => [
  l10n.t("A firewall, intrusion prevention system or shaper of the operator that resets connections in the name of both sides."),
  l10n.t("A load balancer or NAT that answers for a host behind it: another TTL, and the host goes on."),
  l10n.t("The reset of an earlier connection between the same ports that comes late."),
  l10n.t("The capture lost the packets in front of the reset."),
  l10n.t("A device that sends resets with a TTL of its own."),
];

export const rstMisfit: Detector = {
  id: "rst-misfit",
  get title() {
    return l10n.t("RST that does not fit");
  },
  needs: [
    { anyOf: ["seq", "seqRaw", "info"], tshark: "-e tcp.seq" },
    { anyOf: ["len", "info"], tshark: "-e tcp.len" },
    { anyOf: ["ack", "info"], tshark: "-e tcp.ack" },
    { anyOf: ["flags", "info"], tshark: "-e tcp.flags" },
  ],
  get thresholds() {
    return describeThresholds();
  },
  get innocentCauses() {
    return listInnocentCauses();
  },
  async run(context) {
    const { columns, streams, coverage, fields, pause } = context;
    const places = await findStreams(streams, [{ values: columns.flags, mask: TcpFlag.rst }], columns.rows, pause);
    const walker = new Walker(context, places, isSampledCapture(coverage));
    const found: Misfit[] = [];
    const { starts } = streams.walk;
    let walked = 0;
    for (const place of places) {
      // A reset that refuses, or answers, is the last packet of two.
      if (starts[place + 1] - starts[place] >= MIN_PACKETS) {
        walked += walker.walk(place);
        const misfit = walker.judge();
        if (misfit) found.push(misfit);
      } else walked++;
      if (walked < PAUSE_PACKETS) continue;
      walked = 0;
      await pause();
    }
    const unjudged: Unjudged[] = [];
    if (places.length > 0 && isSampledCapture(coverage))
      unjudged.push({
        reason: l10n.t(
          "Packets are missing from this file: a reset's number counts as off only where the whole stream never comes near it.",
        ),
        tshark: "",
      });
    if (places.length > 0 && !fields.has("ttl"))
      unjudged.push({
        reason: l10n.t("The file has no TTLs: whether resets came from elsewhere cannot be judged."),
        tshark: "-e ip.ttl",
      });
    return { findings: tell(columns, found), unjudged };
  },
};

// ---------------------------------------------------------------------------------------------------
// Following

/** Streams of fewer packets hold nothing to compare a reset with. */
const MIN_PACKETS = 3;
/** Resets of both sides this close answer nobody, ns. */
const BOTH_NS = 1e6;
/** A side that sends so many packets behind its own reset goes on for sure, even if the reset may have overtaken each of them. */
const SURE_PACKETS = 3;
/** What a row needs: IP fragments, and TCP headers that ICMP quotes, have no length. */
const SEGMENT_BITS = Valid.seq | Valid.len;

/** A reset. */
interface Reset {
  readonly row: number;
  readonly direction: 0 | 1;
  readonly seq: number;
  readonly ttl: number;
  /** How it fits by what was known then, and how far above the next number it lies. */
  readonly fit: Fit;
  readonly offset: number;
  /** How far it lies above an earlier reset of its side, where it is also above all that the side sent; else 0. */
  readonly aboveEarlier: number;
  /** Its ACK is above all that the peer sent. */
  readonly ackUnseen: boolean;
}

/** Gravest first. */
type Kind = "storm" | "data-after-reset" | "out-of-window" | "off-sequence" | "foreign-ttl" | "both-sides";

/** A stream whose resets do not fit. */
interface Misfit {
  readonly kind: Kind;
  /** All that applies. */
  readonly signs: ReadonlySet<Kind>;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly stream: number;
  readonly rows: Uint32Array;
  readonly strongest: number;
  /** Sentences. */
  readonly details: string;
}

/** What one direction does behind its resets. */
class Talk {
  /** Resets of this side below this place were followed by packets of it. */
  credited = 0;
  /** Above this a segment is none that the reset overtook. */
  limit = 0;
  /** Row of the last reset. */
  lastRow = -1;
  hasReset = false;
  /** Packets behind, how many of them carry something new, and the first one's frame row. */
  packets = 0;
  fresh = 0;
  firstRow = -1;
  /** How long behind the reset it came, ns. */
  firstNs = NaN;

  reset(): void {
    this.credited = this.packets = this.fresh = 0;
    this.firstNs = NaN;
    this.lastRow = -1;
    this.hasReset = false;
    this.firstRow = -1;
  }
}

class Walker {
  readonly #context: DetectorContext;
  readonly #isSampled: boolean;
  readonly #packets: StreamPackets;
  readonly #flows = [new ResetFlow(), new ResetFlow()] as const;
  readonly #talks = [new Talk(), new Talk()] as const;
  readonly #resets: Reset[] = [];
  readonly #minTalkNs: number;
  #stream = 0;
  #isReused = false;
  /** Row of the last SYN, -1 before; and the first round trip as the tap sees it. */
  #synRow = -1;
  #rttNs = NaN;

  constructor(context: DetectorContext, places: Uint32Array, isSampled: boolean) {
    this.#context = context;
    this.#packets = new StreamPackets(context.columns, context.streams, places, context.fields.has("ttl"));
    this.#isSampled = isSampled;
    this.#minTalkNs = context.thresholds.minTalk * 1e6;
  }

  /** Follows the stream at a place of the walk; returns how many packets it has. */
  walk(place: number): number {
    const { labels, walk } = this.#context.streams;
    const { starts, rows, streams: numbers } = walk;
    this.#stream = numbers[place];
    for (const flow of this.#flows) flow.reset();
    for (const talk of this.#talks) talk.reset();
    this.#resets.length = 0;
    this.#synRow = -1;
    this.#rttNs = NaN;
    const start = starts[place];
    const end = starts[place + 1];
    this.#isReused = (labels[rows[start]] & SegmentLabel.reusedPorts) !== 0;
    for (let first = start; first < end; first += BATCH_PACKETS) {
      const count = Math.min(BATCH_PACKETS, end - first);
      this.#packets.load(first, count);
      this.#walkBatch(first, count);
    }
    return end - start;
  }

  #walkBatch(first: number, count: number): void {
    const { directions, rows } = this.#context.streams.walk;
    const { valid, flags } = this.#packets.batch;
    for (let i = 0; i < count; i++) {
      if ((valid[i] & SEGMENT_BITS) !== SEGMENT_BITS) continue;
      const direction = directions[first + i] === 0 ? 0 : 1;
      if (flags[i] & TcpFlag.rst) this.#takeReset(i, rows[first + i], direction);
      else this.#takeSegment(i, rows[first + i], direction);
    }
  }

  #takeSegment(i: number, row: number, direction: 0 | 1): void {
    const { ttl } = this.#packets;
    const { seq, ack, len, flags, window } = this.#packets.batch;
    const bits = flags[i];
    const own = this.#flows[direction];
    const end = seqAdd(seq[i], len[i] + (bits & TcpFlag.syn ? 1 : 0) + (bits & TcpFlag.fin ? 1 : 0));
    if (bits & TcpFlag.syn) {
      own.hasSyn = true;
      if ((bits & TcpFlag.ack) === 0) this.#beginAttempt(row);
    } else if (bits & TcpFlag.ack && this.#synRow >= 0 && Number.isNaN(this.#rttNs)) this.#rttNs = this.#packets.between(this.#synRow, row);
    if (this.#talks[direction].hasReset) this.#takeTalk(this.#talks[direction], row, seq[i], end);
    own.send(seq[i], end, ttl[i]);
    if (bits & TcpFlag.ack) this.#flows[direction === 0 ? 1 : 0].acknowledge(ack[i], window[i] === UNKNOWN_WINDOW ? 0 : window[i]);
  }

  /** A SYN begins anew: what follows does not go on behind the resets before it. */
  #beginAttempt(row: number): void {
    this.#synRow = row;
    for (const talk of this.#talks) {
      talk.hasReset = false;
    }
  }

  #takeTalk(talk: Talk, row: number, seq: number, end: number): void {
    const isFresh = end !== seq && seqGt(end, talk.limit);
    if (!isFresh && !(this.#packets.between(talk.lastRow, row) >= this.#minTalkNs)) return;
    if (talk.firstRow < 0) {
      talk.firstRow = row;
      talk.firstNs = this.#packets.between(talk.lastRow, row);
    }
    talk.packets++;
    if (isFresh) talk.fresh++;
    talk.credited = this.#resets.length;
  }

  #takeReset(i: number, row: number, direction: 0 | 1): void {
    const { ttl } = this.#packets;
    const { seq, ack, flags, valid } = this.#packets.batch;
    const own = this.#flows[direction];
    const peer = this.#flows[direction === 0 ? 1 : 0];
    const talk = this.#talks[direction];
    const number = seq[i];
    const hasAck = (flags[i] & TcpFlag.ack) !== 0;
    const { seqRaw } = this.#context.columns;
    // The answer to a segment without an ACK has the number 0 on the wire (RFC 9293 3.10.7.1).
    const isZero = hasAck && ((own.packets === 0 && !this.#isMidstream(own)) || ((valid[i] & Valid.seqRaw) !== 0 && seqRaw[row] === 0));
    const fit = isZero ? Fit.exact : own.fitOf(number, own.hasSyn && peer.hasSyn, !this.#isSampled);
    const last = talk.hasReset ? this.#lastOf(direction) : undefined;
    this.#resets.push({
      row,
      direction,
      seq: number,
      ttl: ttl[i],
      fit,
      offset: fit === Fit.unknown || isZero ? 0 : seqDiff(number, own.hasNext ? own.next : own.acked),
      aboveEarlier: fit >= Fit.inWindow && last && seqGt(number, own.highest) ? Math.max(0, seqDiff(number, last.seq)) : 0,
      ackUnseen: hasAck && peer.hasNext && seqGt(ack[i], peer.next),
    });
    this.#noteReset(talk, own, number, fit, row);
  }

  /** Its first packet answers an ACK, not a SYN: then numbers can be compared. */
  #isMidstream(own: ResetFlow): boolean {
    return own.hasAcked;
  }

  #lastOf(direction: number): Reset | undefined {
    for (let at = this.#resets.length - 1; at >= 0; at--) if (this.#resets[at].direction === direction) return this.#resets[at];
    return undefined;
  }

  #noteReset(talk: Talk, own: ResetFlow, seq: number, fit: Fit, row: number): void {
    // Bytes up to the reset's number may have been overtaken by it.
    const limit = fit === Fit.outside || fit === Fit.unknown || !own.hasNext || seqLeq(seq, own.next) ? own.next : seq;
    if (!talk.hasReset || seqGt(limit, talk.limit)) talk.limit = limit;
    if (!own.hasNext) talk.limit = seq;
    talk.hasReset = true;
    talk.lastRow = row;
  }

  /** What the stream's resets come to; undefined when they fit. */
  judge(): Misfit | undefined {
    const { minStorm, minTtlPackets } = this.#context.thresholds;
    const signs = new Set<Kind>();
    const rows: number[] = [];
    const offs = [0, 0];
    let strongest: Reset | undefined;
    let most = 0;
    const pair = this.#resetsOfBoth();
    // Beside another sign one packet is enough to compare TTLs with.
    const hasOther = this.#resets.some((reset, place) => this.#isMisfit(reset, place));
    for (let place = 0; place < this.#resets.length; place++) {
      const reset = this.#resets[place];
      const talk = this.#talks[reset.direction];
      const isTalked = place < talk.credited;
      const fit = this.#isSampled ? this.#fitInSample(reset) : reset.fit;
      const isOff = this.#isOff(reset, fit, isTalked);
      let weight = 0;
      if (isTalked) weight += 4;
      if (isOff) weight += fit === Fit.outside ? 3 : 2;
      const isForeign = this.#flows[reset.direction].isForeignTtl(reset.ttl, hasOther ? 1 : minTtlPackets);
      if (isForeign) weight += 2;
      if (pair.includes(place)) weight += 1;
      if (weight === 0) continue;
      if (isTalked) signs.add("data-after-reset");
      if (isOff) signs.add(fit === Fit.outside ? "out-of-window" : "off-sequence");
      if (isOff) offs[reset.direction]++;
      if (isForeign) signs.add("foreign-ttl");
      rows.push(reset.row);
      if (weight > most) {
        most = weight;
        strongest = reset;
      }
    }
    if (!strongest) return undefined;
    if (Math.max(...offs) >= minStorm) signs.add("storm");
    if (pair.length > 0) signs.add("both-sides");
    return this.#misfit(
      signs,
      rows,
      strongest,
      Math.max(...offs),
      pair.some((place) => this.#resets[place].ackUnseen),
    );
  }

  /** By its number, or by its sender. */
  #isMisfit(reset: Reset, place: number): boolean {
    const isTalked = place < this.#talks[reset.direction].credited;
    return isTalked || this.#isOff(reset, this.#isSampled ? this.#fitInSample(reset) : reset.fit, isTalked);
  }

  #isOff({ aboveEarlier }: Reset, fit: Fit, isTalked: boolean): boolean {
    return fit === Fit.outside || (fit === Fit.inWindow && (isTalked || (aboveEarlier > 0 && !this.#isSampled)));
  }

  /** Of a sample, the number counts by all that the stream ever reaches. */
  #fitInSample({ direction, seq, fit }: Reset): Fit {
    if (fit <= Fit.stale) return fit;
    const own = this.#flows[direction];
    return own.fitOf(seq, own.hasSyn && this.#flows[direction === 0 ? 1 : 0].hasSyn, false);
  }

  /** Places of the first resets of both sides, where they are too close to answer anything; else none. */
  #resetsOfBoth(): readonly number[] {
    const one = this.#resets.findIndex(({ direction }) => direction === 0);
    const other = this.#resets.findIndex(({ direction }) => direction === 1);
    if (one < 0 || other < 0) return [];
    const apart = Math.abs(this.#packets.between(this.#resets[one].row, this.#resets[other].row));
    return apart <= BOTH_NS && 2 * apart < this.#rttNs ? [one, other] : [];
  }

  #misfit(signs: ReadonlySet<Kind>, rows: readonly number[], strongest: Reset, offs: number, ackUnseen: boolean): Misfit {
    const talk = this.#talks[strongest.direction];
    const kind = (["storm", "data-after-reset", "out-of-window", "off-sequence", "foreign-ttl", "both-sides"] as const).find((each) =>
      signs.has(each),
    )!;
    return {
      kind,
      signs,
      ...this.#grade(signs, talk, ackUnseen),
      stream: this.#stream,
      rows: Uint32Array.from(rows),
      strongest: strongest.row,
      details: this.#details(signs, strongest, talk, offs, ackUnseen),
    };
  }

  #grade(signs: ReadonlySet<Kind>, talk: Talk, ackUnseen: boolean): { severity: Severity; confidence: Confidence } {
    const hasTalk = signs.has("data-after-reset");
    const hasTtl = signs.has("foreign-ttl");
    // A storm is made of numbers that are off: one sign. That a number in the window is off is told by who goes on.
    const isOff = signs.has("storm") || signs.has("out-of-window") || (signs.has("off-sequence") && !hasTalk);
    const strong = [hasTalk, hasTtl, isOff].filter(Boolean).length;
    const isNote = strong === 0 ? !ackUnseen : strong === 1 && hasTtl;
    let severity: Severity = isNote ? "note" : hasTalk && (hasTtl || signs.has("storm")) ? "error" : "warn";
    let confidence: Confidence =
      strong >= 2 || signs.has("storm") || (hasTalk && (talk.fresh > 0 || talk.packets >= SURE_PACKETS))
        ? "high"
        : isNote
          ? "low"
          : "medium";
    if (this.#isReused && strong < 2) {
      // It may be a late one of the connection before.
      severity = "note";
      confidence = "low";
    }
    if (this.#isSampled) confidence = CONFIDENCES[Math.max(0, CONFIDENCES.indexOf(confidence) - 1)];
    return { severity, confidence };
  }

  #details(
    signs: ReadonlySet<Kind>,
    { direction, seq, offset, ttl, fit, aboveEarlier }: Reset,
    talk: Talk,
    offs: number,
    ackUnseen: boolean,
  ): string {
    const { columns, thresholds } = this.#context;
    const own = this.#flows[direction];
    const parts: string[] = [];
    if (signs.has("storm"))
      parts.push(l10n.t("{0} resets of one side have numbers that do not fit ({1} make a storm).", formatCount(offs), thresholds.minStorm));
    if (signs.has("data-after-reset") && talk.firstRow >= 0) {
      const frame = columns.valid[talk.firstRow] & Valid.frame ? formatCount(columns.frame[talk.firstRow]) : undefined;
      parts.push(talkText(talk, frame), l10n.t("A side that resets a connection has forgotten it."));
    }
    if (fit >= Fit.inWindow) parts.push(offsetText(fit === Fit.outside, formatCount(seq), offset));
    if (aboveEarlier > 0)
      parts.push(l10n.t("It lies {0} above an earlier reset of the same side, behind which nothing was sent.", formatCount(aboveEarlier)));
    if (signs.has("foreign-ttl"))
      parts.push(
        own.ttlText === ""
          ? l10n.t("The TTL is {0}; other packets of that side have none: the reset came from elsewhere.", ttl)
          : l10n.t("The TTL is {0}; other packets of that side have {1}: the reset came from elsewhere.", ttl, own.ttlText),
      );
    if (signs.has("both-sides"))
      parts.push(
        ackUnseen
          ? l10n.t(
              "Both sides reset within less than half the first round trip: neither can have heard the other, and one acknowledges bytes that nobody sent.",
            )
          : l10n.t("Both sides reset within less than half the first round trip: neither can have heard the other."),
      );
    if (this.#isReused) parts.push(l10n.t("The ports were used before: it may be a late reset of that connection."));
    return parts.join(" ");
  }
}

// ---------------------------------------------------------------------------------------------------
// Telling

/** Streams of one source and target, of one target, or of one source, that are told together. */
const MIN_TOGETHER = 100;
/** Streams that are told one by one; more of a kind are one finding, whoever sent them. */
const MAX_ONE_BY_ONE = 1000;

/** `frame`: that of the first packet behind the reset, where the file has its number. */
function talkText({ packets, fresh, firstNs }: Talk, frame: string | undefined): string {
  const what =
    packets > 1
      ? l10n.t("{0}, {1} of them with new data", packetsText(packets), formatCount(fresh))
      : fresh > 0
        ? l10n.t("1 packet, with new data")
        : l10n.t("1 packet, without new data");
  const later = Number.isNaN(firstNs) ? undefined : (firstNs / 1e6).toFixed(1);
  if (frame === undefined)
    return later === undefined
      ? l10n.t("The side in whose name the reset came goes on: {0}.", what)
      : l10n.t("The side in whose name the reset came goes on, {0} ms later: {1}.", later, what);
  return later === undefined
    ? l10n.t("The side in whose name the reset came goes on in frame {0}: {1}.", frame, what)
    : l10n.t("The side in whose name the reset came goes on in frame {0}, {1} ms later: {2}.", frame, later, what);
}

/** How far a reset's number lies off, and what the receiver does with it. */
function offsetText(isOutside: boolean, seq: string, offset: number): string {
  const distance = formatCount(Math.abs(offset));
  if (isOutside)
    return offset < 0
      ? l10n.t("The number {0} lies {1} below the next one expected, outside the receiver's window, so it is ignored.", seq, distance)
      : l10n.t("The number {0} lies {1} above the next one expected, outside the receiver's window, so it is ignored.", seq, distance);
  return offset < 0
    ? l10n.t("The number {0} lies {1} below the next one expected, in the window, so the receiver asks back (RFC 5961).", seq, distance)
    : l10n.t("The number {0} lies {1} above the next one expected, in the window, so the receiver asks back (RFC 5961).", seq, distance);
}

/** `whose`: how many resets, from whom, to whom. */
function kindTitle(kind: Kind, whose: string): string {
  switch (kind) {
    case "storm":
      return l10n.t("{0} whose numbers walk a range", whose);
    case "data-after-reset":
      return l10n.t("{0} whose sender goes on", whose);
    case "out-of-window":
      return l10n.t("{0} outside the receiver's window", whose);
    case "off-sequence":
      return l10n.t("{0} above all that was sent", whose);
    case "foreign-ttl":
      return l10n.t("{0} with a TTL that no other packet has", whose);
    case "both-sides":
      return l10n.t("{0} of both sides at once", whose);
  }
}

const innocentText = (): string =>
  l10n.t(
    "A firewall or shaper of the operator, a load balancer, or a late reset of an earlier connection between the same ports looks alike.",
  );

function tell(columns: PacketColumns, found: readonly Misfit[]): RawFinding[] {
  const findings: RawFinding[] = [];
  let rest = found;
  for (const ends of [["src", "dst"], ["dst"], ["src"], []] as const) {
    // Scattered over sources and targets: told one by one while somebody could read them.
    if (ends.length === 0 && rest.length <= MAX_ONE_BY_ONE) break;
    const groups = new Map<string, Misfit[]>();
    for (const misfit of rest) {
      const codes = ends.map((end) => columns[end][misfit.strongest]);
      if (codes.includes(NO_TEXT)) continue;
      const key = `${misfit.kind} ${codes.join(" ")}`;
      const group = groups.get(key);
      if (group) group.push(misfit);
      else groups.set(key, [misfit]);
    }
    const told = new Set<Misfit>();
    for (const group of groups.values()) {
      if (group.length < MIN_TOGETHER) continue;
      findings.push(describeGroup(columns, group, ends));
      for (const misfit of group) told.add(misfit);
    }
    if (told.size > 0) rest = rest.filter((misfit) => !told.has(misfit));
  }
  for (const misfit of rest) findings.push(describeStream(columns, misfit));
  return findings;
}

/** `2 resets from 10.0.0.5:80 to 10.0.0.9:1234`; null: many, and then of many resets. */
function whoseText(count: number, source: string | null, target: string | null): string {
  const resets = formatCount(count);
  if (source !== null && target !== null)
    return count === 1 ? l10n.t("1 reset from {0} to {1}", source, target) : l10n.t("{0} resets from {1} to {2}", resets, source, target);
  if (source !== null) return l10n.t("{0} resets from {1}", resets, source);
  return target === null ? l10n.t("{0} resets", resets) : l10n.t("{0} resets to {1}", resets, target);
}

/** Signs other than the kind, for a title. */
function alsoText(sign: Kind): string {
  switch (sign) {
    case "data-after-reset":
      return l10n.t("sender goes on");
    case "out-of-window":
      return l10n.t("outside the window");
    case "off-sequence":
      return l10n.t("off the expected number");
    case "foreign-ttl":
      return l10n.t("foreign TTL");
    default:
      return "";
  }
}

function describeStream(columns: PacketColumns, misfit: Misfit): RawFinding {
  const { kind, signs, severity, confidence, stream, rows, strongest, details } = misfit;
  const source = rowEndpoint(columns, strongest, "src");
  const target = rowEndpoint(columns, strongest, "dst");
  const title = kindTitle(kind, whoseText(rows.length, source ?? "?", target ?? "?"));
  const also = [...signs]
    .filter((sign) => sign !== kind)
    .map(alsoText)
    .filter((text) => text !== "");
  return {
    key: String(stream),
    kind,
    severity,
    confidence,
    title: also.length === 0 ? title : l10n.t("{0} ({1})", title, also.join(", ")),
    explanation: joinSentences(details, l10n.t("Somebody else may have sent it."), innocentText()),
    technique: "T1499",
    count: rows.length,
    source,
    target,
    rows,
    strongest,
  };
}

function describeGroup(columns: PacketColumns, group: readonly Misfit[], ends: readonly ("src" | "dst")[]): RawFinding {
  const gravest = group.reduce((a, b) => (CONFIDENCES.indexOf(b.confidence) > CONFIDENCES.indexOf(a.confidence) ? b : a));
  const { kind, severity, confidence, strongest, details } = gravest;
  const address = (end: "src" | "dst"): string | null => (ends.includes(end) ? columns.addresses.valueOf(columns[end][strongest]) : null);
  const source = address("src");
  const target = address("dst");
  const rows = new Uint32Array(group.reduce((sum, each) => sum + each.rows.length, 0));
  let at = 0;
  for (const each of group) {
    rows.set(each.rows, at);
    at += each.rows.length;
  }
  return {
    key: `${source ?? "*"}/${target ?? "*"}`,
    kind,
    severity,
    confidence,
    title: l10n.t("{0}, in {1} streams", kindTitle(kind, whoseText(rows.length, source, target)), formatCount(group.length)),
    explanation: joinSentences(
      l10n.t("{0} streams show the same.", formatCount(group.length)),
      l10n.t("In the clearest one: {0}", details),
      l10n.t("Somebody else may have sent them."),
      innocentText(),
    ),
    technique: "T1499",
    count: rows.length,
    source,
    target,
    rows: sortByCapture(columns, rows),
    strongest,
  };
}
