/**
 * The follower: looks at the packets of streams one after the other, in the order of capture, and says of each what Wireshark's sequence
 * analysis says; and of each stream who opened it, how far it came, and whether its headers are of one kind. It knows nothing of
 * files, rows or findings. What its results mean is defined by the TypeScript that declares them: segmentLabels.ts,
 * connections.ts, completeness.ts, headerTraits.ts.
 *
 * Memory is the caller's (src/engine/follow/follower.ts lays it out). No allocator, no static data, no string. Packets lie in
 * any order; `sources` says where each one stands. All positions are addresses.
 */

// Bits of Valid.
const VALID_SEQ: u32 = 1 << 0;
const VALID_LEN: u32 = 1 << 4;
const VALID_ACK: u32 = 1 << 5;
const VALID_FLAGS: u32 = 1 << 6;
const VALID_WINDOW: u32 = 1 << 7;
const SEGMENT: u32 = VALID_SEQ | VALID_LEN;

// Bits of TcpFlag.
const FIN: u32 = 1 << 0;
const SYN: u32 = 1 << 1;
const RST: u32 = 1 << 2;
const PSH: u32 = 1 << 3;
const ACK: u32 = 1 << 4;
const URG: u32 = 1 << 5;
/** None of these is a keep-alive, an ACK that repeats another, or a window update. */
const CONTROL: u32 = SYN | FIN | RST;
/** Each of these takes a sequence number. */
const COUNTED: u32 = SYN | FIN;

// Bits of SegmentLabel.
const RETRANSMISSION: u32 = 1 << 0;
const FAST_RETRANSMISSION: u32 = 1 << 1;
const SPURIOUS_RETRANSMISSION: u32 = 1 << 2;
const OUT_OF_ORDER: u32 = 1 << 3;
const LOST_SEGMENT: u32 = 1 << 4;
const ACK_LOST_SEGMENT: u32 = 1 << 5;
const DUPLICATE_ACK: u32 = 1 << 6;
const KEEP_ALIVE: u32 = 1 << 7;
const KEEP_ALIVE_ACK: u32 = 1 << 8;
const ZERO_WINDOW: u32 = 1 << 9;
const WINDOW_UPDATE: u32 = 1 << 10;
const WINDOW_FULL: u32 = 1 << 11;
const REUSED_PORTS: u32 = 1 << 12;
const ZERO_WINDOW_PROBE: u32 = 1 << 13;
const ZERO_WINDOW_PROBE_ACK: u32 = 1 << 14;

/** A resent segment this soon after the ACK that asks for it is a fast retransmission, ns. Wireshark. */
const FAST_NS: f64 = 20e6;
/** A segment this soon after the highest one is out of order, ns, where the initial round trip is not known. Wireshark. */
const OUT_OF_ORDER_NS: f64 = 3e6;
/** Segments without an ACK that are remembered per direction. Wireshark's TCP_MAX_UNACKED_SEGMENTS. */
const MAX_UNACKED: i32 = 1000;
/**
 * Count of repeated ACKs behind one for something unseen: as good as any number of them, until one is repeated. (Wireshark
 * counts -1 there, in a number without a sign.)
 */
const UNSEEN: i32 = -1;
/** Window of rows that name none: equal to each other, and not zero. */
const UNKNOWN_WINDOW: i64 = 1;
/** Window of a direction that has sent nothing yet: no packet has it. */
const NO_WINDOW: i64 = -1;

// ---------------------------------------------------------------------------------------------------
// Numbers modulo 2^32

// @ts-ignore: decorator
@inline
function isBelow(a: i32, b: i32): bool {
  return a - b < 0;
}

// @ts-ignore: decorator
@inline
function isAbove(a: i32, b: i32): bool {
  return b - a < 0;
}

// ---------------------------------------------------------------------------------------------------
// What is known of a direction

