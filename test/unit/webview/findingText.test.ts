import assert from "node:assert/strict";
import { GraphMark, type FindingGraph } from "../../../src/shared/findingGraph";
import type { Focus } from "../../../src/shared/selection";
import {
  binName,
  findingFacts,
  focusText,
  formatFullTime,
  formatSeqTick,
  graphFacts,
  graphNotes,
  graphSummary,
  graphTimeTitle,
  graphTitle,
  timeHead,
} from "../../../webview/findingText";
import { makeFinding, makeStreamGraph, probes, rates } from "./findings";
import { makeTime } from "./samples";

const time = makeTime();

describe("findingFacts", () => {
  it("says count, times, ends, streams and frames", () => {
    assert.deepEqual(
      findingFacts(makeFinding(), time).map(({ label, value }) => `${label}: ${value}`),
      [
        "Count: 2",
        "Packets: 2",
        "First: 2023-06-04 11:23:33.466544000 EDT",
        "Last: 2023-06-04 11:23:34.000000000 EDT",
        "Source: 10.0.0.1:1000",
        "Target: 10.0.0.2:80",
        "Stream: 3",
        "Frames: 24 (strongest), 20 (first)",
      ],
    );
  });

  it("says that there are several, and leaves out what the file does not say", () => {
    const finding = makeFinding({
      source: null,
      first: null,
      streams: [1, 2, 3, 4, 5, 6],
      streamCount: 7000,
      evidence: [{ role: "strongest", frame: null, row: 1 }],
    });
    const facts = Object.fromEntries(findingFacts(finding, null).map(({ label, value }) => [label, value]));
    assert.equal(facts.Source, "several");
    assert.equal(facts.First, "–");
    assert.equal(facts.Streams, "7,000: 1, 2, 3, 4, 5, …");
    assert.equal(facts.Frames, undefined);
  });

  it("shows no invisible characters of a capture", () => {
    const [source] = findingFacts(makeFinding({ source: "10.0.0.1\u202e" }), time).filter(({ label }) => label === "Source");
    assert.equal(source?.value, "10.0.0.1\ufffd");
  });
});

describe("times of packets", () => {
  it("name their clock", () => {
    assert.equal(timeHead(time), "Time (EDT)");
    assert.equal(timeHead(makeTime({ zone: { label: null, offsetMinutes: null } })), "Time");
    assert.equal(timeHead(makeTime({ isRelative: true })), "Time since the start of the capture");
    assert.equal(formatFullTime({ seconds: 3, nanos: 5 }, makeTime({ isRelative: true })), "3.000000005 s");
  });
});

describe("the graph in words", () => {
  const { retransmission, gap, inFinding } = GraphMark;
  const graph = makeStreamGraph(
    [
      [0, 1, 100],
      [0.5, 201, 100, gap],
      [1.25, 101, 100, retransmission | inFinding],
    ],
    [[1, 101, 5000]],
  );

  it("names the stream and its ends, the sender of this direction first", () => {
    assert.equal(graphTitle(graph), "Stream 3: 10.0.0.1:1000 → 10.0.0.2:80");
    assert.equal(graphTitle({ ...graph, direction: 1 }), "Stream 3: 10.0.0.2:80 → 10.0.0.1:1000");
    assert.equal(graphTimeTitle(graph, time), "Seconds since 2023-06-04 11:23:33.000000000 EDT");
    assert.equal(graphTimeTitle({ ...graph, start: null }, time), "Packets");
  });

  it("sums up what is drawn", () => {
    assert.equal(graphSummary(graph), "3 segments over 1.25 s, sequence numbers 1 to 301: 1 retransmission, 1 gap.");
    assert.equal(graphSummary(makeStreamGraph([[0, 1, 9]])), "1 segment over 0 s, sequence numbers 1 to 10: nothing unusual.");
    assert.equal(graphSummary(makeStreamGraph([])), "No segment of this direction is in the file.");
    assert.equal(graphSummary(probes), "3 probes of 3 ports on 1 host: 1 open, 1 closed, 1 without an answer.");
    assert.equal(graphSummary(rates), "1,500 SYNs and 2 completed handshakes, at most 1,000 SYNs per 100 ms.");
  });

  it("says how many packets pass a filter or a range, and what becomes of the others", () => {
    const range = { clock: "capture", fromSec: 1, toSec: 2 } as const;
    const say = (focus: Focus, shown: FindingGraph = graph, passing = 1) =>
      focusText({ ...shown, focused: { focus, passing, packets: 3, isOutside: Uint8Array.of(1, 0, 1) } });
    const filter = "tcp.len > 0";
    assert.deepEqual(focusText(graph), []);
    assert.deepEqual(say({ filter, range: null }), ["1 of 3 packets pass the filter; the others are drawn faintly."]);
    assert.deepEqual(say({ filter: "", range }), ["1 of 3 packets are in the range of time; the others are drawn faintly."]);
    assert.deepEqual(say({ filter, range }), [
      "1 of 3 packets pass the filter and are in the range of time; the others are drawn faintly.",
    ]);
    assert.deepEqual(say({ filter, range: null }, graph, 3), ["3 of 3 packets pass the filter."]);
    assert.deepEqual(say({ filter, range: null }, rates), ["The graph shows all packets of the finding; 1 of 3 packets pass the filter."]);
    const point = { ...graph, focused: { focus: { filter, range: null }, passing: 1, packets: 3, isOutside: Uint8Array.of(1, 0, 1) } };
    assert.deepEqual(
      [0, 1].map((i) => graphFacts(point, i).at(-1)),
      ["no", "yes"].map((value) => ({ label: "Passes the filter", value })),
    );
  });

  it("says what is left out or lies outside", () => {
    assert.deepEqual(graphNotes(graph), []);
    const cut = graphNotes({ ...graph, total: 12_000, totalAcks: 2 }, 1, false);
    assert.match(cut[0] ?? "", /^Drawn are 3 of 12,000 points, all that are marked/);
    assert.equal(cut[1], "Drawn are 1 of 2 acknowledgements.");
    assert.match(cut[2] ?? "", /window of the other side/);
    assert.match(cut[3] ?? "", /^1 segment lies far outside/);
    assert.match(graphNotes({ ...graph, base: 77 })[0] ?? "", /^Numbers are counted from 77/);
  });

  it("says what a point is", () => {
    const say = (i: number) => graphFacts(graph, i).map(({ label, value }) => `${label}: ${value}`);
    assert.deepEqual(say(0), ["Segment: Segment", "Frame: 1", "Time: 0 s", "Seq: 1", "Len: 100"]);
    assert.equal(say(2)[0], "Segment: Retransmission, Part of the finding");
    assert.deepEqual(
      graphFacts(probes, 2).map(({ value }) => value),
      ["No answer", "–", "2 s", "10.0.0.2", "443"],
    );
    assert.deepEqual(
      graphFacts(rates, 1).map(({ value }) => value),
      ["0.1 s", "500", "2"],
    );
  });

  it("has short numbers on its axes", () => {
    assert.deepEqual([0.001, 1, 600, 3600].map(binName), ["1 ms", "1 s", "10 min", "1 h"]);
    assert.deepEqual([0, 99_999, 2_500_000, -2_500_000].map(formatSeqTick), ["0", "99,999", "2.5M", "-2.5M"]);
  });
});
