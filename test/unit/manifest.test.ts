import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import {
  commands,
  contextKeys,
  findingScheme,
  itemKinds,
  panels,
  reportScheme,
  settings,
  views,
  walkthrough as WALKTHROUGH,
} from "../../src/ids";
import { DETECTOR_IDS, SENSITIVITIES } from "../../src/shared/findings";
import { BUCKET_CHOICES, DEFAULT_LABEL_FIELDS } from "../../src/shared/model";
import { formatDuration } from "../../src/shared/format";

const root = path.join(__dirname, "..", "..");
const readJson = (name: string): unknown => JSON.parse(readFileSync(path.join(root, name), "utf8"));

interface MenuItem {
  command: string;
  when?: string;
  group?: string;
}
interface Manifest {
  main: string;
  icon: string;
  activationEvents: string[];
  contributes: {
    commands: { command: string; title: string; category: string }[];
    menus: Record<string, MenuItem[]>;
    viewsContainers: { activitybar: { id: string; icon: string }[] };
    views: Record<string, { id: string }[]>;
    walkthroughs: {
      id: string;
      steps: { id: string; description: string; completionEvents: string[]; media: { svg?: string; image?: Record<string, string> } }[];
    }[];
    viewsWelcome: { view: string; contents: string }[];
    configuration: {
      properties: Record<string, { default: unknown; enum?: string[]; enumDescriptions?: string[]; patternProperties?: object }>;
    };
  };
}

const text = readFileSync(path.join(root, "package.json"), "utf8");
const manifest = JSON.parse(text) as Manifest;
const nls = readJson("package.nls.json") as Record<string, string>;
const { contributes } = manifest;
const allIds = Object.values(commands);
const sorted = (values: Iterable<string>): string[] => [...values].sort();

/** Commands that do nothing sensible without a tree item. */
const NEED_ARGUMENT = [
  commands.openTimeline,
  commands.openPackets,
  commands.openTimelineToSide,
  commands.openFinding,
  commands.addToTimeline,
  commands.showMore,
  commands.copyNumber,
  commands.copyWiresharkFilter,
  commands.dismissFinding,
  commands.restoreFinding,
  commands.copyFindingFilter,
  commands.copyFindingMarkdown,
  commands.explainFinding,
  commands.copyTsharkOption,
  commands.showMoreFindings,
  commands.findAgain,
];