/** Of the stream at hand. Numbers mean nothing before their `has…` is set. */
@unmanaged
class Flow {
  /** Highest number behind a segment, and when it came, ns. */
  hasNext: bool;
  hasAckable: bool;
  hasAck: bool;
  hasBase: bool;
  isBaseOfReset: bool;
  /** A SYN was seen: `tcp.window_size` holds the window, scaled if it is to be. */
  isScaleKnown: bool;
  nextSeq: i32;
  /** End of what was seen without a gap: an ACK above it covers something that was not captured. */
  ackable: i32;
  /** What this side acknowledged last. */
  lastAck: i32;
  /** First number; a reset that gave it need not know it. */
  base: i32;
  /** ACKs in a row that repeat the one before, or UNSEEN. */
  duplicateAcks: i32;
  lastLabels: u32;
  window: i64;
  nextSeqNs: f64;
  /** When its last packet came. */
  lastNs: f64;
  /** Ends of segments without an ACK, ascending: unacked[firstUnacked, firstUnacked + unackedCount). */
  firstUnacked: i32;
  unackedCount: i32;
  /** For completeness: the highest number that this side acknowledged. */
  hasHighest: bool;
  highest: i32;
  /** For connections: bits of SIDE_…, and payload, bytes. */
  side: u32;
  bytes: u64;
  /** For headers: what the first packet of this side shows, or -1. */
  traits: i32;
  /** For overlaps: pieces, and where the last segment began: counted from the direction's first without ever wrapping. */
  pieces: u32;
  hasPosition: bool;
  lastSeq: i32;
  lastPosition: i64;
}

/** Pieces that are remembered per direction; beyond, those with the lowest positions are forgotten, half of all at a time. */
const MAX_PIECES: u32 = 1 << 14;

// A direction's memory: its Flow, its list of unacked segments, twice as long as it gets, and its pieces: where each begins and ends,
// and who brought it.
const UNACKED: u32 = 256;
const STARTS: u32 = UNACKED + 8 * (MAX_UNACKED as u32);
const ENDS: u32 = STARTS + 8 * MAX_PIECES;
const OWNERS: u32 = ENDS + 8 * MAX_PIECES;
const FLOW_BYTES: u32 = OWNERS + 4 * MAX_PIECES;

function resetFlow(flow: Flow): void {
  flow.hasNext = flow.hasAckable = flow.hasAck = flow.hasBase = flow.isBaseOfReset = flow.isScaleKnown = flow.hasHighest = false;
  flow.nextSeqNs = flow.lastNs = NaN;
  flow.window = NO_WINDOW;
  flow.duplicateAcks = flow.firstUnacked = flow.unackedCount = 0;
  flow.lastLabels = flow.side = 0;
  flow.bytes = 0;
  flow.traits = -1;
  flow.pieces = 0;
  flow.hasPosition = false;
}

// @ts-ignore: decorator
@inline
function unackedOf(flow: Flow): u32 {
  return (changetype<usize>(flow) as u32) + UNACKED;
}

/** False when there are too many already. */
function addUnacked(flow: Flow, end: i32): bool {
  if (flow.unackedCount >= MAX_UNACKED) return false;
  const list = unackedOf(flow);
  if (flow.firstUnacked + flow.unackedCount === 2 * MAX_UNACKED) {
    memory.copy(list, list + ((flow.firstUnacked as u32) << 2), (flow.unackedCount as u32) << 2);
    flow.firstUnacked = 0;
  }
  const first = list + ((flow.firstUnacked as u32) << 2);
  let at = first + ((flow.unackedCount as u32) << 2);
  flow.unackedCount++;
  for (; at > first; at -= 4) {
    const before = load<i32>(at - 4);
    if (!isAbove(before, end)) break;
    store<i32>(at, before);
  }
  store<i32>(at, end);
  return true;
}

/** Forgets the segments that an ACK covers. */
// @ts-ignore: decorator
@inline
function dropUnacked(flow: Flow, ack: i32): void {
  const list = unackedOf(flow);
  while (flow.unackedCount > 0 && !isAbove(load<i32>(list + ((flow.firstUnacked as u32) << 2)), ack)) {
    flow.firstUnacked++;
    flow.unackedCount--;
  }
  if (flow.unackedCount === 0) flow.firstUnacked = 0;
}

// ---------------------------------------------------------------------------------------------------
// Labels

/** The stream at hand has seen no packet yet; an earlier one had the same endpoints. */
let isFirst: bool = true;
let isReused: bool = false;
/** When the last SYN came, and how long after it the first ACK, ns; NaN while unknown. */
let synNs: f64 = NaN;
let firstRttNs: f64 = NaN;

