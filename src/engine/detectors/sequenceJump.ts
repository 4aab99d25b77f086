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
 * Thresholds (unit, medium, source): see THRESHOLDS.
 *
 * Known innocent causes: see INNOCENT.
 */
import { formatCount, formatShare } from "../../shared/format";
import type { Confidence, Severity, ThresholdDescription } from "../../shared/findings";
import { Valid, type PacketColumns } from "../columns";
import { rowEndpoint } from "../endpoints";
import { BATCH_PACKETS } from "../packetBatch";
import { seqAdd, seqDiff, seqGt } from "../seq";
import { SegmentLabel } from "../segmentLabels";
import { TcpFlag } from "../tcpFlags";
import { isSampled } from "./coverage";
import type { Detector, DetectorContext, RawFinding, Unjudged } from "./detector";
import { Cause, endOf, JumpFlow, type Gap } from "./jumpFlow";
import { findStreams, PAUSE_PACKETS, StreamPackets } from "./streamPackets";

const THRESHOLDS: readonly ThresholdDescription[] = [
  {
    name: "minJump",
    unit: "bytes",
    meaning: "How far a segment lies above the number expected before an unexplained gap is a warning",
    values: { low: 65_535, medium: 14_600, high: 1_460 },
    source: "ten full segments, the most that is sent without an answer at first (RFC 6928); low: the largest window without scaling",
  },
  {
    name: "minWait",
    unit: "seconds",
    meaning: "How long the peer is heard behind a gap that nobody fills",
    values: { low: 3, medium: 1, high: 0.2 },
    source: "a lost segment is sent again after 1 s at most at first (RFC 6298 2.4); 3 s is its older value, 0.2 s Linux's",
  },
  {
    name: "minWindows",
    unit: "windows",
    meaning: "How many of the receiver's largest windows above its last ACK a segment has to end to be beyond them",
    values: { low: 4, medium: 2, high: 1 },
    source: "RFC 9293 3.10.7.4 allows one; the second leaves room for ACKs that the tap saw late",
  },
];

const INNOCENT: readonly string[] = [
  "The tap or the network card lost packets, also ACKs that would cover the gap.",
  "Packets of one connection took several ways, and the tap is on one of them.",
  "The sender gave the connection up, or moved on, before it sent the lost bytes again.",
  "A proxy or firewall that answers for one side changes its sequence numbers half way.",
];

/** Streams with a finding of their own whose gaps are all explained. */
const MAX_EXPLAINED = 100;

/** Gravest first. */
type Kind = "beyond-window" | "unexplained" | "capture-loss" | "unfinished" | "retransmission" | "reordering";

export const sequenceJump: Detector = {
  id: "sequence-jump",
  title: "Large, unexplained jumps",
  needs: [
    { anyOf: ["seq", "seqRaw", "info"], tshark: "-e tcp.seq" },
    { anyOf: ["len", "info"], tshark: "-e tcp.len" },
    { anyOf: ["ack", "info"], tshark: "-e tcp.ack" },
  ],
  thresholds: THRESHOLDS,
  innocentCauses: INNOCENT,
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
              reason: `In ${formatCount(deaf)} stream${deaf === 1 ? "" : "s"} gaps stay open whose receiver is not in the file: whether it got the bytes cannot be judged.`,
              tshark: "",
            },
          ];
    return { findings, unjudged };
  },
};

function sampledReason({ share, unseenAcks }: DetectorContext["coverage"]): string {
  if (share !== null && share < 0.95)
    return `This file holds ${formatShare(share)} of the frames of its capture: gaps in sequence numbers cannot be judged.`;
  return `${formatShare(unseenAcks)} of the acknowledgements cover bytes that are not in the file: gaps in sequence numbers cannot be judged.`;
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
      title: `${formatCount(this.#gaps)} explained gaps in ${formatCount(this.#others)} further streams, each below ${formatCount(this.#strongest.worst.jump + 1)} bytes`,
      explanation: `${sharesOf(this.#bytes)} The packets shown are the segments behind the largest gap of each stream.`,
      technique: null,
      count: this.#gaps,
      source: null,
      target: null,
      rows: Uint32Array.from(this.#rows),
      strongest: this.#strongest.worst.row,
    };
  }
}

