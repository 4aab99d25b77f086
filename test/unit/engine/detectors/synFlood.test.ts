/** Question 5: floods, and what only looks like one. */
import assert from "node:assert/strict";
import { synFlood } from "../../../../src/engine/detectors/synFlood";
import { attempt, numbered, runDetector, sample, type Ending } from "../../../support/detectors";
import type { Packet } from "../../../support/packets";

const TARGET = "10.0.0.2:80";
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Attempts at the target, one every `step` seconds, from `sources` addresses in turn. */
const attempts = (
  count: number,
  ending: Ending,
  {
    sources = 1,
    step = 0.01,
    first = 0,
    time = 0,
    target = TARGET,
  }: Partial<{ sources: number; step: number; first: number; time: number; target: string }> = {},
): Packet[] =>
  range(count).flatMap((i) =>
    attempt(first + i, `10.3.${(i % sources) >> 8}.${(i % sources) & 255}:${20000 + first + i}`, target, time + i * step, ending),
  );

/** Answered conversations with another port, so that the file is no capture of one direction. */
const ORDINARY = range(5).flatMap((n) => attempt(90000 + n, `10.9.0.${n}:5000`, "10.9.1.1:443", n, "used"));

describe("engine/detectors/synFlood", () => {
  it("finds 30 handshakes that never complete within 10 s, and not 29", async () => {
    const { findings, framesOf } = await runDetector(synFlood, numbered([...attempts(30, "half-open"), ...ORDINARY]));
    assert.equal(findings.length, 1);
    const [flood] = findings;
    assert.deepEqual(
      [flood.kind, flood.count, flood.source, flood.target, flood.technique, flood.severity, flood.confidence],
      ["few-sources", 30, "10.3.0.0", TARGET, "T1499.001", "warn", "high"],
    );
    assert.equal(flood.title, `30 handshakes with ${TARGET} never completed: SYNs from 10.3.0.0 in 0.290 s`);
    const frames = framesOf(flood);
    assert.equal(frames.length, 60);
    assert.deepEqual(
      frames,
      [...frames].sort((a, b) => a - b),
    );
    assert.ok(flood.rows.includes(flood.strongest));
    assert.deepEqual((await runDetector(synFlood, numbered([...attempts(29, "half-open"), ...ORDINARY]))).findings, []);
  });

  it("counts what is not answered at all, and is less sure of it; what the sender resets counts too", async () => {
    const silent = await runDetector(synFlood, numbered([...attempts(30, "silent"), ...ORDINARY]));
    assert.equal(silent.findings[0].confidence, "medium");
    assert.equal((await runDetector(synFlood, numbered([...attempts(30, "reset"), ...ORDINARY]))).findings[0].count, 30);
  });

  it("needs them within the window", async () => {
    const at = async (step: number) =>
      (await runDetector(synFlood, numbered([...attempts(30, "half-open", { step }), ...ORDINARY]))).findings;
    assert.equal((await at(0.34)).length, 1);
    assert.equal((await at(0.35)).length, 0);
  });

  it("says many sources once per target, with their number in the title and no source", async () => {
    const packets = [
      ...attempts(300, "silent", { sources: 300 }),
      ...attempts(300, "silent", { sources: 300, first: 1000, target: "fd00::1:443" }),
      ...ORDINARY,
    ];
    const { findings } = await runDetector(synFlood, numbered(packets));
    assert.deepEqual(findings.map(({ target }) => target).sort(), [TARGET, "[fd00::1]:443"]);
    for (const { source, kind, technique, title, severity } of findings) {
      assert.deepEqual([source, kind, technique, severity], [null, "many-sources", "T1498.001", "error"]);
      assert.match(title, /SYNs from 300 sources in 2\.990 s$/);
    }
  });

  it("moves with the presets", async () => {
    const of = async (count: number, sensitivity: "low" | "high") =>
      (await runDetector(synFlood, numbered([...attempts(count, "half-open"), ...ORDINARY]), { sensitivity })).findings.length;
    assert.deepEqual([await of(15, "high"), await of(14, "high"), await of(200, "low"), await of(199, "low")], [1, 0, 1, 0]);
  });

  it("leaves scans alone: many ports with few SYNs each", async () => {
    const scan = range(500).flatMap((i) => attempt(i, "10.3.0.1:40000", `10.0.0.2:${1 + i}`, i * 0.01, "half-open"));
    assert.deepEqual((await runDetector(synFlood, numbered([...scan, ...ORDINARY]))).findings, []);
  });

  it("counts a SYN that is sent again once", async () => {
    const [syn] = attempt(0, "10.3.0.1:1000", TARGET, 0, "silent");
    const resent = range(200).map((i) => ({ ...syn, time: i * 0.05 }));
    assert.deepEqual((await runDetector(synFlood, numbered([...resent, ...ORDINARY]))).findings, []);
  });

  it("is quiet on clients that ask again through an outage, and not on copies that a mirror port makes", async () => {
    const syns = attempts(60, "silent", { sources: 60 });
    const again = (seconds: number): Packet[] => syns.map((packet) => ({ ...packet, time: (packet.time ?? 0) + seconds }));
    assert.deepEqual((await runDetector(synFlood, numbered([...syns, ...again(1), ...again(3), ...ORDINARY]))).findings, []);
    const doubled = await runDetector(synFlood, numbered([...syns, ...again(0.0001), ...ORDINARY]));
    assert.deepEqual(
      doubled.findings.map(({ count, rows }) => [count, rows.length]),
      [[60, 120]],
    );
  });

  it("is quiet where more than half of the clients ask again", async () => {
    const syns = attempts(60, "silent", { sources: 60 });
    const again = (count: number): Packet[] => syns.slice(0, count).map((packet) => ({ ...packet, time: (packet.time ?? 0) + 1 }));
    assert.equal((await runDetector(synFlood, numbered([...syns, ...again(30), ...ORDINARY]))).findings.length, 1);
    assert.equal((await runDetector(synFlood, numbered([...syns, ...again(31), ...ORDINARY]))).findings.length, 0);
  });

  it("is quiet on the burst behind an outage", async () => {
    assert.deepEqual((await runDetector(synFlood, numbered(attempts(300, "used", { sources: 300 })))).findings, []);
  });

  it("is quiet while more than half complete, and joins the times in which they do not", async () => {
    const busy = attempts(31, "used", { first: 500 });
    assert.deepEqual((await runDetector(synFlood, numbered([...attempts(30, "half-open"), ...busy]))).findings, []);
    const quieter = attempts(29, "used", { first: 500 });
    const half = await runDetector(synFlood, numbered([...attempts(30, "half-open"), ...quieter]));
    assert.deepEqual(
      half.findings.map(({ confidence }) => confidence),
      ["medium"],
    );
    const later = attempts(40, "half-open", { first: 1000, time: 1000 });
    const { findings } = await runDetector(synFlood, numbered([...attempts(30, "half-open"), ...busy, ...later]));
    assert.deepEqual(
      findings.map(({ count }) => count),
      [40],
    );
    const latest = attempts(50, "half-open", { first: 2000, time: 2000 });
    const both = await runDetector(synFlood, numbered([...later, ...latest, ...ORDINARY]));
    assert.deepEqual(
      both.findings.map(({ count }) => count),
      [90],
    );
  });

  it("is quiet on a port that refuses", async () => {
    assert.deepEqual((await runDetector(synFlood, numbered([...attempts(300, "refused"), ...ORDINARY]))).findings, []);
    const some = [...attempts(30, "silent"), ...attempts(8, "refused", { first: 500 }), ...ORDINARY];
    assert.deepEqual((await runDetector(synFlood, numbered(some))).findings, []);
  });

  it("is quiet on a capture of the clients' side: their ACKs show that the SYN-ACKs came", async () => {
    const oneSide = attempts(300, "used", { sources: 300 }).filter(({ to }) => to === TARGET);
    assert.deepEqual((await runDetector(synFlood, numbered(oneSide))).findings, []);
  });

  it("is least sure where a file holds no answers at all, unless it is far beyond the threshold or a hundred times as fast", async () => {
    const of = async (count: number, step: number): Promise<unknown[]> => {
      const { findings } = await runDetector(synFlood, numbered(attempts(count, "silent", { sources: count, step })));
      return findings.map(({ severity, confidence }) => [severity, confidence]);
    };
    assert.deepEqual(await of(299, 0.01), [["note", "low"]]);
    assert.deepEqual(await of(300, 0.01), [["error", "medium"]]);
    assert.deepEqual(await of(30, 0.1 / 28), [["note", "low"]]);
    assert.deepEqual(await of(30, 0.1 / 30), [["warn", "medium"]]);
  });

  it("is less sure in captures of one side, and in tunnels", async () => {
    const packets = numbered([...attempts(30, "half-open"), ...ORDINARY]);
    const oneSided = await runDetector(synFlood, packets, { coverage: { oneSided: 0.9 } });
    assert.equal(oneSided.findings[0].confidence, "medium");
    const tunnelled = await runDetector(
      synFlood,
      packets.map((packet) => ({ ...packet, protocols: "eth:ip:udp:vxlan:eth:ip:tcp" })),
    );
    assert.deepEqual([tunnelled.findings[0].severity, tunnelled.findings[0].confidence], ["note", "low"]);
  });

  it("says how many initial numbers there are where the file has those on the wire, across the wrap", async () => {
    const raw = attempts(30, "half-open").map((packet) => (packet.flags === "S" ? { ...packet, seqRaw: 0xffffffff } : packet));
    const { findings } = await runDetector(synFlood, numbered([...raw, ...ORDINARY]));
    assert.match(findings[0].explanation, /They all carry the same initial number/);
    const walk = range(30).flatMap((i) => attempt(i, `10.3.0.1:${20000 + i}`, TARGET, i * 0.01, "half-open", (0xfffffff0 + i) % 2 ** 32));
    const walked = await runDetector(synFlood, numbered([...walk, ...ORDINARY]));
    assert.match(walked.findings[0].explanation, /They carry 30 different initial numbers/);
    const relative = await runDetector(synFlood, numbered([...attempts(30, "half-open"), ...ORDINARY]));
    assert.doesNotMatch(relative.findings[0].explanation, /initial number/);
  });

  it("does not take streams for attempts that were under way when the capture began", async () => {
    const midstream = range(60).flatMap((i): Packet[] => [
      { stream: i, from: `10.3.0.1:${20000 + i}`, to: TARGET, seq: 1000, ack: 1, time: i * 0.01 },
    ]);
    assert.deepEqual((await runDetector(synFlood, numbered([...midstream, ...ORDINARY]))).findings, []);
    const cut = numbered([...attempts(60, "half-open"), ...ORDINARY]).slice(31);
    assert.ok((await runDetector(synFlood, cut)).findings[0].count >= 40);
  });

  for (const seed of [1, 2, 3]) {
    it(`finds a flood in a shuffled half of its packets and is less sure, seed ${seed}; a busy server stays quiet`, async () => {
      const half = sample(numbered([...attempts(60, "half-open", { sources: 60 }), ...ORDINARY]), seed);
      const { findings } = await runDetector(synFlood, half);
      assert.equal(findings.length, 1);
      assert.equal(findings[0].confidence, "medium");
      const busy = sample(numbered(attempts(300, "used", { sources: 300 })), seed);
      assert.deepEqual((await runDetector(synFlood, busy)).findings, []);
      const refusing = sample(numbered([...attempts(100, "refused"), ...ORDINARY]), seed);
      assert.deepEqual((await runDetector(synFlood, refusing)).findings, []);
    });
  }

  it("does not judge a small sample", async () => {
    const packets = numbered([...attempts(300, "half-open"), ...ORDINARY]);
    const { findings, unjudged } = await runDetector(synFlood, packets, { coverage: { share: 0.2 } });
    assert.deepEqual(findings, []);
    assert.match(unjudged[0].reason, /less than a quarter/);
  });
});
