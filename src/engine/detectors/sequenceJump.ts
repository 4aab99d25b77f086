/**
 * Question 1: large, unexplained jumps.
 *
 * A forward gap is opened by a segment that begins above the highest number its side has reached. Its bytes are explained when they are
 *  - sent again later (`retransmission`), or so soon that the segments only changed places (`reordering`): as the labels say;
 *  - acknowledged by the peer although no packet holds them (`capture-loss`): the capture lost them, not the network.
 *
 * Set when all of (one finding per stream, of the first kind that applies)
 *  - `beyond-window`: bytes of the gap are never filled nor acknowledged, and the segment behind it ends `minWindows` windows or more above
 *    what the receiver has acknowledged; both SYNs are in the file, so that windows are scaled; the jump is `minJump` bytes or more.
 *  - `unexplained`: bytes are never filled nor acknowledged, although the peer goes on acknowledging other things for `minWait` or
 *    longer; a warning if the jump is `minJump` bytes or more, else a note.
 *  - `capture-loss`, `retransmission`, `reordering`: all gaps are explained, most bytes by this.
 *  - `unfinished`: what is open was so when the stream, or the capture, ended.
 * Those 100 streams with the largest jumps get a finding each; all others whose gaps are explained share one (`others`).
 *
 * Supersedes: nothing. A stream of question 2 that shows other bytes ahead of the flow may be told here too.
 *
 * Quiet when
 *  - the file is a sample (coverage.ts): then nothing is judged, and an `unjudged` entry says so once;
 *  - the peer is not in the file, which could acknowledge: then only gaps that are filled are explained;
 *  - two SYNs of a side have different numbers: several connections in one stream;
 *  - a side is seen for the first time: whatever its number, that is no jump. A reset opens no gap: question 6 judges those.
 * A warning becomes a note where the capture is known to have lost packets of the same stream.
 *
 * Thresholds (unit, medium, source): see describeThresholds.
 *
 * Known innocent causes: see listInnocentCauses.
 */
import * as l10n from "@vscode/l10n";
import { formatCount, formatShare } from "../../shared/format";
import type { Confidence, Severity, ThresholdDescription } from "../../shared/findings";
import { Valid, type PacketColumns } from "../columns";
import { rowEndpoint } from "../endpoints";
import { BATCH_PACKETS } from "../packetBatch";
import { seqAdd, seqDiff, seqGt } from "../seq";
import { SegmentLabel } from "../segmentLabels";
import { TcpFlag } from "../tcpFlags";
import { bytesText, joinSentences } from "./countTexts";
import { isSampled } from "./coverage";
import type { Detector, DetectorContext, RawFinding, Unjudged } from "./detector";
import { Cause, endOf, JumpFlow, type Gap } from "./jumpFlow";
import { findStreams, PAUSE_PACKETS, StreamPackets } from "./streamPackets";

const describeThresholds = (): readonly ThresholdDescription[] => [
  {
    name: "minJump",
    unit: l10n.t("bytes"),
    meaning: l10n.t("How far a segment lies above the number expected before an unexplained gap is a warning"),
    values: { low: 65_535, medium: 14_600, high: 1_460 },
    source: l10n.t(
      "ten full segments, the most that is sent without an answer at first (RFC 6928); low: the largest window without scaling",
    ),
  },
  {
    name: "minWait",
    unit: l10n.t("seconds"),
    meaning: l10n.t("How long the peer is heard behind a gap that nobody fills"),
    values: { low: 3, medium: 1, high: 0.2 },
    source: l10n.t("a lost segment is sent again after 1 s at most at first (RFC 6298 2.4); 3 s is its older value, 0.2 s Linux's"),
  },
  {
    name: "minWindows",
    unit: l10n.t("windows"),
    meaning: l10n.t("How many of the receiver's largest windows above its last ACK a segment has to end to be beyond them"),
    values: { low: 4, medium: 2, high: 1 },
    source: l10n.t("RFC 9293 3.10.7.4 allows one; the second leaves room for ACKs that the tap saw late"),
  },
];

