/** Everything a finding's page says in words. Pure, no DOM. Text that comes from the capture goes through `cleanText`. */
import {
  GraphMark,
  PROBE_OUTCOMES,
  type FindingGraph,
  type GraphFocus,
  type GraphMarkName,
  type ProbeOutcome,
} from "../src/shared/findingGraph";
import type { Confidence, DetectorId, EvidenceRole, Finding, Severity } from "../src/shared/findings";
import { formatCount, formatMoment, formatZoneLabel } from "../src/shared/format";
import type { CaptureTime, Moment } from "../src/shared/model";
import type { FilterScope } from "../src/shared/panelProtocol";
import { formatShort } from "./axes";
import * as l10n from "./l10n";
import { cleanText, countPackets, NOTHING, type Fact } from "./timelineText";

/** Longest texts from a capture here: addresses, titles, cells. */
const MAX_ENDPOINT = 64;
export const MAX_SENTENCES = 4000;

/** What the detector looks for, as a heading. */
export const detectorName = (detector: DetectorId): string =>
  ({
    "sequence-jump": l10n.t("Jump in sequence numbers"),
    "payload-conflict": l10n.t("Same number, different payload"),
    "sequence-pattern": l10n.t("Regular or predictable numbers"),
    "port-scan": l10n.t("Port scan"),
    "syn-flood": l10n.t("SYN flood"),
    "rst-misfit": l10n.t("Reset that does not fit"),
  })[detector];

/** Severity in a word, and its icon. */
export const severityName = (severity: Severity): string =>
  ({ chat: l10n.t("Chat"), note: l10n.t("Note"), warn: l10n.t("Warning"), error: l10n.t("Error") })[severity];
export const SEVERITY_ICONS: Readonly<Record<Severity, string>> = { chat: "comment", note: "info", warn: "warning", error: "error" };

export const confidenceText = (confidence: Confidence): string =>
  ({
    low: l10n.t("Confidence: low"),
    medium: l10n.t("Confidence: medium"),
    high: l10n.t("Confidence: high"),
    certain: l10n.t("Confidence: certain"),
  })[confidence];

export const roleName = (role: EvidenceRole): string =>
  ({ strongest: l10n.t("Strongest"), first: l10n.t("First"), last: l10n.t("Last") })[role];

/** A moment as the file prints it, with all its digits; without a zone. */
export function formatFullTime(moment: Moment | null, time: CaptureTime | null): string {
  if (moment === null) return NOTHING;
  if (time?.isRelative) return `${String(moment.seconds)}.${String(moment.nanos).padStart(9, "0")} s`;
  return formatMoment(moment).replace("T", " ");
}

/** Head of a column of times. */
export function timeHead(time: CaptureTime | null): string {
  if (time === null) return l10n.t("Time");
  if (time.isRelative) return l10n.t("Time since the start of the capture");
  const zone = formatZoneLabel(time.zone);
  return zone === null ? l10n.t("Time") : l10n.t("Time ({0})", cleanText(zone, 24));
}

const withZone = (moment: Moment | null, time: CaptureTime | null): string => {
  const zone = moment === null || time === null || time.isRelative ? null : formatZoneLabel(time.zone);
  return zone === null ? formatFullTime(moment, time) : `${formatFullTime(moment, time)} ${cleanText(zone, 24)}`;
};

export const endpointName = (endpoint: string | null): string => (endpoint === null ? NOTHING : cleanText(endpoint, MAX_ENDPOINT));

/** What is known of a finding, in the order it is shown. */
export function findingFacts(finding: Finding, time: CaptureTime | null): Fact[] {
  const { source, target, streams, streamCount, evidence } = finding;
  const many = (value: string | null): string => (value === null ? l10n.t("several") : endpointName(value));
  const frames = evidence
    .filter(({ frame }) => frame !== null)
    .map(({ role, frame }) => l10n.t("{0} ({1})", String(frame), roleName(role).toLowerCase()));
  return [
    { label: l10n.t("Count"), value: formatCount(finding.count) },
    { label: l10n.t("Packets"), value: formatCount(finding.packets) },
    { label: l10n.t("First"), value: withZone(finding.first, time) },
    { label: l10n.t("Last"), value: withZone(finding.last, time) },
    { label: l10n.t("Source"), value: many(source) },
    { label: l10n.t("Target"), value: many(target) },
    { label: streamCount === 1 ? l10n.t("Stream") : l10n.t("Streams"), value: streamsText(streams, streamCount) },
    ...(frames.length > 0 ? [{ label: l10n.t("Frames"), value: frames.join(", ") }] : []),
  ];
}

