import assert from "node:assert/strict";
import { join } from "node:path";
import { payloadConflict } from "../../../../src/engine/detectors/payloadConflict";
import { AnalysisError } from "../../../../src/shared/errors";
import { ATTACK_FIXTURES, framesOf, readTruth } from "../../../support/attacks";
import { findIn } from "../../../support/findIn";
import { judge, type Segment, type SegmentRun } from "../../../support/segments";

const run = (segments: readonly Segment[], options?: Parameters<typeof judge>[2]): Promise<SegmentRun> =>
  judge(payloadConflict, segments, options);

/** A conversation: six questions and answers of 20 bytes, both sides with headers of their own. Frames 1 to 15. */
function talk(header: Pick<Segment, "ts" | "options"> = {}, stream = 0): Segment[] {
  const segments: Segment[] = [
    { seq: 0, flags: "S", options: 20, stream },
    { from: "b", seq: 0, ack: 1, flags: "SA", options: 20, stream },
    { seq: 1, ack: 1, stream, ...header },
  ];
  for (let i = 0; i < 6; i++) {
    segments.push({ seq: 1 + 20 * i, ack: 1 + 20 * i, payload: `question number ${String(i)}...`, flags: "PA", stream, ...header });
    segments.push({
      from: "b",
      seq: 1 + 20 * i,
      ack: 21 + 20 * i,
      payload: `answer to number ${String(i)}..`,
      flags: "PA",
      stream,
      ...header,
    });
  }
  return segments;
}
const TALK = talk();
/** Frame 15: the last answer, numbers 101 to 120. */
const LAST = TALK[14];
const OTHER = "AnSwEr to nUmBeR 5..";

