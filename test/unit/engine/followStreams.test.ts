import assert from "node:assert/strict";
import type { PacketColumns } from "../../../src/engine/columns";
import { followStreams, type FollowedStreams } from "../../../src/engine/followStreams";
import { MODULES } from "../../support/modules";
import { columnsOf, orderOf, type Packet } from "../../support/packets";
import { randomOf } from "../../support/random";

/** All that following says, without objects. */
function said({ walk, labels, completeness, connections, overlaps, isMixed }: FollowedStreams): unknown {
  walk.listAll();
  const { kind, bits, row, ns, seconds, originatorBytes, responderBytes } = connections;
  const { count, earlier, later, isForgetful } = overlaps;
  return {
    rows: walk.rows,
    directions: walk.directions,
    labels,
    completeness,
    connections: { kind, bits, row, ns, seconds, originatorBytes, responderBytes },
    overlaps: { earlier: earlier.slice(0, count), later: later.slice(0, count), isForgetful },
    isMixed,
  };
}

function assertPartsDoNotMatter(columns: PacketColumns, parts: readonly number[]): void {
  const order = orderOf(columns);
  const whole = said(followStreams(MODULES, columns, order));
  for (const partPackets of parts)
    assert.deepEqual(said(followStreams(MODULES, columns, order, { partPackets })), whole, `${String(partPackets)} packets at a time`);
}

/** Streams of very different lengths, with resends, gaps, overlaps, resets, missing values and foreign headers, in random order. */
function randomPackets(count: number, seed: number): Packet[] {
  const random = randomOf(seed);
  const below = (end: number): number => Math.floor(random() * end);
  const base = 2 ** 32 - 300;
  const flags = ["A", "A", "A", "A", "PA", "S", "SA", "R", "RA", "FA", ""];
  const packets = Array.from({ length: count }, (_, i): Packet => {
    const stream = random() < 0.5 ? 0 : below(40);
    return {
      seq: (base + below(200 + i)) % 2 ** 32,
      ack: (base + below(200 + i)) % 2 ** 32,
      len: random() < 0.5 ? 0 : below(60),
      stream,
      from: random() < 0.5 ? "a" : "b",
      flags: flags[below(flags.length)],
      window: below(4) * 1000,
      time: random() < 0.02 ? null : i * 0.001 + below(3) * 0.01,
      frame: i + 1,
      ttl: below(50) === 0 ? 1 : 64,
    };
  });
  return packets.sort(() => random() - 0.5);
}

describe("following streams", () => {
  for (const seed of [1, 2, 3])
    it(`says the same whatever is looked at together, seed ${String(seed)}`, () => {
      assertPartsDoNotMatter(columnsOf(randomPackets(600, seed)), [1, 2, 7, 40, 299, 600]);
    });
});
