import assert from "node:assert/strict";
import { GraphMark, type NumberGraph } from "../../../src/shared/findingGraph";
import { graphTable } from "../../../webview/graphTable";
import { makeStreamGraph, probes, rates } from "./findings";

const rowsOf = (table: ReturnType<typeof graphTable>): string[][] =>
  Array.from({ length: table.rowCount }, (_, i) => {
    const cells = table.rowAt(i);
    assert.equal(cells.length, table.heads.length);
    return [...cells];
  });

const numbers: NumberGraph = {
  kind: "numbers",
  start: null,
  total: 2,
  field: "tcp.seq_raw",
  times: Float64Array.of(0, 1),
  seqs: Float64Array.of(4_000_000_000, 7),
  marks: Uint16Array.of(GraphMark.syn, 0),
  frames: Uint32Array.of(3, 0),
};

describe("a finding's graph as a table", () => {
  it("lists segments of a stream and what is acknowledged, in the order of time", () => {
    const graph = makeStreamGraph(
      [
        [0.5, 101, 20, GraphMark.retransmission | GraphMark.inFinding],
        [0, 1, 100],
      ],
      [
        [0.5, 101, NaN],
        [0.25, 51, 9051],
      ],
    );
    assert.deepEqual(rowsOf(graphTable(graph)), [
      ["0", "Segment", "2", "1", "100", "–", "–", "–"],
      ["0.25", "Acknowledgement", "–", "–", "–", "–", "51", "9051"],
      ["0.5", "Retransmission, Part of the finding", "1", "101", "20", "–", "–", "–"],
      ["0.5", "Acknowledgement", "–", "–", "–", "–", "101", "–"],
    ]);
  });

  it("names the number that was expected where there is a gap", () => {
    const graph = { ...makeStreamGraph([[0, 500, 10, GraphMark.gap]]), expected: Float64Array.of(100) };
    assert.equal(rowsOf(graphTable(graph))[0]?.[5], "100");
  });

  it("lists the probes of a scan with what became of them", () => {
    assert.deepEqual(graphTable(probes).heads, ["Seconds", "Frame", "Host", "Port", "Outcome"]);
    assert.deepEqual(rowsOf(graphTable(probes))[2], ["2", "–", "10.0.0.2", "443", "No answer"]);
  });

  it("lists SYNs and handshakes by their time", () => {
    assert.deepEqual(rowsOf(graphTable(rates)), [
      ["0", "1,000", "0"],
      ["0.1", "500", "2"],
    ]);
  });

  it("counts packets where the file has no times, and does not group their numbers", () => {
    assert.deepEqual(graphTable(numbers).heads, ["Packet", "Frame", "tcp.seq_raw", "What"]);
    assert.deepEqual(rowsOf(graphTable(numbers)), [
      ["1", "3", "4000000000", "SYN"],
      ["2", "–", "7", "Packet"],
    ]);
  });

  it("says of each packet whether it passes a filter, of an acknowledgement nothing", () => {
    const focused = { focus: { filter: "tcp.len > 1", range: null }, passing: 1, packets: 2, isOutside: Uint8Array.of(0, 1) };
    const graph = {
      ...makeStreamGraph(
        [
          [0.5, 101, 20],
          [0, 1, 1],
        ],
        [[0.25, 51, 9051]],
      ),
      focused,
    };
    const table = graphTable(graph);
    assert.equal(table.heads.at(-1), "Passes the filter");
    assert.deepEqual(
      rowsOf(table).map((row) => row.at(-1)),
      ["no", "–", "yes"],
    );
    assert.equal(graphTable({ ...rates, focused }).heads.at(-1), "Completed handshakes");
  });

  it("has a caption and aligns only numbers to the right", () => {
    for (const graph of [probes, rates, numbers, makeStreamGraph([[0, 1, 1]], [[1, 2, 3]])]) {
      const table = graphTable(graph);
      assert.notEqual(table.caption, "");
      const cells = rowsOf(table);
      for (const column of table.numberColumns)
        for (const row of cells) assert.match(row[column] ?? "", /^(–|[\d.,]+)$/, table.heads[column]);
    }
  });
});
