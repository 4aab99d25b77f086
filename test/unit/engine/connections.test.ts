/** Who opened a connection, with what, and how far it came. */
import assert from "node:assert/strict";
import { ConnectionBit, ConnectionKind, type Connections } from "../../../src/engine/connections";
import { attempt, type Ending } from "../../support/detectors";
import { columnsOf, follow, HANDSHAKE, orderOf, type Packet } from "../../support/packets";

const connectionsOf = (packets: readonly Packet[]): Connections => follow(packets).connections;

/** Names of the bits of the only connection. */
const bitsOf = ({ bits }: Connections): string =>
  Object.entries(ConnectionBit)
    .filter(([, bit]) => bits[0] & bit)
    .map(([name]) => name)
    .join(" ");

const kindOf = ({ kind }: Connections): string | undefined => Object.entries(ConnectionKind).find(([, value]) => value === kind[0])?.[0];

describe("engine/connections", () => {
  const ENDINGS: Record<Ending, string> = {
    silent: "syn",
    refused: "syn resetByResponder answered",
    "half-open": "syn synAck answered",
    reset: "syn synAck resetByOriginator answered",
    checked: "syn synAck completed resetByOriginator answered",
    used: "syn synAck completed answered",
  };
  for (const [ending, bits] of Object.entries(ENDINGS) as [Ending, string][]) {
    it(`knows a connection that ends ${ending}`, () => {
      const connections = connectionsOf(attempt(0, "a", "b", 5, ending));
      assert.equal(bitsOf(connections), bits);
      assert.equal(kindOf(connections), "syn");
      assert.deepEqual([connections.originatorBytes[0], connections.responderBytes[0]], ending === "used" ? [100, 500] : [0, 0]);
    });
  }

  it("names addresses and ports of both sides, when it began and how long it took", () => {
    const packets = attempt(0, "10.0.0.9:4000", "fd00::1:443", 5, "used");
    const columns = columnsOf(packets);
    const { connections } = follow(packets);
    assert.equal(columns.addresses.valueOf(connections.originators[0]), "10.0.0.9");
    assert.equal(columns.addresses.valueOf(connections.responders[0]), "fd00::1");
    assert.deepEqual([connections.originatorPortOf(0), connections.responderPortOf(0)], [4000, 443]);
    assert.equal(connections.ns[0], 0);
    assert.ok(Math.abs(connections.seconds[0] - 0.007) < 1e-6);
    assert.equal(orderOf(columns).streams.length, connections.count);
  });

  it("does not count what resets bring: a text about them", () => {
    const used = attempt(0, "a", "b", 5, "used");
    const { originatorBytes, responderBytes, bits } = connectionsOf([
      ...used,
      { from: "b", flags: "RA", seq: 501, ack: 101, len: 20, time: 9 },
    ]);
    assert.deepEqual([originatorBytes[0], responderBytes[0]], [100, 500]);
    assert.ok(bits[0] & ConnectionBit.resetByResponder);
  });

  it("takes the sender of the SYN for the originator, wherever the SYN stands before the conversation", () => {
    const [syn, synAck, ack] = HANDSHAKE;
    for (const packets of [
      [syn, synAck, ack],
      [synAck, syn, ack],
    ]) {
      const connections = connectionsOf(packets.map((packet, i) => ({ ...packet, time: i })));
      assert.equal(connections.originatorPortOf(0), 1000);
      assert.match(bitsOf(connections), /^syn synAck completed answered/);
    }
  });

  it("takes the sender of a lone SYN-ACK for the responder", () => {
    const connections = connectionsOf([HANDSHAKE[1]]);
    assert.deepEqual([connections.originatorPortOf(0), connections.responderPortOf(0)], [1000, 80]);
    assert.equal(bitsOf(connections), "synAck answered isSecond isReversed");
    assert.equal(kindOf(connections), "other");
  });

  it("does not take a SYN in the middle of a conversation for its beginning", () => {
    const connections = connectionsOf([
      { seq: 100, ack: 200, len: 10 },
      { from: "b", seq: 200, ack: 110 },
      { from: "b", seq: 5, flags: "S" },
    ]);
    assert.equal(connections.originatorPortOf(0), 1000);
    assert.equal(bitsOf(connections), "answered");
  });

  it("knows that the handshake took place by payload, even if only that and the SYN are in the file", () => {
    assert.match(bitsOf(connectionsOf([HANDSHAKE[0], { from: "b", seq: 1, ack: 1, len: 50 }])), /completed/);
    assert.doesNotMatch(bitsOf(connectionsOf([{ ...HANDSHAKE[0], len: 50 }])), /completed/);
  });

  it("calls a SYN resent when the same number comes again after 0.2 s, not sooner and not another number", () => {
    const again = (time: number, seq: number): string =>
      bitsOf(
        connectionsOf([
          { seq: 0xffffffff, flags: "S", time: 0 },
          { seq, flags: "S", time },
        ]),
      );
    assert.equal(again(0.2, 0xffffffff), "syn resent");
    assert.equal(again(0.19, 0xffffffff), "syn");
    assert.equal(again(1, 0), "syn");
  });

  const PROBES = [
    ["fin", "F"],
    ["null", ""],
    ["xmas", "FPU"],
    ["ack", "A"],
    ["maimon", "FA"],
  ] as const;
  for (const [kind, flags] of PROBES) {
    const probe: Packet = { seq: 1, flags, ...(flags.includes("A") ? { ack: 1 } : {}) };
    it(`knows a ${kind} probe, alone or answered with a reset`, () => {
      assert.equal(kindOf(connectionsOf([probe])), kind);
      const answered = connectionsOf([probe, { from: "b", seq: 1, ack: 1, flags: "RA" }]);
      assert.equal(kindOf(answered), kind);
      assert.equal(bitsOf(answered), "resetByResponder answered");
    });
    it(`calls it none with payload, or when more of a conversation is there (${kind})`, () => {
      assert.equal(kindOf(connectionsOf([{ ...probe, len: 5 }])), "other");
      assert.equal(kindOf(connectionsOf([probe, { from: "b", seq: 1, ack: 2 }])), "other");
      assert.equal(kindOf(connectionsOf([probe, { seq: 1, ack: 1, flags: "PA" }])), "other");
    });
  }

  it("cannot tell kinds without flags, or times without times", () => {
    const connections = connectionsOf([{ seq: 1, flags: null, time: null }]);
    assert.equal(kindOf(connections), "other");
    assert.ok(Number.isNaN(connections.ns[0]));
  });
});