/** Labels of a packet; the state is that behind it then. */
// @ts-ignore: decorator
@inline
function labelsOf(own: Flow, peer: Flow, seq: i32, ack: i32, len: i32, flags: u32, window: i64, ns: f64): u32 {
  const hasAck = (flags & ACK) !== 0;
  let labels = (flags & SYN) !== 0 ? handshakeLabels(own, seq, flags) : 0;
  isFirst = false;
  if (!own.hasBase) {
    own.hasBase = true;
    own.base = (flags & SYN) !== 0 ? seq : seq - 1;
    own.isBaseOfReset = (flags & RST) !== 0;
  }
  if (hasAck && !peer.hasBase) {
    peer.hasBase = true;
    peer.base = ack - 1;
  }

  labels |= lookLabels(own, peer, seq, ack, len, flags, window, hasAck);
  if (!hasAck || !own.hasAck || ack !== own.lastAck) {
    if (hasAck || own.hasAck) own.duplicateAcks = 0;
  }
  if (hasAck) labels |= ackLabels(peer, ack);
  const takesNumbers = len !== 0 || (flags & COUNTED) !== 0;
  if ((labels & KEEP_ALIVE) === 0 && takesNumbers) labels |= resentLabels(own, peer, seq, len, flags, ns);

  let nextSeq = seq + len;
  if (takesNumbers) {
    const end = (flags & COUNTED) !== 0 ? nextSeq + 1 : nextSeq;
    if (addUnacked(own, end)) nextSeq = end;
  }
  if ((labels & ZERO_WINDOW_PROBE) === 0 && !isResetWithoutNumber(own, seq, flags)) {
    if (!own.hasNext || isAbove(nextSeq, own.nextSeq)) {
      own.hasNext = true;
      own.nextSeq = nextSeq;
      own.nextSeqNs = ns;
    }
    if (!own.hasAckable || seq === own.ackable) {
      own.hasAckable = true;
      own.ackable = own.nextSeq;
    }
  }
  own.window = window;
  own.hasAck = hasAck;
  own.lastAck = ack;
  own.lastNs = ns;
  own.lastLabels = labels;
  if (hasAck) dropUnacked(peer, ack);
  followHandshake(own, flags, ns);
  return labels;
}

/** Of a SYN: ports used again; and what one that is sent again means for what is expected. */
function handshakeLabels(own: Flow, seq: i32, flags: u32): u32 {
  if ((flags & ACK) === 0) {
    if (own.hasBase) {
      // A reset may have taken the number the peer acknowledged, and so moved the next one expected.
      own.hasNext = own.hasAckable;
      own.nextSeq = own.ackable;
    }
    return isFirst && isReused ? REUSED_PORTS : 0;
  }
  // Relative numbers count a SYN-ACK from its own number, whatever was the first: only a reset shows that it was another.
  if (!own.hasBase || (own.base === seq && !own.isBaseOfReset)) return 0;
  own.base = seq;
  own.isBaseOfReset = false;
  return REUSED_PORTS;
}

/** Labels by what this side and the peer last said: probes, gaps, keep-alives, windows, repeated ACKs. */
// @ts-ignore: decorator
@inline
function lookLabels(own: Flow, peer: Flow, seq: i32, ack: i32, len: i32, flags: u32, window: i64, hasAck: bool): u32 {
  const hasNext = own.hasNext;
  const nextSeq = own.nextSeq;
  const isNext = hasNext && seq === nextSeq;
  if (len === 1 && isNext && peer.window === 0) return ZERO_WINDOW_PROBE;
  let labels: u32 = window === 0 && (flags & CONTROL) === 0 ? ZERO_WINDOW : 0;
  if (hasNext && isAbove(seq, nextSeq) && (flags & RST) === 0) labels |= LOST_SEGMENT;
  if ((flags & CONTROL) !== 0) return labels;
  if ((len as u32) <= 1 && hasNext && nextSeq - seq === 1) labels |= KEEP_ALIVE;
  if (len !== 0) {
    if (peer.isScaleKnown && peer.hasAck && seq + len === peer.lastAck + (peer.window as i32)) labels |= WINDOW_FULL;
    return labels;
  }
  if (!isNext || hasAck !== own.hasAck || ack !== own.lastAck) return labels;
  if (window !== own.window) return window === 0 ? labels : labels | WINDOW_UPDATE;
  if (window === 0) return (peer.lastLabels & ZERO_WINDOW_PROBE) !== 0 ? labels | ZERO_WINDOW_PROBE_ACK : labels;
  if ((peer.lastLabels & KEEP_ALIVE) !== 0) return labels | KEEP_ALIVE_ACK;
  own.duplicateAcks = own.duplicateAcks === UNSEEN ? 1 : own.duplicateAcks + 1;
  return labels | DUPLICATE_ACK;
}

