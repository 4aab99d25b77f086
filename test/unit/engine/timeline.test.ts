import assert from "node:assert/strict";
import { formatSeconds } from "../../../src/shared/format";
import { analyzeText, timelineOf } from "../../support/capture";

const csv = (rows: string[]): string => `frame.time,frame.protocols,tcp.seq,alert\n${rows.join("\n")}\n`;

describe("timeline", () => {
  it("lists every bucket from the first to the last packet, empty ones included", async () => {
    const capture = await analyzeText(csv(["2023-06-04 11:23:59.9,a,1,x", "2023-06-04 11:26:00,b,1,y", "2023-06-04 11:30:00,c,2,y"]));
    const timeline = timelineOf(capture, 1);
    assert.equal(formatSeconds(timeline.startSec), "2023-06-04T11:23:00");
    assert.deepEqual([...timeline.counts], [1, 0, 0, 1]);
    assert.deepEqual([...timeline.labels], [0, -1, -1, 1]);
    assert.deepEqual(timeline.labelNames, ["x", "y"]);
    assert.equal(timeline.index, null);
  });

  it("takes the last non-empty label and protocols by time, ties by file order, each for itself", async () => {
    const capture = await analyzeText(
      csv([
        "2023-06-04 11:23:30.000000002,late,1,",
        "2023-06-04 11:23:10,early,1,first",
        "2023-06-04 11:23:30.000000001,,1,tie-a",
        "2023-06-04 11:23:30.000000001,,1,tie-b",
      ]),
    );
    const { labels, labelNames, protocols, protocolNames } = timelineOf(capture, 1);
    assert.equal(labelNames[labels[0]], "tie-b");
    assert.equal(protocolNames[protocols[0]], "late");
  });

  it("leaves empty buckets out when there would be too many, or takes a larger size", async () => {
    const capture = await analyzeText(csv(["2014-06-04 11:23:30,a,1,x", "2023-06-04 11:23:30,b,1,y"]));
    const sparse = timelineOf(capture, 1);
    assert.deepEqual([...sparse.counts], [1, 1]);
    assert.deepEqual([...sparse.index!], [0, sparse.bucketCount - 1]);
    assert.equal(sparse.bucketCount, 9 * 365 * 1440 + 2 * 1440 + 1);
    const coarse = capture.getTimeline({ seq: 1, bucketSeconds: 60, clock: "capture", maxBuckets: 10_000, whenTooMany: "coarsen" });
    assert.equal(coarse.bucketSeconds, 86400);
    assert.equal(coarse.requestedBucketSeconds, 60);
    assert.equal(coarse.counts.length, coarse.bucketCount);
    assert.equal(
      coarse.counts.reduce((a, b) => a + b),
      2,
    );
  });

  it("chooses a size that gives a readable chart", async () => {
    const capture = await analyzeText(csv(["2023-06-04 11:23:00,a,1,x", "2023-06-04 12:52:59,b,1,y", "2023-06-04 12:52:59,b,2,y"]));
    const auto = (seq: number): number =>
      capture.getTimeline({ seq, bucketSeconds: null, clock: "capture", maxBuckets: 10_000, whenTooMany: "coarsen" }).bucketSeconds;
    assert.equal(auto(1), 60);
    assert.equal(auto(2), 1);
  });

  it("shows UTC where the zone is known, aligned as asked, and refuses where it is not", async () => {
    const known = await analyzeText(csv(['"Jun  4, 2023 12:23:33.466544000 EDT",a,1,x']));
    const query = { seq: 1, bucketSeconds: 3600, clock: "utc", maxBuckets: 100, whenTooMany: "coarsen" } as const;
    assert.equal(formatSeconds(known.getTimeline(query).startSec), "2023-06-04T16:00:00");
    assert.equal(
      formatSeconds(known.getTimeline({ ...query, alignMinutes: 330 }).startSec),
      "2023-06-04T15:30:00",
      "21:00 in a zone of +05:30",
    );
    const unknown = await analyzeText(csv(['"Jun  4, 2023 12:23:33.466544000 IST",a,1,x']));
    assert.throws(() => unknown.getTimeline(query), { code: "zoneUnknown" });
    assert.equal(formatSeconds(timelineOf(unknown, 1).startSec), "2023-06-04T12:23:00");
  });

  it("gives an empty timeline for a number that does not occur, and counts packets without a time", async () => {
    const capture = await analyzeText(csv(["never,a,1,x", "2023-06-04 11:23:00,a,1,x"]));
    assert.equal(timelineOf(capture, 7).counts.length, 0);
    assert.equal(timelineOf(capture, 1).undated, 1);
    assert.deepEqual([...timelineOf(capture, 1).counts], [1]);
  });
});
