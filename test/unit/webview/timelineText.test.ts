import assert from "node:assert/strict";
import {
  announcement,
  bucketFacts,
  bucketNote,
  cleanText,
  clockNote,
  packetsTitle,
  timelineHeads,
  timelineNotes,
  timelineRow,
  timelineSummary,
  timelineTitle,
  tooltipLines,
} from "../../../webview/timelineText";
import { captureClock, makeSummary, makeTime, makeTimeline, relativeClock, START_SEC } from "./samples";

describe("timelineTitle", () => {
  it("names the number without grouping it", () => {
    assert.equal(timelineTitle(1), "TCP Sequence Number 1 Occurrences Over Time");
    assert.equal(timelineTitle(4294967295), "TCP Sequence Number 4294967295 Occurrences Over Time");
  });
});

describe("tooltip", () => {
  it("says time, count, number, label and protocols", () => {
    assert.deepEqual(tooltipLines(bucketFacts(makeTimeline(), captureClock, "alert", 2)), [
      "Time: 2023-06-04 11:25:00 EDT",
      "Count: 31,918",
      "Seq: 1",
      "alert: suspicious",
      "Protocols: eth:ethertype:ip:tcp:http",
    ]);
  });

  it("says – where a bucket has no label or protocols", () => {
    assert.deepEqual(tooltipLines(bucketFacts(makeTimeline(), captureClock, "alert", 1)).slice(1), [
      "Count: 0",
      "Seq: 1",
      "alert: –",
      "Protocols: –",
    ]);
  });

  it("has no label line when the file has no label column", () => {
    const labels = bucketFacts(makeTimeline(), captureClock, null, 0).map(({ label }) => label);
    assert.deepEqual(labels, ["Time", "Count", "Seq", "Protocols"]);
  });

  it("calls the label what the file calls it", () => {
    assert.equal(bucketFacts(makeTimeline(), captureClock, "attack_cat", 0)[3]?.label, "attack_cat");
  });

  it("breaks long values into lines and cuts very long ones", () => {
    const protocols = Array.from({ length: 40 }, () => "proto").join(":");
    const lines = tooltipLines(bucketFacts(makeTimeline({ protocolNames: [protocols, ""] }), captureClock, null, 0)).slice(3);
    assert.ok(lines.length > 1 && lines.every((line) => line.length <= 56), lines.join("\n"));
    assert.match(lines.at(-1) ?? "", /…$/);
  });

  it("is announced in one line", () => {
    assert.equal(
      announcement(bucketFacts(makeTimeline(), captureClock, "alert", 0)),
      "Time: 2023-06-04 11:23:00 EDT, Count: 3, Seq: 1, alert: benign, Protocols: eth:ethertype:ip:tcp",
    );
  });

  it("finds the time of a bucket when empty ones are left out", () => {
    const timeline = makeTimeline({ index: Float64Array.of(0, 10, 20, 30), bucketCount: 31 });
    assert.equal(bucketFacts(timeline, captureClock, null, 2)[0]?.value, "2023-06-04 11:43:00 EDT");
  });
});

describe("cleanText", () => {
  it("makes control characters and turned directions visible", () => {
    assert.equal(cleanText("a\u0000b\nc\u202ed\u200be", 40), "a\ufffdb\ufffdc\ufffdd\ufffde");
  });
  it("leaves markup as the text it is", () => assert.equal(cleanText("<b>x</b>", 40), "<b>x</b>"));
  it("cuts long text", () => assert.equal(cleanText("abcdef", 4), "abc…"));
});

