/** What both programs that measure the analysis share: the questions they ask, and the clicks. */
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { formatSeconds } from "../../src/shared/format";
import type { CaptureSummary, SequenceCount, SequenceQuery, Timeline, TimelineQuery } from "../../src/shared/model";
import type { PacketPage, PacketSort, PacketsQuery } from "../../src/shared/packets";
import { NO_FOCUS } from "../../src/shared/selection";
import { readExpected, TOP, type Answer, type Run } from "./answer";

/** What a run of the analysis tells besides its answer. */
export interface OurRun extends Run {
  /** When the list of the most frequent numbers and the timeline of the first was there, and what memory that took. */
  readonly first: { readonly elapsedMs: number; readonly peakBytes: number };
  /** Timeline of the most frequent and of the rarest number, once everything was read: median of seven. */
  readonly clickTopMs: number;
  readonly clickRareMs: number;
  /** Pages of packets: at the middle of the most frequent number's, and of all packets by time, latest first, and by length, longest first. */
  readonly packetsTop: PageTimes;
  readonly packetsByTime: PageTimes;
  readonly packetsByLength: PageTimes;
  /** Search for bursts of all numbers, the first time they are asked for. */
  readonly burstsMs: number;
  /** Longest time the event loop of the asking thread stood still; null where that thread did the work. */
  readonly longestBlockMs: number | null;
  readonly rows: number;
}

/** The first page that is asked for, in the middle; then medians of seven: pages anywhere, as a dragged scroll bar asks, and the next one each time. */
interface PageTimes {
  readonly firstMs: number;
  readonly anywhereMs: number;
  readonly nextMs: number;
}

type Awaitable<T> = T | Promise<T>;
/** A capture, in this thread or in another. */
interface Answering {
  readonly summary: CaptureSummary;
  readonly complete: Promise<unknown>;
  listSequences(query: SequenceQuery): Awaitable<readonly SequenceCount[]>;
  getTimeline(query: TimelineQuery): Awaitable<Timeline>;
  getPackets(query: PacketsQuery): Awaitable<PacketPage>;
}

const minutesOf = (seq: number): TimelineQuery => ({
  seq,
  bucketSeconds: 60,
  clock: "capture",
  maxBuckets: 10_000,
  whenTooMany: "coarsen",
});
const peakBytes = (): number => process.resourceUsage().maxRSS * 1024;

/** The small query to the file at `path`, then the wait until everything is there. */
export async function measure(
  path: string,
  open: () => Promise<Answering>,
  longestBlockMs: () => number | null = () => null,
): Promise<OurRun> {
  const started = performance.now();
  const capture = await open();
  const top = await capture.listSequences({ order: "count", from: 0, count: TOP });
  const timeline = await capture.getTimeline(minutesOf(top[0].seq));
  const first = { elapsedMs: performance.now() - started, peakBytes: peakBytes() };
  await capture.complete;
  const elapsedMs = performance.now() - started;
  const { rows, distinct } = capture.summary;
  const [rarest] = await capture.listSequences({ order: "count", from: distinct - 1, count: 1 });
  return {
    elapsedMs,
    peakBytes: peakBytes(),
    first,
    clickTopMs: await clickMs(capture, top[0].seq),
    clickRareMs: await clickMs(capture, rarest.seq),
    burstsMs: await findBursts(capture, readExpected(path)?.top[0].seq),
    ...(await pagesOf(capture, top[0])),
    longestBlockMs: longestBlockMs(),
    rows: rows.read,
    answer: { rowsTcp: rows.tcp, distinct, top: top.map(({ seq, count }) => ({ seq, count })), buckets: bucketsOf(timeline) },
  };
}

/**
 * The number that leads has to burst in the fullest minute of its own timeline. In the generator's files that is the most
 * frequent one, in the minute of the flood.
 */
