import assert from "node:assert/strict";
import type { DetectorContext } from "../../../../src/engine/detectors/detector";
import { judgeNumbers } from "../../../../src/engine/detectors/initialNumbers";
import { sequencePattern } from "../../../../src/engine/detectors/sequencePattern";
import type { FieldKey } from "../../../../src/engine/fields";
import { contextOf, HANDSHAKE, type Packet } from "../../../support/packets";
import { randomOf } from "../../../support/random";

const SAMPLED = { coverage: { share: 0.5, unseenAcks: 0.4, oneSided: 0 } };
const run = (packets: readonly Packet[], changes: Partial<DetectorContext> = {}): ReturnType<typeof sequencePattern.run> =>
  sequencePattern.run(contextOf(sequencePattern, packets, changes));
const kindsOf = async (packets: readonly Packet[], changes: Partial<DetectorContext> = {}): Promise<string[]> =>
  (await run(packets, changes)).findings.map(({ kind }) => kind);
const FIELDS = [...contextOf(sequencePattern, []).fields];
const WITH_RAW = { fields: new Set<FieldKey>([...FIELDS, "seqRaw"]) };
const RAW_ONLY = { fields: new Set<FieldKey>([...FIELDS.filter((field) => field !== "seq"), "seqRaw"]) };
const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const randomU32 = (random: () => number): number => Math.floor(random() * 2 ** 32);

/** So many resets, each so far above the last. */
const resets = (count: number, first: number, stride: number): Packet[] =>
  many(count, (i) => ({ seq: (first + i * stride) >>> 0, flags: "R" }));