const listInnocentCauses = (): readonly string[] => [
  l10n.t("The tap or the network card lost packets, also ACKs that would cover the gap."),
  l10n.t("Packets of one connection took several ways, and the tap is on one of them."),
  l10n.t("The sender gave the connection up, or moved on, before it sent the lost bytes again."),
  l10n.t("A proxy or firewall that answers for one side changes its sequence numbers half way."),
];

/** Streams with a finding of their own whose gaps are all explained. */
const MAX_EXPLAINED = 100;

/** Gravest first. */
type Kind = "beyond-window" | "unexplained" | "capture-loss" | "unfinished" | "retransmission" | "reordering";

export const sequenceJump: Detector = {
  id: "sequence-jump",
  get title() {
    return l10n.t("Large, unexplained jumps");
  },
  needs: [
    { anyOf: ["seq", "seqRaw", "info"], tshark: "-e tcp.seq" },
    { anyOf: ["len", "info"], tshark: "-e tcp.len" },
    { anyOf: ["ack", "info"], tshark: "-e tcp.ack" },
  ],
  get thresholds() {
    return describeThresholds();
  },
  get innocentCauses() {
    return listInnocentCauses();
  },
  async run(context) {
    const { columns, streams, coverage, thresholds, pause } = context;
    const { starts } = streams.walk;
    if (isSampled(coverage)) return { findings: [], unjudged: [{ reason: sampledReason(coverage), tshark: "" }] };
    const wanted = [
      { values: streams.labels, mask: SegmentLabel.lostSegment },
      // Labels take a reset's number for the highest, whoever sent it, and see no gap below that.
      { values: columns.flags, mask: TcpFlag.rst },
    ];
    const places = (await findStreams(streams, wanted, columns.rows, pause)).filter(
      (place) => starts[place + 1] - starts[place] >= MIN_PACKETS,
    );
    const walker = new Walker(context, places);
    const top = new LargestJumps(MAX_EXPLAINED);
    const findings: RawFinding[] = [];
    let walked = 0;
    let deaf = 0;
    for (const place of places) {
      walked += walker.walk(place);
      const judged = walker.judge(thresholds);
      if (judged?.kind === "beyond-window" || judged?.kind === "unexplained") findings.push(describe(columns, judged, thresholds));
      else if (judged) top.add(judged);
      if (walker.isDeaf) deaf++;
      if (walked < PAUSE_PACKETS) continue;
      walked = 0;
      await pause();
    }
    findings.sort((a, b) => b.count - a.count);
    for (const judged of top.largest()) findings.push(describe(columns, judged, thresholds));
    const others = top.describeOthers();
    if (others) findings.push(others);
    const unjudged: Unjudged[] =
      deaf === 0
        ? []
        : [
            {
              reason:
                deaf === 1
                  ? l10n.t("In 1 stream gaps stay open whose receiver is not in the file: whether it got the bytes cannot be judged.")
                  : l10n.t(
                      "In {0} streams gaps stay open whose receiver is not in the file: whether it got the bytes cannot be judged.",
                      formatCount(deaf),
                    ),
              tshark: "",
            },
          ];
    return { findings, unjudged };
  },
};

function sampledReason({ share, unseenAcks }: DetectorContext["coverage"]): string {
  if (share !== null && share < 0.95)
    return l10n.t("This file holds {0} of the frames of its capture: gaps in sequence numbers cannot be judged.", formatShare(share));
  return l10n.t(
    "{0} of the acknowledgements cover bytes that are not in the file: gaps in sequence numbers cannot be judged.",
    formatShare(unseenAcks),
  );
}

// ---------------------------------------------------------------------------------------------------
// Following

/** A stream with gaps. */
interface Judged {
  readonly stream: number;
  readonly kind: Kind;
  /** The unexplained gaps if there are any, else all; and the largest of them. */
  readonly worst: Gap;
  readonly gaps: readonly Gap[];
  /** All gaps of the stream, their bytes, and their bytes by Cause. */
  readonly total: number;
  readonly bytes: readonly [number, number, number, number];
  /** Segments behind gaps, and such that fill them, in the order of capture. */
  readonly rows: Uint32Array;
  /** The capture is known to have lost packets of this stream. */
  readonly isLossy: boolean;
  /** How long the peer was heard behind the worst gap, seconds; NaN if that is not known. */
  readonly heard: number;
}

