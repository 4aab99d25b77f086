import assert from "node:assert/strict";
import { HeadStart } from "../../../src/panel/headStart";
import type { Capture } from "../../../src/worker/client";
import { chartQuery, makeTimelines } from "../webview/samples";
import { captureOf } from "./capture";

/** A capture that notes the numbers it was asked for. */
function noting(): { capture: Capture; timelines: (readonly number[])[]; bursts: number[] } {
  const timelines: (readonly number[])[] = [];
  const bursts: number[] = [];
  const capture = captureOf({
    getTimelines: ({ seqs }) => {
      timelines.push(seqs);
      return Promise.resolve(makeTimelines(seqs));
    },
    getBursts: ({ seq }) => {
      bursts.push(seq);
      return Promise.resolve({ seq, bucketSeconds: 60, bursts: [] });
    },
  });
  return { capture, timelines, bursts };
}

describe("HeadStart", () => {
  const marks = { seqs: [7], filter: "", clock: "utc" } as const;

  it("gives nothing that another capture was asked", async () => {
    const [one, other] = [noting(), noting()];
    const ahead = new HeadStart();
    await ahead.timelines(one.capture, chartQuery(7));
    ahead.tell(one.capture, [8]);
    await ahead.timelines(other.capture, { ...chartQuery(7), seqs: [8] });
    assert.deepEqual([one.timelines, other.timelines], [[[7], [8]], [[8]]]);
  });

  it("stops asking for what the page did not ask for the last time", async () => {
    const { capture, timelines, bursts } = noting();
    const ahead = new HeadStart();
    await ahead.bursts(capture, marks);
    await ahead.timelines(capture, chartQuery(7));
    ahead.tell(capture, [8]);
    await ahead.timelines(capture, { ...chartQuery(7), seqs: [8] });
    ahead.tell(capture, [9]);
    assert.deepEqual(
      [timelines, bursts],
      [
        [[7], [8], [9]],
        [7, 8],
      ],
    );
    await ahead.bursts(capture, { ...marks, seqs: [9] });
    ahead.tell(capture, [10]);
    assert.deepEqual(bursts, [7, 8, 9, 10]);
  });

  it("fails when the page asks, and not before", async () => {
    const ahead = new HeadStart();
    const { capture } = noting();
    await ahead.timelines(capture, chartQuery(7));
    const failing = captureOf({ getTimelines: () => Promise.reject(new Error("no time")) });
    ahead.tell(failing, [8]);
    await new Promise((resolve) => setImmediate(resolve));
    await assert.rejects(ahead.timelines(failing, { ...chartQuery(7), seqs: [8] }), /no time/);
  });
});
