import assert from "node:assert/strict";
import { PAGE_ITEMS, PageCache } from "../../../webview/pageCache";

/** A source whose answers come when they are told to. */
function start() {
  const asked: { from: number; answer: () => Promise<void>; fail: () => Promise<void> }[] = [];
  const events: string[] = [];
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  const cache = new PageCache<number>({
    getPage: (from, count) =>
      new Promise((resolve, reject) => {
        asked.push({
          from,
          answer: () => (resolve(Array.from({ length: count }, (_, i) => from + i)), settled()),
          fail: () => (reject(new Error("no")), settled()),
        });
      }),
    onPage: () => events.push("page"),
    onFailure: () => events.push("failure"),
  });
  return { cache, asked, events };
}

describe("PageCache", () => {
  it("asks for what is needed, a page at a time", async () => {
    const { cache, asked, events } = start();
    cache.want(PAGE_ITEMS - 5, PAGE_ITEMS + 5);
    assert.deepEqual(
      asked.map(({ from }) => from),
      [0],
    );
    assert.equal(cache.at(3), undefined);
    await asked[0].answer();
    assert.equal(cache.at(3), 3);
    assert.deepEqual(
      asked.map(({ from }) => from),
      [0, PAGE_ITEMS],
    );
    await asked[1].answer();
    assert.equal(cache.at(PAGE_ITEMS + 1), PAGE_ITEMS + 1);
    cache.want(0, 2 * PAGE_ITEMS);
    assert.equal(asked.length, 2);
    assert.deepEqual(events, ["page", "page"]);
  });

  it("leaves out what was scrolled past meanwhile", async () => {
    const { cache, asked } = start();
    cache.want(0, 10);
    for (let place = 1; place < 100; place++) cache.want(place * PAGE_ITEMS, place * PAGE_ITEMS + 10);
    await asked[0].answer();
    assert.deepEqual(
      asked.map(({ from }) => from),
      [0, 99 * PAGE_ITEMS],
    );
  });

  it("forgets late answers to what was asked before", async () => {
    const { cache, asked, events } = start();
    cache.want(0, 10);
    cache.clear();
    cache.want(0, 10);
    await asked[0].answer();
    assert.equal(cache.at(0), undefined);
    await asked[1].answer();
    assert.equal(cache.at(0), 0);
    assert.deepEqual(events, ["page"]);
  });

  it("keeps no more pages than it needs", async () => {
    const { cache, asked } = start();
    for (let page = 0; page < 60; page++) {
      cache.want(page * PAGE_ITEMS, page * PAGE_ITEMS + 1);
      await asked[page].answer();
    }
    assert.equal(cache.at(0), undefined);
    assert.equal(cache.at(59 * PAGE_ITEMS), 59 * PAGE_ITEMS);
  });

  it("tells of a failure, and asks again when it is wanted again", async () => {
    const { cache, asked, events } = start();
    cache.want(0, 10);
    await asked[0].fail();
    assert.deepEqual(events, ["failure"]);
    cache.want(0, 10);
    await asked[1].answer();
    assert.equal(cache.at(9), 9);
  });
});