/** The first few streams, and how many there are. */
function streamsText(streams: readonly number[], count: number): string {
  if (count === 0) return NOTHING;
  if (count === 1) return String(streams[0]);
  const some = streams.slice(0, 5).join(", ");
  return count > 5 ? l10n.t("{0}: {1}, …", formatCount(count), some) : some;
}

/** What marks a segment, as legend and tooltip name it. */
export const markName = (name: GraphMarkName): string =>
  ({
    syn: l10n.t("SYN"),
    fin: l10n.t("FIN"),
    reset: l10n.t("RST"),
    retransmission: l10n.t("Retransmission"),
    outOfOrder: l10n.t("Out of order"),
    gap: l10n.t("Gap: something before was not captured"),
    conflict: l10n.t("Other payload under the same numbers"),
    keepAlive: l10n.t("Keep-alive"),
    inFinding: l10n.t("Part of the finding"),
  })[name];

export const outcomeName = (outcome: ProbeOutcome): string =>
  ({ open: l10n.t("Open (SYN-ACK)"), closed: l10n.t("Closed (RST)"), silent: l10n.t("No answer") })[outcome];

/** Title above the graph. */
export function graphTitle(graph: FindingGraph): string {
  switch (graph.kind) {
    case "stream": {
      const [from, to] = graph.direction === 0 ? graph.ends : [graph.ends[1], graph.ends[0]];
      return l10n.t("Stream {0}: {1} → {2}", String(graph.stream), endpointName(from), endpointName(to));
    }
    case "probes":
      return graph.axis === "ports" ? l10n.t("Ports Probed Over Time") : l10n.t("Hosts Probed Over Time");
    case "rates":
      return l10n.t("SYNs and Completed Handshakes Over Time");
    case "numbers":
      return l10n.t("Sequence Numbers Over Time");
  }
}

/** Title of the horizontal axis. */
export function graphTimeTitle({ start }: FindingGraph, time: CaptureTime | null): string {
  return start === null ? l10n.t("Packets") : l10n.t("Seconds since {0}", withZone(start, time));
}

/** Seconds on an axis or in a sentence: at most nine decimals, no needless zeros. */
export const formatSecondsShort = (seconds: number): string => String(Number(seconds.toFixed(seconds < 1 ? 6 : 3)));

const duration = (graph: FindingGraph, length: number): string =>
  graph.start === null ? countPackets(Math.round(length)) : l10n.t("{0} s", formatSecondsShort(length));

/** The graph in one sentence. */
export function graphSummary(graph: FindingGraph): string {
  switch (graph.kind) {
    case "stream": {
      if (graph.total === 0) return l10n.t("No segment of this direction is in the file.");
      const { counts, times, seqs, lengths } = graph;
      let [low, high] = [Infinity, -Infinity];
      seqs.forEach((seq, i) => {
        low = Math.min(low, seq);
        high = Math.max(high, seq + (lengths[i] ?? 0));
      });
      const length = (times[times.length - 1] ?? 0) - (times[0] ?? 0);
      const marks = [
        [counts.retransmission, l10n.t("1 retransmission"), l10n.t("{0} retransmissions", formatCount(counts.retransmission))],
        [counts.outOfOrder, l10n.t("1 out of order"), l10n.t("{0} out of order", formatCount(counts.outOfOrder))],
        [counts.gap, l10n.t("1 gap"), l10n.t("{0} gaps", formatCount(counts.gap))],
        [counts.conflict, l10n.t("1 with other payload"), l10n.t("{0} with other payload", formatCount(counts.conflict))],
        [counts.reset, l10n.t("1 reset"), l10n.t("{0} resets", formatCount(counts.reset))],
      ] as const;
      const found = marks.filter(([count]) => count > 0).map(([count, one, many]) => (count === 1 ? one : many));
      return l10n.t(
        "{0} over {1}, sequence numbers {2} to {3}: {4}.",
        graph.total === 1 ? l10n.t("1 segment") : l10n.t("{0} segments", formatCount(graph.total)),
        duration(graph, length),
        formatCount(low),
        formatCount(high),
        found.length > 0 ? found.join(", ") : l10n.t("nothing unusual"),
      );
    }
    case "probes": {
      const { open, closed, silent } = graph.counts;
      return l10n.t(
        "{0} of {1} on {2}: {3} open, {4} closed, {5} without an answer.",
        graph.total === 1 ? l10n.t("1 probe") : l10n.t("{0} probes", formatCount(graph.total)),
        graph.portCount === 1 ? l10n.t("1 port") : l10n.t("{0} ports", formatCount(graph.portCount)),
        graph.hostCount === 1 ? l10n.t("1 host") : l10n.t("{0} hosts", formatCount(graph.hostCount)),
        formatCount(open),
        formatCount(closed),
        formatCount(silent),
      );
    }
    case "rates": {
      const sum = (values: Uint32Array): number => values.reduce((total, value) => total + value, 0);
      const peak = graph.syns.reduce((highest, value) => Math.max(highest, value), 0);
      return l10n.t(
        "{0} SYNs and {1} completed handshakes, at most {2} SYNs per {3}.",
        formatCount(sum(graph.syns)),
        formatCount(sum(graph.completed)),
        formatCount(peak),
        binName(graph.binSeconds),
      );
    }
    case "numbers":
      return l10n.t("{0}, numbers as {1} has them.", countPackets(graph.total), graph.field);
  }
}

