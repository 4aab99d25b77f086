/** Resets that fit, and such that do not. */
import assert from "node:assert/strict";
import { rstMisfit } from "../../../../src/engine/detectors/rstMisfit";
import type { FieldKey } from "../../../../src/engine/fields";
import { runDetector, sample, type DetectorRun } from "../../../support/detectors";
import { HANDSHAKE, type Packet } from "../../../support/packets";

type Options = Parameters<typeof runDetector>[2];
const FIELDS: readonly FieldKey[] = ["frame", "timeEpoch", "srcV4", "dstV4", "srcPort", "dstPort", "flags", "seq", "ack", "ttl"];

const run = (packets: readonly Packet[], options: Options = {}): Promise<DetectorRun> =>
  runDetector(rstMisfit, packets, { coverage: { share: 1, unseenAcks: 0 }, fields: FIELDS, ...options });

const said = async (packets: readonly Packet[], options: Options = {}): Promise<string[]> =>
  (await run(packets, options)).findings.map(({ kind, severity, confidence }) => `${kind} ${severity} ${confidence}`);

/** 100 bytes from each side in turn, each second, and the ACKs; both sides are at 1 + 100 * count then. */
const talk = (count: number, from = 0, shift = 0): Packet[] =>
  Array.from({ length: count }, (_, i): Packet[] => {
    const at = from + i;
    const [seq, next] = [(shift + 1 + 100 * at) % 2 ** 32, (shift + 101 + 100 * at) % 2 ** 32];
    return [
      { seq, ack: 1 + 100 * at, len: 100, time: 1 + at },
      { from: "b", seq: 1 + 100 * at, ack: next, len: 100, time: 1.1 + at },
    ];
  }).flat();

/** A connection with two exchanges, then `packets` from 3 s on, each 1 s behind the other unless they say when. */
const after = (...packets: Packet[]): Packet[] => [
  ...HANDSHAKE,
  ...talk(2),
  ...packets.map((packet, i): Packet => ({ time: 3 + i, ...packet })),
];

/** The same in a stream of its own, from another port. */
const onPort = (stream: number, packets: readonly Packet[]): Packet[] => {
  const client = `10.0.0.1:${String(2000 + stream)}`;
  const [own, peer] = [
    { stream, from: client, to: "10.0.0.2:80" },
    { stream, from: "10.0.0.2:80", to: client },
  ];
  return packets.map((packet) => ({ ...packet, ...(packet.from === "b" ? peer : own) }));
};

const MORE: readonly Packet[] = [
  { seq: 201, ack: 201, len: 100, flags: "PA", time: 3.5 },
  { from: "b", seq: 201, ack: 301, time: 3.6 },
];

