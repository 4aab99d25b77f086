import assert from "node:assert/strict";
import { daysFromCivil, TimeReader } from "../../../src/engine/time";
import { encodeUtf8 } from "../../../src/engine/utf8";
import { formatMoment } from "../../../src/shared/format";

const reader = new TimeReader();

function readDate(text: string): string | undefined {
  const bytes = encodeUtf8(text);
  if (!reader.readDate(bytes, 0, bytes.length)) return undefined;
  const zone = text.slice(reader.zoneStart, reader.zoneEnd);
  return `${formatMoment(reader)} ${reader.offsetMinutes === null ? zone : String(reader.offsetMinutes)}`.trimEnd();
}

function readSeconds(text: string): string | undefined {
  const bytes = encodeUtf8(text);
  return reader.readSeconds(bytes, 0, bytes.length) ? `${String(reader.seconds)} ${String(reader.nanos)}` : undefined;
}

describe("TimeReader", () => {
  it("reads frame.time of every tshark, to the nanosecond", () => {
    assert.equal(readDate("Jun  4, 2023 12:23:33.466544000 EDT"), "2023-06-04T12:23:33.466544000 EDT");
    assert.equal(readDate("Jun  4\\, 2023 12:23:33.466544001 EDT"), "2023-06-04T12:23:33.466544001 EDT");
    assert.equal(readDate("2023-06-04T12:23:33.466543000-0400"), "2023-06-04T12:23:33.466543000 -240");
    assert.equal(readDate("2023-06-04T16:23:33.466543000Z"), "2023-06-04T16:23:33.466543000 0");
    assert.equal(readDate("Dec 31, 1999 23:59:59.999999999 Romance Standard Time"), "1999-12-31T23:59:59.999999999 Romance Standard Time");
  });

  it("reads what pandas and Wireshark save", () => {
    assert.equal(readDate("2023-06-04 12:23:33.466543"), "2023-06-04T12:23:33.466543000");
    assert.equal(readDate("2023-06-04 12:23"), "2023-06-04T12:23:00.000000000");
    assert.equal(readDate("2023-06-04 12:23:33+05:30"), "2023-06-04T12:23:33.000000000 330");
    assert.equal(readDate("  Jun 14, 2023 12:23:33 CEST  "), "2023-06-14T12:23:33.000000000 CEST");
  });

  it("takes long zone names of other languages", () => {
    assert.equal(readDate("Jun  4, 2023 12:23:33.1 Mitteleuropäische Sommerzeit")?.slice(0, 29), "2023-06-04T12:23:33.100000000");
  });

  it("refuses what is no date", () => {
    for (const text of [
      "",
      " 2021 11:44:10.081753000 ",
      "Jun  4",
      "Feb 30, 2023 00:00:00 UTC",
      "2023-13-01 00:00:00",
      "2023-06-04",
      "2023-06-04T24:00:00Z",
      "Jun  4, 2023 12:23:33 =cmd|x",
      "not a time",
      "Foo  4, 2023 12:23:33 EDT",
    ])
      assert.equal(readDate(text), undefined, text);
  });

  it("counts 60 as the next minute's first second", () => {
    assert.equal(readDate("Dec 31, 2016 23:59:60.5 UTC"), "2017-01-01T00:00:00.500000000 UTC");
  });

  it("reads seconds since 1970, also before it", () => {
    assert.equal(readSeconds("1685895813.466543000"), "1685895813 466543000");
    assert.equal(readSeconds("0.000000001"), "0 1");
    assert.equal(readSeconds("-1.5"), "-2 500000000");
    assert.equal(readSeconds("1685895813"), "1685895813 0");
    assert.equal(readSeconds("1.68590E+09"), "1685900000 0");
    assert.equal(reader.isLossy, true);
    for (const text of ["", "x", "1.2.3", "12:00", "1e", "99999999999999999999"]) assert.equal(readSeconds(text), undefined, text);
  });

  it("agrees with Date on the day of every date of four centuries", () => {
    for (let day = -150_000; day < 150_000; day += 13) {
      const date = new Date(day * 86_400_000);
      assert.equal(daysFromCivil(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()), day);
    }
  });
});
