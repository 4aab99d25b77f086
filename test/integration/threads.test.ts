/** Threads of the extension host's process: one for each open capture, none when all are closed or a run has failed. */
import assert from "node:assert/strict";
import { commands } from "../../src/ids";
import { activateExtension, closeEverything, execute, until, workspaceFile } from "./support";

/** Each thread keeps one message port of this process open; VS Code has some of its own. */
const countPorts = (): number => process.getActiveResourcesInfo().filter((name) => name === "MessagePort").length;

describe("the threads", () => {
  before(async () => {
    await activateExtension();
    await closeEverything();
  });
  afterEach(closeEverything);

  /** Ends of threads are told of a little later. */
  async function settledPorts(expected: number): Promise<void> {
    await until(`there are ${String(expected)} message ports`, () => countPorts() === expected);
  }

  it("are as many as there are open captures", async () => {
    const before = countPorts();
    await execute(commands.analyze, workspaceFile("capture.csv"));
    assert.equal(countPorts(), before + 1);
    await execute(commands.analyze, workspaceFile("export.tsv"));
    assert.equal(countPorts(), before + 2);
    await execute(commands.analyze, workspaceFile("capture.csv"));
    await settledPorts(before + 2);
    await execute(commands.closeCapture, { key: workspaceFile("capture.csv").toString() });
    await settledPorts(before + 1);
    await closeEverything();
    await settledPorts(before);
  });

  it("end when nothing can be read", async () => {
    const before = countPorts();
    for (const name of ["cities.csv", "empty.csv", "gone.csv"]) await execute(commands.analyze, workspaceFile(name));
    await settledPorts(before);
  });
});
