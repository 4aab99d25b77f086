/** The view Findings and its commands: with findings made by hand in front of a real thread, and as the extension connects them. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { CaptureFindings, type FindingsState } from "../../src/analysis/captureFindings";
import { Captures } from "../../src/analysis/captures";
import { DismissedFindings } from "../../src/analysis/dismissedFindings";
import { ErrorNotifier } from "../../src/analysis/errorNotifier";
import { handlerOf } from "../../src/commands";
import type { CommandContext } from "../../src/commands/context";
import { findingsText } from "../../src/commands/exportFindings";
import { askInSteps, type StepOutcome, type StepPlace } from "../../src/commands/quickSteps";
import type { ExtensionApi } from "../../src/extension";
import { commands, findingScheme, itemKinds, settings, type CommandId } from "../../src/ids";
import { readDetectionSettings } from "../../src/settings";
import { AnalysisError } from "../../src/shared/errors";
import { NO_FILTER } from "../../src/shared/findingFilter";
import type { Finding, FindingsQuery, FindingsReport } from "../../src/shared/findings";
import type { PacketPlaces } from "../../src/shared/packets";
import { FindingDocuments } from "../../src/views/findingDocuments";
import { FindingsTree, type FindingsNode } from "../../src/views/findingsTree";
import { detectorMarkdown } from "../../src/views/findingTexts";
import { analyzeInWorker, type Capture } from "../../src/worker/client";
import { DESCRIPTIONS, makeFinding, makeReport } from "../support/findings";
import {
  activateExtension,
  allTabs,
  checkoutFile,
  closeEverything,
  execute,
  makeFocusParts,
  makeMemento,
  nextEvent,
  until,
  useTempFolder,
  workspaceFile,
} from "./support";

/** What the thread is made to say. */
interface Answers {
  report: FindingsReport;
  places: PacketPlaces;
  getFindings: (query: FindingsQuery) => Promise<FindingsReport>;
  lines: () => Promise<ReadonlyMap<number, number>>;
}

/** Line of the first location of a SARIF log's first result. */
const startLine = (sarif: unknown): number | undefined =>
  (sarif as { runs: { results: { locations: { physicalLocation: { region?: { startLine: number } } }[] }[] }[] }).runs[0]?.results[0]
    ?.locations[0]?.physicalLocation.region?.startLine;

