/** A finding's editor tab: that the command opens it once, and nothing for arguments that are none. */
import * as vscode from "vscode";
import assert from "node:assert/strict";
import { commands, panels } from "../../src/ids";
import { activateExtension, checkoutFile, closeEverything, execute, until } from "./support";

describe("a finding's tab", () => {
  let key: string;
  before(async () => {
    await activateExtension();
    key = checkoutFile("media", "sample.csv").toString();
  });
  beforeEach(() => execute(commands.openSample));
  afterEach(closeEverything);

  const isFinding = ({ input }: vscode.Tab): boolean => input instanceof vscode.TabInputWebview && input.viewType.endsWith(panels.finding);
  const titles = (): string[] => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.filter(isFinding).map(({ label }) => label));

  it("opens once for each finding", async () => {
    await vscode.commands.executeCommand(commands.openFinding, { key, id: "port-scan/vertical/one" });
    await vscode.commands.executeCommand(commands.openFinding, { key, id: "port-scan/vertical/one" });
    await until("one tab is open", () => titles().length === 1);
    await vscode.commands.executeCommand(commands.openFinding, { key, id: "port-scan/vertical/other" });
    await until("two tabs are open", () => titles().length === 2);
  });

  it("does not open for arguments that are none", async () => {
    for (const argument of [undefined, key, { key }, { key, id: 7 }]) await vscode.commands.executeCommand(commands.openFinding, argument);
    assert.deepEqual(titles(), []);
    await vscode.commands.executeCommand("notifications.clearAll");
  });
});