describe("payload conflicts by bytes", () => {
  it("are found over what two segments have in common, whatever their lengths", async () => {
    for (const [copy, differing] of [
      [{ ...LAST, payload: OTHER }, 6],
      [{ ...LAST, payload: "other" }, 5],
      [{ ...LAST, payload: `${OTHER} and further` }, 6],
      [{ ...LAST, seq: 111, payload: "NUMBER 5..next" }, 6],
    ] as const) {
      const { findings, said } = await run([...TALK, copy], { payload: true });
      assert.deepEqual(said, ["bytes-differ error certain: 15 16"]);
      const [{ title, technique, count, source, target, strongest, explanation }] = findings;
      assert.ok(title.includes(`${String(differing)} bytes differ`), title);
      assert.deepEqual([technique, count, source, target, strongest], ["T1557", 1, "10.0.0.2:80", "10.0.0.1:1000", 15]);
      assert.match(explanation, /^Frames 15 and 16 both hold \d+ bytes from number 1\d1 on; \d+ of them differ\./);
    }
  });

  it("are none where bytes are equal, in pieces of any size, or only other bytes", async () => {
    const { payload = "" } = LAST;
    const innocents: Segment[][] = [
      [LAST],
      [
        { ...LAST, payload: payload.slice(0, 7) },
        { ...LAST, seq: 108, payload: payload.slice(7) },
      ],
      [{ ...LAST, seq: 111, payload: `${payload.slice(10)}and more` }],
      [{ ...LAST, seq: 121, payload: OTHER }],
      [{ ...LAST, from: "a", seq: 121, payload: OTHER }],
      [{ ...LAST, stream: 1, payload: OTHER }],
      [{ ...LAST, flags: "RA", payload: OTHER }],
    ];
    for (const more of innocents) assert.deepEqual((await run([...TALK, ...more], { payload: true })).said, []);
  });

  it("are one finding per direction, with all its packets, however many there are", async () => {
    const copies = [1, 2, 3, 4, 5].map((i): Segment => ({ ...LAST, payload: `${OTHER.slice(0, 19)}${String(i)}` }));
    const question: Segment = { ...TALK[13], payload: "Question number 5..." };
    const { said, findings } = await run([...TALK, ...copies, question, LAST], { payload: true });
    assert.deepEqual(said, ["bytes-differ error certain: 15 16 17 18 19 20", "bytes-differ error certain: 14 21"]);
    assert.equal(findings[0].count, 5);
    assert.match(findings[0].explanation, /So do 2 further overlaps\./);
  });

  it("are no matter of single bytes: keep-alives, probes of a closed window", async () => {
    const innocents: Segment[][] = [
      [
        { ...LAST, seq: 120, payload: "\0", flags: "A" },
        { ...LAST, seq: 120, payload: "x", flags: "A" },
      ],
      [
        { seq: 121, ack: 121, window: 0 },
        { from: "b", seq: 121, ack: 121, payload: "?" },
        { from: "b", seq: 121, ack: 121, payload: "true answer" },
      ],
    ];
    for (const more of innocents)
      for (const payload of [true, false]) assert.deepEqual((await run([...TALK, ...more], { payload })).said, []);
  });

  it("are found across 2^32 and midstream, and not between numbers 4 GiB apart", async () => {
    const start = 2 ** 32 - 10;
    const midstream: Segment[] = [
      { from: "b", seq: start, ack: 5, payload: "twenty bytes of text" },
      { seq: 5, ack: 10 },
      { from: "b", seq: 10, ack: 5, payload: "ten behind" },
      { from: "b", seq: 5, ack: 5, payload: "texT TEN" },
    ];
    assert.deepEqual((await run(midstream, { payload: true })).said, ["bytes-differ error certain: 1 3 4"]);
    const far = Array.from({ length: 9 }, (_, i): Segment => ({ seq: (i * 2 ** 29) % 2 ** 32, ack: 1, payload: `lap ${String(i)}` }));
    assert.deepEqual((await run(far, { payload: true })).said, []);
  });

  it("are judged as far as payloads are there", async () => {
    const cut = (rows: Uint32Array): Promise<(Uint8Array | undefined)[]> =>
      Promise.resolve(Array.from(rows, (row) => Buffer.from(row === 14 ? "ans" : "anx")));
    const { said, findings } = await run([...TALK, { ...LAST, payload: OTHER }], { payload: cut });
    assert.deepEqual(said, ["bytes-differ error certain: 15 16"]);
    assert.match(findings[0].explanation, /1 of the 3 in the file differ/);
  });

  it("fall back to checksums where the file cannot be read again", async () => {
    const fail = (): Promise<never> => Promise.reject(new AnalysisError("fileChanged", "x.csv changed since it was read."));
    const { said, unjudged } = await run([...TALK, { ...LAST, payload: OTHER }], { payload: fail });
    assert.deepEqual(said, ["checksums-differ warn high: 15 16"]);
    assert.ok(unjudged.some(({ reason }) => reason.includes("x.csv changed")));
    const supersede = (): Promise<never> => Promise.reject(new AnalysisError("superseded", ""));
    await assert.rejects(run([...TALK, LAST], { payload: supersede }), { code: "superseded" });
  });

  it("read again no more than 50,000 rows, the suspicious first", async function () {
    this.timeout(30_000);
    const many: Segment[] = Array.from({ length: 30_000 }, (_, i): Segment => ({ seq: 1 + 4 * i, ack: 1, payload: "same", stream: 1 }));
    let asked = 0;
    const read = (rows: Uint32Array): Promise<undefined[]> => {
      asked = rows.length;
      assert.ok(rows.includes(60_014) && rows.includes(60_015));
      return Promise.resolve(Array.from(rows, () => undefined));
    };
    const pairs = many.flatMap((segment) => [segment, segment]);
    const { said, unjudged } = await run([...pairs, ...TALK, { ...LAST, payload: OTHER }], { payload: read });
    assert.equal(asked, 50_000);
    assert.deepEqual(said, ["checksums-differ warn high: 60015 60016"]);
    assert.ok(unjudged.some(({ reason }) => reason.includes("50000 packets were compared; 5001 overlaps were left")));
  });
});