/**
 * Whether an ACK covers something of the peer's that was not captured: said once per gap that was seen; where nothing came
 * behind what is missing, once until the peer acknowledges something else.
 */
// @ts-ignore: decorator
@inline
function ackLabels(peer: Flow, ack: i32): u32 {
  if (!peer.hasAckable || !isAbove(ack, peer.ackable)) return 0;
  if (isBelow(peer.ackable, peer.nextSeq)) {
    peer.ackable = peer.nextSeq;
    return ACK_LOST_SEGMENT;
  }
  const wasNone = peer.duplicateAcks === 0;
  peer.duplicateAcks = UNSEEN;
  return wasNone ? ACK_LOST_SEGMENT : 0;
}

/** Spurious, fast, out of order, plain: the first that applies. */
function resentLabels(own: Flow, peer: Flow, seq: i32, len: i32, flags: u32, ns: f64): u32 {
  if (len !== 0 && peer.hasAck && !isAbove(seq + len, peer.lastAck)) return RETRANSMISSION | SPURIOUS_RETRANSMISSION;
  // More than one byte from the last one on may follow a probe of a zero window, and is new then.
  if (!own.hasNext || !isBelow(seq, own.nextSeq) || ((len as u32) > 1 && own.nextSeq - seq === 1)) return 0;
  const sinceAck = ns - peer.lastNs;
  if (
    (peer.duplicateAcks >= 2 || peer.duplicateAcks === UNSEEN) &&
    peer.hasAck &&
    peer.lastAck === seq &&
    sinceAck >= 0 &&
    sinceAck < FAST_NS
  )
    return RETRANSMISSION | FAST_RETRANSMISSION;
  const sinceHighest = ns - own.nextSeqNs;
  const threshold: f64 = firstRttNs !== 0 && !isNaN(firstRttNs) ? firstRttNs : OUT_OF_ORDER_NS;
  const end = seq + len + ((flags & COUNTED) !== 0 ? 1 : 0);
  if (sinceHighest >= 0 && (sinceHighest < threshold || threshold < 0) && end !== own.nextSeq) return OUT_OF_ORDER;
  return RETRANSMISSION;
}

/** The initial round trip: from the last SYN to the first ACK behind it. */
// @ts-ignore: decorator
@inline
function followHandshake(own: Flow, flags: u32, ns: f64): void {
  if ((flags & SYN) !== 0) {
    own.isScaleKnown = true;
    if ((flags & ACK) === 0) synNs = ns;
  } else if ((flags & ACK) !== 0 && !isNaN(synNs) && (isNaN(firstRttNs) || firstRttNs === 0)) {
    firstRttNs = ns - synNs;
  }
}

/** The reset that answers a SYN to a closed port has number 0 on the wire, which Wireshark takes for none. */
// @ts-ignore: decorator
@inline
function isResetWithoutNumber(own: Flow, seq: i32, flags: u32): bool {
  return (flags & (RST | ACK)) === (RST | ACK) && own.isBaseOfReset && (seq === 0 || seq === 1);
}

// ---------------------------------------------------------------------------------------------------
// Completeness

/** Both sides of the stream at hand are in the file; any of its packets acknowledges something. */
let isBothSided: bool = false;
let hasAcks: bool = false;
/** Of all streams, see StreamCompleteness. */
let acks: u32 = 0;
let unseenAcks: u32 = 0;
let oneSided: u32 = 0;
let unanswered: u32 = 0;

// ---------------------------------------------------------------------------------------------------
// Connections

// Bits of one side of the stream at hand.
const SIDE_SENT: u32 = 1 << 0;
const SIDE_SYN_ACK: u32 = 1 << 1;
const SIDE_RESET: u32 = 1 << 2;
/** An ACK that is neither SYN-ACK nor reset. */
const SIDE_ACK: u32 = 1 << 3;
const SIDE_FIN: u32 = 1 << 4;
/** A packet unlike the stream's first one. */
const SIDE_DIFFERS: u32 = 1 << 5;

