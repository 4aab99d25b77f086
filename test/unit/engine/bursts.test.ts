import assert from "node:assert/strict";
import fc from "fast-check";
import { Bursts, logChance } from "../../../src/engine/bursts";
import type { PacketColumns } from "../../../src/engine/columns";
import { RowBits } from "../../../src/engine/rowBits";
import type { BurstDetails } from "../../../src/shared/bursts";
import { formatSeconds } from "../../../src/shared/format";
import { NO_FOCUS, type Focus } from "../../../src/shared/selection";
import { analyzeText, problem } from "../../support/capture";
import { assertSameBursts, naiveBuckets, naiveBursts, type TimedPacket } from "../../support/naiveBursts";
import { columnsOf, indexOf } from "../../support/packets";
import { randomOf } from "../../support/random";

/** Packets that pass a filter of these tests: those of even rows. */
const EVEN: Focus = { filter: "even rows", range: null };

function searchIn(columns: PacketColumns): Bursts {
  return new Bursts({
    columns,
    index: indexOf(columns),
    isAllDated: () => false,
    hasLabels: false,
    bitsOf: ({ filter }) => {
      if (filter === "") return undefined;
      const bits = new RowBits(columns.rows);
      for (let row = 0; row < columns.rows; row += 2) bits.add(row);
      return bits;
    },
  });
}
const search = (packets: readonly TimedPacket[]): Bursts => searchIn(columnsOf(packets.map(({ seq, time }) => ({ seq, time }))));
const burstsOf = (packets: readonly TimedPacket[], seq = 1, focus = NO_FOCUS): readonly BurstDetails[] =>
  search(packets).of({ seq, focus, clock: "capture" }).bursts;

/** So many packets of a number in each minute from `start` on. */
const minutes = (counts: readonly number[], seq = 1, start = 0): TimedPacket[] =>
  counts.flatMap((count, minute) => Array.from({ length: count }, (_, i) => ({ seq, time: start + 60 * minute + (i % 60) })));
/** A capture that runs for so many minutes, by packets of a number nobody looks at. */
const running = (count: number, start = 0): TimedPacket[] => minutes(new Array<number>(count).fill(1), 999, start);
const steady = (count: number, each: number): number[] => new Array<number>(count).fill(each);
const withPeak = (count: number, each: number, at: number, peak: number): number[] =>
  steady(count, each).map((usual, i) => (i === at ? peak : usual));