/** Two packets make a gap, and a third one shows what became of it. */
const MIN_PACKETS = 3;
/** What a row needs: IP fragments, and TCP headers that ICMP quotes, have no length. */
const SEGMENT_BITS = Valid.seq | Valid.len;

class Walker {
  /** The last stream holds open gaps, and no ACK of the peer at all. */
  isDeaf = false;
  readonly #context: DetectorContext;
  readonly #packets: StreamPackets;
  readonly #flows = [new JumpFlow(0), new JumpFlow(1)] as const;
  readonly #gaps: Gap[] = [];
  readonly #rows: number[] = [];
  readonly #minWindows: number;
  #stream = 0;
  #isMerged = false;

  constructor(context: DetectorContext, places: Uint32Array) {
    this.#context = context;
    this.#packets = new StreamPackets(context.columns, context.streams, places, false);
    this.#minWindows = context.thresholds.minWindows;
  }

  /** Follows the stream at a place of the walk; returns how many packets it has. */
  walk(place: number): number {
    const { starts, streams: numbers } = this.#context.streams.walk;
    this.#stream = numbers[place];
    this.#flows[0].reset();
    this.#flows[1].reset();
    this.#gaps.length = this.#rows.length = 0;
    this.#isMerged = false;
    const end = starts[place + 1];
    for (let first = starts[place]; first < end && !this.#isMerged; first += BATCH_PACKETS) {
      const count = Math.min(BATCH_PACKETS, end - first);
      this.#packets.load(first, count);
      this.#walkBatch(first, count);
    }
    this.#flows[0].finish();
    this.#flows[1].finish();
    return end - starts[place];
  }

