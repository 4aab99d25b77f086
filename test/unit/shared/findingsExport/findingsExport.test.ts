import assert from "node:assert/strict";
import * as l10n from "@vscode/l10n";
import { readBundle } from "../../../../scripts/lib/l10n.mjs";
import { EXPORT_FORMATS, exportFindings, type ExportFormat } from "../../../../src/shared/findingsExport";
import { csvCell } from "../../../../src/shared/findingsExport/csv";
import { findingsSarif } from "../../../../src/shared/findingsExport/sarif";
import { makeExport, makeExported, makeFinding, makeReport } from "../../../support/findings";
import { assertSarif, type SarifLog } from "../../../support/sarif";

const json = (format: ExportFormat, ...args: Parameters<typeof makeExport>): Record<string, unknown> =>
  JSON.parse(exportFindings(format, makeExport(...args))) as Record<string, unknown>;

describe("findings as JSON", () => {
  it("have frames and rows as ranges, times on the capture's clock, and what the run said", () => {
    const report = makeReport({
      caveats: ["48 % of the frames"],
      notRun: [{ detector: "syn-flood", reason: "No.", tshark: "-e tcp.flags" }],
    });
    const whole = json("json", [makeExported(makeFinding(), { isDismissed: true })], report) as {
      findings: Record<string, unknown>[];
      file: unknown;
      caveats: unknown;
      notRun: unknown;
    };
    const [finding] = whole.findings;
    assert.equal(finding?.id, "port-scan/vertical/10.0.0.5>10.0.0.9");
    assert.deepEqual(
      [finding.first, finding.last, finding.isDismissed],
      ["2023-06-04T11:23:00.466544000", "2023-06-04T11:23:10.000000001", true],
    );
    assert.deepEqual(finding.frames, [
      [3, 5],
      [12, 12],
    ]);
    assert.deepEqual(finding.rows, [
      [2, 4],
      [11, 11],
    ]);
    assert.deepEqual(whole.file, { name: "capture.csv", uri: "file:///captures/capture.csv", zone: "EDT", isTimeRelative: false });
    assert.deepEqual([whole.caveats, whole.notRun], [report.caveats, report.notRun]);
  });

  it("have null where the file says nothing", () => {
    const finding = makeFinding({ first: null, last: null, source: null, technique: null });
    const places = { total: 1, frames: null, rows: Uint32Array.of(1), stream: null };
    const [first] = (json("json", [makeExported(finding, { places })]) as { findings: Record<string, unknown>[] }).findings;
    assert.deepEqual([first?.first, first?.source, first?.technique, first?.frames], [null, null, null, null]);
  });
});

