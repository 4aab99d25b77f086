/**
 * `npm run evaluate -- DIR`: the product against captures with answers by others. For every NAME.csv with a
 * NAME.expected.json beside it (rows, tcp_seq_nonnull, tcp_seq_distinct, top20, resample_1min of top_seq), counts and
 * the one-minute timeline have to be the same; with a NAME.analysis.csv too, labels per packet are compared with tshark's. Ends
 * with `N passed, N failed`.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CaptureStore } from "../../src/engine/captureStore";
import { formatSeconds } from "../../src/shared/format";
import { DEFAULT_LABEL_FIELDS } from "../../src/shared/model";
import { readCapture } from "../../src/worker/readCapture";
import { ROOT } from "../support/capture";
import { compareLabels, compareStreams, LabelTally } from "./labels";
import { judge, judgementTable, type Judgement } from "./detectors";

/** Differing frames listed per label: of one capture, and of all. */
const EXAMPLES = { each: 5, all: 12 };

interface Expected {
  rows: number;
  tcp_seq_nonnull: number;
  tcp_seq_distinct: number;
  top20: { seq: number; count: number }[];
  top_seq: number;
  resample_1min: { bins: number; rows: { t: string; count: number; last_protocols: string | null }[] };
}

async function check(path: string, expected: Expected): Promise<CaptureStore> {
  const capture = await readCapture({ kind: "file", path }, { labelFields: DEFAULT_LABEL_FIELDS }, { distPath: join(ROOT, "dist") });
  const { rows, distinct } = capture.summary;
  assert.equal(rows.read, expected.rows);
  assert.equal(rows.tcp, expected.tcp_seq_nonnull);
  assert.equal(distinct, expected.tcp_seq_distinct);
  assert.deepEqual(capture.listSequences({ order: "count", from: 0, count: 20 }), expected.top20);
  const timeline = capture.getTimeline({
    seq: expected.top_seq,
    bucketSeconds: 60,
    clock: "capture",
    maxBuckets: 100_000,
    whenTooMany: "sparse",
  });
  assert.equal(timeline.bucketCount, expected.resample_1min.bins);
  const filled = Array.from(timeline.counts, (count, i) => ({
    t: `${formatSeconds(timeline.startSec + (timeline.index?.[i] ?? i) * 60)}Z`,
    count,
    last_protocols: timeline.protocols[i] < 0 ? null : timeline.protocolNames[timeline.protocols[i]],
  })).filter(({ count }) => count > 0);
  const wanted = expected.resample_1min.rows.filter(({ count }) => count > 0);
  assert.deepEqual(
    filled,
    wanted.map(({ t, count, last_protocols }) => ({ t, count, last_protocols })),
  );
  await capture.whenComplete;
  return capture;
}

async function main(directory: string | undefined): Promise<number> {
  if (directory === undefined) {
    console.error("Which captures? npm run evaluate -- DIR");
    return 2;
  }
  let passed = 0;
  let failed = 0;
  const labels = new LabelTally();
  const judgements: Judgement[] = [];
  for (const name of readdirSync(directory).filter((each) => each.endsWith(".expected.json"))) {
    const capture = name.replace(".expected.json", "");
    try {
      const store = await check(join(directory, `${capture}.csv`), JSON.parse(readFileSync(join(directory, name), "utf8")) as Expected);
      passed++;
      console.log(`right  ${capture}`);
      const analysis = join(directory, `${capture}.analysis.csv`);
      judgements.push((await judge(directory, capture))!);
      if (!existsSync(analysis)) continue;
      const withPayload = await judge(directory, capture, analysis);
      if (withPayload) judgements.push(withPayload);
      const own = await compareLabels(store, capture, analysis);
      labels.addAll(own);
      for (const line of own.lines(EXAMPLES.each)) console.log(line);
      const { rows, differing } = compareStreams(store);
      if (differing > 0)
        console.log(`  streams by addresses and ports: ${String(differing)} differences from tcp.stream, ${String(rows)} packets`);
    } catch (error) {
      failed++;
      console.log(`WRONG  ${capture}\n${error instanceof Error ? error.message : String(error)}`);
    }
  }
  console.log("labels per packet, all captures");
  for (const line of labels.lines(EXAMPLES.all)) console.log(line);
  console.log("detectors, medium sensitivity");
  for (const line of judgementTable(judgements)) console.log(line);
  for (const { capture, columns, missed, wrong } of judgements) {
    if (missed.length + wrong.length === 0) passed++;
    else failed++;
    for (const id of missed) console.log(`WRONG  ${capture} (${columns} columns): ${id} found nothing`);
    for (const { severity, title } of wrong) console.log(`WRONG  ${capture} (${columns} columns): ${severity}: ${title}`);
  }
  console.log(`${String(passed)} passed, ${String(failed)} failed`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

void main(process.argv[2]).then((code) => (process.exitCode = code));