// Values of ConnectionKind.
const KIND_OTHER: u32 = 0;
const KIND_SYN: u32 = 1;
const KIND_FIN: u32 = 2;
const KIND_NULL: u32 = 3;
const KIND_XMAS: u32 = 4;
const KIND_ACK: u32 = 5;
const KIND_MAIMON: u32 = 6;

// Bits of ConnectionBit.
const BIT_SYN: u32 = 1 << 0;
const BIT_SYN_ACK: u32 = 1 << 1;
const BIT_COMPLETED: u32 = 1 << 2;
const BIT_RESET_BY_RESPONDER: u32 = 1 << 3;
const BIT_RESET_BY_ORIGINATOR: u32 = 1 << 4;
const BIT_ANSWERED: u32 = 1 << 5;
const BIT_RESENT: u32 = 1 << 6;
const BIT_IS_SECOND: u32 = 1 << 7;
const BIT_IS_REVERSED: u32 = 1 << 8;

/** A SYN that comes again sooner is a copy (a mirror port gives two), ns: no stack waits less (Linux at least 200 ms, RFC 6298 1 s). */
const RESENT_NS: f64 = 200e6;
const ALL_CONTROL: u32 = FIN | SYN | RST | PSH | ACK | URG;
const XMAS: u32 = FIN | PSH | URG;

let kind: u32 = 0;
let firstControl: u32 = 0;
let firstSide: u32 = 0;
/** The side whose SYN was seen, or -1. */
let synSide: i32 = -1;
let synSeq: i32 = 0;
let isResent: bool = false;
/** Place of the packet that the connection is told by, and when it came; when the last came. */
let connectionPlace: u32 = 0;
let connectionNs: f64 = NaN;
let lastNs: f64 = NaN;

/** The kind of a stream that begins with these flags. */
function kindOf(control: u32): u32 {
  if ((control & (SYN | ACK | RST)) === SYN) return KIND_SYN;
  if (control === 0) return KIND_NULL;
  if (control === FIN) return KIND_FIN;
  if (control === XMAS) return KIND_XMAS;
  if (control === ACK) return KIND_ACK;
  return control === (FIN | ACK) ? KIND_MAIMON : KIND_OTHER;
}

/** A SYN names the originator, unless a conversation is under way already. */
function followSyn(own: Flow, peer: Flow, side: u32, seq: i32, ns: f64, place: u32): void {
  if (synSide === (side as i32)) {
    if (seq === synSeq && ns - connectionNs >= RESENT_NS) isResent = true;
    return;
  }
  if (synSide >= 0 || ((own.side | peer.side) & SIDE_ACK) !== 0) return;
  synSide = side as i32;
  synSeq = seq;
  kind = KIND_SYN;
  connectionPlace = place;
  connectionNs = ns;
}

// @ts-ignore: decorator
@inline
function followConnection(own: Flow, peer: Flow, side: u32, seq: i32, len: u32, flags: u32, ns: f64, place: u32): void {
  const control = flags & ALL_CONTROL;
  let seen: u32 = SIDE_SENT | ((control & RST) !== 0 ? SIDE_RESET : 0) | ((control & FIN) !== 0 ? SIDE_FIN : 0);
  if ((control & (SYN | RST)) === SYN) {
    if ((control & ACK) !== 0) seen |= SIDE_SYN_ACK;
    else followSyn(own, peer, side, seq, ns, place);
  } else {
    if ((control & (ACK | RST)) === ACK) seen |= SIDE_ACK;
    if ((control & RST) === 0) own.bytes += len as u64;
  }
  if (control !== firstControl || len !== 0) seen |= SIDE_DIFFERS;
  own.side |= seen;
  lastNs = ns;
}

// ---------------------------------------------------------------------------------------------------
// Overlaps

/** The packet at a place of the walk brings bytes again that another brought first. */
// @ts-ignore: decorator
@external("env", "overlap")
declare function overlap(earlier: u32, later: u32): void;

/** In some direction bytes far behind the newest were forgotten. */
let isForgetful: bool = false;

/** Takes `len` bytes from `seq` on. */
// @ts-ignore: decorator
@inline
function addBytes(flow: Flow, seq: i32, len: u32, place: u32): void {
  const position: i64 = flow.hasPosition ? flow.lastPosition + ((seq - flow.lastSeq) as i64) : 0;
  flow.hasPosition = true;
  flow.lastSeq = seq;
  flow.lastPosition = position;
  const end = position + (len as i64);
  const count = flow.pieces;
  if (count === 0 || position >= load<i64>((changetype<usize>(flow) as u32) + ENDS + ((count - 1) << 3))) insertPiece(flow, count, position, end, place);
  else addBytesBack(flow, position, end, place);
}

