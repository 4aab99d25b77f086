/** Gaps of a stream, explained and unexplained. */
import assert from "node:assert/strict";
import { sequenceJump } from "../../../../src/engine/detectors/sequenceJump";
import { runDetector, sample, type DetectorRun } from "../../../support/detectors";
import { HANDSHAKE, type Packet } from "../../../support/packets";

const run = (packets: readonly Packet[], options: Parameters<typeof runDetector>[2] = {}): Promise<DetectorRun> =>
  runDetector(sequenceJump, packets, { coverage: { share: 1, unseenAcks: 0 }, ...options });

/** Kind and severity of every finding, worst first as they come. */
const said = async (packets: readonly Packet[], options: Parameters<typeof runDetector>[2] = {}): Promise<string[]> =>
  (await run(packets, options)).findings.map(({ kind, severity }) => `${kind} ${severity}`);

/** A sender that says 100 bytes and is acknowledged, each second, from a number on. */
const chat = (from: number, count: number, time: number, shift = 0): Packet[] =>
  Array.from({ length: count }, (_, i): Packet[] => {
    const seq = (shift + from + 100 * i) % 2 ** 32;
    return [
      { seq, ack: 1, len: 100, time: time + i },
      { from: "b", seq: 1, ack: (seq + 100) % 2 ** 32, time: time + i + 0.05 },
    ];
  }).flat();

/** The handshake with the first number `shift` above 0. */
const handshake = (shift: number): Packet[] => [
  { seq: shift % 2 ** 32, flags: "S", time: 0 },
  { from: "b", seq: 0, ack: (shift + 1) % 2 ** 32, flags: "SA", time: 0.05 },
  { seq: (shift + 1) % 2 ** 32, ack: 1, time: 0.1 },
];

/** The receiver has room for 65,535 bytes. */
const wide = (packet: Packet): Packet => ({ ...packet, window: 65_535 });

/** A chat with a segment `jump` above the number expected in its midst. */
const jumping = (jump: number, shift = 0, after = 3): Packet[] => [
  ...handshake(shift),
  ...chat(1, 2, 1, shift),
  { seq: (shift + 201 + jump) % 2 ** 32, ack: 1, len: 50, time: 2.5 },
  ...chat(201, after, 2.6, shift),
];

