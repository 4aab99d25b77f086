import assert from "node:assert/strict";
import { formatSeconds } from "../../../src/shared/format";
import { NO_FOCUS, type TimeSpan } from "../../../src/shared/selection";
import { MAX_PARTS, type TimelinesQuery } from "../../../src/shared/timelines";
import { analyzeText, timelineOf } from "../../support/capture";

const csv = (rows: string[]): string => `frame.time,frame.protocols,ip.src,ip.dst,tcp.seq,alert\n${rows.join("\n")}\n`;
const query = (seqs: readonly number[], more: Partial<TimelinesQuery> = {}): TimelinesQuery => ({
  seqs,
  split: null,
  hasBackdrop: false,
  focus: NO_FOCUS,
  bucketSeconds: 60,
  clock: "capture",
  alignMinutes: 0,
  maxBuckets: 10_000,
  ...more,
});
const secondsOf = (text: string): number => Date.parse(`${text}Z`) / 1000;
const rangeOf = (from: string, to: string, clock: TimeSpan["clock"] = "capture"): TimelinesQuery["focus"] => ({
  filter: "",
  range: { clock, fromSec: secondsOf(from), toSec: secondsOf(to) },
});

const ROWS = [
  "2023-06-04 11:26:10,b,10.0.0.1,10.0.0.9,1,y",
  "2023-06-04 11:23:59.9,a,10.0.0.1,10.0.0.9,1,x",
  "2023-06-04 11:24:30,a,10.0.0.2,10.0.0.9,7,",
  "2023-06-04 11:28:00,c,10.0.0.3,10.0.0.9,7,y",
  "never,c,10.0.0.3,10.0.0.9,7,y",
  "2023-06-04 11:20:00,c,10.0.0.3,10.0.0.9,3,y",
];