describe("rst-misfit", () => {
  it("tells the sender that goes on behind its own reset", async () => {
    const { findings, framesOf } = await run(after({ seq: 201, flags: "R" }, ...MORE));
    assert.equal(findings.length, 1);
    const [finding] = findings;
    assert.deepEqual(
      [finding.kind, finding.severity, finding.confidence, finding.technique, finding.source, finding.target],
      ["data-after-reset", "warn", "high", "T1499", "10.0.0.1:1000", "10.0.0.2:80"],
    );
    assert.deepEqual([framesOf(finding), finding.strongest], [[8], 7]);
    assert.match(finding.explanation, /goes on in frame 9, 500.0 ms later: 1 packet, with new data\./);
  });

  it("does not take packets that the reset overtook for talk", async () => {
    const overtaken = (seconds: number): Packet[] =>
      after({ seq: 301, flags: "R" }, { seq: 201, ack: 201, len: 100, time: 3 + seconds }, { from: "b", seq: 201, ack: 301, time: 3.6 });
    assert.deepEqual(await said(overtaken(0.019)), []);
    assert.deepEqual(await said(overtaken(0.02)), ["data-after-reset warn medium"]);
    assert.deepEqual(await said(overtaken(0.02), { sensitivity: "low" }), []);
  });

  it("tells a reset outside the window, above and below", async () => {
    assert.deepEqual(await said(after({ seq: 201 + 8192, flags: "R" })), ["out-of-window warn medium"]);
    assert.deepEqual(await said(after({ seq: 2 ** 32 - 5000, flags: "R" })), ["out-of-window warn medium"]);
    assert.match((await run(after({ seq: 2 ** 32 - 5000, flags: "R" }))).findings[0].explanation, /lies 5,201 below the next one/);
  });

  it("is quiet for an abort inside the window by a side that stays silent, also with its reset of the challenge ACK", async () => {
    assert.deepEqual(await said(after({ seq: 201 + 8191, flags: "R" })), []);
    assert.deepEqual(
      await said(after({ seq: 301, flags: "RA", ack: 201 }, { from: "b", seq: 201, ack: 201 }, { seq: 201, flags: "R" })),
      [],
    );
    assert.deepEqual(await said(after({ seq: 201, flags: "RA", ack: 201 }, { from: "b", seq: 201, ack: 201, len: 100 })), []);
  });

  it("tells a reset in the window that is not taken: its sender goes on", async () => {
    const [finding] = (await run(after({ seq: 1201, flags: "R" }, ...MORE))).findings;
    assert.deepEqual([finding.kind, finding.severity, finding.confidence], ["data-after-reset", "warn", "medium"]);
    assert.match(finding.title, /off the expected number/);
    assert.match(finding.explanation, /lies 1,000 above the next one expected, in the window/);
    assert.deepEqual(await said(after({ seq: 1201, flags: "R" }, ...talk(4, 2).map((packet) => ({ ...packet, time: packet.time! + 1 })))), [
      "data-after-reset warn high",
    ]);
  });

  it("tells a second reset above the first: nothing was sent in between", async () => {
    assert.deepEqual(await said(after({ seq: 201, flags: "R" }, { seq: 201 + 5000, flags: "R", time: 3.001 })), [
      "off-sequence warn medium",
    ]);
    assert.deepEqual(await said(after({ seq: 201, flags: "R" }, { seq: 201, flags: "R", time: 3.001 })), []);
  });

  it("is quiet for resets that answer stray ACKs, whatever their numbers", async () => {
    // The server forgot the connection, and every ACK on its way gets a reset with its number.
    const sent = Array.from({ length: 8 }, (_, i): Packet => ({ from: "b", seq: 201 + 500 * i, ack: 201, len: 500, time: 3 }));
    const acks = sent.map((_, i): Packet => ({ seq: 201, ack: 701 + 500 * i, time: 4 + i / 100 }));
    const resets = acks.map((ack, i): Packet => ({ from: "b", seq: ack.ack!, flags: "R", time: 5 + i / 100 }));
    assert.deepEqual(await said([...after(), ...sent, ...acks, ...resets]), []);
  });

  it("is quiet for closed ports and for scanners that reset what answers", async () => {
    const closed: Packet[] = [
      { seq: 0, flags: "S", time: 0 },
      { from: "b", seq: 1, ack: 1, flags: "RA", time: 0.1 },
      { seq: 0, flags: "S", time: 0.5 },
      { from: "b", seq: 1, ack: 1, flags: "RA", time: 0.6 },
    ];
    assert.deepEqual(await said(closed), []);
    // At last it opens: the answer is to another SYN.
    const opens: Packet[] = [
      { seq: 0, flags: "S", time: 1 },
      { from: "b", seq: 0, ack: 1, flags: "SA", time: 1.1 },
      { seq: 1, ack: 1, time: 1.2 },
    ];
    assert.deepEqual(await said([...closed, ...opens]), []);
    // Without it, somebody else sent the reset.
    assert.deepEqual(await said([...closed.slice(0, 2), ...opens.slice(1)]), ["data-after-reset warn medium"]);
    const scanner: Packet[] = [
      ...HANDSHAKE.slice(0, 2),
      { seq: 1, flags: "R", time: 0.1 },
      { from: "b", seq: 0, ack: 1, flags: "SA", time: 1 },
    ];
    assert.deepEqual(await said(scanner), []);
  });

  it("takes the number 0 on the wire for an answer to a segment without an ACK", async () => {
    const reset: Packet = { from: "b", seq: 2 ** 32 - 777_777, ack: 201, flags: "RA" };
    assert.deepEqual(await said(after({ ...reset, seqRaw: 0 })), []);
    assert.deepEqual(await said(after({ ...reset, seqRaw: 5 })), ["out-of-window warn medium"]);
  });

  it("tells a storm from the threshold on, once per stream", async () => {
    const storm = (count: number): Packet[] =>
      after(...Array.from({ length: count }, (_, i): Packet => ({ seq: 200_000 + 12_500 * i, flags: "R", time: 3 + i / 1000 })));
    assert.deepEqual(await said(storm(4)), ["out-of-window warn medium"]);
    assert.deepEqual(await said(storm(5)), ["storm warn high"]);
    const [finding] = (await run([...storm(40), ...MORE])).findings;
    assert.deepEqual([finding.kind, finding.severity, finding.count, finding.rows.length], ["storm", "error", 40, 40]);
  });

  it("counts across the wrap", async () => {
    const shift = 2 ** 32 - 150;
    const start: Packet[] = [
      { seq: shift, flags: "S", time: 0 },
      { from: "b", seq: 0, ack: shift + 1, flags: "SA", time: 0.05 },
      { seq: shift + 1, ack: 1, time: 0.1 },
      ...talk(2, 0, shift),
    ];
    assert.deepEqual(await said([...start, { seq: 51, flags: "R", time: 3 }]), []);
    assert.deepEqual(await said([...start, { seq: 51 + 8191, flags: "R", time: 3 }]), []);
    assert.deepEqual(await said([...start, { seq: 51 + 8192, flags: "R", time: 3 }]), ["out-of-window warn medium"]);
    assert.deepEqual(await said([...start, { seq: shift - 9, flags: "R", time: 3 }]), ["out-of-window warn medium"]);
  });

  it("does not know the window of a stream midway, but its sender who goes on", async () => {
    const midway = talk(3, 50_000);
    const reset = (seq: number): Packet => ({ seq, flags: "R", time: 50_010 });
    assert.deepEqual(await said([...midway, reset(5_000_301 + 200_000)]), []);
    assert.deepEqual(await said([...midway, reset(5_000_001 - 200_000)]), []);
    assert.deepEqual(await said([...midway, reset(5_000_301), ...talk(1, 50_100)]), ["data-after-reset warn high"]);
  });

  it("is quiet for a reset when nothing is known of its stream, or of its side but its ACKs", async () => {
    assert.deepEqual(await said([1, 2, 3].map((time): Packet => ({ seq: 77 * time, flags: "R", time }))), []);
    const oneSide = talk(3).filter(({ from }) => from === "b");
    assert.deepEqual(await said([...oneSide, { seq: 301, flags: "R", time: 9 }]), []);
  });

  describe("by TTL", () => {
    const withTtl = (ttl: number, reset: Packet, rest: readonly Packet[] = []): Packet[] => [
      ...after().map((packet) => ({ ...packet, ttl: packet.from === "b" ? 50 : 64 })),
      { time: 3, ...reset, ttl },
      ...rest.map((packet) => ({ ...packet, ttl: packet.from === "b" ? 50 : 64 })),
    ];

    it("makes a note of a foreign one by itself, and an error of one whose sender goes on", async () => {
      assert.deepEqual(await said(withTtl(64, { seq: 201, flags: "R" })), []);
      assert.deepEqual(await said(withTtl(47, { seq: 201, flags: "R" })), ["foreign-ttl note low"]);
      assert.deepEqual(await said(withTtl(47, { seq: 201, flags: "R" }, MORE)), ["data-after-reset error high"]);
      assert.deepEqual(await said(withTtl(47, { seq: 90_000, flags: "R" })), ["out-of-window warn high"]);
    });

    it("compares with three packets of the same direction at least, not with the other side's", async () => {
      const short = (ttl: number, acks = 1): Packet[] => [
        ...HANDSHAKE.map((packet) => ({ ...packet, ttl: packet.from === "b" ? 50 : 64 })),
        ...Array.from({ length: acks }, (_, i): Packet => ({ from: "b", seq: 1, ack: 1, ttl: 50, time: 1 + i / 10 })),
        { from: "b", seq: 1, flags: "R", ttl, time: 2 },
      ];
      assert.deepEqual(await said(short(64)), []);
      assert.deepEqual(await said(short(64, 2)), ["foreign-ttl note low"]);
      assert.deepEqual(await said(short(64), { sensitivity: "high" }), ["foreign-ttl note low"]);
    });

    it("is quiet where the route changed for other packets too, also behind the reset", async () => {
      const changed: Packet[] = [{ seq: 201, ack: 201, len: 100, ttl: 47, time: 2.5 }];
      assert.deepEqual(
        await said([
          ...withTtl(64, { from: "b", seq: 201, flags: "R", ttl: 50 }).slice(0, -1),
          ...changed,
          { seq: 301, flags: "R", ttl: 47, time: 3 },
        ]),
        [],
      );
      assert.deepEqual(await said([...withTtl(47, { seq: 201, flags: "R" }), { seq: 201, ack: 201, ttl: 47, time: 3.001 }]), []);
    });

    it("says that it needs the column", async () => {
      const { unjudged } = await run(withTtl(47, { seq: 201, flags: "R" }), { fields: FIELDS.filter((field) => field !== "ttl") });
      assert.deepEqual(
        unjudged.map(({ tshark }) => tshark),
        ["-e ip.ttl"],
      );
    });
  });

  it("makes a note of resets of both sides at once, a warning if one acknowledges what nobody sent", async () => {
    const both = (apart: number, ack: number): Packet[] =>
      after({ seq: 201, ack, flags: "RA" }, { from: "b", seq: 201, ack: 201, flags: "RA", time: 3 + apart });
    assert.deepEqual(await said(both(0.0009, 201)), ["both-sides note low"]);
    assert.deepEqual(await said(both(0.0009, 501)), ["both-sides warn medium"]);
    assert.deepEqual(await said(both(0.002, 501)), []);
  });

  it("trusts a reset less that may belong to an earlier connection between the same ports", async () => {
    const again = after({ seq: 90_000, flags: "R", time: 2.5 }, ...MORE).map((packet): Packet => ({
      ...packet,
      time: packet.time! + 60,
      stream: 1,
    }));
    const alone = after({ seq: 90_000, flags: "R" }).map((packet): Packet => ({ ...packet, time: packet.time! + 60, stream: 1 }));
    assert.deepEqual(await said(again), ["data-after-reset warn high"]);
    assert.deepEqual(await said(alone), ["out-of-window warn medium"]);
    assert.deepEqual(await said([...after(), ...alone]), ["out-of-window note low"]);
  });

  it("still finds who goes on in a shuffled half of a capture, and judges no number by what may be missing", async () => {
    const forged = Array.from({ length: 12 }, (_, i) =>
      onPort(i, [...HANDSHAKE, ...talk(6), { seq: 601, flags: "R", time: 7 }, ...talk(10, 7)]),
    ).flat();
    // Aborts behind the last data: their numbers are above what half of the packets tell.
    const aborts = Array.from({ length: 40 }, (_, i) =>
      onPort(100 + i, [...HANDSHAKE, ...talk(8), { seq: 801, flags: "R", time: 9 }]),
    ).flat();
    const packets = [...forged, ...aborts].map((packet, i) => ({ ...packet, frame: i + 1 }));
    const { findings, unjudged } = await runDetector(rstMisfit, sample(packets, 5), { fields: FIELDS });
    const kept = sample(packets, 5).filter(({ flags, stream: index }) => flags === "R" && index! < 100).length;
    assert.ok(kept > 2);
    assert.deepEqual(
      findings.map(({ kind, confidence }) => [kind, confidence]),
      Array<string[]>(kept).fill(["data-after-reset", "medium"]),
    );
    assert.ok(findings.every(({ key }) => Number(key) < 100));
    assert.equal(unjudged.length, 1);
  });

  it("tells a hundred streams of one pair together, fewer one by one", async () => {
    const streams = (count: number): Packet[] =>
      Array.from({ length: count }, (_, i) =>
        after({ seq: 201, flags: "R" }, ...MORE).map((packet): Packet => ({
          ...packet,
          stream: i,
          from: packet.from === "b" ? "10.0.0.2:80" : `10.0.0.1:${String(2000 + i)}`,
          to: packet.from === "b" ? `10.0.0.1:${String(2000 + i)}` : "10.0.0.2:80",
        })),
      ).flat();
    assert.equal((await run(streams(99))).findings.length, 99);
    const { findings } = await run(streams(100));
    assert.equal(findings.length, 1);
    assert.deepEqual([findings[0].count, findings[0].source, findings[0].target], [100, "10.0.0.1", "10.0.0.2"]);
    assert.match(findings[0].title, /in 100 streams/);
  });

  it("tells more than a thousand streams together that nothing joins but their kind", async () => {
    const scattered = (count: number): Packet[] =>
      Array.from({ length: count }, (_, i) => {
        const [client, server] = [`10.1.${String(i >> 8)}.${String(i & 255)}:2000`, `10.2.${String(i >> 8)}.${String(i & 255)}:80`];
        return after({ seq: 201, flags: "R" }, ...MORE).map((packet): Packet => ({
          ...packet,
          stream: i,
          from: packet.from === "b" ? server : client,
          to: packet.from === "b" ? client : server,
        }));
      }).flat();
    assert.equal((await run(scattered(1000))).findings.length, 1000);
    const { findings } = await run(scattered(1001));
    assert.deepEqual(
      findings.map(({ count, source, target }) => [count, source, target]),
      [[1001, null, null]],
    );
    assert.match(findings[0].title, /^1,001 resets whose sender goes on, in 1,001 streams$/);
  });
});