/** `1 gap`, `2 gaps`. */
const plural = (count: number, word: string): string => `${formatCount(count)} ${word}${count === 1 ? "" : "s"}`;

/** What share of the bytes in gaps each cause has, as sentences. */
function sharesOf(bytes: readonly [number, number, number, number]): string {
  const total = bytes[0] + bytes[1] + bytes[2] + bytes[3];
  const parts = [
    [bytes[Cause.resent], "were sent again later"],
    [bytes[Cause.reordered], "came at once, out of order"],
    [bytes[Cause.unseen], "were acknowledged although no packet here holds them"],
    [bytes[Cause.left], "were neither filled nor acknowledged"],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${formatShare(count / total)} ${what}`);
  return `Of ${formatCount(total)} bytes in gaps ${told.join(", ")}.`;
}

function describe(columns: PacketColumns, judged: Judged, thresholds: Readonly<Record<string, number>>): RawFinding {
  const { stream, kind, worst, gaps, total, bytes, rows } = judged;
  const source = rowEndpoint(columns, worst.row, "src");
  const target = rowEndpoint(columns, worst.row, "dst");
  const { severity, confidence } = gradeOf(judged, thresholds);
  const who = `from ${source ?? "?"} to ${target ?? "?"}`;
  const jump = `${formatCount(worst.jump)} bytes`;
  return {
    key: String(stream),
    kind,
    severity,
    confidence,
    title: titleOf(kind, who, jump, isUnexplained(kind) ? gaps.length : total),
    explanation: `${explain(judged, jump, thresholds)} ${plural(total, "gap")} in this stream. ${sharesOf(bytes)}`,
    technique: severity === "warn" ? "T1557" : null,
    count: isUnexplained(kind) ? gaps.length : total,
    source,
    target,
    rows,
    strongest: worst.row,
  };
}

function titleOf(kind: Kind, who: string, jump: string, count: number): string {
  const gaps = plural(count, "jump");
  switch (kind) {
    case "beyond-window":
      return `${gaps} ${who} beyond the receiver's window, the largest of ${jump}`;
    case "unexplained":
      return `${gaps} ${who} never filled nor acknowledged, the largest of ${jump}`;
    case "capture-loss":
      return `${gaps} ${who} over bytes the capture lost, the largest of ${jump}`;
    case "unfinished":
      return `${gaps} ${who}, some still open at the end, the largest of ${jump}`;
    case "retransmission":
      return `${gaps} ${who} over lost segments that were sent again, the largest of ${jump}`;
    case "reordering":
      return `${gaps} ${who} over segments out of order, the largest of ${jump}`;
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
  const lossy = isLossy ? " Other packets of this stream are missing from the capture, so these may be too." : "";
  const heardFor = heard >= 0 ? `The peer was heard for ${heard.toFixed(1)} s behind it and never acknowledged the bytes between.` : "";
  switch (kind) {
    case "beyond-window":
      return (
        `A segment begins ${jump} above the number expected (at least ${formatCount(minJump)}) and ends ${String(minWindows)} of the receiver's windows or more above its last ACK; ` +
        `a receiver throws that away. ${heardFor}${lossy} A sender does not pass its peer's window: somebody else may have sent it, or a proxy changed its numbers.`
      );
    case "unexplained":
      return (
        `A segment begins ${jump} above the number expected${worst.jump >= minJump ? ` (at least ${formatCount(minJump)})` : ""}, and nobody sent the bytes between. ` +
        `${heardFor} A lost segment would have been sent again within ${String(minWait)} s.${lossy} ` +
        `Somebody else may have sent the segment; a sender that gave up, or one that the tap sees only partly, looks alike.`
      );
    case "capture-loss":
      return "The receiver acknowledged bytes that no packet in this file holds, so the capture lost them, not the network.";
    case "unfinished":
      return `The stream, or the capture, ended less than ${String(minWait)} s behind a gap, or without its receiver: whether it would have been filled cannot be told.`;
    case "retransmission":
      return "Segments were lost on the way to the tap and sent again: usual on a busy network.";
    case "reordering":
      return "Segments overtook each other on the way to the tap and the gaps closed at once: usual where packets take several ways.";
  }
}
