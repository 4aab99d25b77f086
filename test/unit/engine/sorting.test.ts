/** Grouping by number, ranking and the order of packets by stream, against sorting that anybody can see is right. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { PacketColumns, Valid } from "../../../src/engine/columns";
import { SequenceIndex } from "../../../src/engine/frequency";
import { countBuckets, countKeys, divideBuckets, type Segment } from "../../../src/engine/rowGroups";
import { groupAll, groupRange } from "../../../src/engine/sort/numberSorter";
import { MODULES } from "../../support/modules";
import { ALL_STREAMS, divideStreams, orderRange, StreamOrder } from "../../../src/engine/streamOrder";

interface Row {
  readonly seq: number | null;
  readonly stream: number | null;
  readonly src: number;
  readonly srcPort: number | null;
  /** Seconds and nanoseconds. */
  readonly time: readonly [number, number] | null;
}

/** Numbers of all sizes, many of them alike. */
const someNumber = fc.oneof(fc.nat(3), fc.nat(40), fc.constantFrom(0xffffffff, 0xfffffffe, 2 ** 31, 2 ** 22 + 1), fc.nat(0xffffffff));
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 8 });
const rowsOf = (spanSeconds: number): fc.Arbitrary<Row[]> =>
  fc.array(
    fc.record({
      seq: maybe(someNumber),
      stream: maybe(someNumber),
      src: fc.nat(2),
      srcPort: maybe(fc.nat(1)),
      time: maybe(fc.tuple(fc.oneof(fc.nat(2), fc.nat(spanSeconds)), fc.oneof(fc.nat(2), fc.constant(999_999_999)))),
    }),
    { maxLength: 120 },
  );

/** The rows in columns, in segments whose places are not in the order of the file; `rowAt`: the place of every row of the file. */
function place(rows: readonly Row[], cuts: readonly number[]): { columns: PacketColumns; segments: Segment[]; rowAt: number[] } {
  const columns = new PacketColumns();
  columns.reserve(rows.length);
  columns.rows = rows.length;
  const bounds = [0, ...cuts.map((cut) => Math.floor(cut * rows.length)).sort((a, b) => a - b), rows.length];
  const parts = bounds.slice(1).map((end, i) => rows.slice(bounds[i], end));
  // The last part of the file comes first in memory.
  let first = rows.length;
  const rowAt: number[] = [];
  const segments = parts.map((part) => {
    first -= part.length;
    part.forEach(({ seq, stream, src, srcPort, time }, i) => {
      const row = first + i;
      rowAt.push(row);
      columns.seq[row] = seq ?? 7;
      columns.stream[row] = stream ?? 7;
      columns.src[row] = src;
      columns.srcPort[row] = srcPort ?? 7;
      [columns.seconds[row], columns.nanos[row]] = time ?? [7, 7];
      columns.valid[row] =
        (seq === null ? 0 : Valid.seq) |
        (stream === null ? 0 : Valid.stream) |
        (srcPort === null ? 0 : Valid.srcPort) |
        (time === null ? 0 : Valid.time);
    });
    return { first, rows: part.length };
  });
  return { columns, segments, rowAt };
}

/** What rows[starts[i], starts[i + 1]) says, by value. */
const groups = ({ values, starts, rows }: { values: Uint32Array; starts: Uint32Array; rows: Uint32Array }): [number, number[]][] =>
  Array.from(values, (value, i) => [value, Array.from(rows.subarray(starts[i], starts[i + 1]))]);

function groupsBy(rows: readonly Row[], key: "seq" | "stream"): Map<number, number[]> {
  const map = new Map<number, number[]>();
  rows.forEach((row, at) => {
    const value = row[key];
    if (value !== null) map.set(value, [...(map.get(value) ?? []), at]);
  });
  return new Map([...map].sort((a, b) => a[0] - b[0]));
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 });
const threads = fc.integer({ min: 1, max: 4 });

