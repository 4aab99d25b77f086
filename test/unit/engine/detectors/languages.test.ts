/** What detectors say in other languages than English, on the captures of test/fixtures/attacks. */
import assert from "node:assert/strict";
import { join } from "node:path";
import * as l10n from "@vscode/l10n";
import { findSentences, LANGUAGES, readBundle } from "../../../../scripts/lib/l10n.mjs";
import { describeDetector } from "../../../../src/engine/detectors/describe";
import { DETECTORS } from "../../../../src/engine/detectors/index";
import type { DetectorDescription, FindingsReport } from "../../../../src/shared/findings";
import { ATTACK_FIXTURES, readTruth } from "../../../support/attacks";
import { findIn } from "../../../support/findIn";

/** Words of English sentences that none of our other languages has. */
const ENGLISH = /\b(?:the|of|with|from|are|were|is|and|that|this|which|by|each|its|their|packets|numbers)\b/i;
/** Captures in which every detector speaks. */
const SPOKEN = ["scan-syn", "scan-xmas", "flood-many-sources", "flood-constant-isn", "reset-storm-hit", "inject-foreign-ttl", "rough-loss"];
const SPOKEN_SAMPLED = ["cut-frames-dropped", "cut-one-side-scan"];

/** All that a run says to people. */
const saidIn = ({ findings, caveats, notRun }: FindingsReport): string[] => [
  ...findings.flatMap(({ title, explanation }) => [title, explanation]),
  ...caveats,
  ...notRun.map(({ reason }) => reason),
];

/** Sources are left out: they name English books. */
const saidOf = ({ title, thresholds, innocentCauses }: DetectorDescription): string[] => [
  title,
  ...thresholds.flatMap(({ unit, meaning }) => [unit, meaning]),
  ...innocentCauses,
];

const readReport = async (name: string): Promise<FindingsReport> => (await findIn(join(ATTACK_FIXTURES, `${name}.csv`), "high")).report;

/** What is left of a text when every translated sentence in it is taken out, innermost first. */
function untranslated(text: string): string {
  const rest = text.replace(/⟦[^⟦⟧]*⟧/g, "");
  return rest === text ? text.trim() : untranslated(rest);
}

describe("what detectors say", function () {
  this.timeout(60_000);
  afterEach(() => l10n.config({ contents: {} }));

  it("is a translated sentence, all of it", async () => {
    l10n.config({ contents: Object.fromEntries(findSentences().map((sentence) => [sentence, `⟦${sentence}⟧`])) });
    const said = DETECTORS.flatMap((detector) => saidOf(describeDetector(detector)));
    for (const name of Object.keys(readTruth())) said.push(...saidIn(await readReport(name)));
    const left = said.map(untranslated).filter((text) => text !== "" && text !== "s");
    assert.deepEqual(left, []);
  });

  for (const language of LANGUAGES)
    it(`${language}: has no English left`, async () => {
      l10n.config({ contents: readBundle("source", language) });
      const said = DETECTORS.flatMap((detector) => saidOf(describeDetector(detector)));
      const speakers = new Set<string>();
      for (const name of [...SPOKEN, ...SPOKEN_SAMPLED]) {
        const report = await readReport(name);
        for (const { detector } of report.findings) speakers.add(detector);
        said.push(...saidIn(report));
      }
      assert.equal(speakers.size, DETECTORS.length);
      assert.deepEqual(
        said.filter((text) => ENGLISH.test(text) || /\{\d/.test(text)),
        [],
      );
    });

  it("de: has its numbers where German has them", async () => {
    l10n.config({ contents: readBundle("source", "de") });
    const [, scan] = (await readReport("scan-syn")).findings;
    assert.equal(scan?.title, "10.20.0.66 fragte 123 Ports auf 10.20.0.10 in 0.002 s mit Paketen der Art SYN an: 120 abgewiesen, 3 offen");
    const flood = (await readReport("flood-constant-isn")).findings.find(({ detector }) => detector === "syn-flood");
    assert.equal(flood?.title, "250 Handshakes mit 10.20.0.10:80 wurden nie abgeschlossen: SYNs von 10.66.7.7 in 0.931 s");
    assert.match(
      flood.explanation,
      / 97 wurden mit SYN-ACK beantwortet, 0 wurden erneut gesendet; in derselben Zeit wurden 0 andere Handshakes abgeschlossen \(0 %\) und 0 abgewiesen\. Sie tragen alle dieselbe Anfangsnummer;/,
    );
  });

  it("is English without translations, and a single thing is no plural", async () => {
    const titles = (await readReport("scan-syn")).findings.map(({ title }) => title);
    assert.ok(titles.includes("1 sequence number stands out (0): the handshake explains it"), titles.join("\n"));
  });
});
