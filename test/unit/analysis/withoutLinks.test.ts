import assert from "node:assert/strict";
import { withoutIcons, withoutLinks } from "../../../src/analysis/withoutLinks";

describe("withoutLinks", () => {
  it("leaves nothing that the editor takes for a link", () => {
    const link = /\[[^\]]+\]\((?:command|https?):[^)]+\)/;
    const name = "[Show details](command:workbench.action.quit).csv";
    assert.match(name, link);
    assert.doesNotMatch(withoutLinks(name), link);
    assert.equal(withoutLinks("capture [1] (copy).csv"), "capture [1] (copy).csv");
  });
});

describe("withoutIcons", () => {
  it("leaves nothing that the editor takes for an icon", () => {
    const icon = /\$\([a-z~-]+\)/;
    assert.match("$(sync~spin).csv", icon);
    assert.doesNotMatch(withoutIcons("$(sync~spin).csv"), icon);
    assert.equal(withoutIcons("5 $ (copy).csv"), "5 $ (copy).csv");
  });
});