describe("findings as CSV", () => {
  it("are a row each", () => {
    const [header, row, end] = exportFindings("csv", makeExport([makeExported(makeFinding())])).split("\r\n");
    const cells = Object.fromEntries((header ?? "").split(",").map((name, i) => [name, (row ?? "").split(/,(?=\S|$)/)[i]]));
    assert.equal(end, "");
    assert.deepEqual(
      [cells.severity, cells.detector, cells.frames, cells.rows, cells.dismissed],
      ["warn", "port-scan", "3..5 12", "2..4 11", "no"],
    );
  });

  it("have no cell that a spreadsheet runs", () => {
    for (const start of ["=", "+", "-", "@", "\t", "\r", "\n", "＝"]) assert.match(csvCell(`${start}cmd|' /C calc'!A0`), /^"?'/);
    assert.equal(csvCell('=HYPERLINK("x")'), '"\'=HYPERLINK(""x"")"');
    assert.equal(csvCell("a, b"), '"a, b"');
    // A German or Spanish spreadsheet splits the row at semicolons, whatever is in quotes.
    assert.equal(csvCell("eth:ip;=cmd|' /C calc'!A0"), "eth:ip;'=cmd|' /C calc'!A0");
    assert.equal(csvCell('x, y;"=1+1";@z'), '"x, y;""\'=1+1"";\'@z"');
    assert.equal(csvCell("a\t+1"), "a\t'+1");
    assert.equal(csvCell("a\n-1"), '"a\n\'-1"');
    assert.equal(csvCell("=a;=b"), "'=a;'=b");
    for (const text of ["a; b", "tcp;udp;icmp", "a-b; c=d", "x@y", "10..12 15", "1;2"]) assert.equal(csvCell(text), text);
    assert.equal(csvCell("10.0.0.5"), "10.0.0.5");
    assert.deepEqual([csvCell(-1), csvCell(null)], ["-1", ""]);
    const finding = makeFinding({ id: "port-scan/x/=1+1", source: "=1+1", target: "@x", title: "-1 tried", kind: "+x" });
    const text = exportFindings("csv", makeExport([makeExported(finding)]));
    for (const cell of text.split(/[,\r\n]+/)) assert.doesNotMatch(cell, /^"?[=+\-@]/);
  });
});

const sarif = (...args: Parameters<typeof makeExport>): SarifLog => {
  const log = JSON.parse(findingsSarif(makeExport(...args))) as SarifLog;
  assertSarif(log);
  return log;
};

describe("findings as SARIF", () => {
  const report = makeReport({
    caveats: ["48 % of the frames"],
    notRun: [{ detector: "syn-flood", reason: "The file lacks flags.", tshark: "-e tcp.flags" }],
  });
  const findings = (["error", "warn", "note", "chat"] as const).map((severity) =>
    makeExported(makeFinding({ id: `port-scan/x/${severity}`, severity, technique: severity === "chat" ? null : "T1499.001" }), {
      isDismissed: severity === "note",
    }),
  );

  it("are one run with a rule per detector, and results that point to them", () => {
    const log = sarif(findings, report);
    assert.equal(log.version, "2.1.0");
    assert.match(log.$schema, /sarif-schema-2\.1\.0\.json$/);
    const [run] = log.runs;
    assert.ok(run);
    const { rules } = run.tool.driver;
    assert.deepEqual(
      rules.map(({ id, name }) => [id, name]),
      [
        ["port-scan", "PortScan"],
        ["syn-flood", "SynFlood"],
      ],
    );
    assert.match(rules[0]?.help?.text ?? "", /minPorts: Failed ports.*Source: Zeek\n.*\nKnown innocent causes: monitoring;/);
    for (const { ruleId, ruleIndex } of run.results) assert.equal(rules[ruleIndex]?.id, ruleId);
    assert.deepEqual(
      run.results.map(({ level }) => level),
      ["error", "warning", "note", "note"],
    );
  });

  it("have a stable fingerprint, all packets, and are suppressed when they were dismissed", () => {
    const results = sarif(findings, report).runs[0]?.results ?? [];
    assert.deepEqual(
      results.map(({ partialFingerprints }) => partialFingerprints["findingId/v1"]),
      findings.map(({ finding }) => finding.id),
    );
    assert.deepEqual(
      results.map(({ suppressions }) => suppressions.length),
      [0, 0, 1, 0],
    );
    assert.deepEqual(results[0]?.properties.frames, [
      [3, 5],
      [12, 12],
    ]);
  });

  it("stand in the capture file: at the row, at the line where one is known", () => {
    const [result] = sarif(findings, report).runs[0]?.results ?? [];
    const [location] = result?.locations ?? [];
    assert.deepEqual(location?.physicalLocation, { artifactLocation: { uri: "file:///captures/capture.csv", index: 0 } });
    assert.deepEqual(location.properties, { role: "strongest", frame: 4, row: 3 });
    assert.deepEqual(
      result?.relatedLocations?.map(({ id }) => id),
      [1],
    );
    const withLines = JSON.parse(findingsSarif({ ...makeExport(findings), lines: new Map([[3, 14]]) })) as SarifLog;
    const [first] = withLines.runs[0]?.results ?? [];
    assert.equal(first?.locations[0]?.physicalLocation.region?.startLine, 14);
    assert.equal(first?.relatedLocations?.[0]?.physicalLocation.region, undefined, "a line that nobody knows is not made up");
  });

  it("name techniques of a taxonomy of their own", () => {
    const [run] = sarif(findings, report).runs;
    const [taxonomy] = run?.taxonomies ?? [];
    assert.deepEqual(taxonomy?.taxa, [{ id: "T1499.001", helpUri: "https://attack.mitre.org/techniques/T1499/001/" }]);
    assert.deepEqual(
      run?.results.map(({ taxa }) => taxa?.map(({ id, index }) => [id, index])),
      [[["T1499.001", 0]], [["T1499.001", 0]], [["T1499.001", 0]], undefined],
    );
    assert.equal(sarif([]).runs[0]?.taxonomies, undefined);
  });

  it("say what could not be judged, and what that means", () => {
    const [invocation] = sarif(findings, report).runs[0]?.invocations ?? [];
    assert.deepEqual(
      invocation?.toolConfigurationNotifications.map(({ level, message, associatedRule }) => [level, message.text, associatedRule]),
      [
        ["warning", "The file lacks flags. Option of tshark: -e tcp.flags", { id: "syn-flood", index: 1 }],
        ["note", "48 % of the frames", undefined],
      ],
    );
  });

  it("say in which language their messages are, unless it is English", () => {
    assert.equal(sarif(findings, report).runs[0]?.language, undefined);
    l10n.config({ contents: readBundle("source", "de") });
    try {
      const log = JSON.parse(findingsSarif({ ...makeExport(findings, report), language: "de" })) as SarifLog;
      assertSarif(log);
      assert.equal(log.runs[0]?.language, "de");
      assert.match(
        log.runs[0].tool.driver.rules[0]?.help?.text ?? "",
        /minPorts: .* niedrig 30, mittel 15, hoch 8\). Quelle: Zeek\n.*\nBekannte harmlose Ursachen: /,
      );
    } finally {
      l10n.config({ contents: {} });
    }
  });

  it("have messages in which nothing from a capture is a placeholder or a link", () => {
    const hostile = makeFinding({ title: "[x](command:y) {0}", explanation: "}" });
    const [result] = sarif([makeExported(hostile)]).runs[0]?.results ?? [];
    assert.equal(result?.message.text, "[x]\u200b(command:y) {{0}}\n\n}}");
  });

  it("have a rule even when nobody describes the detector", () => {
    const [run] = sarif([makeExported(makeFinding({ detector: "rst-misfit" }))]).runs;
    assert.deepEqual(
      run?.tool.driver.rules.map(({ id }) => id),
      ["port-scan", "syn-flood", "rst-misfit"],
    );
  });
});

describe("every format of an export", () => {
  it("ends in a line end, also without findings", () => {
    for (const format of EXPORT_FORMATS) assert.match(exportFindings(format, makeExport([])), /\n$/);
  });
});
