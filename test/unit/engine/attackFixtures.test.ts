import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { ATTACK_FIXTURES, framesOf, listAttackFiles, readAttack, readLabels, readTruth } from "../../support/attacks";
import { allCounts, analyzeText } from "../../support/capture";
import { thinOut } from "../../support/thinOut";

type Row = Record<string, string>;
const DETECTORS = ["sequence-jump", "payload-conflict", "sequence-pattern", "port-scan", "syn-flood", "rst-misfit"];
const truth = readTruth();
const names = Object.keys(truth);

describe("the captures of attacks", () => {
  it("are the files that their truth names", () => {
    const expected = [...names.flatMap((name) => [`${name}.csv`, `${name}.analysis.csv`]), "README.md", "truth.json"].sort();
    assert.deepEqual(listAttackFiles(), expected);
    const bytes = expected.reduce((sum, name) => sum + statSync(join(ATTACK_FIXTURES, name)).size, 0);
    assert.ok(bytes < 3.5 * 1024 * 1024, `${bytes} bytes`);
  });

  it("are asked for every detector, and hold as many events that none may report", () => {
    const asked = new Set(names.flatMap((name) => truth[name]?.hits.map(({ detector }) => detector) ?? []));
    assert.deepEqual([...asked].sort(), [...DETECTORS].sort());
    assert.ok(names.filter((name) => truth[name]?.hits.length === 0).length >= 15);
  });

  for (const name of names) {
    it(`${name} holds what its truth says`, async () => {
      const expected = truth[name];
      assert.ok(expected);
      const text = readAttack(name);
      const rows = parse<Row>(text, { columns: true });
      assert.equal(rows.length, expected.rows);
      assert.equal(rows.filter((row) => row["tcp.seq"] !== "").length, expected.tcpRows);
      assert.equal("tcp.payload" in (rows[0] ?? {}), expected.payloadColumn);

      const byFrame = new Map(rows.map((row) => [Number(row["frame.number"]), row]));
      for (const hit of expected.hits) {
        assert.ok(DETECTORS.includes(hit.detector), hit.detector);
        for (const frame of framesOf(hit)) {
          const row = byFrame.get(frame);
          assert.ok(row, `frame ${frame}`);
          if (hit.stream !== undefined) assert.equal(Number(row["tcp.stream"]), hit.stream);
          const address = row["ip.src"] || row["ipv6.src"];
          const source = row["ip.src"] ? `${address}:${row["tcp.srcport"]}` : `[${address}]:${row["tcp.srcport"]}`;
          if (hit.source) assert.ok(source === hit.source || address === hit.source, `${source} is not ${hit.source}`);
        }
      }
      for (const detector of expected.allowed) assert.ok(DETECTORS.includes(detector), detector);

      // Nothing in it belongs to anybody: private addresses, Ethernet addresses given by software.
      for (const row of rows) {
        for (const address of [row["ip.src"], row["ip.dst"]]) assert.match(address ?? "", /^(?:10\.[\d.]+)?$/);
        for (const address of [row["ipv6.src"] ?? "", row["ipv6.dst"] ?? ""])
          assert.match(address, /^(?:(?:fd00:(?:20|66):|fe80:|ff02:)[\da-f:]+)?$/);
        for (const address of [row["eth.src"], row["eth.dst"]]) assert.match(address ?? "", /^(?:02:|ff:ff:ff:ff:ff:ff$|33:33:)/);
      }

      const counted: Record<string, number> = {};
      for (const label of [...readLabels(name).values()].flat()) counted[label] = (counted[label] ?? 0) + 1;
      assert.deepEqual(counted, expected.labels);

      const capture = await analyzeText(text);
      assert.equal(
        allCounts(capture).reduce((sum, [, count]) => sum + count, 0),
        expected.tcpRows,
      );
    });
  }
});

describe("a capture thinned out", () => {
  const text = readAttack("rough-loss");
  const lines = (csv: string) => csv.trimEnd().split("\n").slice(1);

  it("keeps about the share asked for, in another order, the same for the same seed", () => {
    const half = thinOut(text, { seed: 7 });
    assert.equal(half, thinOut(text, { seed: 7 }));
    assert.notEqual(half, thinOut(text, { seed: 8 }));
    assert.equal(half.split("\n")[0], text.split("\n")[0]);
    const share = lines(half).length / lines(text).length;
    assert.ok(share > 0.4 && share < 0.6, `${share}`);
    const all = new Set(lines(text));
    assert.ok(lines(half).every((line) => all.has(line)));
    assert.equal(new Set(lines(half)).size, lines(half).length);
    assert.notDeepEqual(lines(half), lines(thinOut(text, { seed: 7, shuffle: false })));
  });

  it("can keep every row and only shuffle", () => {
    assert.deepEqual(lines(thinOut(text, { seed: 1, share: 1 })).sort(), lines(text).sort());
  });
});