/** How many packets of the graph pass filter and range, and what that changes in it; nothing where all packets are looked at. */
export function focusText({ kind, total, focused }: FindingGraph): string[] {
  if (!focused || total === 0) return [];
  const { focus, passing, packets } = focused;
  const counts = [formatCount(passing), formatCount(packets)] as const;
  const passed =
    focus.range === null
      ? l10n.t("{0} of {1} packets pass the filter", ...counts)
      : focus.filter === ""
        ? l10n.t("{0} of {1} packets are in the range of time", ...counts)
        : l10n.t("{0} of {1} packets pass the filter and are in the range of time", ...counts);
  if (kind === "rates") return [l10n.t("The graph shows all packets of the finding; {0}.", passed)];
  return [passing === packets ? l10n.t("{0}.", passed) : l10n.t("{0}; the others are drawn faintly.", passed)];
}

/** Whether a point passes filter and range; nothing where all packets are looked at, or points are no packets. */
export function passesFact({ focused }: FindingGraph, i: number): Fact[] {
  const isOutside = focused?.isOutside[i];
  if (!focused || isOutside === undefined) return [];
  return [{ label: passesName(focused), value: isOutside === 1 ? l10n.t("no") : l10n.t("yes") }];
}

/** What a point does, or does not. */
export function passesName({ focus }: GraphFocus): string {
  if (focus.range === null) return l10n.t("Passes the filter");
  return focus.filter === "" ? l10n.t("In the range of time") : l10n.t("Passes filter and range");
}

/** `1 s`, `10 ms`, `10 min`. */
export function binName(seconds: number): string {
  if (seconds < 1) return `${String(Math.round(seconds * 1000))} ms`;
  if (seconds < 60) return `${String(seconds)} s`;
  return seconds < 3600 ? `${String(seconds / 60)} min` : `${String(seconds / 3600)} h`;
}

/** What has to be known to read the graph: points that are left out or do not fit. */
export function graphNotes(graph: FindingGraph, outside = 0, isWindowDrawn = true): string[] {
  const notes: string[] = [];
  const shown = graph.kind === "rates" ? graph.total : graph.times.length;
  if (shown < graph.total)
    notes.push(
      l10n.t(
        "Drawn are {0} of {1} points, all that are marked among them as far as there is room.",
        formatCount(shown),
        formatCount(graph.total),
      ),
    );
  if (graph.kind === "stream") {
    if (graph.ackTimes.length < graph.totalAcks)
      notes.push(l10n.t("Drawn are {0} of {1} acknowledgements.", formatCount(graph.ackTimes.length), formatCount(graph.totalAcks)));
    if (graph.totalAcks === 0) notes.push(l10n.t("No acknowledgement of the other side is in the file."));
    if (!isWindowDrawn) notes.push(l10n.t("The window of the other side ends above the numbers drawn."));
    if (graph.base !== 0) notes.push(l10n.t("Numbers are counted from {0}, the first of this direction.", String(graph.base)));
  }
  if (graph.kind === "numbers" && graph.field === "tcp.seq")
    notes.push(
      l10n.t(
        "Relative numbers count every stream from 0: only tcp.seq_raw shows the numbers that were sent. Add -e tcp.seq_raw to tshark.",
      ),
    );
  if (outside > 0)
    notes.push(
      outside === 1
        ? l10n.t(
            "1 segment lies far outside of the numbers drawn and stands at the edge with an arrow; the range “Around the finding” has all numbers of the finding.",
          )
        : l10n.t(
            "{0} segments lie far outside of the numbers drawn and stand at the edge with an arrow; the range “Around the finding” has all numbers of the finding.",
            formatCount(outside),
          ),
    );
  return notes;
}