describe("sequence-jump", () => {
  it("warns of a jump that nobody fills nor acknowledges", async () => {
    // Within two windows of 65,535 bytes.
    const packets = jumping(20_000).map(wide);
    const { findings, framesOf } = await run(packets);
    assert.equal(findings.length, 1);
    const [finding] = findings;
    assert.deepEqual(
      [finding.kind, finding.severity, finding.confidence, finding.count, finding.technique, finding.source, finding.target],
      ["unexplained", "warn", "medium", 1, "T1557", "10.0.0.1:1000", "10.0.0.2:80"],
    );
    assert.deepEqual(framesOf(finding), [8]);
    assert.match(finding.title, /20,000 bytes/);
  });

  it("makes a note of one just under the threshold", async () => {
    const packets = (jump: number): Packet[] => jumping(jump, 0, 6).map(wide);
    assert.deepEqual(await said(packets(14_599)), ["unexplained note"]);
    assert.deepEqual(await said(packets(14_600)), ["unexplained warn"]);
    assert.deepEqual(await said(packets(14_600), { sensitivity: "low" }), ["unexplained note"]);
  });

  it("tells a jump beyond the receiver's window, measured from what it has acknowledged", async () => {
    const { findings } = await run(jumping(3_000_000));
    assert.deepEqual(
      findings.map(({ kind, severity, confidence }) => [kind, severity, confidence]),
      [["beyond-window", "warn", "high"]],
    );
    assert.match(findings[0].title, /3,000,000 bytes/);
    // Two in a row: the first one does not move what the receiver expects.
    const twice = jumping(20_000);
    twice.splice(8, 0, { seq: 201 + 3_000_000, ack: 1, len: 50, time: 2.55 });
    const { findings: both } = await run(twice);
    assert.deepEqual([both.length, both[0].count], [1, 2]);
    assert.match(both[0].title, /3,000,000 bytes/);
  });

  it("takes no segment for beyond the window that ends two windows above the last ACK", async () => {
    // The last ACK is 201, windows are 8,192 bytes, the segment has 50.
    const jump = 2 * 8192 - 50;
    assert.deepEqual(await said(jumping(jump)), ["unexplained warn"]);
    assert.deepEqual(await said(jumping(jump + 1)), ["beyond-window warn"]);
  });

  it("does not take a window for small that is not scaled because the SYNs are missing", async () => {
    assert.deepEqual(await said(jumping(100_000).slice(3)), ["unexplained warn"]);
  });

  it("waits for the peer: a gap at the end of a stream is unfinished", async () => {
    const packets = (heard: number): Packet[] => [
      ...HANDSHAKE,
      ...chat(1, 1, 1),
      { seq: 20_101, ack: 1, len: 50, time: 2 },
      { from: "b", seq: 1, ack: 101, time: 2 + heard },
    ];
    assert.deepEqual(await said(packets(0.99).map(wide)), ["unfinished chat"]);
    assert.deepEqual(await said(packets(1).map(wide)), ["unexplained warn"]);
  });

  it("explains a gap that is filled later, at once, or in pieces", async () => {
    const gap: Packet[] = [...HANDSHAKE, ...chat(1, 1, 1), { seq: 30_101, ack: 1, len: 100, time: 2 }].map(wide);
    const rest: Packet[] = [
      { from: "b", seq: 1, ack: 30_201, time: 4 },
      { from: "b", seq: 1, ack: 30_201, len: 1, time: 9 },
    ];
    const later: Packet = { seq: 101, ack: 1, len: 30_000, time: 3 };
    assert.deepEqual(await said([...gap, later, ...rest]), ["retransmission chat"]);
    assert.deepEqual(await said([...gap, { ...later, time: 2.001 }, ...rest]), ["reordering chat"]);
    const pieces = Array.from({ length: 3 }, (_, i) => ({ ...later, seq: 101 + 10_000 * (2 - i), len: 10_000, time: 3 + i / 10 }));
    assert.deepEqual(await said([...gap, ...pieces, ...rest]), ["retransmission chat"]);
    assert.deepEqual(await said([...gap, ...pieces.slice(1)]), ["unfinished chat"]);
    assert.deepEqual(await said([...gap, ...pieces.slice(1), { from: "b", seq: 1, ack: 101, time: 4 }]), ["unexplained warn"]);
  });

  it("blames the capture for bytes that the peer acknowledges although nobody saw them", async () => {
    const gap: Packet[] = [...HANDSHAKE, ...chat(1, 1, 1), { seq: 30_101, ack: 1, len: 100, time: 2 }];
    assert.deepEqual(await said([...gap, { from: "b", seq: 1, ack: 30_201, time: 5 }]), ["capture-loss note"]);
    // A mirror port shows the ACK first.
    const early: Packet[] = [...HANDSHAKE, ...chat(1, 1, 1), { from: "b", seq: 1, ack: 30_201, time: 1.9 }, gap[gap.length - 1]];
    assert.deepEqual(await said([...early, { from: "b", seq: 1, ack: 30_201, len: 1, time: 9 }]), ["capture-loss note"]);
  });

  it("makes a note of a jump where the capture lost other packets of the stream", async () => {
    const packets: Packet[] = [
      ...HANDSHAKE,
      { seq: 1001, ack: 1, len: 100, time: 0.5 },
      { from: "b", seq: 1, ack: 1101, time: 0.6 },
      { seq: 21_101, ack: 1, len: 100, time: 1 },
      { from: "b", seq: 1, ack: 1101, len: 10, time: 5 },
    ];
    const [{ severity, confidence }] = (await run(packets.map(wide))).findings;
    assert.deepEqual([severity, confidence], ["note", "low"]);
  });

  it("says what share each cause has", async () => {
    const packets: Packet[] = [
      ...HANDSHAKE,
      { seq: 1, ack: 1, len: 100, time: 1 },
      { seq: 201, ack: 1, len: 100, time: 2 },
      { seq: 101, ack: 1, len: 100, time: 3 },
      { seq: 601, ack: 1, len: 100, time: 4 },
      { from: "b", seq: 1, ack: 701, time: 5 },
    ];
    const [{ kind, count, explanation }] = (await run(packets)).findings;
    assert.deepEqual([kind, count], ["capture-loss", 2]);
    assert.match(explanation, /Of 400 bytes in gaps 25.00 % were sent again later, 75.00 % were acknowledged/);
  });

  it("is quiet for SYN and FIN, keep-alives, probes of a zero window, and resets", async () => {
    const packets: Packet[] = [
      ...HANDSHAKE,
      ...chat(1, 2, 1),
      { seq: 200, ack: 1, len: 1, time: 40 },
      { from: "b", seq: 1, ack: 201, window: 0, time: 41 },
      { seq: 201, ack: 1, len: 1, time: 42 },
      { from: "b", seq: 1, ack: 201, window: 0, time: 43 },
      { seq: 202, ack: 1, len: 50, time: 44 },
      { seq: 252, ack: 1, flags: "FA", time: 45 },
      { from: "b", seq: 1, ack: 253, time: 46 },
      { seq: 253, ack: 1, time: 47 },
      { seq: 90_000, flags: "R", time: 48 },
      { from: "b", seq: 1, ack: 253, len: 3, time: 60 },
    ];
    assert.deepEqual(await said(packets), []);
  });

  it("finds a jump below a forged reset, which labels do not show", async () => {
    const packets = jumping(3_000_000, 0, 6);
    packets.splice(7, 0, { seq: 9_000_000, flags: "R", time: 2.45 });
    assert.deepEqual(await said(packets), ["beyond-window warn"]);
  });

  it("goes on expecting behind a gap: each of several lost segments is explained by itself", async () => {
    const segments = [1, 201, 301, 501, 601, 801].map((seq, i): Packet => ({ seq, ack: 1, len: 100, time: 1 + i / 1000 }));
    const resent = [101, 401, 701].map((seq, i): Packet => ({ seq, ack: 1, len: 100, time: 2 + i / 10 }));
    const [finding] = (await run([...HANDSHAKE, ...segments, ...resent, { from: "b", seq: 1, ack: 901, time: 3 }])).findings;
    assert.deepEqual([finding.kind, finding.count], ["retransmission", 3]);
  });

  it("takes one large segment that is sent again in small ones, as cards cut them", async () => {
    const packets: Packet[] = [
      ...HANDSHAKE,
      { seq: 1, ack: 1, len: 1000, time: 1 },
      { seq: 41_001, ack: 1, len: 20_000, time: 1.1 },
      ...Array.from({ length: 40 }, (_, i): Packet => ({ seq: 1001 + 1000 * i, ack: 1, len: 1000, time: 2 + i / 100 })),
      ...Array.from({ length: 20 }, (_, i): Packet => ({ seq: 41_001 + 1000 * i, ack: 1, len: 1000, time: 3 + i / 100 })),
      { from: "b", seq: 1, ack: 61_001, time: 5 },
    ];
    assert.deepEqual(await said(packets), ["retransmission chat"]);
  });

  it("does not judge a stream that holds several connections at once", async () => {
    const other = (packet: Packet): Packet => ({ ...packet, seq: packet.from === "b" ? packet.seq! : packet.seq! + 5_000_000 });
    const merged = [...HANDSHAKE, ...HANDSHAKE.map(other), ...chat(1, 3, 1).flatMap((packet) => [packet, other(packet)])];
    assert.deepEqual(await said(merged), []);
    // Without the second SYN it would be one.
    assert.deepEqual(await said(merged.filter((_, i) => i !== 3)), ["beyond-window warn"]);
  });

  it("judges a later connection between the same ports by itself", async () => {
    const again = [...handshake(0), ...chat(1, 2, 1)].map((packet): Packet => ({ ...packet, stream: 1, time: packet.time! + 100 }));
    assert.deepEqual(await said([...HANDSHAKE, ...chat(1, 3, 1), ...again]), []);
  });

  it("counts across the wrap", async () => {
    const shift = 2 ** 32 - 150;
    assert.deepEqual(await said([...handshake(shift), ...chat(1, 4, 1, shift)]), []);
    assert.deepEqual(await said(jumping(3_000_000, shift)), ["beyond-window warn"]);
    assert.match((await run(jumping(3_000_000, shift))).findings[0].title, /3,000,000 bytes/);
  });

  it("takes the first packet of a stream midway for no jump", async () => {
    assert.deepEqual(await said(chat(5_000_000, 4, 1)), []);
    const backwards = [{ from: "b", seq: 1, ack: 77, time: 0.5 }, ...chat(5_000_000, 4, 1)];
    assert.deepEqual(await said(backwards), []);
  });

  it("says once of a sample that gaps cannot be judged, and nothing else", async () => {
    const packets = Array.from({ length: 20 }, (_, stream) => jumping(3_000_000, 0, 20).map((packet) => ({ ...packet, stream }))).flat();
    const numbered = packets.map((packet, i) => ({ ...packet, frame: i + 1 }));
    assert.equal((await runDetector(sequenceJump, numbered)).findings.length, 20);
    const { findings, unjudged } = await runDetector(sequenceJump, sample(numbered, 7));
    assert.deepEqual(findings, []);
    assert.equal(unjudged.length, 1);
    assert.match(unjudged[0].reason, /^This file holds \d+\.\d\d % of the frames/);
  });

  it("finds the same in a shuffled file", async () => {
    const packets = jumping(3_000_000, 0, 20).map((packet, i) => ({ ...packet, frame: i + 1 }));
    const { findings, framesOf } = await runDetector(sequenceJump, sample(packets, 11, 1));
    assert.deepEqual(
      findings.map((finding) => [finding.kind, framesOf(finding)]),
      [["beyond-window", [8]]],
    );
  });

  it("cannot judge what stays open where the receiver is not in the file", async () => {
    const oneSide = jumping(20_000, 0, 6).filter(({ from }) => from !== "b");
    const { findings, unjudged } = await run(oneSide);
    assert.deepEqual(
      findings.map(({ kind, severity }) => [kind, severity]),
      [["unfinished", "chat"]],
    );
    assert.equal(unjudged.length, 1);
  });

  it("tells the largest jumps first, and the smallest explained ones together", async () => {
    const streams = Array.from({ length: 130 }, (_, stream): Packet[] =>
      [
        ...HANDSHAKE,
        { seq: 1, ack: 1, len: 100, time: 1 },
        { seq: 111 + stream, ack: 1, len: 100, time: 2 },
        { seq: 101, ack: 1, len: 10 + stream, time: 3 },
      ].map((packet) => ({ ...packet, stream })),
    ).flat();
    const { findings } = await run(streams);
    assert.equal(findings.length, 101);
    assert.deepEqual([findings[0].key, findings[99].key, findings[100].kind, findings[100].count], ["129", "30", "others", 30]);
    assert.match(findings[100].title, /30 further streams, each below 40 bytes/);
    assert.ok(findings.every(({ severity }) => severity === "chat"));
  });
});
