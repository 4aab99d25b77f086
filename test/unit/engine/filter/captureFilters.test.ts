/** Which columns are read when, and for how long, while a filter is typed. */
import assert from "node:assert/strict";
import { MemorySource } from "../../../../src/engine/bytes";
import type { CaptureStore } from "../../../../src/engine/captureStore";
import { readColumnTexts } from "../../../../src/engine/columnTexts";
import { throwUnwanted } from "../../../../src/engine/filter/captureFilters";
import { memoryFor } from "../../../../src/engine/memoryNeed";
import type { FilterCheck } from "../../../../src/shared/displayFilter";
import { encodeUtf8 } from "../../../../src/engine/utf8";
import { createReferenceReader } from "../../../../src/worker/referenceReader";
import { analyzeText } from "../../../support/capture";

const ROWS = 1000;
const TEXT = `tcp.seq,http.host,dns.qry.name\n1,a.example,\n2,b.example,c.example\n${"3,,\n".repeat(ROWS - 2)}`;
const [HOST, NAME] = [1, 2];

/** A reading that goes on only when the test says so. */
interface Reading {
  readonly columns: readonly number[];
  /** Says how many rows it has read. */
  readonly tell: (rows: number) => void;
  /** Lets it look whether it is still wanted, and end. */
  readonly goOn: () => void;
}

async function open(text = TEXT): Promise<{ capture: CaptureStore; readings: Reading[] }> {
  const capture = await analyzeText(text);
  const readings: Reading[] = [];
  capture.filters.means = {
    memoryLimitBytes: Infinity,
    pause: () => Promise.resolve(),
    readColumns: async (columns, { onProgress, isWanted = () => true }) => {
      const tell = (rows: number): void => onProgress?.({ pass: "all", bytesRead: 0, bytesTotal: 1, rows });
      await new Promise<void>((goOn) => readings.push({ columns, tell, goOn }));
      throwUnwanted(isWanted);
      const reader = { kind: "csv-parse", create: createReferenceReader } as const;
      return readColumnTexts(new MemorySource(encodeUtf8(text)), capture, columns, { reader, labelFields: [], now: () => 0 });
    },
  };
  return { capture, readings };
}

/** What one column of few texts takes while it is read, codes and finding the rows again, but not two. */
async function roomForOne(): Promise<number> {
  const { capture, readings } = await open();
  const check = capture.checkFilter("http.host");
  await settled();
  readings[0].goOn();
  await check;
  return memoryFor(ROWS + 1) + 20 * ROWS + capture.filters.fields.loadedBytes;
}

