/**
 * How much of what was on the wire a file holds: by its frame numbers, by what its packets acknowledge, and by streams of which only one
 * side speaks. Detectors that follow streams judge by it how sure they can be.
 */
import type { Completeness } from "../shared/model";
import { Valid, type PacketColumns } from "./columns";
import type { Follower } from "./follow/follower";

/** What the streams of a capture say of its completeness. Shares are 0..1, and 0 of nothing. */
export interface StreamCompleteness {
  /** Packets that acknowledge more than their side did before, in streams of which both sides are seen. */
  readonly acks: number;
  /** Those of them that cover something never captured, as Wireshark's `ack_lost_segment` says: at most once per gap. */
  readonly unseenAcks: number;
  /** unseenAcks / acks. */
  readonly unseenShare: number;
  /** Streams with a packet in the file. */
  readonly streams: number;
  /** Streams with packets of one side only that acknowledge something of the other, which so must have spoken. */
  readonly oneSided: number;
  /** oneSided / streams. */
  readonly oneSidedShare: number;
  /** Streams with packets of one side only that acknowledge nothing: nobody answered, or it was not captured. */
  readonly unanswered: number;
}

/** How much of the capture the file holds; null without frame numbers. */
export function measureCompleteness({ rows, valid, frame }: PacketColumns): Completeness | null {
  let least = Infinity;
  let most = -Infinity;
  let known = 0;
  for (let row = 0; row < rows; row++) {
    if ((valid[row] & Valid.frame) === 0) continue;
    known++;
    least = Math.min(least, frame[row]);
    most = Math.max(most, frame[row]);
  }
  if (known === 0) return null;
  const span = most - least + 1;
  let frames = 0;
  // One bit per frame while that is no more than the numbers themselves take; else sorted.
  if (span <= 32 * known + 1024) {
    const seen = new Uint32Array(Math.ceil(span / 32));
    for (let row = 0; row < rows; row++) {
      if ((valid[row] & Valid.frame) === 0) continue;
      const at = frame[row] - least;
      const bit = 1 << (at & 31);
      if ((seen[at >>> 5] & bit) !== 0) continue;
      seen[at >>> 5] |= bit;
      frames++;
    }
  } else {
    const sorted = frame
      .slice(0, rows)
      .filter((_, row) => (valid[row] & Valid.frame) !== 0)
      .sort();
    for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) frames++;
  }
  return { frames, span, share: frames / span };
}

const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** By what the follower counted over all streams. */
export function streamCompleteness({ acks, unseenAcks, oneSided, unanswered }: Follower["counts"], streams: number): StreamCompleteness {
  return {
    acks,
    unseenAcks,
    unseenShare: shareOf(unseenAcks, acks),
    streams,
    oneSided,
    oneSidedShare: shareOf(oneSided, streams),
    unanswered,
  };
}
