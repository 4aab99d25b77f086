import assert from "node:assert/strict";
import { setBundle, t } from "../../../webview/l10n";

describe("l10n", () => {
  afterEach(() => setBundle(null));

  it("fills placeholders in any order and leaves those without an argument", () => {
    assert.equal(t("{1} of {0}, {2}", 10, "3"), "3 of 10, {2}");
  });
  it("translates whole sentences", () => {
    setBundle({ "{0} packets": "{0} Pakete" });
    assert.equal(t("{0} packets", "12"), "12 Pakete");
    assert.equal(t("Timeline"), "Timeline");
  });
  it("does not take what every object inherits for a translation", () => assert.equal(t("constructor"), "constructor"));
  it("does not fill in what an argument brings along", () => assert.equal(t("{0} {1}", "{1}", "x"), "{1} x"));
});
