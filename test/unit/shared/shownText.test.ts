import assert from "node:assert/strict";
import { escapeMarkup, UNSHOWABLE } from "../../../src/shared/shownText";

describe("text that is shown", () => {
  it("has every character with a meaning in HTML and XML escaped", () => {
    assert.equal(escapeMarkup(`<a href="x" title='y'>&`), "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;");
  });

  it("has no character that is not shown or that changes how others are", () => {
    for (const hidden of ["\0", "\n", "\u007f", "\u009f", "\u061c", "\u200b", "\u200f", "\u2028", "\u202e", "\u2060", "\u2069", "\ufeff"])
      assert.equal(`a${hidden}b`.replace(UNSHOWABLE, "?"), "a?b");
    const shown = "Größe – “中” 😀 \u00a0";
    assert.equal(shown.replace(UNSHOWABLE, "?"), shown);
  });
});
