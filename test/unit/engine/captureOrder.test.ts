import assert from "node:assert/strict";
import { endsByCapture, sortByCapture } from "../../../src/engine/captureOrder";
import { columnsOf, type Packet } from "../../support/packets";
import { randomOf } from "../../support/random";

describe("order of capture", () => {
  for (const seed of [1, 2, 3, 4])
    for (const lacks of ["nothing", "a frame number", "frame numbers and times"] as const)
      it(`has the same ends as when it is sorted, lacking ${lacks}, seed ${String(seed)}`, () => {
        const random = randomOf(seed);
        const packets = Array.from({ length: 200 }, (_, i): Packet => ({
          seq: i,
          // Few numbers, so that several packets share the first and the last one.
          frame: lacks === "nothing" || (lacks === "a frame number" && i !== 77) ? 1 + Math.floor(random() * 20) : null,
          time: lacks === "frame numbers and times" && random() < 0.1 ? null : Math.floor(random() * 20),
        }));
        const columns = columnsOf(packets);
        const rows = Uint32Array.from({ length: 150 }, (_, i) => (i * 7) % 200);
        const sorted = sortByCapture(columns, rows.slice());
        assert.deepEqual(endsByCapture(columns, rows), { first: sorted[0], last: sorted[149] });
      });
});