describe("payload conflicts by checksum", () => {
  const isFound = async (segments: readonly Segment[], options?: Parameters<typeof judge>[2]): Promise<boolean> => {
    const { said } = await run(segments, options);
    assert.ok(said.length === 0 || /^checksums-differ warn high: 15 16$/.test(said.join()), said.join());
    return said.length === 1;
  };

  it("are found without options, with other ACKs and flags", async () => {
    for (const change of [{}, { ack: 141 }, { flags: "A" }, { ack: 101, flags: "FPA" }])
      for (const first of [{}, { a: 0xfffffff0, b: 77 }, { a: 123_456_789, b: 0xffffff80 }]) {
        assert.equal(await isFound([...TALK, { ...LAST, ...change, payload: OTHER }], { first }), true);
        assert.equal(await isFound([...TALK, { ...LAST, ...change }], { first }), false, JSON.stringify({ change, first }));
      }
  });

  it("allow for ACKs on the wire that pass 2^32 between the copies", async () => {
    // 121 relative is 2^32 - 9 on the wire, 141 is 11.
    for (let a = 2 ** 32 - 150; a < 2 ** 32 - 110; a++) {
      assert.equal(await isFound([...TALK, { ...LAST, ack: 141 }], { first: { a } }), false);
      assert.equal(await isFound([...TALK, { ...LAST, ack: 141, payload: OTHER }], { first: { a } }), true);
    }
  });

  it("need timestamps where headers have options, and then take them into account", async () => {
    const timed = talk({ ts: [1000, 2000] });
    const resend: Segment = { ...timed[14], ts: [99_000, 0xfffffff0] };
    const forged: Segment = { ...timed[14], ts: [1500, 2000], payload: OTHER };
    assert.equal(await isFound([...timed, resend]), false);
    assert.equal(await isFound([...timed, forged]), true);
    for (const copy of [resend, forged]) {
      const { said, unjudged } = await run([...timed, copy], { hasTimestamps: false });
      assert.deepEqual(said, []);
      assert.equal(unjudged[0].tshark, "-e tcp.payload -e tcp.options.timestamp.tsval -e tcp.options.timestamp.tsecr");
    }
    // SACK blocks beside them: nobody knows what these hold.
    const sacked = timed.map((segment): Segment => ({ ...segment, checksum: 0x1234 + (segment.seq ?? 0) }));
    const longer = (columns: { ipLen: Uint16Array }): void => {
      for (const row of [14, 15]) columns.ipLen[row] += 12;
    };
    assert.equal(await isFound([...sacked, { ...forged, checksum: 0x4321 }], { change: longer }), false);
  });

  it("take timestamps at an odd byte, too", async () => {
    const swap = (value: number): number => ((value & 0xff) << 8) | (value >> 8);
    const sum = (words: number[]): number => words.reduce((a, b) => (a + b) % 65535, 0);
    const at = (ts: [number, number], payload: number): Segment => {
      const words = ts.flatMap((value) => [Math.floor(value / 65536), value % 65536]).map(swap);
      return { ...LAST, ts, checksum: 65535 - sum([0x4000, payload, ...words]) };
    };
    const timed = talk({ ts: [1, 1] }).slice(0, 14);
    assert.equal(await isFound([...timed, at([1000, 2000], 7), at([77_000, 2345], 7)]), false);
    assert.equal(await isFound([...timed, at([1000, 2000], 7), at([77_000, 2345], 8)]), true);
  });

  it("are not told by checksums of a capture before the network card", async () => {
    const partial = { isPartial: true };
    for (const [one, other] of [
      [
        { ...LAST, ...partial },
        { ...LAST, ...partial, ack: 141, payload: OTHER },
      ],
      [{ ...LAST, ...partial }, { ...LAST }],
      [{ ...LAST }, { ...LAST, ...partial, payload: OTHER }],
      [
        { ...LAST, checksum: 0xbeef },
        { ...LAST, checksum: 0xbeef, ack: 181, payload: OTHER },
      ],
      [{ ...LAST, checksum: 0 }, LAST],
    ])
      assert.equal(await isFound([...TALK.slice(0, 14), one, other]), false);
  });

  it("are inconclusive with other windows, header lengths, urgent data, cut-up packets, or IPv6 without header lengths", async () => {
    const forged: Segment = { ...LAST, payload: OTHER };
    for (const change of [{ window: 8191 }, { options: 4 }, { flags: "P" }])
      assert.equal(await isFound([...TALK, { ...forged, ...change }]), false);
    const urgent = (columns: { flags: Uint16Array }): void => void (columns.flags[15] |= 32);
    assert.equal(await isFound([...TALK, forged], { change: urgent }), false);
    const large = "x".repeat(4000);
    assert.equal(await isFound([...TALK.slice(0, 14), { ...LAST, payload: large }, { ...LAST, payload: large.replace("x", "y") }]), false);
    const v6 = (segment: Segment): Segment => ({ ...segment, checksum: segment.payload === OTHER ? 0x1111 : 0x2222 + (segment.seq ?? 0) });
    const noIpLength = (columns: { ipLen: Uint16Array }): void => void columns.ipLen.fill(0);
    assert.equal(await isFound([...TALK, forged].map(v6), { change: noIpLength }), false);
    const withHeaders = (columns: { ipLen: Uint16Array; headerLen: Uint16Array }): void => {
      columns.ipLen.fill(0);
      columns.headerLen.fill(20);
    };
    assert.equal(await isFound([...TALK, forged].map(v6), { change: withHeaders }), true);
  });
});

