/** The registry and docs/DETECTORS.md: one section per detector, with every threshold and what it is at each sensitivity. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DETECTORS } from "../../../../src/engine/detectors";
import { DETECTOR_IDS, SENSITIVITIES } from "../../../../src/shared/findings";
import { ROOT } from "../../../support/capture";

const sections = new Map(
  readFileSync(join(ROOT, "docs", "DETECTORS.md"), "utf8")
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.split("\n")[0], section]),
);

describe("the registry of detectors", () => {
  it("holds the six questions, each once, in their order", () => {
    assert.deepEqual(
      DETECTORS.map(({ id }) => id),
      DETECTOR_IDS,
    );
  });

  for (const { id, title, thresholds, innocentCauses, needs } of DETECTORS) {
    it(`documents ${id}: ${title}`, () => {
      const section = sections.get(title);
      assert.ok(section, `docs/DETECTORS.md has no section "${title}"`);
      for (const { name, unit, meaning, values, source } of thresholds) {
        assert.ok(section.includes(`\`${name}\``), `${name} is not in its section`);
        const rows = section.split("\n").filter((line) => /^\| `([^`]+)`/.exec(line)?.[1] === name);
        const cells = rows.map((row) => row.split("|").map((cell) => cell.trim().replaceAll(",", "")));
        assert.ok(
          cells.some((row) => SENSITIVITIES.every((sensitivity) => row.includes(String(values[sensitivity])))),
          `${name} is in no table with ${SENSITIVITIES.map((sensitivity) => String(values[sensitivity])).join(", ")}`,
        );
        for (const text of [unit, meaning, source]) assert.notEqual(text, "");
      }
      assert.ok(innocentCauses.length > 0);
      for (const { tshark } of needs) assert.match(tshark, /^-e \S+/);
    });
  }
});
