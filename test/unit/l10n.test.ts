import assert from "node:assert/strict";
import { bundleFile, findSentences, LANGUAGES, problemsOf, readBundle, sentencesOf } from "../../scripts/lib/l10n.mjs";
import * as l10n from "../../webview/l10n";

describe("translations", function () {
  this.timeout(60_000);
  const sentences = findSentences();
  const english = { manifest: readBundle("manifest"), source: Object.fromEntries(sentences.map((sentence) => [sentence, sentence])) };

  it("are asked for what detectors and filters say, too", () => {
    for (const sentence of ["Port scans", "{0} whose sender goes on", "The file lacks columns that this question needs: {0}.", "protocol"])
      assert.ok(sentences.includes(sentence), sentence);
  });

  it("the English bundle has exactly the sentences of the source", () => {
    assert.deepEqual(Object.keys(readBundle("source")), sentences, "Run npm run l10n.");
  });

  for (const language of LANGUAGES) {
    for (const kind of ["manifest", "source"] as const) {
      it(`${language}: every sentence of the ${kind} is translated, with the same placeholders, links and code, and none is left over`, () => {
        assert.deepEqual(
          problemsOf(english[kind], readBundle(kind, language)),
          [],
          `Run npm run l10n, then fill ${bundleFile(kind, language)}.`,
        );
      });
    }

    it(`${language}: sentences are translated, not copied`, () => {
      const long = sentences.filter((sentence) => (sentence.match(/\p{L}{3,}/gu) ?? []).length > 3);
      const bundle = readBundle("source", language);
      const copied = long.filter((sentence) => bundle[sentence] === sentence);
      assert.ok(long.length > 100);
      assert.deepEqual(copied, []);
    });

    it(`${language}: the webview says them, with its numbers at their places`, () => {
      l10n.setBundle(readBundle("source", language));
      try {
        const bundle = readBundle("source", language);
        const sentence = "Packets {0} to {1} of {2}";
        const expected = (bundle[sentence] ?? "").replace("{0}", "7").replace("{1}", "8").replace("{2}", "9");
        assert.notEqual(expected, "");
        assert.equal(l10n.t(sentence, 7, 8, 9), expected);
      } finally {
        l10n.setBundle(null);
      }
    });
  }
});

describe("the search for sentences", () => {
  it("finds those of the host, of the webview and of the engine, written in one piece", () => {
    const text = 'vscode.l10n.t("a"); l10n.t(`b {0}`, 1); other.t("c"); t("d"); x.l10n.t("e");';
    assert.deepEqual(sentencesOf("some.ts", text), ["a", "b {0}", "e"]);
  });

  it("does not take what only looks like a sentence", () => {
    assert.deepEqual(sentencesOf("some.ts", '// l10n.t("a")\nconst b = "l10n.t(\'c\')";'), []);
  });

  it("says where a sentence is not written out", () => {
    assert.throws(() => sentencesOf("some.ts", '\nl10n.t("a" + b);'), /some\.ts:2: the sentence of l10n\.t must be written out/);
    assert.throws(() => sentencesOf("some.ts", "l10n.t(`a ${b}`);"), /must be written out/);
  });
});

describe("the check of a translation", () => {
  it("finds what is missing, left over, or says something else", () => {
    const english = { a: "a", "b {0}": "b {0}", c: "[c](command:d) `e`" };
    assert.deepEqual(problemsOf(english, { a: "A", "b {0}": "{0} B", c: "`e` [C](command:d)" }), []);
    assert.match(String(problemsOf(english, { "b {0}": "{0} B", c: "`e` [C](command:d)" })), /not translated: "a"/);
    assert.match(String(problemsOf({ a: "a" }, { a: "A", z: "Z" })), /not said any more: "z"/);
    for (const wrong of ["B", "B {1}", "B {0} {0}"])
      assert.match(String(problemsOf({ "b {0}": "b {0}" }, { "b {0}": wrong })), /other placeholders/);
    assert.match(String(problemsOf({ c: english.c }, { c: "[C](command:x) `e`" })), /other placeholders/);
    assert.match(String(problemsOf({ c: english.c }, { c: "[C](command:d) `f`" })), /other placeholders/);
  });
});