describe("timelineSummary", () => {
  it("says how many packets, from when to when, and the peak", () => {
    assert.equal(
      timelineSummary(makeTimeline(), captureClock),
      "31,922 packets from 2023-06-04 11:23 to 11:26 EDT, peak 31,918 in the minute of 11:25.",
    );
  });

  it("names both days when they differ, and seconds where buckets are finer than a minute", () => {
    const timeline = makeTimeline({ bucketSeconds: 10, startSec: START_SEC + 12 * 3600 + 37 * 60 - 20 });
    assert.equal(
      timelineSummary(timeline, captureClock),
      "31,922 packets from 2023-06-04 23:59:40 to 2023-06-05 00:00:10 EDT, peak 31,918 in the 10 s from 00:00:00.",
    );
  });

  it("counts from the start when there are no dates", () => {
    assert.equal(
      timelineSummary(makeTimeline({ startSec: 0 }), relativeClock),
      "31,922 packets from 00:00:00 to 00:03:00, peak 31,918 in the 1 min from 00:02:00.",
    );
  });

  it("is short for one bucket", () => {
    const one = makeTimeline({ counts: Uint32Array.of(1), bucketCount: 1 });
    assert.equal(timelineSummary(one, captureClock), "1 packet at 2023-06-04 11:23 EDT.");
  });

  it("says why nothing is drawn", () => {
    const none = makeTimeline({ counts: new Uint32Array(0), bucketCount: 0 });
    assert.equal(timelineSummary(none, captureClock), "Sequence number 1 does not occur in this capture.");
    assert.equal(timelineSummary({ ...none, undated: 3 }, captureClock), "None of the 3 packets of sequence number 1 has a readable time.");
  });
});

describe("notes", () => {
  it("say which size was chosen automatically", () => {
    assert.equal(bucketNote(makeTimeline({ requestedBucketSeconds: null })), "Bucket size chosen automatically: 1 min.");
  });
  it("say why a larger size is shown than was asked for", () => {
    assert.equal(
      bucketNote(makeTimeline({ requestedBucketSeconds: 1, bucketSeconds: 3600 })),
      "Buckets of 1 h are shown: 1 s would give more than 10,000 points.",
    );
  });
  it("say nothing of the size that was asked for", () => assert.equal(bucketNote(makeTimeline()), null));

  it("say why UTC and local time cannot be chosen", () => {
    const ambiguous = makeSummary({ time: makeTime({ zone: { label: "IST", offsetMinutes: null }, isUtcKnown: false }) });
    assert.match(clockNote(ambiguous) ?? "", /^UTC and local time are not available: the file's zone “IST”/);
    const unknown = makeSummary({ time: makeTime({ zone: { label: null, offsetMinutes: null }, isUtcKnown: false }) });
    assert.match(clockNote(unknown) ?? "", /the file does not say how far/);
    const relative = makeSummary({ time: makeTime({ isRelative: true, isUtcKnown: false }) });
    assert.match(clockNote(relative) ?? "", /only seconds since the start/);
    assert.equal(clockNote(makeSummary()), null);
  });

  it("count undated packets and zones", () => {
    const summary = makeSummary({ time: makeTime({ zoneCount: 2 }) });
    assert.deepEqual(timelineNotes([makeTimeline({ undated: 2 })], summary, captureClock), [
      "2 more packets have no readable time and are not in the chart.",
      "2 different zones occur in this file; times are shown as printed.",
    ]);
    assert.deepEqual(timelineNotes([makeTimeline({ undated: 1 })], makeSummary(), captureClock), [
      "1 more packet has no readable time and is not in the chart.",
    ]);
  });
});

describe("packetsTitle", () => {
  it("says per what, and how zeros stand on a logarithmic axis", () => {
    assert.equal(packetsTitle(60, "linear"), "Packets per minute");
    assert.equal(packetsTitle(300, "linear"), "Packets per 5 min");
    assert.equal(packetsTitle(1, "log"), "Packets per second (log scale, base line 0)");
  });
});

describe("data table", () => {
  it("has a row for every bucket, empty ones too", () => {
    const timeline = makeTimeline();
    assert.deepEqual(timelineHeads(captureClock, "alert"), ["Time (EDT)", "Packets", "alert", "Protocols"]);
    assert.deepEqual(timelineRow(timeline, captureClock, "alert", 1), ["2023-06-04 11:24:00", "0", "–", "–"]);
    assert.deepEqual(timelineRow(timeline, captureClock, "alert", 2), [
      "2023-06-04 11:25:00",
      "31,918",
      "suspicious",
      "eth:ethertype:ip:tcp:http",
    ]);
  });
  it("has no label column when the file has none", () => {
    assert.deepEqual(timelineHeads(captureClock, null), ["Time (EDT)", "Packets", "Protocols"]);
    assert.equal(timelineRow(makeTimeline(), captureClock, null, 0).length, 3);
  });
});
