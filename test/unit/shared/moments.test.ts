import assert from "node:assert/strict";
import { isBefore, parseMoment } from "../../../src/shared/moments";

describe("moments as people type them", () => {
  it("are dates with a time, and numbers of seconds", () => {
    const seconds = Date.UTC(2023, 5, 4, 11, 23, 58) / 1000;
    assert.deepEqual(parseMoment("2023-06-04 11:23:58"), { seconds, nanos: 0 });
    assert.deepEqual(parseMoment(" 2023-06-04T11:23:58.0766 "), { seconds, nanos: 76_600_000 });
    assert.deepEqual(parseMoment("2023-06-04"), { seconds: Date.UTC(2023, 5, 4) / 1000, nanos: 0 });
    assert.deepEqual(parseMoment("12.5"), { seconds: 12, nanos: 500_000_000 });
  });

  it("are nothing else", () => {
    for (const text of ["", "now", "2023-02-30", "2023-06-04 24:00:00", "2023-06-04 11:23", "-5", "2023-6-4", "2023-06-04 11:23:58Z"])
      assert.equal(parseMoment(text), undefined, text);
  });

  it("come one before the other", () => {
    assert.equal(isBefore({ seconds: 1, nanos: 5 }, { seconds: 1, nanos: 6 }), true);
    assert.equal(isBefore({ seconds: 1, nanos: 6 }, { seconds: 1, nanos: 6 }), false);
    assert.equal(isBefore({ seconds: 2, nanos: 0 }, { seconds: 1, nanos: 6 }), false);
  });
});