describe("timelines", () => {
  it("puts numbers over the same buckets, from the first to the last packet of any of them", async () => {
    const capture = await analyzeText(csv(ROWS));
    const { timelines, parts, backdrop } = capture.getTimelines(query([7, 1, 99]));
    assert.deepEqual(
      timelines.map(({ seq, counts }) => [seq, ...counts]),
      [
        [7, 0, 1, 0, 0, 0, 1],
        [1, 1, 0, 0, 1, 0, 0],
        [99, 0, 0, 0, 0, 0, 0],
      ],
    );
    for (const { startSec, bucketCount, index } of timelines)
      assert.deepEqual([formatSeconds(startSec), bucketCount, index], ["2023-06-04T11:23:00", 6, null]);
    assert.deepEqual(
      timelines.map(({ undated }) => undated),
      [1, 0, 0],
    );
    assert.deepEqual([...timelines[1].labels].map((code) => timelines[1].labelNames[code]), ["x", undefined, undefined, "y", undefined, undefined]); // prettier-ignore
    assert.equal(parts, null);
    assert.equal(backdrop, null);
  });

  it("says of one number what its timeline says", async () => {
    const capture = await analyzeText(csv(ROWS));
    for (const seq of [1, 7, 3, 99]) assert.deepEqual(capture.getTimelines(query([seq])).timelines, [timelineOf(capture, seq)]);
  });

  it("reaches over a range where there is one, from its first to its last second, with the packets within it", async () => {
    const capture = await analyzeText(csv(ROWS));
    const focus = rangeOf("2023-06-04T11:24:30", "2023-06-04T11:27:00");
    const { timelines, backdrop } = capture.getTimelines(query([1, 7], { focus, hasBackdrop: true }));
    assert.equal(formatSeconds(timelines[0].startSec), "2023-06-04T11:24:00");
    assert.deepEqual([...timelines[0].counts], [0, 0, 1]);
    assert.deepEqual([...timelines[1].counts], [1, 0, 0]);
    assert.deepEqual([...backdrop!], [1, 0, 1]);
    assert.equal(timelines[1].undated, 0, "packets without a time are in no range");
    const auto = capture.getTimelines(query([1], { focus, bucketSeconds: null })).timelines[0];
    assert.deepEqual([auto.bucketSeconds, auto.bucketCount], [1, 150], "the size follows the range");
    const coarse = capture.getTimelines(query([1], { focus, bucketSeconds: 1, maxBuckets: 20 })).timelines[0];
    assert.deepEqual([coarse.bucketSeconds, coarse.requestedBucketSeconds, coarse.bucketCount], [10, 1, 15]);
    const nothing = capture.getTimelines(query([1], { focus: rangeOf("2023-06-04T11:24:30", "2023-06-04T11:24:30"), hasBackdrop: true }));
    assert.equal(nothing.timelines[0].bucketCount, 0);
    assert.equal(nothing.backdrop!.length, 0);
  });

  it("takes a range of the other clock, also across a change of the zone", async () => {
    const capture = await analyzeText(
      csv([
        '"Nov  5, 2023 01:30:00.000000000 EDT",a,10.0.0.1,10.0.0.9,1,x',
        '"Nov  5, 2023 01:30:00.000000000 EST",a,10.0.0.1,10.0.0.9,1,x',
      ]),
    );
    // 05:30 and 06:30 in UTC.
    const utc = rangeOf("2023-11-05T05:00:00", "2023-11-05T06:00:00", "utc");
    const [local] = capture.getTimelines(query([1], { focus: utc, bucketSeconds: 3600 })).timelines;
    assert.equal(formatSeconds(local.startSec), "2023-11-05T00:00:00");
    assert.deepEqual([...local.counts], [0, 1]);
    const behind = capture.getTimelines(query([1], { focus: utc, bucketSeconds: 3600, hasBackdrop: true })).backdrop!;
    assert.deepEqual([...behind], [0, 1]);
    const both = rangeOf("2023-11-05T01:00:00", "2023-11-05T02:00:00");
    const [inUtc] = capture.getTimelines(query([1], { focus: both, bucketSeconds: 3600, clock: "utc" })).timelines;
    assert.equal(formatSeconds(inUtc.startSec), "2023-11-05T05:00:00");
    assert.deepEqual([...inUtc.counts], [1, 1]);
  });

  it("counts all packets with a number behind them, also for another grid and range", async () => {
    const capture = await analyzeText(csv([...ROWS, "2023-06-04 11:24:31,udp,10.0.0.1,10.0.0.9,,x"]));
    const backdropOf = (more: Partial<TimelinesQuery>): number[] => [
      ...capture.getTimelines(query([1, 7], { hasBackdrop: true, ...more })).backdrop!,
    ];
    assert.deepEqual(backdropOf({}), [1, 1, 0, 1, 0, 1]);
    assert.deepEqual(backdropOf({ bucketSeconds: 300 }), [3, 2], "11:20 to 11:29");
    assert.deepEqual(backdropOf({}), [1, 1, 0, 1, 0, 1]);
    assert.deepEqual(backdropOf({ focus: rangeOf("2023-06-04T11:20:00", "2023-06-04T11:25:00") }), [1, 0, 0, 1, 1]);
  });

  it("counts all packets of a capture that is too long for counts per second", async () => {
    const capture = await analyzeText(csv([...ROWS, "2014-06-04 11:23:30,a,10.0.0.1,10.0.0.9,5,x"]));
    assert.deepEqual([...capture.getTimelines(query([1, 7], { hasBackdrop: true })).backdrop!], [1, 1, 0, 1, 0, 1]);
    const focus = rangeOf("2023-06-04T11:24:00", "2023-06-04T11:26:10");
    assert.deepEqual([...capture.getTimelines(query([1], { hasBackdrop: true, focus })).backdrop!], [1, 0, 0]);
    const years = capture.getTimelines(query([5, 1], { hasBackdrop: true, bucketSeconds: null }));
    assert.equal(years.backdrop!.reduce((a, b) => a + b), 6); // prettier-ignore
  });

  it("splits a number by what its packets are, largest first, the rest last", async () => {
    const rows: string[] = [];
    for (let value = 0; value < MAX_PARTS + 3; value++)
      for (let i = 0; i <= value; i++)
        rows.push(`2023-06-04 11:2${String(i % 3)}:00,p,10.0.0.${String(value)},10.0.0.99,1,${value < 2 ? "" : "x"}`);
    const capture = await analyzeText(csv([...rows, "2023-06-04 11:21:00,p,10.0.0.77,10.0.0.99,2,x"]));
    const bySource = capture.getTimelines(query([1], { split: "source" }));
    const { counts } = bySource.timelines[0];
    assert.deepEqual(
      bySource.parts!.map(({ name, kind, total }) => [name, kind, total]),
      [
        ...Array.from({ length: MAX_PARTS }, (_, i) => [`10.0.0.${String(MAX_PARTS + 2 - i)}`, "value", MAX_PARTS + 3 - i]),
        [null, "rest", 6],
      ],
    );
    for (const split of ["label", "protocols", "source", "destination"] as const) {
      const parts = capture.getTimelines(query([1], { split })).parts!;
      assert.deepEqual(
        Array.from(counts, (_, i) => parts.reduce((sum, part) => sum + part.counts[i], 0)),
        [...counts],
      );
      for (const part of parts) assert.equal(part.total, part.counts.reduce((a, b) => a + b)); // prettier-ignore
    }
    const byLabel = capture.getTimelines(query([1], { split: "label" })).parts!;
    assert.deepEqual(
      byLabel.map(({ name, kind, total }) => [name, kind, total]),
      [
        ["x", "value", rows.length - 3],
        [null, "value", 3],
      ],
    );
  });

  it("has no parts where the file lacks the column", async () => {
    const capture = await analyzeText("frame.time,tcp.seq\n2023-06-04 11:23:00,1\n");
    for (const split of ["label", "protocols", "source", "destination"] as const)
      assert.equal(capture.getTimelines(query([1], { split })).parts, null);
  });

  it("refuses UTC where the zone is not known", async () => {
    const capture = await analyzeText(csv(['"Jun  4, 2023 12:23:33.466544000 IST",a,10.0.0.1,10.0.0.9,1,x']));
    assert.throws(() => capture.getTimelines(query([1], { clock: "utc" })), { code: "zoneUnknown" });
    assert.throws(() => capture.getTimelines(query([99], { clock: "utc", hasBackdrop: true })), { code: "zoneUnknown" });
    assert.throws(() => capture.getTimelines(query([1], { focus: rangeOf("2023-06-04T11:00:00", "2023-06-04T12:00:00", "utc") })), {
      code: "zoneUnknown",
    });
  });
});
