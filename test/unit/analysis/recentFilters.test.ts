import assert from "node:assert/strict";
import { MOST_RECENT, RecentFilters } from "../../../src/analysis/recentFilters";

/** Keeps what it is given, as the editor does. */
function makeMemento(values = new Map<string, unknown>()) {
  return {
    values,
    get: <T>(name: string): T | undefined => values.get(name) as T | undefined,
    update: (name: string, value: unknown): Promise<void> => {
      if (value === undefined) values.delete(name);
      else values.set(name, value);
      return Promise.resolve();
    },
  };
}

describe("RecentFilters", () => {
  it("lists each filter once, the last one first", async () => {
    const recent = new RecentFilters(makeMemento());
    for (const filter of ["tcp", "tcp.len > 0", "tcp"]) await recent.add(filter);
    assert.deepEqual(recent.list(), ["tcp", "tcp.len > 0"]);
  });

  it("remembers the last twenty, also for the next window", async () => {
    const { values, ...memento } = makeMemento();
    const recent = new RecentFilters(memento);
    for (let i = 0; i < 25; i++) await recent.add(`tcp.len == ${i}`);
    const listed = new RecentFilters(makeMemento(values)).list();
    assert.equal(listed.length, MOST_RECENT);
    assert.deepEqual([listed[0], listed.at(-1)], ["tcp.len == 24", "tcp.len == 5"]);
  });

  it("forgets them all", async () => {
    const recent = new RecentFilters(makeMemento());
    await recent.add("tcp");
    await recent.clear();
    assert.deepEqual(recent.list(), []);
  });

  it("leaves out what is no filter, whoever stored it", () => {
    for (const stored of [null, "tcp", 7, { 0: "tcp" }]) {
      assert.deepEqual(new RecentFilters(makeMemento(new Map([["tcpSeq.recentFilters", stored]]))).list(), []);
    }
    const mixed = new Map<string, unknown>([["tcpSeq.recentFilters", ["tcp", 7, "", null, "udp"]]]);
    assert.deepEqual(new RecentFilters(makeMemento(mixed)).list(), ["tcp", "udp"]);
  });
});