describe("rows of a capture", function () {
  this.timeout(30_000);
  it("are grouped and ranked by number as sorting does, by any number of threads", () => {
    fc.assert(
      fc.property(rowsOf(10), cuts, threads, (rows, cutAt, parts) => {
        const { columns, segments, rowAt } = place(rows, cutAt);
        const target = new Uint32Array(countKeys(columns, "seq"));
        const counts = countBuckets(columns, 0, columns.rows);
        const index = new SequenceIndex(
          segments,
          target,
          divideBuckets(counts, parts).map((range) => groupRange(MODULES.sorter, columns, segments, counts, range, target)),
        );
        const wanted = groupsBy(rows, "seq");
        assert.deepEqual(
          groups(index),
          [...wanted].map(([value, list]) => [value, list.map((at) => rowAt[at])]),
        );
        const ranked = [...wanted].sort((a, b) => b[1].length - a[1].length || a[1][0] - b[1][0]);
        const page = (from: number, count: number): unknown => index.list("count", from, count).map(({ seq, count: n }) => [seq, n]);
        const expected = ranked.map(([seq, { length }]) => [seq, length]);
        const last = Math.max(0, expected.length - 2);
        assert.deepEqual(page(last, 2), expected.slice(last));
        assert.deepEqual(page(1, 3), expected.slice(1, 4));
        assert.deepEqual(page(0, expected.length), expected);
      }),
      { numRuns: 500 },
    );
  });

  it("are grouped where numbers differ in one bit alone, of any size", () => {
    for (let bit = 1; bit < 32; bit++)
      for (let lower = 0; lower < bit; lower++) {
        const numbers = [2 ** bit + 2 ** lower, 2 ** bit, 2 ** bit + 2 ** lower];
        const rows = numbers.map((seq) => ({ seq, stream: null, src: 0, srcPort: null, time: null }));
        const { columns, segments, rowAt } = place(rows, [0.5]);
        const target = new Uint32Array(rows.length);
        assert.deepEqual(
          groups(new SequenceIndex(segments, target, groupAll(MODULES.sorter, columns, segments, target))),
          [...groupsBy(rows, "seq")].map(([value, list]) => [value, list.map((at) => rowAt[at])]),
        );
      }
  });

  for (const [what, span, from, isNarrow] of [
    ["of seconds", 10, 0, false],
    ["of seconds, in narrow columns", 10, 1_700_000_000, true],
    ["of years", 400 * 86400, 0, false],
    ["of years, in narrow columns", 400 * 86400, 0, true],
    ["around 1970", 400 * 86400, -200 * 86400, false],
    ["behind 2106", 10, 2 ** 33, false],
  ] as const)
    it(`are ordered by stream, direction and time as sorting does: times ${what}`, () => {
      fc.assert(
        fc.property(rowsOf(span), cuts, threads, (drawn, cutAt, parts) => {
          const rows = drawn.map((row) => ({ ...row, time: row.time && ([row.time[0] + from, row.time[1]] as const) }));
          const { columns, segments, rowAt } = place(rows, cutAt);
          if (isNarrow) columns.seconds = Uint32Array.from(columns.seconds);
          const target = new Uint32Array(countKeys(columns, "stream"));
          const ranges = divideStreams(columns, parts);
          const order = new StreamOrder(
            target,
            ranges.map((range) => orderRange(MODULES.sorter, columns, segments, range, target)),
            segments,
          );
          const turns: number[] = [];
          let before = 0;
          const wanted = [...groupsBy(rows, "stream")].map(([stream, list]) => {
            const endpointOf = (at: number): string => `${String(rows[at].src)} ${String(rows[at].srcPort ?? 0)}`;
            const own = list.filter((at) => endpointOf(at) === endpointOf(list[0]));
            const other = list.filter((at) => !own.includes(at));
            turns.push(before + own.length);
            before += list.length;
            const byTime = (a: number, b: number): number => {
              const [left, right] = [rows[a].time, rows[b].time];
              if (!left || !right) return (left ? 0 : 1) - (right ? 0 : 1) || a - b;
              return left[0] - right[0] || left[1] - right[1] || a - b;
            };
            return [stream, [...own.sort(byTime), ...other.sort(byTime)].map((at) => rowAt[at])];
          });
          assert.deepEqual(groups({ values: order.streams, starts: order.starts, rows: order.rows }), wanted);
          assert.deepEqual(Array.from(order.turns), turns);
        }),
        { numRuns: 300 },
      );
    });

  for (const [name, timeOf] of [
    ["spread evenly", fc.tuple(fc.nat(5000), fc.nat(999_999_999))],
    ["that are often the same", fc.tuple(fc.nat(20), fc.constantFrom(0, 1))],
    ["within a millisecond, but for one", fc.tuple(fc.constant(7), fc.nat(1_000_000))],
    ["all the same", fc.constant([7, 7] as const)],
    ["of many years", fc.tuple(fc.nat(1e9), fc.constantFrom(0, 999_999_999))],
  ] as const) {
    it(`are in order in streams of thousands of packets with times ${name}`, () => {
      const someTime = fc.option<readonly [number, number]>(timeOf, { freq: 50 });
      const times = fc.sample(someTime, { numRuns: 6000, seed: 1 });
      // One by itself, long after the others.
      times[4321] = [8 + 86_400, 0];
      const streamOf = (at: number): number => (at % 7 === 0 ? 5 : 6);
      const rows = times.map((time, at) => ({ seq: at, stream: streamOf(at), src: at % 3 === 0 ? 1 : 2, srcPort: 80, time }));
      const { columns, segments, rowAt } = place(rows, [0.3, 0.301]);
      const target = new Uint32Array(rows.length);
      const { values, starts, turns } = orderRange(MODULES.sorter, columns, segments, ALL_STREAMS, target);
      assert.deepEqual([...values], [5, 6]);
      const byTime = (a: number, b: number): number => {
        const [left, right] = [times[a], times[b]];
        if (!left || !right) return (left ? 0 : 1) - (right ? 0 : 1) || a - b;
        return left[0] - right[0] || left[1] - right[1] || a - b;
      };
      const places = rows.map((_, at) => at);
      const wanted = [5, 6].flatMap((stream) => {
        const own = places.filter((at) => streamOf(at) === stream);
        const side = (isFirst: boolean): number[] => own.filter((at) => (rows[at].src === rows[own[0]].src) === isFirst).sort(byTime);
        return [side(true), side(false)];
      });
      assert.deepEqual([starts[0], turns[0], starts[1], turns[1]], [0, ...[1, 2, 3].map((n) => wanted.slice(0, n).flat().length)]);
      assert.deepEqual(
        [...target],
        wanted.flat().map((at) => rowAt[at]),
      );
    });
  }

  it("are in order where streams lie far apart, or are more than are sorted at a time", () => {
    for (const [count, step] of [
      [1000, 4_000_000],
      [700_000, 1],
      [200_000, 4],
    ]) {
      const columns = new PacketColumns();
      columns.reserve(count);
      columns.rows = count;
      for (let row = 0; row < count; row++) {
        columns.valid[row] = Valid.stream;
        columns.stream[row] = ((row * 7919) % count) * step;
      }
      const order = new Uint32Array(count);
      const { values, starts } = orderRange(MODULES.sorter, columns, [{ first: 0, rows: count }], ALL_STREAMS, order);
      assert.ok(values.length === count && values.every((value, i) => value === i * step && starts[i] === i));
      assert.ok(order.every((row, i) => columns.stream[row] === i * step));
    }
  });

  it("are in order where they are more than are sorted at a time", () => {
    // Three numbers, three streams; more of each than a part or a batch holds.
    const count = 1_700_000;
    const columns = new PacketColumns();
    columns.reserve(count);
    columns.rows = count;
    for (let row = 0; row < count; row++) {
      columns.valid[row] = Valid.seq | Valid.stream | Valid.time;
      columns.seq[row] = row % 3 === 0 ? 0xffffffff : row % 5;
      columns.stream[row] = row % 3;
      columns.seconds[row] = (row * 7919) % 1000;
    }
    const segments = [{ first: 0, rows: count }];
    const rows = new Uint32Array(count);
    const index = new SequenceIndex(segments, rows, groupAll(MODULES.sorter, columns, segments, rows));
    assert.deepEqual([...index.values], [0, 1, 2, 3, 4, 0xffffffff]);
    index.values.forEach((value) => {
      const own = index.rowsOf(value);
      assert.ok(own.every((row, i) => columns.seq[row] === value && (i === 0 || own[i - 1] < row)));
    });
    assert.equal(rows.length, count);
    const order = new Uint32Array(count);
    const { values, starts } = orderRange(MODULES.sorter, columns, segments, ALL_STREAMS, order);
    assert.deepEqual([...values], [0, 1, 2]);
    assert.deepEqual([...starts], [0, 566_667, 1_133_334]);
    const { stream, seconds } = columns;
    assert.ok(
      order.every((row, i) => {
        if (i === 0) return true;
        const before = order[i - 1];
        return stream[before] - stream[row] < 0 || (stream[before] === stream[row] && (seconds[before] - seconds[row] || before - row) < 0);
      }),
    );
  });
});
