/** Which columns are read when, and for how long, while a filter is typed. */
import assert from "node:assert/strict";
import { MemorySource } from "../../../../src/engine/bytes";
import type { CaptureStore } from "../../../../src/engine/captureStore";
import { readColumnTexts } from "../../../../src/engine/columnTexts";
import { throwUnwanted } from "../../../../src/engine/filter/captureFilters";
import { encodeUtf8 } from "../../../../src/engine/utf8";
import { createReferenceReader } from "../../../../src/worker/referenceReader";
import { analyzeText } from "../../../support/capture";

const TEXT = "tcp.seq,http.host,dns.qry.name\n1,a.example,\n2,b.example,c.example\n";
const [HOST, NAME] = [1, 2];

/** A reading that goes on only when the test says so. */
interface Reading {
  readonly columns: readonly number[];
  /** Lets it look whether it is still wanted, and end. */
  readonly goOn: () => void;
}

async function open(): Promise<{ capture: CaptureStore; readings: Reading[] }> {
  const capture = await analyzeText(TEXT);
  const readings: Reading[] = [];
  capture.filters.means = {
    memoryLimitBytes: Infinity,
    pause: () => Promise.resolve(),
    readColumns: async (columns, { isWanted = () => true }) => {
      await new Promise<void>((goOn) => readings.push({ columns, goOn }));
      throwUnwanted(isWanted);
      const reader = { kind: "csv-parse", create: createReferenceReader } as const;
      return readColumnTexts(new MemorySource(encodeUtf8(TEXT)), capture, columns, { reader, labelFields: [], now: () => 0 });
    },
  };
  return { capture, readings };
}

/** Lets everything happen that waits for nothing. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("A filter that is typed", () => {
  it("has the column it names read before it has a value, so that the value is looked up at once", async () => {
    const { capture, readings } = await open();
    assert.equal((await capture.checkFilter("http.host ==")).kind, "invalid");
    await settled();
    assert.deepEqual(
      readings.map(({ columns }) => columns),
      [[HOST]],
    );
    assert.equal((await capture.checkFilter('http.host == "b.exam')).kind, "invalid");
    readings[0].goOn();
    assert.deepEqual(await capture.checkFilter('http.host == "b.example"'), { kind: "valid", packets: 1 });
    assert.equal(readings.length, 1);
  });

  it("waits for what is being read for the text before it", async () => {
    const { capture, readings } = await open();
    await capture.checkFilter("http.host ==");
    const check = capture.checkFilter("http.host");
    await settled();
    readings[0].goOn();
    assert.deepEqual(await check, { kind: "valid", packets: 2 });
    assert.equal(readings.length, 1);
  });

  it("lets a column be read on for which nobody waits any more, as long as it names it", async () => {
    const { capture, readings } = await open();
    let isWanted = true;
    const first = capture.checkFilter("http.host", { isWanted: () => isWanted });
    await settled();
    assert.equal((await capture.checkFilter("http.host && ")).kind, "invalid");
    isWanted = false;
    readings[0].goOn();
    assert.deepEqual(await first, { kind: "valid", packets: 2 });
    assert.equal(readings.length, 1);
  });

  it("ends reading what it names no more", async () => {
    const { capture, readings } = await open();
    await capture.checkFilter("http.host ==");
    await settled();
    const check = capture.checkFilter("dns.qry.name");
    await settled();
    readings[0].goOn();
    await settled();
    readings[1].goOn();
    assert.deepEqual(await check, { kind: "valid", packets: 1 });
    assert.deepEqual(
      readings.map(({ columns }) => columns),
      [[HOST], [NAME]],
    );
    const again = capture.checkFilter("http.host");
    await settled();
    assert.deepEqual(readings[2]?.columns, [HOST]);
    readings[2].goOn();
    assert.deepEqual(await again, { kind: "valid", packets: 2 });
  });

  it("has nothing read any more once it is taken back, and what somebody waits for all the same", async () => {
    const { capture, readings } = await open();
    await capture.checkFilter("http.host ==");
    await settled();
    capture.filters.stopReadingAhead();
    readings[0].goOn();
    await settled();
    const check = capture.checkFilter("http.host");
    await settled();
    capture.filters.stopReadingAhead();
    readings[1].goOn();
    assert.deepEqual(await check, { kind: "valid", packets: 2 });
    assert.equal(readings.length, 2);
  });

  it("has nothing read for what is no field, a field that is in memory, or a text too long to be one", async () => {
    const { capture, readings } = await open();
    for (const text of ["http.ho ==", "tcp.seq ==", '"http.host" ==', `http.host == "${"x".repeat(70_000)}`])
      assert.equal((await capture.checkFilter(text)).kind, "invalid");
    await settled();
    assert.equal(readings.length, 0);
  });
});