describe("sequence-pattern: equal strides", () => {
  it("tells resets an equal distance apart, once per direction, with the answers between them left out", async () => {
    const storm = resets(5, 200_000, 12_500).flatMap((reset): Packet[] => [reset, { from: "b", seq: 1, ack: 1, len: 0 }]);
    const { findings } = await run([...HANDSHAKE, ...storm]);
    assert.equal(findings.length, 1);
    const [{ kind, severity, confidence, count, source, target, technique, rows }] = findings;
    assert.deepEqual(
      { kind, severity, confidence, count, source, target, technique },
      {
        kind: "equal-strides",
        severity: "warn",
        confidence: "high",
        count: 5,
        source: "10.0.0.1:1000",
        target: "10.0.0.2:80",
        technique: "T1557",
      },
    );
    assert.deepEqual([...rows], [3, 5, 7, 9, 11]);
  });

  it("is quiet for one reset less than the threshold", async () => {
    assert.deepEqual(await kindsOf([...HANDSHAKE, ...resets(4, 200_000, 12_500)]), []);
  });

  it("is quiet when one step of the run is one byte longer", async () => {
    const packets = resets(5, 200_000, 12_500).map((reset, i) => ({ ...reset, seq: reset.seq! + (i > 2 ? 1 : 0) }));
    assert.deepEqual(await kindsOf([...HANDSHAKE, ...packets]), []);
  });

  it("tells strides across the wrap, and downwards", async () => {
    const { findings } = await run([...HANDSHAKE, ...resets(6, 2 ** 32 - 30_000, 12_500)]);
    assert.equal(findings[0]?.count, 6);
    assert.deepEqual(await kindsOf([...HANDSHAKE, ...resets(6, 900_000, -12_500)]), ["equal-strides"]);
  });

  it("tells strides in a stream that was on its way", async () => {
    const flow = many(4, (i): Packet => ({ seq: 7_000_000 + 100 * i, ack: 50, len: 100 }));
    const { findings } = await run([...flow, ...resets(5, 8_000_000, 4_000), { seq: 7_000_400, ack: 50, len: 100 }]);
    assert.equal(findings[0]?.count, 5);
    assert.deepEqual([...findings[0].rows], [4, 5, 6, 7, 8]);
  });

  it("tells ACKs and data sprayed at equal distances while the conversation goes on", async () => {
    for (const len of [0, 10]) {
      const spray = many(6, (i): Packet[] => [
        { seq: 1 + 40 * i, ack: 1, len: 40 },
        { seq: 500_000 + 65_535 * i, ack: 1, len },
      ]).flat();
      const { findings } = await run([...HANDSHAKE, ...spray]);
      assert.deepEqual(
        findings.map(({ kind, confidence, count }) => [kind, confidence, count]),
        [["equal-strides", "medium", 6]],
        String(len),
      );
      assert.deepEqual([...findings[0].rows], [4, 6, 8, 10, 12, 14]);
    }
  });

  it("is quiet for full segments, one behind the other or every second one lost", async () => {
    for (const step of [1448, 2896])
      assert.deepEqual(await kindsOf([...HANDSHAKE, ...many(10, (i): Packet => ({ seq: 1449 + step * i, ack: 1, len: 1448 }))]), []);
  });

  it("is quiet for segments sent again and for keep-alives", async () => {
    const data = many(8, (i): Packet => ({ seq: 1 + 500 * i, ack: 1, len: 500 }));
    const again = data.filter((_, i) => i % 2 === 0).map((packet) => ({ ...packet, len: 400 }));
    const alive = many(6, (i): Packet[] => [
      { seq: 4001 + 40 * i, ack: 1, len: 40 },
      { seq: 4040 + 40 * i, ack: 1, len: 1 },
    ]).flat();
    assert.deepEqual(await kindsOf([...HANDSHAKE, ...data, ...again, ...alive]), []);
  });

  it("is quiet for resets that answer what is still on its way to a side that has closed", async () => {
    const data = many(8, (i): Packet => ({ seq: 1 + 1448 * i, ack: 1, len: 1448 }));
    const answers = many(6, (i): Packet[] => [
      { from: "b", seq: 1, ack: 2897 + 1448 * i },
      { seq: 2897 + 1448 * i, flags: "R" },
    ]).flat();
    assert.deepEqual(await kindsOf([...HANDSHAKE, ...data, ...answers]), []);
    assert.deepEqual(await kindsOf([...HANDSHAKE, ...answers]), [], "what was sent is not in the file, but acknowledged");
  });

  it("finds resets in a shuffled half of a capture by what their distances are multiples of, and is quiet about data there", async () => {
    const random = randomOf(7);
    const storm = resets(30, 200_000, 12_500).map((reset, i): Packet => ({ ...reset, frame: 4 + i, time: 10 + i }));
    const walk = many(30, (i): Packet => ({ seq: 900_000 + 65_535 * i, ack: 1, frame: 50 + i, time: 60 + i, stream: 1 }));
    const half = [...HANDSHAKE.map((packet, i): Packet => ({ ...packet, frame: i + 1 })), ...storm, ...walk].filter(() => random() < 0.5);
    const shuffled = half.map((packet) => ({ packet, key: random() })).sort((a, b) => a.key - b.key);
    const { findings, unjudged } = await run(
      shuffled.map(({ packet }) => packet),
      SAMPLED,
    );
    assert.deepEqual(
      findings.map(({ kind, confidence }) => [kind, confidence]),
      [["equal-strides", "medium"]],
    );
    assert.equal(findings[0].count, half.filter(({ flags }) => flags === "R").length);
    assert.match(findings[0].title, /multiples of 12,500 bytes/);
    assert.ok(unjudged.some(({ reason }) => reason.includes("equal strides")));
  });

  it("is quiet in a sample about data and ACKs in strides that a whole capture would be told of", async () => {
    const aborted: Packet[] = [
      { from: "b", seq: 1, flags: "R" },
      { from: "b", seq: 1, flags: "R" },
    ];
    const walk = [...HANDSHAKE, ...many(9, (i): Packet => ({ seq: 900_000 + 65_535 * i, ack: 1 })), ...aborted];
    assert.deepEqual(await kindsOf(walk), ["equal-strides"]);
    assert.deepEqual(await kindsOf(walk, SAMPLED), []);
  });

  it("follows streams whose numbers are far apart", async () => {
    const far = [...HANDSHAKE, ...resets(5, 200_000, 12_500)].map((packet): Packet => ({ ...packet, stream: 4_000_000_000 }));
    assert.deepEqual(await kindsOf([{ seq: 1, ack: 1, stream: 3 }, ...far]), ["equal-strides"]);
  });
});

