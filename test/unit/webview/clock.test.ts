import assert from "node:assert/strict";
import {
  engineClock,
  formatTimeAndZone,
  formatTimeOfDay,
  labelTicks,
  makeClock,
  timeTicks,
  timeTitle,
  type ChartClock,
  type Viewer,
} from "../../../webview/clock";
import { berlin, captureClock, makeTime, relativeClock, START_SEC } from "./samples";

const UTC_START = START_SEC + 4 * 3600;
const utcClock: ChartClock = { ...captureClock, kind: "utc" };
const localClock: ChartClock = { ...captureClock, kind: "local" };
const kathmandu: Viewer = { zoneName: "Asia/Kathmandu", offsetMinutesAt: () => 345 };

describe("makeClock", () => {
  it("takes the wanted clock when the file says how far its own is from UTC", () => {
    assert.equal(makeClock(makeTime(), "local", berlin).kind, "local");
  });
  it("falls back to the capture's own", () => {
    assert.equal(makeClock(makeTime({ isUtcKnown: false }), "utc", berlin).kind, "capture");
    assert.equal(makeClock(makeTime({ isRelative: true }), "local", berlin).kind, "capture");
  });
});

describe("engineClock", () => {
  it("asks for local time as UTC with the viewer's offset at the capture's start", () => {
    const asked: number[] = [];
    const viewer: Viewer = { zoneName: "X", offsetMinutesAt: (seconds) => (asked.push(seconds), 345) };
    assert.deepEqual(engineClock({ ...localClock, viewer }, makeTime()), { clock: "utc", alignMinutes: 345 });
    assert.deepEqual(asked, [UTC_START + 33]);
  });
  it("asks for the other clocks as they are", () => {
    assert.deepEqual(engineClock(captureClock, makeTime()), { clock: "capture", alignMinutes: 0 });
    assert.deepEqual(engineClock(utcClock, makeTime()), { clock: "utc", alignMinutes: 0 });
  });
});

describe("times", () => {
  it("name their zone", () => {
    assert.equal(formatTimeAndZone(captureClock, START_SEC), "2023-06-04 11:23:00 EDT");
    assert.equal(formatTimeAndZone(utcClock, UTC_START), "2023-06-04 15:23:00 UTC");
    assert.equal(formatTimeAndZone(localClock, UTC_START), "2023-06-04 17:23:00 UTC+02:00");
    assert.equal(formatTimeAndZone({ ...captureClock, captureZone: null }, START_SEC), "2023-06-04 11:23:00");
  });
  it("count from the start when there are no dates", () => {
    assert.equal(formatTimeAndZone(relativeClock, 65), "00:01:05 after the start");
    assert.equal(formatTimeOfDay(relativeClock, 2 * 86400 + 3661, 60), "2 d 01:01:01");
  });
  it("follow summer time at every moment", () => {
    const change = 1698541200; // 2023-10-29T01:00:00Z
    const viewer: Viewer = { zoneName: "Europe/Berlin", offsetMinutesAt: (seconds) => (seconds < change ? 120 : 60) };
    const clock = { ...localClock, viewer };
    assert.equal(formatTimeAndZone(clock, change - 60), "2023-10-29 02:59:00 UTC+02:00");
    assert.equal(formatTimeAndZone(clock, change), "2023-10-29 02:00:00 UTC+01:00");
  });
});

describe("timeTitle", () => {
  it("says whose time it is", () => {
    assert.equal(timeTitle(captureClock), "Time (EDT)");
    assert.equal(timeTitle({ ...captureClock, captureZone: null }), "Time (capture's clock, zone not stated)");
    assert.equal(timeTitle(utcClock), "Time (UTC)");
    assert.equal(timeTitle(localClock), "Time (your local time, Europe/Berlin)");
    assert.equal(timeTitle(relativeClock), "Time since the start of the capture");
  });
});

describe("timeTicks", () => {
  it("are round times of the clock shown", () => {
    const range = { fromSec: UTC_START, toSec: UTC_START + 89 * 60 };
    const clock: ChartClock = { ...localClock, viewer: kathmandu };
    const labels = labelTicks(
      clock,
      timeTicks(clock, range, 4).map((seconds) => seconds * 1000),
    );
    assert.deepEqual(labels, [["21:30", "2023-06-04"], "22:00", "22:30"]);
  });
  it("are no more than fit, whatever the range", () => {
    for (let spanSec = 1; spanSec < 40 * 365 * 86400; spanSec = Math.ceil(spanSec * 1.7)) {
      const ticks = timeTicks(captureClock, { fromSec: START_SEC + 17, toSec: START_SEC + 17 + spanSec }, 9);
      assert.ok(ticks.length <= (spanSec > 8 * 365 * 86400 ? 41 : 10), `${String(ticks.length)} ticks in ${String(spanSec)} s`);
      assert.ok(ticks.every((tick) => tick >= START_SEC + 17 && tick <= START_SEC + 17 + spanSec));
    }
  });
});

describe("labelTicks", () => {
  const ms = (...seconds: readonly number[]): number[] => seconds.map((each) => (START_SEC + each) * 1000);

  it("give the day at the first tick and where it changes", () => {
    assert.deepEqual(labelTicks(captureClock, ms(0, 12 * 3600, 24 * 3600)), [["11:23", "2023-06-04"], "23:23", ["11:23", "2023-06-05"]]);
  });
  it("give seconds when a tick needs them", () => {
    assert.deepEqual(labelTicks(captureClock, ms(0, 30)), [["11:23:00", "2023-06-04"], "11:23:30"]);
  });
  it("give days alone when every tick begins one", () => {
    const midnight = START_SEC - (11 * 3600 + 23 * 60);
    assert.deepEqual(labelTicks(captureClock, [midnight * 1000, (midnight + 86400) * 1000]), ["2023-06-04", "2023-06-05"]);
  });
  it("count from the start when there are no dates", () => {
    assert.deepEqual(labelTicks(relativeClock, [0, 600_000]), ["00:00:00", "00:10:00"]);
  });
});
