import assert from "node:assert/strict";
import { HANDSHAKE, labelsOf, type Packet } from "../../support/packets";

/** Labels of the packets behind a handshake. */
const after = (...packets: Packet[]): string[] => {
  const labels = labelsOf([...HANDSHAKE, ...packets]);
  assert.deepEqual(labels.slice(0, 3), ["", "", ""]);
  return labels.slice(3);
};

describe("labels per packet", () => {
  it("has nothing to say of a connection that goes well", () => {
    const packets: Packet[] = [
      { seq: 1, ack: 1, len: 100 },
      { from: "b", seq: 1, ack: 101 },
      { from: "b", seq: 1, ack: 101, len: 1448 },
      { seq: 101, ack: 1449 },
      { seq: 101, ack: 1449, flags: "FA" },
      { from: "b", seq: 1449, ack: 102, flags: "FA" },
      { seq: 102, ack: 1450 },
    ];
    assert.deepEqual(after(...packets), ["", "", "", "", "", "", ""]);
  });

  it("takes a segment above the next one expected for one behind a loss", () => {
    assert.deepEqual(after({ seq: 1, ack: 1, len: 100 }, { seq: 201, ack: 1, len: 100 }, { seq: 301, ack: 1, len: 1 }), [
      "",
      "lostSegment",
      "",
    ]);
    assert.deepEqual(after({ seq: 500, ack: 1, flags: "RA" }), [""]);
  });

  it("tells a segment out of order from one that is sent again by the initial round trip", () => {
    const gap: Packet[] = [
      { seq: 1, ack: 1, len: 100, time: 1 },
      { seq: 201, ack: 1, len: 100, time: 1 },
    ];
    assert.deepEqual(after(...gap, { seq: 101, ack: 1, len: 100, time: 1.099 })[2], "outOfOrder");
    assert.deepEqual(after(...gap, { seq: 101, ack: 1, len: 100, time: 1.1 })[2], "retransmission");
  });

  it("takes 3 ms where the initial round trip is not known", () => {
    const midstream = (time: number): string[] =>
      labelsOf([
        { seq: 5000, ack: 1, len: 100, time: 1 },
        { seq: 5200, ack: 1, len: 100, time: 1 },
        { seq: 5100, ack: 1, len: 100, time },
      ]);
    assert.deepEqual(midstream(1.0029), ["", "lostSegment", "outOfOrder"]);
    assert.deepEqual(midstream(1.003), ["", "lostSegment", "retransmission"]);
  });

  it("takes the very segment that came last, again, for a retransmission however soon it comes", () => {
    assert.deepEqual(after({ seq: 1, ack: 1, len: 100, time: 1 }, { seq: 1, ack: 1, len: 100, time: 1.0001 })[1], "retransmission");
  });

  it("takes a segment whose bytes were acknowledged for a spurious retransmission", () => {
    const packets: Packet[] = [
      { seq: 1, ack: 1, len: 100 },
      { from: "b", seq: 1, ack: 101 },
      { seq: 1, ack: 1, len: 100 },
    ];
    assert.deepEqual(after(...packets), ["", "", "retransmission spuriousRetransmission"]);
  });

  it("takes the segment that two repeated ACKs ask for within 20 ms for a fast retransmission", () => {
    const asked = (repeats: number, time: number): string[] =>
      after(
        { seq: 1, ack: 1, len: 100, time: 1 },
        { seq: 201, ack: 1, len: 100, time: 1 },
        { from: "b", seq: 1, ack: 101, time: 1.2 },
        ...Array.from({ length: repeats }, (): Packet => ({ from: "b", seq: 1, ack: 101, time: 1.2 })),
        { seq: 101, ack: 1, len: 100, time },
      );
    assert.deepEqual(asked(2, 1.2199).slice(2), ["", "duplicateAck", "duplicateAck", "retransmission fastRetransmission"]);
    assert.equal(asked(2, 1.22).at(-1), "retransmission");
    assert.equal(asked(1, 1.2199).at(-1), "retransmission");
  });

  it("takes an ACK for one that repeats another only with the same window and nothing else in it", () => {
    const ack: Packet = { from: "b", seq: 1, ack: 101 };
    const sent: Packet = { seq: 1, ack: 1, len: 100 };
    assert.deepEqual(after(sent, ack, ack), ["", "", "duplicateAck"]);
    assert.deepEqual(after(sent, ack, { ...ack, window: 4096 }), ["", "", "windowUpdate"]);
    assert.deepEqual(after(sent, ack, { ...ack, window: 0 }), ["", "", "zeroWindow"]);
    assert.deepEqual(after(sent, ack, { ...ack, flags: "RA" }), ["", "", ""]);
    assert.deepEqual(after(sent, ack, { ...ack, len: 5 }), ["", "", ""]);
  });

  it("says of an ACK for something never captured so once", () => {
    const packets: Packet[] = [
      { seq: 1, ack: 1, len: 100 },
      { from: "b", seq: 1, ack: 301 },
      { from: "b", seq: 1, ack: 401 },
      { seq: 401, ack: 1, len: 10 },
      { from: "b", seq: 1, ack: 411 },
      { seq: 411, ack: 1, len: 10 },
      { from: "b", seq: 1, ack: 421 },
    ];
    assert.deepEqual(after(...packets), ["", "ackLostSegment", "", "lostSegment", "ackLostSegment", "", ""]);
  });

  it("knows keep-alives with no or one byte, and what answers them", () => {
    for (const len of [0, 1]) {
      const packets: Packet[] = [
        { seq: 1, ack: 1, len: 100 },
        { from: "b", seq: 1, ack: 101 },
        { seq: 100, ack: 1, len },
        { from: "b", seq: 1, ack: 101 },
      ];
      assert.deepEqual(after(...packets), ["", "", "keepAlive", "keepAliveAck"]);
    }
    // Neither the first nor more bytes are.
    assert.deepEqual(after({ seq: 1, ack: 1, len: 100 }, { seq: 100, ack: 1, len: 2 }), ["", ""]);
    assert.deepEqual(after({ seq: 1, ack: 1, len: 100 }, { seq: 100, ack: 1, len: 1, flags: "FA" })[1], "retransmission");
  });

  it("knows a closed window, the probes of it, and when it is full", () => {
    const packets: Packet[] = [
      { seq: 1, ack: 1, len: 100 },
      { from: "b", seq: 1, ack: 101, window: 50 },
      { seq: 101, ack: 1, len: 50 },
      { from: "b", seq: 1, ack: 151, window: 0 },
      { seq: 151, ack: 1, len: 1 },
      { from: "b", seq: 1, ack: 151, window: 0 },
      { seq: 151, ack: 1, len: 1 },
      { from: "b", seq: 1, ack: 151, window: 8192 },
      { seq: 151, ack: 1, len: 10 },
    ];
    const labels = [
      "",
      "",
      "windowFull",
      "zeroWindow",
      "zeroWindowProbe",
      "zeroWindow zeroWindowProbeAck",
      "zeroWindowProbe",
      "windowUpdate",
      "",
    ];
    assert.deepEqual(after(...packets), labels);
    // Whoever has not seen the SYN does not know by what the window is multiplied.
    assert.deepEqual(labelsOf(packets.slice(0, 3)), ["", "", ""]);
  });

  it("counts one number for a SYN and for a FIN, and labels both when they come again", () => {
    assert.deepEqual(labelsOf([HANDSHAKE[0], { seq: 0, flags: "S", time: 3 }]), ["", "retransmission"]);
    const fin: Packet = { seq: 1, ack: 1, flags: "FA" };
    assert.deepEqual(after(fin, fin), ["", "retransmission"]);
    assert.deepEqual(after(fin, { from: "b", seq: 1, ack: 2, flags: "FA" }, { seq: 2, ack: 2 }), ["", "", ""]);
  });

  it("goes on across 2^32", () => {
    const base = 0xffffffff - 150;
    const packets: Packet[] = [
      { seq: base, ack: 1, len: 100, time: 1 },
      { seq: base + 100, ack: 1, len: 100, time: 1 },
      { from: "b", seq: 1, ack: 49, time: 1 },
      { seq: 49, ack: 1, len: 100, time: 1 },
      { seq: 249, ack: 1, len: 100, time: 1 },
      { seq: base, ack: 1, len: 100, time: 2 },
      { from: "b", seq: 1, ack: 1000, time: 2 },
    ];
    const wanted = ["", "", "", "", "lostSegment", "retransmission spuriousRetransmission", "ackLostSegment"];
    assert.deepEqual(labelsOf(packets), wanted);
  });

  it("has nothing to say of the first packets of a stream whose beginning is missing", () => {
    assert.deepEqual(
      labelsOf([
        { seq: 77777, ack: 5, len: 10 },
        { from: "b", seq: 5, ack: 77787 },
        { seq: 77787, ack: 5, len: 10 },
      ]),
      ["", "", ""],
    );
  });

  it("labels the SYN of a stream that has the endpoints of an earlier one, in either direction", () => {
    const syn = (stream: number, other: Packet = {}): Packet => ({ seq: 0, flags: "S", stream, ...other });
    assert.deepEqual(labelsOf([syn(3), syn(7)]), ["", "reusedPorts"]);
    assert.deepEqual(labelsOf([syn(3), syn(7, { from: "b", to: "a" })]), ["", "reusedPorts"]);
    assert.deepEqual(labelsOf([syn(3), syn(7, { from: "10.0.0.1:1001" })]), ["", ""]);
    assert.deepEqual(labelsOf([syn(3), { seq: 1, ack: 1, len: 5, stream: 7 }]), ["", ""]);
  });

  it("labels a SYN-ACK behind a reset that answered the same SYN", () => {
    const packets: Packet[] = [
      { seq: 0, flags: "S" },
      { from: "b", seq: 1, ack: 1, flags: "RA", window: 0 },
      { from: "b", seq: 0, ack: 1, flags: "SA" },
      { seq: 1, ack: 1 },
    ];
    assert.deepEqual(labelsOf(packets), ["", "", "reusedPorts", ""]);
  });

  it("follows frame numbers, whatever the order of the file and however time goes", () => {
    const packets: Packet[] = [
      ...HANDSHAKE,
      { seq: 1, ack: 1, len: 100, time: 2 },
      { from: "b", seq: 1, ack: 101, time: 1.9 },
      { seq: 101, ack: 1, len: 100, time: 1.8 },
      { seq: 301, ack: 1, len: 100, time: 2 },
    ].map((packet, i) => ({ ...packet, frame: i + 1 }));
    const wanted = labelsOf(packets);
    assert.deepEqual(wanted, ["", "", "", "", "", "", "lostSegment"]);
    for (const order of [
      [6, 5, 4, 3, 2, 1, 0],
      [3, 1, 6, 0, 5, 2, 4],
    ]) {
      assert.deepEqual(
        labelsOf(order.map((i) => packets[i])),
        order.map((i) => wanted[i]),
      );
    }
  });

  it("is the same without tcp.stream, without frames, and without both", () => {
    const packets: Packet[] = [
      ...HANDSHAKE,
      { seq: 201, ack: 1, len: 100 },
      { from: "b", seq: 1, ack: 1 },
      { seq: 1, ack: 1, len: 100, time: 9 },
    ];
    const wanted = ["", "", "", "lostSegment", "duplicateAck", "retransmission"];
    assert.deepEqual(labelsOf(packets), wanted);
    assert.deepEqual(labelsOf(packets.map((each) => ({ ...each, stream: null }))), wanted);
    assert.deepEqual(labelsOf(packets.map((each) => ({ ...each, frame: null }))), wanted);
    assert.deepEqual(labelsOf(packets.map((each) => ({ ...each, frame: null, stream: null }))), wanted);
  });

  it("copes with missing cells", () => {
    // A TCP header that ICMP quotes has neither stream nor length nor flags.
    const quoted: Packet = { seq: 5000, len: null, flags: null, window: null, stream: null };
    assert.deepEqual(after({ seq: 1, ack: 1, len: 100 }, quoted, { seq: 101, ack: 1, len: 1 }), ["", "", ""]);
    // An IP fragment has no length.
    assert.deepEqual(after({ seq: 9000, ack: 1, len: null }, { seq: 1, ack: 1, len: 1 }), ["", ""]);
    // Without flags an ACK is one by its number; without times nothing is soon; without windows all are alike.
    const bare = (packet: Packet): Packet => ({ ...packet, flags: null, window: null, time: null });
    const packets: Packet[] = [
      { seq: 1, ack: 1, len: 100 },
      { seq: 201, ack: 1, len: 100 },
      { from: "b", seq: 1, ack: 101 },
      { from: "b", seq: 1, ack: 101 },
      { seq: 101, ack: 1, len: 100 },
    ];
    assert.deepEqual(labelsOf(packets.map(bare)), ["", "lostSegment", "", "duplicateAck", "retransmission"]);
  });

  it("remembers a thousand segments without an ACK, as Wireshark does", () => {
    const sent = (count: number): Packet[] => Array.from({ length: count }, (_, i) => ({ seq: 1 + i, ack: 1, len: 1 }));
    const fins = (count: number): Packet[] => [
      { seq: 1 + count, ack: 1, flags: "FA" },
      { seq: 1 + count, ack: 1, flags: "FA" },
    ];
    assert.deepEqual(after(...sent(999), ...fins(999)).slice(-2), ["", "retransmission"]);
    // The FIN is the one too many: its number does not count.
    assert.deepEqual(after(...sent(1000), ...fins(1000)).slice(-2), ["", ""]);
    assert.deepEqual(after(...sent(1000), { from: "b", seq: 1, ack: 5 }, ...fins(1000)).slice(-2), ["", "retransmission"]);
  });
});
