/** The extension as VS Code sees it: what it promises in its manifest is there once it runs. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { commands, reportScheme, settings, views } from "../../src/ids";
import { activateExtension, closeEverything, findExtension } from "./support";

interface Manifest {
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: unknown; readonly description: string };
    readonly virtualWorkspaces: { readonly supported: unknown };
  };
}

describe("the extension", () => {
  after(closeEverything);

  it("runs in the extension host once it is asked to", async () => {
    const api = await activateExtension();
    assert.ok(findExtension().isActive);
    assert.deepEqual(api.captures.list(), []);
    assert.deepEqual(await api.sequences.getChildren(), []);
    assert.deepEqual(api.capture.getChildren(), []);
  });

  it("registers every command it names, and no other", async () => {
    const registered = (await vscode.commands.getCommands(true)).filter((id) => id.startsWith("tcpSeq."));
    // VS Code adds commands of its own to each view: tcpSeq.sequences.focus, tcpSeq.capture.toggleVisibility, …
    const own = registered.filter(
      (id) => ![views.filter, views.sequences, views.findings, views.capture].some((view) => id.startsWith(`${view}.`)),
    );
    assert.deepEqual(own.sort(), Object.values(commands).sort());
  });

  it("owns the file system of its reports, which is read-only", () => {
    assert.equal(vscode.workspace.fs.isWritableFileSystem(reportScheme), false);
  });

  it("has its settings with their defaults", () => {
    const configuration = vscode.workspace.getConfiguration(settings.section);
    assert.equal(configuration.get(settings.topCount), 50);
    assert.equal(configuration.get(settings.bucketSize), "auto");
    assert.equal(configuration.get(settings.clock), "capture");
    assert.deepEqual(configuration.get(settings.labelColumns), ["alert", "label", "attack_cat", "class"]);
  });

  it("works in Restricted Mode, and not where files are not on a disk", () => {
    const { capabilities } = findExtension().packageJSON as Manifest;
    assert.equal(capabilities.untrustedWorkspaces.supported, true);
    assert.doesNotMatch(capabilities.untrustedWorkspaces.description, /^%/, "VS Code has put the text in place");
    assert.equal(capabilities.virtualWorkspaces.supported, false);
  });

  it("shows its log", async () => {
    await vscode.commands.executeCommand(commands.showLog);
  });
});
