/** A capture as sessions see it: each question fails unless a test answers it. */
import type { Capture } from "../../../src/worker/client";
import { makeSummary } from "../webview/samples";

const none = (): Promise<never> => Promise.reject(new Error("not asked for"));

export const captureOf = (answers: Partial<Capture>): Capture => ({
  summary: makeSummary(),
  complete: Promise.resolve(makeSummary()),
  listSequences: none,
  describeSequence: none,
  countFocus: none,
  checkFilter: none,
  typing: () => undefined,
  completeFilter: none,
  listFilterFields: none,
  getTimeline: none,
  getTimelines: none,
  findBursts: none,
  getBursts: none,
  getDistribution: none,
  getFindings: none,
  getPackets: none,
  getPacketPlaces: none,
  getRow: none,
  countFindings: none,
  getFindingLines: none,
  describeDetectors: none,
  getFindingGraph: none,
  dispose: () => undefined,
  ...answers,
});