/** Lets everything happen that waits for nothing. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const columnsOf = (readings: readonly Reading[]): readonly (readonly number[])[] => readings.map(({ columns }) => columns);

describe("A filter that is typed", () => {
  it("has the column it names read before it has a value, so that the value is looked up at once", async () => {
    const { capture, readings } = await open();
    capture.filters.typing("http.host ==");
    await settled();
    assert.deepEqual(columnsOf(readings), [[HOST]]);
    capture.filters.typing('http.host == "b.exam');
    readings[0].goOn();
    await settled();
    assert.deepEqual(await capture.checkFilter('http.host == "b.example"'), { kind: "valid", packets: 1 });
    assert.equal(readings.length, 1);
  });

  it("waits for what is being read for the text before it, and is told how far that has come", async () => {
    const { capture, readings } = await open();
    capture.filters.typing("http.host ==");
    await settled();
    const told: number[] = [];
    const check = capture.checkFilter("http.host", { onProgress: ({ rows }) => told.push(rows) });
    const stale = capture.checkFilter("http.host || tcp", { onProgress: () => told.push(-1), isWanted: () => false });
    const rejected = assert.rejects(stale, { code: "superseded" });
    await settled();
    readings[0].tell(7);
    readings[0].goOn();
    assert.deepEqual(await check, { kind: "valid", packets: 2 });
    await rejected;
    assert.deepEqual(told, [7]);
    assert.equal(readings.length, 1);
  });

  it("lets a column be read on for which nobody waits any more, as long as it names it, and whoever waited is told so", async () => {
    const { capture, readings } = await open();
    let isWanted = true;
    const first = capture.checkFilter("http.host", { isWanted: () => isWanted });
    await settled();
    capture.filters.typing("http.host && ");
    isWanted = false;
    readings[0].goOn();
    await assert.rejects(first, { code: "superseded" });
    assert.deepEqual(await capture.checkFilter("http.host"), { kind: "valid", packets: 2 });
    assert.equal(readings.length, 1);
  });

  it("ends reading what it names no more, unless somebody waits for it", async () => {
    const { capture, readings } = await open();
    capture.filters.typing("http.host ==");
    await settled();
    capture.filters.typing("dns.qry.name ==");
    readings[0].goOn();
    await settled();
    readings[1].goOn();
    assert.deepEqual(await capture.checkFilter("dns.qry.name"), { kind: "valid", packets: 1 });
    assert.deepEqual(columnsOf(readings), [[HOST], [NAME]]);
    capture.filters.typing("http.host ==");
    await settled();
    const check = capture.checkFilter("http.host");
    capture.filters.typing("");
    await settled();
    readings[2].goOn();
    assert.deepEqual(await check, { kind: "valid", packets: 2 });
    assert.deepEqual(columnsOf(readings), [[HOST], [NAME], [HOST]]);
  });

  it("has nothing read for what is no field, a field that is in memory, or a text too long to be one", async () => {
    const { capture, readings } = await open();
    for (const text of ["http.ho ==", "tcp.seq ==", '"http.host" ==', `http.host == "${"x".repeat(70_000)}`, ""])
      capture.filters.typing(text);
    await settled();
    assert.equal(readings.length, 0);
  });

  it("makes no room for what it names, unlike one that is applied; a column that would not fit drops none either", async () => {
    const { capture, readings } = await open();
    const check = async (text: string): Promise<FilterCheck> => {
      const before = readings.length;
      const checked = capture.checkFilter(text);
      checked.catch(() => undefined);
      await settled();
      readings[before]?.goOn();
      return checked;
    };
    capture.filters.means = { ...capture.filters.means!, memoryLimitBytes: await roomForOne() };
    assert.deepEqual(await check("http.host"), { kind: "valid", packets: 2 });
    capture.filters.typing("dns.qry.name ==");
    await settled();
    assert.deepEqual([...capture.filters.fields.loaded.keys()], [HOST]);
    await assert.rejects(check("dns.qry.name || http.host"), { code: "tooLarge" });
    assert.deepEqual([...capture.filters.fields.loaded.keys()], [HOST]);
    assert.deepEqual(await check("dns.qry.name"), { kind: "valid", packets: 1 });
    assert.deepEqual([...capture.filters.fields.loaded.keys()], [NAME]);
  });

  it("counts the texts of a column, too: those that would not fit are not kept, and drop none", async () => {
    const { capture, readings } = await open(
      `tcp.seq,http.host,http.cookie\n${Array.from({ length: ROWS }, (_, i) => `1,a.example,${"x".repeat(99)}${String(i)}\n`).join("")}`,
    );
    const room = await roomForOne();
    // Codes of both, and few texts.
    capture.filters.means = { ...capture.filters.means!, memoryLimitBytes: room + 50_000 };
    const check = (text: string): Promise<FilterCheck> => {
      const checked = capture.checkFilter(text);
      checked.catch(() => undefined);
      return settled().then(() => (readings.at(-1)?.goOn(), checked));
    };
    assert.deepEqual(await check("http.host"), { kind: "valid", packets: ROWS });
    await assert.rejects(check("http.cookie"), { code: "tooLarge" });
    assert.deepEqual([...capture.filters.fields.loaded.keys()], [HOST]);
    capture.filters.means = { ...capture.filters.means, memoryLimitBytes: room + 1_000_000 };
    assert.deepEqual(await check("http.cookie"), { kind: "valid", packets: ROWS });
  });

  it("keeps a column for whoever waited for it until its packets are found, whatever is read next", async () => {
    const { capture, readings } = await open();
    capture.filters.means = { ...capture.filters.means!, memoryLimitBytes: await roomForOne() };
    const checks = ["http.host", "dns.qry.name"].map((text) => capture.checkFilter(text));
    for (let i = 0; i < checks.length; i++) {
      await settled();
      readings[i].goOn();
    }
    assert.deepEqual(await Promise.all(checks), [
      { kind: "valid", packets: 2 },
      { kind: "valid", packets: 1 },
    ]);
  });
});
