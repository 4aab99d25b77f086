/** What AssemblyScript cannot import from TypeScript is written in both: bit by bit, they have to be the same. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BARE_HEADER } from "../../../src/engine/checksums";
import { Valid } from "../../../src/engine/columns";
import { ConnectionBit, ConnectionKind } from "../../../src/engine/connections";
import { Trait } from "../../../src/engine/headerTraits";
import { UNKNOWN_WINDOW } from "../../../src/engine/packetBatch";
import { SegmentLabel } from "../../../src/engine/segmentLabels";
import { TcpFlag } from "../../../src/engine/tcpFlags";
import { ROOT } from "../../support/capture";

const SOURCE = readFileSync(join(ROOT, "src", "engine", "follow", "assembly", "follower.ts"), "utf8");

/** `const NAME: type = 1 << 3;` or a plain number. */
const constants = new Map(
  [...SOURCE.matchAll(/^const ([A-Z_]+): \w+ = (?:(\d+) << (\d+)|(0x[\da-f]+|\d+));/gm)].map(([, name, base, shift, plain]) => [
    name,
    plain === undefined ? Number(base) << Number(shift) : Number(plain),
  ]),
);
const asConstant = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

/** Each of them, by its name there. */
function assertSame(values: Readonly<Record<string, number>>, prefix = ""): void {
  for (const [name, value] of Object.entries(values))
    assert.equal(constants.get(prefix + asConstant(name)), value, `${prefix}${asConstant(name)} is not ${name}`);
}

describe("the follower's numbers are those of the engine", () => {
  it("labels", () => assertSame(SegmentLabel));
  it("flags", () => assertSame(TcpFlag));
  it("kinds and bits of connections", () => {
    assertSame(ConnectionKind, "KIND_");
    assertSame(ConnectionBit, "BIT_");
  });
  it("what a packet has", () => {
    const { seq, len, ack, flags, window } = Valid;
    assertSame({ seq, len, ack, flags, window }, "VALID_");
    assertSame({ ttl: Trait.ttl, bare: Trait.bare }, "TRAIT_");
    assertSame({ bareHeader: BARE_HEADER, unknownWindow: UNKNOWN_WINDOW });
  });
});