describe("sequence-pattern: equal distances", () => {
  /** Streams of one client in which two resets follow each other. */
  const pairs = (count: number, distance: (stream: number) => number): Packet[] =>
    many(count, (stream) => {
      const [from, to] = [`10.9.${String(stream)}.1:80`, `10.0.0.7:${String(2000 + stream)}`];
      return [
        { from: to, to: from, seq: 0, flags: "S", stream },
        { from, to, seq: 0, ack: 1, flags: "SA", stream },
        { from, to, seq: 1, flags: "R", stream },
        { from, to, seq: 1 + distance(stream), flags: "R", stream },
      ] satisfies Packet[];
    }).flat();

  it("tells pairs of resets with one distance over many streams of a host", async () => {
    const { findings } = await run(pairs(5, () => 12_503));
    const found = findings.filter(({ kind }) => kind === "equal-distances");
    assert.equal(found.length, 1);
    const [{ severity, target, source, count, rows, technique }] = found;
    assert.deepEqual(
      { severity, target, source, count, technique },
      { severity: "warn", target: "10.0.0.7", source: null, count: 5, technique: "T1557" },
    );
    assert.equal(rows.length, 10);
  });

  it("is quiet for one stream less, for other distances, and for resets behind a FIN", async () => {
    assert.ok(!(await kindsOf(pairs(4, () => 12_503))).includes("equal-distances"));
    assert.ok(!(await kindsOf(pairs(8, (stream) => 12_503 + 7 * stream))).includes("equal-distances"));
    assert.ok(!(await kindsOf(pairs(8, () => 1))).includes("equal-distances"));
  });
});

/** A SYN per connection of one source, with these numbers. */
const syns = (raws: readonly number[], change: (i: number) => Packet = () => ({})): Packet[] =>
  raws.map((raw, i): Packet => ({
    from: `10.0.0.9:${String(3000 + i)}`,
    to: "10.0.0.2:80",
    seq: 0,
    raw,
    flags: "S",
    stream: i,
    ...change(i),
  }));

