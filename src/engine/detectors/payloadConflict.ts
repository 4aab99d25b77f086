/**
 * Question 2: other bytes under the same sequence number. Zeek calls it rexmit_inconsistency, Suricata
 * reassembly_overlap_different_data.
 *
 * Set when all of:
 *   - two segments of one direction of a stream hold some of the same bytes (by number and length, whatever their lengths);
 *   - neither is a reset, and each has at least two bytes (a keep-alive or a probe of a closed window repeats one, of any value);
 *   - `bytes-differ`: the file has tcp.payload, and some of the bytes in common differ;
 *   - or `checksums-differ`: same number, length, header length and window, and the difference of the checksums is not that of ACK, flags
 *     and timestamps (src/engine/checksums.ts);
 *   - or `foreign-copy`: neither says anything, but at least minSigns of these do of one of the two: its TTL is not the one all others of
 *     its direction have; it has no options where all others have timestamps; its sender, speaking later (it has
 *     acknowledged more since, or a second has passed), goes on from a number below its end, and so knows nothing of it;
 *   - or `other-length` (only with minSigns 0): both begin at the same number, lengths differ.
 * `foreign-header` needs no second segment: data with a TTL, or without the options, of all other packets of its direction, before and after.
 *
 * Supersedes: one finding per stream and direction, of the first of these kinds that applies; `foreign-header` only where no other does.
 * Pairs whose bytes were compared are judged by nothing else, pairs whose checksums agree by no sign.
 * Quiet when: bytes are equal; checksums agree, or cannot say (offload, unknown options, another window) and no sign speaks.
 *
 * Thresholds:
 *   minSigns (signs; 1): injected segments start at the same number with another length, and so do repacketised
 *     resends; only with a foreign TTL, missing timestamps or a sender that does not know of it is that evidence.
 *   minPackets (packets; 4): so many others of the direction have to have the usual TTL or header: the shortest public capture of an
 *     injection (Quantum Insert, Fox-IT 2015) has four.
 *
 * Known innocent causes: a capture on both sides of a device that rewrites payload; payload that was blanked or cut for publication in one
 * copy only; a bad checksum on the way; a change of route (TTL); a device that strips options.
 */
import * as l10n from "@vscode/l10n";
import { AnalysisError } from "../../shared/errors";
import type { Confidence, Severity } from "../../shared/findings";
import { sortByCapture } from "../captureOrder";
import { ChecksumComparer } from "../checksums";
import { Valid, type PacketColumns } from "../columns";
import { Trait, traitsOf } from "../headerTraits";
import { overlapOf } from "../overlaps";
import { rowEndpoint } from "../endpoints";
import { lastNotAbove } from "../search";
import { seqAdd, seqDiff, seqGt } from "../seq";
import type { StreamOrder } from "../streamOrder";
import { TcpFlag } from "../tcpFlags";
import { joinSentences } from "./countTexts";
import { isSampled, SAMPLED_SHARE } from "./coverage";
import type { Detector, DetectorContext, RawFinding, Unjudged } from "./detector";

/** Rows whose payload is read again at most, and the bytes that these may be: some seconds and 64 MB. */
const MAX_PAYLOAD_ROWS = 50_000;
const MAX_PAYLOAD_BYTES = 1 << 26;
/** Packets of its direction behind a segment that are asked whether its sender knows of it. */
const LOOK_AHEAD = 64;
/** So many packets of a direction may be foreign: one, or of long streams one of so many, but no more than a few: more is the network's doing. */
const PACKETS_PER_FOREIGN = 10;
const MAX_FOREIGN = 5;
/** A packet this much later, seconds, was sent later: nothing on the way waits that long. */
const SURELY_LATER = 1;
/** Overlaps between two pauses. */
const STEP_PAIRS = 1 << 14;
/** Overlaps that an explanation tells one by one, and those whose signs are looked at for it. */
const MAX_TOLD = 3;
const MAX_RANKED = 1000;

/** What speaks against a segment. */
const Sign = { ttl: 1, bare: 2, unknownToSender: 4 } as const;

/** Kinds of findings, the strongest first. */
const KINDS = ["bytes-differ", "checksums-differ", "foreign-copy", "other-length"] as const;
type Kind = (typeof KINDS)[number];

/** Bits of a pair's note: Signs of the earlier one, those of the later one three bits above, and what the checksums say. */
const LATER_SHIFT = 3;
const SIGNS = 7;
const NOTE_SAME = 1 << 6;
const NOTE_DIFFERENT = 1 << 7;

