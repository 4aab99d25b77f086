import assert from "node:assert/strict";
import { seqAdd, seqDiff, seqGeq, seqGt, seqLeq, seqLt } from "../../../src/engine/seq";

const LAST = 0xffffffff;
const HALF = 0x80000000;

describe("sequence numbers", () => {
  it("are as far apart as the shorter way round", () => {
    assert.equal(seqDiff(5, 3), 2);
    assert.equal(seqDiff(3, 5), -2);
    assert.equal(seqDiff(1, LAST), 2);
    assert.equal(seqDiff(LAST, 1), -2);
    assert.equal(seqDiff(HALF - 1, 0), 0x7fffffff);
    assert.equal(seqDiff(HALF, 0), -HALF);
  });

  it("come before and after each other across the wrap", () => {
    for (const [before, after] of [
      [0, 1],
      [LAST, 0],
      [LAST - 10, 5],
      [HALF - 1, HALF],
    ]) {
      assert.ok(seqLt(before, after) && seqLeq(before, after) && seqGt(after, before) && seqGeq(after, before));
      assert.ok(!seqLt(after, before) && !seqLeq(after, before) && !seqGt(before, after) && !seqGeq(before, after));
    }
  });

  it("are neither before nor after themselves", () => {
    for (const each of [0, 1, HALF, LAST]) assert.ok(!seqLt(each, each) && !seqGt(each, each) && seqLeq(each, each) && seqGeq(each, each));
  });

  it("stay within 32 bits when something is added", () => {
    assert.equal(seqAdd(LAST, 1), 0);
    assert.equal(seqAdd(0, -1), LAST);
    assert.equal(seqAdd(LAST - 1, 1448), 1446);
    assert.equal(seqAdd(HALF, HALF), 0);
  });
});