describe("sequence-pattern: initial numbers", () => {
  it("says that relative numbers cannot be judged, and which column would help", async () => {
    for (const changes of [{}, WITH_RAW]) {
      const { findings, unjudged } = await run(
        syns([5, 5, 5, 5, 5]).map(({ raw: _, ...packet }) => packet),
        changes,
      );
      assert.deepEqual(findings, []);
      assert.deepEqual(
        unjudged.map(({ tshark }) => tshark),
        ["-e tcp.seq_raw"],
      );
    }
  });

  it("tells a source that begins connections with one number, also where the file has raw numbers alone", async () => {
    const raws = [7_654_321, 7_654_321, 7_654_321, 7_654_321, 7_654_321];
    const { findings, unjudged } = await run(syns(raws), WITH_RAW);
    assert.deepEqual(unjudged, []);
    assert.deepEqual(
      findings.map(({ kind, severity, count, source, target, technique }) => [kind, severity, count, source, target, technique]),
      [["constant-initial-number", "warn", 5, "10.0.0.9", "10.0.0.2:80", null]],
    );
    const alone = syns(raws, () => ({ seq: 7_654_321 })).map(({ raw: _, ...packet }) => packet);
    assert.deepEqual(await kindsOf(alone, RAW_ONLY), ["constant-initial-number"]);
    assert.deepEqual(await kindsOf(alone), ["constant-initial-number"], "a file made without relative numbers");
  });

  it("calls it scanning from 15 targets on", async () => {
    const at = (count: number): Packet[] => syns(new Array<number>(count).fill(99_999_999), (i) => ({ to: `10.0.0.2:${String(i + 1)}` }));
    assert.equal((await run(at(14), WITH_RAW)).findings[0].technique, null);
    assert.equal((await run(at(15), WITH_RAW)).findings[0].technique, "T1046");
  });

  it("is quiet for one connection less, and for SYNs that are sent again", async () => {
    assert.deepEqual(await kindsOf(syns(new Array<number>(4).fill(7_654_321)), WITH_RAW), []);
    assert.deepEqual(
      await kindsOf(
        syns(new Array<number>(12).fill(7_654_321), () => ({ from: "10.0.0.9:3000", stream: 0 })),
        WITH_RAW,
      ),
      [],
    );
  });

  it("counts a number of stealth probes, but not that of resets that answer", async () => {
    const probes = syns(new Array<number>(6).fill(123_456_789), () => ({ seq: 1, flags: "F" }));
    const answers = many(6, (i): Packet => ({
      from: "b",
      to: `10.0.0.9:${String(3000 + i)}`,
      seq: 1,
      raw: 0,
      ack: 2,
      flags: "RA",
      stream: i,
    }));
    const { findings } = await run([...probes, ...answers], WITH_RAW);
    assert.deepEqual(
      findings.map(({ kind, source }) => [kind, source]),
      [["constant-initial-number", "10.0.0.9"]],
    );
  });

  it("tells numbers that move in steps, across the wrap", async () => {
    const raws = many(6, (i) => (2 ** 32 - 300_007 + 128_000 * (i + (i >> 1))) >>> 0);
    const { findings } = await run(syns(raws), WITH_RAW);
    assert.deepEqual(
      findings.map(({ kind, severity, count }) => [kind, severity, count]),
      [["stepping-initial-numbers", "warn", 6]],
    );
    assert.match(findings[0].explanation, /GCD 128,000/);
    assert.deepEqual(await kindsOf(syns(raws.slice(0, 5)), WITH_RAW), [], "five numbers are too few");
  });

  it("tells a clock that all connections share, in SYN-ACKs too", async () => {
    const random = randomOf(3);
    const raws = many(8, (i) => 40_000_000 + Math.floor(250_000 * (0.5 * i) + 300 * random()));
    const answers = raws.map((raw, i): Packet[] => [
      { from: `10.0.0.9:${String(3000 + i)}`, to: "10.0.0.2:80", seq: 0, raw: randomU32(random), flags: "S", stream: i, time: 0.5 * i },
      { from: "10.0.0.2:80", to: `10.0.0.9:${String(3000 + i)}`, seq: 0, raw, ack: 1, flags: "SA", stream: i, time: 0.5 * i },
    ]);
    const { findings } = await run(answers.flat(), WITH_RAW);
    assert.deepEqual(
      findings.map(({ kind, source, count }) => [kind, source, count]),
      [["predictable-initial-numbers", "10.0.0.2", 8]],
    );
  });

  it("tells numbers whose index is just below the threshold, and not those that reach it", async () => {
    const seen = new Set<number>();
    for (let shake = 2000; shake < 12_000; shake += 50) {
      const random = randomOf(shake);
      const raws = many(12, (i) => 40_000_000 + Math.floor(100_000 * i + shake * random()));
      const times = Float64Array.from(raws, (_, i) => 0.5 * i);
      const { predictability } = judgeNumbers(Uint32Array.from(raws), times);
      if (predictability < 94 || predictability > 97) continue;
      seen.add(predictability);
      const kinds = await kindsOf(
        syns(raws, (i) => ({ time: 0.5 * i })),
        WITH_RAW,
      );
      assert.deepEqual(kinds, predictability < 96 ? ["predictable-initial-numbers"] : [], `index ${String(predictability)}`);
    }
    assert.ok(seen.has(95) && seen.has(96), [...seen].join(" "));
  });

  it("is quiet for stacks that follow RFC 6528: a random offset per 4-tuple and a clock", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = randomOf(seed);
      const raws = many(40, (i) => (randomU32(random) + 250_000 * i) >>> 0);
      assert.deepEqual(await kindsOf(syns(raws), WITH_RAW), [], `seed ${String(seed)}`);
    }
  });

  it("is quiet for random numbers days apart: over so long a time any number is a low rate", async () => {
    const random = randomOf(9);
    const raws = many(12, () => randomU32(random));
    assert.deepEqual(
      await kindsOf(
        syns(raws, (i) => ({ time: 1e6 * i })),
        WITH_RAW,
      ),
      [],
    );
  });

  it("is quiet for a 4-tuple that is used again: its numbers rise with the clock", async () => {
    const raws = many(10, (i) => 3_111_222_333 + 250_000 * i);
    assert.deepEqual(
      await kindsOf(
        syns(raws, () => ({ from: "10.0.0.9:3000" })),
        WITH_RAW,
      ),
      [],
    );
    assert.deepEqual(await kindsOf(syns(raws), WITH_RAW), ["stepping-initial-numbers"], "other ports do not explain it");
  });

  it("tells numbers that many sources can only have from one program: multiples, a narrow range, shared ones", async () => {
    const random = randomOf(11);
    const from = (i: number): Packet => ({ from: `10.66.${String(i)}.1:${String(1025 + i)}` });
    const multiples = many(10, () => Math.floor(random() * 65536) * 65536);
    const narrow = many(10, () => 2_000_000_123 + Math.floor(random() * 8000));
    const shared = many(12, (i) => (i < 6 ? 1_111_111_111 + (i % 2) : randomU32(random)));
    for (const [raws, pattern] of [
      [multiples, /multiples of/],
      [narrow, /range of/],
      [shared, /6 sources share 2 numbers/],
    ] as const) {
      const { findings } = await run(syns(raws, from), WITH_RAW);
      assert.deepEqual(
        findings.map(({ kind, severity, target, source }) => [kind, severity, target, source]),
        [["generated-initial-numbers", "warn", "10.0.0.2:80", null]],
      );
      assert.match(findings[0].explanation, pattern);
    }
    assert.deepEqual(await kindsOf(syns(narrow.slice(0, 9), from), WITH_RAW), [], "nine sources are too few");
  });

  it("is quiet for connections captured before and behind a NAT", async () => {
    const random = randomOf(5);
    const raws = many(20, () => randomU32(random));
    const inner = syns(raws, (i) => ({ from: `192.168.0.${String(i + 1)}:4000` }));
    const outer = syns(raws, (i) => ({ from: `203.0.113.${String(i + 1)}:4000`, stream: 100 + i }));
    assert.deepEqual(await kindsOf([...inner, ...outer], WITH_RAW), []);
  });

  it("notes a number somebody wrote down, unless so many connections make it chance", async () => {
    const random = randomOf(2);
    const others = (count: number): number[] => many(count, () => randomU32(random) | 65537);
    const { findings } = await run(syns([779_000_000, ...others(3)]), WITH_RAW);
    assert.deepEqual(
      findings.map(({ kind, severity, confidence, count }) => [kind, severity, confidence, count]),
      [["hand-picked-initial-number", "note", "low", 1]],
    );
    assert.deepEqual(await kindsOf(syns([779_000_001, ...others(3)]), WITH_RAW), []);
    assert.deepEqual(await kindsOf(syns([779_000_000, ...others(400)]), WITH_RAW), []);
  });
});

