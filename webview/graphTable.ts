/** A finding's graph as a table: a row for everything that is drawn, in the order of time. Pure, no DOM. */
import { PROBE_OUTCOMES, type FindingGraph, type StreamGraph } from "../src/shared/findingGraph";
import { formatCount } from "../src/shared/format";
import type { TableContent } from "./dataTable";
import { endpointName, graphTitle, marksText, outcomeName, passesFact, passesName } from "./findingText";
import * as l10n from "./l10n";
import { NOTHING } from "./timelineText";

/**
 * What `DataTable.show` takes. The first column is the time, or the place where the file has no times; the last says what passes where
 * not all packets are looked at.
 */
export function graphTable(graph: FindingGraph): TableContent {
  const { place, ...table } = wholeTable(graph);
  const { focused } = graph;
  if (!focused || graph.kind === "rates") return table;
  const passes = (row: number): string => passesFact(graph, place(row))[0]?.value ?? NOTHING;
  return { ...table, heads: [...table.heads, passesName(focused)], rowAt: (row) => [...table.rowAt(row), passes(row)] };
}

/** `place`: which of the graph's points a row is; none for an acknowledgement. */
type PlacedTable = TableContent & { readonly place: (row: number) => number };

const sameRow = (row: number): number => row;

function wholeTable(graph: FindingGraph): PlacedTable {
  const caption = graphTitle(graph);
  const time = graph.start === null ? l10n.t("Packet") : l10n.t("Seconds");
  const at = (seconds: number): string => (graph.start === null ? formatCount(seconds + 1) : String(Number(seconds.toFixed(9))));
  const frame = (i: number, frames: Uint32Array): string => (frames[i] ? String(frames[i]) : NOTHING);
  switch (graph.kind) {
    case "stream":
      return { caption, ...streamTable(graph, time, at) };
    case "probes":
      return {
        caption,
        place: sameRow,
        heads: [time, l10n.t("Frame"), l10n.t("Host"), l10n.t("Port"), l10n.t("Outcome")],
        numberColumns: [0, 1, 3],
        rowCount: graph.times.length,
        rowAt: (i) => [
          at(graph.times[i] ?? 0),
          frame(i, graph.frames),
          endpointName(graph.hostNames[graph.hosts[i] ?? 0] ?? null),
          String(graph.ports[i] ?? 0),
          outcomeName(PROBE_OUTCOMES[graph.outcomes[i] ?? 2] ?? "silent"),
        ],
      };
    case "rates":
      return {
        caption,
        place: sameRow,
        heads: [time, l10n.t("SYNs"), l10n.t("Completed handshakes")],
        numberColumns: [0, 1, 2],
        rowCount: graph.syns.length,
        rowAt: (i) => [at(i * graph.binSeconds), formatCount(graph.syns[i] ?? 0), formatCount(graph.completed[i] ?? 0)],
      };
    case "numbers":
      return {
        caption,
        place: sameRow,
        heads: [time, l10n.t("Frame"), graph.field, l10n.t("What")],
        numberColumns: [0, 1, 2],
        rowCount: graph.times.length,
        rowAt: (i) => [
          at(graph.times[i] ?? 0),
          frame(i, graph.frames),
          String(graph.seqs[i] ?? 0),
          marksText(graph.marks[i] ?? 0, l10n.t("Packet")),
        ],
      };
  }
}

/** Segments of the one side and what the other side acknowledges, together. */
function streamTable(graph: StreamGraph, time: string, at: (seconds: number) => string): Omit<PlacedTable, "caption"> {
  const { times, seqs, lengths, marks, expected, frames, ackTimes, acks, windowEnds } = graph;
  const number = (value: number | undefined): string => (value === undefined || Number.isNaN(value) ? NOTHING : String(value));
  // Segments by their places, ACKs by theirs below zero; of the same time the segment comes first.
  const order = [...Array.from(times, (_, i) => i), ...Array.from(ackTimes, (_, i) => -1 - i)];
  const timeOf = (place: number): number => (place < 0 ? ackTimes[-1 - place] : times[place]) ?? 0;
  order.sort((a, b) => timeOf(a) - timeOf(b) || b - a);
  return {
    place: (row) => order[row] ?? 0,
    heads: [
      time,
      l10n.t("What"),
      l10n.t("Frame"),
      l10n.t("Seq"),
      l10n.t("Len"),
      l10n.t("Expected"),
      l10n.t("Acknowledged by the other side"),
      l10n.t("End of its window"),
    ],
    numberColumns: [0, 2, 3, 4, 5, 6, 7],
    rowCount: order.length,
    rowAt: (row) => {
      const i = order[row] ?? 0;
      const when = at(timeOf(i));
      if (i < 0) {
        const ack = -1 - i;
        return [when, l10n.t("Acknowledgement"), NOTHING, NOTHING, NOTHING, NOTHING, number(acks[ack]), number(windowEnds[ack])];
      }
      const isKnown = (frames[i] ?? 0) !== 0;
      const cells = [isKnown ? String(frames[i]) : NOTHING, number(seqs[i]), number(lengths[i]), number(expected[i])];
      return [when, marksText(marks[i] ?? 0), ...cells, NOTHING, NOTHING];
    },
  };
}
