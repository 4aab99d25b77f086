/** The detectors of one capture, run beside other questions: one run at a time, the last one asked for wins. */
import type { CaptureStore } from "../engine/captureStore";
import { detect, type DetectOptions, type Findings } from "../engine/detectors/detect";
import { pageOf, placesOf } from "../engine/packetRows";
import { AnalysisError } from "../shared/errors";
import type { FindingPlaces, FindingsQuery, FindingsReport, PacketPage, PacketQuery } from "../shared/findings";
import { pictureOf } from "../engine/findingGraph";
import type { FindingPicture, GraphQuery } from "../shared/findingGraph";

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
    this.#capture = capture;
    return findings.report;
  }

  packets(capture: CaptureStore, { finding, from, count }: PacketQuery): PacketPage {
    const findings = this.#findings;
    return findings ? pageOf(capture, findings, findings.rowsOf(finding), from, count) : { total: 0, packets: [] };
  }

  places(capture: CaptureStore, finding: string): FindingPlaces {
    const findings = this.#findings;
    return findings ? placesOf(capture, findings, findings.rowsOf(finding)) : { frames: null, rows: new Uint32Array(0), stream: null };
  }

  /** Null when the last report has no such finding. */
  picture(capture: CaptureStore, query: GraphQuery): FindingPicture | null {
    return this.#findings ? pictureOf(capture, this.#findings, query) : null;
  }
}