/** What is marked of a packet; `unmarked` where nothing is. */
export const marksText = (marks: number, unmarked = l10n.t("Segment")): string => {
  const names = (Object.keys(GraphMark) as GraphMarkName[]).filter((name) => (marks & GraphMark[name]) !== 0);
  return names.length > 0 ? names.map(markName).join(", ") : unmarked;
};

const frameFact = (frame: number): Fact => ({ label: l10n.t("Frame"), value: frame === 0 ? NOTHING : String(frame) });

/** What is known of the i-th point. The first fact heads the tooltip. */
export const graphFacts = (graph: FindingGraph, i: number): Fact[] => [...ownFacts(graph, i), ...passesFact(graph, i)];

function ownFacts(graph: FindingGraph, i: number): Fact[] {
  const at = (time: number): Fact => ({
    label: graph.start === null ? l10n.t("Packet") : l10n.t("Time"),
    value: graph.start === null ? formatCount(time + 1) : l10n.t("{0} s", String(Number(time.toFixed(9)))),
  });
  switch (graph.kind) {
    case "stream": {
      const facts = [
        { label: l10n.t("Segment"), value: marksText(graph.marks[i] ?? 0) },
        frameFact(graph.frames[i] ?? 0),
        at(graph.times[i] ?? 0),
        { label: l10n.t("Seq"), value: String(graph.seqs[i] ?? 0) },
        { label: l10n.t("Len"), value: String(graph.lengths[i] ?? 0) },
      ];
      const expected = graph.expected[i] ?? NaN;
      return Number.isNaN(expected) ? facts : [...facts, { label: l10n.t("Expected"), value: String(expected) }];
    }
    case "probes":
      return [
        { label: l10n.t("Outcome"), value: outcomeName(PROBE_OUTCOMES[graph.outcomes[i] ?? 2] ?? "silent") },
        frameFact(graph.frames[i] ?? 0),
        at(graph.times[i] ?? 0),
        { label: l10n.t("Host"), value: endpointName(graph.hostNames[graph.hosts[i] ?? 0] ?? null) },
        { label: l10n.t("Port"), value: String(graph.ports[i] ?? 0) },
      ];
    case "rates":
      return [
        at(i * graph.binSeconds),
        { label: l10n.t("SYNs"), value: formatCount(graph.syns[i] ?? 0) },
        { label: l10n.t("Completed handshakes"), value: formatCount(graph.completed[i] ?? 0) },
      ];
    case "numbers":
      return [
        { label: l10n.t("Packet"), value: marksText(graph.marks[i] ?? 0) },
        frameFact(graph.frames[i] ?? 0),
        at(graph.times[i] ?? 0),
        { label: graph.field, value: String(graph.seqs[i] ?? 0) },
      ];
  }
}

/** A sequence number on an axis. */
export const formatSeqTick = (value: number): string =>
  Math.abs(value) < 100_000 ? formatCount(value) : `${value < 0 ? "-" : ""}${formatShort(Math.abs(value))}`;

/** What became of copying the finding's filter. */
export function copiedFilterText(scope: FilterScope): string {
  switch (scope) {
    case "exact":
      return l10n.t("Copied.");
    case "wider":
      return l10n.t(
        "Copied by streams or addresses, so that other packets pass, too: the file has no frame.number, or one filter cannot name so many packets.",
      );
    case "part":
      return l10n.t("Copied for the first of its packets: one filter cannot name so many. The view Findings copies the other parts.");
    case "none":
      return l10n.t("Wireshark cannot be told of these packets: the file has no frame.number. Export it again with -e frame.number.");
  }
}