describe("bursts", () => {
  it("finds the minute in which a number occurs far more often than it usually does", () => {
    const [burst, ...others] = burstsOf(minutes(withPeak(60, 20, 25, 300)));
    assert.equal(others.length, 0);
    assert.deepEqual([burst.startSec, burst.endSec, burst.peakSec], [25 * 60, 26 * 60, 25 * 60]);
    assert.deepEqual([burst.peakCount, burst.count, burst.baseline, burst.ratio], [300, 300, 20, 15]);
    assert.ok(burst.strength > 100);
  });

  it("makes one burst of minutes side by side, and several of minutes apart, strongest first", () => {
    const counts = steady(60, 20);
    [counts[10], counts[11], counts[12], counts[40]] = [100, 300, 120, 200];
    const bursts = burstsOf(minutes(counts));
    assert.deepEqual(
      bursts.map(({ startSec, endSec, peakSec, count }) => [startSec / 60, endSec / 60, peakSec / 60, count]),
      [
        [10, 13, 11, 520],
        [40, 41, 40, 200],
      ],
    );
  });

  it("takes the first of equally full minutes", () => {
    const counts = steady(60, 20);
    [counts[10], counts[11]] = [300, 300];
    const [burst] = burstsOf(minutes(counts));
    assert.equal(burst.peakSec, 600);
  });

  it("finds nothing in a number that is constant, nor in one that wavers", () => {
    assert.deepEqual(burstsOf(minutes(steady(90, 100))), []);
    const random = randomOf(1);
    assert.deepEqual(burstsOf(minutes(Array.from({ length: 90 }, () => 10 + Math.floor(20 * random())))), []);
  });

  it("needs twice the baseline, and 3.5 robust deviations more than it", () => {
    assert.deepEqual(burstsOf(minutes(withPeak(60, 100, 25, 199))), []);
    assert.equal(burstsOf(minutes(withPeak(60, 100, 25, 200))).length, 1);
    // 30 times 40, 30 times 80 and the peak: median 80, MAD 40, and 3.5 * 40 / 0.6745 above it are 287.6.
    const wavering = (peak: number): TimedPacket[] => minutes([...steady(60, 0).map((_, i) => (i % 2 ? 40 : 80)), peak]);
    assert.deepEqual(burstsOf(wavering(287)), []);
    assert.equal(burstsOf(wavering(288)).length, 1);
  });

  it("needs ten packets in the fullest bucket", () => {
    const capture = (peak: number): TimedPacket[] => [...running(90), ...minutes([peak], 1, 1500)];
    assert.deepEqual(burstsOf(capture(9)), []);
    const [burst] = burstsOf(capture(10));
    assert.deepEqual([burst.peakCount, burst.baseline, burst.ratio], [10, 0, 10]);
  });

  it("needs a chance below 0.05 in all buckets of all numbers together", () => {
    const counts = steady(60, 0).map((_, i) => (i < 20 && i % 2 ? 9 : i === 30 ? 10 : 0));
    const few = [...running(60), ...minutes(counts)];
    const many = [...few, ...Array.from({ length: 3000 }, (_, i) => ({ seq: 10_000 + i, time: i }))];
    const chance = logChance(10, (10 * 9 + 10) / 60);
    assert.ok(chance + Math.log10(2 * 60) < Math.log10(0.05) && chance + Math.log10(3002 * 60) > Math.log10(0.05));
    assert.deepEqual(
      burstsOf(few).map(({ peakSec }) => peakSec),
      [1800],
    );
    assert.deepEqual(burstsOf(many), []);
  });

  it("asks more of a number the more numbers there are", () => {
    const few = [...running(90), ...minutes([10], 1, 1500)];
    const many = [...few, ...Array.from({ length: 3_000_000 / 1000 }, (_, i) => ({ seq: 10_000 + i, time: i }))];
    const [alone] = burstsOf(few);
    const [among] = burstsOf(many);
    assert.ok(Math.abs(alone.strength - among.strength - Math.log10(3002 / 2)) < 1e-9);
  });

  it("finds a number that is there for a short stretch of a long capture only, but not one of half the time", () => {
    const stretch = (length: number): TimedPacket[] => [...running(100), ...minutes(steady(length, 50), 1, 600)];
    const [burst, ...others] = burstsOf(stretch(5));
    assert.deepEqual([burst.startSec, burst.endSec, burst.baseline, others.length], [600, 900, 0, 0]);
    assert.deepEqual(burstsOf(stretch(50)), []);
  });

  it("leaves out the time in which nothing was captured", () => {
    const years = 7 * 365 * 86400;
    const bursts = burstsOf([...minutes(withPeak(40, 20, 25, 300)), ...minutes(withPeak(40, 20, 5, 500), 1, years)]);
    assert.deepEqual(
      bursts.map(({ startSec, peakCount, baseline }) => [startSec, peakCount, baseline]),
      [
        [years + 300, 500, 20],
        [1500, 300, 20],
      ],
    );
    assert.deepEqual(burstsOf([...minutes(steady(40, 20)), ...minutes(steady(40, 20), 1, years)]), []);
  });

  it("takes buckets of several minutes in a capture of decades", () => {
    const decades = 40 * 365 * 86400;
    const packets = [...minutes(withPeak(120, 5, 60, 300)), { seq: 1, time: decades }];
    const { bucketSeconds, bursts } = search(packets).of({ seq: 1, focus: NO_FOCUS, clock: "capture" });
    assert.equal(bucketSeconds, 360);
    assert.deepEqual([bursts.length, bursts[0].startSec, bursts[0].peakCount], [1, 3600, 325]);
  });

  it("counts minutes without packets that are no gap of the capture", () => {
    const counts = withPeak(60, 0, 30, 50);
    [counts[0], counts[59]] = [3, 3];
    const [burst] = burstsOf(minutes(counts));
    assert.equal(burst.baseline, 0);
  });

  it("takes buckets of seconds in a capture of seconds, and says so", () => {
    const packets = Array.from({ length: 12 }, (_, second) =>
      Array.from({ length: second === 7 ? 60 : 3 }, () => ({ seq: 1, time: 1000 + second })),
    ).flat();
    const { bucketSeconds, bursts } = search(packets).of({ seq: 1, focus: NO_FOCUS, clock: "capture" });
    assert.equal(bucketSeconds, 1);
    assert.deepEqual([bursts[0].startSec, bursts[0].endSec, bursts.length], [1007, 1008, 1]);
    assert.deepEqual(burstsOf(packets.filter(({ time }) => time >= 1006 && time < 1010)), [], "four buckets are no baseline");
  });

  it("is the same whatever the order of the file, and leaves out packets without a time", () => {
    const packets: TimedPacket[] = minutes(withPeak(60, 20, 25, 300));
    const random = randomOf(7);
    const shuffled = packets.map((packet) => ({ packet, key: random() })).sort((a, b) => a.key - b.key);
    const undated = Array.from({ length: 5000 }, () => ({ seq: 1, time: null }));
    assert.deepEqual(burstsOf([...undated, ...shuffled.map(({ packet }) => packet)]), burstsOf(packets));
    assert.deepEqual(burstsOf(undated), []);
    assert.deepEqual(burstsOf([]), []);
  });

  it("ranks every number with a burst, strongest first, each with its strongest", () => {
    const packets = [
      ...minutes(withPeak(60, 20, 25, 300), 5),
      ...minutes(withPeak(60, 200, 30, 3000), 6),
      ...minutes(steady(60, 500), 7),
      ...minutes([1, 1], 8),
      ...minutes([30], 9, 1200),
    ];
    const bursts = search(packets);
    const ranked = bursts.findNow(NO_FOCUS);
    assert.deepEqual(
      ranked.map(({ seq, count, burst }) => [seq, count, burst.peakSec / 60]),
      [
        [6, 59 * 200 + 3000, 30],
        [5, 59 * 20 + 300, 25],
        [9, 30, 20],
      ],
    );
    for (const { seq, burst } of ranked)
      assertSameBursts([burst], bursts.of({ seq, focus: NO_FOCUS, clock: "capture" }).bursts.slice(0, 1));
  });

  it("looks once per focus, pauses between steps, and gives everybody who asks the same answer", async () => {
    const bursts = search(minutes(withPeak(60, 20, 25, 300)));
    let pauses = 0;
    const pause = (): Promise<void> => {
      pauses++;
      return Promise.resolve();
    };
    assert.equal(bursts.known(NO_FOCUS), undefined);
    const [first, second] = await Promise.all([bursts.find(NO_FOCUS, pause), bursts.find(NO_FOCUS, pause)]);
    assert.equal(first, second);
    assert.ok(pauses > 0);
    const before = pauses;
    assert.equal(await bursts.find(NO_FOCUS, pause), first);
    assert.equal(pauses, before);
    assert.equal(bursts.known(NO_FOCUS), first);
  });

  it("looks again after a search that failed", async () => {
    const bursts = search(minutes(withPeak(60, 20, 25, 300)));
    await assert.rejects(
      bursts.find(NO_FOCUS, () => Promise.reject(new Error("no time"))),
      /no time/,
    );
    assert.equal((await bursts.find(NO_FOCUS, () => Promise.resolve())).length, 1);
  });

  it("counts only what passes the filter, against the time of all", () => {
    const packets = [...running(60), ...minutes(withPeak(60, 20, 25, 300))];
    const expected = naiveBursts(packets, 1, (packet) => packets.indexOf(packet) % 2 === 0);
    const bursts = search(packets);
    const found = bursts.of({ seq: 1, focus: EVEN, clock: "capture" }).bursts;
    assert.deepEqual(
      found.map(({ peakCount, baseline }) => [peakCount, baseline]),
      expected.map(({ peakCount, baseline }) => [peakCount, baseline]),
    );
    assert.deepEqual(
      bursts.findNow(EVEN).map(({ seq, count }) => [seq, count]),
      [[1, packets.filter(({ seq }, row) => seq === 1 && row % 2 === 0).length]],
    );
  });

  it("has within a range the bursts that reach into it, against the baseline of all the time", async () => {
    const counts = steady(60, 20);
    [counts[10], counts[11], counts[40]] = [300, 100, 200];
    const capture = await analyzeText(
      `frame.time,tcp.seq\n${minutes(counts)
        .map(({ time }) => `${formatSeconds(1_685_877_780 + time!)},1`)
        .join("\n")}\n`,
    );
    const within = (from: number, to: number): Focus => ({
      filter: "",
      range: { clock: "capture", fromSec: 1_685_877_780 + 60 * from, toSec: 1_685_877_780 + 60 * to },
    });
    const peaksOf = (focus: Focus): number[] =>
      capture.getBursts({ seq: 1, focus, clock: "capture" }).bursts.map(({ peakCount }) => peakCount);
    assert.deepEqual(peaksOf(NO_FOCUS), [300, 200]);
    assert.deepEqual(peaksOf(within(40, 41)), [200]);
    assert.deepEqual(peaksOf(within(11, 12)), [300], "the burst begins before the range");
    assert.deepEqual(peaksOf(within(12, 40)), []);
    assert.deepEqual(
      capture.findBurstsNow(within(40, 41)).map(({ count, burst }) => [count, burst.peakCount]),
      [[200, 200]],
    );
    assert.deepEqual(capture.findBurstsNow(within(12, 40)), []);
  });

  it("says which labels and sources are behind a burst, and when it was on either clock", async () => {
    const rows = minutes(withPeak(60, 2, 58, 60)).map(({ time }, i) => {
      const isPeak = Math.floor(time! / 60) === 58;
      // From 23:01 on, so that the peak lies just before midnight.
      const clock = new Date((23 * 3600 + 60 + time!) * 1000).toISOString().slice(11, 19);
      const day = 23 * 3600 + 60 + time! >= 86400 ? 5 : 4;
      return `"Jun  ${String(day)}, 2023 ${clock}.000000000 EDT",10.0.0.${String(isPeak ? i % 7 : 99)},1,${isPeak ? "suspicious" : "benign"}`;
    });
    const capture = await analyzeText(`frame.time,ip.src,tcp.seq,alert\n${rows.join("\n")}\n`);
    assert.equal(problem(capture, "badTime").count, 0);
    const [local] = capture.getBursts({ seq: 1, focus: NO_FOCUS, clock: "capture" }).bursts;
    assert.deepEqual([local.startSec, local.endSec].map(formatSeconds), ["2023-06-04T23:59:00", "2023-06-05T00:00:00"]);
    const [utc] = capture.getBursts({ seq: 1, focus: NO_FOCUS, clock: "utc" }).bursts;
    assert.equal(formatSeconds(utc.peakSec), "2023-06-05T03:59:00");
    assert.deepEqual(local.labels, [{ label: "suspicious", count: 60 }]);
    assert.deepEqual([local.sourceCount, local.sources.length, local.sources[0].count], [7, 5, 9]);
  });

  it("counts labels and sources of each burst for itself, the most frequent first, ties by first appearance", async () => {
    const counts = steady(60, 2).map((count, minute) => (minute === 20 || minute === 45 ? 200 : count));
    const packets = minutes(counts).map(({ time }, i) => ({
      time: time!,
      source: `10.0.0.${String((i * 17) % 41)}`,
      label: `kind ${String((i * i) % 7)}`,
    }));
    const lines = packets.map(({ time, source, label }) => `${formatSeconds(1_685_877_780 + time)},${source},1,${label}`);
    const capture = await analyzeText(`frame.time,ip.src,tcp.seq,alert\n${lines.join("\n")}\n`);
    const { bursts } = capture.getBursts({ seq: 1, focus: NO_FOCUS, clock: "capture" });
    assert.equal(bursts.length, 2);
    /** Those of a minute by count; of equal ones the one first seen in the capture, which is the order in which a map has them. */
    const counted = (minute: number, of: (packet: (typeof packets)[number]) => string): [string, number][] => {
      const all = new Map(packets.map((packet) => [of(packet), 0]));
      for (const packet of packets) if (Math.floor(packet.time / 60) === minute) all.set(of(packet), all.get(of(packet))! + 1);
      return [...all].filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
    };
    for (const { startSec, labels, sources, sourceCount } of bursts) {
      const minute = (startSec - 1_685_877_780) / 60;
      const expected = counted(minute, ({ source }) => source);
      assert.ok(expected.length > 20 && expected[4][1] === expected[5][1], "the fifth and the sixth are as frequent");
      assert.equal(sourceCount, expected.length);
      assert.deepEqual(
        sources.map(({ address, count }) => [address, count]),
        expected.slice(0, 5),
      );
      assert.deepEqual(
        labels.map(({ label, count }) => [label, count]),
        counted(minute, ({ label }) => label),
      );
    }
  });

  it("takes an hour that is there twice as two, and refuses UTC where it is not known", async () => {
    const csv = (zones: readonly string[]): string =>
      `frame.time,tcp.seq\n${zones
        .flatMap((zone) =>
          minutes(steady(60, 20)).map(({ time }) => `"Nov  5, 2023 01:${formatSeconds(time!).slice(14)}.000000000 ${zone}",1`),
        )
        .join("\n")}\n${minutes(steady(60, 20))
        .map(({ time }) => `"Nov  5, 2023 02:${formatSeconds(time!).slice(14)}.000000000 ${zones[zones.length - 1]}",1`)
        .join("\n")}\n`;
    const twice = await analyzeText(csv(["EDT", "EST"]));
    assert.deepEqual(twice.getBursts({ seq: 1, focus: NO_FOCUS, clock: "capture" }).bursts, []);
    const unknown = await analyzeText(csv(["IST"]));
    assert.throws(() => unknown.getBursts({ seq: 1, focus: NO_FOCUS, clock: "utc" }), { code: "zoneUnknown" });
    assert.deepEqual(unknown.getBursts({ seq: 1, focus: NO_FOCUS, clock: "capture" }).bursts, []);
  });

  it("lists numbers by burst, then those without one by count; a list by count has bursts once they are known", async () => {
    const packets = [...minutes(steady(60, 30), 7), ...minutes(withPeak(60, 2, 25, 100)), ...minutes([2], 8), ...minutes([1], 9)];
    const capture = await analyzeText(
      `frame.time,tcp.seq\n${packets.map(({ seq, time }) => `${formatSeconds(1_685_877_780 + time!)},${String(seq)}`).join("\n")}\n`,
    );
    const list = (order: "burst" | "count" | "number", from = 0, count = 10): [number, boolean][] =>
      capture.listSequences({ order, from, count }).map(({ seq, burst }) => [seq, burst !== undefined]);
    assert.deepEqual(list("count"), [[7, false], [1, false], [8, false], [9, false]]); // prettier-ignore
    assert.deepEqual(list("burst"), [[1, true], [7, false], [8, false], [9, false]]); // prettier-ignore
    assert.deepEqual(list("count"), [[7, false], [1, true], [8, false], [9, false]]); // prettier-ignore
    assert.deepEqual(list("number", 0, 2), [[1, true], [7, false]]); // prettier-ignore
    for (let from = 0; from < 5; from++) assert.deepEqual(list("burst", from, 2), list("burst").slice(from, from + 2));
  });

  it("knows the chance of a count, also where it is far below what a number can hold", () => {
    // scipy.stats.poisson.sf(k - 1, rate)
    assert.ok(Math.abs(10 ** logChance(10, 1) - 1.1142547833872074e-7) < 1e-14);
    assert.ok(Math.abs(10 ** logChance(20, 10) - 0.003454341975568316) < 1e-11);
    assert.ok(Math.abs(logChance(31918, 1637) + 28031) < 1000 && logChance(31918, 1637) < -20_000);
    assert.ok(Number.isFinite(logChance(4e9, 1)));
  });

  it("finds what a table of every bucket finds, for any packets", () => {
    const packet = fc.record({
      seq: fc.integer({ min: 0, max: 3 }),
      time: fc.option(
        fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 90_000, max: 91_000 })),
      ),
      copies: fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 5, max: 60 }) }),
    });
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 150 }), (drawn) => {
        const packets = drawn.flatMap(({ seq, time, copies }) => Array.from({ length: copies }, () => ({ seq, time })));
        const bursts = search(packets);
        const expected = [0, 1, 2, 3].map((seq) => naiveBursts(packets, seq));
        for (let seq = 0; seq < 4; seq++) {
          const found = bursts.of({ seq, focus: NO_FOCUS, clock: "capture" });
          assertSameBursts(found.bursts, expected[seq]);
          if (expected[seq].length > 0) assert.equal(found.bucketSeconds, naiveBuckets(packets).size);
        }
        const ranked = new Map(bursts.findNow(NO_FOCUS).map(({ seq, burst }) => [seq, [burst]]));
        for (let seq = 0; seq < 4; seq++) assertSameBursts(ranked.get(seq) ?? [], expected[seq].slice(0, 1));
      }),
      { numRuns: 300 },
    );
  });
});