/** Without these nothing can be compared. */
const NUMBERED = Valid.seq | Valid.len;

/** What a direction's packets have in common, SYNs and resets apart. */
class Usual {
  /** 0 where there is none. */
  ttl = 0;
  hasTimestamps = false;
  readonly #ttls = new Uint32Array(256);
  #bare = 0;
  #optioned = 0;
  #optionedData = 0;
  #packets = 0;

  clear(): void {
    this.#ttls.fill(0);
    this.#bare = this.#optioned = this.#optionedData = this.#packets = 0;
  }

  add(traits: number): void {
    if (traits & Trait.control) return;
    this.#packets++;
    this.#ttls[traits & Trait.ttl]++;
    if (traits & Trait.bare) this.#bare++;
    if ((traits & Trait.optioned) === 0) return;
    this.#optioned++;
    if (traits & Trait.data) this.#optionedData++;
  }

  settle(minPackets: number, share: number): void {
    let most = 0;
    for (let ttl = 1; ttl < 256; ttl++) if (this.#ttls[ttl] > this.#ttls[most] || most === 0) most = ttl;
    const usual = this.#ttls[most];
    // A row without a TTL is no foreign one.
    const others = this.#packets - usual - this.#ttls[0];
    this.ttl = usual >= minPackets && others <= mostForeign(usual, share) ? most : 0;
    // SACK, too, makes headers longer, but of data seldom.
    this.hasTimestamps = this.#optionedData > 0 && this.#optioned >= minPackets && this.#bare <= mostForeign(this.#optioned, share);
  }

  /** In words; only where there is something usual. */
  get text(): string {
    if (!this.hasTimestamps) return l10n.t("TTL {0}", this.ttl);
    return this.ttl === 0 ? l10n.t("a header with options") : l10n.t("TTL {0} and a header with options", this.ttl);
  }

  signsOf(traits: number): number {
    if (traits & Trait.control) return 0;
    const ttl = traits & Trait.ttl;
    return (this.ttl !== 0 && ttl !== 0 && ttl !== this.ttl ? Sign.ttl : 0) | (this.hasTimestamps && traits & Trait.bare ? Sign.bare : 0);
  }
}

/** `share`: how much of the capture there is. */
const mostForeign = (usual: number, share: number): number =>
  Math.max(1, Math.floor(Math.min(usual / PACKETS_PER_FOREIGN, MAX_FOREIGN * share)));

/** Packets with a foreign header, of one direction. */
interface ForeignHeaders {
  readonly places: readonly number[];
  /** What the others have, in words. */
  readonly usual: string;
}

/** What signs are looked for in: the headers of a stream's packets, and what its sides say later. One stream after the other; places are those of the order. */
class Signs {
  readonly #columns: PacketColumns;
  readonly #order: StreamOrder;
  /** Bits of Trait of the packets of the stream, where it is mixed. */
  #traits = new Uint16Array(1024);
  #start = 0;
  readonly #minPackets: number;
  readonly #share: number;
  readonly #usual = [new Usual(), new Usual()] as const;
  /** Some packet of the stream has another header than others of its direction. */
  #isMixed = false;
  #stream = 0;

  constructor({ columns, streams, coverage, thresholds }: DetectorContext) {
    this.#columns = columns;
    this.#order = streams.order;
    this.#minPackets = thresholds.minPackets;
    this.#share = coverage.share ?? 1;
  }