async function findBursts(capture: Answering, generated: number | undefined): Promise<number> {
  const begin = performance.now();
  const [first] = await capture.listSequences({ order: "burst", from: 0, count: 1 });
  const elapsed = performance.now() - begin;
  const { counts, startSec, bucketSeconds } = await capture.getTimeline(minutesOf(first.seq));
  const peakCount = Math.max(...counts);
  const peakSec = startSec + counts.indexOf(peakCount) * bucketSeconds;
  if (generated !== undefined && first.seq !== generated)
    throw new Error(`wrong answer: the strongest burst is ${JSON.stringify(first)}, not one of ${generated}`);
  if (first.burst?.peakSec !== peakSec || first.burst.peakCount !== peakCount)
    throw new Error(`wrong answer: the strongest burst is ${JSON.stringify(first)}, not ${peakCount} packets at ${formatSeconds(peakSec)}`);
  return elapsed;
}

async function clickMs(capture: Answering, seq: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 7; i++) {
    const begin = performance.now();
    await capture.getTimeline(minutesOf(seq));
    times.push(performance.now() - begin);
  }
  return times.sort((a, b) => a - b)[3];
}

const PAGE_PACKETS = 200;

async function pagesOf(capture: Answering, top: SequenceCount): Promise<Pick<OurRun, "packetsTop" | "packetsByTime" | "packetsByLength">> {
  // Nobody asks in the same moment: a capture in this thread, too, comes to what it does between questions.
  await setTimeout(300);
  return {
    packetsTop: await pageTimes(capture, top.seq, null, top.count),
    packetsByTime: await pageTimes(capture, null, { column: "time", isDescending: true }, capture.summary.rows.tcp),
    packetsByLength: await pageTimes(capture, null, { column: "len", isDescending: true }, capture.summary.rows.tcp),
  };
}

/** Throws when a page holds other packets than it should. `total`: how many there are. */
async function pageTimes(capture: Answering, seq: number | null, sort: PacketSort, total: number): Promise<PageTimes> {
  const selection = { ...NO_FOCUS, seq, finding: null };
  const ask = async (from: number): Promise<{ ms: number; page: PacketPage }> => {
    const begin = performance.now();
    const page = await capture.getPackets({ selection, sort, from, count: PAGE_PACKETS, showing: null });
    return { ms: performance.now() - begin, page };
  };
  const middle = Math.max(0, (total >>> 1) - PAGE_PACKETS);
  const first = await ask(middle);
  const medianOf = async (places: readonly number[]): Promise<number> => {
    const times: number[] = [];
    for (const place of places) times.push((await ask(place)).ms);
    return times.sort((a, b) => a - b)[times.length >> 1];
  };
  const sevens = [...Array(7).keys()];
  const anywhereMs = await medianOf(sevens.map((i) => Math.floor((((3 * i) % 7) * (total - PAGE_PACKETS)) / 7)));
  const nextMs = await medianOf(sevens.map((i) => Math.max(0, middle + i * PAGE_PACKETS)));
  for (const { page } of [first, await ask(0), await ask(Math.max(0, total - PAGE_PACKETS))]) checkPage(page, seq, sort, total);
  return { firstMs: first.ms, anywhereMs, nextMs };
}

function checkPage({ total, packets }: PacketPage, seq: number | null, sort: PacketSort, expected: number): void {
  if (total !== expected) throw new Error(`wrong answer: ${total} packets are listed, not ${expected}`);
  if (packets.length !== Math.min(expected, PAGE_PACKETS)) throw new Error(`wrong answer: a page of ${packets.length} packets`);
  if (seq !== null && packets.some((packet) => packet.seq !== seq)) throw new Error("wrong answer: packets of another number");
  const keys = packets.map(({ frame, time, len }) => {
    if (sort?.column === "len") return -(len ?? 0);
    return sort ? -((time?.seconds ?? 0) + (time?.nanos ?? 0) / 1e9) : (frame ?? 0);
  });
  if (keys.some((key, i) => i > 0 && key < keys[i - 1])) throw new Error("wrong answer: packets out of order");
}

function bucketsOf({ counts, startSec, index, bucketSeconds, labels, labelNames, protocols, protocolNames }: Timeline): Answer["buckets"] {
  return Array.from(counts, (count, i) => ({
    start: formatSeconds(startSec + (index?.[i] ?? i) * bucketSeconds),
    count,
    alert: labels[i] < 0 ? null : labelNames[labels[i]],
    protocols: protocols[i] < 0 ? null : protocolNames[protocols[i]],
  }));
}
