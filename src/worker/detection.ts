/** The detectors of one capture, run beside other questions: one run at a time, the last one asked for wins. */
import type { CaptureStore } from "../engine/captureStore";
import { countPassing } from "../engine/focusRows";
import { detect, type DetectOptions, type Findings } from "../engine/detectors/detect";
import { evidencePlaces } from "../engine/packetRows";
import { AnalysisError } from "../shared/errors";
import type { FindingsQuery, FindingsReport } from "../shared/findings";
import { pictureOf } from "../engine/findingGraph";
import type { FindingPicture, GraphQuery } from "../shared/findingGraph";
import type { Focus } from "../shared/selection";
import type { RowReader } from "./rowReader";

/** See the file header. */
export class Detection {
  #findings: Findings | undefined;
  #capture: CaptureStore | undefined;
  #runs = 0;

  /** Waits until all columns are read. Rejects with `superseded` when another run is asked for meanwhile. */
  async run(capture: CaptureStore, query: FindingsQuery, readPayloads?: DetectOptions["readPayloads"]): Promise<FindingsReport> {
    const run = ++this.#runs;
    const pause = async (): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve));
      if (run !== this.#runs) throw new AnalysisError("superseded", "The findings were asked for again.");
    };
    await capture.whenComplete;
    const earlier = this.#capture === capture ? this.#findings : undefined;
    const findings = await detect(capture, { ...query, readPayloads, pause, earlier });
    this.#findings = findings;
    capture.segmentLabels ??= findings.labels;
    this.#capture = capture;
    return findings.report;
  }

  /** What the last run has found; undefined before there is one. */
  get findings(): Findings | undefined {
    return this.#findings;
  }

  /** How many packets of every finding pass, by its id. Throws `badFilter`. */
  counts(capture: CaptureStore, focus: Focus): Map<string, number> {
    const bits = capture.bitsOf(focus);
    const counts = new Map<string, number>();
    const findings = this.#findings;
    if (!findings) return counts;
    for (const { id, packets } of findings.report.findings) counts.set(id, bits ? countPassing(findings.rowsOf(id), bits) : packets);
    return counts;
  }

  /** Lines of evidence by EvidencePacket.row. */
  async lines(reader: RowReader, findings: readonly string[]): Promise<ReadonlyMap<number, number>> {
    const places = this.#findings ? evidencePlaces(this.#findings, new Set(findings)) : new Map<number, number>();
    const lines = await reader.readLines([...places.values()]);
    return new Map(Array.from(places, ([row, place]) => [row, lines.get(place)!]));
  }

  /** Null when the last report has no such finding. Throws `badFilter`, `zoneUnknown`. */
  picture(capture: CaptureStore, query: GraphQuery): FindingPicture | null {
    return this.#findings ? pictureOf(capture, this.#findings, query) : null;
  }
}