  /** The stream at an index of the order; `isMixed`: as FollowedStreams says. */
  begin(stream: number, isMixed: boolean): void {
    this.#stream = stream;
    this.#isMixed = isMixed;
    if (!isMixed) return;
    const { rows, starts, turns } = this.#order;
    const [one, other] = this.#usual;
    one.clear();
    other.clear();
    const start = (this.#start = starts[stream]);
    const count = starts[stream + 1] - start;
    if (count > this.#traits.length) this.#traits = new Uint16Array(Math.max(count, 2 * this.#traits.length));
    const traits = this.#traits;
    for (let i = 0; i < count; i++) traits[i] = traitsOf(this.#columns, rows[start + i]);
    for (let i = 0; i < count; i++) (start + i < turns[stream] ? one : other).add(traits[i]);
    one.settle(this.#minPackets, this.#share);
    other.settle(this.#minPackets, this.#share);
  }

  /** Bits of Sign of the packet at a place of the stream, of which the row `copy` has a part too. */
  of(place: number, copy: number): number {
    const signs = this.#isMixed ? this.#usual[this.#directionOf(place)].signsOf(this.#traits[place - this.#start]) : 0;
    return this.#isUnknownToSender(place, copy) ? signs | Sign.unknownToSender : signs;
  }

  /** Data with a foreign header, by direction. */
  *foreign(): Generator<ForeignHeaders> {
    for (const direction of [0, 1] as const) {
      const usual = this.#usual[direction];
      if (usual.ttl === 0 && !usual.hasTimestamps) continue;
      const places: number[] = [];
      /** How many of those had usual packets behind them: a route that changed does not change back. */
      let settled = 0;
      let isUsualSeen = false;
      const [first, end] = this.#placesOf(direction);
      for (let place = first; place < end; place++) {
        const traits = this.#traits[place - this.#start];
        if (traits & Trait.control) continue;
        if (usual.signsOf(traits) === 0) {
          isUsualSeen = true;
          settled = places.length;
        } else if (isUsualSeen && traits & Trait.data) places.push(place);
      }
      places.length = settled;
      if (places.length === 0) continue;
      yield { places, usual: usual.text };
    }
  }

  /**
   * A packet without data that acknowledges more than the segment did was sent behind it, and names the number its sender stands at:
   * below the segment's end, that sender did not send it. (A keep-alive stands one below.) So was one much later, but that may be a
   * probe with the last number acknowledged: then it has to go on from the end of the copy.
   */
  #isUnknownToSender(place: number, copy: number): boolean {
    const { rows } = this.#order;
    const { seq, len, ack, flags, valid, frame } = this.#columns;
    const needed = NUMBERED | Valid.ack | Valid.flags;
    const row = rows[place];
    if ((valid[row] & needed) !== needed || (flags[row] & TcpFlag.ack) === 0) return false;
    const end = seqAdd(seq[row], len[row]);
    const copyEnd = seqAdd(seq[copy], len[copy]);
    const [, behind] = this.#placesOf(this.#directionOf(place));
    const last = Math.min(behind, place + 1 + LOOK_AHEAD);
    for (let next = place + 1; next < last; next++) {
      const other = rows[next];
      if ((valid[other] & needed) !== needed) continue;
      // Packets of the same time stand as in the file.
      if ((valid[row] & valid[other] & Valid.frame) !== 0 && frame[other] < frame[row]) continue;
      const bits = flags[other];
      if ((bits & TcpFlag.ack) === 0 || (bits & (TcpFlag.syn | TcpFlag.rst)) !== 0) continue;
      const isLater = seqGt(ack[other], ack[row]);
      if (!isLater && (ack[other] !== ack[row] || seq[other] !== copyEnd || !this.#isMuchLater(row, other))) continue;
      const below = seqDiff(end, seq[other]);
      if (below <= 0) return false;
      if (len[other] === 0) return below > 1;
    }
    return false;
  }

  #directionOf(place: number): 0 | 1 {
    return place < this.#order.turns[this.#stream] ? 0 : 1;
  }

  /** Where the packets of a direction begin and end. */
  #placesOf(direction: 0 | 1): readonly [first: number, end: number] {
    const { starts, turns } = this.#order;
    return direction === 0 ? [starts[this.#stream], turns[this.#stream]] : [turns[this.#stream], starts[this.#stream + 1]];
  }

  #isMuchLater(row: number, other: number): boolean {
    const { seconds, nanos, valid } = this.#columns;
    if ((valid[row] & valid[other] & Valid.time) === 0) return false;
    return seconds[other] - seconds[row] + (nanos[other] - nanos[row]) / 1e9 >= SURELY_LATER;
  }
}

/** How many different signs a note holds of its pair's more suspicious one. */
const signsIn = (note: number): number => Math.max(bitsIn(note & SIGNS), bitsIn((note >> LATER_SHIFT) & SIGNS));
const bitsIn = (bits: number): number => (bits & 1) + ((bits >> 1) & 1) + ((bits >> 2) & 1);

/** A pair that stands for something, and for what. */
interface Conflict {
  readonly kind: Kind;
  /** Places in the order. */
  readonly earlier: number;
  readonly later: number;
  readonly note: number;
  /** Bytes in common, those compared, and those that differ; 0 where bytes were not compared. */
  readonly overlap: number;
  readonly compared: number;
  readonly differing: number;
}

export const payloadConflict: Detector = {
  id: "payload-conflict",
  get title() {
    return l10n.t("Same sequence number, different payload");
  },
  needs: [
    { anyOf: ["len", "info"], tshark: "-e tcp.len" },
    { anyOf: ["stream", "srcPort", "info"], tshark: "-e tcp.stream" },
  ],
  get thresholds() {
    return [
      {
        name: "minSigns",
        unit: l10n.t("signs"),
        meaning: l10n.t(
          "How many signs of a foreign segment (TTL, missing timestamps, a sender that does not know of it) make a second copy worth reporting whose bytes cannot be compared",
        ),
        values: { low: 2, medium: 1, high: 0 },
        source: l10n.t(
          "Another length at the same number is no evidence by itself: every public Quantum Insert capture has it, and so have resends",
        ),
      },
      {
        name: "minPackets",
        unit: l10n.t("packets"),
        meaning: l10n.t("How many packets of a direction must agree on a TTL or header before another one is foreign"),
        values: { low: 8, medium: 4, high: 3 },
        source: l10n.t("Quantum Insert captures of Fox-IT (2015): four packets beside the injected one"),
      },
    ];
  },
  get innocentCauses() {
    return [
      l10n.t("A capture on both sides of a device that rewrites payload"),
      l10n.t("Payload blanked or cut in one of the copies before the file was published"),
      l10n.t("A segment damaged on its way and resent"),
      l10n.t("A change of route, for a TTL alone; a device that strips options, for a header alone"),
    ];
  },
  run,
};

async function run(context: DetectorContext): Promise<{ findings: RawFinding[]; unjudged: Unjudged[] }> {
  const { streams, coverage, fields, readPayloads, pause } = context;
  const { overlaps } = streams;
  const hasPayload = readPayloads !== undefined && fields.has("payload");
  const { isMixed } = streams;
  const signs = new Signs(context);
  const foreign = findForeign(signs, isMixed);
  await pause();
  const notes = await noteAll(context, signs, isMixed);
  const unjudged: Unjudged[] = [];
  const payloads = hasPayload ? await readPairs(context, notes, unjudged) : new Map<number, Uint8Array>();
  await pause();
  const { conflicts, unknown } = judgePairs(context, notes, payloads);
  const findings = [...describeConflicts(context, conflicts)];
  findings.push(...describeForeign(context, foreign, new Set(conflicts.flatMap(({ earlier, later }) => [earlier, later]))));

  const { share } = coverage;
  if (share !== null && share < SAMPLED_SHARE)
    unjudged.push({
      reason: l10n.t(
        "Both copies of a segment have to be in the file: of {0} of the frames, about {1} of the pairs are.",
        percent(share),
        percent(share * share),
      ),
      tshark: "",
    });
  if (!hasPayload && unknown > 0)
    unjudged.push({
      reason: l10n.t(
        "{0} of {1} could not be compared without the bytes: lengths or options differ, or the checksums are not those on the wire. tcp.payload tells; TCP timestamps beside the checksums tell of most.",
        unknown,
        overlaps.count === 1 ? l10n.t("1 overlap") : l10n.t("{0} overlaps", overlaps.count),
      ),
      tshark: fields.has("tsVal") ? "-e tcp.payload" : "-e tcp.payload -e tcp.options.timestamp.tsval -e tcp.options.timestamp.tsecr",
    });
  if (overlaps.isFull) unjudged.push({ reason: l10n.t("Only the first {0} overlaps were looked at.", overlaps.count), tshark: "" });
  if (overlaps.isForgetful)
    unjudged.push({
      reason: l10n.t("In directions of many segments, resends of bytes far behind the newest were not compared."),
      tshark: "",
    });
  return { findings, unjudged };
}

function findForeign(signs: Signs, isMixed: Uint8Array): ForeignHeaders[] {
  const found: ForeignHeaders[] = [];
  for (let stream = isMixed.indexOf(1); stream >= 0; stream = isMixed.indexOf(1, stream + 1)) {
    signs.begin(stream, true);
    found.push(...signs.foreign());
  }
  return found;
}

/** A note per overlap: what the checksums say, and the signs of the two packets unless these agree. */
async function noteAll({ columns, streams, pause }: DetectorContext, signs: Signs, isMixed: Uint8Array): Promise<Uint8Array> {
  const { rows, starts } = streams.order;
  const { count, earlier, later } = streams.overlaps;
  const { seq, len } = columns;
  const checksums = new ChecksumComparer(columns);
  const notes = new Uint8Array(count);
  let stream = -1;
  for (let pair = 0; pair < count; pair++) {
    if (pair % STEP_PAIRS === STEP_PAIRS - 1) await pause();
    const [one, other] = [rows[earlier[pair]], rows[later[pair]]];
    const verdict = seq[one] === seq[other] && len[one] === len[other] ? checksums.compare(one, other) : "unknown";
    if (verdict === "same") {
      notes[pair] = NOTE_SAME;
      continue;
    }
    if (stream < 0 || starts[stream + 1] <= later[pair]) {
      stream = lastNotAbove(starts, later[pair]);
      signs.begin(stream, isMixed[stream] !== 0);
    }
    const found = signs.of(earlier[pair], other) | (signs.of(later[pair], one) << LATER_SHIFT);
    notes[pair] = verdict === "different" ? found | NOTE_DIFFERENT : found;
  }
  return notes;
}

/** Payloads by row: of pairs that something speaks against first, then of those that nothing is known of, then of the others. */
async function readPairs(
  { columns, streams, readPayloads }: DetectorContext,
  notes: Uint8Array,
  unjudged: Unjudged[],
): Promise<Map<number, Uint8Array>> {
  const payloads = new Map<number, Uint8Array>();
  const { count, earlier, later } = streams.overlaps;
  if (!readPayloads || count === 0) return payloads;
  const { rows } = streams.order;
  const wanted = new Set<number>();
  let bytes = 0;
  let left = 0;
  for (let rank = 0; rank < 3; rank++)
    for (let pair = 0; pair < count; pair++) {
      if (rankOf(notes[pair]) !== rank) continue;
      if (wanted.size + 2 > MAX_PAYLOAD_ROWS || bytes > MAX_PAYLOAD_BYTES) {
        left++;
        continue;
      }
      for (const row of [rows[earlier[pair]], rows[later[pair]]]) {
        if (wanted.has(row)) continue;
        wanted.add(row);
        bytes += columns.len[row];
      }
    }
  if (left > 0)
    unjudged.push({
      reason:
        left === 1
          ? l10n.t("The payloads of {0} packets were compared; 1 overlap was left to what the checksums say.", wanted.size)
          : l10n.t("The payloads of {0} packets were compared; {1} overlaps were left to what the checksums say.", wanted.size, left),
      tshark: "",
    });
  const list = Uint32Array.from(wanted);
  try {
    const read = await readPayloads(list);
    for (let i = 0; i < list.length; i++) {
      const payload = read[i];
      if (payload) payloads.set(list[i], payload);
    }
  } catch (error) {
    if (!(error instanceof AnalysisError) || error.code === "superseded") throw error;
    unjudged.push({ reason: l10n.t("Payloads could not be compared: {0}", errorText(error)), tshark: "" });
  }
  return payloads;
}

/** Why a file could not be read again. */
function errorText({ code, message, details: [path] }: AnalysisError): string {
  if (path === undefined) return message;
  switch (code) {
    case "fileChanged":
      return l10n.t("{0} changed since it was read. Analyse it again.", path);
    case "notFound":
      return l10n.t("{0} does not exist.", path);
    case "notReadable":
      return l10n.t("{0} cannot be read: permission denied.", path);
    case "readFailed":
      return l10n.t("{0} could not be read.", path);
    default:
      return message;
  }
}

const rankOf = (note: number): number => (note & NOTE_SAME ? 2 : note === 0 ? 1 : 0);

/** What each pair stands for, if for anything; and how many were neither compared nor judged by their checksums. */
function judgePairs(
  { columns, streams, thresholds }: DetectorContext,
  notes: Uint8Array,
  payloads: ReadonlyMap<number, Uint8Array>,
): { conflicts: Conflict[]; unknown: number } {
  const { rows } = streams.order;
  const { count, earlier, later } = streams.overlaps;
  const { seq, len } = columns;
  const conflicts: Conflict[] = [];
  let unknown = 0;
  for (let pair = 0; pair < count; pair++) {
    const note = notes[pair];
    const [one, other] = [rows[earlier[pair]], rows[later[pair]]];
    const { first, second, bytes: overlap } = overlapOf(startOf(columns, one), len[one], startOf(columns, other), len[other]);
    const found = { earlier: earlier[pair], later: later[pair], note, overlap };
    const { compared, differing } = compareBytes(payloads.get(one), payloads.get(other), first, second, overlap);
    if (compared > 0) {
      if (differing > 0) conflicts.push({ ...found, kind: "bytes-differ", compared, differing });
      continue;
    }
    if (note & NOTE_SAME) continue;
    const signs = signsIn(note);
    if ((note & NOTE_DIFFERENT) === 0) unknown++;
    if (note & NOTE_DIFFERENT) conflicts.push({ ...found, kind: "checksums-differ", compared, differing });
    else if (signs < thresholds.minSigns) continue;
    else if (signs > 0) conflicts.push({ ...found, kind: "foreign-copy", compared, differing });
    else if (seq[one] === seq[other] && len[one] !== len[other]) conflicts.push({ ...found, kind: "other-length", compared, differing });
  }
  return { conflicts, unknown };
}

/** The number of a row's first byte of payload. */
const startOf = ({ seq, flags, valid }: PacketColumns, row: number): number =>
  valid[row] & Valid.flags && flags[row] & TcpFlag.syn ? seqAdd(seq[row], 1) : seq[row];

/** Payloads may be shorter than their segments: what is not there is not compared. */
function compareBytes(
  one: Uint8Array | undefined,
  other: Uint8Array | undefined,
  first: number,
  second: number,
  bytes: number,
): { compared: number; differing: number } {
  if (!one || !other) return { compared: 0, differing: 0 };
  const compared = Math.max(0, Math.min(bytes, one.length - first, other.length - second));
  let differing = 0;
  for (let i = 0; i < compared; i++) if (one[first + i] !== other[second + i]) differing++;
  return { compared, differing };
}

/** One finding per stream and direction. */
function* describeConflicts(context: DetectorContext, conflicts: readonly Conflict[]): Generator<RawFinding> {
  const groups = new Map<number, Conflict[]>();
  for (const conflict of conflicts) {
    const key = sideOf(context.streams.order, conflict.later);
    const group = groups.get(key);
    if (group) group.push(conflict);
    else groups.set(key, [conflict]);
  }
  for (const group of groups.values()) yield describeGroup(context, group);
}

function describeGroup(context: DetectorContext, group: readonly Conflict[]): RawFinding {
  const { coverage, streams } = context;
  const { rows } = streams.order;
  const kind = KINDS.find((each) => group.some((conflict) => conflict.kind === each))!;
  const own = group.filter((conflict) => conflict.kind === kind);
  const strongest = own.reduce((best, each) => (isStronger(each, best) ? each : best));
  const places = new Set(own.flatMap(({ earlier, later }) => [earlier, later]));
  const copies = new Set(own.map(({ later }) => later)).size;
  const signs = Math.max(...own.slice(0, MAX_RANKED).map(({ note }) => signsIn(note)));
  const { severity, confidence } = gradeOf(kind, signs, isSampled(coverage));
  const ends = endsOf(context, strongest.later);
  const told = own.slice(0, MAX_TOLD).map((conflict) => tell(context, conflict));
  const further = own.length - MAX_TOLD;
  if (further > 0) told.push(further === 1 ? l10n.t("So does 1 further overlap.") : l10n.t("So do {0} further overlaps.", further));
  return {
    key: ends.key,
    kind,
    severity,
    confidence,
    title: titleOf(kind, copies, own, ends),
    explanation: joinSentences(...told, meaningOf(kind)),
    technique: kind === "other-length" ? null : "T1557",
    count: copies,
    source: ends.source,
    target: ends.target,
    rows: rowsAt(context, places),
    strongest: rows[foreignOf(strongest)],
  };
}

/** More bytes that differ, else more signs. */
const isStronger = (one: Conflict, other: Conflict): boolean =>
  one.differing !== other.differing ? one.differing > other.differing : signsIn(one.note) > signsIn(other.note);

/** The one of the two that more signs speak against, else the later one. */
const foreignOf = ({ earlier, later, note }: Conflict): number =>
  bitsIn(note & SIGNS) > bitsIn((note >> LATER_SHIFT) & SIGNS) ? earlier : later;

function gradeOf(kind: Kind, signs: number, isSample: boolean): { severity: Severity; confidence: Confidence } {
  switch (kind) {
    case "bytes-differ":
      return { severity: "error", confidence: "certain" };
    case "checksums-differ":
      return { severity: "warn", confidence: "high" };
    case "foreign-copy":
      if (signs > 1) return { severity: "warn", confidence: isSample ? "medium" : "high" };
      return { severity: "warn", confidence: isSample ? "low" : "medium" };
    case "other-length":
      return { severity: "note", confidence: "low" };
  }
}

function titleOf(kind: Kind, copies: number, own: readonly Conflict[], { side, stream }: Ends): string {
  const segments = segmentsText(copies);
  switch (kind) {
    case "bytes-differ": {
      const differing = own.reduce((sum, each) => sum + each.differing, 0);
      return l10n.t(
        "{0} with other payload than came before under the same sequence numbers ({1}) from {2} in stream {3}",
        ...[segments, differing === 1 ? l10n.t("1 byte differs") : l10n.t("{0} bytes differ", differing), side, stream],
      );
    }
    case "checksums-differ":
      return l10n.t(
        "{0} with other payload than came before under the same sequence number, by the checksum from {1} in stream {2}",
        ...[segments, side, stream],
      );
    case "foreign-copy":
      return l10n.t(
        "{0} over bytes that came before, one of the two unlike its sender's others from {1} in stream {2}",
        ...[segments, side, stream],
      );
    case "other-length":
      return l10n.t(
        "{0} of another length than came before under the same sequence number from {1} in stream {2}",
        ...[segments, side, stream],
      );
  }
}

/** What a kind of conflict means, and what else looks like it. */
function meaningOf(kind: Kind): string {
  switch (kind) {
    case "bytes-differ":
      return l10n.t(
        "TCP resends what it sent, so one of them is not what the sender sent: it may have been put in by somebody else. Which one the receiver took, the file does not say. Innocent causes: a device on the way that rewrites payload, captured before and behind it; payload blanked in one of the copies; a segment damaged on its way.",
      );
    case "checksums-differ":
      return l10n.t(
        "Their payloads are not the same, or one was damaged on its way (a bad checksum, and then the resend of what was sent). TCP resends what it sent: one of them may have been put in by somebody else. tcp.payload would show which bytes differ.",
      );
    case "foreign-copy":
      return l10n.t(
        "Resends look like that too, but come from where the others come, and their sender knows of them: one of the two may have been put in by somebody else. Without tcp.payload the bytes cannot be compared. Innocent causes: a change of route, or a device that answers or resends in place of the sender.",
      );
    case "other-length":
      return l10n.t(
        "Resends in other pieces look like that, and so does every known injection in front of the true answer. Without tcp.payload the bytes cannot be compared.",
      );
  }
}

/** A pair in words. */
function tell({ columns, streams }: DetectorContext, conflict: Conflict): string {
  const { rows } = streams.order;
  const { earlier, later, kind, overlap, compared, differing, note } = conflict;
  const [one, other] = [rows[earlier], rows[later]];
  const from = seqAdd(startOf(columns, one), Math.max(0, seqDiff(startOf(columns, other), startOf(columns, one))));
  const bytes = bytesText(overlap);
  const both =
    nameOf(columns, one) !== ""
      ? l10n.t("Frames {0} and {1} both hold {2} from number {3} on", nameOf(columns, one), nameOf(columns, other), bytes, from)
      : l10n.t("Two segments both hold {0} from number {1} on", bytes, from);
  const signs = [tellSigns(columns, one, note & SIGNS), tellSigns(columns, other, (note >> LATER_SHIFT) & SIGNS)];
  switch (kind) {
    case "bytes-differ":
      return joinSentences(differText(both, differing, compared === overlap ? undefined : compared), ...signs);
    case "checksums-differ":
      return joinSentences(
        l10n.t(
          "{0}, with equally long headers; their checksums ({1}, {2}) differ by more than ACKs, flags and timestamps explain.",
          ...[both, hex(columns.checksum[one]), hex(columns.checksum[other])],
        ),
        ...signs,
      );
    case "foreign-copy":
      return joinSentences(l10n.t("{0}.", both), ...signs);
    case "other-length":
      return l10n.t("{0}, one {1} bytes long, the other {2}.", both, columns.len[one], columns.len[other]);
  }
}

/** `both`: what the two hold; `compared`: how much of it was compared, where that is not all. */
function differText(both: string, differing: number, compared: number | undefined): string {
  if (compared === undefined)
    return differing === 1 ? l10n.t("{0}; 1 of them differs.", both) : l10n.t("{0}; {1} of them differ.", both, differing);
  return differing === 1
    ? l10n.t("{0}; 1 of the {1} in the file differs.", both, compared)
    : l10n.t("{0}; {1} of the {2} in the file differ.", both, differing, compared);
}

/** What speaks against a segment; empty when nothing does. */
function tellSigns(columns: PacketColumns, row: number, signs: number): string {
  const name = nameOf(columns, row);
  const who = name === "" ? l10n.t("One") : l10n.t("Frame {0}", name);
  const ttl = columns.ttl[row];
  switch (signs) {
    case Sign.ttl:
      return l10n.t("{0} has TTL {1}, which others of its direction have not.", who, ttl);
    case Sign.bare:
      return l10n.t("{0} has no options where the others have timestamps.", who);
    case Sign.unknownToSender:
      return l10n.t("{0} is unknown to its sender, who later goes on from a number below its end.", who);
    case Sign.ttl | Sign.bare:
      return l10n.t(
        "{0} has TTL {1}, which others of its direction have not, and has no options where the others have timestamps.",
        ...[who, ttl],
      );
    case Sign.ttl | Sign.unknownToSender:
      return l10n.t(
        "{0} has TTL {1}, which others of its direction have not, and is unknown to its sender, who later goes on from a number below its end.",
        ...[who, ttl],
      );
    case Sign.bare | Sign.unknownToSender:
      return l10n.t(
        "{0} has no options where the others have timestamps, and is unknown to its sender, who later goes on from a number below its end.",
        who,
      );
    case Sign.ttl | Sign.bare | Sign.unknownToSender:
      return l10n.t(
        "{0} has TTL {1}, which others of its direction have not, and has no options where the others have timestamps, and is unknown to its sender, who later goes on from a number below its end.",
        ...[who, ttl],
      );
    default:
      return "";
  }
}

/** Data with a foreign header that is in no conflict: one note per stream and direction. */
function* describeForeign(context: DetectorContext, foreign: readonly ForeignHeaders[], told: ReadonlySet<number>): Generator<RawFinding> {
  const { columns, streams } = context;
  const { rows } = streams.order;
  for (const { places, usual } of foreign) {
    if (places.some((place) => told.has(place))) continue;
    const ends = endsOf(context, places[0]);
    const names = places.map((place) => nameOf(columns, rows[place])).filter((name) => name !== "");
    const listed = `${names.slice(0, MAX_TOLD).join(", ")}${names.length > MAX_TOLD ? ", …" : ""}`;
    yield {
      key: ends.key,
      kind: "foreign-header",
      severity: "note",
      confidence: "low",
      title: l10n.t(
        "{0} with another TTL or header than all others from {1} in stream {2}",
        ...[segmentsText(places.length), ends.side, ends.stream],
      ),
      explanation: joinSentences(
        names.length === 0
          ? l10n.t("All other packets of the direction have {0}, before and behind.", usual)
          : l10n.t("All other packets of the direction have {0}, before and behind (frame {1}).", usual, listed),
        l10n.t(
          "Somebody else's packets come another way and seldom carry timestamps; but so do packets over a route that was used for a moment, and devices on the way change headers.",
        ),
      ),
      technique: null,
      count: places.length,
      source: ends.source,
      target: ends.target,
      rows: rowsAt(context, places),
      strongest: rows[places[0]],
    };
  }
}

/** Rows of places, in the order of capture. */
function rowsAt({ columns, streams }: DetectorContext, places: Iterable<number>): Uint32Array {
  const { rows } = streams.order;
  return sortByCapture(
    columns,
    Uint32Array.from(places, (place) => rows[place]),
  );
}

/** A number for the stream and the direction that a place is in; even for direction 0. */
function sideOf({ starts, turns }: StreamOrder, place: number): number {
  const stream = lastNotAbove(starts, place);
  return 2 * stream + (place < turns[stream] ? 0 : 1);
}

/** Who sends a packet, to whom, and in which stream; `side`: the sender in words. */
interface Ends {
  readonly key: string;
  readonly source: string | null;
  readonly target: string | null;
  readonly side: string;
  readonly stream: number;
}

function endsOf({ columns, streams }: DetectorContext, place: number): Ends {
  const row = streams.order.rows[place];
  const source = rowEndpoint(columns, row, "src");
  const target = rowEndpoint(columns, row, "dst");
  const stream = streams.numbers.stream[row];
  const key = `${String(stream)}/${source ?? String(sideOf(streams.order, place) & 1)}`;
  return { key, source, target, side: source ?? l10n.t("one side"), stream };
}

const nameOf = ({ frame, valid }: PacketColumns, row: number): string => (valid[row] & Valid.frame ? String(frame[row]) : "");
const hex = (value: number): string => `0x${value.toString(16).padStart(4, "0")}`;
const segmentsText = (count: number): string => (count === 1 ? l10n.t("1 segment") : l10n.t("{0} segments", count));
const bytesText = (count: number): string => (count === 1 ? l10n.t("1 byte") : l10n.t("{0} bytes", count));
const percent = (share: number): string => `${String(Math.round(share * 100))} %`;
