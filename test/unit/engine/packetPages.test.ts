/** Pages of packets, against sorting that anybody can see is right. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { CaptureStore } from "../../../src/engine/captureStore";
import type { Findings } from "../../../src/engine/detectors/detect";
import { PacketPages } from "../../../src/engine/packetPages";
import { SegmentLabel } from "../../../src/engine/segmentLabels";
import { PACKET_COLUMNS, type PacketColumn, type PacketRow, type PacketSort } from "../../../src/shared/packets";
import { NO_FOCUS, packetsOfFinding, type PacketSelection } from "../../../src/shared/selection";
import { analyzeText } from "../../support/capture";
import { KERNEL, readFastFrom } from "../../support/fastReader";

const HEADER =
  "frame.number,frame.time_epoch,ip.src,tcp.srcport,ip.dst,tcp.stream,tcp.flags,tcp.seq,tcp.ack,tcp.len,tcp.window_size,frame.protocols,label";

type Cells = readonly (string | null)[];
const csvOf = (rows: readonly Cells[]): string => [HEADER, ...rows.map((row) => row.map((cell) => cell ?? "").join(",")), ""].join("\n");

const pick = (...values: (string | null)[]): fc.Arbitrary<string | null> => fc.constantFrom(...values);
const addresses = pick("10.0.0.9", "10.0.0.10", "9.0.0.1", "200.1.1.1", "fd00::1", "fd00::2", null);
/** Rows with many ties and many missing values. */
const someRows = (hasFrames: boolean): fc.Arbitrary<Cells[]> =>
  fc.array(
    fc.tuple(
      hasFrames ? fc.nat(30).map(String) : pick("1", "2", "3", null),
      pick("100.5", "100.25", "7.000000001", "7", "4000000000", null),
      addresses,
      pick("80", "443", "9", null),
      addresses,
      pick("0", "1", "4294967295", null),
      pick("0x002", "0x010", "0x018", null),
      pick("1", "1", "2", "4294967295", null),
      pick("0", "1", null),
      pick("0", "1460", "9", null),
      pick("65535", "8192", null),
      pick("eth:ip:tcp", "eth:ip:tcp:http", null),
      pick("benign", "Attack", null),
    ),
    { minLength: 1, maxLength: 40 },
  );

/** Findings as a run of the detectors leaves them: rows by id, and labels of all rows. */
const findingsOf = (rows: Readonly<Record<string, readonly number[]>>, labels: Uint16Array): Findings =>
  ({ labels, rowsOf: (id: string) => Uint32Array.from(rows[id] ?? []) }) as unknown as Findings;

function pagesOf(capture: CaptureStore): { pages: PacketPages; pauses: () => number } {
  let count = 0;
  const pages = new PacketPages(capture, () => {
    count++;
    return Promise.resolve();
  });
  return { pages, pauses: () => count };
}

const ALL: PacketSelection = { ...NO_FOCUS, seq: null, finding: null };
const listAll = async (pages: PacketPages, selection: PacketSelection, sort: PacketSort): Promise<readonly PacketRow[]> =>
  (await pages.list({ selection, sort, from: 0, count: 1000, showing: null })).packets;

/** Addresses of IPv4 by their numbers, before all others. */
const addressKey = (endpoint: string): string => {
  const ipv4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)/.exec(endpoint);
  return ipv4
    ? `0${ipv4
        .slice(1)
        .map((part) => part.padStart(3, "0"))
        .join("")}`
    : `1${endpoint.replace(/^\[|\]:\d+$/g, "")}`;
};
const portOf = (endpoint: string): number => Number(/(?:\]|^[\d.]+):(\d+)$/.exec(endpoint)?.[1] ?? 0);

/** What a column is sorted by, one after the other; null for a missing value. */
function keysOf(packet: PacketRow, column: PacketColumn): readonly (string | number)[] | null {
  switch (column) {
    case "time":
      return packet.time && [packet.time.seconds, packet.time.nanos];
    case "source":
    case "target": {
      const endpoint = packet[column];
      return endpoint === null ? null : [addressKey(endpoint), portOf(endpoint)];
    }
    case "analysis":
      return packet.analysis.length === 0 ? null : [packet.analysis.join(", ")];
    default: {
      const value = packet[column];
      return value === null ? null : [value];
    }
  }
}

