import assert from "node:assert/strict";
import { codeCell, codeSpan, markdownText, oneLine } from "../../../src/views/plainText";

describe("text from a capture on one line", () => {
  it("has no control characters and no marks that turn the reading direction", () => {
    assert.equal(oneLine("a\r\nb\u0000c\u202ed\u2028e"), "a b c d e");
    assert.equal(oneLine("a\u200bb\ufeffc\u2060d"), "a b c d");
  });

  it("is cut by characters, not in the middle of one", () => {
    assert.equal(oneLine("x".repeat(80)).length, 80);
    assert.equal(oneLine("x".repeat(81)), `${"x".repeat(79)}…`);
    assert.equal(oneLine("😀".repeat(5), 3), "😀😀…");
  });
});

describe("a file name in Markdown", () => {
  it("is a code span", () => assert.equal(codeSpan("capture.csv"), "`capture.csv`"));

  it("cannot end the span it stands in", () => {
    assert.equal(codeSpan("a`b"), "`` a`b ``");
    assert.equal(codeSpan("``[x](command:y)"), "``` ``[x](command:y) ```");
  });

  it("ends no cell of a table", () => assert.equal(codeCell("a|b`.csv"), "`` a\\|b`.csv ``"));

  it("stays on its line", () => assert.equal(codeSpan("a\n# b"), "`a # b`"));
});

describe("text from a capture in Markdown", () => {
  it("has no mark that means something", () => {
    assert.equal(markdownText("[x](command:y) <b> `a` | *b*"), "\\[x\\]\\(command\\:y\\) \\<b\\> \\`a\\` \\| \\*b\\*");
    assert.equal(markdownText("# a\n- b"), "\\# a \\- b");
    assert.equal(markdownText("&lt;"), "\\&lt\\;");
  });

  it("has no link", () => {
    assert.equal(markdownText("http://x"), "http\\:\\/\u200b\\/x");
    assert.equal(markdownText("///x"), "\\/\u200b\\/\u200b\\/x");
    assert.equal(markdownText("mailto:a@b.example"), "mailto\\:a\u200b\\@b\\.example");
  });

  it("leaves letters, digits and other scripts alone", () => assert.equal(markdownText("Größe 12 % – 中"), "Größe 12 \\% – 中"));
});
