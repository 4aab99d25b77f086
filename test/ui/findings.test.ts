/** A finding's tab: what was seen, its graph, its packets with their rows, with mouse and keyboard. */
import assert from "node:assert/strict";
import path from "node:path";
import { FilterBar } from "./filterBar";
import { FindingPanel } from "./findingPanel";
import { until, type Workbench } from "./harness";
import { PacketTable } from "./packetTable";
import { allowClipboard, ANALYZE, makeWorkspace, openWindow, readClipboard, ROOT } from "./support";

/** The view that lists findings. */
const FINDINGS = "Findings";
const attack = (name: string): string => path.join(ROOT, "test", "fixtures", "attacks", `${name}.csv`);

describe("A finding's tab", () => {
  let workbench: Workbench;
  let panel: FindingPanel;
  const files = makeWorkspace({ "scan.csv": { copyOf: attack("scan-syn") }, "reset.csv": { copyOf: attack("reset-outside") } });

  before(async () => {
    workbench = await openWindow(files.dir);
    await allowClipboard(workbench.page);
  });
  after(async () => {
    await workbench?.close();
    files.remove();
  });
  afterEach(function () {
    return workbench?.screenshotIfFailed(this.currentTest);
  });

  const packets = (): PacketTable => new PacketTable(workbench.page, panel.frame);

  /** Analyses a file and clicks its first finding whose label matches. */
  async function openFinding(file: string, label: RegExp): Promise<void> {
    await workbench.clickExplorerMenuEntry(file, ANALYZE);
    const row = await workbench.whenTreeRow(FINDINGS, (each) => label.test(each.label));
    await workbench.clickTreeRow(FINDINGS, row.label);
  }

  it("says what was seen, by whom and how sure it is", async () => {
    await openFinding("scan.csv", /10\.20\.0\.66.*ports/);
    panel = await FindingPanel.shown(workbench, /10\.20\.0\.66/);
    const facts = await panel.facts();
    assert.equal(facts.Source, "10.20.0.66");
    assert.match(facts.First ?? "", /^2024-06-05 09:00:00\.\d{9} UTC$/);
    const badges = await panel.frame.locator(".badges").textContent();
    assert.match(badges ?? "", /Port scan.*Confidence: .*MITRE ATT&CK T1046/);
    assert.notEqual(await panel.frame.locator("#finding-explanation").textContent(), "");
  });

  it("draws the ports of a scan by what answered, and says so in a sentence", async () => {
    assert.match(await panel.graphName(), /123 ports on 1 host: 3 open, 120 closed, 0 without an answer\.$/);
    const legend = await panel.frame.locator("#finding-legend li").allTextContents();
    assert.deepEqual(legend, ["Open (SYN-ACK)", "Closed (RST)"]);
  });

  it("goes through the graph with the arrow keys", async () => {
    await panel.canvas.focus();
    await workbench.page.keyboard.press("Home");
    await until(
      async () => /^Outcome: .*Port: \d+$/.test(await panel.announced()),
      () => "The first point is not announced.",
    );
  });

  it("lists the packets, with the evidence marked", async () => {
    await packets().whenLoaded();
    assert.equal(await packets().total(), Number((await panel.facts()).Packets?.replaceAll(",", "")));
    assert.match((await packets().rows())[0]?.Frame ?? "", /^First \d+$/);
    await packets().table.focus();
    await workbench.page.keyboard.press("End");
    await packets().whenActive(await packets().total());
    assert.match((await packets().rows()).at(-1)?.Frame ?? "", /^Last \d+$/);
    await workbench.page.keyboard.press("Home");
    await packets().whenActive(1);
  });

  it("opens the row of a packet with the keyboard, field by field", async () => {
    const frame = (await packets().rows())[0]?.Frame?.replace("First ", "");
    await packets().table.focus();
    await workbench.page.keyboard.press("Enter");
    const fields = await packets().fields();
    assert.equal(fields["frame.number"], frame);
    assert.equal(fields["ip.src"], "10.20.0.66");
  });

  it("copies a Wireshark filter of the packet", async () => {
    const frame = (await packets().rows())[0]?.Frame?.replace("First ", "");
    await panel.frame.locator("#packets-copy-filter").click();
    await until(
      async () => (await readClipboard(workbench.page)) === `frame.number == ${frame}`,
      () => "The filter is not on the clipboard.",
    );
  });

  it("goes to the row in the file", async () => {
    await panel.frame.locator(".open-row").click();
    await until(
      async () => (await workbench.editorTitles()).includes("scan.csv"),
      () => "The file is not opened.",
    );
  });

  it("draws a stream's numbers over time, in either direction, and around the finding", async () => {
    await openFinding("reset.csv", /^1 reset from/);
    panel = await FindingPanel.shown(workbench, /^1 reset from/);
    assert.match(await panel.graphName(), /^Stream 0: 10\.20\.0\.21:49354 → 10\.20\.0\.10:2222\. 25 segments/);
    assert.match((await panel.frame.locator("#finding-notes").textContent()) ?? "", /1 segment lies far outside/);
    const whole = await panel.picture();
    await panel.choose("range-select", "Around the finding");
    await until(
      async () => (await panel.picture()) !== whole,
      () => "The picture stays the same.",
    );
    await panel.choose("direction-select", /^10\.20\.0\.10:2222 →/);
    await until(
      async () => (await panel.graphName()).startsWith("Stream 0: 10.20.0.10:2222 → 10.20.0.21:49354"),
      () => "The direction stays the same.",
    );
  });

  it("draws packets that do not pass a filter faintly, and says how many pass", async () => {
    await panel.choose("direction-select", /^10\.20\.0\.21:49354 →/);
    await until(
      async () => (await panel.graphName()).startsWith("Stream 0: 10.20.0.21:49354"),
      () => "The direction stays the same.",
    );
    const whole = await panel.picture();
    const bar = await FilterBar.shown(workbench, "editor");
    await bar.input.fill("tcp.flags.reset == 1");
    await workbench.page.keyboard.press("Enter");
    const sentence = "1 of 25 packets pass the filter; the others are drawn faintly.";
    await until(
      async () => (await panel.graphName()).endsWith(sentence),
      () => "The graph says nothing of the filter.",
    );
    assert.ok((await panel.frame.locator("#finding-summary").textContent())?.endsWith(sentence));
    assert.notEqual(await panel.picture(), whole);
    await bar.frame.locator("#filter-clear").click();
    await until(
      async () => !(await panel.graphName()).includes("pass the filter"),
      () => "The graph still speaks of the filter.",
    );
    assert.equal(await panel.picture(), whole);
    await panel.choose("direction-select", /^10\.20\.0\.10:2222 →/);
    await until(
      async () => (await panel.graphName()).startsWith("Stream 0: 10.20.0.10:2222"),
      () => "The direction stays the same.",
    );
  });

  it("comes back with its choices after the window was reloaded", async () => {
    await workbench.reload();
    panel = await FindingPanel.shown(workbench, /^1 reset from/);
    assert.match(await panel.graphName(), /^Stream 0: 10\.20\.0\.10:2222 →/);
  });

  it("reports no error meanwhile", () => workbench.assertNoErrors());
});