const compare = (a: readonly (string | number)[], b: readonly (string | number)[]): number => {
  for (const [i, key] of a.entries()) if (key !== b[i]) return key < b[i] ? -1 : 1;
  return 0;
};

/** Stable; packets without a value last, whichever way. */
const sorted = (packets: readonly PacketRow[], column: PacketColumn, isDescending: boolean): PacketRow[] =>
  [...packets].sort((a, b) => {
    const [one, other] = [keysOf(a, column), keysOf(b, column)];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return isDescending ? compare(other, one) : compare(one, other);
  });

describe("PacketPages", function () {
  this.timeout(20_000);

  it("lists packets in the order of capture: by frame, else by time, ties as in the file", async () => {
    for (const hasFrames of [true, false])
      await fc.assert(
        fc.asyncProperty(someRows(hasFrames), async (rows) => {
          const { pages } = pagesOf(await analyzeText(csvOf(rows)));
          const packets = await listAll(pages, ALL, null);
          const inFile = [...packets].sort((a, b) => a.row - b.row);
          assert.equal(packets.length, rows.filter((row) => row[7] !== null).length);
          const isByFrame = packets.every(({ frame }) => frame !== null);
          assert.deepEqual(packets, sorted(inFile, isByFrame ? "frame" : "time", false));
        }),
        { numRuns: 40 },
      );
  });

  for (const column of PACKET_COLUMNS)
    it(`sorts by ${column} either way, ties in the order of capture, packets without a value last`, () =>
      fc.assert(
        fc.asyncProperty(someRows(false), fc.infiniteStream(fc.constantFrom(0, 0, 1, 8, 5, 1 << 13)), async (rows, bits) => {
          const capture = await analyzeText(csvOf(rows));
          const { pages } = pagesOf(capture);
          if (column === "analysis")
            pages.setFindings(
              findingsOf(
                {},
                Uint16Array.from({ length: capture.columns.rows }, () => Number(bits.next().value)),
              ),
            );
          const packets = await listAll(pages, ALL, null);
          for (const isDescending of [false, true])
            assert.deepEqual(await listAll(pages, ALL, { column, isDescending }), sorted(packets, column, isDescending));
        }),
        { numRuns: 40 },
      ));

  const rows: readonly Cells[] = Array.from({ length: 500 }, (_, i) => [
    ...[String(500 - i), `${1000 + (i % 50)}.5`, `10.0.${i % 7}.1`, "80", "10.0.0.2", String(i % 3)],
    ...["0x010", String(i % 5), "0", String(i % 11), "100", "eth:ip:tcp", i % 2 === 0 ? "x" : ""],
  ]);

  it("lists only what is in all parts of a selection", async () => {
    const { pages } = pagesOf(await analyzeText(csvOf(rows)));
    const all = await listAll(pages, ALL, null);
    pages.setFindings(findingsOf({ some: all.filter(({ frame }) => frame! % 4 === 0).map(({ place }) => place) }, new Uint16Array(500)));
    const range = { clock: "capture", fromSec: 1010, toSec: 1030 } as const;
    for (const seq of [null, 3])
      for (const finding of [null, "some", "none"])
        for (const within of [null, range]) {
          const expected = all.filter(
            (packet) =>
              (seq === null || packet.seq === seq) &&
              (finding === null || (finding === "some" && packet.frame! % 4 === 0)) &&
              (within === null || (packet.time!.seconds >= 1010 && packet.time!.seconds < 1030)),
          );
          const selection = { filter: "", range: within, seq, finding };
          assert.deepEqual(await listAll(pages, selection, null), expected);
          assert.deepEqual(await listAll(pages, selection, { column: "len", isDescending: true }), sorted(expected, "len", true));
          const { total, frames, rows: numbers } = await pages.places({ selection, most: null });
          assert.equal(total, expected.length);
          assert.deepEqual(frames, total === 0 ? null : Uint32Array.from(expected, ({ frame }) => frame!).sort());
          assert.deepEqual(numbers, Uint32Array.from(expected, ({ row }) => row).sort());
        }
  });

  it("gives any page, also behind the last packet, and the page around a packet", async () => {
    const { pages } = pagesOf(await analyzeText(csvOf(rows)));
    const sort = { column: "len", isDescending: false } as const;
    const all = await listAll(pages, ALL, sort);
    const page = await pages.list({ selection: ALL, sort, from: 490, count: 100, showing: null });
    assert.deepEqual([page.total, page.from, page.shown, page.packets], [500, 490, null, all.slice(490)]);
    const behind = await pages.list({ selection: ALL, sort, from: 4e9, count: 100, showing: null });
    assert.deepEqual([behind.total, behind.packets], [500, []]);
    for (const place of [0, 3, 250, 499]) {
      const around = await pages.list({ selection: ALL, sort, from: 0, count: 10, showing: all[place].row });
      assert.equal(around.shown, place);
      assert.deepEqual(around.packets[place - around.from], all[place]);
      assert.equal(around.packets.length, 10);
    }
    const missing = await pages.list({ selection: ALL, sort, from: 20, count: 10, showing: 501 });
    assert.deepEqual([missing.shown, missing.from], [null, 20]);
    assert.equal((await pages.list({ selection: ALL, sort, from: 0, count: 1e9, showing: null })).packets.length, 500);
  });

  it("has nothing of what is not there", async () => {
    const { pages } = pagesOf(await analyzeText(csvOf(rows)));
    for (const selection of [{ ...ALL, seq: 99 }, packetsOfFinding("x")]) {
      assert.deepEqual(await listAll(pages, selection, { column: "source", isDescending: true }), []);
      const places = { total: 0, frames: null, rows: new Uint32Array(0), stream: null };
      assert.deepEqual(await pages.places({ selection, most: null }), places);
    }
  });

  it("tells where so many packets stand at most, the first ones", async () => {
    const { pages } = pagesOf(await analyzeText(csvOf(rows)));
    const { total, frames } = await pages.places({ selection: ALL, most: 3 });
    assert.deepEqual([total, frames], [500, Uint32Array.of(1, 2, 3)]);
  });

  it("knows labels and findings from the last run of the detectors on", async () => {
    const capture = await analyzeText(csvOf(rows));
    const { pages } = pagesOf(capture);
    const sort = { column: "analysis", isDescending: false } as const;
    const before = await listAll(pages, ALL, sort);
    assert.deepEqual([before[0].frame, before[0].analysis], [1, []]);
    const last = before[499].place;
    const labels = new Uint16Array(500);
    labels[last] = SegmentLabel.outOfOrder | SegmentLabel.zeroWindowProbe;
    pages.setFindings(findingsOf({ f: [last] }, labels));
    const [first] = await listAll(pages, ALL, sort);
    assert.deepEqual([first.place, first.analysis], [last, ["out_of_order"]]);
    assert.deepEqual(
      (await listAll(pages, packetsOfFinding("f"), null)).map(({ place }) => place),
      [last],
    );
    pages.setFindings(findingsOf({ f: [] }, labels));
    assert.deepEqual(await listAll(pages, packetsOfFinding("f"), null), []);
  });

  /** More than are sorted at once, so that they are put into buckets first. */
  const openMany = async (): Promise<ReturnType<typeof pagesOf>> => {
    const many = Array.from({ length: 70_000 }, (_, i) => [
      String(i + 1),
      `${String((i * 7919) % 9973)}.${String(i % 10)}`,
      ...rows[0].slice(2),
    ]);
    return pagesOf(await analyzeText(csvOf(many), { kernel: KERNEL }));
  };

  it("has the latest packets before somebody asks, and still when the detectors have run", async () => {
    const { pages, pauses } = await openMany();
    await pages.headStart();
    const made = pauses();
    assert.ok(made > 3, String(made));
    pages.setFindings(findingsOf({}, new Uint16Array(70_000)));
    const latest = await listAll(pages, ALL, { column: "time", isDescending: true });
    assert.deepEqual(
      latest.slice(0, 2).map(({ time }) => time?.seconds),
      [9972, 9972],
    );
    assert.equal(pauses(), made);
  });

  it("makes a part of an order once, in steps", async () => {
    const { pages, pauses } = await openMany();
    const sort = { column: "time", isDescending: true } as const;
    const [one, other] = await Promise.all([listAll(pages, ALL, sort), listAll(pages, ALL, sort)]);
    assert.deepEqual(one, other);
    const made = pauses();
    assert.ok(made > 3, String(made));
    await listAll(pages, ALL, sort);
    assert.equal(pauses(), made);
  });

  it("has any page of many packets, all or some of them, in order or not", async () => {
    const range = { clock: "capture", fromSec: 1010, toSec: 1190 } as const;
    for (const [isInOrder, selection] of [
      [true, ALL],
      [false, ALL],
      [false, { ...ALL, range }],
    ] as const) {
      const many = Array.from({ length: 80_000 }, (_, i) => [
        ...[
          String(isInOrder ? i + 1 : ((i * 7919) % 80_021) + 1),
          `${1000 + Math.floor(i / 400)}.${i % 3}`,
          isInOrder ? "10.0.0.1" : `10.0.${i % 7}.1`,
          String(80 + (i % 9)),
          ...rows[i % 500].slice(4, 7),
        ],
        ...[i % 50 === 7 ? null : String(i % 5), String((i * 7919) % 80_021), i % 10 < 9 ? "0" : String(i % 1461)],
        ...[i % 37 === 0 ? "" : String(4_294_967_295 - (i % 90)), `eth:ip:tcp${i % 4 === 0 ? ":http" : ""}`, i % 3 === 0 ? "x" : ""],
      ]);
      // By chunks, seconds and codes of texts take half of their memory.
      const csv = csvOf(many);
      const capture = isInOrder ? await analyzeText(csv, { kernel: KERNEL }) : await readFastFrom(Buffer.from(csv));
      if (capture === "sequential") assert.fail();
      const { pages } = pagesOf(capture);
      const page = (sort: PacketSort, from: number, count: number, showing: number | null = null) =>
        pages.list({ selection, sort, from, count, showing });
      const all: PacketRow[] = [];
      for (let from = 0; all.length === from; from += 1000) all.push(...(await page(null, from, 1000)).packets);
      assert.equal(all.length, many.filter((cells, i) => cells[7] !== null && (selection === ALL || (i >= 4000 && i < 76_000))).length);
      assert.ok(all.every(({ frame }, i) => i === 0 || frame! > all[i - 1].frame!));
      // All of them as they lie in the file are gone through by the sorter, in every column; others are lists.
      const columns =
        selection === ALL && !isInOrder ? PACKET_COLUMNS.filter((each) => each !== "analysis") : (["time", "len", "source"] as const);
      for (const [column, isDescending] of columns.map((each, i) => [each, i % 2 === 0] as const)) {
        const sort = { column, isDescending };
        const expected = sorted(all, column, isDescending);
        for (const from of [all.length >>> 1, 0, all.length - 20, 1000])
          assert.deepEqual((await page(sort, from, 20)).packets, expected.slice(from, from + 20), `${column} ${from}`);
        assert.equal((await page(sort, 0, 20, all[777].row)).shown, expected.indexOf(all[777]));
      }
    }
  });

  it("says what it cannot do, and goes on", async () => {
    const { pages } = pagesOf(await analyzeText("frame.time,tcp.seq\n2023-06-04 11:23:00,1\n"));
    const range = { clock: "utc", fromSec: 0, toSec: 1 } as const;
    await assert.rejects(listAll(pages, { ...ALL, range }, null), { code: "zoneUnknown" });
    assert.equal((await listAll(pages, ALL, null)).length, 1);
  });
});