describe("payload conflicts by signs", () => {
  const TIMED = talk({ ts: [1, 1] });
  const TIMED_LAST = TIMED[14];
  /** An answer of another length: no checksum tells. */
  const longer: Segment = { ...TIMED_LAST, payload: `${OTHER}, and 10 more` };

  it("are no matter of another length alone, except as a note when asked for", async () => {
    assert.deepEqual((await run([...TIMED, longer])).said, []);
    assert.deepEqual((await run([...TIMED, longer], { sensitivity: "low" })).said, []);
    assert.deepEqual((await run([...TIMED, longer], { sensitivity: "high" })).said, ["other-length note low: 15 16"]);
  });

  it("are found by a foreign TTL, missing timestamps, and a sender that does not know of them", async () => {
    assert.deepEqual((await run([...TIMED, { ...longer, ttl: 57 }])).said, ["foreign-copy warn medium: 15 16"]);
    assert.deepEqual((await run([...TIMED, { ...longer, ts: undefined }])).said, ["foreign-copy warn medium: 15 16"]);
    assert.deepEqual((await run([...TIMED, { ...longer, ttl: 57, ts: undefined }])).said, ["foreign-copy warn high: 15 16"]);
    // The forged one first; the sender acknowledges more, from the number it had before.
    const { said, findings } = await run([...TIMED.slice(0, 14), longer, { from: "b", seq: 101, ack: 141, ts: [1, 1] }, TIMED_LAST]);
    assert.deepEqual(said, ["foreign-copy warn medium: 15 17"]);
    assert.match(findings[0].explanation, /Frame 15 is unknown to its sender/);
    assert.equal(findings[0].strongest, 14);
    // Or stays where the true one ends, a second later, while the other side waits for more.
    const stuck: Segment = { from: "b", seq: 121, ack: 121, ts: [1, 1] };
    assert.deepEqual((await run([...TIMED.slice(0, 14), longer, TIMED_LAST, stuck])).said, ["foreign-copy warn medium: 15 16"]);
    assert.deepEqual((await run([...TIMED.slice(0, 14), longer, TIMED_LAST, { ...stuck, time: 15.5 }])).said, []);
  });

  it("are not found by what a sender said before, though at the same time and behind it in the file", async () => {
    const more: Segment = { from: "b", seq: 101, ack: 141, ts: [1, 1], time: 14 };
    const conflicts = async (forged: number, later: number): Promise<readonly string[]> =>
      (
        await run([
          ...TIMED.slice(0, 14),
          { ...longer, frame: forged, time: 14 },
          { ...more, frame: later },
          { ...TIMED_LAST, frame: 17, time: 15 },
        ])
      ).said;
    assert.deepEqual(await conflicts(15, 16), ["foreign-copy warn medium: 15 17"]);
    assert.deepEqual(await conflicts(16, 15), []);
  });

  it("take keep-alives and probes for no proof, and packets overtaken by others neither", async () => {
    for (const probe of [
      { seq: 133, ack: 141 },
      { seq: 100, ack: 121 },
      { seq: 101, ack: 121, time: 14.5 },
      { seq: 101, ack: 101 },
    ])
      assert.deepEqual(
        (await run([...TIMED.slice(0, 14), longer, { from: "b", ts: [1, 1], ...probe }, TIMED_LAST])).said,
        [],
        JSON.stringify(probe),
      );
  });

  it("need enough packets to know what is usual, and a single route", async () => {
    const short = TIMED.slice(0, 3).concat(TIMED.slice(9));
    // Three answers and one more: as many as have to agree.
    assert.deepEqual((await run([...short, { ...longer, ttl: 57 }])).said, []);
    assert.deepEqual((await run([...short, { ...longer, ttl: 57 }], { thresholds: { "payload-conflict.minPackets": 3 } })).said, [
      "foreign-copy warn medium: 9 10",
    ]);
    const balanced = TIMED.map((segment, i): Segment => ({ ...segment, ttl: i % 3 === 0 ? 49 : 240 }));
    assert.deepEqual((await run([...balanced, { ...longer, ttl: 57 }])).said, []);
  });

  it("are none of the same packet captured on both sides of a router", async () => {
    for (const header of [{}, { ts: [1, 1] as const }]) {
      const both = talk(header).flatMap((segment) => [segment, { ...segment, ttl: 63 }]);
      assert.deepEqual((await run(both)).said, []);
      assert.deepEqual((await run([...talk(header), { ...talk(header)[14], ttl: 63 }], { hasTimestamps: false })).said, []);
    }
  });

  it("leave pairs alone whose bytes are equal", async () => {
    const { payload = "" } = TIMED_LAST;
    const { said } = await run([...TIMED, { ...TIMED_LAST, payload: payload.slice(0, 9), ttl: 57 }], { payload: true });
    assert.deepEqual(said, []);
  });

  it("are less sure of a sample", async () => {
    const { said, unjudged } = await run([...TIMED, { ...longer, ttl: 57 }], { coverage: { share: 0.48 } });
    assert.deepEqual(said, ["foreign-copy warn low: 15 16"]);
    assert.ok(unjudged.some(({ reason }) => reason.includes("of 48 % of the frames, about 23 % of the pairs")));
  });

  it("are a note where a header is foreign but no bytes came twice", async () => {
    const foreign = TALK.map((segment, i): Segment => (i === 8 ? { ...segment, ttl: 57 } : segment));
    assert.deepEqual((await run(foreign)).said, ["foreign-header note low: 9"]);
    const bare = TIMED.map((segment, i): Segment => (i === 8 ? { ...segment, ts: undefined } : segment));
    assert.deepEqual((await run(bare)).said, ["foreign-header note low: 9"]);
    // A route that changed for good, the last packet, a reset.
    const changed = TALK.map((segment, i): Segment => (i >= 14 ? { ...segment, ttl: 57 } : segment));
    assert.deepEqual((await run(changed)).said, []);
    assert.deepEqual((await run([...TALK, { from: "b", seq: 121, flags: "R", ttl: 57 }, { from: "b", seq: 121, ack: 141 }])).said, []);
  });
});

