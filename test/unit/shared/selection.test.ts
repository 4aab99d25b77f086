import assert from "node:assert/strict";
import { formatTimeSpan } from "../../../src/shared/format";
import { isNoFocus, NO_FOCUS, sameFocus, type Focus } from "../../../src/shared/selection";
import { makeTime } from "../webview/samples";

const range = { clock: "capture", fromSec: 1_685_877_780, toSec: 1_685_877_840 } as const;

describe("Focus", () => {
  it("lets all packets through only without filter and range", () => {
    assert.ok(isNoFocus(NO_FOCUS));
    assert.ok(!isNoFocus({ filter: "tcp", range: null }));
    assert.ok(!isNoFocus({ filter: "", range }));
  });

  it("is the same with the same filter and the same range, whoever made it", () => {
    const focus: Focus = { filter: "tcp", range };
    assert.ok(sameFocus(focus, structuredClone(focus)));
    const others: Focus[] = [
      { filter: "udp", range },
      { filter: "tcp", range: null },
      { filter: "tcp", range: { ...range, clock: "utc" } },
      { filter: "tcp", range: { ...range, fromSec: range.fromSec - 1 } },
      { filter: "tcp", range: { ...range, toSec: range.toSec + 1 } },
    ];
    for (const other of others) {
      assert.ok(!sameFocus(focus, other), JSON.stringify(other));
      assert.ok(!sameFocus(other, focus), JSON.stringify(other));
    }
  });
});

describe("formatTimeSpan", () => {
  it("says the day once, and the zone of its clock", () => {
    assert.equal(formatTimeSpan(range, makeTime()), "2023-06-04 11:23:00 – 11:24:00 EDT");
    assert.equal(formatTimeSpan({ ...range, clock: "utc" }, makeTime()), "2023-06-04 11:23:00 – 11:24:00 UTC");
    assert.equal(formatTimeSpan({ ...range, toSec: range.toSec + 86_400 }, makeTime()), "2023-06-04 11:23:00 – 2023-06-05 11:24:00 EDT");
  });

  it("says no zone that the file does not say, and seconds where there are no dates", () => {
    assert.equal(formatTimeSpan(range, makeTime({ zone: { label: null, offsetMinutes: null } })), "2023-06-04 11:23:00 – 11:24:00");
    assert.equal(formatTimeSpan(range, null), "2023-06-04 11:23:00 – 11:24:00");
    assert.equal(formatTimeSpan({ clock: "capture", fromSec: 12, toSec: 1300 }, makeTime({ isRelative: true })), "12 s – 1,300 s");
  });
});