describe("sequence-pattern: the whole distribution", () => {
  /** Numbers that nobody else has, to stand out from. */
  const crowd = (stream: number): Packet[] => many(40, (i) => ({ seq: 3 + 101 * i, ack: 1, len: 101, stream }));

  it("says of a comb of full segments that they explain it", async () => {
    const viewers = many(25, (stream): Packet[] => [
      ...many(6, (i): Packet => ({ from: `10.0.1.${String(stream)}:80`, seq: 1 + 1448 * i, ack: 1, len: 1448, stream })),
    ]);
    const { findings } = await run([...viewers.flat(), ...crowd(99)]);
    assert.deepEqual(
      findings.map(({ kind, severity, count }) => [kind, severity, count]),
      [
        ["peaks-handshake", "chat", 25],
        ["peaks-full-segments", "chat", 125],
      ],
    );
    assert.equal(new Set(findings[1].rows).size, 125);
  });

  it("says of a side that only acknowledges that it repeats its number", async () => {
    const { findings } = await run([...crowd(0), ...many(30, (i): Packet => ({ from: "b", seq: 777, ack: 1 + i, stream: 0 }))]);
    assert.deepEqual(
      findings.map(({ kind, severity, count }) => [kind, severity, count]),
      [["peaks-one-stream", "chat", 30]],
    );
  });

  it("is quiet for one packet less than the threshold", async () => {
    const of = (count: number): Promise<string[]> =>
      kindsOf([...crowd(0), ...many(count, (i): Packet => ({ from: "b", seq: 777, ack: 1 + i, stream: 0 }))]);
    assert.deepEqual(await of(20), ["peaks-one-stream"]);
    assert.deepEqual(await of(19), []);
  });

  it("is quiet for a number that stands out less than the threshold from those beside it", async () => {
    // Beside it are as many numbers with 10 packets as with 14: the median is 12, the median absolute deviation 2.
    const of = async (count: number): Promise<number> => {
      const counts = many(33, (i) => (i === 16 ? count : i % 2 === 0 ? 10 : 14));
      const packets = counts.flatMap((packetsOf, i) =>
        many(packetsOf, (n): Packet => ({ from: "b", seq: 1000 + 101 * i, ack: 1, len: 10, stream: n })),
      );
      return (await kindsOf(packets)).filter((kind) => kind.startsWith("peaks-")).length;
    };
    assert.equal(await of(23), 1); // 0.6745 × (23 - 12) / 2 = 3.71
    assert.equal(await of(22), 0); // 3.37
  });

  it("warns of one source that sends a number no stream had reached in many streams; notes it of many sources", async () => {
    const sprayed = (from: (stream: number) => string): Packet[] =>
      many(25, (stream): Packet[] => [
        { from: `10.0.2.1:${String(1000 + stream)}`, to: from(stream), seq: 0, flags: "S", stream },
        { from: from(stream), to: `10.0.2.1:${String(1000 + stream)}`, seq: 55_555, flags: "R", stream },
      ]).flat();
    const of = async (packets: Packet[]): Promise<(string | null)[][]> =>
      (await run([...packets, ...crowd(99)])).findings
        .filter(({ kind }) => kind === "peaks-unexplained")
        .map(({ severity, source }) => [severity, source]);
    assert.deepEqual(await of(sprayed(() => "10.0.3.1:80")), [["warn", "10.0.3.1"]]);
    assert.deepEqual(await of(sprayed((stream) => `10.0.3.${String(stream)}:80`)), [["note", null]]);
  });

  it("does not warn of a client that ends its requests with a reset, whichever packet shows where it was", async () => {
    for (const [sent, acknowledged] of [
      [200, 1],
      [100, 201],
    ]) {
      const aborted = many(25, (stream): Packet[] => [
        { from: `10.0.2.1:${String(1000 + stream)}`, seq: 1, ack: 1, len: sent, stream },
        { from: "b", to: `10.0.2.1:${String(1000 + stream)}`, seq: 1, ack: acknowledged, len: 50, stream },
        { from: `10.0.2.1:${String(1000 + stream)}`, seq: 201, flags: "R", stream },
      ]);
      const { findings } = await run([...aborted.flat(), ...crowd(99)]);
      assert.deepEqual(
        findings.map(({ kind, severity }) => [kind, severity]),
        [
          ["peaks-handshake", "chat"],
          ["peaks-same-content", "chat"],
        ],
      );
    }
  });
});
