/** The extension in a VS Code that speaks another language: what is made in the window, in the page and in the analysis thread. */
import assert from "node:assert/strict";
import path from "node:path";
import { FindingPanel } from "./findingPanel";
import { type Workbench } from "./harness";
import { makeWorkspace, openWindow, ROOT } from "./support";

describe("In German", () => {
  let workbench: Workbench;
  const files = makeWorkspace({ "scan.csv": { copyOf: path.join(ROOT, "test", "fixtures", "attacks", "scan-syn.csv") } });

  before(async () => {
    workbench = await openWindow(files.dir, { language: "de", keepsVscode: false });
  });
  after(async () => {
    await workbench?.close();
    files.remove();
  });
  afterEach(function () {
    return workbench?.screenshotIfFailed(this.currentTest);
  });

  it("the view and the tab of a finding are German throughout", async () => {
    await workbench.clickExplorerMenuEntry("scan.csv", "TCP-Sequenznummern analysieren");
    const isScan = ({ label }: { label: string }): boolean => label.startsWith("10.20.0.66 fragte 123 Ports auf 10.20.0.10 ");
    const { label } = await workbench.whenTreeRow("Befunde", isScan);
    await workbench.whenTreeRow("Befunde", (row) => row.label === "Portscans");
    await workbench.clickTreeRow("Befunde", label);
    const panel = await FindingPanel.shown(workbench, /^10\.20\.0\.66 fragte 123 Ports /);
    assert.match(
      (await panel.frame.locator("#finding-explanation").textContent()) ?? "",
      /Der Schwellenwert liegt bei 15 Ports eines Hosts/,
    );
    assert.match((await panel.frame.locator(".badges").textContent()) ?? "", /Konfidenz: hoch/);
  });
});