function addBytesBack(flow: Flow, from: i64, end: i64, place: u32): void {
  const base = changetype<usize>(flow) as u32;
  let position = from;
  let at = findPiece(flow, position);
  while (position < end) {
    if (at < (flow.pieces as i32) && load<i64>(base + STARTS + (at << 3)) <= position) {
      overlap(load<u32>(base + OWNERS + (at << 2)), place);
      position = load<i64>(base + ENDS + (at << 3));
      at++;
    } else {
      const gapEnd = at < (flow.pieces as i32) ? min<i64>(load<i64>(base + STARTS + (at << 3)), end) : end;
      at = insertPiece(flow, at, position, gapEnd, place) + 1;
      position = gapEnd;
    }
  }
}

/** The first piece that ends above a position. */
function findPiece(flow: Flow, position: i64): i32 {
  const ends = (changetype<usize>(flow) as u32) + ENDS;
  let low: i32 = 0;
  let high = flow.pieces as i32;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (load<i64>(ends + (middle << 3)) <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Puts a piece before the one at a place; returns where it is then, -1 if it was forgotten at once. */
function insertPiece(flow: Flow, before: i32, start: i64, end: i64, place: u32): i32 {
  const base = changetype<usize>(flow) as u32;
  let at = before;
  if (flow.pieces === MAX_PIECES) {
    const half = MAX_PIECES >> 1;
    memory.copy(base + STARTS, base + STARTS + (half << 3), half << 3);
    memory.copy(base + ENDS, base + ENDS + (half << 3), half << 3);
    memory.copy(base + OWNERS, base + OWNERS + (half << 2), half << 2);
    flow.pieces -= half;
    isForgetful = true;
    if (at < (half as i32)) return -1;
    at -= half as i32;
  }
  const moved = flow.pieces - (at as u32);
  if (moved !== 0) {
    memory.copy(base + STARTS + ((at + 1) << 3), base + STARTS + (at << 3), moved << 3);
    memory.copy(base + ENDS + ((at + 1) << 3), base + ENDS + (at << 3), moved << 3);
    memory.copy(base + OWNERS + ((at + 1) << 2), base + OWNERS + (at << 2), moved << 2);
  }
  store<i64>(base + STARTS + (at << 3), start);
  store<i64>(base + ENDS + (at << 3), end);
  store<u32>(base + OWNERS + (at << 2), place);
  flow.pieces++;
  return at;
}

// ---------------------------------------------------------------------------------------------------
// Headers

// Bits of Trait.
const TRAIT_BARE: i32 = 1 << 8;
const TRAIT_TTL: i32 = 0xff;
/** A TCP header without options, and an IPv4 header without them, bytes. */
const BARE_HEADER: i64 = 20;
const IP_HEADER: i64 = 20;

// ---------------------------------------------------------------------------------------------------
// Streams

let numbersAt: u32, halvesAt: u32, headerLenAt: u32, nsAt: u32, labelsAt: u32, sourcesAt: u32, directionsAt: u32;
let endsAt: u32, factsAt: u32, kindsAt: u32, bitsAt: u32, placesAt: u32, firstNsAt: u32, secondsAt: u32, ownBytesAt: u32, peerBytesAt: u32, mixedAt: u32;
let flowsAt: u32;
let isOpen: bool = false;
let streamEnd: u32 = 0;
let isMixed: bool = false;

/** Bytes of memory that the state of the stream at hand takes. */
export function flowBytes(): u32 {
  return 2 * FLOW_BYTES;
}

/**
 * Where what is known of packets begins, which stays there: `numbers` has four per packet (seq, ack, len, window, u32), `halves` too (valid,
 * flags, ttl, ipLen, u16), the others one.
 */
export function layPackets(numbers: u32, halves: u32, headerLen: u32, ns: u32, labels: u32, sources: u32, directions: u32): void {
  numbersAt = numbers;
  halvesAt = halves;
  headerLenAt = headerLen;
  nsAt = ns;
  labelsAt = labels;
  sourcesAt = sources;
  directionsAt = directions;
}

/** Where the columns of streams begin: `ends` and `facts` are read, the others written. `flows`: flowBytes() of memory. */
export function layStreams(
  ends: u32, facts: u32, kinds: u32, bits: u32, places: u32, firstNs: u32, seconds: u32, ownBytes: u32, peerBytes: u32, mixed: u32,
  flows: u32,
): void {
  endsAt = ends;
  factsAt = facts;
  kindsAt = kinds;
  bitsAt = bits;
  placesAt = places;
  firstNsAt = firstNs;
  secondsAt = seconds;
  ownBytesAt = ownBytes;
  peerBytesAt = peerBytes;
  mixedAt = mixed;
  flowsAt = flows;
  isOpen = isForgetful = false;
  acks = unseenAcks = oneSided = unanswered = 0;
}

function beginStream(stream: u32): void {
  resetFlow(changetype<Flow>(flowsAt));
  resetFlow(changetype<Flow>(flowsAt + FLOW_BYTES));
  const facts = load<u8>(factsAt + stream);
  streamEnd = load<u32>(endsAt + (stream << 2));
  isReused = (facts & 1) !== 0;
  isBothSided = (facts & 2) !== 0;
  isFirst = true;
  hasAcks = false;
  isMixed = false;
  synNs = NaN;
  firstRttNs = NaN;
  synSide = -1;
  isResent = false;
  lastNs = NaN;
  isOpen = true;
}

function endStream(stream: u32): void {
  isOpen = false;
  if (!isBothSided) {
    if (hasAcks) oneSided++;
    else unanswered++;
  }
  // Whoever begins with a SYN-ACK answers.
  const isReversed = synSide < 0 && (firstControl & (SYN | ACK)) === (SYN | ACK);
  const originator: u32 = synSide >= 0 ? (synSide as u32) : isReversed ? 1 - firstSide : firstSide;
  const ownFlow = changetype<Flow>(flowsAt + originator * FLOW_BYTES);
  const peerFlow = changetype<Flow>(flowsAt + (1 - originator) * FLOW_BYTES);
  const own = ownFlow.side;
  const peer = peerFlow.side;
  let bits: u32 = (originator === 1 ? BIT_IS_SECOND : 0) | (isReversed ? BIT_IS_REVERSED : 0);
  if (synSide >= 0) bits |= BIT_SYN;
  if ((peer & SIDE_SYN_ACK) !== 0) bits |= BIT_SYN_ACK;
  if ((peer & SIDE_SENT) !== 0) bits |= BIT_ANSWERED;
  if ((peer & SIDE_RESET) !== 0) bits |= BIT_RESET_BY_RESPONDER;
  if ((own & SIDE_RESET) !== 0) bits |= BIT_RESET_BY_ORIGINATOR;
  if (isResent) bits |= BIT_RESENT;
  if (
    (synSide >= 0 || (peer & SIDE_SYN_ACK) !== 0) &&
    ((own & SIDE_ACK) !== 0 || ownFlow.bytes + peerFlow.bytes > 0 || (peer & SIDE_FIN) !== 0)
  )
    bits |= BIT_COMPLETED;
  const isAlone = (own & SIDE_DIFFERS) === 0 && (peer & ~(SIDE_SENT | SIDE_RESET | SIDE_DIFFERS)) === 0;
  const hasOnlyResets = (peer & SIDE_SENT) === 0 || (peer & SIDE_RESET) !== 0;
  store<u8>(kindsAt + stream, kind === KIND_SYN || (isAlone && hasOnlyResets) ? kind : KIND_OTHER);
  store<u16>(bitsAt + (stream << 1), bits);
  store<u32>(placesAt + (stream << 2), connectionPlace);
  store<f64>(firstNsAt + (stream << 3), connectionNs);
  store<f32>(secondsAt + (stream << 2), ((lastNs - connectionNs) / 1e9) as f32);
  store<u32>(ownBytesAt + (stream << 2), min<u64>(ownFlow.bytes, 0xffffffff) as u32);
  store<u32>(peerBytesAt + (stream << 2), min<u64>(peerFlow.bytes, 0xffffffff) as u32);
  store<u8>(mixedAt + stream, isMixed ? 1 : 0);
}

/**
 * Follows the packets with the numbers [from, to) of those at hand, the first of which has the place `first` of the walk; `stream`: the one at
 * hand, by its number among those at hand. Returns the one that is at hand then.
 */
export function follow(first: u32, from: u32, to: u32, stream: u32): u32 {
  const flows = flowsAt;
  for (let i = from; i < to; ) {
    if (!isOpen) {
      beginStream(stream);
      const at = load<u32>(sourcesAt + (i << 2));
      const halves = halvesAt + (at << 3);
      const valid = load<u16>(halves) as u32;
      firstControl = settledFlags(valid, load<u16>(halves, 2), load<u32>(numbersAt + (at << 4), 4)) & ALL_CONTROL;
      kind = (valid & VALID_FLAGS) === 0 ? KIND_OTHER : kindOf(firstControl);
      firstSide = load<u8>(directionsAt + i);
      connectionPlace = first + i;
      connectionNs = load<f64>(nsAt + (at << 3));
    }
    const end = min<u32>(streamEnd - first, to);
    for (; i < end; i++) {
      const at = load<u32>(sourcesAt + (i << 2));
      const side = load<u8>(directionsAt + i) as u32;
      const own = changetype<Flow>(flows + side * FLOW_BYTES);
      const peer = changetype<Flow>(flows + (1 - side) * FLOW_BYTES);
      const numbers = numbersAt + (at << 4);
      const halves = halvesAt + (at << 3);
      const valid = load<u16>(halves) as u32;
      const seq = load<i32>(numbers);
      const given = load<i32>(numbers, 4);
      const ack = (valid & VALID_ACK) !== 0 ? given : 0;
      const len = load<i32>(numbers, 8);
      const window = (valid & VALID_WINDOW) !== 0 ? (load<u32>(numbers, 12) as i64) : UNKNOWN_WINDOW;
      const flags = settledFlags(valid, load<u16>(halves, 2), given);
      const ns = load<f64>(nsAt + (at << 3));
      const labels = (valid & SEGMENT) === SEGMENT ? labelsOf(own, peer, seq, ack, len, flags, window, ns) : 0;
      store<u16>(labelsAt + (at << 1), labels);

      if ((flags & ACK) !== 0) {
        hasAcks = true;
        if (isBothSided && (!own.hasHighest || isAbove(ack, own.highest))) {
          own.hasHighest = true;
          own.highest = ack;
          acks++;
          if ((labels & ACK_LOST_SEGMENT) !== 0) unseenAcks++;
        }
      }
      followConnection(own, peer, side, seq, (valid & VALID_LEN) === 0 ? 0 : (len as u32), flags, ns, first + i);

      // Single bytes are left out: keep-alives and probes of a closed window repeat a byte of any value; and so are resets, whose bytes
      // are a text about them. A segment without number and length holds no bytes that could be told.
      if ((len as u32) > 1 && (valid & SEGMENT) === SEGMENT && (flags & RST) === 0)
        addBytes(own, (flags & SYN) !== 0 ? seq + 1 : seq, len as u32, first + i);

      if ((flags & (SYN | RST)) === 0) {
        const headerLen = load<u16>(headerLenAt + (at << 1)) as i64;
        const header = headerLen !== 0 ? headerLen : (load<u16>(halves, 6) as i64) - IP_HEADER - ((len as u32) as i64);
        const traits = ((load<u16>(halves, 4) as i32) & TRAIT_TTL) | (header === BARE_HEADER ? TRAIT_BARE : 0);
        if (own.traits < 0) own.traits = traits;
        else if (own.traits !== traits) isMixed = true;
      }
    }
    if (first + i === streamEnd) endStream(stream++);
  }
  return stream;
}

/** The ACK bit only where the row has a number to it, and by that alone where it has no flags: whoever names a number acknowledges it. */
// @ts-ignore: decorator
@inline
function settledFlags(valid: u32, flags: u32, ack: u32): u32 {
  if ((valid & VALID_FLAGS) === 0) return (valid & VALID_ACK) !== 0 && ack !== 0 ? ACK : 0;
  return (valid & VALID_ACK) !== 0 ? flags : flags & ~ACK;
}

// Of all streams so far, see StreamCompleteness.
export function ackCount(): u32 {
  return acks;
}

export function unseenAckCount(): u32 {
  return unseenAcks;
}

export function oneSidedCount(): u32 {
  return oneSided;
}

export function unansweredCount(): u32 {
  return unanswered;
}

/** Whether overlaps are missing, because bytes far behind the newest were forgotten. */
export function hasForgotten(): bool {
  return isForgetful;
}