describe("package.json", () => {
  it("contributes exactly the commands of ids.ts, each once, with the category", () => {
    assert.deepEqual(sorted(contributes.commands.map(({ command }) => command)), sorted(allIds));
    for (const { command, category } of contributes.commands) assert.equal(category, "%category%", command);
  });

  it("contributes exactly the views and settings of ids.ts", () => {
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      [views.container],
    );
    assert.deepEqual(
      contributes.views[views.container]?.map(({ id }) => id),
      [views.filter, views.sequences, views.findings, views.capture],
    );
    const names = Object.values(settings).filter((name) => name !== settings.section);
    assert.deepEqual(sorted(Object.keys(contributes.configuration.properties)), sorted(names.map((name) => `${settings.section}.${name}`)));
  });

  it("wakes up for its restored panels and documents", () => {
    assert.deepEqual(manifest.activationEvents, [
      `onFileSystem:${findingScheme}`,
      `onFileSystem:${reportScheme}`,
      `onWebviewPanel:${panels.timeline}`,
      `onWebviewPanel:${panels.finding}`,
    ]);
  });

  it("hides from the palette what needs an argument, and offers the rest", () => {
    const palette = contributes.menus.commandPalette ?? [];
    assert.deepEqual(sorted(palette.filter(({ when }) => when === "false").map(({ command }) => command)), sorted(NEED_ARGUMENT));
    for (const { command, when } of palette) {
      if (command === commands.showTimelineAtCursor) continue; // where a CSV is in the editor
      assert.ok(when === "false" || when === contextKeys.hasResult || when === contextKeys.hasFocus, `${command}: ${String(when)}`);
    }
    assert.ok(!palette.some(({ command }) => command === commands.analyze), "Analyze TCP Seq is always offered");
  });

  it("names only known commands, views, context keys and kinds of items in menus", () => {
    for (const item of Object.values(contributes.menus).flat()) {
      assert.ok(
        allIds.some((id) => id === item.command),
        item.command,
      );
      for (const [key] of item.when?.matchAll(/tcpSeq:\w+/g) ?? []) assert.ok(sorted(Object.values(contextKeys)).includes(key), key);
      for (const [, view = ""] of item.when?.matchAll(/view == (\S+)/g) ?? []) assert.ok(sorted(Object.values(views)).includes(view), view);
      for (const [, kind = ""] of item.when?.matchAll(/viewItem == (\S+)/g) ?? [])
        assert.ok(sorted(Object.values(itemKinds)).includes(kind), kind);
    }
  });

  it("offers Analyze TCP Seq for CSV and TSV files, compressed or not, whatever scheme the window gives them", () => {
    for (const menu of ["explorer/context", "editor/title", "editor/title/context", "editor/context"]) {
      const [item] = contributes.menus[menu] ?? [];
      assert.equal(item?.command, commands.analyze, menu);
      const [, pattern = "", rest = ""] = /^resourceFilename =~ \/(.+)\/i(.*)$/.exec(item.when ?? "") ?? [];
      assert.equal(rest, menu === "explorer/context" ? " && !explorerResourceIsFolder" : "", menu);
      const names = new RegExp(pattern, "i");
      for (const name of ["a.csv", "A.TSV", "a.b.csv", "a.csv.gz", "a.tsv.GZ", "a.csv.zst"]) assert.match(name, names, menu);
      for (const name of ["a.gz", "a.tar.gz", "csv", "csv.gz", "a.csv.zip", "a.csv.gz.txt", "a.csvx", "acsv"])
        assert.doesNotMatch(name, names, menu);
    }
    assert.ok(!text.includes("resourceScheme"));
  });

  it("gives every menu item but those of the palette a group with an order", () => {
    for (const [menu, items] of Object.entries(contributes.menus)) {
      if (menu === "commandPalette") continue;
      for (const { command, group } of items) assert.match(group ?? "", /@\d+$/, `${menu}: ${command}`);
    }
  });

  it("links to known commands when nothing is open", () => {
    const linked = contributes.viewsWelcome.flatMap(({ contents }) =>
      [...(nls[contents.slice(1, -1)] ?? "").matchAll(/\(command:([^)]+)\)/g)].map(([, id = ""]) => id),
    );
    const firstSteps = [commands.openSample, commands.analyzeFile, commands.openWalkthrough];
    assert.deepEqual(linked, [...firstSteps, ...firstSteps, ...firstSteps]); // in each of the views
  });

  it("has a walkthrough of four steps, whose pictures exist for every kind of theme and whose commands are known", () => {
    const [walkthrough] = contributes.walkthroughs;
    assert.equal(walkthrough?.id, WALKTHROUGH);
    assert.equal(walkthrough.steps.length, 4);
    const known = new Set([...allIds, ...Object.values(views).map((view) => `${view}.focus`)]);
    for (const { description, completionEvents, media } of walkthrough.steps) {
      for (const event of completionEvents) assert.ok(known.has(event.replace("onCommand:", "")), event);
      const text = nls[description.slice(1, -1)] ?? "";
      const links = [...text.matchAll(/\(command:([^)]+)\)/g)].map(([, id = ""]) => id);
      assert.ok(links.length > 0);
      for (const id of links) assert.ok(known.has(id), id);
      const { image, svg } = media;
      if (image) assert.deepEqual(Object.keys(image), ["dark", "light", "hc", "hcLight"]);
      for (const file of image ? Object.values(image) : [svg ?? ""]) assert.ok(readFileSync(path.join(root, file)).length > 0);
    }
  });

  it("has a text for every placeholder, and a placeholder for every text", () => {
    const used = new Set([...text.matchAll(/"%([^%"]+)%"/g)].map(([, key = ""]) => key));
    assert.deepEqual(sorted(used), sorted(Object.keys(nls)));
  });

  it("leaves no visible text outside package.nls.json", () => {
    for (const { title } of contributes.commands) assert.match(title, /^%.+%$/);
    for (const property of Object.values(contributes.configuration.properties)) {
      for (const each of property.enumDescriptions ?? []) assert.match(each, /^%.+%$/);
    }
  });

  it("has the defaults the engine and the command line use", () => {
    const { properties } = contributes.configuration;
    assert.deepEqual(properties["tcpSeq.labelColumns"]?.default, DEFAULT_LABEL_FIELDS);
    assert.deepEqual(properties["tcpSeq.bucketSize"]?.enum, ["auto", ...BUCKET_CHOICES.map(formatDuration)]);
    assert.equal(properties["tcpSeq.bucketSize"].default, "auto");
    assert.equal(properties["tcpSeq.clock"]?.default, "capture");
    assert.equal(properties["tcpSeq.topCount"]?.default, 50);
    assert.deepEqual(properties["tcpSeq.detection.sensitivity"]?.enum, SENSITIVITIES);
    assert.equal(properties["tcpSeq.detection.sensitivity"].default, "medium");
    assert.deepEqual(properties["tcpSeq.detection.thresholds"]?.default, {});
    const [pattern = ""] = Object.keys(properties["tcpSeq.detection.thresholds"].patternProperties ?? {});
    assert.equal(pattern, `^(${DETECTOR_IDS.join("|")})\\.[A-Za-z]\\w*$`);
  });

  it("names icons that exist, the list icon as PNG of 128 pixels", () => {
    for (const { icon } of contributes.viewsContainers.activitybar) assert.match(readFileSync(path.join(root, icon), "utf8"), /^<svg /);
    const png = readFileSync(path.join(root, manifest.icon));
    assert.equal(png.toString("latin1", 1, 4), "PNG");
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [128, 128]);
  });
});
