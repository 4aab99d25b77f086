import assert from "node:assert/strict";
import type { StreamCompleteness } from "../../../src/engine/completeness";
import { follow, HANDSHAKE, type Packet } from "../../support/packets";

const measure = (packets: readonly Packet[]): StreamCompleteness => follow(packets).completeness;

describe("completeness by streams", () => {
  it("counts the ACKs that cover something new, and those that cover something never captured", () => {
    const packets: Packet[] = [
      ...HANDSHAKE,
      { seq: 1, ack: 1, len: 100 },
      { from: "b", seq: 1, ack: 101 },
      { from: "b", seq: 1, ack: 101 },
      { from: "b", seq: 1, ack: 301 },
    ];
    // SYN-ACK, the third packet of the handshake, and two of the others.
    assert.deepEqual(measure(packets), {
      acks: 4,
      unseenAcks: 1,
      unseenShare: 0.25,
      streams: 1,
      oneSided: 0,
      oneSidedShare: 0,
      unanswered: 0,
    });
  });

  it("tells streams of which a side is missing from those in which nobody answers", () => {
    const packets: Packet[] = [
      { seq: 0, flags: "S", stream: 0 },
      { seq: 0, flags: "S", stream: 1 },
      { seq: 1, ack: 1, stream: 1 },
      { from: "b", seq: 1, ack: 1, flags: "RA", stream: 2 },
      { seq: 0, flags: "S", stream: 3 },
      { from: "b", seq: 1, ack: 1, flags: "RA", stream: 3 },
    ];
    const { streams, oneSided, oneSidedShare, unanswered } = measure(packets);
    assert.deepEqual({ streams, oneSided, oneSidedShare, unanswered }, { streams: 4, oneSided: 2, oneSidedShare: 0.5, unanswered: 1 });
  });

  it("says nothing of nothing", () => {
    assert.deepEqual(measure([]), { acks: 0, unseenAcks: 0, unseenShare: 0, streams: 0, oneSided: 0, oneSidedShare: 0, unanswered: 0 });
  });
});
