import assert from "node:assert/strict";
import fc from "fast-check";
import {
  covers,
  MIN_ZOOM_SECONDS,
  moved,
  onClock,
  settled,
  wheelFactor,
  wholeCapture,
  within,
  zoomed,
  ZOOM_STEP,
} from "../../../webview/zoomRange";
import { makeTime } from "./samples";

const whole = { fromSec: 0, toSec: 1000 };

describe("zooming", () => {
  it("keeps the moment under the pointer where it is", () => {
    assert.deepEqual(zoomed({ fromSec: 100, toSec: 300 }, 0.5, 150, whole), { fromSec: 125, toSec: 225 });
  });
  it("stays within the capture, and shows all of it at most", () => {
    assert.deepEqual(zoomed({ fromSec: 0, toSec: 100 }, 2, 100, whole), { fromSec: 0, toSec: 200 });
    assert.deepEqual(zoomed({ fromSec: 200, toSec: 900 }, 4, 500, whole), whole);
    assert.deepEqual(moved({ fromSec: 900, toSec: 1000 }, 0.5, whole), { fromSec: 900, toSec: 1000 });
    assert.deepEqual(moved({ fromSec: 100, toSec: 200 }, -0.25, whole), { fromSec: 75, toSec: 175 });
    assert.deepEqual(within({ fromSec: -50, toSec: 50 }, whole), { fromSec: 0, toSec: 100 });
  });
  it("ends at a length that can still be read", () => {
    const { fromSec, toSec } = zoomed({ fromSec: 100, toSec: 101 }, 0.001, 100.5, whole);
    assert.equal(toSec - fromSec, MIN_ZOOM_SECONDS);
    assert.deepEqual(settled({ fromSec: 100.2, toSec: 100.3 }, whole), { fromSec: 100, toSec: 102 });
  });
  it("settles on whole seconds, outwards", () => {
    assert.deepEqual(settled({ fromSec: 10.7, toSec: 20.1 }, whole), { fromSec: 10, toSec: 21 });
  });
  it("turns the wheel back to where it was, and pinches faster", () => {
    assert.equal(wheelFactor(300, false), 2);
    assert.equal(wheelFactor(100, false) * wheelFactor(-100, false), 1);
    assert.equal(wheelFactor(-30, true), 0.5);
    assert.equal(wheelFactor(-3, true), 2 ** -0.1);
  });
  it("zooms by the step of the buttons for a notch of the wheel with Ctrl", () => {
    for (const notch of [100, 120]) assert.deepEqual([wheelFactor(notch, true), wheelFactor(-notch, true)], [ZOOM_STEP, 1 / ZOOM_STEP]);
    assert.equal(wheelFactor(600, true), 4);
  });
  it("knows when nothing is outside", () => {
    assert.ok(covers({ fromSec: 0, toSec: 1000 }, whole));
    assert.ok(!covers({ fromSec: 1, toSec: 1000 }, whole));
  });
  it("never leaves the capture, whatever is turned and moved", () => {
    const step = fc.record({ factor: fc.double({ min: 0.01, max: 100, noNaN: true }), at: fc.double({ min: 0, max: 1000, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let now = whole;
        for (const { factor, at } of steps) now = settled(moved(zoomed(now, factor, at, whole), factor - 1, whole), whole);
        assert.ok(now.fromSec >= 0 && now.toSec <= 1000 && now.toSec - now.fromSec >= MIN_ZOOM_SECONDS);
      }),
    );
  });
});

describe("a span on another clock", () => {
  const time = makeTime();
  it("moves by the file's offset", () => {
    const span = { clock: "capture", fromSec: 1000, toSec: 2000 } as const;
    const utc = { clock: "utc", fromSec: 1000 + 4 * 3600, toSec: 2000 + 4 * 3600 } as const;
    assert.deepEqual(onClock(span, "utc", time), utc);
    assert.deepEqual(onClock(utc, "capture", time), span);
    assert.equal(onClock(span, "capture", time), span);
  });
  it("of the whole capture reaches over its last second", () => {
    assert.deepEqual(wholeCapture(time, "capture"), { fromSec: time.first.seconds, toSec: time.last.seconds + 1 });
    assert.equal(wholeCapture(time, "utc").fromSec, time.first.seconds + 4 * 3600);
  });
});
