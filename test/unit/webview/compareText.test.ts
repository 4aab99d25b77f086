import assert from "node:assert/strict";
import { aroundBurst, burstsIn } from "../../../webview/bursts";
import { burstRow, burstSummary, labelShares, ratioText, topSources } from "../../../webview/burstText";
import {
  chartSummary,
  chartTitle,
  numberColumns,
  pointFacts,
  seriesFacts,
  stretchText,
  tableHeads,
  tableRow,
  type ShownTimelines,
} from "../../../webview/compareText";
import { assignPartStyles, legendCount, seriesOf } from "../../../webview/series";
import { captureClock, makeBurst, makeTimelines, relativeClock, splitTimelines, START_SEC } from "./samples";

const show = (timelines: ShownTimelines["timelines"], split: ShownTimelines["split"] = null): ShownTimelines => ({
  timelines,
  series: seriesOf(
    timelines,
    timelines.timelines.map(({ seq }) => seq),
    assignPartStyles([], timelines),
  ),
  split,
  clock: captureClock,
});
const single = show(makeTimelines([1]));
const compared = show(makeTimelines([1, 7], { backdrop: Uint32Array.of(10, 20, 40000, 5) }));
const split = show(splitTimelines, "label");
const none = { range: null, filter: "", bursts: null };

describe("the chart in words", () => {
  it("has a title for one number, several, and one in parts", () => {
    assert.equal(chartTitle(single), "TCP Sequence Number 1 Occurrences Over Time");
    assert.equal(chartTitle(compared), "TCP Sequence Numbers 1, 7 Occurrences Over Time");
    assert.equal(chartTitle(split), "TCP Sequence Number 1 Occurrences Over Time, by Label");
  });
  it("says which numbers are compared and which is the highest, and what is behind", () => {
    assert.equal(
      chartSummary(compared, none),
      "2 numbers compared: 1 (31,922 packets), 7 (31,926 packets); the highest is 7, peak 31,919 in the minute of 11:25. In the background, all TCP packets: 40,035 packets.",
    );
  });
  it("says the shares of the parts", () => {
    assert.match(chartSummary(split, none), /By Label: suspicious 97\.11 %, \(none\) 0\.01 %, Others 2\.88 %\.$/);
  });
  it("says what was zoomed to, the filter and the bursts", () => {
    const range = { fromSec: START_SEC, toSec: START_SEC + 90 };
    const sentence = chartSummary(single, { range, filter: "tcp.len > 0", bursts: [makeBurst()] });
    assert.ok(sentence.includes("Zoomed to 90 s, 2023-06-04 11:23:00 to 11:24:30 EDT."));
    assert.ok(sentence.includes("Only packets that pass the filter tcp.len > 0."));
    assert.ok(sentence.endsWith("1 burst, 10,639× the baseline at 2023-06-04 11:25:00 EDT."));
  });
  it("says that a range or a filter leaves nothing", () => {
    const empty = show({ ...makeTimelines([1]), timelines: [{ ...makeTimelines([1]).timelines[0], counts: new Uint32Array(4) }] });
    assert.match(chartSummary(empty, { ...none, range: { fromSec: START_SEC, toSec: START_SEC + 60 } }), /^No packets in this range\. /);
    assert.match(chartSummary(empty, { ...none, filter: "udp" }), /^No packets pass the filter\. /);
  });
  it("says a stretch of elapsed time where there are no dates", () => {
    assert.equal(stretchText({ fromSec: 0, toSec: 65 }, relativeClock), "00:00:00 to 00:01:05");
  });
  it("says of a point what each series has there, of parts only those with packets", () => {
    const texts = (shown: ShownTimelines, i: number): string[] =>
      pointFacts(shown, "alert", i).map(({ label, value }) => `${label}: ${value}`);
    assert.deepEqual(texts(compared, 0), ["Time: 2023-06-04 11:23:00 EDT", "1: 3", "7: 4", "All TCP packets: 10"]);
    assert.deepEqual(texts(split, 2), ["Time: 2023-06-04 11:25:00 EDT", "Count: 31,918", "suspicious: 31,000", "Others: 918"]);
    assert.equal(texts(single, 0).length, 5);
    assert.deepEqual(seriesFacts(split, "alert", 1, 2), []);
    assert.deepEqual(seriesFacts(compared, "alert", 1, 2), [{ label: "7", value: "31,919" }]);
  });
  it("has a column of the table for every number, part and all packets", () => {
    assert.deepEqual(tableHeads(compared, "alert"), ["Time (EDT)", "1", "7", "All TCP packets"]);
    assert.deepEqual(tableRow(compared, "alert", 2), ["2023-06-04 11:25:00", "31,918", "31,919", "40,000"]);
    assert.deepEqual(tableHeads(split, "alert"), ["Time (EDT)", "Packets", "suspicious", "(none)", "Others"]);
    assert.deepEqual(tableRow(split, "alert", 0), ["2023-06-04 11:23:00", "3", "0", "3", "0"]);
    assert.deepEqual(tableHeads(single, "alert"), ["Time (EDT)", "Packets", "alert", "Protocols"]);
    assert.deepEqual(numberColumns(split, tableHeads(split, "alert")), [1, 2, 3, 4]);
    assert.deepEqual(numberColumns(single, tableHeads(single, "alert")), [1]);
  });
  it("counts packets in the legend, with the share of a part", () => {
    assert.equal(legendCount(compared.series[0], 0), "31,922 packets");
    assert.equal(legendCount(split.series[0], 31922), "31,000 · 97.11 %");
  });
});

describe("bursts", () => {
  it("are said with ratio, labels and sources", () => {
    assert.deepEqual([ratioText({ ratio: 12.34 }), ratioText({ ratio: 1234.5 })], ["12×", "1,235×"]);
    assert.equal(labelShares(makeBurst()), "suspicious 97.12 %, (none) 2.88 %");
    assert.equal(labelShares({ labels: [], count: 3 }), "–");
    assert.equal(topSources(makeBurst({ sourceCount: 40 })), "10.0.0.5 (31,918) and 39 more");
    assert.deepEqual(burstRow(makeBurst(), captureClock, true).slice(0, 5), [
      "1",
      "2023-06-04 11:25:00",
      "11:26:00",
      "31,918 at 11:25:00",
      "10,639×",
    ]);
    assert.equal(burstSummary([], captureClock), "No bursts.");
    assert.equal(burstSummary(null, captureClock), null);
  });
  it("are those of the numbers shown that reach into the range, strongest first, labels apart", () => {
    const at = (startSec: number, strength: number) => makeBurst({ startSec, endSec: startSec + 10, strength });
    const all = [
      { seq: 1, bucketSeconds: 10, bursts: [at(0, 5), at(500, 4), at(510, 9)] },
      { seq: 2, bucketSeconds: 10, bursts: [at(100, 7)] },
      { seq: 3, bucketSeconds: 10, bursts: [at(100, 99)] },
    ];
    const found = burstsIn(all, [1, 2], { fromSec: 50, toSec: 1000 });
    assert.deepEqual(
      found.map(({ seq, startSec, isLabelled }) => [seq, startSec, isLabelled]),
      [
        [1, 510, true],
        [2, 100, true],
        [1, 500, false],
      ],
    );
  });
  it("are zoomed to with some time on either side", () => {
    assert.deepEqual(aroundBurst({ startSec: 100, endSec: 140 }), { fromSec: 80, toSec: 160 });
  });
});