  #walkBatch(first: number, count: number): void {
    const { directions, rows } = this.#context.streams.walk;
    const { valid } = this.#packets.batch;
    for (let i = 0; i < count && !this.#isMerged; i++) {
      if ((valid[i] & SEGMENT_BITS) === SEGMENT_BITS) this.#take(i, rows[first + i], directions[first + i]);
    }
  }

  #take(i: number, row: number, direction: number): void {
    const { seq, ack, len, flags } = this.#packets.batch;
    const bits = flags[i];
    if (bits & TcpFlag.rst) return;
    const own = this.#flows[direction];
    const peer = this.#flows[1 - direction];
    if (bits & TcpFlag.syn && !this.#begin(own, seq[i])) return;
    if (bits & TcpFlag.ack) this.#acknowledge(own, peer, i, row, ack[i]);
    const end = endOf(seq[i], len[i], (bits & TcpFlag.syn ? 1 : 0) + (bits & TcpFlag.fin ? 1 : 0));
    this.#segment(own, peer, row, seq[i], end);
  }

  /** False when the stream holds several connections at once. */
  #begin(own: JumpFlow, seq: number): boolean {
    if ((own.hasBase && own.base !== seq) || (!own.hasBase && own.hasNext)) this.#isMerged = true;
    own.hasBase = own.hasSyn = true;
    own.base = seq;
    return !this.#isMerged;
  }

  #acknowledge(own: JumpFlow, peer: JumpFlow, i: number, row: number, ack: number): void {
    const { valid, window } = this.#packets.batch;
    peer.acknowledge(ack);
    own.lastAckRow = row;
    if (valid[i] & Valid.window) peer.allow(seqAdd(ack, window[i]), window[i]);
  }

  #segment(own: JumpFlow, peer: JumpFlow, row: number, seq: number, end: number): void {
    if (!own.hasNext) {
      own.hasNext = true;
      own.next = end;
    } else if (seqGt(seq, own.next)) {
      this.#gaps.push(own.open(seq, end, row, this.#isBeyond(own, peer, end)));
      this.#rows.push(row);
    } else {
      if (end !== seq && own.hasOpen && seq !== own.next) this.#fill(own, seq, end, row);
      if (seqGt(end, own.next)) own.next = end;
    }
  }

  #fill(own: JumpFlow, seq: number, end: number, row: number): void {
    own.fill(seq, end, (this.#context.streams.labels[row] & SegmentLabel.outOfOrder) !== 0);
    this.#rows.push(row);
  }

  #isBeyond(own: JumpFlow, peer: JumpFlow, end: number): boolean {
    if (!own.hasEdge || !own.hasSyn || !peer.hasSyn) return false;
    return seqDiff(end, own.edge) > (this.#minWindows - 1) * own.largestWindow;
  }

  /** What the stream's gaps come to; undefined without any. */
  judge({ minJump, minWait }: Readonly<Record<string, number>>): Judged | undefined {
    this.isDeaf = false;
    if (this.#isMerged || this.#gaps.length === 0) return undefined;
    const bytes: [number, number, number, number] = [0, 0, 0, 0];
    for (const gap of this.#gaps) for (let cause = 0; cause < 4; cause++) bytes[cause] += gap.bytes[cause];
    const byKind = new Map<Kind, Gap[]>();
    for (const gap of this.#gaps) {
      const kind = this.#kindOf(gap, minJump, minWait * 1e9);
      const gaps = byKind.get(kind);
      if (gaps) gaps.push(gap);
      else byKind.set(kind, [gap]);
    }
    const kind = this.#gravest(byKind, bytes);
    const unexplained = new Set([...(byKind.get("beyond-window") ?? []), ...(byKind.get("unexplained") ?? [])]);
    const gaps = unexplained.size > 0 ? this.#gaps.filter((gap) => unexplained.has(gap)) : this.#gaps;
    const worst = gaps.reduce((a, b) => (b.jump > a.jump ? b : a));
    return {
      stream: this.#stream,
      kind,
      worst,
      gaps,
      total: this.#gaps.length,
      bytes,
      rows: Uint32Array.from(isUnexplained(kind) ? gaps.map(({ row }) => row) : this.#rows),
      isLossy: bytes[Cause.unseen] > 0,
      heard: this.#heardBehind(worst) / 1e9,
    };
  }

  /** How long the peer acknowledged things behind a gap, ns; NaN where it did not, or without times. */
  #heardBehind({ direction, row }: Gap): number {
    const { lastAckRow } = this.#flows[1 - direction];
    const heard = lastAckRow < 0 ? NaN : this.#packets.between(row, lastAckRow);
    return heard >= 0 ? heard : NaN;
  }

  #kindOf(gap: Gap, minJump: number, minWaitNs: number): Kind {
    const { jump, isBeyond, bytes } = gap;
    if (bytes[Cause.left] > 0) {
      if (isBeyond && jump >= minJump) return "beyond-window";
      const heard = this.#heardBehind(gap);
      if (heard >= minWaitNs) return "unexplained";
      if (this.#flows[1 - gap.direction].lastAckRow < 0) this.isDeaf = true;
      return "unfinished";
    }
    if (bytes[Cause.unseen] >= Math.max(bytes[Cause.resent], bytes[Cause.reordered])) return "capture-loss";
    return bytes[Cause.resent] >= bytes[Cause.reordered] ? "retransmission" : "reordering";
  }

  /** Of explained gaps, the cause that explains most bytes. */
  #gravest(byKind: ReadonlyMap<Kind, readonly Gap[]>, bytes: readonly number[]): Kind {
    if (byKind.has("beyond-window")) return "beyond-window";
    if (byKind.has("unexplained")) return "unexplained";
    if (bytes[Cause.unseen] > 0 && byKind.has("capture-loss")) return "capture-loss";
    if (byKind.has("unfinished")) return "unfinished";
    return bytes[Cause.resent] >= bytes[Cause.reordered] ? "retransmission" : "reordering";
  }
}

const isUnexplained = (kind: Kind): boolean => kind === "beyond-window" || kind === "unexplained";

// ---------------------------------------------------------------------------------------------------
// Telling

/** Explained streams: the largest jumps one by one, the others together. */
class LargestJumps {
  readonly #most: number;
  readonly #kept: Judged[] = [];
  #others = 0;
  #gaps = 0;
  readonly #bytes: [number, number, number, number] = [0, 0, 0, 0];
  readonly #rows: number[] = [];
  #strongest: Judged | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  add(judged: Judged): void {
    this.#kept.push(judged);
    if (this.#kept.length >= 2 * this.#most) this.#shrink();
  }

  /** Largest first. */
  largest(): readonly Judged[] {
    this.#shrink();
    return this.#kept;
  }

  #shrink(): void {
    this.#kept.sort((a, b) => b.worst.jump - a.worst.jump);
    for (const { total, bytes, worst, ...judged } of this.#kept.splice(this.#most)) {
      if (!this.#strongest || worst.jump > this.#strongest.worst.jump) this.#strongest = { total, bytes, worst, ...judged };
      this.#others++;
      this.#gaps += total;
      for (let cause = 0; cause < 4; cause++) this.#bytes[cause] += bytes[cause];
      this.#rows.push(worst.row);
    }
  }

  /** Undefined when there are none. */
  describeOthers(): RawFinding | undefined {
    if (!this.#strongest) return undefined;
    return {
      key: "others",
      kind: "others",
      severity: "chat",
      confidence: "medium",
      title: othersTitle(this.#gaps, this.#others, bytesText(this.#strongest.worst.jump + 1)),
      explanation: joinSentences(
        sharesOf(this.#bytes),
        l10n.t("The packets shown are the segments behind the largest gap of each stream."),
      ),
      technique: null,
      count: this.#gaps,
      source: null,
      target: null,
      rows: Uint32Array.from(this.#rows),
      strongest: this.#strongest.worst.row,
    };
  }
}

function othersTitle(gaps: number, streams: number, bytes: string): string {
  if (gaps === 1) return l10n.t("1 explained gap in 1 further stream, below {0}", bytes);
  if (streams === 1) return l10n.t("{0} explained gaps in 1 further stream, each below {1}", formatCount(gaps), bytes);
  return l10n.t("{0} explained gaps in {1} further streams, each below {2}", formatCount(gaps), formatCount(streams), bytes);
}

/** What share of the bytes in gaps each cause has: a sentence. */
function sharesOf(bytes: readonly [number, number, number, number]): string {
  const total = bytes[0] + bytes[1] + bytes[2] + bytes[3];
  const share = (cause: 0 | 1 | 2 | 3): string => formatShare(bytes[cause] / total);
  const told = [
    bytes[Cause.resent] > 0 ? l10n.t("{0} were sent again later", share(Cause.resent)) : "",
    bytes[Cause.reordered] > 0 ? l10n.t("{0} came at once, out of order", share(Cause.reordered)) : "",
    bytes[Cause.unseen] > 0 ? l10n.t("{0} were acknowledged although no packet here holds them", share(Cause.unseen)) : "",
    bytes[Cause.left] > 0 ? l10n.t("{0} were neither filled nor acknowledged", share(Cause.left)) : "",
  ].filter((clause) => clause !== "");
  return l10n.t("Of {0} in gaps {1}.", bytesText(total), told.join(", "));
}

function describe(columns: PacketColumns, judged: Judged, thresholds: Readonly<Record<string, number>>): RawFinding {
  const { stream, kind, worst, gaps, total, bytes, rows } = judged;
  const source = rowEndpoint(columns, worst.row, "src");
  const target = rowEndpoint(columns, worst.row, "dst");
  const { severity, confidence } = gradeOf(judged, thresholds);
  const jump = bytesText(worst.jump);
  const count = isUnexplained(kind) ? gaps.length : total;
  return {
    key: String(stream),
    kind,
    severity,
    confidence,
    title: titleOf(kind, [jumpsText(count), source ?? "?", target ?? "?", jump]),
    explanation: joinSentences(
      explain(judged, jump, thresholds),
      total === 1 ? l10n.t("1 gap in this stream.") : l10n.t("{0} gaps in this stream.", formatCount(total)),
      sharesOf(bytes),
    ),
    technique: severity === "warn" ? "T1557" : null,
    count,
    source,
    target,
    rows,
    strongest: worst.row,
  };
}

/** `1 jump`, `2 jumps`. */
const jumpsText = (count: number): string => (count === 1 ? l10n.t("1 jump") : l10n.t("{0} jumps", formatCount(count)));

/** `parts`: how many jumps, from whom, to whom, and the largest one's bytes. */
function titleOf(kind: Kind, parts: readonly [string, string, string, string]): string {
  switch (kind) {
    case "beyond-window":
      return l10n.t("{0} from {1} to {2} beyond the receiver's window, the largest of {3}", ...parts);
    case "unexplained":
      return l10n.t("{0} from {1} to {2} never filled nor acknowledged, the largest of {3}", ...parts);
    case "capture-loss":
      return l10n.t("{0} from {1} to {2} over bytes the capture lost, the largest of {3}", ...parts);
    case "unfinished":
      return l10n.t("{0} from {1} to {2}, some still open at the end, the largest of {3}", ...parts);
    case "retransmission":
      return l10n.t("{0} from {1} to {2} over lost segments that were sent again, the largest of {3}", ...parts);
    case "reordering":
      return l10n.t("{0} from {1} to {2} over segments out of order, the largest of {3}", ...parts);
  }
}

function gradeOf(
  { kind, worst, heard, isLossy }: Judged,
  { minJump, minWait }: Readonly<Record<string, number>>,
): {
  severity: Severity;
  confidence: Confidence;
} {
  if (kind === "capture-loss") return { severity: "note", confidence: "high" };
  if (!isUnexplained(kind)) return { severity: "chat", confidence: kind === "unfinished" ? "low" : "high" };
  if (isLossy) return { severity: "note", confidence: "low" };
  if (worst.jump < minJump) return { severity: "note", confidence: "low" };
  return { severity: "warn", confidence: kind === "beyond-window" && heard >= minWait ? "high" : "medium" };
}

function explain(
  { kind, heard, isLossy, worst }: Judged,
  jump: string,
  { minJump, minWait, minWindows }: Readonly<Record<string, number>>,
): string {
  const lossy = isLossy ? l10n.t("Other packets of this stream are missing from the capture, so these may be too.") : "";
  const heardFor =
    heard >= 0 ? l10n.t("The peer was heard for {0} s behind it and never acknowledged the bytes between.", heard.toFixed(1)) : "";
  switch (kind) {
    case "beyond-window":
      return joinSentences(
        l10n.t(
          "A segment begins {0} above the number expected (at least {1}) and ends {2} of the receiver's windows or more above its last ACK; a receiver throws that away.",
          jump,
          formatCount(minJump),
          minWindows,
        ),
        heardFor,
        lossy,
        l10n.t("A sender does not pass its peer's window: somebody else may have sent it, or a proxy changed its numbers."),
      );
    case "unexplained":
      return joinSentences(
        worst.jump >= minJump
          ? l10n.t(
              "A segment begins {0} above the number expected (at least {1}), and nobody sent the bytes between.",
              jump,
              formatCount(minJump),
            )
          : l10n.t("A segment begins {0} above the number expected, and nobody sent the bytes between.", jump),
        heardFor,
        l10n.t("A lost segment would have been sent again within {0} s.", minWait),
        lossy,
        l10n.t("Somebody else may have sent the segment; a sender that gave up, or one that the tap sees only partly, looks alike."),
      );
    case "capture-loss":
      return l10n.t("The receiver acknowledged bytes that no packet in this file holds, so the capture lost them, not the network.");
    case "unfinished":
      return l10n.t(
        "The stream, or the capture, ended less than {0} s behind a gap, or without its receiver: whether it would have been filled cannot be told.",
        minWait,
      );
    case "retransmission":
      return l10n.t("Segments were lost on the way to the tap and sent again: usual on a busy network.");
    case "reordering":
      return l10n.t(
        "Segments overtook each other on the way to the tap and the gaps closed at once: usual where packets take several ways.",
      );
  }
}
