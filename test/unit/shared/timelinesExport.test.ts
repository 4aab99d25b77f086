import assert from "node:assert/strict";
import { absoluteTime, timelinesCsv, timelinesJson, type ExportedTimelines } from "../../../src/shared/timelinesExport";
import { chartQuery, makeSummary, makeTime, makeTimelines, splitTimelines, START_SEC } from "../webview/samples";

const query = chartQuery(1);
const exported: ExportedTimelines = { file: "capture.csv", summary: makeSummary(), query, timelines: makeTimelines([1]) };

describe("absoluteTime", () => {
  it("has the offset of the clock it was read on", () => {
    assert.equal(absoluteTime(START_SEC, { clock: "capture", alignMinutes: 0 }, makeTime()), "2023-06-04T11:23:00-04:00");
    assert.equal(absoluteTime(START_SEC, { clock: "utc", alignMinutes: 0 }, makeTime()), "2023-06-04T11:23:00Z");
    assert.equal(absoluteTime(START_SEC, { clock: "utc", alignMinutes: 330 }, makeTime()), "2023-06-04T16:53:00+05:30");
  });
  it("has none where the file says none, or several", () => {
    const unknown = makeTime({ zone: { label: "IST", offsetMinutes: null } });
    for (const time of [unknown, makeTime({ zoneCount: 2 })]) {
      assert.equal(absoluteTime(START_SEC, { clock: "capture", alignMinutes: 0 }, time), "2023-06-04T11:23:00");
    }
  });
  it("is the seconds since the start where there are no dates", () => {
    assert.equal(absoluteTime(65, { clock: "capture", alignMinutes: 0 }, makeTime({ isRelative: true })), "65");
  });
});

describe("timelinesCsv", () => {
  it("has a row per bucket, with label and protocols of a single number", () => {
    const lines = timelinesCsv(exported).split("\r\n");
    assert.deepEqual(lines.slice(0, 3), [
      "start,bucket_seconds,tcp.seq 1,alert,frame.protocols",
      "2023-06-04T11:23:00-04:00,60,3,benign,eth:ethertype:ip:tcp",
      "2023-06-04T11:24:00-04:00,60,0,,",
    ]);
    assert.equal(lines.length, 6);
  });
  it("has a column per number, and one for all packets", () => {
    const timelines = makeTimelines([1, 7], { backdrop: Uint32Array.of(10, 20, 40000, 5) });
    const [head, row] = timelinesCsv({ ...exported, timelines }).split("\r\n");
    assert.equal(head, "start,bucket_seconds,tcp.seq 1,tcp.seq 7,all packets");
    assert.equal(row, "2023-06-04T11:23:00-04:00,60,3,4,10");
  });
  it("has no cell that a spreadsheet would run", () => {
    const parts = [{ name: '=cmd|"/c calc"!A1', kind: "value", counts: Uint32Array.of(3, 0, 31918, 1), total: 31922 }] as const;
    const [head] = timelinesCsv({ ...exported, query: { ...query, split: "label" }, timelines: makeTimelines([1], { parts }) }).split(
      "\r\n",
    );
    assert.ok(head.includes(`"'=cmd|""/c calc""!A1"`), head);
  });
});

describe("timelinesJson", () => {
  it("has every series with a count per start, and what was asked for", () => {
    const range = { clock: "utc", fromSec: START_SEC, toSec: START_SEC + 240 } as const;
    const asked = { ...query, split: "label" as const, focus: { filter: "tcp.len > 0", range } };
    const data = JSON.parse(timelinesJson({ ...exported, query: asked, timelines: splitTimelines })) as Record<string, unknown>;
    assert.deepEqual(data, {
      file: { name: "capture.csv", zone: "EDT", isTimeRelative: false },
      seqField: "tcp.seq",
      filter: "tcp.len > 0",
      range: { from: "2023-06-04T11:23:00Z", to: "2023-06-04T11:27:00Z" },
      split: "label",
      bucketSeconds: 60,
      starts: ["11:23", "11:24", "11:25", "11:26"].map((time) => `2023-06-04T${time}:00-04:00`),
      series: [
        { kind: "number", seq: 1, value: null, counts: [3, 0, 31918, 1] },
        { kind: "part", seq: 1, value: "suspicious", counts: [0, 0, 31000, 0] },
        { kind: "part", seq: 1, value: null, counts: [3, 0, 0, 1] },
        { kind: "rest", seq: 1, value: null, counts: [0, 0, 918, 0] },
      ],
    });
  });
});
