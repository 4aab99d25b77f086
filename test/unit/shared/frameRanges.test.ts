import assert from "node:assert/strict";
import { frameFilters, rangesOf } from "../../../src/shared/frameRanges";

describe("Wireshark filters for frames", () => {
  it("join what follows on each other, with the commas that Wireshark 4 demands", () => {
    const frames = Uint32Array.of(3, 4, 5, 9, 12, 13);
    assert.deepEqual(rangesOf(frames), [
      [3, 5],
      [9, 9],
      [12, 13],
    ]);
    assert.deepEqual(frameFilters(frames, 5), [{ filter: "tcp.stream eq 5 && frame.number in {3..5, 9, 12..13}", frames: 6 }]);
    assert.deepEqual(frameFilters(Uint32Array.of(7), null), [{ filter: "frame.number in {7}", frames: 1 }]);
  });

  it("are several where one would be too long, and lose no frame", () => {
    const frames = Uint32Array.from({ length: 5000 }, (_, i) => 1_000_000 + i * 2);
    const filters = frameFilters(frames, 0, 1000);
    assert.ok(filters.length > 40);
    for (const { filter } of filters) assert.ok(filter.length <= 1000 && filter.startsWith("tcp.stream eq 0 && frame.number in {"), filter);
    const named = filters.flatMap(({ filter }) => (/\{(.+)\}/.exec(filter)?.[1] ?? "").split(", ").map(Number));
    assert.deepEqual(named, [...frames]);
    assert.equal(
      filters.reduce((sum, each) => sum + each.frames, 0),
      frames.length,
    );
  });

  it("are none for no frames, and one even where a single range is too long", () => {
    assert.deepEqual(frameFilters(new Uint32Array(0), null), []);
    assert.equal(frameFilters(Uint32Array.of(1, 3), null, 5).length, 2);
  });
});
