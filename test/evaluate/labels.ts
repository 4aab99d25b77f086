/**
 * Labels per packet against tshark's own: NAME.analysis.csv beside NAME.csv, joined by frame.number. Counts per label what
 * both say, what only one of them says, and where.
 */
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { CaptureStore } from "../../src/engine/captureStore";
import { Valid } from "../../src/engine/columns";
import { followStreams } from "../../src/engine/followStreams";
import { LABEL_FIELDS, SegmentLabel, type SegmentLabelName } from "../../src/engine/segmentLabels";
import { numberStreams, orderStreams } from "../../src/engine/streams";

/** What became of one label: in how many frames both say it, only we, only tshark. */
export interface Agreement {
  both: number;
  extra: number;
  missed: number;
}

/** Agreement per label, and the first frames that differ, as `capture:+frame` (only we) or `capture:-frame` (only tshark). */
export class LabelTally {
  readonly labels = new Map<SegmentLabelName, Agreement & { differing: string[] }>(
    LABEL_FIELDS.map(({ name }) => [name, { both: 0, extra: 0, missed: 0, differing: [] }]),
  );

  add(label: SegmentLabelName, ours: boolean, theirs: boolean, where: string): void {
    const entry = this.labels.get(label);
    assert.ok(entry);
    if (ours && theirs) entry.both++;
    else if (ours) entry.extra++;
    else if (theirs) entry.missed++;
    if (ours !== theirs) entry.differing.push(where);
  }

  addAll(other: LabelTally): void {
    for (const [label, { both, extra, missed, differing }] of other.labels) {
      const entry = this.labels.get(label);
      assert.ok(entry);
      entry.both += both;
      entry.extra += extra;
      entry.missed += missed;
      entry.differing.push(...differing);
    }
  }

  /** A line per label that anybody has seen: precision, recall, counts, and at most `examples` differing frames. */
  lines(examples: number): string[] {
    const rows = [...this.labels].filter(([, { both, extra, missed }]) => both + extra + missed > 0);
    return rows.map(([label, { both, extra, missed, differing }]) => {
      const ratio = (total: number): string => (total === 0 ? "-" : (both / total).toFixed(4)).padStart(6);
      const shown = differing.slice(0, examples).join(" ") + (differing.length > examples ? " …" : "");
      const counts = `both ${String(both).padStart(5)}  only ours ${String(extra).padStart(4)}  only tshark ${String(missed).padStart(4)}`;
      return `  ${label.padEnd(22)} precision ${ratio(both + extra)}  recall ${ratio(both + missed)}  ${counts}  ${shown}`.trimEnd();
    });
  }
}

/** Compares a capture that is read completely. `path`: the analysis CSV. */
export async function compareLabels(capture: CaptureStore, name: string, path: string): Promise<LabelTally> {
  const { columns, order, modules } = capture;
  assert.ok(order);
  const { labels } = followStreams(modules, columns, order);
  const rowOf = new Map<number, number>();
  for (let row = 0; row < columns.rows; row++) {
    if ((columns.valid[row] & (Valid.frame | Valid.seq)) === (Valid.frame | Valid.seq)) rowOf.set(columns.frame[row], row);
  }
  const tally = new LabelTally();
  let places: { name: SegmentLabelName; cell: number }[] | undefined;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    // Quotes hold numbers and hexadecimal only: no separator.
    const cells = line.split(",");
    if (!places) {
      places = LABEL_FIELDS.map(({ name: label, field }) => ({ name: label, cell: cells.indexOf(`tcp.analysis.${field}`) }));
      assert.ok(places.every(({ cell }) => cell > 0));
      continue;
    }
    const frame = Number(cells[0].replaceAll('"', ""));
    const row = rowOf.get(frame);
    for (const { name: label, cell } of places) {
      const ours = row !== undefined && (labels[row] & SegmentLabel[label]) !== 0;
      const theirs = cells[cell] !== "";
      if (ours || theirs) tally.add(label, ours, theirs, `${name}:${ours ? "+" : "-"}${String(frame)}`);
    }
  }
  return tally;
}

/** Whether streams by addresses and ports group the packets of a capture as `tcp.stream` does: rows in a stream with others of another one, and streams too many. */
export function compareStreams({ columns, modules }: CaptureStore): { rows: number; differing: number } {
  const without = Object.create(columns) as typeof columns;
  const valid = columns.valid.map((bits) => bits & ~Valid.stream);
  Object.defineProperty(without, "valid", { value: valid });
  const segments = [{ first: 0, rows: columns.rows }];
  const built = orderStreams(modules.sorter, without, numberStreams(without, segments), segments);
  const theirsOf = new Map<number, number>();
  let rows = 0;
  let differing = 0;
  built.streams.forEach((own, i) => {
    for (const row of built.rows.subarray(built.starts[i], built.starts[i + 1])) {
      if ((columns.valid[row] & Valid.stream) === 0) continue;
      rows++;
      const theirs = theirsOf.get(own) ?? columns.stream[row];
      theirsOf.set(own, theirs);
      if (theirs !== columns.stream[row]) differing++;
    }
  });
  const distinct = new Set(theirsOf.values()).size;
  return { rows, differing: differing + (built.streams.length - distinct) };
}