/** Every part behind the view, over real captures whose findings are made by hand. */
function makeParts(log: vscode.LogOutputChannel, memento = makeMemento()) {
  const report = makeReport();
  const asked: FindingsQuery[] = [];
  const reported: unknown[] = [];
  const warned: string[] = [];
  const answers: Answers = {
    report,
    places: { total: 4, frames: Uint32Array.of(3, 4, 5, 12), rows: Uint32Array.of(1, 2, 3, 4), stream: 5 },
    getFindings: () => Promise.resolve(answers.report),
    lines: () => Promise.resolve(new Map()),
  };
  const query = { sensitivity: "medium" as FindingsQuery["sensitivity"], thresholds: {} as unknown };
  const captures = new Captures({
    workerPath: checkoutFile("dist", "analyzeWorker.js").fsPath,
    log,
    readOptions: () => ({ labelFields: ["alert"] }),
    run: async (request) => {
      const outcome = await analyzeInWorker(request);
      if (outcome.kind === "cancelled") return outcome;
      const members: Partial<Capture> = {
        describeDetectors: () => Promise.resolve(DESCRIPTIONS),
        getFindings: (asks) => {
          asked.push(asks);
          return answers.getFindings(asks);
        },
        getPacketPlaces: () => Promise.resolve(answers.places),
        getFindingLines: () => answers.lines(),
      };
      // The summary is asked of the capture each time.
      const capture = Object.assign(Object.create(outcome.capture) as Capture, members);
      return { kind: "done", capture };
    },
  });
  const errors = { report: (error: unknown) => void reported.push(error) };
  const findings = new CaptureFindings({
    captures,
    errors,
    log: { info: () => undefined, warn: (text: string) => void warned.push(text) },
    readSettings: () => query,
  });
  const dismissed = new DismissedFindings(memento);
  const focusParts = makeFocusParts(captures, log, findings);
  const { focus, passing, current } = focusParts;
  const tree = new FindingsTree({ captures, focus, passing, findings, dismissed });
  const findingDocuments = new FindingDocuments(captures, findings, log);
  const findingsView: CommandContext["findingsView"] = {
    get filter() {
      return tree.filter;
    },
    setFilter: (filter) => tree.setFilter(filter),
    setShowsDismissed: (shows) => tree.setShowsDismissed(shows),
    showMore: (key, detector) => tree.showMore(key, detector),
    shown: (key) => tree.shown(key),
  };
  const context: CommandContext = {
    ...{ captures, focus, current, log, findings, dismissed, findingsView, findingDocuments },
    errors: new ErrorNotifier(log),
    extensionUri: checkoutFile(),
    extensionId: "publisher.name",
    sequences: { reveal: () => Promise.resolve(), showMore: () => Promise.resolve(), setOrder: () => Promise.resolve() },
    timelines: {
      showTimeline: () => Promise.resolve(),
      addToTimeline: () => Promise.resolve(),
      showDistribution: () => Promise.resolve(),
      showPackets: () => Promise.resolve(),
    },
    report: { open: () => Promise.resolve() },
    captureReports: { make: () => Promise.resolve(undefined) },
    findingPanels: { show: () => undefined },
    tool: { name: "TCP Seq Analyzer", version: "1.2.3" },
  };
  return {
    ...{ answers, asked, reported, warned, query, captures, findings, dismissed, tree, context, findingDocuments, memento },
    run: async (command: CommandId, argument?: unknown) => handlerOf(command)(context, argument),
    dispose: () => {
      for (const each of [tree, focusParts, findingDocuments, findings, dismissed, captures]) each.dispose();
    },
  };
}
type Parts = ReturnType<typeof makeParts>;