describe("payload conflicts in half a capture", () => {
  it("are those of which both copies are left, in any order", async () => {
    let state = 11;
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const whole = Array.from({ length: 40 }, (_, stream) => [
      ...talk({}, stream),
      { ...LAST, stream, payload: stream % 2 === 0 ? OTHER : LAST.payload },
    ]).flat();
    const numbered = whole.map((segment, i): Segment => ({ ...segment, frame: i + 1, time: i / 100 }));
    const kept = numbered.filter(() => random() < 0.48).map((segment) => ({ segment, place: random() }));
    const shuffled = kept.sort((a, b) => a.place - b.place).map(({ segment }) => segment);
    const frames = new Set(shuffled.map(({ frame }) => frame));
    const expected: string[] = [];
    for (let stream = 0; stream < 40; stream += 2)
      if (frames.has(stream * 16 + 15) && frames.has(stream * 16 + 16))
        expected.push(`${String(stream * 16 + 15)} ${String(stream * 16 + 16)}`);
    assert.ok(expected.length >= 3);
    for (const payload of [true, false]) {
      const { said, unjudged } = await run(shuffled, { payload });
      assert.deepEqual(
        said.map((text) => text.split(": ")[1]),
        expected,
      );
      assert.ok(unjudged.some(({ reason }) => reason.includes("Both copies")));
    }
  });
});

describe("payload conflicts in captures of attacks", function () {
  this.timeout(30_000);
  const truth = readTruth();
  for (const [name, { hits, payloadColumn }] of Object.entries(truth))
    it(`are those that truly are in ${name}`, async () => {
      const found = await findIn(join(ATTACK_FIXTURES, `${name}.csv`));
      const { columns } = found.capture;
      const own = found.report.findings.filter(({ detector, severity }) => detector === "payload-conflict" && severity !== "note");
      const expected = hits.filter(({ detector }) => detector === "payload-conflict");
      assert.deepEqual(
        own.map(({ id, source, target }) => ({ source, target, frames: Array.from(found.rowsOf(id), (row) => columns.frame[row]) })),
        expected.map((hit) => ({ source: hit.source, target: hit.target, frames: framesOf(hit) })),
      );
      assert.ok(expected.length === 0 || payloadColumn);
      assert.ok(own.every(({ kind, confidence }) => kind === "bytes-differ" && confidence === "certain"));
    });
});