describe("the findings of a capture", () => {
  let log: vscode.LogOutputChannel;
  let parts: Parts;
  before(async () => {
    await activateExtension();
    log = vscode.window.createOutputChannel("Findings under test", { log: true });
  });
  beforeEach(() => (parts = makeParts(log)));
  afterEach(async () => {
    parts.dispose();
    await vscode.commands.executeCommand("notifications.clearAll");
    await closeEverything();
  });
  after(() => log.dispose());

  const isSettled = (state: FindingsState | undefined): boolean => state?.kind !== "reading" && state?.kind !== "running";
  /** Opens a capture with these findings and waits for them. */
  async function open(findings: readonly Finding[] = [], changes: Partial<FindingsReport> = {}): Promise<string> {
    parts.answers.report = makeReport({ findings, ...changes });
    const opened = await parts.captures.analyze(workspaceFile("capture.csv"));
    assert.ok(opened);
    await until("findings are known", () => isSettled(parts.findings.state(opened.key)));
    return opened.key;
  }
  const children = (node?: FindingsNode): FindingsNode[] => parts.tree.getChildren(node);
  const item = (node: FindingsNode): vscode.TreeItem => parts.tree.getTreeItem(node);
  /** Items of the capture: label and description. */
  const lines = (key: string): unknown[] => children({ kind: "capture", key }).map((node) => [item(node).label, item(node).description]);
  const findingsOf = (key: string, detector: Finding["detector"] = "port-scan"): FindingsNode[] =>
    children({ kind: "detector", key, detector });
  const iconOf = (node: FindingsNode): string => {
    const { iconPath } = item(node);
    assert.ok(iconPath instanceof vscode.ThemeIcon);
    return iconPath.id;
  };
  const coverage = ["Coverage", "100.00 % of the frames · 0.00 % of the ACKs for bytes not seen · 0.00 % of the streams one-sided"];

  const scan = makeFinding();
  const flood = makeFinding({
    ...{ id: "syn-flood/flood/10.0.0.9:80", detector: "syn-flood", kind: "flood", severity: "error", confidence: "medium" },
    ...{ title: "10.0.0.9:80 got 5,000 SYNs", source: null, target: "10.0.0.9:80", count: 5000 },
  });
  const note = makeFinding({ id: "port-scan/fin/x", severity: "note", confidence: "low", title: "10.0.0.7 sent 3 FINs" });

  it("are listed under their questions, worst first, with counts; questions without any are said to have none", async () => {
    const key = await open([flood, scan, note]);
    assert.deepEqual(lines(key), [coverage, ["SYN floods", "1"], ["Port scans", "2"]]);
    const [first, second] = findingsOf(key);
    assert.ok(first && second);
    assert.deepEqual([item(first).label, item(first).description], ["10.0.0.5 tried 40 ports of 10.0.0.9", "high confidence"]);
    assert.deepEqual([iconOf(first), iconOf(second)], ["warning", "info"]);
    parts.answers.report = makeReport({ findings: [scan] });
    parts.findings.again(key);
    await until("there are fewer", () => parts.findings.result(key)?.report.findings.length === 1);
    assert.deepEqual(lines(key), [coverage, ["Port scans", "1"], ["SYN floods", "none"]]);
  });

  it("say that nothing stands out", async () => {
    assert.deepEqual(lines(await open()), [
      coverage,
      ["Nothing stands out", "all 2 questions below were answered"],
      ["Port scans", "none"],
      ["SYN floods", "none"],
    ]);
  });

  it("have stable ids, kinds, a command and labels for screen readers", async () => {
    const key = await open([flood, scan]);
    const [node] = findingsOf(key);
    assert.ok(node);
    const { id, contextValue, command, accessibilityInformation } = item(node);
    assert.equal(id, `${key} finding ${scan.id}`);
    assert.equal(contextValue, itemKinds.finding);
    assert.deepEqual([command?.command, command?.arguments], [commands.openFinding, [{ key, id: scan.id }]]);
    assert.equal(accessibilityInformation?.label, "Warning, high confidence: 10.0.0.5 tried 40 ports of 10.0.0.9, 8 packets");
    const group = item({ kind: "detector", key, detector: "port-scan" });
    assert.equal(group.accessibilityInformation?.label, "Port scans, 1 finding, worst: Warning");
    assert.equal(group.collapsibleState, vscode.TreeItemCollapsibleState.Expanded);
    const all = [...children({ kind: "capture", key }), ...findingsOf(key), ...findingsOf(key, "syn-flood")].map((each) => item(each).id);
    assert.equal(new Set(all).size, all.length);
  });

  it("have a tooltip when it is asked for: plain text, whatever the capture says", async () => {
    const hostile = makeFinding({ title: "[x](command:y)\u202e", explanation: "<b>$(bug)\n# a", technique: null, source: "`a`" });
    const key = await open([hostile]);
    const [node] = findingsOf(key);
    assert.ok(node);
    assert.equal(item(node).tooltip, undefined);
    const { tooltip } = parts.tree.resolveTreeItem(item(node), node);
    assert.equal(
      tooltip,
      [
        "[x](command:y)",
        "<b>$(bug) # a",
        "",
        ...["Severity: Warning", "Confidence: high confidence", "Source: `a`", "Target: 10.0.0.9", "Packets: 8", "Streams: 5, 6"],
        "First: 2023-06-04 11:23:00.466544000 EDT",
        "Last: 2023-06-04 11:23:10.000000001 EDT",
      ].join("\n"),
    );
  });

  it("come with what the coverage means, why a question was not answered, and how labels agree", async () => {
    const key = await open([scan], {
      caveats: ["This file holds 48 % of the frames of its capture."],
      notRun: [
        { detector: "syn-flood", reason: "The file lacks flags.", tshark: "-e tcp.flags" },
        { detector: "syn-flood", reason: "Nothing helps.", tshark: "" },
      ],
      labels: { field: "alert", inFindings: 100, suspiciousInFindings: 83, suspicious: 91 },
    });
    assert.deepEqual(lines(key), [
      ["This file holds 48 % of the frames of its capture.", undefined],
      coverage,
      ["Port scans", "1"],
      ["SYN floods", "not answered"],
      ["Labels (alert)", "Of the packets in findings, 83 % are labelled suspicious; of the suspicious, 91 % are in findings."],
    ]);
    const [first, second] = findingsOf(key, "syn-flood");
    assert.ok(first && second);
    assert.deepEqual([item(first).contextValue, item(second).contextValue], [itemKinds.notRunForWant, itemKinds.notRun]);
    assert.equal(item(first).tooltip, "The file lacks flags.\nAdd to the tshark command: -e tcp.flags");
    await parts.run(commands.copyTsharkOption, first);
    assert.equal(await vscode.env.clipboard.readText(), "-e tcp.flags");
  });

  it("do not keep anybody waiting: the capture answers, and says that they are looked for", async () => {
    let give: (report: FindingsReport) => void = () => undefined;
    parts.answers.getFindings = () => new Promise((resolve) => (give = resolve));
    const opened = await parts.captures.analyze(workspaceFile("capture.csv"));
    assert.ok(opened);
    const { key, capture } = opened;
    await until("they are asked for", () => parts.asked.length === 1);
    assert.equal((await capture.listSequences({ order: "count", from: 0, count: 9 })).length, 3);
    assert.deepEqual(lines(key), [["Looking for findings…", undefined]]);
    const changed = nextEvent(parts.findings.onDidChange, "found");
    give(makeReport({ findings: [scan] }));
    assert.equal(await changed, key);
    assert.equal(findingsOf(key).length, 1);
  });

  it("are forgotten with their capture, also while they are looked for", async () => {
    parts.answers.getFindings = () => new Promise(() => undefined);
    const opened = await parts.captures.analyze(workspaceFile("capture.csv"));
    assert.ok(opened);
    await until("they are asked for", () => parts.asked.length === 1);
    parts.captures.close(opened.key);
    assert.equal(parts.findings.state(opened.key), undefined);
    assert.deepEqual(children(), []);
    assert.deepEqual(parts.reported, []);
  });

  it("are told once when they cannot be looked for, and can be looked for again", async () => {
    parts.answers.getFindings = () => Promise.reject(new AnalysisError("internal", "a bug"));
    const key = await open();
    assert.equal(parts.reported.length, 1);
    const [node] = children({ kind: "capture", key });
    assert.ok(node);
    assert.equal(item(node).label, "Findings could not be looked for. Try again");
    assert.deepEqual([item(node).command?.command, item(node).command?.arguments], [commands.findAgain, [{ key }]]);
    parts.answers.getFindings = () => Promise.resolve(makeReport({ findings: [scan] }));
    await parts.run(commands.findAgain, { key });
    await until("they are there", () => findingsOf(key).length === 1);
  });

  it("are not possible when columns could not be read", async () => {
    const key = await open([scan]);
    const fake = {
      ...parts.captures.find(key),
      restError: new AnalysisError("fileChanged", "changed"),
    } as unknown as ReturnType<Captures["find"]>;
    const changed = new vscode.EventEmitter<{ key: string; change: "incomplete" }>();
    const findings = new CaptureFindings({
      captures: { list: () => [], get: () => undefined, find: () => fake, onDidOpen: () => changed, onDidChange: changed.event },
      errors: { report: () => assert.fail("told where columns are read") },
      log,
      readSettings: () => ({ sensitivity: "medium", thresholds: {} }),
    });
    changed.fire({ key, change: "incomplete" });
    assert.equal(findings.state(key)?.kind, "impossible");
    findings.dispose();
    changed.dispose();
  });

  it("are looked for again when settings change, once, with what detectors know of the thresholds", async () => {
    const key = await open([scan]);
    assert.deepEqual(parts.asked, [{ sensitivity: "medium", thresholds: {} }]);
    parts.query.sensitivity = "high";
    parts.query.thresholds = { "port-scan.minPorts": 20, "port-scan.minPort": 3, "syn-flood.minSyns": "x" };
    for (let i = 0; i < 3; i++) parts.findings.settingsChanged();
    await until("they are asked for again", () => parts.asked.length === 2 && parts.findings.state(key)?.kind === "found");
    assert.deepEqual(parts.asked[1], { sensitivity: "high", thresholds: { "port-scan.minPorts": 20 } });
    assert.deepEqual(parts.warned, [
      'tcpSeq.detection.thresholds: left out: no detector has a threshold "port-scan.minPort"; "syn-flood.minSyns" is no number of 0 or more.',
    ]);
    assert.equal(parts.asked.length, 2);
  });

  it("stay listed while they are looked for again", async () => {
    const key = await open([scan]);
    parts.answers.getFindings = () => new Promise(() => undefined);
    parts.findings.again(key);
    assert.deepEqual(lines(key), [["Looking for findings…", undefined], coverage, ["Port scans", "1"], ["SYN floods", "none"]]);
  });

  it("are filtered by severity, confidence, question and address; what is left out is said and can be brought back", async () => {
    const key = await open([flood, scan, note]);
    parts.tree.setFilter({ ...NO_FILTER, severity: "warn", address: "10.0.0.5" });
    assert.deepEqual(lines(key), [coverage, ["Port scans", "1 of 2"], ["2 findings left out by the filter", undefined]]);
    const last = children({ kind: "capture", key }).at(-1);
    assert.equal(last && item(last).command?.command, commands.clearFindingsFilter);
    await parts.run(commands.clearFindingsFilter);
    assert.equal(lines(key).length, 3);
    assert.equal(parts.tree.filter, NO_FILTER);
  });

  it("can be put away and brought back, and stay away when the window is opened again", async () => {
    const key = await open([flood, scan]);
    assert.equal(parts.tree.countGrave(), 2);
    await parts.run(commands.dismissFinding, findingsOf(key)[0]);
    assert.equal(parts.tree.countGrave(), 1);
    assert.deepEqual(lines(key).slice(1), [
      ["SYN floods", "1"],
      ["Port scans", "none"],
      ["1 finding dismissed", undefined],
    ]);
    const later = makeParts(log, parts.memento);
    assert.equal(later.dismissed.has(key, scan.id), true);
    later.dispose();

    await parts.run(commands.showDismissed);
    const [node] = findingsOf(key);
    assert.ok(node);
    assert.deepEqual(
      [item(node).description, item(node).contextValue, iconOf(node)],
      ["dismissed", itemKinds.dismissedFinding, "eye-closed"],
    );
    await parts.run(commands.restoreFinding, node);
    await parts.run(commands.hideDismissed);
    assert.equal(findingsOf(key).length, 1);
  });

  it("are listed a hundred at a time", async () => {
    const many = Array.from({ length: 250 }, (_, i) => makeFinding({ id: `port-scan/x/${String(i)}` }));
    const key = await open(many);
    const ends = (): unknown[] => {
      const listed = findingsOf(key);
      const last = listed.at(-1);
      return [listed.length, last && item(last).description];
    };
    assert.deepEqual(ends(), [101, "150 more"]);
    await parts.run(commands.showMoreFindings, findingsOf(key).at(-1));
    assert.deepEqual(ends(), [201, "50 more"]);
    await parts.run(commands.showMoreFindings, { key, detector: "port-scan" });
    assert.equal(findingsOf(key).length, 250);
  });

  it("give a Wireshark filter for exactly their packets, or say why there is none", async () => {
    const key = await open([scan]);
    await parts.run(commands.copyFindingFilter, findingsOf(key)[0]);
    assert.equal(await vscode.env.clipboard.readText(), "tcp.stream eq 5 && frame.number in {3..5, 12}");
    parts.answers.places = { total: 1, frames: null, rows: Uint32Array.of(1), stream: null };
    await parts.run(commands.copyFindingFilter, findingsOf(key)[0]);
    assert.equal(await vscode.env.clipboard.readText(), "tcp.stream eq 5 && frame.number in {3..5, 12}", "nothing was copied");
  });

  it("give their filter in parts when it would be too long", async () => {
    const frames = Uint32Array.from({ length: 10_000 }, (_, i) => 1_000_000 + 2 * i);
    parts.answers.places = { total: frames.length, frames, rows: frames, stream: null };
    const key = await open([scan]);
    await parts.run(commands.copyFindingFilter, findingsOf(key)[0]);
    const first = await vscode.env.clipboard.readText();
    assert.ok(first.length <= 32_000 && first.startsWith("frame.number in {1000000, 1000002,"), first.slice(0, 100));
    await until("the button has copied the next part", async () => {
      await vscode.commands.executeCommand("notification.acceptPrimaryAction");
      return (await vscode.env.clipboard.readText()) !== first;
    });
  });

  it("are copied as Markdown in which the capture's text is text", async () => {
    const hostile = makeFinding({ title: "[x](command:y) | <b>", source: "a|b" });
    const key = await open([hostile]);
    await parts.run(commands.copyFindingMarkdown, findingsOf(key)[0]);
    const text = await vscode.env.clipboard.readText();
    assert.match(text, /^# \\\[x\\\]\\\(command\\:y\\\) \\\| \\<b\\>\n/);
    assert.match(text, /\| Source \| a\\\|b \|/);
    assert.match(text, /\| says most \| 4 \| 3 \|/);
  });

  it("are exported with all their packets", async () => {
    const key = await open([flood, scan]);
    await parts.dismissed.dismiss(key, scan.id);
    const captured = parts.captures.find(key);
    assert.ok(captured);
    const json = JSON.parse((await findingsText(parts.context, captured, [flood, scan], "json")) ?? "") as {
      findings: { id: string; isDismissed: boolean; frames: unknown }[];
    };
    assert.deepEqual(
      json.findings.map(({ id, isDismissed }) => [id, isDismissed]),
      [
        [flood.id, false],
        [scan.id, true],
      ],
    );
    const sarif = JSON.parse((await findingsText(parts.context, captured, [scan], "sarif")) ?? "") as { runs: { results: unknown[] }[] };
    assert.equal(sarif.runs[0]?.results.length, 1);
    assert.equal(startLine(sarif), undefined, "the thread knows no such finding");
    parts.answers.lines = () => Promise.resolve(new Map([[3, 4]]));
    assert.equal(startLine(JSON.parse((await findingsText(parts.context, captured, [scan], "sarif")) ?? "")), 4);
    parts.answers.lines = () => Promise.reject(new AnalysisError("fileChanged", "The file has changed."));
    assert.equal(startLine(JSON.parse((await findingsText(parts.context, captured, [scan], "sarif")) ?? "")), undefined);
    assert.equal((await findingsText(parts.context, captured, [scan], "csv"))?.split("\r\n").length, 3);
  });

  it("are explained by their detector: thresholds with sources, and what else looks like it", () => {
    const [scans] = DESCRIPTIONS;
    assert.ok(scans);
    const text = detectorMarkdown(scans, { report: makeReport(), detectors: DESCRIPTIONS, thresholds: { "port-scan.minPorts": 20 } });
    assert.match(text, /^# Port scans\n/);
    assert.match(text, /\n- monitoring\n- a server that went away\n/);
    assert.match(text, /\| `port-scan\.minPorts` \| Failed ports on a host \| ports \| 30 \| 15 \| 8 \| \*\*20\*\* \| Zeek \|/);
    assert.match(text, /\| `port-scan\.windowS` \|.*\*\*300\*\*/);
    assert.match(text, /Options of tshark: `-e tcp\.flags`/);
  });
});

describe("questions in steps", () => {
  /** Steps that answer from a script, and note where they were asked. */
  function script(...outcomes: StepOutcome<string>[]) {
    const asked: [string, number][] = [];
    const step = (state: string, place: StepPlace): Promise<StepOutcome<string>> => {
      asked.push([state, place.step]);
      const outcome = outcomes.shift() ?? { kind: "left" };
      return Promise.resolve(outcome.kind === "next" ? { kind: "next", value: state + outcome.value } : outcome);
    };
    return { asked, steps: [step, step] };
  }

  it("go on with what was answered, and back without losing it", async () => {
    const next = (value: string): StepOutcome<string> => ({ kind: "next", value });
    const { asked, steps } = script(next("a"), { kind: "back" }, next("b"), next("c"));
    assert.equal(await askInSteps("Title", "", steps), "abc");
    assert.deepEqual(asked, [
      ["", 1],
      ["a", 2],
      ["a", 1],
      ["ab", 2],
    ]);
  });

  it("end when they are left", async () => assert.equal(await askInSteps("Title", "", script({ kind: "left" }).steps), undefined));
});

describe("the view Findings", () => {
  const temp = useTempFolder();
  let api: ExtensionApi;
  before(async () => (api = await activateExtension()));
  afterEach(async () => {
    await execute(commands.clearFindingsFilter);
    await execute(commands.hideDismissed);
    for (const name of [settings.sensitivity, settings.thresholds]) await set(name, undefined);
    await closeEverything();
  });

  const set = async (name: string, value: unknown): Promise<void> =>
    vscode.workspace.getConfiguration(settings.section).update(name, value, vscode.ConfigurationTarget.Global);
  async function open(uri: vscode.Uri): Promise<string> {
    await execute(commands.analyze, uri);
    const key = uri.toString();
    await until("findings are known", () => api.findings.state(key)?.kind === "found");
    return key;
  }

  it("has an item for each capture, with what its detectors say", async () => {
    const key = await open(workspaceFile("capture.csv"));
    const [root] = api.findingsTree.getChildren();
    assert.ok(root);
    assert.equal(api.findingsTree.getTreeItem(root).label, "capture.csv");
    const labels = api.findingsTree.getChildren(root).map((node) => api.findingsTree.getTreeItem(node).label);
    assert.ok(labels.includes("Coverage"), JSON.stringify(labels));
    const { detectors = [] } = api.findings.result(key) ?? {};
    for (const { title } of detectors) assert.ok(labels.includes(title), title);
    await execute(commands.closeCapture);
    assert.deepEqual(api.findingsTree.getChildren(), []);
  });

  it("follows the settings", async () => {
    const key = await open(temp.write("followed.csv", "tcp.seq\n1\n"));
    assert.deepEqual(readDetectionSettings(), { sensitivity: "medium", thresholds: {} });
    await set(settings.sensitivity, "high");
    await until("the findings are those of the new setting", () => api.findings.result(key)?.report.sensitivity === "high");
    await set(settings.sensitivity, "extreme");
    assert.equal(readDetectionSettings().sensitivity, "medium");
  });

  it("opens what a detector compares as a document that cannot be written", async () => {
    assert.equal(vscode.workspace.fs.isWritableFileSystem(findingScheme), false);
    const key = await open(workspaceFile("capture.csv"));
    await execute(commands.explainFinding, { key, detector: "port-scan" });
    await until("a tab is open", () => allTabs().length === 1);
    assert.match(allTabs()[0]?.label ?? "", /Why\?/);
  });

  it("says in a document that its finding is not there any more", async () => {
    const query = JSON.stringify({ key: "file:///not/open.csv", finding: "x" });
    for (const each of [query, "no JSON", "null", "{}"]) {
      const uri = vscode.Uri.from({ scheme: findingScheme, path: "/x.md", query: each });
      assert.match(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)), /^# Not there any more\n/);
    }
  });

  it("can be filtered step by step, and leaving a step changes nothing", async () => {
    await open(workspaceFile("capture.csv"));
    let isOver = false;
    const filtering = execute(commands.filterFindings).then(() => (isOver = true));
    await until("the box is left", async () => {
      await vscode.commands.executeCommand("workbench.action.closeQuickOpen");
      return isOver;
    });
    await filtering;
    assert.deepEqual(api.findingsTree.filter, NO_FILTER);
  });

  it("shows and hides what was put away", async () => {
    await execute(commands.showDismissed);
    assert.equal(api.findingsTree.showsDismissed, true);
    await execute(commands.hideDismissed);
    assert.equal(api.findingsTree.showsDismissed, false);
  });
});
